//! A unit of work on its way: a transaction on a connection of its own, what is told after it, and the statements that
//! wait to be sent. On SQLite they are carried out when the unit has said that all is well, by this very thread; on
//! PostgreSQL its beginning and its end are statements like others, and a unit that writes in one needs neither.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use super::held::Held;
use super::local::Local;
use super::sql::{Dialect, Query, Row, Sql, statement};
use super::together::{AllForeseen, Foreseen, Shape, Shared};
use super::waiting::Waiting;
use crate::error::Error;
use crate::live::{Bus, Change};
use runtime::engine::Directory;
use runtime::id::{RecordId, TaskId};

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
    /// PostgreSQL: units share it that ask the database for nothing.
    shared: Option<Shared>,
    foreseen: Mutex<AllForeseen>,
}

/// Numbers given so far, by module, field and period.
type Counted = Arc<BTreeMap<[String; 3], i64>>;

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
    directory: Option<Directory>,
    /// Numbers that are written at its end.
    counted: Counted,
    /// Where the changes of the unit that runs now begin.
    unit: usize,
}

impl After {
    fn mark(&mut self) -> Mark {
        self.unit = self.changes.len();
        let (directory, counted) = (self.directory.clone(), self.counted.clone());
        Mark { changes: self.changes.len(), hooks: self.hooks.len(), directory, counted }
    }

    fn back_to(&mut self, mark: Mark) {
        self.changes.truncate(mark.changes);
        self.hooks.truncate(mark.hooks);
        self.directory = mark.directory;
        self.counted = mark.counted;
    }
}

/// Where a unit began; see [`Tx::abandon`].
pub(super) struct Mark {
    changes: usize,
    hooks: usize,
    directory: Option<Directory>,
    counted: Counted,
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
                self.stay()?;
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
                self.stay()?;
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
        self.stay()?;
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

    async fn later_rows(&self, query: Query, shape: impl FnOnce() -> Shape + Send) -> Result<(), Error> {
        match &self.shared {
            Some(shared) => {
                shared.put(query, shape());
                Ok(())
            }
            None => self.later(query).await,
        }
    }

    async fn script(&self, text: &str) -> Result<(), Error> {
        match &self.link {
            Link::Here(local) => {
                self.mark(local)?;
                self.carry_out(local)?;
                local.script(text)
            }
            Link::There(held) => {
                self.stay()?;
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
            shared: None,
            foreseen: Mutex::default(),
        }
    }

    /// PostgreSQL: for units that share a transaction and ask the database for nothing.
    pub(super) fn together(held: Held) -> Self {
        Self { shared: Some(Shared::default()), ..Self::new(Link::There(held)) }
    }

    /// An error where a unit that shares a transaction asks the database: it is to run in one of its own.
    fn stay(&self) -> Result<(), Error> {
        match &self.shared {
            Some(shared) => shared.stay(),
            None => Ok(()),
        }
    }

    /// Sets what units that are about to run need not ask for.
    pub(super) fn foresee(&self, all: Vec<Foreseen>) {
        *self.all_foreseen() = all.into_iter().map(|it| (it.task.id.clone(), it)).collect();
    }

    fn all_foreseen(&self) -> MutexGuard<'_, AllForeseen> {
        self.foreseen.lock().unwrap_or_else(|it| it.into_inner())
    }

    /// What is known of a task before its unit asks; once only.
    pub fn foreseen(&self, task: &TaskId) -> Option<Foreseen> {
        self.all_foreseen().remove(task)
    }

    pub(super) fn foresees(&self, task: &TaskId) -> bool {
        self.all_foreseen().contains_key(task)
    }

    /// What was foreseen of a record is not so any more: a unit is about to change it.
    pub fn forget(&self, record: &RecordId) {
        self.all_foreseen().retain(|_, it| it.record.id != *record);
    }

    /// A unit is about to change nobody knows what.
    pub(super) fn forget_all(&self) {
        self.all_foreseen().clear();
    }

    /// PostgreSQL: other units share it; what a statement came to is not known before its end.
    pub fn is_shared(&self) -> bool {
        self.shared.is_some()
    }

    /// What units share, if they do.
    pub(super) fn shared(&self) -> Option<&Shared> {
        self.shared.as_ref()
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
            // Rows that are put together are few beside those of their tables: each is found by its key.
            let by_keys = "BEGIN; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off";
            held.script(if self.is_shared() { by_keys } else { Dialect::Postgres.begin() }).await?;
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

    /// A unit begins; if it is `guarded`, others before it are to stay whatever becomes of it.
    pub(super) fn enter(&self, guarded: bool) -> Mark {
        self.guarded.store(guarded, Ordering::Relaxed);
        self.marked.store(false, Ordering::Relaxed);
        self.after().mark()
    }

    /// SQLite: the unit that ran has come to its end; what it has left is written. From here on nothing goes back to
    /// before this unit alone, so nothing has to be kept for that. `aside`: it is written while the next unit is decided.
    pub(super) fn leave(&self, aside: bool) -> Result<(), Error> {
        let Link::Here(local) = &self.link else { return Ok(()) };
        self.guarded.store(false, Ordering::Relaxed);
        if self.marked.swap(false, Ordering::Relaxed) {
            local.run(&Query::new("RELEASE unit"))?;
        }
        if self.waiting().is_empty() {
            return Ok(());
        }
        self.open(local)?;
        if aside { local.run_aside(self.waiting().take_all()) } else { self.carry_out(local) }
    }

    /// Undoes what the unit that ran has done.
    pub(super) fn abandon(&self, mark: Mark) -> Result<(), Error> {
        *self.waiting() = Waiting::default();
        if let Some(shared) = &self.shared {
            shared.drop_unit();
        }
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
        self.put_together().await?;
        let begun = self.begun.load(Ordering::Relaxed);
        if !begun && self.waiting().is_empty() {
            self.ended.store(true, Ordering::Relaxed);
            return Ok(());
        }
        match &self.link {
            Link::Here(local) => {
                self.open(local)?;
                self.carry_out(local)?;
                self.take_counted().iter().try_for_each(|it| local.run(it).map(|_| ()))?;
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

    /// PostgreSQL: what units that share the transaction have left to write, in as few statements as can be.
    async fn put_together(&self) -> Result<(), Error> {
        let (Some(shared), Link::There(held)) = (&self.shared, &self.link) else { return Ok(()) };
        let mut statements = self.take_counted();
        statements.extend(shared.take()?);
        // The last one travels as what waits does: alone it is a transaction by itself.
        let last = statements.pop();
        for query in statements {
            self.begin(held).await?;
            held.run(statement(Dialect::Postgres, query)).await?;
        }
        if let Some(query) = last {
            self.waiting().push(query);
        }
        Ok(())
    }

    /// The last number of a counter that this transaction has given; none: none yet.
    pub fn counted(&self, counter: &[String; 3]) -> Option<i64> {
        self.after().counted.get(counter).copied()
    }

    /// A number is given, or was foreseen. It is written at the end of the transaction, before which nobody else counts.
    pub fn count(&self, counter: [String; 3], last: i64) {
        Arc::make_mut(&mut self.after().counted).insert(counter, last);
    }

    /// The numbers that were given, as statements.
    fn take_counted(&self) -> Vec<Query> {
        let counted = std::mem::take(&mut self.after().counted);
        let statement = |([module, field, period], last): (&[String; 3], &i64)| {
            let mut query = Query::new("INSERT INTO counters (module, field, period, last) VALUES (");
            query.bind(module.as_str()).push(", ").bind(field.as_str()).push(", ").bind(period.as_str());
            query.push(", ").bind(*last);
            query.push(") ON CONFLICT (module, field, period) DO UPDATE SET last = excluded.last");
            query
        };
        counted.iter().map(statement).collect()
    }

    /// PostgreSQL: it was asked to commit and nobody knows whether it has.
    pub(super) fn is_in_doubt(&self) -> bool {
        let lost = matches!(&self.link, Link::There(held) if held.is_lost());
        lost && self.decided.load(Ordering::Relaxed)
    }

    /// True once it is committed.
    pub(super) fn is_sealed(&self) -> bool {
        self.ended.load(Ordering::Relaxed)
    }

    /// Tells listeners after the commit; the same change once for each unit.
    pub fn tell(&self, change: Change) {
        let mut after = self.after();
        let unit = after.unit.min(after.changes.len());
        if !after.changes[unit..].contains(&change) {
            after.changes.push(change);
        }
    }

    /// Does something in memory after the commit, such as swapping a cache.
    pub fn afterwards(&self, hook: impl FnOnce() + Send + 'static) {
        self.after().hooks.push(Box::new(hook));
    }

    /// The directory as earlier steps of this transaction have left it; none: as it is in memory.
    pub fn directory(&self) -> Option<Directory> {
        self.after().directory.clone()
    }

    /// Leaves the directory for later steps of this transaction.
    pub fn set_directory(&self, directory: Directory) {
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
            && let Err(error) = local.end()
        {
            tracing::warn!(error = error.for_log(), "a transaction could not be rolled back");
        }
    }
}
