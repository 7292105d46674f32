//! What those who run flows do with instances: suspending, resuming, cancelling, moving a token, taking them to another
//! version. The engine decides; here is only who may, and what each running instance would do.

use std::collections::BTreeMap;
use std::sync::Arc;

use api::instance::{FateInfo, Migrate, MoveToken, MoveVerdict, Restarted};
use futures::FutureExt;
use runtime::engine::operation::{Fate, Verdict, fate, mapping, may_move};
use runtime::engine::{Input, Refusal};
use runtime::id::{FlowKey, InstanceId, NodeId};
use runtime::limits::PAGE_ROWS;
use serde_json::Map;

use crate::actor::Actor;
use crate::app::App;
use crate::drive::Work;
use crate::error::Error;
use crate::instances::may_operate;
use crate::records;
use crate::records::seat::Seat;
use crate::store::instances::{self as rows, Stored};
use crate::store::sql::Query;
use crate::tasks::readable_records;

/// The instance, for who may read its record and run its flow.
async fn found(app: &App, actor: &Actor, id: &InstanceId) -> Result<Stored, Error> {
    let missing = || Error::NotFound("instance".to_owned());
    let stored = rows::find(app.store.read(), id, false).await?.ok_or_else(missing)?;
    let seat = Seat::take(app, actor, &stored.module)?;
    records::may_read(app, actor, &seat, &stored.record)
        .await
        .map_err(|it| if matches!(it, Error::NotFound(_)) { missing() } else { it })?;
    may_operate(app, actor, &stored.module)?;
    Ok(stored)
}

async fn give(app: &Arc<App>, actor: &Actor, id: &InstanceId, input: Input) -> Result<(), Error> {
    found(app, actor, id).await?;
    let unit = Arc::new((app.clone(), actor.clone(), id.clone(), input));
    app.store
        .write(move |tx| {
            let unit = unit.clone();
            async move {
                let (app, actor, instance, input) = unit.as_ref();
                let mut work = Work::of_instance(app, tx, actor, instance).await?;
                work.input(instance, input.clone()).await?;
                work.finish().await?;
                Ok(())
            }
            .boxed()
        })
        .await
}

/// `POST /api/instances/{id}/suspend`
pub async fn suspend(app: &Arc<App>, actor: &Actor, id: &InstanceId, reason: String) -> Result<(), Error> {
    give(app, actor, id, Input::Suspend { reason }).await
}

/// `POST /api/instances/{id}/resume`
pub async fn resume(app: &Arc<App>, actor: &Actor, id: &InstanceId) -> Result<(), Error> {
    give(app, actor, id, Input::Resume {}).await
}

/// `POST /api/instances/{id}/cancel`
pub async fn cancel(app: &Arc<App>, actor: &Actor, id: &InstanceId, reason: String) -> Result<(), Error> {
    if reason.trim().is_empty() {
        return Err(Error::Refused(Refusal::CommentNeeded));
    }
    give(app, actor, id, Input::Cancel { reason }).await
}

/// `POST /api/instances/{id}/restart`: a flow that has ended begins anew for its record, in the live version.
pub async fn restart(app: &Arc<App>, actor: &Actor, id: &InstanceId) -> Result<Restarted, Error> {
    let stored = found(app, actor, id).await?;
    if stored.parent.is_some() {
        return Err(Error::Refused(Refusal::CannotStart { says: "another flow called it: start that one".to_owned() }));
    }
    let unit = Arc::new((app.clone(), actor.clone(), stored));
    app.store
        .write(move |tx| {
            let unit = unit.clone();
            async move {
                let (app, actor, stored) = unit.as_ref();
                let mut work = Work::open(app, tx, actor, &stored.module, &stored.record).await?;
                // The record is locked: of two who ask at the same time the second sees what the first has begun.
                if work.runs(&stored.flow).await? {
                    return Err(Error::Refused(Refusal::AlreadyStarted));
                }
                let instance = work.start(&stored.flow, Map::new()).await?;
                work.finish().await?;
                Ok(Restarted { instance: instance.0 })
            }
            .boxed()
        })
        .await
}

/// `POST /api/instances/{id}/move`
pub async fn move_token(app: &Arc<App>, actor: &Actor, id: &InstanceId, ask: MoveToken) -> Result<(), Error> {
    let input = Input::Move { from: NodeId(ask.from), to: NodeId(ask.to), reason: ask.reason, anyway: ask.anyway };
    give(app, actor, id, input).await
}

/// `POST /api/instances/{id}/may-move`: asks only.
pub async fn ask_move(app: &App, actor: &Actor, id: &InstanceId, ask: MoveToken) -> Result<MoveVerdict, Error> {
    let stored = found(app, actor, id).await?;
    let pinned = app.definitions.pinned(app.store.read(), &stored.version).await?;
    let verdict = may_move(&pinned.plan, &stored.body, &NodeId(ask.from), &NodeId(ask.to))?;
    let (word, stuck) = match verdict {
        Verdict::Fine => ("fine", Vec::new()),
        Verdict::Risky { stuck } => ("risky", stuck),
        Verdict::CannotEnd { stuck } => ("cannotEnd", stuck),
        Verdict::Unknown {} => ("unknown", Vec::new()),
    };
    Ok(MoveVerdict { verdict: word.to_owned(), stuck: stuck.into_iter().map(|it| it.0).collect() })
}

/// `POST /api/instances/{id}/migrate`: to the live version of its flow.
pub async fn migrate(app: &Arc<App>, actor: &Actor, id: &InstanceId, ask: Migrate) -> Result<(), Error> {
    let stored = found(app, actor, id).await?;
    let version =
        app.definitions.live().flows.get(&stored.flow).cloned().ok_or_else(|| Error::NotFound("flow".to_owned()))?;
    let unit = Arc::new((app.clone(), actor.clone(), id.clone(), version, given(ask)));
    app.store
        .write(move |tx| {
            let unit = unit.clone();
            async move {
                let (app, actor, instance, version, given) = unit.as_ref();
                let mut work = Work::of_instance(app, tx, actor, instance).await?;
                work.migrate(instance, version, given).await?;
                work.finish().await?;
                Ok(())
            }
            .boxed()
        })
        .await
}

fn given(ask: Migrate) -> BTreeMap<NodeId, NodeId> {
    ask.nodes.into_iter().map(|(old, new)| (NodeId(old), NodeId(new))).collect()
}

/// `POST /api/flows/{flow}/fates`: what each running instance would do if it went to the live version; asks only. The
/// oldest first, at most [`PAGE_ROWS`]; of records the person may read.
pub async fn fates(app: &App, actor: &Actor, flow: &FlowKey, ask: Migrate) -> Result<Vec<FateInfo>, Error> {
    let db = app.store.read();
    let version = app.definitions.live().flows.get(flow).cloned().ok_or_else(|| Error::NotFound("flow".to_owned()))?;
    let new = app.definitions.pinned(db, &version).await?;
    let given = given(ask);
    let mut condition = Query::new("state IN ('running', 'suspended') AND flow = ");
    condition.bind(flow.as_str()).push(" AND ");
    readable_records(app, actor, &mut condition)?;
    let mut told = Vec::new();
    for head in rows::heads(db, condition, &format!(" ORDER BY id LIMIT {PAGE_ROWS}")).await? {
        may_operate(app, actor, &head.module)?;
        let fate = if head.version == version {
            Fate::Stay {}
        } else {
            let Some(stored) = rows::find(db, &head.id, false).await? else { continue };
            let old = app.definitions.pinned(db, &stored.version).await?;
            fate(&new.plan, &stored.body, &mapping(old.plan.flow(), new.plan.flow(), &given))
        };
        let (word, nodes, why) = match fate {
            Fate::Stay {} => ("stay", Vec::new(), Vec::new()),
            Fate::Move { risky } => ("move", risky, Vec::new()),
            Fate::NeedsMapping { nodes } => ("needsMapping", nodes, Vec::new()),
            Fate::WouldBreak { why } => ("wouldBreak", Vec::new(), why),
        };
        told.push(FateInfo {
            instance: head.id.0,
            record: head.record.0,
            version: head.version,
            fate: word.to_owned(),
            nodes: nodes.into_iter().map(|it| it.0).collect(),
            why,
        });
    }
    Ok(told)
}

#[cfg(test)]
mod tests;
