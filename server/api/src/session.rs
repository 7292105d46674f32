//! Who is logged in.

use serde::{Deserialize, Serialize};

/// `POST /api/login`
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Login {
    pub user: String,
    pub password: String,
}

/// `POST /api/login`, `GET /api/session` (401 without one). `POST /api/logout` answers 204.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Session {
    pub user: String,
    pub login: String,
    pub name: String,
    pub roles: Vec<String>,
    pub department: Option<String>,
    pub preferences: Preferences,
    /// Sent back as `x-csrf`.
    pub csrf: String,
    /// May open the studio and publish.
    pub designer: bool,
    pub admin: bool,
    /// A portal user sees the portal, not the workspace.
    pub portal: bool,
    /// The customer a portal user belongs to; forms begin with it.
    #[serde(default)]
    pub customer: Option<String>,
    pub menu: Vec<MenuItem>,
    /// Number of tasks the person could do now.
    pub open_tasks: u64,
}

/// `PUT /api/preferences` answers 204.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Preferences {
    /// `en` or `zh-CN`.
    pub language: String,
    /// `light`, `dark` or `system`.
    pub theme: String,
}

/// `PUT /api/password` answers 204; the person's other sessions end.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangePassword {
    /// The password so far.
    pub current: String,
    pub password: String,
}

/// One entry the person may open. Titles in every language: `[("en", "Complaints"), …]`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct MenuItem {
    pub id: String,
    pub titles: Vec<(String, String)>,
    pub icon: Option<String>,
    pub module: Option<String>,
    #[schema(no_recursion)]
    pub children: Vec<MenuItem>,
}
