//! What was done, step by step, and how far it was taken back.

use std::collections::BTreeSet;

use crate::change::Change;
use crate::document::Address;
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

    /// The steps that can still be taken back, or done again, after files were changed by somebody else: those that touch
    /// none of them. A step knows whole files, so with one that goes, what was done to its other files before goes too.
    pub fn beside(&self, changed: impl Fn(&Address) -> bool) -> History {
        let mut kept = History { count: self.count, ..History::default() };
        let mut lost: Vec<Address> = Vec::new();
        let mut stays = |step: &&Step| {
            let clashes = step.changes.iter().any(|it| changed(&it.address) || lost.contains(&it.address));
            if clashes {
                lost.extend(step.changes.iter().map(|it| it.address.clone()));
            }
            !clashes
        };
        let (done, undone) = self.steps.split_at(self.done);
        kept.steps = done.iter().rev().filter(&mut stays).cloned().collect();
        kept.steps.reverse();
        kept.done = kept.steps.len();
        kept.steps.extend(undone.iter().filter(&mut stays).cloned());
        kept
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

#[cfg(test)]
mod tests {
    use super::*;

    fn step(what: &str, files: &[&str]) -> (Name, Vec<Change>) {
        let change = |it: &&str| Change { address: Address::Words((*it).to_owned()), before: None, after: None };
        (Name { verb: "set", what: what.to_owned() }, files.iter().map(change).collect())
    }

    #[test]
    fn what_touches_nothing_of_theirs_can_still_be_undone() {
        let mut all = History::default();
        let steps = [
            ("1", vec!["a"]),
            ("2", vec!["b"]),
            ("3", vec!["b", "x"]),
            ("4", vec!["a"]),
            ("5", vec!["c"]),
            ("6", vec!["x"]),
        ];
        for (what, files) in steps {
            let (name, changes) = step(what, &files);
            all.push(name, changes, [BTreeSet::new(), BTreeSet::new()]);
        }
        // The last was taken back.
        all.back();
        let kept = all.beside(|it| *it == Address::Words("x".to_owned()));
        // 3 and 6 touch what they changed; 2 was done to a file that 3 touched after it.
        assert_eq!(kept.names().iter().map(|it| it.what.as_str()).collect::<Vec<_>>(), ["1", "4", "5"]);
        assert_eq!(kept.redoable(), None);
        let kept = all.beside(|_| false);
        assert_eq!((kept.names().len(), kept.redoable().map(|it| it.what.as_str())), (5, Some("6")));
        assert!(all.beside(|_| true).names().is_empty());
    }
}
