//! Writing what a unit of work came to: record, history, instances, facts, tasks, timers, jobs, notices. What a row
//! needs is the difference between the instance before and after; nothing is read again.

use std::collections::{BTreeMap, BTreeSet};

use runtime::engine::{Fact, OpenTask};
use runtime::id::{TaskId, TimerId, UserId};
use serde_json::Value;

use super::step::word;
use super::{RecordState, Running, Work};
use crate::clock::stamp;
use crate::error::Error;
use crate::live::Change;
use crate::people::Load;
use crate::store::history;
use crate::store::instances::{self, Incident, Timer};
use crate::store::records::{self as rows, Stored};
use crate::store::tasks::{self, Task};
use crate::store::{notices, renames};

/// What a unit of work leaves: enough to answer without reading it again.
pub(crate) struct Done {
    pub record: Stored,
    /// The instances it touched.
    pub instances: Vec<instances::Stored>,
    /// The tasks it opened, with those who may claim them.
    pub tasks: Vec<(Task, BTreeSet<String>)>,
}

impl Done {
    /// True if the task is open after it.
    pub fn has_open(&self, task: &TaskId) -> bool {
        self.instances.iter().any(|it| it.body.tasks.contains_key(task))
    }
}

impl Work<'_> {
    /// Writes everything. Nothing of this work is visible to others before the commit.
    pub(crate) async fn finish(mut self) -> Result<Done, Error> {
        self.settle(false).await?;
        self.tell_conditions().await?;
        self.write_record().await?;
        self.write_lost().await?;
        let mut people: BTreeSet<UserId> = BTreeSet::new();
        let mut loads = Vec::new();
        let subject = self.label();
        let points = self.points();
        let flows: Vec<Running> = std::mem::take(&mut self.flows).into_values().collect();
        let mut new_tasks = Vec::new();
        let mut timers = Vec::new();
        let mut gone_timers: Vec<TimerId> = Vec::new();
        let mut gone_jobs = Vec::new();
        let mut touched = Vec::new();
        let mut posted = false;
        for mut running in flows {
            self.write_instance(&mut running).await?;
            posted |= self.write_awaited(&running).await?;
            let (before, after) = (&running.before, &running.stored.body);
            let ends = ends(&running);
            for (id, task) in &after.tasks {
                match before.tasks.get(id) {
                    None => {
                        new_tasks.push((self.task(&running, task, &subject, points, None), candidates(task)));
                        people.extend(self.concerned(task));
                        loads.extend(load(task.assignee.as_ref(), points, Some(&self.at)));
                    }
                    Some(was) if was.assignee != task.assignee => {
                        tasks::change(
                            self.tx,
                            id,
                            task.assignee.as_ref(),
                            task.due_at.as_deref().map(restamp).as_deref(),
                        )
                        .await?;
                        people.extend(self.concerned(was));
                        people.extend(self.concerned(task));
                        loads.extend(load(was.assignee.as_ref(), -points, None));
                        loads.extend(load(task.assignee.as_ref(), points, Some(&self.at)));
                    }
                    Some(was) if was.due_at != task.due_at => {
                        tasks::change(
                            self.tx,
                            id,
                            task.assignee.as_ref(),
                            task.due_at.as_deref().map(restamp).as_deref(),
                        )
                        .await?;
                        people.extend(self.concerned(task));
                    }
                    Some(_) => {}
                }
            }
            for (id, was) in before.tasks.iter().filter(|it| !after.tasks.contains_key(it.0)) {
                let end = ends.get(id).cloned().unwrap_or_default();
                tasks::end(self.tx, id, end.state, &self.at, end.by.as_ref(), end.outcome.as_deref()).await?;
                people.extend(self.concerned(was));
                loads.extend(load(was.assignee.as_ref(), -points, None));
            }
            for fact in running.facts.iter().flat_map(|it| &it.1) {
                if let Fact::TaskCopied { task, to, .. } = fact {
                    crate::store::absences::copy(self.tx, &self.record.id, task, to, &self.at).await?;
                }
            }
            // Opened and ended in the same transaction: still part of who did what.
            for fact in running.facts.iter().flat_map(|it| &it.1) {
                if let Fact::TaskOpened { task, .. } = fact
                    && !before.tasks.contains_key(&task.id)
                    && !after.tasks.contains_key(&task.id)
                {
                    let end = ends.get(&task.id).cloned().unwrap_or_default();
                    new_tasks.push((self.task(&running, task, &subject, points, Some(&end)), BTreeSet::new()));
                }
            }
            for (id, timer) in &after.timers {
                if before.timers.get(id).is_none_or(|was| was.at != timer.at) {
                    timers.push(Timer {
                        id: id.clone(),
                        instance: after.id.clone(),
                        node: timer.node.clone(),
                        due_at: restamp(&timer.at),
                    });
                }
            }
            gone_timers.extend(before.timers.keys().filter(|it| !after.timers.contains_key(*it)).cloned());
            gone_jobs.extend(before.jobs.keys().filter(|it| !after.jobs.contains_key(*it)).cloned());
            self.jobs.retain(|it| it.instance != after.id || after.jobs.contains_key(&it.id));
            let incidents: Vec<Incident> = after
                .incidents
                .iter()
                .filter(|it| !before.incidents.contains_key(it.0))
                .map(|(id, it)| Incident {
                    id: id.clone(),
                    instance: after.id.clone(),
                    node: it.node.clone(),
                    message: it.message.clone(),
                    at: self.at.clone(),
                })
                .collect();
            for it in &incidents {
                tracing::warn!(
                    instance = it.instance.as_str(),
                    node = it.node.as_str(),
                    message = it.message,
                    "an incident was raised"
                );
            }
            self.tell_incidents(&running, &incidents).await?;
            instances::add_incidents(self.tx, &incidents).await?;
            let resolved: Vec<_> =
                before.incidents.keys().filter(|it| !after.incidents.contains_key(*it)).cloned().collect();
            instances::resolve_incidents(self.tx, &resolved, &self.at).await?;
            self.tx.tell(Change::Instance {
                id: after.id.clone(),
                module: self.module.key.clone(),
                record: self.record.id.clone(),
            });
            touched.push(running.stored);
        }
        tasks::add(self.tx, &new_tasks).await?;
        // A timer that is not there any more was fired by somebody else: their step stands, this one goes.
        if !instances::remove_timers(self.tx, &gone_timers).await? {
            return Err(Error::Refused(runtime::engine::Refusal::NothingWaits));
        }
        instances::add_timers(self.tx, &timers).await?;
        instances::remove_jobs(self.tx, &gone_jobs).await?;
        instances::add_jobs(self.tx, &self.jobs, &self.at).await?;
        posted |= self.write_letters().await?;
        self.write_notices().await?;
        self.wake(&timers, posted);
        self.share(loads);
        if !people.is_empty() {
            self.tx.tell(Change::Inbox { users: people.into_iter().collect() });
        }
        Ok(Done { record: self.record, instances: touched, tasks: new_tasks })
    }

    /// Lets the job loop look at once where something is to be done sooner than it looks anyway.
    fn wake(&self, timers: &[Timer], posted: bool) {
        let soon = stamp(self.now.checked_add(crate::jobs::IDLE).unwrap_or(jiff::Timestamp::MAX));
        if posted || !self.jobs.is_empty() || timers.iter().any(|it| it.due_at <= soon) {
            let app = self.app.clone();
            self.tx.afterwards(move || app.wake.notify_one());
        }
    }

    async fn write_record(&mut self) -> Result<(), Error> {
        match self.state {
            RecordState::New => {
                let names = self.names().await?;
                rows::insert(self.tx, &self.module.table, &self.record, &names).await?;
            }
            RecordState::Stored if !self.changed.is_empty() => {
                self.record.version += 1;
                self.record.updated_at.clone_from(&self.at);
                self.record.updated_by = self.actor.id().clone();
                let names = if self.module.table.words_change(&self.changed) {
                    self.names().await?
                } else {
                    rows::Names::new()
                };
                rows::update(self.tx, &self.module.table, &self.record, &self.changed, &names).await?;
                let referring = crate::records::referring(&self.live, &self.module, &self.changed);
                if !referring.is_empty() {
                    renames::add(self.tx, &self.module.key, &self.record.id, &referring).await?;
                    let app = self.app.clone();
                    self.tx.afterwards(move || app.wake.notify_one());
                }
                if self.changed.contains(&self.module.definition.label) {
                    tasks::rename(self.tx, &self.record.id, &self.label()).await?;
                }
            }
            RecordState::Stored | RecordState::Gone => {}
        }
        let entries = std::mem::take(&mut self.entries);
        let entries: Vec<history::Entry> = entries
            .iter()
            .map(|it| history::Entry {
                module: &self.module.key,
                record: &self.record.id,
                at: &self.at,
                by: &it.by,
                channel: it.channel,
                kind: it.kind,
                version: self.record.version,
                changes: &it.changes,
                info: &it.info,
            })
            .collect();
        history::add(self.tx, &entries).await?;
        if self.state != RecordState::Gone && (self.state == RecordState::New || !self.changed.is_empty()) {
            self.tx.tell(Change::Record {
                module: self.module.key.clone(),
                id: self.record.id.clone(),
                version: self.record.version,
            });
        }
        Ok(())
    }

    /// What the records are called that this one refers to.
    async fn names(&self) -> Result<rows::Names, Error> {
        crate::records::names(&self.live, self.tx, &self.module, &[&self.record.data], &self.referenced).await
    }

    async fn write_instance(&mut self, running: &mut Running) -> Result<(), Error> {
        let stored = &mut running.stored;
        stored.state = word(stored.body.state).to_owned();
        if matches!(stored.state.as_str(), "finished" | "cancelled") && stored.ended_at.is_none() {
            stored.ended_at = Some(self.at.clone());
        }
        stored.at = stored.body.tokens.values().map(|it| place(&it.at)).collect();
        stored.incidents = stored.body.incidents.len() as i64;
        let seq = stored.facts;
        stored.facts += running.facts.iter().map(|it| it.1.len() as i64).sum::<i64>();
        instances::save(self.tx, stored, running.new).await?;
        let mut next = seq;
        for (by, facts) in running.facts.iter().filter(|it| !it.1.is_empty()) {
            instances::add_facts(self.tx, &stored.id, next, &self.at, by, facts).await?;
            next += facts.len() as i64;
        }
        Ok(())
    }

    async fn write_notices(&mut self) -> Result<(), Error> {
        let number = self
            .module
            .number
            .as_ref()
            .and_then(|(field, _)| self.record.data.get(field.as_str())?.as_str().map(str::to_owned));
        for mut notice in std::mem::take(&mut self.notices) {
            // Which one of many it is about, where the text does not say.
            for text in &mut notice.texts {
                if let Some(number) = number.as_ref().filter(|it| !text.title.contains(*it) && !text.body.contains(*it))
                {
                    text.body = format!("{number} · {}", text.body);
                }
            }
            let record = format!("/records/{}/{}", self.module.key, self.record.id);
            let (staff, customers): (Vec<UserId>, Vec<UserId>) =
                notice.to.into_iter().partition(|it| self.directory.get(it).is_some_and(|it| it.customer.is_none()));
            // A customer gets to the task only where it is the customer's to do.
            let (doing, knowing): (Vec<UserId>, Vec<UserId>) =
                customers.into_iter().partition(|it| notice.doers.contains(it));
            let (at_work, in_portal) = match &notice.task {
                Some(task) => (format!("/inbox/{task}"), format!("/portal/tasks/{task}")),
                None => (record.clone(), record.clone()),
            };
            for (to, link) in [(staff, at_work), (doing, in_portal), (knowing, record)] {
                let ids = notices::add(self.tx, &self.at, &to, &notice.texts, &link).await?;
                for (id, user) in ids.into_iter().zip(to) {
                    self.tx.tell(Change::Notice { id, user });
                }
            }
        }
        Ok(())
    }

    /// Lets later steps, in this transaction and after it, see what was assigned.
    fn share(&self, loads: Vec<Load>) {
        if loads.is_empty() {
            return;
        }
        let mut directory = self.directory.clone();
        loads.iter().for_each(|it| it.add_to(&mut directory));
        self.tx.set_directory(directory);
        let app = self.app.clone();
        self.tx.afterwards(move || {
            app.people.apply(&loads);
            app.bus().tell_loads(loads);
        });
    }

    /// What the record is called.
    pub(crate) fn label(&self) -> String {
        let label = text(self.record.data.get(self.module.definition.label.as_str()));
        match &self.module.number {
            Some((field, _)) if *field != self.module.definition.label => {
                format!("{label} {}", text(self.record.data.get(field.as_str())))
            }
            Some(_) | None => label,
        }
    }

    /// What a task of the record weighs, by a decision table: asked where tasks are opened or are somebody's.
    fn points(&self) -> i64 {
        let weighs = |it: &Running| {
            let mut open = it.before.tasks.values().chain(it.stored.body.tasks.values());
            let mut facts = it.facts.iter().flat_map(|it| &it.1);
            open.any(|it| it.assignee.is_some()) || facts.any(|it| matches!(it, Fact::TaskOpened { .. }))
        };
        if !self.flows.values().any(weighs) {
            return 0;
        }
        let today = self.now.to_zoned(self.module.form.zone().clone()).date();
        runtime::engine::weight(&self.live.catalog, &self.record.data, today)
    }

    fn task(&self, running: &Running, task: &OpenTask, subject: &str, points: i64, end: Option<&End>) -> Task {
        let stored = &running.stored;
        Task {
            id: task.id.clone(),
            instance: stored.id.clone(),
            flow: stored.flow.clone(),
            node: task.node.clone(),
            module: stored.module.clone(),
            record: stored.record.clone(),
            state: end.map_or("open", |it| it.state).to_owned(),
            assignee: task.assignee.clone(),
            opened_at: self.at.clone(),
            due_at: task.due_at.as_deref().map(restamp),
            priority: task.priority,
            points,
            returned: task.returned.as_ref().map(|it| it.1.clone()),
            subject: subject.to_owned(),
            started_by: stored.started_by.clone(),
            ended_at: end.map(|_| self.at.clone()),
            ended_by: end.and_then(|it| it.by.clone()),
            outcome: end.and_then(|it| it.outcome.clone()),
            sent_by: task.sent.as_ref().map(|it| it.by.clone()),
        }
    }

    /// Everybody whose inbox shows the task.
    fn concerned(&self, task: &OpenTask) -> BTreeSet<UserId> {
        let mut people: BTreeSet<UserId> = task.assignee.iter().chain(&task.candidates).cloned().collect();
        people.extend(task.holders(&self.directory).map(|it| it.id.clone()));
        let away: Vec<UserId> =
            people.iter().filter_map(|it| self.directory.get(it)?.absence(self.now)?.substitute.clone()).collect();
        people.extend(away);
        people
    }
}

/// How a task ended.
#[derive(Clone, Debug)]
struct End {
    state: &'static str,
    by: Option<UserId>,
    outcome: Option<String>,
}

impl Default for End {
    fn default() -> Self {
        Self { state: "cancelled", by: None, outcome: None }
    }
}

fn ends(running: &Running) -> BTreeMap<TaskId, End> {
    let mut ends = BTreeMap::new();
    for fact in running.facts.iter().flat_map(|it| &it.1) {
        if let Fact::TaskCompleted { task, by, outcome, .. } = fact {
            ends.insert(task.clone(), End { state: "done", by: Some(by.clone()), outcome: Some(outcome.clone()) });
        } else if let Fact::Signed { task, by, outcome, .. } = fact {
            ends.insert(task.clone(), End { state: "done", by: Some(by.clone()), outcome: Some(outcome.clone()) });
        } else if let Fact::TaskReturned { task, by, .. } = fact {
            ends.insert(task.clone(), End { state: "returned", by: Some(by.clone()), outcome: None });
        }
    }
    ends
}

fn candidates(task: &OpenTask) -> BTreeSet<String> {
    let users = task.candidates.iter().map(|it| format!("u:{it}"));
    users.chain(task.roles.iter().map(|it| tasks::by_role(it, task.department.as_ref()))).collect()
}

fn load(person: Option<&UserId>, points: i64, assigned_at: Option<&str>) -> Option<Load> {
    Some(Load { person: person?.clone(), points, assigned_at: assigned_at.map(str::to_owned) })
}

fn place(at: &runtime::engine::instance::Place) -> String {
    match at {
        runtime::engine::instance::Place::Node(id) | runtime::engine::instance::Place::Flow(id) => id.0.clone(),
    }
}

/// A moment of the engine as it is stored: one width, so that it sorts as text.
fn restamp(at: &str) -> String {
    at.parse().map(stamp).unwrap_or_else(|_| at.to_owned())
}

fn text(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(it)) => it.clone(),
        None | Some(Value::Null) => String::new(),
        Some(other) => other.to_string(),
    }
}
