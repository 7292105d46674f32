//! Passing a task over where the flow allows it: by its own condition before it opens, or by people with a reason.
//! The step then has an outcome, and nobody has done it.

use super::super::Refusal;
use super::super::fact::Fact;
use super::super::plan::{Kind, Node, User};
use super::super::run::{Run, Stuck, Work};
use super::deeds::Deed;
use crate::id::TaskId;

impl<'a> Run<'a> {
    /// True: the flow says that this step is not needed now.
    pub(in super::super) fn passes_over(&mut self, token: u64, node: &'a Node, user: &User) -> Result<bool, Stuck> {
        let (Some(skip), Some(when)) = (&user.task.skip, &user.skip_when) else { return Ok(false) };
        if !when.holds(&self.names(token))? {
            return Ok(false);
        }
        self.emit(Fact::TaskSkipped {
            token,
            task: None,
            node: node.id.clone(),
            by: None,
            outcome: skip.outcome.clone(),
            reason: String::new(),
        });
        self.queue(Work::Leave { token });
        Ok(true)
    }

    pub(in super::super) fn skip(&mut self, id: &TaskId, reason: String) -> Result<(), Refusal> {
        let task = self.task(id)?;
        let Some(Kind::User(user)) = self.plan.node(&task.node).map(|it| &it.kind) else {
            return Err(Refusal::CannotSkip);
        };
        let Some(skip) = &user.task.skip else { return Err(Refusal::CannotSkip) };
        self.may(&task, Deed::Skip)?;
        if reason.trim().is_empty() {
            return Err(Refusal::CommentNeeded);
        }
        let by = Some(self.context.actor.clone());
        let (node, outcome) = (task.node.clone(), skip.outcome.clone());
        self.close_sheet(task.token, "skipped", Some(id));
        self.emit(Fact::TaskSkipped { token: task.token, task: Some(id.clone()), node, by, outcome, reason });
        self.resolve(task.token);
        self.queue(Work::Leave { token: task.token });
        Ok(())
    }
}
