//! What is asked of a microphone and of a speaker.
//!
//! A device is opened on the thread that needs it and closed by dropping its handle. The samples go through a bounded line
//! in one direction each, so that the thread of the sound system never waits for ours.

use std::collections::VecDeque;
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Why there is no sound.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// This program was built without sound.
    #[error("built without sound")]
    NotBuilt,
    /// There is no such device.
    #[error("no device")]
    NoDevice,
    /// The system does not let this program have it.
    #[error("the system refuses")]
    Refused,
    /// Another program has it.
    #[error("in use by another program")]
    Busy,
    /// It was taken away, or it does not answer.
    #[error("the device does not work: {0}")]
    Broken(String),
}

/// What a microphone delivers.
#[derive(Debug)]
pub enum Captured {
    /// Samples of one channel.
    Samples(Vec<f32>),
    /// Nothing more will come.
    Lost(Fault),
}

/// An open device; dropping the handle closes it.
pub struct Open {
    /// Samples a second.
    pub rate: u32,
    /// Closes it when dropped.
    pub handle: Box<dyn std::any::Any>,
}

/// Microphone and speaker.
pub trait Device: Send + Sync + 'static {
    /// Opens the microphone. Samples go into `line` as they come; when it is full they are lost.
    ///
    /// # Errors
    ///
    /// Why there is none. May block for some time.
    fn capture(&self, line: SyncSender<Captured>) -> Result<Open, Fault>;

    /// Opens the speaker, which takes its samples from the ring. May block for some time.
    ///
    /// # Errors
    ///
    /// Why there is none.
    fn play(&self, ring: Arc<Ring>) -> Result<Open, Fault>;
}

/// The samples on their way to the speaker.
#[derive(Debug, Default)]
pub struct Ring {
    state: Mutex<Line>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Line {
    samples: VecDeque<f32>,
    played: u64,
    stopped: bool,
    lost: Option<Fault>,
}

/// What the playing thread finds when it looks at the ring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// Samples that the speaker has taken.
    pub played: u64,
    /// Samples that wait for it.
    pub waiting: usize,
    /// Nobody wants to hear more.
    pub stopped: bool,
    /// The speaker is gone.
    pub lost: Option<Fault>,
}

impl Ring {
    fn lock(&self) -> MutexGuard<'_, Line> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds samples. Bounded by whoever calls: see [`Progress::waiting`].
    pub(super) fn push(&self, samples: &[f32]) {
        self.lock().samples.extend(samples);
    }

    /// The speaker takes samples, each for `channels` places of `out`; silence follows when there are too few. Answers how
    /// many there were.
    pub fn pull(&self, out: &mut [f32], channels: usize) -> usize {
        let mut line = self.lock();
        let mut taken = 0;
        for frame in out.chunks_mut(channels.max(1)) {
            let next = if line.stopped { None } else { line.samples.pop_front() };
            frame.fill(next.unwrap_or(0.0));
            taken += usize::from(next.is_some());
        }
        line.played += taken as u64;
        drop(line);
        self.changed.notify_all();
        taken
    }

    /// The speaker is gone.
    pub fn lose(&self, fault: Fault) {
        self.lock().lost = Some(fault);
        self.changed.notify_all();
    }

    /// Nobody wants to hear more.
    pub(super) fn stop(&self) {
        self.lock().stopped = true;
        self.changed.notify_all();
    }

    /// Waits until there is less waiting than `most`, or `time` has passed, or it is over.
    pub(super) fn wait(&self, most: usize, time: Duration) -> Progress {
        let line = self.lock();
        let full = |line: &mut Line| line.samples.len() >= most && !line.stopped && line.lost.is_none();
        let (line, _) =
            self.changed.wait_timeout_while(line, time, full).unwrap_or_else(PoisonError::into_inner);
        Progress {
            played: line.played,
            waiting: line.samples.len(),
            stopped: line.stopped,
            lost: line.lost.clone(),
        }
    }
}

/// Where there is no sound.
#[derive(Debug)]
pub struct Nothing;

impl Device for Nothing {
    fn capture(&self, _: SyncSender<Captured>) -> Result<Open, Fault> {
        Err(Fault::NotBuilt)
    }

    fn play(&self, _: Arc<Ring>) -> Result<Open, Fault> {
        Err(Fault::NotBuilt)
    }
}
