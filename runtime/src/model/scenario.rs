//! `scenarios/<name>.json`: given / when / then. Several people, a virtual clock, expected records, tasks and notices.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::id::{ModuleKey, RoleKey};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Scenario {
    pub format: u32,
    pub title: String,
    /// RFC 3339 with offset: `2026-03-02T09:00:00+08:00`.
    pub start: String,
    pub actors: Vec<ScenarioActor>,
    /// Departments: `{"key": "quality", "parent": "service"}`. Actors may name others; they are made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub departments: Vec<ScenarioDepartment>,
    /// Counters at the start: `{"complaint": 998}` = last number issued in the current period.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub numbers: Map<String, Value>,
    /// Records that exist before the first step; `name` is how steps refer to them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub records: Vec<ScenarioRecord>,
    pub steps: Vec<ScenarioStep>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ScenarioActor {
    pub user: String,
    #[serde(default)]
    pub name: String,
    pub roles: Vec<RoleKey>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manager: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub regions: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skills: Vec<String>,
    #[serde(default = "ten")]
    pub capacity: i64,
    #[serde(default = "on")]
    pub on_duty: bool,
    /// Points of open work at the start.
    #[serde(default)]
    pub open_points: i64,
    /// RFC 3339; when work was last assigned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_assigned: Option<String>,
    /// When they are away, and who stands in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub absences: Vec<ScenarioAbsence>,
    /// Name of the record of the customer a portal user belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<String>,
}

/// A time in which an actor is away. Moments are RFC 3339 with offset.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScenarioAbsence {
    pub from: String,
    pub until: String,
    /// The user who stands in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub substitute: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScenarioDepartment {
    pub key: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScenarioRecord {
    pub name: String,
    pub module: ModuleKey,
    pub data: Map<String, Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
}

/// One deed and what must hold after it. In `data`, `"@name"` stands for the id of a record, `"@user:anna"` of a person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScenarioStep {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Who acts; not needed for `advance`.
    #[serde(rename = "as", default, skip_serializing_if = "Option::is_none")]
    pub who: Option<String>,
    #[serde(rename = "do")]
    pub deed: Deed,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expect: Option<Expectation>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Deed {
    /// Makes a record; `name` is how later steps call it.
    /// `acceptDuplicates`: saves although similar records exist, below the mark that stops.
    Create {
        module: ModuleKey,
        name: String,
        data: Map<String, Value>,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        accept_duplicates: bool,
    },
    Update {
        record: String,
        data: Map<String, Value>,
    },
    Read {
        record: String,
    },
    Claim {
        record: String,
        node: String,
    },
    Release {
        record: String,
        node: String,
    },
    /// Completes the open task at `node` of the record's flow.
    Complete {
        record: String,
        node: String,
        outcome: String,
        #[serde(default)]
        data: Map<String, Value>,
        #[serde(default)]
        comment: String,
    },
    Return {
        record: String,
        node: String,
        to: String,
        reason: String,
    },
    HandOver {
        record: String,
        node: String,
        to: String,
    },
    /// Moves the clock: a duration (`PT2H`, `8bh`) or a moment (RFC 3339). Timers on the way fire in order.
    Advance {
        by: String,
    },
    Message {
        record: String,
        name: String,
        #[serde(default)]
        payload: Map<String, Value>,
    },
    /// The answer the next call of a plugin function gets instead of the real one; `error` makes it fail.
    Answer {
        plugin: String,
        function: String,
        #[serde(default)]
        output: Option<Value>,
        #[serde(default)]
        error: Option<String>,
    },
}

/// Everything that is given must hold.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Expectation {
    /// Which record the rest speaks of; default: the step's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
    /// Fields by name; `null` = blank.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub fields: Map<String, Value>,
    /// Open tasks of the record: exactly these nodes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tasks: Option<Vec<ExpectedTask>>,
    /// Notices sent in this step: `{"notice": "…", "to": "user"}`; all listed must be there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<ExpectedNotice>,
    /// State of the record's instance: `running`, `finished`, `cancelled`, `incident`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// The step must be refused, with this code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
    /// Fields that must not be in what the reader gets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hidden: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedTask {
    pub node: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<String>,
    /// Who may do it: exactly these users.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub candidates: Option<Vec<String>>,
    /// RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedNotice {
    pub notice: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

fn ten() -> i64 {
    10
}

fn on() -> bool {
    true
}
