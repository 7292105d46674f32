//! Attempts to log in that have not succeeded, for throttling by account and by address.

use super::sql::{Query, Sql};
use crate::error::Error;

/// Counts one.
pub async fn add(db: &impl Sql, account: &str, address: &str, at: &str) -> Result<(), Error> {
    let mut query = Query::new("INSERT INTO attempts (account, address, at) VALUES ");
    query.bind_list([account, address, at]);
    db.exec(query).await?;
    Ok(())
}

/// How many of an account since then, and when the oldest of them was.
pub async fn of_account(db: &impl Sql, account: &str, since: &str) -> Result<(u64, String), Error> {
    let mut query = Query::new("SELECT COUNT(*), MIN(at) FROM attempts WHERE at > ");
    query.bind(since).push(" AND account = ").bind(account);
    counted(db, query).await
}

/// How many from an address since then, and when the oldest of them was.
pub async fn of_address(db: &impl Sql, address: &str, since: &str) -> Result<(u64, String), Error> {
    let mut query = Query::new("SELECT COUNT(*), MIN(at) FROM attempts WHERE at > ");
    query.bind(since).push(" AND address = ").bind(address);
    counted(db, query).await
}

async fn counted(db: &impl Sql, query: Query) -> Result<(u64, String), Error> {
    match db.row(query).await? {
        Some(row) => Ok((u64::try_from(row.get::<i64>(0)?).unwrap_or(0), row.text(1)?)),
        None => Ok((0, String::new())),
    }
}

/// Forgets those of an account: it got in.
pub async fn forget(db: &impl Sql, account: &str) -> Result<(), Error> {
    let mut query = Query::new("DELETE FROM attempts WHERE account = ");
    query.bind(account);
    db.exec(query).await?;
    Ok(())
}

/// Removes those before; how many.
pub async fn sweep(db: &impl Sql, before: &str) -> Result<u64, Error> {
    let mut query = Query::new("DELETE FROM attempts WHERE at <= ");
    query.bind(before);
    db.exec(query).await
}
