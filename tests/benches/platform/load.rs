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
}

/// Runs `ask` on `connections` tasks for `time`, each one after the other.
pub async fn run<F, A>(connections: usize, time: Duration, ask: F) -> Result<Met>
where
    F: Fn(usize) -> A + Send + Sync + 'static,
    A: Future<Output = Result<()>> + Send,
{
    let ask = Arc::new(ask);
    let start = Instant::now();
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
    times.sort_unstable();
    let at = |share: f64| times.get(((times.len() as f64 - 1.0) * share) as usize).copied().unwrap_or_default();
    Ok(Met { per_second: times.len() as f64 / elapsed.as_secs_f64(), p99: at(0.99), count: times.len() })
}
