//! What the browser loads, after brotli, from the manifest the bundler wrote. Sizes are the same on every machine,
//! so here a number that is too high fails: at the limit, not at the target, which is what we aim at.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// What is loaded for one purpose: its name, the parts of the manifest (`designer/bundle/src/manifest.rs`), the later parts by name, the
/// target and the limit in KB.
struct Load {
    what: &'static str,
    parts: &'static [&'static str],
    later: &'static [&'static str],
    target: u64,
    limit: u64,
}

const LOADS: &[Load] = &[
    Load {
        what: "log-in and records: everything before they show",
        parts: &["page", "app"],
        later: &[],
        target: 450,
        limit: 600,
    },
    // A customer loads the same first page as everybody, so this is missed by as much as that is larger. Cut off from the
    // workspace the portal is 211 KB, and the records' pages are then 608: the pieces they share with the studio go along.
    Load {
        what: "the portal: everything before it shows",
        parts: &["page", "app"],
        later: &[],
        target: 220,
        limit: 460,
    },
    Load { what: "rule engine, loaded after that", parts: &["rules"], later: &[], target: 550, limit: 700 },
    Load {
        what: "a flow's canvas, beyond the first page",
        parts: &[],
        later: &["studio", "canvas"],
        target: 300,
        limit: 350,
    },
    Load {
        what: "… and the panels around it, after it shows",
        parts: &[],
        later: &["studio", "canvas", "panels"],
        target: 300,
        limit: 620,
    },
    Load {
        what: "a form's designer, beyond the first page",
        parts: &[],
        later: &["studio", "form"],
        target: 300,
        limit: 350,
    },
    Load {
        what: "… and what edits it and the panels around it, after it shows",
        parts: &[],
        later: &["studio", "form", "form_edits", "form_panels"],
        target: 300,
        limit: 620,
    },
    Load {
        what: "a flow's canvas, everything before it shows",
        parts: &["page", "app"],
        later: &["studio", "canvas"],
        target: 700,
        limit: 900,
    },
    Load {
        what: "checker, loaded once the canvas shows",
        parts: &[],
        later: &["rules/studio"],
        target: 550,
        limit: 600,
    },
];

/// Prints the sizes beside their targets.
pub fn print() -> Result<()> {
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../target"), PathBuf::from);
    let folder = target.join("embed/app-release");
    let path = folder.join("manifest.json");
    let text =
        std::fs::read_to_string(&path).with_context(|| format!("{}: run through ./dev bench", path.display()))?;
    let manifest: Value = serde_json::from_str(&text)?;
    let files = manifest["files"].as_array().context("expected `files` in manifest.json")?;
    let bytes = |file: &Value| file["brotli"].as_u64().or(file["size"].as_u64()).unwrap_or_default();
    let name = |file: &Value| file["name"].as_str().unwrap_or_default().to_owned();
    println!("sizes after brotli, in KB");
    for file in files.iter().filter(|it| bytes(it) > 4096) {
        println!("  {:<46} {:>8.1}", name(file), bytes(file) as f64 / 1024.0);
    }
    let mut over = Vec::new();
    for it in LOADS {
        let mut wanted: BTreeSet<String> = BTreeSet::new();
        for file in files.iter().filter(|file| file["part"].as_str().is_some_and(|part| it.parts.contains(&part))) {
            wanted.insert(name(file));
        }
        // What the studio wears comes beside its code.
        let worn = |file: &&Value| it.later.contains(&"studio") && name(file).contains("/later-style-");
        wanted.extend(files.iter().filter(worn).map(name));
        for later in it.later {
            let (module, part) = later.strip_prefix("rules/").map_or(("app", *later), |part| ("rules", part));
            let loader =
                files.iter().map(name).find(|it| it.contains(&format!("/{module}-")) && it.ends_with("/parts.js"));
            let loader = loader.with_context(|| format!("expected a loader of {module}"))?;
            let beside = loader.trim_end_matches("parts.js").to_owned();
            let script = std::fs::read_to_string(folder.join(&loader))?;
            wanted.extend(chunks(&script, part).map(|it| format!("{beside}{it}.wasm")));
            wanted.insert(format!("{beside}split_{part}.wasm"));
        }
        let all: u64 = files.iter().filter(|file| wanted.contains(&name(file))).map(bytes).sum();
        let ratio = all as f64 / 1024.0 / it.target as f64;
        super::row(it.what, format!("{:.0} KB", all as f64 / 1024.0), format!("{} KB", it.target), ratio, "≤ 1.00");
        if all > it.limit * 1024 {
            over.push(format!("{} ({} KB at most)", it.what, it.limit));
        }
    }
    ensure!(over.is_empty(), "larger than it may be: {}", over.join("; "));
    Ok(())
}

/// What a later part shares with others: the loader says before each shared piece who uses it.
fn chunks<'a>(script: &'a str, part: &'a str) -> impl Iterator<Item = String> + 'a {
    script.split("/* ").skip(1).filter_map(move |it| {
        let (users, rest) = it.split_once(" */")?;
        let number = rest.trim_start().strip_prefix("const __chunk_")?.split(' ').next()?;
        users.split(", ").any(|it| it == part).then(|| format!("chunk_{number}"))
    })
}
