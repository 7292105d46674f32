//! Rows of modules' tables: insert, read, change, and the search index beside them. Knows no rights and no rules;
//! [`crate::records`] does.

use std::collections::{BTreeMap, BTreeSet};

use runtime::id::{DeptId, FieldKey, InstanceId, ModuleKey, RecordId, UserId};
use sea_orm::Value as Bound;
use serde_json::{Map, Number, Value};

use super::instances;
use super::sql::{Dialect, Query, Row, Sql, array, ident};
use super::table::{Column, Kind, Table};
use super::together::{Deed, Shape};
use super::tokens;
use super::tx::Tx;
use crate::error::Error;

/// A record as stored.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stored {
    /// Counts up with every new record of the module.
    pub n: i64,
    pub id: RecordId,
    pub version: i64,
    pub owner: Option<UserId>,
    pub department: Option<DeptId>,
    pub created_at: String,
    pub created_by: UserId,
    pub updated_at: String,
    pub updated_by: UserId,
    pub data: Map<String, Value>,
}

/// System columns in the order [`stored`] reads them.
pub(super) const SYSTEM: &str = "n, id, version, owner, department, created_at, created_by, updated_at, updated_by";
const SYSTEM_COUNT: usize = 9;

/// A field's value as it is bound.
pub fn bound(kind: Kind, value: &Value) -> Bound {
    match (kind, value) {
        (Kind::Integer, Value::Number(it)) => it.as_i64().into(),
        (Kind::Integer, _) => Bound::BigInt(None),
        (Kind::Bool, Value::Bool(it)) => (*it).into(),
        (Kind::Bool, _) => Bound::Bool(None),
        (_text, Value::Null) => Bound::String(None),
        (Kind::Json, it) => it.to_string().into(),
        (Kind::Text | Kind::Decimal | Kind::Number, Value::String(it)) => it.clone().into(),
        (Kind::Text | Kind::Decimal | Kind::Number, it) => it.to_string().into(),
    }
}

/// A field's value as it was read from `row`.
pub fn loaded(kind: Kind, row: &Row, column: usize) -> Result<Value, Error> {
    Ok(match kind {
        Kind::Integer => row.get::<Option<i64>>(column)?.map_or(Value::Null, Value::from),
        Kind::Bool => row.get::<Option<bool>>(column)?.map_or(Value::Null, Value::Bool),
        Kind::Text | Kind::Decimal => row.get::<Option<String>>(column)?.map_or(Value::Null, Value::String),
        Kind::Number => match row.get::<Option<String>>(column)? {
            Some(text) => serde_json::from_str::<Number>(&text).map_or(Value::String(text), Value::Number),
            None => Value::Null,
        },
        Kind::Json => match row.get::<Option<String>>(column)? {
            Some(text) => serde_json::from_str(&text)?,
            None => Value::Null,
        },
    })
}

fn stored(table: &Table, row: &Row) -> Result<Stored, Error> {
    let mut data = Map::new();
    for (index, column) in table.columns.iter().enumerate() {
        let value = loaded(column.kind, row, SYSTEM_COUNT + index)?;
        if !value.is_null() {
            data.insert(column.key.0.clone(), value);
        }
    }
    Ok(Stored {
        n: row.get(0)?,
        id: RecordId(row.get(1)?),
        version: row.get(2)?,
        owner: row.get::<Option<String>>(3)?.map(UserId),
        department: row.get::<Option<String>>(4)?.map(DeptId),
        created_at: row.get(5)?,
        created_by: UserId(row.get(6)?),
        updated_at: row.get(7)?,
        updated_by: UserId(row.get(8)?),
        data,
    })
}

/// `SELECT` of whole records, up to their condition.
fn select(table: &Table) -> Query {
    let mut query = Query::new(table.selected.as_str());
    query.push(" FROM ").push(&table.quoted());
    query
}

/// Reads a record that is not deleted. With `lock` nobody else changes it until the transaction ends.
pub async fn find(db: &impl Sql, table: &Table, id: &RecordId, lock: bool) -> Result<Option<Stored>, Error> {
    let mut query = select(table);
    query.push(" WHERE deleted_at IS NULL AND id = ").bind(id.as_str());
    if lock {
        query.push(db.dialect().for_update());
    }
    db.row(query).await?.map(|row| stored(table, &row)).transpose()
}

/// Reads a record that is not deleted and an instance of it, in one way to the database and back; nobody else changes them
/// until the transaction ends. PostgreSQL: the record is locked first, as everywhere, and both are what they are then.
pub async fn find_with_instance(
    tx: &Tx,
    table: &Table,
    id: &RecordId,
    instance: &InstanceId,
) -> Result<Option<(Stored, instances::Stored)>, Error> {
    let mut query = Query::new("WITH r AS MATERIALIZED (");
    query.push(&table.selected).push(" FROM ").push(&table.quoted());
    query
        .push(" WHERE deleted_at IS NULL AND id = ")
        .bind(id.as_str())
        .push(" FOR UPDATE), i AS MATERIALIZED (SELECT ");
    query.push(&instances::whole("instances")).push(" FROM instances WHERE id = ").bind(instance.as_str());
    query.push(" AND EXISTS (SELECT 1 FROM r) FOR UPDATE) SELECT r.*, i.* FROM r, i");
    let row = tx.row(query).await?;
    let both = |row: Row| Ok((stored(table, &row)?, instances::stored(&row, SYSTEM_COUNT + table.columns.len())?));
    row.map(both).transpose()
}

/// The same on PostgreSQL for several records and instances at once. What somebody else has locked is left out: nobody waits.
pub async fn find_with_instances(
    tx: &Tx,
    table: &Table,
    ids: &[&RecordId],
    instances: &[&InstanceId],
) -> Result<Vec<(Stored, instances::Stored)>, Error> {
    let mut query = Query::new("WITH r AS MATERIALIZED (");
    query.push(&table.selected).push(" FROM ").push(&table.quoted()).push(" WHERE deleted_at IS NULL AND id = ANY(");
    query
        .bind(array(ids.iter().map(|it| it.as_str())))
        .push("::text[]) FOR UPDATE SKIP LOCKED), i AS MATERIALIZED (SELECT ");
    query.push(&instances::whole("instances")).push(" FROM instances WHERE id = ANY(");
    query.bind(array(instances.iter().map(|it| it.as_str())));
    query.push("::text[]) AND record IN (SELECT id FROM r) FOR UPDATE SKIP LOCKED) ");
    query.push("SELECT r.*, i.* FROM r JOIN i ON i.record = r.id");
    let both = |row: &Row| Ok((stored(table, row)?, instances::stored(row, SYSTEM_COUNT + table.columns.len())?));
    tx.rows(query).await?.iter().map(both).collect()
}

/// From here to the end of the transaction nobody else moves records of this table in their trees. SQLite has one writer
/// anyway.
pub async fn lock_trees(tx: &Tx, table: &Table) -> Result<(), Error> {
    if tx.dialect() == Dialect::Postgres {
        let mut query = Query::new("SELECT 1 FROM (SELECT pg_advisory_xact_lock(7066, hashtext(");
        query.bind(table.name.as_str()).push("))) AS locked");
        tx.row(query).await?;
    }
    Ok(())
}

/// From here to the end of the transaction nobody else decides who of a group is chosen. SQLite has one writer anyway.
pub async fn lock_group(tx: &Tx, table: &Table, field: &str, group: &str) -> Result<(), Error> {
    if tx.dialect() == Dialect::Postgres {
        let mut query = Query::new("SELECT 1 FROM (SELECT pg_advisory_xact_lock(7067, hashtext(");
        query.bind(format!("{}/{field}/{group}", table.name)).push("))) AS locked");
        tx.row(query).await?;
    }
    Ok(())
}

/// Reads records by id, those that exist and `also` holds for, in no order.
pub async fn find_all(db: &impl Sql, table: &Table, ids: &[RecordId]) -> Result<Vec<Stored>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = select(table);
    query.push(" WHERE deleted_at IS NULL AND id IN ").bind_list(ids.iter().map(RecordId::as_str));
    db.rows(query).await?.iter().map(|row| stored(table, row)).collect()
}

/// Reads whole records by a condition of ours.
pub async fn find_where(db: &impl Sql, table: &Table, condition: Query, tail: &str) -> Result<Vec<Stored>, Error> {
    let mut query = Query { values: condition.values, ..select(table) };
    query.push(" WHERE deleted_at IS NULL AND (").push(&condition.text).push(")").push(tail);
    db.rows(query).await?.iter().map(|row| stored(table, row)).collect()
}

/// Stores a new record. Its place `n` is given by the database and known to who reads it.
pub async fn insert(db: &impl Sql, table: &Table, it: &Stored, names: &Names) -> Result<(), Error> {
    let dialect = db.dialect();
    let words = words(table, &it.data, names);
    let mut query = Query::new(format!(
        "INSERT INTO {} (id, version, owner, department, created_at, created_by, updated_at, updated_by",
        table.quoted()
    ));
    if dialect == Dialect::Postgres {
        query.push(", search");
    }
    let filled: Vec<(&Column, &Value)> = table
        .columns
        .iter()
        .filter_map(|column| Some((column, it.data.get(column.key.as_str())?)))
        .filter(|it| !it.1.is_null())
        .collect();
    for (column, _) in &filled {
        query.push(", ").name(&column.name);
    }
    query.push(") VALUES (").bind(it.id.as_str()).push(", ").bind(it.version);
    query
        .push(", ")
        .bind(it.owner.as_ref().map(UserId::as_str))
        .push(", ")
        .bind(it.department.as_ref().map(DeptId::as_str));
    for text in [&it.created_at, &it.created_by.0, &it.updated_at, &it.updated_by.0] {
        query.push(", ").bind(text.as_str());
    }
    if dialect == Dialect::Postgres {
        query.push(", ").bind(words.as_str());
    }
    for (column, value) in &filled {
        query.push(", ").bind(bound(column.kind, value)).push(column.cast(dialect));
    }
    query.push(")");
    db.later_rows(query, || {
        let system = "id, version, owner, department, created_at, created_by, updated_at, updated_by, search";
        let columns = filled.iter().map(|it| it.0);
        Shape::new(Deed::Insert, &table.name, system)
            .with(columns.map(|it| (it.name.clone(), it.kind == Kind::Json)))
            .key("id")
    })
    .await?;
    if dialect == Dialect::Sqlite && !words.is_empty() {
        let mut query =
            Query::new(format!("INSERT INTO {} (rowid, tokens) VALUES (last_insert_rowid(), ", table.search_table()));
        query.bind(words).push(")");
        db.later(query).await?;
    }
    Ok(())
}

/// Writes changed fields of a record; `after` is the whole record as it is then, its version and stamps too. `names` is
/// asked only where [`Table::words_change`].
pub async fn update(
    db: &impl Sql,
    table: &Table,
    after: &Stored,
    changed: &BTreeSet<FieldKey>,
    names: &Names,
) -> Result<(), Error> {
    let dialect = db.dialect();
    let mut query = Query::new(format!("UPDATE {} SET version = ", table.quoted()));
    query
        .bind(after.version)
        .push(", updated_at = ")
        .bind(after.updated_at.as_str())
        .push(", updated_by = ")
        .bind(after.updated_by.as_str());
    query
        .push(", owner = ")
        .bind(after.owner.as_ref().map(UserId::as_str))
        .push(", department = ")
        .bind(after.department.as_ref().map(DeptId::as_str));
    let searched = table.words_change(changed);
    for column in table.columns.iter().filter(|it| changed.contains(&it.key)) {
        let value = after.data.get(column.key.as_str()).unwrap_or(&Value::Null);
        query
            .push(", ")
            .push(&ident(&column.name))
            .push(" = ")
            .bind(bound(column.kind, value))
            .push(column.cast(dialect));
    }
    let words = if searched { words(table, &after.data, names) } else { String::new() };
    if searched && dialect == Dialect::Postgres {
        query.push(", search = ").bind(words.as_str());
    }
    query.push(" WHERE id = ").bind(after.id.as_str());
    db.later_rows(query, || {
        let columns = table.columns.iter().filter(|it| changed.contains(&it.key));
        let mut shape = Shape::new(Deed::Update, &table.name, "version, updated_at, updated_by, owner, department")
            .with(columns.map(|it| (it.name.clone(), it.kind == Kind::Json)));
        if searched {
            shape = shape.with([("search".to_owned(), false)]);
        }
        shape.with([("id".to_owned(), false)]).key("id")
    })
    .await?;
    if searched && dialect == Dialect::Sqlite {
        let mut query = Query::new(format!("INSERT OR REPLACE INTO {} (rowid, tokens) VALUES (", table.search_table()));
        query.bind(after.n).push(", ").bind(words).push(")");
        db.later(query).await?;
    }
    Ok(())
}

/// Writes the words of a record anew: what it refers to has another name.
pub async fn reindex(db: &impl Sql, table: &Table, it: &Stored, names: &Names) -> Result<(), Error> {
    let words = words(table, &it.data, names);
    let mut query = Query::default();
    match db.dialect() {
        Dialect::Sqlite => {
            query
                .push(&format!("INSERT OR REPLACE INTO {} (rowid, tokens) VALUES (", table.search_table()))
                .bind(it.n)
                .push(", ")
                .bind(words)
                .push(")");
        }
        Dialect::Postgres => {
            query.push(&format!("UPDATE {} SET search = ", table.quoted())).bind(words).push(" WHERE n = ").bind(it.n);
        }
    }
    db.later(query).await
}

/// Marks a record deleted. Its row stays for history; lists and look-ups no longer see it.
pub async fn delete(db: &impl Sql, table: &Table, n: i64, at: &str, by: &UserId) -> Result<(), Error> {
    let mut query = Query::new(format!("UPDATE {} SET version = version + 1, deleted_at = ", table.quoted()));
    query
        .bind(at)
        .push(", updated_at = ")
        .bind(at)
        .push(", updated_by = ")
        .bind(by.as_str())
        .push(" WHERE n = ")
        .bind(n);
    db.later(query).await?;
    if db.dialect() == Dialect::Sqlite {
        let mut query = Query::new(format!("DELETE FROM {} WHERE rowid = ", table.search_table()));
        query.bind(n);
        db.later(query).await?;
    }
    Ok(())
}

/// What records are called, by their id.
pub type Names = BTreeMap<String, String>;

/// The words of a record for the search index, separated by spaces: its own, and the names of what it refers to.
fn words(table: &Table, data: &Map<String, Value>, names: &Names) -> String {
    let mut words = BTreeSet::new();
    for column in table.columns.iter().filter(|it| it.refers()) {
        let text = match data.get(column.key.as_str()) {
            Some(Value::String(id)) => names.get(id).cloned().unwrap_or_default(),
            Some(Value::Array(ids)) => {
                ids.iter().filter_map(|it| names.get(it.as_str()?).map(String::as_str)).collect::<Vec<_>>().join(" ")
            }
            Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_)) | None => continue,
        };
        if column.closed {
            tokens::tagged(&text, &tokens::tag(column.key.as_str()), &mut words);
        } else {
            tokens::words(&text, &mut words);
        }
    }
    for column in table.columns.iter().filter(|it| it.search || it.number) {
        let text = match data.get(column.key.as_str()) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            Some(Value::Null | Value::Bool(_)) | None => continue,
            Some(other @ (Value::Array(_) | Value::Object(_))) => other.to_string(),
        };
        if column.closed {
            tokens::tagged(&text, &tokens::tag(column.key.as_str()), &mut words);
        } else {
            tokens::words(&text, &mut words);
        }
    }
    words.into_iter().collect::<Vec<_>>().join(" ")
}

/// What records are called: `label` is the field that names them. Deleted ones keep their name.
pub async fn labels(
    db: &impl Sql,
    table: &Table,
    label: &FieldKey,
    ids: &BTreeSet<String>,
) -> Result<BTreeMap<String, String>, Error> {
    labels_where(db, table, label, ids, |_| {}).await
}

/// The same of those for which a condition holds, which `also` adds.
pub async fn labels_where(
    db: &impl Sql,
    table: &Table,
    label: &FieldKey,
    ids: &BTreeSet<String>,
    also: impl FnOnce(&mut Query),
) -> Result<BTreeMap<String, String>, Error> {
    let Some(column) = table.column(label.as_str()).filter(|_| !ids.is_empty()) else { return Ok(BTreeMap::new()) };
    let mut query =
        Query::new(format!("SELECT id, {} FROM {} WHERE id IN ", column.read(db.dialect()), table.quoted()));
    query.bind_list(ids.iter().map(String::as_str));
    also(&mut query);
    db.rows(query)
        .await?
        .iter()
        .map(|row| {
            let value = loaded(column.kind, row, 1)?;
            Ok((row.get(0)?, value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
        })
        .collect()
}

/// The next number of a counter; successive within the transaction that made the record.
pub async fn count_up(db: &Tx, module: &ModuleKey, field: &FieldKey, period: &str) -> Result<u64, Error> {
    let counter = [module.0.clone(), field.0.clone(), period.to_owned()];
    // On SQLite, and where units share a transaction, nobody else counts while it is open: the last number is written once,
    // at its end.
    let last = match db.counted(&counter) {
        Some(last) => Some(last),
        None if db.dialect() == Dialect::Sqlite => Some(counted(db, &counter).await?.unwrap_or(0)),
        None => None,
    };
    if let Some(last) = last {
        db.count(counter, last + 1);
        return Ok(last as u64 + 1);
    }
    let mut query = Query::new("INSERT INTO counters (module, field, period, last) VALUES (");
    query.bind(module.as_str()).push(", ").bind(field.as_str()).push(", ").bind(period);
    query.push(", 1) ON CONFLICT (module, field, period) DO UPDATE SET last = counters.last + 1 RETURNING last");
    let row = db.row(query).await?.ok_or_else(|| super::fault("a counter answered nothing"))?;
    Ok(row.get::<i64>(0)? as u64)
}

/// The last number of a counter, which nobody else changes until the transaction ends; none: it has given none.
pub async fn counted(db: &impl Sql, [module, field, period]: &[String; 3]) -> Result<Option<i64>, Error> {
    let mut query = Query::new("SELECT last FROM counters WHERE module = ");
    query.bind(module.as_str()).push(" AND field = ").bind(field.as_str()).push(" AND period = ");
    query.bind(period.as_str()).push(db.dialect().for_update());
    db.row(query).await?.map(|row| row.get(0)).transpose()
}

/// What an earlier request with the same key made.
#[derive(Clone, Debug, PartialEq)]
pub struct Once {
    pub module: ModuleKey,
    pub record: RecordId,
    /// Digest of what it asked; blank: not known.
    pub asked: String,
}

/// The record an earlier request with the same key made.
pub async fn made_once(db: &impl Sql, person: &UserId, key: &str) -> Result<Option<Once>, Error> {
    let mut query = Query::new("SELECT module, record, asked FROM once WHERE person = ");
    query.bind(person.as_str()).push(" AND key = ").bind(key);
    let read =
        |row: Row| Ok(Once { module: ModuleKey(row.get(0)?), record: RecordId(row.get(1)?), asked: row.get(2)? });
    db.row(query).await?.map(read).transpose()
}

/// Remembers which record a request makes. False: an earlier request with the same key has made one; one that is
/// under way is waited for.
pub async fn remember(db: &Tx, person: &UserId, key: &str, made: &Once, at: &str) -> Result<bool, Error> {
    let columns = "person, key, module, record, at, asked";
    let mut query = Query::new(format!("INSERT INTO once ({columns}) VALUES "));
    query.bind_list([person.as_str(), key, made.module.as_str(), made.record.as_str(), at, made.asked.as_str()]);
    if db.dialect() == Dialect::Sqlite {
        // Nobody else remembers anything while this transaction is open.
        if made_once(db, person, key).await?.is_some() {
            return Ok(false);
        }
        db.later(query).await?;
        return Ok(true);
    }
    if db.is_shared() {
        // Where there is such a row all of it is refused, and this request looks for it on its own.
        db.later_rows(query, || Shape::new(Deed::Insert, "once", columns)).await?;
        return Ok(true);
    }
    query.push(" ON CONFLICT (person, key) DO NOTHING");
    Ok(db.exec(query).await? == 1)
}

/// The module of a record of which only the id is known.
pub async fn module_of(db: &impl Sql, id: &RecordId) -> Result<Option<ModuleKey>, Error> {
    let mut query = Query::new("SELECT module FROM history WHERE record = ");
    query.bind(id.as_str()).push(" LIMIT 1");
    db.row(query).await?.map(|row| Ok(ModuleKey(row.get(0)?))).transpose()
}

/// Adds the condition that a record has all words of a question. `tags`: closed fields the person may read.
pub fn searched(query: &mut Query, table: &Table, dialect: Dialect, asked: &[tokens::Asked], tags: &[String]) {
    match dialect {
        Dialect::Sqlite => {
            query.push(&format!("n IN (SELECT rowid FROM {0} WHERE {0} MATCH ", table.search_table()));
            query.bind(tokens::fts5(asked, tags)).push(")");
        }
        Dialect::Postgres => {
            query
                .push("array_to_tsvector(string_to_array(search, ' ')) @@ ")
                .bind(tokens::tsquery(asked, tags))
                .push("::tsquery");
        }
    }
}
