//! Large combined messages.

use hallway_protocol::ids::ConversationId;
use hallway_protocol::message::{MergerPayload, Payload, SimplifiedMessage};
use hallway_protocol::method::{GetCombinedMessage, RevokeMessage, SendMessage};

use super::{Person, World, code, on_both_engines, with};

fn part(body: Payload) -> SimplifiedMessage {
    serde_json::from_value(serde_json::json!({
        "id": "1-1700000000-1", "from": "anna", "time": 1_700_000_000, "message_body": [body]
    }))
    .unwrap()
}

fn merger(list: Vec<SimplifiedMessage>) -> Payload {
    let (title, compatible_text) = ("Talk".to_owned(), "a talk".to_owned());
    Payload::Merger(MergerPayload { title, compatible_text, message_list: list, ..MergerPayload::default() })
}

fn inside(payload: &Payload) -> &MergerPayload {
    match payload {
        Payload::Merger(merger) => merger,
        other => panic!("{other:?}"),
    }
}

async fn send(
    world: &World,
    who: &Person,
    to: &ConversationId,
    payload: Payload,
) -> Result<Payload, hallway_protocol::ChatError> {
    let call = SendMessage { payload, ..world.text(who, to, "") };
    world.call(who, call).await.map(|stored| stored.message.payload)
}

on_both_engines! {
    /// MSG-30, OBJ-68: up to 8 KB the messages stay inside; larger ones are fetched with the key, by who may read the message
    /// and as long as it is not recalled.
    async fn large_combined_messages_are_kept_apart(db: Db) {
        let world = World::new(db).await;
        let (anna, ben, carl) =
            (world.join("anna").await, world.join("ben").await, world.join("carl").await);
        let (to_ben, to_anna) = (with(&ben), with(&anna));
        let small = merger(vec![part(Payload::text("x".repeat(7000)))]);
        assert_eq!(send(&world, &anna, &to_ben, small.clone()).await.unwrap(), small);
        let list = vec![part(Payload::text("x".repeat(9000))), part(Payload::text("end"))];
        let sent = send(&world, &anna, &to_ben, merger(list.clone())).await.unwrap();
        let key = inside(&sent).download_key.clone();
        assert!(inside(&sent).message_list.is_empty() && !key.is_empty());
        let get = |who, of: &ConversationId, sequence, key: &str| {
            let (conversation_id, download_key) = (of.clone(), key.to_owned());
            world.call(who, GetCombinedMessage { conversation_id, sequence, download_key })
        };
        assert_eq!(get(&ben, &to_anna, 2, &key).await.unwrap().message_list, list);
        assert_eq!(code(get(&ben, &to_anna, 2, "0123").await), 2451);
        assert_eq!(code(get(&ben, &to_anna, 1, &key).await), 2451);
        world.say(&anna, &to_ben, "plain").await;
        assert_eq!(code(get(&ben, &to_anna, 3, &key).await), 2450);
        world.say(&carl, &to_ben, "hello").await;
        assert_eq!(code(get(&carl, &to_ben, 1, &key).await), 2450);

        // Who cannot read it cannot forward it, alone or inside of another one.
        let by_key = |key: &str| {
            let mut payload = merger(Vec::new());
            if let Payload::Merger(merger) = &mut payload {
                merger.download_key = key.to_owned();
            }
            payload
        };
        for payload in [by_key(&key), merger(vec![part(by_key(&key))])] {
            assert_eq!(code(send(&world, &carl, &to_ben, payload).await), 2451);
        }
        let forwarded = send(&world, &ben, &with(&carl), by_key(&key)).await.unwrap();
        let other = inside(&forwarded).download_key.clone();
        assert_ne!(other, key);
        // A copy: what becomes of the original does not touch it (OBJ-69).
        let call = RevokeMessage { conversation_id: to_ben.clone(), sequence: 2, reason: String::new() };
        world.call(&anna, call).await.unwrap();
        assert_eq!(code(get(&ben, &to_anna, 2, &key).await), 2450);
        assert_eq!(get(&carl, &to_ben, 2, &other).await.unwrap().message_list, list);
    }

    /// OBJ-4, 8005: combined messages nest through their keys as deep as allowed, however shallow frames are.
    async fn they_nest_a_hundred_levels_deep(db: Db) {
        let world = World::new(db).await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        let (to_ben, to_anna) = (with(&ben), with(&anna));
        let levels = anna.signed_in.limits.merger_levels;
        let mut payload = merger(vec![part(Payload::text("x".repeat(9000)))]);
        for _ in 0..levels {
            let sent = send(&world, &anna, &to_ben, payload).await.unwrap();
            payload = merger(vec![part(sent)]);
        }
        assert_eq!(code(send(&world, &anna, &to_ben, payload).await), 8005);
        // The innermost is found by opening one after the other.
        let range = hallway_protocol::method::GetRange {
            conversation_id: to_anna.clone(), from_seq: u64::from(levels), to_seq: u64::from(levels), changed_after: 0,
        };
        let message = world.call(&ben, range).await.unwrap().messages.remove(0);
        let (mut inner, mut depth) = (message.payload, 0);
        loop {
            depth += 1;
            let download_key = inside(&inner).download_key.clone();
            let call = GetCombinedMessage { conversation_id: to_anna.clone(), sequence: message.sequence, download_key };
            let mut list = world.call(&ben, call).await.unwrap().message_list;
            inner = list.remove(0).message_body.remove(0);
            if matches!(inner, Payload::Text(_)) {
                break;
            }
        }
        assert_eq!(depth, levels);
    }

    /// MSG-29, OBJ-5: what is inside has a size of its own.
    async fn what_is_inside_has_a_limit(db: Db) {
        let world = World::with(db, |config| {
            config.limits.overrides.insert("merger_bytes".into(), 20_000.into());
        })
        .await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        let of = |bytes: usize| merger(vec![part(Payload::text("x".repeat(bytes)))]);
        assert!(send(&world, &anna, &with(&ben), of(19_000)).await.is_ok());
        assert_eq!(code(send(&world, &anna, &with(&ben), of(20_000)).await), 80002);

        // The same record again and again is as much as so many records.
        let key = inside(&send(&world, &anna, &with(&ben), of(9_000)).await.unwrap()).download_key.clone();
        let again = || match merger(Vec::new()) {
            Payload::Merger(merger) => Payload::Merger(MergerPayload { download_key: key.clone(), ..merger }),
            other => other,
        };
        let many = |count: usize| merger((0..count).map(|_| part(again())).collect());
        assert!(send(&world, &anna, &with(&ben), many(1)).await.is_ok());
        assert_eq!(code(send(&world, &anna, &with(&ben), many(3)).await), 80002);
    }
}
