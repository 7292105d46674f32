//! Lists kept under a name: search, filters, sort and columns, for oneself or for roles.

use serde::{Deserialize, Serialize};

/// `GET /api/views/{module}`: the own ones and those shared with one's roles, by title.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SavedView {
    pub id: String,
    pub title: String,
    /// As it stands in the address of the list: `q=…&f=…&sort=…&columns=…`.
    pub query: String,
    /// Roles that see it too.
    pub roles: Vec<String>,
    /// May be changed and deleted by the person who asks.
    pub mine: bool,
    pub owner_name: String,
}

/// `POST /api/views/{module}` keeps one, `PUT /api/views/{module}/{id}` changes it, `DELETE` forgets it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SaveView {
    pub title: String,
    pub query: String,
    /// Only roles one holds; administrators share with any.
    #[serde(default)]
    pub roles: Vec<String>,
}
