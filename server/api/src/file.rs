//! Attached files.

use serde::{Deserialize, Serialize};

/// `POST /api/files?name=…` with the content as the body (201). The id goes into a field of kind file. The file is then read at
/// `GET /api/files/{id}` by whoever reads the record and sees the field; until it is in a record only by its uploader, who
/// may also `DELETE` it there.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FileInfo {
    pub id: String,
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// By its content; `application/octet-stream` where that is not certain.
    pub media: String,
    /// What a form shows: name and size.
    pub label: String,
}
