//! Questions only the studio asks, about packs. `pack.load` takes what `GET /api/studio/packs/{pack}` answers,
//! `check.pack` its changed files, `check.edit` what each edit changes after that, `check.more` nothing: it goes on with the rest
//! ([`crate::draft`]). `pack.usage` takes the changed files and a field that is looked for.
//! `table.try` asks a decision table, `flow.try` plays a flow, `flow.import` and `flow.export` speak BPMN XML.

use std::cell::RefCell;
use std::collections::BTreeMap;

use runtime::check::usage::Subject;
use runtime::check::{self, Surroundings};
use runtime::id::{FieldKey, ModuleKey, PackId, RoleKey};
use runtime::interchange::Document;
use runtime::model::catalog::Catalog;
use runtime::model::flow::Flow;
use runtime::model::layout::Layout;
use runtime::model::load;
use runtime::model::pack::Pack;
use runtime::model::patch::Patch;
use runtime::model::table::Table;
use runtime::simulate::{self, Happening, Options};
use runtime::table::Grid;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::Fault;
use crate::answer::{read, unknown, value};
use crate::draft::Draft;

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
        "check.edit" => edit(packs, read(args)?),
        "check.more" => more(packs, &read(args)?),
        "pack.usage" => usage(packs, read(args)?),
        "table.try" => try_table(read(args)?),
        "flow.try" => try_out(read(args)?),
        "flow.import" => import(&read(args)?),
        "flow.export" => export(read(args)?),
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
fn load(packs: &mut BTreeMap<String, Loaded>, it: Load) -> Result<Value, Fault> {
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
fn usage(packs: &BTreeMap<String, Loaded>, it: AskUsage) -> Result<Value, Fault> {
    let (catalog, id) = drafted(found(packs, &it.ask.id)?, it.ask.draft);
    let all = catalog.packs.get(&id).map(|pack| check::usage::of_pack(&catalog, pack)).unwrap_or_default();
    value(&all.get(&Subject::Field { module: it.module, field: it.field }).cloned().unwrap_or_default())
}

fn not_loaded(id: &str) -> Fault {
    Fault { code: "not-loaded", message: format!("expected a pack that `pack.load` has loaded, found `{id}`") }
}

/// What the loader and the checker say of all of it: [`crate::draft::Told`].
fn check(packs: &mut BTreeMap<String, Loaded>, it: Ask) -> Result<Value, Fault> {
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
fn edit(packs: &mut BTreeMap<String, Loaded>, it: Edited) -> Result<Value, Fault> {
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
fn more(packs: &mut BTreeMap<String, Loaded>, it: &More) -> Result<Value, Fault> {
    let loaded = packs.get_mut(&it.id).ok_or_else(|| not_loaded(&it.id))?;
    value(&loaded.draft.as_mut().ok_or_else(out_of_step)?.more(&loaded.around))
}

/// A decision table, what it is asked, and the day it is asked on.
#[derive(Deserialize)]
struct TryTable {
    table: Table,
    #[serde(default)]
    inputs: Map<String, Value>,
    /// `YYYY-MM-DD`.
    day: jiff::civil::Date,
}

/// What a table says: `{rules, value, fault}`.
#[derive(Serialize, Default)]
struct Decided {
    rules: Vec<String>,
    value: Value,
    fault: String,
}

/// Asks it.
fn try_table(it: TryTable) -> Result<Value, Fault> {
    let (grid, _) = Grid::compile(&it.table);
    value(&match grid.decide(&it.inputs, it.day) {
        Ok(Some(decision)) => Decided { rules: decision.rules, value: decision.value, fault: String::new() },
        Ok(None) => Decided::default(),
        Err(fault) => Decided { fault: fault.to_string(), ..Decided::default() },
    })
}

/// A flow, the ones it may call, and what happened so far.
#[derive(Deserialize)]
struct Try {
    flow: Flow,
    #[serde(default)]
    others: Vec<Flow>,
    #[serde(default)]
    script: Vec<Happening>,
    /// What expressions see as `data`.
    #[serde(default)]
    data: Map<String, Value>,
    #[serde(default)]
    variables: Map<String, Value>,
}

/// Plays it: `runtime::simulate::Outcome`.
fn try_out(it: Try) -> Result<Value, Fault> {
    let options = Options {
        process: Some(it.flow.id.clone()),
        script: it.script,
        data: it.data,
        variables: it.variables,
        ..Options::default()
    };
    let flows: Vec<Flow> = std::iter::once(it.flow).chain(it.others).collect();
    value(&simulate::run(&flows, &[], &options))
}

#[derive(Deserialize)]
struct Import {
    xml: String,
    /// The process that is taken; none: the first with anything in it.
    #[serde(default)]
    process: Option<String>,
}

/// A process of a BPMN file with its drawing, and what is kept but not executed.
#[derive(Serialize)]
struct Imported {
    flow: Flow,
    layout: Layout,
    unsupported: Vec<(String, String)>,
    /// Id and name of every process with something in it.
    processes: Vec<(String, String)>,
    /// Names of those that neither became the flow nor stand in a pool beside it.
    left_out: Vec<String>,
}

/// Reads a BPMN file; one without a drawing is given one.
fn import(it: &Import) -> Result<Value, Fault> {
    let wanted = it.process.as_deref();
    let refused = |message: String| Fault { code: "malformed", message };
    let mut document = Document::read_xml(it.xml.as_bytes()).map_err(|it| refused(it.to_string()))?;
    runtime::layout::complete(&mut document);
    let unsupported = document.unsupported();
    let pools = document.collaborations.iter().flat_map(|it| &it.participants);
    let pools: Vec<(String, String)> =
        pools.filter_map(|it| Some((it.process.as_ref()?.0.clone(), it.name.clone()))).collect();
    let full = |it: &&Flow| !it.global_task && !it.flow_elements.is_empty();
    let processes: Vec<(String, String)> = document
        .flows
        .iter()
        .filter(full)
        .map(|it| {
            // A process is called as its pool where it has no name of its own.
            let pool = pools.iter().find(|pool| pool.0 == it.key.0).map_or("", |it| it.1.as_str());
            let name = [it.name.as_str(), pool, it.id.as_str()].into_iter().find(|it| !it.trim().is_empty());
            (it.id.clone(), name.unwrap_or_default().to_owned())
        })
        .collect();
    let at = document.flows.iter().position(|it| full(&it) && wanted.is_none_or(|id| it.id == id));
    let at = at.ok_or_else(|| refused("expected a process with elements, found none".to_owned()))?;
    let (flow, layout) = document.into_flow(at).ok_or_else(|| refused("expected a process".to_owned()))?;
    let kept = |id: &str| flow.id == id || flow.collaboration.iter().flat_map(|it| &it.processes).any(|it| it.id == id);
    let left_out = processes.iter().filter(|it| !kept(&it.0)).map(|it| it.1.clone()).collect();
    value(&Imported { flow, layout, unsupported, processes, left_out })
}

#[derive(Deserialize)]
struct Export {
    flow: Flow,
    layout: Layout,
}

/// The flow as a BPMN 2.0 file.
fn export(it: Export) -> Result<Value, Fault> {
    value(&Document::of_flow(it.flow, it.layout).write_xml())
}
