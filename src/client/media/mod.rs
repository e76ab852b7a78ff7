//! Pictures and films of strangers: what they are, decoded within limits, and made ready for sending.
//!
//! Bytes are looked at before anything is decoded ([`Head`]); what is larger than [`LIMITS`] never is. Decoding runs on
//! threads of its own, two at a time, so that neither the screen nor memory depends on what somebody sends.
//!
//! * `head`: format, pixels and frames, from the structure alone; `strip`: the same structure without what tells about
//!   its owner. `still` and `animation`: decoding. `sending`: the sizes a picture is sent in (OBJ-61). `film`: MP4 and
//!   QuickTime (OBJ-63).

mod animation;
mod film;
#[cfg(test)]
mod fuzz;
mod head;
mod sending;
mod still;
mod strip;
#[cfg(test)]
mod tests;

use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use hallway_protocol::{ChatError, ErrorCode};
use tokio::sync::Semaphore;

pub use animation::Frame;
pub(crate) use film::{Film, neutral};
pub use head::{Format, Head};
pub(crate) use sending::{Prepared, prepare};

use crate::Result;

/// What is decoded at most.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Pixels of a picture.
    pub pixels: u64,
    /// Pixels of its longer side.
    pub side: u32,
    /// Frames of an animation.
    pub frames: usize,
    /// Bytes that decoding may take, and that the frames of an animation may have.
    pub bytes: u64,
    /// How long a picture is waited for.
    pub time: Duration,
}

/// The limits of everything that is decoded.
pub const LIMITS: Bounds =
    Bounds { pixels: 40_000_000, side: 12_000, frames: 500, bytes: 256 << 20, time: Duration::from_secs(2) };

/// Bytes of a file that is sent as a picture: it is made ready in memory.
pub const SENT_BYTES: u64 = 64 << 20;

/// Longer than [`Bounds::time`], because all sizes of an own picture are decoded and encoded in it.
const SENDING: Duration = Duration::from_secs(20);

/// Threads that decode.
const WORKERS: usize = 2;

/// Why a picture is not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MediaError {
    /// None of the formats, or none at all.
    #[error("not a picture of a known format")]
    Unknown,
    /// Cut off, or its parts contradict each other.
    #[error("the picture is damaged")]
    Damaged,
    /// More than [`LIMITS`] allow.
    #[error("the picture has too many pixels or frames")]
    TooLarge,
    /// It took too long.
    #[error("the picture takes too long")]
    TooSlow,
}

impl From<MediaError> for ChatError {
    /// 2253 where it is too large, else 2252.
    fn from(error: MediaError) -> Self {
        let code = match error {
            MediaError::TooLarge => ErrorCode::ImageTooLarge,
            MediaError::Unknown | MediaError::Damaged | MediaError::TooSlow => {
                ErrorCode::ImageFormatUnsupported
            }
        };
        Self::new(code).with_message(error.to_string())
    }
}

/// A picture that can be drawn.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Four bytes for each pixel: red, green, blue, opacity (not multiplied).
    pub rgba: Vec<u8>,
}

impl std::fmt::Debug for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Picture({} x {})", self.width, self.height)
    }
}

impl Picture {
    /// Turned to the right by so many quarters.
    pub fn turned(self, quarters: u8) -> Self {
        let Self { width, height, rgba } = self;
        let Some(image) = image::RgbaImage::from_raw(width, height, rgba) else {
            return Self { width: 0, height: 0, rgba: Vec::new() };
        };
        let image = image::DynamicImage::ImageRgba8(image);
        match quarters % 4 {
            1 => image.rotate90(),
            2 => image.rotate180(),
            3 => image.rotate270(),
            _ => image,
        }
        .into()
    }
}

/// A PNG of pixels without a format (the clipboard's); none when they are not as many as they should be.
pub fn to_png(width: u32, height: u32, rgba: Vec<u8>) -> Option<Vec<u8>> {
    let image = image::DynamicImage::ImageRgba8(image::RgbaImage::from_raw(width, height, rgba)?);
    let mut out = std::io::Cursor::new(Vec::new());
    image.write_to(&mut out, image::ImageFormat::Png).ok()?;
    Some(out.into_inner())
}

impl From<image::DynamicImage> for Picture {
    fn from(image: image::DynamicImage) -> Self {
        let rgba = image.into_rgba8();
        Self { width: rgba.width(), height: rgba.height(), rgba: rgba.into_raw() }
    }
}

/// Decodes a picture, the right way up, made smaller until it fits into a square of `fit` px. Of an animation, the first
/// frame.
///
/// # Errors
///
/// 2252 and 2253, see [`MediaError`].
pub async fn decode(bytes: Arc<[u8]>, fit: u32) -> Result<Picture> {
    Ok(work(LIMITS.time, move |_| Ok(still::fitting(still::decode(&bytes)?, fit).into())).await?)
}

/// A soft picture, for the place of one that is not here yet.
///
/// # Errors
///
/// 2252 and 2253, see [`MediaError`].
pub async fn decode_soft(bytes: Arc<[u8]>) -> Result<Picture> {
    Ok(work(LIMITS.time, move |_| Ok(still::soft(still::decode(&bytes)?).into())).await?)
}

/// Decodes an animation. Its frames together are no larger than `most` bytes.
///
/// # Errors
///
/// 2252 and 2253, see [`MediaError`].
pub async fn animate(bytes: Arc<[u8]>, fit: u32, most: u64) -> Result<Vec<Frame>> {
    Ok(work(LIMITS.time, move |until| animation::decode(&bytes, fit, most, until)).await?)
}

/// The sizes in which a picture is sent.
pub(crate) async fn prepared(bytes: Arc<[u8]>, compress: bool) -> Result<Prepared> {
    Ok(work(SENDING, move |_| prepare(&bytes, compress)).await?)
}

/// Runs what decodes on a thread, when one is free. A decoder that panics harms nobody; one that takes too long is waited
/// for no longer, and its thread is used again when it is done, which [`LIMITS`] see to.
async fn work<T: Send + 'static>(
    time: Duration,
    job: impl FnOnce(Instant) -> std::result::Result<T, MediaError> + Send + 'static,
) -> std::result::Result<T, MediaError> {
    static FREE: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(WORKERS)));
    let permit = Arc::clone(&FREE).acquire_owned().await;
    let running = tokio::task::spawn_blocking(move || {
        let _held_until_done = permit;
        job(Instant::now() + time)
    });
    match tokio::time::timeout(time, running).await {
        Ok(Ok(result)) => result,
        Ok(Err(_)) => Err(MediaError::Damaged),
        Err(_) => Err(MediaError::TooSlow),
    }
}
