//! Group system notices: who is told what, and what can be done with the conversation they stand in.

use hallway_protocol::conversation::{Draft, RemindType};
use hallway_protocol::group::GroupType;
use hallway_protocol::method::{
    AddGroupMembers, ClearHistory, DeleteConversations, DeleteGroupMembers, DeleteMessages, GetConversation,
    GetRange, ModifyMessage, QuitGroup, RevokeMessage, SearchMessages, SetAllRead, SetDraft, SetRead,
    SyncChanges, SyncHeads, UpdateConversations,
};
use hallway_protocol::sync::{Head, UserItem};
use hallway_protocol::tip::{GroupSystemNotice, NoticeType};

use super::*;

const SYSTEM: ConversationId = ConversationId::System;

fn notice(message: &hallway_protocol::Message) -> &GroupSystemNotice {
    match &message.payload {
        Payload::GroupSystemNotice(notice) => notice,
        other => panic!("{other:?}"),
    }
}

fn add(group: &Group, people: &[&Person]) -> AddGroupMembers {
    let user_id_list = people.iter().map(|person| person.id.clone()).collect();
    AddGroupMembers { group_id: group.group_id.clone(), user_id_list }
}

fn remove(group: &Group, person: &Person) -> DeleteGroupMembers {
    let user_id_list = vec![person.id.clone()];
    DeleteGroupMembers { group_id: group.group_id.clone(), user_id_list, reason: "moved on".into() }
}

async fn head(world: &World, person: &Person) -> Head {
    world.call(person, GetConversation { conversation_id: SYSTEM }).await.unwrap()
}

/// The notices of a person: place and kind.
async fn notices(world: &World, person: &Person) -> Vec<(u64, NoticeType)> {
    let all = GetRange { conversation_id: SYSTEM, from_seq: 1, to_seq: u64::MAX, changed_after: 0 };
    let messages = world.call(person, all).await.unwrap().messages;
    messages.iter().map(|message| (message.sequence, notice(message).operation_type)).collect()
}

async fn listed(world: &World, person: &Person) -> Vec<ConversationId> {
    let heads = world.call(person, SyncHeads { since: 0, cursor: None, limit: None }).await.unwrap().heads;
    heads.into_iter().map(|head| head.conversation_id).collect()
}

/// Conversations whose state some events tell.
fn told(events: &[ServerEvent]) -> Vec<ConversationId> {
    let mut told = Vec::new();
    for event in events {
        if let ServerEvent::UserFrame(frame) = event {
            told.extend(frame.entries.iter().filter_map(|entry| match &entry.item {
                UserItem::Conversation(state) => Some(state.conversation_id.clone()),
                _ => None,
            }));
        }
    }
    told
}

/// Whether a notice is among some events.
fn has_notice(events: &[ServerEvent]) -> bool {
    let is_it = |event: &ServerEvent| matches!(event, ServerEvent::ConversationFrame(frame) if frame.conversation_id == SYSTEM);
    events.iter().any(is_it)
}

on_both_engines! {
    /// OBJ-71, OBJ-110, OBJ-111, OBJ-112, OBJ-113, OBJ-123, OBJ-126, GRP-110, GRP-116, GRP-117: who was added without being
    /// asked, or removed, is told by whom and of which group, after everything else has been told; nobody else is.
    async fn who_is_added_or_removed_is_told(db: Db) {
        let world = World::new(db).await;
        let (anna, ben, carl) = (world.join("anna").await, world.join("ben").await, world.join("carl").await);
        let group = world.group(&anna, &[&ben]).await;
        let events = ben.events_until(|event| has_notice(std::slice::from_ref(event))).await;
        assert_eq!(told(&events), [of(&group)], "the list comes first");
        let Some(ServerEvent::ConversationFrame(frame)) = events.last() else { panic!("{events:?}") };
        assert_eq!((frame.prev_mod, frame.counters.modification, frame.counters.seq, frame.counters.ord), (0, 1, 1, 1));
        let message = frame.messages.first().unwrap();
        assert_eq!((&message.from, message.nick.as_str(), message.sequence), (&anna.id, "ANNA", 1));
        let added = notice(message);
        assert_eq!((added.operation_type, &added.operator_id), (NoticeType::Invited, &anna.id));
        let about = &added.group_profile;
        assert_eq!((&about.group_id, about.name.as_str(), about.group_type), (&group.group_id, "Team", GroupType::Work));
        assert_eq!(added.handle_message, "");

        world.call(&ben, add(&group, &[&carl, &anna])).await.unwrap();
        assert_eq!(notices(&world, &carl).await, [(1, NoticeType::Invited)]);
        ben.drain(&world).await;
        world.call(&anna, remove(&group, &ben)).await.unwrap();
        let frame = ben.next_frame(&SYSTEM).await;
        let removed = notice(frame.messages.first().unwrap()).clone();
        assert_eq!((removed.operation_type, removed.handle_message.as_str()), (NoticeType::KickedOut, "moved on"));
        assert_eq!(notices(&world, &ben).await, [(1, NoticeType::Invited), (2, NoticeType::KickedOut)]);
        assert!(!has_notice(&anna.drain(&world).await), "who did it needs no notice");
        assert_eq!(listed(&world, &anna).await, [of(&group)]);
    }

    /// OBJ-71: an event that is refused leaves no notice.
    async fn nothing_happened_nothing_is_told(db: Db) {
        let world = World::with(db, |config| {
            config.limits.overrides.insert("work_members".into(), 2.into());
        })
        .await;
        let (anna, ben, carl) = (world.join("anna").await, world.join("ben").await, world.join("carl").await);
        let group = world.group(&anna, &[&ben]).await;
        assert_eq!(code(world.call(&anna, add(&group, &[&carl])).await), 10014);
        assert_eq!(code(world.call(&ben, remove(&group, &anna)).await), 10007);
        assert!(!has_notice(&carl.drain(&world).await) && !has_notice(&anna.drain(&world).await));
        assert_eq!(notices(&world, &carl).await, []);
        assert!(listed(&world, &carl).await.is_empty());
    }

    /// OBJ-125, OBJ-127, OBJ-134, OBJ-135, GRP-118, GRP-124: what one has done oneself is no notice to be shown: the own log tells the
    /// other instances, and whoever was away.
    async fn what_is_not_shown_comes_by_the_own_log(db: Db) {
        let world = World::new(db).await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        let second = world.sign_in("anna", "second").await;
        let group = world.group(&anna, &[&ben]).await;
        let place = of(&group);
        let created = second.drain(&world).await;
        assert_eq!(told(&created), std::slice::from_ref(&place));
        world.say(&ben, &place, "hi").await;
        second.drain(&world).await;
        world.call(&anna, SetRead { conversation_id: place.clone(), sequence: None }).await.unwrap();
        let read = second.drain(&world).await;
        let quiet = UpdateConversations {
            conversation_id_list: vec![place.clone()],
            message_remind_type: Some(RemindType::AcceptNotNotify),
            ..UpdateConversations::default()
        };
        world.call(&anna, quiet).await.unwrap();
        let reminded = second.drain(&world).await;
        world.call(&anna, QuitGroup { group_id: group.group_id.clone() }).await.unwrap();
        let left = second.drain(&world).await;
        let mut states = Vec::new();
        for events in [&read, &reminded, &left] {
            let state = events.iter().find_map(|event| match event {
                ServerEvent::UserFrame(frame) => match &frame.entries.first()?.item {
                    UserItem::Conversation(state) => Some(state.clone()),
                    _ => None,
                },
                _ => None,
            });
            states.push(state.unwrap());
        }
        let seen: Vec<_> = states
            .iter()
            .map(|it| (it.read.read_seq, it.message_remind_type, it.is_readonly))
            .collect();
        let (on, off) = (RemindType::AcceptAndNotify, RemindType::AcceptNotNotify);
        assert_eq!(seen, [(1, on, false), (1, off, false), (1, off, true)]);
        assert!(states.iter().all(|it| it.conversation_id == place));
        for events in [created, read, reminded, left] {
            assert!(!has_notice(&events), "{events:?}");
        }
        assert_eq!(notices(&world, &anna).await, []);
    }

    /// OBJ-140, CONV-70, CONV-71: notices count as unread in their own conversation and are read as a whole, on all own instances;
    /// reading everything leaves them.
    async fn notices_are_unread_until_they_are_read(db: Db) {
        let world = World::new(db).await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        let second = world.sign_in("ben", "second").await;
        let group = world.group(&anna, &[&ben]).await;
        world.call(&anna, remove(&group, &ben)).await.unwrap();
        let before = head(&world, &ben).await;
        assert_eq!((before.conversation_id, before.unread_count), (SYSTEM, 2));
        assert!(before.group_profile.is_none() && before.user_profile.is_none() && before.peer.is_none());
        assert_eq!(notice(&before.last_message.unwrap()).operation_type, NoticeType::KickedOut);
        let all = SetAllRead { scope: hallway_protocol::method::ReadScope::All };
        world.call(&ben, all).await.unwrap();
        assert_eq!(head(&world, &ben).await.unread_count, 2);
        second.drain(&world).await;
        let read = |sequence| SetRead { conversation_id: SYSTEM, sequence };
        assert_eq!(world.call(&ben, read(Some(1))).await.unwrap().read.read_seq, 1);
        assert_eq!(head(&world, &ben).await.unread_count, 1);
        world.call(&ben, read(None)).await.unwrap();
        assert_eq!(head(&world, &ben).await.unread_count, 0);
        assert_eq!(told(&second.drain(&world).await), [SYSTEM, SYSTEM]);
        let missed = SyncChanges { conversation_id: SYSTEM, after_mod: 1, limit: None };
        let missed = world.call(&ben, missed).await.unwrap();
        assert_eq!((missed.messages.len(), missed.up_to), (1, 2));
    }

    /// OBJ-140, CONV-62, CONV-64, MSG-40: nobody writes there, nothing there is deleted, recalled, changed or found; the whole is
    /// deleted, and comes back with the next notice.
    async fn what_can_be_done_with_notices(db: Db) {
        let world = World::new(db).await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        // The same before there is any notice and afterwards.
        let group = world.group(&ben, &[]).await;
        for _ in ["before", "afterwards"] {
            assert_eq!(code(world.call(&anna, world.text(&anna, &SYSTEM, "x")).await), 2106);
            let delete = DeleteMessages { conversation_id: SYSTEM, sequences: vec![1] };
            assert_eq!(code(world.call(&anna, delete).await), 2116);
            let revoke = RevokeMessage { conversation_id: SYSTEM, sequence: 1, reason: String::new() };
            assert_eq!(code(world.call(&anna, revoke).await), 2503);
            let modify = ModifyMessage {
                conversation_id: SYSTEM,
                sequence: 1,
                version: 0,
                payload: None,
                at_user_list: None,
                cloud_custom_data: Some("x".into()),
            };
            assert_eq!(code(world.call(&anna, modify).await), 2503);
            let search = SearchMessages { keyword_list: vec!["team".into()], ..SearchMessages::default() };
            let here = SearchMessages { conversation_id: Some(SYSTEM), ..search.clone() };
            assert_eq!(code(world.call(&anna, here).await), 2503);
            assert_eq!(world.call(&anna, search).await.unwrap().total_count, 0);
            assert_eq!(code(world.call(&anna, ClearHistory { conversation_id: SYSTEM }).await), 2503);
            let draft = Draft { conversation_id: SYSTEM, draft_text: "x".into(), reply_to: None, time_ms: 1 };
            assert_eq!(code(world.call(&anna, SetDraft { draft }).await), 2503);
            world.call(&ben, add(&group, &[&anna])).await.unwrap();
        }
        assert_eq!(notices(&world, &anna).await, [(1, NoticeType::Invited)]);
        let delete = || DeleteConversations { conversation_id_list: vec![SYSTEM], clear_history_message: true };
        world.call(&anna, delete()).await.unwrap();
        assert_eq!(notices(&world, &anna).await, []);
        let gone = head(&world, &anna).await;
        assert_eq!((gone.state.hidden_to, gone.unread_count, gone.last_message), (Some(1), 0, None));
        world.call(&ben, remove(&group, &anna)).await.unwrap();
        let back = head(&world, &anna).await;
        assert!(back.counters.seq > back.state.hidden_to.unwrap());
        assert_eq!((back.unread_count, notices(&world, &anna).await), (1, vec![(2, NoticeType::KickedOut)]));
        assert_eq!(code(world.call(&world.join("carl").await, delete()).await), 2500);
    }

    /// GRP-15: a hundred are kept, and those for seven days.
    async fn old_notices_go(db: Db) {
        let world = World::new(db).await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        let group = world.group(&anna, &[&ben]).await;
        for _ in 0..50 {
            world.call(&anna, remove(&group, &ben)).await.unwrap();
            world.call(&anna, add(&group, &[&ben])).await.unwrap();
        }
        let places = |kept: Vec<(u64, NoticeType)>| kept.first().zip(kept.last()).map(|(a, b)| (a.0, b.0));
        assert_eq!(places(notices(&world, &ben).await), Some((2, 101)));
        assert_eq!(head(&world, &ben).await.unread_count, 100);
        const DAY: Duration = Duration::from_secs(86_400);
        world.service.put_clock_forward(6 * DAY);
        world.call(&anna, remove(&group, &ben)).await.unwrap();
        world.service.remove_old_history().await.unwrap();
        assert_eq!(places(notices(&world, &ben).await), Some((3, 102)));
        world.service.put_clock_forward(2 * DAY);
        world.service.remove_old_history().await.unwrap();
        assert_eq!(places(notices(&world, &ben).await), Some((102, 102)));
        assert_eq!(head(&world, &ben).await.unread_count, 1);
    }

    /// OBJ-71: however many tell somebody at once, each notice gets its own place and nothing waits for ever.
    async fn many_notices_at_once(db: Db) {
        let world = World::new(db).await;
        let (anna, ben, carl) = (world.join("anna").await, world.join("ben").await, world.join("carl").await);
        let all = [(&anna, &ben, &carl), (&ben, &carl, &anna), (&carl, &anna, &ben)];
        for _ in 0..4 {
            let making = all.map(|(owner, one, other)| {
                let world = &world;
                async move {
                    let group = world.group(owner, &[one]).await;
                    world.call(owner, add(&group, &[other])).await.unwrap();
                    world.call(owner, remove(&group, one)).await.unwrap();
                }
            });
            futures_util::future::join_all(making).await;
        }
        for person in [&anna, &ben, &carl] {
            let places: Vec<u64> = notices(&world, person).await.iter().map(|(place, _)| *place).collect();
            assert_eq!(places, (1..=12).collect::<Vec<u64>>());
        }
    }
}
