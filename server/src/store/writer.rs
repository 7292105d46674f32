//! How units are committed.
//!
//! SQLite has one writer, so that nobody waits for a lock and many units share one flush of the disk: it takes what
//! waits, runs unit after unit inside one transaction, commits once and only then answers. Nothing waits for a timer:
//! alone, a unit is committed at once, in the call that brings its last write; while a commit flushes, the next ones
//! gather. A unit that fails is rolled back alone, to a savepoint.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::sync::{mpsc, oneshot};

use super::held::Pool;
use super::sql::{Dialect, Query, Sql, fault};
use super::tx::Tx;
use crate::error::Error;
use crate::live::Bus;

type Done = Box<dyn Any + Send>;

pub(super) struct Unit {
    pub run: Box<dyn for<'t> FnOnce(&'t Tx) -> BoxFuture<'t, Result<Done, Error>> + Send>,
    pub answer: oneshot::Sender<Result<Done, Error>>,
}

/// Most units in one commit, where nothing else is asked for.
pub(super) const BATCH_UNITS: usize = 256;
/// Longest time units gather while the first of them waits for its commit.
const BATCH_TIME: Duration = Duration::from_millis(20);

/// The writer of SQLite; ends when the store is dropped.
pub(super) async fn run(pool: Pool, mut queue: mpsc::Receiver<Unit>, bus: Bus, units: usize) {
    while let Some(first) = queue.recv().await {
        batch(&pool, first, &mut queue, &bus, units).await;
    }
}

async fn batch(pool: &Pool, first: Unit, queue: &mut mpsc::Receiver<Unit>, bus: &Bus, units: usize) {
    let tx = match pool.take().await {
        Ok(held) => Tx::new(held, Dialect::Sqlite),
        Err(error) => {
            let _ = first.answer.send(Err(error));
            return;
        }
    };
    let started = Instant::now();
    let mut done: Vec<(Done, oneshot::Sender<Result<Done, Error>>)> = Vec::new();
    let mut failed: Vec<(Error, oneshot::Sender<Result<Done, Error>>)> = Vec::new();
    let mut next = Some(first);
    let mut broken = None;
    while let Some(unit) = next.take() {
        // The first unit needs no savepoint: if it fails, there is nothing before it to keep.
        let guarded = !done.is_empty();
        let more = done.len() + 1 < units;
        let last = || !more || queue.is_empty() || started.elapsed() >= BATCH_TIME;
        match guard(&tx, guarded, last, unit.run).await {
            Ran::Done(value) => done.push((value, unit.answer)),
            Ran::Failed(error) => failed.push((error, unit.answer)),
            Ran::Broken(error) => {
                failed.push((fault(&error), unit.answer));
                broken = Some(error);
                break;
            }
        }
        // A first unit that failed without a savepoint has left its writes in the transaction: end it here.
        if done.is_empty() || tx.is_sealed() {
            break;
        }
        if more && started.elapsed() < BATCH_TIME {
            next = queue.try_recv().ok();
        }
    }
    if done.is_empty() || broken.is_some() {
        let told = broken.unwrap_or_default();
        tx.rollback().await;
        for (_, answer) in done {
            let _ = answer.send(Err(fault(&told)));
        }
    } else {
        match tx.commit(bus).await {
            Ok(()) => {
                for (value, answer) in done {
                    let _ = answer.send(Ok(value));
                }
            }
            Err((error, _)) => {
                for (_, answer) in done {
                    let _ = answer.send(Err(fault(format!("commit: {error}"))));
                }
            }
        }
    }
    for (error, answer) in failed {
        let _ = answer.send(Err(error));
    }
}

/// The statement before each unit that shares a transaction with others.
const MARK: &str = "SAVEPOINT unit";

enum Ran {
    Done(Done),
    Failed(Error),
    /// The transaction itself cannot go on.
    Broken(String),
}

/// Runs a unit. `last`, asked when the unit is through: nobody else waits, so that the commit goes with what it writes.
async fn guard(
    tx: &Tx,
    guarded: bool,
    last: impl Fn() -> bool,
    run: Box<dyn for<'t> FnOnce(&'t Tx) -> BoxFuture<'t, Result<Done, Error>> + Send>,
) -> Ran {
    let mark = tx.mark();
    // It travels with the unit's first statement: every way to the database and back is time in which nobody writes.
    if guarded && let Err(error) = tx.later(Query::new(MARK)).await {
        return Ran::Broken(error.to_string());
    }
    // A panic in a unit is a fault of ours: its writes go, the server stays.
    let ran = AssertUnwindSafe(async { run(tx).await }).catch_unwind().await;
    let failed = match ran {
        Ok(Ok(value)) => match end(tx, guarded, last()).await {
            Ok(()) => return Ran::Done(value),
            Err(error) => error,
        },
        Ok(Err(error)) => error,
        Err(panic) => fault(format!("a unit of work panicked: {}", panic_text(panic.as_ref()))),
    };
    tx.back_to(mark);
    let untouched = tx.drop_waiting(MARK);
    if guarded
        && !untouched
        && let Err(error) = tx.script("ROLLBACK TO unit; RELEASE unit").await
    {
        return Ran::Broken(error.to_string());
    }
    Ran::Failed(failed)
}

/// Sends what the unit has left to write, and lets go of its savepoint. `last`: and commits.
async fn end(tx: &Tx, guarded: bool, last: bool) -> Result<(), Error> {
    if guarded {
        tx.later(Query::new("RELEASE unit")).await?;
    }
    if last { tx.seal().await } else { tx.flush().await }
}

fn panic_text(panic: &(dyn Any + Send)) -> String {
    match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(text), _) => (*text).to_owned(),
        (None, Some(text)) => text.clone(),
        (None, None) => "no message".to_owned(),
    }
}

/// One unit in a transaction of its own. A failure comes with whether the unit may be run again for it.
pub(super) async fn one<T, F>(pool: &Pool, bus: &Bus, unit: &F) -> Result<T, (Error, bool)>
where
    T: Send + 'static,
    F: for<'t> Fn(&'t Tx) -> BoxFuture<'t, Result<T, Error>> + Send + Sync,
{
    let held = pool.take().await.map_err(|it| (it, false))?;
    let tx = Tx::new(held, Dialect::Postgres);
    let failed = match AssertUnwindSafe(unit(&tx)).catch_unwind().await {
        Ok(Ok(value)) => {
            tx.commit(bus).await?;
            return Ok(value);
        }
        Ok(Err(error)) => error,
        Err(panic) => fault(format!("a unit of work panicked: {}", panic_text(panic.as_ref()))),
    };
    let again = tx.rollback().await;
    Err((failed, again))
}
