//! The versions a pack had: who published them, who still runs on them, their files, and going back to one.

use std::collections::BTreeMap;
use std::sync::Arc;

use api::publish::{PackVersion, Restore, VersionFiles};
use api::studio::{DraftSaved, SaveDraft};
use runtime::id::{FlowKey, PackId};

use super::publish::{difference, live_files, may_publish};
use super::studio::save_draft;
use crate::actor::Actor;
use crate::app::App;
use crate::error::Error;
use crate::store::definitions as rows;

/// `GET /api/studio/packs/{pack}/versions`
pub async fn versions(app: &App, actor: &Actor, pack: &PackId) -> Result<Vec<PackVersion>, Error> {
    may_publish(actor)?;
    let live = app.definitions.live();
    let hash = live.packs.get(pack).ok_or_else(|| Error::NotFound("pack".to_owned()))?;
    let people = app.people.state();
    let found = rows::versions(app.store.read(), pack).await?;
    // Flows belong to the pack they lie in, also those that are gone by now.
    let mut running: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
    for it in rows::running(app.store.read()).await? {
        let Some(hash) = it.packs.get(pack) else { continue };
        let own = match live.catalog.flow_pack(&it.flow) {
            Some(of) => of.manifest.id == *pack,
            None => found.iter().any(|version| version.hash == *hash && version.flows.contains(&it.flow)),
        };
        if own {
            *running.entry(hash.clone()).or_default().entry(it.flow.0).or_default() += it.count;
        }
    }
    let mut seen = false;
    let version = |it: rows::Version| {
        let is_live = !seen && it.hash == *hash;
        seen |= is_live;
        PackVersion {
            live: is_live,
            // The same files may have been live twice; what runs is told at the later time.
            running: running.remove(&it.hash).unwrap_or_default(),
            by: people.name(&it.by),
            version: it.version,
            hash: it.hash,
            at: it.at,
            note: it.note,
            shipped: it.shipped,
        }
    };
    Ok(found.into_iter().map(version).collect())
}

/// A version there was, or that there is none.
async fn known(app: &App, pack: &PackId, hash: &str) -> Result<BTreeMap<String, String>, Error> {
    if !app.definitions.live().packs.contains_key(pack) {
        return Err(Error::NotFound("pack".to_owned()));
    }
    rows::version_files(app.store.read(), pack, hash).await?.ok_or_else(|| Error::NotFound("version".to_owned()))
}

/// `GET /api/studio/packs/{pack}/versions/{hash}`
pub async fn version_files(app: &App, actor: &Actor, pack: &PackId, hash: &str) -> Result<VersionFiles, Error> {
    may_publish(actor)?;
    Ok(VersionFiles { hash: hash.to_owned(), files: known(app, pack, hash).await? })
}

/// `POST /api/studio/packs/{pack}/versions/{hash}/restore`
pub async fn restore(
    app: &Arc<App>,
    actor: &Actor,
    pack: &PackId,
    hash: &str,
    ask: Restore,
) -> Result<DraftSaved, Error> {
    may_publish(actor)?;
    let wanted = known(app, pack, hash).await?;
    let live = app.definitions.live();
    let files = difference(live_files(&live, pack)?.as_ref(), &wanted);
    let base = live.packs.get(pack).cloned().unwrap_or_default();
    save_draft(app, actor, pack, SaveDraft { base, revision: ask.revision, files, ..SaveDraft::default() }).await
}

/// The flows whose files a version has.
pub(crate) fn flows_in<'a>(paths: impl Iterator<Item = &'a String>) -> Vec<FlowKey> {
    paths.filter_map(|it| it.strip_prefix("flows/")?.strip_suffix("/flow.json")).map(FlowKey::from).collect()
}
