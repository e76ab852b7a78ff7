//! Messages: sent, kept while there is no network, changed, recalled, refused.

use std::time::Duration;

use hallway_client::model::Around;
use hallway_client::{
    CacheKey, Client, Config, ErrorCode, Event, Message, MessageOptions, NetState, SendOptions,
    ServerAddress, message_of,
};
use hallway_protocol::conversation::Draft;
use hallway_protocol::ids::MENTION_ALL;
use hallway_protocol::message::{MessageStatus, OfflinePush};
use hallway_protocol::session::DeviceClass;
use hallway_tests::failure::{Outcome, While};
use hallway_tests::support::{APP_ID, CACHE_KEY, Device, Engine, TestServer};
use zeroize::Zeroizing;

use crate::support::*;

/// MSG-38, MSG-59, MSG-90, SES-50, OBJ-27: the answer carries place and time; the peer and the own other instance are
/// told once, the sending instance is not.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_reaches_the_peer_and_the_own_other_instance() -> Outcome {
    let server = server().await?;
    let mut desk = device(&server, "ann", "ann-desk").await?;
    let mut lap = device(&server, "ann", "ann-lap").await?;
    let mut ben = device(&server, "ben", "ben-desk").await?;
    let sent = say(&desk, "ben", "hello").await?;
    assert_eq!((sent.status, sent.sequence), (MessageStatus::Success, 1));
    assert!(sent.time > 1_700_000_000);
    assert_eq!(received(&mut ben).await?, ["hello"]);
    assert_eq!(received(&mut lap).await?, ["hello"]);
    until_shown(&mut lap, "ben", &["hello"]).await?;
    until_listed(&mut ben, "ann", "one unread", |it| it.unread_count == 1).await?;
    assert_eq!(listed(&lap, "ben").await?.map(|it| it.unread_count), Some(0), "own messages are read");

    // The sending instance is told of the answer, not of its own message.
    say(&ben, "ann", "yes?").await?;
    assert_eq!(received(&mut desk).await?, ["yes?"]);
    until_shown(&mut desk, "ben", &["hello", "yes?"]).await?;
    let found = desk.client.find_message(&sent.id).await.doing("finding")?;
    assert_eq!(found.map(|it| it.sequence), Some(1), "MSG-64");
    let twice = desk.client.send_message(sent, SendOptions::default()).await;
    assert_eq!(twice.map_err(|error| error.code), Err(ErrorCode::StateNotAllowed), "MSG-59: only once");
    Ok(())
}

/// PLUS-3, R2, SES-34, CONV-47: written without a network, shown at once, kept over a restart, delivered in order once the
/// network is there, each exactly once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_written_offline_goes_out_in_order_after_a_restart() -> Outcome {
    let server = server().await?;
    let mut ann = device(&server, "ann", "ann-desk").await?;
    let mut ben = device(&server, "ben", "ben-desk").await?;
    say(&ann, "ben", "zero").await?;
    ann.net.set_down(true);
    ann.net.cut();
    ann.until_net(NetState::Disconnected, SOON).await?;
    for text in ["one", "two", "three"] {
        ann.client
            .enqueue_message(text_for(&ann, "ben", text)?, SendOptions::default())
            .await
            .doing("queueing")?;
    }
    assert_eq!(shown(&ann, "ben").await?, ["zero", "(one)", "(two)", "(three)"]);
    until_listed(&mut ann, "ben", "told of what waits", |line| {
        let last = line.last_message.as_ref();
        last.is_some_and(|last| text_of(last) == "three" && last.status == MessageStatus::UnSend)
    })
    .await?;

    ann.restart().await?;
    assert_eq!(shown(&ann, "ben").await?, ["zero", "(one)", "(two)", "(three)"], "kept over a restart");
    ann.net.set_down(false);
    until_shown(&mut ben, "ann", &["zero", "one", "two", "three"]).await?;
    until_shown(&mut ann, "ben", &["zero", "one", "two", "three"]).await
}

/// PLUS-3, MSG-61, MSG-63: what is not sent yet is changed and taken back in the outbox alone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unsent_message_is_changed_and_taken_back_in_the_outbox() -> Outcome {
    let server = server().await?;
    let mut ann = device(&server, "ann", "ann-desk").await?;
    let mut ben = device(&server, "ben", "ben-desk").await?;
    ann.net.set_down(true);
    ann.net.cut();
    ann.until_net(NetState::Disconnected, SOON).await?;
    let (first, second) = (text_for(&ann, "ben", "frist")?, text_for(&ann, "ben", "second")?);
    for message in [&first, &second] {
        ann.client.enqueue_message(message.clone(), SendOptions::default()).await.doing("queueing")?;
    }
    ann.client.modify_message(&first, "first", Vec::new()).await.doing("changing")?;
    ann.client.revoke_message(&second, "").await.doing("taking back")?;
    assert_eq!(shown(&ann, "ben").await?, ["(first)"]);
    ann.net.set_down(false);
    until_shown(&mut ben, "ann", &["first"]).await?;
    let stored = ben.latest(&with("ann"), 10).await?;
    assert_eq!((stored[0].version, stored[0].is_modified()), (0, false), "nobody sees that it was changed");
    Ok(())
}

/// The same installation with another setting.
async fn impatient(device: &mut Device, send_timeout: Duration) -> Outcome {
    device.client.close().await.doing("ending")?;
    device.client = Client::create(Config {
        app_id: APP_ID,
        server: ServerAddress {
            address: device.net.address().to_string(),
            plain: true,
            ..ServerAddress::default()
        },
        data_dir: device.dir().clone(),
        cache_key: CacheKey::Raw(Zeroizing::new(CACHE_KEY)),
        device_class: DeviceClass::Desktop,
        client_version: "hallway-tests".into(),
        send_timeout: Some(send_timeout),
    })
    .doing("making a client")?;
    device.client.resume(device.user.clone()).await.doing("starting again")?;
    device.until_ready().await
}

/// MSG-36, MSG-41, MSG-60: an app may want sending to fail without a network; the error carries the message, which stays
/// and goes out when it is sent again, with its id and at the end.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_send_may_fail_after_a_while_and_be_sent_again() -> Outcome {
    let server = server().await?;
    let mut ann = device(&server, "ann", "ann-desk").await?;
    let mut ben = device(&server, "ben", "ben-desk").await?;
    impatient(&mut ann, Duration::from_millis(200)).await?;
    ann.net.set_down(true);
    ann.net.cut();
    ann.until_net(NetState::Disconnected, SOON).await?;
    let message = text_for(&ann, "ben", "now or never")?;
    let error =
        ann.client.send_message(message.clone(), SendOptions::default()).await.err().doing("a failure")?;
    assert_eq!(error.code, ErrorCode::NoNetwork);
    let failed = message_of(&error).doing("the message in the error")?;
    assert_eq!((failed.id, failed.status), (message.id.clone(), MessageStatus::Fail));
    assert_eq!(shown(&ann, "ben").await?, ["[now or never: 2805]"]);

    ann.net.set_down(false);
    ann.until_net(NetState::Connected, SOON).await?;
    say(&ann, "ben", "meanwhile").await?;
    ann.client.resend_message(&message.id).await.doing("sending again")?;
    until_shown(&mut ben, "ann", &["meanwhile", "now or never"]).await?;
    let stored = ben.latest(&with("ann"), 10).await?;
    assert_eq!(stored[1].id, message.id);
    until_shown(&mut ann, "ben", &["meanwhile", "now or never"]).await?;
    let again = ann.client.resend_message(&message.id).await;
    assert_eq!(again.map_err(|error| error.code), Err(ErrorCode::StateNotAllowed), "it has not failed");
    Ok(())
}

/// MSG-61, MSG-63, MSG-91, MSG-92, OBJ-37, OBJ-38, OBJ-39, OBJ-41, SES-51, CONV-59: changes and recalls reach the peer and the own other instance; a recalled
/// message is a placeholder and no longer unread.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_and_recalls_reach_everybody() -> Outcome {
    let server = server().await?;
    let ann = device(&server, "ann", "ann-desk").await?;
    let mut lap = device(&server, "ann", "ann-lap").await?;
    let mut ben = device(&server, "ben", "ben-desk").await?;
    let one = say(&ann, "ben", "one").await?;
    let two = say(&ann, "ben", "two").await?;
    until_listed(&mut ben, "ann", "two unread", |it| it.unread_count == 2).await?;
    let changed = ann.client.modify_message(&one, "eins", Vec::new()).await.doing("changing")?;
    assert!(changed.is_modified());
    let revoked = ann.client.revoke_message(&two, "a mistake").await.doing("recalling")?;
    assert!(revoked.is_revoked());
    for device in [&mut ben, &mut lap] {
        let pick = |event: &Event| match event {
            Event::MessageModified(messages) => Some(messages.iter().map(text_of).collect::<Vec<_>>()),
            _ => None,
        };
        assert_eq!(device.until_event("a change", SOON, pick).await?, ["eins"]);
        let pick = |event: &Event| match event {
            Event::MessageRevoked(messages) => messages[0].revoked.clone(),
            _ => None,
        };
        let revocation = device.until_event("a recall", SOON, pick).await?;
        assert_eq!((revocation.user_id.as_str(), revocation.reason.as_str()), ("ann", "a mistake"));
    }
    until_shown(&mut ben, "ann", &["eins", "<revoked>"]).await?;
    until_listed(&mut ben, "ann", "one unread", |it| it.unread_count == 1).await?;
    assert_eq!(shown(&ann, "ben").await?, ["eins", "<revoked>"]);
    // A change made from an older state is refused and tells the present one.
    let late = ann.client.modify_message(&one, "uno", Vec::new()).await.err().doing("a conflict")?;
    assert_eq!(late.code, ErrorCode::ModifyConflict);
    let latest: Message =
        serde_json::from_value(late.data.doing("data")?["message"].clone()).doing("a message")?;
    assert_eq!(text_of(&latest), "eins");
    Ok(())
}

/// MSG-41, PLUS-3: a permanent refusal marks that message only; what follows goes out.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_message_does_not_hold_up_the_next() -> Outcome {
    let server = server().await?;
    let ann = device(&server, "ann", "ann-desk").await?;
    let mut ben = device(&server, "ben", "ben-desk").await?;
    let nobody = ann
        .client
        .create_text_message(with("nobody"), "hello?", MessageOptions::default())
        .doing("making a message")?;
    let error = ann.client.send_message(nobody, SendOptions::default()).await.err().doing("a refusal")?;
    assert_eq!(message_of(&error).map(|it| it.status), Some(MessageStatus::Fail), "{error}");
    assert!(shown(&ann, "nobody").await?[0].starts_with("[hello?: "));
    say(&ann, "ben", "still here").await?;
    until_shown(&mut ben, "ann", &["still here"]).await
}

/// OBJ-1, OBJ-60, MSG-20, MSG-21, MSG-40: what can never be sent is refused before it is queued.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_can_never_be_sent_is_refused_at_once() -> Outcome {
    let server = server().await?;
    let ann = device(&server, "ann", "ann-desk").await?;
    let make = |to, text: &str, at: &[&str]| {
        let options = MessageOptions {
            at_user_list: at.iter().map(|at| (*at).to_owned()).collect(),
            ..MessageOptions::default()
        };
        ann.client.create_text_message(to, text, options).map_err(|error| error.code)
    };
    let most = ann.client.limits().message_body_bytes as usize;
    assert!(make(with("ben"), &"x".repeat(most), &[]).is_ok());
    assert_eq!(make(with("ben"), &"x".repeat(most + 1), &[]).err(), Some(ErrorCode::MessageTooLargeLocal));
    assert_eq!(make(with("ben"), "", &[]).err(), Some(ErrorCode::InvalidParameter));
    assert_eq!(make(with("ben"), "hi", &["ben"]).err(), Some(ErrorCode::ConversationKindNotAllowed));
    let system = hallway_client::ConversationId::System;
    assert_eq!(make(system, "hi", &[]).err(), Some(ErrorCode::ConversationKindNotAllowed));
    Ok(())
}

/// PLUS-1, SES-6, OBJ-2, CONV-3, CONV-10: the SDK keeps to the limits of its server: as many as one may, and not one more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_limits_are_those_of_the_server() -> Outcome {
    let server = TestServer::start_with(Engine::Sqlite, &["ann", "ben"], |config| {
        for (name, number) in [
            ("queued_requests", 20),
            ("mentions_per_message", 3),
            ("conversations_per_call", 2),
            ("draft_bytes", 9),
        ] {
            config.limits.overrides.insert(name.into(), number.into());
        }
    })
    .await?;
    let ann = device(&server, "ann", "ann-desk").await?;
    assert_eq!(ann.client.limits().queued_requests, 20);
    let place = group(&ann, &["ben"]).await?;
    let mentioning = |at: &[&str]| {
        let at = at.iter().map(|at| (*at).to_owned()).collect();
        let made = ann.client.create_text_at_message(place.clone(), "hi", at, MessageOptions::default());
        made.map(|_| ()).map_err(|error| error.code)
    };
    // Everybody counts as one.
    assert_eq!(mentioning(&["ben", "cem", MENTION_ALL]), Ok(()));
    assert_eq!(mentioning(&["ben", "cem", "dan", MENTION_ALL]), Err(ErrorCode::TooManyMentions));

    say(&ann, "ben", "x").await?;
    let delete = async |count: usize| {
        let ids = vec![with("ben"); count];
        ann.client.delete_conversation(&ids, false).await.map_err(|error| error.code)
    };
    assert_eq!(delete(2).await, Ok(()));
    assert_eq!(delete(3).await, Err(ErrorCode::ConversationCountInvalid));
    assert_eq!(delete(0).await, Err(ErrorCode::ConversationCountInvalid));

    let draft = async |text: &str| {
        let draft =
            Draft { conversation_id: place.clone(), draft_text: text.into(), reply_to: None, time_ms: 0 };
        ann.client.set_conversation_draft(draft).await.map_err(|error| error.code)
    };
    assert_eq!(draft("三个字").await, Ok(()));
    assert_eq!(draft("三个字x").await, Err(ErrorCode::InvalidParameter));

    // Nothing is answered any more; the SDK itself may be asking something, too.
    ann.net.set_hole(true);
    let searches = (0..21).map(|_| ann.client.search_users("", None));
    let refused = futures_util::future::select_all(searches.map(Box::pin)).await.0;
    assert_eq!(refused.map(|_| ()).map_err(|error| error.code), Err(ErrorCode::OfflineQueueFull));
    Ok(())
}

/// MSG-32, MSG-35: for those online now, and nothing remains.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_online_message_is_told_and_not_kept() -> Outcome {
    let server = server().await?;
    let ann = device(&server, "ann", "ann-desk").await?;
    let mut ben = device(&server, "ben", "ben-desk").await?;
    let options = SendOptions { online_user_only: true, ..SendOptions::default() };
    ann.client.send_message(text_for(&ann, "ben", "typing")?, options).await.doing("sending")?;
    assert_eq!(received(&mut ben).await?, ["typing"]);
    say(&ann, "ben", "typed").await?;
    until_shown(&mut ben, "ann", &["typed"]).await
}

/// MSG-65, R3: history is paged backwards from the server where the local copy ends.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn history_is_paged_from_a_new_installation() -> Outcome {
    let server = server().await?;
    let ann = device(&server, "ann", "ann-desk").await?;
    let limits = ann.client.limits();
    let count = limits.history_page as usize * 2 + 7;
    let mut waiting = Vec::new();
    for number in 1..=count {
        let message = text_for(&ann, "ben", &number.to_string())?;
        let client: Client = ann.client.clone();
        client.enqueue_message(message.clone(), SendOptions::default()).await.doing("queueing")?;
        waiting.push(message.id);
    }
    let ben_knows = |it: &hallway_client::Conversation| it.seq == count as u64;
    let mut ben = device(&server, "ben", "ben-desk").await?;
    until_listed(&mut ben, "ann", "told of all", ben_knows).await?;
    let (mut all, mut next) = (Vec::new(), None);
    loop {
        let (mut page, more, is_completed) =
            ben.client.get_message_list(&with("ann"), next.as_ref()).await.doing("a page")?;
        assert!(page.len() <= limits.history_page as usize);
        page.append(&mut all);
        all = page;
        if is_completed {
            assert_eq!(more, None);
            break;
        }
        next = Some(more.doing("a next page")?);
    }
    assert_eq!(all.iter().map(|it| it.id.clone()).collect::<Vec<_>>(), waiting);
    // All of it is here now.
    ben.net.set_down(true);
    ben.net.cut();
    let timeline =
        ben.client.timeline(&with("ann"), Around::Sequence(50), 10, 10).await.doing("a timeline")?;
    assert_eq!(words(&timeline), (40..=60).map(|number| number.to_string()).collect::<Vec<_>>());
    Ok(())
}

/// MSG-33: what the notification is to show travels with the message, and what its sender wants back reaches the handlers
/// when the receiver's app says that it was clicked.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_notification_shows_travels_with_the_message() -> Outcome {
    let server = server().await?;
    let ann = device(&server, "ann", "ann-desk").await?;
    let mut ben = device(&server, "ben", "ben-desk").await?;
    let push = OfflinePush {
        disable: true,
        title: "Kitchen".into(),
        description: "Soup is ready".into(),
        extension: "order 7".into(),
    };
    let options = SendOptions { offline_push: Some(push.clone()), ..SendOptions::default() };
    ann.client.send_message(text_for(&ann, "ben", "hello")?, options).await.doing("sending")?;
    let told = ben
        .until_event("the message", SOON, |event| match event {
            Event::MessageReceived(messages) => messages.first().cloned(),
            _ => None,
        })
        .await?;
    assert_eq!(told.offline_push, Some(push));
    let unread = listed(&ben, "ann").await?.map(|it| it.unread_count);
    assert_eq!(unread, Some(1), "disabled: no notification, but unread");

    ben.client.notification_clicked(told.conversation_id.clone(), told.sequence, "order 7".into());
    ben.until_event("the click", SOON, |event| match event {
        Event::NotificationClicked(id, 1, extension) if *id == told.conversation_id => {
            (extension == "order 7").then_some(())
        }
        _ => None,
    })
    .await
}

/// PLUS-3: several messages go into the outbox together or not at all, so that all can be tried again.
#[tokio::test(flavor = "multi_thread")]
async fn several_messages_are_queued_together_or_not_at_all() -> Outcome {
    let server = server().await?;
    let mut ann = device(&server, "ann", "a").await?;
    let mut ben = device(&server, "ben", "b").await?;
    let (one, two) = (text_for(&ann, "ben", "one")?, text_for(&ann, "ben", "two")?);
    let twice = vec![one.clone(), two.clone(), one.clone()];
    let refused = ann.client.enqueue_messages(twice, SendOptions::default()).await.unwrap_err();
    assert_eq!(refused.code.code(), 2905);
    assert!(shown(&ann, "ben").await?.is_empty(), "none of them is there");
    let both = ann.client.enqueue_messages(vec![one, two], SendOptions::default()).await;
    both.doing("queueing both")?;
    until_shown(&mut ann, "ben", &["one", "two"]).await?;
    until_shown(&mut ben, "ann", &["one", "two"]).await
}
