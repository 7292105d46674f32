//! One record, and its history.

use std::collections::BTreeMap;

use api::instance::InstanceHead;
use api::record::{HistoryEntry, Record};
use api::task::TaskHead;
use runtime::id::{FieldKey, ModuleKey, RecordId};
use runtime::limits;
use runtime::model::module::{Access, Action};
use runtime::policy;
use serde_json::{Map, Value};

use super::labels::{label_of, labels};
use super::seat::{Seat, facts};
use crate::actor::Actor;
use crate::app::App;
use crate::drive::Done;
use crate::error::Error;
use crate::store::absences;
use crate::store::history::{self, Past};
use crate::store::records::{self as rows, Stored};
use crate::{instances, tasks};

/// `GET /api/records/{module}/{id}`. Who has a task of the record reads it too.
pub async fn read(app: &App, actor: &Actor, module: &ModuleKey, id: &RecordId) -> Result<Record, Error> {
    let seat = Seat::take(app, actor, module)?;
    let stored = may_read(app, actor, &seat, id).await?;
    let access = seat.access.clone();
    shown(app, actor, &seat, &stored, &access).await
}

/// The record, if the person may read it: by right, or because a task of theirs is about it.
pub(crate) async fn may_read(app: &App, actor: &Actor, seat: &Seat, id: &RecordId) -> Result<Stored, Error> {
    let stored = rows::find(app.store.read(), &seat.module.table, id, false)
        .await?
        .ok_or_else(|| Error::NotFound("record".to_owned()))?;
    // That it exists is not told either.
    if knows(app, actor, seat, &stored).await? { Ok(stored) } else { Err(Error::NotFound("record".to_owned())) }
}

/// Whether the person may read a record: by right, or because a task of theirs is about it, or it was copied to them.
pub(crate) async fn knows(app: &App, actor: &Actor, seat: &Seat, record: &Stored) -> Result<bool, Error> {
    if policy::is_barred(&seat.live.catalog, &seat.who, &seat.module.key, &facts(record)) {
        return Ok(false);
    }
    Ok(seat.may(Action::Read, record)
        || tasks::has_open(app, actor, &record.id).await?
        || absences::copied(app.store.read(), &record.id, actor.id()).await?)
}

/// A record as a person gets it, with labels, flows and tasks.
pub(crate) async fn shown(
    app: &App,
    actor: &Actor,
    seat: &Seat,
    stored: &Stored,
    access: &BTreeMap<FieldKey, Access>,
) -> Result<Record, Error> {
    let data = policy::present(access, &stored.data);
    let instances = instances::of_record(app, &stored.id, &label_of(data.get(seat.label().as_str()))).await?;
    let tasks = tasks::of_record(app, actor, &stored.id).await?;
    composed(app, actor, seat, stored, data, instances, tasks).await
}

/// A record that was made just now, as the person who made it gets it; from what was written.
pub(crate) async fn made(app: &App, actor: &Actor, seat: &Seat, done: Done) -> Result<Record, Error> {
    let data = policy::present(&seat.access, &done.record.data);
    let mut newest = done.instances;
    newest.sort_by(|a, b| b.id.cmp(&a.id));
    let tasks = tasks::just_opened(app, actor, &done.record, &newest, done.tasks).await?;
    let instances = instances::heads(app, newest, &label_of(data.get(seat.label().as_str()))).await?;
    composed(app, actor, seat, &done.record, data, instances, tasks).await
}

async fn composed(
    app: &App,
    actor: &Actor,
    seat: &Seat,
    stored: &Stored,
    data: Map<String, Value>,
    instances: Vec<InstanceHead>,
    tasks: Vec<TaskHead>,
) -> Result<Record, Error> {
    let mut names = labels(app, app.store.read(), seat, &[&data]).await?;
    let people = app.people.state();
    for id in [stored.owner.as_ref(), Some(&stored.created_by), Some(&stored.updated_by)].into_iter().flatten() {
        names.insert(id.0.clone(), people.name(id.as_str()));
    }
    if let Some(id) = &stored.department {
        names.insert(id.0.clone(), people.department_name(id.as_str(), &actor.person.language));
    }
    let mut tasks = tasks;
    tasks.retain(|it| !actor.outside() || it.mine || it.claimable);
    let actions = [(Action::Update, "update"), (Action::Delete, "delete")];
    Ok(Record {
        id: stored.id.0.clone(),
        module: seat.module.key.0.clone(),
        version: stored.version,
        label: label_of(data.get(seat.label().as_str())),
        labels: names,
        owner: stored.owner.as_ref().map(|it| it.0.clone()),
        department: stored.department.as_ref().map(|it| it.0.clone()),
        created_at: stored.created_at.clone(),
        updated_at: stored.updated_at.clone(),
        actions: actions.iter().filter(|it| seat.may(it.0, stored)).map(|it| it.1.to_owned()).collect(),
        instances: if actor.outside() { Vec::new() } else { instances },
        tasks,
        data,
    })
}

/// `GET /api/records/{module}/{id}/history`
pub async fn history(app: &App, actor: &Actor, module: &ModuleKey, id: &RecordId) -> Result<Vec<HistoryEntry>, Error> {
    let seat = Seat::take(app, actor, module)?;
    may_read(app, actor, &seat, id).await?;
    entries(app, actor, &seat, id, &seat.access).await
}

/// The history of a record as far as the person may see its fields. People from outside see how the record changed and what
/// they did themselves; who worked on it and what was said is the house's.
pub(crate) async fn entries(
    app: &App,
    actor: &Actor,
    seat: &Seat,
    id: &RecordId,
    access: &BTreeMap<FieldKey, Access>,
) -> Result<Vec<HistoryEntry>, Error> {
    let missing = || Error::NotFound("module".to_owned());
    let shape = seat.live.catalog.module(&seat.module.key).ok_or_else(missing)?;
    let past = history::of(app.store.read(), shape, id, limits::HISTORY_ENTRIES).await?;
    let people = app.people.state();
    let mut entries: Vec<HistoryEntry> = Vec::new();
    for Past { at, by, channel, kind, changes, info, .. } in past {
        if actor.outside() && by != *actor.id() && !matches!(kind.as_str(), "created" | "changed") {
            continue;
        }
        let had = !changes.is_empty();
        let mut seen = changes;
        seen.retain(|it| access.get(it.field.as_str()).is_some_and(|it| *it > Access::Hidden));
        for it in seen.iter_mut().filter(|it| access.get(it.field.as_str()) == Some(&Access::Masked)) {
            it.from = policy::mask(&it.from);
            it.to = policy::mask(&it.to);
        }
        // An entry about nothing but hidden fields tells that there is something.
        if had && seen.is_empty() && kind == "changed" {
            continue;
        }
        let mut labels = BTreeMap::new();
        for person in ["to", "behalf", "people"].iter().filter_map(|it| info.get(*it)).flat_map(super::labels::ids) {
            labels.insert(person.to_owned(), people.name(person));
        }
        entries.push(HistoryEntry {
            by_name: people.name(by.as_str()),
            at,
            by: by.0,
            channel,
            kind,
            changes: seen,
            info,
            labels,
        });
    }
    let sides: Vec<Map<String, Value>> = entries
        .iter()
        .flat_map(|it| &it.changes)
        .flat_map(|it| [&it.from, &it.to].map(|value| Map::from_iter([(it.field.clone(), value.clone())])))
        .collect();
    let all = labels(app, app.store.read(), seat, &sides.iter().collect::<Vec<_>>()).await?;
    for entry in &mut entries {
        for value in entry.changes.iter().flat_map(|it| [&it.from, &it.to]) {
            let ids: Vec<&str> = match value {
                Value::String(it) => vec![it],
                Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => Vec::new(),
            };
            for id in ids {
                if let Some(label) = all.get(id) {
                    entry.labels.insert(id.to_owned(), label.clone());
                }
            }
        }
    }
    Ok(entries)
}
