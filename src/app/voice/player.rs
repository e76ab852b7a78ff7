//! The player as a person uses it: one sound at a time, pause, seek, speed. States only; what is to be done comes back as
//! [`Order`]s.
//!
//! To pause is to end the order and to remember the place; to go on is a new order from there. So at rest nothing runs, and no
//! device is kept from others.

use std::sync::Arc;
use std::time::Duration;

use super::studio::{Order, Played, Trouble};

/// How fast it is played.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Speed {
    /// As it was said.
    #[default]
    One,
    /// Half as fast again.
    OneAndAHalf,
    /// Twice as fast.
    Two,
}

impl Speed {
    /// Times as fast.
    pub fn factor(self) -> f32 {
        match self {
            Self::One => 1.0,
            Self::OneAndAHalf => 1.5,
            Self::Two => 2.0,
        }
    }

    /// The next one, round and round.
    pub fn next(self) -> Self {
        match self {
            Self::One => Self::OneAndAHalf,
            Self::OneAndAHalf => Self::Two,
            Self::Two => Self::One,
        }
    }

    /// As it is written: `1.5x`.
    pub fn text(self) -> &'static str {
        match self {
            Self::One => "1x",
            Self::OneAndAHalf => "1.5x",
            Self::Two => "2x",
        }
    }
}

/// Where the player is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The sound is being fetched.
    Fetching,
    /// It is heard.
    Playing,
    /// It waits at its place.
    Paused,
}

/// The sound that is played, or was last.
#[derive(Debug, Clone)]
struct Now<K> {
    key: K,
    /// Of the order that runs.
    number: u64,
    state: State,
    sound: Option<Arc<[u8]>>,
    at: Duration,
    length: Duration,
}

/// Plays sounds that are called by a key.
#[derive(Debug, Clone)]
pub struct Player<K> {
    now: Option<Now<K>>,
    speed: Speed,
    numbers: u64,
}

/// What is needed to go on.
#[derive(Debug, Clone, PartialEq)]
pub enum Need {
    /// Nothing.
    Nothing,
    /// The sound.
    Fetch,
    /// This to be done.
    Order(Order),
}

/// What came of something that was told.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome<K> {
    /// It goes on.
    Going,
    /// This one was heard to its end.
    Ended(K),
    /// It is not played.
    Failed(K, Trouble),
}

impl<K> Default for Player<K> {
    fn default() -> Self {
        Self { now: None, speed: Speed::One, numbers: 0 }
    }
}

impl<K: Clone + PartialEq> Player<K> {
    /// Plays a sound, or pauses it, or goes on with it. Another one ends.
    pub fn toggle(&mut self, key: &K, length: Duration) -> Need {
        match &mut self.now {
            Some(now) if now.key == *key => match now.state {
                State::Playing => {
                    now.state = State::Paused;
                    Need::Order(Order::Hush)
                }
                State::Paused => self.play(),
                // Pressed again while it is fetched: not wanted any more.
                State::Fetching => {
                    self.now = None;
                    Need::Nothing
                }
            },
            _ => self.begin(key.clone(), length, Duration::ZERO),
        }
    }

    fn begin(&mut self, key: K, length: Duration, at: Duration) -> Need {
        let state = State::Fetching;
        self.now = Some(Now { key, number: 0, state, sound: None, at, length });
        Need::Fetch
    }

    fn play(&mut self) -> Need {
        let Some(now) = &mut self.now else { return Need::Nothing };
        let Some(sound) = &now.sound else {
            now.state = State::Fetching;
            return Need::Fetch;
        };
        self.numbers += 1;
        now.number = self.numbers;
        now.state = State::Playing;
        let (number, sound, from, speed) = (now.number, Arc::clone(sound), now.at, self.speed.factor());
        Need::Order(Order::Play { number, sound, from, speed })
    }

    /// The sound is here.
    pub fn fetched(&mut self, key: &K, sound: Arc<[u8]>) -> Need {
        match &mut self.now {
            Some(now) if now.key == *key && now.state == State::Fetching => {
                now.sound = Some(sound);
                self.play()
            }
            _ => Need::Nothing,
        }
    }

    /// The sound is not to be had.
    pub fn not_fetched(&mut self, key: &K) {
        self.now.take_if(|now| now.key == *key && now.state == State::Fetching);
    }

    /// How long a sound really is.
    pub fn measured(&mut self, key: &K, length: Duration) {
        if let Some(now) = self.now.as_mut().filter(|now| now.key == *key) {
            now.length = length;
        }
    }

    /// Goes to a share of a sound; one that is not played is begun there.
    pub fn seek(&mut self, key: &K, length: Duration, share: f32) -> Need {
        let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
        match &mut self.now {
            Some(now) if now.key == *key => {
                now.at = now.length.mul_f32(share);
                if now.state == State::Playing { self.play() } else { Need::Nothing }
            }
            _ => self.begin(key.clone(), length, length.mul_f32(share)),
        }
    }

    /// Moves by seconds, back when negative; only in the sound that is played or paused.
    pub fn skip(&mut self, key: &K, seconds: i64) -> Need {
        let Some(now) = self.now.as_mut().filter(|now| now.key == *key) else { return Need::Nothing };
        let by = Duration::from_secs(seconds.unsigned_abs());
        now.at = if seconds < 0 { now.at.saturating_sub(by) } else { (now.at + by).min(now.length) };
        if now.state == State::Playing { self.play() } else { Need::Nothing }
    }

    /// Plays at the next speed from now on.
    pub fn next_speed(&mut self) -> Need {
        self.speed = self.speed.next();
        match &self.now {
            Some(now) if now.state == State::Playing => self.play(),
            _ => Need::Nothing,
        }
    }

    /// Ends whatever is played.
    pub fn end(&mut self) -> Need {
        match self.now.take() {
            Some(now) if now.state == State::Playing => Need::Order(Order::Hush),
            _ => Need::Nothing,
        }
    }

    /// Ends a sound if it is this one.
    pub fn end_of(&mut self, key: &K) -> Need {
        if self.now.as_ref().is_some_and(|now| now.key == *key) { self.end() } else { Need::Nothing }
    }

    /// Takes what is told of the order with this number.
    pub fn played(&mut self, number: u64, played: Played) -> Outcome<K> {
        let Some(now) = self.now.as_mut().filter(|now| now.number == number && now.state == State::Playing)
        else {
            return Outcome::Going;
        };
        match played {
            Played::At(at) => {
                now.at = at.min(now.length);
                Outcome::Going
            }
            Played::Ended => {
                let key = now.key.clone();
                self.now = None;
                Outcome::Ended(key)
            }
            Played::Failed(trouble) => {
                let key = now.key.clone();
                self.now = None;
                Outcome::Failed(key, trouble)
            }
        }
    }

    /// How fast it plays.
    pub fn speed(&self) -> Speed {
        self.speed
    }

    /// Where it is with this sound; none when it is another one's turn.
    pub fn state(&self, key: &K) -> Option<State> {
        self.now.as_ref().filter(|now| now.key == *key).map(|now| now.state)
    }

    /// What is played, paused or fetched.
    pub fn key(&self) -> Option<&K> {
        self.now.as_ref().map(|now| &now.key)
    }

    /// The place in this sound and its length, when it is the one that is played or paused.
    pub fn place(&self, key: &K) -> Option<(Duration, Duration)> {
        self.now.as_ref().filter(|now| now.key == *key).map(|now| (now.at, now.length))
    }
}
