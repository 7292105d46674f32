//! Publishing: check, tables, new versions, swap. All in one transaction; what has errors changes nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use api::publish::Running;
use futures::FutureExt;
use runtime::alert::{Alert, publishable};
use runtime::check::{self, Surroundings};
use runtime::engine::Plan;
use runtime::id::{FlowKey, ModuleKey, PackId};
use runtime::model::catalog::Catalog;
use runtime::model::pack::Pack;
use serde_json::{Map, Value};

use super::Files;
use super::impact::given;
use super::live::{self, Live};
use super::meta;
use crate::actor::{ADMIN, Actor, DESIGNER};
use crate::app::App;
use crate::error::Error;
use crate::live::Change;
use crate::shipped;
use crate::store::Tx;
use crate::store::moves::{self, Moves};
use crate::store::planned::{self, Moving};
use crate::store::{audit, carry, ddl, definitions as rows, former};

/// Installs or replaces a pack from its files: check, tables, new versions, all in one transaction. What is worth
/// knowing but does not stop it comes back.
pub async fn install(app: &Arc<App>, actor: &Actor, files: Files, note: &str) -> Result<Vec<Alert>, Error> {
    may_publish(actor)?;
    let _one = app.definitions.publishing.lock().await;
    // What is installed by hand is the house's own, unless it is what this binary ships: the next start leaves it as it is.
    let (pack, _) = live::pack(&files);
    let shipped = shipped::pack(&pack.manifest.id).is_none_or(|it| it.hash == pack.hash);
    let ask = Ask { files, note: note.to_owned(), shipped, kind: "install", ..Ask::default() };
    Ok(run(app, actor, ask).await?.alerts)
}

/// Installs the packs shipped inside the binary that are missing, and newer ones of those nobody has edited.
/// A pack that has errors is left out and logged, so that the rest can be used.
pub async fn install_shipped(app: &Arc<App>) -> Result<Vec<PackId>, Error> {
    let _one = app.definitions.publishing.lock().await;
    let mut packs: BTreeMap<PackId, Files> = BTreeMap::new();
    for id in shipped::packs() {
        let text = |(path, bytes): (String, Vec<u8>)| Some((path, String::from_utf8(bytes).ok()?));
        packs.insert(id.clone(), shipped::files(&id).into_iter().filter_map(text).collect());
    }
    packs.retain(|_, files| files.contains_key("pack.json"));
    let live = rows::live(app.store.read()).await?;
    let sent = rows::shipped(app.store.read()).await?;
    let mut waiting: Vec<(PackId, Files, Pack)> = Vec::new();
    for (id, files) in packs {
        let (pack, _) = live::pack(&files);
        let edited = live.get(&id).is_some_and(|it| sent.get(&id) != Some(it));
        let same = live.get(&id) == Some(&pack.hash);
        if !edited && !same {
            waiting.push((id, files, pack));
        }
    }
    let mut installed = Vec::new();
    // Those whose requirements are there go first; a circle ends the loop.
    loop {
        let there = app.definitions.live();
        let ready = waiting
            .iter()
            .position(|(_, _, pack)| pack.manifest.requires.iter().all(|it| there.packs.contains_key(&it.pack)));
        let Some(ready) = ready else { break };
        let (id, files, _) = waiting.remove(ready);
        let ask = Ask { files, shipped: true, kind: "install", ..Ask::default() };
        match run(app, &Actor::system(), ask).await {
            Ok(_) => installed.push(id),
            Err(Error::NotPublishable(alerts)) => {
                for it in alerts.iter().filter(|it| it.severity == runtime::alert::Severity::Error) {
                    tracing::error!(
                        pack = id.as_str(),
                        code = it.code,
                        file = it.file,
                        pointer = it.pointer,
                        "{}",
                        it.message
                    );
                }
                tracing::error!(pack = id.as_str(), "the shipped pack has errors and was not installed");
            }
            Err(error) => return Err(error),
        }
    }
    for (id, _, pack) in &waiting {
        let needs: Vec<&str> = pack.manifest.requires.iter().map(|it| it.pack.as_str()).collect();
        tracing::warn!(pack = id.as_str(), ?needs, "a shipped pack was not installed: what it requires is missing");
    }
    Ok(installed)
}

/// Only those who may design pass.
pub(super) fn may_publish(actor: &Actor) -> Result<(), Error> {
    let system = actor.channel == crate::actor::Channel::System;
    if system || actor.holds(ADMIN) || actor.holds(DESIGNER) {
        Ok(())
    } else {
        Err(Error::NoRights("design".to_owned()))
    }
}

/// What is known around the packs: who holds roles, which plugins there are.
pub(super) fn surroundings(app: &App) -> Surroundings {
    let plugins = app
        .plugins
        .manifests()
        .iter()
        .filter_map(|it| Some((it.id.clone(), serde_json::to_value(it.as_ref()).ok()?)))
        .collect();
    let state = app.people.state();
    let holders = state.role_holders().into_iter().map(|(role, count)| (role.into(), count)).collect();
    let people = state.directory.values().filter(|it| it.customer.is_none()).cloned().collect();
    Surroundings { holders: Some(holders), people: Some(people), plugins: Some(plugins), ..Surroundings::default() }
}

/// Everything to say about a pack among the live ones, and the catalog it would be part of.
pub(super) fn examine(app: &App, files: &Files) -> (Pack, Catalog, Vec<Alert>) {
    let (pack, mut alerts) = live::pack(files);
    let live = app.definitions.live();
    let others = live.catalog.packs().filter(|it| it.manifest.id != pack.manifest.id).cloned();
    let catalog = Catalog::new(others.chain([pack.clone()]));
    // Without a readable manifest nothing else can be said.
    if !pack.manifest.id.as_str().is_empty() {
        alerts.extend(check::pack(&catalog, &pack.manifest.id, &surroundings(app)).alerts);
    }
    let more = meta::alerts(files, &alerts);
    alerts.extend(more);
    (pack, catalog, alerts)
}

/// The same, where errors are refused: what may go live.
pub(super) fn examined(app: &App, files: &Files) -> Result<(Pack, Catalog, Vec<Alert>), Error> {
    let (pack, catalog, mut alerts) = examine(app, files);
    if pack.manifest.id.as_str().is_empty() && publishable(&alerts) {
        return Err(Error::malformed("expected a pack with a `pack.json`"));
    }
    if publishable(&alerts) {
        for flow in pack.flows.values() {
            if let Err(more) = Plan::compile(&catalog, flow) {
                alerts.extend(more);
            }
        }
    }
    if publishable(&alerts) { Ok((pack, catalog, alerts)) } else { Err(Error::NotPublishable(alerts)) }
}

/// Where the files come from.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Origin {
    /// From outside: a shipment, a folder, a pack file.
    #[default]
    Files,
    /// The draft of this revision, which is then done.
    Draft(i64),
    /// What was planned from this revision of the draft. What was drafted since goes on on top of it.
    Plan(i64),
}

/// What to publish.
#[derive(Default)]
pub(super) struct Ask {
    pub files: Files,
    pub note: String,
    pub shipped: bool,
    pub address: String,
    /// In the audit log: `install`, `publish`.
    pub kind: &'static str,
    pub origin: Origin,
    pub moving: Moving,
}

/// What came of it.
pub(super) struct Done {
    pub hash: String,
    pub alerts: Vec<Alert>,
    /// Flows with a new version.
    pub flows: BTreeMap<FlowKey, String>,
    pub modules: Vec<ModuleKey>,
}

/// Publishes. The caller holds the lock.
pub(super) async fn run(app: &Arc<App>, actor: &Actor, ask: Ask) -> Result<Done, Error> {
    let (pack, catalog, alerts) = examined(app, &ask.files)?;
    let before = app.definitions.live();
    let mut packs = before.packs.clone();
    packs.insert(pack.manifest.id.clone(), pack.hash.clone());
    let mut files = before.files.clone();
    files.insert(pack.manifest.id.clone(), Arc::new(ask.files.clone()));
    let unit = Arc::new(Unit {
        app: app.clone(),
        actor: actor.clone(),
        ask,
        pack,
        catalog,
        packs,
        files,
        before,
        at: app.clock.stamp(),
    });
    let (flows, modules) = {
        let unit = unit.clone();
        app.store
            .write(move |tx| {
                let unit = unit.clone();
                async move { publish(tx, &unit).await }.boxed()
            })
            .await?
    };
    if unit.ask.moving.running == Running::Move {
        app.wake.notify_one();
    }
    super::recheck_later(app, Some(unit.pack.manifest.id.clone()));
    Ok(Done { hash: unit.pack.hash.clone(), alerts, flows, modules })
}

struct Unit {
    app: Arc<App>,
    actor: Actor,
    ask: Ask,
    pack: Pack,
    catalog: Catalog,
    packs: BTreeMap<PackId, String>,
    files: BTreeMap<PackId, Arc<Files>>,
    before: Arc<Live>,
    at: String,
}

async fn publish(tx: &Tx, unit: &Unit) -> Result<(BTreeMap<FlowKey, String>, Vec<ModuleKey>), Error> {
    let id = &unit.pack.manifest.id;
    settle(tx, unit).await?;
    if rows::live(tx).await? != unit.before.packs {
        return Err(Error::Stale("somebody else has just published".to_owned()));
    }
    for (key, module) in &unit.pack.modules {
        let table = ddl::publish(tx, module).await?;
        if let (Some(was), Some(live)) = (unit.before.catalog.module(key), unit.before.modules.get(key)) {
            carry::carry(tx, (was, &live.table), (module, &table)).await?;
            former::note(tx, was, module).await?;
        }
    }
    let version = rows::NewVersion {
        pack: id.clone(),
        hash: unit.pack.hash.clone(),
        version: unit.pack.manifest.version.clone(),
        files: unit.ask.files.clone(),
        at: unit.at.clone(),
        by: unit.actor.id().0.clone(),
        note: unit.ask.note.clone(),
        shipped: unit.ask.shipped,
    };
    rows::publish(tx, &version).await?;
    let live = Live::compile(tx, unit.catalog.clone(), unit.packs.clone(), unit.files.clone()).await?;
    let mut fresh = BTreeMap::new();
    for (key, version) in &live.flows {
        if unit.before.flows.get(key) != Some(version) {
            let module = live.catalog.flow(key).and_then(|it| it.module.clone());
            rows::add_flow(tx, version, key, module.as_ref(), &unit.packs, &unit.at).await?;
            if unit.ask.moving.running == Running::Move {
                let nodes = given(&unit.ask.moving.mappings, key);
                let (version, by) = (version.clone(), unit.actor.id().clone());
                moves::add(tx, &Moves { flow: key.clone(), version, nodes, by, ..Moves::default() }).await?;
            } else {
                // They were on their way to a version that is not the live one any more.
                moves::drop(tx, key).await?;
            }
            fresh.insert(key.clone(), version.clone());
        }
    }
    let modules: Vec<ModuleKey> = unit.pack.modules.keys().cloned().collect();
    let mut info = Map::new();
    info.insert("pack".to_owned(), Value::from(id.0.clone()));
    info.insert("version".to_owned(), Value::from(unit.pack.manifest.version.clone()));
    info.insert("hash".to_owned(), Value::from(unit.pack.hash.clone()));
    let by = &unit.actor.person;
    audit::add(tx, &unit.at, Some((&by.id, &by.name)), &unit.ask.address, unit.ask.kind, &info).await?;
    let app = unit.app.clone();
    let live = Arc::new(live);
    tx.afterwards(move || app.definitions.set(live));
    tx.tell(Change::Published { modules: modules.clone(), flows: fresh.keys().cloned().collect() });
    if fresh.is_empty() && modules.is_empty() {
        tracing::debug!(pack = id.as_str(), "published without modules and flows");
    }
    Ok((fresh, modules))
}

/// The draft or the plan it comes from is done; nobody may have touched it meanwhile.
async fn settle(tx: &Tx, unit: &Unit) -> Result<(), Error> {
    let pack = &unit.pack.manifest.id;
    let stale = || Error::Stale("the draft was changed by somebody else".to_owned());
    let draft = rows::draft(tx, pack).await?;
    match unit.ask.origin {
        Origin::Files => {}
        Origin::Draft(revision) => {
            if draft.is_none_or(|it| it.revision != revision) {
                return Err(stale());
            }
            rows::drop_draft(tx, pack).await?;
            // It would change what is not live any more.
            planned::drop(tx, pack).await?;
        }
        Origin::Plan(revision) => {
            if !planned::drop(tx, pack).await? {
                return Err(Error::Stale("it was done or taken back meanwhile".to_owned()));
            }
            match draft {
                Some(it) if it.revision == revision => rows::drop_draft(tx, pack).await?,
                Some(it) if unit.before.packs.get(pack) == Some(&it.base) => {
                    let whole = joined(live_files(&unit.before, pack)?.as_ref(), &it.files);
                    let files = difference(&unit.ask.files, &whole);
                    let next = rows::Draft { base: unit.pack.hash.clone(), revision: it.revision + 1, files, ..it };
                    rows::save_draft(tx, pack, &next).await?;
                }
                Some(_) | None => {}
            }
        }
    }
    Ok(())
}

/// The live files of a pack.
pub(super) fn live_files(live: &Live, pack: &PackId) -> Result<Arc<Files>, Error> {
    live.files.get(pack).cloned().ok_or_else(|| Error::NotFound("pack".to_owned()))
}

/// What a draft makes of the live files.
pub(super) fn joined(live: &Files, draft: &BTreeMap<String, Option<String>>) -> Files {
    let mut files = live.clone();
    for (path, text) in draft {
        match text {
            Some(text) => files.insert(path.clone(), text.clone()),
            None => files.remove(path),
        };
    }
    files
}

/// The draft that makes these files of the live ones.
pub(super) fn difference(live: &Files, wanted: &Files) -> BTreeMap<String, Option<String>> {
    let changed = wanted.iter().filter(|(path, text)| live.get(*path) != Some(text));
    let gone = live.keys().filter(|it| !wanted.contains_key(*it));
    changed.map(|(path, text)| (path.clone(), Some(text.clone()))).chain(gone.map(|it| (it.clone(), None))).collect()
}

/// Bounds of what a browser may send as a draft.
pub(super) fn bounded(draft: &BTreeMap<String, Option<String>>) -> Result<(), Error> {
    use runtime::limits::{FILE_BYTES, PACK_FILES};
    if draft.len() > PACK_FILES {
        return Err(Error::malformed(format!("at most {PACK_FILES} files")));
    }
    for (path, text) in draft {
        let odd = path.is_empty()
            || path.len() > 400
            || path.starts_with('/')
            || path.split('/').any(|it| it.is_empty() || it == "." || it == "..");
        if odd {
            return Err(Error::malformed(format!("expected a path inside the pack, found `{path}`")));
        }
        if text.as_ref().is_some_and(|it| it.len() > FILE_BYTES) {
            return Err(Error::TooLarge(FILE_BYTES));
        }
    }
    Ok(())
}
