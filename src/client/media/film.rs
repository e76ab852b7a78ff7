//! MP4 and QuickTime: how long a film is and how large, from its index. Films are not decoded: the picture in their place is
//! a neutral one (OBJ-63).

use std::io::{self, Read, Seek, SeekFrom};

use image::{DynamicImage, RgbImage};

/// Boxes that are looked at in one film: a real one has some dozens.
const BOXES: usize = 4096;
/// Most bytes of a box that is read.
const BODY: u64 = 128;
/// Pixels of the longer side of the neutral picture.
const NEUTRAL: u32 = 480;

/// What the index of a film says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Film {
    /// `mp4` or `mov`.
    pub format: &'static str,
    /// Milliseconds; 0 when it does not say.
    pub duration_ms: u64,
    /// Pixels; 0 when it does not say.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

impl Film {
    /// Looks at a film; none when it is neither MP4 nor QuickTime.
    pub fn read(file: &mut (impl Read + Seek)) -> io::Result<Option<Self>> {
        let size = file.seek(SeekFrom::End(0))?;
        let mut head = [0; 12];
        file.seek(SeekFrom::Start(0))?;
        if size < head.len() as u64 {
            return Ok(None);
        }
        file.read_exact(&mut head)?;
        let format = match (&head[4..8], &head[8..12]) {
            (b"ftyp", b"qt  ") => "mov",
            (b"ftyp", _) => "mp4",
            _ => return Ok(None),
        };
        let mut film = Self { format, ..Self::default() };
        let mut left = BOXES;
        film.boxes(file, (0, size), 2, &mut left)?;
        Ok(Some(film))
    }

    /// Goes through the boxes between two places, into those that matter.
    fn boxes(
        &mut self,
        file: &mut (impl Read + Seek),
        (mut at, end): (u64, u64),
        deeper: u8,
        left: &mut usize,
    ) -> io::Result<()> {
        while at.saturating_add(8) <= end && *left > 0 {
            *left -= 1;
            file.seek(SeekFrom::Start(at))?;
            let mut head = [0; 16];
            let read = usize::try_from(end - at).unwrap_or(usize::MAX).min(head.len());
            file.read_exact(&mut head[..read])?;
            let (body, size) = match u32::from_be_bytes([head[0], head[1], head[2], head[3]]) {
                0 => (8, end - at),
                1 => (
                    16,
                    u64::from_be_bytes([
                        head[8], head[9], head[10], head[11], head[12], head[13], head[14], head[15],
                    ]),
                ),
                size => (8, u64::from(size)),
            };
            if size < body {
                return Ok(());
            }
            let next = at.saturating_add(size).min(end);
            match &head[4..8] {
                // Into the index and its tracks, never deeper.
                b"moov" | b"trak" if deeper > 0 => self.boxes(file, (at + body, next), deeper - 1, left)?,
                b"mvhd" => self.movie(&content(file, at + body, next)?),
                b"tkhd" => self.track(&content(file, at + body, next)?),
                _ => {}
            }
            at = next;
        }
        Ok(())
    }

    /// `mvhd`: ticks in a second, and how many it lasts.
    fn movie(&mut self, body: &[u8]) {
        let (scale, ticks) = match body.first() {
            Some(0) => (number(body, 12, 4), number(body, 16, 4)),
            Some(1) => (number(body, 20, 4), number(body, 24, 8)),
            _ => return,
        };
        // All ones: unknown.
        if let (Some(scale @ 1..), Some(ticks)) = (scale, ticks)
            && ticks < u64::from(u32::MAX)
        {
            self.duration_ms = ticks.saturating_mul(1000) / scale;
        }
    }

    /// `tkhd`: how large it is shown, and whether it lies on its side. A sound has no size.
    fn track(&mut self, body: &[u8]) {
        let matrix = match body.first() {
            Some(0) => 40,
            Some(1) => 52,
            _ => return,
        };
        let side = |at| number(body, at, 4).and_then(|fixed| u32::try_from(fixed >> 16).ok());
        let (Some(width @ 1..), Some(height @ 1..)) = (side(matrix + 36), side(matrix + 40)) else { return };
        if self.width == 0 {
            let is_turned = number(body, matrix, 4) == Some(0) && number(body, matrix + 16, 4) == Some(0);
            (self.width, self.height) = if is_turned { (height, width) } else { (width, height) };
        }
    }
}

fn content(file: &mut (impl Read + Seek), at: u64, end: u64) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(at))?;
    let mut body = Vec::new();
    file.take(end.saturating_sub(at).min(BODY)).read_to_end(&mut body)?;
    Ok(body)
}

fn number(body: &[u8], at: usize, bytes: usize) -> Option<u64> {
    let bytes = body.get(at..at.checked_add(bytes)?)?;
    Some(bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

/// A picture of the film's shape that shows nothing: width, height, bytes.
pub fn neutral(film: &Film) -> Option<(u32, u32, Vec<u8>)> {
    let (width, height) = match (film.width, film.height) {
        (0, _) | (_, 0) => (16, 9),
        size => size,
    };
    let longer = u64::from(width.max(height));
    let scaled =
        |side: u32| u32::try_from(u64::from(side) * u64::from(NEUTRAL) / longer).unwrap_or(1).max(16);
    let (width, height) = (scaled(width), scaled(height));
    // Lighter in the middle, so that it is seen to be there on every ground.
    let picture = RgbImage::from_fn(width, height, |x, y| {
        let off = |at: u32, side: u32| (f64::from(at) / f64::from(side) - 0.5).powi(2);
        let light = (70.0 - 80.0 * (off(x, width) + off(y, height))).clamp(0.0, 255.0) as u8;
        image::Rgb([light, light, light.saturating_add(8)])
    });
    let mut bytes = Vec::new();
    let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 80);
    DynamicImage::ImageRgb8(picture).write_with_encoder(encoder).ok()?;
    Some((width, height, bytes))
}
