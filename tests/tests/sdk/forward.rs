//! Passing messages on, and the kinds of messages that carry no file.

use hallway_client::protocol::message::{CustomPayload, Payload};
use hallway_client::{ConversationId, ErrorCode, Message, MessageOptions, SendOptions};
use hallway_tests::failure::{Outcome, While};
use hallway_tests::support::{Device, Engine, TestServer};

use crate::support::*;

async fn deliver(from: &Device, message: Message) -> Outcome<Message> {
    from.client.send_message(message, SendOptions::default()).await.doing("sending")
}

/// The newest message of a conversation once it is the one with this id.
async fn received(device: &mut Device, of: &ConversationId, sent: &Message) -> Outcome<Message> {
    until(device, "given the message", async |it| {
        Ok(it.latest(of, 1).await?.first().is_some_and(|last| last.id == sent.id))
    })
    .await?;
    device.latest(of, 1).await?.pop().doing("the message is gone")
}

/// MSG-25, MSG-26, MSG-28, OBJ-65, OBJ-66, OBJ-67: custom messages, stickers and places arrive as they were made; what is not
/// on earth is refused at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kinds_without_files_arrive_as_they_were_made() -> Outcome {
    let server = server().await?;
    let ann = device(&server, "ann", "ann-desk").await?;
    let mut ben = device(&server, "ben", "ben-desk").await?;
    let none = MessageOptions::default;
    let custom =
        CustomPayload { data: "{\"dice\":4}".into(), description: "a four".into(), extension: "x".into() };
    let client = &ann.client;
    let made = [
        client.create_custom_message(with("ben"), custom, none()),
        client.create_custom_message(with("ben"), CustomPayload::default(), none()),
        client.create_face_message(with("ben"), -3, "otter/wave", none()),
        client.create_location_message(with("ben"), "码头 1", 180.0, -90.0, none()),
    ];
    for message in made {
        let message = message.doing("making")?;
        let sent = deliver(&ann, message.clone()).await?;
        assert_eq!(received(&mut ben, &with("ann"), &sent).await?.payload, message.payload);
    }
    for (longitude, latitude) in [(180.1, 0.0), (0.0, -90.1), (f64::NAN, 0.0)] {
        let wrong = client.create_location_message(with("ben"), "", longitude, latitude, none());
        assert_eq!(wrong.map_err(|error| error.code).err(), Some(ErrorCode::InvalidParameter));
    }
    Ok(())
}

/// MSG-31: a message goes on as a new one of the same kind and content, without what was around it; what the server said,
/// what was recalled and what is not as it was received does not.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_is_forwarded() -> Outcome {
    let server = TestServer::start(Engine::Sqlite, &["ann", "ben", "cem"]).await?;
    let mut ann = device(&server, "ann", "ann-desk").await?;
    let mut ben = device(&server, "ben", "ben-desk").await?;
    let mut cem = device(&server, "cem", "cem-desk").await?;
    let options = MessageOptions {
        cloud_custom_data: "{}".into(),
        need_read_receipt: true,
        is_support_extension: true,
        ..MessageOptions::default()
    };
    let message = ann.client.create_text_message(with("ben"), "hello", options).doing("making")?;
    let unsent = ann.client.create_forward_message(&message, with("cem"), MessageOptions::default()).await;
    assert_eq!(unsent.map_err(|error| error.code).err(), Some(ErrorCode::NotForwardable));
    let sent = deliver(&ann, message).await?;
    let here = received(&mut ben, &with("ann"), &sent).await?;
    let forward = async |message: &Message| {
        let made = ben.client.create_forward_message(message, with("cem"), MessageOptions::default()).await;
        made.map_err(|error| error.code)
    };
    let new = forward(&here).await.doing("forwarding")?;
    assert_eq!((&new.payload, &new.from), (&here.payload, &ben.user));
    assert!(new.id != here.id && new.cloud_custom_data.is_empty());
    assert!(!new.need_read_receipt && !new.is_support_extension && new.reactions.is_empty());
    let sent = deliver(&ben, new).await?;
    assert_eq!(text_of(&received(&mut cem, &with("ben"), &sent).await?), "hello");

    let altered = Message { payload: Payload::text("something else"), ..here.clone() };
    assert_eq!(forward(&altered).await.err(), Some(ErrorCode::ForwardContentAltered));
    let place = group(&ann, &["ben"]).await?;
    until_line(&mut ben, &place, "told of the group", |_| true).await?;
    let ConversationId::Group(group_id) = &place else { panic!("{place}") };
    ben.client.quit_group(group_id).await.doing("leaving")?;
    until(&mut ann, "told that Ben left", async |it| Ok(!it.latest(&place, 1).await?.is_empty())).await?;
    let tip = ann.latest(&place, 1).await?.pop().doing("no tip")?;
    let refused = ann.client.create_forward_message(&tip, with("cem"), MessageOptions::default()).await;
    assert_eq!(refused.map_err(|error| error.code).err(), Some(ErrorCode::NotForwardable));
    ann.client.revoke_message(&here, "").await.err();
    let own = ann.latest(&with("ben"), 1).await?.pop().doing("no message")?;
    ann.client.revoke_message(&own, "").await.doing("recalling")?;
    until(&mut ben, "told of the recall", async |it| {
        Ok(it.client.find_message(&here.id).await.doing("looking")?.is_some_and(|it| it.is_revoked()))
    })
    .await?;
    let late = ben.client.create_forward_message(&here, with("cem"), MessageOptions::default()).await;
    assert_eq!(late.map_err(|error| error.code).err(), Some(ErrorCode::NotForwardable));
    Ok(())
}

/// Texts inside of a combined message, in order.
fn inside(message: &Message) -> Vec<String> {
    let Payload::Merger(merger) = &message.payload else { panic!("{:?}", message.payload) };
    let bodies = merger.message_list.iter().flat_map(|it| &it.message_body);
    bodies
        .map(|body| match body {
            Payload::Text(text) => text.text.clone(),
            other => format!("<{}>", other.kind()),
        })
        .collect()
}

async fn combining(engine: Engine) -> Outcome {
    if !engine.is_there() {
        return Ok(());
    }
    let server = TestServer::start(engine, &["ann", "ben", "cem"]).await?;
    let ann = device(&server, "ann", "ann-desk").await?;
    let mut ben = device(&server, "ben", "ben-desk").await?;
    let mut cem = device(&server, "cem", "cem-desk").await?;
    let long = "x".repeat(5000);
    let (one, two) = (say(&ann, "ben", "one").await?, say(&ann, "ben", &long).await?);
    let three = say(&ann, "ben", &long).await?;
    received(&mut ben, &with("ann"), &three).await?;
    let combine = |list: &[Message], text: &str| {
        let options = MessageOptions::default();
        ben.client.create_merger_message(with("cem"), list, "Chat of Ann and Ben", None, text, options)
    };
    let refused = |list: &[Message], text: &str| combine(list, text).map_err(|error| error.code).err();
    assert_eq!(refused(&[], "a record"), Some(ErrorCode::InvalidParameter));
    assert_eq!(refused(std::slice::from_ref(&one), ""), Some(ErrorCode::InvalidParameter));
    assert_eq!(refused(&vec![one.clone(); 301], "a record"), Some(ErrorCode::InvalidParameter));
    let unsent = text_for(&ann, "ben", "later")?;
    assert_eq!(refused(&[unsent], "a record"), Some(ErrorCode::SendFailed));

    // In the order in which they were written, whatever order they are given in; what is small needs nothing more.
    let small = combine(std::slice::from_ref(&one), "a record").doing("combining")?;
    let sent = deliver(&ben, small).await?;
    let got = received(&mut cem, &with("ben"), &sent).await?;
    assert_eq!(inside(&got), ["one"]);
    assert_eq!(cem.client.download_merger_message(&got).await.doing("opening")?, got);

    let large = combine(&[three.clone(), one.clone(), two.clone()], "a record").doing("combining")?;
    let Payload::Merger(card) = &large.payload else { panic!("{large:?}") };
    assert_eq!((card.abstract_list.len(), card.abstract_list[0].as_str()), (3, "ann: one"));
    let sent = deliver(&ben, large).await?;
    let got = received(&mut cem, &with("ben"), &sent).await?;
    assert!(inside(&got).is_empty(), "large ones are fetched when they are opened");
    let opened = cem.client.download_merger_message(&got).await.doing("opening")?;
    assert_eq!(inside(&opened), ["one".to_owned(), long.clone(), long]);
    let Payload::Merger(merger) = &opened.payload else { panic!("{opened:?}") };
    assert!(merger.download_key.is_empty());
    // Once opened it is there without a network.
    cem.net.set_down(true);
    cem.restart().await?;
    assert_eq!(cem.client.download_merger_message(&got).await.doing("opening")?, opened);
    cem.net.set_down(false);
    cem.until_ready().await?;
    let wrong = cem.client.download_merger_message(&one).await;
    assert_eq!(wrong.map_err(|error| error.code).err(), Some(ErrorCode::NotACombinedMessage));

    // Passed on alone, and inside of another one.
    let on = cem.client.create_forward_message(&got, with("ann"), MessageOptions::default()).await;
    let on = deliver(&cem, on.doing("forwarding")?).await?;
    assert!(inside(&on).is_empty());
    let options = MessageOptions::default();
    let outer = cem.client.create_merger_message(with("ann"), &[got], "Outer", None, "a record", options);
    let outer = deliver(&cem, outer.doing("combining")?).await?;
    let outer = cem.client.download_merger_message(&outer).await.doing("opening")?;
    assert_eq!(inside(&outer), ["<merger>"]);
    let Payload::Merger(merger) = &outer.payload else { panic!("{outer:?}") };
    let Some(Payload::Merger(inner)) = merger.message_list[0].message_body.first() else {
        panic!("{merger:?}")
    };
    assert_eq!(cem.client.open_merger(&outer, inner).await.doing("opening")?.len(), 3);
    Ok(())
}

/// MSG-29, MSG-30, OBJ-68, OBJ-69: several messages go on as one, which is opened, also inside of another one; what is large is
/// fetched when it is opened, and once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_are_combined() -> Outcome {
    combining(Engine::Sqlite).await
}

/// The same on PostgreSQL.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_are_combined_on_postgres() -> Outcome {
    combining(Engine::Postgres).await
}
