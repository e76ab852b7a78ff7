//! A recording: Opus packets of 20 ms, coded while it grows, and how loud each is.
//!
//! It is a value. To stop and go on later is to code more onto a copy: the decoder takes the seam like any change of the
//! voice. Ten minutes are 1.8 MB.

use std::time::Duration;

use opus_pure::{Application, MAX_PACKET_BYTES, OggOpusWriter, OpusEncoder, OpusHead, RateControl, Result};

use super::wave::{self, Wave};

/// Samples a second.
pub const RATE: u32 = 16_000;
/// Samples of a packet: 20 ms.
pub const FRAME: usize = 320;
const FRAME_MS: u64 = 20;
/// Bits a second: speech is clear from 16 000 on, and 24 000 leave room for a noisy street.
const BITS: i32 = 24_000;

/// What was recorded so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Take {
    packets: Vec<Box<[u8]>>,
    levels: Vec<u8>,
}

impl Take {
    /// How long it is.
    pub fn length(&self) -> Duration {
        Duration::from_millis(FRAME_MS.saturating_mul(self.packets.len() as u64))
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.packets.is_empty()
    }

    /// Its bars.
    pub fn wave(&self) -> Wave {
        Wave::of_levels(&self.levels)
    }

    /// As an Ogg-Opus file.
    ///
    /// # Errors
    ///
    /// Only those of the coder's own set-up.
    pub fn ogg(&self) -> Result<Vec<u8>> {
        let head = OpusHead::for_encoder(&encoder()?, RATE);
        let mut writer = OggOpusWriter::new(Vec::new(), head)?;
        for packet in &self.packets {
            writer.write_packet(packet)?;
        }
        writer.finish()
    }
}

fn encoder() -> Result<OpusEncoder> {
    let mut encoder = OpusEncoder::new(RATE.cast_signed(), 1, Application::Voip)?;
    encoder.bitrate_bps = BITS;
    encoder.rate_control = RateControl::Vbr;
    Ok(encoder)
}

/// Codes samples onto a take.
pub struct Coder {
    encoder: OpusEncoder,
    take: Take,
    frame: Vec<f32>,
    packet: Vec<u8>,
}

impl Coder {
    /// Goes on with a take.
    ///
    /// # Errors
    ///
    /// Only those of the coder's own set-up.
    pub fn new(take: Take) -> Result<Self> {
        Ok(Self {
            encoder: encoder()?,
            take,
            frame: Vec::with_capacity(FRAME),
            packet: vec![0; MAX_PACKET_BYTES],
        })
    }

    /// Codes samples (mono, [`RATE`] a second).
    ///
    /// # Errors
    ///
    /// When the coder refuses a frame; what was coded before is kept.
    pub fn push(&mut self, mut samples: &[f32]) -> Result<()> {
        while !samples.is_empty() {
            let (now, later) = samples.split_at(samples.len().min(FRAME - self.frame.len()));
            // A broken driver's numbers that are none would spoil the coder's memory.
            self.frame.extend(now.iter().map(|s| if s.is_finite() { s.clamp(-1.0, 1.0) } else { 0.0 }));
            samples = later;
            if self.frame.len() == FRAME {
                self.code()?;
            }
        }
        Ok(())
    }

    fn code(&mut self) -> Result<()> {
        let length = self.encoder.encode(&self.frame, FRAME, &mut self.packet)?;
        self.take.packets.push(self.packet.get(..length).unwrap_or_default().into());
        self.take.levels.push(wave::level(&self.frame));
        self.frame.clear();
        Ok(())
    }

    /// How long the take is by now.
    pub fn length(&self) -> Duration {
        self.take.length()
    }

    /// How loud its last 20 ms are.
    pub fn level(&self) -> u8 {
        self.take.levels.last().copied().unwrap_or(0)
    }

    /// The take; a last frame that is not full ends in silence.
    pub fn finish(mut self) -> Take {
        if !self.frame.is_empty() {
            self.frame.resize(FRAME, 0.0);
            // The frames before it are what matters.
            if let Err(error) = self.code() {
                tracing::warn!(%error, "the end of a recording could not be coded");
            }
        }
        self.take
    }
}
