//! What people say to each other about a record. Read by who reads the record; not by people from outside.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// `GET /api/records/{module}/{id}/comments`: oldest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CommentInfo {
    pub id: String,
    pub at: String,
    pub by: String,
    pub by_name: String,
    /// Empty when it was taken back.
    pub text: String,
    /// Who is mentioned: names by id. In the text they stand as `@name`.
    pub mentions: BTreeMap<String, String>,
    pub edited_at: Option<String>,
    /// It was taken back; only that there was one is left.
    pub removed: bool,
    /// The reader may change it, or take it back.
    pub mine: bool,
}

/// `POST /api/records/{module}/{id}/comments` (201) and `PUT …/comments/{comment}` answer [`CommentInfo`]; `DELETE` takes it back (204).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SaveComment {
    pub text: String,
    /// Ids of people who may read the record; `GET …/readers?q=` offers them. They are told.
    #[serde(default)]
    pub mentions: Vec<String>,
}
