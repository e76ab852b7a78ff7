//! Group system notices as an app sees them: a conversation of its own, kept on this computer like any other.

use hallway_client::model::{Around, TimelineItem};
use hallway_client::{ConversationId, ErrorCode, Event, GroupId, Message, MessageOptions, NetState};
use hallway_protocol::message::Payload;
use hallway_protocol::method::ReadScope;
use hallway_protocol::tip::NoticeType;
use hallway_tests::failure::{Outcome, While};
use hallway_tests::support::{Device, Engine, TestServer};

use crate::support::*;

const SYSTEM: ConversationId = ConversationId::System;

fn id_of(place: &ConversationId) -> GroupId {
    match place {
        ConversationId::Group(group) => group.clone(),
        other => panic!("{other} is no group"),
    }
}

fn kind(message: &Message) -> NoticeType {
    match &message.payload {
        Payload::GroupSystemNotice(notice) => notice.operation_type,
        other => panic!("{other:?}"),
    }
}

/// What stands in the system conversation of a device.
async fn notices(device: &Device) -> Outcome<Vec<Message>> {
    let timeline = device.client.timeline(&SYSTEM, Around::Latest, 200, 0).await.doing("a timeline")?;
    let message = |item| match item {
        TimelineItem::Message(message) => Ok(Message::clone(&message)),
        other => Err(hallway_tests::failure::Failure::new(format!("{other:?}"))),
    };
    timeline.items.into_iter().map(message).collect()
}

/// The next notice the app is told of.
async fn next(device: &mut Device) -> Outcome<Message> {
    let pick = |event: &Event| match event {
        Event::MessageReceived(list) => {
            list.iter().find(|message| matches!(message.payload, Payload::GroupSystemNotice(_))).cloned()
        }
        _ => None,
    };
    device.until_event("a notice", SOON, pick).await
}

async fn told_and_kept(engine: Engine) -> Outcome {
    let server = TestServer::start(engine, &["ann", "ben"]).await?;
    let ann = device(&server, "ann", "ann-desk").await?;
    let mut ben = device(&server, "ben", "ben-desk").await?;
    let mut lap = device(&server, "ben", "ben-lap").await?;
    let place = group(&ann, &["ben"]).await?;
    let added = next(&mut ben).await?;
    assert_eq!((kind(&added), added.from.as_str(), added.sequence), (NoticeType::Invited, "ann", 1));
    let line = line_of(&ben, &SYSTEM).await?.doing("a line")?;
    assert_eq!((line.unread_count, line.last_message.map(|it| it.id.clone())), (1, Some(added.id)));
    assert!(line_of(&ben, &place).await?.is_some(), "the group is there already");
    assert_eq!(ben.client.get_total_unread_message_count(), 0);

    // What came while nothing was heard is there afterwards, also after a restart without a network.
    ben.net.set_down(true);
    ben.net.cut();
    let members = vec!["ben".parse().doing("an id")?];
    ann.client.delete_group_member(&id_of(&place), members.clone(), "moved on").await.doing("removing")?;
    ann.client.add_group_member(&id_of(&place), members.clone()).await.doing("adding")?;
    ben.net.set_down(false);
    until_line(&mut ben, &SYSTEM, "told", |it| it.unread_count == 3).await?;
    ben.until_net(NetState::Connected, SOON).await?;
    until(&mut ben, "complete", async |ben| Ok(notices(ben).await.is_ok_and(|all| all.len() == 3))).await?;
    ben.net.set_down(true);
    ben.restart().await?;
    let kinds: Vec<_> = notices(&ben).await?.iter().map(kind).collect();
    assert_eq!(kinds, [NoticeType::Invited, NoticeType::KickedOut, NoticeType::Invited]);
    assert_eq!(line_of(&ben, &SYSTEM).await?.map(|it| it.unread_count), Some(3));
    ben.net.set_down(false);
    ben.until_net(NetState::Connected, SOON).await?;
    ben.until("ready", SOON, |it| it.client.is_ready()).await?;

    // Read as a whole, here and on the other instance; not by reading everything.
    ben.client.set_all_message_read(ReadScope::All).await.doing("reading everything")?;
    assert_eq!(line_of(&ben, &SYSTEM).await?.map(|it| it.unread_count), Some(3));
    ben.client.set_message_read(&SYSTEM, None).await.doing("reading")?;
    assert_eq!(line_of(&ben, &SYSTEM).await?.map(|it| it.unread_count), Some(0));
    until_line(&mut lap, &SYSTEM, "read", |it| it.unread_count == 0 && it.read_seq == 3).await?;

    // Nothing else is possible but pinning and deleting the whole.
    let all = notices(&ben).await?;
    let write = ben.client.create_text_message(SYSTEM, "x", MessageOptions::default());
    assert_eq!(write.map_err(|error| error.code).err(), Some(ErrorCode::ConversationKindNotAllowed));
    let deleted = ben.client.delete_message(&all).await.map_err(|error| error.code);
    assert_eq!(deleted.err(), Some(ErrorCode::NoticeNotDeletable));
    let forward = ben.client.create_forward_message(&all[0], with("ann"), MessageOptions::default()).await;
    assert_eq!(forward.map_err(|error| error.code).err(), Some(ErrorCode::NotForwardable));
    assert!(ben.client.revoke_message(&all[0], "").await.is_err());
    let cleared = ben.client.clear_history_message(&SYSTEM).await.map_err(|error| error.code);
    assert_eq!(cleared.err(), Some(ErrorCode::ConversationIdMalformed));
    ben.client.pin_conversation(&SYSTEM, true).await.doing("pinning")?;
    until_line(&mut lap, &SYSTEM, "pinned", |it| it.is_pinned).await?;
    ben.client.delete_conversation(&[SYSTEM], true).await.doing("deleting")?;
    assert!(line_of(&ben, &SYSTEM).await?.is_none());
    until(&mut lap, "without it", async |lap| Ok(line_of(lap, &SYSTEM).await?.is_none())).await?;
    ann.client.delete_group_member(&id_of(&place), members, "").await.doing("removing")?;
    let back = next(&mut ben).await?;
    assert_eq!((kind(&back), back.sequence), (NoticeType::KickedOut, 4));
    for device in [&mut ben, &mut lap] {
        until_line(device, &SYSTEM, "back", |it| it.unread_count == 1 && !it.is_pinned).await?;
        assert_eq!(notices(device).await?.iter().map(|it| it.sequence).collect::<Vec<_>>(), [4]);
    }
    Ok(())
}

/// OBJ-71, OBJ-102, OBJ-110, OBJ-123, OBJ-126, OBJ-140, CONV-62, CONV-64, CONV-65, CONV-70, CONV-71, CONV-101, MSG-40: notices are
/// told after the lists, kept like messages, counted apart, and read and deleted as a whole.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn notices_are_told_and_kept() -> Outcome {
    told_and_kept(Engine::Sqlite).await
}

/// The same on PostgreSQL.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn notices_are_told_and_kept_on_postgres() -> Outcome {
    if !Engine::Postgres.is_there() {
        return Ok(());
    }
    told_and_kept(Engine::Postgres).await
}
