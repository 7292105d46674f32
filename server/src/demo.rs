//! A demo organisation with people and records that look like a real company's: `server/demo/organisation.json` and
//! the samples of the packs, played through the flows as those people, with the clock set back. Done once: what is
//! there already is left alone.

use std::collections::BTreeMap;
use std::sync::Arc;

use api::task::Complete;
use futures::FutureExt;
use jiff::{SignedDuration, Timestamp};
use runtime::form::Writer;
use runtime::id::{DeptId, RecordId, RoleKey, TaskId, UserId};
use runtime::model::module::TriggerEvent;
use runtime::model::pack::{Sample, SampleStep};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::actor::{Actor, Channel};
use crate::app::App;
use crate::auth::password;
use crate::drive::Work;
use crate::error::Error;
use crate::jobs;
use crate::records::seat::Seat;
use crate::records::{number, unique};
use crate::store::people::{self as rows, Department, User};
use crate::store::records as record_rows;
use crate::store::sql::{Query, Sql, Tx};
use crate::store::tasks;
use crate::tasks::finish_task;

/// Of every demo user. Printed at the start; a demo keeps no secrets.
const PASSWORD: &str = "flowloom";

/// A demo user, as printed at start.
#[derive(Clone, Debug)]
pub struct DemoUser {
    pub login: String,
    pub password: String,
    pub name: String,
    /// What the person is there for, in English and Chinese.
    pub part: (String, String),
}

#[derive(Deserialize)]
struct Organisation {
    departments: Vec<DepartmentData>,
    people: Vec<PersonData>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DepartmentData {
    id: String,
    key: String,
    name: String,
    name_en: String,
    #[serde(default)]
    parent: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PersonData {
    login: String,
    name: String,
    roles: Vec<RoleKey>,
    #[serde(default)]
    department: Option<String>,
    #[serde(default)]
    manager: Option<String>,
    regions: Vec<String>,
    skills: Vec<String>,
    part: BTreeMap<String, String>,
    /// The sample record of the customer a portal user belongs to.
    #[serde(default)]
    customer: Option<String>,
}

fn user_id(login: &str) -> UserId {
    UserId(format!("usr_{login}"))
}

/// Makes the demo people and records where they are missing. Prints nothing: the caller does.
pub async fn install(app: &Arc<App>) -> Result<Vec<DemoUser>, Error> {
    let organisation: Organisation = serde_json::from_str(include_str!("../demo/organisation.json"))?;
    let organisation = Arc::new(organisation);
    people(app, &organisation).await?;
    let before = app.clock.now();
    let started = std::time::Instant::now();
    let played = samples(app, &organisation).await;
    // Back to the present, whatever happened.
    set_clock(app, before.checked_add(SignedDuration::try_from(started.elapsed()).unwrap_or_default()).unwrap_or(before));
    played?;
    let text = |it: &PersonData, language: &str| it.part.get(language).cloned().unwrap_or_default();
    Ok(organisation
        .people
        .iter()
        .map(|it| DemoUser { login: it.login.clone(), password: PASSWORD.to_owned(), name: it.name.clone(), part: (text(it, "en"), text(it, "zh-CN")) })
        .collect())
}

async fn people(app: &Arc<App>, organisation: &Arc<Organisation>) -> Result<(), Error> {
    let known = app.people.state();
    if organisation.people.iter().all(|it| known.users.values().any(|has| has.login == it.login)) {
        return Ok(());
    }
    let hash = password::hash_soon(PASSWORD.to_owned()).await?;
    let unit = Arc::new((organisation.clone(), hash, app.clock.stamp(), known));
    app.store.write(move |tx| { let unit = unit.clone(); async move { add_people(tx, &unit.0, &unit.1, &unit.2, &unit.3).await }.boxed() }).await?;
    app.people.reload(app.store.read()).await
}

async fn add_people(tx: &Tx, organisation: &Organisation, hash: &str, at: &str, known: &crate::people::State) -> Result<(), Error> {
    for it in &organisation.departments {
        let id = DeptId(it.id.clone());
        if !known.departments.contains_key(&id) {
            let parent = it.parent.clone().map(DeptId);
            rows::save_department(tx, &Department { id, key: it.key.clone(), name: it.name.clone(), name_en: it.name_en.clone(), parent }).await?;
        }
    }
    let missing = |it: &&PersonData| !known.users.values().any(|has| has.login == it.login);
    let id_of = |login: &String| known.users.values().find(|it| it.login == *login).map_or_else(|| user_id(login), |it| it.id.clone());
    let user = |it: &PersonData, manager: bool| User {
        id: user_id(&it.login),
        login: it.login.clone(),
        name: it.name.clone(),
        roles: it.roles.clone(),
        department: it.department.clone().map(DeptId),
        manager: it.manager.as_ref().filter(|_| manager).map(id_of),
        regions: it.regions.clone(),
        skills: it.skills.clone(),
        ..User::default()
    };
    // Twice, so that a manager may stand below in the file.
    for manager in [false, true] {
        for it in organisation.people.iter().filter(missing) {
            rows::save(tx, &user(it, manager), if manager { None } else { Some(hash) }, at).await?;
        }
    }
    Ok(())
}

/// Sets the clock to a moment.
fn set_clock(app: &App, to: Timestamp) {
    app.clock.advance(to.duration_since(app.clock.now()));
}

/// Plays the samples of every pack whose modules are still empty, oldest first.
async fn samples(app: &Arc<App>, organisation: &Organisation) -> Result<(), Error> {
    let live = app.definitions.live();
    let mut waiting: Vec<Sample> = Vec::new();
    for pack in live.catalog.packs() {
        let mut empty = true;
        for module in pack.modules.keys() {
            let query = Query::new(format!("SELECT 1 FROM {} LIMIT 1", live.module(module)?.table.quoted()));
            empty &= app.store.read().row(query).await?.is_none();
        }
        if empty {
            waiting.extend(pack.samples.iter().cloned());
        }
    }
    waiting.sort_by_key(|it| std::cmp::Reverse(it.hours_ago));
    let now = app.clock.now();
    let mut names: BTreeMap<String, RecordId> = BTreeMap::new();
    // What refers to a sample that is not made yet waits for it; a circle ends the loop.
    while !waiting.is_empty() {
        let ready = waiting.iter().position(|it| refers(&it.data, &waiting, &names));
        let Some(ready) = ready else {
            tracing::warn!(left = waiting.len(), "some samples refer to each other and were left out");
            break;
        };
        let sample = waiting.remove(ready);
        match play(app, &sample, &names, now).await {
            Ok(id) => {
                for it in organisation.people.iter().filter(|it| it.customer.as_ref() == Some(&sample.name)) {
                    belongs(app, &it.login, &id).await?;
                }
                names.insert(sample.name.clone(), id);
            }
            Err(error) => tracing::warn!(sample = sample.name, module = sample.module.as_str(), error = error.for_log(), "a sample could not be made"),
        }
    }
    Ok(())
}

/// True if everything it refers to is there, or never will be.
fn refers(data: &Map<String, Value>, waiting: &[Sample], names: &BTreeMap<String, RecordId>) -> bool {
    let text = Value::Object(data.clone()).to_string();
    text.split("\"@sample:").skip(1).filter_map(|it| it.split('"').next()).all(|name| names.contains_key(name) || !waiting.iter().any(|it| it.name == name))
}

async fn belongs(app: &Arc<App>, login: &str, customer: &RecordId) -> Result<(), Error> {
    let state = app.people.state();
    let Some(user) = state.users.values().find(|it| it.login == login && it.customer.is_none()) else { return Ok(()) };
    let unit = Arc::new((User { customer: Some(customer.clone()), ..user.clone() }, app.clock.stamp()));
    app.store.write(move |tx| { let unit = unit.clone(); async move { rows::save(tx, &unit.0, None, &unit.1).await }.boxed() }).await?;
    app.people.reload(app.store.read()).await
}

/// `@sample:<ref>` and `@user:<login>` as ids.
fn resolve(value: &Value, names: &BTreeMap<String, RecordId>, app: &App) -> Value {
    match value {
        Value::String(text) => match (text.strip_prefix("@sample:"), text.strip_prefix("@user:")) {
            (Some(name), _) => names.get(name).map_or(Value::Null, |it| Value::String(it.0.clone())),
            (None, Some(login)) => actor(app, login).map_or(Value::Null, |it| Value::String(it.person.id.0)),
            (None, None) => value.clone(),
        },
        Value::Array(items) => Value::Array(items.iter().map(|it| resolve(it, names, app)).collect()),
        Value::Object(members) => Value::Object(members.iter().map(|(key, it)| (key.clone(), resolve(it, names, app))).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

fn map(data: &Map<String, Value>, names: &BTreeMap<String, RecordId>, app: &App) -> Map<String, Value> {
    data.iter().map(|(key, it)| (key.clone(), resolve(it, names, app))).collect()
}

fn actor(app: &App, login: &str) -> Option<Actor> {
    let state = app.people.state();
    let user = state.users.values().find(|it| it.login == login)?;
    state.directory.get(&user.id).map(|it| Actor::new(it.clone(), Channel::Import))
}

/// Time between two steps of a sample.
const PACE: SignedDuration = SignedDuration::from_mins(40);

async fn play(app: &Arc<App>, sample: &Sample, names: &BTreeMap<String, RecordId>, now: Timestamp) -> Result<RecordId, Error> {
    let owner = sample.owner.as_deref().unwrap_or("admin");
    let owner = actor(app, owner).ok_or_else(|| Error::NotFound(format!("user `{owner}`")))?;
    let created = now.checked_sub(SignedDuration::from_hours(i64::from(sample.hours_ago))).unwrap_or(now);
    set_clock(app, created);
    let seat = Seat::take(app, &owner, &sample.module)?;
    let table = seat.module.table.clone();
    let data = map(&sample.data, names, app);
    let unit = Arc::new((app.clone(), owner, seat, data));
    let made = app
        .store
        .write(move |tx| {
            let unit = unit.clone();
            async move {
                let (app, owner, seat, data) = unit.as_ref();
                let mut work = Work::make(app, tx, owner, seat.module.clone());
                // As the person would; where a sample says what only the platform sets, as the platform.
                if work.accept(data, None, &seat.access, Writer::Person).await.is_err() {
                    work.accept(data, None, &BTreeMap::new(), Writer::Flow).await?;
                }
                number(&mut work, tx, &seat.module).await?;
                work.trigger(TriggerEvent::Created).await?;
                Ok(work.finish().await?.id)
            }
            .boxed()
        })
        .await;
    let id = made.map_err(|it| unique(&table, it))?;
    let pace = PACE.min(SignedDuration::from_secs(i64::from(sample.hours_ago) * 3600 / (sample.then.len() as i64 + 1)));
    for step in &sample.then {
        set_clock(app, app.clock.now().checked_add(pace).unwrap_or(now).min(now));
        if let Err(error) = take(app, sample, step, &id, names, now).await {
            tracing::warn!(sample = sample.name, node = step.node, who = step.who, error = error.for_log(), "a sample stops before its end");
            break;
        }
    }
    Ok(id)
}

/// Times the clock is moved to a timer while waiting for a step.
const WAITS: usize = 8;

/// Takes one step of a sample; calls and timers on the way to it are done first.
async fn take(
    app: &Arc<App>, sample: &Sample, step: &SampleStep, id: &RecordId, names: &BTreeMap<String, RecordId>, now: Timestamp,
) -> Result<(), Error> {
    let who = actor(app, &step.who).ok_or_else(|| Error::NotFound(format!("user `{}`", step.who)))?;
    let mut found: Option<TaskId> = None;
    for _ in 0..WAITS {
        let mut condition = Query::new("state = 'open' AND record = ");
        condition.bind(id.as_str()).push(" AND node = ").bind(step.node.as_str());
        found = tasks::find_where(app.store.read(), condition, " ORDER BY opened_at LIMIT 1").await?.pop().map(|it| it.id);
        if found.is_some() {
            break;
        }
        if !jobs::once(app, "demo").await? {
            let Some(due) = next_timer(app, id).await? else { break };
            if due > now {
                break;
            }
            set_clock(app, due.max(app.clock.now()));
        }
    }
    let task = found.ok_or_else(|| Error::NotFound(format!("task at `{}`", step.node)))?;
    let row = tasks::find(app.store.read(), &task).await?.ok_or_else(|| Error::NotFound("task".to_owned()))?;
    let seat = Seat::take(app, &who, &sample.module)?;
    let record = record_rows::find(app.store.read(), &seat.module.table, id, false).await?.ok_or_else(|| Error::NotFound("record".to_owned()))?;
    let ask = Complete { outcome: step.outcome.clone(), data: map(&step.data, names, app), version: record.version, comment: step.comment.clone() };
    let unit = Arc::new((app.clone(), who, seat, row, ask));
    app.store
        .write(move |tx| {
            let unit = unit.clone();
            async move {
                let (app, who, seat, row, ask) = unit.as_ref();
                let mut work = Work::of_instance(app, tx, who, &row.instance).await?;
                finish_task(app, tx, &mut work, seat, row, ask).await?;
                work.finish().await?;
                Ok(())
            }
            .boxed()
        })
        .await
}

async fn next_timer(app: &App, record: &RecordId) -> Result<Option<Timestamp>, Error> {
    let mut query = Query::new("SELECT MIN(due_at) FROM timers WHERE instance IN (SELECT id FROM instances WHERE record = ");
    query.bind(record.as_str()).push(")");
    let due: Option<String> = match app.store.read().row(query).await? {
        Some(row) => row.get(0)?,
        None => None,
    };
    Ok(due.and_then(|it| it.parse().ok()))
}
