//! Questions only the studio asks, about packs. `pack.load` takes what `GET /api/studio/packs/{pack}` answers,
//! `check.pack` the changed files after every edit. A pack stays loaded, since it is asked about after every edit.

use std::cell::RefCell;
use std::collections::BTreeMap;

use runtime::alert::Alert;
use runtime::check::{self, Process, Surroundings};
use runtime::id::{FlowKey, PackId, RoleKey};
use runtime::model::catalog::Catalog;
use runtime::model::load;
use runtime::model::pack::Pack;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Fault;
use crate::answer::{read, unknown, value};

/// States looked at per flow while a person edits; the server's check before publishing looks at more.
const BUDGET: usize = 20_000;

thread_local! {
    static PACKS: RefCell<BTreeMap<String, Loaded>> = RefCell::default();
}

/// Answers one question by name.
pub fn answer(call: &str, args: &str) -> Result<Value, Fault> {
    PACKS.with_borrow_mut(|packs| match call {
        "pack.load" => load(packs, read(args)?),
        "check.pack" => check(packs, read(args)?),
        other => Err(unknown(other)),
    })
}

/// A pack's live files, and what it stands beside.
struct Loaded {
    files: BTreeMap<String, Vec<u8>>,
    required: Vec<Pack>,
    around: Surroundings,
}

/// `api::studio::PackFiles`, as far as the checker needs it.
#[derive(Deserialize)]
struct Load {
    id: String,
    files: BTreeMap<String, String>,
    #[serde(default)]
    required: BTreeMap<String, BTreeMap<String, String>>,
    #[serde(default)]
    role_holders: Option<BTreeMap<RoleKey, u64>>,
    #[serde(default)]
    plugins: Option<BTreeMap<String, Value>>,
}

fn bytes(files: BTreeMap<String, String>) -> BTreeMap<String, Vec<u8>> {
    files.into_iter().map(|(path, text)| (path, text.into_bytes())).collect()
}

/// Remembers a pack.
fn load(packs: &mut BTreeMap<String, Loaded>, it: Load) -> Result<Value, Fault> {
    let required = it.required.into_values().map(|files| load::load(&bytes(files)).0).collect();
    let around = Surroundings { holders: it.role_holders, plugins: it.plugins, budget: Some(BUDGET), ..Surroundings::default() };
    packs.insert(it.id, Loaded { files: bytes(it.files), required, around });
    value(&())
}

/// The changed files, on top of those that were loaded.
#[derive(Deserialize)]
struct Ask {
    id: String,
    #[serde(default)]
    draft: BTreeMap<String, Option<String>>,
}

#[derive(Serialize)]
struct Answer {
    alerts: Vec<Alert>,
    processes: BTreeMap<FlowKey, Process>,
}

/// What the loader and the checker say: `{alerts, processes}`.
fn check(packs: &BTreeMap<String, Loaded>, it: Ask) -> Result<Value, Fault> {
    let loaded = packs.get(&it.id).ok_or_else(|| Fault {
        code: "not-loaded",
        message: format!("expected a pack that `pack.load` has loaded, found `{}`", it.id),
    })?;
    let mut files = loaded.files.clone();
    for (path, text) in it.draft {
        match text {
            Some(text) => files.insert(path, text.into_bytes()),
            None => files.remove(&path),
        };
    }
    let (pack, mut alerts) = load::load(&files);
    let id: PackId = pack.manifest.id.clone();
    let catalog = Catalog::new(loaded.required.iter().cloned().chain([pack]));
    let report = check::pack(&catalog, &id, &loaded.around);
    alerts.extend(report.alerts);
    value(&Answer { alerts, processes: report.processes })
}
