//! How a client comes to have what the server has (`docs/sync_model.md`).

use hallway_protocol::conversation::Draft;
use hallway_protocol::ids::ConversationId;
use hallway_protocol::message::Payload;
use hallway_protocol::method::{
    GetConversation, GetRange, LocateTime, ModifyMessage, PayloadField, RevokeMessage, SetDraft, SetRead,
    SyncChanges, SyncHeads, SyncUser,
};
use hallway_protocol::sync::UserItem;

use super::{Person, World, code, of, on_both_engines, with};
use crate::store::{StoreError, WriteKey, message, server};

fn changes(of: &ConversationId, after_mod: u64, limit: Option<u32>) -> SyncChanges {
    SyncChanges { conversation_id: of.clone(), after_mod, limit }
}

fn range(of: &ConversationId, from_seq: u64, to_seq: u64, changed_after: u64) -> GetRange {
    GetRange { conversation_id: of.clone(), from_seq, to_seq, changed_after }
}

fn edit(of: &ConversationId, sequence: u64, text: &str) -> ModifyMessage {
    ModifyMessage {
        conversation_id: of.clone(),
        sequence,
        version: 0,
        payload: Some(PayloadField { payload: Payload::text(text) }),
        at_user_list: None,
        cloud_custom_data: None,
    }
}

async fn own_log(
    world: &World,
    person: &Person,
    epoch: &str,
    after: u64,
) -> hallway_protocol::sync::UserChanges {
    let call = SyncUser { epoch: epoch.into(), after, limit: None };
    world.call(person, call).await.unwrap()
}

on_both_engines! {
    /// Rows by `mod`, each in its present state once, in pages that end between changes.
    async fn changes_after_a_cursor(db: Db) {
        let world = World::new(db).await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        for n in 0..5 {
            world.say(&anna, &with(&ben), &n.to_string()).await;
        }
        world.call(&anna, edit(&with(&ben), 2, "edited")).await.unwrap();
        let chat = with(&anna);
        let all = world.call(&ben, changes(&chat, 0, None)).await.unwrap();
        let rows: Vec<_> = all.messages.iter().map(|row| (row.modification, row.sequence)).collect();
        assert_eq!(rows, [(1, 1), (3, 3), (4, 4), (5, 5), (6, 2)]);
        assert_eq!((all.up_to, all.head.modification, all.head.seq, all.more), (6, 6, 5, false));
        let (mut cursor, mut seen) = (0, Vec::new());
        loop {
            let page = world.call(&ben, changes(&chat, cursor, Some(2))).await.unwrap();
            seen.extend(page.messages.iter().map(|row| row.modification));
            cursor = page.up_to;
            if !page.more {
                break;
            }
        }
        assert_eq!((seen, cursor), (vec![1, 3, 4, 5, 6], 6));
        let none = world.call(&ben, changes(&chat, 6, None)).await.unwrap();
        assert!(none.messages.is_empty() && none.up_to == 6 && none.reset.is_none());
        let carl = world.join("carl").await;
        let unknown = world.call(&carl, changes(&chat, 0, None)).await.unwrap();
        assert!(unknown.messages.is_empty() && unknown.up_to == 0);
    }

    /// Members and the group travel the same way; a change of many rows is never cut in two.
    async fn members_come_with_the_changes(db: Db) {
        let world = World::new(db).await;
        let (anna, ben, carl) = (world.join("anna").await, world.join("ben").await, world.join("carl").await);
        let group = world.group(&anna, &[&ben, &carl]).await;
        world.say(&anna, &of(&group), "hello").await;
        let page = world.call(&ben, changes(&of(&group), 0, Some(1))).await.unwrap();
        assert_eq!((page.members.len(), page.up_to, page.more), (3, 1, true));
        assert!(page.messages.is_empty());
        assert_eq!(page.group_profile.unwrap().member_count, 3);
        let page = world.call(&ben, changes(&of(&group), 1, None)).await.unwrap();
        assert_eq!((page.members.len(), page.messages.len(), page.more), (0, 1, false));
        assert!(page.group_profile.is_none());
        let dora = world.join("dora").await;
        assert_eq!(code(world.call(&dora, changes(&of(&group), 0, None)).await), 10007);
    }

    /// Too far behind: the newest page and a cursor at the head.
    async fn too_far_behind_means_a_reset(db: Db) {
        let world = World::new(db).await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        for n in 0..3 {
            world.say(&anna, &with(&ben), &n.to_string()).await;
        }
        world.service.db().write(WriteKey::user(0), |tx| {
            tx.execute("UPDATE conversation SET mod = mod + 2000", &[])
        }).await.map_err(|e: StoreError| e).unwrap();
        let chat = with(&anna);
        let reset = world.call(&ben, changes(&chat, 2, None)).await.unwrap();
        assert_eq!((reset.up_to, reset.more, reset.messages.len()), (2003, false, 0));
        let page = reset.reset.unwrap();
        assert_eq!((page.from_seq, page.to_seq, page.as_of, page.is_completed), (1, 3, 2003, true));
        assert_eq!(page.messages.len(), 3);
        assert!(world.call(&ben, changes(&chat, 3, None)).await.unwrap().reset.is_none());
    }

    /// MSG-65, MSG-66, MSG-4: pages backwards, what they cover, and what changed since in a known range.
    async fn ranges(db: Db) {
        let world = World::with(db, |config| {
            config.limits.overrides.insert("history_page".into(), 3.into());
        })
        .await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        for n in 1..=7 {
            world.say(&anna, &with(&ben), &n.to_string()).await;
        }
        let chat = with(&anna);
        let get = async |from, to, after| {
            let page = world.call(&ben, range(&chat, from, to, after)).await.unwrap();
            let places: Vec<u64> = page.messages.iter().map(|row| row.sequence).collect();
            (page.from_seq, page.to_seq, places, page.is_completed)
        };
        assert_eq!(get(1, u64::MAX, 0).await, (5, 7, vec![5, 6, 7], false));
        assert_eq!(get(1, 4, 0).await, (2, 4, vec![2, 3, 4], false));
        assert_eq!(get(1, 1, 0).await, (1, 1, vec![1], true));
        assert_eq!(get(6, 6, 0).await, (6, 6, vec![6], false));
        world.call(&anna, edit(&with(&ben), 3, "edited")).await.unwrap();
        let page = world.call(&ben, range(&chat, 2, 4, 7)).await.unwrap();
        assert_eq!((page.messages.len(), page.as_of), (1, 8));
        assert_eq!(page.messages.first().unwrap().sequence, 3);
        assert_eq!(code(world.call(&ben, range(&chat, 3, 2, 0)).await), 6017);
        assert_eq!(code(world.call(&ben, range(&chat, 0, 0, 0)).await), 6017);
        let carl = world.join("carl").await;
        let empty = world.call(&carl, range(&chat, 1, 9, 0)).await.unwrap();
        assert!(empty.messages.is_empty() && empty.is_completed && empty.to_seq < empty.from_seq);
    }

    /// An answer stays about a megabyte, however long the messages are; what does not fit comes with the next.
    async fn pages_end_before_they_are_too_big(db: Db) {
        let world = World::with(db, |config| {
            config.limits.overrides.insert("message_body_bytes".into(), (500 * 1024).into());
        })
        .await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        for n in 0..5 {
            world.say(&anna, &with(&ben), &n.to_string().repeat(400 * 1024)).await;
        }
        let chat = with(&anna);
        let page = world.call(&ben, changes(&chat, 0, None)).await.unwrap();
        assert_eq!((page.messages.len(), page.up_to, page.more), (2, 2, true));
        let page = world.call(&ben, changes(&chat, 4, None)).await.unwrap();
        assert_eq!((page.messages.len(), page.up_to, page.more), (1, 5, false));
        let page = world.call(&ben, range(&chat, 1, 5, 0)).await.unwrap();
        assert_eq!((page.messages.len(), page.from_seq, page.to_seq, page.is_completed), (2, 4, 5, false));
        let page = world.call(&ben, range(&chat, 1, 1, 0)).await.unwrap();
        assert_eq!((page.messages.len(), page.from_seq, page.is_completed), (1, 1, true));
    }

    /// MSG-66: the first message at or after a time.
    async fn places_in_time(db: Db) {
        let world = World::new(db).await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        for n in 0..4 {
            world.say(&anna, &with(&ben), &n.to_string()).await;
        }
        world.service.db().write(WriteKey::user(0), |tx| {
            tx.execute("UPDATE message SET time = 100 * seq", &[])
        }).await.map_err(|e: StoreError| e).unwrap();
        let at = async |time| {
            world.call(&ben, LocateTime { conversation_id: with(&anna), time }).await.unwrap().sequence
        };
        assert_eq!(at(0).await, Some(1));
        assert_eq!(at(200).await, Some(2));
        assert_eq!(at(201).await, Some(3));
        assert_eq!(at(401).await, None);
    }

    /// The own log: an object stands in it once, with the number of its last change; epochs void cursors.
    async fn the_own_log(db: Db) {
        let world = World::new(db.clone()).await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        for n in 0..3 {
            world.say(&anna, &with(&ben), &n.to_string()).await;
        }
        let epoch = ben.signed_in.epoch.clone();
        let empty = own_log(&world, &ben, &epoch, 0).await;
        assert_eq!((empty.entries.len(), empty.useq, empty.full), (0, 0, false));
        for sequence in [1, 2] {
            let read = SetRead { conversation_id: with(&anna), sequence: Some(sequence) };
            world.call(&ben, read).await.unwrap();
        }
        let draft = Draft { conversation_id: with(&anna), draft_text: "re".into(), reply_to: None, time_ms: 1 };
        world.call(&ben, SetDraft { draft }).await.unwrap();
        let log = own_log(&world, &ben, &epoch, 0).await;
        let numbers: Vec<_> = log.entries.iter().map(|entry| entry.useq).collect();
        assert_eq!((numbers, log.useq, log.more), (vec![2, 3], 3, false));
        assert!(matches!(&log.entries.first().unwrap().item, UserItem::Conversation(state) if state.read.read_seq == 2));
        assert_eq!(own_log(&world, &ben, &epoch, 2).await.entries.len(), 1);
        assert!(own_log(&world, &ben, &epoch, 3).await.entries.is_empty());
        assert!(own_log(&world, &ben, "another", 3).await.full);
        assert_eq!(own_log(&world, &ben, "another", 3).await.entries.len(), 2);
        assert!(own_log(&world, &ben, &epoch, 99).await.full, "a cursor from a future that was restored away");
        let one = SyncUser { epoch: epoch.clone(), after: 0, limit: Some(1) };
        let page = world.call(&ben, one).await.unwrap();
        assert_eq!((page.entries.len(), page.useq, page.more), (1, 2, true));

        db.write(WriteKey::user(0), |tx| server::renew_epoch(tx, "restored")).await.map_err(|e: StoreError| e).unwrap();
        let again = World::new(db).await;
        let ben = again.sign_in("ben", "first").await;
        assert_eq!(ben.signed_in.epoch, "restored");
        assert!(own_log(&again, &ben, &epoch, 3).await.full);
    }

    /// Heads: the most recently changed first, since a time with overlap, in pages without holes.
    async fn heads_in_pages(db: Db) {
        let world = World::new(db).await;
        let anna = world.join("anna").await;
        let mut people = Vec::new();
        for n in 0..5 {
            let person = world.join(&format!("p{n}")).await;
            world.say(&person, &with(&anna), "hi").await;
            people.push(person);
        }
        world.say(&anna, &with(people.first().unwrap()), "hello").await;
        let (mut names, mut cursor) = (Vec::new(), None);
        loop {
            let page = world.call(&anna, SyncHeads { since: 0, cursor, limit: Some(2) }).await.unwrap();
            names.extend(page.heads.iter().map(|head| head.conversation_id.to_string()));
            cursor = page.cursor;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(names.len(), 5, "{names:?}");
        let first = world.call(&anna, SyncHeads { since: 0, cursor: None, limit: None }).await.unwrap().heads;
        let times: Vec<_> = first.iter().map(|head| head.changed_at).collect();
        assert!(times.is_sorted_by(|a, b| a >= b), "{times:?}");
        let newest = first.first().unwrap().changed_at;
        let overlap = SyncHeads { since: newest + 4 * 60_000, cursor: None, limit: None };
        assert_eq!(world.call(&anna, overlap).await.unwrap().heads.len(), 5);
        let later = SyncHeads { since: newest + 6 * 60_000, cursor: None, limit: None };
        assert!(world.call(&anna, later).await.unwrap().heads.is_empty());
        let bad = SyncHeads { since: 0, cursor: Some("x".into()), limit: None };
        assert_eq!(code(world.call(&anna, bad).await), 6017);
    }

    /// Unread by the counters is unread counted from the rows, also after recalling and reading in between.
    async fn unread_by_counters_and_by_rows(db: Db) {
        let world = World::new(db).await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        for n in 1..=6 {
            world.say(&anna, &with(&ben), &n.to_string()).await;
        }
        let chat = with(&anna);
        let recall = |sequence| RevokeMessage { conversation_id: with(&ben), sequence, reason: String::new() };
        for sequence in [2, 5] {
            world.call(&anna, recall(sequence)).await.unwrap();
        }
        let get = || GetConversation { conversation_id: chat.clone() };
        let unread = async || {
            let head = world.call(&ben, get()).await.unwrap();
            let rows = world.service.db().read(move |tx| message::range(tx, 1, 1, i64::MAX, 0)).await;
            let rows = rows.map_err(|e: StoreError| e).unwrap();
            let counted = rows
                .iter()
                .filter(|row| row.is(message::COUNTED) && !row.is(message::REVOKED))
                .filter(|row| row.key.seq.cast_unsigned() > head.state.read.read_seq)
                .count();
            assert_eq!(head.unread_count, counted as u64);
            head.unread_count
        };
        assert_eq!(unread().await, 4);
        world.call(&ben, SetRead { conversation_id: chat.clone(), sequence: Some(3) }).await.unwrap();
        assert_eq!(unread().await, 2);
        world.call(&anna, recall(1)).await.unwrap();
        assert_eq!(unread().await, 2);
        world.call(&anna, recall(6)).await.unwrap();
        assert_eq!(unread().await, 1);
    }
}
