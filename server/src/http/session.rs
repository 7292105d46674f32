//! Log in, log out, who am I, what do I prefer.

use api::session::{ChangePassword, Login, Preferences, Session};
use axum::Json as Answer;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;

use super::extract::Json;
use super::{Site, guard};
use crate::actor::{Actor, Channel};
use crate::auth::caller::{Address, Caller, Me};
use crate::auth::{login as entry, sessions};
use crate::definitions;
use crate::error::{Error, Result};

/// `POST /api/login`
pub async fn login(
    State(site): State<Site>,
    Address(address): Address,
    headers: HeaderMap,
    Json(ask): Json<Login>,
) -> Result<impl IntoResponse> {
    let agent = headers.get(header::USER_AGENT).and_then(|it| it.to_str().ok()).unwrap_or_default();
    let entered = entry::enter(&site.app, &site.config.limits, &ask, &address, agent).await?;
    let people = site.app.people.state();
    let id = &entered.session.person;
    let person = people.directory.get(id).cloned().ok_or(Error::WrongPassword)?;
    let user = people.users.get(id).cloned().ok_or(Error::WrongPassword)?;
    let actor = Actor::new(person, Channel::Form);
    let caller = Caller { actor, user, session: entered.session.id, csrf: entered.session.csrf };
    let cookie =
        sessions::set_cookie(&entered.cookie, guard::secure(&site, &headers), site.config.limits.session_total);
    Ok(([(header::SET_COOKIE, cookie)], Answer(session(&site, &caller).await?)))
}

/// `GET /api/session`
pub async fn show(State(site): State<Site>, me: Me) -> Result<Answer<Session>> {
    Ok(Answer(session(&site, &me).await?))
}

/// `POST /api/logout`
pub async fn logout(
    State(site): State<Site>,
    me: Me,
    Address(address): Address,
    headers: HeaderMap,
) -> Result<impl IntoResponse> {
    entry::leave(&site.app, &me, &address).await?;
    site.recent.forget();
    let gone = sessions::set_cookie("", guard::secure(&site, &headers), std::time::Duration::ZERO);
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, gone)]))
}

/// `PUT /api/preferences`
pub async fn prefer(State(site): State<Site>, me: Me, Json(ask): Json<Preferences>) -> Result<StatusCode> {
    crate::people::prefer(&site.app, me.actor.id(), &ask.language, &ask.theme).await?;
    site.recent.forget();
    Ok(StatusCode::NO_CONTENT)
}

/// `PUT /api/password`
pub async fn change_password(
    State(site): State<Site>,
    me: Me,
    Address(address): Address,
    Json(ask): Json<ChangePassword>,
) -> Result<StatusCode> {
    entry::change_password(&site.app, &site.config.limits, &me, ask, &address).await?;
    site.recent.forget();
    Ok(StatusCode::NO_CONTENT)
}

async fn session(site: &Site, caller: &Caller) -> Result<Session> {
    let user = &caller.user;
    // A badge must not keep anybody from entering.
    let open_tasks = crate::tasks::open_count(&site.app, &caller.actor).await.unwrap_or_else(|error| {
        tracing::warn!(error = error.for_log(), "open tasks");
        0
    });
    Ok(Session {
        user: user.id.0.clone(),
        login: user.login.clone(),
        name: user.name.clone(),
        roles: user.roles.iter().map(|it| it.0.clone()).collect(),
        department: user.department.as_ref().map(|it| it.0.clone()),
        preferences: Preferences { language: user.language.clone(), theme: user.theme.clone() },
        csrf: caller.csrf.clone(),
        designer: caller.designer(),
        admin: caller.admin(),
        portal: caller.portal(),
        customer: user.customer.as_ref().map(|it| it.0.clone()),
        menu: definitions::menu(&site.app, &caller.actor),
        open_tasks,
    })
}
