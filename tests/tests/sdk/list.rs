//! The conversation list: its lines, its order, its filters, its events.

use std::sync::{Arc, Mutex};

use hallway_client::model::ConversationFilter;
use hallway_client::{ConversationId, Event, EventName, Message, MessageOptions, SendOptions};
use hallway_protocol::conversation::{AtType, Draft, RemindType};
use hallway_protocol::group::GroupType;
use hallway_protocol::ids::{ConversationType, MENTION_ALL};
use hallway_protocol::message::{MessageStatus, Payload};
use hallway_tests::failure::{Outcome, While};
use hallway_tests::support::{Device, Engine, TestServer};

use crate::support::*;

async fn send(from: &Device, to: &ConversationId, text: &str, at: &[&str]) -> Outcome<Message> {
    let options = MessageOptions {
        at_user_list: at.iter().map(|at| (*at).to_owned()).collect(),
        ..MessageOptions::default()
    };
    let message = from.client.create_text_message(to.clone(), text, options).doing("making")?;
    from.client.send_message(message, SendOptions::default()).await.doing("sending")
}

fn names(list: &[hallway_client::Conversation]) -> Vec<String> {
    list.iter().map(|it| it.conversation_id.to_string()).collect()
}

/// CONV-20, CONV-21, CONV-22, CONV-23, CONV-24, CONV-25, CONV-26, CONV-30, CONV-40, CONV-41, CONV-42, CONV-44, CONV-46: the lines of
/// a person and of a group, and of their last messages.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_says_who_what_and_how_many() -> Outcome {
    let server = server().await?;
    let mut ann = device(&server, "ann", "ann-desk").await?;
    let mut ben = device(&server, "ben", "ben-desk").await?;
    ann.client.update_profile("Ann").await.doing("a name")?;
    let place = group(&ann, &["ben"]).await?;
    let said = say(&ann, "ben", "to you").await?;
    send(&ann, &place, "one", &[]).await?;
    let told = send(&ann, &place, "two", &[]).await?;

    let person = until_line(&mut ben, &with("ann"), "told", |it| it.unread_count == 1).await?;
    assert_eq!(
        (person.conversation_id.to_string().as_str(), person.kind()),
        ("C2Cann", ConversationType::C2c)
    );
    assert_eq!(person.user_profile.as_ref().map(|it| it.nick.as_str()), Some("Ann"));
    assert!(person.group_profile.is_none() && !person.is_readonly && person.draft.is_none());
    assert_eq!((person.display_name(), person.message_remind_type), ("Ann", RemindType::AcceptAndNotify));
    let last = person.last_message.doing("a last message")?;
    assert_eq!((last.time, last.sequence, last.from.as_str()), (said.time, 1, "ann"));
    assert_eq!((&last.id, last.status), (&said.id, MessageStatus::Success));
    assert_eq!(last.payload, Payload::text("to you"));
    assert_eq!((last.nick.as_str(), last.name_card.as_str()), ("", ""), "names are for groups");
    let own = line_of(&ann, &with("ben")).await?.and_then(|it| it.last_message);
    assert_eq!(own.map(|it| it.nick.clone()), Some(String::new()));

    let team = until_line(&mut ben, &place, "told", |it| it.unread_count == 2).await?;
    assert_eq!(team.kind(), ConversationType::Group);
    let profile = team.group_profile.as_ref().doing("the group")?;
    assert_eq!((profile.group_type, profile.name.as_str()), (GroupType::Work, "Team"));
    assert!(team.user_profile.is_none());
    let last = team.last_message.doing("a last message")?;
    assert_eq!((last.sequence, last.nick.as_str(), last.name_card.as_str()), (told.sequence, "Ann", ""));

    // Whether the other one has read it.
    assert!(line_of(&ann, &with("ben")).await?.is_some_and(|it| it.peer.read_seq < said.sequence));
    ben.client.set_message_read(&with("ann"), None).await.doing("reading")?;
    until_line(&mut ann, &with("ben"), "read", |it| it.peer.read_seq == said.sequence).await?;
    Ok(())
}

/// CONV-27, CONV-51, CONV-52, CONV-53, CONV-54, OBJ-35, MSG-21: who mentioned, where and how; gone when read.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mentions_stand_in_the_list_until_they_are_read() -> Outcome {
    let server = server().await?;
    let ann = device(&server, "ann", "ann-desk").await?;
    let mut ben = device(&server, "ben", "ben-desk").await?;
    let place = group(&ann, &["ben"]).await?;
    for at in [&[][..], &["ben"], &[MENTION_ALL], &["ben", MENTION_ALL], &["ann"]] {
        send(&ann, &place, "look", at).await?;
    }
    say(&ann, "ben", "to you").await?;
    until_line(&mut ben, &with("ann"), "told", |it| it.unread_count == 1).await?;
    let line = until_line(&mut ben, &place, "mentioning", |it| it.group_at_info_list.len() == 3).await?;
    let mentions: Vec<_> = line
        .group_at_info_list
        .iter()
        .map(|it| (it.from.as_str(), it.message_sequence, it.at_types))
        .collect();
    assert_eq!(mentions, [("ann", 2, AtType::Me), ("ann", 3, AtType::All), ("ann", 4, AtType::AllAndMe)]);
    let mentioning = ConversationFilter { has_group_at_info: true, ..ConversationFilter::default() };
    let list =
        ben.client.get_conversation_list(mentioning.clone()).await.doing("the list")?.conversation_list;
    assert_eq!(names(&list), [place.to_string()]);
    ben.client.set_message_read(&place, None).await.doing("reading")?;
    assert_eq!(ben.client.get_conversation_list(mentioning).await.doing("the list")?.conversation_list, []);
    Ok(())
}

/// CONV-63: newest first, by the last message or else the time of making; a draft moves nothing. Parts of a
/// filter are joined by "and".
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_list_is_sorted_and_filtered() -> Outcome {
    let server = TestServer::start(Engine::Sqlite, &["ann", "ben", "cem"]).await?;
    let mut ann = device(&server, "ann", "ann-desk").await?;
    let cem = device(&server, "cem", "cem-desk").await?;
    say(&ann, "ben", "first").await?;
    server.next_second();
    say(&cem, "ann", "second").await?;
    server.next_second();
    let place = group(&ann, &["ben"]).await?;
    let sorted = [place.to_string(), "C2Ccem".into(), "C2Cben".into()];
    let list = async |device: &Device, filter| {
        Outcome::Ok(names(
            &device.client.get_conversation_list(filter).await.doing("the list")?.conversation_list,
        ))
    };
    until(&mut ann, "in order", async |ann| Ok(list(ann, Default::default()).await? == sorted)).await?;
    let draft = Draft { conversation_id: with("ben"), draft_text: "so".into(), reply_to: None, time_ms: 0 };
    ann.client.set_conversation_draft(draft).await.doing("typing")?;
    until_listed(&mut ann, "ben", "drafting", |it| it.draft.is_some()).await?;
    assert_eq!(list(&ann, Default::default()).await?, sorted);
    server.next_second();
    say(&ann, "ben", "third").await?;
    let sorted = ["C2Cben".into(), place.to_string(), "C2Ccem".into()];
    until(&mut ann, "in order", async |ann| Ok(list(ann, Default::default()).await? == sorted)).await?;
    // The same after a restart, from the local copy alone.
    ann.net.set_down(true);
    ann.restart().await?;
    assert_eq!(list(&ann, Default::default()).await?, sorted);

    let filter = ConversationFilter::default;
    let ids = vec![with("nobody"), with("cem"), with("ben")];
    let these = || ConversationFilter { conversation_id_list: Some(ids.clone()), ..filter() };
    assert_eq!(list(&ann, these()).await?, ["C2Cben", "C2Ccem"], "unknown ones are left out");
    let none = ConversationFilter { conversation_id_list: Some(Vec::new()), ..filter() };
    assert_eq!(list(&ann, none).await?, Vec::<String>::new());
    let groups = ConversationFilter { kind: Some(ConversationType::Group), ..filter() };
    assert_eq!(list(&ann, groups).await?, [place.to_string()]);
    let unread = ConversationFilter { has_unread_count: true, ..these() };
    assert_eq!(list(&ann, unread).await?, ["C2Ccem"]);
    let unread_groups =
        ConversationFilter { has_unread_count: true, kind: Some(ConversationType::Group), ..filter() };
    assert_eq!(list(&ann, unread_groups).await?, Vec::<String>::new());
    Ok(())
}

/// CONV-120, MSG-59: whoever hears of a message can look its conversation up, the first one's too, because the list has been told before.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_conversation_is_told_before_its_message() -> Outcome {
    let server = TestServer::start(Engine::Sqlite, &["ann", "ben"]).await?;
    let mut ann = device(&server, "ann", "ann-desk").await?;
    let ben = device(&server, "ben", "ben").await?;
    say(&ben, "ann", "hello").await?;
    let mut told = Vec::new();
    while told.last() != Some(&"message") {
        let pick = |event: &Event| match event {
            Event::ConversationListUpdated(list) if names(list) == ["C2Cben"] => Some("conversation"),
            Event::MessageReceived(_) => Some("message"),
            _ => None,
        };
        told.push(ann.until_event("told", SOON, pick).await?);
    }
    assert_eq!(told, ["conversation", "message"]);
    Ok(())
}

/// CONV-120, CONV-121, CONV-101, SES-66: the event carries the full list, changes that come together come as one, and the total
/// is told when it has another value.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_of_the_list_are_told_together() -> Outcome {
    let server = TestServer::start(Engine::Sqlite, &["ann", "ben", "cem"]).await?;
    let mut ann = device(&server, "ann", "ann-desk").await?;
    let (ben, cem) = (device(&server, "ben", "ben").await?, device(&server, "cem", "cem").await?);
    let lists: Arc<Mutex<Vec<Arc<[hallway_client::Conversation]>>>> = Arc::default();
    let totals = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&lists);
    ann.client.on(EventName::ConversationListUpdated, move |event| {
        if let Event::ConversationListUpdated(list) = event {
            kept.lock().expect("lists").push(Arc::clone(list));
        }
    });
    let kept = Arc::clone(&totals);
    ann.client.on(EventName::TotalUnreadUpdated, move |event| {
        if let Event::TotalUnreadUpdated(total) = event {
            kept.lock().expect("totals").push(*total);
        }
    });
    say(&ben, "ann", "one").await?;
    say(&cem, "ann", "two").await?;
    ann.until("counting two", SOON, |it| it.client.get_total_unread_message_count() == 2).await?;
    let told = |wanted: &'static [&'static str]| {
        let lists = Arc::clone(&lists);
        move |_: &Device| {
            let lists = lists.lock().expect("lists");
            let mut last = lists.last().map(|list| names(list)).unwrap_or_default();
            last.sort();
            last == wanted
        }
    };
    ann.until("told of both", SOON, told(&["C2Cben", "C2Ccem"])).await?;

    // Ten changes in a moment.
    let before = lists.lock().expect("lists").len();
    for number in 0..10 {
        let draft_text = number.to_string();
        let draft = Draft { conversation_id: with("ben"), draft_text, reply_to: None, time_ms: 0 };
        ann.client.set_conversation_draft(draft).await.doing("typing")?;
    }
    let last_draft = |list: &[hallway_client::Conversation]| {
        list.iter().any(|it| it.draft.as_ref().is_some_and(|draft| draft.draft_text == "9"))
    };
    ann.until("told of the draft", SOON, |_| {
        lists.lock().expect("lists").last().is_some_and(|list| last_draft(list))
    })
    .await?;
    let events = lists.lock().expect("lists").len() - before;
    assert!(events <= 2, "{events} events");
    let list =
        ann.client.get_conversation_list(Default::default()).await.doing("the list")?.conversation_list;
    assert_eq!(lists.lock().expect("lists").last().map(|last| last.to_vec()), Some(list), "full and sorted");

    ann.client.set_message_read(&with("ben"), None).await.doing("reading")?;
    ann.client.set_message_read(&with("cem"), None).await.doing("reading")?;
    ann.until("told of none", SOON, |_| totals.lock().expect("totals").last() == Some(&0)).await?;
    let totals = totals.lock().expect("totals");
    assert!(totals.windows(2).all(|pair| pair[0] != pair[1]), "{totals:?}");
    assert!(totals.contains(&2), "{totals:?}");
    Ok(())
}

/// CONV-29, CONV-31, CONV-32, CONV-65, CONV-66, CONV-67, CONV-81: what one sets about conversations is on
/// every own instance, also one that was away: pinned ones come first.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn settings_follow_the_user() -> Outcome {
    use hallway_client::{ErrorCode, NetState};
    let server = TestServer::start(Engine::Sqlite, &["ann", "ben", "cem"]).await?;
    let mut desk = device(&server, "ann", "ann-desk").await?;
    let mut lap = device(&server, "ann", "ann-lap").await?;
    let mut away = device(&server, "ann", "ann-away").await?;
    say(&desk, "ben", "first").await?;
    server.next_second();
    say(&desk, "cem", "second").await?;
    away.net.set_down(true);
    away.net.cut();
    away.until_net(NetState::Disconnected, SOON).await?;
    let refused = away.client.pin_conversation(&with("ben"), true).await;
    assert_eq!(refused.map_err(|error| error.code), Err(ErrorCode::NoNetwork));

    desk.client.pin_conversation(&with("ben"), true).await.doing("pinning")?;
    desk.client.mark_conversation(&[with("ben"), with("cem")], 0x1, true).await.doing("marking")?;
    desk.client.mark_conversation(&[with("cem")], 0x2, true).await.doing("marking")?;
    desk.client.set_conversation_custom_data(&[with("cem")], "blue").await.doing("keeping data")?;
    away.net.set_down(false);
    for device in [&mut desk, &mut lap, &mut away] {
        until_listed(device, "ben", "pinned", |it| it.is_pinned && it.mark_list == [1]).await?;
        until_listed(device, "cem", "marked", |it| it.mark_list == [1, 2] && it.custom_data == "blue")
            .await?;
        let list = device
            .client
            .get_conversation_list(Default::default())
            .await
            .doing("the list")?
            .conversation_list;
        assert_eq!(names(&list), ["C2Cben", "C2Ccem"], "pinned ones first");
        let marked = |mark| ConversationFilter { mark_type: Some(mark), ..ConversationFilter::default() };
        let list = device.client.get_conversation_list(marked(2)).await.doing("the list")?.conversation_list;
        assert_eq!(names(&list), ["C2Ccem"]);
        assert_eq!(
            device.client.get_conversation_list(marked(0)).await.doing("the list")?.conversation_list,
            []
        );
    }
    lap.client.set_message_read(&with("cem"), None).await.doing("reading")?;
    lap.client.pin_conversation(&with("ben"), false).await.doing("unpinning")?;
    until_listed(&mut desk, "cem", "no longer marked as unread", |it| it.mark_list == [1]).await?;
    until_listed(&mut desk, "ben", "unpinned", |it| !it.is_pinned).await?;
    let list =
        desk.client.get_conversation_list(Default::default()).await.doing("the list")?.conversation_list;
    assert_eq!(names(&list), ["C2Ccem", "C2Cben"]);
    Ok(())
}

/// CONV-30, CONV-72, CONV-91, CONV-92, CONV-101: a muted conversation keeps its own count and is not in the total; of a refused one
/// nothing is told and nothing counted, and its history is there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn muted_and_refused_conversations_are_quiet() -> Outcome {
    let server = TestServer::start(Engine::Sqlite, &["ann", "ben", "cem"]).await?;
    let mut ann = device(&server, "ann", "ann-desk").await?;
    let (ben, cem) = (device(&server, "ben", "ben").await?, device(&server, "cem", "cem").await?);
    say(&ann, "ben", "hello").await?;
    say(&ann, "cem", "hello").await?;
    let total = |ann: &Device| ann.client.get_total_unread_message_count();
    let mute = async |ann: &mut Device, who: &str, kind| {
        let done = ann.client.set_message_remind_type(&[with(who)], kind).await.doing("muting")?;
        assert_eq!(done.success_conversation_id_list, [with(who)]);
        until_listed(ann, who, "muted", |it| it.message_remind_type == kind).await
    };
    mute(&mut ann, "ben", RemindType::AcceptNotNotify).await?;
    mute(&mut ann, "cem", RemindType::Discard).await?;
    say(&cem, "ann", "unheard").await?;
    say(&ben, "ann", "heard").await?;
    assert_eq!(received(&mut ann).await?, ["heard"]);
    until_listed(&mut ann, "ben", "counting", |it| it.unread_count == 1).await?;
    until_shown(&mut ann, "cem", &["hello", "unheard"]).await?;
    assert_eq!(listed(&ann, "cem").await?.map(|it| it.unread_count), Some(0));
    assert_eq!(total(&ann), 0);
    mute(&mut ann, "ben", RemindType::AcceptAndNotify).await?;
    ann.until("counting it again", SOON, |ann| total(ann) == 1).await
}
