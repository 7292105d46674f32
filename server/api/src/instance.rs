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
    #[schema(value_type = Object)]
    pub layout: Value,
    pub texts: BTreeMap<String, BTreeMap<String, String>>,
    /// Node → how often it was passed.
    pub passed: BTreeMap<String, u64>,
    /// Sequence flow → how often it was taken.
    pub taken: BTreeMap<String, u64>,
    /// `runtime::engine::Fact` as JSON with `at` and `seq`, oldest first.
    #[schema(value_type = Object)]
    pub facts: Vec<Value>,
    pub incidents: Vec<IncidentInfo>,
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
    #[schema(value_type = Object)]
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
