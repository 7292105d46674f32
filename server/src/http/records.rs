//! Records, references to them, boards.

use api::record::{
    Board, Calendar, CalendarQuery, Change, Choice, Create, Duplicate, ExportQuery, FindDuplicates, Found,
    HistoryEntry, ListQuery, Move, MoveAnswer, Record, RecordPage, TreePage, TreeQuery,
};
use axum::Json as Answer;
use axum::body::Body;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use runtime::id::{ModuleKey, RecordId, TaskId, UserId};
use runtime::limits;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::Site;
use super::extract::{Json, Path, Query, parse};
use crate::auth::caller::{Address, Me};
use crate::deeds::Receivers;
use crate::error::Result;
use crate::{people, records};

/// `GET /api/records/{module}`
pub async fn list(
    State(site): State<Site>,
    me: Me,
    Path(module): Path<String>,
    Query(query): Query<ListQuery>,
) -> Result<Answer<RecordPage>> {
    records::list(&site.app, &me.actor, &ModuleKey(module), &query).await.map(Answer)
}

/// `GET /api/export/{module}`
pub async fn export(
    State(site): State<Site>,
    me: Me,
    Address(address): Address,
    Path(module): Path<String>,
    Query(query): Query<ExportQuery>,
) -> Result<impl IntoResponse> {
    let module = ModuleKey(module);
    let lines = records::export(site.app.clone(), &me.actor, &module, query, &address).await?;
    let day = site.app.clock.stamp();
    let name = format!("attachment; filename=\"{module}-{}.csv\"", day.get(..10).unwrap_or(&day));
    let headers = [(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, Body::from_stream(lines)))
}

/// `POST /api/records/{module}`
pub async fn create(
    State(site): State<Site>,
    me: Me,
    Path(module): Path<String>,
    Json(ask): Json<Create>,
) -> Result<(StatusCode, Answer<Record>)> {
    let record = records::create(&site.app, &me.actor, &ModuleKey(module), ask).await?;
    Ok((StatusCode::CREATED, Answer(record)))
}

/// `GET /api/records/{module}/{id}`
pub async fn show(
    State(site): State<Site>,
    me: Me,
    Path((module, id)): Path<(String, String)>,
) -> Result<Answer<Record>> {
    records::read(&site.app, &me.actor, &ModuleKey(module), &RecordId(id)).await.map(Answer)
}

/// `PATCH /api/records/{module}/{id}`
pub async fn change(
    State(site): State<Site>,
    me: Me,
    Path((module, id)): Path<(String, String)>,
    Json(ask): Json<Change>,
) -> Result<Answer<Record>> {
    records::change(&site.app, &me.actor, &ModuleKey(module), &RecordId(id), ask).await.map(Answer)
}

/// `DELETE /api/records/{module}/{id}`
pub async fn delete(
    State(site): State<Site>,
    me: Me,
    Address(address): Address,
    Path((module, id)): Path<(String, String)>,
) -> Result<StatusCode> {
    records::delete(&site.app, &me.actor, &ModuleKey(module), &RecordId(id), &address).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `GET /api/records/{module}/{id}/history`
pub async fn history(
    State(site): State<Site>,
    me: Me,
    Path((module, id)): Path<(String, String)>,
) -> Result<Answer<Vec<HistoryEntry>>> {
    records::history(&site.app, &me.actor, &ModuleKey(module), &RecordId(id)).await.map(Answer)
}

/// `POST /api/records/{module}/duplicates`
pub async fn duplicates(
    State(site): State<Site>,
    me: Me,
    Path(module): Path<String>,
    Json(ask): Json<FindDuplicates>,
) -> Result<Answer<Vec<Duplicate>>> {
    let id = ask.id.map(RecordId);
    records::duplicates(&site.app, &me.actor, &ModuleKey(module), &ask.data, id.as_ref()).await.map(Answer)
}

/// Query of `GET /api/lookup/{module}`.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(default, deny_unknown_fields)]
pub struct LookupQuery {
    /// Letters of the label or the number.
    pub q: String,
    /// At most 100; default 20.
    pub limit: Option<u64>,
    /// JSON of the form being filled, for references with a filter.
    pub data: Option<String>,
    /// The field that asks, as `module/field`.
    pub field: Option<String>,
}

/// `GET /api/lookup/{module}`
pub async fn lookup(
    State(site): State<Site>,
    me: Me,
    Path(module): Path<String>,
    Query(query): Query<LookupQuery>,
) -> Result<Answer<Vec<Choice>>> {
    let data: Option<Map<String, Value>> = query.data.as_deref().map(|it| parse(it.as_bytes())).transpose()?;
    let limit = crate::page::rows(query.limit, limits::CHOICES, limits::MOST_CHOICES)?;
    let field = query.field.as_deref();
    records::lookup(&site.app, &me.actor, &ModuleKey(module), &query.q, limit, data.as_ref(), field).await.map(Answer)
}

/// Query of `GET /api/find`.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(default, deny_unknown_fields)]
pub struct FindQuery {
    /// Letters of the label or the number.
    pub q: String,
}

/// `GET /api/find`
pub async fn find(State(site): State<Site>, me: Me, Query(query): Query<FindQuery>) -> Result<Answer<Vec<Found>>> {
    records::find(&site.app, &me.actor, &query.q).await.map(Answer)
}

/// Query of `GET /api/people`.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(default, deny_unknown_fields)]
pub struct PeopleQuery {
    /// Letters of the name, or the beginning of the log-in name.
    pub q: String,
    /// Only holders of this role.
    pub role: Option<String>,
    /// Only who may be given this task.
    pub task: Option<String>,
}

/// `GET /api/people`
pub async fn people(State(site): State<Site>, me: Me, Query(query): Query<PeopleQuery>) -> Result<Answer<Vec<Choice>>> {
    let receivers = match query.task {
        Some(task) => Some(Receivers::of(&site.app, &me.actor, &TaskId(task)).await?),
        None => None,
    };
    let fits = |it: &UserId| receivers.as_ref().is_none_or(|all| all.fits(it));
    let (role, most) = (query.role.as_deref(), limits::MOST_CHOICES as usize);
    Ok(Answer(people::choices(&site.app, &query.q, role, fits, me.language(), most)))
}

/// Query of `GET /api/departments`.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(default, deny_unknown_fields)]
pub struct DepartmentsQuery {
    /// Letters of the name.
    pub q: String,
}

/// `GET /api/departments`
pub async fn departments(
    State(site): State<Site>,
    me: Me,
    Query(query): Query<DepartmentsQuery>,
) -> Answer<Vec<Choice>> {
    Answer(people::department_choices(&site.app, &query.q, me.language(), limits::MOST_CHOICES as usize))
}

/// `GET /api/roles`
pub async fn roles(State(site): State<Site>, me: Me) -> Answer<Vec<Choice>> {
    let roles = crate::definitions::terms(&site.app.definitions.live()).roles;
    let choice = |it: api::admin::Term| Choice {
        label: it.titles.get(me.language()).cloned().unwrap_or_else(|| it.value.clone()),
        id: it.value,
        hint: String::new(),
    };
    Answer(roles.into_iter().map(choice).collect())
}

/// `GET /api/calendars/{module}/{view}`
pub async fn calendar(
    State(site): State<Site>,
    me: Me,
    Path((module, view)): Path<(String, String)>,
    Query(query): Query<CalendarQuery>,
) -> Result<Answer<Calendar>> {
    records::calendar(&site.app, &me.actor, &ModuleKey(module), &view, &query).await.map(Answer)
}

/// `GET /api/trees/{module}/{view}`
pub async fn tree(
    State(site): State<Site>,
    me: Me,
    Path((module, view)): Path<(String, String)>,
    Query(query): Query<TreeQuery>,
) -> Result<Answer<TreePage>> {
    records::tree(&site.app, &me.actor, &ModuleKey(module), &view, &query).await.map(Answer)
}

/// Query of `GET /api/boards/{module}/{view}`.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(default, deny_unknown_fields)]
pub struct BoardQuery {
    /// JSON of `Filter`.
    pub filter: Option<String>,
    /// Words searched in searchable fields.
    pub q: Option<String>,
}

/// `GET /api/boards/{module}/{view}`
pub async fn board(
    State(site): State<Site>,
    me: Me,
    Path((module, view)): Path<(String, String)>,
    Query(query): Query<BoardQuery>,
) -> Result<Answer<Board>> {
    let (filter, q) = (query.filter.as_deref(), query.q.as_deref());
    records::board(&site.app, &me.actor, &ModuleKey(module), &view, filter, q).await.map(Answer)
}

/// `POST /api/boards/{module}/{view}/move`
pub async fn move_card(
    State(site): State<Site>,
    me: Me,
    Path((module, view)): Path<(String, String)>,
    Json(ask): Json<Move>,
) -> Result<Answer<MoveAnswer>> {
    records::move_card(&site.app, &me.actor, &ModuleKey(module), &view, ask).await.map(Answer)
}
