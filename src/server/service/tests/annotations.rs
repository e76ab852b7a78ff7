//! Reactions, extensions, receipts and pins.

use std::collections::BTreeSet;

use hallway_protocol::annotation::{Annotation, Note};
use hallway_protocol::ids::ConversationId;
use hallway_protocol::message::ReadReceiptInfo;
use hallway_protocol::method::{
    AddMessageReaction, DeleteMessageExtensions, ExtensionKey, ExtensionWish, GetPinnedMessages, GetRange,
    GetReactionUsers, GetReadMembers, PinGroupMessage, QuitGroup, ReadFilter, RemoveMessageReaction,
    RevokeMessage, SendMessage, SendMessageReadReceipt, SetMessageExtensions, SyncChanges,
};
use hallway_protocol::sync::{Annotated, Range};
use hallway_protocol::{ChatError, ErrorCode};

use super::{Person, World, code, of, on_both_engines, with};

async fn react(world: &World, who: &Person, id: &ConversationId, what: &str) -> Result<Annotated, ChatError> {
    let call = AddMessageReaction { conversation_id: id.clone(), sequence: 1, reaction_id: what.into() };
    world.call(who, call).await
}

async fn unreact(
    world: &World,
    who: &Person,
    id: &ConversationId,
    what: &str,
) -> Result<Annotated, ChatError> {
    let call = RemoveMessageReaction { conversation_id: id.clone(), sequence: 1, reaction_id: what.into() };
    world.call(who, call).await
}

async fn history(world: &World, who: &Person, id: &ConversationId, changed_after: u64) -> Range {
    let call = GetRange { conversation_id: id.clone(), from_seq: 1, to_seq: 100, changed_after };
    world.call(who, call).await.unwrap()
}

/// A reaction, how many gave it, and who.
type Given = (String, u32, Vec<String>);

/// How often each reaction was given, who is named, and which are one's own.
fn reactions(list: &[Annotation]) -> (Vec<Given>, BTreeSet<String>) {
    let (mut all, mut own) = (Vec::new(), BTreeSet::new());
    for it in list {
        match &it.note {
            Note::Reaction(count) => {
                let named = count.partial_user_list.iter().map(|user| user.user_id.to_string()).collect();
                assert_eq!(it.gone, count.total_user_count == 0);
                all.push((count.reaction_id.clone(), count.total_user_count, named));
            }
            Note::OwnReaction { reaction_id } if !it.gone => {
                own.insert(reaction_id.clone());
            }
            _ => {}
        }
    }
    (all, own)
}

fn extension(key: &str, value: &str, version: u64) -> ExtensionWish {
    ExtensionWish { key: key.into(), value: value.into(), version }
}

fn set(id: &ConversationId, list: Vec<ExtensionWish>) -> SetMessageExtensions {
    SetMessageExtensions { conversation_id: id.clone(), sequence: 1, extension_list: list }
}

/// The extensions of an answer: key, value, version.
fn extensions(list: &[Annotation]) -> Vec<(String, String, u64)> {
    let keys = list.iter().filter(|it| !it.gone).filter_map(|it| match &it.note {
        Note::Extension(extension) => Some((extension.key.clone(), extension.value.clone(), it.modification)),
        _ => None,
    });
    keys.collect()
}

fn receipt(list: &[Annotation]) -> Option<ReadReceiptInfo> {
    list.iter().find_map(|it| if let Note::ReadReceipt(info) = it.note { Some(info) } else { None })
}

async fn poll(world: &World, who: &Person, id: &ConversationId) {
    let call = SendMessage { is_support_extension: true, ..world.text(who, id, "Lunch?") };
    world.call(who, call).await.unwrap();
}

async fn wanting_receipts(world: &World, who: &Person, id: &ConversationId) -> Option<ReadReceiptInfo> {
    let call = SendMessage { need_read_receipt: true, ..world.text(who, id, "read this") };
    world.call(who, call).await.unwrap().message.read_receipt_info
}

async fn acknowledge(
    world: &World,
    who: &Person,
    id: &ConversationId,
    sequences: &[u64],
) -> Result<Annotated, ChatError> {
    world
        .call(who, SendMessageReadReceipt { conversation_id: id.clone(), sequences: sequences.to_vec() })
        .await
}

on_both_engines! {
    /// MSG-80, MSG-81, MSG-97: a reaction reaches everybody with its count and those who gave it; whether it is one's own
    /// is told to each alone, on all their instances.
    async fn reactions_reach_everybody_and_own_ones_their_owner(db: Db) {
        let world = World::new(db).await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        let second = world.sign_in("ben", "second").await;
        let group = world.group(&anna, &[&ben]).await;
        let id = of(&group);
        world.say(&anna, &id, "hello").await;
        for person in [&anna, &ben, &second] {
            person.drain(&world).await;
        }
        let done = react(&world, &ben, &id, "👍").await.unwrap();
        let expected = vec![("👍".to_owned(), 1, vec!["ben".to_owned()])];
        let own = BTreeSet::from(["👍".to_owned()]);
        assert_eq!(reactions(&done.annotations), (expected.clone(), own.clone()));
        assert_eq!(done.counters.modification, done.prev_mod + 1);

        let frame = anna.next_frame(&id).await;
        assert_eq!((frame.prev_mod, frame.counters), (done.prev_mod, done.counters));
        assert_eq!(reactions(&frame.annotations), (expected.clone(), BTreeSet::new()));
        assert!(frame.messages.is_empty(), "the message itself does not travel again");
        assert_eq!(reactions(&second.next_frame(&id).await.annotations), (expected.clone(), own.clone()));
        assert!(ben.drain(&world).await.is_empty(), "the caller has the answer");
        assert_eq!(code(react(&world, &ben, &id, "👍").await), 23007);
        assert_eq!(code(unreact(&world, &anna, &id, "👍").await), 23009);
        assert_eq!(code(unreact(&world, &anna, &id, "🍜").await), 23008);

        react(&world, &anna, &id, "👍").await.unwrap();
        let (all, _) = reactions(&history(&world, &ben, &id, 0).await.annotations);
        assert_eq!(all, [("👍".to_owned(), 2, vec!["ben".to_owned(), "anna".to_owned()])]);
        unreact(&world, &ben, &id, "👍").await.unwrap();
        let seen = reactions(&history(&world, &ben, &id, 0).await.annotations);
        assert_eq!(seen, (vec![("👍".to_owned(), 1, vec!["anna".to_owned()])], BTreeSet::new()));
        unreact(&world, &anna, &id, "👍").await.unwrap();
        assert!(history(&world, &ben, &id, 0).await.annotations.is_empty());
        assert_eq!(code(unreact(&world, &anna, &id, "👍").await), 23008);
    }

    /// OBJ-49: who was away finds reactions with the changes and with the history, as they are now; what was taken back
    /// meanwhile is named as gone.
    async fn who_was_away_finds_reactions_with_history_and_changes(db: Db) {
        let world = World::new(db).await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        let (to_ben, to_anna) = (with(&ben), with(&anna));
        let stored = world.say(&anna, &to_ben, "hello").await;
        let first = react(&world, &ben, &to_anna, "👍").await.unwrap();
        react(&world, &ben, &to_anna, "🍜").await.unwrap();
        unreact(&world, &ben, &to_anna, "👍").await.unwrap();
        let changes = async |who: &Person, id: &ConversationId, after_mod: u64| {
            let call = SyncChanges { conversation_id: id.clone(), after_mod, limit: None };
            world.call(who, call).await.unwrap().annotations
        };
        let since = changes(&anna, &to_ben, stored.counters.modification).await;
        let (all, own) = reactions(&since);
        assert_eq!(all, [("👍".to_owned(), 0, vec![]), ("🍜".to_owned(), 1, vec!["ben".to_owned()])].into_iter().rev().collect::<Vec<_>>());
        assert!(own.is_empty());
        assert_eq!(reactions(&changes(&ben, &to_anna, 0).await).1, BTreeSet::from(["🍜".to_owned()]));
        let after = history(&world, &anna, &to_ben, first.counters.modification).await;
        assert_eq!(reactions(&after.annotations).0.len(), 2, "gone ones are named where something is brought up to date");
        assert_eq!(reactions(&history(&world, &anna, &to_ben, 0).await.annotations).0.len(), 1);
    }

    /// MSG-8: different reactions, people per reaction and names with them, at the limit and past it. MSG-83: all of them,
    /// a page at a time.
    async fn limits_of_reactions(db: Db) {
        let world = World::with(db, |config| {
            let limits = [("reactions_per_message", 2), ("users_per_reaction", 12), ("reaction_user_page", 5)];
            config.limits.overrides.extend(limits.map(|(name, value)| (name.to_owned(), value.into())));
        })
        .await;
        let mut people = Vec::new();
        for number in 0..13 {
            people.push(world.join(&format!("p{number:02}")).await);
        }
        let [first, others @ ..] = people.as_slice() else { unreachable!() };
        let id = of(&world.group(first, &others.iter().collect::<Vec<_>>()).await);
        world.say(first, &id, "hello").await;
        for person in &people[..12] {
            react(&world, person, &id, "👍").await.unwrap();
        }
        assert_eq!(code(react(&world, &people[12], &id, "👍").await), 23006);
        react(&world, first, &id, "b").await.unwrap();
        assert_eq!(code(react(&world, first, &id, "c").await), 23005);
        unreact(&world, first, &id, "b").await.unwrap();
        react(&world, first, &id, "c").await.unwrap();
        assert_eq!(code(react(&world, first, &id, "").await), 6017);
        assert_eq!(code(react(&world, first, &id, &"x".repeat(65)).await), 6017);
        assert_eq!(code(react(&world, first, &id, "a\0b").await), 6017);

        let (all, _) = reactions(&history(&world, first, &id, 0).await.annotations);
        let (_, total, named) = all.iter().find(|(what, ..)| what == "👍").unwrap();
        assert_eq!((*total, named.len(), named[0].as_str()), (12, 10, "p00"));
        let (mut seen, mut next_seq) = (Vec::new(), 0);
        loop {
            let (reaction_id, count) = ("👍".into(), Some(100));
            let call = GetReactionUsers { conversation_id: id.clone(), sequence: 1, reaction_id, next_seq, count };
            let page = world.call(&people[12], call).await.unwrap();
            assert!(page.user_list.len() <= 5);
            seen.extend(page.user_list.into_iter().map(|user| (user.user_id.to_string(), user.nick)));
            next_seq = page.next_seq;
            assert_eq!(page.is_completed, next_seq == 0);
            if page.is_completed {
                break;
            }
        }
        let expected: Vec<_> = (0..12).map(|n| (format!("p{n:02}"), format!("P{n:02}"))).collect();
        assert_eq!(seen, expected);
        let call = GetReactionUsers { conversation_id: id.clone(), sequence: 1, reaction_id: "z".into(), next_seq: 0, count: None };
        assert_eq!(code(world.call(first, call).await), 23008);

        // What is gone is kept, and so it is counted: five times as many, and no new ones after that.
        let mut last = "c".to_owned();
        for next in ["d", "e", "f", "g", "h", "i", "j"] {
            unreact(&world, first, &id, &last).await.unwrap();
            react(&world, first, &id, next).await.unwrap();
            last = next.to_owned();
        }
        unreact(&world, first, &id, &last).await.unwrap();
        assert_eq!(code(react(&world, first, &id, "k").await), 23005);
        react(&world, first, &id, "b").await.unwrap();
    }

    /// Many who react together share changes: fewer numbers than reactions, all counted, one frame per number, and
    /// whoever reacts twice is refused once.
    async fn reactions_that_come_together_share_a_change(db: Db) {
        let world = World::new(db).await;
        let mut people = Vec::new();
        for number in 0..30 {
            people.push(world.join(&format!("p{number:02}")).await);
        }
        let [first, others @ ..] = people.as_slice() else { unreachable!() };
        let id = of(&world.group(first, &others.iter().collect::<Vec<_>>()).await);
        let before = world.say(first, &id, "hello").await.counters.modification;
        let twice = others.iter().chain(others);
        let all = futures_util::future::join_all(twice.map(|person| react(&world, person, &id, "👍"))).await;
        assert_eq!(all.iter().filter(|result| result.is_ok()).count(), 29);
        let refused = all.iter().filter_map(|result| result.as_ref().err());
        assert!(refused.into_iter().all(|error| error.code == ErrorCode::ReactionExists));
        let range = history(&world, first, &id, 0).await;
        assert!(range.as_of - before < 15, "{} changes", range.as_of - before);
        assert_eq!(reactions(&range.annotations).0[0].1, 29);
        // What each was answered and told holds everything: nobody has to ask again.
        let frames = first.drain(&world).await;
        let numbers = frames.iter().filter(|event| {
            let hallway_protocol::event::ServerEvent::ConversationFrame(frame) = event else { return false };
            frame.counters.modification > before
        });
        assert_eq!(numbers.count() as u64, range.as_of - before);
        for person in others {
            let seen = history(&world, person, &id, 0).await;
            assert_eq!(reactions(&seen.annotations).1.len(), 1);
        }
    }

    /// OBJ-101, MSG-80, MSG-61: nothing is put on tips and recalled messages; what was on a message goes with it. What is
    /// targeted stays between those it is for.
    async fn what_nothing_can_be_put_on(db: Db) {
        let world = World::new(db).await;
        let (anna, ben, carl) =
            (world.join("anna").await, world.join("ben").await, world.join("carl").await);
        let group = world.group(&anna, &[&ben, &carl]).await;
        let id = of(&group);
        let secret = SendMessage { receiver_list: vec![ben.id.clone()], ..world.text(&anna, &id, "psst") };
        let place = world.call(&anna, secret).await.unwrap().message.sequence;
        for person in [&anna, &ben, &carl] {
            person.drain(&world).await;
        }
        let on = |sequence| AddMessageReaction { conversation_id: id.clone(), sequence, reaction_id: "x".into() };
        world.call(&ben, on(place)).await.unwrap();
        assert_eq!(reactions(&anna.next_frame(&id).await.annotations).0.len(), 1);
        let frame = carl.next_frame(&id).await;
        assert!(frame.annotations.is_empty() && frame.counters.modification > 0);
        assert!(history(&world, &carl, &id, 0).await.annotations.is_empty());
        assert_eq!(code(world.call(&carl, on(place)).await), 10030);
        let call = RevokeMessage { conversation_id: id.clone(), sequence: place, reason: String::new() };
        world.call(&anna, call).await.unwrap();
        assert!(history(&world, &ben, &id, 0).await.annotations.is_empty());
        assert_eq!(code(world.call(&ben, on(place)).await), 2905);
        world.call(&carl, QuitGroup { group_id: group.group_id.clone() }).await.unwrap();
        let tips = history(&world, &anna, &id, 0).await;
        let tip = tips.messages.last().unwrap();
        assert_eq!(tip.payload.kind(), "group_tip");
        assert_eq!(code(world.call(&ben, on(tip.sequence)).await), 2905);
        assert_eq!(code(world.call(&carl, on(tip.sequence)).await), 10007);
    }

    /// MSG-75, MSG-76, MSG-95: keys are set for all; of two who write one together the second gets 23001 and what is
    /// there now, with which it succeeds.
    async fn extensions_have_a_version_each(db: Db) {
        let world = World::new(db).await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        let id = of(&world.group(&anna, &[&ben]).await);
        poll(&world, &anna, &id).await;
        ben.drain(&world).await;
        let done = world.call(&anna, set(&id, vec![extension("a", "1", 0), extension("b", "1", 0)])).await.unwrap();
        assert!(done.extensions.iter().all(|it| it.code.is_none()));
        let version = done.annotated.counters.modification;
        let expected = vec![("a".to_owned(), "1".to_owned(), version), ("b".to_owned(), "1".to_owned(), version)];
        assert_eq!(extensions(&ben.next_frame(&id).await.annotations), expected);
        assert_eq!(extensions(&history(&world, &ben, &id, 0).await.annotations), expected);

        let late = world.call(&ben, set(&id, vec![extension("a", "2", 0), extension("c", "2", 0)])).await.unwrap();
        let results: Vec<_> =
            late.extensions.iter().map(|it| (it.code, it.key.as_str(), it.value.as_str())).collect();
        assert_eq!(results, [(Some(ErrorCode::ExtensionConflict), "a", "1"), (None, "c", "2")]);
        let told = extensions(&late.annotated.annotations);
        assert!(told.contains(&("a".to_owned(), "1".to_owned(), version)), "{told:?}");
        let again = world.call(&ben, set(&id, vec![extension("a", "2", version)])).await.unwrap();
        assert_eq!(again.extensions[0].code, None);

        let both = [("x", &anna), ("y", &ben)].map(|(value, who)| world.call(who, set(&id, vec![extension("d", value, 0)])));
        let both = futures_util::future::join_all(both).await;
        let codes: Vec<_> = both.iter().map(|done| done.as_ref().unwrap().extensions[0].code).collect();
        assert!(codes == [None, Some(ErrorCode::ExtensionConflict)] || codes == [Some(ErrorCode::ExtensionConflict), None]);
    }

    /// MSG-77, MSG-96: keys are removed with their version or all at once, and can be set again by who never saw them.
    async fn extensions_are_removed(db: Db) {
        let world = World::new(db).await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        let id = of(&world.group(&anna, &[&ben]).await);
        poll(&world, &anna, &id).await;
        let list = ["a", "b", "c"].map(|key| extension(key, "1", 0)).to_vec();
        let version = world.call(&anna, set(&id, list)).await.unwrap().annotated.counters.modification;
        let remove = |keys: Option<Vec<(&str, u64)>>| {
            let key = |(key, version): (&str, u64)| ExtensionKey { key: key.into(), version };
            let key_list = keys.map(|keys| keys.into_iter().map(key).collect());
            world.call(&ben, DeleteMessageExtensions { conversation_id: id.clone(), key_list, sequence: 1 })
        };
        anna.drain(&world).await;
        let done = remove(Some(vec![("a", version), ("b", 0), ("z", 0)])).await.unwrap();
        let codes: Vec<_> = done.extensions.iter().map(|it| (it.key.as_str(), it.code)).collect();
        assert_eq!(codes, [("a", None), ("b", Some(ErrorCode::ExtensionConflict)), ("z", None)]);
        let frame = anna.next_frame(&id).await;
        assert!(matches!(frame.annotations.as_slice(), [it] if it.gone && it.note.name() == "a"));
        assert_eq!(remove(None).await.unwrap().extensions.len(), 2);
        assert!(extensions(&history(&world, &anna, &id, 0).await.annotations).is_empty());
        let again = world.call(&ben, set(&id, vec![extension("a", "2", 0)])).await.unwrap();
        assert_eq!(again.extensions[0].code, None);
        // What belongs to a person is written and removed by them alone; `remove` is Ben's.
        let own = set(&id, vec![extension("@anna", "mine", 0)]);
        assert_eq!(code(world.call(&ben, own.clone()).await), 10007);
        let version = world.call(&anna, own).await.unwrap().annotated.counters.modification;
        assert_eq!(code(remove(Some(vec![("@anna", version)])).await), 10007);
        assert_eq!(remove(None).await.unwrap().extensions.len(), 1);
        let left = extensions(&history(&world, &anna, &id, 0).await.annotations);
        assert_eq!(left, [("@anna".to_owned(), "mine".to_owned(), version)]);
    }

    /// MSG-7, MSG-78: sizes and numbers at the limit and past it; only messages that were sent for it.
    async fn limits_of_extensions(db: Db) {
        let world = World::new(db).await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        let id = with(&ben);
        world.say(&anna, &id, "plain").await;
        assert_eq!(code(world.call(&anna, set(&id, vec![extension("a", "1", 0)])).await), 2905);
        let id = of(&world.group(&anna, &[&ben]).await);
        poll(&world, &anna, &id).await;
        let one = |key: usize, value: usize| set(&id, vec![extension(&"k".repeat(key), &"v".repeat(value), 0)]);
        assert!(world.call(&anna, one(100, 1024)).await.is_ok());
        let odd = |key, value| set(&id, vec![extension(key, value, 0)]);
        for bad in [one(101, 1), one(1, 1025), one(0, 1), set(&id, vec![]), odd("\0", ""), odd("a", "\0")] {
            assert_eq!(code(world.call(&anna, bad).await), 6017);
        }
        let many = |from: usize, count: usize| {
            set(&id, (from..from + count).map(|n| extension(&n.to_string(), "", 0)).collect())
        };
        assert_eq!(code(world.call(&anna, many(0, 21)).await), 6017);
        for batch in 0..14 {
            world.call(&anna, many(batch * 20, 20)).await.unwrap();
        }
        world.call(&anna, many(280, 19)).await.unwrap();
        assert_eq!(code(world.call(&anna, many(299, 1)).await), 6017);
        let twice = set(&id, vec![extension("q", "1", 0), extension("q", "2", 0)]);
        assert_eq!(code(world.call(&anna, twice).await), 6017);
    }

    /// MSG-85, OBJ-42, OBJ-43, MSG-94: one to one, the sender is told that it was read and when, once; the read position
    /// does not move.
    async fn receipts_one_to_one(db: Db) {
        let world = World::new(db).await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        let (to_ben, to_anna) = (with(&ben), with(&anna));
        assert_eq!(wanting_receipts(&world, &anna, &to_ben).await.unwrap().is_peer_read, Some(false));
        world.say(&anna, &to_ben, "plain").await;
        assert_eq!(code(acknowledge(&world, &ben, &to_anna, &[2]).await), 2114);
        assert_eq!(code(acknowledge(&world, &anna, &to_ben, &[1]).await), 2114, "one's own");
        acknowledge(&world, &ben, &to_anna, &[1, 2]).await.unwrap();
        let frame = anna.next_frame(&to_ben).await;
        let info = receipt(&frame.annotations).unwrap();
        assert_eq!((info.is_peer_read, info.timestamp.is_some()), (Some(true), true));
        assert_eq!(receipt(&history(&world, &anna, &to_ben, 0).await.annotations), Some(info));
        assert_eq!(receipt(&history(&world, &ben, &to_anna, 0).await.annotations), None, "the sender's business");
        assert_eq!(code(acknowledge(&world, &ben, &to_anna, &[1]).await), 2114);
        let head = world.call(&ben, hallway_protocol::method::GetConversation { conversation_id: to_anna.clone() }).await;
        assert_eq!(head.unwrap().state.read.read_seq, 0);
        assert_eq!(code(acknowledge(&world, &ben, &to_anna, &[1; 31]).await), 6017);
    }

    /// MSG-86, MSG-87, MSG-88: in groups the sender is told how many have read it of those who were there, and who.
    async fn receipts_in_groups(db: Db) {
        let world = World::new(db).await;
        let (anna, ben, carl, dora) = (
            world.join("anna").await,
            world.join("ben").await,
            world.join("carl").await,
            world.join("dora").await,
        );
        let id = of(&world.group(&anna, &[&ben, &carl, &dora]).await);
        let sent = wanting_receipts(&world, &anna, &id).await.unwrap();
        assert_eq!((sent.read_count, sent.unread_count), (Some(0), Some(3)));
        anna.drain(&world).await;
        acknowledge(&world, &carl, &id, &[1]).await.unwrap();
        let info = receipt(&anna.next_frame(&id).await.annotations).unwrap();
        assert_eq!((info.read_count, info.unread_count), (Some(1), Some(2)));
        acknowledge(&world, &ben, &id, &[1]).await.unwrap();
        let info = receipt(&history(&world, &anna, &id, 0).await.annotations).unwrap();
        assert_eq!((info.read_count, info.unread_count), (Some(2), Some(1)));

        let page = |who, filter, cursor: &str, count| {
            let (conversation_id, cursor) = (id.clone(), cursor.to_owned());
            world.call(who, GetReadMembers { conversation_id, sequence: 1, filter, cursor, count })
        };
        let first = page(&anna, ReadFilter::Read, "", Some(1)).await.unwrap();
        assert_eq!((first.user_id_list, first.is_completed), (vec![carl.id.clone()], false));
        let rest = page(&anna, ReadFilter::Read, &first.cursor, Some(1)).await.unwrap();
        assert_eq!((rest.user_id_list, rest.is_completed), (vec![ben.id.clone()], true));
        let unread = page(&anna, ReadFilter::Unread, "", None).await.unwrap();
        assert_eq!((unread.user_id_list, unread.is_completed), (vec![dora.id.clone()], true));
        assert_eq!(code(page(&ben, ReadFilter::Read, "", None).await), 10007);
        world.say(&anna, &id, "plain").await;
        let plain = GetReadMembers {
            conversation_id: id.clone(), sequence: 2, filter: ReadFilter::Read, cursor: String::new(), count: None,
        };
        assert_eq!(code(world.call(&anna, plain).await), 10062);
        // Who left after it was sent was there all the same.
        let ConversationId::Group(group_id) = id.clone() else { unreachable!() };
        world.call(&dora, QuitGroup { group_id }).await.unwrap();
        let unread = page(&anna, ReadFilter::Unread, "", None).await.unwrap();
        assert_eq!(unread.user_id_list, std::slice::from_ref(&dora.id));
    }

    /// MSG-11, MSG-50: groups that are too large carry no receipts; at the limit they do.
    async fn large_groups_have_no_receipts(db: Db) {
        let world = World::with(db, |config| {
            config.limits.overrides.insert("receipt_group_members".into(), 2.into());
        })
        .await;
        let (anna, ben, carl) =
            (world.join("anna").await, world.join("ben").await, world.join("carl").await);
        let small = of(&world.group(&anna, &[&ben]).await);
        assert!(wanting_receipts(&world, &anna, &small).await.is_some());
        let large = of(&world.group(&anna, &[&ben, &carl]).await);
        let call = SendMessage { need_read_receipt: true, ..world.text(&anna, &large, "x") };
        assert_eq!(code(world.call(&anna, call).await), 10060);
    }

    /// MSG-68, MSG-69, MSG-98, MSG-10: any member pins; all are told, with who did it; the latest pin is first; recalled
    /// messages are pinned no more.
    async fn pinned_messages(db: Db) {
        let world = World::with(db, |config| {
            config.limits.overrides.insert("pinned_messages".into(), 2.into());
        })
        .await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        let group = world.group(&anna, &[&ben]).await;
        let id = of(&group);
        for text in ["one", "two", "three"] {
            world.say(&anna, &id, text).await;
        }
        anna.drain(&world).await;
        let pin = |who, sequence, is_pinned| {
            world.call(who, PinGroupMessage { group_id: group.group_id.clone(), sequence, is_pinned })
        };
        let pinned = async |who: &Person| {
            let list = world.call(who, GetPinnedMessages { group_id: group.group_id.clone() }).await.unwrap().message_list;
            let line = |it: &hallway_protocol::method::PinnedMessage| {
                (it.message.sequence, it.pin.operator_info.user_id.to_string())
            };
            list.iter().map(line).collect::<Vec<_>>()
        };
        pin(&ben, 1, true).await.unwrap();
        let frame = anna.next_frame(&id).await;
        let told = frame.annotations.first().unwrap();
        assert!(matches!(&told.note, Note::Pin(pin) if pin.operator_info.user_id == ben.id) && !told.gone);
        pin(&anna, 2, true).await.unwrap();
        assert_eq!(pinned(&ben).await, [(2, "anna".to_owned()), (1, "ben".to_owned())]);
        assert_eq!(code(pin(&anna, 3, true).await), 10070);
        assert!(pin(&anna, 2, true).await.is_ok(), "it is so already");
        pin(&anna, 1, false).await.unwrap();
        pin(&anna, 3, true).await.unwrap();
        assert_eq!(pinned(&anna).await, [(3, "anna".to_owned()), (2, "anna".to_owned())]);
        let call = RevokeMessage { conversation_id: id.clone(), sequence: 3, reason: String::new() };
        world.call(&anna, call).await.unwrap();
        assert_eq!(pinned(&anna).await, [(2, "anna".to_owned())]);
        assert_eq!(code(pin(&anna, 3, true).await), 2905);
        assert_eq!(code(pin(&anna, 9, true).await), 10030);
        let delete = hallway_protocol::method::DeleteMessages { conversation_id: id, sequences: vec![2] };
        world.call(&ben, delete).await.unwrap();
        assert_eq!(pinned(&ben).await.len(), 1, "deleting for oneself unpins nothing");
    }
}
