//! The packs' sample records, made the way people make them: by creating and by doing tasks, one moment after the other,
//! with the clock set back. So their histories, flows and notices are real ones.

use std::collections::BTreeMap;
use std::sync::Arc;

use api::record::Create;
use api::task::Complete;
use futures::FutureExt;
use jiff::{SignedDuration, Timestamp};
use runtime::id::{ModuleKey, RecordId};
use runtime::model::pack::{Sample, SampleStep};
use serde_json::{Map, Value};

use super::people::{Organisation, join_customer};
use crate::actor::{Actor, Channel};
use crate::app::App;
use crate::clock::Clock;
use crate::error::Error;
use crate::store::sql::{Query, Sql};
use crate::store::{audit, records as rows, tasks as task_rows};
use crate::{jobs, records, tasks};

/// In the audit log: the samples are made.
const MARK: &str = "demo-samples-made";
/// Longest pause between the steps of a sample.
const PAUSE_MINUTES: i64 = 150;
/// Rounds of due work after which the next sample is made anyway.
const ROUNDS: usize = 200;
/// Notices older than that have been read.
const READ_HOURS: i64 = 30;

/// Something that is to happen.
enum Deed<'a> {
    Create,
    Do(&'a SampleStep),
}

pub(super) async fn install(app: &Arc<App>, organisation: &Organisation) -> Result<(), Error> {
    let mut query = Query::new("SELECT 1 FROM audit WHERE kind = ");
    query.bind(MARK).push(" LIMIT 1");
    if app.store.read().row(query).await?.is_some() {
        return Ok(());
    }
    let live = app.definitions.live();
    let samples: Vec<&Sample> = live.catalog.packs().flat_map(|it| &it.samples).collect();
    let now = app.clock.now();
    let mut plan: Vec<(i64, usize, usize, Deed)> = Vec::new();
    for (place, sample) in samples.iter().enumerate() {
        let ago = i64::from(sample.hours_ago) * 60;
        let pause = (ago / (sample.then.len() as i64 + 1)).min(PAUSE_MINUTES);
        plan.push((ago, place, 0, Deed::Create));
        for (turn, step) in sample.then.iter().enumerate() {
            plan.push((ago - pause * (turn as i64 + 1), place, turn + 1, Deed::Do(step)));
        }
    }
    // Oldest first. At the same moment as the packs list them: a record comes after those it points at.
    plan.sort_by_key(|it| (-it.0, it.2, it.1));

    let mut travel = Travel { clock: app.clock.clone(), by: SignedDuration::ZERO };
    let mut made: BTreeMap<&str, (ModuleKey, RecordId)> = BTreeMap::new();
    for (ago, place, _, deed) in &plan {
        travel.to(now.checked_sub(SignedDuration::from_mins(*ago)).unwrap_or(now));
        settle(app).await?;
        let Some(sample) = samples.get(*place) else { continue };
        let done = match deed {
            Deed::Create => create(app, sample, &made).await.map(|id| {
                made.insert(&sample.name, (sample.module.clone(), id));
            }),
            Deed::Do(step) => match made.get(sample.name.as_str()) {
                Some((_, record)) => act(app, record, step, &made).await,
                None => Ok(()),
            },
        };
        if let Err(error) = done {
            let what = match deed {
                Deed::Create => "create",
                Deed::Do(step) => step.node.as_str(),
            };
            tracing::warn!(
                sample = sample.name,
                what,
                error = error.for_log(),
                "a sample record is not as it should be"
            );
        }
        let waiting = organisation.people.iter().filter(|it| it.customer.as_deref() == Some(sample.name.as_str()));
        if let (Deed::Create, Some((_, record))) = (deed, made.get(sample.name.as_str())) {
            for person in waiting {
                join_customer(app, &person.login, record.as_str()).await?;
            }
        }
    }
    drop(travel);
    settle(app).await?;
    settle_down(app, now).await
}

/// Old notices have been read, and all of this is not done again.
async fn settle_down(app: &Arc<App>, now: Timestamp) -> Result<(), Error> {
    let old = now.checked_sub(SignedDuration::from_hours(READ_HOURS)).unwrap_or(now);
    let times = Arc::new((crate::clock::stamp(old), app.clock.stamp()));
    app.store
        .write(move |tx| {
            let times = times.clone();
            async move {
                let mut query = Query::new("UPDATE notices SET read_at = at WHERE read_at IS NULL AND at < ");
                query.bind(times.0.as_str());
                tx.exec(query).await?;
                audit::add(tx, &times.1, None, "", MARK, &Map::new()).await
            }
            .boxed()
        })
        .await
}

async fn create(
    app: &Arc<App>,
    sample: &Sample,
    made: &BTreeMap<&str, (ModuleKey, RecordId)>,
) -> Result<RecordId, Error> {
    let owner = sample.owner.as_deref().unwrap_or("admin");
    let actor = actor(app, owner)?;
    let mut data = resolved(app, &sample.data, made);
    let mut tries = 0;
    loop {
        tries += 1;
        let once = Some(format!("sample:{}", sample.name));
        let ask = Create { data: data.clone(), accept_duplicates: true, once, ..Create::default() };
        match records::create(app, &actor, &sample.module, ask).await {
            // A sample may show fields that only the platform writes; then it goes without them.
            Err(Error::InvalidFields(faults)) if tries == 1 && faults.iter().all(|it| it.code == "not-writable") => {
                for it in &faults {
                    tracing::debug!(sample = sample.name, pointer = it.pointer, "a field of a sample is left out");
                    data.remove(it.pointer.trim_start_matches('/'));
                }
            }
            done => return done.map(|it| RecordId(it.id)),
        }
    }
}

async fn act(
    app: &Arc<App>,
    record: &RecordId,
    step: &SampleStep,
    made: &BTreeMap<&str, (ModuleKey, RecordId)>,
) -> Result<(), Error> {
    let mut condition = Query::new("state = 'open' AND record = ");
    condition.bind(record.as_str()).push(" AND node = ").bind(step.node.as_str());
    let task = task_rows::find_where(app.store.read(), condition, "").await?.pop();
    let task = task.ok_or_else(|| Error::NotFound(format!("open task `{}`", step.node)))?;
    let mut who = actor(app, &step.who)?;
    // Somebody else got the work: then it is theirs to do.
    if let Some(other) = task.assignee.as_ref().filter(|it| *it != who.id())
        && let Some(person) = app.people.person(other)
    {
        who = Actor::new(person, Channel::Form);
    }
    let data = resolved(app, &step.data, made);
    let live = app.definitions.live();
    let stored = rows::find(app.store.read(), &live.module(&task.module)?.table, record, false).await?;
    let version = stored.ok_or_else(|| Error::NotFound("record".to_owned()))?.version;
    let ask = Complete { outcome: step.outcome.clone(), data, version, comment: step.comment.clone() };
    tasks::complete(app, &who, &task.id, ask).await?;
    settle(app).await?;
    Ok(())
}

/// Does what is due by now: reminders, timers, calls of plugins.
async fn settle(app: &Arc<App>) -> Result<(), Error> {
    for _ in 0..ROUNDS {
        if !jobs::once(app, "demo").await? {
            break;
        }
    }
    Ok(())
}

fn actor(app: &App, login: &str) -> Result<Actor, Error> {
    let state = app.people.state();
    let user = state.users.values().find(|it| it.login == login);
    let person =
        user.and_then(|it| app.people.person(&it.id)).ok_or_else(|| Error::NotFound(format!("demo user `{login}`")))?;
    Ok(Actor::new(person, Channel::Form))
}

/// The data with `@sample:` and `@user:` replaced by ids and `@day:` by a date, wherever they stand. What is not there is left out.
fn resolved(app: &App, data: &Map<String, Value>, made: &BTreeMap<&str, (ModuleKey, RecordId)>) -> Map<String, Value> {
    data.iter().filter_map(|(key, value)| Some((key.clone(), replace(app, value, made)?))).collect()
}

fn replace(app: &App, value: &Value, made: &BTreeMap<&str, (ModuleKey, RecordId)>) -> Option<Value> {
    Some(match value {
        Value::String(text) if text.starts_with("@day:") => {
            let days: i64 = text.trim_start_matches("@day:").parse().ok()?;
            let then = app.clock.now().checked_add(SignedDuration::from_hours(24 * days)).ok()?;
            Value::from(then.strftime("%Y-%m-%d").to_string())
        }
        Value::String(text) => match (text.strip_prefix("@sample:"), text.strip_prefix("@user:")) {
            (Some(name), _) => Value::from(made.get(name)?.1.as_str()),
            (None, Some(login)) => {
                Value::from(app.people.state().users.values().find(|it| it.login == login)?.id.as_str())
            }
            (None, None) => value.clone(),
        },
        Value::Array(items) => Value::Array(items.iter().filter_map(|it| replace(app, it, made)).collect()),
        Value::Object(members) => Value::Object(resolved(app, members, made)),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    })
}

/// A clock that is somewhere else in time and comes back when this goes.
struct Travel {
    clock: Clock,
    by: SignedDuration,
}

impl Travel {
    fn to(&mut self, at: Timestamp) {
        let by = at.duration_since(self.clock.now());
        self.clock.advance(by);
        self.by += by;
    }
}

impl Drop for Travel {
    fn drop(&mut self) {
        self.clock.advance(-self.by);
    }
}
