//! Questions only the studio asks, about packs. `pack.load` takes what `GET /api/studio/packs/{pack}` answers,
//! `check.pack` its changed files, `check.edit` what each edit changes after that, `check.more` nothing: it goes on with the rest
//! ([`crate::draft`]). `pack.usage` takes the changed files and a field that is looked for.

use std::cell::RefCell;
use std::collections::BTreeMap;

use runtime::check::usage::Subject;
use runtime::check::{self, Surroundings};
use runtime::id::{FieldKey, ModuleKey, PackId, RoleKey};
use runtime::model::catalog::Catalog;
use runtime::model::load;
use runtime::model::pack::Pack;
use runtime::model::patch::Patch;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::Fault;
use crate::answer::{read, unknown, value};
use crate::draft::Draft;

/// States looked at per flow while a person edits; the server's check before publishing looks at more.
const BUDGET: usize = 20_000;

thread_local! {
    static PACKS: RefCell<BTreeMap<String, Loaded>> = RefCell::default();
}

/// Answers one question by name.
pub fn answer(call: &str, args: &str) -> Result<Box<RawValue>, Fault> {
    PACKS.with_borrow_mut(|packs| match call {
        "pack.load" => load(packs, read(args)?),
        "check.pack" => check(packs, read(args)?),
        "check.edit" => edit(packs, read(args)?),
        "check.more" => more(packs, &read(args)?),
        "pack.usage" => usage(packs, read(args)?),
        other => Err(unknown(other)),
    })
}

/// A pack's live files, and what it stands beside.
struct Loaded {
    files: BTreeMap<String, Vec<u8>>,
    required: Vec<Pack>,
    around: Surroundings,
    /// As it is edited, once it was checked.
    draft: Option<Draft>,
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
fn load(packs: &mut BTreeMap<String, Loaded>, it: Load) -> Result<Box<RawValue>, Fault> {
    let required = it.required.into_values().map(|files| load::load(&bytes(files)).0).collect();
    let around =
        Surroundings { holders: it.role_holders, plugins: it.plugins, budget: Some(BUDGET), ..Surroundings::default() };
    packs.insert(it.id, Loaded { files: bytes(it.files), required, around, draft: None });
    value(&())
}

/// The changed files, on top of those that were loaded.
#[derive(Deserialize)]
struct Ask {
    id: String,
    #[serde(default)]
    draft: BTreeMap<String, Option<String>>,
}

/// The files of a loaded pack with those of a draft on top.
fn with_changes(loaded: &Loaded, draft: BTreeMap<String, Option<String>>) -> BTreeMap<String, Vec<u8>> {
    let mut files = loaded.files.clone();
    for (path, text) in draft {
        match text {
            Some(text) => files.insert(path, text.into_bytes()),
            None => files.remove(&path),
        };
    }
    files
}

/// A loaded pack with a draft on top, among those it requires.
fn drafted(loaded: &Loaded, draft: BTreeMap<String, Option<String>>) -> (Catalog, PackId) {
    let (pack, _) = load::load(&with_changes(loaded, draft));
    let id: PackId = pack.manifest.id.clone();
    (Catalog::new(loaded.required.iter().cloned().chain([pack])), id)
}

fn found<'a>(packs: &'a BTreeMap<String, Loaded>, id: &str) -> Result<&'a Loaded, Fault> {
    packs.get(id).ok_or_else(|| not_loaded(id))
}

/// Does something with a loaded pack and a draft of it.
pub fn with_draft<T>(
    id: &str,
    draft: BTreeMap<String, Option<String>>,
    ask: impl FnOnce(&Catalog, &PackId) -> Result<T, Fault>,
) -> Result<T, Fault> {
    PACKS.with_borrow(|packs| {
        let (catalog, pack) = drafted(found(packs, id)?, draft);
        ask(&catalog, &pack)
    })
}

/// A field, and the changed files.
#[derive(Deserialize)]
struct AskUsage {
    #[serde(flatten)]
    ask: Ask,
    module: ModuleKey,
    field: FieldKey,
}

/// Every place that names the field: a list of `runtime::check::usage::Use`.
fn usage(packs: &BTreeMap<String, Loaded>, it: AskUsage) -> Result<Box<RawValue>, Fault> {
    let (catalog, id) = drafted(found(packs, &it.ask.id)?, it.ask.draft);
    let all = catalog.packs.get(&id).map(|pack| check::usage::of_pack(&catalog, pack)).unwrap_or_default();
    value(&all.get(&Subject::Field { module: it.module, field: it.field }).cloned().unwrap_or_default())
}

fn not_loaded(id: &str) -> Fault {
    Fault { code: "not-loaded", message: format!("expected a pack that `pack.load` has loaded, found `{id}`") }
}

/// What the loader and the checker say of all of it: [`crate::draft::Told`].
fn check(packs: &mut BTreeMap<String, Loaded>, it: Ask) -> Result<Box<RawValue>, Fault> {
    let loaded = packs.get_mut(&it.id).ok_or_else(|| not_loaded(&it.id))?;
    let mut draft = Draft::open(with_changes(loaded, it.draft), loaded.required.iter().cloned());
    let told = draft.all(&loaded.around);
    loaded.draft = Some(draft);
    value(&told)
}

/// What an edit changed; the edits since `check.pack` are counted, the first is 1.
#[derive(Deserialize)]
struct Edited {
    id: String,
    step: u64,
    patches: Vec<Patch>,
}

fn out_of_step() -> Fault {
    Fault { code: "out-of-step", message: "expected the edit after the last one; ask `check.pack`".to_owned() }
}

/// The same after an edit; of the parts it did not touch, what was known before.
fn edit(packs: &mut BTreeMap<String, Loaded>, it: Edited) -> Result<Box<RawValue>, Fault> {
    let loaded = packs.get_mut(&it.id).ok_or_else(|| not_loaded(&it.id))?;
    // One that is not taken in whole is good for nothing any more.
    let mut draft = loaded.draft.take().filter(|draft| draft.step + 1 == it.step).ok_or_else(out_of_step)?;
    let told = draft.edit(it.patches, &loaded.around).map_err(|_| out_of_step())?;
    loaded.draft = Some(draft);
    value(&told)
}

#[derive(Deserialize)]
struct More {
    id: String,
}

/// The same once more has been looked at.
fn more(packs: &mut BTreeMap<String, Loaded>, it: &More) -> Result<Box<RawValue>, Fault> {
    let loaded = packs.get_mut(&it.id).ok_or_else(|| not_loaded(&it.id))?;
    value(&loaded.draft.as_mut().ok_or_else(out_of_step)?.more(&loaded.around))
}
