//! Damaged pictures and films. Nothing may panic, and what is stripped must be the same picture when it is stripped again.
//! Deterministic; `HALLWAY_FUZZ=1000000` sets how many (fewer by default), `HALLWAY_FUZZ_SEED` another start.

use std::io::Cursor;

use image::ImageFormat;

use super::head::{Format, Head};
use super::tests::{animation, encoded, film};
use super::{Film, still, strip};

struct Random(u64);

impl Random {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap() % most.max(1)
    }
}

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().map_or(default, |text| text.parse().unwrap())
}

/// Some bytes changed, a stretch doubled or taken out, the end cut off.
fn damaged(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let mut out = bytes.to_vec();
    for _ in 0..=random.below(4) {
        let at = random.below(out.len());
        match random.below(6) {
            0 => out.truncate(at),
            1 => {
                let end = (at + random.below(40)).min(out.len());
                let stretch = out[at..end].to_vec();
                out.splice(at..at, stretch);
            }
            2 => drop(out.drain(at..(at + random.below(20)).min(out.len()))),
            3 if out.len() >= at + 4 => {
                out[at..at + 4].copy_from_slice(&[[0xff; 4], [0; 4]][random.below(2)])
            }
            _ if !out.is_empty() => out[at] = random.below(256) as u8,
            _ => {}
        }
    }
    out
}

#[test]
fn no_damaged_picture_breaks_a_reader() {
    let shown = image::DynamicImage::new_rgba8(12, 9);
    let formats = [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::Bmp, ImageFormat::WebP];
    let mut samples: Vec<Vec<u8>> = formats.map(|format| encoded(&shown, format)).to_vec();
    samples.extend([animation(3, 8), film()]);
    let mut random = Random(setting("HALLWAY_FUZZ_SEED", 0x5eed));
    for _ in 0..setting("HALLWAY_FUZZ", 3000) {
        let sample = random.below(samples.len());
        let bytes = damaged(&samples[sample], &mut random);
        let _ = Film::read(&mut Cursor::new(&bytes));
        if Head::read(&bytes).is_ok() {
            let _ = still::decode(&bytes);
        }
        if let Some(format) = Format::of(&bytes)
            && let Ok(stripped) = strip::strip(&bytes, format)
        {
            assert!(stripped.len() <= bytes.len() + 2, "{bytes:?}");
            assert_eq!(strip::strip(&stripped, format), Ok(stripped), "{bytes:?}");
        }
    }
}
