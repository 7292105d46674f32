//! Files that were uploaded: what they are called, whose they are, in which record. Their content lies in a folder, under
//! their id.

use std::collections::BTreeSet;

use runtime::id::{RecordId, UserId};

use super::sql::{Query, Row, Sql};
use crate::error::Error;

/// A file as stored.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Upload {
    pub id: String,
    pub name: String,
    /// Bytes.
    pub size: i64,
    /// Media type, by its content.
    pub media: String,
    /// Who uploaded it.
    pub person: UserId,
    pub at: String,
    /// The record it is, or was, in.
    pub record: Option<RecordId>,
    /// From then on it may be removed: nobody put it into a record, or it was taken out. None: it is in its record.
    pub free_at: Option<String>,
}

const COLUMNS: &str = "id, name, size, media, person, at, record, free_at";

fn upload(row: &Row) -> Result<Upload, Error> {
    Ok(Upload {
        id: row.get(0)?,
        name: row.get(1)?,
        size: row.get(2)?,
        media: row.get(3)?,
        person: UserId(row.get(4)?),
        at: row.get(5)?,
        record: row.get::<Option<String>>(6)?.map(RecordId),
        free_at: row.get(7)?,
    })
}

/// Stores a new file.
pub async fn add(db: &impl Sql, it: &Upload) -> Result<(), Error> {
    let mut query = Query::new(format!("INSERT INTO uploads ({COLUMNS}) VALUES ("));
    query
        .bind(it.id.as_str())
        .push(", ")
        .bind(it.name.as_str())
        .push(", ")
        .bind(it.size)
        .push(", ")
        .bind(it.media.as_str());
    query.push(", ").bind(it.person.as_str()).push(", ").bind(it.at.as_str());
    query.push(", ").bind(it.record.as_ref().map(RecordId::as_str)).push(", ").bind(it.free_at.as_deref()).push(")");
    db.later(query).await
}

/// Those of these files that exist, in no order.
pub async fn find(db: &impl Sql, ids: &BTreeSet<String>) -> Result<Vec<Upload>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = Query::new(format!("SELECT {COLUMNS} FROM uploads WHERE id IN "));
    query.bind_list(ids.iter().map(String::as_str));
    db.rows(query).await?.iter().map(upload).collect()
}

/// These files are in a record now, or (`free_at`) not any more.
pub async fn attach(
    db: &impl Sql,
    ids: &BTreeSet<String>,
    record: &RecordId,
    free_at: Option<&str>,
) -> Result<(), Error> {
    if ids.is_empty() {
        return Ok(());
    }
    let mut query = Query::new("UPDATE uploads SET record = ");
    query
        .bind(record.as_str())
        .push(", free_at = ")
        .bind(free_at)
        .push(" WHERE id IN ")
        .bind_list(ids.iter().map(String::as_str));
    db.later(query).await
}

/// How many files of a person have never been in a record, and their bytes together.
pub async fn waiting(db: &impl Sql, person: &UserId) -> Result<(u64, u64), Error> {
    let mut query = Query::new(
        "SELECT COUNT(*), CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM uploads WHERE record IS NULL AND person = ",
    );
    query.bind(person.as_str());
    let row = db.row(query).await?;
    row.map_or(Ok((0, 0)), |it| Ok((it.get::<i64>(0)? as u64, it.get::<i64>(1)? as u64)))
}

/// Forgets a file of a person that is in no record. False: there is none.
pub async fn forget(db: &impl Sql, person: &UserId, id: &str) -> Result<bool, Error> {
    let mut query = Query::new("DELETE FROM uploads WHERE record IS NULL AND person = ");
    query.bind(person.as_str()).push(" AND id = ").bind(id);
    Ok(db.exec(query).await? == 1)
}

/// Forgets files whose time has come; their ids.
pub async fn sweep(db: &impl Sql, now: &str, limit: u64) -> Result<Vec<String>, Error> {
    let mut query = Query::new("DELETE FROM uploads WHERE id IN (SELECT id FROM uploads WHERE free_at < ");
    query.bind(now).push(" LIMIT ").bind(limit as i64).push(") RETURNING id");
    db.rows(query).await?.iter().map(|it| it.get(0)).collect()
}
