//! HTTP: the table of routes, the door before them, and the layers around all of it. Handlers hold no rule of their
//! own: they read a request, call one function of the platform and write its answer.
//!
//! `layers` (id, log, limits, headers) → `guard` (who, from where, may they) → a handler of [`routes`] → `crate::…`

pub mod admin;
pub mod assets;
pub mod comments;
pub mod deeds;
pub mod extract;
pub mod files;
pub mod guard;
pub mod health;
pub mod layers;
pub mod live;
pub mod modules;
pub mod notices;
pub mod openapi;
pub mod operations;
pub mod records;
pub mod route;
pub mod routes;
pub mod saved_views;
pub mod serve;
pub mod session;
pub mod studio;
pub mod tasks;

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::middleware;
use tokio::sync::watch;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;

use crate::app::App;
use crate::auth::sessions::Recent;
use crate::config::Config;
use crate::error::{Error, Result};
use crate::store::sql::{Query, Sql};

/// What handlers are given: the platform and its HTTP side. Clones share it.
#[derive(Clone)]
pub struct Site(Arc<Inner>);

/// What a [`Site`] holds.
pub struct Inner {
    pub app: Arc<App>,
    pub config: Config,
    pub recent: Recent,
    pub listeners: live::Listeners,
    /// Becomes true when the server goes down; endless answers end then.
    pub closing: watch::Sender<bool>,
}

impl std::ops::Deref for Site {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Site {
    /// The HTTP side of an open platform.
    pub fn new(app: Arc<App>, config: Config) -> Self {
        let (closing, _) = watch::channel(false);
        let listeners = live::Listeners::default();
        Self(Arc::new(Inner { app, config, recent: Recent::default(), listeners, closing }))
    }

    /// Whether requests can be served.
    pub async fn ready(&self) -> Result<()> {
        if *self.closing.borrow() {
            return Err(Error::Busy("it is going down"));
        }
        self.app.store.read().row(Query::new("SELECT 1")).await.map(|_| ())
    }

    /// The whole service.
    pub fn router(&self) -> Router {
        health::recorder();
        let mut router = Router::new();
        for route in routes::table() {
            router = route.mount(router, self);
        }
        router
            .method_not_allowed_fallback(|request: Request| async move {
                Error::MethodNotAllowed(request.method().to_string())
            })
            .fallback(assets::serve)
            .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
            .layer(middleware::from_fn_with_state(self.clone(), layers::surround))
            .with_state(self.clone())
    }
}
