//! Sound without a sound card: state machines, arithmetic, hostile files, the threads on fake devices.

#[cfg(all(feature = "sound", target_os = "linux"))]
mod alsa;
mod arithmetic;
mod hostile;
mod states;
mod threads;

use std::sync::Arc;

use super::take::{Coder, RATE, Take};

/// A tone of so many samples.
fn tone(rate: u32, hertz: f32, samples: usize) -> Vec<f32> {
    let step = std::f32::consts::TAU * hertz / rate as f32;
    (0..samples).map(|n| 0.5 * (step * n as f32).sin()).collect()
}

/// How often a second it goes up through nothing.
fn pitch(rate: u32, samples: &[f32]) -> f32 {
    let ups = samples.windows(2).filter(|pair| pair[0] < 0.0 && pair[1] >= 0.0).count();
    ups as f32 * rate as f32 / samples.len() as f32
}

/// A take of a tone with so many samples.
fn take(hertz: f32, samples: usize) -> Take {
    let mut coder = Coder::new(Take::default()).unwrap();
    coder.push(&tone(RATE, hertz, samples)).unwrap();
    coder.finish()
}

fn ogg(hertz: f32, samples: usize) -> Arc<[u8]> {
    take(hertz, samples).ogg().unwrap().into()
}

/// The sound as a WAV file of 16 bits.
fn wav(rate: u32, samples: &[f32]) -> Vec<u8> {
    let length = u32::try_from(samples.len() * 2).unwrap();
    let mut file = Vec::new();
    file.extend(b"RIFF");
    file.extend((36 + length).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16_u32.to_le_bytes());
    file.extend([1, 0, 1, 0]);
    file.extend(rate.to_le_bytes());
    file.extend((rate * 2).to_le_bytes());
    file.extend([2, 0, 16, 0]);
    file.extend(b"data");
    file.extend(length.to_le_bytes());
    file.extend(samples.iter().flat_map(|sample| ((sample * 32_767.0) as i16).to_le_bytes()));
    file
}
