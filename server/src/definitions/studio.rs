//! The studio's side: packs as files, drafts, publishing a draft.

use std::collections::BTreeMap;
use std::sync::Arc;

use api::publish::Running;
use api::studio::{DraftSaved, Here, PackFiles, PackHead, Publish, Published, SaveDraft};
use futures::FutureExt;
use runtime::id::PackId;
use runtime::limits;
use runtime::model::pack::Pack;

use super::impact::{Fresh, count_elsewhere, may_move};
use super::planned;
use super::publish::{self, Origin, bounded, examine, joined, live_files, may_publish};
use super::shown::titles;
use super::{Files, Live};
use crate::actor::Actor;
use crate::app::App;
use crate::error::Error;
use crate::live::Change;
use crate::store::planned::Moving;
use crate::store::{definitions as rows, instances};

/// `GET /api/studio/packs`
pub async fn packs(app: &App, actor: &Actor) -> Result<Vec<PackHead>, Error> {
    may_publish(actor)?;
    let live = app.definitions.live();
    let drafted = rows::drafted(app.store.read()).await?;
    let head = |pack: &Pack| -> PackHead {
        PackHead {
            id: pack.manifest.id.0.clone(),
            version: pack.manifest.version.clone(),
            titles: titles(&live.catalog, "pack", &pack.manifest.title, Some(pack)),
            modules: pack
                .modules
                .iter()
                .map(|(key, it)| {
                    (key.0.clone(), titles(&live.catalog, &format!("module/{key}"), &it.definition.title, Some(pack)))
                })
                .collect(),
            flows: pack
                .flows
                .iter()
                .map(|(key, it)| (key.0.clone(), titles(&live.catalog, &format!("flow/{key}"), &it.name, Some(pack))))
                .collect(),
            tables: pack
                .tables
                .iter()
                .map(|(key, it)| (key.0.clone(), titles(&live.catalog, &format!("table/{key}"), &it.title, Some(pack))))
                .collect(),
            draft: drafted.contains(&pack.manifest.id.0),
        }
    };
    let mut heads: Vec<PackHead> = Vec::new();
    for pack in live.catalog.packs() {
        let mut it = head(pack);
        if it.draft
            && let Some(draft) = rows::draft(app.store.read(), &pack.manifest.id).await?
        {
            begun(&mut it, &pack.manifest.language, &draft.files);
        }
        heads.push(it);
    }
    Ok(heads)
}

/// What a draft has begun that is not live yet, by the name it has there.
fn begun(head: &mut PackHead, language: &str, draft: &BTreeMap<String, Option<String>>) {
    for (path, text) in draft {
        let parts: Vec<&str> = path.split('/').collect();
        let (list, key, name) = match parts.as_slice() {
            ["flows", key, "flow.json"] => (&mut head.flows, *key, "name"),
            ["modules", key, "module.json"] => (&mut head.modules, *key, "title"),
            ["tables", file] => (&mut head.tables, file.trim_end_matches(".json"), "title"),
            _ => continue,
        };
        let Some(text) = text.as_ref().filter(|_| list.iter().all(|it| it.0 != key)) else { continue };
        let said = serde_json::from_str::<serde_json::Value>(text).ok();
        let said = said.and_then(|it| it.get(name)?.as_str().map(str::to_owned)).filter(|it| !it.is_empty());
        list.push((key.to_owned(), [(language.to_owned(), said.unwrap_or_else(|| key.to_owned()))].into()));
    }
}

/// `GET /api/studio/packs/{pack}`
pub async fn files(app: &App, actor: &Actor, pack: &PackId) -> Result<PackFiles, Error> {
    may_publish(actor)?;
    let live = app.definitions.live();
    let files = live_files(&live, pack)?;
    let draft = rows::draft(app.store.read(), pack).await?;
    let mut required = BTreeMap::new();
    let mut next: Vec<PackId> = requires(&live, pack);
    while let Some(id) = next.pop() {
        if id == *pack || required.contains_key(&id.0) {
            continue;
        }
        if let Some(files) = live.files.get(&id) {
            required.insert(id.0.clone(), files.as_ref().clone());
            next.extend(requires(&live, &id));
        }
    }
    let plugins = app
        .plugins
        .manifests()
        .iter()
        .filter_map(|it| Some((it.id.clone(), serde_json::to_value(it.as_ref()).ok()?)))
        .collect();
    Ok(PackFiles {
        id: pack.0.clone(),
        hash: live.packs.get(pack).cloned().unwrap_or_default(),
        files: files.as_ref().clone(),
        draft_revision: draft.as_ref().map_or(0, |it| it.revision),
        draft_by: draft.as_ref().map(|it| app.people.state().name(&it.by)),
        draft_at: draft.as_ref().map(|it| it.at.clone()),
        draft: draft.map(|it| it.files).unwrap_or_default(),
        required,
        role_holders: app.people.state().role_holders(),
        plugins,
        planned: planned::shown(app, pack).await?,
    })
}

fn requires(live: &super::Live, pack: &PackId) -> Vec<PackId> {
    live.catalog
        .packs
        .get(pack)
        .map(|it| it.manifest.requires.iter().map(|it| it.pack.clone()).collect())
        .unwrap_or_default()
}

/// `PUT /api/studio/packs/{pack}/draft`
pub async fn save_draft(app: &Arc<App>, actor: &Actor, pack: &PackId, draft: SaveDraft) -> Result<DraftSaved, Error> {
    may_publish(actor)?;
    bounded(&draft.files)?;
    let live = app.definitions.live();
    let files = live_files(&live, pack)?;
    if live.packs.get(pack) != Some(&draft.base) {
        return Err(Error::Stale("the pack was published since this draft was begun".to_owned()));
    }
    let (_, _, alerts) = examine(app, &joined(&files, &draft.files));
    let next = rows::Draft {
        base: draft.base,
        revision: draft.revision + 1,
        files: draft.files,
        by: actor.id().0.clone(),
        at: app.clock.stamp(),
    };
    let saved = Change::Editing {
        pack: pack.clone(),
        editor: draft.editor.chars().take(limits::EDITOR_NAME).collect(),
        name: actor.person.name.clone(),
        revision: Some(next.revision),
        left: false,
    };
    let unit = Arc::new((pack.clone(), next, saved));
    let revision = app
        .store
        .write(move |tx| {
            let unit = unit.clone();
            async move {
                let (pack, next, saved) = unit.as_ref();
                let before = rows::draft(tx, pack).await?.map_or(0, |it| it.revision);
                if before != next.revision - 1 {
                    return Err(Error::Stale("the draft was changed by somebody else".to_owned()));
                }
                rows::save_draft(tx, pack, next).await?;
                tx.tell(saved.clone());
                Ok(next.revision)
            }
            .boxed()
        })
        .await?;
    let alerts = alerts.iter().filter_map(|it| serde_json::to_value(it).ok()).collect();
    Ok(DraftSaved { revision, alerts })
}

/// `DELETE /api/studio/packs/{pack}/draft`
pub async fn drop_draft(app: &Arc<App>, actor: &Actor, pack: &PackId) -> Result<(), Error> {
    may_publish(actor)?;
    let name = actor.person.name.clone();
    let gone = Change::Editing { pack: pack.clone(), editor: String::new(), name, revision: Some(0), left: false };
    let unit = Arc::new((pack.clone(), gone));
    app.store
        .write(move |tx| {
            let unit = unit.clone();
            async move {
                rows::drop_draft(tx, &unit.0).await?;
                tx.tell(unit.1.clone());
                Ok(())
            }
            .boxed()
        })
        .await
}

/// `POST /api/studio/packs/{pack}/here`
pub fn here(app: &App, actor: &Actor, pack: &PackId, ask: Here) -> Result<(), Error> {
    may_publish(actor)?;
    live_files(&app.definitions.live(), pack)?;
    let editor = ask.editor.chars().take(limits::EDITOR_NAME).collect();
    let name = actor.person.name.clone();
    app.bus().send(Change::Editing { pack: pack.clone(), editor, name, revision: None, left: ask.left });
    Ok(())
}

/// `POST /api/studio/packs/{pack}/publish`
pub async fn publish(
    app: &Arc<App>,
    actor: &Actor,
    pack: &PackId,
    ask: Publish,
    address: &str,
) -> Result<Published, Error> {
    may_publish(actor)?;
    let _one = app.definitions.publishing.lock().await;
    let live = app.definitions.live();
    let files = live_files(&live, pack)?;
    let draft = rows::draft(app.store.read(), pack).await?.ok_or_else(|| Error::NotFound("draft".to_owned()))?;
    if draft.revision != ask.revision {
        return Err(Error::Stale("the draft was changed by somebody else".to_owned()));
    }
    if live.packs.get(pack) != Some(&draft.base) {
        return Err(Error::Stale("the pack was published since this draft was begun".to_owned()));
    }
    let whole = joined(&files, &draft.files);
    let moving = Moving { running: ask.running, mappings: ask.mappings };
    may_move_all(app, actor, &live, pack, &whole, &moving).await?;
    let ask = publish::Ask {
        files: whole,
        note: ask.note.chars().take(500).collect(),
        shipped: false,
        address: address.to_owned(),
        kind: "publish",
        origin: Origin::Draft(draft.revision),
        moving,
    };
    let done = publish::run(app, actor, ask).await?;
    let mut staying = BTreeMap::new();
    for (flow, version) in &done.flows {
        staying.insert(flow.0.clone(), instances::staying(app.store.read(), flow, version).await?);
    }
    Ok(Published {
        hash: done.hash,
        flows: done.flows.into_iter().map(|(key, version)| (key.0, version)).collect(),
        modules: done.modules.into_iter().map(|it| it.0).collect(),
        staying,
    })
}

/// Having running instances moved takes more than designing: the right to run each flow that changes and runs.
pub(super) async fn may_move_all(
    app: &App,
    actor: &Actor,
    live: &Live,
    pack: &PackId,
    files: &Files,
    moving: &Moving,
) -> Result<(), Error> {
    if moving.running == Running::Stay {
        return Ok(());
    }
    let fresh = Fresh::of(live, pack, files)?;
    for (flow, version) in &fresh.changed {
        let module = fresh.catalog.flow(flow).and_then(|it| it.module.as_ref());
        let allowed = may_move(app, actor, live, module);
        if !allowed && count_elsewhere(app.store.read(), flow, version).await? > 0 {
            return Err(Error::NoRights("run flows".to_owned()));
        }
    }
    Ok(())
}
