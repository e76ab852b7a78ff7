//! The recorder as a person uses it: record, pause, listen, go on, throw away, send. States only; what is to be done comes
//! back as [`Order`]s.
//!
//! A recording belongs to the conversation in which it was begun and waits there: whoever looks at another one meanwhile
//! pauses it and finds it again.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use hallway_protocol::ConversationId;

use super::device::Fault;
use super::studio::{Heard, Order};
use super::take::Take;
use super::wave::{BARS, LOUDEST};
use super::{LONGEST, USUAL};

/// What is shorter than this is thrown away without a question.
const ASK_FROM: Duration = Duration::from_secs(3);

/// Where the recorder is.
#[derive(Debug, Clone, PartialEq)]
pub enum State {
    /// The microphone is asked for, or on.
    Recording {
        /// It was told to stop: what there is, is on its way here.
        stopping: Option<Then>,
    },
    /// The microphone is off; the take can be listened to, gone on with, sent.
    Paused,
}

/// What happens when the take has been handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// It waits.
    Wait,
    /// It is sent.
    Send,
}

/// A recording that was begun and is neither sent nor thrown away.
#[derive(Debug, Clone)]
pub struct Recorder {
    to: ConversationId,
    /// Of the order that runs; what is told of another one is of no interest.
    number: u64,
    state: State,
    take: Arc<Take>,
    length: Duration,
    limit: Duration,
    levels: VecDeque<u8>,
    fault: Option<Fault>,
}

/// What came of something that was told.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It goes on.
    Going,
    /// It can be sent.
    Send(Arc<Take>),
    /// Nothing was recorded: the recorder goes away; the microphone's fault if it has one.
    Nothing(Option<Fault>),
}

impl Recorder {
    /// Begins to record.
    pub fn begin(to: ConversationId, number: u64) -> (Self, Order) {
        let mut recorder = Self {
            to,
            number,
            state: State::Paused,
            take: Arc::default(),
            length: Duration::ZERO,
            limit: USUAL,
            levels: VecDeque::new(),
            fault: None,
        };
        let order = recorder.record(number);
        (recorder, order)
    }

    fn record(&mut self, number: u64) -> Order {
        self.number = number;
        self.state = State::Recording { stopping: None };
        self.fault = None;
        Order::Record { number, take: Arc::clone(&self.take), limit: self.limit }
    }

    /// Goes on where it was paused; behind the usual length up to the greatest one.
    pub fn go_on(&mut self, number: u64) -> Option<Order> {
        if self.state != State::Paused || self.length >= LONGEST {
            return None;
        }
        if self.length >= self.limit {
            self.limit = LONGEST;
        }
        Some(self.record(number))
    }

    /// Pauses.
    pub fn pause(&mut self) -> Option<Order> {
        self.stop(Then::Wait)
    }

    /// Sends what there is: at once when it is here, when it is here otherwise.
    pub fn send(&mut self) -> Result<Arc<Take>, Option<Order>> {
        match self.state {
            State::Paused => Ok(Arc::clone(&self.take)),
            State::Recording { .. } => Err(self.stop(Then::Send)),
        }
    }

    fn stop(&mut self, then: Then) -> Option<Order> {
        let State::Recording { stopping } = &mut self.state else { return None };
        match stopping {
            // Already on its way; only what follows may be more.
            Some(before) => {
                if then == Then::Send {
                    *before = then;
                }
                None
            }
            None => {
                *stopping = Some(then);
                Some(Order::Stop)
            }
        }
    }

    /// Takes what is told of the order with this number.
    pub fn heard(&mut self, number: u64, heard: Heard) -> Outcome {
        let State::Recording { stopping } = self.state else { return Outcome::Going };
        if number != self.number {
            return Outcome::Going;
        }
        match heard {
            Heard::Level { length, level } => {
                self.length = length;
                if self.levels.len() == BARS {
                    self.levels.pop_front();
                }
                self.levels.push_back(level.min(LOUDEST));
                Outcome::Going
            }
            Heard::Stopped(take, fault) => {
                self.state = State::Paused;
                self.length = take.length();
                self.take = take;
                if self.take.is_empty() {
                    return Outcome::Nothing(fault);
                }
                let wanted = stopping == Some(Then::Send) && fault.is_none();
                self.fault = fault;
                if wanted { Outcome::Send(Arc::clone(&self.take)) } else { Outcome::Going }
            }
        }
    }

    /// Where it goes.
    pub fn to(&self) -> &ConversationId {
        &self.to
    }

    /// Where it is.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Whether the microphone is on, or about to be.
    pub fn is_recording(&self) -> bool {
        matches!(self.state, State::Recording { .. })
    }

    /// What there is, while it is paused.
    pub fn take(&self) -> Option<&Arc<Take>> {
        (self.state == State::Paused).then_some(&self.take)
    }

    /// How long it is by now.
    pub fn length(&self) -> Duration {
        self.length
    }

    /// When it stops by itself.
    pub fn limit(&self) -> Duration {
        self.limit
    }

    /// Whether it can be gone on with.
    pub fn can_go_on(&self) -> bool {
        self.state == State::Paused && self.length < LONGEST
    }

    /// How loud the last moments were, the newest last, as shares of the loudest.
    pub fn levels(&self) -> impl Iterator<Item = f32> {
        self.levels.iter().map(|level| f32::from(*level) / f32::from(LOUDEST))
    }

    /// Why it stopped, if nobody wanted it to.
    pub fn fault(&self) -> Option<&Fault> {
        self.fault.as_ref()
    }

    /// Whether so much would be lost that it has to be asked first.
    pub fn is_dear(&self) -> bool {
        self.length > ASK_FROM
    }
}
