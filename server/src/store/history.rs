//! Every change of every record: who, when, which field, from, to, through which channel. Append only.

use api::record::FieldChange;
use runtime::id::{ModuleKey, RecordId, UserId};
use runtime::model::module::Module;
use serde_json::{Map, Value};

use super::former;
use super::sql::{Query, Sql};
use super::together::{Deed, Shape};
use crate::actor::Channel;
use crate::error::Error;

/// One entry to write.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    pub module: &'a ModuleKey,
    pub record: &'a RecordId,
    pub at: &'a str,
    pub by: &'a UserId,
    pub channel: Channel,
    /// `created`, `changed`, `deleted`, `task`, `flow`.
    pub kind: &'a str,
    /// Version of the record after it.
    pub version: i64,
    pub changes: &'a [FieldChange],
    pub info: &'a Map<String, Value>,
}

/// Writes entries in one statement.
pub async fn add(db: &impl Sql, entries: &[Entry<'_>]) -> Result<(), Error> {
    if entries.is_empty() {
        return Ok(());
    }
    let columns = "module, record, at, person, channel, kind, version, changes, info";
    let mut query = Query::new(format!("INSERT INTO history ({columns}) VALUES "));
    for (index, it) in entries.iter().enumerate() {
        query.push(if index == 0 { "(" } else { ", (" });
        query
            .bind(it.module.as_str())
            .push(", ")
            .bind(it.record.as_str())
            .push(", ")
            .bind(it.at)
            .push(", ")
            .bind(it.by.as_str());
        query.push(", ").bind(it.channel.as_str()).push(", ").bind(it.kind).push(", ").bind(it.version);
        query
            .push(", ")
            .bind(serde_json::to_string(it.changes)?)
            .push(", ")
            .bind(serde_json::to_string(it.info)?)
            .push(")");
    }
    db.later_rows(query, || Shape::new(Deed::Insert, "history", columns)).await
}

/// An entry as stored.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Past {
    /// Its place among all entries.
    pub n: i64,
    pub at: String,
    pub by: UserId,
    pub channel: String,
    pub kind: String,
    pub version: i64,
    pub changes: Vec<FieldChange>,
    pub info: Map<String, Value>,
}

/// The newest entries of a record, by the keys its fields have in the module today.
pub async fn of(db: &impl Sql, module: &Module, record: &RecordId, limit: u64) -> Result<Vec<Past>, Error> {
    read(db, module, record, 0, limit).await
}

/// What happened to a record after a version, newest first.
pub async fn since(db: &impl Sql, module: &Module, record: &RecordId, version: i64) -> Result<Vec<Past>, Error> {
    read(db, module, record, version, 1_000).await
}

async fn read(db: &impl Sql, module: &Module, record: &RecordId, version: i64, limit: u64) -> Result<Vec<Past>, Error> {
    let mut query =
        Query::new("SELECT n, at, person, channel, kind, version, changes, info FROM history WHERE record = ");
    query
        .bind(record.as_str())
        .push(" AND version > ")
        .bind(version)
        .push(" ORDER BY n DESC LIMIT ")
        .bind(limit as i64);
    let found: Result<Vec<Past>, Error> = db
        .rows(query)
        .await?
        .iter()
        .map(|row| {
            Ok(Past {
                n: row.get(0)?,
                at: row.get(1)?,
                by: UserId(row.get(2)?),
                channel: row.get(3)?,
                kind: row.get(4)?,
                version: row.get(5)?,
                changes: row.json(6)?,
                info: row.json(7)?,
            })
        })
        .collect();
    let mut found = found?;
    former::of(db, &module.definition.key).await?.today(&module.schema, &mut found);
    Ok(found)
}
