//! Lists kept under a name. A kept list is only an address: what somebody sees through it is what they may read anyway.

use std::sync::Arc;

use api::problem::FieldFault;
use api::saved_view::{SaveView, SavedView};
use futures::FutureExt;
use runtime::id::ModuleKey;
use runtime::limits;
use runtime::model::module::Action;

use super::seat::Seat;
use crate::actor::{ADMIN, Actor};
use crate::app::App;
use crate::error::Error;
use crate::store::saved_views::{self as rows, Stored};
use crate::store::sql::fresh;

/// `GET /api/views/{module}`
pub async fn saved_views(app: &App, actor: &Actor, module: &ModuleKey) -> Result<Vec<SavedView>, Error> {
    reader(app, actor, module)?;
    let mut all = rows::of_module(app.store.read(), module).await?;
    all.retain(|it| it.person == *actor.id() || it.roles.iter().any(|role| actor.holds(role)));
    Ok(all.into_iter().map(|it| shown(app, actor, it)).collect())
}

/// `POST /api/views/{module}` and, with an id, `PUT /api/views/{module}/{id}`
pub async fn save_view(
    app: &Arc<App>,
    actor: &Actor,
    module: &ModuleKey,
    id: Option<&str>,
    ask: SaveView,
) -> Result<SavedView, Error> {
    reader(app, actor, module)?;
    let all = rows::of_module(app.store.read(), module).await?;
    let mut view = match id {
        Some(id) => mine(actor, all.iter().find(|it| it.id == id))?.clone(),
        None => {
            if all.iter().filter(|it| it.person == *actor.id()).count() >= limits::SAVED_VIEWS {
                return Err(invalid(
                    "/title",
                    "maxItems",
                    &format!("expected at most {} lists of one person", limits::SAVED_VIEWS),
                ));
            }
            Stored {
                id: fresh("viw"),
                person: actor.id().clone(),
                title: String::new(),
                query: String::new(),
                roles: Vec::new(),
            }
        }
    };
    let title = ask.title.trim();
    if title.is_empty() || title.chars().count() > limits::SAVED_VIEW_TITLE {
        return Err(invalid(
            "/title",
            "required",
            &format!("expected a title of at most {} characters", limits::SAVED_VIEW_TITLE),
        ));
    }
    if ask.query.len() > limits::SAVED_VIEW_ADDRESS {
        return Err(invalid("/query", "maxLength", &format!("expected at most {} bytes", limits::SAVED_VIEW_ADDRESS)));
    }
    let added = |role: &&String| !view.roles.contains(role);
    if let Some(role) = ask.roles.iter().filter(added).find(|role| !actor.holds(role) && !actor.holds(ADMIN)) {
        return Err(invalid("/roles", "no-rights", &format!("expected a role of your own, found `{role}`")));
    }
    let title = title.to_owned();
    view = Stored { title, query: ask.query.trim_start_matches('?').to_owned(), roles: ask.roles, ..view };
    view.roles.sort();
    view.roles.dedup();
    let unit = Arc::new((module.clone(), view.clone(), app.clock.stamp()));
    app.store
        .write(move |tx| {
            let unit = unit.clone();
            async move { rows::save(tx, &unit.0, &unit.1, &unit.2).await }.boxed()
        })
        .await?;
    Ok(shown(app, actor, view))
}

/// `DELETE /api/views/{module}/{id}`
pub async fn forget_view(app: &Arc<App>, actor: &Actor, module: &ModuleKey, id: &str) -> Result<(), Error> {
    reader(app, actor, module)?;
    let found = rows::find(app.store.read(), module, id).await?;
    mine(actor, found.as_ref())?;
    let unit = Arc::new((module.clone(), id.to_owned()));
    app.store
        .write(move |tx| {
            let unit = unit.clone();
            async move { rows::remove(tx, &unit.0, &unit.1).await }.boxed()
        })
        .await
}

/// Who may read nothing of a module keeps no lists of it either.
fn reader(app: &App, actor: &Actor, module: &ModuleKey) -> Result<(), Error> {
    let seat = Seat::take(app, actor, module)?;
    if seat.cover(Action::Read).is_nothing() { Err(Error::NoRights(format!("read {module}"))) } else { Ok(()) }
}

/// What one may change: the own, and for administrators what is shared. What is not one's to see is not there.
fn mine<'a>(actor: &Actor, view: Option<&'a Stored>) -> Result<&'a Stored, Error> {
    let view = view.filter(|it| {
        it.person == *actor.id()
            || it.roles.iter().any(|role| actor.holds(role))
            || (actor.holds(ADMIN) && !it.roles.is_empty())
    });
    let view = view.ok_or_else(|| Error::NotFound("view".to_owned()))?;
    if changes(actor, view) { Ok(view) } else { Err(Error::NoRights("change this view".to_owned())) }
}

fn changes(actor: &Actor, view: &Stored) -> bool {
    view.person == *actor.id() || (actor.holds(ADMIN) && !view.roles.is_empty())
}

fn shown(app: &App, actor: &Actor, it: Stored) -> SavedView {
    let mine = changes(actor, &it);
    let owner_name = app.people.state().name(it.person.as_str());
    SavedView { id: it.id, title: it.title, query: it.query, roles: it.roles, mine, owner_name }
}

fn invalid(pointer: &str, code: &str, message: &str) -> Error {
    Error::InvalidFields(vec![FieldFault {
        pointer: pointer.to_owned(),
        code: code.to_owned(),
        message: message.to_owned(),
        ..FieldFault::default()
    }])
}
