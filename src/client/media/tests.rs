//! Pictures that mean harm, and what is left of honest ones when they are sent.

use std::io::Cursor;
use std::time::Duration;

use image::codecs::gif::{GifEncoder, Repeat};
use image::{Delay, DynamicImage, Frame as GifFrame, ImageFormat, Rgba, RgbaImage};

use super::head::{Format, Head};
use super::sending::prepare;
use super::*;

/// A picture with a corner that tells which way is up: red at the top left.
fn picture(width: u32, height: u32) -> DynamicImage {
    DynamicImage::ImageRgba8(RgbaImage::from_fn(width, height, |x, y| {
        let is_corner = x < width / 4 && y < height / 4;
        if is_corner { Rgba([220, 20, 20, 255]) } else { Rgba([20, 20, (x * 255 / width) as u8, 255]) }
    }))
}

pub(super) fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    let image =
        if format == ImageFormat::Jpeg { DynamicImage::ImageRgb8(image.to_rgb8()) } else { image.clone() };
    image.write_to(&mut out, format).unwrap();
    out.into_inner()
}

pub(super) fn animation(frames: usize, side: u32) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = GifEncoder::new_with_speed(&mut out, 30);
    encoder.set_repeat(Repeat::Infinite).unwrap();
    for number in 0..frames {
        let colour = Rgba([(number * 40 % 256) as u8, 0, 0, 255]);
        let frame = RgbaImage::from_pixel(side, side, colour);
        let delay = Delay::from_saturating_duration(Duration::from_millis(50));
        encoder.encode_frame(GifFrame::from_parts(frame, 0, 0, delay)).unwrap();
    }
    drop(encoder);
    out
}

/// A JPEG with this orientation and a place in its EXIF, text in a comment, and a film behind its end.
fn telling(image: &DynamicImage, orientation: u8) -> Vec<u8> {
    let plain = encoded(image, ImageFormat::Jpeg);
    let mut exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
    exif.extend(b"GPS 48.8584 N 2.2945 E");
    let mut out = plain[..2].to_vec();
    for (marker, body) in [(0xe1, exif), (0xfe, b"by Anna, SN-12345".to_vec())] {
        out.extend([0xff, marker]);
        out.extend(u16::try_from(body.len() + 2).unwrap().to_be_bytes());
        out.extend(body);
    }
    out.extend(&plain[2..]);
    out.extend(b"ftypmp42 a film of Anna at home");
    out
}

fn has(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|window| window == text)
}

/// OBJ-61: the right way up, nothing that tells about the owner, sizes as they are called; a small picture is repeated.
#[test]
fn a_photograph_is_sent_the_right_way_up_and_tells_nothing() {
    // Stored lying on its side (6: turned right to be seen).
    let bytes = telling(&picture(1600, 1200), 6);
    for compress in [false, true] {
        let prepared = prepare(&bytes, compress).unwrap();
        assert_eq!(prepared.format, Format::Jpeg);
        let sizes: Vec<_> = prepared.sizes.iter().map(|it| (it.variant, it.width, it.height)).collect();
        assert_eq!(sizes, [(0, 1200, 1600), (2, 540, 720), (1, 149, 198)]);
        for sized in &prepared.sizes {
            let bytes = sized.bytes.as_ref().unwrap();
            for told in [&b"GPS"[..], b"Anna", b"Exif", b"ftyp"] {
                assert!(!has(bytes, told), "{:?} in {}", String::from_utf8_lossy(told), sized.variant);
            }
            let seen = still::decode(bytes).unwrap().to_rgb8();
            assert_eq!((seen.width(), seen.height()), (sized.width, sized.height));
            let corner = seen.get_pixel(seen.width() - 4, 4).0;
            assert!(corner[0] > 150 && corner[1] < 90, "the corner is at the top right now: {corner:?}");
        }
    }
    // Upright: not one pixel changes.
    let bytes = telling(&picture(300, 200), 1);
    let prepared = prepare(&bytes, false).unwrap();
    let original = prepared.sizes[0].bytes.as_ref().unwrap();
    assert!(still::decode(original).unwrap() == still::decode(&bytes).unwrap());
    assert!(!has(original, b"GPS") && !has(original, b"Anna"));
    assert_eq!((prepared.sizes[1].variant, &prepared.sizes[1].bytes), (2, &None));
    let large = prepare(&encoded(&picture(3000, 1000), ImageFormat::Png), true).unwrap();
    assert_eq!((large.format, large.sizes[0].width, large.sizes[0].height), (Format::Jpeg, 1920, 640));
}

#[test]
fn texts_in_other_formats_go_and_animations_stay() {
    let png = encoded(&picture(64, 64), ImageFormat::Png);
    let text = b"tEXtComment\0taken at home";
    let mut telling = png[..33].to_vec();
    telling.extend(u32::try_from(text.len() - 4).unwrap().to_be_bytes());
    telling.extend(text);
    telling.extend(crc(text).to_be_bytes());
    telling.extend(&png[33..]);
    telling.extend(b"and behind it");
    assert!(strip::strip(&telling, Format::Png).unwrap() == png);

    let gif = animation(3, 40);
    let mut telling = gif[..gif.len() - 1].to_vec();
    telling.extend(b"\x21\xfe\x04home\0\x21\xff\x0bXMP DataXMP\x04home\0\x3b");
    assert!(strip::strip(&telling, Format::Gif).unwrap() == gif);
    assert_eq!(Head::read(&telling).unwrap().frames, 3);
    let prepared = prepare(&telling, true).unwrap();
    assert_eq!((prepared.format, prepared.sizes.len()), (Format::Gif, 2));
    assert_eq!(prepared.sizes[0].bytes.as_deref(), Some(&gif[..]), "it still moves");

    let webp = encoded(&picture(64, 64), ImageFormat::WebP);
    let chunk = webp[12..].to_vec();
    let mut body = b"WEBPVP8X\x0a\0\0\0\x08\0\0\0\x3f\0\0\x3f\0\0".to_vec();
    body.extend(&chunk);
    body.extend(b"EXIF\x04\0\0\0home");
    let mut telling = b"RIFF".to_vec();
    telling.extend(u32::try_from(body.len()).unwrap().to_le_bytes());
    telling.extend(body);
    let stripped = strip::strip(&telling, Format::WebP).unwrap();
    assert!(!has(&stripped, b"home") && !has(&stripped, b"EXIF"));
    assert!(still::decode(&stripped).unwrap().to_rgb8() == still::decode(&webp).unwrap().to_rgb8());
}

fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg()))
    })
}

/// The PNG with another size in its head.
fn resized_png(png: &[u8], width: u32, height: u32) -> Vec<u8> {
    let mut out = png.to_vec();
    out[16..20].copy_from_slice(&width.to_be_bytes());
    out[20..24].copy_from_slice(&height.to_be_bytes());
    let sum = crc(&out[12..29]).to_be_bytes();
    out[29..33].copy_from_slice(&sum);
    out
}

/// Image bombs: whatever says that it is larger than allowed is not decoded, and nothing is waited for.
#[tokio::test]
async fn bombs_do_not_go_off() {
    let png = encoded(&picture(8, 8), ImageFormat::Png);
    let mut gif = animation(1, 8);
    gif[6..10].copy_from_slice(&[0xff; 4]);
    let bmp = {
        let mut bmp = encoded(&picture(8, 8), ImageFormat::Bmp);
        bmp[18..22].copy_from_slice(&100_000i32.to_le_bytes());
        bmp[22..26].copy_from_slice(&100_000i32.to_le_bytes());
        bmp
    };
    let mut jpeg = encoded(&picture(16, 16), ImageFormat::Jpeg);
    let frame = jpeg.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xff; 4]);
    let mut webp = b"RIFF\x1e\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0".to_vec();
    webp.extend([0xff; 6]);
    webp.extend(b"VP8L\0\0\0\0");
    for (name, bytes) in [
        ("png 100 000 px", resized_png(&png, 100_000, 100_000)),
        ("png 41 megapixels", resized_png(&png, 8200, 5000)),
        ("png 12 001 px", resized_png(&png, 12_001, 1)),
        ("png, all ones", resized_png(&png, u32::MAX, u32::MAX)),
        ("gif 65 535 px", gif),
        ("gif 501 frames", animation(501, 2)),
        ("bmp", bmp),
        ("jpeg 65 535 px", jpeg),
        ("webp", webp),
    ] {
        let begun = std::time::Instant::now();
        assert!(Head::read(&bytes).is_err(), "{name}");
        assert!(prepare(&bytes, true).is_err(), "{name}");
        let bytes: Arc<[u8]> = bytes.into();
        let code = decode(Arc::clone(&bytes), 100).await.unwrap_err().code.code();
        assert!(matches!(code, 2252 | 2253), "{name} is {code}");
        assert!(animate(bytes, 100, u64::MAX).await.is_err(), "{name}");
        assert!(begun.elapsed() < LIMITS.time, "{name}");
    }
    // Forty megapixels of nothing in forty kilobytes: within the limits, so it is decoded, and in time.
    let nothing = DynamicImage::new_luma8(8000, 5000);
    let bytes: Arc<[u8]> = encoded(&nothing, ImageFormat::Png).into();
    assert!(bytes.len() < 1_000_000);
    match decode(bytes, 100).await {
        Ok(small) => assert_eq!((small.width, small.height), (100, 63)),
        Err(error) => assert_eq!(error.message, MediaError::TooSlow.to_string()),
    }
    // Many frames that are large together: told before they are all there.
    let long: Arc<[u8]> = animation(60, 64).into();
    let whole = animate(Arc::clone(&long), 64, u64::MAX).await.unwrap();
    assert_eq!((whole.len(), whole[0].time), (60, Duration::from_millis(50)));
    assert_eq!(animate(long, 64, 64 * 64 * 4 * 10).await.unwrap_err().code.code(), 2253);
}

/// Cut off anywhere, every format ends in an answer.
#[test]
fn nothing_that_is_cut_off_breaks_anything() {
    let shown = picture(24, 24);
    let mut all: Vec<Vec<u8>> = [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::Bmp, ImageFormat::WebP]
        .into_iter()
        .map(|format| encoded(&shown, format))
        .collect();
    all.push(animation(2, 24));
    for bytes in all {
        assert!(prepare(&bytes, false).is_ok());
        for end in 0..bytes.len() {
            let _ = prepare(&bytes[..end], false);
        }
    }
    assert_eq!(Head::read(b"%PDF-1.7"), Err(MediaError::Unknown));
    assert_eq!(Head::read(b"<svg xmlns='http://www.w3.org/2000/svg'/>"), Err(MediaError::Unknown));
}

fn film_box(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let mut out = u32::try_from(body.len() + 8).unwrap().to_be_bytes().to_vec();
    out.extend(kind);
    out.extend(body);
    out
}

pub(super) fn film() -> Vec<u8> {
    let mut mvhd = vec![0; 100];
    mvhd[12..16].copy_from_slice(&600u32.to_be_bytes());
    mvhd[16..20].copy_from_slice(&4500u32.to_be_bytes());
    let mut tkhd = vec![0; 84];
    // Turned by a quarter: the first and the fifth number are 0.
    tkhd[76..80].copy_from_slice(&(1920u32 << 16).to_be_bytes());
    tkhd[80..84].copy_from_slice(&(1080u32 << 16).to_be_bytes());
    let sound = film_box(b"trak", &film_box(b"tkhd", &[0; 84]));
    let picture = film_box(b"trak", &film_box(b"tkhd", &tkhd));
    let moov = [film_box(b"mvhd", &mvhd), sound, picture].concat();
    [film_box(b"ftyp", b"isom\0\0\x02\0"), film_box(b"mdat", &[7; 50]), film_box(b"moov", &moov)].concat()
}

/// OBJ-63: length and shape come from the index; the picture in its place has its shape.
#[test]
fn a_film_says_how_long_it_is() {
    let read = |bytes: &[u8]| Film::read(&mut Cursor::new(bytes)).unwrap();
    let whole = film();
    let found = read(&whole).unwrap();
    assert_eq!(found, Film { format: "mp4", duration_ms: 7500, width: 1080, height: 1920 });
    let (width, height, bytes) = neutral(&found).unwrap();
    assert_eq!((width, height, Format::of(&bytes)), (270, 480, Some(Format::Jpeg)));
    assert_eq!(read(&film_box(b"ftyp", b"qt  \0\0\0\0")).unwrap().format, "mov");
    assert_eq!(read(b"RIFF\0\0\0\0AVI LIST"), None);
    for end in 12..whole.len() {
        let _ = Film::read(&mut Cursor::new(&whole[..end]));
    }
    // An index in an index in an index, and boxes of no size.
    let nested = (0..3000).fold(Vec::new(), |inner: Vec<u8>, _| film_box(b"moov", &inner));
    let _ = read(&[film_box(b"ftyp", b"isom\0\0\0\0"), nested].concat());
    assert!(read(&[film_box(b"ftyp", b"isom\0\0\0\0"), vec![0, 0, 0, 1, 0, 0, 0, 0]].concat()).is_some());
}
