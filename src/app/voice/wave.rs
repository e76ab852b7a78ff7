//! How loud a sound is over its length: forty bars under the play button.
//!
//! The bars of an own recording are counted while it is made and travel with the message, in its app data (OBJ-36), as forty
//! letters. So everybody sees them before the sound is fetched, for 60 bytes a message. What other programs send has none:
//! then they are counted from the sound once it is here. Foreign app data is never trusted: forty letters of the alphabet,
//! or nothing.

use serde::{Deserialize, Serialize};

/// So many bars.
pub const BARS: usize = 40;
/// The loudest.
pub const LOUDEST: u8 = 63;
/// App data longer than this is not looked at.
const APP_DATA: usize = 4096;
/// Decibels below full scale that are silence.
const FLOOR: f32 = 48.0;
const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The bars, each from 0 to [`LOUDEST`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wave([u8; BARS]);

#[derive(Serialize, Deserialize)]
struct AppData {
    waveform: String,
}

impl Default for Wave {
    /// Silence.
    fn default() -> Self {
        Self([0; BARS])
    }
}

impl Wave {
    /// The bars of a sound from how loud its equal parts are ([`level`]). The loudest part fills its bar.
    pub fn of_levels(levels: &[u8]) -> Self {
        let mut bars = [0; BARS];
        let loudest = levels.iter().copied().max().unwrap_or(0);
        if loudest == 0 {
            return Self(bars);
        }
        for (place, bar) in bars.iter_mut().enumerate() {
            let from = place * levels.len() / BARS;
            let to = ((place + 1) * levels.len() / BARS).max(from + 1);
            let part = levels.get(from..to.min(levels.len())).unwrap_or_default();
            let peak = part.iter().copied().max().unwrap_or(0);
            *bar = u8::try_from(u32::from(peak) * u32::from(LOUDEST) / u32::from(loudest)).unwrap_or(LOUDEST);
        }
        Self(bars)
    }

    /// The bars, each as a share of the loudest possible.
    pub fn shares(&self) -> [f32; BARS] {
        self.0.map(|bar| f32::from(bar) / f32::from(LOUDEST))
    }

    /// As the app data of a message.
    pub fn app_data(&self) -> String {
        let letter = |bar: &u8| char::from(LETTERS[usize::from(*bar).min(LETTERS.len() - 1)]);
        let data = AppData { waveform: self.0.iter().map(letter).collect() };
        serde_json::to_string(&data).unwrap_or_default()
    }

    /// From the app data of a message, if it holds bars.
    pub fn of_app_data(text: &str) -> Option<Self> {
        if text.len() > APP_DATA {
            return None;
        }
        let data: AppData = serde_json::from_str(text).ok()?;
        let bars: Option<Vec<u8>> = data
            .waveform
            .bytes()
            .map(|letter| LETTERS.iter().position(|known| *known == letter)?.try_into().ok())
            .collect();
        Some(Self(bars?.try_into().ok()?))
    }
}

/// How loud a piece of sound is, from 0 (silence) to [`LOUDEST`], by its mean power in decibels: that is how loudness is heard.
pub fn level(samples: &[f32]) -> u8 {
    if samples.is_empty() {
        return 0;
    }
    let power = samples.iter().map(|sample| f64::from(*sample) * f64::from(*sample)).sum::<f64>();
    let power = (power / samples.len() as f64) as f32;
    let decibels = 10.0 * power.max(1e-12).log10();
    let share = ((decibels + FLOOR) / FLOOR).clamp(0.0, 1.0);
    // Within 0..=63 by the clamp; a sample that is no number is silence.
    (share * f32::from(LOUDEST)).round() as u8
}
