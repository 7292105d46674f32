//! Publishing at a time somebody has set. What was the draft then is kept aside, so that it can be worked on meanwhile;
//! the job loop publishes it in the name of who planned it, with the rights that person has when it is due.

use std::sync::Arc;

use api::publish::{Plan, Planned};
use futures::FutureExt;
use runtime::id::{PackId, UserId};
use serde_json::{Map, Value};

use super::publish::{self, Origin, joined, live_files, may_publish};
use super::studio::may_move_all;
use crate::actor::{Actor, Channel};
use crate::app::App;
use crate::clock::stamp;
use crate::error::Error;
use crate::store::Tx;
use crate::store::planned::{self as rows, Moving};
use crate::store::{audit, definitions};

/// What is planned for a pack, as people see it.
pub(super) async fn shown(app: &App, pack: &PackId) -> Result<Option<Planned>, Error> {
    Ok(rows::find(app.store.read(), pack).await?.map(|it| told(app, &it)))
}

fn told(app: &App, it: &rows::Planned) -> Planned {
    Planned {
        at: it.due_at.clone(),
        by: app.people.state().name(&it.by),
        made_at: it.at.clone(),
        note: it.note.clone(),
        running: it.moving.running,
        revision: it.revision,
        failed: it.failed.clone(),
    }
}

/// `PUT /api/studio/packs/{pack}/planned`
pub async fn plan(app: &Arc<App>, actor: &Actor, pack: &PackId, ask: Plan, address: &str) -> Result<Planned, Error> {
    may_publish(actor)?;
    let due: jiff::Timestamp = ask.at.parse().map_err(|_| Error::Malformed {
        pointer: "/at".to_owned(),
        detail: format!("expected a time such as 2026-01-31T08:00:00Z, found `{}`", ask.at),
    })?;
    if due <= app.clock.now() {
        return Err(Error::Malformed { pointer: "/at".to_owned(), detail: "expected a time to come".to_owned() });
    }
    let live = app.definitions.live();
    let files = live_files(&live, pack)?;
    let draft = definitions::draft(app.store.read(), pack).await?.ok_or_else(|| Error::NotFound("draft".to_owned()))?;
    if draft.revision != ask.revision || live.packs.get(pack) != Some(&draft.base) {
        return Err(Error::Stale("the draft was changed by somebody else".to_owned()));
    }
    // What cannot go live now is not put off in the hope that it can later.
    let whole = joined(&files, &draft.files);
    publish::examined(app, &whole)?;
    let moving = Moving { running: ask.running, mappings: ask.mappings };
    may_move_all(app, actor, &live, pack, &whole, &moving).await?;
    let planned = rows::Planned {
        pack: pack.clone(),
        due_at: stamp(due),
        base: draft.base,
        revision: draft.revision,
        files: draft.files,
        by: actor.id().0.clone(),
        at: app.clock.stamp(),
        note: ask.note.chars().take(500).collect(),
        moving,
        failed: None,
    };
    let answer = told(app, &planned);
    let unit = Arc::new((actor.clone(), planned, address.to_owned()));
    app.store
        .write(move |tx| {
            let unit = unit.clone();
            async move {
                let (actor, planned, address) = unit.as_ref();
                let now = definitions::draft(tx, &planned.pack).await?.map(|it| it.revision);
                if now != Some(planned.revision) {
                    return Err(Error::Stale("the draft was changed by somebody else".to_owned()));
                }
                rows::save(tx, planned).await?;
                note(tx, actor, address, "publish-planned", planned, None).await
            }
            .boxed()
        })
        .await?;
    Ok(answer)
}

/// `DELETE /api/studio/packs/{pack}/planned`
pub async fn forget(app: &Arc<App>, actor: &Actor, pack: &PackId, address: &str) -> Result<(), Error> {
    may_publish(actor)?;
    let unit = Arc::new((app.clone(), actor.clone(), pack.clone(), address.to_owned()));
    app.store
        .write(move |tx| {
            let unit = unit.clone();
            async move {
                let (app, actor, pack, address) = unit.as_ref();
                let found = rows::find(tx, pack).await?.ok_or_else(|| Error::NotFound("plan".to_owned()))?;
                rows::drop(tx, pack).await?;
                let planned = rows::Planned { at: app.clock.stamp(), ..found };
                note(tx, actor, address, "publish-recalled", &planned, None).await
            }
            .boxed()
        })
        .await
}

/// Publishes what is due. True if there was something. Called by the job loop.
pub(crate) async fn publish_due(app: &Arc<App>) -> Result<bool, Error> {
    let due = rows::due(app.store.read(), &app.clock.stamp()).await?;
    for pack in &due {
        let Err(error) = publish_one(app, pack).await else { continue };
        let why = match &error {
            Error::Stale(_) => "conflict",
            Error::NoRights(_) => "no-rights",
            Error::NotPublishable(_) => "not-publishable",
            _other => "internal",
        };
        tracing::error!(pack = pack.as_str(), error = error.for_log(), "a planned publication could not be done");
        let unit = Arc::new((app.clone(), pack.clone()));
        app.store
            .write(move |tx| {
                let unit = unit.clone();
                async move {
                    let (app, pack) = unit.as_ref();
                    // Another server may have done it, somebody may have taken it back.
                    let Some(found) = rows::find(tx, pack).await?.filter(|it| it.failed.is_none()) else {
                        return Ok(());
                    };
                    rows::fail(tx, pack, why).await?;
                    let planned = rows::Planned { at: app.clock.stamp(), ..found };
                    note(tx, &Actor::system(), "", "publish-failed", &planned, Some(why)).await
                }
                .boxed()
            })
            .await?;
    }
    Ok(!due.is_empty())
}

async fn publish_one(app: &Arc<App>, pack: &PackId) -> Result<(), Error> {
    let _one = app.definitions.publishing.lock().await;
    let Some(planned) = rows::find(app.store.read(), pack).await?.filter(|it| it.failed.is_none()) else {
        return Ok(());
    };
    let person = app.people.person(&UserId(planned.by.clone()));
    let actor = Actor::new(person.ok_or_else(|| Error::NoRights("design".to_owned()))?, Channel::Api);
    may_publish(&actor)?;
    let live = app.definitions.live();
    let files = live_files(&live, pack)?;
    if live.packs.get(pack) != Some(&planned.base) {
        return Err(Error::Stale("the pack was published since this was planned".to_owned()));
    }
    let whole = joined(&files, &planned.files);
    may_move_all(app, &actor, &live, pack, &whole, &planned.moving).await?;
    let ask = publish::Ask {
        files: whole,
        note: planned.note.clone(),
        shipped: false,
        address: String::new(),
        kind: "publish",
        origin: Origin::Plan(planned.revision),
        moving: planned.moving,
    };
    publish::run(app, &actor, ask).await.map(|_| ())
}

async fn note(
    tx: &Tx,
    actor: &Actor,
    address: &str,
    kind: &str,
    planned: &rows::Planned,
    why: Option<&str>,
) -> Result<(), Error> {
    let mut info = Map::new();
    info.insert("pack".to_owned(), Value::from(planned.pack.0.clone()));
    info.insert("due".to_owned(), Value::from(planned.due_at.clone()));
    if let Some(why) = why {
        info.insert("why".to_owned(), Value::from(why));
    }
    audit::add(tx, &planned.at, Some((&actor.person.id, &actor.person.name)), address, kind, &info).await
}
