//! The local copy from outside: what is on disk, what is drawn, what survives.

use hallway_protocol::ConversationId;
use hallway_protocol::message::MessageStatus;
use rusqlite::StatementStatus;
use serde_json::json;
use zeroize::Zeroizing;

use super::conv::Conv;
use super::messages::{Merged, Messages};
use super::outbox::Wish;
use super::*;
use crate::model::{Around, TimelineItem};
use crate::sync::log::{self, Rows};
use crate::sync::{Ranges, Stretch};
use crate::{Message, MessageId};

const SECRET: &str = "the otter sleeps at noon";

fn key(byte: u8) -> Zeroizing<[u8; 32]> {
    Zeroizing::new([byte; 32])
}

fn ann() -> ConversationId {
    "C2Cann".parse().unwrap()
}

fn message(seq: u64, modification: u64, text: &str) -> Message {
    serde_json::from_value(json!({
        "id": format!("7-1700000000-{seq}"), "conversation_id": "C2Cann", "from": "ann", "time": 1_700_000_000 + seq,
        "sequence": seq, "mod": modification, "ord": seq, "kind": "text", "payload": { "text": text },
    }))
    .unwrap()
}

/// A conversation of which everything is stored; `known` says which stretches count as known.
fn filled(db: &Connection, seq: u64, known: &[(u64, u64, Option<u64>)]) -> CacheResult<Conv> {
    let mut conv = Conv::new(ann());
    conv.counters.seq = seq;
    conv.counters.modification = seq;
    conv.changed_at = 1;
    conv.save(db)?;
    let ranges = Ranges::new(
        known.iter().map(|(from, to, as_of)| Stretch { from: *from, to: *to, as_of: *as_of }).collect(),
    );
    let mut store = Messages::new(db, conv.key, 1);
    for stretch in ranges.iter() {
        for seq in stretch.from..=stretch.to {
            store.merge(message(seq, seq, &format!("m{seq}")))?;
        }
    }
    conv::save_ranges(db, conv.key, &ranges)?;
    Ok(conv)
}

fn shape(items: &[TimelineItem]) -> Vec<String> {
    items
        .iter()
        .map(|item| match item {
            TimelineItem::Message(message) => message.sequence.to_string(),
            TimelineItem::Outgoing(_, None) => "waiting".into(),
            TimelineItem::Outgoing(_, Some(error)) => format!("failed {}", error.code),
            TimelineItem::Hole { from_seq, to_seq } => format!("hole {from_seq}..{to_seq}"),
        })
        .collect()
}

/// Local cache encryption: nothing of a message can be read from the files, and another key opens nothing.
#[tokio::test]
async fn what_is_on_disk_is_encrypted() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("cache.db");
    let cache = Cache::open(&path, &key(1)).unwrap();
    cache
        .write(|db| {
            let conv = filled(db, 0, &[])?;
            Messages::new(db, conv.key, 1).merge(message(1, 1, SECRET))?;
            Ok(())
        })
        .await
        .unwrap();
    let mut files = 0;
    for entry in std::fs::read_dir(dir.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes()));
        assert!(!bytes.windows(15).any(|window| window == b"SQLite format 3"));
        files += 1;
    }
    assert!(files >= 2, "the database and its log were looked at");
    cache.close().await;
    assert!(matches!(Cache::open(&path, &key(2)), Err(CacheError::WrongKey)));
    let again = Cache::open(&path, &key(1)).unwrap();
    let found = again.read(|db| messages::by_id(db, &message(1, 1, "").id)).await.unwrap();
    assert_eq!(found, Some(message(1, 1, SECRET)));
}

/// A copy of a newer version is left alone.
#[tokio::test]
async fn a_newer_copy_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("cache.db");
    let cache = Cache::open(&path, &key(1)).unwrap();
    cache.write(|db| Ok(db.pragma_update(None, "user_version", 99)?)).await.unwrap();
    cache.close().await;
    assert!(matches!(Cache::open(&path, &key(1)), Err(CacheError::Newer(99))));
}

/// R3: what is missing is drawn as a hole, never hidden; R9: old stretches are drawn and named for refreshing.
#[tokio::test]
async fn a_timeline_shows_rows_and_holes() {
    let dir = tempfile::tempdir().unwrap();
    let cache = Cache::open(&dir.path().join("cache.db"), &key(1)).unwrap();
    cache.write(|db| filled(db, 40, &[(3, 6, Some(9)), (20, 25, None), (31, 38, None)])).await.unwrap();
    let read = |around, before, after| {
        let cache = cache.clone();
        async move { cache.read(move |db| timeline::read(db, &ann(), around, before, after)).await.unwrap() }
    };
    let view = read(Around::Latest, 5, 0).await;
    assert_eq!(shape(&view.timeline.items), ["35", "36", "37", "38", "hole 39..40"]);
    assert!(view.timeline.has_older && !view.timeline.has_newer && view.old.is_empty());

    let view = read(Around::Latest, 100, 0).await;
    let all = shape(&view.timeline.items);
    assert_eq!(all[..6], ["hole 1..2", "3", "4", "5", "6", "hole 7..19"]);
    assert!(!view.timeline.has_older);
    assert_eq!(view.old, [Stretch { from: 3, to: 6, as_of: Some(9) }]);

    let view = read(Around::Sequence(23), 2, 3).await;
    assert_eq!(shape(&view.timeline.items), ["21", "22", "23", "24", "25", "hole 26..30"]);
    assert!(view.timeline.has_older && view.timeline.has_newer);

    // A place nobody has: the hole is divided there, so that filling brings what is around it.
    let view = read(Around::Sequence(10), 1, 0).await;
    assert_eq!(shape(&view.timeline.items), ["hole 7..9", "hole 10..19"]);
}

/// R9: what is drawn of a conversation costs the same, however long the conversation is.
#[tokio::test]
async fn a_page_of_a_long_conversation_costs_what_one_of_a_short_one_does() {
    // Steps of the engine for one page at the end and one in the middle.
    async fn steps(length: u64) -> [i32; 2] {
        let dir = tempfile::tempdir().unwrap();
        let cache = Cache::open(&dir.path().join("cache.db"), &key(1)).unwrap();
        let read = move |db: &Connection| {
            filled(db, length, &[(1, length, None)])?;
            for (around, before, after) in [(Around::Latest, 80, 0), (Around::Sequence(length / 2), 40, 39)] {
                assert_eq!(timeline::read(db, &ann(), around, before, after)?.timeline.items.len(), 80);
            }
            let steps = |sql| db.prepare_cached(sql).map(|it| it.get_status(StatementStatus::VmStep));
            Ok([steps(messages::NEWEST)?, steps(messages::OLDEST)?])
        };
        cache.write(read).await.unwrap()
    }
    let short = steps(200).await;
    assert!(short.iter().all(|steps| *steps > 80), "{short:?}");
    assert_eq!(short, steps(4_000).await);
}

/// PLUS-5, `docs/sync_model.md` §13.6: nothing outside of what is for this user is drawn.
#[tokio::test]
async fn deleted_cleared_and_foreign_messages_are_not_drawn() {
    let dir = tempfile::tempdir().unwrap();
    let cache = Cache::open(&dir.path().join("cache.db"), &key(1)).unwrap();
    let items = cache
        .write(|db| {
            let mut conv = filled(db, 20, &[(1, 20, None)])?;
            conv.state.min_seq = 10;
            conv.state.max_seq = Some(14);
            conv.save(db)?;
            let it = message(12, 12, "");
            let hidden = hallway_protocol::sync::HiddenMessage {
                conversation_id: it.conversation_id,
                sequence: 12,
                id: it.id,
            };
            messages::hide(db, conv.key, &hidden, true)?;
            assert_eq!(messages::by_id(db, &hidden.id)?, None);
            Ok(timeline::read(db, &ann(), Around::Latest, 50, 0)?.timeline)
        })
        .await
        .unwrap();
    assert_eq!(shape(&items.items), ["11", "13", "14"]);
    assert!(!items.has_older);
}

/// PLUS-3, MSG-59: a message is in the outbox or among the stored ones, and only once.
#[tokio::test]
async fn the_outbox_keeps_order_and_takes_a_message_once() {
    let dir = tempfile::tempdir().unwrap();
    let cache = Cache::open(&dir.path().join("cache.db"), &key(1)).unwrap();
    let unsent = |number: u32| Message {
        id: MessageId::new(1, 1_700_000_000, number),
        sequence: 0,
        status: MessageStatus::UnSend,
        ..message(0, 0, "out")
    };
    cache
        .write_durably(move |db| {
            for number in [5, 3, 9] {
                outbox::add(db, &unsent(number), &Wish::default(), 0)?;
            }
            Ok(())
        })
        .await
        .unwrap();
    let twice = cache.write(move |db| outbox::add(db, &unsent(3), &Wish::default(), 0)).await;
    assert!(matches!(twice, Err(CacheError::Refused(error)) if error.code.code() == 2905));
    cache.close().await;

    let cache = Cache::open(&dir.path().join("cache.db"), &key(1)).unwrap();
    let order = cache
        .write(move |db| {
            let all = outbox::all(db)?;
            // Sent again: at the end (MSG-60).
            outbox::remove(db, &unsent(5).id)?;
            outbox::add(db, &unsent(5), &Wish::default(), 0)?;
            let view = timeline::read(db, &ann(), Around::Latest, 10, 0)?;
            assert_eq!(shape(&view.timeline.items), ["waiting"; 3]);
            Ok((all, outbox::all(db)?))
        })
        .await
        .unwrap();
    let ids =
        |all: Vec<outbox::Outgoing>| all.into_iter().map(|it| it.message.id.clone()).collect::<Vec<_>>();
    assert_eq!(ids(order.0), [5, 3, 9].map(|number| unsent(number).id));
    assert_eq!(ids(order.1), [3, 9, 5].map(|number| unsent(number).id));
}

/// The higher `mod` wins, in whatever order states of a row arrive, and a reset drops what lies outside of stretches.
#[tokio::test]
async fn rows_are_merged_by_their_change_number() {
    let dir = tempfile::tempdir().unwrap();
    let cache = Cache::open(&dir.path().join("cache.db"), &key(1)).unwrap();
    cache
        .write(|db| {
            let conv = filled(db, 0, &[])?;
            let mut store = Messages::new(db, conv.key, 1);
            store.merge(message(1, 5, "new"))?;
            store.merge(message(1, 2, "old"))?;
            assert_eq!(store.merged, [Merged::New(message(1, 5, "new"))]);
            store.merge(message(9, 6, "outside"))?;
            let mut ranges = Ranges::new(vec![Stretch { from: 1, to: 1, as_of: None }]);
            log::reset(
                &mut ranges,
                &mut store,
                (6, 31),
                (20, 21),
                [message(20, 30, "a"), message(21, 31, "b")],
            )?;
            assert_eq!(messages::at(db, conv.key, 1)?, Some(message(1, 5, "new")));
            assert_eq!(messages::at(db, conv.key, 9)?, None);
            assert_eq!(ranges.at(1).unwrap().as_of, Some(6));
            assert!(store.has(21)?);
            Ok(())
        })
        .await
        .unwrap();
}

/// OBJ-49: what is on messages is drawn with them; the newer state wins, what is gone is not drawn, and a reset drops what
/// lies outside of known stretches.
#[tokio::test]
async fn what_is_on_messages_is_drawn_with_them() {
    let dir = tempfile::tempdir().unwrap();
    let cache = Cache::open(&dir.path().join("cache.db"), &key(1)).unwrap();
    let note = |seq: u64, modification: u64, gone: bool, data: serde_json::Value| {
        let mut json = json!({ "id": format!("7-1700000000-{seq}"), "sequence": seq, "mod": modification, "gone": gone });
        json.as_object_mut().unwrap().extend(data.as_object().unwrap().clone());
        serde_json::from_value::<hallway_protocol::annotation::Annotation>(json).unwrap()
    };
    let reaction = |id: &str, total: u32, since: u64| json!({ "kind": "reaction", "data": { "reaction_id": id, "total_user_count": total, "since": since } });
    let own = |id: &str| json!({ "kind": "own_reaction", "data": { "reaction_id": id } });
    let extension = json!({ "kind": "extension", "data": { "key": "a", "value": "1" } });
    let all = [
        note(5, 52, false, reaction("b", 1, 50)),
        note(5, 53, false, reaction("a", 2, 51)),
        note(5, 53, false, own("a")),
        note(5, 40, false, reaction("a", 9, 51)),
        note(6, 60, true, extension.clone()),
        note(6, 59, false, extension),
        note(30, 60, false, reaction("x", 1, 60)),
        note(31, 70, false, reaction("y", 1, 70)),
    ];
    let (stored, left) = cache
        .write(move |db| {
            let conv = filled(db, 40, &[(3, 6, None)])?;
            let stored: Vec<bool> =
                all.iter().map(|it| annotation::put(db, conv.key, it)).collect::<CacheResult<_>>()?;
            let ranges = conv::ranges(db, conv.key)?;
            Messages::new(db, conv.key, 1).keep_only(&ranges, 65)?;
            let left = db.query_row("SELECT count(*) FROM annotation", [], |row| row.get::<_, i64>(0))?;
            Ok((stored, left))
        })
        .await
        .unwrap();
    assert_eq!(stored, [true, true, true, false, false, false, true, true]);
    assert_eq!(left, 5, "the one at 30 is old and lies outside");
    let found = cache.read(|db| messages::by_id(db, &message(5, 5, "").id)).await.unwrap().unwrap();
    let shown: Vec<_> = found
        .reactions
        .iter()
        .map(|it| (it.reaction_id.as_str(), it.total_user_count, it.reacted_by_myself))
        .collect();
    assert_eq!(shown, [("b", 1, false), ("a", 2, true)], "in the order in which they came up");
    let view = cache.read(|db| timeline::read(db, &ann(), Around::Sequence(6), 4, 0)).await.unwrap();
    let drawn = view.timeline.items.iter().filter_map(|item| match item {
        TimelineItem::Message(message) => Some((message.reactions.len(), message.extensions.len())),
        _ => None,
    });
    assert_eq!(drawn.collect::<Vec<_>>(), [(0, 0), (0, 0), (2, 0), (0, 0)]);
}
