//! Tasks and the flows they belong to.

use api::instance::{InstanceDetail, InstancePage, Watch};
use api::task::{Complete, HandOver, Return, TaskDetail, TaskPage, TaskQuery};
use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use runtime::id::{FlowKey, IncidentId, InstanceId, TaskId};

use super::Site;
use super::extract::{Json, Path, Query};
use crate::auth::caller::Me;
use crate::error::Result;
use crate::instances::InstanceQuery;
use crate::{instances, tasks};

/// The task after what was done to it; 204 when it is gone, or no longer the person's to see.
pub(super) fn after(task: Option<TaskDetail>) -> Response {
    task.map_or_else(|| StatusCode::NO_CONTENT.into_response(), |it| Answer(it).into_response())
}

/// `GET /api/tasks`
pub async fn list(State(site): State<Site>, me: Me, Query(query): Query<TaskQuery>) -> Result<Answer<TaskPage>> {
    tasks::list(&site.app, &me.actor, &query).await.map(Answer)
}

/// `GET /api/tasks/{id}`
pub async fn show(State(site): State<Site>, me: Me, Path(id): Path<String>) -> Result<Answer<TaskDetail>> {
    tasks::detail(&site.app, &me.actor, &TaskId(id)).await.map(Answer)
}

/// `POST /api/tasks/{id}/claim`
pub async fn claim(State(site): State<Site>, me: Me, Path(id): Path<String>) -> Result<Response> {
    tasks::claim(&site.app, &me.actor, &TaskId(id)).await.map(after)
}

/// `POST /api/tasks/{id}/release`
pub async fn release(State(site): State<Site>, me: Me, Path(id): Path<String>) -> Result<Response> {
    tasks::release(&site.app, &me.actor, &TaskId(id)).await.map(after)
}

/// `POST /api/tasks/{id}/complete`
pub async fn complete(
    State(site): State<Site>,
    me: Me,
    Path(id): Path<String>,
    Json(ask): Json<Complete>,
) -> Result<Response> {
    tasks::complete(&site.app, &me.actor, &TaskId(id), ask).await.map(after)
}

/// `POST /api/tasks/{id}/return`
pub async fn give_back(
    State(site): State<Site>,
    me: Me,
    Path(id): Path<String>,
    Json(ask): Json<Return>,
) -> Result<Response> {
    tasks::give_back(&site.app, &me.actor, &TaskId(id), ask).await.map(after)
}

/// `POST /api/tasks/{id}/handover`
pub async fn hand_over(
    State(site): State<Site>,
    me: Me,
    Path(id): Path<String>,
    Json(ask): Json<HandOver>,
) -> Result<Response> {
    tasks::hand_over(&site.app, &me.actor, &TaskId(id), ask).await.map(after)
}

/// `GET /api/instances`
pub async fn instances(
    State(site): State<Site>,
    me: Me,
    Query(query): Query<InstanceQuery>,
) -> Result<Answer<InstancePage>> {
    instances::list(&site.app, &me.actor, &query).await.map(Answer)
}

/// `GET /api/instances/{id}`
pub async fn instance(State(site): State<Site>, me: Me, Path(id): Path<String>) -> Result<Answer<InstanceDetail>> {
    instances::detail(&site.app, &me.actor, &InstanceId(id)).await.map(Answer)
}

/// `GET /api/flows/{flow}/watch`
pub async fn watch(State(site): State<Site>, me: Me, Path(flow): Path<String>) -> Result<Answer<Watch>> {
    instances::watch(&site.app, &me.actor, &FlowKey(flow)).await.map(Answer)
}

/// `POST /api/incidents/{id}/retry`
pub async fn retry(State(site): State<Site>, me: Me, Path(id): Path<String>) -> Result<StatusCode> {
    instances::retry(&site.app, &me.actor, &IncidentId(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
