//! Taking back what one has sent on, while nobody has begun with it: to the step it came from, or, where the flow has
//! only just started, the whole flow. What scripts, tables and plugins computed in between is not undone, and is computed
//! again; once a message or a signal has gone out or a flow was called, the step is not taken back: it would happen twice.

use super::super::fact::Fact;
use super::super::instance::OpenTask;
use super::super::run::Run;
use super::super::{Effect, Refusal};
use crate::id::TaskId;

impl Run<'_> {
    pub(in super::super) fn withdraw(&mut self, id: &TaskId, reason: String) -> Result<(), Refusal> {
        let task = self.task(id)?;
        let actor = self.context.actor.clone();
        let together = self.may_withdraw(&task)?;
        let Some(sent) = task.sent.clone() else { return Err(Refusal::NotSentByYou) };
        let told: Vec<(OpenTask, Vec<crate::id::UserId>)> =
            together.iter().map(|it| (it.clone(), self.doers(it))).collect();
        let Some((node, _)) = &sent.from else {
            self.tell_withdrawn(told);
            self.clear_scope(None, "withdrawn");
            self.emit(Fact::Cancelled { by: actor, reason });
            let vars = self.instance.vars.clone();
            self.effects.push(Effect::Ended { vars, cancelled: true, error: None });
            return Ok(());
        };
        self.tell_withdrawn(told);
        let fact = Fact::TaskWithdrawn {
            task: id.clone(),
            node: task.node.clone(),
            by: actor.clone(),
            to: node.clone(),
            reason: reason.clone(),
        };
        self.take_back(&task, node, fact, actor, reason)
    }

    /// The tasks that would go together, if the acting person sent them and nobody has begun.
    pub(in super::super) fn may_withdraw(&self, task: &OpenTask) -> Result<Vec<OpenTask>, Refusal> {
        let actor = &self.context.actor;
        let Some(sent) = task.sent.as_ref().filter(|it| it.by == *actor) else { return Err(Refusal::NotSentByYou) };
        let together: Vec<OpenTask> =
            self.instance.tasks.values().filter(|it| it.sent.as_ref() == Some(sent)).cloned().collect();
        let untouched = match &sent.from {
            None => self.instance.done.is_empty() && self.instance.parent.is_none(),
            // Fewer than it led to: somebody has done one of them, or something went out.
            Some((node, completed)) => self
                .instance
                .done
                .get(node)
                .filter(|it| it.task.as_ref() == Some(completed) && it.by == *actor)
                .is_some_and(|it| it.led as usize == together.len()),
        };
        if untouched && !together.iter().any(|it| it.begun) { Ok(together) } else { Err(Refusal::AlreadyBegun) }
    }

    fn tell_withdrawn(&mut self, told: Vec<(OpenTask, Vec<crate::id::UserId>)>) {
        for (task, people) in told {
            if let Some(node) = self.plan.node(&task.node) {
                self.notify_task(task.token, node, &task.id, "task-withdrawn", people);
            }
        }
    }
}
