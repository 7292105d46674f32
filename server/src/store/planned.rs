//! Publications that wait for their time, at most one per pack: the draft as it was when somebody planned it.

use std::collections::BTreeMap;

use api::publish::{Mappings, Running};
use runtime::id::PackId;
use serde::{Deserialize, Serialize};

use super::sql::{Query, Row, Sql};
use crate::error::Error;

/// A planned publication.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Planned {
    pub pack: PackId,
    pub due_at: String,
    /// Hash of the live version it changes.
    pub base: String,
    /// Revision of the draft it was made from.
    pub revision: i64,
    /// Changed files on top of the base; none: removed.
    pub files: BTreeMap<String, Option<String>>,
    pub by: String,
    pub at: String,
    pub note: String,
    pub moving: Moving,
    /// Why it could not be done.
    pub failed: Option<String>,
}

/// What becomes of running instances.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Moving {
    pub running: Running,
    pub mappings: Mappings,
}

const COLUMNS: &str = "pack, due_at, base, revision, files, person, at, note, running, failed";

fn read(row: &Row) -> Result<Planned, Error> {
    Ok(Planned {
        pack: PackId(row.get(0)?),
        due_at: row.get(1)?,
        base: row.get(2)?,
        revision: row.get(3)?,
        files: row.json(4)?,
        by: row.get(5)?,
        at: row.get(6)?,
        note: row.get(7)?,
        moving: row.json(8)?,
        failed: row.get(9)?,
    })
}

/// What is planned for a pack; within a transaction nobody else takes it.
pub async fn find(db: &impl Sql, pack: &PackId) -> Result<Option<Planned>, Error> {
    let mut query = Query::new(format!("SELECT {COLUMNS} FROM planned WHERE pack = "));
    query.bind(pack.as_str()).push(db.dialect().for_update());
    db.row(query).await?.as_ref().map(read).transpose()
}

/// Packs whose time has come.
pub async fn due(db: &impl Sql, now: &str) -> Result<Vec<PackId>, Error> {
    let mut query = Query::new("SELECT pack FROM planned WHERE failed IS NULL AND due_at <= ");
    query.bind(now).push(" ORDER BY due_at");
    db.rows(query).await?.iter().map(|row| Ok(PackId(row.get(0)?))).collect()
}

/// Plans, in place of what was planned before.
pub async fn save(db: &impl Sql, it: &Planned) -> Result<(), Error> {
    drop(db, &it.pack).await?;
    let mut query = Query::new(format!("INSERT INTO planned ({COLUMNS}) VALUES ("));
    query.bind(it.pack.as_str()).push(", ").bind(it.due_at.as_str()).push(", ").bind(it.base.as_str());
    query.push(", ").bind(it.revision).push(", ").bind(serde_json::to_string(&it.files)?);
    for text in [&it.by, &it.at, &it.note] {
        query.push(", ").bind(text.as_str());
    }
    query.push(", ").bind(serde_json::to_string(&it.moving)?).push(", ").bind(it.failed.as_deref()).push(")");
    db.exec(query).await?;
    Ok(())
}

/// Takes it back, or it is done. True if there was something.
pub async fn drop(db: &impl Sql, pack: &PackId) -> Result<bool, Error> {
    let mut query = Query::new("DELETE FROM planned WHERE pack = ");
    query.bind(pack.as_str());
    Ok(db.exec(query).await? > 0)
}

/// It was due and could not be done; it stays until somebody takes it back or plans anew.
pub async fn fail(db: &impl Sql, pack: &PackId, why: &str) -> Result<(), Error> {
    let mut query = Query::new("UPDATE planned SET failed = ");
    query.bind(why).push(" WHERE pack = ").bind(pack.as_str());
    db.exec(query).await?;
    Ok(())
}
