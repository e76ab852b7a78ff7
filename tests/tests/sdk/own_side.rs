//! What is a user's own: read positions, drafts, deletions; the same on every instance.

use hallway_client::{ErrorCode, Event, FileSource, MessageOptions, NetState, SendOptions};
use hallway_protocol::conversation::Draft;
use hallway_protocol::method::ReadScope;
use hallway_tests::failure::{Outcome, While};
use hallway_tests::support::Device;

use crate::support::*;

fn draft(text: &str) -> Draft {
    Draft { conversation_id: with("ben"), draft_text: text.into(), reply_to: None, time_ms: 0 }
}

async fn drafted(device: &Device) -> Outcome<String> {
    Ok(listed(device, "ben").await?.and_then(|it| it.draft).map(|it| it.draft_text).unwrap_or_default())
}

/// CONV-70, CONV-75, CONV-101, OBJ-34, CONV-46, MSG-93, SES-52, R15: reading clears the count here at once, on the own other instance, and
/// shows at the peer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reading_clears_every_instance_and_shows_at_the_peer() -> Outcome {
    let server = server().await?;
    let mut desk = device(&server, "ann", "ann-desk").await?;
    let mut lap = device(&server, "ann", "ann-lap").await?;
    let mut ben = device(&server, "ben", "ben-desk").await?;
    for text in ["one", "two", "three"] {
        say(&ben, "ann", text).await?;
    }
    for device in [&mut desk, &mut lap] {
        until_listed(device, "ben", "three unread", |it| it.unread_count == 3).await?;
        device.until("counting three", SOON, |it| it.client.get_total_unread_message_count() == 3).await?;
    }
    desk.client.set_message_read(&with("ben"), Some(2)).await.doing("reading")?;
    assert_eq!(listed(&desk, "ben").await?.map(|it| it.unread_count), Some(1), "at once");
    until_listed(&mut lap, "ben", "one unread", |it| it.unread_count == 1).await?;
    desk.client.set_message_read(&with("ben"), None).await.doing("reading")?;
    until_listed(&mut lap, "ben", "none unread", |it| it.unread_count == 0).await?;
    lap.until("counting none", SOON, |it| it.client.get_total_unread_message_count() == 0).await?;
    let mut read = Vec::new();
    while read.len() < 3 {
        let pick = |event: &Event| match event {
            Event::MessageReadByPeer(messages) => Some(messages.iter().map(text_of).collect::<Vec<_>>()),
            _ => None,
        };
        read.extend(ben.until_event("being read", SOON, pick).await?);
    }
    assert_eq!(read, ["one", "two", "three"]);
    until_listed(&mut ben, "ann", "read", |it| it.peer.read_seq == 3).await?;
    // Never back.
    lap.client.set_message_read(&with("ben"), Some(1)).await.doing("reading")?;
    assert_eq!(listed(&lap, "ben").await?.map(|it| (it.unread_count, it.read_seq)), Some((0, 3)));
    Ok(())
}

/// R1, R15: what was read without a network is read everywhere once there is one, also after a restart.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reading_offline_reaches_the_server_later() -> Outcome {
    let server = server().await?;
    let mut desk = device(&server, "ann", "ann-desk").await?;
    let mut lap = device(&server, "ann", "ann-lap").await?;
    let ben = device(&server, "ben", "ben-desk").await?;
    say(&ben, "ann", "one").await?;
    say(&ben, "ann", "two").await?;
    until_listed(&mut desk, "ben", "two unread", |it| it.unread_count == 2).await?;
    desk.net.set_down(true);
    desk.net.cut();
    desk.until_net(NetState::Disconnected, SOON).await?;
    desk.client.set_message_read(&with("ben"), None).await.doing("reading")?;
    assert_eq!(listed(&desk, "ben").await?.map(|it| it.unread_count), Some(0));
    desk.restart().await?;
    assert_eq!(listed(&desk, "ben").await?.map(|it| it.unread_count), Some(0), "after a restart too");
    assert_eq!(listed(&lap, "ben").await?.map(|it| it.unread_count), Some(2));
    desk.net.set_down(false);
    until_listed(&mut lap, "ben", "none unread", |it| it.unread_count == 0).await
}

/// CONV-71: everything is read at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_is_marked_read() -> Outcome {
    let server = hallway_tests::support::TestServer::start(
        hallway_tests::support::Engine::Sqlite,
        &["ann", "ben", "cem"],
    )
    .await?;
    let mut desk = device(&server, "ann", "ann-desk").await?;
    let mut lap = device(&server, "ann", "ann-lap").await?;
    for name in ["ben", "cem"] {
        let sender = device(&server, name, name).await?;
        say(&sender, "ann", "hi").await?;
    }
    desk.until("counting two", SOON, |it| it.client.get_total_unread_message_count() == 2).await?;
    lap.until("counting two", SOON, |it| it.client.get_total_unread_message_count() == 2).await?;
    desk.client.set_all_message_read(ReadScope::All).await.doing("reading")?;
    lap.until("counting none", SOON, |it| it.client.get_total_unread_message_count() == 0).await
}

/// The second tick: the peer's instance has it, before anybody reads it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn arrival_is_reported_to_the_sender() -> Outcome {
    let server = server().await?;
    let mut ann = device(&server, "ann", "ann-desk").await?;
    say(&ann, "ben", "one").await?;
    assert_eq!(listed(&ann, "ben").await?.map(|it| it.peer.delivered_seq), Some(0));
    let ben = device(&server, "ben", "ben-desk").await?;
    until_listed(&mut ann, "ben", "told of arrival", |it| it.peer.delivered_seq == 1).await?;
    assert_eq!(listed(&ann, "ben").await?.map(|it| it.peer.read_seq), Some(0));
    drop(ben);
    Ok(())
}

/// PLUS-4 (in place of SES-57), CONV-34, R16: a draft is in the list at once, survives a program that ends without a word, and follows to the own other
/// instance; sending it away removes it there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_draft_follows_the_user() -> Outcome {
    let server = server().await?;
    let mut desk = device(&server, "ann", "ann-desk").await?;
    let mut lap = device(&server, "ann", "ann-lap").await?;
    say(&desk, "ben", "zero").await?;
    until_shown(&mut lap, "ben", &["zero"]).await?;
    for text in ["h", "he", "hel"] {
        desk.client.set_conversation_draft(draft(text)).await.doing("typing")?;
    }
    until_listed(&mut lap, "ben", "drafting", |it| {
        it.draft.as_ref().is_some_and(|it| it.draft_text == "hel")
    })
    .await?;
    desk.net.set_down(true);
    desk.net.cut();
    desk.until_net(NetState::Disconnected, SOON).await?;
    desk.client.set_conversation_draft(draft("hello")).await.doing("typing")?;
    desk.restart().await?;
    assert_eq!(drafted(&desk).await?, "hello");
    assert_eq!(drafted(&lap).await?, "hel");
    desk.net.set_down(false);
    until_listed(&mut lap, "ben", "drafting", |it| {
        it.draft.as_ref().is_some_and(|it| it.draft_text == "hello")
    })
    .await?;
    lap.client.set_conversation_draft(draft("")).await.doing("typing")?;
    until_listed(&mut desk, "ben", "without a draft", |it| it.draft.is_none()).await
}

/// MSG-62, OBJ-40, PLUS-5 (in place of SES-54): deleted for oneself: on every own instance, also one that was away, and for nobody else.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deleting_for_oneself_reaches_the_own_instances_only() -> Outcome {
    let server = server().await?;
    let desk = device(&server, "ann", "ann-desk").await?;
    let mut lap = device(&server, "ann", "ann-lap").await?;
    let mut away = device(&server, "ann", "ann-away").await?;
    let mut ben = device(&server, "ben", "ben-desk").await?;
    let one = say(&desk, "ben", "one").await?;
    let two = say(&desk, "ben", "two").await?;
    until_shown(&mut away, "ben", &["one", "two"]).await?;
    away.net.set_down(true);
    away.net.cut();
    away.until_net(NetState::Disconnected, SOON).await?;
    let hidden = desk.client.delete_message(std::slice::from_ref(&two)).await.doing("deleting")?;
    assert_eq!(hidden.iter().map(|it| it.sequence).collect::<Vec<_>>(), [2]);
    assert_eq!(shown(&desk, "ben").await?, ["one"]);
    let last = listed(&desk, "ben").await?.and_then(|it| it.last_message);
    assert_eq!(last.map(|it| it.id.clone()), Some(one.id), "the list shows what is left");
    assert_eq!(desk.client.find_message(&two.id).await.doing("finding")?, None);
    until_shown(&mut lap, "ben", &["one"]).await?;
    away.net.set_down(false);
    until_shown(&mut away, "ben", &["one"]).await?;
    until_shown(&mut ben, "ann", &["one", "two"]).await
}

/// MSG-3: a call deletes as many as one may, leaves the rest alone, and waits a second for the call before it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deleting_takes_so_many_and_one_call_per_second() -> Outcome {
    let server = server().await?;
    let ann = device(&server, "ann", "ann-desk").await?;
    let most = ann.client.limits().delete_messages_per_call as usize;
    let mut sent = Vec::new();
    for number in 0..most + 2 {
        sent.push(say(&ann, "ben", &number.to_string()).await?);
    }
    let started = std::time::Instant::now();
    let hidden = ann.client.delete_message(&sent).await.doing("deleting")?;
    assert_eq!(hidden.len(), most);
    assert_eq!(shown(&ann, "ben").await?, [most.to_string(), (most + 1).to_string()]);
    ann.client.delete_message(&sent[most..]).await.doing("deleting")?;
    assert!(started.elapsed() >= std::time::Duration::from_secs(1));
    assert_eq!(shown(&ann, "ben").await?, Vec::<String>::new());
    Ok(())
}

/// CONV-62, CONV-64, PLUS-5 (in place of SES-55 and SES-56): cleared and deleted conversations are so on every own instance; a new message brings one back
/// without its history.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clearing_and_deleting_a_conversation_reach_the_own_instances() -> Outcome {
    let server = server().await?;
    let mut desk = device(&server, "ann", "ann-desk").await?;
    let mut lap = device(&server, "ann", "ann-lap").await?;
    let ben = device(&server, "ben", "ben-desk").await?;
    say(&ben, "ann", "one").await?;
    say(&ben, "ann", "two").await?;
    for device in [&mut desk, &mut lap] {
        until_shown(device, "ben", &["one", "two"]).await?;
    }
    desk.client.clear_history_message(&with("ben")).await.doing("clearing")?;
    assert_eq!(shown(&desk, "ben").await?, Vec::<String>::new());
    assert_eq!(
        listed(&desk, "ben").await?.map(|it| (it.unread_count, it.last_message.is_none())),
        Some((0, true))
    );
    until_listed(&mut lap, "ben", "cleared", |it| it.unread_count == 0 && it.last_message.is_none()).await?;
    assert_eq!(shown(&lap, "ben").await?, Vec::<String>::new());

    say(&ben, "ann", "three").await?;
    until_shown(&mut lap, "ben", &["three"]).await?;
    lap.client.delete_conversation(&[with("ben")], true).await.doing("deleting")?;
    assert!(listed(&lap, "ben").await?.is_none());
    until(&mut desk, "rid of it", async |device| Ok(listed(device, "ben").await?.is_none())).await?;
    let unknown = desk.client.set_message_read(&with("stranger"), None).await;
    assert_eq!(unknown.map_err(|error| error.code), Err(ErrorCode::ConversationNotFound));

    say(&ben, "ann", "four").await?;
    for device in [&mut desk, &mut lap] {
        until_listed(device, "ben", "back", |it| it.unread_count == 1).await?;
        until_shown(device, "ben", &["four"]).await?;
    }
    Ok(())
}

/// What was listened to on one instance is so on the others: told live, from the log to a new installation, and from where there
/// was no network once there is one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_heard_is_known_on_every_instance() -> Outcome {
    let server = server().await?;
    let mut desk = device(&server, "ann", "ann-desk").await?;
    let mut lap = device(&server, "ann", "ann-lap").await?;
    let ben = device(&server, "ben", "ben-desk").await?;
    let mut spoken = Vec::new();
    for _ in 0..2 {
        let sound = FileSource::Bytes { name: "voice.ogg".into(), bytes: b"OggS and so on".to_vec().into() };
        let made = ben.client.create_audio_message(with("ann"), sound, 1500, MessageOptions::default()).await;
        let sent = ben.client.send_message(made.doing("recording")?, SendOptions::default()).await;
        spoken.push(sent.doing("sending")?.id);
    }
    for device in [&mut desk, &mut lap] {
        until_shown(device, "ben", &["<audio>", "<audio>"]).await?;
    }
    let heard = |event: &Event| match event {
        Event::MessagesHeard(list) => Some(list.to_vec()),
        _ => None,
    };
    desk.client.mark_heard(&spoken[0]).await.doing("listening")?;
    desk.client.mark_heard(&spoken[0]).await.doing("listening again")?;
    assert_eq!(lap.until_event("hearing of it", SOON, heard).await?, [spoken[0].clone()]);
    desk.net.set_down(true);
    desk.until("offline", SOON, |it| it.client.net_state() != NetState::Connected).await?;
    desk.client.mark_heard(&spoken[1]).await.doing("listening")?;
    desk.restart().await?;
    assert_eq!(desk.client.heard_messages().await.doing("asking")?.len(), 2);
    desk.net.set_down(false);
    assert_eq!(lap.until_event("hearing of it", SOON, heard).await?, [spoken[1].clone()]);
    let phone = device(&server, "ann", "ann-new").await?;
    for device in [&desk, &lap, &phone] {
        let mut all = device.client.heard_messages().await.doing("asking")?;
        all.sort();
        let mut wanted = spoken.clone();
        wanted.sort();
        assert_eq!(all, wanted);
    }
    assert_eq!(ben.client.heard_messages().await.doing("asking")?, []);
    Ok(())
}
