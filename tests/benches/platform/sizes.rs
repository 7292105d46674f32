//! What the browser loads, after brotli, from the manifest the bundler wrote.

use anyhow::{Context, Result};
use serde_json::Value;

/// Prints the sizes beside their targets.
pub fn print() -> Result<()> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../target"), Into::into);
    let path = target.join("embed/app-release/manifest.json");
    let text = std::fs::read_to_string(&path).with_context(|| format!("{}: run through ./dev bench", path.display()))?;
    let manifest: Value = serde_json::from_str(&text)?;
    println!("sizes after brotli, in KB");
    let mut first = 0;
    for file in manifest["files"].as_array().into_iter().flatten() {
        let name = file["name"].as_str().unwrap_or_default();
        let bytes = file["brotli"].as_u64().unwrap_or_default();
        println!("  {name:<46} {:>8.1}", bytes as f64 / 1024.0);
        if !name.contains("rules") && !name.contains("worker") {
            first += bytes;
        }
    }
    super::row("first load: everything but the rule engine", format!("{:.0} KB", first as f64 / 1024.0), "450 KB".to_owned(), first as f64 / 1024.0 / 450.0, "≤ 1.00");
    Ok(())
}
