//! The structure of pictures: counting frames, and leaving out what tells about the owner (where a photograph was taken,
//! with what, when, by whom), without touching a pixel.
//!
//! What comes after the end of a picture goes too: phones hide a film with its place and time there.

use super::head::Format;
use super::{LIMITS, MediaError};

/// Reads bytes from the front.
struct Reader<'a> {
    left: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], MediaError> {
        let (taken, left) = self.left.split_at_checked(count).ok_or(MediaError::Damaged)?;
        self.left = left;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], MediaError> {
        self.take(N)?.try_into().map_err(|_| MediaError::Damaged)
    }

    fn byte(&mut self) -> Result<u8, MediaError> {
        let [byte] = self.array()?;
        Ok(byte)
    }
}

/// How many pictures are in it; more than [`LIMITS`] allow is an error.
pub fn frames(bytes: &[u8], format: Format) -> Result<usize, MediaError> {
    match format {
        Format::Gif => gif(bytes, &mut Vec::new()),
        Format::WebP => webp(bytes, &mut Vec::new()),
        Format::Jpeg | Format::Png | Format::Bmp => Ok(1),
    }
}

/// The same picture without what tells about its owner.
pub fn strip(bytes: &[u8], format: Format) -> Result<Vec<u8>, MediaError> {
    let mut out = Vec::with_capacity(bytes.len());
    match format {
        Format::Jpeg => jpeg(bytes, &mut out)?,
        Format::Png => png(bytes, &mut out)?,
        Format::Gif => drop(gif(bytes, &mut out)?),
        Format::WebP => drop(webp(bytes, &mut out)?),
        // Nothing but pixels.
        Format::Bmp => out.extend_from_slice(bytes),
    }
    Ok(out)
}

/// Segments up to the end of the picture. Kept are those that a decoder needs: tables, the colour profile (APP2 `ICC_PROFILE`) and
/// what Adobe says of the colours (APP14).
fn jpeg(bytes: &[u8], out: &mut Vec<u8>) -> Result<(), MediaError> {
    let mut reader = Reader { left: bytes };
    out.extend_from_slice(reader.take(2)?);
    loop {
        if reader.byte()? != 0xff {
            return Err(MediaError::Damaged);
        }
        let mut marker = reader.byte()?;
        while marker == 0xff {
            marker = reader.byte()?;
        }
        match marker {
            0xd9 => {
                out.extend_from_slice(&[0xff, marker]);
                return Ok(());
            }
            0x01 | 0xd0..=0xd7 => {
                out.extend_from_slice(&[0xff, marker]);
                continue;
            }
            _ => {}
        }
        let length: [u8; 2] = reader.array()?;
        let size = usize::from(u16::from_be_bytes(length)).checked_sub(2).ok_or(MediaError::Damaged)?;
        let body = reader.take(size)?;
        let is_kept = match marker {
            0xe0 | 0xee => true,
            0xe2 => body.starts_with(b"ICC_PROFILE\0"),
            0xe1..=0xef | 0xfe => false,
            _ => true,
        };
        if is_kept {
            out.extend_from_slice(&[0xff, marker]);
            out.extend_from_slice(&length);
            out.extend_from_slice(body);
        }
        if marker == 0xda {
            // Pixels follow, up to the next marker that is none of theirs.
            let end = reader.left.windows(2).position(
                |pair| matches!(pair, [0xff, marker] if !matches!(marker, 0x00 | 0xff | 0xd0..=0xd7)),
            );
            match end {
                Some(end) => out.extend_from_slice(reader.take(end)?),
                None => {
                    // Cut off: decoders show what is there.
                    out.extend_from_slice(reader.left);
                    return Ok(());
                }
            }
        }
    }
}

/// Chunks up to the end. Texts, times and EXIF go.
fn png(bytes: &[u8], out: &mut Vec<u8>) -> Result<(), MediaError> {
    let mut reader = Reader { left: bytes };
    out.extend_from_slice(reader.take(8)?);
    loop {
        let whole = reader.left;
        let length: [u8; 4] = reader.array()?;
        let kind: [u8; 4] = reader.array()?;
        let size = usize::try_from(u32::from_be_bytes(length)).map_err(|_| MediaError::Damaged)?;
        reader.take(size)?;
        reader.take(4)?;
        let chunk = whole.get(..whole.len() - reader.left.len()).ok_or(MediaError::Damaged)?;
        if !matches!(&kind, b"eXIf" | b"tEXt" | b"zTXt" | b"iTXt" | b"tIME") {
            out.extend_from_slice(chunk);
        }
        if &kind == b"IEND" {
            return Ok(());
        }
    }
}

/// Blocks up to the end; how many pictures they are. Comments go, and what programs add except how often it plays.
fn gif(bytes: &[u8], out: &mut Vec<u8>) -> Result<usize, MediaError> {
    let mut reader = Reader { left: bytes };
    let head = reader.take(13)?;
    out.extend_from_slice(head);
    out.extend_from_slice(reader.take(colours(head.get(10).copied().unwrap_or_default()))?);
    let mut frames = 0usize;
    loop {
        let whole = reader.left;
        let is_kept = match reader.byte() {
            Ok(0x21) => {
                let label = reader.byte()?;
                let content = reader.left;
                blocks(&mut reader)?;
                match label {
                    0xf9 => true,
                    0xff => {
                        content.starts_with(b"\x0bNETSCAPE2.0") || content.starts_with(b"\x0bANIMEXTS1.0")
                    }
                    _ => false,
                }
            }
            Ok(0x2c) => {
                frames += 1;
                if frames > LIMITS.frames {
                    return Err(MediaError::TooLarge);
                }
                let place = reader.take(9)?;
                reader.take(colours(place.get(8).copied().unwrap_or_default()))?;
                reader.byte()?;
                blocks(&mut reader)?;
                true
            }
            Ok(0x3b) => {
                out.push(0x3b);
                return if frames == 0 { Err(MediaError::Damaged) } else { Ok(frames) };
            }
            // Many have no end mark.
            Err(_) if frames > 0 => {
                out.push(0x3b);
                return Ok(frames);
            }
            _ => return Err(MediaError::Damaged),
        };
        if is_kept {
            let block = whole.get(..whole.len() - reader.left.len()).ok_or(MediaError::Damaged)?;
            out.extend_from_slice(block);
        }
    }
}

/// Bytes of a table of colours.
fn colours(flags: u8) -> usize {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}

fn blocks(reader: &mut Reader<'_>) -> Result<(), MediaError> {
    loop {
        match reader.byte()? {
            0 => return Ok(()),
            size => reader.take(size.into())?,
        };
    }
}

/// Chunks of the RIFF file; how many pictures they are. EXIF and XMP go, and the marks that say they are there.
fn webp(bytes: &[u8], out: &mut Vec<u8>) -> Result<usize, MediaError> {
    let mut reader = Reader { left: bytes };
    out.extend_from_slice(reader.take(4)?);
    let size: [u8; 4] = reader.array()?;
    let size = usize::try_from(u32::from_le_bytes(size)).map_err(|_| MediaError::Damaged)?;
    let mut reader = Reader { left: reader.take(size.min(reader.left.len()))? };
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(reader.take(4)?);
    let (mut frames, mut stills) = (0usize, 0usize);
    while !reader.left.is_empty() {
        let kind: [u8; 4] = match reader.array() {
            Ok(kind) => kind,
            // A stray byte at the end.
            Err(_) if frames + stills > 0 => break,
            Err(error) => return Err(error),
        };
        let length: [u8; 4] = reader.array()?;
        let size = usize::try_from(u32::from_le_bytes(length)).map_err(|_| MediaError::Damaged)?;
        let body = reader.take(size)?;
        let is_padded = size % 2 == 1;
        if is_padded && !reader.left.is_empty() {
            reader.byte()?;
        }
        match &kind {
            b"ANMF" => frames += 1,
            b"VP8 " | b"VP8L" => stills += 1,
            _ => {}
        }
        if frames > LIMITS.frames {
            return Err(MediaError::TooLarge);
        }
        if matches!(&kind, b"EXIF" | b"XMP ") {
            continue;
        }
        out.extend_from_slice(&kind);
        out.extend_from_slice(&length);
        match (&kind, body.split_first()) {
            (b"VP8X", Some((flags, rest))) => {
                out.push(flags & !0x0c);
                out.extend_from_slice(rest);
            }
            _ => out.extend_from_slice(body),
        }
        if is_padded {
            out.push(0);
        }
    }
    let size = u32::try_from(out.len().saturating_sub(8)).map_err(|_| MediaError::TooLarge)?;
    if let Some(place) = out.get_mut(4..8) {
        place.copy_from_slice(&size.to_le_bytes());
    }
    match frames.max(stills) {
        0 => Err(MediaError::Damaged),
        count => Ok(count),
    }
}
