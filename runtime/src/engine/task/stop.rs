//! Suspending one step and letting it go on. While it is suspended nobody completes it, and its deadline stands still.

use super::super::Refusal;
use super::super::fact::Fact;
use super::super::run::Run;
use super::deeds::Deed;
use crate::id::TaskId;

impl Run<'_> {
    pub(in super::super) fn suspend_task(&mut self, id: &TaskId, reason: String) -> Result<(), Refusal> {
        let task = self.task(id)?;
        self.may(&task, Deed::Suspend)?;
        if reason.trim().is_empty() {
            return Err(Refusal::CommentNeeded);
        }
        let (by, at) = (self.context.actor.clone(), self.context.now.to_string());
        self.emit(Fact::TaskSuspended { task: id.clone(), token: task.token, by, reason, at });
        Ok(())
    }

    pub(in super::super) fn resume_task(&mut self, id: &TaskId) -> Result<(), Refusal> {
        let task = self.task(id)?;
        self.may(&task, Deed::Resume)?;
        let (by, at) = (self.context.actor.clone(), self.context.now.to_string());
        self.emit(Fact::TaskResumed { task: id.clone(), token: task.token, by, at });
        Ok(())
    }
}
