//! History that is kept for so many days: not served any more, then gone, and no counter moves.

use hallway_protocol::method::{
    DeleteMessages, GetConversation, GetRange, LocateTime, SetRead, SyncChanges, SyncUser,
};
use hallway_protocol::sync::{Counters, Head, Range, UserItem};

use super::*;

const DAY: Duration = Duration::from_secs(86_400);

async fn keeping(db: Db, days: i64) -> World {
    World::with(db, |config| {
        config.limits.overrides.insert("history_days".into(), days.into());
        config.limits.overrides.insert("group_messages_per_second".into(), 1_000_000.into());
    })
    .await
}

async fn range(world: &World, person: &Person, id: &ConversationId) -> Range {
    let params = GetRange { conversation_id: id.clone(), from_seq: 1, to_seq: 10_000, changed_after: 0 };
    world.call(person, params).await.unwrap()
}

async fn served(world: &World, person: &Person, id: &ConversationId) -> Vec<u64> {
    range(world, person, id).await.messages.iter().map(|message| message.sequence).collect()
}

async fn head(world: &World, person: &Person, id: &ConversationId) -> Head {
    world.call(person, GetConversation { conversation_id: id.clone() }).await.unwrap()
}

/// Rows on the disk.
async fn stored(world: &World) -> i64 {
    let count = |tx: &mut crate::store::Tx<'_>| tx.one("SELECT COUNT(*) FROM message", &[], |row| row.get(0));
    world.service.db().read(count).await.unwrap().unwrap()
}

on_both_engines! {
    /// MSG-5: what is too old is served by nothing from that moment on, is removed by the next sweep with all that hangs on it, and
    /// is not unread any more; places and changes go on where they were.
    async fn old_history_goes(db: Db) {
        let world = keeping(db, 7).await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        let (to_ben, to_anna) = (with(&ben), with(&anna));
        for text in ["one", "two", "three"] {
            world.say(&anna, &to_ben, text).await;
        }
        let hide = DeleteMessages { conversation_id: to_anna.clone(), sequences: vec![2] };
        world.call(&ben, hide).await.unwrap();
        world.service.put_clock_forward(4 * DAY);
        world.say(&anna, &to_ben, "young").await;
        world.service.put_clock_forward(2 * DAY);
        world.service.remove_old_history().await.unwrap();
        assert_eq!(served(&world, &ben, &to_anna).await, [1, 3, 4], "nothing is too old");
        let before = head(&world, &ben, &to_anna).await.counters;

        world.service.put_clock_forward(2 * DAY);
        assert_eq!(stored(&world).await, 4);
        for _ in ["still on the disk", "gone"] {
            assert_eq!(served(&world, &ben, &to_anna).await, [4]);
            let changes = SyncChanges { conversation_id: to_anna.clone(), after_mod: 0, limit: None };
            let changes = world.call(&ben, changes).await.unwrap().messages;
            assert_eq!(changes.iter().map(|message| message.sequence).collect::<Vec<_>>(), [4]);
            let located = LocateTime { conversation_id: to_anna.clone(), time: 1 };
            assert_eq!(world.call(&ben, located).await.unwrap().sequence, Some(4));
            world.service.remove_old_history().await.unwrap();
        }
        assert_eq!(stored(&world).await, 1);
        let after = head(&world, &ben, &to_anna).await;
        assert_eq!(after.counters, Counters { min_seq: 4, min_ord: 3, ..before }, "no counter moves");
        assert_eq!(after.unread_count, 1);
        let page = range(&world, &ben, &to_anna).await;
        assert_eq!((page.from_seq, page.to_seq, page.is_completed), (4, 4, true));
        let log = SyncUser { epoch: String::new(), after: 0, limit: None };
        let log = world.call(&ben, log).await.unwrap().entries;
        assert!(!log.iter().any(|entry| matches!(entry.item, UserItem::HiddenMessage(_))));

        // Everything goes, and it goes on.
        world.service.put_clock_forward(8 * DAY);
        assert!(head(&world, &ben, &to_anna).await.last_message.is_none());
        world.service.remove_old_history().await.unwrap();
        let emptied = head(&world, &ben, &to_anna).await;
        assert_eq!((emptied.counters.seq, emptied.counters.min_seq, emptied.unread_count), (4, 5, 0));
        assert_eq!(world.say(&anna, &to_ben, "again").await.message.sequence, 5);
        assert_eq!(served(&world, &ben, &to_anna).await, [5]);
        assert_eq!(head(&world, &ben, &to_anna).await.unread_count, 1);
        world.call(&ben, SetRead { conversation_id: to_anna.clone(), sequence: None }).await.unwrap();
        assert_eq!(head(&world, &ben, &to_anna).await.unread_count, 0);
        world.service.remove_old_history().await.unwrap();
        assert_eq!(stored(&world).await, 1);
    }

    /// MSG-5: a long history goes in several steps; other conversations are left alone.
    async fn long_history_goes_in_steps(db: Db) {
        let world = keeping(db, 1).await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        let team = of(&world.group(&anna, &[&ben]).await);
        for number in 0..501 {
            world.say(&anna, &team, &number.to_string()).await;
        }
        world.service.put_clock_forward(2 * DAY);
        world.say(&anna, &with(&ben), "young").await;
        world.service.remove_old_history().await.unwrap();
        assert_eq!(stored(&world).await, 1);
        let counters = head(&world, &ben, &team).await.counters;
        assert_eq!((counters.seq, counters.min_seq), (501, 502));
        assert_eq!((counters.ord, counters.min_ord), (501, 501));
        assert_eq!(served(&world, &ben, &with(&anna)).await, [1]);
    }

    /// MSG-5: 0 days keep it for ever.
    async fn history_is_kept_for_ever(db: Db) {
        let world = keeping(db, 0).await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        world.say(&anna, &with(&ben), "one").await;
        world.service.put_clock_forward(5000 * DAY);
        world.service.remove_old_history().await.unwrap();
        assert_eq!(served(&world, &ben, &with(&anna)).await, [1]);
    }
}
