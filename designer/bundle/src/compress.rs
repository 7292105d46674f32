//! Brotli copies of what compresses, written once here so that the server never does it.

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::Result;

/// Files that are compressed already gain nothing.
const PACKED: &[&str] = &["png", "jpg", "jpeg", "webp", "woff2", "gz", "br"];

/// Writes `<file>.br` and answers its size; `None` where compressing does not pay.
pub fn brotli(file: &Path, quality: u32) -> Result<Option<u64>> {
    let extension = file.extension().and_then(|it| it.to_str()).unwrap_or("");
    if PACKED.contains(&extension) {
        return Ok(None);
    }
    let bytes = fs::read(file)?;
    let mut writer = brotli::CompressorWriter::new(Vec::new(), 1 << 16, quality, 24);
    writer.write_all(&bytes)?;
    let packed = writer.into_inner();
    if packed.len() >= bytes.len() {
        return Ok(None);
    }
    let name = format!("{}.br", file.display());
    fs::write(name, &packed)?;
    Ok(Some(packed.len() as u64))
}
