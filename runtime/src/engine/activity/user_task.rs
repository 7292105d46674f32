//! User task (BPMN 2.0.2 §10.3.4): opens a task for people; claiming, releasing and completing it. What else people do
//! with it is in [`super::super::task`], sending back in [`super::super::scope`], who gets it in [`super::super::people`].

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::super::clock::Clock;
use super::super::fact::Fact;
use super::super::instance::{OpenTask, Phase, Sent};
use super::super::plan::{Kind, Node, User};
use super::super::run::{Run, Stuck, Work};
use super::super::task::rights::SYSTEM;
use super::super::{DONE, Effect, Refusal};
use crate::id::{TaskId, TimerId, UserId};
use crate::model::flow::{CommentRule, NotifyMoment, Outcome, Reminder};
use crate::time::Span;

impl<'a> Run<'a> {
    pub(super) fn open_task(
        &mut self,
        token: u64,
        node: &'a Node,
        user: &'a User,
        returned: Option<(UserId, String)>,
    ) -> Result<(), Stuck> {
        if self.passes_over(token, node, user)? {
            return Ok(());
        }
        let choice = self.choose_people(token, node, user, returned.is_some())?;
        let names = self.names(token);
        let now = self.context.now;
        let due_text = user.due.as_ref().map(|it| it.value(&names)).transpose()?.flatten();
        let due = due_text.as_ref().map(|it| self.plan.tools.moment(it, now)).transpose()?;
        let priority = user.priority.as_ref().map(|it| it.value(&names)).transpose()?.flatten();
        let priority = priority.map_or(Ok(50), |it| {
            it.parse().map_err(|_| format!("expected a whole number as priority, found `{it}`"))
        })?;
        let mut reminders = Vec::new();
        if let (Some(text), Some(due)) = (&due_text, due) {
            // One timer for all that is said at the same moment.
            let moments: BTreeSet<u32> = Self::reminders(user).iter().map(|it| it.at).collect();
            for percent in moments {
                reminders.push((percent, self.plan.tools.share(now, due, percent, text)?));
            }
        }
        let signers = match user.task.countersign.as_ref().filter(|_| choice.nobody.is_none()) {
            Some(rule) => Some(self.signers(node, user, rule, &choice)?),
            None => None,
        };
        // From here on nothing can fail.
        let clock = due_text.filter(|it| it.parse::<Span>().is_ok()).map(|budget| Clock {
            budget: Some(budget),
            from: now.to_string(),
            nth: 0,
        });
        let like = OpenTask {
            node: node.id.clone(),
            token,
            opened_at: now.to_string(),
            due_at: due.map(|it| it.to_string()),
            priority,
            returned: returned.clone(),
            sent: self.sent.clone(),
            clock: clock.clone(),
            ..OpenTask::default()
        };
        let Some(signers) = signers else {
            let id = TaskId(self.fresh());
            let task = OpenTask {
                id: id.clone(),
                assignee: choice.assignee.clone(),
                candidates: choice.candidates,
                roles: choice.roles,
                department: choice.department,
                ..like
            };
            self.emit(Fact::TaskOpened { token, task });
            self.emit(Fact::Assigned {
                task: id,
                to: choice.assignee.clone(),
                why: choice.why,
                ranking: choice.ranking,
            });
            self.set_reminders(token, node, reminders, &clock);
            if let Some(person) = &choice.assignee {
                self.write_field(user, person);
            }
            if let Some(says) = choice.nobody {
                self.stuck(token, node, says, Phase::Work);
            }
            let told =
                node.notify.iter().any(|it| it.on == NotifyMoment::Enter && it.to.iter().any(|to| to == "performer"));
            if returned.is_some() {
                self.notify(token, node, "task-returned", &["performer".to_owned()]);
            } else if !told {
                self.notify(token, node, "task-given", &["performer".to_owned()]);
            }
            return Ok(());
        };
        self.open_sheet(like, signers, node);
        self.set_reminders(token, node, reminders, &clock);
        Ok(())
    }

    fn set_reminders(
        &mut self,
        token: u64,
        node: &Node,
        reminders: Vec<(u32, jiff::Timestamp)>,
        clock: &Option<Clock>,
    ) {
        for (percent, at) in reminders {
            let timer = TimerId(self.fresh());
            let (node, at, clock) = (node.id.clone(), at.to_string(), clock.clone());
            self.emit(Fact::TimerSet {
                timer,
                token: Some(token),
                node,
                part: 0,
                at,
                reminder: Some(percent),
                every: None,
                left: None,
                clock,
            });
        }
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

    /// Also by whom it is for while somebody stands in for them: then it is theirs.
    pub(in super::super) fn claim(&mut self, id: &TaskId) -> Result<(), Refusal> {
        let task = self.task(id)?;
        let behalf = self.may_do(&task)?;
        self.not_stopped(&task)?;
        let by = self.context.actor.clone();
        if task.assignee.is_none() {
            self.take_over(&task, behalf);
        } else if by.as_str() != SYSTEM && (!task.begun || task.behalf.as_ref() == Some(&by)) && task.lent.is_empty() {
            // What one has been given one begins with; until then who sent it may take it back.
            let behalf = behalf.filter(|it| *it != by);
            self.emit(Fact::TaskClaimed { task: id.clone(), by, behalf });
        }
        Ok(())
    }

    /// Makes the actor the assignee, if nobody is yet.
    pub(in super::super) fn take_over(&mut self, task: &OpenTask, behalf: Option<UserId>) {
        if task.assignee.is_none() && self.context.actor.as_str() != SYSTEM {
            let by = self.context.actor.clone();
            self.emit(Fact::TaskClaimed { task: task.id.clone(), by: by.clone(), behalf });
            if let Some(Kind::User(user)) = self.plan.node(&task.node).map(|it| &it.kind) {
                self.write_field(user, &by);
            }
        }
    }

    pub(in super::super) fn release(&mut self, id: &TaskId) -> Result<(), Refusal> {
        let task = self.task(id)?;
        self.may_do(&task)?;
        self.not_stopped(&task)?;
        if let Some(by) = task.lent.last() {
            return Err(Refusal::Lent { by: by.0.clone() });
        }
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

    pub(in super::super) fn complete(
        &mut self,
        id: &TaskId,
        outcome: String,
        data: Map<String, Value>,
        comment: String,
    ) -> Result<(), Refusal> {
        let task = self.task(id)?;
        let behalf = self.may_complete(&task)?;
        let Some(Kind::User(user)) = self.plan.node(&task.node).map(|it| &it.kind) else { return Ok(()) };
        self.check_outcome(user, &outcome, &data, &comment)?;
        self.take_over(&task, behalf.clone());
        match task.signer {
            Some(signer) => {
                // What opens next in this step is not the signer's to take back.
                self.sign(&task, signer, user, (outcome, comment), data, behalf);
            }
            None => {
                self.sent =
                    Some(Sent { by: self.context.actor.clone(), from: Some((task.node.clone(), task.id.clone())) });
                self.finish_task(&task, outcome, data, comment, behalf);
            }
        }
        Ok(())
    }

    /// Completes a task without asking whether the actor may.
    pub(in super::super) fn finish_task(
        &mut self,
        task: &OpenTask,
        outcome: String,
        data: Map<String, Value>,
        comment: String,
        behalf: Option<UserId>,
    ) {
        self.set_fields(data);
        let (by, node) = (self.context.actor.clone(), task.node.clone());
        self.emit(Fact::TaskCompleted { task: task.id.clone(), node, by, outcome, comment, behalf });
        self.resolve(task.token);
        self.queue(Work::Leave { token: task.token });
    }

    fn check_outcome(
        &self,
        user: &User,
        outcome: &str,
        data: &Map<String, Value>,
        comment: &str,
    ) -> Result<(), Refusal> {
        let outcomes = &user.task.outcomes;
        let chosen: Option<&Outcome> = outcomes.iter().find(|it| it.id == outcome);
        let Some(chosen) = chosen else {
            if outcomes.is_empty() && outcome == DONE {
                return Ok(());
            }
            let has = if outcomes.is_empty() {
                vec![DONE.to_owned()]
            } else {
                outcomes.iter().map(|it| it.id.clone()).collect()
            };
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

    pub(in super::super) fn write_field(&mut self, user: &User, person: &UserId) {
        if let Some(field) = &user.task.performer.field {
            self.set_field(field, Value::String(person.0.clone()));
        }
    }

    /// Tells people, if there is anybody to tell. Where several people have tasks here, each is told of their own.
    pub(in super::super) fn notify(&mut self, token: u64, node: &Node, notice: &str, to: &[String]) {
        let tasks: Vec<OpenTask> = self.instance.tasks.values().filter(|it| it.token == token).cloned().collect();
        if tasks.len() < 2 {
            let task = tasks.first().map(|it| it.id.clone());
            let (people, customer) = self.recipients(node, to, tasks.first());
            return self.tell(token, node, task, notice, people, customer);
        }
        let mut told = BTreeSet::new();
        for task in tasks {
            let (mut people, customer) = self.recipients(node, to, Some(&task));
            people.retain(|it| told.insert(it.clone()));
            self.tell(token, node, Some(task.id), notice, people, customer);
        }
    }

    /// Tells these people of a task.
    pub(in super::super) fn notify_task(
        &mut self,
        token: u64,
        node: &Node,
        task: &TaskId,
        notice: &str,
        people: Vec<UserId>,
    ) {
        self.tell(token, node, Some(task.clone()), notice, people, false);
    }

    fn tell(&mut self, token: u64, node: &Node, task: Option<TaskId>, notice: &str, to: Vec<UserId>, customer: bool) {
        if to.is_empty() && !customer {
            return;
        }
        let texts = self.render(token, node, notice);
        self.effects.push(Effect::Notify { notice: notice.to_owned(), to, customer, task, texts });
    }

    pub(in super::super) fn notify_rules(&mut self, token: u64, node: &'a Node, moment: NotifyMoment) {
        for it in node.notify.iter().filter(|it| it.on == moment) {
            self.notify(token, node, &it.notice, &it.to);
        }
    }
}
