//! One numbered log and the place this client has reached in it.
//!
//! A frame says "from `prev` to `number`". It is applied when nothing is missing before it, dropped when it
//! is old, and held otherwise, because the missing one is usually on its way. Whoever owns the tracker asks
//! [`Tracker::fetch`] from time to time whether the log has to be asked instead.
//!
//! Held frames are not applied early: events then come in the order the server decided (SES-34), and what is
//! held is part of the answer that closes the gap anyway.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// How long a missing frame is waited for before the server is asked.
pub const PATIENCE: Duration = Duration::from_millis(500);

/// Frames held at most; beyond, asking is cheaper than waiting.
const HELD_MAX: usize = 256;

/// What a frame means for a cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It continues the log.
    Apply,
    /// Everything in it is known.
    Drop,
    /// Something before it is missing.
    Wait,
}

/// The rule itself. A frame that begins before the cursor and ends after it holds all that is missing, since
/// rows carry their current state.
pub fn judge(cursor: u64, prev: u64, number: u64) -> Verdict {
    if number <= cursor {
        Verdict::Drop
    } else if prev <= cursor {
        Verdict::Apply
    } else {
        Verdict::Wait
    }
}

/// The cursor of one log, with frames that came too early.
#[derive(Debug)]
pub struct Tracker<F> {
    cursor: u64,
    known: u64,
    generation: u64,
    held: BTreeMap<u64, (u64, Option<F>)>,
    waiting_since: Option<Instant>,
    overdue: bool,
    asked: bool,
}

impl<F> Tracker<F> {
    /// A log of which everything up to `cursor` is here.
    pub fn new(cursor: u64) -> Self {
        Self {
            cursor,
            known: cursor,
            generation: 0,
            held: BTreeMap::new(),
            waiting_since: None,
            overdue: false,
            asked: false,
        }
    }

    /// Everything up to here has been applied.
    pub fn cursor(&self) -> u64 {
        self.cursor
    }

    /// Changes at each reset; an answer asked for under another generation must not be used.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// How many changes are known to be missing.
    pub fn behind(&self) -> u64 {
        self.known.saturating_sub(self.cursor)
    }

    /// The server says that the log has got to `number`.
    pub fn heard_of(&mut self, number: u64) {
        self.known = self.known.max(number);
    }

    /// A frame came. Returns what is to be applied now, in order: the frame and held ones it connects to.
    pub fn frame(&mut self, prev: u64, number: u64, frame: F, now: Instant) -> Vec<F> {
        match judge(self.cursor, prev, number) {
            Verdict::Drop => Vec::new(),
            Verdict::Apply => {
                self.cursor = number;
                let mut ready = vec![frame];
                self.release(&mut ready);
                ready
            }
            Verdict::Wait => {
                if self.held.len() >= HELD_MAX {
                    self.overdue = true;
                } else if self.held.get(&prev).is_none_or(|(held, _)| *held < number) {
                    self.held.insert(prev, (number, Some(frame)));
                }
                self.waiting_since.get_or_insert(now);
                Vec::new()
            }
        }
    }

    /// The rows of a change are stored already (the answer to an own call); only its numbers count here.
    /// Returns held frames that are next.
    pub fn passed(&mut self, prev: u64, number: u64, now: Instant) -> Vec<F> {
        let mut ready = Vec::new();
        match judge(self.cursor, prev, number) {
            Verdict::Drop => {}
            Verdict::Apply => {
                self.cursor = number;
                self.release(&mut ready);
            }
            Verdict::Wait => {
                if self.held.len() >= HELD_MAX {
                    self.overdue = true;
                } else {
                    self.held.entry(prev).or_insert((number, None));
                }
                self.waiting_since.get_or_insert(now);
            }
        }
        ready
    }

    /// Whether the server should be asked now for what follows the cursor. At most one question at a time.
    pub fn should_fetch(&self, now: Instant) -> bool {
        let waited = self.waiting_since.is_some_and(|since| now.saturating_duration_since(since) >= PATIENCE);
        !self.asked && (self.known > self.cursor || self.overdue || waited)
    }

    /// When [`Self::should_fetch`] may turn true by time alone.
    pub fn deadline(&self) -> Option<Instant> {
        if self.asked { None } else { self.waiting_since.map(|since| since + PATIENCE) }
    }

    /// Marks the question as asked and returns the cursor to ask from.
    pub fn fetch(&mut self) -> u64 {
        self.asked = true;
        self.cursor
    }

    /// The question was answered or failed; another may be asked.
    pub fn fetched(&mut self) {
        self.asked = false;
    }

    /// An answer holds everything after `after` up to `up_to`. Returns held frames that are next.
    pub fn advance(&mut self, after: u64, up_to: u64) -> Vec<F> {
        if after <= self.cursor && up_to > self.cursor {
            self.cursor = up_to;
        }
        let mut ready = Vec::new();
        self.release(&mut ready);
        ready
    }

    /// Begins to follow the log from here: what came before is looked up when it is wanted. Returns held frames
    /// that follow.
    pub fn start_at(&mut self, number: u64) -> Vec<F> {
        self.cursor = self.cursor.max(number);
        let mut ready = Vec::new();
        self.release(&mut ready);
        ready
    }

    /// An answer to the question from `after` says that too much has changed, and holds the newest page as of
    /// `to`. None if it must not be used, because the cursor is no longer where it was when asked. Otherwise the
    /// cursor jumps, older questions are void, and held frames that follow are returned.
    pub fn reset(&mut self, after: u64, to: u64) -> Option<Vec<F>> {
        if after != self.cursor || to < self.cursor {
            return None;
        }
        self.cursor = to;
        self.generation += 1;
        let mut ready = Vec::new();
        self.release(&mut ready);
        Some(ready)
    }

    /// Takes over the numbers of another life of the log (a restored server).
    pub fn restart(&mut self, cursor: u64) {
        let generation = self.generation + 1;
        *self = Self { generation, ..Self::new(cursor) };
    }

    /// The connection is gone: nothing is on its way any more, neither frames nor answers.
    pub fn disconnected(&mut self) {
        self.held.clear();
        self.waiting_since = None;
        self.overdue = false;
        self.asked = false;
    }

    /// Stops wanting what the server refuses to give.
    pub fn give_up(&mut self) {
        self.disconnected();
        self.known = self.cursor;
    }

    fn release(&mut self, ready: &mut Vec<F>) {
        while let Some((prev, (number, frame))) = self.held.pop_first() {
            match judge(self.cursor, prev, number) {
                Verdict::Drop => {}
                Verdict::Apply => {
                    self.cursor = number;
                    ready.extend(frame);
                }
                Verdict::Wait => {
                    self.held.insert(prev, (number, frame));
                    break;
                }
            }
        }
        self.known = self.known.max(self.cursor);
        if self.held.is_empty() {
            self.waiting_since = None;
            self.overdue = false;
        }
    }
}
