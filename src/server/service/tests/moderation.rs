//! What may be said: lists of words and a hook, on the way of a message from its sender to its readers.

use std::sync::{Arc, Mutex};

use hallway_protocol::ErrorCode;
use hallway_protocol::file::FileKind;
use hallway_protocol::message::{AudioPayload, CustomPayload, FilePayload, MessageControl, Payload};
use hallway_protocol::method::{ModifyMessage, PayloadField, SendMessage};
use serde_json::{Value, json};

use super::files::{picture, send, upload};
use super::{World, code, of, on_both_engines, with};
use crate::config::{Config, RulesSection, WordsAction};
use crate::outbound::tests::{Said, Web};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n and so on, for a while longer than a head";

/// A hook that answers with what was set last, and what it was asked.
struct Hooked {
    web: Web,
    says: Arc<Mutex<Said>>,
}

impl Hooked {
    async fn start() -> Self {
        let says = Arc::new(Mutex::new(Said::json(&json!({ "action": "deliver" }))));
        let answer = Arc::clone(&says);
        Self { web: Web::start(move |_| answer.lock().unwrap().clone()).await, says }
    }

    fn say(&self, answer: Value) {
        *self.says.lock().unwrap() = Said::json(&answer);
    }

    fn asked(&self) -> Vec<Value> {
        self.web.heard().iter().map(|heard| serde_json::from_slice(&heard.body).unwrap()).collect()
    }

    fn set(&self) -> impl FnOnce(&mut Config) {
        let url = self.web.url("/check");
        move |config| {
            config.moderation.hook = url;
            config.moderation.hook_key = "h00k".into();
        }
    }
}

/// A list in a file, and the file's directory.
fn list(words: &str) -> (tempfile::TempDir, std::path::PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("words");
    std::fs::write(&path, words).unwrap();
    (dir, path)
}

on_both_engines! {
    /// MSG-47, MSG-100: a text with a word of the list is refused with 80001, whatever it is the text of; a repetition of
    /// what was stored before is not asked about.
    async fn words_are_refused(db: Db) {
        let (_dir, words) = list("damn\n坏话\n");
        let world = World::new(db.clone()).await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        let before = world.text(&anna, &with(&ben), "damn");
        let stored = world.call(&anna, before.clone()).await.unwrap().message;
        drop(world);
        let world = World::with(db, |config| config.moderation.words = words).await;
        let (anna, ben) = (world.sign_in("anna", "first").await, world.sign_in("ben", "first").await);
        // Ids begin anew with each world: the first one is taken.
        let _taken = world.text(&anna, &with(&ben), "");
        for text in ["Damn it", "ＤＡＭＮ", "说坏话了"] {
            assert_eq!(code(world.call(&anna, world.text(&anna, &with(&ben), text)).await), 80001, "{text}");
        }
        world.say(&anna, &with(&ben), "a dam").await;
        let custom = Payload::Custom(CustomPayload { data: "{\"a\":\"damn\"}".into(), description: String::new(), extension: String::new() });
        assert_eq!(code(send(&world, &anna, &with(&ben), custom).await), 80001);
        let id = upload(&world, &anna, FileKind::File, PNG).await;
        let file = |file_name: &str| Payload::File(FilePayload { uuid: id.to_string(), file_name: file_name.into(), file_url: id.url(), file_size: PNG.len() as u64 });
        assert_eq!(code(send(&world, &anna, &with(&ben), file("damn.txt")).await), 80001);
        let place = send(&world, &anna, &with(&ben), file("fine.txt")).await.unwrap().message.sequence;
        let typing = SendMessage { online_user_only: true, ..world.text(&anna, &with(&ben), "damn") };
        assert_eq!(code(world.call(&anna, typing).await), 80001);
        assert_eq!(world.call(&anna, before).await.unwrap().message.sequence, stored.sequence);

        // MSG-63: changing is no way around it.
        let text = world.say(&anna, &with(&ben), "fine").await.message;
        let change = |sequence, payload| ModifyMessage { conversation_id: with(&ben), sequence, version: 0, payload: Some(PayloadField { payload }), at_user_list: None, cloud_custom_data: None };
        assert_eq!(code(world.call(&anna, change(text.sequence, Payload::text("damn"))).await), 80001);
        assert!(place < text.sequence);
    }

    /// MSG-100, OBJ-41: stars for the words; everybody gets the same, marked as changed.
    async fn words_are_replaced(db: Db) {
        let (_dir, words) = list("damn\n");
        let world = World::with(db, |config| {
            (config.moderation.words, config.moderation.words_action) = (words, WordsAction::Replace);
        })
        .await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        let stored = world.say(&anna, &with(&ben), "damn it").await.message;
        assert!(stored.payload == Payload::text("**** it") && stored.is_modified() && stored.version == 1);
        let came = ben.next_frame(&with(&anna)).await.messages.remove(0);
        assert!(came.payload == Payload::text("**** it") && came.is_modified());
        assert!(!world.say(&anna, &with(&ben), "fine").await.message.is_modified());
    }

    /// MSG-48, MSG-37, MSG-91: the hook delivers, replaces, marks, refuses with its own code; who may not send is told that
    /// and the hook is not asked; a hook that fails refuses with 80003, or delivers where the deployer says so.
    async fn the_hook_decides(db: Db) {
        let hook = Hooked::start().await;
        let world = World::with(db.clone(), hook.set()).await;
        let (anna, ben, carl) = (world.join("anna").await, world.join("ben").await, world.join("carl").await);
        let group = world.group(&anna, &[&ben]).await;
        world.say(&anna, &of(&group), "hello").await;
        let asked = hook.asked();
        assert_eq!(asked, [json!({ "event": "before", "from": "anna", "conversation_id": of(&group).to_string(), "moderation_profile": "", "kind": "text", "payload": { "text": "hello" } })]);
        assert_eq!(hook.web.heard()[0].headers["authorization"], "Bearer h00k");
        assert_eq!(code(world.call(&carl, world.text(&carl, &of(&group), "let me in")).await), 10007);
        assert_eq!(hook.asked().len(), 1, "not asked about what is not allowed anyway");

        hook.say(json!({ "action": "replace", "kind": "text", "payload": { "text": "other words" } }));
        let stored = world.say(&anna, &of(&group), "words").await.message;
        assert!(stored.payload == Payload::text("other words") && stored.is_modified());
        // What is flagged is flagged by an edit too, until it is changed into something else.
        for (version, (answer, is_risky)) in [("flag", true), ("deliver", false)].into_iter().enumerate() {
            hook.say(json!({ "action": answer }));
            let payload = Some(PayloadField { payload: Payload::text("edited") });
            let call = ModifyMessage {
                conversation_id: of(&group),
                sequence: stored.sequence,
                version: stored.version + version as u32,
                payload,
                cloud_custom_data: None,
                at_user_list: None,
            };
            let edited = world.call(&anna, call).await.unwrap().message;
            assert_eq!(edited.has_risk_content, is_risky, "{answer}");
        }
        for (answer, expected) in [
            (json!({ "action": "refuse" }), 80001),
            (json!({ "action": "refuse", "code": 120001, "message": "no" }), 120001),
            (json!({ "action": "refuse", "code": 130000 }), 130000),
            (json!({ "action": "refuse", "code": 20006 }), 20006),
            (json!({ "action": "refuse", "code": 10016 }), 10016),
            (json!({ "action": "refuse", "code": 10007 }), 80003),
            (json!({ "action": "replace", "kind": "custom", "payload": { "data": "x" } }), 80003),
            (json!({ "action": "replace", "kind": "text", "payload": { "text": "" } }), 6017),
            (json!({ "action": "explode" }), 80003),
            (json!("what?"), 80003),
        ] {
            hook.say(answer.clone());
            assert_eq!(code(world.call(&anna, world.text(&anna, &of(&group), "x")).await), expected, "{answer}");
        }
        *hook.says.lock().unwrap() = Said::status(500);
        assert_eq!(code(world.call(&anna, world.text(&anna, &of(&group), "x")).await), 80003);
        drop(world);
        let set = hook.set();
        let world = World::with(db, |config| {
            set(config);
            config.moderation.delivers_on_failure = true;
        })
        .await;
        let anna = world.sign_in("anna", "first").await;
        world.say(&anna, &of(&group), "x").await;
    }

    /// MSG-34: only administrators skip moderation.
    async fn only_administrators_are_excluded(db: Db) {
        let (_dir, words) = list("damn\n");
        let world = World::with(db, |config| config.moderation.words = words).await;
        world.account("boss", true).await;
        let (anna, boss) = (world.join("anna").await, world.sign_in("boss", "first").await);
        let control = MessageControl { excluded_from_content_moderation: true, ..MessageControl::default() };
        let excluded = |who, to| SendMessage { message_control: Some(control), ..world.text(who, &with(to), "damn") };
        assert_eq!(code(world.call(&anna, excluded(&anna, &boss)).await), 80001);
        world.call(&boss, excluded(&boss, &anna)).await.unwrap();
    }

    /// MSG-19: a message names its rules; it is never told which; unknown ones, and kinds that have none, are 6017.
    async fn messages_name_their_rules(db: Db) {
        let (_dir, words) = list("damn\n");
        let world = World::with(db.clone(), |config| {
            let strict = RulesSection { words, ..RulesSection::default() };
            config.moderation.profiles.insert("strict".into(), strict);
        })
        .await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        let by = |profile: &str, text: &str| SendMessage { moderation_profile: profile.into(), ..world.text(&anna, &with(&ben), text) };
        world.say(&anna, &with(&ben), "damn").await;
        assert_eq!(code(world.call(&anna, by("strict", "damn")).await), 80001);
        let stored = world.call(&anna, by("strict", "fine")).await.unwrap();
        assert!(!serde_json::to_string(&stored.message).unwrap().contains("strict"));
        assert_eq!(code(world.call(&anna, by("other", "fine")).await), 6017);
        let face = serde_json::from_value(json!({ "kind": "face", "payload": { "index": 1, "data": "x" } })).unwrap();
        assert_eq!(code(world.call(&anna, SendMessage { payload: face, ..by("strict", "") }).await), 6017);
        drop(world);
        let world = World::new(db).await;
        let anna = world.sign_in("anna", "first").await;
        let unknown = SendMessage { moderation_profile: "strict".into(), ..world.text(&anna, &with(&ben), "x") };
        assert_eq!(code(world.call(&anna, unknown).await), 6017);
    }

    /// MSG-47, MSG-100, OBJ-47, MSG-91: pictures are looked at before they are delivered (80004), sounds after: then they are
    /// marked for everybody, also when the server was restarted in between.
    async fn sounds_are_looked_at_after_their_delivery(db: Db) {
        let hook = Hooked::start().await;
        let world = World::with(db.clone(), hook.set()).await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        let id = upload(&world, &anna, FileKind::Image, PNG).await;
        send(&world, &anna, &with(&ben), picture(id, PNG.len())).await.unwrap();
        ben.next_frame(&with(&anna)).await;
        use base64::Engine as _;
        let content = base64::engine::general_purpose::STANDARD.encode(PNG);
        assert_eq!(hook.asked()[0]["files"], json!([{ "uuid": id.to_string(), "media_type": "image/png", "size": PNG.len(), "content": content }]));
        hook.say(json!({ "action": "refuse" }));
        assert_eq!(send(&world, &anna, &with(&ben), picture(id, PNG.len())).await.unwrap_err().code, ErrorCode::ImageRefused);

        let id = upload(&world, &anna, FileKind::Audio, b"OggS sound").await;
        let sound = Payload::Audio(AudioPayload { uuid: id.to_string(), url: id.url(), size: 10, second: 1 });
        let place = send(&world, &anna, &with(&ben), sound).await.unwrap().message.sequence;
        assert!(!ben.next_frame(&with(&anna)).await.messages[0].has_risk_content);
        assert_eq!(hook.asked().len(), 2, "not before its delivery");
        drop(world);

        let world = World::with(db, hook.set()).await;
        let (anna, ben) = (world.sign_in("anna", "first").await, world.sign_in("ben", "first").await);
        // The directory of the first world is gone: the same content comes back by another upload.
        let again = upload(&world, &anna, FileKind::Audio, b"OggS sound").await;
        assert!(again != id);
        assert_eq!(world.service.chores().round().await.unwrap(), 1);
        for (who, peer) in [(&anna, &ben), (&ben, &anna)] {
            let came = who.next_frame(&with(peer)).await.messages.remove(0);
            assert!(came.sequence == place && came.has_risk_content && came.is_modified());
        }
        assert_eq!(hook.asked()[2]["event"], "after");
        assert_eq!(world.service.chores().round().await.unwrap(), 0);
    }
}
