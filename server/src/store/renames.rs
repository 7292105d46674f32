//! Records that got another name, until those that refer to them are found by it.

use runtime::id::{ModuleKey, RecordId};

use super::sql::{Query, Sql};
use crate::error::Error;

/// What is left to do for one renamed record in one module.
#[derive(Clone, Debug, PartialEq)]
pub struct Rename {
    pub n: i64,
    pub module: ModuleKey,
    pub record: RecordId,
    /// The module whose records refer to it.
    pub referring: ModuleKey,
    /// Place of the last record that is done.
    pub after: i64,
}

/// Leaves work for each module that refers to a record.
pub async fn add(db: &impl Sql, module: &ModuleKey, record: &RecordId, referring: &[ModuleKey]) -> Result<(), Error> {
    for it in referring {
        let mut query = Query::new("INSERT INTO renames (module, record, referring, place) VALUES (");
        query.bind(module.as_str()).push(", ").bind(record.as_str()).push(", ").bind(it.as_str()).push(", 0)");
        db.later(query).await?;
    }
    Ok(())
}

/// True if there is anything to do.
pub async fn any(db: &impl Sql) -> Result<bool, Error> {
    Ok(db.row(Query::new("SELECT 1 FROM renames LIMIT 1")).await?.is_some())
}

/// The oldest; nobody else gets it until the transaction ends.
pub async fn next(db: &impl Sql) -> Result<Option<Rename>, Error> {
    let query = Query::new(format!(
        "SELECT n, module, record, referring, place FROM renames ORDER BY n LIMIT 1{}",
        db.dialect().skip_locked()
    ));
    let Some(row) = db.row(query).await? else { return Ok(None) };
    Ok(Some(Rename {
        n: row.get(0)?,
        module: ModuleKey(row.get(1)?),
        record: RecordId(row.get(2)?),
        referring: ModuleKey(row.get(3)?),
        after: row.get(4)?,
    }))
}

/// Notes how far it is done; none: to the end.
pub async fn done(db: &impl Sql, n: i64, to: Option<i64>) -> Result<(), Error> {
    let mut query = Query::default();
    match to {
        Some(place) => query.push("UPDATE renames SET place = ").bind(place),
        None => query.push("DELETE FROM renames"),
    };
    query.push(" WHERE n = ").bind(n);
    db.later(query).await
}
