//! What the browser loads, after brotli, from the manifest the bundler wrote. Sizes are the same on every machine,
//! so here a number that is too high fails.

use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// What travels when, by the parts of the manifest (`designer/bundle/src/manifest.rs`), and how many KB it may have.
const BARS: &[(&str, &[&str], u64)] = &[
    ("log-in and records: everything before they show", &["page", "app"], 450),
    ("rule engine, loaded after that", &["rules"], 550),
    ("studio, loaded when opened", &["app-later"], 300),
    ("checker, loaded by the studio", &["rules-later"], 550),
];

/// Whether it is a later part of another screen than the studio; chunks count, since the studio may need them.
fn elsewhere(file: &Value) -> bool {
    file["name"].as_str().is_some_and(|it| it.contains("/split_") && !it.contains("/split_studio"))
}

/// Prints the sizes beside their bars.
pub fn print() -> Result<()> {
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../target"), Into::into);
    let path = target.join("embed/app-release/manifest.json");
    let text =
        std::fs::read_to_string(&path).with_context(|| format!("{}: run through ./dev bench", path.display()))?;
    let manifest: Value = serde_json::from_str(&text)?;
    let files = manifest["files"].as_array().context("expected `files` in manifest.json")?;
    let bytes = |file: &Value| file["brotli"].as_u64().or(file["size"].as_u64()).unwrap_or_default();
    println!("sizes after brotli, in KB");
    for file in files {
        println!("  {:<46} {:>8.1}", file["name"].as_str().unwrap_or_default(), bytes(file) as f64 / 1024.0);
    }
    let mut over = Vec::new();
    for (what, parts, bar) in BARS {
        let all: u64 = files
            .iter()
            .filter(|file| file["part"].as_str().is_some_and(|it| parts.contains(&it)) && !elsewhere(file))
            .map(bytes)
            .sum();
        let ratio = all as f64 / 1024.0 / *bar as f64;
        super::row(what, format!("{:.0} KB", all as f64 / 1024.0), format!("{bar} KB"), ratio, "≤ 1.00");
        if ratio > 1.0 {
            over.push(*what);
        }
    }
    ensure!(over.is_empty(), "larger than it may be: {}", over.join("; "));
    Ok(())
}
