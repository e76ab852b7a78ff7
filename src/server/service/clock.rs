//! The server's clock, which never goes back.
//!
//! Times are for display and for finding what changed recently; order comes from the counters. But a client
//! asks for "changed since", so a change must never carry an earlier time than one before it, even if the
//! system's clock was set back or the server restarted meanwhile.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Unix milliseconds, not below the highest ever given out.
#[derive(Debug)]
pub struct Clock {
    floor: AtomicI64,
}

impl Clock {
    /// Starts not below `floor` (Unix milliseconds).
    pub fn new(floor: i64) -> Self {
        Self { floor: AtomicI64::new(floor) }
    }

    /// Unix milliseconds.
    pub fn now_ms(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let now = i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
        self.floor.fetch_max(now, Ordering::Relaxed).max(now)
    }

    /// Puts it forward; until the system's clock has caught up it stands still.
    pub fn put_forward(&self, by: Duration) {
        let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.floor.fetch_max(self.now_ms().saturating_add(by), Ordering::Relaxed);
    }

    /// Unix seconds.
    pub fn now(&self) -> i64 {
        self.now_ms().div_euclid(1000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_never_goes_back() {
        let future = Clock::new(0).now_ms() + 3_600_000;
        let clock = Clock::new(future);
        assert_eq!(clock.now_ms(), future);
        assert!(clock.now_ms() >= future);
        clock.put_forward(std::time::Duration::from_secs(60));
        assert_eq!(clock.now_ms(), future + 60_000);
        assert!(Clock::new(0).now_ms() > 1_700_000_000_000);
    }
}
