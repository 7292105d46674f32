//! The post between flows: what instances wait for, and messages and signals on their way. A row of `post` is delivered by
//! the job loop after the commit it was written in; it goes in the transaction of the step it causes. A message nobody
//! waits for stays until it expires.

use runtime::engine::waiting::Awaited;
use runtime::id::{InstanceId, ModuleKey, RecordId};
use serde_json::{Map, Value};

use super::sql::{Query, Row, Sql};
use crate::error::Error;

/// A message or signal on its way.
#[derive(Clone, Debug, PartialEq)]
pub struct Letter {
    pub id: String,
    pub kind: Kind,
    pub name: String,
    /// Of a message.
    pub key: String,
    pub payload: Map<String, Value>,
    /// The one instance it is for; none: whoever it concerns.
    pub to: Option<InstanceId>,
    /// What the sender worked on.
    pub module: ModuleKey,
    pub record: RecordId,
    pub expires_at: String,
    pub tries: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Message,
    Signal,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Kind::Message => "message",
            Kind::Signal => "signal",
        }
    }
}

/// Kind, name and key of a row of `awaited`. A condition is looked for by the record.
fn columns<'a>(it: &'a Awaited, record: &'a RecordId) -> [&'a str; 3] {
    match it {
        Awaited::Message { name, key } => ["message", name, key],
        Awaited::Signal { name } => ["signal", name, ""],
        Awaited::Condition => ["condition", record.as_str(), ""],
    }
}

/// What an instance begins to wait for; messages that were kept for it are due at once. True: there were such.
pub async fn begin(
    db: &impl Sql,
    instance: &InstanceId,
    record: &RecordId,
    awaited: &[&Awaited],
    at: &str,
) -> Result<bool, Error> {
    let mut kept = false;
    for it in awaited {
        let [kind, name, key] = columns(it, record);
        let mut query = Query::new("INSERT INTO awaited (instance, kind, name, key) VALUES ");
        query
            .bind_list([instance.as_str(), kind, name, key])
            .push(" ON CONFLICT (instance, kind, name, key) DO NOTHING");
        db.exec(query).await?;
        if let Awaited::Message { name, key } = it {
            let mut query = Query::new("UPDATE post SET due_at = ");
            query
                .bind(at)
                .push(" WHERE kind = 'message' AND name = ")
                .bind(name.as_str())
                .push(" AND key = ")
                .bind(key.as_str());
            kept |= db.exec(query).await? > 0;
        }
    }
    Ok(kept)
}

/// What an instance waits for no more.
pub async fn end(db: &impl Sql, instance: &InstanceId, record: &RecordId, awaited: &[&Awaited]) -> Result<(), Error> {
    for it in awaited {
        let [kind, name, key] = columns(it, record);
        let mut query = Query::new("DELETE FROM awaited WHERE instance = ");
        query
            .bind(instance.as_str())
            .push(" AND kind = ")
            .bind(kind)
            .push(" AND name = ")
            .bind(name)
            .push(" AND key = ")
            .bind(key);
        db.exec(query).await?;
    }
    Ok(())
}

/// Who waits for something, those that began first first. `record`: of a condition.
pub async fn waiting(db: &impl Sql, it: &Awaited, record: &RecordId) -> Result<Vec<InstanceId>, Error> {
    let [kind, name, key] = columns(it, record);
    let mut query = Query::new("SELECT instance FROM awaited WHERE kind = ");
    query.bind(kind).push(" AND name = ").bind(name).push(" AND key = ").bind(key).push(" ORDER BY instance");
    db.rows(query).await?.iter().map(|row| Ok(InstanceId(row.get(0)?))).collect()
}

/// Puts letters into the post, due at once.
pub async fn add(db: &impl Sql, letters: &[Letter], due_at: &str) -> Result<(), Error> {
    for it in letters {
        let mut query = Query::new(
            "INSERT INTO post (id, kind, name, key, payload, target, module, record, due_at, expires_at, tries) VALUES (",
        );
        query
            .bind(it.id.as_str())
            .push(", ")
            .bind(it.kind.word())
            .push(", ")
            .bind(it.name.as_str())
            .push(", ")
            .bind(it.key.as_str());
        query
            .push(", ")
            .bind(serde_json::to_string(&it.payload)?)
            .push(", ")
            .bind(it.to.as_ref().map(InstanceId::as_str));
        query.push(", ").bind(it.module.as_str()).push(", ").bind(it.record.as_str()).push(", ").bind(due_at);
        query.push(", ").bind(it.expires_at.as_str()).push(", 0)");
        db.exec(query).await?;
    }
    Ok(())
}

/// How many letters wait.
pub async fn count(db: &impl Sql) -> Result<i64, Error> {
    let row = db.row(Query::new("SELECT COUNT(*) FROM post")).await?;
    row.map_or(Ok(0), |it| it.get(0))
}

/// Letters that are due, oldest first.
pub async fn due(db: &impl Sql, now: &str, limit: u64) -> Result<Vec<Letter>, Error> {
    let mut query = Query::new(
        "SELECT id, kind, name, key, payload, target, module, record, expires_at, tries FROM post WHERE due_at <= ",
    );
    query.bind(now).push(" ORDER BY due_at, id LIMIT ").bind(limit as i64);
    db.rows(query).await?.iter().map(letter).collect()
}

fn letter(row: &Row) -> Result<Letter, Error> {
    let kind: String = row.get(1)?;
    Ok(Letter {
        id: row.get(0)?,
        kind: if kind == "signal" { Kind::Signal } else { Kind::Message },
        name: row.get(2)?,
        key: row.get(3)?,
        payload: row.json(4)?,
        to: row.get::<Option<String>>(5)?.map(InstanceId),
        module: ModuleKey(row.get(6)?),
        record: RecordId(row.get(7)?),
        expires_at: row.get(8)?,
        tries: row.get(9)?,
    })
}

/// Takes a letter out; false: somebody else has.
pub async fn take(db: &impl Sql, id: &str) -> Result<bool, Error> {
    let mut query = Query::new("DELETE FROM post WHERE id = ");
    query.bind(id);
    Ok(db.exec(query).await? == 1)
}

/// Lets a letter wait.
pub async fn put_off(db: &impl Sql, id: &str, due_at: &str) -> Result<(), Error> {
    let mut query = Query::new("UPDATE post SET tries = tries + 1, due_at = ");
    query.bind(due_at).push(" WHERE id = ").bind(id);
    db.exec(query).await?;
    Ok(())
}
