//! Running and ended flows as people see them: on the diagram, with their facts. Readable by whoever may read the record.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use api::instance::{IncidentInfo, InstanceDetail, InstanceHead, InstancePage, Watch, WatchNode};
use futures::FutureExt;
use runtime::engine::{Input, explain};
use runtime::id::{FlowKey, IncidentId, InstanceId, ModuleKey, RecordId};
use runtime::limits::{INSTANCES_WAITING, PAGE_ROWS};
use runtime::model::module::Action;
use serde_json::{Value, json};

use crate::actor::{ADMIN, Actor};
use crate::app::App;
use crate::drive::{Work, titles};
use crate::error::Error;
use crate::records::seat::Seat;
use crate::records::{self, label_of};
use crate::store::instances::{self as rows, Stored};
use crate::store::records as record_rows;
use crate::store::sql::{Query, Sql};
use crate::tasks::readable_records;

/// What a flow may be, as it is asked for.
const STATES: [&str; 4] = ["running", "suspended", "finished", "cancelled"];

/// Query of `GET /api/instances`.
#[derive(Clone, Debug, Default, serde::Deserialize, utoipa::IntoParams)]
#[serde(default, deny_unknown_fields)]
pub struct InstanceQuery {
    pub flow: Option<String>,
    pub module: Option<String>,
    pub record: Option<String>,
    pub state: Option<String>,
    pub node: Option<String>,
    pub after: Option<String>,
    pub limit: Option<u64>,
}

/// `GET /api/instances`: newest first.
pub async fn list(app: &App, actor: &Actor, query: &InstanceQuery) -> Result<InstancePage, Error> {
    let db = app.store.read();
    let mut condition = Query::default();
    readable_records(app, actor, &mut condition)?;
    for (column, value) in
        [("flow", &query.flow), ("module", &query.module), ("record", &query.record), ("state", &query.state)]
    {
        if let Some(value) = value {
            condition.push(&format!(" AND {column} = ")).bind(value.as_str());
        }
    }
    if let Some(state) = query.state.as_deref().filter(|it| !STATES.contains(it)) {
        return Err(Error::malformed(format!(
            "query: expected one of {} in `state`, found `{state}`",
            STATES.join(", ")
        )));
    }
    if let Some(node) = &query.node {
        let text = serde_json::to_string(node)?;
        condition
            .push(" AND at_nodes LIKE ")
            .bind(format!("%{}%", crate::store::sql::like(&text)))
            .push(" ESCAPE '\\'");
    }
    if let Some(after) = &query.after {
        condition.push(" AND id < ").bind(after.as_str());
    }
    let limit = crate::page::rows(query.limit, 50, PAGE_ROWS)?;
    let mut found = rows::heads(db, condition, &format!(" ORDER BY id DESC LIMIT {}", limit + 1)).await?;
    let more = found.len() as u64 > limit;
    found.truncate(limit as usize);
    let next = if more { found.last().map(|it| it.id.0.clone()) } else { None };
    let labels = labels(app, actor, &found).await?;
    let mut shown = Vec::new();
    for it in found {
        let label = labels.get(it.record.as_str()).cloned().unwrap_or_default();
        shown.push(head(app, it, label).await?);
    }
    Ok(InstancePage { rows: shown, next })
}

/// What records are called, of those the person sees the name of.
pub(crate) async fn labels(app: &App, actor: &Actor, found: &[Stored]) -> Result<BTreeMap<String, String>, Error> {
    let mut wanted: BTreeMap<ModuleKey, BTreeSet<String>> = BTreeMap::new();
    for it in found {
        wanted.entry(it.module.clone()).or_default().insert(it.record.0.clone());
    }
    let mut labels = BTreeMap::new();
    for (module, ids) in wanted {
        let Ok(seat) = Seat::take(app, actor, &module) else { continue };
        if seat.sees(seat.label().as_str()) {
            labels.extend(record_rows::labels(app.store.read(), &seat.module.table, seat.label(), &ids).await?);
        }
    }
    Ok(labels)
}

async fn head(app: &App, it: Stored, record_label: String) -> Result<InstanceHead, Error> {
    let pinned = app.definitions.pinned(app.store.read(), &it.version).await?;
    let current = app.definitions.live().flows.get(&it.flow) == Some(&it.version);
    Ok(InstanceHead {
        id: it.id.0,
        titles: titles(&pinned, &format!("flow/{}", it.flow), &pinned.plan.flow().name),
        flow: it.flow.0,
        version: it.version,
        current,
        state: it.state,
        module: it.module.0,
        record: it.record.0,
        record_label,
        started_at: it.started_at,
        ended_at: it.ended_at,
        at: it.at,
        incidents: it.incidents as u64,
    })
}

/// The flows of a record, newest first. The caller has asked for rights.
pub(crate) async fn of_record(app: &App, record: &RecordId, label: &str) -> Result<Vec<InstanceHead>, Error> {
    let mut condition = Query::new("record = ");
    condition.bind(record.as_str());
    heads(app, rows::heads(app.store.read(), condition, " ORDER BY id DESC LIMIT 50").await?, label).await
}

/// Flows of one record as they are listed; `label` is what it is called.
pub(crate) async fn heads(app: &App, found: Vec<Stored>, label: &str) -> Result<Vec<InstanceHead>, Error> {
    let mut heads = Vec::new();
    for it in found {
        heads.push(head(app, it, label.to_owned()).await?);
    }
    Ok(heads)
}

/// `GET /api/instances/{id}`
pub async fn detail(app: &App, actor: &Actor, id: &InstanceId) -> Result<InstanceDetail, Error> {
    let missing = || Error::NotFound("instance".to_owned());
    if actor.outside() {
        return Err(missing());
    }
    let db = app.store.read();
    let stored = rows::find(db, id, false).await?.ok_or_else(missing)?;
    let seat = Seat::take(app, actor, &stored.module)?;
    let record = records::may_read(app, actor, &seat, &stored.record)
        .await
        .map_err(|it| if matches!(it, Error::NotFound(_)) { missing() } else { it })?;
    let shown = runtime::policy::present(&seat.access, &record.data);
    let pinned = app.definitions.pinned(db, &stored.version).await?;
    let facts = rows::facts(db, id).await?;
    let flow = pinned.plan.flow();
    let mut passed = BTreeMap::new();
    let mut taken = BTreeMap::new();
    let elements: BTreeSet<&str> = flow
        .all()
        .into_iter()
        .filter(|it| matches!(it.kind, runtime::model::flow::ElementKind::SequenceFlow { .. }))
        .map(|it| it.id.as_str())
        .collect();
    for (element, times) in explain::passed(facts.iter().map(|it| &it.2)) {
        let into = if elements.contains(element.as_str()) { &mut taken } else { &mut passed };
        into.insert(element.0, u64::from(times));
    }
    let incidents = rows::incidents(db, id).await?;
    let hidden = |key: &String| !seat.sees(key);
    let mut told = Vec::new();
    for (seq, (at, by, fact)) in facts.iter().enumerate() {
        let mut fact = serde_json::to_value(fact)?;
        // Facts carry fields; nobody sees more of them here than on the record.
        if let Some(fields) = fact.get_mut("fields").and_then(Value::as_object_mut) {
            fields.retain(|key, _| !hidden(key));
        }
        if let Some(members) = fact.as_object_mut() {
            members.insert("at".to_owned(), json!(at));
            members.insert("by".to_owned(), json!(by));
            members.insert("seq".to_owned(), json!(seq));
        }
        told.push(fact);
    }
    Ok(InstanceDetail {
        flow: serde_json::to_value(flow)?,
        layout: serde_json::to_value(&pinned.layout)?,
        texts: pinned.texts.clone(),
        may_operate: may_operate(app, actor, &stored.module).is_ok(),
        passed,
        taken,
        facts: told,
        incidents: incidents
            .into_iter()
            .map(|it| IncidentInfo {
                id: it.id.0,
                instance: it.instance.0,
                node: it.node.0,
                message: it.message,
                at: it.at,
            })
            .collect(),
        head: head(app, stored, label_of(shown.get(seat.label().as_str()))).await?,
    })
}

/// `GET /api/flows/{flow}/watch`: what runs now, on the live drawing, of records the person may read.
pub async fn watch(app: &App, actor: &Actor, flow: &FlowKey) -> Result<Watch, Error> {
    let db = app.store.read();
    let version = app.definitions.live().flows.get(flow).cloned().ok_or_else(|| Error::NotFound("flow".to_owned()))?;
    let pinned = app.definitions.pinned(db, &version).await?;
    let mut condition = Query::new("flow = ");
    condition.bind(flow.as_str()).push(" AND ");
    readable_records(app, actor, &mut condition)?;
    let running = Query {
        text: format!("state IN ('running', 'suspended') AND {}", condition.text),
        values: condition.values.clone(),
    };
    let mut query =
        Query { text: "SELECT at_nodes, COUNT(*) FROM instances WHERE ".to_owned(), values: running.values.clone() };
    query.push(&running.text).push(" GROUP BY at_nodes");
    let mut nodes: BTreeMap<String, WatchNode> = BTreeMap::new();
    let mut total = 0;
    for row in db.rows(query).await? {
        let at: Vec<String> = row.json(0)?;
        let count = row.get::<i64>(1)? as u64;
        total += count;
        for node in at {
            nodes.entry(node).or_default().count += count;
        }
    }
    let mut query = Query {
        text: "SELECT node, COUNT(*) FROM tasks WHERE state = 'open' AND ".to_owned(),
        values: condition.values.clone(),
    };
    query.push(&condition.text).push(" AND due_at < ").bind(app.clock.stamp()).push(" GROUP BY node");
    for row in db.rows(query).await? {
        nodes.entry(row.get(0)?).or_default().overdue = row.get::<i64>(1)? as u64;
    }
    let mut query = Query {
        text: "SELECT node, opened_at FROM tasks WHERE state = 'open' AND ".to_owned(),
        values: condition.values.clone(),
    };
    query.push(&condition.text).push(&format!(" ORDER BY opened_at LIMIT {INSTANCES_WAITING}"));
    let now = app.clock.now();
    let mut waiting: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for row in db.rows(query).await? {
        let (node, opened_at): (String, String) = (row.get(0)?, row.get(1)?);
        let Ok(since) = opened_at.parse::<jiff::Timestamp>() else { continue };
        let (count, seconds) = waiting.entry(node.clone()).or_default();
        *count += 1;
        *seconds += u64::try_from(now.duration_since(since).as_secs()).unwrap_or_default();
        nodes.entry(node).or_default().oldest.get_or_insert(opened_at);
    }
    for (node, (count, seconds)) in waiting {
        nodes.entry(node).or_default().waiting_seconds = seconds / count.max(1);
    }
    let mut query = Query { text: "SELECT node, COUNT(*) FROM incidents WHERE resolved_at IS NULL AND instance IN (SELECT id FROM instances WHERE ".to_owned(), values: running.values };
    query.push(&running.text).push(") GROUP BY node");
    for row in db.rows(query).await? {
        nodes.entry(row.get(0)?).or_default().incidents = row.get::<i64>(1)? as u64;
    }
    Ok(Watch {
        flow: serde_json::to_value(pinned.plan.flow())?,
        layout: serde_json::to_value(&pinned.layout)?,
        texts: pinned.texts.clone(),
        nodes,
        running: total,
    })
}

/// Administrators, and those who may change every record of the module, run its flows.
pub(crate) fn may_operate(app: &App, actor: &Actor, module: &ModuleKey) -> Result<(), Error> {
    let seat = Seat::take(app, actor, module)?;
    if actor.holds(ADMIN) || seat.cover(Action::Update).is_whole() {
        Ok(())
    } else {
        Err(Error::NoRights("run flows".to_owned()))
    }
}

/// `POST /api/incidents/{id}/retry`: administrators, and those who may change every record of the module.
pub async fn retry(app: &Arc<App>, actor: &Actor, id: &IncidentId) -> Result<(), Error> {
    let missing = || Error::NotFound("incident".to_owned());
    let incident = rows::incident_by_id(app.store.read(), id).await?.ok_or_else(missing)?;
    let stored = rows::find(app.store.read(), &incident.instance, false).await?.ok_or_else(missing)?;
    may_operate(app, actor, &stored.module)?;
    let unit = Arc::new((app.clone(), actor.clone(), incident.instance, id.clone()));
    app.store
        .write(move |tx| {
            let unit = unit.clone();
            async move {
                let (app, actor, instance, incident) = unit.as_ref();
                let mut work = Work::of_instance(app, tx, actor, instance).await?;
                work.input(instance, Input::Retry { incident: incident.clone() }).await?;
                work.finish().await?;
                Ok(())
            }
            .boxed()
        })
        .await
}
