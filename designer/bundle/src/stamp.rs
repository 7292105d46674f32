//! "Nothing to do": a digest of everything a bundle was made from, kept beside it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

/// Raise when the bundler itself starts to write something else from the same inputs.
const FORMAT: &str = "4";

/// The digest of `files` (names and contents) and of `options`.
pub fn of(files: &[PathBuf], options: &str) -> Result<String> {
    let mut all = Sha256::new();
    all.update(FORMAT);
    all.update(options);
    for file in files {
        let bytes = fs::read(file).with_context(|| format!("read {}", file.display()))?;
        all.update(file.to_string_lossy().as_bytes());
        all.update(bytes.len().to_le_bytes());
        all.update(bytes);
    }
    Ok(hex(&all.finalize()))
}

/// Whether `out` was made from exactly this.
pub fn matches(out: &Path, stamp: &str) -> bool {
    fs::read_to_string(file(out)).is_ok_and(|found| found == stamp)
}

/// Says that `out` is complete now. Written last.
pub fn write(out: &Path, stamp: &str) -> Result<()> {
    fs::write(file(out), stamp).context("write the stamp")
}

/// Beside the folder, not in it: everything inside is served or embedded.
fn file(out: &Path) -> PathBuf {
    out.with_extension("stamp")
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The first ten digits of the SHA-256 of some bytes: what goes into a file's name.
pub fn short(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))[..10].to_owned()
}

/// The digest of a folder: names relative to it, and contents.
pub fn of_folder(folder: &Path) -> Result<String> {
    let mut all = Sha256::new();
    for file in files(folder)? {
        all.update(file.strip_prefix(folder)?.to_string_lossy().as_bytes());
        all.update(fs::read(&file)?);
    }
    Ok(hex(&all.finalize()))
}

/// Every file below `folder`, in the order of their paths; none when there is no such folder.
pub fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    if folder.is_dir() {
        for entry in fs::read_dir(folder).with_context(|| format!("read {}", folder.display()))? {
            let path = entry?.path();
            if path.is_dir() {
                found.extend(files(&path)?);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}
