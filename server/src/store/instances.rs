//! Instances, their facts, timers, jobs and incidents as rows. Written only by [`crate::drive`], always in the
//! transaction of the step they come from.

use runtime::engine::{Fact, Instance};
use runtime::id::{FlowKey, IncidentId, InstanceId, JobId, ModuleKey, NodeId, RecordId, TimerId, UserId};
use serde_json::Value;

use super::sql::{Query, Row, Sql};
use super::together::{Deed, Shape};
use super::tx::Tx;
use crate::error::Error;

/// An instance as stored.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stored {
    pub id: InstanceId,
    pub flow: FlowKey,
    /// The flow version it is pinned to.
    pub version: String,
    pub module: ModuleKey,
    pub record: RecordId,
    /// `running`, `suspended`, `finished`, `cancelled`.
    pub state: String,
    pub started_by: UserId,
    pub started_at: String,
    pub ended_at: Option<String>,
    pub parent: Option<InstanceId>,
    /// Nodes its tokens stand in.
    pub at: Vec<String>,
    pub incidents: i64,
    /// Number of facts so far.
    pub facts: i64,
    pub body: Instance,
}

const COLUMNS: &str =
    "id, flow, version, module, record, state, started_by, started_at, ended_at, parent, at_nodes, incidents, facts";

/// How many they are.
const COUNT: usize = 13;

fn head(row: &Row, first: usize) -> Result<Stored, Error> {
    let at = |column: usize| first + column;
    Ok(Stored {
        id: InstanceId(row.get(at(0))?),
        flow: FlowKey(row.get(at(1))?),
        version: row.get(at(2))?,
        module: ModuleKey(row.get(at(3))?),
        record: RecordId(row.get(at(4))?),
        state: row.get(at(5))?,
        started_by: UserId(row.get(at(6))?),
        started_at: row.get(at(7))?,
        ended_at: row.get(at(8))?,
        parent: row.get::<Option<String>>(at(9))?.map(InstanceId),
        at: row.json(at(10))?,
        incidents: row.get(at(11))?,
        facts: row.get(at(12))?,
        body: Instance::default(),
    })
}

/// The columns of a whole instance, of the table by this name in the query.
pub(super) fn whole(table: &str) -> String {
    COLUMNS.split(", ").chain(["body"]).map(|it| format!("{table}.{it}")).collect::<Vec<_>>().join(", ")
}

/// A whole instance from a row that has [`whole`] from this column on.
pub(super) fn stored(row: &Row, first: usize) -> Result<Stored, Error> {
    let mut found = head(row, first)?;
    found.body = row.json(first + COUNT)?;
    Ok(found)
}

/// An instance with its body. With `lock` nobody else steps it until the transaction ends.
pub async fn find(db: &impl Sql, id: &InstanceId, lock: bool) -> Result<Option<Stored>, Error> {
    let mut query = Query::new(format!("SELECT {COLUMNS}, body FROM instances WHERE id = "));
    query.bind(id.as_str());
    if lock {
        query.push(db.dialect().for_update());
    }
    db.row(query).await?.map(|row| stored(&row, 0)).transpose()
}

/// Instances without their bodies, by a condition of ours on the columns of `instances`.
pub async fn heads(db: &impl Sql, condition: Query, tail: &str) -> Result<Vec<Stored>, Error> {
    let mut query = Query { text: format!("SELECT {COLUMNS} FROM instances WHERE "), values: condition.values };
    query.push(&condition.text).push(tail);
    db.rows(query).await?.iter().map(|row| head(row, 0)).collect()
}

/// Stores an instance: a new one, or what changed of an old one.
pub async fn save(db: &impl Sql, it: &Stored, new: bool) -> Result<(), Error> {
    let at = serde_json::to_string(&it.at)?;
    let body = serde_json::to_string(&it.body)?;
    let mut query = Query::default();
    if new {
        query.push(&format!("INSERT INTO instances ({COLUMNS}, body) VALUES ("));
        for text in
            [&it.id.0, &it.flow.0, &it.version, &it.module.0, &it.record.0, &it.state, &it.started_by.0, &it.started_at]
        {
            query.bind(text.as_str()).push(", ");
        }
        query
            .bind(it.ended_at.as_deref())
            .push(", ")
            .bind(it.parent.as_ref().map(InstanceId::as_str))
            .push(", ")
            .bind(at);
        query.push(", ").bind(it.incidents).push(", ").bind(it.facts).push(", ").bind(body).push(")");
    } else {
        query
            .push("UPDATE instances SET version = ")
            .bind(it.version.as_str())
            .push(", state = ")
            .bind(it.state.as_str())
            .push(", ended_at = ")
            .bind(it.ended_at.as_deref());
        query
            .push(", at_nodes = ")
            .bind(at)
            .push(", incidents = ")
            .bind(it.incidents)
            .push(", facts = ")
            .bind(it.facts);
        query.push(", body = ").bind(body).push(" WHERE id = ").bind(it.id.as_str());
    }
    let shape = || match new {
        true => Shape::new(Deed::Insert, "instances", COLUMNS).with([("body".to_owned(), false)]).key("id"),
        false => {
            let columns = "version, state, ended_at, at_nodes, incidents, facts, body, id";
            Shape::new(Deed::Update, "instances", columns).key("id")
        }
    };
    db.later_rows(query, shape).await
}

/// Appends the facts of a step; `seq` is the number of facts before it.
pub async fn add_facts(
    db: &impl Sql,
    instance: &InstanceId,
    seq: i64,
    at: &str,
    by: &UserId,
    facts: &[Fact],
) -> Result<(), Error> {
    let columns = "instance, seq, at, person, body";
    let mut query = Query::new(format!("INSERT INTO facts ({columns}) VALUES ("));
    query.bind(instance.as_str()).push(", ").bind(seq).push(", ").bind(at).push(", ").bind(by.as_str());
    query.push(", ").bind(serde_json::to_string(facts)?).push(")");
    db.later_rows(query, || Shape::new(Deed::Insert, "facts", columns)).await
}

/// Facts as they happened: when, by whom, what; oldest first.
pub async fn facts(db: &impl Sql, instance: &InstanceId) -> Result<Vec<(String, UserId, Fact)>, Error> {
    let mut query = Query::new("SELECT at, person, body FROM facts WHERE instance = ");
    query.bind(instance.as_str()).push(" ORDER BY seq");
    let mut all = Vec::new();
    for row in db.rows(query).await? {
        let at: String = row.get(0)?;
        let by = UserId(row.get(1)?);
        let facts: Vec<Fact> = row.json(2)?;
        all.extend(facts.into_iter().map(|fact| (at.clone(), by.clone(), fact)));
    }
    Ok(all)
}

/// A timer to store.
#[derive(Clone, Debug, PartialEq)]
pub struct Timer {
    pub id: TimerId,
    pub instance: InstanceId,
    pub node: NodeId,
    pub due_at: String,
}

/// Stores timers in one statement.
pub async fn add_timers(db: &impl Sql, timers: &[Timer]) -> Result<(), Error> {
    if timers.is_empty() {
        return Ok(());
    }
    let columns = "id, instance, node, due_at, tries";
    let mut query = Query::new(format!("INSERT INTO timers ({columns}) VALUES "));
    for (index, it) in timers.iter().enumerate() {
        query.push(if index == 0 { "(" } else { ", (" });
        query
            .bind(it.id.as_str())
            .push(", ")
            .bind(it.instance.as_str())
            .push(", ")
            .bind(it.node.as_str())
            .push(", ")
            .bind(it.due_at.as_str())
            .push(", ")
            .bind(0_i64)
            .push(")");
    }
    // A timer that is set again under its id moves.
    let again = " ON CONFLICT (id) DO UPDATE SET due_at = excluded.due_at, tries = 0";
    query.push(again);
    db.later_rows(query, || Shape::new(Deed::Insert, "timers", columns).key("id").tail(again)).await
}

/// Timers that are due, oldest first.
pub async fn due_timers(db: &impl Sql, now: &str, limit: u64) -> Result<Vec<(TimerId, InstanceId)>, Error> {
    let mut query = Query::new("SELECT id, instance FROM timers WHERE due_at <= ");
    query.bind(now).push(" ORDER BY due_at LIMIT ").bind(limit as i64);
    db.rows(query).await?.iter().map(|row| Ok((TimerId(row.get(0)?), InstanceId(row.get(1)?)))).collect()
}

/// When the next timer, job or message is due.
pub async fn next_due(db: &impl Sql) -> Result<Option<String>, Error> {
    let query = Query::new(
        "SELECT MIN(due_at) FROM (SELECT MIN(due_at) AS due_at FROM timers UNION ALL SELECT MIN(due_at) AS due_at FROM jobs UNION ALL SELECT MIN(due_at) AS due_at FROM post) AS all_of_them",
    );
    match db.row(query).await? {
        Some(row) => row.get(0),
        None => Ok(None),
    }
}

/// Puts a timer off that could not be fired.
pub async fn put_off_timer(db: &impl Sql, id: &TimerId, due_at: &str) -> Result<(), Error> {
    let mut query = Query::new("UPDATE timers SET tries = tries + 1, due_at = ");
    query.bind(due_at).push(" WHERE id = ").bind(id.as_str());
    db.later(query).await?;
    Ok(())
}

/// Removes timers; false if one of them was not there any more.
pub async fn remove_timers(db: &Tx, ids: &[TimerId]) -> Result<bool, Error> {
    remove(db, "timers", ids.iter().map(TimerId::as_str).collect()).await
}

/// Removes jobs; false if one of them was not there any more.
pub async fn remove_jobs(db: &Tx, ids: &[JobId]) -> Result<bool, Error> {
    remove(db, "jobs", ids.iter().map(JobId::as_str).collect()).await
}

async fn remove(db: &Tx, table: &str, ids: Vec<&str>) -> Result<bool, Error> {
    if ids.is_empty() {
        return Ok(true);
    }
    let asked = ids.len() as u64;
    let mut query = Query::new(format!("DELETE FROM {table} WHERE id IN "));
    query.bind_list(ids);
    if db.is_shared() {
        // Whoever else takes one out locks its record first, which is ours.
        db.later_rows(query, || Shape::new(Deed::Delete, table, "id").key("id")).await?;
        return Ok(true);
    }
    Ok(db.exec(query).await? == asked)
}

/// A call that waits to be made.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Job {
    pub id: JobId,
    pub instance: InstanceId,
    pub plugin: String,
    pub function: String,
    pub input: Value,
    /// Times it was tried.
    pub tries: u32,
}

/// Stores jobs in one statement, due at once.
pub async fn add_jobs(db: &impl Sql, jobs: &[Job], due_at: &str) -> Result<(), Error> {
    if jobs.is_empty() {
        return Ok(());
    }
    let columns = "id, instance, plugin, function, input, tries, due_at";
    let mut query = Query::new(format!("INSERT INTO jobs ({columns}) VALUES "));
    for (index, it) in jobs.iter().enumerate() {
        query.push(if index == 0 { "(" } else { ", (" });
        query
            .bind(it.id.as_str())
            .push(", ")
            .bind(it.instance.as_str())
            .push(", ")
            .bind(it.plugin.as_str())
            .push(", ")
            .bind(it.function.as_str());
        query.push(", ").bind(it.input.to_string()).push(", ").bind(0_i64).push(", ").bind(due_at).push(")");
    }
    db.later_rows(query, || Shape::new(Deed::Insert, "jobs", columns).key("id")).await
}

/// Takes jobs that are due: nobody else gets them before `until`, and whoever crashes gives them back by then.
pub async fn claim_jobs(db: &impl Sql, now: &str, until: &str, node: &str, limit: u64) -> Result<Vec<Job>, Error> {
    let mut query = Query::new("UPDATE jobs SET claimed_by = ");
    query.bind(node).push(", tries = tries + 1, due_at = ").bind(until);
    query
        .push(" WHERE id IN (SELECT id FROM jobs WHERE due_at <= ")
        .bind(now)
        .push(" ORDER BY due_at LIMIT ")
        .bind(limit as i64);
    query.push(db.dialect().skip_locked()).push(") RETURNING id, instance, plugin, function, input, tries");
    db.rows(query)
        .await?
        .iter()
        .map(|row| {
            Ok(Job {
                id: JobId(row.get(0)?),
                instance: InstanceId(row.get(1)?),
                plugin: row.get(2)?,
                function: row.get(3)?,
                input: row.json(4)?,
                tries: row.get::<i64>(5)? as u32,
            })
        })
        .collect()
}

/// A call failed and is to be tried again.
pub async fn put_off_job(db: &impl Sql, id: &JobId, due_at: &str, error: &str) -> Result<(), Error> {
    let mut query = Query::new("UPDATE jobs SET claimed_by = NULL, due_at = ");
    query.bind(due_at).push(", error = ").bind(error).push(" WHERE id = ").bind(id.as_str());
    db.later(query).await?;
    Ok(())
}

/// An incident as stored.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Incident {
    pub id: IncidentId,
    pub instance: InstanceId,
    pub node: NodeId,
    pub message: String,
    pub at: String,
}

/// Stores new incidents.
pub async fn add_incidents(db: &impl Sql, incidents: &[Incident]) -> Result<(), Error> {
    for it in incidents {
        let mut query = Query::new("INSERT INTO incidents (id, instance, node, message, at) VALUES ");
        query.bind_list([it.id.as_str(), it.instance.as_str(), it.node.as_str(), it.message.as_str(), it.at.as_str()]);
        db.later(query).await?;
    }
    Ok(())
}

/// True where an instance of the flow has an open incident at the node.
pub async fn stands_still_at(db: &impl Sql, flow: &FlowKey, node: &NodeId) -> Result<bool, Error> {
    let mut query = Query::new(
        "SELECT 1 FROM incidents JOIN instances ON instances.id = incidents.instance WHERE resolved_at IS NULL AND node = ",
    );
    query.bind(node.as_str()).push(" AND flow = ").bind(flow.as_str()).push(" LIMIT 1");
    Ok(db.row(query).await?.is_some())
}

/// Marks incidents resolved.
pub async fn resolve_incidents(db: &impl Sql, ids: &[IncidentId], at: &str) -> Result<(), Error> {
    if ids.is_empty() {
        return Ok(());
    }
    let mut query = Query::new("UPDATE incidents SET resolved_at = ");
    query.bind(at).push(" WHERE id IN ").bind_list(ids.iter().map(IncidentId::as_str));
    db.later(query).await?;
    Ok(())
}

/// Open incidents of an instance.
pub async fn incidents(db: &impl Sql, instance: &InstanceId) -> Result<Vec<Incident>, Error> {
    let mut query =
        Query::new("SELECT id, instance, node, message, at FROM incidents WHERE resolved_at IS NULL AND instance = ");
    query.bind(instance.as_str()).push(" ORDER BY at");
    db.rows(query).await?.iter().map(incident).collect()
}

/// An open incident.
pub async fn incident_by_id(db: &impl Sql, id: &IncidentId) -> Result<Option<Incident>, Error> {
    let mut query =
        Query::new("SELECT id, instance, node, message, at FROM incidents WHERE resolved_at IS NULL AND id = ");
    query.bind(id.as_str());
    db.row(query).await?.map(|row| incident(&row)).transpose()
}

fn incident(row: &Row) -> Result<Incident, Error> {
    Ok(Incident {
        id: IncidentId(row.get(0)?),
        instance: InstanceId(row.get(1)?),
        node: NodeId(row.get(2)?),
        message: row.get(3)?,
        at: row.get(4)?,
    })
}

/// Running instances of each flow that are pinned to another version than `live`.
pub async fn staying(db: &impl Sql, flow: &FlowKey, live: &str) -> Result<u64, Error> {
    let mut query = Query::new("SELECT COUNT(*) FROM instances WHERE state IN ('running', 'suspended') AND flow = ");
    query.bind(flow.as_str()).push(" AND version <> ").bind(live);
    Ok(db.row(query).await?.map(|it| it.get::<i64>(0)).transpose()?.unwrap_or(0) as u64)
}
