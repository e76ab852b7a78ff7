//! What repeated failures to sign in cost.
//!
//! [`FailureGuard`] counts failures per key (a user id, an address). When `allowed` of them fall into one
//! minute the key is locked: for a minute the first time, and twice as long each time after that up to an
//! hour where `growing` is set (passwords), always for one minute where it is not (`userSig`, RST-25). A
//! success forgets everything. Keys that have been quiet for an hour are forgotten too, so the table stays
//! as small as the number of people who are failing right now.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

const WINDOW: Duration = Duration::from_secs(60);
const LONGEST: Duration = Duration::from_secs(3600);
/// The quiet keys are looked for and forgotten at this many, and again when there are twice as many as then.
const SWEEP_AT: usize = 10_000;

/// Locks a key after too many failures.
pub struct FailureGuard<K> {
    allowed: u32,
    growing: bool,
    keys: Mutex<Keys<K>>,
}

struct Keys<K> {
    failures: HashMap<K, Failures>,
    sweep_at: usize,
}

#[derive(Clone, Copy)]
struct Failures {
    since: Instant,
    count: u32,
    locked_until: Option<Instant>,
    /// How often this key was locked since its last success.
    locks: u32,
}

impl<K: Hash + Eq> FailureGuard<K> {
    /// `allowed`: failures within a minute before the key is locked; 0 never locks.
    pub fn new(allowed: u32, growing: bool) -> Self {
        let keys = Keys { failures: HashMap::new(), sweep_at: SWEEP_AT };
        Self { allowed, growing, keys: Mutex::new(keys) }
    }

    /// Whether `key` may try at `now`; otherwise how long it has to wait.
    pub fn check(&self, key: &K, now: Instant) -> Result<(), Duration> {
        let keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        match keys.failures.get(key).and_then(|failures| failures.locked_until) {
            Some(until) if until > now => Err(until.saturating_duration_since(now)),
            _ => Ok(()),
        }
    }

    /// `key` has failed at `now`.
    pub fn failed(&self, key: K, now: Instant) {
        if self.allowed == 0 {
            return;
        }
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        if keys.failures.len() >= keys.sweep_at {
            keys.failures.retain(|_, failures| failures.matters_at(now));
            keys.sweep_at = keys.failures.len().saturating_mul(2).max(SWEEP_AT);
        }
        let fresh = Failures { since: now, count: 0, locked_until: None, locks: 0 };
        let failures = keys.failures.entry(key).or_insert(fresh);
        if now.saturating_duration_since(failures.since) >= WINDOW {
            failures.since = now;
            failures.count = 0;
        }
        failures.count = failures.count.saturating_add(1);
        if failures.count >= self.allowed {
            let doublings = if self.growing { failures.locks.min(12) } else { 0 };
            let pause = WINDOW.saturating_mul(1 << doublings).min(LONGEST);
            failures.locked_until = now.checked_add(pause);
            failures.locks = failures.locks.saturating_add(1);
            failures.count = 0;
            failures.since = now;
        }
    }

    /// `key` has succeeded: its failures are forgotten.
    pub fn succeeded(&self, key: &K) {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner).failures.remove(key);
    }
}

impl Failures {
    fn matters_at(&self, now: Instant) -> bool {
        self.locked_until.is_some_and(|until| until > now)
            || now.saturating_duration_since(self.since) < LONGEST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// RST-25: 10 failures within a minute lock for one minute, every time.
    #[test]
    fn ten_failures_in_a_minute_lock_for_a_minute() {
        let guard = FailureGuard::new(10, false);
        let start = Instant::now();
        for round in 0..3u32 {
            let begin = start + 120 * SECOND * round;
            for n in 0..10 {
                assert_eq!(guard.check(&"alice", begin + n * SECOND), Ok(()));
                guard.failed("alice", begin + n * SECOND);
            }
            let locked_at = begin + 9 * SECOND;
            assert_eq!(guard.check(&"alice", locked_at), Err(60 * SECOND));
            assert_eq!(guard.check(&"alice", locked_at + 59 * SECOND), Err(SECOND));
            assert_eq!(guard.check(&"alice", locked_at + 60 * SECOND), Ok(()));
            assert_eq!(guard.check(&"bob", locked_at), Ok(()));
        }
    }

    #[test]
    fn failures_spread_over_minutes_do_not_lock_and_success_forgets() {
        let guard = FailureGuard::new(2, true);
        let start = Instant::now();
        for n in 0..20 {
            guard.failed("alice", start + n * 61 * SECOND);
            assert_eq!(guard.check(&"alice", start + n * 61 * SECOND), Ok(()));
        }
        guard.failed("bob", start);
        guard.succeeded(&"bob");
        guard.failed("bob", start);
        assert_eq!(guard.check(&"bob", start), Ok(()));
    }

    #[test]
    fn password_locks_grow_up_to_an_hour() {
        let guard = FailureGuard::new(1, true);
        let mut now = Instant::now();
        for minutes in [1, 2, 4, 8, 16, 32, 60, 60] {
            guard.failed((), now);
            let wait = guard.check(&(), now).unwrap_err();
            assert_eq!(wait, 60 * SECOND * minutes);
            now += wait;
        }
    }
}
