//! How many messages a group takes per second, and which go when there are more (MSG-1, MSG-39).
//!
//! A message is taken while fewer than the limit of its own or a higher priority were taken within the last
//! second. So nothing is lost below the limit, high messages get through a flood of low ones, and a flood of
//! high ones is cut as well.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use hallway_protocol::message::Priority;

const WINDOW: Duration = Duration::from_secs(1);
/// Quiet groups are forgotten at this many, and again when there are twice as many as then.
const SWEEP_AT: usize = 10_000;

/// The groups that were written to within the last second.
pub struct GroupRate {
    per_second: usize,
    groups: Mutex<Groups>,
}

struct Groups {
    taken: HashMap<i64, VecDeque<(Instant, Priority)>>,
    sweep_at: usize,
}

impl GroupRate {
    /// `per_second`: messages into one group; 0 for any number.
    pub fn new(per_second: u32) -> Self {
        let groups = Groups { taken: HashMap::new(), sweep_at: SWEEP_AT };
        Self { per_second: usize::try_from(per_second).unwrap_or(usize::MAX), groups: Mutex::new(groups) }
    }

    /// Takes a message into the group `conv`; refused, says how long until there is room again.
    pub fn take(&self, conv: i64, priority: Priority, now: Instant) -> Result<(), Duration> {
        if self.per_second == 0 {
            return Ok(());
        }
        let mut groups = self.groups.lock().unwrap_or_else(PoisonError::into_inner);
        let recent = |at: Instant| now.saturating_duration_since(at) < WINDOW;
        if groups.taken.len() >= groups.sweep_at {
            groups.taken.retain(|_, taken| taken.back().is_some_and(|(at, _)| recent(*at)));
            groups.sweep_at = groups.taken.len().saturating_mul(2).max(SWEEP_AT);
        }
        let taken = groups.taken.entry(conv).or_default();
        while taken.front().is_some_and(|(at, _)| !recent(*at)) {
            taken.pop_front();
        }
        let mut rivals = taken.iter().filter(|(_, other)| *other >= priority);
        let first = rivals.clone().next().map(|(at, _)| *at);
        if let (Some(first), true) = (first, rivals.nth(self.per_second.saturating_sub(1)).is_some()) {
            return Err(WINDOW.saturating_sub(now.saturating_duration_since(first)));
        }
        taken.push_back((now, priority));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// MSG-1: 40 per second and group, every group on its own.
    #[test]
    fn each_group_has_its_own_forty_per_second() {
        let (rate, start) = (GroupRate::new(40), Instant::now());
        for _ in 0..40 {
            assert!(rate.take(1, Priority::Normal, start).is_ok());
        }
        let later = start + Duration::from_millis(400);
        assert_eq!(rate.take(1, Priority::Normal, later), Err(Duration::from_millis(600)));
        assert!(rate.take(2, Priority::Normal, later).is_ok());
        assert!(rate.take(1, Priority::Normal, start + WINDOW).is_ok());
    }

    /// MSG-39: higher priorities are preferred; above 40 high ones even those go.
    #[test]
    fn higher_priorities_get_through_a_flood_of_lower_ones() {
        let (rate, now) = (GroupRate::new(40), Instant::now());
        for _ in 0..40 {
            assert!(rate.take(1, Priority::Normal, now).is_ok());
        }
        assert!(rate.take(1, Priority::Low, now).is_err());
        assert!(rate.take(1, Priority::Lowest, now).is_err());
        for _ in 0..40 {
            assert!(rate.take(1, Priority::High, now).is_ok());
        }
        assert!(rate.take(1, Priority::High, now).is_err());
        assert!(rate.take(1, Priority::Normal, now).is_err());
    }

    #[test]
    fn lower_priorities_are_taken_while_there_is_room() {
        let (rate, now) = (GroupRate::new(3), Instant::now());
        assert!(rate.take(1, Priority::Lowest, now).is_ok());
        assert!(rate.take(1, Priority::High, now).is_ok());
        assert!(rate.take(1, Priority::Lowest, now).is_ok());
        assert!(rate.take(1, Priority::Lowest, now).is_err());
        assert!(rate.take(1, Priority::Normal, now).is_ok());
    }
}
