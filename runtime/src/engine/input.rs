//! A wish from outside. It may be refused; then nothing has changed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::task::sheet::Placing;
use crate::id::{IncidentId, InstanceId, JobId, NodeId, TaskId, TimerId, UserId};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "input", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Input {
    /// Starts the instance at its none start event (or at `at`).
    Start {
        at: Option<NodeId>,
        vars: Map<String, Value>,
        parent: Option<Parent>,
    },
    Claim {
        task: TaskId,
    },
    Release {
        task: TaskId,
    },
    /// The actor finishes a task. `data` are the fields the person changed, already validated by the form.
    Complete {
        task: TaskId,
        outcome: String,
        data: Map<String, Value>,
        comment: String,
    },
    /// Sends the work back to an earlier step.
    Return {
        task: TaskId,
        to: NodeId,
        reason: String,
    },
    /// Gives the task to another person for good.
    HandOver {
        task: TaskId,
        to: UserId,
        reason: String,
    },
    /// Lends the task: the other person resolves it, and it comes back.
    Delegate {
        task: TaskId,
        to: UserId,
        reason: String,
    },
    /// Gives a lent task back; also by who lent it.
    Resolve {
        task: TaskId,
        comment: String,
    },
    /// Takes back what the actor has sent on, while nobody has begun.
    Withdraw {
        task: TaskId,
        reason: String,
    },
    /// One more person signs this step.
    AddSigner {
        task: TaskId,
        who: UserId,
        place: Placing,
        reason: String,
    },
    /// Somebody who has not signed yet need not.
    RemoveSigner {
        task: TaskId,
        signer: u32,
        reason: String,
    },
    /// Lets people know of the task.
    Cc {
        task: TaskId,
        to: Vec<UserId>,
        comment: String,
    },
    /// Asks whoever has the task to hurry.
    Urge {
        task: TaskId,
        comment: String,
    },
    /// Stops one step; its deadline stands still.
    SuspendTask {
        task: TaskId,
        reason: String,
    },
    ResumeTask {
        task: TaskId,
    },
    /// Passes the task over, where the flow allows it.
    Skip {
        task: TaskId,
        reason: String,
    },
    TimerFired {
        timer: TimerId,
    },
    /// A job (plugin call) came back with its answer. `outcome`: what conditions after it see as `outcome`.
    JobDone {
        job: JobId,
        output: Value,
        #[serde(default)]
        outcome: Option<String>,
    },
    /// A job failed for the last time. `code` is caught by an error boundary event, if one fits; else an incident.
    JobFailed {
        job: JobId,
        code: Option<String>,
        error: String,
    },
    /// A message for this instance (BPMN message catch, receive task). `key`: only for who waits for that key; none: for
    /// whoever waits for the name.
    Message {
        name: String,
        payload: Map<String, Value>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        key: Option<String>,
    },
    Signal {
        name: String,
        payload: Map<String, Value>,
    },
    /// The called flow of a call activity has ended.
    ///
    /// `error`: it ended with this error code, which the call activity then throws.
    ChildEnded {
        child: InstanceId,
        vars: Map<String, Value>,
        cancelled: bool,
        #[serde(default)]
        error: Option<String>,
    },
    /// An escalation that the called flow of a call activity did not catch itself.
    ChildEscalated {
        child: InstanceId,
        code: String,
        message: String,
    },
    /// The record has changed outside of the flow, or variables are to be set: conditions are asked again.
    DataChanged {
        #[serde(default, skip_serializing_if = "Map::is_empty")]
        vars: Map<String, Value>,
    },
    /// One more instance of a multi-instance activity that is under way; `item`: what it works on.
    AddInstance {
        node: NodeId,
        #[serde(default)]
        item: Value,
    },
    /// Starts an activity of an ad-hoc subprocess.
    StartActivity {
        node: NodeId,
    },
    /// The ad-hoc subprocess `node` is done: nothing new begins in it.
    FinishAdHoc {
        node: NodeId,
    },
    /// An error happened at the activity `node`, outside of the flow.
    RaiseError {
        node: NodeId,
        code: String,
        message: String,
    },
    /// An escalation from the activity `node`; it goes on unless the catching event interrupts it.
    RaiseEscalation {
        node: NodeId,
        code: String,
        message: String,
    },
    /// A transaction is cancelled: compensated, then left by its cancel event. Any other activity is withdrawn.
    CancelActivity {
        node: NodeId,
    },
    /// Tries again what is stuck.
    Retry {
        incident: IncidentId,
    },
    Cancel {
        reason: String,
    },
    /// Puts the token at `from` to another node or flow. `anyway`: also where some run could get stuck then; where none
    /// could end it is refused all the same.
    Move {
        from: NodeId,
        to: NodeId,
        reason: String,
        anyway: bool,
    },
    /// Goes on in another version of the flow: the plan given with this input is that version's. `nodes`: which of its
    /// elements is which (see [`super::operation::mapping`]).
    Migrate {
        version: String,
        nodes: BTreeMap<NodeId, NodeId>,
    },
    Suspend {
        reason: String,
    },
    Resume {},
}

/// Where a called flow reports back to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Parent {
    pub instance: InstanceId,
    pub node: NodeId,
    /// Error codes caught there or further out; `*`: every code. So that an error leaves the called flow only
    /// when somebody catches it, and is an incident where it happened otherwise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub catches: Vec<String>,
    /// Escalation codes caught there or further out (`*`: every other code), and whether who catches one ends the call.
    /// So that the called flow stops where it threw one that ends it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub escalations: BTreeMap<String, bool>,
    /// Call activities above this flow.
    #[serde(default)]
    pub depth: u32,
}
