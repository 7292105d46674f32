//! Lending a task and giving it back; giving it away for good. Lent, it comes back to who lent it, who then completes it.

use super::super::Refusal;
use super::super::fact::Fact;
use super::super::plan::Kind;
use super::super::run::Run;
use super::deeds::Deed;
use crate::id::{TaskId, UserId};

impl Run<'_> {
    /// Who has the task may, and who could claim it; the manager of who has it, and administrators.
    pub(in super::super) fn hand_over(&mut self, id: &TaskId, to: UserId, reason: String) -> Result<(), Refusal> {
        let task = self.task(id)?;
        self.may(&task, Deed::HandOver)?;
        let Some(node) = self.plan.node(&task.node) else { return Ok(()) };
        let Kind::User(user) = &node.kind else { return Ok(()) };
        self.may_receive(&task, user, &to)?;
        self.emit(Fact::TaskHandedOver { task: id.clone(), from: task.assignee, to: to.clone(), reason });
        self.write_field(user, &to);
        self.resolve(task.token);
        self.notify_task(task.token, node, id, "task-given", vec![to]);
        Ok(())
    }

    pub(in super::super) fn delegate(&mut self, id: &TaskId, to: UserId, reason: String) -> Result<(), Refusal> {
        let task = self.task(id)?;
        let behalf = self.may_do(&task)?;
        self.may(&task, Deed::Delegate)?;
        let Some(node) = self.plan.node(&task.node) else { return Ok(()) };
        let Kind::User(user) = &node.kind else { return Ok(()) };
        let actor = self.context.actor.clone();
        let from = task.assignee.clone().unwrap_or(actor);
        if to == from || task.lent.contains(&to) {
            return Err(Refusal::NoSuchPerson { person: to.0 });
        }
        self.may_receive(&task, user, &to)?;
        self.take_over(&task, behalf);
        self.emit(Fact::TaskDelegated { task: id.clone(), from: Some(from), to: to.clone(), reason });
        self.notify_task(task.token, node, id, "task-delegated", vec![to]);
        Ok(())
    }

    /// By who has it, or by any of those who lent it: then it is theirs again.
    pub(in super::super) fn give_back(&mut self, id: &TaskId, comment: String) -> Result<(), Refusal> {
        let task = self.task(id)?;
        let actor = self.context.actor.clone();
        self.may(&task, Deed::Resolve)?;
        let Some(to) = self.lent_by_me(&task).or_else(|| task.lent.last().cloned()) else {
            return Err(Refusal::NotLent);
        };
        self.emit(Fact::TaskResolved { task: id.clone(), by: actor.clone(), to: to.clone(), comment });
        if let Some(node) = self.plan.node(&task.node).filter(|_| to != actor) {
            self.notify_task(task.token, node, id, "task-resolved", vec![to]);
        }
        Ok(())
    }
}
