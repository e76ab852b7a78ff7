//! Searching at the server, with everything in the index and with nothing in it.

use hallway_protocol::ConversationId;
use hallway_protocol::message::{MessageControl, Payload};
use hallway_protocol::method::{
    ClearHistory, DeleteGroupMembers, DeleteMessages, FoundMessages, KeywordMatch, MessageKind,
    ModifyMessage, PayloadField, RevokeMessage, SearchMessages,
};

use super::{Person, World, code, of, on_both_engines, with};

fn asking(words: &[&str]) -> SearchMessages {
    let keyword_list = words.iter().map(|word| (*word).to_owned()).collect();
    SearchMessages { keyword_list, ..SearchMessages::default() }
}

async fn search(world: &World, who: &Person, call: SearchMessages) -> FoundMessages {
    let found = world.call(who, call).await.unwrap();
    assert!(!found.is_estimate && !found.is_incomplete);
    found
}

/// Places of what one finds in a conversation.
async fn places(world: &World, who: &Person, id: &ConversationId, call: SearchMessages) -> Vec<u64> {
    let call = SearchMessages { conversation_id: Some(id.clone()), ..call };
    let found = search(world, who, call).await;
    let list = found.search_result_list.into_iter().next();
    list.into_iter().flat_map(|list| list.message_list).map(|message| message.sequence).collect()
}

/// Messages, one by one the newest of each conversation that was found, and how many there are in it.
fn groups(found: &FoundMessages) -> Vec<(String, u64)> {
    let list = found.search_result_list.iter();
    list.map(|it| (it.conversation_id.to_string(), it.message_count)).collect()
}

/// The test, without the index and with it.
macro_rules! either_way {
    ($world:ident, $test:expr) => {
        $test.await;
        $world.service.index_messages().await.unwrap();
        $test.await;
    };
}

on_both_engines! {
    /// MSG-67, PLUS-7: found as soon as it is sent, in any script, by any piece; or and and, senders, kinds, times.
    async fn what_was_sent_is_found_at_once(db: Db) {
        let world = World::new(db).await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        world.say(&anna, &with(&ben), "明天的會議改到三點").await;
        world.say(&ben, &with(&anna), "See db-01.prod.example.com, then the 会议 room").await;
        let file = serde_json::json!({ "kind": "location", "payload": { "description": "Main Station", "longitude": 13.5, "latitude": 52.25 } });
        let place: Payload = serde_json::from_value(file).unwrap();
        world.call(&anna, hallway_protocol::method::SendMessage { payload: place, ..world.text(&anna, &with(&ben), "") }).await.unwrap();
        let test = async || {
            let here = with(&ben);
            let words = |words: &'static [&'static str]| places(&world, &anna, &here, asking(words));
            assert_eq!(words(&["会议"]).await, [2, 1]);
            assert_eq!(words(&["PROD.example"]).await, [2]);
            assert_eq!(words(&["52.25"]).await, [3]);
            let all = KeywordMatch::And;
            let both = SearchMessages { keyword_list_match_type: all, ..asking(&["会", "room"]) };
            assert_eq!(places(&world, &anna, &here, both).await, [2]);
            let from_ben = SearchMessages { sender_user_id_list: vec![ben.id.clone()], ..asking(&["會議"]) };
            assert_eq!(places(&world, &anna, &here, from_ben).await, [2]);
            let kind = SearchMessages { message_type_list: vec![MessageKind::Location], ..asking(&[]) };
            assert_eq!(places(&world, &anna, &here, kind).await, [3]);
            let long_ago = SearchMessages { time_position: 1_000, ..asking(&["会议"]) };
            assert_eq!(places(&world, &anna, &here, long_ago).await, Vec::<u64>::new());
            let found = search(&world, &ben, asking(&["station"])).await;
            assert_eq!((found.total_count, groups(&found)), (1, vec![("C2Canna".into(), 1)]));
            assert_eq!(found.search_result_list[0].message_list[0].sequence, 3);
        };
        either_way!(world, test());
    }

    /// MSG-67: nobody finds what is not for them: of others, targeted at others, from before they came, after they left, deleted by
    /// them, recalled; and changes are found as they are.
    async fn nobody_finds_what_is_not_for_them(db: Db) {
        let world = World::new(db).await;
        let (anna, ben, cleo) = (world.join("anna").await, world.join("ben").await, world.join("cleo").await);
        let team = world.group(&anna, &[&ben, &cleo]).await;
        let here = of(&team);
        world.say(&anna, &here, "the otter sleeps").await;
        let secret = hallway_protocol::method::SendMessage {
            receiver_list: vec![ben.id.clone()],
            message_control: Some(MessageControl::default()),
            ..world.text(&anna, &here, "the otter for ben")
        };
        let secret = world.call(&anna, secret).await.unwrap().message.sequence;
        let recalled = world.say(&anna, &here, "the otter was wrong").await.message.sequence;
        let changed = world.say(&anna, &here, "the otter is old").await.message.sequence;
        let deleted = world.say(&anna, &here, "the otter is deleted").await.message.sequence;
        // In the index, or not.
        world.service.index_messages().await.unwrap();
        world.call(&anna, RevokeMessage { conversation_id: here.clone(), sequence: recalled, reason: String::new() }).await.unwrap();
        let payload = Some(PayloadField { payload: Payload::text("the marten is new") });
        world.call(&anna, ModifyMessage { conversation_id: here.clone(), sequence: changed, version: 0, payload, at_user_list: None, cloud_custom_data: None }).await.unwrap();
        world.call(&cleo, DeleteMessages { conversation_id: here.clone(), sequences: vec![deleted] }).await.unwrap();
        world.call(&anna, DeleteGroupMembers { group_id: team.group_id.clone(), user_id_list: vec![cleo.id.clone()], reason: String::new() }).await.unwrap();
        world.say(&anna, &here, "the otter wakes").await;
        let dora = world.join("dora").await;
        let test = async || {
            let count = async |who: &Person, word: &str| search(&world, who, asking(&[word])).await.search_result_list.first().map_or(0, |it| it.message_count);
            assert_eq!(count(&anna, "otter").await, 4);
            assert_eq!(count(&ben, "otter").await, 4);
            assert_eq!(count(&ben, "marten").await, 1);
            assert_eq!(count(&dora, "otter").await, 0);
            let seen = places(&world, &ben, &here, asking(&["otter"])).await;
            assert!(seen.contains(&secret) && !seen.contains(&recalled) && !seen.contains(&changed));
            // Who was removed keeps what was before, without what was for others and what was deleted.
            assert_eq!(count(&cleo, "otter").await, 1);
            let other = SearchMessages { conversation_id: Some(here.clone()), ..asking(&["otter"]) };
            assert_eq!(code(world.call(&dora, other).await), 10007);
        };
        either_way!(world, test());
        world.call(&ben, ClearHistory { conversation_id: here.clone() }).await.unwrap();
        assert_eq!(search(&world, &ben, asking(&["otter"])).await.total_count, 0);
    }

    /// MSG-67, MSG-9: pages of conversations and of messages; the limits.
    async fn pages_follow_each_other(db: Db) {
        let world = World::new(db).await;
        let anna = world.join("anna").await;
        for name in ["p1", "p2", "p3"] {
            let other = world.join(name).await;
            for number in 0..5 {
                world.say(&anna, &with(&other), &format!("deadline {number}")).await;
            }
            world.say(&anna, &with(&other), "something else").await;
        }
        let test = async || {
            let mut call = SearchMessages { count: Some(2), ..asking(&["DEADLINE"]) };
            let mut seen = Vec::new();
            let mut pages = 0;
            loop {
                let found = search(&world, &anna, call.clone()).await;
                assert_eq!(found.total_count, 3);
                seen.extend(groups(&found));
                pages += 1;
                call.cursor = found.cursor;
                if call.cursor.is_none() {
                    break;
                }
            }
            seen.sort();
            let all: Vec<(String, u64)> = ["C2Cp1", "C2Cp2", "C2Cp3"].map(|id| (id.to_owned(), 5)).into();
            assert_eq!((pages, seen), (2, all));
            let id: ConversationId = "C2Cp2".parse().unwrap();
            let mut call = SearchMessages { count: Some(3), conversation_id: Some(id), ..asking(&["line"]) };
            let first = search(&world, &anna, call.clone()).await;
            call.cursor.clone_from(&first.cursor);
            let second = search(&world, &anna, call).await;
            let of = |found: &FoundMessages| found.search_result_list[0].message_list.iter().map(|it| it.sequence).collect::<Vec<_>>();
            assert_eq!((of(&first), of(&second), second.cursor), (vec![5, 4, 3], vec![2, 1], None));
        };
        either_way!(world, test());
        let first = search(&world, &anna, SearchMessages { count: Some(1), ..asking(&["line"]) }).await;
        world.service.put_clock_forward(std::time::Duration::from_secs(130));
        let old = SearchMessages { cursor: first.cursor, ..asking(&["line"]) };
        assert_eq!(code(world.call(&anna, old).await), 6017);
        assert_eq!(code(world.call(&anna, asking(&[])).await), 6017);
    }
}
