//! When people are away and who stands in, and whom records were copied to, as rows.

use runtime::engine::context::Absence;
use runtime::id::{RecordId, TaskId, UserId};

use super::sql::{Query, Row, Sql};
use crate::error::Error;

/// An absence as stored. Moments are RFC 3339 UTC of one width.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    pub id: String,
    pub person: UserId,
    pub absence: Absence,
}

fn stored(row: &Row) -> Result<Stored, Error> {
    let absence =
        Absence { from: row.get(2)?, until: row.get(3)?, substitute: row.get::<Option<String>>(4)?.map(UserId) };
    Ok(Stored { id: row.get(0)?, person: UserId(row.get(1)?), absence })
}

/// Absences that are not over at a moment (empty: all), by person and beginning; `person` none: everybody's.
pub async fn ahead(db: &impl Sql, now: &str, person: Option<&UserId>) -> Result<Vec<Stored>, Error> {
    let mut query = Query::new("SELECT id, person, from_at, until_at, substitute FROM absences WHERE until_at > ");
    query.bind(now);
    if let Some(person) = person {
        query.push(" AND person = ").bind(person.as_str());
    }
    query.push(" ORDER BY person, from_at, id");
    db.rows(query).await?.iter().map(stored).collect()
}

/// One absence.
pub async fn find(db: &impl Sql, id: &str) -> Result<Option<Stored>, Error> {
    let mut query = Query::new("SELECT id, person, from_at, until_at, substitute FROM absences WHERE id = ");
    query.bind(id);
    db.row(query).await?.map(|row| stored(&row)).transpose()
}

pub async fn add(db: &impl Sql, it: &Stored) -> Result<(), Error> {
    let mut query = Query::new("INSERT INTO absences (id, person, from_at, until_at, substitute) VALUES (");
    query.bind(it.id.as_str()).push(", ").bind(it.person.as_str()).push(", ").bind(it.absence.from.as_str());
    query
        .push(", ")
        .bind(it.absence.until.as_str())
        .push(", ")
        .bind(it.absence.substitute.as_ref().map(UserId::as_str))
        .push(")");
    db.exec(query).await?;
    Ok(())
}

pub async fn remove(db: &impl Sql, id: &str) -> Result<(), Error> {
    let mut query = Query::new("DELETE FROM absences WHERE id = ");
    query.bind(id);
    db.exec(query).await?;
    Ok(())
}

/// These people may read the record from now on, because somebody let them know of a task on it.
pub async fn copy(db: &impl Sql, record: &RecordId, task: &TaskId, people: &[UserId], at: &str) -> Result<(), Error> {
    for person in people {
        let mut query = Query::new("INSERT INTO copies (record, person, task, at) VALUES (");
        query
            .bind(record.as_str())
            .push(", ")
            .bind(person.as_str())
            .push(", ")
            .bind(task.as_str())
            .push(", ")
            .bind(at)
            .push(") ON CONFLICT (record, person) DO NOTHING");
        db.exec(query).await?;
    }
    Ok(())
}

/// Whether the record was copied to the person.
pub async fn copied(db: &impl Sql, record: &RecordId, person: &UserId) -> Result<bool, Error> {
    let mut query = Query::new("SELECT 1 FROM copies WHERE record = ");
    query.bind(record.as_str()).push(" AND person = ").bind(person.as_str());
    Ok(db.row(query).await?.is_some())
}
