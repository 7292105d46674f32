//! Publishing from the studio: what a draft would do to running instances, when it goes live, and the versions there
//! were. For people with `Session::designer`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What becomes of instances that run when a new version goes live.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum Running {
    /// They end on the version they began with.
    #[default]
    Stay,
    /// Those that can go to the new version without a risk, go; the others stay.
    Move,
}

/// Flow → element of the version an instance runs on → element of the draft; for what ids and names do not say.
pub type Mappings = BTreeMap<String, BTreeMap<String, String>>;

/// `POST /api/studio/packs/{pack}/impact`: answers [`Impact`]; 409 `conflict` when `revision` is old, 422
/// `not-publishable` when a changed flow cannot run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AskImpact {
    pub revision: i64,
    #[schema(value_type = Object)]
    pub mappings: Mappings,
}

/// What the draft would do to what runs now.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Impact {
    /// Flows that would have a new version, or be gone, and have running instances.
    pub flows: Vec<FlowImpact>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FlowImpact {
    pub flow: String,
    pub titles: BTreeMap<String, String>,
    /// The draft has no such flow any more: what runs, ends on its own version.
    pub removed: bool,
    /// Running instances, also of records the person may not read.
    pub running: u64,
    /// Of those, how many were looked at, the oldest first; fewer than `running` where there are very many.
    pub looked_at: u64,
    /// `stay`, `move`, `risky` (some run could get stuck there), `needsMapping`, `wouldBreak` → how many.
    pub fates: BTreeMap<String, u64>,
    /// Elements somebody has to say a counterpart for.
    pub unmapped: Vec<Unmapped>,
    /// Of records the person may read; the first ones.
    pub instances: Vec<InstanceFate>,
    /// Whether the person may have them moved.
    pub may_move: bool,
}

/// An element instances stand in that the draft has no counterpart for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Unmapped {
    pub id: String,
    pub titles: BTreeMap<String, String>,
    /// Instances that stand there.
    pub count: u64,
    /// Elements of the draft, the likeliest first.
    pub suggested: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct InstanceFate {
    pub instance: String,
    pub module: String,
    pub record: String,
    pub record_label: String,
    pub started_at: String,
    /// Elements of its own version it stands in, by name.
    pub at: Vec<BTreeMap<String, String>>,
    /// As in [`FlowImpact::fates`].
    pub fate: String,
    /// `wouldBreak`: why.
    pub why: Vec<String>,
}

/// `PUT /api/studio/packs/{pack}/planned`: the draft as it is now goes live at `at`; answers [`Planned`]. What is
/// edited afterwards stays a draft. `DELETE` takes it back.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    pub revision: i64,
    /// RFC 3339, later than now.
    pub at: String,
    #[serde(default)]
    pub note: String,
    #[serde(default)]
    pub running: Running,
    #[serde(default)]
    #[schema(value_type = Object)]
    pub mappings: Mappings,
}

/// A publication that waits for its time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Planned {
    /// When it goes live.
    pub at: String,
    pub by: String,
    pub made_at: String,
    pub note: String,
    pub running: Running,
    /// Revision of the draft it was made from.
    pub revision: i64,
    /// It was due and could not be done: `conflict`, `no-rights`, `not-publishable`, `internal`.
    pub failed: Option<String>,
}

/// `GET /api/studio/packs/{pack}/versions`: newest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PackVersion {
    pub hash: String,
    /// Semantic version of the manifest.
    pub version: String,
    pub at: String,
    pub by: String,
    pub note: String,
    pub live: bool,
    /// It came with the platform or from a pack file, not from the studio.
    pub shipped: bool,
    /// Running instances by flow, of flow versions that this pack version brought.
    pub running: BTreeMap<String, u64>,
}

/// `GET /api/studio/packs/{pack}/versions/{hash}`
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct VersionFiles {
    pub hash: String,
    /// Path in the pack → text.
    pub files: BTreeMap<String, String>,
}

/// `POST /api/studio/packs/{pack}/versions/{hash}/restore`: the version's files become the draft, in place of what is
/// drafted now; answers `DraftSaved`; 409 `conflict` when `revision` is old.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Restore {
    pub revision: i64,
}
