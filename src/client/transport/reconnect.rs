//! How long to wait before the next attempt to connect (SES-34).

use std::time::Duration;

/// Seconds before the first, second, … attempt; the last one repeats.
const STEPS: [u64; 7] = [0, 1, 2, 4, 8, 16, 30];

/// How far the jitter reaches to either side.
const JITTER: f64 = 0.2;

/// The wait before attempt number `attempt`, counted from 0: at once, then 1, 2, 4, 8, 16, 30 s and every 30 s.
/// `chance` between 0 and 1 places it between 20 % below and 20 % above, so that the clients of a server that
/// restarts do not all come back in the same moment.
pub fn reconnect_delay(attempt: u32, chance: f64) -> Duration {
    let step = STEPS.get(attempt as usize).or(STEPS.last()).copied().unwrap_or_default();
    let factor = 1.0 - JITTER + 2.0 * JITTER * chance.clamp(0.0, 1.0);
    Duration::from_secs(step).mul_f64(factor)
}

/// Counts attempts and names the wait before each.
#[derive(Clone, Debug, Default)]
pub struct Backoff {
    attempt: u32,
}

impl Backoff {
    /// The wait before the next attempt.
    pub fn next_delay(&mut self) -> Duration {
        let delay = reconnect_delay(self.attempt, rand::random());
        self.attempt = self.attempt.saturating_add(1);
        delay
    }

    /// The wait before the next attempt after the server has refused for a while (overload, closing): at least
    /// the first real step, never at once.
    pub fn next_patient_delay(&mut self) -> Duration {
        self.attempt = self.attempt.max(1);
        self.next_delay()
    }

    /// How many attempts have been made since the last success.
    pub fn attempts(&self) -> u32 {
        self.attempt
    }

    /// After a success, and when the machine wakes or the network returns: the next attempt is at once.
    pub fn reset(&mut self) {
        self.attempt = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SES-34.
    #[test]
    fn waits_grow_as_agreed_and_stay_within_a_fifth() {
        let wanted = [0, 1, 2, 4, 8, 16, 30, 30, 30];
        for (attempt, seconds) in wanted.into_iter().enumerate() {
            let attempt = u32::try_from(attempt).unwrap();
            let middle = Duration::from_secs(seconds);
            assert_eq!(reconnect_delay(attempt, 0.5), middle);
            assert_eq!(reconnect_delay(attempt, 0.0), middle.mul_f64(0.8));
            assert_eq!(reconnect_delay(attempt, 1.0), middle.mul_f64(1.2));
        }
        assert_eq!(reconnect_delay(u32::MAX, 0.5), Duration::from_secs(30));
    }

    /// SES-34 on a clock: the moments at which attempts happen.
    #[tokio::test(start_paused = true)]
    async fn attempts_happen_in_their_windows() {
        let mut backoff = Backoff::default();
        let mut last = tokio::time::Instant::now();
        for seconds in [0.0, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0] {
            tokio::time::sleep(backoff.next_delay()).await;
            let waited = last.elapsed().as_secs_f64();
            // The clock counts whole milliseconds.
            assert!(
                waited >= seconds * 0.8 && waited <= seconds * 1.2 + 0.002,
                "{waited} s instead of {seconds} s"
            );
            last = tokio::time::Instant::now();
        }
        backoff.reset();
        assert_eq!(backoff.next_delay(), Duration::ZERO);
        backoff.reset();
        assert!(backoff.next_patient_delay() >= Duration::from_millis(800));
    }
}
