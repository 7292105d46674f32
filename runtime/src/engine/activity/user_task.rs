//! User task (BPMN 2.0.2 §10.3.4): opens a task for people, and what people do with it: claim, release, hand over,
//! complete. Sending back is in [`super::super::scope`]; who may do it in [`super::super::people`].

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::super::fact::Fact;
use super::super::instance::{OpenTask, Phase};
use super::super::plan::{Kind, Node, User};
use super::super::run::{Run, Stuck, Work};
use super::super::{DONE, Effect, Refusal};
use crate::id::{RoleKey, TaskId, TimerId, UserId};
use crate::model::flow::{CommentRule, NotifyMoment, Outcome, Reminder};

/// The platform itself: may do everything.
const SYSTEM: &str = "system";
/// May hand over everybody's tasks.
const ADMIN: &str = "admin";

impl OpenTask {
    /// Whether a person with these roles may do the task: the assignee, or a candidate as long as there is none.
    pub fn may_do(&self, actor: &UserId, roles: &[RoleKey]) -> Result<(), Refusal> {
        match &self.assignee {
            _ if actor.as_str() == SYSTEM => Ok(()),
            Some(it) if it == actor => Ok(()),
            Some(it) => Err(Refusal::ClaimedByOther { by: it.0.clone() }),
            None if self.candidates.contains(actor) || self.roles.iter().any(|it| roles.contains(it)) => Ok(()),
            None => Err(Refusal::NotACandidate),
        }
    }
}

impl<'a> Run<'a> {
    pub(super) fn open_task(&mut self, token: u64, node: &'a Node, user: &'a User, returned: Option<(UserId, String)>) -> Result<(), Stuck> {
        let choice = self.choose_people(token, node, user, returned.is_some())?;
        let names = self.names(self.outcome(token).as_deref());
        let now = self.context.now;
        let due_text = user.due.as_ref().map(|it| it.value(&names)).transpose()?.flatten();
        let due = due_text.as_ref().map(|it| self.plan.tools.moment(it, now)).transpose()?;
        let priority = user.priority.as_ref().map(|it| it.value(&names)).transpose()?.flatten();
        let priority = priority.map_or(Ok(50), |it| it.parse().map_err(|_| format!("expected a whole number as priority, found `{it}`")))?;
        let mut reminders = Vec::new();
        if let (Some(text), Some(due)) = (&due_text, due) {
            // One timer for all that is said at the same moment.
            let moments: BTreeSet<u32> = Self::reminders(user).iter().map(|it| it.at).collect();
            for percent in moments {
                reminders.push((percent, self.plan.tools.share(now, due, percent, text)?));
            }
        }
        // From here on nothing can fail.
        let id = TaskId(self.fresh());
        let task = OpenTask {
            id: id.clone(),
            node: node.id.clone(),
            token,
            assignee: choice.assignee.clone(),
            candidates: choice.candidates,
            roles: choice.roles,
            opened_at: now.to_string(),
            due_at: due.map(|it| it.to_string()),
            priority,
            returned: returned.clone(),
        };
        self.emit(Fact::TaskOpened { token, task });
        self.emit(Fact::Assigned { task: id.clone(), to: choice.assignee.clone(), why: choice.why, ranking: choice.ranking });
        for (percent, at) in reminders {
            let timer = TimerId(self.fresh());
            let (node, at) = (node.id.clone(), at.to_string());
            self.emit(Fact::TimerSet { timer, token, node, at, reminder: Some(percent), every: None, left: None });
        }
        if let Some(person) = &choice.assignee {
            self.write_field(user, person);
        }
        if let Some(says) = choice.nobody {
            self.stuck(token, node, says, Phase::Work);
        }
        let told = node.notify.iter().any(|it| it.on == NotifyMoment::Enter && it.to.iter().any(|to| to == "performer"));
        if returned.is_some() {
            self.notify(token, node, "task-returned", &["performer".to_owned()]);
        } else if !told {
            self.notify(token, node, "task-given", &["performer".to_owned()]);
        }
        Ok(())
    }

    /// Those of the task, or: 80 % reminds the performer, 100 % tells the performer's manager.
    fn reminders(user: &User) -> Vec<Reminder> {
        if !user.task.reminders.is_empty() {
            return user.task.reminders.clone();
        }
        let by_default = [(80, "performer", "task-reminder"), (100, "manager", "task-escalation")];
        by_default.map(|(at, to, notice)| Reminder { at, to: vec![to.to_owned()], notice: notice.to_owned() }).to_vec()
    }

    pub(in super::super) fn remind(&mut self, token: u64, node: &'a Node, percent: u32) {
        let Kind::User(user) = &node.kind else { return };
        for it in Self::reminders(user).into_iter().filter(|it| it.at == percent) {
            self.notify(token, node, &it.notice, &it.to);
        }
    }

    pub(in super::super) fn claim(&mut self, id: &TaskId) -> Result<(), Refusal> {
        let task = self.task(id)?;
        self.may_do(&task)?;
        self.take_over(&task);
        Ok(())
    }

    /// Makes the actor the assignee, if nobody is yet.
    pub(in super::super) fn take_over(&mut self, task: &OpenTask) {
        if task.assignee.is_none() && self.context.actor.as_str() != SYSTEM {
            let by = self.context.actor.clone();
            self.emit(Fact::TaskClaimed { task: task.id.clone(), by: by.clone() });
            if let Some(Kind::User(user)) = self.plan.node(&task.node).map(|it| &it.kind) {
                self.write_field(user, &by);
            }
        }
    }

    pub(in super::super) fn release(&mut self, id: &TaskId) -> Result<(), Refusal> {
        let task = self.task(id)?;
        self.may_do(&task)?;
        let Some(by) = task.assignee else { return Ok(()) };
        self.emit(Fact::TaskReleased { task: id.clone() });
        if let Some(Kind::User(user)) = self.plan.node(&task.node).map(|it| &it.kind)
            && let Some(field) = &user.task.performer.field
            && self.data.get(field.as_str()).and_then(Value::as_str) == Some(by.as_str())
        {
            self.set_field(field, Value::Null);
        }
        Ok(())
    }

    pub(in super::super) fn hand_over(&mut self, id: &TaskId, to: UserId, reason: String) -> Result<(), Refusal> {
        let task = self.task(id)?;
        let people = self.context.world.people();
        let manager = task.assignee.as_ref().and_then(|it| people.get(it)).and_then(|it| it.manager.as_ref());
        let admin = people.get(&self.context.actor).is_some_and(|it| it.roles.iter().any(|it| it.as_str() == ADMIN));
        if manager != Some(&self.context.actor) && !admin {
            self.may_do(&task)?;
        }
        let Some(node) = self.plan.node(&task.node) else { return Ok(()) };
        let Kind::User(user) = &node.kind else { return Ok(()) };
        if !people.contains_key(&to) || self.barred(user).contains(&to) {
            return Err(Refusal::NotACandidate);
        }
        self.emit(Fact::TaskHandedOver { task: id.clone(), from: task.assignee, to: to.clone(), reason });
        self.write_field(user, &to);
        self.resolve(task.token);
        self.notify(task.token, node, "task-given", &["performer".to_owned()]);
        Ok(())
    }

    pub(in super::super) fn complete(&mut self, id: &TaskId, outcome: String, data: Map<String, Value>, comment: String) -> Result<(), Refusal> {
        let task = self.task(id)?;
        self.may_do(&task)?;
        let Some(Kind::User(user)) = self.plan.node(&task.node).map(|it| &it.kind) else { return Ok(()) };
        self.check_outcome(user, &outcome, &data, &comment)?;
        self.take_over(&task);
        self.finish_task(&task, outcome, data, comment);
        Ok(())
    }

    /// Completes a task without asking whether the actor may.
    pub(in super::super) fn finish_task(&mut self, task: &OpenTask, outcome: String, data: Map<String, Value>, comment: String) {
        self.set_fields(data);
        let (by, node) = (self.context.actor.clone(), task.node.clone());
        self.emit(Fact::TaskCompleted { task: task.id.clone(), node, by, outcome, comment });
        self.resolve(task.token);
        self.queue(Work::Leave { token: task.token });
    }

    fn check_outcome(&self, user: &User, outcome: &str, data: &Map<String, Value>, comment: &str) -> Result<(), Refusal> {
        let outcomes = &user.task.outcomes;
        let chosen: Option<&Outcome> = outcomes.iter().find(|it| it.id == outcome);
        let Some(chosen) = chosen else {
            if outcomes.is_empty() && outcome == DONE {
                return Ok(());
            }
            let has = if outcomes.is_empty() { vec![DONE.to_owned()] } else { outcomes.iter().map(|it| it.id.clone()).collect() };
            return Err(Refusal::NoSuchOutcome { outcome: outcome.to_owned(), has });
        };
        if chosen.comment == CommentRule::Required && comment.trim().is_empty() {
            return Err(Refusal::CommentNeeded);
        }
        let blank = |it: Option<&Value>| match it {
            None | Some(Value::Null) => true,
            Some(Value::String(it)) => it.trim().is_empty(),
            Some(Value::Array(it)) => it.is_empty(),
            Some(Value::Bool(_) | Value::Number(_) | Value::Object(_)) => false,
        };
        let value = |key: &str| data.get(key).or_else(|| self.data.get(key));
        let missing = chosen.requires.iter().filter(|it| blank(value(it.as_str())));
        let fields: Vec<String> = missing.map(|it| it.0.clone()).collect();
        if fields.is_empty() { Ok(()) } else { Err(Refusal::FieldsNeeded { fields }) }
    }

    pub(in super::super) fn may_do(&self, task: &OpenTask) -> Result<(), Refusal> {
        let actor = &self.context.actor;
        let roles = self.context.world.people().get(actor).map(|it| it.roles.as_slice());
        task.may_do(actor, roles.unwrap_or_default())
    }

    fn write_field(&mut self, user: &User, person: &UserId) {
        if let Some(field) = &user.task.performer.field {
            self.set_field(field, Value::String(person.0.clone()));
        }
    }

    /// Tells people, if there is anybody to tell.
    pub(in super::super) fn notify(&mut self, token: u64, node: &Node, notice: &str, to: &[String]) {
        let (people, customer) = self.recipients(token, node, to);
        if people.is_empty() && !customer {
            return;
        }
        let task = self.instance.tasks.values().find(|it| it.token == token).map(|it| it.id.clone());
        let texts = self.render(token, node, notice);
        self.effects.push(Effect::Notify { notice: notice.to_owned(), to: people, customer, task, texts });
    }

    pub(in super::super) fn notify_rules(&mut self, token: u64, node: &'a Node, moment: NotifyMoment) {
        for it in node.notify.iter().filter(|it| it.on == moment) {
            self.notify(token, node, &it.notice, &it.to);
        }
    }
}
