//! Pins, remind types, marks and custom data: private, and the same on all instances of their owner.

use hallway_protocol::conversation::{ConversationState, RemindType};
use hallway_protocol::method::{
    ConversationsUpdated, DeleteConversations, GetConversation, MarkChange, QuitGroup, SetRead, SyncUser,
    UpdateConversations,
};
use hallway_protocol::sync::UserItem;

use super::*;

fn of_all(ids: &[&ConversationId]) -> UpdateConversations {
    let conversation_id_list = ids.iter().map(|id| (*id).clone()).collect();
    UpdateConversations { conversation_id_list, ..UpdateConversations::default() }
}

fn pin(id: &ConversationId, is_pinned: bool) -> UpdateConversations {
    UpdateConversations { is_pinned: Some(is_pinned), ..of_all(&[id]) }
}

fn mark(ids: &[&ConversationId], mark_type: u64, enable_mark: bool) -> UpdateConversations {
    UpdateConversations { mark: Some(MarkChange { mark_type, enable_mark }), ..of_all(ids) }
}

fn remind(ids: &[&ConversationId], kind: RemindType) -> UpdateConversations {
    UpdateConversations { message_remind_type: Some(kind), ..of_all(ids) }
}

const NONE: [i32; 0] = [];

/// The codes of what was not done.
fn failed(done: Result<ConversationsUpdated, ChatError>) -> Vec<i32> {
    done.unwrap().failure_conversation_id_list.iter().map(|failure| failure.code.code()).collect()
}

async fn state(world: &World, person: &Person, id: &ConversationId) -> ConversationState {
    world.call(person, GetConversation { conversation_id: id.clone() }).await.unwrap().state
}

async fn told(person: &Person) -> ConversationState {
    match person.next_own().await.entries.into_iter().next().unwrap().item {
        UserItem::Conversation(state) => state,
        other => panic!("{other:?}"),
    }
}

on_both_engines! {
    /// CONV-29, CONV-65, CONV-4, CONV-57: pinned for the user alone, on all own instances; with somebody new, too; up to
    /// the limit and not one more.
    async fn pinning(db: Db) {
        let world = World::with(db, |config| {
            config.limits.overrides.insert("pinned_conversations".into(), 2.into());
        })
        .await;
        let (anna, ben, carl) = (world.join("anna").await, world.join("ben").await, world.join("carl").await);
        let second = world.sign_in("anna", "second").await;
        let group = world.group(&anna, &[&ben]).await;
        second.drain(&world).await;
        assert_eq!(failed(world.call(&anna, pin(&with(&ben), true)).await), NONE);
        let heard = told(&second).await;
        assert!(heard.is_pinned && heard.conversation_id == with(&ben));
        assert!(state(&world, &anna, &with(&ben)).await.is_pinned);
        assert!(!state(&world, &ben, &with(&anna)).await.is_pinned);
        // The same again is no change.
        second.drain(&world).await;
        assert_eq!(failed(world.call(&anna, pin(&with(&ben), true)).await), NONE);
        assert!(second.drain(&world).await.is_empty());

        assert_eq!(failed(world.call(&anna, pin(&of(&group), true)).await), NONE);
        assert_eq!(failed(world.call(&anna, pin(&with(&carl), true)).await), [51012]);
        assert_eq!(failed(world.call(&anna, pin(&with(&ben), false)).await), NONE);
        assert_eq!(failed(world.call(&anna, pin(&with(&carl), true)).await), NONE);
        let nobody = "C2Cnobody".parse().unwrap();
        assert_eq!(failed(world.call(&anna, pin(&nobody, true)).await), [2501]);
        assert_eq!(failed(world.call(&anna, pin(&with(&carl), false)).await), NONE);
        assert_eq!(failed(world.call(&anna, pin(&ConversationId::System, true)).await), NONE);
        assert!(state(&world, &anna, &ConversationId::System).await.is_pinned);
        assert_eq!(failed(world.call(&carl, pin(&of(&group), true)).await), [51007]);
    }

    /// CONV-31, CONV-32, CONV-66, CONV-67, CONV-3, CONV-5, CONV-9, CONV-80, CONV-84: labels and data of the app, for many at a
    /// time; what fails is listed; a new installation has them.
    async fn marks_and_custom_data(db: Db) {
        let world = World::new(db).await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        let group = world.group(&anna, &[&ben]).await;
        let both = [&with(&ben), &of(&group)];
        let nobody = "C2Cnobody".parse().unwrap();
        let done = world.call(&anna, mark(&[both[0], &nobody, both[1]], 0x1, true)).await.unwrap();
        assert_eq!(done.success_conversation_id_list, both.map(Clone::clone));
        assert_eq!(done.failure_conversation_id_list.first().unwrap().conversation_id, nobody);
        for number in [0x8, 1 << 32, 1 << 63] {
            assert_eq!(failed(world.call(&anna, mark(&[both[0]], number, true)).await), NONE);
        }
        assert_eq!(state(&world, &anna, both[0]).await.mark_list, [0x1, 0x8, 1 << 32, 1 << 63]);
        assert_eq!(failed(world.call(&anna, mark(&[both[0]], 0x8, false)).await), NONE);
        assert_eq!(state(&world, &anna, both[0]).await.mark_list, [0x1, 1 << 32, 1 << 63]);
        for wrong in [0, 0x3, 0x10, 1 << 31] {
            assert_eq!(code(world.call(&anna, mark(&[both[0]], wrong, true)).await), 6017, "{wrong:#x}");
        }
        let many: Vec<&ConversationId> = std::iter::repeat_n(both[0], 101).collect();
        assert_eq!(code(world.call(&anna, mark(&many, 1, true)).await), 51006);
        assert_eq!(code(world.call(&anna, mark(&[], 1, true)).await), 51006);

        let data = |bytes: usize| UpdateConversations { custom_data: Some("d".repeat(bytes)), ..of_all(&both) };
        assert_eq!(failed(world.call(&anna, data(256)).await), NONE);
        assert_eq!(code(world.call(&anna, data(257)).await), 6017);
        assert_eq!(state(&world, &anna, both[1]).await.custom_data.len(), 256);
        let second = world.sign_in("anna", "second").await;
        let log = SyncUser { epoch: String::new(), after: 0, limit: None };
        let log = world.call(&second, log).await.unwrap();
        let marked = log.entries.iter().filter(|entry| {
            matches!(&entry.item, UserItem::Conversation(state)
                if state.mark_list.contains(&1) && state.custom_data.len() == 256)
        });
        assert_eq!(marked.count(), 2);
        assert_eq!(failed(world.call(&anna, data(0)).await), NONE);
        assert_eq!(state(&world, &anna, both[1]).await.custom_data, "");
        // Not of a group that one has left.
        world.call(&ben, QuitGroup { group_id: group.group_id.clone() }).await.unwrap();
        assert_eq!(failed(world.call(&ben, mark(&[both[1]], 1, true)).await), [51007]);
    }

    /// CONV-8, CONV-30, CONV-72, CONV-90, CONV-91, CONV-93, CONV-94: how conversations make themselves noticed.
    async fn remind_types(db: Db) {
        let world = World::new(db).await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        let second = world.sign_in("ben", "second").await;
        let group = world.group(&anna, &[&ben]).await;
        second.drain(&world).await;
        let (person, team) = (with(&anna), of(&group));
        let kind = async |id: &ConversationId| state(&world, &ben, id).await.message_remind_type;
        assert_eq!(kind(&team).await, RemindType::AcceptAndNotify);
        for wanted in [RemindType::AcceptNotNotify, RemindType::NotNotifyExceptAt, RemindType::Discard] {
            assert_eq!(failed(world.call(&ben, remind(&[&team], wanted)).await), NONE);
            assert_eq!(told(&second).await.message_remind_type, wanted);
            assert_eq!(kind(&team).await, wanted);
        }
        let both = remind(&[&person, &team], RemindType::NotNotifyExceptAt);
        assert_eq!(failed(world.call(&ben, both).await), [6017], "of groups only");
        let many = |count| remind(&vec![&team; count], RemindType::Discard);
        assert_eq!(failed(world.call(&ben, many(30)).await), NONE);
        assert_eq!(code(world.call(&ben, many(31)).await), 6017);
        let of_topics = remind(&[&team], RemindType::NotReceiveExceptAt);
        assert_eq!(code(world.call(&ben, of_topics).await), 6017);
        world.call(&ben, QuitGroup { group_id: group.group_id.clone() }).await.unwrap();
        assert_eq!(failed(world.call(&ben, remind(&[&team], RemindType::Discard)).await), [10007]);
    }

    /// CONV-62, CONV-70, CONV-81: deleting a conversation takes its settings along, reading it the mark "unread", also when there was
    /// nothing to read.
    async fn settings_that_end(db: Db) {
        let world = World::new(db).await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        let second = world.sign_in("ben", "second").await;
        world.say(&anna, &with(&ben), "x").await;
        let chat = with(&anna);
        let read = || SetRead { conversation_id: chat.clone(), sequence: None };
        world.call(&ben, read()).await.unwrap();
        world.call(&ben, mark(&[&chat], 0x2, true)).await.unwrap();
        world.call(&ben, mark(&[&chat], 0x1, true)).await.unwrap();
        second.drain(&world).await;
        world.call(&ben, read()).await.unwrap();
        assert_eq!(told(&second).await.mark_list, [0x1]);
        world.call(&ben, pin(&chat, true)).await.unwrap();
        assert!(told(&second).await.is_pinned);
        let delete = DeleteConversations { conversation_id_list: vec![chat.clone()], clear_history_message: false };
        world.call(&ben, delete).await.unwrap();
        let heard = told(&second).await;
        assert!(!heard.is_pinned && heard.mark_list.is_empty());
        assert!(state(&world, &ben, &chat).await.mark_list.is_empty());
    }
}
