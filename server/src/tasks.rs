//! The inbox: tasks as people see them, and what they do with them. Every deed goes through [`crate::drive`].

use std::sync::Arc;

use api::task::{Complete, HandOver, Return, TaskDetail, TaskPage, TaskQuery};
use runtime::id::TaskId;

use crate::actor::Actor;
use crate::app::App;
use crate::error::Error;

fn later<T>() -> Result<T, Error> {
    Err(crate::store::fault("this part is being built"))
}

/// `GET /api/tasks`
pub async fn list(app: &App, actor: &Actor, query: &TaskQuery) -> Result<TaskPage, Error> {
    let _ = (app, actor, query);
    later()
}

/// Number of tasks the person could do now: assigned, and those of groups.
pub async fn open_count(app: &App, actor: &Actor) -> Result<u64, Error> {
    let _ = (app, actor);
    later()
}

/// `GET /api/tasks/{id}`
pub async fn detail(app: &App, actor: &Actor, id: &TaskId) -> Result<TaskDetail, Error> {
    let _ = (app, actor, id);
    later()
}

/// `POST /api/tasks/{id}/claim`; none: the task is gone.
pub async fn claim(app: &Arc<App>, actor: &Actor, id: &TaskId) -> Result<Option<TaskDetail>, Error> {
    let _ = (app, actor, id);
    later()
}

/// `POST /api/tasks/{id}/release`
pub async fn release(app: &Arc<App>, actor: &Actor, id: &TaskId) -> Result<Option<TaskDetail>, Error> {
    let _ = (app, actor, id);
    later()
}

/// `POST /api/tasks/{id}/complete`
pub async fn complete(app: &Arc<App>, actor: &Actor, id: &TaskId, ask: Complete) -> Result<Option<TaskDetail>, Error> {
    let _ = (app, actor, id, ask);
    later()
}

/// `POST /api/tasks/{id}/return`
pub async fn give_back(app: &Arc<App>, actor: &Actor, id: &TaskId, ask: Return) -> Result<Option<TaskDetail>, Error> {
    let _ = (app, actor, id, ask);
    later()
}

/// `POST /api/tasks/{id}/handover`
pub async fn hand_over(app: &Arc<App>, actor: &Actor, id: &TaskId, ask: HandOver) -> Result<Option<TaskDetail>, Error> {
    let _ = (app, actor, id, ask);
    later()
}
