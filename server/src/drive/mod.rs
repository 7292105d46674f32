//! Steps of flows: the only caller of [`runtime::engine::step`], and the only writer of records and instances.
//!
//! A [`Work`] is what one unit of work does to one record and its flows. It loads what it needs, decides in memory,
//! applies the effects that belong to the same transaction (fields, children, notices), steps on until none remain,
//! and [`Work::finish`] writes everything at once: few statements, one flush.

mod carried;
mod chosen;
mod explain;
mod finish;
mod foresee;
mod post;
mod referred;
mod step;
mod stuck;
#[cfg(test)]
mod tests;

pub(crate) use carried::Carried;
pub(crate) use explain::{node_titles, titles};
pub(crate) use finish::Done;
pub(crate) use post::begun;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use api::record::FieldChange;
use jiff::Timestamp;
use runtime::engine::effect::NoticeText;
use runtime::engine::{Directory, Instance, Refusal, World};
use runtime::form::{Change, FormContext, Writer};
use runtime::id::{FieldKey, InstanceId, ModuleKey, RecordId, TaskId, UserId};
use runtime::limits::SCRIPT_MILLIS;
use runtime::model::module::Access;
use runtime::model::view::View;
use runtime::script::watched;
use serde_json::{Map, Value};

use crate::actor::{Actor, Channel};
use crate::app::App;
use crate::budget::Budget;
use crate::clock::stamp;
use crate::definitions::{Live, Module, Pinned};
use crate::error::Error;
use crate::store::Tx;
use crate::store::instances::{Job, Stored as StoredInstance};
use crate::store::records::{self as rows, Stored};
use crate::store::sql::fresh;
use crate::store::table::{Column, Kind, Target};
use crate::store::tasks::Task;
use crate::store::together::Foreseen;

/// One unit of work on one record.
pub(crate) struct Work<'a> {
    pub app: &'a Arc<App>,
    pub tx: &'a Tx,
    pub live: Arc<Live>,
    pub actor: &'a Actor,
    pub now: Timestamp,
    pub at: String,
    pub module: Arc<Module>,
    pub record: Stored,
    /// The record's values as they were stored.
    before: Map<String, Value>,
    /// Yes / no fields that a person has set to no.
    given_up: BTreeSet<FieldKey>,
    /// What the change asks of other records is done, or is not to be asked.
    settled: bool,
    state: RecordState,
    changed: BTreeSet<FieldKey>,
    entries: Vec<Entry>,
    flows: BTreeMap<InstanceId, Running>,
    /// Records that the record refers to, by id; none: looked for and not there.
    referenced: BTreeMap<RecordId, Map<String, Value>>,
    directory: Directory,
    jobs: Vec<Job>,
    letters: Vec<crate::store::post::Letter>,
    notices: Vec<Notice>,
    /// What flows have set of fields that the form has lost, by column.
    lost: BTreeMap<String, (Column, Value)>,
    steps: usize,
    /// What is left of the time for rules and scripts.
    budget: Arc<Budget>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RecordState {
    /// Not stored yet.
    New,
    Stored,
    /// Deleted, or its module is gone: flows end, nothing is written to it.
    Gone,
}

/// A line of the record's history, in the order it happened.
struct Entry {
    by: UserId,
    channel: Channel,
    kind: &'static str,
    changes: Vec<FieldChange>,
    info: Map<String, Value>,
}

/// An instance this work has touched.
struct Running {
    stored: StoredInstance,
    new: bool,
    before: Instance,
    /// What it waited for, by the version it had then.
    awaited: Vec<runtime::engine::waiting::Awaited>,
    pinned: Arc<Pinned>,
    /// Facts by step, and who acted.
    facts: Vec<(UserId, Vec<runtime::engine::Fact>)>,
}

struct Notice {
    to: Vec<UserId>,
    texts: Vec<NoticeText>,
    task: Option<runtime::id::TaskId>,
    /// Who may do that task, as far as they are named one by one.
    doers: BTreeSet<UserId>,
}

/// What the engine may ask, prepared.
struct Prepared<'a> {
    people: &'a Directory,
    referenced: &'a BTreeMap<RecordId, Map<String, Value>>,
    /// Fields whose value the flow cannot read, with why.
    unreadable: &'a BTreeMap<FieldKey, String>,
}

impl World for Prepared<'_> {
    fn people(&self) -> &Directory {
        self.people
    }
    fn referenced(&self, record: &RecordId) -> Option<&Map<String, Value>> {
        self.referenced.get(record)
    }
    fn unreadable(&self) -> Option<&BTreeMap<FieldKey, String>> {
        Some(self.unreadable).filter(|it| !it.is_empty())
    }
}

impl<'a> Work<'a> {
    fn begin(
        app: &'a Arc<App>,
        tx: &'a Tx,
        actor: &'a Actor,
        module: Arc<Module>,
        record: Stored,
        state: RecordState,
    ) -> Self {
        let now = app.clock.now();
        tx.forget(&record.id);
        let directory = tx.directory().unwrap_or_else(|| app.people.state().directory.clone());
        Self {
            app,
            tx,
            live: app.definitions.live(),
            actor,
            now,
            at: stamp(now),
            module,
            before: record.data.clone(),
            record,
            given_up: BTreeSet::new(),
            settled: false,
            state,
            changed: BTreeSet::new(),
            entries: Vec::new(),
            flows: BTreeMap::new(),
            referenced: BTreeMap::new(),
            directory,
            jobs: Vec::new(),
            letters: Vec::new(),
            notices: Vec::new(),
            lost: BTreeMap::new(),
            steps: 0,
            budget: Arc::default(),
        }
    }

    /// Work on a record that is to be made.
    pub(crate) fn make(app: &'a Arc<App>, tx: &'a Tx, actor: &'a Actor, module: Arc<Module>) -> Self {
        let at = app.clock.stamp();
        let record = Stored {
            id: RecordId(fresh("rec")),
            version: 1,
            owner: Some(actor.id().clone()),
            department: actor.person.department.clone(),
            created_at: at.clone(),
            created_by: actor.id().clone(),
            updated_at: at,
            updated_by: actor.id().clone(),
            ..Stored::default()
        };
        Self::begin(app, tx, actor, module, record, RecordState::New)
    }

    /// Work on a stored record; it is locked until the transaction ends.
    pub(crate) async fn open(
        app: &'a Arc<App>,
        tx: &'a Tx,
        actor: &'a Actor,
        module: &ModuleKey,
        id: &RecordId,
    ) -> Result<Self, Error> {
        let live = app.definitions.live();
        let module = live.module(module)?.clone();
        let record =
            rows::find(tx, &module.table, id, true).await?.ok_or_else(|| Error::NotFound("record".to_owned()))?;
        Ok(Self::begin(app, tx, actor, module, record, RecordState::Stored))
    }

    /// Work on an instance, whose record may be gone.
    pub(crate) async fn of_instance(
        app: &'a Arc<App>,
        tx: &'a Tx,
        actor: &'a Actor,
        id: &InstanceId,
    ) -> Result<Self, Error> {
        let head = crate::store::instances::find(tx, id, false)
            .await?
            .ok_or_else(|| Error::NotFound("instance".to_owned()))?;
        Self::of_record(app, tx, actor, &head.module, head.record).await
    }

    /// Work on the instance of a task, with the task. Whether the person may know of it is for the caller to ask.
    pub(crate) async fn of_task(
        app: &'a Arc<App>,
        tx: &'a Tx,
        actor: &'a Actor,
        id: &TaskId,
    ) -> Result<(Self, Task), Error> {
        if let Some(Foreseen { task, record, instance }) = tx.foreseen(id) {
            let module = app.definitions.live().module(&task.module)?.clone();
            let mut work = Self::begin(app, tx, actor, module, record, RecordState::Stored);
            work.hold(instance).await?;
            return Ok((work, task));
        }
        let (task, instance) =
            crate::store::tasks::with_instance(tx, id).await?.ok_or_else(|| Error::NotFound("task".to_owned()))?;
        let module = app.definitions.live().module(&task.module)?.clone();
        if instance.is_none()
            && let Some((record, instance)) =
                rows::find_with_instance(tx, &module.table, &task.record, &task.instance).await?
        {
            let mut work = Self::begin(app, tx, actor, module, record, RecordState::Stored);
            work.hold(instance).await?;
            return Ok((work, task));
        }
        let mut work = Self::of_record(app, tx, actor, &task.module, task.record.clone()).await?;
        if let Some(instance) = instance {
            work.hold(instance).await?;
        }
        Ok((work, task))
    }

    /// Work on a record that may be gone.
    async fn of_record(
        app: &'a Arc<App>,
        tx: &'a Tx,
        actor: &'a Actor,
        module: &ModuleKey,
        record: RecordId,
    ) -> Result<Self, Error> {
        let live = app.definitions.live();
        let module = live.module(module)?.clone();
        match rows::find(tx, &module.table, &record, true).await? {
            Some(record) => Ok(Self::begin(app, tx, actor, module, record, RecordState::Stored)),
            None => {
                let record = Stored { id: record, ..Stored::default() };
                Ok(Self::begin(app, tx, actor, module, record, RecordState::Gone))
            }
        }
    }

    /// Changes fields as the person asked. Every fault at once; nothing has changed then. Warnings come back.
    pub(crate) async fn accept(
        &mut self,
        patch: &Map<String, Value>,
        view: Option<&View>,
        access: &BTreeMap<FieldKey, Access>,
        by: Writer,
    ) -> Result<Vec<runtime::form::Fault>, Error> {
        if self.state == RecordState::Gone {
            return Ok(Vec::new());
        }
        let new = self.state == RecordState::New && self.record.data.is_empty();
        let mut probe = self.record.data.clone();
        for (key, value) in patch {
            probe.insert(key.clone(), value.clone());
        }
        // Formulas may fill a reference that other formulas look through: once more with what it points at.
        let mut tries = 0;
        let accepted = loop {
            tries += 1;
            self.climb(&probe).await?;
            self.refer(&probe, false).await?;
            let ctx = FormContext {
                now: self.now,
                user: &self.actor.person,
                referenced: &self.referenced,
                record: if new { None } else { Some(&self.record.id) },
            };
            let old = if new { None } else { Some(&self.record.data) };
            let change = Change { old, patch, view, access, by, ctx };
            // Where it is refused, what it would have looked like says what its rules look at.
            let (answer, refused) = watched(self.budget.clone(), || match self.module.form.accept(&change) {
                Ok(accepted) => (Ok(accepted), Map::new()),
                Err(faults) => (Err(faults), self.module.form.state(&change).data),
            });
            // Rules that were cut short have not said what they say: nothing is taken over on their word. The faults name
            // them, where the form could tell which.
            if self.budget.is_spent() && answer.is_ok() {
                return Err(Error::Refused(Refusal::Limit {
                    what: format!("{SCRIPT_MILLIS} ms for the rules of `{}`", self.module.key),
                }));
            }
            let looked = answer.as_ref().map_or(&refused, |it| &it.data);
            if tries < 3 && self.unread(looked, false).next().is_some() {
                probe = looked.clone();
                continue;
            }
            break answer;
        };
        let accepted = accepted.map_err(|faults| Error::InvalidFields(faults.into_iter().map(fault).collect()))?;
        if by == Writer::Person {
            self.referred(patch, &accepted.data).await?;
        }
        crate::files::attach(
            self.tx,
            self.actor.id(),
            &self.record.id,
            &self.module.form.fields,
            &self.record.data,
            &accepted.data,
            self.now,
        )
        .await?;
        let changes = self.take_over(accepted.data);
        if !changes.is_empty() || new {
            let kind = if new { "created" } else { "changed" };
            let (who, channel) = match by {
                Writer::Person => (self.actor.id().clone(), self.actor.channel),
                Writer::Flow => (UserId::from(crate::actor::SYSTEM), Channel::Flow),
            };
            if by == Writer::Person {
                let no = |it: &&FieldChange| it.from == Value::Bool(true) && it.to != Value::Bool(true);
                self.given_up.extend(changes.iter().filter(no).map(|it| FieldKey::from(it.field.as_str())));
            }
            self.entries.push(Entry { by: who, channel, kind, changes, info: Map::new() });
        }
        Ok(accepted.warnings)
    }

    /// Sets a field outside of the form: the number.
    pub(crate) fn set(&mut self, field: &FieldKey, value: Value) {
        let mut data = self.record.data.clone();
        data.insert(field.0.clone(), value);
        let changes = self.take_over(data);
        if let Some(entry) = self.entries.last_mut() {
            entry.changes.extend(changes);
        }
    }

    fn take_over(&mut self, data: Map<String, Value>) -> Vec<FieldChange> {
        let mut changes = Vec::new();
        for field in &self.module.form.fields {
            let key = field.key.as_str();
            let (from, to) = (self.record.data.get(key).unwrap_or(&Value::Null), data.get(key).unwrap_or(&Value::Null));
            if from != to {
                changes.push(FieldChange { field: key.to_owned(), from: from.clone(), to: to.clone() });
                self.changed.insert(field.key.clone());
            }
        }
        self.record.data = data;
        changes
    }

    /// Single references of `data` whose records are wanted and not read yet. `all`: not only those rules look at.
    fn unread<'d>(
        &'d self,
        data: &'d Map<String, Value>,
        all: bool,
    ) -> impl Iterator<Item = (&'d ModuleKey, RecordId)> {
        self.module.table.columns.iter().filter_map(move |column| {
            let Target::Module(module) = &column.target else { return None };
            if column.kind != Kind::Text || !(all || self.module.looks_at.contains(&column.key)) {
                return None;
            }
            let id = data.get(column.key.as_str())?.as_str().filter(|it| !it.is_empty())?;
            if self.referenced.contains_key(id) { None } else { Some((module, RecordId::from(id))) }
        })
    }

    /// Reads the records that `data` refers to.
    pub(crate) async fn refer(&mut self, data: &Map<String, Value>, all: bool) -> Result<(), Error> {
        let mut wanted: BTreeMap<ModuleKey, BTreeSet<RecordId>> = BTreeMap::new();
        for (module, id) in self.unread(data, all) {
            wanted.entry(module.clone()).or_default().insert(id);
        }
        for (module, ids) in wanted {
            let found = match self.live.modules.get(&module) {
                Some(module) => {
                    rows::find_all(self.tx, &module.table, &ids.iter().cloned().collect::<Vec<_>>()).await?
                }
                None => Vec::new(),
            };
            for id in ids {
                self.referenced.insert(id, Map::new());
            }
            for it in found {
                self.referenced.insert(it.id, it.data);
            }
        }
        Ok(())
    }

    /// Reads what stands above the record in its trees. Whoever changes such a reference goes alone through its module:
    /// two people could otherwise put two records above each other at the same moment.
    async fn climb(&mut self, data: &Map<String, Value>) -> Result<(), Error> {
        let moved = |it: &&FieldKey| {
            data.get(it.as_str()).unwrap_or(&Value::Null) != self.record.data.get(it.as_str()).unwrap_or(&Value::Null)
        };
        if self.state == RecordState::Stored && self.module.form.trees().any(|it| moved(&it)) {
            rows::lock_trees(self.tx, &self.module.table).await?;
        }
        loop {
            let above = self.module.form.unread_above(data, &self.referenced);
            if above.is_empty() {
                return Ok(());
            }
            let found = rows::find_all(self.tx, &self.module.table, &above).await?;
            self.referenced.extend(above.into_iter().map(|id| (id, Map::new())));
            self.referenced.extend(found.into_iter().map(|it| (it.id, it.data)));
        }
    }

    /// True if a field has another value than before.
    pub(crate) fn has_changed(&self) -> bool {
        !self.changed.is_empty()
    }

    /// True if the record is there.
    pub(crate) fn has_record(&self) -> bool {
        self.state != RecordState::Gone
    }

    /// Notes something that happened in the record's history.
    fn note(&mut self, by: &UserId, kind: &'static str, info: Map<String, Value>) {
        let channel = if by.as_str() == crate::actor::SYSTEM { Channel::System } else { self.actor.channel };
        self.entries.push(Entry { by: by.clone(), channel, kind, changes: Vec::new(), info });
    }
}

/// A fault of the form, as it is sent.
pub(crate) fn fault(it: runtime::form::Fault) -> api::problem::FieldFault {
    api::problem::FieldFault { pointer: it.pointer, code: it.code, message: it.message, args: it.args }
}
