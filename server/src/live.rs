//! The bus of what has happened, for live updates. The store sends after a commit, never before; whoever listens
//! decides what a person may hear of it. Where several servers share a database, what one sends the others hear too
//! ([`crate::nodes`]).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use runtime::id::{FlowKey, InstanceId, ModuleKey, PackId, RecordId, UserId};
use runtime::limits;
use serde::{Deserialize, Serialize};
use tokio::sync::{broadcast, mpsc, watch};

use crate::people::Load;

/// Something that was committed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Change {
    /// A record was made, changed or deleted.
    Record { module: ModuleKey, id: RecordId, version: i64 },
    /// Something was said about a record.
    Comment { module: ModuleKey, record: RecordId },
    /// Inboxes of these people may have changed. Empty: anybody's.
    Inbox { users: Vec<UserId> },
    /// An instance took a step.
    Instance { id: InstanceId, module: ModuleKey, record: RecordId },
    /// Somebody got a notice.
    Notice { id: String, user: UserId },
    /// A definition was published.
    Published { modules: Vec<ModuleKey>, flows: Vec<FlowKey> },
    /// Somebody works on the draft of a pack, has saved it, or has left.
    Editing { pack: PackId, editor: String, name: String, revision: Option<i64>, left: bool },
    /// A person, a department or a role changed.
    People,
}

/// What other servers on the same database are told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Word {
    Change(Change),
    /// Work was given or taken, for who assigns next.
    Load(Load),
    /// More happened than could be told.
    Anything,
}

/// Sends changes to everybody who listens. Slow listeners lose the oldest and are told so by the channel.
#[derive(Clone, Debug)]
pub struct Bus {
    here: broadcast::Sender<Change>,
    /// Counts what was said of people: who listens for that alone is not woken by every commit.
    people: watch::Sender<u64>,
    elsewhere: Option<Elsewhere>,
}

/// The way to other servers.
#[derive(Clone, Debug)]
struct Elsewhere {
    words: mpsc::Sender<Word>,
    lost: Arc<AtomicBool>,
}

/// What other servers are to be told, for who carries it there.
pub(crate) struct Words {
    pub waiting: mpsc::Receiver<Word>,
    /// Set when a word found no room, or could not be carried.
    pub lost: Arc<AtomicBool>,
}

impl Default for Bus {
    fn default() -> Self {
        Self { here: broadcast::channel(4096).0, people: watch::Sender::new(0), elsewhere: None }
    }
}

impl Bus {
    /// A bus that is heard by other servers, and what they are to be told.
    pub(crate) fn shared(self) -> (Self, Words) {
        let (words, waiting) = mpsc::channel(limits::LIVE_WORDS);
        let lost = Arc::new(AtomicBool::new(false));
        (Self { elsewhere: Some(Elsewhere { words, lost: lost.clone() }), ..self }, Words { waiting, lost })
    }

    /// From now on.
    pub fn listen(&self) -> broadcast::Receiver<Change> {
        self.here.subscribe()
    }

    /// Changes when a person, a department or a role has.
    pub fn people(&self) -> watch::Receiver<u64> {
        self.people.subscribe()
    }

    pub(crate) fn send(&self, change: Change) {
        if self.elsewhere.is_some() {
            self.tell(Word::Change(change.clone()));
        }
        self.hear(change);
    }

    /// What another server has told: for listeners here alone.
    pub(crate) fn hear(&self, change: Change) {
        if change == Change::People {
            self.people.send_modify(|it| *it = it.wrapping_add(1));
        }
        // Nobody listening is not a fault.
        let _ = self.here.send(change);
    }

    /// Tells other servers what was assigned.
    pub(crate) fn tell_loads(&self, loads: Vec<Load>) {
        if self.elsewhere.is_some() {
            loads.into_iter().for_each(|it| self.tell(Word::Load(it)));
        }
    }

    fn tell(&self, word: Word) {
        let Some(elsewhere) = &self.elsewhere else { return };
        if elsewhere.words.try_send(word).is_err() {
            elsewhere.lost.store(true, Ordering::Relaxed);
        }
    }
}
