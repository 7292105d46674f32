//! What has happened. Stored for ever, never refused, never changed; only ever gains fields with defaults.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::clock::Clock;
use super::input::Parent;
use super::instance::{OpenTask, Phase};
use super::task::sheet::{Placing, Sheet, Signer};
use crate::id::{IncidentId, InstanceId, JobId, NodeId, TableKey, TaskId, TimerId, UserId};

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
    /// `behalf`: whom the person stands in for.
    TaskClaimed {
        task: TaskId,
        by: UserId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        behalf: Option<UserId>,
    },
    TaskReleased { task: TaskId },
    TaskHandedOver { task: TaskId, from: Option<UserId>, to: UserId, reason: String },
    TaskDelegated { task: TaskId, from: Option<UserId>, to: UserId, reason: String },
    /// It is `to`'s again.
    TaskResolved { task: TaskId, by: UserId, to: UserId, comment: String },
    /// `behalf`: whom the person stood in for.
    TaskCompleted {
        task: TaskId,
        node: NodeId,
        by: UserId,
        outcome: String,
        comment: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        behalf: Option<UserId>,
    },
    /// Nobody did it. `by` none: the flow's own condition said so.
    TaskSkipped { token: u64, task: Option<TaskId>, node: NodeId, by: Option<UserId>, outcome: String, reason: String },
    /// Taken back by who had sent it on.
    TaskWithdrawn { task: TaskId, node: NodeId, by: UserId, to: NodeId, reason: String },
    TaskCopied { task: TaskId, by: UserId, to: Vec<UserId>, comment: String },
    /// `at`: RFC 3339 UTC, here and below.
    TaskUrged { task: TaskId, by: UserId, comment: String, at: String },
    /// The step of the task stands still, all its signers' tasks included.
    TaskSuspended { task: TaskId, token: u64, by: UserId, reason: String, at: String },
    TaskResumed { task: TaskId, token: u64, by: UserId, at: String },
    /// The deadline moved; none: its clock stands.
    TaskDue { task: TaskId, at: Option<String> },
    /// Several people sign the step of this token. `task`: it was one person's task until now.
    SheetOpened { token: u64, sheet: Sheet, task: Option<TaskId> },
    SignerAdded { token: u64, signer: Signer, beside: u32, place: Placing, reason: String },
    SignerRemoved { token: u64, signer: u32, by: UserId, reason: String },
    /// One of several has signed; that ends the person's task.
    Signed {
        token: u64,
        signer: u32,
        task: TaskId,
        node: NodeId,
        by: UserId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        behalf: Option<UserId>,
        outcome: String,
        comment: String,
        at: String,
    },
    /// The signatures decide. `why` in words of the rule, for explanation.
    SheetDecided { token: u64, node: NodeId, outcome: String, why: String },
    SheetClosed { token: u64, why: String },
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
        #[serde(default, skip_serializing_if = "Option::is_none")]
        clock: Option<Clock>,
    },
    /// Its clock stands; it is set again under its id when it goes on.
    TimerHeld { timer: TimerId },
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
    /// Which rules of a decision table answered; none: its defaults, or nothing.
    RulesMatched { node: NodeId, table: TableKey, rules: Vec<String> },
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
    Suspended {
        by: UserId,
        reason: String,
        #[serde(default)]
        at: String,
    },
    Resumed {
        by: UserId,
        #[serde(default)]
        at: String,
    },
    /// Deadlines stand still, because of the record's stage or of a task that says so.
    WaitBegan { at: String },
    WaitEnded { at: String },
    /// `error`: the code of an error that left the flow through its call activity.
    Finished {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        error: Option<String>,
    },
    Cancelled { by: UserId, reason: String },
}
