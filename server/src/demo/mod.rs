//! A demo organisation with people and records that look like a real company's. Made once; a second call finds it there.

mod people;
mod samples;

use std::sync::Arc;

use crate::app::App;
use crate::error::Error;

/// A demo user, as printed at start.
#[derive(Clone, Debug)]
pub struct DemoUser {
    pub login: String,
    pub password: String,
    pub name: String,
    /// What the person is there for, in English and Chinese.
    pub part: (String, String),
}

/// Password of every demo user.
pub const PASSWORD: &str = "flowloom";

/// Makes the demo people and records where they are missing. Prints nothing: the caller does.
///
/// Sample records are older than their installation: the server's clock is set back while they are made, so nothing else
/// may run yet.
pub async fn install(app: &Arc<App>) -> Result<Vec<DemoUser>, Error> {
    let organisation = people::organisation()?;
    people::install(app, &organisation).await?;
    samples::install(app, &organisation).await?;
    Ok(organisation.people.iter().map(people::DemoPerson::shown).collect())
}

/// Only the people.
#[cfg(test)]
pub(crate) async fn install_people(app: &Arc<App>) -> Result<(), Error> {
    people::install(app, &people::organisation()?).await
}
