//! `wasm-opt` from binaryen, where it is installed: about a third smaller.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::mend::mend;

/// The wasm features rustc and wasm-bindgen use. Naming them keeps an old binaryen from refusing
/// the module, and a new one from using what browsers do not know yet.
const FEATURES: &[&str] = &[
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Makes a module smaller in place; says so and goes on where there is no `wasm-opt`.
pub fn shrink(wasm: &Path) -> Result<()> {
    if optimize(wasm)? {
        let mended = mend(&fs::read(wasm)?).with_context(|| format!("after wasm-opt on {}", wasm.display()))?;
        fs::write(wasm, mended)?;
    }
    Ok(())
}

/// [`shrink`] for a later part of a module: it has no tables of its own, so there is nothing to mend.
pub fn shrink_part(wasm: &Path) -> Result<()> {
    optimize(wasm).map(|_| ())
}

/// Whether there is a `wasm-opt`, and it has done its work.
fn optimize(wasm: &Path) -> Result<bool> {
    let small = wasm.with_extension("small");
    let mut command = Command::new("wasm-opt");
    command.arg("-Oz").args(FEATURES).arg(wasm).arg("-o").arg(&small);
    match command.status() {
        Ok(status) if status.success() => {
            fs::rename(small, wasm)?;
            Ok(true)
        }
        Ok(status) => bail!("wasm-opt failed on {}: {status}", wasm.display()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            eprintln!("bundle: no wasm-opt here (package binaryen); the app stays larger than it could be");
            Ok(false)
        }
        Err(error) => Err(error.into()),
    }
}
