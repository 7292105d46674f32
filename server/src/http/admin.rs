//! Administration: people and the audit log.

use api::admin::{AuditEntry, DepartmentInfo, SaveDepartment, SaveUser, Terms, UserInfo};
use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use runtime::id::{DeptId, UserId};
use serde::Deserialize;

use super::Site;
use super::extract::{Json, Path, Query};
use crate::auth::caller::{Address, Me};
use crate::auth::password;
use crate::error::{Error, Result};
use crate::store::audit as entries;
use crate::{definitions, departments, people};

/// `GET /api/admin/users`
pub async fn users(State(site): State<Site>, me: Me) -> Result<Answer<Vec<UserInfo>>> {
    people::users(&site.app, &me.actor).await.map(Answer)
}

/// `GET /api/admin/terms`
pub async fn terms(State(site): State<Site>, me: Me) -> Result<Answer<Terms>> {
    people::must_be_admin(&me.actor)?;
    Ok(Answer(definitions::terms(&site.app.definitions.live())))
}

/// `POST /api/admin/users`
pub async fn create_user(
    State(site): State<Site>,
    me: Me,
    Address(address): Address,
    Json(ask): Json<SaveUser>,
) -> Result<(StatusCode, Answer<UserInfo>)> {
    let info = save(&site, &me, None, ask, &address).await?;
    Ok((StatusCode::CREATED, Answer(info)))
}

/// `PATCH /api/admin/users/{id}`
pub async fn change_user(
    State(site): State<Site>,
    me: Me,
    Address(address): Address,
    Path(id): Path<String>,
    Json(ask): Json<SaveUser>,
) -> Result<Answer<UserInfo>> {
    save(&site, &me, Some(UserId(id)), ask, &address).await.map(Answer)
}

/// `GET /api/admin/departments`
pub async fn departments(State(site): State<Site>, me: Me) -> Result<Answer<Vec<DepartmentInfo>>> {
    departments::list(&site.app, &me.actor).map(Answer)
}

/// `POST /api/admin/departments`
pub async fn create_department(
    State(site): State<Site>,
    me: Me,
    Address(address): Address,
    Json(ask): Json<SaveDepartment>,
) -> Result<(StatusCode, Answer<DepartmentInfo>)> {
    let info = departments::save(&site.app, &me.actor, None, ask, &address).await?;
    site.recent.forget();
    Ok((StatusCode::CREATED, Answer(info)))
}

/// `PATCH /api/admin/departments/{id}`
pub async fn change_department(
    State(site): State<Site>,
    me: Me,
    Address(address): Address,
    Path(id): Path<String>,
    Json(ask): Json<SaveDepartment>,
) -> Result<Answer<DepartmentInfo>> {
    let info = departments::save(&site.app, &me.actor, Some(&DeptId(id)), ask, &address).await?;
    site.recent.forget();
    Ok(Answer(info))
}

/// `DELETE /api/admin/departments/{id}`
pub async fn remove_department(
    State(site): State<Site>,
    me: Me,
    Address(address): Address,
    Path(id): Path<String>,
) -> Result<StatusCode> {
    departments::remove(&site.app, &me.actor, &DeptId(id), &address).await?;
    site.recent.forget();
    Ok(StatusCode::NO_CONTENT)
}

async fn save(site: &Site, me: &Me, id: Option<UserId>, mut ask: SaveUser, address: &str) -> Result<UserInfo> {
    // The password goes no further than here.
    let hash = match ask.password.take() {
        Some(text) => {
            password::acceptable(&text)?;
            Some(password::hash_soon(text).await?)
        }
        None => None,
    };
    let saved = people::save(&site.app, &me.actor, id.as_ref(), ask, hash, address).await;
    site.recent.forget();
    saved
}

/// Query of `GET /api/admin/audit`.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(default, deny_unknown_fields)]
pub struct AuditQuery {
    /// Id of the last entry seen.
    pub after: Option<String>,
    /// At most 500; default 100.
    pub limit: Option<u64>,
    /// `login`, `publish` …
    pub kind: Option<String>,
    /// Id of a person.
    pub user: Option<String>,
}

/// `GET /api/admin/audit`
pub async fn audit(
    State(site): State<Site>,
    _me: Me,
    Query(query): Query<AuditQuery>,
) -> Result<Answer<Vec<AuditEntry>>> {
    let after = match query.after.as_deref() {
        Some(text) => {
            Some(text.parse().map_err(|_| Error::malformed("query: expected the id of an entry in `after`"))?)
        }
        None => None,
    };
    let (kind, user) = (query.kind.as_deref(), query.user.as_deref());
    entries::list(site.app.store.read(), after, query.limit.unwrap_or(100), kind, user).await.map(Answer)
}
