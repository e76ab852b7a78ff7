//! A picture that moves, decoded.

use std::io::Cursor;
use std::time::{Duration, Instant};

use image::codecs::gif::GifDecoder;
use image::codecs::webp::WebPDecoder;
use image::{AnimationDecoder, DynamicImage, Frames};

use super::head::{Format, Head, broken};
use super::{LIMITS, MediaError, Picture};

/// Shorter times are taken for "as fast as one can", which nobody can look at.
const SHORTEST: Duration = Duration::from_millis(20);
const INSTEAD: Duration = Duration::from_millis(100);

/// One picture of an animation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// What is seen.
    pub picture: Picture,
    /// For so long.
    pub time: Duration,
}

/// Decodes the frames, each made smaller until it fits into a square of `fit` px; all of them are no larger than `most`.
pub fn decode(bytes: &[u8], fit: u32, most: u64, until: Instant) -> Result<Vec<Frame>, MediaError> {
    let head = Head::read(bytes)?;
    let frames: Frames<'_> = match head.format {
        Format::Gif => GifDecoder::new(Cursor::new(bytes)).map_err(|error| broken(&error))?.into_frames(),
        Format::WebP => WebPDecoder::new(Cursor::new(bytes)).map_err(|error| broken(&error))?.into_frames(),
        Format::Jpeg | Format::Png | Format::Bmp => return Err(MediaError::Unknown),
    };
    let (mut found, mut bytes) = (Vec::new(), 0u64);
    for frame in frames {
        let frame = frame.map_err(|error| broken(&error))?;
        if Instant::now() > until {
            return Err(MediaError::TooSlow);
        }
        let (numerator, denominator) = frame.delay().numer_denom_ms();
        let time = Duration::from_millis(u64::from(numerator / denominator.max(1)));
        let time = if time < SHORTEST { INSTEAD } else { time };
        let image = DynamicImage::ImageRgba8(frame.into_buffer());
        let is_small = image.width().max(image.height()) <= fit;
        let picture: Picture = if is_small { image } else { image.thumbnail(fit, fit) }.into();
        bytes = bytes.saturating_add(picture.rgba.len() as u64);
        if bytes > most.min(LIMITS.bytes) || found.len() >= LIMITS.frames {
            return Err(MediaError::TooLarge);
        }
        found.push(Frame { picture, time });
    }
    if found.is_empty() { Err(MediaError::Damaged) } else { Ok(found) }
}
