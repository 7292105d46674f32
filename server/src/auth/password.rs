//! Passwords: argon2id, one hash at a time per processor. A password is never logged and never stored.

use std::sync::OnceLock;

use api::problem::FieldFault;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use rand::RngCore;
use runtime::limits::{PASSWORD_LEAST, PASSWORD_MOST};
use tokio::sync::Semaphore;

use crate::error::{Error, Result};

/// Hashes made at the same time. Each takes a processor and 19 MiB for its duration.
static AT_ONCE: Semaphore = Semaphore::const_new(2);

/// OWASP's argon2id parameters (19 MiB, two passes): about 50 ms on a small server.
fn argon2() -> Argon2<'static> {
    let params = Params::new(19 * 1024, 2, 1, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// The hash of a password, with its own salt, in PHC form. Takes its time: call it where blocking is allowed.
pub fn hash(password: &str) -> Result<String> {
    let mut bytes = [0u8; 16];
    rand::rng().fill_bytes(&mut bytes);
    let salt = SaltString::encode_b64(&bytes).map_err(|it| Error::internal(format!("salt: {it}")))?;
    argon2()
        .hash_password(password.as_bytes(), &salt)
        .map(|it| it.to_string())
        .map_err(|it| Error::internal(format!("argon2: {it}")))
}

/// Refuses a password nobody should have.
pub fn acceptable(password: &str) -> Result<()> {
    let length = password.chars().count();
    if length >= PASSWORD_LEAST && password.len() <= PASSWORD_MOST {
        return Ok(());
    }
    Err(Error::InvalidFields(vec![FieldFault {
        pointer: "/password".to_owned(),
        code: if length < PASSWORD_LEAST { "minLength" } else { "maxLength" }.to_owned(),
        message: format!("expected a password of {PASSWORD_LEAST} to {PASSWORD_MOST} characters"),
        ..FieldFault::default()
    }]))
}

/// Whether `password` belongs to `stored`. Takes as long as [`hash`].
pub fn matches(password: &str, stored: &str) -> bool {
    PasswordHash::new(stored).is_ok_and(|it| argon2().verify_password(password.as_bytes(), &it).is_ok())
}

/// [`hash`], off the async threads and bounded.
pub async fn hash_soon(password: String) -> Result<String> {
    let _permit = AT_ONCE.acquire().await.map_err(Error::internal)?;
    tokio::task::spawn_blocking(move || hash(&password)).await.map_err(Error::internal)?
}

/// [`matches`], off the async threads and bounded. With no stored hash (unknown user) it takes the same time and says no.
pub async fn matches_soon(password: String, stored: Option<String>) -> Result<bool> {
    if password.len() > PASSWORD_MOST {
        return Ok(false);
    }
    let _permit = AT_ONCE.acquire().await.map_err(Error::internal)?;
    tokio::task::spawn_blocking(move || match stored {
        Some(stored) => matches(&password, &stored),
        None => {
            matches(&password, nobody());
            false
        }
    })
    .await
    .map_err(Error::internal)
}

/// The hash that is compared for a user who does not exist.
fn nobody() -> &'static str {
    static NOBODY: OnceLock<String> = OnceLock::new();
    NOBODY.get_or_init(|| hash("nobody has this password").unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_matches_its_password_only() {
        let stored = hash("tea at four").expect("hash");
        assert!(stored.starts_with("$argon2id$"));
        assert!(matches("tea at four", &stored));
        assert!(!matches("tea at five", &stored));
        assert!(!matches("tea at four", "not a hash"));
    }
}
