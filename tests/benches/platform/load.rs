//! A bounded load from several connections, and the percentiles of what it met.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Result;

/// What a load met.
pub struct Met {
    pub per_second: f64,
    pub p99: Duration,
    pub count: usize,
    /// Processors the load itself kept busy: they were missing to the server.
    pub cores: f64,
}

/// Processor time of this process so far; nothing where the system does not tell.
fn spent() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // Behind the name, which is in parentheses: state is the first, time in user mode the twelfth, in the system the next.
    let fields = stat.rsplit_once(')').map_or("", |it| it.1).split_whitespace().skip(11).take(2);
    // In hundredths of a second, whatever the kernel's own clock is.
    Duration::from_millis(fields.filter_map(|it| it.parse::<u64>().ok()).sum::<u64>() * 10)
}

/// Runs `ask` on `connections` tasks for `time`, each one after the other.
pub async fn run<F, A>(connections: usize, time: Duration, ask: F) -> Result<Met>
where
    F: Fn(usize) -> A + Send + Sync + 'static,
    A: Future<Output = Result<()>> + Send,
{
    let ask = Arc::new(ask);
    let (start, before) = (Instant::now(), spent());
    let workers: Vec<_> = (0..connections)
        .map(|worker| {
            let ask = ask.clone();
            tokio::spawn(async move {
                let mut times = Vec::new();
                while start.elapsed() < time {
                    let before = Instant::now();
                    ask(worker).await?;
                    times.push(before.elapsed());
                }
                anyhow::Ok(times)
            })
        })
        .collect();
    let mut times = Vec::new();
    for worker in workers {
        times.extend(worker.await??);
    }
    let elapsed = start.elapsed();
    let cores = (spent() - before).as_secs_f64() / elapsed.as_secs_f64();
    times.sort_unstable();
    let at = |share: f64| times.get(((times.len() as f64 - 1.0) * share) as usize).copied().unwrap_or_default();
    Ok(Met { per_second: times.len() as f64 / elapsed.as_secs_f64(), p99: at(0.99), count: times.len(), cores })
}
