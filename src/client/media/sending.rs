//! The sizes in which a picture is sent (OBJ-61): the original, or a smaller copy in its place; 720 px; 198 px.
//!
//! A picture that lies on its side is turned, because not every program that shows it would. One that moves is sent as it is, with
//! a still thumbnail: its frames at another size would be larger than itself.

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{DynamicImage, ImageDecoder};

use super::head::{Format, Head, decoder};
use super::{MediaError, still, strip};

/// Pixels of the longer side.
const THUMBNAIL: u32 = 198;
const LARGE: u32 = 720;
/// What is sent in place of an original that is not wanted.
const COMPRESSED: u32 = 1920;

/// One size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sized {
    /// OBJ-61.
    pub variant: u8,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// What is sent; none where the original is repeated, being no larger than this size.
    pub bytes: Option<Vec<u8>>,
}

/// A picture ready to be sent; the original first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepared {
    /// Of the original.
    pub format: Format,
    /// Its sizes.
    pub sizes: Vec<Sized>,
}

/// Makes a picture ready. `compress`: no larger than 1920 px, and smaller in bytes where that can be had.
pub fn prepare(bytes: &[u8], compress: bool) -> Result<Prepared, MediaError> {
    let head = Head::read(bytes)?;
    let stripped = strip::strip(bytes, head.format)?;
    let image = still::decode(bytes)?;
    let (width, height) = (image.width(), image.height());
    let original = |bytes| Sized { variant: 0, width, height, bytes: Some(bytes) };
    if head.is_animated() {
        let small = still::fitting(image, THUMBNAIL);
        let thumbnail = sized(1, &small, 80)?;
        return Ok(Prepared { format: head.format, sizes: vec![original(stripped), thumbnail] });
    }
    let is_turned = decoder(bytes, head.format)?
        .orientation()
        .is_ok_and(|orientation| orientation != image::metadata::Orientation::NoTransforms);
    let first = if compress {
        let smaller = sized(0, &still::fitting(image.clone(), COMPRESSED), 85)?;
        let is_smaller = smaller.bytes.as_ref().is_some_and(|new| new.len() < stripped.len());
        if is_smaller || is_turned { smaller } else { original(stripped) }
    } else if is_turned {
        sized(0, &image, 95)?
    } else {
        original(stripped)
    };
    let format = first.bytes.as_deref().and_then(Format::of).unwrap_or(head.format);
    let mut sizes = vec![first];
    let mut image = image;
    for (variant, side, quality) in [(2, LARGE, 82), (1, THUMBNAIL, 80)] {
        if width.max(height) <= side {
            sizes.push(Sized { variant, width, height, bytes: None });
        } else {
            image = still::fitting(image, side);
            sizes.push(sized(variant, &image, quality)?);
        }
    }
    Ok(Prepared { format, sizes })
}

/// JPEG, or PNG where something is seen through.
fn sized(variant: u8, image: &DynamicImage, quality: u8) -> Result<Sized, MediaError> {
    let mut bytes = Vec::new();
    let is_opaque =
        !image.color().has_alpha() || image.to_rgba8().pixels().all(|pixel| pixel.0[3] == u8::MAX);
    let written = if is_opaque {
        let encoder = JpegEncoder::new_with_quality(&mut bytes, quality);
        DynamicImage::ImageRgb8(image.to_rgb8()).write_with_encoder(encoder)
    } else {
        let encoder =
            PngEncoder::new_with_quality(&mut bytes, CompressionType::Default, FilterType::Adaptive);
        DynamicImage::ImageRgba8(image.to_rgba8()).write_with_encoder(encoder)
    };
    written.map_err(|_| MediaError::Damaged)?;
    Ok(Sized { variant, width: image.width(), height: image.height(), bytes: Some(bytes) })
}
