//! PostgreSQL: units that come at the same time share a transaction, where that serves them. Each of them alone asks,
//! writes and commits, a way to the database and back each time; together they are read for at once, decided one after
//! the other in memory, written in one statement and committed once.
//!
//! Only what needs nothing but what was foreseen for it is decided here. A unit that asks the database for more, whose
//! record somebody else has locked, or that shares its fate with one the database refuses, is handed back, to be run in a
//! transaction of its own as if it had never been here. Who comes alone does not come here at all.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use futures::future::BoxFuture;
use runtime::id::TaskId;
use runtime::limits;
use tokio::runtime::Handle;
use tokio::sync::{Mutex as Turn, mpsc, oneshot};

use super::held::Pool;
use super::records;
use super::sql::fault;
use super::together::Foreseen;
use super::tx::Tx;
use super::writer::{Done, Run, erased, guard, named};
use crate::error::Error;
use crate::live::Bus;

/// What a unit is about, so that it can be read for together with others.
#[derive(Clone)]
pub struct About {
    /// The task it begins with; none: it needs nothing that is stored.
    pub task: Option<TaskId>,
    /// The counter it takes a number from.
    pub counter: Option<[String; 3]>,
    /// Units of one kind ask for the same.
    pub kind: String,
    pub foresight: Arc<dyn Foresight>,
}

/// Reads what units are going to ask for.
pub trait Foresight: Send + Sync {
    /// Tasks with their records and instances, locked until the transaction ends; those that somebody else has locked are
    /// left out.
    fn foresee<'t>(&'t self, tx: &'t Tx, tasks: &'t [TaskId]) -> BoxFuture<'t, Result<Vec<Foreseen>, Error>>;
}

struct Unit {
    about: About,
    run: Run,
    /// None: it is to be run alone.
    answer: oneshot::Sender<Option<Result<Done, Error>>>,
}

/// Most units in one transaction.
const UNITS: usize = 128;
/// Longest time units are decided while the first of them waits for its commit.
const TIME: Duration = Duration::from_millis(20);
/// Transactions at a time: while the database works on one, the next is decided.
const LINES: usize = 2;
/// From this mark on a kind of unit is not tried any more, but now and then: being handed back counts twice against
/// having stayed.
const MARK: u32 = 12;
/// How often such a kind is tried again.
const AGAIN: u32 = 64;
/// Kinds that are remembered.
const KINDS: usize = 1_000;
/// Stack of a thread that decides, as that of the threads that serve. Only what is used becomes memory.
const STACK: usize = 32 << 20;

/// The way to a shared transaction.
pub(super) struct Group {
    queue: mpsc::Sender<Unit>,
    desk: Arc<Desk>,
    /// Units that are on their way, here or alone.
    inside: AtomicUsize,
}

struct Desk {
    pool: Pool,
    bus: Bus,
    /// How units of a kind were handed back of late.
    back: Mutex<BTreeMap<String, (u32, u32)>>,
}

/// A unit is on its way until this goes.
pub(super) struct Inside<'a>(&'a AtomicUsize);

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Group {
    /// Starts the threads; they end when the group is dropped.
    pub fn open(pool: Pool, bus: Bus) -> Result<Self, Error> {
        let desk = Arc::new(Desk { pool, bus, back: Mutex::default() });
        let (queue, waiting) = mpsc::channel(limits::GROUP_QUEUE);
        let waiting = Arc::new(Turn::new(waiting));
        for _ in 0..LINES {
            let (handle, desk, waiting) = (Handle::current(), desk.clone(), waiting.clone());
            let writer = std::thread::Builder::new().name("writer".to_owned()).stack_size(STACK);
            let work = async move {
                desk.work(&waiting).await;
                // Connections are closed by the runtime, so they go while it is at hand.
                drop(desk);
            };
            writer.spawn(move || handle.block_on(work))?;
        }
        Ok(Self { queue, desk, inside: AtomicUsize::new(0) })
    }

    /// A unit comes. True: others are on their way.
    pub fn enter(&self) -> (Inside<'_>, bool) {
        let company = self.inside.fetch_add(1, Ordering::Relaxed) > 0;
        (Inside(&self.inside), company)
    }

    /// Runs a unit with others. None: it is to be run alone, nothing has happened.
    pub async fn run<T, F>(&self, about: About, unit: Arc<F>) -> Option<Result<T, Error>>
    where
        T: Send + 'static,
        F: for<'t> Fn(&'t Tx) -> BoxFuture<'t, Result<T, Error>> + Send + Sync + 'static,
    {
        if !self.desk.tries(&about.kind) {
            return None;
        }
        let (answer, waiting) = oneshot::channel();
        let unit = Unit { about, run: erased(move |tx| unit(tx)), answer };
        self.queue.send(unit).await.ok()?;
        match waiting.await {
            Ok(done) => done.map(named),
            // Whether it stands is not known: nobody may do it once more.
            Err(_) => Some(Err(fault("the writer ended before it answered"))),
        }
    }
}

impl Desk {
    fn back(&self) -> MutexGuard<'_, BTreeMap<String, (u32, u32)>> {
        self.back.lock().unwrap_or_else(|it| it.into_inner())
    }

    /// True if it is worth while to decide a unit of this kind together with others.
    fn tries(&self, kind: &str) -> bool {
        let mut back = self.back();
        let Some((mark, asked)) = back.get_mut(kind) else { return true };
        *asked = asked.wrapping_add(1);
        *mark < MARK || asked.is_multiple_of(AGAIN)
    }

    /// A unit of a kind was decided here, or had to be handed back.
    fn learn(&self, kind: &str, stayed: bool) {
        let mut back = self.back();
        match back.get_mut(kind) {
            Some((mark, _)) if stayed => *mark = mark.saturating_sub(1),
            Some((mark, _)) => *mark = (*mark + 2).min(2 * MARK),
            None if stayed => {}
            None => {
                if back.len() >= KINDS {
                    back.clear();
                }
                back.insert(kind.to_owned(), (2, 0));
            }
        }
    }

    async fn work(&self, waiting: &Turn<mpsc::Receiver<Unit>>) {
        // What one unit takes, so that no more are read for than are decided in time.
        let mut pace = Duration::ZERO;
        let mut units = VecDeque::new();
        loop {
            // Who has units left does not wait for who waits for new ones.
            let queue = if units.is_empty() { Some(waiting.lock().await) } else { waiting.try_lock().ok() };
            if let Some(mut queue) = queue {
                if units.is_empty() {
                    let Some(first) = queue.recv().await else { return };
                    units.push_back(first);
                }
                while units.len() < UNITS
                    && pace * units.len() as u32 <= TIME
                    && let Ok(next) = queue.try_recv()
                {
                    units.push_back(next);
                }
            }
            let (count, started) = (units.len(), Instant::now());
            units = self.batch(units).await;
            let decided = count.saturating_sub(units.len()).max(1) as u32;
            pace = (pace * 3 + started.elapsed() / decided) / 4;
        }
    }

    /// Those that it did not come to come back.
    async fn batch(&self, mut units: VecDeque<Unit>) -> VecDeque<Unit> {
        let none = VecDeque::new;
        let Ok(held) = self.pool.take().await else {
            units.into_iter().for_each(alone);
            return none();
        };
        let tx = Tx::together(held);
        if let Err(error) = foresee(&tx, &units).await {
            tracing::debug!(%error, "what units share could not be read");
            tx.rollback().await;
            units.into_iter().for_each(alone);
            return none();
        }
        let mut decided: Vec<(Unit, Done)> = Vec::new();
        let started = Instant::now();
        while started.elapsed() <= TIME
            && let Some(unit) = units.pop_front()
        {
            match self.decide(&tx, &unit).await {
                Decided::Well(done) => decided.push((unit, done)),
                Decided::Refused(error) => {
                    let _ = unit.answer.send(Some(Err(error)));
                }
                Decided::Back => alone(unit),
            }
        }
        if decided.is_empty() {
            tx.rollback().await;
            return units;
        }
        if let Err(error) = tx.seal().await {
            let doubt = tx.is_in_doubt();
            tx.rollback().await;
            tracing::debug!(%error, doubt, "units that shared a transaction were refused");
            for (unit, _) in decided {
                // Whether it stands is not known: nobody may do it once more.
                let answer = doubt.then(|| Err(fault(error.for_log())));
                let _ = unit.answer.send(answer);
            }
            return units;
        }
        // It stands: nothing here can fail any more.
        let _ = tx.commit(&self.bus).await;
        for (unit, done) in decided {
            let _ = unit.answer.send(Some(Ok(done)));
        }
        units
    }

    async fn decide(&self, tx: &Tx, unit: &Unit) -> Decided {
        let Some(shared) = tx.shared() else { return Decided::Back };
        let unknown = unit.about.task.as_ref().is_some_and(|it| !tx.foresees(it));
        if unknown {
            return Decided::Back;
        }
        let mark = tx.enter(true);
        shared.decide();
        let done = guard(tx, &unit.run).await;
        let left = shared.decided();
        self.learn(&unit.about.kind, !left);
        let kept = match (left, done) {
            (false, Ok(done)) => shared.keep_unit().map(|()| done),
            (false, Err(error)) => Err(error),
            (true, _) => {
                let _ = tx.abandon(mark);
                return Decided::Back;
            }
        };
        match kept {
            Ok(done) => Decided::Well(done),
            Err(error) => {
                let _ = tx.abandon(mark);
                Decided::Refused(error)
            }
        }
    }
}

/// What became of a unit before anything was written.
enum Decided {
    Well(Done),
    Refused(Error),
    Back,
}

fn alone(unit: Unit) {
    let _ = unit.answer.send(None);
}

async fn foresee(tx: &Tx, units: &VecDeque<Unit>) -> Result<(), Error> {
    let counters: BTreeSet<&[String; 3]> = units.iter().filter_map(|it| it.about.counter.as_ref()).collect();
    for counter in counters {
        if let Some(last) = records::counted(tx, counter).await? {
            tx.count(counter.clone(), last);
        }
    }
    foresee_tasks(tx, units.iter().map(|it| &it.about)).await
}

/// Reads what units with these tasks are going to ask for.
pub(super) async fn foresee_tasks<'u>(tx: &Tx, units: impl Iterator<Item = &'u About> + Clone) -> Result<(), Error> {
    let tasks: Vec<TaskId> = units.clone().filter_map(|it| it.task.clone()).collect();
    if let Some(unit) = units.clone().find(|it| it.task.is_some()) {
        tx.foresee(unit.foresight.foresee(tx, &tasks).await?);
    }
    Ok(())
}
