//! Pictures and films between two devices: made ready, sent, shown, kept.

use std::io::Cursor;

use hallway_client::media;
use hallway_client::protocol::message::{ImagePayload, Payload};
use hallway_client::{FileSource, Message, MessageOptions, SendOptions};
use hallway_tests::failure::{Failure, Outcome, While};
use hallway_tests::support::{Device, Engine, TestServer};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

use crate::support::*;

/// A picture in which every pixel differs from the next.
fn encoded(width: u32, height: u32, format: ImageFormat) -> Outcome<Vec<u8>> {
    let dots =
        RgbImage::from_fn(width, height, |x, y| Rgb([(x % 256) as u8, (y % 256) as u8, (x * y % 256) as u8]));
    let mut out = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(dots).write_to(&mut out, format).doing("writing a picture")?;
    Ok(out.into_inner())
}

/// A small PNG.
pub fn png(width: u32, height: u32) -> Outcome<Vec<u8>> {
    encoded(width, height, ImageFormat::Png)
}

fn image_of(message: &Message) -> Outcome<&ImagePayload> {
    match &message.payload {
        Payload::Image(image) => Ok(image),
        other => Err(Failure::new(format!("no picture but {other:?}"))),
    }
}

/// The newest picture of a conversation.
async fn newest(device: &Device, peer: &str) -> Outcome<Message> {
    let messages = device.latest(&with(peer), 10).await?;
    messages.into_iter().rev().find(|it| matches!(it.payload, Payload::Image(_))).doing("a picture")
}

/// MSG-22, OBJ-61: bytes without a file become a picture in three sizes. They outlive a restart in the encrypted copy, leave it
/// when they are sent, and are shown on both sides, the second time without the server.
#[tokio::test(flavor = "multi_thread")]
async fn a_picture_without_a_file_is_sent_after_a_restart() -> Outcome {
    let server = TestServer::start(Engine::Sqlite, &["ann", "ben"]).await?;
    let mut ann = device(&server, "ann", "a").await?;
    let mut ben = device(&server, "ben", "b").await?;
    let content = encoded(1000, 500, ImageFormat::Png)?;
    ann.net.set_down(true);
    let source = FileSource::Bytes { name: "clipboard.png".into(), bytes: content.clone().into() };
    let made = ann.client.create_image_message(with("ben"), source, false, MessageOptions::default()).await;
    let made = made.doing("making a picture")?;
    let sizes: Vec<_> =
        image_of(&made)?.variants.iter().map(|it| (it.variant, it.width, it.height)).collect();
    assert_eq!(sizes, [(0, 1000, 500), (2, 720, 360), (1, 198, 99)]);
    ann.client.enqueue_message(made.clone(), SendOptions::default()).await.doing("queueing")?;
    let shown =
        ann.client.load_file(&made, &image_of(&made)?.variants[0].url).await.doing("looking at it")?;
    assert_eq!(shown.len(), content.len());

    ann.restart().await?;
    ann.net.set_down(false);
    ann.client.wake();
    until_shown(&mut ben, "ann", &["<image>"]).await?;
    let got = newest(&ben, "ann").await?;
    for (variant, side) in [(0, 1000), (1, 720), (2, 198)] {
        let url = &image_of(&got)?.variants[variant].url;
        let bytes = ben.client.load_file(&got, url).await.doing("fetching a size")?;
        let picture = media::decode(bytes, u32::MAX).await.doing("decoding it")?;
        assert_eq!(picture.width.max(picture.height), side);
    }
    until_shown(&mut ann, "ben", &["<image>"]).await?;
    let sent = newest(&ann, "ben").await?;
    assert!(image_of(&sent)?.variants.iter().all(|it| it.url.starts_with("file/")));
    // Nothing is fetched any more, on either side.
    for (device, message) in [(&ann, &sent), (&ben, &got)] {
        device.net.set_down(true);
        for variant in &image_of(message)?.variants {
            device.client.load_file(message, &variant.url).await.doing("looking at it again")?;
        }
    }
    Ok(())
}

/// OBJ-61: a picture that is smaller than a size stands for it as well, and is uploaded once.
#[tokio::test(flavor = "multi_thread")]
async fn a_small_picture_is_uploaded_once() -> Outcome {
    let server = TestServer::start(Engine::Sqlite, &["ann", "ben"]).await?;
    let ann = device(&server, "ann", "a").await?;
    let mut ben = device(&server, "ben", "b").await?;
    let source = FileSource::Bytes { name: "dot.png".into(), bytes: png(40, 30)?.into() };
    let made = ann.client.create_image_message(with("ben"), source, false, MessageOptions::default()).await;
    let sent = ann
        .client
        .send_message(made.doing("making it")?, SendOptions::default())
        .await
        .doing("sending it")?;
    let urls: Vec<_> = image_of(&sent)?.variants.iter().map(|it| (it.variant, it.url.as_str())).collect();
    assert_eq!(urls.len(), 3);
    assert!(urls.iter().all(|(_, url)| *url == urls[0].1), "{urls:?}");
    until_shown(&mut ben, "ann", &["<image>"]).await
}

/// MSG-24, OBJ-63: a film goes with its length, and with a picture of its shape in its place.
#[tokio::test(flavor = "multi_thread")]
async fn a_film_has_a_picture_in_its_place() -> Outcome {
    let server = TestServer::start(Engine::Sqlite, &["ann", "ben"]).await?;
    let ann = device(&server, "ann", "a").await?;
    let mut ben = device(&server, "ben", "b").await?;
    let mut mvhd = vec![0; 100];
    mvhd[12..16].copy_from_slice(&1000u32.to_be_bytes());
    mvhd[16..20].copy_from_slice(&61_200u32.to_be_bytes());
    let mut film = b"\0\0\0\x10ftypisom\0\0\x02\0".to_vec();
    film.extend(b"\0\0\0\x74moov\0\0\0\x6cmvhd");
    film.extend(mvhd);
    let path = server.dir().join("a.mp4");
    std::fs::write(&path, film).doing("a film")?;
    let made = ann.client.create_video_message(with("ben"), &path, MessageOptions::default()).await;
    ann.client.send_message(made.doing("making it")?, SendOptions::default()).await.doing("sending it")?;
    until_shown(&mut ben, "ann", &["<video>"]).await?;
    let messages = ben.latest(&with("ann"), 1).await?;
    let Some(Payload::Video(video)) = messages.first().map(|it| &it.payload) else {
        return Err(Failure::new("no film".to_owned()));
    };
    assert_eq!((video.video_format.as_str(), video.video_second), ("mp4", 62));
    let bytes = ben.client.load_file(&messages[0], &video.snapshot_url).await.doing("its picture")?;
    let picture = media::decode(bytes, 1000).await.doing("decoding it")?;
    assert_eq!((picture.width, picture.height), (video.snapshot_width, video.snapshot_height));
    Ok(())
}
