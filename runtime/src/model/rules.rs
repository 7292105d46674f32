//! `rules.json`: what holds on every write path (form, API, import, flow, board). Views may only be stricter.

use serde::{Deserialize, Serialize};

use crate::alert::Severity;
use crate::id::FieldKey;

/// All rules of one module. Expressions see `data`, `old`, `user`, `now`, `today`; in a sub-table also `row`, `index`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    #[serde(default)]
    pub format: u32,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub computed: Vec<Computed>,
    /// A field that must be filled when the expression holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub required: Vec<When>,
    /// A field people may not change when the expression holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub readonly: Vec<When>,
    /// A field that exists only when the expression holds; its value is dropped on save otherwise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub visible: Vec<When>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<CheckRule>,
}

/// A field whose value is an expression's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Computed {
    pub id: String,
    /// Field, or `rows.column` for a column of a sub-table.
    pub field: FieldKey,
    pub mode: ComputeMode,
    pub expr: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ComputeMode {
    /// Recomputed on every change; nobody writes it.
    Always,
    /// Recomputed until a person enters a value; clearing it returns to the formula.
    UntilEdited,
    /// A default: computed once, when the record is made.
    OnCreate,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct When {
    pub id: String,
    pub field: FieldKey,
    pub when: String,
}

/// A rule over several fields. The expression says what must be true.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckRule {
    pub id: String,
    pub expr: String,
    /// In the pack's language; others under `check/<module>/<id>`.
    pub message: String,
    /// Fields the message is shown at.
    #[serde(default)]
    pub fields: Vec<FieldKey>,
    #[serde(default = "error")]
    pub severity: Severity,
}

fn error() -> Severity {
    Severity::Error
}
