//! Takes running instances to the version of their flow that was published with that wish, some at a time. Those that
//! could not go on there, or where somebody has to say where, stay on theirs.

use std::sync::Arc;

use futures::FutureExt;
use runtime::engine::operation::{Fate, fate, mapping};
use runtime::id::InstanceId;
use serde_json::{Map, Value};

use crate::actor::{Actor, Channel};
use crate::app::App;
use crate::drive::Work;
use crate::error::Error;
use crate::store::Tx;
use crate::store::audit;
use crate::store::instances as rows;
use crate::store::moves::{self, Moves};
use crate::store::sql::Query;

/// Instances looked at in one round, so that timers and calls do not wait for many.
const AT_ONCE: usize = 50;

/// Does some of what is left. True if there was something.
pub(super) async fn some(app: &Arc<App>) -> Result<bool, Error> {
    let db = app.store.read();
    let Some(left) = moves::next(db).await? else { return Ok(false) };
    let mut condition = Query::new("state IN ('running', 'suspended') AND flow = ");
    condition.bind(left.flow.as_str()).push(" AND version <> ").bind(left.version.as_str());
    condition.push(" AND id > ").bind(left.place.as_str());
    let found = rows::heads(db, condition, &format!(" ORDER BY id LIMIT {AT_ONCE}")).await?;
    // Gone since: then in the name of the platform, which was asked by somebody who might.
    let actor = app.people.person(&left.by).map_or_else(Actor::system, |it| Actor::new(it, Channel::Flow));
    let mut now = left.clone();
    for head in &found {
        match one(app, &actor, &head.id, &left).await {
            Ok(true) => now.moved += 1,
            Ok(false) | Err(Error::Refused(_)) => now.kept += 1,
            Err(error) => {
                tracing::error!(instance = head.id.as_str(), %error, cause = ?error, "an instance could not be moved");
                now.kept += 1;
            }
        }
        now.place.clone_from(&head.id.0);
    }
    let ended = found.len() < AT_ONCE;
    let unit = Arc::new((app.clone(), actor, left, now, ended));
    app.store
        .write(move |tx| {
            let unit = unit.clone();
            async move {
                let (app, actor, left, now, ended) = unit.as_ref();
                if moves::reached(tx, left, now).await? && *ended {
                    finish(tx, app, actor, now).await?;
                }
                Ok(())
            }
            .boxed()
        })
        .await?;
    Ok(true)
}

/// Moves one instance if it can go without a risk. True if it went.
async fn one(app: &Arc<App>, actor: &Actor, id: &InstanceId, moves: &Moves) -> Result<bool, Error> {
    let unit = Arc::new((app.clone(), actor.clone(), id.clone(), moves.clone()));
    app.store
        .write(move |tx| {
            let unit = unit.clone();
            async move {
                let (app, actor, id, moves) = unit.as_ref();
                let Some(stored) = rows::find(tx, id, true).await? else { return Ok(false) };
                let new = app.definitions.pinned(tx, &moves.version).await?;
                let old = app.definitions.pinned(tx, &stored.version).await?;
                let known = mapping(old.plan.flow(), new.plan.flow(), &moves.nodes);
                match fate(&new.plan, &stored.body, &known) {
                    Fate::Move { risky } if risky.is_empty() => {}
                    Fate::Move { .. } | Fate::Stay {} | Fate::NeedsMapping { .. } | Fate::WouldBreak { .. } => {
                        return Ok(false);
                    }
                }
                let mut work = Work::of_instance(app, tx, actor, id).await?;
                work.migrate(id, &moves.version, &moves.nodes).await?;
                work.finish().await?;
                Ok(true)
            }
            .boxed()
        })
        .await
}

async fn finish(tx: &Tx, app: &App, actor: &Actor, it: &Moves) -> Result<(), Error> {
    moves::drop(tx, &it.flow).await?;
    let mut info = Map::new();
    info.insert("flow".to_owned(), Value::from(it.flow.0.clone()));
    info.insert("moved".to_owned(), Value::from(it.moved));
    info.insert("kept".to_owned(), Value::from(it.kept));
    let by = &actor.person;
    audit::add(tx, &app.clock.stamp(), Some((&by.id, &by.name)), "", "instances-moved", &info).await
}
