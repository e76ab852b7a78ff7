//! One picture, decoded.

use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder};

use super::head::{Format, broken, decoder};
use super::{MediaError, strip};

/// Pixels of the longer side of what is left in [`soft`], and of the picture it becomes: as large as it is shown, because
/// renderers place what they enlarge only roughly.
const SOFT: (u32, u32) = (32, 320);

/// Decodes a picture, the right way up. Of an animation, the first frame.
pub fn decode(bytes: &[u8]) -> Result<DynamicImage, MediaError> {
    let format = Format::of(bytes).ok_or(MediaError::Unknown)?;
    strip::frames(bytes, format)?;
    let mut decoder = decoder(bytes, format)?;
    // What says it wrongly is shown as it is stored.
    let orientation = decoder.orientation().unwrap_or(image::metadata::Orientation::NoTransforms);
    let mut image = DynamicImage::from_decoder(decoder).map_err(|error| broken(&error))?;
    image.apply_orientation(orientation);
    Ok(image)
}

/// Made smaller until it fits into a square of `fit` px.
pub fn fitting(image: DynamicImage, fit: u32) -> DynamicImage {
    let longer = image.width().max(image.height());
    if longer <= fit {
        return image;
    }
    // First roughly and fast, then well: a photograph is twenty times larger than what is shown of it.
    let rough = fit.saturating_mul(2);
    let image = if longer > rough.saturating_mul(2) { image.thumbnail(rough, rough) } else { image };
    image.resize(fit, fit, FilterType::CatmullRom)
}

/// So soft that little is seen of it.
pub fn soft(image: DynamicImage) -> DynamicImage {
    image.thumbnail(SOFT.0, SOFT.0).fast_blur(1.5).resize(SOFT.1, SOFT.1, FilterType::Triangle)
}
