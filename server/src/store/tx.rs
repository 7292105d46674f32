//! A unit of work on its way: a transaction on a connection of its own, what is told after it, and the statements that
//! wait to be sent. Its beginning and its end are statements like others: on SQLite they travel with the first and the
//! last one, on PostgreSQL a unit that writes in one statement needs neither.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use super::held::Held;
use super::sql::{Dialect, Query, Row, Sql, statement};
use super::waiting::Waiting;
use crate::error::Error;
use crate::live::{Bus, Change};
use crate::people::Directory;

/// A unit of work on its way.
pub struct Tx {
    held: Held,
    dialect: Dialect,
    after: Mutex<After>,
    /// Statements to run before anything else is.
    waiting: Mutex<Waiting>,
    /// The transaction was asked to begin.
    begun: AtomicBool,
    /// It was asked to end for good.
    decided: AtomicBool,
    ended: AtomicBool,
    /// Units share it: the one that runs now needs a place to go back to before it sends its first write.
    guarded: AtomicBool,
    /// The unit that runs now has such a place.
    marked: AtomicBool,
}

/// What happens once the commit stands.
#[derive(Default)]
struct After {
    changes: Vec<Change>,
    hooks: Vec<Box<dyn FnOnce() + Send>>,
    /// The directory with what this transaction has assigned so far.
    directory: Option<Arc<Directory>>,
}

impl After {
    fn back_to(&mut self, mark: Mark) {
        self.changes.truncate(mark.changes);
        self.hooks.truncate(mark.hooks);
        self.directory = mark.directory;
    }
}

/// Where a unit began; see [`Tx::abandon`].
pub(super) struct Mark {
    changes: usize,
    hooks: usize,
    directory: Option<Arc<Directory>>,
}

impl Sql for Tx {
    fn dialect(&self) -> Dialect {
        self.dialect
    }

    async fn exec(&self, query: Query) -> Result<u64, Error> {
        // On its own, so that only its own rows are counted.
        self.make_ready().await?;
        Ok(self.held.run(statement(self.dialect, query)).await?)
    }

    async fn rows(&self, query: Query) -> Result<Vec<Row>, Error> {
        let query = self.behind_waiting(query).await?;
        Ok(self.held.all(statement(self.dialect, query)).await?.into_iter().map(Row).collect())
    }

    async fn row(&self, query: Query) -> Result<Option<Row>, Error> {
        let writes = !query.text.starts_with("SELECT");
        if writes || !self.begun.load(Ordering::Relaxed) || !self.waiting().is_empty() {
            return Ok(self.rows(query).await?.into_iter().next());
        }
        Ok(self.held.one(statement(self.dialect, query)).await?.map(Row))
    }

    async fn later(&self, query: Query) -> Result<(), Error> {
        if self.waiting().stands_before(&query, self.dialect) {
            self.flush().await?;
        }
        self.waiting().push(query);
        Ok(())
    }

    async fn script(&self, text: &str) -> Result<(), Error> {
        self.make_ready().await?;
        Ok(self.held.script(text).await?)
    }
}

impl Tx {
    pub(super) fn new(held: Held, dialect: Dialect) -> Self {
        Self {
            held,
            dialect,
            after: Mutex::default(),
            waiting: Mutex::default(),
            begun: AtomicBool::new(false),
            decided: AtomicBool::new(false),
            ended: AtomicBool::new(false),
            guarded: AtomicBool::new(false),
            marked: AtomicBool::new(false),
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(|it| it.into_inner())
    }

    fn after(&self) -> MutexGuard<'_, After> {
        self.after.lock().unwrap_or_else(|it| it.into_inner())
    }

    /// True the first time: the transaction must begin now.
    fn begins(&self) -> bool {
        let begins = !self.begun.swap(true, Ordering::Relaxed);
        if begins {
            self.held.set_open(true);
        }
        begins
    }

    async fn begin(&self) -> Result<(), Error> {
        if self.begins() {
            self.held.script(self.dialect.begin()).await?;
        }
        Ok(())
    }

    /// Sends what waits; what comes next is a write on its own.
    async fn make_ready(&self) -> Result<(), Error> {
        if self.dialect == Dialect::Sqlite {
            let waits = self.waiting().take(self.dialect);
            let query = self.opened(waits, true);
            if !query.text.is_empty() {
                self.held.run(statement(self.dialect, query)).await?;
            }
            return Ok(());
        }
        self.flush().await?;
        self.begin().await
    }

    /// What waits, and a query behind it that answers; PostgreSQL has been told what waits when this returns.
    async fn behind_waiting(&self, query: Query) -> Result<Query, Error> {
        if self.dialect == Dialect::Postgres {
            self.flush().await?;
            self.begin().await?;
            return Ok(query);
        }
        let waits = self.waiting().take(self.dialect);
        let writes = waits.is_some() || !query.text.starts_with("SELECT");
        let mut all = self.opened(waits, writes);
        if all.text.is_empty() {
            return Ok(query);
        }
        all.append(&query, "; ");
        Ok(all)
    }

    /// SQLite: the statement, behind the beginning of the transaction if it has not begun, and behind a savepoint if a
    /// unit that shares the transaction writes for the first time and may still fail.
    fn opened(&self, query: Option<Query>, writes: bool) -> Query {
        let mut first = Vec::new();
        if self.begins() {
            first.push(self.dialect.begin());
        }
        if writes && self.guarded.load(Ordering::Relaxed) && !self.marked.swap(true, Ordering::Relaxed) {
            first.push("SAVEPOINT unit");
        }
        match query {
            Some(query) if first.is_empty() => query,
            Some(query) => {
                let mut all = Query::new(first.join("; "));
                all.append(&query, "; ");
                all
            }
            None => Query::new(first.join("; ")),
        }
    }

    /// Runs what waits.
    pub(super) async fn flush(&self) -> Result<(), Error> {
        let Some(query) = self.waiting().take(self.dialect) else { return Ok(()) };
        let query = match self.dialect {
            Dialect::Sqlite => self.opened(Some(query), true),
            Dialect::Postgres => {
                self.begin().await?;
                query
            }
        };
        self.held.run(statement(self.dialect, query)).await?;
        Ok(())
    }

    /// SQLite: a unit begins; if it is `guarded`, others before it are to stay whatever becomes of it.
    pub(super) fn enter(&self, guarded: bool) -> Mark {
        self.guarded.store(guarded, Ordering::Relaxed);
        self.marked.store(false, Ordering::Relaxed);
        let after = self.after();
        Mark { changes: after.changes.len(), hooks: after.hooks.len(), directory: after.directory.clone() }
    }

    /// The unit that ran has come to its end: what it has left to write. It can be sent while the next one begins; what
    /// that one asks comes behind it.
    pub(super) fn leave(&self) -> Option<Query> {
        let left = self.waiting().take(self.dialect);
        let marked = self.marked.swap(false, Ordering::Relaxed);
        // From here on nothing goes back to before this unit alone.
        self.guarded.store(false, Ordering::Relaxed);
        let mut query = left.map(|it| self.opened(Some(it), false));
        if marked {
            match &mut query {
                Some(query) => query.append(&Query::new("RELEASE unit"), "; "),
                None => query = Some(Query::new("RELEASE unit")),
            }
        }
        query
    }

    /// Sends what a unit has left.
    pub(super) async fn send(&self, query: Query) -> Result<(), Error> {
        Ok(self.held.run(statement(self.dialect, query)).await.map(|_| ())?)
    }

    /// Undoes what the unit that ran has done.
    pub(super) async fn abandon(&self, mark: Mark) -> Result<(), Error> {
        *self.waiting() = Waiting::default();
        self.after().back_to(mark);
        if self.marked.swap(false, Ordering::Relaxed) {
            self.held.script("ROLLBACK TO unit; RELEASE unit").await?;
        }
        Ok(())
    }

    /// Runs what waits and commits. No unit shares it that could still fail alone.
    pub(super) async fn seal(&self) -> Result<(), Error> {
        self.guarded.store(false, Ordering::Relaxed);
        let begun = self.begun.load(Ordering::Relaxed);
        if !begun && self.waiting().is_empty() {
            self.ended.store(true, Ordering::Relaxed);
            return Ok(());
        }
        match self.dialect {
            Dialect::Sqlite => {
                self.waiting().push(Query::new("COMMIT"));
                self.decided.store(true, Ordering::Relaxed);
                self.flush().await?;
            }
            Dialect::Postgres if begun => {
                self.flush().await?;
                self.decided.store(true, Ordering::Relaxed);
                self.held.script("COMMIT").await?;
            }
            // One statement is a transaction by itself.
            Dialect::Postgres => {
                let query = self.waiting().take(self.dialect);
                self.decided.store(true, Ordering::Relaxed);
                if let Some(query) = query {
                    self.held.run(statement(self.dialect, query)).await?;
                }
            }
        }
        self.ended.store(true, Ordering::Relaxed);
        self.held.set_open(false);
        Ok(())
    }

    /// True once it is committed.
    pub(super) fn is_sealed(&self) -> bool {
        self.ended.load(Ordering::Relaxed)
    }

    /// Tells listeners after the commit; the same change once.
    pub fn tell(&self, change: Change) {
        let mut after = self.after();
        if !after.changes.contains(&change) {
            after.changes.push(change);
        }
    }

    /// Does something in memory after the commit, such as swapping a cache.
    pub fn afterwards(&self, hook: impl FnOnce() + Send + 'static) {
        self.after().hooks.push(Box::new(hook));
    }

    /// The directory as earlier steps of this transaction have left it; none: as it is in memory.
    pub fn directory(&self) -> Option<Arc<Directory>> {
        self.after().directory.clone()
    }

    /// Leaves the directory for later steps of this transaction.
    pub fn set_directory(&self, directory: Arc<Directory>) {
        self.after().directory = Some(directory);
    }

    /// Commits, if that has not happened yet, and does what is to follow.
    pub(super) async fn commit(self, bus: &Bus) -> Result<(), (Error, bool)> {
        if !self.is_sealed()
            && let Err(error) = self.seal().await
        {
            return Err((error, self.rollback().await));
        }
        let after = self.after.into_inner().unwrap_or_else(|it| it.into_inner());
        for hook in after.hooks {
            hook();
        }
        for change in after.changes {
            bus.send(change);
        }
        Ok(())
    }

    /// Ends the transaction with nothing done. True if it may be tried again as if it had never begun: its connection
    /// was lost before it came to the commit.
    pub(super) async fn rollback(self) -> bool {
        let retry = self.held.is_lost() && !self.decided.load(Ordering::Relaxed);
        if !self.begun.load(Ordering::Relaxed) || self.held.is_lost() {
            return retry;
        }
        match self.held.script("ROLLBACK").await {
            Ok(()) => self.held.set_open(false),
            // A failure has ended it already, or it could not begin.
            Err(error) if error.to_string().contains("no transaction is active") => self.held.set_open(false),
            // The connection is let go with what is open on it.
            Err(error) => tracing::warn!(%error, "a transaction could not be rolled back"),
        }
        retry
    }
}
