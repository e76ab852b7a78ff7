//! Stickers between two devices: the packs of the server, their pictures, and messages that name them.

use hallway_client::media;
use hallway_client::protocol::message::Payload;
use hallway_client::{MessageOptions, SendOptions};
use hallway_tests::failure::{Outcome, While};
use hallway_tests::support::{Engine, TestServer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::*;

/// MSG-26, OBJ-66: a sticker arrives as number and key, its picture comes from the server, and is there without one afterwards.
#[tokio::test(flavor = "multi_thread")]
async fn a_sticker_is_sent_and_seen_again_without_a_network() -> Outcome {
    let server = TestServer::start(Engine::Sqlite, &["ann", "ben"]).await?;
    let ann = device(&server, "ann", "a").await?;
    let mut ben = device(&server, "ben", "b").await?;
    let packs = ann.client.get_sticker_packs().await.doing("asking for the packs")?;
    let sticker = packs[0].stickers.iter().find(|it| it.key == "thank_you").doing("a sticker")?;
    let (index, key) = (packs[0].number, sticker.key.as_str());
    let made = ann.client.create_face_message(with("ben"), index, key, MessageOptions::default());
    let made = made.doing("making a sticker")?;
    ann.client.enqueue_message(made, SendOptions::default()).await.doing("queueing")?;

    let is_there = async |device: &hallway_tests::support::Device| {
        Ok(device.latest(&with("ann"), 10).await?.iter().any(|it| matches!(it.payload, Payload::Face(_))))
    };
    until(&mut ben, "told of the sticker", is_there).await?;
    let newest = ben.latest(&with("ann"), 10).await?.pop().doing("a message")?;
    let Payload::Face(face) = &newest.payload else { panic!("{:?}", newest.payload) };
    assert_eq!((face.index, face.data.as_str()), (index, key));
    let before = ben.client.get_sticker_packs().await.doing("asking for the packs")?;
    assert_eq!(before, packs);
    let bytes = ben.client.load_sticker(sticker).await.doing("fetching its picture")?;
    let picture = media::decode(bytes.clone(), 512).await.doing("decoding it")?;
    assert_eq!((picture.width, picture.height), (sticker.width, sticker.height));

    ben.net.set_down(true);
    ben.restart().await?;
    assert_eq!(ben.client.get_sticker_packs().await.doing("without a network")?, packs);
    assert_eq!(ben.client.load_sticker(sticker).await.doing("without a network")?, bytes);
    let other = packs[0].stickers.iter().find(|it| it.key == "hug").doing("another one")?;
    assert!(ben.client.load_sticker(other).await.is_err(), "it was never seen here");
    Ok(())
}

/// The pictures are for those who are signed in, and what an address leads to may be kept for good.
#[tokio::test(flavor = "multi_thread")]
async fn pictures_of_stickers_need_a_ticket() -> Outcome {
    let server = TestServer::start(Engine::Sqlite, &["ann"]).await?;
    let link = server.sign_in(&"ann".parse().doing("a name")?).await?;
    let packs = link.rpc().call(&hallway_protocol::method::GetStickerPacks { version: String::new() }).await;
    let packs = packs.doing("asking for the packs")?;
    let sha256 = packs.packs.doing("packs")?.remove(0).stickers.remove(0).sha256;
    let ticket =
        link.rpc().call(&hallway_protocol::method::GetUploadTicket {}).await.doing("a ticket")?.ticket;
    let get = async |path: String, ticket: &str| {
        let mut stream = TcpStream::connect(server.address()).await.doing("connecting")?;
        let head = format!(
            "GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer {ticket}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await.doing("asking")?;
        let mut page = Vec::new();
        stream.read_to_end(&mut page).await.doing("reading")?;
        Outcome::Ok(String::from_utf8_lossy(&page).into_owned())
    };
    let path = format!("{}{sha256}", packs.path);
    let page = get(path.clone(), &ticket).await?.to_lowercase();
    assert!(page.starts_with("http/1.1 200") && page.contains("content-type: image/webp"), "{page}");
    assert!(page.contains("immutable") && page.contains("private") && page.contains("nosniff"), "{page}");
    assert!(get(path.clone(), "").await?.starts_with("HTTP/1.1 401"));
    assert!(get(path, "AQ").await?.starts_with("HTTP/1.1 401"));
    assert!(get(format!("{}{}", packs.path, "0".repeat(64)), &ticket).await?.starts_with("HTTP/1.1 404"));
    assert!(get(format!("{}../etc/passwd", packs.path), &ticket).await?.starts_with("HTTP/1.1 404"));
    Ok(())
}
