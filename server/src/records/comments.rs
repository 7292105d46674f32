//! Comments: who reads a record reads what is said about it, and may say something. They are the house's own: people from
//! outside neither see nor write them. Whoever is mentioned must be able to read the record, and is told.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use api::comment::{CommentInfo, SaveComment};
use api::problem::FieldFault;
use api::record::Choice;
use futures::FutureExt;
use runtime::engine::Person;
use runtime::engine::effect::NoticeText;
use runtime::id::{ModuleKey, RecordId, UserId};
use runtime::limits::{COMMENT_CHARS, COMMENTS_SHOWN, MENTIONS, MENTIONS_LOOKED_AT, MENTIONS_OFFERED};
use runtime::model::module::Action;
use runtime::policy;
use serde_json::Value;

use super::labels::label_of;
use super::read::may_read;
use super::seat::{Seat, facts};
use crate::actor::{ADMIN, Actor, Channel};
use crate::app::App;
use crate::error::Error;
use crate::live::Change;
use crate::store::Tx;
use crate::store::comments::{self as rows, Stored};
use crate::store::records::Stored as Record;
use crate::store::sql::fresh;
use crate::store::{absences, notices};
use crate::tasks;

/// Characters of a comment that a notice shows.
const SHOWN: usize = 120;

/// `GET /api/records/{module}/{id}/comments`
pub async fn comments(app: &App, actor: &Actor, module: &ModuleKey, id: &RecordId) -> Result<Vec<CommentInfo>, Error> {
    open(app, actor, module, id).await?;
    let found = rows::of(app.store.read(), id, COMMENTS_SHOWN).await?;
    Ok(found.into_iter().map(|it| shown(app, actor, it)).collect())
}

/// `POST …/comments`; with the id of one's own, `PUT …/comments/{comment}`.
pub async fn save_comment(
    app: &Arc<App>,
    actor: &Actor,
    module: &ModuleKey,
    id: &RecordId,
    comment: Option<&str>,
    ask: SaveComment,
) -> Result<CommentInfo, Error> {
    let (seat, record) = open(app, actor, module, id).await?;
    let body = ask.text.trim().to_owned();
    if body.is_empty() {
        return Err(invalid("/text", "required", "expected some words", None));
    }
    if body.chars().count() > COMMENT_CHARS {
        return Err(invalid(
            "/text",
            "maxLength",
            &format!("expected at most {COMMENT_CHARS} characters"),
            Some(COMMENT_CHARS),
        ));
    }
    let mentions: BTreeSet<UserId> = ask.mentions.into_iter().map(UserId).collect();
    if mentions.len() > MENTIONS {
        return Err(invalid("/mentions", "maxItems", &format!("expected at most {MENTIONS} people"), Some(MENTIONS)));
    }
    let people = app.people.state();
    for it in &mentions {
        let reads = match people.directory.get(it).filter(|it| it.customer.is_none()) {
            Some(person) => reads(app, person, &seat, &record).await?,
            None => false,
        };
        if !reads {
            return Err(invalid(
                "/mentions",
                "cannot-read",
                &format!("{} may not read this record", people.name(it.as_str())),
                None,
            ));
        }
    }
    let label = label_of(policy::present(&seat.access, &record.data).get(seat.label().as_str()));
    let unit = Arc::new(Unit {
        app: app.clone(),
        actor: actor.clone(),
        module: module.clone(),
        record: id.clone(),
        comment: comment.map(str::to_owned),
        body,
        mentions,
        label,
        at: app.clock.stamp(),
    });
    let saved = app
        .store
        .write(move |tx| {
            let unit = unit.clone();
            async move { write(tx, &unit).await }.boxed()
        })
        .await?;
    Ok(shown(app, actor, saved))
}

/// `DELETE …/comments/{comment}`: one's own; an administrator any.
pub async fn remove_comment(
    app: &Arc<App>,
    actor: &Actor,
    module: &ModuleKey,
    id: &RecordId,
    comment: &str,
) -> Result<(), Error> {
    open(app, actor, module, id).await?;
    let unit = Arc::new((actor.clone(), module.clone(), id.clone(), comment.to_owned(), app.clock.stamp()));
    app.store
        .write(move |tx| {
            let unit = unit.clone();
            async move {
                let (actor, module, record, comment, at) = unit.as_ref();
                let mut it = own(tx, actor, record, comment).await?;
                it.removed_at = Some(at.clone());
                rows::save(tx, &it).await?;
                tx.tell(Change::Comment { module: module.clone(), record: record.clone() });
                Ok(())
            }
            .boxed()
        })
        .await
}

/// `GET /api/records/{module}/{id}/readers`: who may be mentioned.
pub async fn readers(
    app: &App,
    actor: &Actor,
    module: &ModuleKey,
    id: &RecordId,
    q: &str,
) -> Result<Vec<Choice>, Error> {
    let (seat, record) = open(app, actor, module, id).await?;
    let people = app.people.state();
    let q = q.trim().to_lowercase();
    let fits = |it: &&crate::store::people::User| {
        !it.disabled
            && it.customer.is_none()
            && (q.is_empty() || it.name.to_lowercase().contains(&q) || it.login.to_lowercase().starts_with(&q))
    };
    let mut found = Vec::new();
    let mut looked_at = 0;
    for user in people.users.values().filter(fits).filter(|it| it.id != *actor.id()) {
        let Some(person) = people.directory.get(&user.id) else { continue };
        if !by_right(app, person, &seat, &record) {
            looked_at += 1;
            if looked_at > MENTIONS_LOOKED_AT || !by_task(app, person, &record).await? {
                continue;
            }
        }
        let hint = user
            .department
            .as_ref()
            .map(|it| people.department_name(it.as_str(), &actor.person.language))
            .unwrap_or_default();
        found.push(Choice { id: user.id.0.clone(), label: user.name.clone(), hint });
        if found.len() == MENTIONS_OFFERED {
            break;
        }
    }
    Ok(found)
}

/// The record, for who may read it and is of the house.
async fn open(app: &App, actor: &Actor, module: &ModuleKey, id: &RecordId) -> Result<(Seat, Record), Error> {
    let seat = Seat::take(app, actor, module)?;
    let record = may_read(app, actor, &seat, id).await?;
    if actor.outside() { Err(Error::NoRights("read or write comments".to_owned())) } else { Ok((seat, record)) }
}

async fn reads(app: &App, person: &Person, seat: &Seat, record: &Record) -> Result<bool, Error> {
    Ok(by_right(app, person, seat, record) || by_task(app, person, record).await?)
}

fn by_right(app: &App, person: &Person, seat: &Seat, record: &Record) -> bool {
    let who = app.rights_of(&Actor::new(person.clone(), Channel::Api));
    policy::may(&seat.live.catalog, &who, &seat.module.key, Action::Read).holds(&facts(record))
}

async fn by_task(app: &App, person: &Person, record: &Record) -> Result<bool, Error> {
    let actor = Actor::new(person.clone(), Channel::Api);
    Ok(tasks::has_open(app, &actor, &record.id).await?
        || absences::copied(app.store.read(), &record.id, &person.id).await?)
}

/// A comment to be written.
struct Unit {
    app: Arc<App>,
    actor: Actor,
    module: ModuleKey,
    record: RecordId,
    comment: Option<String>,
    body: String,
    mentions: BTreeSet<UserId>,
    /// What the record is called.
    label: String,
    at: String,
}

async fn write(tx: &Tx, unit: &Unit) -> Result<Stored, Error> {
    let mut it = match &unit.comment {
        Some(comment) => {
            let mut it = own(tx, &unit.actor, &unit.record, comment).await?;
            it.edited_at = Some(unit.at.clone());
            it
        }
        None => Stored {
            id: fresh("cmt"),
            module: unit.module.clone(),
            record: unit.record.clone(),
            at: unit.at.clone(),
            person: unit.actor.id().clone(),
            ..Stored::default()
        },
    };
    it.body.clone_from(&unit.body);
    // Who was told already is not told again.
    let told: Vec<UserId> =
        unit.mentions.iter().filter(|who| !it.mentions.contains(who) && *who != unit.actor.id()).cloned().collect();
    it.mentions = unit.mentions.iter().cloned().collect();
    rows::save(tx, &it).await?;
    let link = format!("/records/{}/{}?tab=history", unit.module, unit.record);
    let ids = notices::add(tx, &unit.at, &told, &texts(unit), &link).await?;
    for (id, user) in ids.into_iter().zip(told) {
        tx.tell(Change::Notice { id, user });
    }
    tx.tell(Change::Comment { module: unit.module.clone(), record: unit.record.clone() });
    Ok(it)
}

fn texts(unit: &Unit) -> Vec<NoticeText> {
    let name = &unit.app.people.state().name(unit.actor.id().as_str());
    let label = &unit.label;
    let mut body: String = unit.body.chars().take(SHOWN).collect();
    if unit.body.chars().count() > SHOWN {
        body.push('…');
    }
    let text = |language: &str, title: String| NoticeText { language: language.to_owned(), title, body: body.clone() };
    vec![text("en", format!("{name} mentioned you: {label}")), text("zh-CN", format!("{name}提到了您：{label}"))]
}

/// A comment that the person may change; for an administrator also one of somebody else.
async fn own(tx: &Tx, actor: &Actor, record: &RecordId, comment: &str) -> Result<Stored, Error> {
    let found = rows::find(tx, record, comment, true).await?.filter(|it| it.removed_at.is_none());
    let found = found.ok_or_else(|| Error::NotFound("comment".to_owned()))?;
    if mine(actor, &found) { Ok(found) } else { Err(Error::NoRights("change this comment".to_owned())) }
}

fn mine(actor: &Actor, it: &Stored) -> bool {
    it.removed_at.is_none() && (it.person == *actor.id() || actor.holds(ADMIN))
}

fn shown(app: &App, actor: &Actor, it: Stored) -> CommentInfo {
    let people = app.people.state();
    let removed = it.removed_at.is_some();
    let mentions = if removed {
        BTreeMap::new()
    } else {
        it.mentions.iter().map(|it| (it.0.clone(), people.name(it.as_str()))).collect()
    };
    CommentInfo {
        mine: mine(actor, &it),
        by_name: people.name(it.person.as_str()),
        text: if removed { String::new() } else { it.body },
        id: it.id,
        at: it.at,
        by: it.person.0,
        mentions,
        edited_at: it.edited_at,
        removed,
    }
}

fn invalid(pointer: &str, code: &str, message: &str, limit: Option<usize>) -> Error {
    let args = limit.map(|it| ("limit".to_owned(), Value::from(it))).into_iter().collect();
    Error::InvalidFields(vec![FieldFault {
        pointer: pointer.to_owned(),
        code: code.to_owned(),
        message: message.to_owned(),
        args,
    }])
}
