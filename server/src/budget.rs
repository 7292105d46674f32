//! How long scripts and expressions of a request or a unit of work may run in all. Their steps and sizes are limited
//! by `runtime`, which has no clock; this is the clock. Only the time inside of evaluations counts, so a busy
//! database or a long check of a pack uses none of it.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use runtime::limits::SCRIPT_MILLIS;
use runtime::script::{Watch, watched};

/// Time that is being spent.
#[derive(Debug)]
pub struct Budget {
    whole: u64,
    origin: Instant,
    /// Nanoseconds used by evaluations that ended.
    used: AtomicU64,
    /// When the evaluation under way began, in nanoseconds after `origin`.
    began: AtomicU64,
}

impl Default for Budget {
    fn default() -> Self {
        Self::of(Duration::from_millis(SCRIPT_MILLIS))
    }
}

impl Budget {
    /// A budget of so much time.
    pub fn of(whole: Duration) -> Self {
        Self { whole: nanoseconds(whole), origin: Instant::now(), used: AtomicU64::new(0), began: AtomicU64::new(0) }
    }

    /// True when an evaluation was stopped, or would be: what came of it is not what its author meant.
    pub fn is_spent(&self) -> bool {
        self.used.load(Relaxed) > self.whole
    }
}

impl Watch for Budget {
    fn begin(&self) {
        self.began.store(nanoseconds(self.origin.elapsed()), Relaxed);
    }

    fn over(&self) -> bool {
        let running = nanoseconds(self.origin.elapsed()).saturating_sub(self.began.load(Relaxed));
        self.used.load(Relaxed).saturating_add(running) > self.whole
    }

    fn end(&self) {
        let ran = nanoseconds(self.origin.elapsed()).saturating_sub(self.began.load(Relaxed));
        self.used.fetch_add(ran, Relaxed);
    }
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// Does asynchronous work under a budget, on whichever threads it runs.
pub async fn within<T>(budget: Arc<Budget>, work: impl Future<Output = T>) -> T {
    let mut work = pin!(work);
    poll_fn(move |context| watched(budget.clone(), || work.as_mut().poll(context))).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_evaluations_use_it_up() {
        let budget = Budget::of(Duration::from_millis(20));
        std::thread::sleep(Duration::from_millis(30));
        assert!(!budget.is_spent());
        budget.begin();
        assert!(!budget.over());
        std::thread::sleep(Duration::from_millis(30));
        assert!(budget.over() && !budget.is_spent());
        budget.end();
        assert!(budget.is_spent());
        budget.begin();
        assert!(budget.over(), "nothing is left for the next");
    }
}
