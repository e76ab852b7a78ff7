//! Any sound as samples: one channel, piece by piece, from any place on.
//!
//! What comes here was written by strangers. A sound is never decoded as a whole: memory is bounded by one packet, and time by
//! how much of it is asked for. A file that claims hours in a few bytes is played as hours of silence, and costs nothing
//! until somebody listens; whoever only wants to know how it looks ([`survey`]) stops after [`SURVEYED`]. A decoder that
//! panics has found a damaged sound.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use opus_pure::{MAX_PACKET_SAMPLES, OggOpusReader, OggPacket, OpusDecoder, Trim};
use symphonia::core::codecs::audio::{AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error as MediaError;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, SeekMode, SeekTo, TrackType};
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::MetadataOptions;
use symphonia::core::units::Time;

use super::wave::{self, Wave};

/// Opus can be decoded at any of its rates; this one has all of it.
const OPUS_RATE: u32 = 48_000;
/// What the decoder of Opus has to hear before the place from which it is right (RFC 7845, 4.6).
const PREROLL: Duration = Duration::from_millis(80);
/// Rates that a device or a person could have meant.
const RATES: std::ops::RangeInclusive<u32> = 4_000..=192_000;
/// Frames of one packet that are believed: ten seconds at 48 kHz.
const PACKET: usize = 480_000;
/// Packets in a row that cannot be decoded before the sound is given up.
const BAD: u32 = 64;
/// So much of a sound is looked at for its bars.
pub const SURVEYED: Duration = super::LONGEST;

/// Why a sound is not played.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unplayable {
    /// No format that this program knows.
    #[error("a format that is not played here")]
    Unknown,
    /// It claims to be one and is not.
    #[error("the sound is damaged")]
    Damaged,
}

/// A sound that is being read.
pub struct Sound {
    reader: Reader,
    rate: u32,
    /// Of one channel, the last piece.
    mono: Vec<f32>,
}

enum Reader {
    Opus(Box<Opus>),
    Other(Box<Other>),
}

struct Opus {
    bytes: Arc<[u8]>,
    packets: OggOpusReader<Cursor<Arc<[u8]>>>,
    decoder: OpusDecoder,
    trim: Trim,
    channels: usize,
    packet: OggPacket,
    block: Vec<f32>,
}

struct Other {
    format: Box<dyn FormatReader>,
    decoder: Box<dyn AudioDecoder>,
    track: u32,
    block: Vec<f32>,
}

impl Sound {
    /// Looks at the beginning of a sound.
    ///
    /// # Errors
    ///
    /// When it cannot be played.
    pub fn open(bytes: Arc<[u8]>) -> Result<Self, Unplayable> {
        guarded(|| Self::open_any(bytes))
    }

    fn open_any(bytes: Arc<[u8]>) -> Result<Self, Unplayable> {
        let (reader, rate) = if bytes.starts_with(b"OggS") {
            (Reader::Opus(Box::new(Opus::open(bytes)?)), OPUS_RATE)
        } else {
            let (other, rate) = Other::open(bytes)?;
            (Reader::Other(Box::new(other)), rate)
        };
        Ok(Self { reader, rate, mono: Vec::new() })
    }

    /// Samples a second.
    pub fn rate(&self) -> u32 {
        self.rate
    }

    /// The next piece; none at the end. Damaged parts are left out.
    ///
    /// # Errors
    ///
    /// When too much in a row is damaged.
    pub fn read(&mut self) -> Result<Option<&[f32]>, Unplayable> {
        let mut bad = 0;
        loop {
            self.mono.clear();
            let (reader, mono, rate) = (&mut self.reader, &mut self.mono, self.rate);
            let step = guarded(|| {
                Ok(match reader {
                    Reader::Opus(opus) => opus.read(mono),
                    Reader::Other(other) => other.read(rate, mono),
                })
            })?;
            match step {
                Step::End => return Ok(None),
                Step::Bad if bad == BAD => return Err(Unplayable::Damaged),
                Step::Bad => bad += 1,
                // Most of the first packet of Opus is cut off: nothing to hear yet.
                Step::Some if self.mono.is_empty() => {}
                Step::Some => return Ok(Some(&self.mono)),
            }
        }
    }

    /// Goes to a place, or to the end if that is before it.
    ///
    /// # Errors
    ///
    /// When what lies before the place is damaged.
    pub fn seek(&mut self, place: Duration) -> Result<(), Unplayable> {
        let rate = self.rate;
        let reader = &mut self.reader;
        let missing = guarded(|| match reader {
            Reader::Opus(opus) => opus.seek(place),
            Reader::Other(other) => Ok(place.saturating_sub(other.seek(place))),
        })?;
        let mut left = (missing.as_secs_f64() * f64::from(rate)) as usize;
        while left > 0 {
            let Some(piece) = self.read()? else { return Ok(()) };
            left = left.saturating_sub(piece.len());
        }
        Ok(())
    }
}

/// Foreign bytes in foreign code: after a panic the sound is not touched again.
fn guarded<T>(work: impl FnOnce() -> Result<T, Unplayable>) -> Result<T, Unplayable> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(Unplayable::Damaged))
}

enum Step {
    Some,
    Bad,
    End,
}

impl Opus {
    fn open(bytes: Arc<[u8]>) -> Result<Self, Unplayable> {
        let packets = OggOpusReader::new(Cursor::new(Arc::clone(&bytes))).map_err(|_| Unplayable::Unknown)?;
        let channels = usize::from(packets.head().channel_count);
        if !(1..=2).contains(&channels) {
            return Err(Unplayable::Unknown);
        }
        let rate = OPUS_RATE.cast_signed();
        let decoder = packets.head().decoder(rate).map_err(|_| Unplayable::Unknown)?;
        let trim = Trim::new(packets.head(), rate, channels).map_err(|_| Unplayable::Unknown)?;
        let block = vec![0.0; MAX_PACKET_SAMPLES * channels];
        Ok(Self { bytes, packets, decoder, trim, channels, packet: OggPacket::default(), block })
    }

    fn read(&mut self, mono: &mut Vec<f32>) -> Step {
        match self.packets.read_packet_into(&mut self.packet) {
            Ok(true) => {}
            // What comes after a broken page cannot be found any more.
            Ok(false) | Err(_) => return Step::End,
        }
        let Ok(frames) = self.decoder.decode(&self.packet.data, MAX_PACKET_SAMPLES, &mut self.block) else {
            return Step::Bad;
        };
        let kept = self.trim.keep_range(&self.packet, frames * self.channels);
        mix(self.block.get(kept).unwrap_or_default(), self.channels, mono);
        Step::Some
    }

    /// Passes packets over without decoding them until shortly before the place. Answers how much is still to be passed
    /// over after that.
    fn seek(&mut self, place: Duration) -> Result<Duration, Unplayable> {
        *self = Self::open(Arc::clone(&self.bytes))?;
        let samples = |time: Duration| (time.as_secs_f64() * f64::from(OPUS_RATE)) as u64;
        let until = samples(place.saturating_sub(PREROLL));
        let mut passed = 0_u64;
        // Without the first packet the delay of the coder would not be cut off.
        while passed < until {
            match self.packets.read_packet_into(&mut self.packet) {
                Ok(true) => {}
                Ok(false) | Err(_) => return Ok(Duration::ZERO),
            }
            let frames = opus_pure::packet::samples_48k(&self.packet.data).unwrap_or(0);
            // The block's content does not matter: the trimmer only counts.
            let count = (frames * self.channels).min(self.block.len());
            passed += (self.trim.keep_range(&self.packet, count).len() / self.channels) as u64;
        }
        let left = samples(place).saturating_sub(passed);
        Ok(Duration::from_secs_f64(left as f64 / f64::from(OPUS_RATE)))
    }
}

impl Other {
    fn open(bytes: Arc<[u8]>) -> Result<(Self, u32), Unplayable> {
        let stream = MediaSourceStream::new(Box::new(Cursor::new(bytes)), Default::default());
        let probe = symphonia::default::get_probe();
        let format = probe
            .probe(&Hint::new(), stream, FormatOptions::default(), MetadataOptions::default())
            .map_err(|_| Unplayable::Unknown)?;
        let track = format.default_track(TrackType::Audio).ok_or(Unplayable::Unknown)?;
        let id = track.id;
        let parameters = track
            .codec_params
            .as_ref()
            .and_then(|parameters| parameters.audio())
            .ok_or(Unplayable::Unknown)?;
        let rate = parameters.sample_rate.filter(|rate| RATES.contains(rate)).ok_or(Unplayable::Unknown)?;
        let decoder = symphonia::default::get_codecs()
            .make_audio_decoder(parameters, &AudioDecoderOptions::default())
            .map_err(|_| Unplayable::Unknown)?;
        Ok((Self { format, decoder, track: id, block: Vec::new() }, rate))
    }

    fn read(&mut self, rate: u32, mono: &mut Vec<f32>) -> Step {
        let packet = match self.format.next_packet() {
            Ok(Some(packet)) => packet,
            // Of what follows, nothing fits what is known of the sound.
            Ok(None) | Err(MediaError::ResetRequired | MediaError::IoError(_)) => return Step::End,
            Err(_) => return Step::Bad,
        };
        if packet.track_id != self.track {
            return Step::Some;
        }
        let Ok(decoded) = self.decoder.decode(&packet) else { return Step::Bad };
        let channels = decoded.num_planes();
        if decoded.spec().rate() != rate || channels == 0 || decoded.frames() > PACKET {
            return Step::Bad;
        }
        decoded.copy_to_vec_interleaved(&mut self.block);
        mix(&self.block, channels, mono);
        Step::Some
    }

    /// Goes to a place as well as the format can, and answers where it is now.
    fn seek(&mut self, place: Duration) -> Duration {
        let Some(time) = Time::try_from_secs_f64(place.as_secs_f64()) else { return Duration::ZERO };
        let track_id = Some(self.track);
        match self.format.seek(SeekMode::Accurate, SeekTo::Time { time, track_id }) {
            Ok(_) => {
                self.decoder.reset();
                place
            }
            // Still at the beginning, or at the end when it lies before the place.
            Err(_) => Duration::ZERO,
        }
    }
}

/// Several channels as one; what is no number is silence.
fn mix(samples: &[f32], channels: usize, mono: &mut Vec<f32>) {
    let channels = channels.max(1);
    mono.extend(samples.chunks_exact(channels).map(|frame| {
        let sum = frame.iter().sum::<f32>() / channels as f32;
        if sum.is_finite() { sum.clamp(-1.0, 1.0) } else { 0.0 }
    }));
}

/// The bars and the length of a sound. Of a longer one than [`SURVEYED`] the bars of what lies behind are empty, and the
/// length is `claimed`.
///
/// # Errors
///
/// When it cannot be played.
pub fn survey(bytes: Arc<[u8]>, claimed: Duration) -> Result<(Wave, Duration), Unplayable> {
    let mut sound = Sound::open(bytes)?;
    let rate = sound.rate();
    let piece = (rate / 50).max(1) as usize;
    let most = (SURVEYED.as_secs() * u64::from(rate)) as usize;
    let (mut levels, mut rest, mut samples) = (Vec::new(), Vec::new(), 0_usize);
    while samples < most {
        match sound.read() {
            Ok(Some(more)) => {
                samples += more.len();
                rest.extend_from_slice(more);
            }
            Ok(None) => break,
            Err(_) if samples > 0 => break,
            Err(error) => return Err(error),
        }
        let whole = rest.len() / piece * piece;
        levels.extend(rest.drain(..whole).as_slice().chunks(piece).map(wave::level));
    }
    if samples == 0 {
        return Err(Unplayable::Damaged);
    }
    let mut length = Duration::from_secs_f64(samples as f64 / f64::from(rate));
    if samples >= most && claimed > length {
        let share = claimed.as_secs_f64() / length.as_secs_f64();
        let all = (levels.len() as f64 * share.min(1_000.0)) as usize;
        levels.resize(all, 0);
        length = claimed;
    }
    Ok((Wave::of_levels(&levels), length))
}
