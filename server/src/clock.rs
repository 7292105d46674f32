//! What time it is: the only caller of the system clock. Everything that needs the time is handed a [`Clock`],
//! so that a test moves it instead of waiting.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};

/// The system clock, plus a shift that only tests and demo data set. Clones share the shift.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    shift_ms: Arc<AtomicI64>,
}

impl Clock {
    /// The time now.
    pub fn now(&self) -> Timestamp {
        let shift = SignedDuration::from_millis(self.shift_ms.load(Ordering::Relaxed));
        let now = Timestamp::now();
        now.checked_add(shift).unwrap_or(now)
    }

    /// The time now as it is stored and sent: RFC 3339, UTC, milliseconds. Sorts as text.
    pub fn stamp(&self) -> String {
        stamp(self.now())
    }

    /// Moves this clock. For tests, and while records are made that are older than their installation.
    pub fn advance(&self, by: SignedDuration) {
        let ms = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.shift_ms.fetch_add(ms, Ordering::Relaxed);
    }
}

/// A moment as it is stored and sent: RFC 3339, UTC, always three decimals, so that it sorts as text.
pub fn stamp(at: Timestamp) -> String {
    format!("{at:.3}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps_have_one_width() {
        let whole: Timestamp = "2026-03-02T01:00:00Z".parse().expect("a time");
        assert_eq!(stamp(whole), "2026-03-02T01:00:00.000Z");
    }

    #[test]
    fn a_moved_clock_is_moved_for_all_clones() {
        let clock = Clock::default();
        let other = clock.clone();
        let before = other.now();
        clock.advance(SignedDuration::from_hours(2));
        assert!(other.now().duration_since(before) >= SignedDuration::from_hours(2));
    }
}
