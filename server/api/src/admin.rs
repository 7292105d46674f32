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
    /// The customer a portal user belongs to.
    #[serde(default)]
    pub customer: Option<String>,
    #[serde(default)]
    pub customer_name: Option<String>,
    pub open_tasks: u64,
}

/// `GET /api/admin/terms`: what people are described with, as the installed packs name it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Terms {
    pub roles: Vec<Term>,
    pub regions: Vec<Term>,
    pub skills: Vec<Term>,
    /// The module whose records are the customers that portal users belong to; none: no pack has a portal.
    #[serde(default)]
    pub customers: Option<String>,
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
    /// Id of a customer: the person sees the portal and not the workspace. Empty: nobody's.
    pub customer: Option<String>,
}

/// `GET /api/admin/departments`
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DepartmentInfo {
    /// What rules and tables of the packs know it by.
    pub id: String,
    pub name: String,
    pub name_en: String,
    pub parent: Option<String>,
    /// People who belong to it, those below it not counted.
    pub people: u64,
}

/// `POST /api/admin/departments`, `PATCH /api/admin/departments/{id}`
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SaveDepartment {
    /// Only for a new one: lower-case letters, digits, `-` and `_`, at most 64.
    pub id: Option<String>,
    pub name: Option<String>,
    /// Empty: the name is the same in English.
    pub name_en: Option<String>,
    /// Empty: it stands under none.
    pub parent: Option<String>,
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
