//! Lists kept under a name.

use api::saved_view::{SaveView, SavedView};
use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use runtime::id::ModuleKey;

use super::Site;
use super::extract::{Json, Path};
use crate::auth::caller::Me;
use crate::error::Result;
use crate::records;

/// `GET /api/views/{module}`
pub async fn list(State(site): State<Site>, me: Me, Path(module): Path<ModuleKey>) -> Result<Answer<Vec<SavedView>>> {
    records::saved_views(&site.app, &me.actor, &module).await.map(Answer)
}

/// `POST /api/views/{module}`
pub async fn create(
    State(site): State<Site>,
    me: Me,
    Path(module): Path<ModuleKey>,
    Json(ask): Json<SaveView>,
) -> Result<(StatusCode, Answer<SavedView>)> {
    let made = records::save_view(&site.app, &me.actor, &module, None, ask).await?;
    Ok((StatusCode::CREATED, Answer(made)))
}

/// `PUT /api/views/{module}/{id}`
pub async fn change(
    State(site): State<Site>,
    me: Me,
    Path((module, id)): Path<(ModuleKey, String)>,
    Json(ask): Json<SaveView>,
) -> Result<Answer<SavedView>> {
    records::save_view(&site.app, &me.actor, &module, Some(&id), ask).await.map(Answer)
}

/// `DELETE /api/views/{module}/{id}`
pub async fn forget(
    State(site): State<Site>,
    me: Me,
    Path((module, id)): Path<(ModuleKey, String)>,
) -> Result<StatusCode> {
    records::forget_view(&site.app, &me.actor, &module, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
