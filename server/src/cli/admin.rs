//! `flowloom admin`: people, from the machine itself.

use std::io::Read;

use anyhow::Context;
use api::admin::SaveUser;
use clap::{Args, Subcommand};

use super::{DONE, Place, block_on};
use crate::auth::{first, login};

#[derive(Subcommand)]
pub enum Command {
    /// People who can log in
    #[command(subcommand)]
    User(User),
}

#[derive(Subcommand)]
pub enum User {
    /// Add a person; without --password-stdin a password is made and printed
    Add {
        login: String,
        /// What the person is called; the log-in name if not given
        #[arg(long)]
        name: Option<String>,
        /// A role the person holds (`admin`, `designer`, or one of a pack); may be repeated
        #[arg(long = "role", value_name = "ROLE")]
        roles: Vec<String>,
        /// Id of the department
        #[arg(long)]
        department: Option<String>,
        #[command(flatten)]
        secret: Secret,
        #[command(flatten)]
        place: Place,
    },
    /// Set a new password; every session of the person ends
    Passwd {
        login: String,
        #[command(flatten)]
        secret: Secret,
        #[command(flatten)]
        place: Place,
    },
}

/// Where a password comes from. Never an argument: arguments are seen by everybody on the machine.
#[derive(Args)]
pub struct Secret {
    /// Read the password from standard input
    #[arg(long)]
    password_stdin: bool,
}

impl Secret {
    /// The password, and whether it was made up here.
    fn get(&self) -> anyhow::Result<(String, bool)> {
        if !self.password_stdin {
            return Ok((first::fresh_password(), true));
        }
        let mut text = String::new();
        std::io::stdin()
            .take(4 * runtime::limits::PASSWORD_MOST as u64)
            .read_to_string(&mut text)
            .context("standard input")?;
        Ok((text.trim_end_matches(['\r', '\n']).to_owned(), false))
    }
}

pub fn run(command: Command) -> anyhow::Result<u8> {
    let Command::User(user) = command;
    let (login, secret, made) = match user {
        User::Add { login, name, roles, department, secret, place } => {
            let (text, made) = secret.get()?;
            let name = name.or_else(|| Some(login.clone()));
            let ask =
                SaveUser { login: Some(login.clone()), name, roles: Some(roles), department, ..SaveUser::default() };
            let secret = text.clone();
            block_on(async move { Ok(first::add(&place.open().await?, ask, secret).await?) })?;
            (login, text, made)
        }
        User::Passwd { login, secret, place } => {
            let (text, made) = secret.get()?;
            let (of, secret) = (login.clone(), text.clone());
            block_on(async move { Ok(login::set_password(&place.open().await?, &of, secret).await?) })?;
            (login, text, made)
        }
    };
    if made {
        say!("user      {login}\npassword  {secret}");
    }
    Ok(DONE)
}
