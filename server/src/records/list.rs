//! Lists: only the columns asked for, filter, sort and keyset paging in the database.

use std::collections::BTreeSet;

use api::record::{ListQuery, RecordPage, Row};
use runtime::id::ModuleKey;
use runtime::limits::PAGE_ROWS;
use runtime::model::view::ViewContent;
use runtime::policy;
use sea_orm::Value as Bound;
use serde_json::{Map, Value};

use super::filter::Asking;
use super::labels::labels;
use super::seat::Seat;
use crate::actor::Actor;
use crate::app::App;
use crate::cursor;
use crate::error::Error;
use crate::store::records::{bound, loaded};
use crate::store::sql::{self, Dialect, Query, Sql, ident};
use crate::store::table::{Kind, Target};

/// `GET /api/records/{module}`
pub async fn list(app: &App, actor: &Actor, module: &ModuleKey, query: &ListQuery) -> Result<RecordPage, Error> {
    let Some(listing) = Listing::of(app, actor, Seat::take(app, actor, module)?, query)? else {
        return Ok(RecordPage { total: query.count.then_some(0), ..RecordPage::default() });
    };
    let limit = crate::page::rows(query.limit, 50, PAGE_ROWS)?;
    let mut page = listing.page(app, actor, query.after.as_deref(), limit).await?;
    if query.count {
        page.total = Some(count(app.store.read(), &listing.seat, &listing.condition).await?);
    }
    Ok(page)
}

/// A list that can be read page by page.
pub(super) struct Listing {
    pub seat: Seat,
    pub condition: Query,
    pub wanted: Vec<Wanted>,
    sort: Sort,
}

impl Listing {
    /// What a query asks for, from where the person looks; none: it can find nothing.
    pub fn of(app: &App, actor: &Actor, seat: Seat, query: &ListQuery) -> Result<Option<Self>, Error> {
        let mut condition = Query::new("deleted_at IS NULL AND ");
        seat.readable(&mut condition)?;
        if let Some(filter) = query.filter.as_deref().filter(|it| !it.is_empty()) {
            Asking::new(&seat, app.clock.now(), actor.id().as_str()).json(&mut condition, filter)?;
        }
        let wanted = columns(&seat, query.columns.as_deref())?;
        let sort = Sort::parse(&seat, query.sort.as_deref().unwrap_or("-created_at"))?;
        if let Some(q) = &query.q
            && !seat.searched(&mut condition, q)
        {
            return Ok(None);
        }
        Ok(Some(Self { seat, condition, wanted, sort }))
    }

    /// The page behind a cursor, with labels.
    pub async fn page(&self, app: &App, actor: &Actor, after: Option<&str>, limit: u64) -> Result<RecordPage, Error> {
        let db = app.store.read();
        let cursor = after.map(|it| Cursor::parse(it, &self.sort)).transpose()?;
        let mut page = page(db, &self.seat, &self.wanted, &self.condition, &self.sort, cursor, limit).await?;
        label(app, actor, &self.seat, &mut page.rows).await?;
        Ok(page)
    }
}

/// Adds what references are called.
pub(super) async fn label(app: &App, actor: &Actor, seat: &Seat, rows: &mut [Row]) -> Result<(), Error> {
    let data: Vec<&Map<String, Value>> = rows.iter().map(|it| &it.data).collect();
    let labels = labels(app, app.store.read(), seat, &data).await?;
    let people = app.people.state();
    for row in rows {
        let mut used: BTreeSet<String> = BTreeSet::new();
        for (_, value) in row.data.iter().filter(|it| refers(seat, it.0)) {
            match value {
                Value::String(it) => {
                    used.insert(it.clone());
                }
                Value::Array(items) => used.extend(items.iter().filter_map(Value::as_str).map(str::to_owned)),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => {}
            }
        }
        row.labels = used.iter().filter_map(|it| Some((it.clone(), labels.get(it)?.clone()))).collect();
        for key in ["owner", "created_by", "updated_by"] {
            if let Some(Value::String(id)) = row.data.get(key).filter(|_| seat.module.table.column(key).is_none()) {
                row.labels.insert(id.clone(), people.name(id));
            }
        }
        if let Some(Value::String(id)) =
            row.data.get("department").filter(|_| seat.module.table.column("department").is_none())
        {
            row.labels.insert(id.clone(), people.department_name(id, &actor.person.language));
        }
    }
    Ok(())
}

/// True if the field's values are ids of something that has a label.
pub(super) fn refers(seat: &Seat, key: &str) -> bool {
    seat.module.table.column(key).is_some_and(|it| !matches!(it.target, Target::None | Target::Dictionary(_)))
}

/// A column to read.
pub(super) struct Wanted {
    /// As it is called in the answer.
    pub key: String,
    read: String,
    kind: Kind,
}

/// Columns that every module has, for lists.
const SYSTEM: [&str; 6] = ["owner", "department", "created_at", "created_by", "updated_at", "updated_by"];

/// The columns asked for; none: those of the list view. Hidden ones are left out of a view, and refused when asked for.
pub(super) fn columns(seat: &Seat, asked: Option<&str>) -> Result<Vec<Wanted>, Error> {
    let keys: Vec<String> = match asked.filter(|it| !it.is_empty()) {
        Some(text) => text.split(',').map(|it| it.trim().to_owned()).collect(),
        None => {
            let views = seat.live.catalog.module(&seat.module.key).into_iter().flat_map(|it| it.views.values());
            let list =
                views.filter_map(|it| if let ViewContent::List(list) = &it.content { Some(list) } else { None }).next();
            match list {
                Some(list) => list.columns.iter().map(|it| it.field.0.clone()).collect(),
                None => vec![seat.label().0.clone(), "created_at".to_owned()],
            }
        }
    };
    let mut wanted: Vec<Wanted> = Vec::new();
    for key in keys {
        if wanted.iter().any(|it| it.key == key) {
            continue;
        }
        let real = match (&seat.module.number, seat.module.table.column(&key)) {
            (Some((number, _)), None) if key == "number" => number.0.clone(),
            (_, _) => key.clone(),
        };
        match seat.module.table.column(&real) {
            Some(column) => match seat.access.get(real.as_str()) {
                Some(runtime::model::module::Access::Hidden) | None => {
                    if asked.is_some() {
                        return Err(Error::NoRights(format!("see `{key}`")));
                    }
                }
                Some(_) => wanted.push(Wanted { key, read: column.read(seat.dialect), kind: column.kind }),
            },
            None if SYSTEM.contains(&key.as_str()) => wanted.push(Wanted { read: ident(&key), key, kind: Kind::Text }),
            None if key == "id" => {}
            None => return Err(Error::malformed(format!("expected a field of `{}`, found `{key}`", seat.module.key))),
        }
    }
    Ok(wanted)
}

/// The order of a list: a column, then `n`, so that it is total.
pub(super) struct Sort {
    /// As asked for; a cursor belongs to one sort.
    text: String,
    /// None: by `n` alone, which is the order of creation.
    column: Option<Sorted>,
    descending: bool,
}

struct Sorted {
    compared: String,
    kind: Kind,
    cast: &'static str,
    read: String,
}

impl Sort {
    pub(super) fn parse(seat: &Seat, text: &str) -> Result<Self, Error> {
        let descending = text.starts_with('-');
        let key = text.trim_start_matches('-');
        let key = match (&seat.module.number, seat.module.table.column(key)) {
            (Some((number, _)), None) if key == "number" => number.as_str(),
            (_, _) => key,
        };
        let column = if seat.module.table.column(key).is_some() {
            let column = seat.open_column(key)?;
            if column.kind == Kind::Json {
                return Err(Error::malformed(format!("`{key}` cannot be sorted by")));
            }
            Some(Sorted {
                compared: column.compared(seat.dialect),
                kind: column.kind,
                cast: column.cast(seat.dialect),
                read: column.read(seat.dialect),
            })
        } else if key == "created_at" {
            None
        } else if SYSTEM.contains(&key) {
            Some(Sorted { compared: ident(key), kind: Kind::Text, cast: "", read: ident(key) })
        } else {
            return Err(Error::malformed(format!(
                "expected a field of `{}` to sort by, found `{key}`",
                seat.module.key
            )));
        };
        Ok(Self { text: text.to_owned(), column, descending })
    }

    /// `ORDER BY`, forwards or backwards. Blank values come first when ascending, on both databases.
    fn order(&self, backwards: bool, dialect: Dialect) -> String {
        let descending = self.descending != backwards;
        let word = if descending { "DESC" } else { "ASC" };
        match &self.column {
            None => format!(" ORDER BY n {word}"),
            Some(column) => {
                let nulls = match (dialect, descending) {
                    (Dialect::Sqlite, _) => "",
                    (Dialect::Postgres, true) => " NULLS LAST",
                    (Dialect::Postgres, false) => " NULLS FIRST",
                };
                format!(" ORDER BY {} {word}{nulls}, n {word}", column.compared)
            }
        }
    }
}

/// Where a page begins: the row before it, in the order of one sort.
pub(super) struct Cursor {
    backwards: bool,
    value: Value,
    n: i64,
}

impl Cursor {
    pub(super) fn parse(text: &str, sort: &Sort) -> Result<Self, Error> {
        let (backwards, sorted, value, n): (bool, String, Value, i64) = cursor::read(text)?;
        if sorted == sort.text { Ok(Self { backwards, value, n }) } else { Err(cursor::foreign()) }
    }

    fn write(backwards: bool, sort: &Sort, value: &Value, n: i64) -> String {
        cursor::write(&(backwards, &sort.text, value, n))
    }
}

/// One page, without labels and total.
pub(super) async fn page(
    db: &impl Sql,
    seat: &Seat,
    wanted: &[Wanted],
    condition: &Query,
    sort: &Sort,
    cursor: Option<Cursor>,
    limit: u64,
) -> Result<RecordPage, Error> {
    let mut select = "SELECT n, id, version".to_owned();
    for it in wanted {
        select.push_str(", ");
        select.push_str(&it.read);
    }
    if let Some(column) = &sort.column {
        select.push_str(", ");
        select.push_str(&column.read);
    }
    let backwards = cursor.as_ref().is_some_and(|it| it.backwards);
    let order = sort.order(backwards, seat.dialect);
    let mut found: Vec<(i64, Value, Row)> = Vec::new();
    for part in parts(sort, cursor.as_ref(), seat.dialect) {
        let missing = limit as usize + 1 - found.len().min(limit as usize + 1);
        if missing == 0 {
            break;
        }
        let mut query = Query {
            text: format!("{select} FROM {} WHERE ", seat.module.table.quoted()),
            values: condition.values.clone(),
        };
        query.push(&condition.text);
        part(&mut query);
        query.push(&order).push(" LIMIT ").bind(missing as i64);
        for row in db.rows(query).await? {
            let mut data = Map::new();
            for (index, it) in wanted.iter().enumerate() {
                let value = loaded(it.kind, &row, index + 3)?;
                if !value.is_null() {
                    data.insert(it.key.clone(), value);
                }
            }
            let value = match &sort.column {
                Some(column) => loaded(column.kind, &row, wanted.len() + 3)?,
                None => Value::Null,
            };
            let shown = present(seat, data);
            found.push((
                row.get(0)?,
                value,
                Row { id: row.get(1)?, version: row.get(2)?, data: shown, ..Row::default() },
            ));
        }
    }
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    if backwards {
        found.reverse();
    }
    let edge = |backwards: bool, at: Option<&(i64, Value, Row)>| {
        at.map(|(n, value, _)| Cursor::write(backwards, sort, value, *n))
    };
    // Where one came from there is a page; where one goes to, if more was found.
    let came = cursor.is_some();
    let next = if backwards || more { edge(false, found.last()) } else { None };
    let prev = if (backwards && more) || (!backwards && came) { edge(true, found.first()) } else { None };
    Ok(RecordPage { rows: found.into_iter().map(|it| it.2).collect(), next, prev, total: None })
}

/// The row as the person may see it; platform columns are nobody's secret.
fn present(seat: &Seat, data: Map<String, Value>) -> Map<String, Value> {
    let (fields, system): (Map<String, Value>, Map<String, Value>) =
        data.into_iter().partition(|it| seat.module.table.column(&it.0).is_some());
    let mut shown = policy::present(&seat.access, &fields);
    shown.extend(system);
    shown
}

type Part = Box<dyn Fn(&mut Query) + Send>;

/// The stretches of the order that a page may lie in, first to last. Blank values are a stretch of their own, so that
/// every stretch is one range of the index.
fn parts(sort: &Sort, cursor: Option<&Cursor>, dialect: Dialect) -> Vec<Part> {
    let Some(cursor) = cursor else { return vec![Box::new(|_| {})] };
    let n = cursor.n;
    let descending = sort.descending != cursor.backwards;
    let sign = if descending { " < " } else { " > " };
    let Some(column) = &sort.column else {
        return vec![Box::new(move |query| {
            query.push(" AND n").push(sign).bind(n);
        })];
    };
    let compared = column.compared.clone();
    let cast = column.cast;
    let place = compared.clone();
    if cursor.value.is_null() {
        let among: Part = Box::new(move |query| {
            query.push(" AND ").push(&place).push(" IS NULL AND n").push(sign).bind(n);
        });
        if descending {
            return vec![among];
        }
        let rest: Part = Box::new(move |query| {
            query.push(" AND ").push(&compared).push(" IS NOT NULL");
        });
        return vec![among, rest];
    }
    let value: Bound = match (column.kind, dialect) {
        (Kind::Decimal | Kind::Number, Dialect::Sqlite) => {
            let text = cursor.value.as_str().map_or_else(|| cursor.value.to_string(), str::to_owned);
            text.parse::<f64>().unwrap_or_default().into()
        }
        (kind, _) => bound(kind, &cursor.value),
    };
    let among: Part = Box::new(move |query| {
        query
            .push(" AND (")
            .push(&place)
            .push(", n)")
            .push(sign)
            .push("(")
            .bind(value.clone())
            .push(cast)
            .push(", ")
            .bind(n)
            .push(")");
    });
    if !descending {
        return vec![among];
    }
    let rest: Part = Box::new(move |query| {
        query.push(" AND ").push(&compared).push(" IS NULL");
    });
    vec![among, rest]
}

/// A page from the beginning, in the order of creation, newest first; for boards.
pub(super) async fn first(
    db: &impl Sql,
    seat: &Seat,
    wanted: &[Wanted],
    condition: &Query,
    limit: u64,
) -> Result<Vec<Row>, Error> {
    let sort = Sort::parse(seat, "-created_at")?;
    Ok(page(db, seat, wanted, condition, &sort, None, limit).await?.rows)
}

/// Number of records a condition holds for.
pub(super) async fn count(db: &impl Sql, seat: &Seat, condition: &Query) -> Result<u64, Error> {
    let mut query = sql::Query {
        text: format!("SELECT COUNT(*) FROM {} WHERE ", seat.module.table.quoted()),
        values: condition.values.clone(),
    };
    query.push(&condition.text);
    Ok(db.row(query).await?.map(|it| it.get::<i64>(0)).transpose()?.unwrap_or(0) as u64)
}
