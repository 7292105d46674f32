//! Delivers the post between flows. A message goes to one instance that waits for its name and key, else to a flow that it
//! starts, else it is kept until somebody waits or it expires. A signal was addressed when it was thrown; here it also
//! starts flows.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::FutureExt;
use jiff::SignedDuration;
use runtime::engine::waiting::{Awaited, BegunBy};
use runtime::engine::{Input, Refusal};
use runtime::id::{FlowKey, InstanceId, ModuleKey, RecordId};

use crate::actor::Actor;
use crate::app::App;
use crate::clock::stamp;
use crate::definitions::Pinned;
use crate::drive::{Work, begun};
use crate::error::Error;
use crate::store::Tx;
use crate::store::post::{self as rows, Kind, Letter};
use crate::store::records as record_rows;
use crate::store::sql::{Query, Sql};

/// Delivers one letter; what goes wrong is tried again.
pub(super) async fn deliver(app: &Arc<App>, letter: Letter) {
    let unit = Arc::new((app.clone(), letter.clone()));
    let done = app
        .store
        .write(move |tx| {
            let unit = unit.clone();
            async move { hand_over(&unit.0, tx, &unit.1).await }.boxed()
        })
        .await;
    let Err(error) = done else { return };
    let wait = match &error {
        Error::Refused(Refusal::Suspended) => SignedDuration::from_secs(60),
        _ => SignedDuration::from_secs(1 << letter.tries.clamp(0, 9)),
    };
    if !matches!(error, Error::Refused(_)) {
        tracing::error!(letter = letter.id, name = letter.name, %error, cause = ?error, "a message could not be delivered; it is tried again");
    }
    let later = app.clock.now().checked_add(wait).unwrap_or(jiff::Timestamp::MAX);
    let work = Arc::new((letter.id, letter.expires_at, stamp(later), app.clock.stamp()));
    let put_off = app
        .store
        .write(move |tx| {
            let work = work.clone();
            async move {
                let (id, expires_at, later, now) = work.as_ref();
                if expires_at <= now {
                    rows::take(tx, id).await.map(|_| ())
                } else {
                    rows::put_off(tx, id, later).await
                }
            }
            .boxed()
        })
        .await;
    if let Err(error) = put_off {
        tracing::error!(%error, "a message could not be put off");
    }
}

async fn hand_over(app: &Arc<App>, tx: &Tx, letter: &Letter) -> Result<(), Error> {
    let actor = Actor::system();
    let (to, input) = match letter.kind {
        Kind::Signal => {
            (letter.to.clone(), Input::Signal { name: letter.name.clone(), payload: letter.payload.clone() })
        }
        Kind::Message => {
            let wanted = Awaited::Message { name: letter.name.clone(), key: letter.key.clone() };
            let to = rows::waiting(tx, &wanted, &letter.record).await?.into_iter().next();
            (
                to,
                Input::Message {
                    name: letter.name.clone(),
                    payload: letter.payload.clone(),
                    key: Some(letter.key.clone()),
                },
            )
        }
    };
    if let Some(to) = to {
        if !rows::take(tx, &letter.id).await? {
            return Ok(());
        }
        return match give(app, tx, &actor, &to, input).await {
            // A signal is for who waits when it comes; the instance has gone on since.
            Err(Error::Refused(Refusal::NothingWaits | Refusal::AlreadyEnded) | Error::NotFound(_))
                if letter.kind == Kind::Signal =>
            {
                Ok(())
            }
            other => other,
        };
    }
    let plans = live_plans(app, tx).await?;
    let starts = begun(&plans, |it| match (letter.kind, it) {
        (Kind::Message, BegunBy::Message { name }) | (Kind::Signal, BegunBy::Signal { name }) => *name == letter.name,
        (
            Kind::Message | Kind::Signal,
            BegunBy::Message { .. } | BegunBy::Signal { .. } | BegunBy::Timer { .. } | BegunBy::Condition { .. },
        ) => false,
    });
    let mut begun_any = false;
    for (flow, at) in starts {
        let module = plans.get(&flow).and_then(|it| it.plan.flow().module.clone());
        let Some((module, record)) = subject(app, tx, letter, module).await? else { continue };
        let mut work = Work::open(app, tx, &actor, &module, &record).await?;
        work.begin_at(&flow, &at, letter.payload.clone(), input.clone()).await?;
        work.finish().await?;
        begun_any = true;
        // A message is for one; a signal for all.
        if letter.kind == Kind::Message {
            break;
        }
    }
    if begun_any || letter.kind == Kind::Signal || letter.expires_at <= app.clock.stamp() {
        rows::take(tx, &letter.id).await?;
    } else {
        rows::put_off(tx, &letter.id, &letter.expires_at).await?;
    }
    Ok(())
}

async fn give(app: &Arc<App>, tx: &Tx, actor: &Actor, to: &InstanceId, input: Input) -> Result<(), Error> {
    let mut work = Work::of_instance(app, tx, actor, to).await?;
    work.input(to, input).await?;
    work.finish().await?;
    Ok(())
}

/// The record a flow that a letter starts works on: the one its key names, else the sender's, if it is of the flow's module.
async fn subject(
    app: &Arc<App>,
    tx: &Tx,
    letter: &Letter,
    module: Option<ModuleKey>,
) -> Result<Option<(ModuleKey, RecordId)>, Error> {
    let Some(key) = module else { return Ok(None) };
    let live = app.definitions.live();
    let Ok(module) = live.module(&key) else { return Ok(None) };
    let named = RecordId(letter.key.clone());
    let candidates = [Some(named), (letter.module == key).then(|| letter.record.clone())];
    for record in candidates.into_iter().flatten().filter(|it| !it.as_str().is_empty()) {
        if record_rows::find(tx, &module.table, &record, false).await?.is_some() {
            return Ok(Some((key, record)));
        }
    }
    Ok(None)
}

async fn live_plans(app: &Arc<App>, tx: &Tx) -> Result<BTreeMap<FlowKey, Arc<Pinned>>, Error> {
    let mut plans = BTreeMap::new();
    for (flow, version) in &app.definitions.live().flows {
        plans.insert(flow.clone(), app.definitions.pinned(tx, version).await?);
    }
    Ok(plans)
}

/// Instances from before the post knew what is waited for: looked at once.
pub(super) async fn catch_up(app: &Arc<App>) -> Result<(), Error> {
    let unit = app.clone();
    app.store
        .write(move |tx| {
            let app = unit.clone();
            async move {
                if tx.row(Query::new("SELECT 1 FROM awaited WHERE instance = '' AND kind = 'known'")).await?.is_some() {
                    return Ok(());
                }
                let at = app.clock.stamp();
                let running =
                    crate::store::instances::heads(tx, Query::new("state IN ('running', 'suspended')"), " ORDER BY id")
                        .await?;
                for head in running {
                    let Some(it) = crate::store::instances::find(tx, &head.id, false).await? else { continue };
                    let pinned = app.definitions.pinned(tx, &it.version).await?;
                    let found = runtime::engine::waiting::awaited(&pinned.plan, &it.body, &it.record);
                    rows::begin(tx, &it.id, &it.record, &found.iter().collect::<Vec<_>>(), &at).await?;
                }
                tx.exec(Query::new("INSERT INTO awaited (instance, kind, name, key) VALUES ('', 'known', '', '')"))
                    .await?;
                Ok(())
            }
            .boxed()
        })
        .await
}

#[cfg(test)]
mod tests;
