//! Creating, changing and deleting records. One transaction each: record, number, history, and the flows it starts.

use std::sync::Arc;

use api::record::{Change, Create, Record};
use futures::FutureExt;
use runtime::form::Writer;
use runtime::id::{ModuleKey, RecordId};
use runtime::limits;
use runtime::model::module::{Action, TriggerEvent};
use serde_json::{Map, Value};
use sha2::Digest;

use super::conflict::conflicts;
use super::duplicates::{stopping, stopping_change};
use super::read::read;
use super::referring::referring;
use super::seat::{Seat, facts};
use crate::actor::{ADMIN, Actor};
use crate::app::App;
use crate::definitions::{self, Module};
use crate::drive::{Done, Work};
use crate::error::Error;
use crate::store::records as rows;
use crate::store::sql::is_unique_violation;
use crate::store::table::Table;
use crate::store::{About, Tx};
use crate::store::{audit, history};

/// `POST /api/records/{module}`
pub async fn create(app: &Arc<App>, actor: &Actor, module: &ModuleKey, ask: Create) -> Result<Record, Error> {
    let seat = Seat::take(app, actor, module)?;
    if seat.cover(Action::Create).is_nothing() {
        return Err(Error::NoRights(format!("create {module}")));
    }
    if ask.once.as_ref().is_some_and(|it| it.is_empty() || it.len() > limits::ONCE_BYTES) {
        return Err(Error::malformed(format!("expected `once` of at most {} characters", limits::ONCE_BYTES)));
    }
    if let Some(key) = &ask.once
        && let Some(made) = rows::made_once(app.store.read(), actor.id(), key).await?
    {
        return written(app, actor, module, &before(made, module, &ask)?).await;
    }
    stopping(app, &seat, &ask.data, ask.accept_duplicates).await?;
    let about = About {
        task: None,
        counter: seat.module.number.as_ref().map(|(field, rule)| {
            let period = rule.period(app.clock.now(), seat.module.form.zone());
            [module.0.clone(), field.0.clone(), period]
        }),
        kind: format!("create {module}"),
        foresight: app.clone(),
    };
    let unit = Arc::new((app.clone(), actor.clone(), seat, ask));
    let work = unit.clone();
    let made = app
        .store
        .write_shared(about, move |tx| {
            let work = work.clone();
            async move {
                let (app, actor, seat, ask) = work.as_ref();
                make(app, tx, actor, seat, ask).await
            }
            .boxed()
        })
        .await;
    let seat = &unit.2;
    match made.map_err(|it| unique(&seat.module.table, it))? {
        // What was written is known: the answer needs no look at the database.
        Made::Now(done) if seat.may(Action::Read, &done.record) => super::read::made(app, actor, seat, *done).await,
        Made::Now(done) => written(app, actor, module, &done.record.id).await,
        Made::Before(id) => written(app, actor, module, &id).await,
    }
}

/// A record that the person has just written. It may say now that they are to know nothing of it: it is stored all the same, and
/// an answer that it is not there would have them enter it once more. So they get its id and nothing it holds.
async fn written(app: &App, actor: &Actor, module: &ModuleKey, id: &RecordId) -> Result<Record, Error> {
    match read(app, actor, module, id).await {
        Err(Error::NotFound(_)) => Ok(Record { id: id.0.clone(), module: module.0.clone(), ..Record::default() }),
        read => read,
    }
}

/// What a request asks, in short: the same key with the same digest is the same request.
fn asked(module: &ModuleKey, ask: &Create) -> Result<String, Error> {
    let bytes = serde_json::to_vec(&(module, &ask.data, &ask.linked))?;
    Ok(sha2::Sha256::digest(bytes).iter().map(|it| format!("{it:02x}")).collect())
}

/// The record an earlier request with this key made, if it asked the same. Another one is not answered with it: what it
/// says would be lost without a word.
fn before(made: rows::Once, module: &ModuleKey, ask: &Create) -> Result<RecordId, Error> {
    if made.asked.is_empty() || made.asked == asked(module, ask)? {
        return Ok(made.record);
    }
    Err(Error::Repeated(made.module, made.record))
}

/// What a request to create came to.
enum Made {
    Now(Box<Done>),
    /// An earlier request with the same key made it.
    Before(RecordId),
}

async fn make(app: &Arc<App>, tx: &Tx, actor: &Actor, seat: &Seat, ask: &Create) -> Result<Made, Error> {
    let mut work = Work::make(app, tx, actor, seat.module.clone());
    // Two requests with one key may wait side by side: the second finds what the first made.
    if let Some(key) = &ask.once {
        let module = seat.module.key.clone();
        let once = rows::Once { asked: asked(&module, ask)?, module, record: work.record.id.clone() };
        if !rows::remember(tx, actor.id(), key, &once, &work.at).await? {
            let failed = || Error::Stale("the first request with this key has just failed".to_owned());
            let made = rows::made_once(tx, actor.id(), key).await?.ok_or_else(failed)?;
            return Ok(Made::Before(before(made, &once.module, ask)?));
        }
    }
    work.accept(&ask.data, None, &seat.access, Writer::Person).await?;
    if !seat.cover(Action::Create).holds(&facts(&work.record)) {
        return Err(Error::NoRights(format!("create such a {}", seat.module.key)));
    }
    number(&mut work, tx, &seat.module).await?;
    work.trigger(TriggerEvent::Created).await?;
    let done = work.finish().await?;
    super::linked::save(app, tx, actor, (&seat.module.key, &done.record.id), &ask.linked).await?;
    Ok(Made::Now(Box::new(done)))
}

/// Gives a new record its number, in the transaction that makes it: no number is lost, none is given twice.
pub(crate) async fn number(work: &mut Work<'_>, tx: &Tx, module: &Module) -> Result<(), Error> {
    if let Some((field, rule)) = &module.number {
        let zone = module.form.zone();
        let n = rows::count_up(tx, &module.key, field, &rule.period(work.now, zone)).await?;
        work.set(field, Value::String(rule.render(n, work.now, zone)));
    }
    Ok(())
}

/// A broken unique index, as a fault at its field.
pub(crate) fn unique(table: &Table, error: Error) -> Error {
    if !is_unique_violation(&error) {
        return error;
    }
    let text = error.for_log();
    let hit = table.columns.iter().find(|it| {
        it.unique
            && (text.contains(&format!("{}.{}", table.name, it.name))
                || text.contains(&format!("__{}__unique", it.name)))
    });
    match hit {
        Some(column) => Error::InvalidFields(vec![api::problem::FieldFault {
            pointer: format!("/{}", column.key),
            code: "unique".to_owned(),
            message: "another record has this value".to_owned(),
            ..Default::default()
        }]),
        None => error,
    }
}

/// `PATCH /api/records/{module}/{id}`
pub async fn change(
    app: &Arc<App>,
    actor: &Actor,
    module: &ModuleKey,
    id: &RecordId,
    ask: Change,
) -> Result<Record, Error> {
    let seat = Seat::take(app, actor, module)?;
    stopping_change(app, &seat, id, &ask.data).await?;
    let table = seat.module.table.clone();
    let unit = Arc::new((app.clone(), actor.clone(), seat, id.clone(), ask));
    let changed = app
        .store
        .write(move |tx| {
            let unit = unit.clone();
            async move {
                let (app, actor, seat, id, ask) = unit.as_ref();
                let mut work = Work::open(app, tx, actor, &seat.module.key, id).await?;
                must(seat, &work, Action::Update)?;
                conflicts(app, tx, seat, &work, ask.version, &ask.data, &[]).await?;
                work.accept(&ask.data, None, &seat.access, Writer::Person).await?;
                work.trigger(TriggerEvent::Updated).await?;
                work.finish().await?;
                super::linked::save(app, tx, actor, (&seat.module.key, id), &ask.linked).await
            }
            .boxed()
        })
        .await;
    changed.map_err(|it| unique(&table, it))?;
    written(app, actor, module, id).await
}

/// What may be read but not changed is forbidden; what may not be read is not there.
pub(super) fn must(seat: &Seat, work: &Work<'_>, action: Action) -> Result<(), Error> {
    if seat.may(action, &work.record) {
        return Ok(());
    }
    let word = if action == Action::Delete { "delete" } else { "change" };
    if seat.may(Action::Read, &work.record) {
        Err(Error::NoRights(format!("{word} this record")))
    } else {
        Err(Error::NotFound("record".to_owned()))
    }
}

/// Refuses to take away what other records, or people of the portal, refer to.
async fn not_in_use(app: &App, tx: &Tx, actor: &Actor, module: &ModuleKey, id: &RecordId) -> Result<(), Error> {
    let live = app.definitions.live();
    let language = actor.person.language.as_str();
    let mut by = Vec::new();
    for (key, other) in &live.modules {
        if referring(tx, other, module, id, None).await? == 0 {
            continue;
        }
        // Of those the person may not read they are told that there are some, and no more.
        let seat = Seat::take(app, actor, key)?;
        let nothing = seat.cover(Action::Read).is_nothing();
        let count = if nothing { 0 } else { referring(tx, other, module, id, Some(&seat)).await? };
        let titles = definitions::titles(&live.catalog, &format!("module/{key}"), &other.definition.title, None);
        let title = titles.get(language).cloned().unwrap_or_else(|| key.0.clone());
        by.push(if count == 0 { String::new() } else { format!("{title} {count}") });
    }
    let people = app.people.state();
    let theirs = people.users.values().filter(|it| it.customer.as_ref() == Some(id));
    by.extend(theirs.map(|it| if actor.holds(ADMIN) { it.name.clone() } else { String::new() }));
    if by.is_empty() {
        return Ok(());
    }
    by.retain(|it| !it.is_empty());
    Err(Error::InUse(by.join(", ")))
}

/// `DELETE /api/records/{module}/{id}`: its flows are cancelled; its row and history stay.
pub async fn delete(
    app: &Arc<App>,
    actor: &Actor,
    module: &ModuleKey,
    id: &RecordId,
    address: &str,
) -> Result<(), Error> {
    let seat = Seat::take(app, actor, module)?;
    let unit = Arc::new((app.clone(), actor.clone(), seat, id.clone(), address.to_owned()));
    app.store
        .write(move |tx| {
            let unit = unit.clone();
            async move {
                let (app, actor, seat, id, address) = unit.as_ref();
                let mut work = Work::open(app, tx, actor, &seat.module.key, id).await?;
                must(seat, &work, Action::Delete)?;
                not_in_use(app, tx, actor, &seat.module.key, id).await?;
                work.cancel_all("the record was deleted").await?;
                work.settle(true).await?;
                let (at, label) = (work.at.clone(), work.label());
                let record = work.finish().await?.record;
                rows::delete(tx, &seat.module.table, record.n, &at, actor.id()).await?;
                let nothing = Map::new();
                let entry = history::Entry {
                    module: &seat.module.key,
                    record: id,
                    at: &at,
                    by: actor.id(),
                    channel: actor.channel,
                    kind: "deleted",
                    version: record.version + 1,
                    changes: &[],
                    info: &nothing,
                };
                history::add(tx, &[entry]).await?;
                let mut info = Map::new();
                info.insert("module".to_owned(), Value::from(seat.module.key.0.clone()));
                info.insert("record".to_owned(), Value::from(id.0.clone()));
                info.insert("label".to_owned(), Value::from(label));
                audit::add(tx, &at, Some((actor.id(), &actor.person.name)), address, "delete", &info).await?;
                tx.tell(crate::live::Change::Record {
                    module: seat.module.key.clone(),
                    id: id.clone(),
                    version: record.version + 1,
                });
                Ok(())
            }
            .boxed()
        })
        .await
}
