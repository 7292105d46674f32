//! Calendars: the records of some days, by a date of theirs, and which of them the person may put on another day.

use std::collections::BTreeSet;

use api::record::{Calendar, CalendarQuery, CalendarRow};
use jiff::civil::Date;
use runtime::form::FieldKind;
use runtime::id::{FieldKey, ModuleKey, ViewKey};
use runtime::limits::{CALENDAR_DAYS, CALENDAR_ROWS};
use runtime::model::module::{Access, Action};
use runtime::model::rules::ComputeMode;
use runtime::model::view::{CalendarView, ViewContent};
use sea_orm::Value as Bound;

use super::filter::Asking;
use super::list::{Sort, columns, label, page};
use super::seat::Seat;
use crate::actor::Actor;
use crate::app::App;
use crate::error::Error;
use crate::store::sql::{Query, Sql, ident};

fn calendar_view<'a>(seat: &'a Seat, view: &str) -> Result<&'a CalendarView, Error> {
    let found = seat.live.catalog.module(&seat.module.key).and_then(|it| it.views.get(&ViewKey::from(view)));
    match found.map(|it| &it.content) {
        Some(ViewContent::Calendar(it)) => Ok(it),
        Some(
            ViewContent::Form(_)
            | ViewContent::List(_)
            | ViewContent::Kanban(_)
            | ViewContent::Tree(_)
            | ViewContent::Detail(_),
        )
        | None => Err(Error::NotFound("calendar".to_owned())),
    }
}

/// `GET /api/calendars/{module}/{view}`: records that lie, wholly or in part, between two days.
pub async fn calendar(
    app: &App,
    actor: &Actor,
    module: &ModuleKey,
    view: &str,
    query: &CalendarQuery,
) -> Result<Calendar, Error> {
    let seat = Seat::take(app, actor, module)?;
    let view = calendar_view(&seat, view)?;
    let day = |text: &str| {
        text.parse::<Date>().map_err(|_| Error::malformed(format!("expected a day like 2026-03-02, found `{text}`")))
    };
    let (from, until) = (day(&query.from)?, day(&query.until)?);
    let days = until.since(from).map(|it| it.get_days()).unwrap_or_default();
    if !(1..=CALENDAR_DAYS).contains(&days) {
        return Err(Error::malformed(format!("expected 1 to {CALENDAR_DAYS} days, found {days}")));
    }
    let start = seat.open_column(view.start.as_str())?.clone();
    let mut condition = Query::new("deleted_at IS NULL AND ");
    seat.readable(&mut condition)?;
    if let Some(filter) = query.filter.as_deref().filter(|it| !it.is_empty()) {
        Asking::new(&seat, app.clock.now(), actor.id().as_str()).json(&mut condition, filter)?;
    }
    if let Some(q) = &query.q
        && !seat.searched(&mut condition, q)
    {
        return Ok(Calendar::default());
    }
    condition.push(" AND ").push(&ident(&start.name)).push(" < ").bind(edge(&seat, &view.start, until)?);
    // One that has no end is over with the day it begins on.
    let ends = view.end.as_ref().filter(|it| seat.sees(it.as_str()));
    match ends.and_then(|it| Some((it, seat.module.table.column(it.as_str())?))) {
        Some((key, end)) => {
            condition.push(" AND (").push(&ident(&start.name)).push(" >= ").bind(edge(&seat, &view.start, from)?);
            condition.push(" OR ").push(&ident(&end.name)).push(" >= ").bind(edge(&seat, key, from)?).push(")");
        }
        None => {
            condition.push(" AND ").push(&ident(&start.name)).push(" >= ").bind(edge(&seat, &view.start, from)?);
        }
    }
    let shown: Vec<&str> = std::iter::once(&view.start)
        .chain(view.end.as_ref())
        .chain(&view.card)
        .chain([seat.label()])
        .map(FieldKey::as_str)
        .filter(|it| seat.access.get(*it).is_some_and(|it| *it > Access::Hidden))
        .collect();
    let wanted = columns(&seat, Some(&shown.join(",")))?;
    let sort = Sort::parse(&seat, view.start.as_str())?;
    let db = app.store.read();
    let mut found = page(db, &seat, &wanted, &condition, &sort, None, CALENDAR_ROWS).await?;
    label(app, actor, &seat, &mut found.rows).await?;
    let movable = movable(db, &seat, view, found.rows.iter().map(|it| it.id.as_str())).await?;
    let row = |row: api::record::Row| CalendarRow { may_move: movable.contains(&row.id), row };
    Ok(Calendar { more: found.next.is_some(), rows: found.rows.into_iter().map(row).collect() })
}

/// Where a day begins, as the field stores it: the day, or the moment it begins at in the organisation's zone.
fn edge(seat: &Seat, field: &FieldKey, day: Date) -> Result<Bound, Error> {
    match seat.module.form.field(field.as_str()).map(|it| &it.kind) {
        Some(FieldKind::Date) => Ok(day.to_string().into()),
        Some(FieldKind::DateTime) => {
            let begins = day.to_zoned(seat.module.form.zone().clone()).map_err(Error::internal)?;
            Ok(runtime::script::moment(begins.timestamp()).into())
        }
        Some(_) | None => Err(Error::malformed(format!("expected a date field, found `{field}`"))),
    }
}

/// Which of them the person may move: those they may change, where the dates are theirs to write.
async fn movable(
    db: &impl Sql,
    seat: &Seat,
    view: &CalendarView,
    ids: impl Iterator<Item = &str>,
) -> Result<BTreeSet<String>, Error> {
    let writable =
        |key: &FieldKey| {
            seat.access.get(key) == Some(&Access::Write)
                && seat.module.form.field(key.as_str()).is_some_and(|it| {
                    !it.readonly && it.computed.as_ref().is_none_or(|mode| *mode != ComputeMode::Always)
                })
        };
    let cover = seat.cover(Action::Update);
    if cover.is_nothing() || !std::iter::once(&view.start).chain(view.end.as_ref()).all(writable) {
        return Ok(BTreeSet::new());
    }
    let mut query = Query::new(format!("SELECT id FROM {} WHERE id IN ", seat.module.table.quoted()));
    query.bind_list(ids).push(" AND ");
    seat.covered(&mut query, &cover);
    db.rows(query).await?.iter().map(|row| row.get(0)).collect()
}
