//! Work for the server. `SetFields`, `Notify` and `StartChild` are carried out in the transaction of the step;
//! `CallPlugin` waits in the outbox and its outcome comes back as an `Input`.
//! Tasks and timers are not effects: the server keeps its task and timer rows from the facts.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::input::Parent;
use crate::id::{FlowKey, InstanceId, JobId, NodeId, TaskId, UserId};
use crate::model::flow::Binding;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "effect", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Effect {
    /// The flow changes its record (stage, assignments, script results, a task's data).
    SetFields {
        fields: Map<String, Value>,
    },
    CallPlugin {
        job: JobId,
        plugin: String,
        function: String,
        input: Value,
    },
    /// Tell people. `customer`: also the portal users of the record's customer. Texts are rendered by the engine in each language.
    Notify {
        notice: String,
        to: Vec<UserId>,
        customer: bool,
        task: Option<TaskId>,
        texts: Vec<NoticeText>,
    },
    /// Start the called flow of a call activity; the instance's id is given here so that it is the same on replay.
    /// `vars` and `parent` go unchanged into the child's [`super::Input::Start`].
    StartChild {
        child: InstanceId,
        flow: FlowKey,
        #[serde(default, skip_serializing_if = "Binding::is_latest")]
        binding: Binding,
        node: NodeId,
        vars: Map<String, Value>,
        parent: Parent,
    },
    /// Cancel a called flow that is no longer wanted.
    CancelChild {
        child: InstanceId,
    },
    /// A message for whoever waits for it under this name and key: one waiting instance, or a flow that it starts. Nobody
    /// does: it is kept for a while.
    ThrowMessage {
        name: String,
        key: String,
        payload: Map<String, Value>,
    },
    /// A signal for all instances that wait for it now, and all flows that it starts. Catchers of this instance have had it.
    ThrowSignal {
        name: String,
        payload: Map<String, Value>,
    },
    /// An escalation nobody caught in here: the parent, if any, gets `ChildEscalated`.
    Escalate {
        code: String,
        message: String,
    },
    /// The instance has ended; its parent, if any, gets `ChildEnded`.
    /// These values go unchanged into it.
    Ended {
        vars: Map<String, Value>,
        cancelled: bool,
        error: Option<String>,
    },
}

/// A rendered notice in one language (`en`, `zh-CN`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NoticeText {
    pub language: String,
    pub title: String,
    pub body: String,
}
