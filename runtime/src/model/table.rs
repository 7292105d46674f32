//! `tables/<key>.json`: a decision table (DMN 1.5 §8). Thresholds live here, not in scripts.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::id::TableKey;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Table {
    pub format: u32,
    pub id: String,
    pub key: TableKey,
    pub title: String,
    pub hit_policy: HitPolicy,
    pub inputs: Vec<TableInput>,
    pub outputs: Vec<TableOutput>,
    pub rules: Vec<TableRule>,
}

/// DMN 1.5 §8.2.8.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum HitPolicy {
    /// At most one rule may match; two are an error.
    Unique,
    /// The first match in the order of the rules.
    First,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableInput {
    pub id: String,
    pub key: String,
    pub title: String,
    #[serde(rename = "type")]
    pub kind: TableType,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableOutput {
    pub id: String,
    pub key: String,
    pub title: String,
    #[serde(rename = "type")]
    pub kind: TableType,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum TableType {
    Text,
    /// Decimal; in JSON a string or a number.
    Number,
    Bool,
    Date,
}

/// One row: a cell for every input (all must match), a value for every output.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TableRule {
    pub id: String,
    /// Unary tests: `""` or `"-"` any · `"s1"` equal · `"s1, s2"` one of · `"> 1000"`, `"<= 5"` · `"[1000..10000]"`, `"(1000..10000]"`.
    pub when: Vec<String>,
    pub then: Vec<Value>,
    /// First day it holds, `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<String>,
    /// Last day it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<String>,
}
