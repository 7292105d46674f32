//! The inbox.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::record::{HistoryEntry, Record};

/// Query of `GET /api/tasks`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema, utoipa::IntoParams)]
#[serde(default, deny_unknown_fields)]
pub struct TaskQuery {
    /// `mine` (assigned to me), `group` (I may claim), `started` (of flows I started), `done` (I completed), `all` (for managers: of records I may read). Default `mine`.
    #[serde(rename = "box")]
    pub inbox: Option<String>,
    pub q: Option<String>,
    pub flow: Option<String>,
    pub node: Option<String>,
    pub overdue: bool,
    /// `due` (default), `-opened`, `priority`.
    pub sort: Option<String>,
    pub after: Option<String>,
    pub limit: Option<u64>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TaskPage {
    pub rows: Vec<TaskHead>,
    pub next: Option<String>,
    /// Number of tasks by box.
    pub counts: BTreeMap<String, u64>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TaskHead {
    pub id: String,
    pub flow: String,
    pub node: String,
    /// Name of the node by language.
    pub titles: BTreeMap<String, String>,
    pub module: String,
    pub record: String,
    pub record_label: String,
    pub record_number: String,
    pub stage: Option<String>,
    pub assignee: Option<String>,
    pub assignee_name: Option<String>,
    /// The person may claim it now.
    pub claimable: bool,
    /// The person may complete it now.
    pub mine: bool,
    pub opened_at: String,
    pub due_at: Option<String>,
    pub overdue: bool,
    pub priority: i64,
    /// Why it came back, if it was returned.
    pub returned: Option<String>,
    /// Set in the `done` box.
    pub completed_at: Option<String>,
    pub outcome: Option<String>,
}

/// `GET /api/tasks/{id}`. `POST /api/tasks/{id}/claim|release` (empty body), `/complete` [`Complete`], `/return` [`Return`],
/// `/handover` [`HandOver`]: all answer the [`TaskDetail`] after it, or 204 when the task is gone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TaskDetail {
    pub task: TaskHead,
    /// `runtime::model::flow::UserTask` as JSON (form, outcomes, instructions).
    #[schema(value_type = Object)]
    pub step: Value,
    /// Texts of the flow by language and address.
    pub texts: BTreeMap<String, BTreeMap<String, String>>,
    pub record: Record,
    pub history: Vec<HistoryEntry>,
    pub instance: String,
    /// Nodes the work may be returned to: id and titles.
    pub return_to: Vec<(String, BTreeMap<String, String>)>,
    /// Why this person: ranking and reason of the assignment.
    #[schema(value_type = Object)]
    pub assigned: Option<Value>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Complete {
    pub outcome: String,
    /// Fields changed on the task's form.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub data: Map<String, Value>,
    /// Version of the record the person saw.
    pub version: i64,
    #[serde(default)]
    pub comment: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Return {
    pub to: String,
    pub reason: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HandOver {
    pub to: String,
    #[serde(default)]
    pub reason: String,
}
