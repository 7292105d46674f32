//! How units are committed.
//!
//! SQLite has one writer, so that nobody waits for a lock and many units share one flush of the disk: it takes what
//! waits, runs unit after unit inside one transaction, commits once and only then answers. Nothing waits for a timer:
//! alone, a unit is committed at once, in the call that brings its last write; while a commit flushes, the next ones
//! gather. While the database writes what one unit has left, the next one is already deciding.
//!
//! A unit that refuses is undone alone. If the database refuses what units have left to write, it is not known whose
//! fault that is: the whole transaction is given up, and each of its units runs again in one of its own.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::sync::{mpsc, oneshot};

use super::held::Pool;
use super::sql::{Dialect, fault};
use super::tx::Tx;
use crate::error::Error;
use crate::live::Bus;

type Done = Box<dyn Any + Send>;

pub(super) struct Unit {
    /// May run twice.
    pub run: Box<dyn for<'t> Fn(&'t Tx) -> BoxFuture<'t, Result<Done, Error>> + Send + Sync>,
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

/// Units that ran in one transaction, each with what it came to so far.
type Ran = Vec<(Unit, Result<Done, Error>)>;

async fn batch(pool: &Pool, first: Unit, queue: &mut mpsc::Receiver<Unit>, bus: &Bus, units: usize) {
    let tx = match pool.take().await {
        Ok(held) => Tx::new(held, Dialect::Sqlite),
        Err(error) => {
            let _ = first.answer.send(Err(error));
            return;
        }
    };
    let mut ran = Ran::new();
    let gathered = gather(&tx, first, queue, &mut ran, units).await;
    let failed = if ran.iter().all(|it| it.1.is_err()) {
        tx.rollback().await;
        return answer(ran);
    } else if let Err(error) = gathered {
        tx.rollback().await;
        error
    } else {
        match tx.commit(bus).await {
            Ok(()) => return answer(ran),
            Err((error, _)) => error,
        }
    };
    // Nobody else is concerned.
    if let [_] = ran.as_slice()
        && let Some((unit, _)) = ran.pop()
    {
        let _ = unit.answer.send(Err(failed));
        return;
    }
    tracing::debug!(%failed, "units that shared a transaction run again one by one");
    for (unit, _) in ran {
        let done = alone(pool, bus, &unit).await;
        let _ = unit.answer.send(done);
    }
}

fn answer(ran: Ran) {
    for (unit, done) in ran {
        let _ = unit.answer.send(done);
    }
}

/// Runs the first unit and those that wait, up to the commit. An error: all of it has to be given up.
async fn gather(
    tx: &Tx,
    first: Unit,
    queue: &mut mpsc::Receiver<Unit>,
    ran: &mut Ran,
    units: usize,
) -> Result<(), Error> {
    let started = Instant::now();
    let mut next = Some(first);
    // What the unit before has left.
    let mut left = None;
    while let Some(unit) = next.take() {
        let mark = tx.enter(!ran.is_empty());
        let (sent, done) = futures::join!(
            async {
                match left.take() {
                    Some(query) => tx.send(query).await,
                    None => Ok(()),
                }
            },
            guard(tx, &unit)
        );
        let undone = if done.is_err() { tx.abandon(mark).await } else { Ok(()) };
        // The first has nothing before it to keep, and no place to go back to: with it all of it ends.
        let over = ran.is_empty() && done.is_err();
        ran.push((unit, done));
        sent?;
        undone?;
        if over {
            break;
        }
        let more = ran.len() < units && started.elapsed() < BATCH_TIME;
        next = if more { queue.try_recv().ok() } else { None };
        if next.is_some() {
            left = tx.leave();
        }
    }
    Ok(())
}

/// Runs a unit; a panic in it is a fault of ours: its writes go, the server stays.
async fn guard(tx: &Tx, unit: &Unit) -> Result<Done, Error> {
    match AssertUnwindSafe(async { (unit.run)(tx).await }).catch_unwind().await {
        Ok(done) => done,
        Err(panic) => Err(fault(format!("a unit of work panicked: {}", panic_text(panic.as_ref())))),
    }
}

/// Runs a unit in a transaction of its own.
async fn alone(pool: &Pool, bus: &Bus, unit: &Unit) -> Result<Done, Error> {
    let tx = Tx::new(pool.take().await?, Dialect::Sqlite);
    match guard(&tx, unit).await {
        Ok(done) => tx.commit(bus).await.map(|()| done).map_err(|it| it.0),
        Err(error) => {
            tx.rollback().await;
            Err(error)
        }
    }
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
