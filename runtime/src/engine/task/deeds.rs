//! What a person may do with a task besides completing it: asked by screens before a deed, and by every deed itself.
//! Whom it is given to, and the reason where one is needed, are looked at with the deed.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::super::Refusal;
use super::super::context::Context;
use super::super::instance::{Instance, OpenTask, State};
use super::super::plan::{Kind, Plan};
use super::super::run::Run;
use super::rights::stands_in_for;
use crate::id::{TaskId, UserId};
use crate::limits;

/// A deed on an open task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Deed {
    /// Give it away for good.
    HandOver,
    /// Lend it.
    Delegate,
    /// Give it back to who lent it, or take it back.
    Resolve,
    /// Take back what one has sent on.
    Withdraw,
    AddSigner,
    Cc,
    Urge,
    Suspend,
    Resume,
    Skip,
}

impl Deed {
    /// In the order they are offered in.
    pub const ALL: [Self; 10] = [
        Self::HandOver,
        Self::Delegate,
        Self::Resolve,
        Self::AddSigner,
        Self::Cc,
        Self::Urge,
        Self::Withdraw,
        Self::Suspend,
        Self::Resume,
        Self::Skip,
    ];
}

/// What the acting person may do with a task as it stands.
pub fn deeds(plan: &Plan, instance: &Instance, task: &TaskId, context: &Context) -> Vec<Deed> {
    let run = Run::new(plan, instance, context);
    let Ok(task) = run.task(task) else { return Vec::new() };
    if instance.state != State::Running {
        return Vec::new();
    }
    Deed::ALL.into_iter().filter(|it| run.may(&task, *it).is_ok()).collect()
}

/// Whether somebody may be given a task: to keep, to lend, to sign. Not who has it, and not who asks.
pub fn may_receive(plan: &Plan, instance: &Instance, task: &TaskId, to: &UserId, context: &Context) -> bool {
    let run = Run::new(plan, instance, context);
    let Ok(task) = run.task(task) else { return false };
    let Some(Kind::User(user)) = plan.node(&task.node).map(|it| &it.kind) else { return false };
    *to != context.actor && task.assignee.as_ref() != Some(to) && run.may_receive(&task, user, to).is_ok()
}

impl Run<'_> {
    /// Refuses a deed that is not the acting person's, or not one for now.
    pub(in super::super) fn may(&self, task: &OpenTask, deed: Deed) -> Result<(), Refusal> {
        match deed {
            Deed::Delegate => {
                self.may_do(task)?;
                self.not_stopped(task)?;
                match task.lent.len() < limits::LENT {
                    true => Ok(()),
                    false => Err(Refusal::Limit { what: format!("a task lent on {} times", limits::LENT) }),
                }
            }
            Deed::AddSigner => {
                self.may_do(task)?;
                self.not_stopped(task)?;
                match self.instance.sheets.get(&task.token).is_some_and(|it| it.signers.len() >= limits::SIGNERS) {
                    true => Err(Refusal::Limit { what: format!("{} signers", limits::SIGNERS) }),
                    false => Ok(()),
                }
            }
            Deed::Resolve => {
                if task.lent.is_empty() {
                    return Err(Refusal::NotLent);
                }
                if self.lent_by_me(task).is_none() {
                    self.may_do(task)?;
                }
                self.not_stopped(task)
            }
            Deed::HandOver => {
                self.has_or_oversees(task)?;
                self.not_stopped(task)
            }
            Deed::Cc => self.has_or_oversees(task),
            Deed::Suspend => {
                self.has_or_oversees(task)?;
                self.not_stopped(task)?;
                match self.instance.stopped.get(&task.token).is_some_and(|it| it.len() >= limits::PAUSES) {
                    true => Err(Refusal::Limit { what: format!("a step suspended {} times", limits::PAUSES) }),
                    false => Ok(()),
                }
            }
            Deed::Resume => {
                self.has_or_oversees(task)?;
                match self.not_stopped(task) {
                    Ok(()) => Err(Refusal::NothingWaits),
                    Err(_) => Ok(()),
                }
            }
            Deed::Urge => self.may_urge(task),
            Deed::Withdraw => self.may_withdraw(task).map(|_| ()),
            Deed::Skip => self.may_skip(task),
        }
    }

    /// Of those who lent the task the first that the acting person is, or stands in for now.
    pub(in super::super) fn lent_by_me(&self, task: &OpenTask) -> Option<UserId> {
        let actor = &self.context.actor;
        if task.lent.contains(actor) {
            return Some(actor.clone());
        }
        let away = stands_in_for(self.context.world.people(), actor, self.context.now);
        task.lent.iter().find(|it| away.contains(it)).cloned()
    }

    fn has_or_oversees(&self, task: &OpenTask) -> Result<(), Refusal> {
        if self.oversees(task) { Ok(()) } else { self.may_do(task).map(|_| ()) }
    }

    /// By who started the flow, owns the record, sent the work here or oversees it; not again within half an hour.
    fn may_urge(&self, task: &OpenTask) -> Result<(), Refusal> {
        let actor = &self.context.actor;
        let sent = task.sent.as_ref().is_some_and(|it| it.by == *actor);
        let owns = self.context.owner.as_ref() == Some(actor) || self.instance.started_by == *actor;
        // Nobody urges themselves.
        if task.assignee.as_ref() == Some(actor) || !(sent || owns || self.oversees(task)) {
            return Err(Refusal::NotACandidate);
        }
        let last = task.urged_at.as_ref().and_then(|it| it.parse::<Timestamp>().ok());
        let again = last.and_then(|it| it.checked_add(SignedDuration::from_mins(limits::URGE_MINUTES)).ok());
        match again.filter(|again| self.context.now < *again) {
            Some(again) => Err(Refusal::UrgedAlready { again: again.to_string() }),
            None => Ok(()),
        }
    }

    /// By an administrator, and by the roles the flow names.
    fn may_skip(&self, task: &OpenTask) -> Result<(), Refusal> {
        let Some(Kind::User(user)) = self.plan.node(&task.node).map(|it| &it.kind) else {
            return Err(Refusal::CannotSkip);
        };
        let Some(skip) = user.task.skip.as_ref().filter(|it| !it.by.is_empty()) else {
            return Err(Refusal::CannotSkip);
        };
        let actor = &self.context.actor;
        let roles = self.context.world.people().get(actor).map(|it| it.roles.as_slice()).unwrap_or_default();
        if !self.is_admin() && !skip.by.iter().any(|it| roles.contains(it)) {
            return Err(Refusal::NotACandidate);
        }
        self.not_stopped(task)?;
        self.free_to_do(task, actor)
    }
}
