//! Deeds on tasks besides claiming and completing, and absences.

use api::absence::{AbsenceInfo, SaveAbsence};
use api::task::{AddSigner, Cc, Comment, Delegate, Reason, TaskDetail};
use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use runtime::id::TaskId;

use super::Site;
use super::extract::{Json, Path};
use super::tasks::after;
use crate::auth::caller::{Address, Me};
use crate::error::Result;
use crate::{absences, deeds};

/// One deed: a path with the task's id, a body.
macro_rules! deed {
    ($($(#[$doc:meta])* $name:ident($ask:ty);)*) => {$(
        $(#[$doc])*
        pub async fn $name(State(site): State<Site>, me: Me, Path(id): Path<String>, Json(ask): Json<$ask>) -> Result<Response> {
            let answer: Option<TaskDetail> = deeds::$name(&site.app, &me.actor, &TaskId(id), ask).await?;
            Ok(after(answer))
        }
    )*};
}

deed! {
    /// `POST /api/tasks/{id}/delegate`
    delegate(Delegate);
    /// `POST /api/tasks/{id}/resolve`
    resolve(Comment);
    /// `POST /api/tasks/{id}/withdraw`
    withdraw(Reason);
    /// `POST /api/tasks/{id}/signers`
    add_signer(AddSigner);
    /// `POST /api/tasks/{id}/cc`
    cc(Cc);
    /// `POST /api/tasks/{id}/urge`
    urge(Comment);
    /// `POST /api/tasks/{id}/suspend`
    suspend(Reason);
    /// `POST /api/tasks/{id}/skip`
    skip(Reason);
}

/// `POST /api/tasks/{id}/resume`
pub async fn resume(State(site): State<Site>, me: Me, Path(id): Path<String>) -> Result<Response> {
    deeds::resume(&site.app, &me.actor, &TaskId(id)).await.map(after)
}

/// `POST /api/tasks/{id}/signers/{signer}/remove`
pub async fn remove_signer(
    State(site): State<Site>,
    me: Me,
    Path((id, signer)): Path<(String, u32)>,
    Json(ask): Json<Reason>,
) -> Result<Response> {
    deeds::remove_signer(&site.app, &me.actor, &TaskId(id), signer, ask).await.map(after)
}

/// `GET /api/absences`
pub async fn absences(State(site): State<Site>, me: Me) -> Result<Answer<Vec<AbsenceInfo>>> {
    absences::list(&site.app, &me.actor).await.map(Answer)
}

/// `POST /api/absences`
pub async fn add_absence(
    State(site): State<Site>,
    me: Me,
    Address(address): Address,
    Json(ask): Json<SaveAbsence>,
) -> Result<(StatusCode, Answer<AbsenceInfo>)> {
    let info = absences::add(&site.app, &me.actor, ask, &address).await?;
    site.recent.forget();
    Ok((StatusCode::CREATED, Answer(info)))
}

/// `DELETE /api/absences/{id}`
pub async fn remove_absence(
    State(site): State<Site>,
    me: Me,
    Address(address): Address,
    Path(id): Path<String>,
) -> Result<StatusCode> {
    absences::remove(&site.app, &me.actor, &id, &address).await?;
    site.recent.forget();
    Ok(StatusCode::NO_CONTENT)
}
