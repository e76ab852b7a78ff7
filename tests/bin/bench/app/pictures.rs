//! A conversation of 1 000 pictures: how it moves while all of them go by, and what memory that takes.

use std::io::Cursor;
use std::path::PathBuf;

use hallway_client::CacheKey;
use hallway_client::measure::{Filled, LocalCopy};
use hallway_protocol::file::FileId;
use hallway_protocol::message::{ImagePayload, ImageVariant, Message, MessageStatus, Payload};
use hallway_protocol::user::Profile;
use hallway_protocol::{ConversationId, MessageId};
use hallway_tests::failure::{Outcome, While};
use hallway_tests::support::Dice;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, Rgb, RgbImage};

use super::{corpus, millis, prepare, window};
use crate::percentile;
use crate::report::{Bound, Figure};

/// The hidden argument with which this program writes the pictures, inside of the desktop's session.
pub const WRITE: &str = "write-picture-corpus";

const PICTURES: usize = 1_000;
/// Of which so many are different.
const KINDS: usize = 40;
/// Steps of the wheel that go past all of them, and after how many of them memory is looked at.
const STEPS: usize = 4_800;
const PART: usize = 400;
const MIB: f64 = 1024.0;

pub fn run(dir: PathBuf) -> Outcome<Vec<Figure>> {
    // Kept, as the other one is.
    let desktop = prepare(&dir.with_file_name("pictures-desktop"), WRITE)?;
    let (mut frames, most) = window::scroll_pictures(&desktop, corpus::OPEN_PLACE, STEPS, PART)?;
    let frame = percentile(&mut frames, 0.95).doing("nothing was drawn")?;
    let method = format!(
        "{PICTURES} JPEG pictures of 720 by 480 px in the local copy, no network; {STEPS} steps of the wheel past all of them, one \
         each 8 ms"
    );
    Ok(vec![
        Figure::new(
            "Timeline of 1 000 pictures, scrolled through: frame, p95",
            millis(frame),
            "ms",
            Bound::AtMost(16.0),
            &format!("{method}; time between frames on the screen"),
        ),
        Figure::new(
            "Timeline of 1 000 pictures, scrolled through: memory",
            most as f64 / MIB,
            "MiB",
            Bound::AtMost(250.0 * 1e6 / (MIB * MIB)),
            &format!(
                "{method}; the largest proportional set size of the process, looked at each {PART} steps"
            ),
        ),
    ])
}

/// Writes a copy with nothing but the pictures and a short conversation.
pub async fn write(data_dir: PathBuf, cache_key: CacheKey) -> Outcome {
    let me = corpus::profile(corpus::ME, "Morgan Lee")?;
    let copy = LocalCopy::create(&corpus::config(data_dir, cache_key), me.clone(), "Northwind")
        .await
        .doing("making the copy")?;
    let id = corpus::conversation(corpus::OPEN_PLACE)?;
    let members: Vec<Profile> = (0..corpus::MEMBERS).map(corpus::person).collect::<Outcome<_>>()?;
    let group = corpus::group(&id, &mut Dice::new(7), &members);
    let kinds: Vec<[(u32, u32, Vec<u8>); 2]> = (0..KINDS).map(sizes).collect::<Outcome<_>>()?;
    let mut messages = Vec::with_capacity(PICTURES);
    for number in 0..PICTURES {
        let from = members.get(number % members.len()).doing("a member")?;
        let kind = kinds.get(number % KINDS).doing("a picture")?;
        let files: Vec<(FileId, Vec<u8>)> =
            kind.iter().enumerate().map(|(size, (.., bytes))| (file(number, size), bytes.clone())).collect();
        copy.keep(files).await.doing("keeping pictures")?;
        messages.push(message(&id, number, from, kind)?);
    }
    let messages = messages.into_iter();
    let filled = Filled { id, group: Some(group), user: None, unread: 0, messages };
    copy.add(filled).await.doing("writing the conversation")?;
    copy.close().await;
    Ok(())
}

fn file(number: usize, size: usize) -> FileId {
    FileId::new(((number * 2 + size + 1) as u128).to_be_bytes())
}

fn message(
    id: &ConversationId,
    number: usize,
    from: &Profile,
    kind: &[(u32, u32, Vec<u8>); 2],
) -> Outcome<Message> {
    let sequence = number as u64 + 1;
    let time = corpus::END - (PICTURES - number) as i64 * 170;
    let variant = |variant: u8, size: usize| {
        let (width, height, bytes) = &kind[size];
        let url = file(number, size).url();
        ImageVariant { variant, width: *width, height: *height, size: bytes.len() as u64, url }
    };
    let variants = vec![variant(0, 1), variant(1, 0), variant(2, 1)];
    Ok(Message {
        id: MessageId::new(number as i64 % 12 + 2, time, number as u32),
        from: from.user_id.clone(),
        nick: from.nick.clone(),
        time,
        sequence,
        modification: sequence,
        ord: sequence,
        payload: Payload::Image(ImagePayload {
            uuid: file(number, 1).to_string(),
            image_format: 1,
            variants,
        }),
        status: MessageStatus::Success,
        ..corpus::blank(id, from)?
    })
}

/// Something like a photograph, as a thumbnail and large: slopes of light, edges, and grain.
fn sizes(kind: usize) -> Outcome<[(u32, u32, Vec<u8>); 2]> {
    let mut dice = Dice::new(kind as u64 + 1);
    let shapes: Vec<[u32; 6]> = (0..30).map(|_| std::array::from_fn(|_| dice.below(720) as u32)).collect();
    let mut picture = RgbImage::from_fn(720, 480, |x, y| {
        Rgb([(x * 255 / 720) as u8, (y * 255 / 480) as u8, ((x + y + kind as u32 * 40) % 256) as u8])
    });
    for [left, top, width, height, colour, slope] in shapes {
        for y in top..(top + height / 3).min(480) {
            for x in left..(left + width / 3).min(720) {
                let light = (x * slope / 720 + y) % 200;
                picture.put_pixel(x, y, Rgb([(colour % 256) as u8, light as u8, (colour / 3) as u8]));
            }
        }
    }
    for pixel in picture.pixels_mut() {
        let grain = dice.below(24) as u8;
        pixel.0 = pixel.0.map(|value| value.saturating_add(grain));
    }
    let large = DynamicImage::ImageRgb8(picture);
    let small = large.resize(198, 198, FilterType::Triangle);
    Ok([encoded(&small)?, encoded(&large)?])
}

fn encoded(picture: &DynamicImage) -> Outcome<(u32, u32, Vec<u8>)> {
    let mut bytes = Cursor::new(Vec::new());
    let encoder = JpegEncoder::new_with_quality(&mut bytes, 85);
    picture.write_with_encoder(encoder).doing("encoding a picture")?;
    Ok((picture.width(), picture.height(), bytes.into_inner()))
}
