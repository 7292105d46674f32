//! When people are away, and who stands in for them. Everybody says so for themselves; administrators and managers for
//! others. What a substitute may do the engine decides ([`runtime::engine::stands_in_for`]).

use std::sync::Arc;

use api::absence::{AbsenceInfo, SaveAbsence};
use futures::FutureExt;
use jiff::Timestamp;
use runtime::engine::context::Absence;
use runtime::engine::effect::NoticeText;
use runtime::id::UserId;
use runtime::limits;
use serde_json::{Map, Value};

use crate::actor::{ADMIN, Actor};
use crate::app::App;
use crate::clock::stamp;
use crate::error::Error;
use crate::live::Change;
use crate::store::absences::{self as rows, Stored};
use crate::store::sql::fresh;
use crate::store::{audit, notices};

fn may_say_for(app: &App, actor: &Actor, person: &UserId) -> bool {
    let manages = || app.people.state().directory.get(person).is_some_and(|it| it.manager.as_ref() == Some(actor.id()));
    person == actor.id() || actor.holds(ADMIN) || manages()
}

fn info(app: &App, actor: &Actor, it: Stored) -> AbsenceInfo {
    let people = app.people.state();
    AbsenceInfo {
        removable: may_say_for(app, actor, &it.person),
        id: it.id,
        person_name: people.name(it.person.as_str()),
        person: it.person.0,
        from: it.absence.from,
        until: it.absence.until,
        substitute_name: it.absence.substitute.as_ref().map(|it| people.name(it.as_str())),
        substitute: it.absence.substitute.map(|it| it.0),
    }
}

/// `GET /api/absences`: the person's own that are not over, those they may change, and in which they stand in.
pub async fn list(app: &App, actor: &Actor) -> Result<Vec<AbsenceInfo>, Error> {
    let all = rows::ahead(app.store.read(), &app.clock.stamp(), None).await?;
    let known = |it: &Stored| may_say_for(app, actor, &it.person) || it.absence.substitute.as_ref() == Some(actor.id());
    Ok(all.into_iter().filter(known).map(|it| info(app, actor, it)).collect())
}

/// `POST /api/absences`
pub async fn add(app: &Arc<App>, actor: &Actor, ask: SaveAbsence, address: &str) -> Result<AbsenceInfo, Error> {
    let person = ask.person.map_or_else(|| actor.id().clone(), UserId);
    if !may_say_for(app, actor, &person) {
        return Err(Error::NoRights("say that somebody is away".to_owned()));
    }
    let state = app.people.state();
    let moment = |pointer: &str, text: &str| {
        text.parse::<Timestamp>().map_err(|_| invalid(pointer, "format", "expected a moment, RFC 3339 with offset"))
    };
    let (from, until) = (moment("/from", &ask.from)?, moment("/until", &ask.until)?);
    if until <= from || until <= app.clock.now() {
        return Err(invalid("/until", "order", "expected an end after the beginning, and not in the past"));
    }
    let substitute = ask.substitute.filter(|it| !it.is_empty()).map(UserId);
    if let Some(it) = &substitute {
        let fits = *it != person && state.directory.get(it).is_some_and(|it| it.customer.is_none());
        if !fits {
            return Err(invalid("/substitute", "unknown", "expected another person who works here"));
        }
    }
    if !state.directory.contains_key(&person) {
        return Err(invalid("/person", "unknown", "expected a person"));
    }
    let (begins, ends) = (stamp(from), stamp(until));
    let ahead = rows::ahead(app.store.read(), &app.clock.stamp(), Some(&person)).await?;
    if ahead.iter().any(|it| it.absence.from < ends && begins < it.absence.until) {
        return Err(invalid("/from", "overlap", "expected a time in which the person is not said to be away already"));
    }
    if ahead.len() >= limits::ABSENCES_AHEAD {
        return Err(Error::Refused(runtime::engine::Refusal::Limit {
            what: format!("{} absences ahead", limits::ABSENCES_AHEAD),
        }));
    }
    let absence = Absence { from: stamp(from), until: stamp(until), substitute };
    let stored = Stored { id: fresh("abs"), person, absence };
    write(app, actor, address, "absence-added", stored.clone(), true).await?;
    Ok(info(app, actor, stored))
}

/// `DELETE /api/absences/{id}`
pub async fn remove(app: &Arc<App>, actor: &Actor, id: &str, address: &str) -> Result<(), Error> {
    let missing = || Error::NotFound("absence".to_owned());
    let stored =
        rows::find(app.store.read(), id).await?.filter(|it| may_say_for(app, actor, &it.person)).ok_or_else(missing)?;
    write(app, actor, address, "absence-removed", stored, false).await
}

/// What a substitute is told.
fn texts(name: &str) -> Vec<NoticeText> {
    let text = |language: &str, title: String| NoticeText { language: language.to_owned(), title, body: String::new() };
    vec![text("en", format!("You stand in for {name}")), text("zh-CN", format!("您将代理{name}的工作"))]
}

async fn write(
    app: &Arc<App>,
    actor: &Actor,
    address: &str,
    kind: &'static str,
    stored: Stored,
    add: bool,
) -> Result<(), Error> {
    let unit = Arc::new((stored, actor.person.clone(), address.to_owned(), app.clock.stamp(), app.clone()));
    app.store
        .write(move |tx| {
            let unit = unit.clone();
            async move {
                let (stored, by, address, at, app) = unit.as_ref();
                if add {
                    rows::add(tx, stored).await?;
                } else {
                    rows::remove(tx, &stored.id).await?;
                }
                let mut about = Map::new();
                about.insert("person".to_owned(), Value::from(stored.person.0.clone()));
                about.insert("absence".to_owned(), serde_json::to_value(&stored.absence)?);
                audit::add(tx, at, Some((&by.id, &by.name)), address, kind, &about).await?;
                tx.tell(Change::People);
                if add && let Some(substitute) = stored.absence.substitute.as_ref().filter(|it| **it != by.id) {
                    let name = app.people.state().name(stored.person.as_str());
                    let ids = notices::add(tx, at, std::slice::from_ref(substitute), &texts(&name), "/me").await?;
                    for id in ids {
                        tx.tell(Change::Notice { id, user: substitute.clone() });
                    }
                }
                tx.tell(Change::Inbox { users: stored.absence.substitute.iter().cloned().collect() });
                Ok(())
            }
            .boxed()
        })
        .await?;
    app.people.reload(app.store.read()).await
}

fn invalid(pointer: &str, code: &str, message: &str) -> Error {
    let fault = api::problem::FieldFault {
        pointer: pointer.to_owned(),
        code: code.to_owned(),
        message: message.to_owned(),
        ..Default::default()
    };
    Error::InvalidFields(vec![fault])
}
