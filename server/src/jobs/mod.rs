//! Work that waits: due timers, calls of plugins, the post between flows, publications that were
//! planned and instances on their way to a new version. One loop; everything it knows is in the database, so a crash
//! loses nothing: a timer is removed in the transaction of the step it causes, a call that was claimed and never
//! answered is claimed again.

mod moves;
mod post;
mod renames;

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt, stream};
use jiff::SignedDuration;
use runtime::engine::{Input, Refusal};
use runtime::id::{InstanceId, TimerId};
use runtime::limits::JOB_TRIES;

use crate::actor::Actor;
use crate::app::App;
use crate::clock::stamp;
use crate::drive::Work;
use crate::error::Error;
use crate::store::instances::{self as rows, Job};
use crate::store::sql::{Dialect, Query, Sql, fresh};

/// Longest sleep: another node may have left something.
pub(crate) const IDLE: Duration = Duration::from_secs(5);
/// Timers and jobs taken at a time.
const TAKEN: u64 = 64;
/// Calls made at the same time.
const CALLS: usize = 4;
/// A call that is not answered by then was lost in a crash.
const CLAIM: SignedDuration = SignedDuration::from_secs(120);

/// Runs until `stop` resolves; what was begun is finished.
pub async fn run(app: Arc<App>, stop: BoxFuture<'static, ()>) {
    let node = fresh("node");
    let mut stop = stop.fuse();
    let mut swept = app.clock.now();
    if let Err(error) = post::catch_up(&app).await {
        tracing::error!(%error, "what instances wait for could not be looked at");
    }
    loop {
        match once(&app, &node).await {
            Ok(true) => {}
            Ok(false) => {
                let pause = pause(&app).await;
                tokio::select! {
                    () = &mut stop => return,
                    () = tokio::time::sleep(pause) => {}
                    () = app.wake.notified() => {}
                }
            }
            Err(error) => {
                tracing::error!(%error, cause = ?error, "the job loop failed; it goes on");
                tokio::select! {
                    () = &mut stop => return,
                    () = tokio::time::sleep(IDLE) => {}
                }
            }
        }
        if (&mut stop).now_or_never().is_some() {
            return;
        }
        if app.clock.now().duration_since(swept) > SignedDuration::from_hours(1) {
            swept = app.clock.now();
            if let Err(error) = sweep(&app).await {
                tracing::warn!(%error, "sweeping failed");
            }
        }
    }
}

/// Until the next timer or job, at most [`IDLE`].
async fn pause(app: &App) -> Duration {
    let due = rows::next_due(app.store.read()).await.ok().flatten();
    let Some(due) = due.and_then(|it| it.parse::<jiff::Timestamp>().ok()) else { return IDLE };
    let left = due.duration_since(app.clock.now());
    Duration::try_from(left).unwrap_or(Duration::from_millis(5)).clamp(Duration::from_millis(5), IDLE)
}

/// Everything that is due now. True if there was something.
pub async fn once(app: &Arc<App>, node: &str) -> Result<bool, Error> {
    if app.store.dialect() == Dialect::Postgres {
        app.definitions.refresh(app.store.read()).await?;
    }
    let now = app.clock.stamp();
    let timers = rows::due_timers(app.store.read(), &now, TAKEN).await?;
    let had_timers = !timers.is_empty();
    // Side by side, so that they share commits; each is a transaction of its own.
    stream::iter(timers).for_each_concurrent(16, |(timer, instance)| fire(app, timer, instance)).await;
    let jobs = claim(app, node).await?;
    let had_jobs = !jobs.is_empty();
    stream::iter(jobs).for_each_concurrent(CALLS, |job| call(app, job)).await;
    let letters = crate::store::post::due(app.store.read(), &app.clock.stamp(), TAKEN).await?;
    let had_letters = !letters.is_empty();
    // One after the other: two messages for one instance keep their order.
    for letter in letters {
        post::deliver(app, letter).await;
    }
    // One piece in a round, so that timers and calls do not wait for many.
    let had_renames = renames::some(app).await?;
    let had_moves = moves::some(app).await?;
    let had_plans = crate::definitions::publish_due(app).await?;
    Ok(had_timers || had_jobs || had_letters || had_renames || had_moves || had_plans)
}

async fn claim(app: &Arc<App>, node: &str) -> Result<Vec<Job>, Error> {
    let now = app.clock.stamp();
    // Looking costs no transaction; claiming does.
    let mut query = Query::new("SELECT 1 FROM jobs WHERE due_at <= ");
    query.bind(now.as_str()).push(" LIMIT 1");
    if app.store.read().row(query).await?.is_none() {
        return Ok(Vec::new());
    }
    let until = stamp(app.clock.now().checked_add(CLAIM).unwrap_or(jiff::Timestamp::MAX));
    let work = Arc::new((now, until, node.to_owned()));
    app.store
        .write(move |tx| {
            let work = work.clone();
            async move { rows::claim_jobs(tx, &work.0, &work.1, &work.2, TAKEN).await }.boxed()
        })
        .await
}

/// Gives an instance an input of the platform.
async fn give(app: &Arc<App>, instance: &InstanceId, input: Input) -> Result<(), Error> {
    let unit = Arc::new((app.clone(), Actor::system(), instance.clone(), input));
    app.store
        .write(move |tx| {
            let unit = unit.clone();
            async move {
                let (app, actor, instance, input) = unit.as_ref();
                let mut work = Work::of_instance(app, tx, actor, instance).await?;
                work.input(instance, input.clone()).await?;
                work.finish().await?;
                Ok(())
            }
            .boxed()
        })
        .await
}

async fn fire(app: &Arc<App>, timer: TimerId, instance: InstanceId) {
    let done = give(app, &instance, Input::TimerFired { timer: timer.clone() }).await;
    let after = match done {
        Ok(()) => return,
        // Nothing waits for it any more.
        Err(Error::Refused(Refusal::NothingWaits | Refusal::AlreadyEnded) | Error::NotFound(_)) => {
            let id = timer.clone();
            app.store
                .write(move |tx| {
                    let id = id.clone();
                    async move { rows::remove_timers(tx, &[id]).await.map(|_| ()) }.boxed()
                })
                .await
        }
        Err(error) => {
            if !matches!(error, Error::Refused(Refusal::Suspended)) {
                tracing::error!(timer = timer.as_str(), instance = instance.as_str(), %error, cause = ?error, "a timer could not be fired; it is tried again");
            }
            let later =
                stamp(app.clock.now().checked_add(SignedDuration::from_secs(60)).unwrap_or(jiff::Timestamp::MAX));
            let work = Arc::new((timer.clone(), later));
            app.store
                .write(move |tx| {
                    let work = work.clone();
                    async move { rows::put_off_timer(tx, &work.0, &work.1).await }.boxed()
                })
                .await
        }
    };
    if let Err(error) = after {
        tracing::error!(timer = timer.as_str(), %error, "a timer could not be put off");
    }
}

/// Makes one call and brings its outcome to the instance.
async fn call(app: &Arc<App>, job: Job) {
    let plugins = app.plugins.clone();
    let asked = job.clone();
    let config = std::collections::BTreeMap::new();
    let answer =
        tokio::task::spawn_blocking(move || plugins.call(&asked.plugin, &asked.function, &asked.input, &config)).await;
    let (failure, final_, code) = match answer {
        Ok(Ok(output)) => {
            settle(app, &job, Input::JobDone { job: job.id.clone(), output, outcome: None }).await;
            return;
        }
        Ok(Err(error)) => (error.to_string(), hopeless(&error), code(&error)),
        Err(_) => ("the call panicked".to_owned(), false, FAILED),
    };
    tracing::warn!(
        job = job.id.as_str(),
        plugin = job.plugin,
        function = job.function,
        tries = job.tries,
        error = failure,
        "a call failed"
    );
    if final_ || job.tries >= JOB_TRIES {
        settle(app, &job, Input::JobFailed { job: job.id.clone(), code: Some(code.to_owned()), error: failure }).await;
        return;
    }
    let wait = SignedDuration::from_secs(1 << job.tries.min(10));
    let later = stamp(app.clock.now().checked_add(wait).unwrap_or(jiff::Timestamp::MAX));
    let work = Arc::new((job.id.clone(), later, failure));
    let put_off = app
        .store
        .write(move |tx| {
            let work = work.clone();
            async move { rows::put_off_job(tx, &work.0, &work.1, &work.2).await }.boxed()
        })
        .await;
    if let Err(error) = put_off {
        tracing::error!(job = job.id.as_str(), %error, "a call could not be put off; it is claimed again later");
    }
}

/// Error code of a plugin that broke, for error boundary events.
const FAILED: &str = "plugin-failed";
/// Error code of a plugin's own "no".
const REFUSED: &str = "plugin-refused";

fn code(error: &plugin::Error) -> &'static str {
    if matches!(error, plugin::Error::Refused(_)) { REFUSED } else { FAILED }
}

/// True if the same call can only fail again.
fn hopeless(error: &plugin::Error) -> bool {
    match error {
        plugin::Error::BadInput { .. }
        | plugin::Error::BadOutput { .. }
        | plugin::Error::Refused(_)
        | plugin::Error::NoSuchFunction { .. }
        | plugin::Error::NoSuchPlugin(_) => true,
        plugin::Error::BadManifest(_)
        | plugin::Error::BadComponent { .. }
        | plugin::Error::OutOfFuel { .. }
        | plugin::Error::Deadline { .. }
        | plugin::Error::Memory { .. }
        | plugin::Error::Trap { .. }
        | plugin::Error::Host(_) => false,
    }
}

async fn settle(app: &Arc<App>, job: &Job, input: Input) {
    match give(app, &job.instance, input).await {
        Ok(()) => {}
        Err(Error::Refused(Refusal::NothingWaits | Refusal::AlreadyEnded) | Error::NotFound(_)) => {
            let id = job.id.clone();
            let gone = app
                .store
                .write(move |tx| {
                    let id = id.clone();
                    async move { rows::remove_jobs(tx, &[id]).await.map(|_| ()) }.boxed()
                })
                .await;
            if let Err(error) = gone {
                tracing::error!(job = job.id.as_str(), %error, "a call nobody waits for could not be removed");
            }
        }
        // It stays claimed and comes again.
        Err(error) => {
            tracing::error!(job = job.id.as_str(), %error, cause = ?error, "the outcome of a call could not be stored")
        }
    }
}

/// Removes what has served its time: sessions that ended, keys of requests that nobody repeats any more.
async fn sweep(app: &App) -> Result<(), Error> {
    let now = app.clock.stamp();
    let old = stamp(app.clock.now().checked_sub(SignedDuration::from_hours(48)).unwrap_or(jiff::Timestamp::MIN));
    let work = Arc::new((now, old));
    app.store
        .write(move |tx| {
            let work = work.clone();
            async move {
                crate::store::sessions::sweep(tx, &work.0).await?;
                let mut query = Query::new("DELETE FROM once WHERE at < ");
                query.bind(work.1.as_str());
                tx.exec(query).await?;
                Ok(())
            }
            .boxed()
        })
        .await
}
