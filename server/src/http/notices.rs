//! What a person was told.

use api::live::NoticeItem;
use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;

use super::Site;
use super::extract::{Path, Query};
use crate::auth::caller::Me;
use crate::error::{Error, Result};
use crate::store::notices;

/// Query of `GET /api/notices`.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(default, deny_unknown_fields)]
pub struct NoticesQuery {
    /// Only what was not read yet.
    pub unread: bool,
    /// At most 500; default 50.
    pub limit: Option<u64>,
}

/// `GET /api/notices`
pub async fn list(
    State(site): State<Site>,
    me: Me,
    Query(query): Query<NoticesQuery>,
) -> Result<Answer<Vec<NoticeItem>>> {
    let limit = query.limit.unwrap_or(50);
    notices::list(site.app.store.read(), me.actor.id(), me.language(), query.unread, limit).await.map(Answer)
}

/// `POST /api/notices/read`
pub async fn read_all(State(site): State<Site>, me: Me) -> Result<StatusCode> {
    mark(&site, &me, None).await
}

/// `POST /api/notices/{id}/read`
pub async fn read_one(State(site): State<Site>, me: Me, Path(id): Path<String>) -> Result<StatusCode> {
    let person = me.actor.id();
    let found = notices::find(site.app.store.read(), person, &id, me.language()).await?;
    found.ok_or_else(|| Error::NotFound("notice".to_owned()))?;
    mark(&site, &me, Some(id)).await
}

async fn mark(site: &Site, me: &Me, id: Option<String>) -> Result<StatusCode> {
    let (person, now) = (me.actor.id().clone(), site.app.clock.stamp());
    site.app
        .store
        .write(move |tx| {
            let (person, now, id) = (person.clone(), now.clone(), id.clone());
            Box::pin(async move { notices::read(tx, &person, id.as_deref(), &now).await })
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
