//! Sessions: a random cookie, its hash in the database, who it belongs to. What was looked up is kept for a moment,
//! so that a page of requests costs one look.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, header};
use jiff::{SignedDuration, Timestamp};
use rand::RngCore;
use runtime::limits;
use sha2::{Digest, Sha256};

use super::caller::Caller;
use crate::clock::{Clock, stamp};
use crate::config::Limits;

/// The cookie that holds the session.
pub const COOKIE: &str = "flowloom";
/// The header that proves a changing request comes from our page.
pub const CSRF_HEADER: &str = "x-csrf";

/// How long a looked-up session is believed. Another node's logout is seen after this long at the latest.
const BELIEVED: SignedDuration = SignedDuration::from_secs(2);
/// A session's end is moved at most this often.
pub const TOUCH: SignedDuration = SignedDuration::from_mins(5);

/// 256 random bits as text.
pub fn fresh() -> String {
    let mut bytes = [0u8; 32];
    rand::rng().fill_bytes(&mut bytes);
    hex(&bytes)
}

/// What is stored of a cookie's value.
pub fn hashed(value: &str) -> String {
    hex(&Sha256::digest(value.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    // Asked at every request.
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |it: u8| char::from(DIGITS[usize::from(it & 15)]);
    bytes.iter().flat_map(|it| [digit(it >> 4), digit(*it)]).collect()
}

/// The cookie's value, if the request carries one that can be ours.
pub fn cookie(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|it| it.to_str().ok())
        .flat_map(|it| it.split(';'))
        .filter_map(|it| it.trim().split_once('='))
        .find(|(name, value)| *name == COOKIE && value.len() == 64)
        .map(|(_, value)| value)
}

/// The header that gives the browser its session.
pub fn set_cookie(value: &str, secure: bool, lasts: Duration) -> HeaderValue {
    let secure = if secure { "; Secure" } else { "" };
    let text = format!("{COOKIE}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={}{secure}", lasts.as_secs());
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
}

/// Whether two texts are the same, in a time that does not depend on where they differ.
pub fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).fold(0, |differ, (a, b)| differ | (a ^ b)) == 0
}

/// When a session used at `now` ends.
pub fn expires(created: Timestamp, now: Timestamp, limits: &Limits) -> String {
    let after = |at: Timestamp, by: Duration| at.checked_add(by).unwrap_or(at);
    stamp(after(now, limits.session_idle).min(after(created, limits.session_total)))
}

/// Sessions looked up a moment ago.
#[derive(Default)]
pub struct Recent {
    seen: Mutex<HashMap<String, (Timestamp, Arc<Caller>)>>,
}

impl Recent {
    /// Who a session belongs to, if that was looked up a moment ago.
    pub fn get(&self, id: &str, clock: &Clock) -> Option<Arc<Caller>> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, caller) = seen.get(id)?;
        (clock.now().duration_since(*at) < BELIEVED).then(|| caller.clone())
    }

    /// Remembers who a session belongs to.
    pub fn put(&self, id: &str, caller: Arc<Caller>, clock: &Clock) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= limits::SESSIONS_KEPT {
            seen.clear();
        }
        seen.insert(id.to_owned(), (clock.now(), caller));
    }

    /// Forgets everything: somebody logged out, or a person changed.
    pub fn forget(&self) {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_found_among_others() {
        let value = fresh();
        let mut headers = HeaderMap::new();
        let text = format!("a=1; {COOKIE}={value}; b=2");
        headers.insert(header::COOKIE, HeaderValue::from_str(&text).expect("a header"));
        assert_eq!(cookie(&headers), Some(value.as_str()));
        assert_ne!(hashed(&value), value);
        assert_eq!(hashed(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }

    #[test]
    fn a_used_session_ends_idle_or_old() {
        let limits = Limits::default();
        let created: Timestamp = "2026-03-02T00:00:00Z".parse().expect("a time");
        assert_eq!(expires(created, created, &limits), "2026-03-02T12:00:00.000Z");
        let late: Timestamp = "2026-03-15T20:00:00Z".parse().expect("a time");
        assert_eq!(expires(created, late, &limits), "2026-03-16T00:00:00.000Z");
    }
}
