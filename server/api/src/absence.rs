//! When people are away, and who stands in.

use serde::{Deserialize, Serialize};

/// `GET /api/absences`
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AbsenceInfo {
    pub id: String,
    pub person: String,
    pub person_name: String,
    /// RFC 3339 UTC.
    pub from: String,
    /// RFC 3339 UTC; this moment not included.
    pub until: String,
    pub substitute: Option<String>,
    pub substitute_name: Option<String>,
    /// The reader may say that it is not so after all.
    #[serde(default)]
    pub removable: bool,
}

/// `POST /api/absences`. Moments are RFC 3339 with offset.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SaveAbsence {
    /// None: the person asking.
    #[serde(default)]
    pub person: Option<String>,
    pub from: String,
    pub until: String,
    /// Who may do meanwhile what the absent person may.
    #[serde(default)]
    pub substitute: Option<String>,
}
