//! Microphone and speaker for tests: the one says what it is given, the other keeps what it hears. Time is what passes in
//! samples, so nothing waits.

use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use super::device::{Captured, Device, Fault, Open, Ring};

/// Samples that the fake devices hand over together.
const PIECE: usize = 480;

/// What the microphone does when it is opened.
#[derive(Debug, Clone, Default)]
pub struct Voice {
    /// Samples a second.
    pub rate: u32,
    /// What it says each time it is opened.
    pub samples: Arc<[f32]>,
    /// How it ends after that; none to stay open and silent.
    pub then: Option<Fault>,
    /// It cannot be opened.
    pub fault: Option<Fault>,
}

/// Fake devices. Clones are the same.
#[derive(Debug, Clone, Default)]
pub struct Fake {
    voice: Arc<Mutex<Voice>>,
    heard: Arc<Mutex<Vec<f32>>>,
    speaker: Arc<Mutex<Option<Fault>>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Fake {
    /// With a microphone that says this.
    pub fn saying(voice: Voice) -> Self {
        Self { voice: Arc::new(Mutex::new(voice)), ..Self::default() }
    }

    /// The microphone says this from now on.
    pub fn say(&self, voice: Voice) {
        *lock(&self.voice) = voice;
    }

    /// The speaker cannot be opened, or can again.
    pub fn mute(&self, fault: Option<Fault>) {
        *lock(&self.speaker) = fault;
    }

    /// What the speaker has heard.
    pub fn heard(&self) -> Vec<f32> {
        lock(&self.heard).clone()
    }
}

/// Whether the handle of a device was dropped, which closes it.
fn is_closed(open: &Receiver<()>) -> bool {
    open.try_recv() == Err(TryRecvError::Disconnected)
}

impl Device for Fake {
    fn capture(&self, line: SyncSender<Captured>) -> Result<Open, Fault> {
        let voice = lock(&self.voice).clone();
        if let Some(fault) = voice.fault {
            return Err(fault);
        }
        let (handle, open) = channel::<()>();
        thread::spawn(move || {
            for piece in voice.samples.chunks(PIECE) {
                if is_closed(&open) || line.send(Captured::Samples(piece.to_vec())).is_err() {
                    return;
                }
            }
            match voice.then {
                Some(fault) => drop(line.send(Captured::Lost(fault))),
                // Silent, but there until it is closed.
                None => drop(open.recv()),
            }
        });
        Ok(Open { rate: voice.rate, handle: Box::new(handle) })
    }

    fn play(&self, ring: Arc<Ring>) -> Result<Open, Fault> {
        if let Some(fault) = lock(&self.speaker).clone() {
            return Err(fault);
        }
        let (handle, open) = channel::<()>();
        let heard = Arc::clone(&self.heard);
        thread::spawn(move || {
            let mut piece = [0.0; PIECE];
            while !is_closed(&open) {
                let count = ring.pull(&mut piece, 1);
                lock(&heard).extend_from_slice(&piece[..count]);
                thread::yield_now();
            }
        });
        Ok(Open { rate: 48_000, handle: Box::new(handle) })
    }
}
