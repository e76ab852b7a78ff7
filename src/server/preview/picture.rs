//! The head of a picture: its format and its size in pixels. Only formats that the app shows, within its bounds.

/// Longest side.
const SIDE: u32 = 12_000;
/// Most pixels.
const PIXELS: u64 = 40_000_000;

/// What the head says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Media type.
    pub media_type: &'static str,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

/// Reads the head of a PNG, GIF, JPEG or WebP; none for anything else, and for what is too large to be decoded.
pub fn header(picture: &[u8]) -> Option<Header> {
    let (media_type, (width, height)) = match crate::blob::media::media_type(picture) {
        it @ "image/png" => (it, png(picture)?),
        it @ "image/gif" => (it, gif(picture)?),
        it @ "image/jpeg" => (it, jpeg(picture)?),
        it @ "image/webp" => (it, webp(picture)?),
        _ => return None,
    };
    let fits = (1..=SIDE).contains(&width) && (1..=SIDE).contains(&height);
    let pixels = u64::from(width).saturating_mul(u64::from(height));
    (fits && pixels <= PIXELS).then_some(Header { media_type, width, height })
}

type Size = Option<(u32, u32)>;

fn bytes<const N: usize>(picture: &[u8], from: usize) -> Option<[u8; N]> {
    picture.get(from..from.checked_add(N)?)?.try_into().ok()
}

fn png(picture: &[u8]) -> Size {
    (picture.get(12..16)? == b"IHDR").then_some(())?;
    Some((u32::from_be_bytes(bytes(picture, 16)?), u32::from_be_bytes(bytes(picture, 20)?)))
}

fn gif(picture: &[u8]) -> Size {
    Some((u16::from_le_bytes(bytes(picture, 6)?).into(), u16::from_le_bytes(bytes(picture, 8)?).into()))
}

fn jpeg(picture: &[u8]) -> Size {
    let mut at = 2usize;
    loop {
        let [mark, kind] = bytes(picture, at)?;
        if mark != 0xff {
            return None;
        }
        match kind {
            // Fill bytes, and marks without a length.
            0xff => at = at.checked_add(1)?,
            0x01 | 0xd0..=0xd8 => at = at.checked_add(2)?,
            // The frame, of whatever coding.
            0xc0..=0xcf if !matches!(kind, 0xc4 | 0xc8 | 0xcc) => {
                let from = at.checked_add(5)?;
                let height = u16::from_be_bytes(bytes(picture, from)?);
                let width = u16::from_be_bytes(bytes(picture, from.checked_add(2)?)?);
                return Some((width.into(), height.into()));
            }
            // The pixels begin, or the picture ends, and there was no frame.
            0xd9 | 0xda => return None,
            _ => {
                let length = u16::from_be_bytes(bytes(picture, at.checked_add(2)?)?);
                at = at.checked_add(2)?.checked_add(usize::from(length.max(2)))?;
            }
        }
    }
}

fn webp(picture: &[u8]) -> Size {
    match picture.get(12..16)? {
        b"VP8X" => {
            let side = |from| {
                let [a, b, c] = bytes(picture, from)?;
                u32::from_le_bytes([a, b, c, 0]).checked_add(1)
            };
            Some((side(24)?, side(27)?))
        }
        b"VP8L" => {
            let bits = u32::from_le_bytes(bytes(picture, 21)?);
            Some(((bits & 0x3fff).checked_add(1)?, (bits >> 14 & 0x3fff).checked_add(1)?))
        }
        b"VP8 " => {
            let side = |from| Some(u32::from(u16::from_le_bytes(bytes(picture, from)?) & 0x3fff));
            (picture.get(23..26)? == [0x9d, 0x01, 0x2a]).then_some(())?;
            Some((side(26)?, side(28)?))
        }
        _ => None,
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn png_of(width: u32, height: u32) -> Vec<u8> {
        let sides = [width.to_be_bytes(), height.to_be_bytes()].concat();
        [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice(), &sides, b"\x08\x06\0\0\0 and what follows"].concat()
    }

    #[test]
    fn sizes_are_read_from_the_head() {
        let of = |picture: &[u8]| header(picture).map(|it| (it.width, it.height));
        assert_eq!(of(&png_of(640, 480)), Some((640, 480)));
        assert_eq!(of(b"GIF89a\x40\x01\xf0\x00rest"), Some((320, 240)));
        let jpeg = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xff\xc4\x00\x02\xff\xc2\x00\x11\x08\x00\xf0\x01\x40rest";
        assert_eq!(of(jpeg), Some((320, 240)));
        assert_eq!(of(b"RIFF....WEBPVP8X....\0\0\0\0\x3f\x01\0\xef\0\0"), Some((320, 240)));
        assert_eq!(of(b"RIFF....WEBPVP8L....\x2f\x3f\xc1\x3b\x00"), Some((320, 240)));
        assert_eq!(of(b"RIFF....WEBPVP8 ....\0\0\0\x9d\x01\x2a\x40\x01\xf0\x00"), Some((320, 240)));
        for bad in [
            &png_of(12_001, 1)[..],
            &png_of(8000, 8000),
            &png_of(0, 5),
            b"<svg/>",
            b"\xff\xd8\xff\xd9",
            b"\xff\xd8\xff\xe0\xff\xff",
        ] {
            assert_eq!(header(bad), None);
        }
        for whole in [&png_of(640, 480)[..], jpeg] {
            (0..whole.len()).for_each(|end| {
                let _ = header(&whole[..end]);
            });
        }
    }
}
