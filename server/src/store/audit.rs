//! Log-ins and administrative acts, append only.

use api::admin::AuditEntry;
use runtime::id::UserId;
use serde_json::{Map, Value};

use super::sql::{Query, Sql};
use crate::error::Error;

/// Writes one entry.
pub async fn add(
    db: &impl Sql,
    at: &str,
    person: Option<(&UserId, &str)>,
    address: &str,
    kind: &str,
    info: &Map<String, Value>,
) -> Result<(), Error> {
    let mut query = Query::new("INSERT INTO audit (at, person, person_name, address, kind, info) VALUES (");
    query
        .bind(at)
        .push(", ")
        .bind(person.map(|it| it.0.as_str()))
        .push(", ")
        .bind(person.map(|it| it.1))
        .push(", ")
        .bind(address);
    query.push(", ").bind(kind).push(", ").bind(serde_json::to_string(info)?).push(")");
    db.later(query).await?;
    Ok(())
}

/// Newest first; `after` is the id of the last entry seen.
pub async fn list(
    db: &impl Sql,
    after: Option<i64>,
    limit: u64,
    kind: Option<&str>,
    person: Option<&str>,
) -> Result<Vec<AuditEntry>, Error> {
    let mut query = Query::new("SELECT n, at, person, person_name, address, kind, info FROM audit WHERE n < ");
    query.bind(after.unwrap_or(i64::MAX));
    if let Some(kind) = kind {
        query.push(" AND kind = ").bind(kind);
    }
    if let Some(person) = person {
        query.push(" AND person = ").bind(person);
    }
    query.push(" ORDER BY n DESC LIMIT ").bind(limit.clamp(1, runtime::limits::PAGE_ROWS) as i64);
    let mut entries = Vec::new();
    for row in db.rows(query).await? {
        entries.push(AuditEntry {
            id: row.get::<i64>(0)?.to_string(),
            at: row.get(1)?,
            user: row.get(2)?,
            user_name: row.get(3)?,
            address: row.get(4)?,
            kind: row.get(5)?,
            info: row.json(6)?,
        });
    }
    Ok(entries)
}

/// Number of the newest entry of a kind; 0 when there is none.
pub async fn newest(db: &impl Sql, kind: &str) -> Result<i64, Error> {
    let mut query = Query::new("SELECT MAX(n) FROM audit WHERE kind = ");
    query.bind(kind);
    Ok(match db.row(query).await? {
        Some(row) => row.get::<Option<i64>>(0)?.unwrap_or(0),
        None => 0,
    })
}
