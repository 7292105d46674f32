//! Cuts a module into the part that is needed at once and parts that are loaded later (`designer/src/later.rs`).
//! Done before wasm-bindgen, which then sees the first part only; the others call JavaScript through it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use wasm_split_cli_support::{Options, transform};

use crate::gather::gather;

/// The script that loads the later parts; the first part imports it from beside itself.
pub const LOADER: &str = "parts.js";

/// Whether a file of the bundle belongs to a later part; the names are the splitter's.
pub fn is_later(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name);
    file.starts_with("split_") || file.starts_with("chunk_")
}

/// Writes the later parts and their loader to the folder `out`, and the first part as `<stem>.wasm` to `aside`.
/// Answers the first part's path and the later parts' ones. A module without any cut comes out whole.
pub fn split(wasm: &Path, out: &Path, aside: &Path) -> Result<(PathBuf, Vec<PathBuf>)> {
    let module = fs::read(wasm).with_context(|| format!("read {}", wasm.display()))?;
    let name = wasm.file_name().with_context(|| format!("{} is no file", wasm.display()))?;
    let glue = format!("./{}", Path::new(name).with_extension("js").display());
    let first = aside.join(name);
    let loader = format!("./{LOADER}");
    fs::create_dir_all(aside)?;
    let mut options = Options::new(&module);
    options.output_dir = out;
    options.main_out_path = &first;
    options.link_name = &loader;
    options.main_module = &glue;
    // Its errors are eyre's, which are no `std::error::Error`.
    let parts =
        transform(options).map_err(|error| anyhow!("{error:#}")).with_context(|| format!("cut {}", wasm.display()))?;
    let mut later = parts.split_modules;
    if !later.is_empty() {
        let gone = gather(out, &out.join(LOADER))?;
        later.retain(|it| it.file_name().is_none_or(|name| !gone.iter().any(|it| name == it.as_str())));
    }
    Ok((first, later))
}
