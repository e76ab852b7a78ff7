//! The thread that plays: sound, speed, rate, device.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::Sender;

use super::device::{Device, Progress, Ring};
use super::resample::Resampler;
use super::sound::Sound;
use super::stretch::Stretch;
use super::studio::{Played, Trouble};

/// Share of a second that waits for the speaker: enough for a busy moment, short enough to stop at once.
const AHEAD: u32 = 5;
/// So often the place is told.
const TELL: Duration = Duration::from_millis(66);
/// A speaker that takes nothing for so long does not work.
const STUCK: u32 = 75;

/// Plays a sound from a place on, and tells where it is, until the end or until the ring is stopped.
pub(super) fn run(
    device: &dyn Device,
    bytes: Arc<[u8]>,
    from: Duration,
    speed: f32,
    ring: &Arc<Ring>,
    out: &Sender<Played>,
) {
    let last = match play(device, bytes, from, speed, ring, out) {
        Ok(()) => Played::Ended,
        Err(trouble) => Played::Failed(trouble),
    };
    let _ = out.blocking_send(last);
}

fn play(
    device: &dyn Device,
    bytes: Arc<[u8]>,
    from: Duration,
    speed: f32,
    ring: &Arc<Ring>,
    out: &Sender<Played>,
) -> Result<(), Trouble> {
    let mut sound = Sound::open(bytes)?;
    sound.seek(from)?;
    let open = device.play(Arc::clone(ring))?;
    let mut stretch = Stretch::new(sound.rate(), speed);
    let mut resampler = Resampler::new(sound.rate(), open.rate);
    let place = |played: u64| {
        from + Duration::from_secs_f64(played as f64 / f64::from(open.rate.max(1)) * f64::from(speed))
    };
    let most = (open.rate / AHEAD).max(1) as usize;
    let (mut quick, mut ready) = (Vec::new(), Vec::new());
    let (mut told, mut stuck, mut before) = (from, 0, 0);
    let mut is_over = false;
    loop {
        // At the end it is waited for the last sample.
        let Progress { played, waiting, stopped, lost } = ring.wait(if is_over { 1 } else { most }, TELL);
        if let Some(fault) = lost {
            return Err(fault.into());
        }
        if stopped || (is_over && waiting == 0) {
            return Ok(());
        }
        stuck = if played == before { stuck + 1 } else { 0 };
        before = played;
        if stuck > STUCK && waiting >= most {
            return Err(super::Fault::Broken("it takes nothing".into()).into());
        }
        if place(played) >= told + TELL {
            told = place(played);
            let _ = out.try_send(Played::At(told));
        }
        if is_over || waiting >= most {
            continue;
        }
        quick.clear();
        ready.clear();
        match sound.read()? {
            Some(piece) => {
                stretch.push(piece, &mut quick);
                resampler.push(&quick, &mut ready);
            }
            None => {
                is_over = true;
                stretch.finish(&mut quick);
                resampler.push(&quick, &mut ready);
                resampler.finish(&mut ready);
            }
        }
        ring.push(&ready);
    }
}
