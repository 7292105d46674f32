//! What can happen to a record, its flows and their tasks, as its history tells it. The browser has a sentence for each.

/// One kind of entry of a history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Happening {
    Created,
    Changed,
    Deleted,

    Started,
    Finished,
    /// It ended with an error that left it.
    Failed,
    Cancelled,
    Moved,
    Migrated,
    Suspended,
    Resumed,
    Escalated,
    Compensated,
    /// It cannot go on by itself.
    Stuck,
    Unstuck,

    Claimed,
    Completed,
    Signed,
    Skipped,
    /// Its own condition said that nobody need do it.
    PassedOver,
    Withdrawn,
    Returned,
    HandedOver,
    /// Lent: it comes back.
    Delegated,
    /// Given back by whom it was lent to.
    Resolved,
    Copied,
    Urged,
    TaskSuspended,
    TaskResumed,
    SignerAdded,
    SignerRemoved,
}

use Happening::*;

/// Every kind with its words in a history entry: `kind`, and `info.what`.
const WORDS: &[(Happening, &str, &str)] = &[
    (Created, "created", ""),
    (Changed, "changed", ""),
    (Deleted, "deleted", ""),
    (Started, "flow", "started"),
    (Finished, "flow", "finished"),
    (Failed, "flow", "failed"),
    (Cancelled, "flow", "cancelled"),
    (Moved, "flow", "moved"),
    (Migrated, "flow", "migrated"),
    (Suspended, "flow", "suspended"),
    (Resumed, "flow", "resumed"),
    (Escalated, "flow", "escalated"),
    (Compensated, "flow", "compensated"),
    (Stuck, "flow", "stuck"),
    (Unstuck, "flow", "unstuck"),
    (Claimed, "task", "claimed"),
    (Completed, "task", "completed"),
    (Signed, "task", "signed"),
    (Skipped, "task", "skipped"),
    (PassedOver, "task", "passedOver"),
    (Withdrawn, "task", "withdrawn"),
    (Returned, "task", "returned"),
    (HandedOver, "task", "handedOver"),
    (Delegated, "task", "delegated"),
    (Resolved, "task", "resolved"),
    (Copied, "task", "copied"),
    (Urged, "task", "urged"),
    (TaskSuspended, "task", "suspended"),
    (TaskResumed, "task", "resumed"),
    (SignerAdded, "task", "signerAdded"),
    (SignerRemoved, "task", "signerRemoved"),
];

impl Happening {
    /// All kinds.
    pub fn all() -> impl Iterator<Item = Self> {
        WORDS.iter().map(|it| it.0)
    }

    /// By the words of a history entry; older entries have fewer words.
    pub fn of(kind: &str, what: &str) -> Self {
        let exact = WORDS.iter().find(|it| it.1 == kind && it.2 == what).map(|it| it.0);
        exact.unwrap_or(match kind {
            "created" => Created,
            "deleted" => Deleted,
            "flow" => Started,
            "task" => Completed,
            _ => Changed,
        })
    }

    /// `kind` of a history entry: `created`, `changed`, `deleted`, `flow`, `task`.
    pub fn kind(self) -> &'static str {
        self.words().0
    }

    /// `info.what` of a history entry.
    pub fn what(self) -> &'static str {
        self.words().1
    }

    fn words(self) -> (&'static str, &'static str) {
        WORDS.iter().find(|it| it.0 == self).map_or(("changed", ""), |it| (it.1, it.2))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_known_by_its_words() {
        let all: std::collections::BTreeSet<Happening> = Happening::all().collect();
        assert_eq!(all.len(), WORDS.len(), "none twice");
        // The last of the enum: a new kind moves it.
        assert_eq!(all.len(), SignerRemoved as usize + 1, "every kind has its words");
        for it in all {
            assert_eq!(Happening::of(it.kind(), it.what()), it);
        }
        assert_eq!(Happening::of("task", "something older"), Completed);
    }
}
