//! What others changed since a person read a record: optimistic concurrency by field, not by record.

use api::problem::Conflict;
use runtime::id::FieldKey;
use runtime::policy;
use serde_json::{Map, Value};

use super::seat::Seat;
use crate::actor::SYSTEM;
use crate::app::App;
use crate::drive::Work;
use crate::error::Error;
use crate::store::{Tx, history};

/// Fields of a change that others have changed since the person saw the record. Other fields do not stand in the way, but
/// for those a decision rests on: what somebody else has changed of `shown` since is told before the decision counts; sent
/// again with the version it was told of, it does.
pub(crate) async fn conflicts(
    app: &App,
    tx: &Tx,
    seat: &Seat,
    work: &Work<'_>,
    version: i64,
    patch: &Map<String, Value>,
    shown: &[FieldKey],
) -> Result<(), Error> {
    if version > work.record.version {
        return Err(Error::malformed("expected the version the record was read with"));
    }
    if version == work.record.version {
        return Ok(());
    }
    let mut found: Vec<Conflict> = Vec::new();
    // Newest first: who changed a field last is met first, what it was at the beginning last.
    let missing = || Error::NotFound("module".to_owned());
    let shape = seat.live.catalog.module(&seat.module.key).ok_or_else(missing)?;
    for past in history::since(tx, shape, &work.record.id, version).await? {
        // What the person did in another window they know; what the flow did follows from what people did.
        let foreign = past.by != *work.actor.id() && past.by.as_str() != SYSTEM;
        for it in past.changes {
            let yours = patch.get(&it.field);
            let read = yours.is_none();
            match found.iter_mut().find(|has| has.field == it.field) {
                Some(has) => has.base = it.from,
                None if !read || foreign && shown.iter().any(|key| key.0 == it.field) => {
                    let theirs = work.record.data.get(&it.field).cloned().unwrap_or(Value::Null);
                    found.push(Conflict {
                        yours: yours.cloned().unwrap_or(Value::Null),
                        theirs,
                        base: it.from,
                        by: app.people.state().name(past.by.as_str()),
                        field: it.field,
                        read,
                        version: work.record.version,
                    });
                }
                None => {}
            }
        }
    }
    found.retain(|it| if it.read { it.theirs != it.base } else { it.yours != it.theirs && it.yours != it.base });
    for it in found.iter_mut().filter(|it| !seat.sees(&it.field)) {
        it.theirs = policy::mask(&it.theirs);
        it.base = policy::mask(&it.base);
    }
    if found.is_empty() { Ok(()) } else { Err(Error::Conflict(found)) }
}
