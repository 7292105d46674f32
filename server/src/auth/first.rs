//! The first administrator of an empty installation.

use std::sync::Arc;

use api::admin::SaveUser;
use runtime::id::RoleKey;

use super::{password, sessions};
use crate::actor::{ADMIN, Actor};
use crate::app::App;
use crate::error::Result;
use crate::people;

/// Log-in name of the first administrator.
const LOGIN: &str = "admin";

/// Makes the first administrator where nobody is yet; log-in name and password, to be shown once.
pub async fn admin(app: &Arc<App>) -> Result<Option<(String, String)>> {
    if !app.people.state().users.is_empty() {
        return Ok(None);
    }
    let password = fresh_password();
    let ask = SaveUser {
        login: Some(LOGIN.to_owned()),
        name: Some("Administrator".to_owned()),
        roles: Some(vec![ADMIN.to_owned()]),
        ..SaveUser::default()
    };
    add(app, ask, password.clone()).await?;
    Ok(Some((LOGIN.to_owned(), password)))
}

/// Adds a person, as the machine's owner may.
pub async fn add(app: &Arc<App>, ask: SaveUser, text: String) -> Result<()> {
    password::acceptable(&text)?;
    let hash = password::hash_soon(text).await?;
    people::save(app, &owner(), None, ask, Some(hash), "command line").await?;
    Ok(())
}

/// Whoever can run commands on the machine may administrate.
pub fn owner() -> Actor {
    let mut owner = Actor::system();
    owner.person.roles.push(RoleKey::from(ADMIN));
    owner
}

/// A password nobody guesses and everybody can type: 20 letters and digits, without those that look alike.
pub fn fresh_password() -> String {
    const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
    let random = sessions::fresh();
    // Two hexadecimal digits make a byte; the small bias of the remainder does not matter at this length.
    let bytes = (0..20).map(|at| u8::from_str_radix(&random[at * 2..at * 2 + 2], 16).unwrap_or(0));
    bytes.map(|it| char::from(LETTERS[usize::from(it) % LETTERS.len()])).collect()
}
