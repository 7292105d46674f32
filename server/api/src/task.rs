//! The inbox.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::record::{HistoryEntry, Record};

/// Query of `GET /api/tasks`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema, utoipa::IntoParams)]
#[serde(default, deny_unknown_fields)]
pub struct TaskQuery {
    /// `mine` (assigned to me, or to whom I stand in for), `group` (I may claim), `started` (of flows I started), `sent` (my step led there), `done` (I completed), `all` (for managers: of records I may read). Default `mine`.
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
    /// The absent person the reader would do it for.
    pub behalf: Option<String>,
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
    /// Who has lent it to the assignee; it then goes back before it is completed.
    pub lent_by: Option<String>,
    /// The step is suspended.
    pub suspended: bool,
    /// Its deadline stands still.
    pub clock_stands: bool,
    /// Who signs this step, where several people do; in their order.
    pub signers: Vec<SignerInfo>,
    /// Which of them this task is for.
    pub signer: Option<u32>,
    /// What the person may do with it besides completing it, as `runtime::engine::Deed` names it.
    #[serde(default)]
    pub deeds: Vec<String>,
}

/// One who signs a step.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct SignerInfo {
    pub id: u32,
    /// Names: the person, or who of several may.
    pub who: Vec<String>,
    /// Signers who come first and have not signed yet.
    pub waits_for: Vec<u32>,
    /// Name of who signed.
    pub signed_by: Option<String>,
    /// Name of whom they stood in for.
    pub behalf: Option<String>,
    pub outcome: Option<String>,
    pub comment: String,
    pub at: Option<String>,
    /// Name of who added this signer.
    pub added_by: Option<String>,
    /// The person may say that this one need not sign.
    pub removable: bool,
}

/// `POST /api/tasks/{id}/delegate`: lends the task.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Delegate {
    pub to: String,
    #[serde(default)]
    pub reason: String,
}

/// `POST /api/tasks/{id}/resolve`, `/urge`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Comment {
    pub comment: String,
}

/// `POST /api/tasks/{id}/withdraw`, `/suspend`, `/skip`; `POST /api/instances/{id}/suspend`, `/cancel`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    pub reason: String,
}

/// `POST /api/tasks/{id}/signers`: one more person signs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddSigner {
    pub who: String,
    /// `before` (the task waits for them), `after` (they come when it is done), `parallel`.
    pub place: String,
    #[serde(default)]
    pub reason: String,
}

/// `POST /api/tasks/{id}/cc`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Cc {
    pub to: Vec<String>,
    #[serde(default)]
    pub comment: String,
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
