//! Comments on records.

use api::comment::{CommentInfo, SaveComment};
use api::record::Choice;
use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use runtime::id::{ModuleKey, RecordId};
use serde::Deserialize;

use super::Site;
use super::extract::{Json, Path, Query};
use crate::auth::caller::Me;
use crate::error::Result;
use crate::records;

/// `GET /api/records/{module}/{id}/comments`
pub async fn list(
    State(site): State<Site>,
    me: Me,
    Path((module, id)): Path<(ModuleKey, RecordId)>,
) -> Result<Answer<Vec<CommentInfo>>> {
    records::comments(&site.app, &me.actor, &module, &id).await.map(Answer)
}

/// `POST /api/records/{module}/{id}/comments`
pub async fn add(
    State(site): State<Site>,
    me: Me,
    Path((module, id)): Path<(ModuleKey, RecordId)>,
    Json(ask): Json<SaveComment>,
) -> Result<(StatusCode, Answer<CommentInfo>)> {
    let made = records::save_comment(&site.app, &me.actor, &module, &id, None, ask).await?;
    Ok((StatusCode::CREATED, Answer(made)))
}

/// `PUT /api/records/{module}/{id}/comments/{comment}`
pub async fn change(
    State(site): State<Site>,
    me: Me,
    Path((module, id, comment)): Path<(ModuleKey, RecordId, String)>,
    Json(ask): Json<SaveComment>,
) -> Result<Answer<CommentInfo>> {
    records::save_comment(&site.app, &me.actor, &module, &id, Some(&comment), ask).await.map(Answer)
}

/// `DELETE /api/records/{module}/{id}/comments/{comment}`
pub async fn remove(
    State(site): State<Site>,
    me: Me,
    Path((module, id, comment)): Path<(ModuleKey, RecordId, String)>,
) -> Result<StatusCode> {
    records::remove_comment(&site.app, &me.actor, &module, &id, &comment).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Query of `GET /api/records/{module}/{id}/readers`.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(default, deny_unknown_fields)]
pub struct ReadersQuery {
    /// Letters of the name, or the beginning of the log-in name.
    pub q: String,
}

/// `GET /api/records/{module}/{id}/readers`
pub async fn readers(
    State(site): State<Site>,
    me: Me,
    Path((module, id)): Path<(ModuleKey, RecordId)>,
    Query(query): Query<ReadersQuery>,
) -> Result<Answer<Vec<Choice>>> {
    records::readers(&site.app, &me.actor, &module, &id, &query.q).await.map(Answer)
}
