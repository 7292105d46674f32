//! What was done, step by step, and how far it was taken back.

use std::collections::BTreeSet;

use crate::change::Change;
use crate::edit::Name;

/// Steps that can be undone.
pub const STEPS: usize = 500;

/// One undoable unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    pub name: Name,
    pub changes: Vec<Change>,
    /// What was selected before, and after.
    pub selection: [BTreeSet<String>; 2],
}

#[derive(Clone, Debug, Default)]
pub struct History {
    steps: Vec<Step>,
    /// Steps that are done; the others were taken back.
    done: usize,
    /// Steps ever taken; never goes back.
    count: u64,
}

impl History {
    pub(crate) fn push(&mut self, name: Name, changes: Vec<Change>, selection: [BTreeSet<String>; 2]) {
        self.steps.truncate(self.done);
        self.steps.push(Step { name, changes, selection });
        if self.steps.len() > STEPS {
            self.steps.remove(0);
        }
        self.done = self.steps.len();
        self.count += 1;
    }

    pub(crate) fn back(&mut self) -> Option<Step> {
        self.done = self.done.checked_sub(1)?;
        self.count += 1;
        self.steps.get(self.done).cloned()
    }

    pub(crate) fn forth(&mut self) -> Option<Step> {
        let step = self.steps.get(self.done).cloned()?;
        self.done += 1;
        self.count += 1;
        Some(step)
    }

    /// Changes whenever the document does.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The step that undo would take back.
    pub fn undoable(&self) -> Option<&Name> {
        self.steps.get(self.done.checked_sub(1)?).map(|it| &it.name)
    }

    /// The step that redo would do again.
    pub fn redoable(&self) -> Option<&Name> {
        self.steps.get(self.done).map(|it| &it.name)
    }

    /// Names of the steps that are done, oldest first.
    pub fn names(&self) -> Vec<Name> {
        self.steps[..self.done].iter().map(|it| it.name.clone()).collect()
    }
}
