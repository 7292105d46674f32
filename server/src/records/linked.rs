//! Records that point at the one being saved and are saved together with it: a customer and its primary contact, one form,
//! one transaction. Each by the person's rights on it.

use std::sync::Arc;

use api::record::SaveLinked;
use runtime::form::{FieldKind, Writer};
use runtime::id::{ModuleKey, RecordId};
use runtime::limits::LINKED;
use runtime::model::module::{Action, TriggerEvent};
use serde_json::Value;

use super::change::{must, number};
use super::conflict::conflicts;
use super::seat::{Seat, facts};
use crate::actor::Actor;
use crate::app::App;
use crate::drive::Work;
use crate::error::Error;
use crate::store::Tx;

/// Saves what points at a record that was just saved. The first that is not right refuses all of it.
pub(super) async fn save(
    app: &Arc<App>,
    tx: &Tx,
    actor: &Actor,
    to: (&ModuleKey, &RecordId),
    all: &[SaveLinked],
) -> Result<(), Error> {
    if all.len() > LINKED {
        return Err(Error::Malformed {
            pointer: "/linked".to_owned(),
            detail: format!("expected at most {LINKED} records, found {}", all.len()),
        });
    }
    for (at, it) in all.iter().enumerate() {
        one(app, tx, actor, to, it, at).await.map_err(|error| placed(error, at))?;
    }
    Ok(())
}

async fn one(
    app: &Arc<App>,
    tx: &Tx,
    actor: &Actor,
    (module, id): (&ModuleKey, &RecordId),
    ask: &SaveLinked,
    at: usize,
) -> Result<(), Error> {
    let seat = Seat::take(app, actor, &ModuleKey(ask.module.clone()))?;
    let points_here = |kind: &FieldKind| matches!(kind, FieldKind::Reference { module: Some(to), .. } if to == module);
    if !seat.module.form.field(&ask.field).is_some_and(|it| points_here(&it.kind)) {
        let detail = format!("expected a reference of `{}` to `{module}`, found `{}`", ask.module, ask.field);
        return Err(Error::Malformed { pointer: format!("/linked/{at}/field"), detail });
    }
    let here = Value::String(id.0.clone());
    let mut data = ask.data.clone();
    let Some(existing) = &ask.id else {
        if seat.cover(Action::Create).is_nothing() {
            return Err(Error::NoRights(format!("create {}", ask.module)));
        }
        data.insert(ask.field.clone(), here);
        let mut work = Work::make(app, tx, actor, seat.module.clone());
        work.accept(&data, None, &seat.access, Writer::Person).await?;
        if !seat.cover(Action::Create).holds(&facts(&work.record)) {
            return Err(Error::NoRights(format!("create such a {}", ask.module)));
        }
        number(&mut work, tx, &seat.module).await?;
        work.trigger(TriggerEvent::Created).await?;
        return work.finish().await.map(|_| ());
    };
    let mut work = Work::open(app, tx, actor, &seat.module.key, &RecordId(existing.clone())).await?;
    // Only what points here is saved from here.
    if work.record.data.get(&ask.field) != Some(&here) {
        return Err(Error::NotFound("record".to_owned()));
    }
    must(&seat, &work, Action::Update)?;
    conflicts(app, tx, &seat, &work, ask.version, &data, &[]).await.map_err(|it| match it {
        Error::Conflict(_) => Error::Stale(format!("the linked `{}` was changed meanwhile", ask.module)),
        other => other,
    })?;
    data.remove(&ask.field);
    work.accept(&data, None, &seat.access, Writer::Person).await?;
    work.trigger(TriggerEvent::Updated).await?;
    work.finish().await.map(|_| ())
}

/// Faults of a linked record stand below its place.
fn placed(error: Error, at: usize) -> Error {
    match error {
        Error::InvalidFields(mut faults) => {
            for it in &mut faults {
                it.pointer = format!("/linked/{at}{}", it.pointer);
            }
            Error::InvalidFields(faults)
        }
        other => other,
    }
}
