//! Tasks as rows, kept from the facts of their instances. Ended ones stay: they are the history of who did what.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use runtime::id::{DeptId, FlowKey, InstanceId, ModuleKey, NodeId, RecordId, RoleKey, TaskId, UserId};

use super::instances;
use super::sql::{Dialect, Query, Row, Sql, array};
use super::together::{Deed, Shape};
use super::tx::Tx;
use crate::error::Error;

/// A candidate that is whoever holds a role, or of those only who belongs to a department.
pub fn by_role(role: &RoleKey, department: Option<&DeptId>) -> String {
    match department {
        Some(it) => format!("r:{role}@{it}"),
        None => format!("r:{role}"),
    }
}

/// A task as stored.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Task {
    pub id: TaskId,
    pub instance: InstanceId,
    pub flow: FlowKey,
    pub node: NodeId,
    pub module: ModuleKey,
    pub record: RecordId,
    /// `open`, `done`, `returned`, `cancelled`.
    pub state: String,
    pub assignee: Option<UserId>,
    pub opened_at: String,
    pub due_at: Option<String>,
    pub priority: i64,
    /// What it weighs in its assignee's load.
    pub points: i64,
    /// Why it came back.
    pub returned: Option<String>,
    /// Label of the record, for searching the inbox.
    pub subject: String,
    pub started_by: UserId,
    pub ended_at: Option<String>,
    pub ended_by: Option<UserId>,
    pub outcome: Option<String>,
    /// Whose step led to it.
    pub sent_by: Option<UserId>,
}

/// Columns of a task, in the order [`task`] reads them.
pub const COLUMNS: &str = "id, instance, flow, node, module, record, state, assignee, opened_at, due_at, priority, points, returned, subject, \
                           started_by, ended_at, ended_by, outcome, sent_by";

/// How many they are.
const TASK_COLUMNS: usize = 19;

/// A task from a row of [`COLUMNS`].
pub fn task(row: &Row) -> Result<Task, Error> {
    Ok(Task {
        id: TaskId(row.get(0)?),
        instance: InstanceId(row.get(1)?),
        flow: FlowKey(row.get(2)?),
        node: NodeId(row.get(3)?),
        module: ModuleKey(row.get(4)?),
        record: RecordId(row.get(5)?),
        state: row.get(6)?,
        assignee: row.get::<Option<String>>(7)?.map(UserId),
        opened_at: row.get(8)?,
        due_at: row.get(9)?,
        priority: row.get(10)?,
        points: row.get(11)?,
        returned: row.get(12)?,
        subject: row.get(13)?,
        started_by: UserId(row.get(14)?),
        ended_at: row.get(15)?,
        ended_by: row.get::<Option<String>>(16)?.map(UserId),
        outcome: row.get(17)?,
        sent_by: row.get::<Option<String>>(18)?.map(UserId),
    })
}

/// Tasks by a condition of ours.
pub async fn find_where(db: &impl Sql, condition: Query, tail: &str) -> Result<Vec<Task>, Error> {
    let mut query = Query { text: format!("SELECT {COLUMNS} FROM tasks WHERE "), values: condition.values };
    query.push(&condition.text).push(tail);
    db.rows(query).await?.iter().map(task).collect()
}

/// One task, open or ended.
pub async fn find(db: &impl Sql, id: &TaskId) -> Result<Option<Task>, Error> {
    let mut condition = Query::new("id = ");
    condition.bind(id.as_str());
    Ok(find_where(db, condition, "").await?.pop())
}

/// Tasks by id on PostgreSQL, open or ended, in no order.
pub async fn find_all(tx: &Tx, ids: &[TaskId]) -> Result<Vec<Task>, Error> {
    let mut condition = Query::new("id = ANY(");
    condition.bind(array(ids.iter().map(TaskId::as_str))).push("::text[])");
    find_where(tx, condition, "").await
}

/// One task with its instance. None for the instance: it has to be read once more, behind the lock on its record.
pub async fn with_instance(tx: &Tx, id: &TaskId) -> Result<Option<(Task, Option<instances::Stored>)>, Error> {
    if tx.dialect() == Dialect::Postgres {
        return Ok(find(tx, id).await?.map(|it| (it, None)));
    }
    // Nobody else writes while this transaction is open.
    static SELECT: LazyLock<String> = LazyLock::new(|| {
        let columns = COLUMNS.split(", ").map(|it| format!("t.{}", it.trim())).collect::<Vec<_>>().join(", ");
        format!(
            "SELECT {columns}, {} FROM tasks t JOIN instances i ON i.id = t.instance WHERE t.id = ",
            instances::whole("i")
        )
    });
    let mut query = Query::new(SELECT.as_str());
    query.bind(id.as_str());
    let Some(row) = tx.row(query).await? else { return Ok(None) };
    Ok(Some((task(&row)?, Some(instances::stored(&row, TASK_COLUMNS)?))))
}

/// Stores new tasks with those who may claim them (`u:<user>`, `r:<role>`), each in one statement.
pub async fn add(db: &impl Sql, tasks: &[(Task, BTreeSet<String>)]) -> Result<(), Error> {
    if tasks.is_empty() {
        return Ok(());
    }
    let mut query = Query::new(format!("INSERT INTO tasks ({COLUMNS}) VALUES "));
    for (index, (it, _)) in tasks.iter().enumerate() {
        query.push(if index == 0 { "(" } else { ", (" });
        for text in [&it.id.0, &it.instance.0, &it.flow.0, &it.node.0, &it.module.0, &it.record.0, &it.state] {
            query.bind(text.as_str()).push(", ");
        }
        query
            .bind(it.assignee.as_ref().map(UserId::as_str))
            .push(", ")
            .bind(it.opened_at.as_str())
            .push(", ")
            .bind(it.due_at.as_deref());
        query
            .push(", ")
            .bind(it.priority)
            .push(", ")
            .bind(it.points)
            .push(", ")
            .bind(it.returned.as_deref())
            .push(", ")
            .bind(it.subject.as_str());
        query.push(", ").bind(it.started_by.as_str()).push(", ").bind(it.ended_at.as_deref());
        query.push(", ").bind(it.ended_by.as_ref().map(UserId::as_str)).push(", ").bind(it.outcome.as_deref());
        query.push(", ").bind(it.sent_by.as_ref().map(UserId::as_str)).push(")");
    }
    db.later_rows(query, || Shape::new(Deed::Insert, "tasks", COLUMNS).key("id")).await?;
    let rows: Vec<(&str, &str)> =
        tasks.iter().flat_map(|(it, who)| who.iter().map(|who| (it.id.as_str(), who.as_str()))).collect();
    add_candidates(db, &rows).await
}

async fn add_candidates(db: &impl Sql, rows: &[(&str, &str)]) -> Result<(), Error> {
    // Well below the number of values one statement may have.
    for part in rows.chunks(400) {
        let mut query = Query::new("INSERT INTO candidates (task, who) VALUES ");
        for (index, (task, who)) in part.iter().enumerate() {
            query.push(if index == 0 { "" } else { ", " }).bind_list([*task, *who]);
        }
        db.later_rows(query, || Shape::new(Deed::Insert, "candidates", "task, who").key("task")).await?;
    }
    Ok(())
}

/// Writes what can change of an open task: who has it, and when it is due.
pub async fn change(db: &impl Sql, id: &TaskId, assignee: Option<&UserId>, due_at: Option<&str>) -> Result<(), Error> {
    let mut query = Query::new("UPDATE tasks SET assignee = ");
    query.bind(assignee.map(UserId::as_str)).push(", due_at = ").bind(due_at).push(" WHERE id = ").bind(id.as_str());
    db.later_rows(query, || Shape::new(Deed::Update, "tasks", "assignee, due_at, id").key("id")).await
}

/// Ends a task; nobody is a candidate any more.
pub async fn end(
    db: &impl Sql,
    id: &TaskId,
    state: &str,
    at: &str,
    by: Option<&UserId>,
    outcome: Option<&str>,
) -> Result<(), Error> {
    let mut query = Query::new("UPDATE tasks SET state = ");
    query
        .bind(state)
        .push(", ended_at = ")
        .bind(at)
        .push(", ended_by = ")
        .bind(by.map(UserId::as_str))
        .push(", outcome = ")
        .bind(outcome);
    query.push(" WHERE id = ").bind(id.as_str());
    let columns = "state, ended_at, ended_by, outcome, id";
    db.later_rows(query, || Shape::new(Deed::Update, "tasks", columns).key("id")).await?;
    let mut query = Query::new("DELETE FROM candidates WHERE task = ");
    query.bind(id.as_str());
    db.later_rows(query, || Shape::new(Deed::Delete, "candidates", "task").key("task")).await
}

/// The record of open tasks is called differently now.
pub async fn rename(db: &impl Sql, record: &RecordId, subject: &str) -> Result<(), Error> {
    let mut query = Query::new("UPDATE tasks SET subject = ");
    query.bind(subject).push(" WHERE state = 'open' AND record = ").bind(record.as_str());
    db.later(query).await?;
    Ok(())
}

/// Number of open tasks by assignee.
pub async fn open_by_assignee(db: &impl Sql) -> Result<BTreeMap<String, u64>, Error> {
    let query = Query::new(
        "SELECT assignee, COUNT(*) FROM tasks WHERE state = 'open' AND assignee IS NOT NULL GROUP BY assignee",
    );
    db.rows(query).await?.iter().map(|row| Ok((row.get(0)?, row.get::<i64>(1)? as u64))).collect()
}
