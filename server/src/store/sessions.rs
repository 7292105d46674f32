//! Who is logged in. A session's id is stored hashed: who reads the database cannot take over sessions.

use runtime::id::UserId;

use super::sql::{Query, Sql};
use crate::error::Error;

/// A session as stored.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Session {
    /// Hash of the cookie's value.
    pub id: String,
    pub person: UserId,
    pub csrf: String,
    pub created_at: String,
    pub seen_at: String,
    pub expires_at: String,
    pub address: String,
    pub agent: String,
}

/// Stores a new session.
pub async fn add(db: &impl Sql, it: &Session) -> Result<(), Error> {
    let mut query =
        Query::new("INSERT INTO sessions (id, person, csrf, created_at, seen_at, expires_at, address, agent) VALUES ");
    query.bind_list(
        [&it.id, &it.person.0, &it.csrf, &it.created_at, &it.seen_at, &it.expires_at, &it.address, &it.agent]
            .map(String::as_str),
    );
    db.exec(query).await?;
    Ok(())
}

/// The session with that hash, unless it has expired.
pub async fn find(db: &impl Sql, id: &str, now: &str) -> Result<Option<Session>, Error> {
    let mut query = Query::new(
        "SELECT id, person, csrf, created_at, seen_at, expires_at, address, agent FROM sessions WHERE id = ",
    );
    query.bind(id).push(" AND expires_at > ").bind(now);
    let Some(row) = db.row(query).await? else { return Ok(None) };
    Ok(Some(Session {
        id: row.get(0)?,
        person: UserId(row.get(1)?),
        csrf: row.get(2)?,
        created_at: row.get(3)?,
        seen_at: row.get(4)?,
        expires_at: row.get(5)?,
        address: row.get(6)?,
        agent: row.get(7)?,
    }))
}

/// Moves the end of a session that is being used.
pub async fn touch(db: &impl Sql, id: &str, seen_at: &str, expires_at: &str) -> Result<(), Error> {
    let mut query = Query::new("UPDATE sessions SET seen_at = ");
    query.bind(seen_at).push(", expires_at = ").bind(expires_at).push(" WHERE id = ").bind(id);
    db.later(query).await?;
    Ok(())
}

/// Ends a session.
pub async fn remove(db: &impl Sql, id: &str) -> Result<(), Error> {
    let mut query = Query::new("DELETE FROM sessions WHERE id = ");
    query.bind(id);
    db.exec(query).await?;
    Ok(())
}

/// Ends every session of a person: after a new password, or when the person is disabled.
pub async fn remove_of(db: &impl Sql, person: &UserId) -> Result<(), Error> {
    let mut query = Query::new("DELETE FROM sessions WHERE person = ");
    query.bind(person.as_str());
    db.exec(query).await?;
    Ok(())
}

/// Ends every session of a person but one.
pub async fn remove_others(db: &impl Sql, person: &UserId, but: &str) -> Result<(), Error> {
    let mut query = Query::new("DELETE FROM sessions WHERE person = ");
    query.bind(person.as_str()).push(" AND id <> ").bind(but);
    db.exec(query).await?;
    Ok(())
}

/// Removes what has expired; how many.
pub async fn sweep(db: &impl Sql, now: &str) -> Result<u64, Error> {
    let mut query = Query::new("DELETE FROM sessions WHERE expires_at <= ");
    query.bind(now);
    db.exec(query).await
}
