//! A unit of work on its way: a transaction on a connection of its own, what is told after it, and the statements that
//! wait to be sent. On SQLite they are carried out when the unit has said that all is well, by this very thread; on
//! PostgreSQL its beginning and its end are statements like others, and a unit that writes in one needs neither.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use super::held::Held;
use super::local::Local;
use super::sql::{Dialect, Query, Row, Sql, statement};
use super::waiting::Waiting;
use crate::error::Error;
use crate::live::{Bus, Change};
use crate::people::Directory;

/// A unit of work on its way.
pub struct Tx {
    link: Link,
    after: Mutex<After>,
    /// Statements to run before anything else is.
    waiting: Mutex<Waiting>,
    /// The transaction was asked to begin.
    begun: AtomicBool,
    /// It was asked to end for good.
    decided: AtomicBool,
    ended: AtomicBool,
    /// Units share it: the one that runs now needs a place to go back to before it writes for the first time.
    guarded: AtomicBool,
    /// The unit that runs now has such a place.
    marked: AtomicBool,
}

/// The way to the database.
pub(super) enum Link {
    /// SQLite, in this thread.
    Here(Local),
    /// PostgreSQL.
    There(Held),
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
        match self.link {
            Link::Here(_) => Dialect::Sqlite,
            Link::There(_) => Dialect::Postgres,
        }
    }

    async fn exec(&self, query: Query) -> Result<u64, Error> {
        // On its own, so that only its own rows are counted.
        match &self.link {
            Link::Here(local) => {
                self.mark(local)?;
                self.carry_out(local)?;
                local.run(&query)
            }
            Link::There(held) => {
                self.send(held).await?;
                self.begin(held).await?;
                Ok(held.run(statement(Dialect::Postgres, query)).await?)
            }
        }
    }

    async fn rows(&self, query: Query) -> Result<Vec<Row>, Error> {
        match &self.link {
            Link::Here(local) => self.answer(local, &query, usize::MAX),
            Link::There(held) => {
                self.send(held).await?;
                self.begin(held).await?;
                let rows = held.all(statement(Dialect::Postgres, query)).await?;
                Ok(rows.into_iter().map(Row::of).collect())
            }
        }
    }

    async fn row(&self, query: Query) -> Result<Option<Row>, Error> {
        match &self.link {
            // What writes is to come to its end, whatever it answers.
            Link::Here(local) if query.text.starts_with("SELECT") => Ok(self.answer(local, &query, 1)?.pop()),
            Link::Here(_) | Link::There(_) => Ok(self.rows(query).await?.into_iter().next()),
        }
    }

    async fn later(&self, query: Query) -> Result<(), Error> {
        if self.waiting().stands_before(&query, self.dialect()) {
            match &self.link {
                Link::Here(local) => {
                    self.mark(local)?;
                    self.carry_out(local)?;
                }
                Link::There(held) => self.send(held).await?,
            }
        }
        self.waiting().push(query);
        Ok(())
    }

    async fn script(&self, text: &str) -> Result<(), Error> {
        match &self.link {
            Link::Here(local) => {
                self.mark(local)?;
                self.carry_out(local)?;
                local.script(text)
            }
            Link::There(held) => {
                self.send(held).await?;
                self.begin(held).await?;
                Ok(held.script(text).await?)
            }
        }
    }
}

impl Tx {
    pub(super) fn new(link: Link) -> Self {
        Self {
            link,
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

    /// SQLite: begins, if that has not happened yet.
    fn open(&self, local: &Local) -> Result<(), Error> {
        if !self.begun.swap(true, Ordering::Relaxed) {
            local.run(&Query::new(Dialect::Sqlite.begin()))?;
        }
        Ok(())
    }

    /// SQLite: the unit is about to write. If others share the transaction and it may still fail, it gets a place to go
    /// back to.
    fn mark(&self, local: &Local) -> Result<(), Error> {
        self.open(local)?;
        if self.guarded.load(Ordering::Relaxed) && !self.marked.swap(true, Ordering::Relaxed) {
            local.run(&Query::new("SAVEPOINT unit"))?;
        }
        Ok(())
    }

    /// SQLite: carries out what waits.
    fn carry_out(&self, local: &Local) -> Result<(), Error> {
        let waits = self.waiting().take_all();
        waits.iter().try_for_each(|it| local.run(it).map(|_| ()))
    }

    /// SQLite: the answer to a question, behind what waits.
    fn answer(&self, local: &Local, query: &Query, most: usize) -> Result<Vec<Row>, Error> {
        if self.waiting().is_empty() && query.text.starts_with("SELECT") {
            self.open(local)?;
        } else {
            self.mark(local)?;
            self.carry_out(local)?;
        }
        local.rows(query, most)
    }

    /// PostgreSQL: begins, if that has not happened yet.
    async fn begin(&self, held: &Held) -> Result<(), Error> {
        if !self.begun.swap(true, Ordering::Relaxed) {
            held.set_open(true);
            held.script(Dialect::Postgres.begin()).await?;
        }
        Ok(())
    }

    /// PostgreSQL: sends what waits.
    async fn send(&self, held: &Held) -> Result<(), Error> {
        let Some(query) = self.waiting().take() else { return Ok(()) };
        self.begin(held).await?;
        held.run(statement(Dialect::Postgres, query)).await?;
        Ok(())
    }

    /// SQLite: a unit begins; if it is `guarded`, others before it are to stay whatever becomes of it.
    pub(super) fn enter(&self, guarded: bool) -> Mark {
        self.guarded.store(guarded, Ordering::Relaxed);
        self.marked.store(false, Ordering::Relaxed);
        let after = self.after();
        Mark { changes: after.changes.len(), hooks: after.hooks.len(), directory: after.directory.clone() }
    }

    /// SQLite: the unit that ran has come to its end; what it has left is written. From here on nothing goes back to
    /// before this unit alone, so nothing has to be kept for that.
    pub(super) fn leave(&self) -> Result<(), Error> {
        let Link::Here(local) = &self.link else { return Ok(()) };
        self.guarded.store(false, Ordering::Relaxed);
        if self.marked.swap(false, Ordering::Relaxed) {
            local.run(&Query::new("RELEASE unit"))?;
        }
        if self.waiting().is_empty() {
            return Ok(());
        }
        self.open(local)?;
        self.carry_out(local)
    }

    /// SQLite: undoes what the unit that ran has done.
    pub(super) fn abandon(&self, mark: Mark) -> Result<(), Error> {
        *self.waiting() = Waiting::default();
        self.after().back_to(mark);
        if self.marked.swap(false, Ordering::Relaxed)
            && let Link::Here(local) = &self.link
        {
            local.script("ROLLBACK TO unit; RELEASE unit")?;
        }
        Ok(())
    }

    /// Writes what waits and commits. No unit shares it that could still fail alone.
    pub(super) async fn seal(&self) -> Result<(), Error> {
        self.guarded.store(false, Ordering::Relaxed);
        let begun = self.begun.load(Ordering::Relaxed);
        if !begun && self.waiting().is_empty() {
            self.ended.store(true, Ordering::Relaxed);
            return Ok(());
        }
        match &self.link {
            Link::Here(local) => {
                self.open(local)?;
                self.carry_out(local)?;
                self.decided.store(true, Ordering::Relaxed);
                local.run(&Query::new("COMMIT"))?;
            }
            Link::There(held) if begun => {
                self.send(held).await?;
                self.decided.store(true, Ordering::Relaxed);
                held.script("COMMIT").await?;
                held.set_open(false);
            }
            // One statement is a transaction by itself.
            Link::There(held) => {
                let query = self.waiting().take();
                self.decided.store(true, Ordering::Relaxed);
                if let Some(query) = query {
                    held.run(statement(Dialect::Postgres, query)).await?;
                }
            }
        }
        self.ended.store(true, Ordering::Relaxed);
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
        let after = std::mem::take(&mut *self.after());
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
        let held = match &self.link {
            // Going out of reach undoes it.
            Link::Here(_) => return false,
            Link::There(held) => held,
        };
        let retry = held.is_lost() && !self.decided.load(Ordering::Relaxed);
        if !self.begun.load(Ordering::Relaxed) || held.is_lost() {
            return retry;
        }
        match held.script("ROLLBACK").await {
            Ok(()) => held.set_open(false),
            // A failure has ended it already.
            Err(error) if error.to_string().contains("no transaction is active") => held.set_open(false),
            // The connection is let go with what is open on it.
            Err(error) => tracing::warn!(%error, "a transaction could not be rolled back"),
        }
        retry
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        // The connection goes on to the next one: nothing stays open on it, whatever has ended this one.
        if let Self::Here(local) = self
            && local.is_open()
            && let Err(error) = local.script("ROLLBACK")
        {
            tracing::warn!(error = error.for_log(), "a transaction could not be rolled back");
        }
    }
}
