//! Errors as problem details (RFC 9457), `application/problem+json`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct Problem {
    /// Stable code: `not-logged-in`, `no-rights`, `not-found`, `invalid-fields`, `conflict`, `repeated` (`detail`: where the record is), `duplicate`, `too-large`,
    /// `malformed`, `throttled`, `csrf`, `refused:<engine code>`, `not-publishable`, `internal`.
    #[serde(rename = "type")]
    pub kind: String,
    pub status: u16,
    /// One sentence in English; the browser shows its own text by `kind` where it has one.
    pub title: String,
    pub detail: String,
    /// Faults at fields.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldFault>,
    /// Set with `conflict`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conflicts: Vec<Conflict>,
    /// To be quoted to support; found in the log.
    pub request: String,
}

/// A fault at a field: the same code and arguments as the browser's own validation gives.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct FieldFault {
    /// JSON pointer into the data: `/severity`, `/own_products/0/name`.
    pub pointer: String,
    /// `required`, `type`, `minLength`, `check:<id>` …
    pub code: String,
    pub message: String,
    #[serde(skip_serializing_if = "Map::is_empty")]
    #[schema(value_type = Object)]
    pub args: Map<String, Value>,
}

/// Two people changed the same field; or one decides on a field that another has changed since it was read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Conflict {
    pub field: String,
    /// What the second saver started from.
    pub base: Value,
    pub yours: Value,
    pub theirs: Value,
    /// Who changed it.
    pub by: String,
    /// The second one wrote nothing here (`yours` is null): they had read `base` when they decided.
    #[serde(default)]
    pub read: bool,
    /// Version of the record that holds `theirs`: what is sent again with it counts.
    #[serde(default)]
    pub version: i64,
}
