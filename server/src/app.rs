//! What everything in the server is given: store, clock, people, definitions, plugins.

use std::sync::Arc;

use runtime::policy;
use tokio::sync::Notify;

use crate::actor::{Actor, Channel};
use crate::clock::Clock;
use crate::definitions::Definitions;
use crate::error::Error;
use crate::live::Bus;
use crate::people::{self, People};
use crate::store::{Options, Store};

/// The running platform, without its HTTP side.
pub struct App {
    pub store: Store,
    pub clock: Clock,
    pub people: People,
    pub definitions: Definitions,
    pub plugins: Arc<plugin::Host>,
    /// Told when there is work for the job loop that cannot wait until it looks by itself.
    pub wake: Notify,
}

impl App {
    /// Opens the database, brings it up to date and reads people and definitions. Nothing runs yet:
    /// `jobs::start` does that.
    pub async fn open(options: Options, clock: Clock, plugins: Arc<plugin::Host>) -> Result<Arc<Self>, Error> {
        let store = Store::open(options, &clock, Bus::default()).await?;
        let people = people::open(&store).await?;
        let definitions = Definitions::open(&store).await?;
        Ok(Arc::new(Self { store, clock, people, definitions, plugins, wake: Notify::new() }))
    }

    /// The bus of what was committed.
    pub fn bus(&self) -> &Bus {
        self.store.bus()
    }

    /// The person as the law of rights knows one.
    pub fn rights_of(&self, actor: &Actor) -> policy::Actor {
        if actor.channel == Channel::System {
            return policy::Actor::system();
        }
        policy::Actor::new(actor.person.clone(), &self.people.state().parents)
    }
}
