//! Why an input was not accepted. Nothing has changed.

use serde::{Deserialize, Serialize};

use crate::id::{IncidentId, NodeId, TaskId};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Refusal {
    #[error("the flow has already started")]
    AlreadyStarted,
    #[error("the flow has already ended")]
    AlreadyEnded,
    #[error("the flow is suspended")]
    Suspended,
    #[error("there is no open task {task}")]
    NoSuchTask { task: TaskId },
    #[error("the task is claimed by {by}")]
    ClaimedByOther { by: String },
    #[error("you may not do this task")]
    NotACandidate,
    #[error("you did `{step}`, and the same person must not do both")]
    SeparationOfDuty { step: NodeId },
    #[error("you have signed this already, or you are the one who does")]
    AlreadySigned,
    #[error("the task waits for {who:?} to sign first")]
    WaitsForSigners { who: Vec<String> },
    #[error("the task has no such signer to remove")]
    NoSuchSigner,
    #[error("the task is lent by {by}; it goes back before it is completed")]
    Lent { by: String },
    #[error("the task is not lent")]
    NotLent,
    #[error("the step is suspended")]
    TaskSuspended,
    #[error("the task cannot be passed over")]
    CannotSkip,
    #[error("you have not sent this on")]
    NotSentByYou,
    #[error("somebody has begun; it cannot be withdrawn any more")]
    AlreadyBegun,
    #[error("it was urged already; again from {again}")]
    UrgedAlready { again: String },
    #[error("`{person}` cannot get this task")]
    NoSuchPerson { person: String },
    #[error("the task has no outcome `{outcome}`; it has {has:?}")]
    NoSuchOutcome { outcome: String, has: Vec<String> },
    #[error("this outcome needs a comment")]
    CommentNeeded,
    #[error("this outcome needs the fields {fields:?}")]
    FieldsNeeded { fields: Vec<String> },
    #[error("the work cannot be returned to `{to}`")]
    CannotReturn { to: NodeId },
    #[error("there is no token at `{node}`")]
    NoTokenAt { node: NodeId },
    #[error("it cannot be moved to `{to}`: {why}")]
    CannotMove { to: NodeId, why: String },
    #[error("the instance cannot go to that version: {why:?}")]
    CannotMigrate { why: Vec<String> },
    #[error("nothing waits for this")]
    NothingWaits,
    #[error("there is no incident {incident}")]
    NoSuchIncident { incident: IncidentId },
    #[error("this flow has no element `{node}`")]
    NoSuchNode { node: NodeId },
    #[error("`{node}` is not waiting for this now")]
    NotNow { node: NodeId },
    #[error("the flow cannot start: {says}")]
    CannotStart { says: String },
    #[error("a limit was reached: {what}")]
    Limit { what: String },
}
