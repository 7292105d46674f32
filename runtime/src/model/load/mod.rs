//! Files in, a pack and alerts out. Never fails: what cannot be read is left out and reported, all of it at once.
//!
//! - `pack-json` (error): a file is not JSON; the message has line and column.
//! - `pack-not-text` (error): a file is not UTF-8.
//! - `pack-too-large`, `pack-too-deep` (errors): a file, the pack, or its nesting is above the limits of `crate::limits`.
//! - `pack-duplicate-key` (error): a member is given twice in one object.
//! - `pack-missing-file` (error): `pack.json`, or a file a module or flow needs, is not there.
//! - `pack-unknown-file` (warning): a file is no part of the format; it is kept and not read.
//! - `pack-format` (error): the file's `format` is not one this version reads.
//! - `pack-key-mismatch` (error): the key inside a file differs from its folder's or file's name.
//! - `pack-wrong-type` (error): a value has another type than the format says.

mod json;
mod typed;

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::flow::Flow;
use super::module::{Definition, Module};
use super::pack::{Pack, Sample};
use super::suppressed::Suppressed;
use super::table::Table;
use super::view::{CalendarView, DetailView, FormView, KanbanView, ListView, TreeView, View, ViewContent};
use crate::alert::Alert;
use crate::limits;
use typed::read;

/// The format of pack files this version reads and writes.
pub const FORMAT: u32 = 1;

/// Loads a pack from its files by path inside the pack (`modules/complaint/schema.json`).
pub fn load(files: &BTreeMap<String, Vec<u8>>) -> (Pack, Vec<Alert>) {
    let mut it = Loader { pack: Pack { hash: hash(files), ..Pack::default() }, alerts: Vec::new() };
    if files.len() > limits::PACK_FILES {
        it.alerts.push(Alert::error(
            "pack-too-large",
            format!("expected at most {} files, found {}", limits::PACK_FILES, files.len()),
        ));
    }
    for (path, bytes) in files.iter().take(limits::PACK_FILES) {
        it.file(path, bytes);
    }
    it.finish(files);
    (it.pack, it.alerts)
}

/// Reads one file of a pack anew, in place of what it said before; and what is wrong with it. Not for demo records, which
/// do not say what file they are of. The pack's hash stays that of its files as they were.
pub fn reload(pack: &mut Pack, path: &str, bytes: &[u8]) -> Vec<Alert> {
    let parts: Vec<&str> = path.split('/').collect();
    match parts.as_slice() {
        ["pack.json"] => pack.manifest = Default::default(),
        ["suppressed.json"] => pack.suppressed.clear(),
        ["modules", key, file] => {
            if let Some(module) = pack.modules.get_mut(*key) {
                match *file {
                    "schema.json" => module.schema = Value::Null,
                    "rules.json" => module.rules = Default::default(),
                    "module.json" => module.definition = Default::default(),
                    _strange => {}
                }
            }
        }
        ["modules", key, "views", file] => {
            if let (Some(module), Some(view)) = (pack.modules.get_mut(*key), stem(file, ".json")) {
                module.views.remove(view);
            }
        }
        ["flows", key, "flow.json"] => drop(pack.flows.remove(*key)),
        ["flows", key, "layout.json"] => drop(pack.layouts.remove(*key)),
        ["tables", file] => drop(stem(file, ".json").and_then(|it| pack.tables.remove(it))),
        ["i18n", file] => drop(stem(file, ".json").and_then(|it| pack.texts.remove(it))),
        ["scenarios", file] => drop(stem(file, ".json").and_then(|it| pack.scenarios.remove(it))),
        ["scripts", file] => drop(stem(file, ".rhai").and_then(|it| pack.scripts.remove(it))),
        _strange => {}
    }
    let mut it = Loader { pack: std::mem::take(pack), alerts: Vec::new() };
    it.file(path, bytes);
    *pack = it.pack;
    it.alerts
}

/// SHA-256 over all files in path order, hex. Lengths are hashed too, so that no two packs look alike.
fn hash(files: &BTreeMap<String, Vec<u8>>) -> String {
    use sha2::Digest;
    let mut digest = sha2::Sha256::new();
    for (path, bytes) in files {
        digest.update((path.len() as u64).to_be_bytes());
        digest.update(path.as_bytes());
        digest.update((bytes.len() as u64).to_be_bytes());
        digest.update(bytes);
    }
    digest.finalize().iter().map(|it| format!("{it:02x}")).collect()
}

struct Loader {
    pack: Pack,
    alerts: Vec<Alert>,
}

impl Loader {
    fn file(&mut self, path: &str, bytes: &[u8]) {
        let parts: Vec<&str> = path.split('/').collect();
        let known = match parts.as_slice() {
            ["pack.json" | "suppressed.json"] => true,
            ["modules", _, "schema.json" | "rules.json" | "module.json"]
            | ["flows", _, "flow.json" | "layout.json"] => true,
            ["modules", _, "views", file] | ["tables" | "i18n" | "scenarios" | "samples", file] => {
                stem(file, ".json").is_some()
            }
            ["scripts", file] => stem(file, ".rhai").is_some(),
            // For people.
            _ if path.ends_with(".md") || path.ends_with("LICENSE") => return,
            _ => false,
        };
        if !known {
            self.alerts
                .push(Alert::warning("pack-unknown-file", "this file is not part of the pack format").at(path, ""));
            return;
        }
        if bytes.len() > limits::FILE_BYTES {
            let message = format!("expected at most {} bytes, found {}", limits::FILE_BYTES, bytes.len());
            self.alerts.push(Alert::error("pack-too-large", message).at(path, ""));
            return;
        }
        let Ok(text) = std::str::from_utf8(bytes) else {
            self.alerts.push(Alert::error("pack-not-text", "expected UTF-8").at(path, ""));
            return;
        };
        if let ["scripts", file] = parts.as_slice() {
            let key = stem(file, ".rhai").unwrap_or_default();
            self.pack.scripts.insert(key.into(), text.to_owned());
            return;
        }
        let (value, oddities) = match json::parse(text.strip_prefix('\u{feff}').unwrap_or(text)) {
            Ok(it) => it,
            Err(fault) => {
                let alert = Alert::error("pack-json", format!("not JSON: {fault}")).at(path, "");
                self.alerts.push(alert.arg("line", fault.line()).arg("column", fault.column()));
                return;
            }
        };
        if oddities.too_deep {
            self.alerts.push(
                Alert::error("pack-too-deep", format!("expected at most {} levels", limits::JSON_DEPTH)).at(path, ""),
            );
            return;
        }
        for pointer in oddities.duplicates {
            self.alerts.push(
                Alert::error("pack-duplicate-key", "this member is given twice; the first counts").at(path, pointer),
            );
        }
        let before = self.alerts.len();
        self.take(path, &parts, value);
        for alert in &mut self.alerts[before..] {
            if alert.file.is_empty() {
                path.clone_into(&mut alert.file);
            }
        }
    }

    fn take(&mut self, path: &str, parts: &[&str], value: Value) {
        if !matches!(parts, ["i18n" | "samples", _] | ["modules", _, "schema.json"]) {
            self.format(&value);
        }
        match parts {
            ["pack.json"] => {
                if let Some(it) = self.read(value, "") {
                    self.pack.manifest = it;
                }
            }
            ["suppressed.json"] => {
                if let Some(it) = self.read::<Suppressed>(value, "") {
                    self.pack.suppressed = it.suppressed;
                }
            }
            ["modules", key, "schema.json"] => {
                if value.is_object() {
                    self.module(key).schema = value;
                } else {
                    self.alerts.push(Alert::error("pack-wrong-type", "expected a schema: an object with `properties`"));
                }
            }
            ["modules", key, "rules.json"] => {
                if let Some(it) = self.read(value, "") {
                    self.module(key).rules = it;
                }
            }
            ["modules", key, "module.json"] => {
                if let Some(it) = self.read::<Definition>(value, "") {
                    self.same("key", key, it.key.as_str());
                    self.module(key).definition = it;
                }
            }
            ["modules", key, "views", file] => {
                let name = stem(file, ".json").unwrap_or_default();
                if let Some(it) = self.view(value) {
                    self.same("key", name, it.key.as_str());
                    self.module(key).views.insert(name.into(), it);
                }
            }
            ["flows", key, "flow.json"] => {
                if let Some(it) = self.flow(value) {
                    self.same("key", key, it.key.as_str());
                    self.pack.flows.insert((*key).into(), it);
                }
            }
            ["flows", key, "layout.json"] => {
                if let Some(it) = self.read(value, "") {
                    self.pack.layouts.insert((*key).into(), it);
                }
            }
            ["tables", file] => {
                let name = stem(file, ".json").unwrap_or_default();
                if let Some(it) = self.read::<Table>(value, "") {
                    self.same("key", name, it.key.as_str());
                    self.pack.tables.insert(name.into(), it);
                }
            }
            ["i18n", file] => {
                if let Some(it) = self.read(value, "") {
                    self.pack.texts.insert(stem(file, ".json").unwrap_or_default().to_owned(), it);
                }
            }
            ["scenarios", file] => {
                if let Some(it) = self.read(value, "") {
                    self.pack.scenarios.insert(stem(file, ".json").unwrap_or_default().to_owned(), it);
                }
            }
            ["samples", _] => {
                let found: Option<Vec<Sample>> = self.read(value, "");
                self.pack.samples.extend(found.unwrap_or_default());
            }
            _ => self
                .alerts
                .push(Alert::warning("pack-unknown-file", "this file is not part of the pack format").at(path, "")),
        }
    }

    fn read<T: DeserializeOwned>(&mut self, value: Value, base: &str) -> Option<T> {
        read(value, base, &mut self.alerts)
    }

    fn module(&mut self, key: &str) -> &mut Module {
        self.pack.modules.entry(key.into()).or_default()
    }

    fn format(&mut self, value: &Value) {
        let found = value.get("format");
        if found.is_some_and(|it| *it != FORMAT) {
            let message = format!(
                "expected format {FORMAT}, found {}; a newer version of the platform may read it",
                found.unwrap_or(&Value::Null)
            );
            self.alerts.push(Alert::error("pack-format", message).at("", "/format"));
        }
    }

    /// Folder and file names are keys.
    fn same(&mut self, member: &str, name: &str, key: &str) {
        if name != key {
            let message = format!("expected `{name}`, as the file is called; found `{key}`");
            self.alerts.push(Alert::error("pack-key-mismatch", message).at("", format!("/{member}")));
        }
    }

    /// The content is tagged, and inside a tag serde knows no places: it is read by itself.
    fn view(&mut self, mut value: Value) -> Option<View> {
        let mut content = value.get_mut("content").map(Value::take).unwrap_or_default();
        if let Some(place) = value.get_mut("content") {
            *place = serde_json::json!({"kind": "form", "sections": []});
        }
        let shell: Option<View> = self.read(value, "");
        let kind = content.as_object_mut().and_then(|it| it.shift_remove("kind"));
        let content = match kind.as_ref().and_then(Value::as_str) {
            Some("form") => self.read::<FormView>(content, "/content").map(ViewContent::Form),
            Some("list") => self.read::<ListView>(content, "/content").map(ViewContent::List),
            Some("kanban") => self.read::<KanbanView>(content, "/content").map(ViewContent::Kanban),
            Some("calendar") => self.read::<CalendarView>(content, "/content").map(ViewContent::Calendar),
            Some("tree") => self.read::<TreeView>(content, "/content").map(ViewContent::Tree),
            Some("detail") => self.read::<DetailView>(content, "/content").map(ViewContent::Detail),
            _ if shell.is_some() => {
                let says = "expected `form`, `list`, `kanban`, `calendar`, `tree` or `detail`";
                self.alerts.push(Alert::error("pack-wrong-type", says).at("", "/content/kind"));
                None
            }
            _ => None,
        };
        Some(View { content: content?, ..shell? })
    }

    fn flow(&mut self, mut value: Value) -> Option<Flow> {
        let elements = value.get_mut("flowElements").map(Value::take);
        if let Some(place) = value.get_mut("flowElements") {
            *place = Value::Array(Vec::new());
        }
        let shell: Option<Flow> = self.read(value, "");
        let flow_elements =
            elements.map(|it| typed::elements(it, "/flowElements", &mut self.alerts)).unwrap_or_default();
        Some(Flow { flow_elements, ..shell? })
    }

    /// What only the whole shows.
    fn finish(&mut self, files: &BTreeMap<String, Vec<u8>>) {
        if !files.contains_key("pack.json") {
            self.alerts.push(Alert::error("pack-missing-file", "expected a file `pack.json`").at("pack.json", ""));
        }
        for key in self.pack.modules.keys() {
            for file in ["schema.json", "module.json"] {
                let path = format!("modules/{key}/{file}");
                if !files.contains_key(&path) {
                    self.alerts
                        .push(Alert::error("pack-missing-file", format!("expected a file `{path}`")).at(path, ""));
                }
            }
        }
        for key in self.pack.layouts.keys() {
            let path = format!("flows/{key}/flow.json");
            if !files.contains_key(&path) {
                self.alerts.push(Alert::error("pack-missing-file", format!("expected a file `{path}`")).at(path, ""));
            }
        }
    }
}

fn stem<'a>(file: &'a str, extension: &str) -> Option<&'a str> {
    file.strip_suffix(extension).filter(|it| !it.is_empty())
}

#[cfg(test)]
mod tests;
