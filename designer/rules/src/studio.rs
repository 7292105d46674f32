//! Questions only the studio asks, about packs. `pack.load` takes what `GET /api/studio/packs/{pack}` answers,
//! `check.pack` the changed files after every edit, `pack.usage` the same with a field that is looked for. A pack stays loaded, since it is asked about after every edit.
//! `table.try` asks a decision table, `flow.try` plays a flow, `flow.import` and `flow.export` speak BPMN XML.

use std::cell::RefCell;
use std::collections::BTreeMap;

use runtime::alert::Alert;
use runtime::check::usage::Subject;
use runtime::check::{self, Process, Surroundings};
use runtime::id::{FieldKey, FlowKey, ModuleKey, PackId, RoleKey};
use runtime::interchange::Document;
use runtime::model::catalog::Catalog;
use runtime::model::flow::Flow;
use runtime::model::layout::Layout;
use runtime::model::load;
use runtime::model::pack::Pack;
use runtime::model::table::Table;
use runtime::simulate::{self, Happening, Options};
use runtime::table::Grid;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

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

/// A loaded pack with a draft on top, among those it requires; and what the loader says.
fn drafted(loaded: &Loaded, draft: BTreeMap<String, Option<String>>) -> (Catalog, PackId, Vec<Alert>) {
    let mut files = loaded.files.clone();
    for (path, text) in draft {
        match text {
            Some(text) => files.insert(path, text.into_bytes()),
            None => files.remove(&path),
        };
    }
    let (pack, alerts) = load::load(&files);
    let id: PackId = pack.manifest.id.clone();
    (Catalog::new(loaded.required.iter().cloned().chain([pack])), id, alerts)
}

fn found<'a>(packs: &'a BTreeMap<String, Loaded>, id: &str) -> Result<&'a Loaded, Fault> {
    packs.get(id).ok_or_else(|| Fault {
        code: "not-loaded",
        message: format!("expected a pack that `pack.load` has loaded, found `{id}`"),
    })
}

/// Does something with a loaded pack and a draft of it.
pub fn with_draft<T>(
    id: &str,
    draft: BTreeMap<String, Option<String>>,
    ask: impl FnOnce(&Catalog, &PackId) -> Result<T, Fault>,
) -> Result<T, Fault> {
    PACKS.with_borrow(|packs| {
        let (catalog, pack, _) = drafted(found(packs, id)?, draft);
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
    let (catalog, id, _) = drafted(found(packs, &it.ask.id)?, it.ask.draft);
    let all = catalog.packs.get(&id).map(|pack| check::usage::of_pack(&catalog, pack)).unwrap_or_default();
    value(&all.get(&Subject::Field { module: it.module, field: it.field }).cloned().unwrap_or_default())
}

/// What the loader and the checker say: `{alerts, processes}`.
fn check(packs: &BTreeMap<String, Loaded>, it: Ask) -> Result<Value, Fault> {
    let loaded = found(packs, &it.id)?;
    let (catalog, id, mut alerts) = drafted(loaded, it.draft);
    let report = check::pack(&catalog, &id, &loaded.around);
    alerts.extend(report.alerts);
    value(&Answer { alerts, processes: report.processes })
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
