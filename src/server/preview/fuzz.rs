//! Damaged pages and pictures, for previews of links. Nothing may panic, take long, or get further than its bounds.
//! Deterministic; `HALLWAY_FUZZ=1000000` sets how many (fewer by default), `HALLWAY_FUZZ_SEED` another start.

use std::time::{Duration, Instant};

use super::html::{self, DESCRIPTION, SITE, TITLE, tests::PAGE};
use super::picture::{self, tests::png_of};

struct Random(u64);

impl Random {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap() % most.max(1)
    }
}

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().map_or(default, |text| text.parse().unwrap())
}

const PIECES: [&str; 24] = [
    "<",
    ">",
    "=",
    "\"",
    "'",
    "/",
    "<!--",
    "-->",
    "<meta ",
    "<title>",
    "</",
    "content=",
    "property=og:image ",
    "&",
    ";",
    "&#",
    "&#x10ffff;",
    "公",
    "\u{202e}",
    " ",
    "<script",
    "</script",
    "<body",
    "\0",
];

/// Whatever arrives is read to its end, and what is kept of it is in one line and cut to length.
#[test]
fn no_page_breaks_the_reader() {
    let mut random = Random(setting("HALLWAY_FUZZ_SEED", 0x9e37_79b9));
    let page: Vec<char> = PAGE.chars().collect();
    for _ in 0..setting("HALLWAY_FUZZ", 20_000) {
        let mut text: String = page[..random.below(page.len() + 1)].iter().collect();
        for _ in 0..random.below(8) {
            let mut at = random.below(text.len() + 1);
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            let piece = PIECES[random.below(PIECES.len())];
            let often = if random.below(20) == 0 { random.below(400) } else { 1 };
            text.insert_str(at, &piece.repeat(often));
        }
        let Some(words) = html::read(&text) else { continue };
        for (kept, most) in
            [(&words.title, TITLE), (&words.description, DESCRIPTION), (&words.site_name, SITE)]
        {
            // One more: the sign that something was cut.
            assert!(kept.chars().count() <= most + 1, "{text:?}");
            assert!(
                !kept.chars().any(|c| c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c)),
                "{text:?}"
            );
        }
    }
}

/// A page that is one thing over and over takes no longer than others.
#[test]
fn one_thing_over_and_over_is_read_in_one_pass() {
    for piece in PIECES {
        let begun = Instant::now();
        let _ = html::read(&piece.repeat(512 * 1024 / piece.len()));
        assert!(begun.elapsed() < Duration::from_secs(5), "{piece}");
    }
}

/// The head of a picture is read without reading behind its end.
#[test]
fn no_picture_breaks_the_reader() {
    let mut random = Random(setting("HALLWAY_FUZZ_SEED", 0x7f4a_7c15));
    let samples: [&[u8]; 6] = [
        &png_of(640, 480),
        b"GIF89a\x40\x01\xf0\x00rest",
        b"\xff\xd8\xff\xe0\x00\x04ab\xff\xff\xc4\x00\x02\xff\xc2\x00\x11\x08\x00\xf0\x01\x40rest",
        b"RIFF....WEBPVP8X....\0\0\0\0\x3f\x01\0\xef\0\0",
        b"RIFF....WEBPVP8L....\x2f\x3f\xc1\x3b\x00",
        b"RIFF....WEBPVP8 ....\0\0\0\x9d\x01\x2a\x40\x01\xf0\x00",
    ];
    for sample in samples {
        assert!(picture::header(sample).is_some(), "{sample:?}");
    }
    for _ in 0..setting("HALLWAY_FUZZ", 20_000) {
        let mut bytes = samples[random.below(samples.len())].to_vec();
        for _ in 0..=random.below(4) {
            let at = random.below(bytes.len());
            match random.below(4) {
                0 => bytes.truncate(at),
                1 if at + 2 <= bytes.len() => bytes[at..at + 2].copy_from_slice(&[0xff, 0xff]),
                2 => bytes.insert(at, 0xff),
                _ if !bytes.is_empty() => bytes[at] = u8::try_from(random.below(256)).unwrap(),
                _ => {}
            }
        }
        let _ = picture::header(&bytes);
    }
}
