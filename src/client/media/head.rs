//! What a picture says of itself: format, pixels, frames. Nothing is decoded for it.

use std::io::Cursor;

use image::{ImageDecoder, ImageFormat, ImageReader};

use super::{LIMITS, MediaError, strip};

/// The formats of pictures that are sent (OBJ-6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Photographs.
    Jpeg,
    /// Animations.
    Gif,
    /// Drawings and screenshots.
    Png,
    /// Windows' own.
    Bmp,
    /// Both kinds, and animations.
    WebP,
}

impl Format {
    /// By the first bytes, whatever it is called.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        Some(match bytes {
            [0xff, 0xd8, 0xff, ..] => Self::Jpeg,
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Self::Gif,
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Self::Png,
            [b'B', b'M', ..] => Self::Bmp,
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Self::WebP,
            _ => return None,
        })
    }

    /// OBJ-61: 1 jpg, 2 gif, 3 png, 4 bmp, 255 other.
    pub const fn number(self) -> u8 {
        match self {
            Self::Jpeg => 1,
            Self::Gif => 2,
            Self::Png => 3,
            Self::Bmp => 4,
            Self::WebP => 255,
        }
    }

    /// How a name ends.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Gif => "gif",
            Self::Png => "png",
            Self::Bmp => "bmp",
            Self::WebP => "webp",
        }
    }

    pub(super) const fn codec(self) -> ImageFormat {
        match self {
            Self::Jpeg => ImageFormat::Jpeg,
            Self::Gif => ImageFormat::Gif,
            Self::Png => ImageFormat::Png,
            Self::Bmp => ImageFormat::Bmp,
            Self::WebP => ImageFormat::WebP,
        }
    }
}

/// What a picture says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Its format.
    pub format: Format,
    /// Pixels, as they are stored: a photograph may lie on its side.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Pictures in it: more than one move.
    pub frames: usize,
}

impl Head {
    /// Looks at a picture.
    ///
    /// # Errors
    ///
    /// Whatever [`LIMITS`] do not allow is [`MediaError::TooLarge`] before a pixel of it is decoded.
    pub fn read(bytes: &[u8]) -> Result<Self, MediaError> {
        let format = Format::of(bytes).ok_or(MediaError::Unknown)?;
        let frames = strip::frames(bytes, format)?;
        let decoder = decoder(bytes, format)?;
        let (width, height) = decoder.dimensions();
        Ok(Self { format, width, height, frames })
    }

    /// Whether it moves.
    pub fn is_animated(&self) -> bool {
        self.frames > 1
    }
}

/// The decoder of a picture, which has read its head and nothing else, and keeps to the limits.
pub(super) fn decoder(bytes: &[u8], format: Format) -> Result<impl ImageDecoder + '_, MediaError> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format.codec());
    let mut limits = image::Limits::default();
    limits.max_alloc = Some(LIMITS.bytes);
    limits.max_image_width = Some(LIMITS.side);
    limits.max_image_height = Some(LIMITS.side);
    reader.limits(limits);
    let decoder = reader.into_decoder().map_err(|error| broken(&error))?;
    let (width, height) = decoder.dimensions();
    if width == 0 || height == 0 {
        return Err(MediaError::Damaged);
    }
    let is_small = u64::from(width) * u64::from(height) <= LIMITS.pixels
        && width.max(height) <= LIMITS.side
        && decoder.total_bytes() <= LIMITS.bytes;
    if is_small { Ok(decoder) } else { Err(MediaError::TooLarge) }
}

pub(super) fn broken(error: &image::ImageError) -> MediaError {
    match error {
        image::ImageError::Limits(_) => MediaError::TooLarge,
        image::ImageError::Unsupported(_) => MediaError::Unknown,
        _ => MediaError::Damaged,
    }
}
