//! Boards: a column per value of a field. Where that field is the stage, a drop is a flow action.

use std::collections::BTreeMap;
use std::sync::Arc;

use api::record::{Board, BoardColumn, Change, Move, MoveAnswer};
use runtime::engine::explain::stages_reachable;
use runtime::engine::{Context, Directory, Instance, World};
use runtime::form::FieldKind;
use runtime::id::{ModuleKey, RecordId, TaskId, ViewKey};
use runtime::limits;
use runtime::model::view::{KanbanView, ViewContent};
use serde_json::{Map, Value};

use super::filter::Asking;
use super::labels::labels;
use super::list::{columns, count, first, refers};
use super::read::may_read;
use super::seat::Seat;
use crate::actor::Actor;
use crate::app::App;
use crate::definitions::Pinned;
use crate::error::Error;
use crate::store::instances;
use crate::store::records::Stored;
use crate::store::sql::{Dialect, Query, Sql, ident};
use crate::store::table::Kind;
use crate::tasks;

fn kanban<'a>(seat: &'a Seat, view: &str) -> Result<&'a KanbanView, Error> {
    let found = seat.live.catalog.module(&seat.module.key).and_then(|it| it.views.get(&ViewKey::from(view)));
    match found.map(|it| &it.content) {
        Some(ViewContent::Kanban(board)) => Ok(board),
        Some(
            ViewContent::Form(_)
            | ViewContent::List(_)
            | ViewContent::Calendar(_)
            | ViewContent::Tree(_)
            | ViewContent::Detail(_),
        )
        | None => Err(Error::NotFound("board".to_owned())),
    }
}

/// `GET /api/boards/{module}/{view}`; `filter` is JSON of [`api::record::Filter`].
pub async fn board(
    app: &App,
    actor: &Actor,
    module: &ModuleKey,
    view: &str,
    filter: Option<&str>,
    q: Option<&str>,
) -> Result<Board, Error> {
    let seat = Seat::take(app, actor, module)?;
    let board = kanban(&seat, view)?;
    let group = seat.open_column(board.group.as_str())?;
    let values: Vec<String> = match seat.module.form.field(board.group.as_str()).map(|it| &it.kind) {
        Some(FieldKind::Choice { options }) => {
            options.iter().filter_map(|it| it.value.as_str().map(str::to_owned)).collect()
        }
        Some(FieldKind::Dictionary { dictionary, .. }) => seat
            .live
            .catalog
            .dictionary(dictionary)
            .map(|it| it.items.iter().map(|it| it.value.clone()).collect())
            .unwrap_or_default(),
        Some(_) | None => return Err(Error::malformed("a board is grouped by a choice or a dictionary")),
    };
    let mut condition = Query::new("deleted_at IS NULL AND ");
    seat.readable(&mut condition)?;
    if let Some(filter) = filter.filter(|it| !it.is_empty()) {
        Asking::new(&seat, app.clock.now(), actor.id().as_str()).json(&mut condition, filter)?;
    }
    if let Some(q) = q
        && !seat.searched(&mut condition, q)
    {
        let empty = |value: String| BoardColumn { value, ..BoardColumn::default() };
        return Ok(Board { columns: values.into_iter().map(empty).collect() });
    }
    let cards: Vec<&str> = board
        .card
        .iter()
        .map(|it| it.as_str())
        .filter(|it| seat.access.get(*it).is_some_and(|it| *it > runtime::model::module::Access::Hidden))
        .collect();
    let wanted = columns(&seat, Some(&cards.join(",")).filter(|it| !it.is_empty()).map(String::as_str))?;
    let db = app.store.read();
    let mut shown = Vec::new();
    for value in values {
        let mut here = condition.clone();
        here.push(" AND ").push(&ident(&group.name)).push(" = ").bind(value.as_str());
        let rows = first(db, &seat, &wanted, &here, limits::BOARD_CARDS).await?;
        let total =
            if (rows.len() as u64) < limits::BOARD_CARDS { rows.len() as u64 } else { count(db, &seat, &here).await? };
        let sum = match board.sum.as_ref().filter(|it| seat.sees(it.as_str())) {
            Some(field) => sum(db, &seat, field.as_str(), &here).await?,
            None => None,
        };
        shown.push(BoardColumn { value, total, sum, rows });
    }
    let data: Vec<&Map<String, Value>> = shown.iter().flat_map(|it| &it.rows).map(|it| &it.data).collect();
    let labels = labels(app, db, &seat, &data).await?;
    for row in shown.iter_mut().flat_map(|it| &mut it.rows) {
        let used = row.data.iter().filter(|it| refers(&seat, it.0)).filter_map(|it| it.1.as_str());
        row.labels = used.filter_map(|it| Some((it.to_owned(), labels.get(it)?.clone()))).collect();
    }
    Ok(Board { columns: shown })
}

/// The exact sum of a number field: in ten-thousandths on SQLite, which has no decimals.
async fn sum(db: &impl Sql, seat: &Seat, field: &str, condition: &Query) -> Result<Option<String>, Error> {
    let Some(column) = seat.module.table.column(field) else { return Ok(None) };
    let name = column.compared(seat.dialect);
    let what = match (column.kind, seat.dialect) {
        (Kind::Integer, _) => format!("CAST(SUM({name}) AS TEXT)"),
        (Kind::Decimal | Kind::Number, Dialect::Postgres) => format!("SUM({name})::text"),
        (Kind::Decimal | Kind::Number, Dialect::Sqlite) => {
            format!("CAST(SUM(CAST(ROUND({name} * 10000) AS INTEGER)) AS TEXT)")
        }
        (Kind::Text | Kind::Bool | Kind::Json, _) => return Ok(None),
    };
    let mut query = Query {
        text: format!("SELECT {what} FROM {} WHERE ", seat.module.table.quoted()),
        values: condition.values.clone(),
    };
    query.push(&condition.text);
    let text = match db.row(query).await? {
        Some(row) => row.get::<Option<String>>(0)?,
        None => None,
    };
    let scaled = column.kind != Kind::Integer && seat.dialect == Dialect::Sqlite;
    Ok(text.map(|it| {
        if scaled {
            it.parse::<i64>().map(|it| rust_decimal::Decimal::new(it, 4).normalize().to_string()).unwrap_or(it)
        } else {
            it
        }
    }))
}

/// `POST /api/boards/{module}/{view}/move`
pub async fn move_card(
    app: &Arc<App>,
    actor: &Actor,
    module: &ModuleKey,
    view: &str,
    ask: Move,
) -> Result<MoveAnswer, Error> {
    let seat = Seat::take(app, actor, module)?;
    let board = kanban(&seat, view)?;
    let id = RecordId(ask.id);
    if seat.module.definition.stage.as_ref() != Some(&board.group) {
        let data = Map::from_iter([(board.group.0.clone(), Value::String(ask.to))]);
        let moved =
            super::change(app, actor, module, &id, Change { version: ask.version, data, ..Change::default() }).await?;
        return Ok(MoveAnswer::Moved { version: moved.version });
    }
    let record = may_read(app, actor, &seat, &id).await?;
    let open = tasks::of_record(app, actor, &id).await?;
    if open.is_empty() {
        return Ok(MoveAnswer::Refused { reason: "no-task".to_owned(), allowed: Vec::new() });
    }
    let people = app.people.state();
    let mut allowed: Vec<String> = Vec::new();
    let mut mine = false;
    for head in open.iter().filter(|it| it.mine || it.claimable) {
        mine = true;
        let task = head.id.as_str().into();
        let Some(row) = crate::store::tasks::find(app.store.read(), &task).await? else { continue };
        let Some(instance) = instances::find(app.store.read(), &row.instance, false).await? else { continue };
        let pinned = app.definitions.pinned(app.store.read(), &instance.version).await?;
        let data = match seat.live.carried(&pinned, app.store.dialect()) {
            Some(it) => it.see(&record.data, &it.kept(app.store.read(), &record.id).await?).data,
            None => record.data.clone(),
        };
        let seen = Stored { data, ..record.clone() };
        let reach = reach(app, actor, &people.directory, &seen, &pinned, &instance.body, &task);
        let outcomes: Vec<String> =
            reach.iter().filter(|it| it.1.last() == Some(&ask.to)).map(|it| it.0.clone()).collect();
        if !outcomes.is_empty() {
            return Ok(MoveAnswer::Complete { task: task.0, outcomes });
        }
        for stage in reach.values().filter_map(|it| it.last()) {
            if !allowed.contains(stage) {
                allowed.push(stage.clone());
            }
        }
    }
    let reason = if mine { "not-a-step" } else { "not-yours" };
    Ok(MoveAnswer::Refused { reason: reason.to_owned(), allowed })
}

/// The stages each outcome of a task leads through.
fn reach(
    app: &App,
    actor: &Actor,
    people: &Directory,
    record: &Stored,
    pinned: &Pinned,
    instance: &Instance,
    task: &TaskId,
) -> BTreeMap<String, Vec<String>> {
    let context = Context {
        now: app.clock.now(),
        actor: actor.id().clone(),
        record: record.id.clone(),
        owner: record.owner.clone(),
        data: &record.data,
        world: &Nobody { people },
    };
    stages_reachable(&pinned.plan, instance, task, &context)
}

/// For trying a step: people, but no referenced records.
struct Nobody<'a> {
    people: &'a Directory,
}

impl World for Nobody<'_> {
    fn people(&self) -> &Directory {
        self.people
    }
    fn referenced(&self, _record: &RecordId) -> Option<&Map<String, Value>> {
        None
    }
}
