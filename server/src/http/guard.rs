//! The one door of the API: before any handler runs, it is known who calls, that the request comes from our own
//! page, and that this person may call this route at all.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::Site;
use super::route::Access;
use crate::actor::{Actor, Channel};
use crate::auth::caller::{Address, Caller, Me};
use crate::auth::sessions;
use crate::clock::stamp;
use crate::error::{Error, Result};

/// Lets a request through to its handler, or answers why not.
pub async fn admit(State((site, access)): State<(Site, Access)>, mut request: Request, next: Next) -> Response {
    match check(&site, access, &mut request).await {
        Ok(()) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

async fn check(site: &Site, access: Access, request: &mut Request) -> Result<()> {
    let changing = !matches!(*request.method(), Method::GET | Method::HEAD);
    if changing {
        same_origin(request.headers())?;
    }
    let address = address(site, request);
    if access != Access::Open {
        let caller = caller(site, request.headers()).await?;
        if changing {
            let token =
                request.headers().get(sessions::CSRF_HEADER).and_then(|it| it.to_str().ok()).unwrap_or_default();
            if !sessions::same(token, &caller.csrf) {
                return Err(Error::Csrf(format!(
                    "expected the session's token in the header `{}`",
                    sessions::CSRF_HEADER
                )));
            }
        }
        may(access, &caller)?;
        request.extensions_mut().insert(Me(caller));
    }
    request.extensions_mut().insert(address);
    Ok(())
}

fn may(access: Access, caller: &Caller) -> Result<()> {
    let (allowed, what) = match access {
        Access::Open | Access::Person => (true, ""),
        Access::Staff => (!caller.portal(), "use the workspace"),
        Access::Designer => (caller.designer(), "use the studio"),
        Access::Admin => (caller.admin(), "administrate"),
    };
    if allowed { Ok(()) } else { Err(Error::NoRights(what.to_owned())) }
}

/// A page of another site cannot change anything here, even where a browser would send the cookie.
fn same_origin(headers: &HeaderMap) -> Result<()> {
    let text = |name: &str| headers.get(name).and_then(|it| it.to_str().ok());
    if let Some(site) = text("sec-fetch-site")
        && !matches!(site, "same-origin" | "none")
    {
        return Err(Error::Csrf("it comes from another site".to_owned()));
    }
    let Some(origin) = text(header::ORIGIN.as_str()) else { return Ok(()) };
    let host = text("x-forwarded-host").or_else(|| text(header::HOST.as_str())).unwrap_or_default();
    let from = origin.split_once("://").map_or(origin, |(_, host)| host);
    if from.eq_ignore_ascii_case(host) { Ok(()) } else { Err(Error::Csrf("its origin is another one".to_owned())) }
}

/// Who a request's session belongs to.
async fn caller(site: &Site, headers: &HeaderMap) -> Result<Arc<Caller>> {
    let value = sessions::cookie(headers).ok_or(Error::NotLoggedIn)?;
    let id = sessions::hashed(value);
    if let Some(caller) = site.recent.get(&id, &site.app.clock) {
        return Ok(caller);
    }
    let now = site.app.clock.now();
    let session =
        crate::store::sessions::find(site.app.store.read(), &id, &stamp(now)).await?.ok_or(Error::NotLoggedIn)?;
    let people = site.app.people.state();
    let person = people.directory.get(&session.person).cloned().ok_or(Error::NotLoggedIn)?;
    let user = people.users.get(&session.person).cloned().ok_or(Error::NotLoggedIn)?;
    touch(site, &session, now).await?;
    let actor = Actor::new(person, Channel::Form);
    let caller = Arc::new(Caller { actor, user, session: id.clone(), csrf: session.csrf });
    site.recent.put(&id, caller.clone(), &site.app.clock);
    Ok(caller)
}

/// Moves the end of a session that is used, now and then.
async fn touch(site: &Site, session: &crate::store::sessions::Session, now: jiff::Timestamp) -> Result<()> {
    let (Ok(seen), Ok(created)) = (session.seen_at.parse::<jiff::Timestamp>(), session.created_at.parse()) else {
        return Err(Error::internal("a session with an unreadable time"));
    };
    if now.duration_since(seen) < sessions::TOUCH {
        return Ok(());
    }
    let (id, seen_at) = (session.id.clone(), stamp(now));
    let expires_at = sessions::expires(created, now, &site.config.limits);
    site.app
        .store
        .write(move |tx| {
            let (id, seen_at, expires_at) = (id.clone(), seen_at.clone(), expires_at.clone());
            Box::pin(async move { crate::store::sessions::touch(tx, &id, &seen_at, &expires_at).await })
        })
        .await
}

/// Where a request comes from. Behind a proxy: what the nearest proxy saw.
fn address(site: &Site, request: &Request) -> Address {
    let forwarded = site
        .config
        .behind_proxy
        .then(|| {
            request.headers().get("x-forwarded-for")?.to_str().ok()?.rsplit(',').next().map(|it| it.trim().to_owned())
        })
        .flatten();
    let direct = || request.extensions().get::<ConnectInfo<SocketAddr>>().map(|it| it.0.ip().to_string());
    Address(forwarded.or_else(direct).unwrap_or_else(|| "unknown".to_owned()))
}

/// Whether the browser reached us by https.
pub fn secure(site: &Site, headers: &HeaderMap) -> bool {
    site.config.behind_proxy && headers.get("x-forwarded-proto").is_some_and(|it| it.as_bytes() == b"https")
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn origin(pairs: &[(&'static str, &'static str)]) -> bool {
        let headers = pairs
            .iter()
            .map(|(name, value)| (axum::http::HeaderName::from_static(name), HeaderValue::from_static(value)));
        same_origin(&headers.collect()).is_ok()
    }

    #[test]
    fn other_sites_change_nothing() {
        assert!(origin(&[("host", "crm.example:8080"), ("origin", "http://crm.example:8080")]));
        assert!(origin(&[("host", "crm.example")]));
        assert!(!origin(&[("host", "crm.example"), ("origin", "https://evil.example")]));
        assert!(!origin(&[("host", "crm.example"), ("origin", "null")]));
        assert!(!origin(&[("host", "crm.example"), ("sec-fetch-site", "cross-site")]));
        assert!(!origin(&[("host", "crm.example"), ("sec-fetch-site", "same-site")]));
    }
}
