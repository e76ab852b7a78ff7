//! Whether the other side is still there: when to ask, and when to give up.
//!
//! Pure: it is told the time and what was seen, and says what to do next. The times keep the contract that a
//! link in use, or one that owes an answer, is found dead within 10 seconds, an idle one within 60, and that the
//! server, which drops a client that is silent for 60 seconds (SES-36), hears something well before.
//!
//! Every byte received counts as life, not only whole frames, so that a long answer over a slow line does not
//! look like a dead one.

use std::time::Duration;

use tokio::time::Instant;

/// When a silent link is asked, and how long it may take to show life after that.
#[derive(Clone, Debug)]
pub struct Timings {
    /// Silence after which an idle link is asked, and pause in sending after which it is, for the server's sake.
    pub idle: Duration,
    /// Silence after which a link is asked that is in use or owes an answer.
    pub busy: Duration,
    /// Time to show life, idle.
    pub idle_grace: Duration,
    /// Time to show life, in use.
    pub busy_grace: Duration,
    /// Time to show life after the machine woke or its network changed.
    pub wake_grace: Duration,
}

impl Default for Timings {
    fn default() -> Self {
        Self {
            idle: Duration::from_secs(25),
            busy: Duration::from_secs(4),
            idle_grace: Duration::from_secs(10),
            busy_grace: Duration::from_secs(5),
            wake_grace: Duration::from_secs(4),
        }
    }
}

/// What is known about a link at a moment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sight {
    /// The moment.
    pub now: Instant,
    /// When the last byte came.
    pub heard: Instant,
    /// How often bytes came: an answer within the clock's resolution is one all the same.
    pub signs: u64,
    /// When the last frame was sent.
    pub sent: Instant,
    /// Since when an answer is owed.
    pub waiting: Option<Instant>,
    /// A person is looking.
    pub in_use: bool,
    /// The machine woke or its network changed just now.
    pub woken: bool,
}

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Nothing until then, or until something changes.
    Wait(Instant),
    /// Send a ping, then look again.
    Ask,
    /// The link is dead.
    Dead,
}

/// A question that is out.
#[derive(Clone, Copy, Debug)]
struct Asked {
    signs: u64,
    deadline: Instant,
}

/// The state between two looks.
#[derive(Clone, Debug)]
pub(super) struct Heartbeat {
    timings: Timings,
    asked: Option<Asked>,
}

impl Heartbeat {
    pub fn new(timings: Timings) -> Self {
        Self { timings, asked: None }
    }

    /// What to do, given what is seen. After [`Step::Ask`] it counts the question as sent.
    pub fn step(&mut self, sight: Sight) -> Step {
        let times = &self.timings;
        if self.asked.is_some_and(|asked| sight.signs != asked.signs) {
            self.asked = None;
        }
        if let Some(asked) = &mut self.asked {
            if sight.woken {
                asked.deadline = asked.deadline.min(sight.now + times.wake_grace);
            }
            return if sight.now >= asked.deadline { Step::Dead } else { Step::Wait(asked.deadline) };
        }
        let busy = sight.in_use || sight.waiting.is_some();
        let mut due = (sight.heard + times.idle).min(sight.sent + times.idle);
        if sight.in_use {
            due = due.min(sight.heard + times.busy);
        }
        if let Some(since) = sight.waiting {
            // An old silence says nothing about a question just asked.
            due = due.min(sight.heard.max(since) + times.busy);
        }
        if !sight.woken && sight.now < due {
            return Step::Wait(due);
        }
        let grace = match (sight.woken, busy) {
            (true, _) => times.wake_grace,
            (false, true) => times.busy_grace,
            (false, false) => times.idle_grace,
        };
        self.asked = Some(Asked { signs: sight.signs, deadline: sight.now + grace });
        Step::Ask
    }
}

/// How far the clock on the wall got ahead of the clock that stands still while the machine sleeps, if it looks
/// like sleep. A clock set by hand looks the same; then a link is asked once too often.
pub(super) fn slept(running: Duration, on_the_wall: Duration) -> Option<Duration> {
    on_the_wall.checked_sub(running).filter(|ahead| *ahead >= Duration::from_secs(3))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A link that never shows life after `start`; returns when it was asked and when it was given up.
    fn silent(start: Instant, change: impl Fn(&mut Sight)) -> (Duration, Duration) {
        let mut heartbeat = Heartbeat::new(Timings::default());
        let mut sight = Sight {
            now: start,
            heard: start,
            signs: 0,
            sent: start,
            waiting: None,
            in_use: false,
            woken: false,
        };
        let mut asked = None;
        loop {
            change(&mut sight);
            match heartbeat.step(sight) {
                Step::Wait(until) => {
                    assert!(until > sight.now, "a wait must lead somewhere");
                    // Changes of the sight wake the watcher, so look at least every second.
                    sight.now = until.min(sight.now + Duration::from_secs(1));
                }
                Step::Ask => {
                    asked = Some(sight.now - start);
                    sight.sent = sight.now;
                }
                Step::Dead => return (asked.expect("asked before given up"), sight.now - start),
            }
        }
    }

    #[test]
    fn a_dead_link_is_noticed_in_time_whatever_its_use() {
        let start = Instant::now();
        let second = Duration::from_secs(1);
        let (asked, dead) = silent(start, |_| {});
        assert_eq!((asked, dead), (25 * second, 35 * second));
        let (_, dead) = silent(start, |sight| sight.in_use = true);
        assert!(dead < 10 * second);
        // An answer owed since various moments, in front of, during and after the idle question.
        for since in [0, 3, 20, 24, 25, 26, 30, 34] {
            let since = start + since * second;
            let (_, dead) = silent(start, |sight| {
                if sight.now >= since {
                    sight.waiting = Some(since);
                }
            });
            assert!(start + dead < since + 10 * second, "owed since {:?}: {dead:?}", since - start);
        }
        for woken in [0, 7, 24, 26, 31] {
            let woken = start + woken * second;
            let (_, dead) = silent(start, |sight| sight.woken = sight.now == woken);
            assert!(start + dead <= woken + 5 * second, "woken at {:?}: {dead:?}", woken - start);
        }
    }

    #[test]
    fn a_link_that_only_listens_still_speaks_for_the_servers_sake() {
        let start = Instant::now();
        let mut heartbeat = Heartbeat::new(Timings::default());
        let mut sight = Sight {
            now: start,
            heard: start,
            signs: 0,
            sent: start,
            waiting: None,
            in_use: false,
            woken: false,
        };
        let mut asked = 0;
        for _ in 0..120 {
            sight.now += Duration::from_secs(1);
            sight.heard = sight.now;
            sight.signs += 1;
            match heartbeat.step(sight) {
                Step::Ask => {
                    asked += 1;
                    sight.sent = sight.now;
                }
                Step::Wait(_) => assert!(sight.now - sight.sent <= Duration::from_secs(25)),
                Step::Dead => panic!("a link that is heard is not dead"),
            }
        }
        assert_eq!(asked, 4);
    }

    #[test]
    fn a_link_that_answers_lives_and_is_asked_at_the_agreed_pace() {
        let start = Instant::now();
        for (in_use, pace) in [(false, 25), (true, 4)] {
            let mut heartbeat = Heartbeat::new(Timings::default());
            let mut sight = Sight {
                now: start,
                heard: start,
                signs: 0,
                sent: start,
                waiting: None,
                in_use,
                woken: false,
            };
            let mut asked = Vec::new();
            for _ in 0..100 {
                sight.now += Duration::from_millis(500);
                if heartbeat.step(sight) == Step::Ask {
                    asked.push(sight.now);
                    sight.sent = sight.now;
                    sight.heard = sight.now;
                    sight.signs += 1;
                }
            }
            assert!(asked.len() >= 2, "{asked:?}");
            for pair in asked.windows(2) {
                let pause = pair[1] - pair[0];
                assert!(pause.abs_diff(Duration::from_secs(pace)) <= Duration::from_secs(1), "{pause:?}");
            }
        }
    }

    #[test]
    fn sleep_is_what_the_wall_clock_counted_alone() {
        let second = Duration::from_secs(1);
        assert_eq!(slept(5 * second, 5 * second), None);
        assert_eq!(slept(5 * second, 7 * second), None);
        assert_eq!(slept(5 * second, 4 * second), None);
        assert_eq!(slept(5 * second, 3605 * second), Some(3600 * second));
    }
}
