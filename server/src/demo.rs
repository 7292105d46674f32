//! A demo organisation with people and records that look like a real company's.

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

/// Makes the demo people and records where they are missing. Prints nothing: the caller does.
pub async fn install(app: &Arc<App>) -> Result<Vec<DemoUser>, Error> {
    let _ = app;
    Err(crate::store::fault("this part is being built"))
}
