//! Running flows, on the diagram.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct InstanceHead {
    pub id: String,
    pub flow: String,
    pub titles: BTreeMap<String, String>,
    /// Content hash of the flow version it runs on; `current` says whether that is the live one.
    pub version: String,
    pub current: bool,
    /// `running`, `suspended`, `finished`, `cancelled`.
    pub state: String,
    pub module: String,
    pub record: String,
    pub record_label: String,
    pub started_at: String,
    pub ended_at: Option<String>,
    /// Nodes its tokens stand in.
    pub at: Vec<String>,
    pub incidents: u64,
}

/// `GET /api/instances/{id}`: drawing and position. Readable by whoever may read the record.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct InstanceDetail {
    pub head: InstanceHead,
    /// `runtime::model::flow::Flow` and `layout::Layout` of the version it runs on, as JSON.
    #[schema(value_type = Object)]
    pub flow: Value,
    pub layout: Value,
    pub texts: BTreeMap<String, BTreeMap<String, String>>,
    /// Node → how often it was passed.
    pub passed: BTreeMap<String, u64>,
    /// Sequence flow → how often it was taken.
    pub taken: BTreeMap<String, u64>,
    /// `runtime::engine::Fact` as JSON with `at` and `seq`, oldest first.
    #[schema(value_type = Vec<Object>)]
    pub facts: Vec<Value>,
    pub incidents: Vec<IncidentInfo>,
    /// The person may move, stop and end it.
    #[serde(default)]
    pub may_operate: bool,
}

/// `POST /api/instances/{id}/restart`: the flow has begun anew.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Restarted {
    /// The new instance.
    pub instance: String,
}

/// `GET /api/instances?flow=&module=&record=&state=&node=&after=&limit=`
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct InstancePage {
    pub rows: Vec<InstanceHead>,
    pub next: Option<String>,
}

/// `GET /api/flows/{flow}/watch`: running instances on the diagram, of records the person may read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Watch {
    #[schema(value_type = Object)]
    pub flow: Value,
    pub layout: Value,
    pub texts: BTreeMap<String, BTreeMap<String, String>>,
    /// Node → what stands there.
    pub nodes: BTreeMap<String, WatchNode>,
    pub running: u64,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct WatchNode {
    pub count: u64,
    pub overdue: u64,
    pub incidents: u64,
    /// How long open tasks have waited there on average.
    #[serde(default)]
    pub waiting_seconds: u64,
    /// Since when the oldest waits.
    #[serde(default)]
    pub oldest: Option<String>,
}

/// `POST /api/incidents/{id}/retry` (managers and admins) answers 204.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct IncidentInfo {
    pub id: String,
    pub instance: String,
    pub node: String,
    pub message: String,
    pub at: String,
}

/// `POST /api/instances/{id}/move`, `/may-move`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MoveToken {
    /// Node, or flow before a join, where the token stands.
    pub from: String,
    /// Node or flow it goes to.
    pub to: String,
    #[serde(default)]
    pub reason: String,
    /// Also where some run could get stuck then.
    #[serde(default)]
    pub anyway: bool,
}

/// Whether the instance could still end after the move.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct MoveVerdict {
    /// `fine`, `risky` (some run gets stuck), `cannotEnd`, `unknown`.
    pub verdict: String,
    /// Where.
    pub stuck: Vec<String>,
}

/// `POST /api/instances/{id}/migrate`, `POST /api/flows/{flow}/fates`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Migrate {
    /// Which element of the old version is which of the live one, where ids and names do not say so.
    pub nodes: BTreeMap<String, String>,
}

/// What a running instance would do in the live version of its flow.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FateInfo {
    pub instance: String,
    pub record: String,
    pub version: String,
    /// `stay`, `move`, `needsMapping`, `wouldBreak`.
    pub fate: String,
    /// `move`: where some run could get stuck; `needsMapping`: what has no counterpart.
    pub nodes: Vec<String>,
    pub why: Vec<String>,
}
