//! The bus of what has happened, for live updates. The store sends after a commit, never before; whoever listens
//! decides what a person may hear of it.

use runtime::id::{FlowKey, InstanceId, ModuleKey, RecordId, UserId};
use tokio::sync::broadcast;

/// Something that was committed.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// A record was made, changed or deleted.
    Record { module: ModuleKey, id: RecordId, version: i64 },
    /// Inboxes of these people may have changed. Empty: anybody's.
    Inbox { users: Vec<UserId> },
    /// An instance took a step.
    Instance { id: InstanceId, module: ModuleKey, record: RecordId },
    /// Somebody got a notice.
    Notice { id: String, user: UserId },
    /// A definition was published.
    Published { modules: Vec<ModuleKey>, flows: Vec<FlowKey> },
    /// A person, a department or a role changed.
    People,
}

/// Sends changes to everybody who listens. Slow listeners lose the oldest and are told so by the channel.
#[derive(Clone, Debug)]
pub struct Bus(broadcast::Sender<Change>);

impl Default for Bus {
    fn default() -> Self {
        Self(broadcast::channel(4096).0)
    }
}

impl Bus {
    /// From now on.
    pub fn listen(&self) -> broadcast::Receiver<Change> {
        self.0.subscribe()
    }

    pub(crate) fn send(&self, change: Change) {
        // Nobody listening is not a fault.
        let _ = self.0.send(change);
    }
}
