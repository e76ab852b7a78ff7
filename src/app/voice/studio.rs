//! Takes orders and runs the threads: at most one that records and one that plays.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use iced::Task;
use iced::futures::{Stream, StreamExt, stream};
use tokio::sync::mpsc::{self, Receiver};

use super::device::{Device, Fault, Ring};
use super::sound::{self, Unplayable};
use super::take::Take;
use super::{Wave, capture, playback};

/// Events that may wait to be taken.
const WAITING: usize = 4;
/// The threads decode on small stacks, but the coder of Opus has large frames.
const STACK: usize = 2 * 1024 * 1024;

/// What is to be done. The numbers come back with what is told of it.
#[derive(Clone, PartialEq)]
pub enum Order {
    /// Record onto a take until it is so long.
    Record {
        /// Number of the order.
        number: u64,
        /// What there is already.
        take: Arc<Take>,
        /// When to stop.
        limit: Duration,
    },
    /// Stop recording; the take is handed over.
    Stop,
    /// Play a sound; whatever is played now ends without a word.
    Play {
        /// Number of the order.
        number: u64,
        /// The sound.
        sound: Arc<[u8]>,
        /// Where to begin.
        from: Duration,
        /// Times as fast.
        speed: f32,
    },
    /// Be silent.
    Hush,
    /// Find the bars and the length of a sound.
    Survey {
        /// Number of the order.
        number: u64,
        /// The sound.
        sound: Arc<[u8]>,
        /// How long it is said to be.
        claimed: Duration,
    },
}

impl std::fmt::Debug for Order {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Record { number, take, limit } => {
                write!(f, "Record({number}, from {:?} to {limit:?})", take.length())
            }
            Self::Stop => f.write_str("Stop"),
            Self::Play { number, sound, from, speed } => {
                write!(f, "Play({number}, {} bytes, from {from:?}, {speed}x)", sound.len())
            }
            Self::Hush => f.write_str("Hush"),
            Self::Survey { number, sound, claimed } => {
                write!(f, "Survey({number}, {} bytes, {claimed:?})", sound.len())
            }
        }
    }
}

/// What is told of an order.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// Of a recording.
    Heard(u64, Heard),
    /// Of a sound that is played.
    Played(u64, Played),
    /// Bars and length of a sound, or why there are none.
    Surveyed(u64, Result<(Wave, Duration), Unplayable>),
}

/// What is told of a recording.
#[derive(Debug, Clone, PartialEq)]
pub enum Heard {
    /// It is so long and so loud by now.
    Level {
        /// How long the take is.
        length: Duration,
        /// From 0 to [`super::wave::LOUDEST`].
        level: u8,
    },
    /// It is over: what there is, and why if nobody wanted it to end. Always the last word.
    Stopped(Arc<Take>, Option<Fault>),
}

/// What is told of a sound that is played.
#[derive(Debug, Clone, PartialEq)]
pub enum Played {
    /// So much of the sound has been heard.
    At(Duration),
    /// All of it has been heard, or it was hushed.
    Ended,
    /// It is not played.
    Failed(Trouble),
}

/// Why a sound is not played.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// The speaker.
    #[error(transparent)]
    Device(#[from] Fault),
    /// The sound.
    #[error(transparent)]
    Sound(#[from] Unplayable),
}

/// The threads, and the devices they use. Clones are the same studio.
#[derive(Clone)]
pub struct Studio {
    inner: Arc<Inner>,
}

struct Inner {
    device: Arc<dyn Device>,
    recording: Mutex<Option<Arc<AtomicBool>>>,
    playing: Mutex<Option<Arc<Ring>>>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        // Nobody listens any more.
        self.stop();
        self.hush();
    }
}

impl Inner {
    fn stop(&self) {
        if let Some(stop) = lock(&self.recording).take() {
            stop.store(true, Ordering::Release);
        }
    }

    fn hush(&self) {
        if let Some(ring) = lock(&self.playing).take() {
            ring.stop();
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl std::fmt::Debug for Studio {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Studio").finish_non_exhaustive()
    }
}

impl Default for Studio {
    /// With the microphone and the speaker of this computer, as far as this program was built for them.
    fn default() -> Self {
        #[cfg(feature = "sound")]
        return Self::with(super::hardware::Hardware);
        #[cfg(not(feature = "sound"))]
        Self::with(super::device::Nothing)
    }
}

impl Studio {
    /// With these devices.
    pub fn with(device: impl Device) -> Self {
        let inner =
            Inner { device: Arc::new(device), recording: Mutex::default(), playing: Mutex::default() };
        Self { inner: Arc::new(inner) }
    }

    /// Does what is ordered; the task tells of it until it is over.
    pub fn task(&self, order: Order) -> Task<Event> {
        match self.run(order) {
            Some(events) => Task::stream(events),
            None => Task::none(),
        }
    }

    /// The same as a stream; none when there is nothing to tell.
    pub fn run(&self, order: Order) -> Option<impl Stream<Item = Event> + Send + use<>> {
        match order {
            Order::Record { number, take, limit } => {
                Some(events(self.record(take, limit), move |heard| Event::Heard(number, heard)).boxed())
            }
            Order::Stop => {
                self.inner.stop();
                None
            }
            Order::Play { number, sound, from, speed } => {
                let played = self.play(sound, from, speed);
                Some(events(played, move |played| Event::Played(number, played)).boxed())
            }
            Order::Hush => {
                self.inner.hush();
                None
            }
            Order::Survey { number, sound, claimed } => {
                let (tell, told) = mpsc::channel(1);
                let work = move || {
                    let _ = tell.blocking_send(sound::survey(sound, claimed));
                };
                // Without a thread nothing is told: the bars stay empty.
                if let Err(error) = spawn("hallway-survey", work) {
                    tracing::warn!(%error, "a sound could not be looked at");
                }
                Some(events(told, move |found| Event::Surveyed(number, found)).boxed())
            }
        }
    }

    fn record(&self, take: Arc<Take>, limit: Duration) -> Receiver<Heard> {
        let (tell, told) = mpsc::channel(WAITING);
        self.inner.stop();
        let stop = Arc::<AtomicBool>::default();
        *lock(&self.inner.recording) = Some(Arc::clone(&stop));
        let (device, kept, failed) = (Arc::clone(&self.inner.device), Arc::clone(&take), tell.clone());
        let work = move || {
            capture::run(device.as_ref(), Arc::unwrap_or_clone(take), limit, &stop, &tell);
        };
        if let Err(error) = spawn("hallway-record", work) {
            // The line is new: there is room.
            let _ = failed.try_send(Heard::Stopped(kept, Some(Fault::Broken(error.to_string()))));
        }
        told
    }

    fn play(&self, sound: Arc<[u8]>, from: Duration, speed: f32) -> Receiver<Played> {
        let (tell, told) = mpsc::channel(WAITING);
        self.inner.hush();
        let ring = Arc::<Ring>::default();
        *lock(&self.inner.playing) = Some(Arc::clone(&ring));
        let (device, failed) = (Arc::clone(&self.inner.device), tell.clone());
        let work = move || playback::run(device.as_ref(), sound, from, speed, &ring, &tell);
        if let Err(error) = spawn("hallway-play", work) {
            let _ = failed.try_send(Played::Failed(Fault::Broken(error.to_string()).into()));
        }
        told
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> std::io::Result<()> {
    thread::Builder::new().name(name.into()).stack_size(STACK).spawn(work).map(drop)
}

fn events<T: Send + 'static>(
    told: Receiver<T>,
    event: impl Fn(T) -> Event + Send + 'static,
) -> impl Stream<Item = Event> + Send {
    stream::unfold(told, async |mut told| told.recv().await.map(|next| (next, told))).map(event)
}
