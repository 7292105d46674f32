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
    /// What `collect` makes of the hits; none: a list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aggregation: Option<Aggregation>,
    pub inputs: Vec<TableInput>,
    pub outputs: Vec<TableOutput>,
    pub rules: Vec<TableRule>,
}

/// What happens when several rules match (DMN 1.5 §8.2.8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum HitPolicy {
    /// At most one rule may match; two are an error.
    Unique,
    /// The first match in the order of the rules.
    First,
    /// The match whose outputs come first in the outputs' lists of values.
    Priority,
    /// Several may match if they say the same.
    Any,
    /// All, in no order that matters: a list, or one value by `aggregation`.
    Collect,
    /// All, in the order of the rules: a list.
    RuleOrder,
    /// All, in the order of the outputs' lists of values: a list.
    OutputOrder,
}

impl HitPolicy {
    /// True where the answer is made of all matches.
    pub fn is_multiple(self) -> bool {
        match self {
            HitPolicy::Collect | HitPolicy::RuleOrder | HitPolicy::OutputOrder => true,
            HitPolicy::Unique | HitPolicy::First | HitPolicy::Priority | HitPolicy::Any => false,
        }
    }
}

/// How `collect` makes one value of many, for every output by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Aggregation {
    Sum,
    Min,
    Max,
    Count,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableInput {
    pub id: String,
    pub key: String,
    pub title: String,
    #[serde(rename = "type")]
    pub kind: TableType,
    /// The values there are; none: any. Checks then know that nothing else comes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<Value>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableOutput {
    pub id: String,
    pub key: String,
    pub title: String,
    #[serde(rename = "type")]
    pub kind: TableType,
    /// The values there are, most important first: the order of `priority` and `outputOrder`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<Value>,
    /// What it is when no rule matches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
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
    /// Unary tests: `""` or `"-"` any · `"s1"` equal · `"s1, s2"` one of · `"> 1000"`, `"<= 5"` · `"[1000..10000]"`, `"(1000..10000]"` · `"not(s1, s2)"`.
    pub when: Vec<String>,
    pub then: Vec<Value>,
    /// First day it holds, `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<String>,
    /// Last day it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<String>,
}
