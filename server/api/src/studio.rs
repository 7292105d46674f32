//! The studio: packs as files. The browser loads a pack's files, edits them with the same model and checker the
//! server has, saves drafts and publishes. For people with `Session::designer`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::publish::{Mappings, Planned, Running};

/// `GET /api/studio/packs`
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PackHead {
    pub id: String,
    pub version: String,
    pub titles: BTreeMap<String, String>,
    /// Key and titles.
    pub modules: Vec<(String, BTreeMap<String, String>)>,
    pub flows: Vec<(String, BTreeMap<String, String>)>,
    #[serde(default)]
    pub tables: Vec<(String, BTreeMap<String, String>)>,
    pub draft: bool,
}

/// `GET /api/studio/packs/{pack}`: the live files, and the draft's changes on top of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PackFiles {
    pub id: String,
    /// Hash of the live files; a draft is based on it.
    pub hash: String,
    /// Path in the pack → text.
    pub files: BTreeMap<String, String>,
    /// Changed files of the draft; `None`: removed.
    pub draft: BTreeMap<String, Option<String>>,
    /// Counts up with every save of the draft.
    pub draft_revision: i64,
    pub draft_by: Option<String>,
    pub draft_at: Option<String>,
    /// Files of the packs it requires, for the checker: pack → path → text.
    pub required: BTreeMap<String, BTreeMap<String, String>>,
    /// Keys of roles somebody holds, number of people by role; for checks on people.
    pub role_holders: BTreeMap<String, u64>,
    /// Plugin manifests by id.
    #[schema(value_type = Object)]
    pub plugins: BTreeMap<String, Value>,
    /// A publication that waits for its time.
    pub planned: Option<Planned>,
}

/// `PUT /api/studio/packs/{pack}/draft`: answers [`DraftSaved`]; 409 `conflict` when `revision` is old.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SaveDraft {
    pub base: String,
    pub revision: i64,
    /// All changed files of the draft.
    pub files: BTreeMap<String, Option<String>>,
    /// The window that saves, so that it does not hear of itself as of another.
    #[serde(default)]
    pub editor: String,
}

/// `POST /api/studio/packs/{pack}/here`: others who work on the draft hear of it. Nothing is stored: said again from time to time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Here {
    pub editor: String,
    #[serde(default)]
    pub left: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DraftSaved {
    pub revision: i64,
    /// `runtime::alert::Alert` as JSON.
    #[schema(value_type = Object)]
    pub alerts: Vec<Value>,
}

/// `POST /api/studio/packs/{pack}/publish`: 200 [`Published`]; 422 `not-publishable` with the alerts in `alerts` of [`NotPublishable`]. `DELETE …/draft` drops the draft.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Publish {
    pub revision: i64,
    #[serde(default)]
    pub note: String,
    /// `move`: for people who may run the flows that change.
    #[serde(default)]
    pub running: Running,
    #[serde(default)]
    #[schema(value_type = Object)]
    pub mappings: Mappings,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Published {
    pub hash: String,
    /// Flows with a new version: key → hash.
    pub flows: BTreeMap<String, String>,
    pub modules: Vec<String>,
    /// Running instances of the version before, by flow; with `move` they go to the new one from now on, if they can.
    pub staying: BTreeMap<String, u64>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct NotPublishable {
    #[serde(flatten)]
    pub problem: crate::Problem,
    #[schema(value_type = Object)]
    pub alerts: Vec<Value>,
}

/// `POST /api/studio/packs/{pack}/convert`: what the stored values of a field would be under another schema. Answers
/// [`Conversion`]; 404 when the module is not live in this pack, or has no such field.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Convert {
    pub module: String,
    /// The field's stable id (`x-id`), or its key.
    pub field: String,
    /// The schema it would have.
    #[schema(value_type = Object)]
    pub schema: Value,
}

/// Counts over the records that are not deleted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Conversion {
    /// Records with a value in the field.
    pub filled: u64,
    /// Of them those whose value neither fits nor can be converted.
    pub lost: u64,
    /// Some of these values, shortened; none for a field that is kept from some people.
    pub examples: Vec<String>,
}

/// `GET /api/studio/packs/{pack}/shipped`: the files of the pack as they came with this release, by path; 404 `not-found`
/// for a pack that did not.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ShippedFiles {
    pub version: String,
    pub files: BTreeMap<String, String>,
}

/// `GET /api/studio/alerts/{code}`: what a code of the checker means, in the person's language.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AlertPage {
    pub code: String,
    /// Markdown: a heading, why it is told, a bad and a good example, how it is mended.
    pub text: String,
}
