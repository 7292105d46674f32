//! A running flow: where its tokens stand. The stored form is its JSON; it only ever gains fields with defaults.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::input::Parent;
use crate::id::{IncidentId, InstanceId, JobId, NodeId, RoleKey, TaskId, TimerId, UserId};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Instance {
    pub id: InstanceId,
    pub state: State,
    pub started_by: UserId,
    pub parent: Option<Parent>,
    pub vars: Map<String, Value>,
    pub tokens: BTreeMap<u64, Token>,
    pub scopes: BTreeMap<u64, Scope>,
    pub tasks: BTreeMap<TaskId, OpenTask>,
    pub timers: BTreeMap<TimerId, Timer>,
    pub jobs: BTreeMap<JobId, u64>,
    pub children: BTreeMap<InstanceId, u64>,
    pub incidents: BTreeMap<IncidentId, Incident>,
    /// Who did a step last, and with which outcome; for "same as", separation of duty and return.
    pub done: BTreeMap<NodeId, Done>,
    /// Counter behind every id this instance gives.
    pub next: u64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum State {
    #[default]
    New,
    Running,
    Suspended,
    Finished,
    Cancelled,
}

/// A token (BPMN 2.0.2 §7.1.1): in a node, or in a sequence flow before a join.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Token {
    pub at: Place,
    pub scope: Option<u64>,
    /// Outcome of the last task on its way; conditions see it as `outcome`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Place {
    Node(NodeId),
    Flow(NodeId),
}

/// An open subprocess.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scope {
    pub node: NodeId,
    pub token: u64,
    pub parent: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Timer {
    pub node: NodeId,
    pub token: u64,
    /// RFC 3339, UTC.
    pub at: String,
    pub reminder: Option<u32>,
    /// The interval of a cycle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every: Option<String>,
    /// How many times a cycle fires after this one; none: for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<u32>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Incident {
    pub node: NodeId,
    pub token: u64,
    pub message: String,
    #[serde(default)]
    pub phase: Phase,
}

/// What failed: the node's own work, or the way out of it after the work was done. A retry repeats no more than that.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Phase {
    #[default]
    Work,
    Leave,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Done {
    pub by: UserId,
    pub outcome: String,
    #[serde(default)]
    pub times: u32,
}

/// Something that waits for a person.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct OpenTask {
    pub id: TaskId,
    pub node: NodeId,
    pub token: u64,
    pub assignee: Option<UserId>,
    /// People who may claim it. Empty together with `roles` empty: nobody (an incident says so).
    pub candidates: Vec<UserId>,
    /// Roles whose holders may claim it, when the candidates are not listed one by one.
    pub roles: Vec<RoleKey>,
    /// RFC 3339, UTC.
    pub opened_at: String,
    pub due_at: Option<String>,
    pub priority: i64,
    /// Set when the task was sent back: who, why.
    pub returned: Option<(UserId, String)>,
}
