//! What people have said about records. One that was taken back stays as a row, without being shown.

use runtime::id::{ModuleKey, RecordId, UserId};

use super::sql::{Query, Row, Sql};
use crate::error::Error;

/// A comment as stored.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stored {
    /// Sorts by when it was made.
    pub id: String,
    pub module: ModuleKey,
    pub record: RecordId,
    pub at: String,
    pub person: UserId,
    pub body: String,
    pub mentions: Vec<UserId>,
    pub edited_at: Option<String>,
    pub removed_at: Option<String>,
}

const COLUMNS: &str = "id, module, record, at, person, body, mentions, edited_at, removed_at";

fn stored(row: &Row) -> Result<Stored, Error> {
    Ok(Stored {
        id: row.get(0)?,
        module: ModuleKey(row.get(1)?),
        record: RecordId(row.get(2)?),
        at: row.get(3)?,
        person: UserId(row.get(4)?),
        body: row.get(5)?,
        mentions: row.json(6)?,
        edited_at: row.get(7)?,
        removed_at: row.get(8)?,
    })
}

/// Stores a comment, new or changed.
pub async fn save(db: &impl Sql, it: &Stored) -> Result<(), Error> {
    let mut query = Query::new(format!("INSERT INTO comments ({COLUMNS}) VALUES ("));
    query
        .bind(it.id.as_str())
        .push(", ")
        .bind(it.module.as_str())
        .push(", ")
        .bind(it.record.as_str())
        .push(", ")
        .bind(it.at.as_str());
    query
        .push(", ")
        .bind(it.person.as_str())
        .push(", ")
        .bind(it.body.as_str())
        .push(", ")
        .bind(serde_json::to_string(&it.mentions)?);
    query.push(", ").bind(it.edited_at.as_deref()).push(", ").bind(it.removed_at.as_deref());
    query.push(") ON CONFLICT (id) DO UPDATE SET body = excluded.body, mentions = excluded.mentions, edited_at = excluded.edited_at, removed_at = excluded.removed_at");
    db.later(query).await
}

/// The newest comments of a record, oldest of them first.
pub async fn of(db: &impl Sql, record: &RecordId, limit: u64) -> Result<Vec<Stored>, Error> {
    let mut query = Query::new(format!("SELECT {COLUMNS} FROM comments WHERE record = "));
    query.bind(record.as_str()).push(" ORDER BY id DESC LIMIT ").bind(limit as i64);
    let mut found: Vec<Stored> = db.rows(query).await?.iter().map(stored).collect::<Result<_, _>>()?;
    found.reverse();
    Ok(found)
}

/// One comment of a record. With `lock` nobody else changes it until the transaction ends.
pub async fn find(db: &impl Sql, record: &RecordId, id: &str, lock: bool) -> Result<Option<Stored>, Error> {
    let mut query = Query::new(format!("SELECT {COLUMNS} FROM comments WHERE id = "));
    query.bind(id).push(" AND record = ").bind(record.as_str());
    if lock {
        query.push(db.dialect().for_update());
    }
    db.row(query).await?.map(|row| stored(&row)).transpose()
}
