//! How units are committed.
//!
//! SQLite has one writer, so that nobody waits for a lock and many units share one flush of the disk: a thread takes what
//! waits, runs unit after unit inside one transaction, commits once and only then answers. Nothing waits for a timer:
//! alone, a unit is committed at once; while a commit flushes, the next ones gather. A unit that comes where nobody else
//! writes does not even go to that thread: it is run and committed where it is asked for.
//!
//! Where others wait, what a unit has left to write is carried out while the next is decided ([`super::aside`]).
//!
//! A unit that refuses is undone alone. If the database refuses what units have left to write, it is not known whose
//! fault that is: the whole transaction is given up, and each of its units runs again in one of its own.

use std::any::Any;
use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures::FutureExt;
use futures::future::BoxFuture;
use runtime::limits;
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::{Mutex, MutexGuard, mpsc, oneshot};

use super::group::{About, foresee_tasks};
use super::held::Pool;
use super::local::Local;
use super::sql::fault;
use super::tx::{Link, Tx};
use crate::error::Error;
use crate::live::Bus;

pub(super) type Done = Box<dyn Any + Send>;

/// What is done in a transaction; it may run twice.
pub(super) type Run = Box<dyn for<'t> Fn(&'t Tx) -> BoxFuture<'t, Result<Done, Error>> + Send + Sync>;

struct Unit {
    /// None: it may change anything.
    about: Option<About>,
    run: Run,
    answer: oneshot::Sender<Result<Done, Error>>,
}

/// Longest time units gather while the first of them waits for its commit.
const BATCH_TIME: Duration = Duration::from_millis(20);
/// Stack of the writer, whose units evaluate scripts: as that of the threads that serve. Only what is used becomes memory.
const STACK: usize = 32 << 20;

/// The way to SQLite's one writer.
pub(super) struct Line {
    queue: mpsc::Sender<Unit>,
    desk: Arc<Desk>,
}

/// What the writer works at.
struct Desk {
    /// Held by whoever writes.
    turn: Mutex<Local>,
    /// Units met in the last commit: the next one does better to wait for others than to go ahead.
    company: AtomicBool,
    /// What a unit takes, in microseconds, as it was of late.
    pace: AtomicU64,
    bus: Bus,
    units: usize,
}

impl Line {
    /// Starts the writer; it ends when the line is dropped. At most so many units share a commit.
    pub fn open(local: Local, bus: Bus, units: usize) -> Result<Self, Error> {
        let desk = Arc::new(Desk {
            turn: Mutex::new(local),
            company: AtomicBool::new(false),
            pace: AtomicU64::new(0),
            bus,
            units,
        });
        let (queue, waiting) = mpsc::channel(limits::WRITER_QUEUE);
        let (handle, at) = (Handle::current(), desk.clone());
        let writer = std::thread::Builder::new().name("writer".to_owned()).stack_size(STACK);
        writer.spawn(move || handle.block_on(at.work(waiting)))?;
        Ok(Self { queue, desk })
    }

    /// Runs a unit and answers after its commit.
    pub async fn write<T, F>(&self, about: Option<About>, unit: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: for<'t> Fn(&'t Tx) -> BoxFuture<'t, Result<T, Error>> + Send + Sync + 'static,
    {
        if let Some(local) = self.free() {
            // The other requests of this thread go on in another one while the disk is flushed.
            return tokio::task::block_in_place(|| Handle::current().block_on(alone(&local, &self.desk.bus, &unit)));
        }
        let (answer, waiting) = oneshot::channel();
        let unit = Unit { about, run: erased(unit), answer };
        self.queue.send(unit).await.map_err(|_| fault("the store is closed"))?;
        named(waiting.await.map_err(|_| fault("the store is closed"))?)
    }

    /// The turn, if nobody else writes or is about to.
    fn free(&self) -> Option<MutexGuard<'_, Local>> {
        let threads = Handle::current().runtime_flavor() == RuntimeFlavor::MultiThread;
        let company = self.desk.company.load(Ordering::Relaxed);
        if threads && !company { self.desk.turn.try_lock().ok() } else { None }
    }
}

/// A unit among others, whatever it answers with.
pub(super) fn erased<T, F>(unit: F) -> Run
where
    T: Send + 'static,
    F: for<'t> Fn(&'t Tx) -> BoxFuture<'t, Result<T, Error>> + Send + Sync + 'static,
{
    Box::new(move |tx| {
        let running = unit(tx);
        Box::pin(async move { running.await.map(|done| Box::new(done) as Done) })
    })
}

/// What such a unit answered, as what it is.
pub(super) fn named<T: 'static>(done: Result<Done, Error>) -> Result<T, Error> {
    done?.downcast::<T>().map(|it| *it).map_err(|_| fault("a unit answered with another type"))
}

/// Units that ran in one transaction, each with what it came to so far.
type Ran = Vec<(Unit, Result<Done, Error>)>;

impl Desk {
    async fn work(&self, mut queue: mpsc::Receiver<Unit>) {
        // Taken from the queue and not run yet.
        let mut rest = VecDeque::new();
        loop {
            let next = match rest.pop_front() {
                Some(unit) => Some(unit),
                None => queue.recv().await,
            };
            let Some(first) = next else { return };
            let local = self.turn.lock().await;
            self.batch(&local, first, &mut queue, &mut rest).await;
        }
    }

    async fn batch(&self, local: &Local, first: Unit, queue: &mut mpsc::Receiver<Unit>, rest: &mut VecDeque<Unit>) {
        let tx = Tx::new(Link::Here(local.clone()));
        let mut ran = Ran::new();
        let gathered = self.gather(&tx, first, queue, rest, &mut ran).await;
        self.company.store(ran.len() > 1, Ordering::Relaxed);
        let failed = if ran.iter().all(|it| it.1.is_err()) {
            drop(tx);
            return answer(ran);
        } else if let Err(error) = gathered {
            drop(tx);
            error
        } else {
            match tx.commit(&self.bus).await {
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
            let done = alone(local, &self.bus, &unit.run).await;
            let _ = unit.answer.send(done);
        }
    }

    /// Runs the first unit and those that wait, up to the commit. An error: all of it has to be given up.
    async fn gather(
        &self,
        tx: &Tx,
        first: Unit,
        queue: &mut mpsc::Receiver<Unit>,
        rest: &mut VecDeque<Unit>,
        ran: &mut Ran,
    ) -> Result<(), Error> {
        let started = Instant::now();
        rest.push_front(first);
        loop {
            // No more at a time than are run in time: what they need is read for them before.
            let pace = Duration::from_micros(self.pace.load(Ordering::Relaxed));
            let mut next = VecDeque::new();
            while next.len() + ran.len() < self.units && pace * next.len() as u32 <= BATCH_TIME {
                match rest.pop_front().or_else(|| queue.try_recv().ok()) {
                    Some(unit) => next.push_back(unit),
                    None => break,
                }
            }
            let (begun, count) = (Instant::now(), next.len());
            if next.len() > 1
                && let Err(error) = foresee_tasks(tx, next.iter().filter_map(|it| it.about.as_ref())).await
            {
                // They ask for themselves.
                tracing::debug!(%error, "what units need could not be read at once");
            }
            let mut settled = Ok(());
            let mut over = false;
            while !over && let Some(unit) = next.pop_front() {
                if unit.about.is_none() {
                    tx.forget_all();
                }
                let mark = tx.enter(!ran.is_empty());
                let done = guard(tx, &unit.run).await;
                settled = if done.is_err() { tx.abandon(mark) } else { tx.leave(!next.is_empty()) };
                // The first has nothing before it to keep, and no place to go back to: with it all of it ends.
                let alone = ran.is_empty() && done.is_err();
                ran.push((unit, done));
                over = alone || settled.is_err() || started.elapsed() >= BATCH_TIME;
            }
            let took = begun.elapsed().as_micros() as u64 / (count - next.len()).max(1) as u64;
            self.pace.store((pace.as_micros() as u64 * 3 + took) / 4, Ordering::Relaxed);
            // Nothing has happened to those that have not run: they are the next ones.
            while let Some(unit) = next.pop_back() {
                rest.push_front(unit);
            }
            if over || ran.len() >= self.units || (rest.is_empty() && queue.is_empty()) {
                return settled;
            }
        }
    }
}

fn answer(ran: Ran) {
    for (unit, done) in ran {
        let _ = unit.answer.send(done);
    }
}

/// Runs a unit; a panic in it is a fault of ours: its writes go, the server stays.
pub(super) async fn guard<T, F>(tx: &Tx, unit: &F) -> Result<T, Error>
where
    F: for<'t> Fn(&'t Tx) -> BoxFuture<'t, Result<T, Error>> + ?Sized,
{
    match AssertUnwindSafe(async { unit(tx).await }).catch_unwind().await {
        Ok(done) => done,
        Err(panic) => Err(fault(format!("a unit of work panicked: {}", panic_text(panic.as_ref())))),
    }
}

/// Runs a unit in a transaction of its own.
async fn alone<T, F>(local: &Local, bus: &Bus, unit: &F) -> Result<T, Error>
where
    F: for<'t> Fn(&'t Tx) -> BoxFuture<'t, Result<T, Error>> + ?Sized,
{
    // What fails is undone as the transaction goes out of reach.
    let tx = Tx::new(Link::Here(local.clone()));
    let done = guard(&tx, unit).await?;
    tx.commit(bus).await.map(|()| done).map_err(|it| it.0)
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
    let tx = Tx::new(Link::There(held));
    match guard(&tx, unit).await {
        Ok(value) => {
            tx.commit(bus).await?;
            Ok(value)
        }
        Err(failed) => Err((failed, tx.rollback().await)),
    }
}
