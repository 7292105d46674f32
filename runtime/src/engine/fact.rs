//! What has happened. Stored for ever, never refused, never changed; only ever gains fields with defaults.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::clock::Clock;
use super::input::Parent;
use super::instance::{After, Note, OpenTask, Phase, ScopeKind, Sent, is_zero};
use super::task::sheet::{Placing, Sheet, Signer};
use crate::id::{IncidentId, InstanceId, JobId, NodeId, TableKey, TaskId, TimerId, UserId};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Fact {
    Started {
        by: UserId,
        vars: Map<String, Value>,
        parent: Option<Parent>,
    },
    /// A token arrived in a node. `token` is unique within the instance; `via` is the sequence flow it came by.
    /// `outcome` is that of the last task on its way.
    Entered {
        token: u64,
        node: NodeId,
        via: Option<NodeId>,
        scope: Option<u64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        outcome: Option<String>,
        /// A further token of a node that was entered before: one turn of a repeated activity, or a compensation that
        /// its thrower does not wait for.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        turn: bool,
    },
    Left {
        token: u64,
        node: NodeId,
    },
    /// A token waits in a sequence flow before a joining gateway.
    Arrived {
        token: u64,
        flow: NodeId,
        scope: Option<u64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        outcome: Option<String>,
    },
    /// A joining gateway took those waiting tokens.
    Joined {
        node: NodeId,
        tokens: Vec<u64>,
    },
    /// A token was removed (interrupting boundary, terminate, return).
    Removed {
        token: u64,
        why: String,
    },
    TaskOpened {
        token: u64,
        task: OpenTask,
    },
    /// `behalf`: whom the person stands in for.
    TaskClaimed {
        task: TaskId,
        by: UserId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        behalf: Option<UserId>,
    },
    TaskReleased {
        task: TaskId,
    },
    TaskHandedOver {
        task: TaskId,
        from: Option<UserId>,
        to: UserId,
        reason: String,
    },
    TaskDelegated {
        task: TaskId,
        from: Option<UserId>,
        to: UserId,
        reason: String,
    },
    /// It is `to`'s again.
    TaskResolved {
        task: TaskId,
        by: UserId,
        to: UserId,
        comment: String,
    },
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
    TaskSkipped {
        token: u64,
        task: Option<TaskId>,
        node: NodeId,
        by: Option<UserId>,
        outcome: String,
        reason: String,
    },
    /// Taken back by who had sent it on.
    TaskWithdrawn {
        task: TaskId,
        node: NodeId,
        by: UserId,
        to: NodeId,
        reason: String,
    },
    TaskCopied {
        task: TaskId,
        by: UserId,
        to: Vec<UserId>,
        comment: String,
    },
    /// `at`: RFC 3339 UTC, here and below.
    TaskUrged {
        task: TaskId,
        by: UserId,
        comment: String,
        at: String,
    },
    /// The step of the task stands still, all its signers' tasks included.
    TaskSuspended {
        task: TaskId,
        token: u64,
        by: UserId,
        reason: String,
        at: String,
    },
    TaskResumed {
        task: TaskId,
        token: u64,
        by: UserId,
        at: String,
    },
    /// The deadline moved; none: its clock stands.
    TaskDue {
        task: TaskId,
        at: Option<String>,
    },
    /// Several people sign the step of this token. `task`: it was one person's task until now.
    SheetOpened {
        token: u64,
        sheet: Sheet,
        task: Option<TaskId>,
    },
    SignerAdded {
        token: u64,
        signer: Signer,
        beside: u32,
        place: Placing,
        reason: String,
    },
    SignerRemoved {
        token: u64,
        signer: u32,
        by: UserId,
        reason: String,
    },
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
    SheetDecided {
        token: u64,
        node: NodeId,
        outcome: String,
        why: String,
    },
    SheetClosed {
        token: u64,
        why: String,
    },
    TaskReturned {
        task: TaskId,
        node: NodeId,
        by: UserId,
        to: NodeId,
        reason: String,
    },
    TaskCancelled {
        task: TaskId,
        why: String,
    },
    /// `at`: RFC 3339 UTC. `node` is the event the timer belongs to, or the user task of a reminder.
    /// `left`: how many times it fires after this one (a cycle); none: for ever. `every`: the cycle's interval.
    TimerSet {
        timer: TimerId,
        /// None: of an event subprocess of the flow itself.
        #[serde(default)]
        token: Option<u64>,
        node: NodeId,
        /// Which definition of the event.
        #[serde(default, skip_serializing_if = "is_zero")]
        part: u32,
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
    TimerHeld {
        timer: TimerId,
    },
    TimerFired {
        timer: TimerId,
    },
    TimerCancelled {
        timer: TimerId,
    },
    /// `sent`: whose step led to it.
    JobAsked {
        job: JobId,
        token: u64,
        node: NodeId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sent: Option<Sent>,
    },
    /// A job came back, or is no longer wanted.
    JobDone {
        job: JobId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        outcome: Option<String>,
    },
    /// `after`: the task that led to it.
    ChildStarted {
        child: InstanceId,
        token: u64,
        node: NodeId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<TaskId>,
    },
    ChildEnded {
        child: InstanceId,
    },
    /// A subprocess was entered, a turn of a repeated activity or a compensation handler begins; its inner tokens carry `scope`.
    ScopeOpened {
        scope: u64,
        token: u64,
        node: NodeId,
        parent: Option<u64>,
        #[serde(default, skip_serializing_if = "ScopeKind::is_inside")]
        kind: ScopeKind,
        #[serde(default, skip_serializing_if = "Map::is_empty")]
        vars: Map<String, Value>,
        /// The completed scope whose activities compensation in here is about.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        of: Option<u64>,
    },
    ScopeClosed {
        scope: u64,
    },
    /// Variables of the flow, or of a scope.
    VarsSet {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        scope: Option<u64>,
        vars: Map<String, Value>,
    },
    /// Fields the flow set on its record. For explanation; the record itself is the server's.
    FieldsSet {
        fields: Map<String, Value>,
    },
    /// Why a branch was taken: the conditions looked at and their results.
    Decided {
        node: NodeId,
        taken: Vec<NodeId>,
        because: Vec<(NodeId, bool)>,
    },
    /// Which rules of a decision table answered; none: its defaults, or nothing.
    RulesMatched {
        node: NodeId,
        table: TableKey,
        rules: Vec<String>,
    },
    /// Why these people: for explanation.
    Assigned {
        task: TaskId,
        to: Option<UserId>,
        why: String,
        ranking: Value,
    },
    Caught {
        node: NodeId,
        name: String,
    },
    /// An event threw something; `what`: `message`, `signal`, `escalation`, `error`. `after`: the task that led to it, of what went
    /// out of the flow.
    Thrown {
        node: NodeId,
        what: String,
        name: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<TaskId>,
    },
    /// Something to be remembered of an event that waits.
    Noted {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        token: Option<u64>,
        node: NodeId,
        #[serde(default, skip_serializing_if = "is_zero")]
        part: u32,
        note: Note,
    },
    /// No longer to be remembered.
    Forgotten {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        token: Option<u64>,
        node: NodeId,
        #[serde(default, skip_serializing_if = "is_zero")]
        part: u32,
        note: Note,
    },
    /// A repeated activity begins. `planned`: how many turns; none: a condition decides.
    RepeatBegan {
        token: u64,
        node: NodeId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        planned: Option<u32>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        items: Vec<Value>,
    },
    /// One more turn was asked for.
    RepeatExtended {
        token: u64,
        node: NodeId,
        item: Value,
    },
    /// A turn ended. `completed`: by itself; else it was cancelled.
    TurnEnded {
        token: u64,
        node: NodeId,
        index: u32,
        completed: bool,
        #[serde(default, skip_serializing_if = "Value::is_null")]
        output: Value,
    },
    /// The token of a repeated activity has the outcome of its last turn.
    OutcomeGiven {
        token: u64,
        outcome: String,
    },
    /// A completed activity can be compensated from now on.
    Compensable {
        entry: u64,
        node: NodeId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        scope: Option<u64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        body: Option<u64>,
        #[serde(default, skip_serializing_if = "Map::is_empty")]
        vars: Map<String, Value>,
    },
    /// Compensation was thrown; the entries follow one after the other.
    CompensationBegan {
        token: u64,
        node: NodeId,
        entries: Vec<u64>,
        then: After,
    },
    /// The activity `node` has been compensated.
    Compensated {
        token: u64,
        entry: u64,
        node: NodeId,
    },
    /// `gone`: the token was there for the compensation only.
    CompensationEnded {
        token: u64,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        gone: bool,
    },
    /// A complex gateway was activated (`taken`: the flows it took tokens from) or, with nothing taken, was reset.
    GateTurned {
        node: NodeId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        scope: Option<u64>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        taken: Vec<NodeId>,
        #[serde(default)]
        first: u64,
    },
    /// The completion condition of an ad-hoc subprocess held, or somebody said that it is done.
    Fulfilled {
        scope: u64,
        node: NodeId,
    },
    IncidentRaised {
        incident: IncidentId,
        token: u64,
        node: NodeId,
        message: String,
        #[serde(default)]
        phase: Phase,
    },
    IncidentResolved {
        incident: IncidentId,
    },
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
    /// An administrator moved a token; what followed from it comes after.
    Moved {
        from: NodeId,
        to: NodeId,
        by: UserId,
        reason: String,
    },
    /// The instance goes on in another version; `nodes`: old names to new ones.
    Migrated {
        by: UserId,
        version: String,
        nodes: BTreeMap<NodeId, NodeId>,
    },
    /// Deadlines stand still, because of the record's stage or of a task that says so.
    WaitBegan {
        at: String,
    },
    WaitEnded {
        at: String,
    },
    /// `error`: the code of an error that left the flow through its call activity.
    Finished {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        error: Option<String>,
    },
    Cancelled {
        by: UserId,
        reason: String,
    },
}
