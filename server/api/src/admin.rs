//! Administration: people, audit log, incidents. For people with `Session::admin`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// `GET /api/admin/users`; `POST` [`SaveUser`] creates, `PATCH /api/admin/users/{id}` changes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct UserInfo {
    pub id: String,
    pub login: String,
    pub name: String,
    pub roles: Vec<String>,
    pub department: Option<String>,
    pub department_name: Option<String>,
    pub manager: Option<String>,
    pub disabled: bool,
    pub on_duty: bool,
    pub regions: Vec<String>,
    pub skills: Vec<String>,
    pub open_tasks: u64,
}

/// `GET /api/admin/terms`: what people are described with, as the installed packs name it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Terms {
    pub roles: Vec<Term>,
    pub regions: Vec<Term>,
    pub skills: Vec<Term>,
}

/// One value with its titles by language, in the order it is to be shown in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Term {
    pub value: String,
    pub titles: BTreeMap<String, String>,
    /// The value above it in a tree.
    pub parent: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SaveUser {
    pub login: Option<String>,
    pub name: Option<String>,
    pub password: Option<String>,
    pub roles: Option<Vec<String>>,
    pub department: Option<String>,
    pub manager: Option<String>,
    pub disabled: Option<bool>,
    pub on_duty: Option<bool>,
    pub regions: Option<Vec<String>>,
    pub skills: Option<Vec<String>>,
}

/// `GET /api/admin/audit?after=&limit=&kind=&user=`: newest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AuditEntry {
    pub id: String,
    pub at: String,
    pub user: Option<String>,
    pub user_name: Option<String>,
    pub address: String,
    /// `login`, `login-failed`, `logout`, `publish`, `install`, `user-changed`, `export`, `delete`, `unmask` …
    pub kind: String,
    #[schema(value_type = Object)]
    pub info: Map<String, Value>,
}
