//! The message object from its creation on, as sender and receiver have it.

use std::collections::HashSet;

use hallway_client::{Event, Message, MessageOptions, SendOptions};
use hallway_protocol::ids::ConversationType;
use hallway_protocol::message::{Flow, MessageControl, MessageStatus, OfflinePush, Priority, Quote};
use hallway_tests::failure::{Outcome, While};

use crate::support::*;

/// MSG-14, MSG-15, MSG-16, OBJ-11, OBJ-14, OBJ-25, OBJ-26, OBJ-28, OBJ-29, OBJ-30: a new message is whole and final before it is
/// sent; place and time are the server's whatever the app says.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_message_is_whole_before_it_is_sent() -> Outcome {
    let server = server().await?;
    let ann = device(&server, "ann", "ann-desk").await?;
    let ben = device(&server, "ben", "ben-desk").await?;
    let now = ann.client.get_server_time() / 1000;
    let new = text_for(&ann, "ben", "hello")?;
    assert_eq!((new.conversation_type(), new.conversation_id.to()), (ConversationType::C2c, "ben"));
    assert_eq!((new.from.as_str(), new.flow(&ann.user), new.flow(&ben.user)), ("ann", Flow::Out, Flow::In));
    assert_eq!((new.status, new.sequence), (MessageStatus::UnSend, 0));
    assert!((now..=now + 2).contains(&new.time));
    assert_eq!((new.priority, new.cloud_custom_data.as_str()), (Priority::Normal, ""));
    assert!(!new.need_read_receipt && !new.is_support_extension);
    let place = group(&ann, &["ben"]).await?;
    let options = MessageOptions::default();
    let in_group = ann.client.create_text_message(place.clone(), "hello", options).doing("making")?;
    assert_eq!(in_group.conversation_type(), ConversationType::Group);
    assert_eq!(format!("GROUP{}", in_group.conversation_id.to()), place.to_string());
    assert_ne!(in_group.id, new.id);

    let changed = Message { time: 5, ..new.clone() };
    let sent = ann.client.send_message(changed, SendOptions::default()).await.doing("sending")?;
    assert_eq!((&sent.id, sent.status, sent.sequence), (&new.id, MessageStatus::Success, 1));
    assert!((now..=now + 30).contains(&sent.time), "{}", sent.time);
    let wrong = Message { sequence: 7, ..text_for(&ann, "ben", "again")? };
    assert!(ann.client.send_message(wrong, SendOptions::default()).await.is_err());
    Ok(())
}

/// OBJ-31, OBJ-32, OBJ-35, OBJ-36, OBJ-42, OBJ-44, OBJ-50, MSG-16, MSG-34, PLUS-8: what the sender gives along reaches the
/// receivers and stays, with the sender's name of that moment.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_given_along_reaches_the_receivers() -> Outcome {
    let server = server().await?;
    let ann = device(&server, "ann", "ann-desk").await?;
    let mut ben = device(&server, "ben", "ben-desk").await?;
    let place = group(&ann, &["ben"]).await?;
    ann.client.update_profile("Ann of then").await.doing("a new name")?;
    let plain = ann.client.create_text_message(place.clone(), "plain", MessageOptions::default());
    let plain =
        ann.client.send_message(plain.doing("making")?, SendOptions::default()).await.doing("sending")?;
    let options = MessageOptions {
        priority: Priority::High,
        cloud_custom_data: "{\"kind\":\"order\"}".into(),
        need_read_receipt: true,
        is_support_extension: true,
        reply_to: Some(Quote {
            id: plain.id.clone(),
            sequence: plain.sequence,
            from: plain.from.clone(),
            nick: plain.nick.clone(),
            summary: "plain".into(),
        }),
        at_user_list: vec!["ben".into()],
        receiver_list: Vec::new(),
    };
    let message = ann.client.create_text_message(place.clone(), "all of it", options).doing("making")?;
    let control = MessageControl { excluded_from_unread_count: true, ..MessageControl::default() };
    let push = OfflinePush { title: "Order".into(), description: "new".into(), ..OfflinePush::default() };
    let how = SendOptions {
        message_control: Some(control),
        offline_push: Some(push.clone()),
        ..SendOptions::default()
    };
    let sent = ann.client.send_message(message.clone(), how).await.doing("sending")?;
    ann.client.update_profile("Ann of now").await.doing("a new name")?;

    until_line(&mut ben, &place, "told of it", |it| it.seq == sent.sequence).await?;
    let heard = ben.latest(&place, 2).await?;
    let [first, got] = heard.as_slice() else { panic!("{heard:?}") };
    assert_eq!((text_of(first), text_of(got)), ("plain".into(), "all of it".into()));
    assert_eq!(got.nick, "Ann of then");
    assert_eq!((got.priority, &got.cloud_custom_data), (Priority::High, &message.cloud_custom_data));
    assert!(got.need_read_receipt && got.is_support_extension && got.mentions(&ben.user));
    assert_eq!((&got.reply_to, &got.at_user_list), (&message.reply_to, &message.at_user_list));
    assert_eq!((got.message_control, got.offline_push.as_ref()), (control, Some(&push)));
    let line = line_of(&ben, &place).await?.doing("a line")?;
    assert_eq!(line.unread_count, 1, "the second one does not count");
    // The same on disk, without the server.
    ben.net.set_down(true);
    ben.restart().await?;
    assert_eq!(ben.latest(&place, 2).await?, heard);
    Ok(())
}

/// MSG-17, OBJ-3, OBJ-45: a message to some of a group is for them and the sender only; what cannot be is refused at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_may_be_for_some_of_a_group() -> Outcome {
    use hallway_client::ErrorCode;
    let server = hallway_tests::support::TestServer::start(
        hallway_tests::support::Engine::Sqlite,
        &["ann", "ben", "cem"],
    )
    .await?;
    let ann = device(&server, "ann", "ann-desk").await?;
    let mut ben = device(&server, "ben", "ben-desk").await?;
    let mut cem = device(&server, "cem", "cem-desk").await?;
    let place = group(&ann, &["ben", "cem"]).await?;
    let make = |to, receivers: usize, at: &[&str]| {
        let options = MessageOptions {
            receiver_list: (0..receivers).map(|n| format!("u{n}").parse().expect("an id")).collect(),
            at_user_list: at.iter().map(|at| (*at).to_owned()).collect(),
            ..MessageOptions::default()
        };
        ann.client.create_text_message(to, "psst", options).map_err(|error| error.code)
    };
    let most = ann.client.limits().receivers_per_message as usize;
    assert!(make(place.clone(), most, &[]).is_ok());
    let refused = Some(ErrorCode::GroupParameterInvalid);
    assert_eq!(make(place.clone(), most + 1, &[]).err(), refused);
    assert_eq!(make(place.clone(), 1, &["ben"]).err(), refused);
    assert_eq!(make(with("ben"), 1, &[]).err(), refused);

    let options = MessageOptions { receiver_list: vec![ben.user.clone()], ..MessageOptions::default() };
    let secret = ann.client.create_text_message(place.clone(), "psst", options).doing("making")?;
    ann.client.send_message(secret, SendOptions::default()).await.doing("sending")?;
    let open = ann.client.create_text_message(place.clone(), "all", MessageOptions::default());
    ann.client.send_message(open.doing("making")?, SendOptions::default()).await.doing("sending")?;
    let texts = async |device: &mut hallway_tests::support::Device| {
        until_line(device, &place, "told of both", |it| it.seq == 2).await?;
        let heard = device.latest(&place, 9).await?;
        let unread = line_of(device, &place).await?.map(|it| it.unread_count);
        Outcome::Ok((heard.iter().map(text_of).collect::<Vec<_>>(), unread))
    };
    assert_eq!(texts(&mut ben).await?, (vec!["psst".into(), "all".into()], Some(1)));
    assert_eq!(texts(&mut cem).await?, (vec!["all".into()], Some(1)));
    Ok(())
}

/// OBJ-13, OBJ-15, OBJ-12: two people write at the same time: one order for all, by the server's place, along which time never
/// falls; a device that comes in between has each message once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_has_the_same_order() -> Outcome {
    let server = server().await?;
    let mut ann = device(&server, "ann", "ann-desk").await?;
    let mut ben = device(&server, "ben", "ben-desk").await?;
    let each = 40;
    let write = async |from: &hallway_tests::support::Device, to: &str| {
        for number in 0..each {
            say(from, to, &number.to_string()).await?;
        }
        Outcome::Ok(())
    };
    let (one, two, late) =
        tokio::join!(write(&ann, "ben"), write(&ben, "ann"), device(&server, "ben", "ben-late"));
    one?;
    two?;
    let mut late = late?;
    let mut orders = Vec::new();
    for (device, peer) in [(&mut ann, "ben"), (&mut ben, "ann"), (&mut late, "ann")] {
        until_listed(device, peer, "told of all", |it| it.seq == 2 * each).await?;
        let (mut all, mut next) = (Vec::<Message>::new(), None);
        loop {
            let (mut page, more, is_completed) =
                device.client.get_message_list(&with(peer), next.as_ref()).await.doing("a page")?;
            page.append(&mut all);
            all = page;
            if is_completed {
                break;
            }
            next = more;
        }
        assert!(all.iter().map(|it| it.sequence).eq(1..=2 * each));
        assert!(all.windows(2).all(|pair| pair[0].time <= pair[1].time));
        assert_eq!(all.iter().map(|it| &it.id).collect::<HashSet<_>>().len(), all.len());
        orders.push(all.into_iter().map(|it| it.id).collect::<Vec<_>>());
    }
    assert!(orders.windows(2).all(|pair| pair[0] == pair[1]));
    Ok(())
}

/// SES-66, MSG-90, MSG-91, MSG-92: events have names and come in the order in which the server decided things.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_come_in_the_order_of_the_server() -> Outcome {
    let server = server().await?;
    let ann = device(&server, "ann", "ann-desk").await?;
    let mut ben = device(&server, "ben", "ben-desk").await?;
    let heard = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    for name in [
        hallway_client::EventName::MessageReceived,
        hallway_client::EventName::MessageModified,
        hallway_client::EventName::MessageRevoked,
    ] {
        let heard = std::sync::Arc::clone(&heard);
        ben.client.on(name, move |event| {
            assert_eq!(event.name(), name);
            let (Event::MessageReceived(list) | Event::MessageModified(list) | Event::MessageRevoked(list)) =
                event
            else {
                return;
            };
            let mut heard = heard.lock().expect("a list");
            heard.extend(list.iter().map(|message| format!("{name:?} {}", message.sequence)));
        });
    }
    let mut wanted = Vec::new();
    for round in 0..5 {
        let (first, second) = (2 * round + 1, 2 * round + 2);
        let one = say(&ann, "ben", "one").await?;
        let two = say(&ann, "ben", "two").await?;
        until_listed(&mut ben, "ann", "told of both", |it| it.seq == second).await?;
        ann.client.modify_message(&one, "eins", Vec::new()).await.doing("changing")?;
        ann.client.revoke_message(&two, "").await.doing("recalling")?;
        until(&mut ben, "told of the recall", async |device| {
            Ok(device.latest(&with("ann"), 1).await?.last().is_some_and(Message::is_revoked))
        })
        .await?;
        wanted.extend([
            format!("MessageReceived {first}"),
            format!("MessageReceived {second}"),
            format!("MessageModified {first}"),
            format!("MessageRevoked {second}"),
        ]);
    }
    assert_eq!(*heard.lock().expect("a list"), wanted);
    Ok(())
}
