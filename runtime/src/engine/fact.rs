//! What has happened. Stored for ever, never refused, never changed; only ever gains fields with defaults.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{input::Parent, instance::{OpenTask, Phase}};
use crate::id::{IncidentId, InstanceId, JobId, NodeId, TaskId, TimerId, UserId};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Fact {
    Started { by: UserId, vars: Map<String, Value>, parent: Option<Parent> },
    /// A token arrived in a node. `token` is unique within the instance; `via` is the sequence flow it came by.
    /// `outcome` is that of the last task on its way.
    Entered {
        token: u64,
        node: NodeId,
        via: Option<NodeId>,
        scope: Option<u64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        outcome: Option<String>,
    },
    Left { token: u64, node: NodeId },
    /// A token waits in a sequence flow before a joining gateway.
    Arrived {
        token: u64,
        flow: NodeId,
        scope: Option<u64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        outcome: Option<String>,
    },
    /// A joining gateway took those waiting tokens.
    Joined { node: NodeId, tokens: Vec<u64> },
    /// A token was removed (interrupting boundary, terminate, return).
    Removed { token: u64, why: String },
    TaskOpened { token: u64, task: OpenTask },
    TaskClaimed { task: TaskId, by: UserId },
    TaskReleased { task: TaskId },
    TaskHandedOver { task: TaskId, from: Option<UserId>, to: UserId, reason: String },
    TaskCompleted { task: TaskId, node: NodeId, by: UserId, outcome: String, comment: String },
    TaskReturned { task: TaskId, node: NodeId, by: UserId, to: NodeId, reason: String },
    TaskCancelled { task: TaskId, why: String },
    /// `at`: RFC 3339 UTC. `node` is the event the timer belongs to, or the user task of a reminder.
    /// `left`: how many times it fires after this one (a cycle); none: for ever. `every`: the cycle's interval.
    TimerSet {
        timer: TimerId,
        token: u64,
        node: NodeId,
        at: String,
        reminder: Option<u32>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        every: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        left: Option<u32>,
    },
    TimerFired { timer: TimerId },
    TimerCancelled { timer: TimerId },
    JobAsked { job: JobId, token: u64, node: NodeId },
    /// A job came back, or is no longer wanted.
    JobDone {
        job: JobId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        outcome: Option<String>,
    },
    ChildStarted { child: InstanceId, token: u64, node: NodeId },
    ChildEnded { child: InstanceId },
    /// A subprocess was entered; its inner tokens carry `scope`.
    ScopeOpened { scope: u64, token: u64, node: NodeId, parent: Option<u64> },
    ScopeClosed { scope: u64 },
    VarsSet { vars: Map<String, Value> },
    /// Fields the flow set on its record. For explanation; the record itself is the server's.
    FieldsSet { fields: Map<String, Value> },
    /// Why a branch was taken: the conditions looked at and their results.
    Decided { node: NodeId, taken: Vec<NodeId>, because: Vec<(NodeId, bool)> },
    /// Why these people: for explanation.
    Assigned { task: TaskId, to: Option<UserId>, why: String, ranking: Value },
    Caught { node: NodeId, name: String },
    IncidentRaised {
        incident: IncidentId,
        token: u64,
        node: NodeId,
        message: String,
        #[serde(default)]
        phase: Phase,
    },
    IncidentResolved { incident: IncidentId },
    Suspended { by: UserId, reason: String },
    Resumed { by: UserId },
    /// `error`: the code of an error that left the flow through its call activity.
    Finished {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        error: Option<String>,
    },
    Cancelled { by: UserId, reason: String },
}
