//! What a content is, told by its first bytes and never by its name.
//!
//! Only kinds that a program may show by itself are told apart; everything else is `application/octet-stream` and
//! is saved, never shown. Text and everything that a browser might take for a page is such a thing.

use hallway_protocol::ErrorCode;
use hallway_protocol::file::FileKind;

/// What is not told apart.
pub const OTHER: &str = "application/octet-stream";
/// As many first bytes as are looked at.
pub const HEAD: usize = 4096;

/// Beginnings that say it all.
const BEGINNINGS: [(&[u8], &str); 15] = [
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"OggS", "audio/ogg"),
    (b"fLaC", "audio/flac"),
    (b"ID3", "audio/mpeg"),
    (b"#!AMR", "audio/amr"),
    (b"#!SILK", "audio/silk"),
    (b"\x02#!SILK", "audio/silk"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"\x1f\x8b", "application/gzip"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\x1a\x45\xdf\xa3", "video/webm"),
];

/// The media type of a content that begins with `head`.
pub fn media_type(head: &[u8]) -> &'static str {
    if let Some((_, kind)) = BEGINNINGS.iter().find(|(beginning, _)| head.starts_with(beginning)) {
        return kind;
    }
    let at = |from: usize, text: &[u8]| head.get(from..).is_some_and(|rest| rest.starts_with(text));
    match head {
        [b'R', b'I', b'F', b'F', ..] if at(8, b"WEBP") => "image/webp",
        [b'R', b'I', b'F', b'F', ..] if at(8, b"WAVE") => "audio/wav",
        _ if at(4, b"ftyp") => iso_base(head.get(8..12).unwrap_or_default()),
        // A picture's header follows the file's; two letters alone would be too little.
        [b'B', b'M', ..] if [12, 40, 52, 56, 108, 124].iter().any(|size| at(14, &[*size, 0, 0, 0])) => {
            "image/bmp"
        }
        // The frame of a sound: twelve bits set, then a layer and a rate that exist.
        [0xff, second, third, ..] if second & 0xf6 == 0xf0 && third & 0xf0 != 0xf0 => "audio/aac",
        [0xff, second, third, ..]
            if second & 0xe0 == 0xe0
                && second & 0x06 != 0
                && third & 0xf0 != 0xf0
                && third & 0x0c != 0x0c =>
        {
            "audio/mpeg"
        }
        _ => OTHER,
    }
}

/// The family of containers that MP4 belongs to, by its brand.
fn iso_base(brand: &[u8]) -> &'static str {
    match brand {
        b"qt  " => "video/quicktime",
        b"M4A " | b"M4B " => "audio/mp4",
        b"avif" | b"heic" | b"heix" | b"mif1" => OTHER,
        _ => "video/mp4",
    }
}

/// Whether a content may be shown where it is fetched, instead of being saved.
pub fn is_shown(media_type: &str) -> bool {
    ["image/", "audio/", "video/"].iter().any(|kind| media_type.starts_with(kind))
}

/// May a content of this type be sent as this kind? Images 2252 (OBJ-6), videos 2352 (OBJ-8). Sounds come in formats
/// that have no beginning of their own (OBJ-7).
pub fn check(kind: FileKind, media_type: &str) -> Result<(), ErrorCode> {
    match kind {
        FileKind::Image if !media_type.starts_with("image/") => Err(ErrorCode::ImageFormatUnsupported),
        FileKind::Video if !matches!(media_type, "video/mp4" | "video/quicktime") => {
            Err(ErrorCode::VideoFormatUnsupported)
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contents_are_known_by_their_first_bytes() {
        let bmp = [b"BM".as_slice(), &[0; 12], &[40, 0, 0, 0]].concat();
        for (head, expected) in [
            (b"\xff\xd8\xff\xe0..JFIF".as_slice(), "image/jpeg"),
            (b"\x89PNG\r\n\x1a\n....", "image/png"),
            (b"GIF89a..", "image/gif"),
            (b"RIFF....WEBPVP8 ", "image/webp"),
            (&bmp, "image/bmp"),
            (b"RIFF....WAVEfmt ", "audio/wav"),
            (b"OggS..", "audio/ogg"),
            (b"ID3\x04", "audio/mpeg"),
            (b"\xff\xfb\x90\x00", "audio/mpeg"),
            (b"\xff\xf1\x50\x80", "audio/aac"),
            (b"....ftypM4A ", "audio/mp4"),
            (b"....ftypisom....", "video/mp4"),
            (b"....ftypqt  ....", "video/quicktime"),
            (b"%PDF-1.7", "application/pdf"),
            (b"PK\x03\x04", "application/zip"),
        ] {
            assert_eq!(media_type(head), expected, "{head:?}");
        }
        for head in [
            b"".as_slice(),
            b"<html><script>alert(1)</script>",
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
            b"hello",
            b"BM is a company",
            b"RIFF",
            b"\xff\xff\xff\xff",
            b"MZ\x90",
            b"....ftypavif",
        ] {
            assert_eq!(media_type(head), OTHER, "{head:?}");
            assert!(!is_shown(media_type(head)));
        }
    }

    /// OBJ-6, OBJ-8: pictures and films must be some; 2252, 2352.
    #[test]
    fn what_is_sent_as_a_picture_is_one() {
        let code = |kind, media| check(kind, media).err().map(ErrorCode::code);
        assert_eq!(code(FileKind::Image, "image/webp"), None);
        assert_eq!(code(FileKind::Image, OTHER), Some(2252));
        assert_eq!(code(FileKind::Image, "video/mp4"), Some(2252));
        assert_eq!(code(FileKind::Video, "video/quicktime"), None);
        assert_eq!(code(FileKind::Video, "video/webm"), Some(2352));
        assert_eq!(code(FileKind::Audio, OTHER), None);
        assert_eq!(code(FileKind::File, OTHER), None);
    }
}
