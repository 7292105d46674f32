//! Tasks as rows, kept from the facts of their instances.

use std::collections::BTreeMap;

use super::sql::{Query, Sql};
use crate::error::Error;

/// Number of open tasks by assignee.
pub async fn open_by_assignee(db: &impl Sql) -> Result<BTreeMap<String, u64>, Error> {
    let query = Query::new("SELECT assignee, COUNT(*) FROM tasks WHERE state = 'open' AND assignee IS NOT NULL GROUP BY assignee");
    db.rows(query).await?.iter().map(|row| Ok((row.get(0)?, row.get::<i64>(1)? as u64))).collect()
}
