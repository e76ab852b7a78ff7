//! The thread that records: device, rate, coder.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::Duration;

use tokio::sync::mpsc::Sender;

use super::device::{Captured, Device, Fault};
use super::resample::Resampler;
use super::studio::Heard;
use super::take::{Coder, RATE, Take};

/// Pieces that wait for the coder before they are lost: far more than a device delivers while one frame is coded.
const WAITING: usize = 64;
/// How often it looks whether it is to stop when the device is silent.
const LOOK: Duration = Duration::from_millis(100);
/// A microphone that delivers nothing for so long does not work.
const MUTE: u32 = 50;
/// So often the meter is told.
const METER: Duration = Duration::from_millis(60);

/// Records onto `take` until it is told to stop, the take is `limit` long, or the microphone is gone. Tells of each
/// step and, last, hands over the take.
pub(super) fn run(device: &dyn Device, take: Take, limit: Duration, stop: &AtomicBool, out: &Sender<Heard>) {
    let (take, fault) = match record(device, take, limit, stop, out) {
        Ok((take, fault)) => (take, fault),
        Err((take, fault)) => (take, Some(fault)),
    };
    // Whoever does not listen any more has no use for it.
    let _ = out.blocking_send(Heard::Stopped(Arc::new(take), fault));
}

type Ended = (Take, Option<Fault>);

fn record(
    device: &dyn Device,
    take: Take,
    limit: Duration,
    stop: &AtomicBool,
    out: &Sender<Heard>,
) -> Result<Ended, (Take, Fault)> {
    let broken = |error: opus_pure::Error| Fault::Broken(error.to_string());
    let mut coder = match Coder::new(take.clone()) {
        Ok(coder) => coder,
        Err(error) => return Err((take, broken(error))),
    };
    let (line, samples) = sync_channel(WAITING);
    let open = match device.capture(line) {
        Ok(open) => open,
        Err(fault) => return Err((take, fault)),
    };
    let mut resampler = Resampler::new(open.rate, RATE);
    let (mut coded, mut told, mut mute) = (Vec::new(), coder.length(), 0);
    let mut loudest = 0;
    let _ = out.try_send(Heard::Level { length: told, level: 0 });
    let fault = loop {
        if stop.load(Ordering::Acquire) || coder.length() >= limit {
            break None;
        }
        match samples.recv_timeout(LOOK) {
            Ok(Captured::Samples(samples)) => {
                mute = 0;
                coded.clear();
                resampler.push(&samples, &mut coded);
                if let Err(error) = coder.push(&coded) {
                    break Some(broken(error));
                }
            }
            Ok(Captured::Lost(fault)) => break Some(fault),
            Err(RecvTimeoutError::Timeout) if mute < MUTE => mute += 1,
            Err(RecvTimeoutError::Timeout) => break Some(Fault::Broken("it delivers nothing".into())),
            Err(RecvTimeoutError::Disconnected) => break Some(Fault::Broken("it was closed".into())),
        }
        loudest = coder.level().max(loudest);
        if coder.length() >= told + METER {
            told = coder.length();
            // Who is busy drawing misses one; the next one follows.
            let _ = out.try_send(Heard::Level { length: told, level: std::mem::take(&mut loudest) });
        }
    };
    drop(open);
    if fault.is_none() {
        coded.clear();
        resampler.finish(&mut coded);
        if let Err(error) = coder.push(&coded) {
            tracing::warn!(%error, "the end of a recording could not be coded");
        }
    }
    Ok((coder.finish(), fault))
}
