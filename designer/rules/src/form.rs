//! Questions about a form. `form.load` takes what `GET /api/modules/{module}` answers; the others name the module.

use std::collections::BTreeMap;

use jiff::Timestamp;
use runtime::engine::Person;
use runtime::form::{Accepted, Change, Fault as FieldFault, Form, FormContext, Writer};
use runtime::id::{DictKey, FieldKey, ModuleKey, RecordId, ScriptKey, TableKey, ViewKey};
use runtime::model::catalog::Catalog;
use runtime::model::module::{Access, Definition, Module};
use runtime::model::pack::{Dictionary, Manifest, Pack};
use runtime::model::rules::Rules;
use runtime::model::table::Table;
use runtime::model::view::View;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::Fault;
use crate::answer::{Memory, value};

/// A compiled form and its views.
pub struct Loaded {
    form: Form,
    views: BTreeMap<ViewKey, View>,
}

/// `api::module::ModuleInfo`, as far as rules need it. Read leniently: the server may say more.
#[derive(Deserialize)]
pub struct Load {
    module: Info,
}

#[derive(Deserialize)]
struct Info {
    key: ModuleKey,
    #[serde(default)]
    pack: String,
    definition: Definition,
    schema: Value,
    #[serde(default)]
    rules: Option<Rules>,
    #[serde(default)]
    views: BTreeMap<ViewKey, View>,
    #[serde(default)]
    dictionaries: BTreeMap<DictKey, Dictionary>,
    #[serde(default)]
    scripts: BTreeMap<ScriptKey, String>,
    #[serde(default)]
    tables: BTreeMap<TableKey, Table>,
}

/// `{"module": ModuleInfo}` → alerts of compiling it.
pub fn load(memory: &mut Memory, load: Load) -> Result<Box<RawValue>, Fault> {
    let info = load.module;
    let module = Module {
        definition: info.definition,
        schema: info.schema,
        rules: info.rules.unwrap_or_default(),
        views: info.views.clone(),
    };
    let pack = Pack {
        manifest: Manifest {
            id: info.pack.into(),
            dictionaries: info.dictionaries.into_values().collect(),
            ..Manifest::default()
        },
        modules: BTreeMap::from([(info.key.clone(), module)]),
        scripts: info.scripts,
        tables: info.tables,
        ..Pack::default()
    };
    let (form, alerts) = Form::compile(&Catalog::new([pack]), &info.key);
    memory.forms.insert(info.key.0, Loaded { form, views: info.views });
    value(&alerts)
}

/// The change a form asks about.
#[derive(Deserialize)]
pub struct Ask {
    module: String,
    #[serde(default)]
    old: Option<Map<String, Value>>,
    #[serde(default)]
    pub patch: Map<String, Value>,
    /// The view, or its key; none: every field.
    #[serde(default)]
    view: Option<AskedView>,
    #[serde(default)]
    access: BTreeMap<FieldKey, Access>,
    #[serde(default)]
    user: Person,
    /// RFC 3339.
    pub now: Timestamp,
    /// Id of a stored record.
    #[serde(default)]
    record: Option<RecordId>,
    #[serde(default)]
    referenced: BTreeMap<RecordId, Map<String, Value>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum AskedView {
    Key(ViewKey),
    View(Box<View>),
}

/// Does something with the form and the change that are asked about.
pub fn asked<T>(memory: &Memory, ask: &Ask, act: impl FnOnce(&Form, &Change) -> T) -> Result<T, Fault> {
    let loaded = memory.forms.get(&ask.module).ok_or_else(|| not_loaded(&ask.module))?;
    let view = match &ask.view {
        Some(AskedView::Key(key)) => loaded.views.get(key),
        Some(AskedView::View(it)) => Some(it.as_ref()),
        None => None,
    };
    let ctx = FormContext { now: ask.now, user: &ask.user, record: ask.record.as_ref(), referenced: &ask.referenced };
    let change =
        Change { old: ask.old.as_ref(), patch: &ask.patch, view, access: &ask.access, by: Writer::Person, ctx };
    Ok(act(&loaded.form, &change))
}

fn not_loaded(module: &str) -> Fault {
    Fault { code: "not-loaded", message: format!("expected a module that `form.load` has loaded, found `{module}`") }
}

/// What the form looks like: `runtime::form::FormState`.
pub fn state(memory: &Memory, ask: Ask) -> Result<Box<RawValue>, Fault> {
    value(&asked(memory, &ask, |form, change| form.state(change))?)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum Verdict {
    Accepted { data: Map<String, Value>, changed: Vec<FieldKey>, warnings: Vec<FieldFault> },
    Refused { faults: Vec<FieldFault> },
}

/// What saving would say: `{"accepted": {data, changed, warnings}}` or `{"refused": {faults}}`.
pub fn accept(memory: &Memory, ask: Ask) -> Result<Box<RawValue>, Fault> {
    let verdict = match asked(memory, &ask, |form, change| form.accept(change))? {
        Ok(Accepted { data, changed, warnings }) => Verdict::Accepted { data, changed, warnings },
        Err(faults) => Verdict::Refused { faults },
    };
    value(&verdict)
}

/// What a new record begins with.
pub fn seed(memory: &Memory, ask: Ask) -> Result<Box<RawValue>, Fault> {
    value(&asked(memory, &ask, |form, change| form.seed(&change.ctx))?)
}

/// Which candidates a reference field's filter lets through.
#[derive(Deserialize)]
pub struct Candidates {
    #[serde(flatten)]
    ask: Ask,
    field: FieldKey,
    /// Data of records, each with its `id`.
    candidates: Vec<Map<String, Value>>,
}

/// A truth value per candidate.
pub fn candidates(memory: &Memory, it: Candidates) -> Result<Box<RawValue>, Fault> {
    let fits = asked(memory, &it.ask, |form, change| {
        let data = form.state(change).data;
        it.candidates
            .iter()
            .map(|candidate| form.candidate_fits(&it.field, candidate, &data, &change.ctx))
            .collect::<Vec<bool>>()
    })?;
    value(&fits)
}
