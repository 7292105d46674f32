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

/// Makes the module smaller in place; says so and goes on where there is no `wasm-opt`.
pub fn shrink(wasm: &Path) -> Result<()> {
    let small = wasm.with_extension("small");
    let mut command = Command::new("wasm-opt");
    command.arg("-Oz").args(FEATURES).arg(wasm).arg("-o").arg(&small);
    match command.status() {
        Ok(status) if status.success() => {
            let mended = mend(&fs::read(&small)?).with_context(|| format!("after wasm-opt on {}", wasm.display()))?;
            fs::write(wasm, mended)?;
            Ok(fs::remove_file(small)?)
        }
        Ok(status) => bail!("wasm-opt failed on {}: {status}", wasm.display()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            eprintln!("bundle: no wasm-opt here (package binaryen); the app stays larger than it could be");
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}
