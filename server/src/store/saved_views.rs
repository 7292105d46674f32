//! Lists that people keep under a name.

use runtime::id::{ModuleKey, UserId};

use super::sql::{Query, Row, Sql};
use super::tx::Tx;
use crate::error::Error;

/// One kept list.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    pub id: String,
    pub person: UserId,
    pub title: String,
    pub query: String,
    pub roles: Vec<String>,
}

const COLUMNS: &str = "SELECT id, person, title, query, roles FROM saved_views WHERE module = ";

fn stored(row: &Row) -> Result<Stored, Error> {
    Ok(Stored {
        id: row.get(0)?,
        person: UserId(row.get(1)?),
        title: row.get(2)?,
        query: row.get(3)?,
        roles: row.json(4)?,
    })
}

/// All of a module, by title.
pub async fn of_module(db: &impl Sql, module: &ModuleKey) -> Result<Vec<Stored>, Error> {
    let mut query = Query::new(COLUMNS);
    query.bind(module.as_str()).push(" ORDER BY title, id");
    db.rows(query).await?.iter().map(stored).collect()
}

/// One of a module.
pub async fn find(db: &impl Sql, module: &ModuleKey, id: &str) -> Result<Option<Stored>, Error> {
    let mut query = Query::new(COLUMNS);
    query.bind(module.as_str()).push(" AND id = ").bind(id);
    db.row(query).await?.map(|row| stored(&row)).transpose()
}

/// Adds one, or changes the one with its id.
pub async fn save(tx: &Tx, module: &ModuleKey, it: &Stored, at: &str) -> Result<(), Error> {
    let roles = serde_json::to_string(&it.roles)?;
    let mut query = Query::new("INSERT INTO saved_views (id, module, person, title, query, roles, at) VALUES ");
    query.bind_list([it.id.as_str(), module.as_str(), it.person.as_str(), &it.title, &it.query, &roles, at]);
    query.push(" ON CONFLICT (id) DO UPDATE SET title = excluded.title, query = excluded.query, roles = excluded.roles, at = excluded.at");
    tx.exec(query).await.map(|_| ())
}

/// Forgets one.
pub async fn remove(tx: &Tx, module: &ModuleKey, id: &str) -> Result<(), Error> {
    let mut query = Query::new("DELETE FROM saved_views WHERE module = ");
    query.bind(module.as_str()).push(" AND id = ").bind(id);
    tx.exec(query).await.map(|_| ())
}
