//! Plugin guests: a core module as rustc writes it becomes a component that says what it imports
//! and exports (the WIT is inside the module), and lies beside its manifest.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use wit_component::ComponentEncoder;

/// Makes `<out>/<id>.wasm` and `<out>/<id>.json` for every folder of `source` with a `plugin.json`.
pub fn bundle(source: &Path, wasm: &Path, out: &Path) -> Result<()> {
    fs::create_dir_all(out)?;
    let mut made = Vec::new();
    for entry in fs::read_dir(source).with_context(|| format!("read {}", source.display()))? {
        let folder = entry?.path();
        if folder.join("plugin.json").is_file() {
            made.push(one(&folder, wasm, out).with_context(|| format!("plugin {}", folder.display()))?);
        }
    }
    remove_strangers(out, &made)
}

fn one(folder: &Path, wasm: &Path, out: &Path) -> Result<String> {
    let text = fs::read_to_string(folder.join("plugin.json"))?;
    let manifest: Value = serde_json::from_str(&text).context("plugin.json")?;
    let id = manifest["id"].as_str().context("plugin.json: expected a text in `id`")?;
    let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    ensure!(id == name, "expected the folder's name `{name}` as the id in plugin.json, found `{id}`");

    let module = wasm.join(format!("{}.wasm", id.replace('-', "_")));
    if !module.is_file() {
        bail!("no {}: is `{id}` a member of plugins/Cargo.toml, and a cdylib?", module.display());
    }
    let core = fs::read(&module)?;
    let component = ComponentEncoder::default().validate(true).module(&core)?.encode()?;

    let target = out.join(format!("{id}.wasm"));
    let changed = fs::read(&target).map_or(true, |old| old != component);
    if changed {
        fs::write(&target, &component)?;
        println!("plugin {id}: {} KB", component.len().div_ceil(1024));
    }
    write_if_changed(&out.join(format!("{id}.json")), text.as_bytes())?;
    Ok(id.to_owned())
}

/// Keeps the time stamp of an unchanged file, so that cargo does not rebuild the server for it.
fn write_if_changed(file: &Path, bytes: &[u8]) -> Result<()> {
    if fs::read(file).map_or(true, |old| old != bytes) {
        fs::write(file, bytes)?;
    }
    Ok(())
}

/// A plugin that was removed must not stay in the next server.
fn remove_strangers(out: &Path, made: &[String]) -> Result<()> {
    for entry in fs::read_dir(out)? {
        let path = entry?.path();
        let known = path.file_stem().and_then(|it| it.to_str()).is_some_and(|id| made.iter().any(|it| it == id));
        if path.is_file() && !known {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}
