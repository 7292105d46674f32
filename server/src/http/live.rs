//! Live updates: `GET /api/live`. What was committed is told to whoever may see it, a moment later and gathered, so
//! that a burst of changes is a handful of events. A listener who cannot keep up is let go and connects again.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use api::live::Live;
use axum::extract::State;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::Stream;
use runtime::id::{ModuleKey, RecordId};
use runtime::limits;
use runtime::model::module::Action;
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tokio::time::{Instant, sleep, sleep_until};

use super::Site;
use crate::actor::Actor;
use crate::auth::caller::{Caller, Me};
use crate::clock::stamp;
use crate::error::{Error, Result};
use crate::live::Change;
use crate::records::seat::Seat;
use crate::store::{notices, sessions};
use crate::{records, tasks};

/// Changes are gathered this long before they are told.
const GATHER: Duration = Duration::from_millis(150);
/// A sign of life for proxies and for the browser.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How often it is looked whether the session still stands.
const LOOK: Duration = Duration::from_secs(30);

/// Number of open streams by person.
#[derive(Clone, Debug, Default)]
pub struct Listeners(Arc<Mutex<HashMap<String, usize>>>);

/// One open stream; counted until it is dropped.
struct Place {
    listeners: Listeners,
    person: String,
}

impl Listeners {
    fn sit(&self, person: &str) -> Result<Place> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(person.to_owned()).or_default();
        if *count >= limits::LIVE_STREAMS {
            return Err(Error::Busy("too many open live connections of this person"));
        }
        *count += 1;
        metrics::gauge!("flowloom_live_streams").increment(1.0);
        Ok(Place { listeners: self.clone(), person: person.to_owned() })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.listeners.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.person) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                open.remove(&self.person);
            }
        }
        metrics::gauge!("flowloom_live_streams").decrement(1.0);
    }
}

/// `GET /api/live`
pub async fn stream(State(site): State<Site>, me: Me) -> Result<impl IntoResponse> {
    let place = site.listeners.sit(me.actor.id().as_str())?;
    let changes = site.app.bus().listen();
    let sse = Sse::new(events(site, me.0.clone(), changes, place)).keep_alive(KeepAlive::new().interval(HEARTBEAT));
    // A proxy must not hold events back.
    Ok(([("x-accel-buffering", "no")], sse))
}

fn events(
    site: Site,
    mut me: Arc<Caller>,
    mut changes: Receiver<Change>,
    place: Place,
) -> impl Stream<Item = std::result::Result<Event, Infallible>> {
    async_stream::stream! {
        let _place = place;
        let mut closing = site.closing.subscribe();
        let first = Live::Inbox { open_tasks: tasks::open_count(&site.app, &me.actor).await.unwrap_or(0) };
        yield Ok(event(&first).retry(Duration::from_secs(2)));
        let mut look_at = Instant::now() + LOOK;
        'open: loop {
            let mut gathered = Gathered::default();
            tokio::select! {
                change = changes.recv() => match change {
                    Ok(change) => gathered.add(change, &me),
                    Err(RecvError::Lagged(_) | RecvError::Closed) => break 'open,
                },
                _ = closing.changed() => break 'open,
                () = sleep_until(look_at) => {
                    look_at = Instant::now() + LOOK;
                    match again(&site, &me).await {
                        Some(now) => me = now,
                        None => break 'open,
                    }
                    continue 'open;
                }
            }
            sleep(GATHER).await;
            loop {
                match changes.try_recv() {
                    Ok(change) => gathered.add(change, &me),
                    Err(tokio::sync::broadcast::error::TryRecvError::Empty) => break,
                    Err(_) => break 'open,
                }
            }
            if gathered.people {
                match again(&site, &me).await {
                    Some(now) => me = now,
                    None => break 'open,
                }
            }
            for live in gathered.tell(&site, &me).await {
                yield Ok(event(&live));
            }
        }
    }
}

fn event(live: &Live) -> Event {
    Event::default().json_data(live).unwrap_or_default()
}

/// Whether the session and the person are still there.
async fn stands(site: &Site, me: &Caller) -> bool {
    let now = stamp(site.app.clock.now());
    let session = sessions::find(site.app.store.read(), &me.session, &now).await;
    matches!(session, Ok(Some(_))) && site.app.people.person(me.actor.id()).is_some()
}

/// The listener with the rights of now; nobody when the session or the person is gone.
async fn again(site: &Site, me: &Caller) -> Option<Arc<Caller>> {
    if !stands(site, me).await {
        return None;
    }
    let people = site.app.people.state();
    let actor = Actor::new(people.directory.get(me.actor.id())?.clone(), me.actor.channel);
    let user = people.users.get(me.actor.id())?.clone();
    Some(Arc::new(Caller { actor, user, session: me.session.clone(), csrf: me.csrf.clone() }))
}

/// What came in during one gathering, each thing once.
#[derive(Default)]
struct Gathered {
    records: BTreeMap<(ModuleKey, RecordId), i64>,
    modules: BTreeSet<ModuleKey>,
    inbox: bool,
    notices: Vec<String>,
    published: BTreeSet<(Option<String>, Option<String>)>,
    people: bool,
    editing: Vec<Live>,
}

impl Gathered {
    fn add(&mut self, change: Change, me: &Caller) {
        match change {
            Change::Record { module, id, version } => {
                self.modules.insert(module.clone());
                let newest = self.records.entry((module, id)).or_default();
                *newest = version.max(*newest);
            }
            Change::Instance { id: _, module, record } | Change::Comment { module, record } => {
                self.records.entry((module, record)).or_default();
            }
            Change::Inbox { users } => self.inbox |= users.is_empty() || users.contains(me.actor.id()),
            Change::Notice { id, user } => {
                if user == *me.actor.id() {
                    self.notices.push(id);
                }
            }
            Change::Published { modules, flows } => {
                self.published.extend(modules.into_iter().map(|it| (Some(it.0), None)));
                self.published.extend(flows.into_iter().map(|it| (None, Some(it.0))));
            }
            Change::Editing { pack, editor, name, revision, left } => {
                if me.designer() {
                    self.editing.push(Live::Editing { pack: pack.0, editor, name, revision, left });
                }
            }
            Change::People => self.people = true,
        }
    }

    /// The events this person may hear.
    async fn tell(self, site: &Site, me: &Caller) -> Vec<Live> {
        let mut events = Vec::new();
        if self.records.len() <= limits::LIVE_RECORDS {
            for ((module, id), version) in &self.records {
                // The same seam as opening it: who may not read it does not hear of it.
                let Ok(seat) = Seat::take(&site.app, &me.actor, module) else { continue };
                if records::may_read(&site.app, &me.actor, &seat, id).await.is_ok() {
                    let (module, id) = (module.0.clone(), id.0.clone());
                    events.push(Live::Record { module, id, version: *version });
                }
            }
        }
        for module in &self.modules {
            let seat = Seat::take(&site.app, &me.actor, module);
            if seat.is_ok_and(|it| !it.cover(Action::Read).is_nothing()) {
                events.push(Live::Module { module: module.0.clone() });
            }
        }
        if self.inbox {
            match tasks::open_count(&site.app, &me.actor).await {
                Ok(open_tasks) => events.push(Live::Inbox { open_tasks }),
                Err(error) => tracing::warn!(error = error.for_log(), "live: inbox"),
            }
        }
        if !self.notices.is_empty() {
            let db = site.app.store.read();
            let unread = notices::unread(db, me.actor.id()).await.unwrap_or(0);
            for id in &self.notices {
                if let Ok(Some(it)) = notices::find(db, me.actor.id(), id, me.language()).await {
                    events.push(Live::Notice { id: it.id, title: it.title, body: it.body, link: it.link, unread });
                }
            }
        }
        events.extend(self.editing);
        events.extend(self.published.into_iter().map(|(module, flow)| Live::Published { module, flow }));
        events
    }
}
