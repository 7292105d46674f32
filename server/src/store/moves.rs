//! Running instances on their way to a new version of their flow, and how far that has come.

use std::collections::BTreeMap;

use runtime::id::{FlowKey, InstanceId, NodeId, UserId};

use super::sql::{Dialect, Query, Sql};
use crate::error::Error;

/// What is left to do for one flow.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Moves {
    pub n: i64,
    pub flow: FlowKey,
    /// Where they go.
    pub version: String,
    /// Which element is which, where ids and names do not say so.
    pub nodes: BTreeMap<NodeId, NodeId>,
    /// In whose name.
    pub by: UserId,
    /// Instances up to this one are done.
    pub place: String,
    pub moved: i64,
    /// Those that could not go.
    pub kept: i64,
}

/// Leaves work for a flow; what was left of an earlier version of it is not done any more.
pub async fn add(db: &impl Sql, it: &Moves) -> Result<(), Error> {
    drop(db, &it.flow).await?;
    let mut query = Query::new("INSERT INTO moves (flow, version, nodes, person, place, moved, kept) VALUES (");
    query.bind(it.flow.as_str()).push(", ").bind(it.version.as_str());
    query.push(", ").bind(serde_json::to_string(&it.nodes)?).push(", ").bind(it.by.as_str()).push(", '', 0, 0)");
    db.exec(query).await?;
    Ok(())
}

/// Nothing is left to do for a flow.
pub async fn drop(db: &impl Sql, flow: &FlowKey) -> Result<(), Error> {
    let mut query = Query::new("DELETE FROM moves WHERE flow = ");
    query.bind(flow.as_str());
    db.exec(query).await?;
    Ok(())
}

/// The oldest.
pub async fn next(db: &impl Sql) -> Result<Option<Moves>, Error> {
    let query = Query::new("SELECT n, flow, version, nodes, person, place, moved, kept FROM moves ORDER BY n LIMIT 1");
    let Some(row) = db.row(query).await? else { return Ok(None) };
    Ok(Some(Moves {
        n: row.get(0)?,
        flow: FlowKey(row.get(1)?),
        version: row.get(2)?,
        nodes: row.json(3)?,
        by: UserId(row.get(4)?),
        place: row.get(5)?,
        moved: row.get(6)?,
        kept: row.get(7)?,
    }))
}

/// Notes how far it has come, unless another server was faster; false then.
pub async fn reached(db: &impl Sql, was: &Moves, now: &Moves) -> Result<bool, Error> {
    let mut query = Query::new("UPDATE moves SET place = ");
    query.bind(now.place.as_str()).push(", moved = ").bind(now.moved).push(", kept = ").bind(now.kept);
    query.push(" WHERE n = ").bind(was.n).push(" AND place = ").bind(was.place.as_str());
    Ok(db.exec(query).await? > 0)
}

/// Rows of what an instance has under way stand at its elements by their new names.
pub async fn rename(db: &impl Sql, instance: &InstanceId, nodes: &BTreeMap<NodeId, NodeId>) -> Result<(), Error> {
    let other: Vec<(&NodeId, &NodeId)> = nodes.iter().filter(|(old, new)| old != new).collect();
    if other.is_empty() {
        return Ok(());
    }
    for (table, open) in [("tasks", " AND state = 'open'"), ("timers", ""), ("incidents", " AND resolved_at IS NULL")] {
        // All at once: what one is called now another may have been called before.
        let mut query = Query::new(format!("UPDATE {table} SET node = CASE node"));
        for (old, new) in &other {
            query.push(" WHEN ").bind(old.as_str()).push(" THEN ").bind(new.as_str());
        }
        query.push(" ELSE node END WHERE instance = ").bind(instance.as_str()).push(open);
        if db.dialect() == Dialect::Sqlite && table != "incidents" {
            // Their ids are `<instance>.<number>`: found by the key, without an index for this alone. PostgreSQL compares
            // by its locale, where such a range may be another one.
            query.push(" AND id > ").bind(format!("{instance}.")).push(" AND id < ").bind(format!("{instance}/"));
        }
        db.exec(query).await?;
    }
    Ok(())
}
