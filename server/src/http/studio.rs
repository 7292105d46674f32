//! The studio: packs as files, drafts, publishing.

use api::publish::{AskImpact, Impact, PackVersion, Plan, Planned, Restore, VersionFiles};
use api::studio::{
    AlertPage, Conversion, Convert, DraftSaved, Here, PackFiles, PackHead, Publish, Published, SaveDraft, ShippedFiles,
};
use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use runtime::id::PackId;

use super::Site;
use super::extract::{Json, Path};
use crate::auth::caller::{Address, Me};
use crate::definitions;
use crate::error::{Error, Result};

/// `GET /api/studio/packs`
pub async fn packs(State(site): State<Site>, me: Me) -> Result<Answer<Vec<PackHead>>> {
    definitions::packs(&site.app, &me.actor).await.map(Answer)
}

/// `GET /api/studio/packs/{pack}`
pub async fn files(State(site): State<Site>, me: Me, Path(pack): Path<String>) -> Result<Answer<PackFiles>> {
    definitions::files(&site.app, &me.actor, &PackId(pack)).await.map(Answer)
}

/// `PUT /api/studio/packs/{pack}/draft`
pub async fn save_draft(
    State(site): State<Site>,
    me: Me,
    Path(pack): Path<String>,
    Json(ask): Json<SaveDraft>,
) -> Result<Answer<DraftSaved>> {
    definitions::save_draft(&site.app, &me.actor, &PackId(pack), ask).await.map(Answer)
}

/// `DELETE /api/studio/packs/{pack}/draft`
pub async fn drop_draft(State(site): State<Site>, me: Me, Path(pack): Path<String>) -> Result<StatusCode> {
    definitions::drop_draft(&site.app, &me.actor, &PackId(pack)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /api/studio/packs/{pack}/publish`
pub async fn publish(
    State(site): State<Site>,
    me: Me,
    Address(address): Address,
    Path(pack): Path<String>,
    Json(ask): Json<Publish>,
) -> Result<Answer<Published>> {
    definitions::publish(&site.app, &me.actor, &PackId(pack), ask, &address).await.map(Answer)
}

/// `POST /api/studio/packs/{pack}/convert`
pub async fn convert(
    State(site): State<Site>,
    me: Me,
    Path(pack): Path<String>,
    Json(ask): Json<Convert>,
) -> Result<Answer<Conversion>> {
    definitions::convert(&site.app, &me.actor, &PackId(pack), &ask).await.map(Answer)
}

/// `GET /api/studio/packs/{pack}/shipped`
pub async fn shipped(State(site): State<Site>, me: Me, Path(pack): Path<String>) -> Result<Answer<ShippedFiles>> {
    definitions::shipped_files(&site.app, &me.actor, &PackId(pack)).map(Answer)
}

/// `GET /api/studio/packs/{pack}/versions`
pub async fn versions(State(site): State<Site>, me: Me, Path(pack): Path<String>) -> Result<Answer<Vec<PackVersion>>> {
    definitions::versions(&site.app, &me.actor, &PackId(pack)).await.map(Answer)
}

/// `POST /api/studio/packs/{pack}/here`
pub async fn here(
    State(site): State<Site>,
    me: Me,
    Path(pack): Path<String>,
    Json(ask): Json<Here>,
) -> Result<StatusCode> {
    definitions::here(&site.app, &me.actor, &PackId(pack), ask)?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /api/studio/packs/{pack}/impact`
pub async fn impact(
    State(site): State<Site>,
    me: Me,
    Path(pack): Path<String>,
    Json(ask): Json<AskImpact>,
) -> Result<Answer<Impact>> {
    definitions::impact(&site.app, &me.actor, &PackId(pack), ask).await.map(Answer)
}

/// `PUT /api/studio/packs/{pack}/planned`
pub async fn plan(
    State(site): State<Site>,
    me: Me,
    Address(address): Address,
    Path(pack): Path<String>,
    Json(ask): Json<Plan>,
) -> Result<Answer<Planned>> {
    definitions::plan(&site.app, &me.actor, &PackId(pack), ask, &address).await.map(Answer)
}

/// `DELETE /api/studio/packs/{pack}/planned`
pub async fn forget_plan(
    State(site): State<Site>,
    me: Me,
    Address(address): Address,
    Path(pack): Path<String>,
) -> Result<StatusCode> {
    definitions::forget(&site.app, &me.actor, &PackId(pack), &address).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `GET /api/studio/packs/{pack}/versions/{hash}`
pub async fn version(
    State(site): State<Site>,
    me: Me,
    Path((pack, hash)): Path<(String, String)>,
) -> Result<Answer<VersionFiles>> {
    definitions::version_files(&site.app, &me.actor, &PackId(pack), &hash).await.map(Answer)
}

/// `POST /api/studio/packs/{pack}/versions/{hash}/restore`
pub async fn restore(
    State(site): State<Site>,
    me: Me,
    Path((pack, hash)): Path<(String, String)>,
    Json(ask): Json<Restore>,
) -> Result<Answer<DraftSaved>> {
    definitions::restore(&site.app, &me.actor, &PackId(pack), &hash, ask).await.map(Answer)
}

/// `GET /api/studio/alerts/{code}`
pub async fn alert_page(me: Me, Path(code): Path<String>) -> Result<Answer<AlertPage>> {
    let text = crate::alert_pages::page(&code, me.language()).ok_or_else(|| Error::NotFound("alert".to_owned()))?;
    Ok(Answer(AlertPage { code, text }))
}
