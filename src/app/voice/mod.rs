//! Voice messages: from the microphone to a sound that can be sent, and from a sound to the speaker.
//!
//! Nothing in here waits on the thread that draws. [`Studio`] takes [`Order`]s and answers with a stream of [`Event`]s; it
//! has one thread while it records, one while it plays, and none at rest.
//!
//! * [`device`]: what is asked of microphone and speaker. `hardware`: those of this computer (feature `sound`).
//!   [`fake`]: those of tests.
//! * [`take`]: a recording, coded while it grows. [`sound`]: any sound as samples, in bounded pieces.
//! * [`wave`]: the forty bars. [`resample`], [`stretch`]: another rate, another speed.
//! * [`studio`], `capture`, `playback`: the threads.
//! * [`recorder`], [`player`]: what a person does with them, as states without threads.
//!
//! # The format
//!
//! Own recordings are Ogg-Opus, 16 kHz mono at 24 kbit/s: about 180 kB a minute, 1.8 MB for the longest one. The same as
//! 16-bit WAV is 1.9 MB a minute, and 19.2 MB for the longest, which nearly fills the 20 MB of OBJ-7; FLAC is about half of
//! that and no format of MSG-71. Opus is one, browsers and telephones play it, and providers of voice-to-text take it. The
//! coder is `opus-pure`: Rust without C, cmake or dependencies, with the Ogg container.
//!
//! What others send may also be WAV, MP3, M4A or AAC (by `symphonia`). Speex, SILK, AMR and raw samples are not played.

mod capture;
pub mod device;
#[cfg(any(test, feature = "harness"))]
pub mod fake;
#[cfg(feature = "sound")]
mod hardware;
mod playback;
pub mod player;
pub mod recorder;
pub mod resample;
pub mod sound;
pub mod stretch;
pub mod studio;
pub mod take;
pub mod wave;

#[cfg(test)]
mod tests;

pub use device::Fault;
pub use studio::{Event, Heard, Order, Played, Studio};
pub use take::Take;
pub use wave::Wave;

/// Own recordings stop here unless the person goes on (OBJ-7).
pub const USUAL: std::time::Duration = std::time::Duration::from_secs(60);
/// And here in any case (OBJ-7).
pub const LONGEST: std::time::Duration = std::time::Duration::from_secs(600);
