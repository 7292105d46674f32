//! Who calls: the person behind a session, as handlers get it.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::actor::{ADMIN, Actor, DESIGNER};
use crate::error::{Error, Result};
use crate::store::people::User;

/// The person behind a request, put there by the guard.
#[derive(Debug)]
pub struct Caller {
    pub actor: Actor,
    pub user: User,
    /// Stored id of the session.
    pub session: String,
    pub csrf: String,
}

impl Caller {
    /// May change users and see the audit log.
    pub fn admin(&self) -> bool {
        self.actor.holds(ADMIN)
    }

    /// May open the studio and publish.
    pub fn designer(&self) -> bool {
        self.admin() || self.actor.holds(DESIGNER)
    }

    /// A customer's person: sees the portal, not the workspace.
    pub fn portal(&self) -> bool {
        self.user.customer.is_some()
    }

    /// The language the person reads.
    pub fn language(&self) -> &str {
        &self.user.language
    }
}

/// [`Caller`] as handlers take it.
#[derive(Clone, Debug)]
pub struct Me(pub Arc<Caller>);

impl std::ops::Deref for Me {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.0
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Me {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self> {
        parts.extensions.get::<Me>().cloned().ok_or(Error::NotLoggedIn)
    }
}

/// Where a request comes from: for the audit log and for throttling.
#[derive(Clone, Debug)]
pub struct Address(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Address {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self> {
        Ok(parts.extensions.get::<Address>().cloned().unwrap_or(Address("unknown".to_owned())))
    }
}
