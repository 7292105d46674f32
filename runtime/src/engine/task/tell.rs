//! Letting people know of a task, and asking whoever has it to hurry.

use super::super::Refusal;
use super::super::fact::Fact;
use super::super::run::Run;
use super::deeds::Deed;
use crate::id::{TaskId, UserId};
use crate::limits;

impl Run<'_> {
    pub(in super::super) fn cc(&mut self, id: &TaskId, to: Vec<UserId>, comment: String) -> Result<(), Refusal> {
        let task = self.task(id)?;
        self.may(&task, Deed::Cc)?;
        if to.len() > limits::CC {
            return Err(Refusal::Limit { what: format!("{} people told at once", limits::CC) });
        }
        let people = self.context.world.people();
        let mut found: Vec<UserId> = Vec::new();
        for it in to {
            // A customer learns of their record through the portal, not through a colleague's copy.
            // Nor does whoever the record names as having nothing to do with it.
            if people.get(&it).is_none_or(|it| it.customer.is_some()) || self.named_out().contains(&it) {
                return Err(Refusal::NoSuchPerson { person: it.0 });
            }
            if !found.contains(&it) {
                found.push(it);
            }
        }
        let Some(node) = self.plan.node(&task.node).filter(|_| !found.is_empty()) else { return Ok(()) };
        let by = self.context.actor.clone();
        self.emit(Fact::TaskCopied { task: id.clone(), by, to: found.clone(), comment });
        self.notify_task(task.token, node, id, "task-copied", found);
        Ok(())
    }

    pub(in super::super) fn urge(&mut self, id: &TaskId, comment: String) -> Result<(), Refusal> {
        let task = self.task(id)?;
        let actor = self.context.actor.clone();
        self.may(&task, Deed::Urge)?;
        let Some(node) = self.plan.node(&task.node) else { return Ok(()) };
        self.emit(Fact::TaskUrged { task: id.clone(), by: actor, comment, at: self.context.now.to_string() });
        let people = self.doers(&task);
        self.notify_task(task.token, node, id, "task-urged", people);
        Ok(())
    }
}
