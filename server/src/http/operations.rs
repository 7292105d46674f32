//! What those who run flows do with instances.

use api::instance::{FateInfo, Migrate, MoveToken, MoveVerdict, Restarted};
use api::task::Reason;
use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use runtime::id::{FlowKey, InstanceId};

use super::Site;
use super::extract::{Json, Path};
use crate::auth::caller::Me;
use crate::error::Result;
use crate::operations;

const DONE: StatusCode = StatusCode::NO_CONTENT;

/// `POST /api/instances/{id}/suspend`
pub async fn suspend(
    State(site): State<Site>,
    me: Me,
    Path(id): Path<String>,
    Json(ask): Json<Reason>,
) -> Result<StatusCode> {
    operations::suspend(&site.app, &me.actor, &InstanceId(id), ask.reason).await.map(|()| DONE)
}

/// `POST /api/instances/{id}/resume`
pub async fn resume(State(site): State<Site>, me: Me, Path(id): Path<String>) -> Result<StatusCode> {
    operations::resume(&site.app, &me.actor, &InstanceId(id)).await.map(|()| DONE)
}

/// `POST /api/instances/{id}/cancel`
pub async fn cancel(
    State(site): State<Site>,
    me: Me,
    Path(id): Path<String>,
    Json(ask): Json<Reason>,
) -> Result<StatusCode> {
    operations::cancel(&site.app, &me.actor, &InstanceId(id), ask.reason).await.map(|()| DONE)
}

/// `POST /api/instances/{id}/restart`
pub async fn restart(State(site): State<Site>, me: Me, Path(id): Path<String>) -> Result<Answer<Restarted>> {
    operations::restart(&site.app, &me.actor, &InstanceId(id)).await.map(Answer)
}

/// `POST /api/instances/{id}/move`
pub async fn move_token(
    State(site): State<Site>,
    me: Me,
    Path(id): Path<String>,
    Json(ask): Json<MoveToken>,
) -> Result<StatusCode> {
    operations::move_token(&site.app, &me.actor, &InstanceId(id), ask).await.map(|()| DONE)
}

/// `POST /api/instances/{id}/may-move`
pub async fn ask_move(
    State(site): State<Site>,
    me: Me,
    Path(id): Path<String>,
    Json(ask): Json<MoveToken>,
) -> Result<Answer<MoveVerdict>> {
    operations::ask_move(&site.app, &me.actor, &InstanceId(id), ask).await.map(Answer)
}

/// `POST /api/instances/{id}/migrate`
pub async fn migrate(
    State(site): State<Site>,
    me: Me,
    Path(id): Path<String>,
    Json(ask): Json<Migrate>,
) -> Result<StatusCode> {
    operations::migrate(&site.app, &me.actor, &InstanceId(id), ask).await.map(|()| DONE)
}

/// `POST /api/flows/{flow}/fates`
pub async fn fates(
    State(site): State<Site>,
    me: Me,
    Path(flow): Path<String>,
    Json(ask): Json<Migrate>,
) -> Result<Answer<Vec<FateInfo>>> {
    operations::fates(&site.app, &me.actor, &FlowKey(flow), ask).await.map(Answer)
}
