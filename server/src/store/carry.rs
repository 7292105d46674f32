//! What is stored follows its field: a field is known by its `x-id` (`runtime::form::translate`), and when it gets another key or another type its values
//! move to the column it has from then on. Part of publishing, in its transaction.

use runtime::form::convert::{Conversion, is_another};
use runtime::form::field::fields;
use runtime::form::translate::{Translation, counterpart};
use runtime::model::module::Module;
use serde_json::{Value, json};

use super::records::{bound, loaded};
use super::sql::{Query, Sql, ident};
use super::table::{Column, Table};
use crate::error::Error;

/// Values converted at a time.
const AT_ONCE: usize = 500;

/// Moves the values of fields whose column is another than before. A value that cannot be converted stays in the old column,
/// where it is found again when the field goes back to its type; nobody sees it until then.
pub async fn carry(db: &impl Sql, before: (&Module, &Table), now: (&Module, &Table)) -> Result<(), Error> {
    let (was, is) = (fields(&before.0.schema), fields(&now.0.schema));
    let (mut moves, mut tables) = (Vec::new(), Vec::new());
    for one in &was {
        let Some(other) = counterpart(one, &was, &is) else { continue };
        let (old, new) = (one.key.as_str(), other.key.as_str());
        let (Some(before_schema), Some(schema)) = (raw(before.0, old), raw(now.0, new)) else { continue };
        let (Some(from), Some(to)) = (before.1.column(old), now.1.column(new)) else { continue };
        if from.number && old != new {
            rename_counters(db, now.1, old, new).await?;
        }
        if from.name != to.name {
            moves.push((from, to, schema));
        } else if is_another(before_schema, schema) {
            in_place(db, now.1, to, schema).await?;
        }
        let alone = |schema: &Value| json!({ "properties": { "it": schema } });
        let rows = Translation::between(&alone(before_schema), &alone(schema));
        if !rows.is_nothing() {
            tables.push((to, rows));
        }
    }
    // Two fields may have changed places: what is moved last must not be what another needs.
    let mut waiting = moves;
    while !waiting.is_empty() {
        let free = waiting.iter().position(|(_, to, _)| waiting.iter().all(|(from, ..)| from.name != to.name));
        match free {
            Some(at) => {
                let (from, to, schema) = waiting.remove(at);
                one(db, now.1, from, to, schema).await?;
            }
            None => {
                // A circle: one of them waits beside.
                let (from, to, schema) = waiting.remove(0);
                let beside = aside(db, now.1, from).await?;
                circle(db, now.1, &mut waiting).await?;
                one(db, now.1, &beside, to, schema).await?;
            }
        }
    }
    for (column, rows) in tables {
        inside(db, now.1, column, &rows).await?;
    }
    Ok(())
}

/// Columns of a sub-table that are called or typed otherwise: its rows get the new keys.
async fn inside(db: &impl Sql, table: &Table, column: &Column, rows: &Translation) -> Result<(), Error> {
    let mut after = 0i64;
    loop {
        let found = values(db, table, column, after, AT_ONCE, true).await?;
        let Some((last, _)) = found.last() else { return Ok(()) };
        after = *last;
        for (n, before) in found {
            let Some(value) = rows.stored_rows("it", &before).filter(|it| *it != before) else { continue };
            let mut query = Query::new(format!("UPDATE {} SET {} = ", table.quoted(), ident(&column.name)));
            query.bind(bound(column.kind, &value)).push(column.cast(db.dialect()));
            query.push(" WHERE n = ").bind(n);
            db.exec(query).await?;
        }
    }
}

/// Moves those that are free now that one of the circle stands aside.
async fn circle(db: &impl Sql, table: &Table, waiting: &mut Vec<(&Column, &Column, &Value)>) -> Result<(), Error> {
    while let Some(at) = waiting.iter().position(|(_, to, _)| waiting.iter().all(|(from, ..)| from.name != to.name)) {
        let (from, to, schema) = waiting.remove(at);
        one(db, table, from, to, schema).await?;
    }
    Ok(())
}

/// A field's own schema.
fn raw<'a>(module: &'a Module, key: &str) -> Option<&'a Value> {
    module.schema.get("properties")?.get(key)
}

async fn one(db: &impl Sql, table: &Table, from: &Column, to: &Column, schema: &Value) -> Result<(), Error> {
    if from.kind == to.kind {
        let (old, new) = (ident(&from.name), ident(&to.name));
        let text = format!("UPDATE {} SET {new} = {old}, {old} = NULL WHERE {old} IS NOT NULL", table.quoted());
        db.exec(Query::new(text)).await?;
        return Ok(());
    }
    let Some(conversion) = Conversion::new(schema) else { return Ok(()) };
    let mut after = 0i64;
    loop {
        let rows = values(db, table, from, after, AT_ONCE, true).await?;
        let Some((last, _)) = rows.last() else { return Ok(()) };
        after = *last;
        for (n, value) in rows {
            let Some(value) = conversion.convert(&value) else { continue };
            let mut query = Query::new(format!("UPDATE {} SET {} = ", table.quoted(), ident(&to.name)));
            query.bind(bound(to.kind, &value)).push(to.cast(db.dialect()));
            query.push(&format!(", {} = NULL WHERE n = ", ident(&from.name))).bind(n);
            db.exec(query).await?;
        }
    }
}

/// Another type that is stored in the same column: a text becomes a choice. What does not fit stays to be corrected.
async fn in_place(db: &impl Sql, table: &Table, column: &Column, schema: &Value) -> Result<(), Error> {
    let Some(conversion) = Conversion::new(schema) else { return Ok(()) };
    let mut after = 0i64;
    loop {
        let rows = values(db, table, column, after, AT_ONCE, true).await?;
        let Some((last, _)) = rows.last() else { return Ok(()) };
        after = *last;
        for (n, before) in rows {
            let Some(value) = conversion.convert(&before).filter(|it| *it != before) else { continue };
            let mut query = Query::new(format!("UPDATE {} SET {} = ", table.quoted(), ident(&column.name)));
            query.bind(bound(column.kind, &value)).push(column.cast(db.dialect()));
            query.push(" WHERE n = ").bind(n);
            db.exec(query).await?;
        }
    }
}

/// Values of a column in the order of the records; of deleted ones too, if wanted.
pub async fn values(
    db: &impl Sql,
    table: &Table,
    column: &Column,
    after: i64,
    most: usize,
    deleted: bool,
) -> Result<Vec<(i64, Value)>, Error> {
    let mut query = Query::new(format!("SELECT n, {} FROM {}", column.read(db.dialect()), table.quoted()));
    query.push(&format!(" WHERE {} IS NOT NULL", ident(&column.name)));
    if !deleted {
        query.push(" AND deleted_at IS NULL");
    }
    query.push(" AND n > ").bind(after).push(&format!(" ORDER BY n LIMIT {most}"));
    db.rows(query).await?.iter().map(|row| Ok((row.get(0)?, loaded(column.kind, row, 1)?))).collect()
}

/// Puts a column's values into one of its own until their place is free.
async fn aside(db: &impl Sql, table: &Table, from: &Column) -> Result<Column, Error> {
    let mut beside = from.clone();
    beside.name = format!("{}__carried", from.name);
    let has = super::ddl::existing(db, &table.module).await?;
    if !has.contains_key(&beside.name) {
        let kind = from.kind.sql_type(db.dialect());
        db.script(&format!("ALTER TABLE {} ADD COLUMN {} {kind}", table.quoted(), ident(&beside.name))).await?;
    }
    let (old, new) = (ident(&from.name), ident(&beside.name));
    db.exec(Query::new(format!("UPDATE {} SET {new} = {old}, {old} = NULL", table.quoted()))).await?;
    Ok(beside)
}

/// Numbers go on where they were.
async fn rename_counters(db: &impl Sql, table: &Table, old: &str, new: &str) -> Result<(), Error> {
    let mut query = Query::new("DELETE FROM counters WHERE module = ");
    query.bind(table.module.as_str()).push(" AND field = ").bind(new);
    db.exec(query).await?;
    let mut query = Query::new("UPDATE counters SET field = ");
    query.bind(new).push(" WHERE module = ").bind(table.module.as_str()).push(" AND field = ").bind(old);
    db.exec(query).await?;
    Ok(())
}
