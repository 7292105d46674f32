//! Entering and leaving. Every attempt is counted before the password is looked at, so that many at once are no way
//! around the limit; a success forgets the account's count. Attempts on one account take turns, so that who has the right
//! password several times at once (windows restored together, programs) is not taken for somebody guessing.

use std::sync::Arc;

use api::problem::FieldFault;
use api::session::{ChangePassword, Login};
use jiff::Timestamp;
use runtime::id::UserId;
use runtime::limits;
use serde_json::{Map, Value, json};
use tokio::sync::Mutex;

use super::caller::Caller;
use super::{password, sessions};
use crate::app::App;
use crate::clock::stamp;
use crate::config::Limits;
use crate::error::{Error, Result};
use crate::store::sessions::Session;
use crate::store::{attempts, audit, people};

/// Whose turn it is: an account belongs to one of these.
static TURNS: [Mutex<()>; 64] = [const { Mutex::const_new(()) }; 64];

/// The turn of an account. Two may share one; then they wait for each other, no more.
fn turn(account: &str) -> &'static Mutex<()> {
    let sum = account.bytes().fold(0usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(byte)));
    &TURNS[sum % TURNS.len()]
}

/// A new session, and the cookie that opens it.
#[derive(Debug)]
pub struct Entered {
    pub session: Session,
    pub cookie: String,
}

/// Checks name and password and opens a session.
pub async fn enter(app: &Arc<App>, limits: &Limits, ask: &Login, address: &str, agent: &str) -> Result<Entered> {
    let account: String = ask.user.trim().to_lowercase().chars().take(limits::LOGIN_BYTES).collect();
    let _turn = turn(&account).lock().await;
    let now = app.clock.now();
    let last = count(app, limits, &account, address, now).await?;

    let found = people::by_login(app.store.read(), &account).await?;
    let (user, hash) = found.map_or((None, None), |(user, hash)| (Some(user), Some(hash)));
    let right = password::matches_soon(ask.password.clone(), hash).await?;
    let Some(user) = user else {
        fail(app, now, None, address, last).await?;
        return Err(Error::WrongPassword);
    };
    if !right || user.disabled {
        fail(app, now, Some((user.id.clone(), user.name.clone())), address, last).await?;
        return Err(Error::WrongPassword);
    }

    let cookie = sessions::fresh();
    let session = Session {
        id: sessions::hashed(&cookie),
        person: user.id.clone(),
        csrf: sessions::fresh(),
        created_at: stamp(now),
        seen_at: stamp(now),
        expires_at: sessions::expires(now, now, limits),
        address: address.to_owned(),
        agent: agent.chars().take(limits::AGENT_CHARS).collect(),
    };
    let work = Arc::new((session.clone(), account, user.name));
    app.store
        .write(move |tx| {
            let work = work.clone();
            Box::pin(async move {
                let (session, account, name) = &*work;
                attempts::forget(tx, account).await?;
                crate::store::sessions::add(tx, session).await?;
                let person = Some((&session.person, name.as_str()));
                audit::add(tx, &session.created_at, person, &session.address, "login", &Map::new()).await
            })
        })
        .await?;
    metrics::counter!("flowloom_logins_total", "result" => "entered").increment(1);
    Ok(Entered { session, cookie })
}

/// Counts an attempt, or refuses it. True: it is the last one before the lock.
async fn count(app: &App, limits: &Limits, account: &str, address: &str, now: Timestamp) -> Result<bool> {
    let since = now.checked_sub(limits.login_window).unwrap_or(now);
    let (by_account, by_address) = (limits.login_failures, limits.address_failures);
    let work = Arc::new((account.to_owned(), address.to_owned(), stamp(now), stamp(since)));
    let (n, oldest) = app
        .store
        .write(move |tx| {
            let work = work.clone();
            Box::pin(async move {
                let (account, address, at, since) = &*work;
                let of_account = attempts::of_account(tx, account, since).await?;
                let of_address = attempts::of_address(tx, address, since).await?;
                if of_account.0 >= by_account {
                    return Ok(of_account);
                }
                if of_address.0 >= by_address {
                    return Ok((u64::MAX, of_address.1));
                }
                attempts::add(tx, account, address, at).await?;
                Ok((of_account.0, String::new()))
            })
        })
        .await?;
    if n < by_account {
        return Ok(n + 1 == by_account);
    }
    metrics::counter!("flowloom_logins_total", "result" => "throttled").increment(1);
    let oldest: Timestamp = oldest.parse().unwrap_or(now);
    let open_at = oldest.checked_add(limits.login_window).unwrap_or(now);
    let seconds = open_at.duration_since(now).as_secs().max(1);
    Err(Error::Throttled { seconds: u64::try_from(seconds).unwrap_or(1) })
}

/// Writes down a failed attempt. The name that was tried is kept only where it is somebody's: people type passwords into it.
async fn fail(app: &App, now: Timestamp, person: Option<(UserId, String)>, address: &str, last: bool) -> Result<()> {
    metrics::counter!("flowloom_logins_total", "result" => "failed").increment(1);
    let work = Arc::new((person, address.to_owned(), stamp(now)));
    app.store
        .write(move |tx| {
            let work = work.clone();
            Box::pin(async move {
                let (person, address, at) = &*work;
                let person = person.as_ref().map(|(id, name)| (id, name.as_str()));
                let mut info = Map::new();
                if last {
                    info.insert("locked".to_owned(), Value::Bool(true));
                }
                audit::add(tx, at, person, address, "login-failed", &info).await
            })
        })
        .await
}

/// Ends the caller's session.
pub async fn leave(app: &App, caller: &Caller, address: &str) -> Result<()> {
    let person = (caller.actor.id().clone(), caller.user.name.clone());
    let work = Arc::new((caller.session.clone(), person, address.to_owned(), app.clock.stamp()));
    app.store
        .write(move |tx| {
            let work = work.clone();
            Box::pin(async move {
                let (session, (id, name), address, at) = &*work;
                crate::store::sessions::remove(tx, session).await?;
                audit::add(tx, at, Some((id, name)), address, "logout", &Map::new()).await
            })
        })
        .await
}

/// A person chooses another password; every other session of theirs ends. The password so far is asked for as at the
/// door: attempts are counted, and too many of them close it.
///
/// # Errors
/// A fault at `/current` or `/password`; throttled.
pub async fn change_password(
    app: &Arc<App>,
    limits: &Limits,
    caller: &Caller,
    ask: ChangePassword,
    address: &str,
) -> Result<()> {
    password::acceptable(&ask.password)?;
    let account = caller.user.login.clone();
    let _turn = turn(&account).lock().await;
    let now = app.clock.now();
    let last = count(app, limits, &account, address, now).await?;
    let found = people::by_id(app.store.read(), caller.actor.id()).await?;
    let (user, hash) = found.ok_or(Error::NotLoggedIn)?;
    if !password::matches_soon(ask.current, Some(hash)).await? {
        fail(app, now, Some((user.id.clone(), user.name.clone())), address, last).await?;
        return Err(Error::InvalidFields(vec![FieldFault {
            pointer: "/current".to_owned(),
            code: "wrong-password".to_owned(),
            message: "expected the password so far".to_owned(),
            ..FieldFault::default()
        }]));
    }
    let hash = password::hash_soon(ask.password).await?;
    let work = Arc::new((user, hash, caller.session.clone(), address.to_owned(), stamp(now)));
    app.store
        .write(move |tx| {
            let work = work.clone();
            Box::pin(async move {
                let (user, hash, session, address, at) = &*work;
                attempts::forget(tx, &user.login).await?;
                people::set_password(tx, &user.id, hash).await?;
                crate::store::sessions::remove_others(tx, &user.id, session).await?;
                audit::add(tx, at, Some((&user.id, &user.name)), address, "password-changed", &Map::new()).await
            })
        })
        .await
}

/// Sets a password from the command line; every session of the person ends.
pub async fn set_password(app: &Arc<App>, login: &str, text: String) -> Result<()> {
    password::acceptable(&text)?;
    let found = people::by_login(app.store.read(), &login.trim().to_lowercase()).await?;
    let (user, _) = found.ok_or_else(|| Error::NotFound(format!("user `{login}`")))?;
    let hash = password::hash_soon(text).await?;
    let work = Arc::new((user, hash, app.clock.stamp()));
    app.store
        .write(move |tx| {
            let work = work.clone();
            Box::pin(async move {
                let (user, hash, at) = &*work;
                people::save(tx, user, Some(hash), at).await?;
                crate::store::sessions::remove_of(tx, &user.id).await?;
                let Value::Object(info) = json!({ "user": user.login, "password": true }) else { return Ok(()) };
                audit::add(tx, at, None, "command line", "user-changed", &info).await
            })
        })
        .await
}

/// Removes expired sessions and attempts that no longer count.
pub async fn sweep(app: &App, limits: &Limits) -> Result<()> {
    let now = app.clock.now();
    let since = now.checked_sub(limits.login_window).unwrap_or(now);
    let work = Arc::new((stamp(now), stamp(since)));
    app.store
        .write(move |tx| {
            let work = work.clone();
            Box::pin(async move {
                crate::store::sessions::sweep(tx, &work.0).await?;
                attempts::sweep(tx, &work.1).await
            })
        })
        .await
        .map(|_| ())
}
