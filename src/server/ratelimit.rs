//! How often somebody may do something: token buckets per key.
//!
//! A [`Rate`] is written `10/s burst 30`, `5/min`, `20/h`, `200/day` or `off`. A [`Limiter`] keeps one bucket
//! per key (user, address) behind a few locks, so that ten thousand messages a second do not queue at one; a
//! bucket that is full again is forgotten.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::{BuildHasher, Hash};
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

/// So many at once, refilled so many per period.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Rate {
    /// How many per period; 0 means no limit at all.
    count: u32,
    per: Period,
    /// How many at once.
    burst: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Period {
    Second,
    Minute,
    Hour,
    Day,
}

const PERIODS: [(&str, Period, u32); 4] = [
    ("s", Period::Second, 1),
    ("min", Period::Minute, 60),
    ("h", Period::Hour, 3600),
    ("day", Period::Day, 86_400),
];

impl Rate {
    /// No limit.
    pub const OFF: Self = Self { count: 0, per: Period::Second, burst: 0 };

    /// `count` per second, `burst` at once.
    pub const fn per_second(count: u32, burst: u32) -> Self {
        Self { count, per: Period::Second, burst }
    }

    /// `count` per minute, all of them at once if need be.
    pub const fn per_minute(count: u32) -> Self {
        Self { count, per: Period::Minute, burst: count }
    }

    /// `count` per hour, all of them at once if need be.
    pub const fn per_hour(count: u32) -> Self {
        Self { count, per: Period::Hour, burst: count }
    }

    /// Whether there is no limit.
    pub const fn is_off(self) -> bool {
        self.count == 0
    }

    fn seconds(self) -> f64 {
        PERIODS.iter().find(|(_, period, _)| *period == self.per).map_or(1.0, |(_, _, s)| f64::from(*s))
    }

    fn tokens_per_second(self) -> f64 {
        f64::from(self.count) / self.seconds()
    }
}

/// A rate that is not of the form `10/s burst 30`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a rate: write `10/s burst 30`, `5/min`, `20/h`, `200/day` or `off`")]
pub struct BadRate(String);

impl FromStr for Rate {
    type Err = BadRate;

    fn from_str(text: &str) -> Result<Self, BadRate> {
        let bad = || BadRate(text.to_owned());
        if text.trim() == "off" {
            return Ok(Self::OFF);
        }
        let (rate, burst) = match text.split_once("burst") {
            Some((rate, burst)) => (rate, Some(burst.trim().parse::<u32>().map_err(|_| bad())?)),
            None => (text, None),
        };
        let (count, per) = rate.split_once('/').ok_or_else(bad)?;
        let count: u32 = count.trim().parse().map_err(|_| bad())?;
        let per = PERIODS.iter().find(|(name, ..)| *name == per.trim()).ok_or_else(bad)?.1;
        let burst = burst.unwrap_or(count);
        if count == 0 || burst == 0 { Err(bad()) } else { Ok(Self { count, per, burst }) }
    }
}

impl TryFrom<String> for Rate {
    type Error = BadRate;

    fn try_from(text: String) -> Result<Self, BadRate> {
        text.parse()
    }
}

impl From<Rate> for String {
    fn from(rate: Rate) -> Self {
        rate.to_string()
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_off() {
            return f.write_str("off");
        }
        let name = PERIODS.iter().find(|(_, period, _)| *period == self.per).map_or("s", |(name, ..)| name);
        write!(f, "{}/{name}", self.count)?;
        if self.burst == self.count { Ok(()) } else { write!(f, " burst {}", self.burst) }
    }
}

#[derive(Clone, Copy)]
struct Bucket {
    tokens: f64,
    at: Instant,
}

const SHARDS: usize = 16;
/// A shard looks for full buckets to drop when it has this many, and again when it has doubled since.
const SWEEP_AT: usize = 1024;

struct Shard<K> {
    buckets: HashMap<K, Bucket>,
    sweep_at: usize,
}

impl<K> Default for Shard<K> {
    fn default() -> Self {
        Self { buckets: HashMap::new(), sweep_at: SWEEP_AT }
    }
}

/// One bucket per key, all of the same [`Rate`].
pub struct Limiter<K> {
    rate: Rate,
    hasher: RandomState,
    shards: [Mutex<Shard<K>>; SHARDS],
}

impl<K: Hash + Eq> Limiter<K> {
    /// A limiter with every bucket full.
    pub fn new(rate: Rate) -> Self {
        Self { rate, hasher: RandomState::new(), shards: Default::default() }
    }

    /// Takes one from the bucket of `key` at `now`; refused, says how long until there is one again.
    pub fn take(&self, key: K, now: Instant) -> Result<(), Duration> {
        if self.rate.is_off() {
            return Ok(());
        }
        let (full, speed) = (f64::from(self.rate.burst), self.rate.tokens_per_second());
        let level = |bucket: &Bucket| {
            let passed = now.saturating_duration_since(bucket.at).as_secs_f64();
            (bucket.tokens + passed * speed).min(full)
        };
        let place = usize::try_from(self.hasher.hash_one(&key) % 16).unwrap_or_default();
        let Some(shard) = self.shards.get(place) else { return Ok(()) };
        let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
        if shard.buckets.len() >= shard.sweep_at {
            shard.buckets.retain(|_, bucket| level(bucket) < full);
            shard.sweep_at = shard.buckets.len().saturating_mul(2).max(SWEEP_AT);
        }
        let bucket = shard.buckets.entry(key).or_insert(Bucket { tokens: full, at: now });
        let tokens = level(bucket);
        if tokens < 1.0 {
            return Err(Duration::from_secs_f64((1.0 - tokens) / speed));
        }
        *bucket = Bucket { tokens: tokens - 1.0, at: now };
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_written_as_people_say_them() {
        for text in ["10/s burst 30", "5/min", "20/h", "200/day", "off"] {
            assert_eq!(text.parse::<Rate>().unwrap().to_string(), text);
        }
        for bad in ["", "10", "10/year", "x/s", "10/s burst", "0/s", "10/s burst 0", "-1/s"] {
            assert!(bad.parse::<Rate>().is_err(), "{bad}");
        }
    }

    #[test]
    fn burst_then_rate_per_key() {
        let limiter = Limiter::new(Rate::per_second(10, 30));
        let start = Instant::now();
        assert_eq!((0..40).filter(|_| limiter.take("anna", start).is_ok()).count(), 30);
        assert_eq!(limiter.take("ben", start), Ok(()));
        let wait = limiter.take("anna", start).unwrap_err();
        assert_eq!(wait, Duration::from_millis(100));
        assert_eq!(limiter.take("anna", start + wait), Ok(()));
        assert!(limiter.take("anna", start + wait).is_err());
        let later = start + Duration::from_secs(3600);
        assert_eq!((0..40).filter(|_| limiter.take("anna", later).is_ok()).count(), 30, "never above burst");
    }

    #[test]
    fn off_never_refuses() {
        let limiter = Limiter::new(Rate::OFF);
        let now = Instant::now();
        assert!((0..10_000).all(|_| limiter.take((), now).is_ok()));
    }

    #[test]
    fn full_buckets_are_forgotten() {
        let limiter = Limiter::new(Rate::per_second(1, 1));
        let start = Instant::now();
        for n in 0..100_000u32 {
            assert!(limiter.take(n, start + Duration::from_millis(u64::from(n))).is_ok());
        }
        let kept: usize = limiter.shards.iter().map(|shard| shard.lock().unwrap().buckets.len()).sum();
        assert!(kept <= SHARDS * SWEEP_AT, "{kept}");
    }
}
