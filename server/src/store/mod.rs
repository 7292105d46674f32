//! The only door to the database. Speaks our types; sea-orm's never leave this folder.
//!
//! Writing goes through [`Store::write`]: one unit of work, one answer after its commit. On SQLite a single writer
//! takes whatever waits and commits it together ([`writer`]); on PostgreSQL every unit is a transaction of its own, but for
//! those that can share one ([`group`]).
//! Reading goes through [`Store::read`] and never waits for writers.

mod aside;
mod group;
mod held;
mod local;
mod open;
mod reader;
pub mod schema;
pub mod sql;
mod tx;
mod waiting;
mod writer;

pub mod absences;
pub mod attempts;
pub mod audit;
pub mod carry;
pub mod comments;
pub mod copy;
pub mod ddl;
pub mod definitions;
pub mod former;
pub mod history;
pub mod instances;
pub mod moves;
pub mod nodes;
pub mod notices;
pub mod people;
pub mod planned;
pub mod post;
pub mod records;
pub mod renames;
pub mod saved_views;
pub mod sessions;
pub mod table;
pub mod tasks;
#[cfg(test)]
mod tests;
pub mod together;
pub mod tokens;
pub mod uploads;

use std::sync::Arc;

use crate::error::Error;
use crate::live::Bus;
use futures::future::BoxFuture;
pub use group::{About, Foresight};
pub use open::Options;
pub use reader::Reader;
pub use sql::{Dialect, Query, Row, Sql, fault};
pub use tx::Tx;

/// A handle to the database; clones share it.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    reader: Reader,
    writer: Writer,
    bus: Bus,
    /// PostgreSQL: this server among others.
    node: Option<nodes::Node>,
}

enum Writer {
    /// SQLite: one writes, the others wait.
    Line(writer::Line),
    /// PostgreSQL: a transaction per unit, but for those that can share one.
    Pool { pool: held::Pool, group: group::Group },
}

/// Times a unit is tried again when PostgreSQL made it the victim of a conflict, or was gone for a moment.
const CONFLICT_TRIES: u32 = 8;

impl Store {
    /// Which database it is.
    pub fn dialect(&self) -> Dialect {
        self.inner.reader.dialect()
    }

    /// The bus on which commits are told.
    pub fn bus(&self) -> &Bus {
        &self.inner.bus
    }

    /// For reading outside of a transaction.
    pub fn read(&self) -> &Reader {
        &self.inner.reader
    }

    /// Runs a unit of work in one transaction and answers after it is durable. A unit that fails leaves nothing
    /// behind. It may run more than once (a conflict on PostgreSQL, another unit's fault on SQLite), so it must not do
    /// anything outside the transaction.
    pub async fn write<T, F>(&self, unit: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: for<'t> Fn(&'t Tx) -> BoxFuture<'t, Result<T, Error>> + Send + Sync + 'static,
    {
        match &self.inner.writer {
            Writer::Line(line) => line.write(None, unit).await,
            Writer::Pool { pool, .. } => {
                let mut tries = 0;
                loop {
                    tries += 1;
                    match writer::one(pool, &self.inner.bus, &unit).await {
                        Err((error, again)) if (again || sql::is_transient(&error)) && tries < CONFLICT_TRIES => {
                            let pause = 2_u64.pow(tries) + u64::from(rand::random::<u8>() % 8);
                            tokio::time::sleep(std::time::Duration::from_millis(pause)).await;
                        }
                        done => return done.map_err(|it| it.0),
                    }
                }
            }
        }
    }

    /// The same for a unit that needs little of what is stored: on PostgreSQL those that come at the same time share a
    /// transaction ([`group`]). On SQLite all do anyway.
    pub async fn write_shared<T, F>(&self, about: About, unit: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: for<'t> Fn(&'t Tx) -> BoxFuture<'t, Result<T, Error>> + Send + Sync + 'static,
    {
        let group = match &self.inner.writer {
            Writer::Line(line) => return line.write(Some(about), unit).await,
            Writer::Pool { group, .. } => group,
        };
        let (_inside, company) = group.enter();
        let unit = Arc::new(unit);
        if company && let Some(done) = group.run(about, unit.clone()).await {
            return done;
        }
        self.write(move |tx| unit(tx)).await
    }
}
