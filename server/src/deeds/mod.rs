//! What people do with tasks besides doing them: lending, withdrawing, adding signers, telling, urging, stopping, passing
//! over. The engine decides; here is only who may know of the task, and how it is shown.

use std::sync::Arc;

use api::task::{AddSigner, Cc, Comment, Delegate, Reason, SignerInfo, TaskDetail};
use runtime::engine::task::sheet::Placing;
use runtime::engine::{self, Context, Deed, Directory, Input, Instance, OpenTask, Refusal, World};
use runtime::id::{FlowKey, RecordId, TaskId, UserId};
use runtime::model::module::TriggerEvent;
use serde_json::{Map, Value};

use crate::actor::Actor;
use crate::app::App;
use crate::definitions::{Live, Pinned};
use crate::error::Error;
use crate::store::instances;
use crate::store::records::Stored as Record;
use crate::store::tasks::{self as rows, Task};
use crate::tasks::{deed, give, is_let_in, may_see};

type Answer = Result<Option<TaskDetail>, Error>;

/// `POST /api/tasks/{id}/delegate`
pub async fn delegate(app: &Arc<App>, actor: &Actor, id: &TaskId, ask: Delegate) -> Answer {
    give(app, actor, id, Input::Delegate { task: id.clone(), to: UserId(ask.to), reason: ask.reason }).await
}

/// `POST /api/tasks/{id}/resolve`
pub async fn resolve(app: &Arc<App>, actor: &Actor, id: &TaskId, ask: Comment) -> Answer {
    let task = seen_or_had(app, actor, id).await?;
    deed(app, actor, &task, Input::Resolve { task: id.clone(), comment: ask.comment }).await
}

/// `POST /api/tasks/{id}/withdraw`
pub async fn withdraw(app: &Arc<App>, actor: &Actor, id: &TaskId, ask: Reason) -> Answer {
    let task = seen_or_had(app, actor, id).await?;
    let instance = instances::find(app.store.read(), &task.instance, false).await?;
    if instance.is_some_and(|it| is_records_own(app, &task.flow, &it.body, id)) {
        return Err(Error::Refused(Refusal::NotSentByYou));
    }
    deed(app, actor, &task, Input::Withdraw { task: id.clone(), reason: ask.reason }).await
}

/// `POST /api/tasks/{id}/signers`
pub async fn add_signer(app: &Arc<App>, actor: &Actor, id: &TaskId, ask: AddSigner) -> Answer {
    let place = match ask.place.as_str() {
        "before" => Placing::Before,
        "after" => Placing::After,
        "parallel" => Placing::Parallel,
        other => {
            return Err(Error::Malformed {
                pointer: "/place".to_owned(),
                detail: format!("expected before, after or parallel, found `{other}`"),
            });
        }
    };
    give(app, actor, id, Input::AddSigner { task: id.clone(), who: UserId(ask.who), place, reason: ask.reason }).await
}

/// `POST /api/tasks/{id}/signers/{signer}/remove`
pub async fn remove_signer(app: &Arc<App>, actor: &Actor, id: &TaskId, signer: u32, ask: Reason) -> Answer {
    let task = seen_or_had(app, actor, id).await?;
    deed(app, actor, &task, Input::RemoveSigner { task: id.clone(), signer, reason: ask.reason }).await
}

/// `POST /api/tasks/{id}/cc`
pub async fn cc(app: &Arc<App>, actor: &Actor, id: &TaskId, ask: Cc) -> Answer {
    if ask.to.is_empty() {
        return Err(Error::Malformed { pointer: "/to".to_owned(), detail: "expected somebody to tell".to_owned() });
    }
    let to = ask.to.into_iter().map(UserId).collect();
    give(app, actor, id, Input::Cc { task: id.clone(), to, comment: ask.comment }).await
}

/// `POST /api/tasks/{id}/urge`
pub async fn urge(app: &Arc<App>, actor: &Actor, id: &TaskId, ask: Comment) -> Answer {
    let task = seen_or_had(app, actor, id).await?;
    deed(app, actor, &task, Input::Urge { task: id.clone(), comment: ask.comment }).await
}

/// `POST /api/tasks/{id}/suspend`
pub async fn suspend(app: &Arc<App>, actor: &Actor, id: &TaskId, ask: Reason) -> Answer {
    give(app, actor, id, Input::SuspendTask { task: id.clone(), reason: ask.reason }).await
}

/// `POST /api/tasks/{id}/resume`
pub async fn resume(app: &Arc<App>, actor: &Actor, id: &TaskId) -> Answer {
    give(app, actor, id, Input::ResumeTask { task: id.clone() }).await
}

/// `POST /api/tasks/{id}/skip`
pub async fn skip(app: &Arc<App>, actor: &Actor, id: &TaskId, ask: Reason) -> Answer {
    give(app, actor, id, Input::Skip { task: id.clone(), reason: ask.reason }).await
}

/// The task, for who may know of it, and for who had a hand in it and cannot see the record any more: who sent it on,
/// who started the flow, who did a task of it. What they may do with it the engine says.
async fn seen_or_had(app: &App, actor: &Actor, id: &TaskId) -> Result<Task, Error> {
    match may_see(app, actor, id).await {
        Err(Error::NotFound(what)) => {
            let db = app.store.read();
            let task = rows::find(db, id).await?.filter(|it| it.state == "open");
            let Some(task) = task else { return Err(Error::NotFound(what)) };
            let Some(instance) = instances::find(db, &task.instance, false).await? else {
                return Err(Error::NotFound(what));
            };
            if had_a_hand(&instance.body, id, actor.id()) || task.started_by == *actor.id() {
                Ok(task)
            } else {
                Err(Error::NotFound(what))
            }
        }
        other => other,
    }
}

/// Whether a person sent the task on, lent it, signed or added a signer to its step, or did another step of the instance.
fn had_a_hand(instance: &Instance, task: &TaskId, person: &UserId) -> bool {
    let Some(open) = instance.tasks.get(task) else { return false };
    let signed = |it: &runtime::engine::task::sheet::Signer| {
        it.added_by.as_ref() == Some(person) || it.signed.as_ref().is_some_and(|it| it.by == *person)
    };
    open.lent.contains(person)
        || open.sent.as_ref().is_some_and(|it| it.by == *person)
        || instance.sheets.get(&open.token).is_some_and(|it| it.signers.iter().any(signed))
        || instance.done.values().any(|it| it.everybody().any(|it| it == person))
}

/// Whether the task is the first of a flow that its record began when it was made: taken back, the record would be left
/// behind without one, and nothing would begin it again.
fn is_records_own(app: &App, flow: &FlowKey, instance: &Instance, task: &TaskId) -> bool {
    let first = instance.tasks.get(task).and_then(|it| it.sent.as_ref()).is_some_and(|it| it.from.is_none());
    let live = app.definitions.live();
    let begins = |it: &Arc<crate::definitions::Module>| {
        it.triggers.iter().any(|(trigger, _)| trigger.flow == *flow && trigger.on == TriggerEvent::Created)
    };
    first && live.modules.values().any(begins)
}

/// A task as somebody who may know of it sees it.
pub(crate) struct Look<'a> {
    pub app: &'a App,
    pub actor: &'a Actor,
    pub pinned: &'a Pinned,
    pub instance: &'a Instance,
    pub record: &'a Record,
}

impl Look<'_> {
    /// Asks the engine.
    fn ask<T>(&self, question: impl FnOnce(&Context) -> T) -> T {
        let people = self.app.people.state();
        question(&Context {
            now: self.app.clock.now(),
            actor: self.actor.id().clone(),
            record: self.record.id.clone(),
            owner: self.record.owner.clone(),
            data: &self.record.data,
            world: &Colleagues(&people.directory),
        })
    }

    /// What the person may do with a task besides completing it. A customer answers, no more.
    pub fn offered(&self, task: &TaskId) -> Vec<String> {
        if self.actor.outside() {
            return Vec::new();
        }
        let named = |it: Deed| serde_json::to_value(it).ok()?.as_str().map(str::to_owned);
        let own = is_records_own(self.app, &self.pinned.plan.flow().key, self.instance, task);
        self.ask(|context| engine::deeds(&self.pinned.plan, self.instance, task, context))
            .into_iter()
            .filter(|it| *it != Deed::Withdraw || !own)
            .filter_map(named)
            .collect()
    }

    /// Who signs the step of a task.
    pub fn signers(&self, task: &OpenTask) -> Vec<SignerInfo> {
        let Some(sheet) = self.instance.sheets.get(&task.token) else { return Vec::new() };
        let people = self.app.people.state();
        let name = |it: &UserId| people.name(it.as_str());
        let removable = |signer: u32| {
            let input = Input::RemoveSigner { task: task.id.clone(), signer, reason: String::new() };
            self.ask(|context| engine::step(&self.pinned.plan, self.instance, input, context)).is_ok()
        };
        let line = |it: &runtime::engine::task::sheet::Signer| {
            let signed = it.signed.as_ref();
            SignerInfo {
                id: it.id,
                who: it.who.iter().chain(&it.candidates).map(name).collect(),
                waits_for: if signed.is_some() {
                    Vec::new()
                } else {
                    sheet.waits_for(it.id).iter().map(|it| it.id).collect()
                },
                signed_by: signed.map(|it| name(&it.by)),
                behalf: signed.and_then(|it| it.behalf.as_ref()).map(name),
                outcome: signed.map(|it| it.outcome.clone()),
                comment: signed.map(|it| it.comment.clone()).unwrap_or_default(),
                at: signed.map(|it| it.at.clone()),
                added_by: it.added_by.as_ref().map(name),
                removable: !self.actor.outside() && removable(it.id),
            }
        };
        sheet.signers.iter().map(line).collect()
    }
}

/// Who may be given a task, of all who work here; for who may know of the task.
pub(crate) struct Receivers {
    app: Arc<App>,
    actor: Actor,
    task: Task,
    pinned: Arc<Pinned>,
    instance: Instance,
    record: Record,
    live: Arc<Live>,
}

impl Receivers {
    pub async fn of(app: &Arc<App>, actor: &Actor, id: &TaskId) -> Result<Self, Error> {
        let missing = || Error::NotFound("task".to_owned());
        let task = may_see(app, actor, id).await?;
        let db = app.store.read();
        let live = app.definitions.live();
        let instance = instances::find(db, &task.instance, false).await?.ok_or_else(missing)?;
        let pinned = app.definitions.pinned(db, &instance.version).await?;
        let module = live.module(&task.module)?;
        let record = crate::store::records::find(db, &module.table, &task.record, false).await?.ok_or_else(missing)?;
        Ok(Self { app: app.clone(), actor: actor.clone(), task, pinned, instance: instance.body, record, live })
    }

    pub fn fits(&self, to: &UserId) -> bool {
        let Self { app, actor, pinned, instance, record, .. } = self;
        let look = Look { app, actor, pinned, instance, record };
        is_let_in(app, &self.live, &self.task.module, record, to)
            && look.ask(|context| engine::may_receive(&pinned.plan, instance, &self.task.id, to, context))
    }
}

/// People are all that is asked for where a deed is allowed or not.
struct Colleagues<'a>(&'a Directory);

impl World for Colleagues<'_> {
    fn people(&self) -> &Directory {
        self.0
    }
    fn referenced(&self, _record: &RecordId) -> Option<&Map<String, Value>> {
        None
    }
}

#[cfg(test)]
mod tests;
