//! Records: every way to read and to change them. Rights are asked at one seam: of `runtime::policy`, whose answer
//! becomes a condition of the query, here and nowhere else.

use std::sync::Arc;

use api::record::{Board, Change, Choice, Create, Duplicate, HistoryEntry, ListQuery, Move, MoveAnswer, Record, RecordPage};
use runtime::id::{ModuleKey, RecordId};
use serde_json::{Map, Value};

use crate::actor::Actor;
use crate::app::App;
use crate::error::Error;

fn later<T>() -> Result<T, Error> {
    Err(crate::store::fault("this part is being built"))
}

/// `GET /api/records/{module}`
pub async fn list(app: &App, actor: &Actor, module: &ModuleKey, query: &ListQuery) -> Result<RecordPage, Error> {
    let _ = (app, actor, module, query);
    later()
}

/// `GET /api/records/{module}/{id}`
pub async fn read(app: &App, actor: &Actor, module: &ModuleKey, id: &RecordId) -> Result<Record, Error> {
    let _ = (app, actor, module, id);
    later()
}

/// `POST /api/records/{module}`
pub async fn create(app: &Arc<App>, actor: &Actor, module: &ModuleKey, ask: Create) -> Result<Record, Error> {
    let _ = (app, actor, module, ask);
    later()
}

/// `PATCH /api/records/{module}/{id}`
pub async fn change(app: &Arc<App>, actor: &Actor, module: &ModuleKey, id: &RecordId, ask: Change) -> Result<Record, Error> {
    let _ = (app, actor, module, id, ask);
    later()
}

/// `DELETE /api/records/{module}/{id}`
pub async fn delete(app: &Arc<App>, actor: &Actor, module: &ModuleKey, id: &RecordId, address: &str) -> Result<(), Error> {
    let _ = (app, actor, module, id, address);
    later()
}

/// `GET /api/records/{module}/{id}/history`
pub async fn history(app: &App, actor: &Actor, module: &ModuleKey, id: &RecordId) -> Result<Vec<HistoryEntry>, Error> {
    let _ = (app, actor, module, id);
    later()
}

/// `GET /api/lookup/{module}`; `data` is the form being filled, for reference filters; `field` is `module/field` that asks.
pub async fn lookup(app: &App, actor: &Actor, module: &ModuleKey, q: &str, limit: u64, data: Option<&Map<String, Value>>, field: Option<&str>) -> Result<Vec<Choice>, Error> {
    let _ = (app, actor, module, q, limit, data, field);
    later()
}

/// `POST /api/records/{module}/duplicates`
pub async fn duplicates(app: &App, actor: &Actor, module: &ModuleKey, data: &Map<String, Value>, id: Option<&RecordId>) -> Result<Vec<Duplicate>, Error> {
    let _ = (app, actor, module, data, id);
    later()
}

/// `GET /api/boards/{module}/{view}`; `filter` is JSON of [`api::record::Filter`].
pub async fn board(app: &App, actor: &Actor, module: &ModuleKey, view: &str, filter: Option<&str>, q: Option<&str>) -> Result<Board, Error> {
    let _ = (app, actor, module, view, filter, q);
    later()
}

/// `POST /api/boards/{module}/{view}/move`
pub async fn move_card(app: &Arc<App>, actor: &Actor, module: &ModuleKey, view: &str, ask: Move) -> Result<MoveAnswer, Error> {
    let _ = (app, actor, module, view, ask);
    later()
}
