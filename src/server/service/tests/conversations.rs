//! A user's own side of conversations (spec part 3).

use hallway_protocol::conversation::Draft;
use hallway_protocol::event::ServerEvent;
use hallway_protocol::ids::ConversationId;
use hallway_protocol::method::{
    ClearHistory, DeleteConversations, GetConversation, GetRange, Position, ReadScope, ReportDelivered,
    SetAllRead, SetDraft, SetRead, SyncHeads, SyncUser,
};
use hallway_protocol::sync::{Head, PeerProgress, UserItem};

use super::{Person, World, code, of, on_both_engines, with};

async fn head(world: &World, person: &Person, of: &ConversationId) -> Head {
    world.call(person, GetConversation { conversation_id: of.clone() }).await.unwrap()
}

fn read(of: &ConversationId, sequence: Option<u64>) -> SetRead {
    SetRead { conversation_id: of.clone(), sequence }
}

fn draft(of: &ConversationId, text: &str, time_ms: i64) -> SetDraft {
    SetDraft {
        draft: Draft { conversation_id: of.clone(), draft_text: text.into(), reply_to: None, time_ms },
    }
}

async fn listed(world: &World, person: &Person) -> Vec<ConversationId> {
    let heads = world.call(person, SyncHeads { since: 0, cursor: None, limit: None }).await.unwrap();
    heads.heads.into_iter().map(|head| head.conversation_id).collect()
}

on_both_engines! {
    /// CONV-57, CONV-61: opening makes the conversation for the caller only; unknown people are 2501.
    async fn opening_a_conversation(db: Db) {
        let world = World::new(db).await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        let opened = head(&world, &anna, &with(&ben)).await;
        assert_eq!((opened.counters.seq, opened.unread_count), (0, 0));
        assert_eq!(opened.user_profile.unwrap().nick, "BEN");
        assert_eq!(listed(&world, &anna).await, [with(&ben)]);
        assert!(listed(&world, &ben).await.is_empty());
        world.say(&ben, &with(&anna), "hi").await;
        assert_eq!(listed(&world, &ben).await, [with(&anna)]);
        assert_eq!(head(&world, &anna, &with(&ben)).await.unread_count, 1);
        let get = |id: &str| GetConversation { conversation_id: id.parse().unwrap() };
        assert_eq!(code(world.call(&anna, get("C2Cnobody")).await), 2501);
        assert_eq!(code(world.call(&anna, get("GROUPnone")).await), 2501);
        assert_eq!(head(&world, &anna, &ConversationId::System).await.counters.seq, 0);
        let group = world.group(&ben, &[]).await;
        assert_eq!(code(world.call(&anna, get(&of(&group).to_string())).await), 10007);
    }

    /// CONV-70, SES-52, MSG-93: the position moves forward only; own instances and the peer are told when it moves.
    async fn reading(db: Db) {
        let world = World::new(db).await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        let second = world.sign_in("ben", "second").await;
        for text in ["one", "two", "three"] {
            world.say(&anna, &with(&ben), text).await;
        }
        let chat = with(&anna);
        let moved = world.call(&ben, read(&chat, Some(2))).await.unwrap().read;
        assert_eq!((moved.read_seq, moved.read_ord, moved.revoked_unread, moved.as_of), (2, 2, 0, 3));
        assert_eq!(head(&world, &ben, &chat).await.unread_count, 1);
        let told = second.next_own().await;
        let UserItem::Conversation(state) = &told.entries.first().unwrap().item else { panic!("{told:?}") };
        assert_eq!((state.read.read_seq, told.prev_useq + 1), (2, told.useq));
        let events = anna.events_until(|event| matches!(event, ServerEvent::PeerProgressed(_))).await;
        let Some(ServerEvent::PeerProgressed(progress)) = events.last() else { panic!("{events:?}") };
        assert_eq!((&progress.conversation_id, progress.peer.read_seq), (&with(&ben), 2));
        second.drain(&world).await;

        assert_eq!(world.call(&ben, read(&chat, Some(1))).await.unwrap().read.read_seq, 2);
        assert!(second.drain(&world).await.is_empty());
        assert_eq!(world.call(&ben, read(&chat, None)).await.unwrap().read.read_seq, 3);
        assert_eq!(world.call(&ben, read(&chat, Some(99))).await.unwrap().read.read_seq, 3);
        assert_eq!(head(&world, &ben, &chat).await.unread_count, 0);
        let peer = head(&world, &anna, &with(&ben)).await.peer.unwrap();
        assert_eq!(peer, PeerProgress { delivered_seq: 3, read_seq: 3 });
        let carl = world.join("carl").await;
        assert_eq!(code(world.call(&carl, read(&chat, None)).await), 2500);
    }

    /// CONV-59: own messages are read, and with them everything before.
    async fn writing_is_reading(db: Db) {
        let world = World::new(db).await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        let group = world.group(&anna, &[&ben]).await;
        world.say(&anna, &of(&group), "one").await;
        world.say(&anna, &of(&group), "two").await;
        assert_eq!(head(&world, &anna, &of(&group)).await.unread_count, 0);
        assert_eq!(head(&world, &ben, &of(&group)).await.unread_count, 2);
        world.say(&ben, &of(&group), "three").await;
        assert_eq!(head(&world, &ben, &of(&group)).await.unread_count, 0);
        assert_eq!(head(&world, &anna, &of(&group)).await.unread_count, 1);
    }

    /// CONV-71: everything of a kind, each conversation that had unread messages.
    async fn reading_everything(db: Db) {
        let world = World::new(db).await;
        let (anna, ben, carl) = (world.join("anna").await, world.join("ben").await, world.join("carl").await);
        let group = world.group(&anna, &[&ben]).await;
        for (from, to) in [(&anna, with(&ben)), (&carl, with(&ben)), (&anna, of(&group))] {
            world.say(from, &to, "x").await;
        }
        world.call(&ben, read(&with(&carl), None)).await.unwrap();
        let moved = world.call(&ben, SetAllRead { scope: ReadScope::C2c }).await.unwrap().moved;
        let names: Vec<_> = moved.iter().map(|moved| moved.conversation_id.clone()).collect();
        assert_eq!(names, [with(&anna)]);
        assert_eq!(head(&world, &ben, &of(&group)).await.unread_count, 1);
        let moved = world.call(&ben, SetAllRead { scope: ReadScope::All }).await.unwrap().moved;
        assert_eq!(moved.len(), 1);
        assert_eq!(head(&world, &ben, &of(&group)).await.unread_count, 0);
    }

    /// CONV-64, PLUS-5: empty for the caller and own instances, whole for the other side.
    async fn clearing_history(db: Db) {
        let world = World::new(db).await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        let second = world.sign_in("ben", "second").await;
        world.say(&anna, &with(&ben), "old").await;
        let chat = with(&anna);
        world.call(&ben, ClearHistory { conversation_id: chat.clone() }).await.unwrap();
        let told = second.next_own().await;
        let UserItem::Conversation(state) = &told.entries.first().unwrap().item else { panic!("{told:?}") };
        assert_eq!((state.min_seq, state.read.read_seq), (1, 1));
        let cleared = head(&world, &ben, &chat).await;
        assert_eq!((cleared.unread_count, cleared.last_message), (0, None));
        let all = |of: &ConversationId| GetRange { conversation_id: of.clone(), from_seq: 1, to_seq: 99, changed_after: 0 };
        let page = world.call(&ben, all(&chat)).await.unwrap();
        assert!(page.messages.is_empty() && page.is_completed);
        assert_eq!(world.call(&anna, all(&with(&ben))).await.unwrap().messages.len(), 1);
        world.say(&anna, &with(&ben), "new").await;
        let page = world.call(&ben, all(&chat)).await.unwrap();
        assert_eq!(page.messages.iter().map(|message| message.sequence).collect::<Vec<_>>(), [2]);
        let group = world.group(&anna, &[&ben]).await;
        assert!(world.call(&ben, ClearHistory { conversation_id: of(&group) }).await.is_ok());
        let system = ClearHistory { conversation_id: ConversationId::System };
        assert_eq!(code(world.call(&ben, system).await), 2503);
    }

    /// CONV-62, CONV-3, PLUS-5: off the list until a new message comes, with its draft; history goes or stays as
    /// asked.
    async fn deleting_conversations(db: Db) {
        let world = World::new(db).await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        let second = world.sign_in("ben", "second").await;
        world.say(&anna, &with(&ben), "old").await;
        let chat = with(&anna);
        world.call(&ben, draft(&chat, "I was about to", 5)).await.unwrap();
        second.next_own().await;
        let delete = |clear| DeleteConversations {
            conversation_id_list: vec![chat.clone()],
            clear_history_message: clear,
        };
        world.call(&ben, delete(false)).await.unwrap();
        let told = second.next_own().await;
        assert!(told.entries.iter().all(|entry| entry.gone && entry.useq == told.useq));
        assert!(matches!(&told.entries.first().unwrap().item, UserItem::Conversation(state) if state.hidden_to == Some(1)));
        assert!(matches!(&told.entries.get(1).unwrap().item, UserItem::Draft(draft) if draft.draft_text.is_empty()));
        let deleted = head(&world, &ben, &chat).await;
        assert_eq!((deleted.unread_count, deleted.state.min_seq), (0, 0));
        assert!(deleted.last_message.is_some());
        world.call(&ben, delete(true)).await.unwrap();
        assert_eq!(head(&world, &ben, &chat).await.state.min_seq, 1);
        world.say(&anna, &with(&ben), "new").await;
        let back = head(&world, &ben, &chat).await;
        assert!(back.counters.seq > back.state.hidden_to.unwrap());
        assert_eq!(back.unread_count, 1);
        let list = |count: usize| DeleteConversations {
            conversation_id_list: vec![chat.clone(); count],
            clear_history_message: true,
        };
        assert_eq!(code(world.call(&ben, list(0)).await), 51006);
        assert_eq!(code(world.call(&ben, list(101)).await), 51006);
    }

    /// PLUS-4, CONV-63, CONV-10: the later draft wins, follows to own instances, and ends with an empty text.
    async fn drafts_follow_the_user(db: Db) {
        let world = World::new(db).await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        let second = world.sign_in("anna", "second").await;
        let to = with(&ben);
        world.call(&anna, draft(&to, "Dear Ben", 10)).await.unwrap();
        world.call(&anna, draft(&to, "Dear", 9)).await.unwrap();
        let told = second.next_own().await;
        assert!(matches!(&told.entries.first().unwrap().item, UserItem::Draft(draft) if draft.draft_text == "Dear Ben"));
        let log = SyncUser { epoch: String::new(), after: 0, limit: None };
        let log = world.call(&second, log).await.unwrap();
        let texts: Vec<_> = log
            .entries
            .iter()
            .filter_map(|entry| match &entry.item {
                UserItem::Draft(draft) => Some((draft.draft_text.as_str(), entry.gone)),
                _ => None,
            })
            .collect();
        assert_eq!(texts, [("Dear Ben", false)]);
        // A clock far ahead is not believed: what is typed a moment later still wins.
        world.call(&anna, draft(&to, "from the future", i64::MAX)).await.unwrap();
        let now = crate::service::clock::Clock::new(0).now_ms() + 1_000;
        world.call(&anna, draft(&to, "", now)).await.unwrap();
        let limit = anna.signed_in.limits.draft_bytes as usize;
        assert!(world.call(&anna, draft(&to, &"x".repeat(limit), 1)).await.is_ok());
        assert_eq!(code(world.call(&anna, draft(&to, &"x".repeat(limit + 1), 1)).await), 6017);
    }

    /// How far the other side's instances have got is told and kept; only one to one.
    async fn delivered_positions(db: Db) {
        let world = World::new(db).await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        world.say(&anna, &with(&ben), "one").await;
        let report = |of: ConversationId, sequence| ReportDelivered {
            items: vec![Position { conversation_id: of, sequence }],
        };
        world.call(&ben, report(with(&anna), 7)).await.unwrap();
        let events = anna.events_until(|event| matches!(event, ServerEvent::PeerProgressed(_))).await;
        let Some(ServerEvent::PeerProgressed(progress)) = events.last() else { panic!("{events:?}") };
        assert_eq!(progress.peer, PeerProgress { delivered_seq: 1, read_seq: 0 });
        world.call(&ben, report(with(&anna), 1)).await.unwrap();
        assert!(anna.drain(&world).await.is_empty(), "nothing moved");
        assert_eq!(head(&world, &anna, &with(&ben)).await.peer.unwrap().delivered_seq, 1);
        let group = world.group(&anna, &[&ben]).await;
        assert_eq!(code(world.call(&ben, report(of(&group), 1)).await), 2503);
    }
}
