//! Sending, recalling, changing, deleting (spec part 2b).

use hallway_protocol::event::ServerEvent;
use hallway_protocol::ids::{ConversationId, MENTION_ALL};
use hallway_protocol::message::{Message, MessageControl, Payload, Priority};
use hallway_protocol::method::{
    DeleteMessages, GetConversation, GetRange, MarkHeard, ModifyMessage, PayloadField, RevokeMessage,
    SendMessage,
};
use hallway_protocol::sync::{Range, UserItem};

use super::{Person, World, code, of, on_both_engines, with};

async fn history(world: &World, person: &Person, of: &ConversationId) -> Range {
    let call = GetRange { conversation_id: of.clone(), from_seq: 1, to_seq: u64::MAX, changed_after: 0 };
    world.call(person, call).await.unwrap()
}

fn text_of(message: &Message) -> &str {
    match &message.payload {
        Payload::Text(text) => &text.text,
        other => other.kind(),
    }
}

fn revoke(of: &ConversationId, sequence: u64) -> RevokeMessage {
    RevokeMessage { conversation_id: of.clone(), sequence, reason: "typo".into() }
}

fn modify(of: &ConversationId, sequence: u64, version: u32, text: &str) -> ModifyMessage {
    ModifyMessage {
        conversation_id: of.clone(),
        sequence,
        version,
        payload: Some(PayloadField { payload: Payload::text(text) }),
        at_user_list: None,
        cloud_custom_data: None,
    }
}

on_both_engines! {
    /// Only voice messages of others are listened to, 1 to 100 at a time.
    async fn what_was_listened_to(db: Db) {
        let world = World::new(db).await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        let group = world.group(&anna, &[&ben]).await;
        for place in [with(&ben), of(&group)] {
            world.say(&anna, &place, "words").await;
        }
        let heard = |conversation_id: ConversationId, sequences: Vec<u64>| MarkHeard { conversation_id, sequences };
        assert_eq!(code(world.call(&ben, heard(with(&anna), vec![1])).await), 20022);
        assert_eq!(code(world.call(&ben, heard(of(&group), vec![1, 2])).await), 10030);
        assert_eq!(code(world.call(&ben, heard(with(&anna), vec![1; 100])).await), 20022);
        for wrong in [vec![], vec![1; 101]] {
            assert_eq!(code(world.call(&ben, heard(with(&anna), wrong)).await), 6017);
        }
    }

    /// MSG-59, MSG-38, SES-50: the answer has place and server time; the receiver and own other instances get the
    /// frame, the sending instance does not. OBJ-12: places are 1, 2, 3.
    async fn a_message_reaches_the_other_side_and_own_instances(db: Db) {
        let world = World::new(db).await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        let second = world.sign_in("anna", "second").await;
        let before = crate::service::clock::Clock::new(0).now();
        let stored = world.say(&anna, &with(&ben), "hello").await;
        assert_eq!((stored.message.sequence, stored.message.ord, stored.prev_mod), (1, 1, 0));
        assert!(stored.message.time >= before && stored.message.nick == "ANNA");

        let frame = ben.next_frame(&with(&anna)).await;
        assert_eq!((frame.prev_mod, frame.counters), (0, stored.counters));
        let got = frame.messages.first().unwrap();
        assert_eq!((&got.conversation_id, &got.from, text_of(got)), (&with(&anna), &anna.id, "hello"));
        assert_eq!(got.id, stored.message.id);

        let own = second.next_frame(&with(&ben)).await;
        assert_eq!(own.messages.first().unwrap(), &stored.message);
        assert!(anna.drain(&world).await.is_empty());

        let stored = world.say(&ben, &with(&anna), "hi").await;
        assert_eq!((stored.message.sequence, stored.prev_mod, stored.counters.modification), (2, 1, 2));
    }

    /// OBJ-11: the same id any number of times, side by side or later, is one row and one answer, and one frame.
    async fn sending_is_idempotent(db: Db) {
        let world = World::new(db).await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        let send = world.text(&anna, &with(&ben), "once");
        let all = futures_util::future::join_all((0..8).map(|_| world.call(&anna, send.clone()))).await;
        let first = all.first().unwrap().as_ref().unwrap().clone();
        for one in &all {
            assert_eq!(one.as_ref().unwrap(), &first);
        }
        world.say(&anna, &with(&ben), "twice").await;
        assert_eq!(world.call(&anna, send.clone()).await.unwrap(), first);
        assert_eq!(history(&world, &ben, &with(&anna)).await.messages.len(), 2);
        let frames = ben.drain(&world).await;
        assert_eq!(frames.len(), 2, "{frames:?}");
        // The id belongs to that conversation and to its sender.
        let carl = world.join("carl").await;
        let elsewhere = SendMessage { conversation_id: with(&carl), ..send.clone() };
        assert_eq!(code(world.call(&anna, elsewhere).await), 6017);
        assert_eq!(code(world.call(&ben, SendMessage { conversation_id: with(&anna), ..send }).await), 6017);
    }

    /// MSG-40, MSG-46, SES-86: where nobody can write. MSG-37: what is refused is neither stored nor delivered.
    async fn some_places_cannot_be_written_to(db: Db) {
        let world = World::new(db).await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        let to = |to: &str| world.text(&anna, &to.parse().unwrap(), "x");
        assert_eq!(code(world.call(&anna, to("@TIM#SYSTEM")).await), 2106);
        assert_eq!(code(world.call(&anna, to("C2Cnobody")).await), 20003);
        assert_eq!(code(world.call(&anna, to("C2Canna")).await), 20003);
        assert_eq!(code(world.call(&anna, to("GROUPnowhere")).await), 10010);
        let group = world.group(&ben, &[]).await;
        assert_eq!(code(world.call(&anna, world.text(&anna, &of(&group), "x")).await), 10007);
        ben.drain(&world).await;
        assert_eq!(world.say(&ben, &of(&group), "mine").await.message.sequence, 1);
        assert!(ben.drain(&world).await.is_empty());
    }

    /// OBJ-1, MSG-42, OBJ-2, OBJ-3, OBJ-60, OBJ-67, MSG-35, MSG-50: sizes and combinations, at the limit and past it.
    async fn limits_of_a_message(db: Db) {
        let world = World::new(db).await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        let group = world.group(&anna, &[&ben]).await;
        let limits = anna.signed_in.limits.clone();
        let base = || world.text(&anna, &with(&ben), "x");
        let in_group = || world.text(&anna, &of(&group), "x");
        let body = |bytes: u32| SendMessage { payload: Payload::text("x".repeat(bytes as usize)), ..base() };
        assert!(world.call(&anna, body(limits.message_body_bytes)).await.is_ok());
        assert_eq!(code(world.call(&anna, body(limits.message_body_bytes + 1)).await), 80002);
        assert_eq!(code(world.call(&anna, body(0)).await), 6017);

        let at = |count: u32| SendMessage {
            at_user_list: (0..count).map(|n| format!("user{n}")).collect(),
            ..in_group()
        };
        assert!(world.call(&anna, at(limits.mentions_per_message)).await.is_ok());
        assert_eq!(code(world.call(&anna, at(limits.mentions_per_message + 1)).await), 10053);
        let in_private = SendMessage { at_user_list: vec!["ben".into()], ..base() };
        assert_eq!(code(world.call(&anna, in_private).await), 2106);

        let receivers = |count: u32| SendMessage {
            receiver_list: (0..count).map(|n| format!("user{n}").parse().unwrap()).collect(),
            ..in_group()
        };
        assert!(world.call(&anna, receivers(limits.receivers_per_message)).await.is_ok());
        assert_eq!(code(world.call(&anna, receivers(limits.receivers_per_message + 1)).await), 10004);

        let online = SendMessage { online_user_only: true, ..base() };
        let both = SendMessage { message_control: Some(MessageControl::default()), ..online.clone() };
        assert_eq!(code(world.call(&anna, both).await), 6017);
        assert_eq!(code(world.call(&anna, SendMessage { need_read_receipt: true, ..online }).await), 10061);

        let place = |latitude: f64| SendMessage {
            payload: serde_json::from_value(serde_json::json!({ "kind": "location", "payload":
                { "description": "", "longitude": 180.0, "latitude": latitude } })).unwrap(),
            ..base()
        };
        assert!(world.call(&anna, place(-90.0)).await.is_ok());
        assert_eq!(code(world.call(&anna, place(90.1)).await), 6017);
        let tip = SendMessage { payload: Payload::Revoked {}, ..base() };
        assert_eq!(code(world.call(&anna, tip).await), 6017);
    }

    /// MSG-1, MSG-39: more than the limit per second is refused with 10023 and not stored; a repetition of a
    /// stored message is still answered.
    async fn a_group_takes_so_many_messages_per_second(db: Db) {
        let world = World::with(db, |config| {
            config.limits.overrides.insert("group_messages_per_second".into(), 3.into());
        })
        .await;
        let anna = world.join("anna").await;
        let group = world.group(&anna, &[]).await;
        let sends: Vec<_> = (0..3).map(|n| world.text(&anna, &of(&group), &n.to_string())).collect();
        for send in &sends {
            world.call(&anna, send.clone()).await.unwrap();
        }
        let refused = world.call(&anna, world.text(&anna, &of(&group), "too much")).await.unwrap_err();
        assert_eq!(refused.code.code(), 10023);
        assert!(refused.retry_after().is_some());
        let repeated = world.call(&anna, sends.first().unwrap().clone()).await.unwrap();
        assert_eq!(repeated.message.sequence, 1);
        let high = SendMessage { priority: Priority::High, ..world.text(&anna, &of(&group), "alarm") };
        assert_eq!(world.call(&anna, high).await.unwrap().message.sequence, 4);
    }

    /// MSG-32, SES-58: to those online, nowhere stored, no place.
    async fn online_only_messages_leave_no_trace(db: Db) {
        let world = World::new(db).await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        let group = world.group(&anna, &[&ben]).await;
        ben.drain(&world).await;
        for to in [with(&ben), of(&group)] {
            let typing = SendMessage { online_user_only: true, ..world.text(&anna, &to, "typing") };
            let answer = world.call(&anna, typing).await.unwrap();
            assert_eq!((answer.message.sequence, answer.message.online_user_only), (0, true));
            let events = ben.events_until(|event| matches!(event, ServerEvent::OnlineMessage(_))).await;
            let [ServerEvent::OnlineMessage(got)] = events.as_slice() else { panic!("{events:?}") };
            assert_eq!((text_of(got), &got.from), ("typing", &anna.id));
        }
        assert!(history(&world, &ben, &with(&anna)).await.messages.is_empty());
        assert!(history(&world, &ben, &of(&group)).await.messages.is_empty());
        let carl = world.join("carl").await;
        let stranger = SendMessage { online_user_only: true, ..world.text(&carl, &of(&group), "x") };
        assert_eq!(code(world.call(&carl, stranger).await), 10007);
    }

    /// MSG-61: content is gone for everybody, the row stays; the sender within the window, in groups who leads at
    /// any time; unread goes down.
    async fn recalling_empties_a_message_for_everybody(db: Db) {
        let world = World::new(db).await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        let chat = with(&anna);
        let secret = SendMessage {
            cloud_custom_data: "data".into(),
            ..world.text(&anna, &with(&ben), "secret")
        };
        world.call(&anna, secret).await.unwrap();
        world.say(&anna, &with(&ben), "kept").await;
        let unread = |head: hallway_protocol::sync::Head| (head.unread_count, head.state.read.revoked_unread);
        let get = || GetConversation { conversation_id: chat.clone() };
        assert_eq!(unread(world.call(&ben, get()).await.unwrap()), (2, 0));
        ben.drain(&world).await;

        assert_eq!(code(world.call(&ben, revoke(&chat, 1)).await), 10007);
        assert_eq!(code(world.call(&anna, revoke(&with(&ben), 9)).await), 20022);
        let stored = world.call(&anna, revoke(&with(&ben), 1)).await.unwrap();
        assert_eq!((stored.message.sequence, stored.counters.seq, stored.prev_mod), (1, 2, 2));
        let frame = ben.next_frame(&chat).await;
        let got = frame.messages.first().unwrap();
        let revocation = got.revoked.as_ref().unwrap();
        assert_eq!((got.payload.kind(), got.cloud_custom_data.as_str()), ("revoked", ""));
        assert_eq!((&revocation.user_id, revocation.reason.as_str()), (&anna.id, "typo"));
        assert_eq!(revocation.modification, stored.counters.modification);
        assert_eq!(unread(world.call(&ben, get()).await.unwrap()), (1, 1));
        assert_eq!(code(world.call(&anna, revoke(&with(&ben), 1)).await), 20023);
        let page = history(&world, &ben, &chat).await;
        assert_eq!(page.messages.iter().map(text_of).collect::<Vec<_>>(), ["revoked", "kept"]);

        let group = world.group(&anna, &[&ben]).await;
        world.say(&ben, &of(&group), "mine").await;
        world.say(&anna, &of(&group), "the owner's").await;
        assert_eq!(code(world.call(&ben, revoke(&of(&group), 2)).await), 10007);
        assert!(world.call(&anna, revoke(&of(&group), 1)).await.is_ok(), "the owner recalls a member's message");
        assert_eq!(code(world.call(&anna, revoke(&of(&group), 9)).await), 10030);
    }

    /// MSG-2, MSG-61: after the window the sender is too late; without a window recalling is off.
    async fn recalling_ends_with_the_window(db: Db) {
        let world = World::with(db, |config| {
            config.limits.overrides.insert("revoke_window_seconds".into(), 0.into());
        })
        .await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        world.say(&anna, &with(&ben), "x").await;
        assert_eq!(code(world.call(&anna, revoke(&with(&ben), 1)).await), 10041);
        let group = world.group(&anna, &[&ben]).await;
        world.say(&ben, &of(&group), "x").await;
        assert_eq!(code(world.call(&ben, revoke(&of(&group), 1)).await), 10041);
    }

    /// MSG-63, OBJ-51: the sender changes the text; a change made from an older version is refused with the latest.
    async fn modifying_notices_who_was_faster(db: Db) {
        let world = World::new(db).await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        let to = with(&ben);
        let sent = world.say(&anna, &to, "helo").await;
        ben.drain(&world).await;
        let stored = world.call(&anna, modify(&to, 1, 0, "hello")).await.unwrap();
        assert_eq!((stored.message.version, stored.message.sequence, stored.counters.seq), (1, 1, 1));
        assert_eq!((stored.message.time, stored.message.ord), (sent.message.time, 1));
        assert!(stored.message.is_modified());
        let frame = ben.next_frame(&with(&anna)).await;
        assert_eq!(text_of(frame.messages.first().unwrap()), "hello");
        assert_eq!((frame.prev_mod, frame.counters.modification), (1, 2));

        let conflict = world.call(&anna, modify(&to, 1, 0, "hullo")).await.unwrap_err();
        assert_eq!(conflict.code.code(), 2480);
        let latest: Message = serde_json::from_value(conflict.data.unwrap()["message"].take()).unwrap();
        assert_eq!((text_of(&latest), latest.version), ("hello", 1));
        assert_eq!(code(world.call(&ben, modify(&with(&anna), 1, 1, "I owe Ben money")).await), 10007);
        assert_eq!(code(world.call(&anna, modify(&to, 7, 0, "x")).await), 20026);
        world.call(&anna, revoke(&to, 1)).await.unwrap();
        assert_eq!(code(world.call(&anna, modify(&to, 1, 1, "x")).await), 20026);
    }

    /// MSG-63: custom messages and app data may be changed by any participant.
    async fn custom_messages_are_changed_by_all(db: Db) {
        let world = World::new(db).await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        let custom = |data: &str| -> Payload {
            serde_json::from_value(serde_json::json!({ "kind": "custom", "payload":
                { "data": data, "description": "", "extension": "" } })).unwrap()
        };
        let poll = SendMessage { payload: custom("0 votes"), ..world.text(&anna, &with(&ben), "") };
        world.call(&anna, poll).await.unwrap();
        let vote = ModifyMessage {
            payload: Some(PayloadField { payload: custom("1 vote") }),
            ..modify(&with(&anna), 1, 0, "")
        };
        assert_eq!(world.call(&ben, vote).await.unwrap().message.version, 1);
        let data = ModifyMessage {
            payload: None,
            cloud_custom_data: Some("seen".into()),
            ..modify(&with(&anna), 1, 1, "")
        };
        assert_eq!(world.call(&ben, data).await.unwrap().message.cloud_custom_data, "seen");
        let words = modify(&with(&anna), 1, 2, "words of Anna");
        assert_eq!(code(world.call(&ben, words).await), 10007);
    }

    /// MSG-62, PLUS-5: for the caller only, on all own instances, and out of pages and last message.
    async fn deleting_is_for_oneself(db: Db) {
        let world = World::new(db).await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        let second = world.sign_in("ben", "second").await;
        for text in ["one", "two", "three"] {
            world.say(&anna, &with(&ben), text).await;
        }
        let chat = with(&anna);
        let delete = |sequences: Vec<u64>| DeleteMessages { conversation_id: chat.clone(), sequences };
        world.call(&ben, delete(vec![3, 1])).await.unwrap();
        let told = second.next_own().await;
        let hidden: Vec<u64> = told
            .entries
            .iter()
            .map(|entry| match &entry.item {
                UserItem::HiddenMessage(hidden) => hidden.sequence,
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(hidden, [3, 1]);
        let page = history(&world, &ben, &chat).await;
        assert_eq!(page.messages.iter().map(text_of).collect::<Vec<_>>(), ["two"]);
        assert_eq!((page.from_seq, page.to_seq, page.is_completed), (1, 3, true));
        let head = world.call(&ben, GetConversation { conversation_id: chat.clone() }).await.unwrap();
        assert_eq!(text_of(head.last_message.as_ref().unwrap()), "two");
        assert_eq!(history(&world, &anna, &with(&ben)).await.messages.len(), 3);
        assert_eq!(code(world.call(&ben, delete(vec![9])).await), 10052);
        assert_eq!(code(world.call(&ben, delete(vec![])).await), 6017);
    }

    /// MSG-17, OBJ-45: only receivers and sender see it; it is not counted; the others' numbers stay without holes.
    async fn targeted_messages_are_for_their_receivers(db: Db) {
        let world = World::new(db).await;
        let (anna, ben, carl) = (world.join("anna").await, world.join("ben").await, world.join("carl").await);
        let group = world.group(&anna, &[&ben, &carl]).await;
        for person in [&ben, &carl] {
            person.drain(&world).await;
        }
        let to_ben = SendMessage { receiver_list: vec![ben.id.clone()], ..world.text(&anna, &of(&group), "psst") };
        world.call(&anna, to_ben).await.unwrap();
        assert_eq!(ben.next_frame(&of(&group)).await.messages.len(), 1);
        let blank = carl.next_frame(&of(&group)).await;
        assert!(blank.messages.is_empty());
        assert_eq!((blank.prev_mod, blank.counters.modification, blank.counters.seq), (1, 2, 1));
        assert!(history(&world, &carl, &of(&group)).await.messages.is_empty());
        assert_eq!(history(&world, &ben, &of(&group)).await.messages.len(), 1);
        let head = world.call(&ben, GetConversation { conversation_id: of(&group) }).await.unwrap();
        assert_eq!(head.unread_count, 0);
        let head = world.call(&carl, GetConversation { conversation_id: of(&group) }).await.unwrap();
        assert!(head.last_message.is_none());
    }

    /// MSG-34, CONV-59: control of unread and last message.
    async fn a_message_may_be_left_out_of_unread_and_of_the_list(db: Db) {
        let world = World::new(db).await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        world.say(&anna, &with(&ben), "first").await;
        let control = MessageControl {
            excluded_from_unread_count: true,
            excluded_from_last_message: true,
            ..MessageControl::default()
        };
        let quiet = SendMessage { message_control: Some(control), ..world.text(&anna, &with(&ben), "quiet") };
        assert_eq!(world.call(&anna, quiet).await.unwrap().counters.ord, 1);
        let head = world.call(&ben, GetConversation { conversation_id: with(&anna) }).await.unwrap();
        assert_eq!((head.unread_count, head.counters.seq), (1, 2));
        assert_eq!(text_of(head.last_message.as_ref().unwrap()), "first");
    }

    /// MSG-21, CONV-50 to CONV-54: mentions by name and of all, until read or recalled; not of non-members.
    async fn mentions_are_listed_until_read(db: Db) {
        let world = World::new(db).await;
        let (anna, ben, carl) = (world.join("anna").await, world.join("ben").await, world.join("carl").await);
        let group = world.group(&anna, &[&ben]).await;
        let at = |list: &[&str]| SendMessage {
            at_user_list: list.iter().map(|at| (*at).to_owned()).collect(),
            ..world.text(&anna, &of(&group), "look")
        };
        for list in [&["ben", "carl"][..], &[MENTION_ALL], &["ben", MENTION_ALL]] {
            world.call(&anna, at(list)).await.unwrap();
        }
        let get = || GetConversation { conversation_id: of(&group) };
        let head = world.call(&ben, get()).await.unwrap();
        let listed: Vec<(u64, u8)> =
            head.group_at_info_list.iter().map(|at| (at.message_sequence, at.at_types.into())).collect();
        assert_eq!(listed, [(1, 1), (2, 2), (3, 3)]);
        assert!(head.group_at_info_list.iter().all(|at| at.from == anna.id));
        assert!(world.call(&anna, get()).await.unwrap().group_at_info_list.is_empty());
        let add = hallway_protocol::method::AddGroupMembers {
            group_id: group.group_id.clone(),
            user_id_list: vec![carl.id.clone()],
        };
        world.call(&anna, add).await.unwrap();
        assert!(world.call(&carl, get()).await.unwrap().group_at_info_list.is_empty());

        world.call(&anna, revoke(&of(&group), 1)).await.unwrap();
        let left = |head: hallway_protocol::sync::Head| {
            head.group_at_info_list.iter().map(|at| at.message_sequence).collect::<Vec<_>>()
        };
        assert_eq!(left(world.call(&ben, get()).await.unwrap()), [2, 3]);
        let read = hallway_protocol::method::SetRead { conversation_id: of(&group), sequence: Some(2) };
        world.call(&ben, read).await.unwrap();
        assert_eq!(left(world.call(&ben, get()).await.unwrap()), [3]);
    }
}
