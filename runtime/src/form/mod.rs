//! Forms: what a record may hold and how it behaves. [`Form::compile`] joins a module's schema and rules;
//! [`Form::state`] says what a form looks like for a change; [`Form::accept`] is the one write path used by
//! API, form, import, flow and board.
//!
//! Both take a [`Change`]: the stored record, and only what is to change. Browsers keep what a person typed as the
//! patch and show [`FormState::data`], never feed computed values back.
//!
//! Order within a change: normalise → rights → defaults (new records) → computed and visible, until nothing changes →
//! required, schema, dictionaries, checks. A hidden field counts as blank in every rule and is dropped on save.

mod accept;
mod candidates;
mod chosen;
mod compile;
pub mod convert;
pub mod field;
pub mod file_rule;
mod normal;
pub(crate) mod order;
mod state;
pub mod translate;
mod tree;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::alert::{Alert, Severity};
use crate::engine::Person;
use crate::expr::Expr;
use crate::id::{FieldKey, ModuleKey, RecordId};
use crate::model::catalog::Catalog;
use crate::model::module::Access;
use crate::model::rules::ComputeMode;
use crate::model::view::View;
use crate::schema::Schema;
use crate::script::{Library, Path};
use crate::value::Shape;

pub use crate::schema::Fault;
pub use candidates::Candidates;
pub use chosen::Duty;
pub use compile::of_schema;
pub use field::{ChoiceOption, Field, FieldKind, Sensitive};
pub use file_rule::FileRule;

/// A compiled form. Make one per module and publication and share it.
#[derive(Clone, Debug)]
pub struct Form {
    pub module: ModuleKey,
    /// In the order of the schema.
    pub fields: Vec<Field>,
    /// The state field; people never write it.
    pub stage: Option<FieldKey>,
    schema: Schema,
    /// In an order in which every formula comes after those it reads.
    computed: Vec<Computation>,
    required: Vec<Condition>,
    readonly: Vec<Condition>,
    visible: Vec<Condition>,
    checks: Vec<Check>,
    /// Expressions of the module's views, by source.
    expressions: BTreeMap<String, Expr>,
    shape: Arc<Shape>,
    /// Shapes of the records that single references point at, by field.
    targets: BTreeMap<FieldKey, Shape>,
    /// The same as the shape of `refs`.
    refs: Arc<Shape>,
    dependencies: Dependencies,
    library: Arc<Library>,
    zone: TimeZone,
}

#[derive(Clone, Debug)]
struct Computation {
    id: String,
    field: FieldKey,
    /// Of a sub-table.
    column: Option<FieldKey>,
    mode: ComputeMode,
    expr: Expr,
}

#[derive(Clone, Debug)]
struct Condition {
    id: String,
    field: FieldKey,
    expr: Expr,
}

#[derive(Clone, Debug)]
struct Check {
    id: String,
    expr: Expr,
    message: String,
    fields: Vec<FieldKey>,
    severity: Severity,
}

/// What rules may know besides the data.
#[derive(Clone, Copy, Debug)]
pub struct FormContext<'a> {
    pub now: Timestamp,
    pub user: &'a Person,
    /// The record's id, which rules see as `data.id`; none: a new one.
    pub record: Option<&'a RecordId>,
    /// Data of records that single references point at, as far as [`Form::looks_at`] asked for them: `refs.customer.region`.
    pub referenced: &'a BTreeMap<RecordId, Map<String, Value>>,
}

/// Who writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Writer {
    /// A person, through form, API, import or board: rights, read-only fields and the view hold.
    Person,
    /// A flow or the platform: may set read-only fields, the stage and the number; computed fields stay computed.
    Flow,
}

/// A wish to make or change a record.
#[derive(Clone, Copy, Debug)]
pub struct Change<'a> {
    /// The stored record; none: a new one.
    pub old: Option<&'a Map<String, Value>>,
    /// Only what is to change; null clears.
    pub patch: &'a Map<String, Value>,
    /// The form it is entered in; it can only be stricter.
    pub view: Option<&'a View>,
    /// [`crate::policy::fields`] or [`crate::policy::step_fields`]; a field that is not named is writable.
    pub access: &'a BTreeMap<FieldKey, Access>,
    pub by: Writer,
    pub ctx: FormContext<'a>,
}

/// A change that may be stored.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Accepted {
    /// The whole record: normalised, defaults and computed values in place, nothing blank.
    pub data: Map<String, Value>,
    /// Fields whose value is another than before, in schema order.
    pub changed: Vec<FieldKey>,
    /// What the person should know; nothing that stops.
    pub warnings: Vec<Fault>,
}

/// What a form looks like.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FormState {
    /// The record after the change, computed values in place, hidden values dropped.
    pub data: Map<String, Value>,
    pub fields: BTreeMap<FieldKey, FieldState>,
    /// Sections of the view by id: shown or not.
    pub sections: BTreeMap<String, bool>,
    /// What saving would be refused for, and warnings. Required fields that are still blank are among the faults.
    pub faults: Vec<Fault>,
    pub warnings: Vec<Fault>,
    /// Rules that could not run.
    pub problems: Vec<Fault>,
}

/// What a field looks like.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FieldState {
    pub visible: bool,
    pub required: bool,
    pub readonly: bool,
    /// The value is the formula's. For `untilEdited` false means a person has entered it ("reset to formula").
    pub computed: bool,
    /// Why it is hidden, required or read-only: rule ids, `schema`, `view`, `access`, `system`, `stage`, `computed`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<String>,
}

/// Which fields each rule reads and sets, for evaluating only what a change affects.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Dependencies {
    /// Field → the fields whose value, visibility, requirement or check depends on it.
    pub affects: BTreeMap<FieldKey, BTreeSet<FieldKey>>,
    /// Single references whose record is looked at (`refs.customer`).
    pub looks_at: BTreeSet<FieldKey>,
}

impl Form {
    /// Joins schema and rules of a module. What is wrong is reported and left out.
    pub fn compile(catalog: &Catalog, module: &ModuleKey) -> (Self, Vec<Alert>) {
        compile::compile(catalog, module)
    }

    /// What the form looks like for a change, and what saving would say.
    pub fn state(&self, change: &Change) -> FormState {
        state::state(self, change)
    }

    /// The one write path: the record to store, or every fault at once.
    pub fn accept(&self, change: &Change) -> Result<Accepted, Vec<Fault>> {
        accept::accept(self, change)
    }

    /// What a new record begins with: defaults of the schema and formulas of mode `onCreate`.
    pub fn seed(&self, ctx: &FormContext) -> Map<String, Value> {
        state::seed(self, &Map::new(), ctx)
    }

    /// A field by key.
    pub fn field(&self, key: &str) -> Option<&Field> {
        self.fields.iter().find(|it| it.key.as_str() == key)
    }

    /// Which texts of a record are decimals; for [`crate::script::Scope::set_record`].
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// Which texts of the records in `refs` are decimals; for [`crate::script::Scope::set_record`].
    pub fn refs_shape(&self) -> Shape {
        (*self.refs).clone()
    }

    /// The compiled schema.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The catalog's time zone.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// The numbered field and its rule.
    pub fn number(&self) -> Option<(&FieldKey, &str)> {
        self.fields.iter().find_map(|it| {
            let FieldKind::Number { rule } = &it.kind else { return None };
            Some((&it.key, rule.as_str()))
        })
    }

    /// True if a field that is always computed reads one of these fields of the record a reference points at: it follows
    /// that record's changes, without anybody saving this one.
    pub fn follows(&self, reference: &FieldKey, changed: &BTreeSet<FieldKey>) -> bool {
        let reads = |it: &Path| {
            it.root() == "refs"
                && it.field() == Some(reference.as_str())
                && it.0.get(2).is_none_or(|it| changed.contains(&FieldKey::from(it.as_str())))
        };
        let always = self.computed.iter().filter(|it| it.mode == ComputeMode::Always);
        always.flat_map(|it| it.expr.reads()).any(|it| reads(&it))
    }

    /// Records that rules look at, given old or new data: load them into [`FormContext::referenced`].
    pub fn looks_at(&self, data: &Map<String, Value>) -> Vec<(FieldKey, RecordId)> {
        let wanted = self.dependencies.looks_at.iter();
        wanted
            .filter_map(|field| {
                let id = data.get(field.as_str())?.as_str().filter(|it| !it.is_empty())?;
                Some((field.clone(), RecordId::from(id)))
            })
            .collect()
    }

    /// What depends on what.
    pub fn dependencies(&self) -> &Dependencies {
        &self.dependencies
    }
}

#[cfg(test)]
mod tests;
