//! Messages as they travel.

use super::payload::KINDS;
use super::*;

fn message(payload: serde_json::Value) -> Result<Message, serde_json::Error> {
    let mut json = serde_json::json!({
        "id": "7-1700000000-42", "conversation_id": "GROUPsales", "from": "anna", "time": 1_700_000_000,
        "sequence": 3, "mod": 9, "ord": 2,
    });
    for (key, value) in payload.as_object().unwrap() {
        json[key] = value.clone();
    }
    serde_json::from_value(json)
}

/// OBJ-21, OBJ-22, OBJ-60 to OBJ-68: each kind is read and written as the table says.
#[test]
fn every_kind_round_trips() {
    let kinds = serde_json::json!([
        {"kind": "text", "payload": {"text": "Hi 你好"}},
        {"kind": "image", "payload": {"uuid": "u", "image_format": 3, "variants": [
            {"type": 0, "width": 10, "height": 20, "size": 30, "url": "x"}]}},
        {"kind": "audio", "payload": {"uuid": "u", "url": "x", "size": 5, "second": 1}},
        {"kind": "video", "payload": {"video_uuid": "u", "video_url": "x", "video_format": "mp4",
            "video_size": 5, "video_second": 1, "snapshot_url": "y", "snapshot_width": 1, "snapshot_height": 1}},
        {"kind": "file", "payload": {"uuid": "u", "file_name": "a.txt", "file_url": "x", "file_size": 1}},
        {"kind": "custom", "payload": {"data": "d", "description": "", "extension": ""}},
        {"kind": "face", "payload": {"index": 1, "data": "k"}},
        {"kind": "location", "payload": {"description": "d", "longitude": 1.5, "latitude": -2.5}},
        {"kind": "merger", "payload": {"title": "t", "abstract_list": ["a"], "compatible_text": "c",
            "message_list": [], "download_key": "k"}},
        {"kind": "revoked", "payload": {}},
    ]);
    for kind in kinds.as_array().unwrap() {
        let read = message(kind.clone()).unwrap_or_else(|error| panic!("{kind}: {error}"));
        assert!(!matches!(read.payload, Payload::Unknown(_)), "{kind}");
        assert_eq!(read.payload.kind(), kind["kind"]);
        assert!(KINDS.contains(&read.payload.kind()) && !read.payload.is_foreign());
        let written = serde_json::to_value(&read).unwrap();
        assert_eq!(written["payload"], kind["payload"]);
        assert_eq!(serde_json::from_value::<Message>(written).unwrap(), read);
    }
}

/// Unknown kinds are kept, never dropped.
#[test]
fn an_unknown_kind_survives() {
    let read = message(serde_json::json!({"kind": "hologram", "payload": {"depth": 3}})).unwrap();
    assert_eq!(read.payload.kind(), "hologram");
    let written = serde_json::to_value(&read).unwrap();
    assert_eq!((&written["kind"], &written["payload"]["depth"]), (&"hologram".into(), &3.into()));
    assert_eq!(serde_json::from_value::<Message>(written).unwrap(), read);
    assert!(read.payload.is_foreign());
}

/// A known kind that cannot be read is kept as it came, and told from an unknown one.
#[test]
fn a_broken_kind_survives_and_is_told_from_an_unknown_one() {
    for kind in KINDS {
        let broken = serde_json::json!({"kind": kind, "payload": 5});
        let read = message(broken.clone()).unwrap();
        assert!(matches!(read.payload, Payload::Unknown(_)) && !read.payload.is_foreign(), "{kind}");
        assert_eq!(serde_json::to_value(&read.payload).unwrap(), broken);
    }
    for nameless in [serde_json::json!({"payload": {}}), serde_json::json!(7)] {
        assert!(!serde_json::from_value::<Payload>(nameless).unwrap().is_foreign());
    }
}

/// OBJ-20, OBJ-23, OBJ-24, OBJ-25, OBJ-26, OBJ-28, OBJ-29: what every message has. OBJ-30, OBJ-31, OBJ-32, OBJ-33, OBJ-36,
/// OBJ-37, OBJ-41, OBJ-42, OBJ-43, OBJ-44, OBJ-45, OBJ-46, OBJ-47, OBJ-49, OBJ-50: what it has by default, which is not
/// written.
#[test]
fn a_message_has_the_defaults_of_the_table() {
    let read = message(serde_json::json!({"kind": "text", "payload": {"text": "x"}})).unwrap();
    assert_eq!((read.id.as_str(), read.from.as_str()), ("7-1700000000-42", "anna"));
    assert_eq!((read.time, read.sequence), (1_700_000_000, 3));
    for (id, kind, to) in
        [("C2Cben", "C2C", "ben"), ("GROUP@TGS#1", "GROUP", "@TGS#1"), ("@TIM#SYSTEM", "@TIM#SYSTEM", "")]
    {
        let read = Message { conversation_id: id.parse().unwrap(), ..read.clone() };
        assert_eq!(serde_json::to_value(read.conversation_type()).unwrap(), kind);
        assert_eq!(read.conversation_id.to(), to);
    }
    assert_eq!((read.status, read.priority), (MessageStatus::Success, Priority::Normal));
    for text in [&read.nick, &read.avatar, &read.name_card, &read.cloud_custom_data] {
        assert_eq!(text, "");
    }
    assert!(read.at_user_list.is_empty() && read.receiver_list.is_empty() && read.reactions.is_empty());
    assert!(!read.is_revoked() && !read.is_modified() && read.version == 0);
    assert!(!read.need_read_receipt && read.read_receipt_info.is_none());
    assert!(!read.is_support_extension && !read.is_broadcast_message && !read.has_risk_content);
    assert!(!read.online_user_only && read.message_control == MessageControl::default());
    let written = serde_json::to_value(&read).unwrap();
    let mut names: Vec<&str> = written.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["conversation_id", "from", "id", "kind", "mod", "ord", "payload", "sequence", "time"]);
}

/// OBJ-30, OBJ-31, OBJ-38, OBJ-39, OBJ-43: the words and objects of the table, there and back.
#[test]
fn fields_are_written_in_the_words_of_the_table() {
    let words = |json: serde_json::Value| {
        let mut all = serde_json::json!({"kind": "text", "payload": {"text": "x"}});
        all.as_object_mut().unwrap().extend(json.as_object().unwrap().clone());
        let read = message(all).unwrap();
        let written = serde_json::to_value(&read).unwrap();
        for (key, value) in json.as_object().unwrap() {
            assert_eq!(&written[key], value);
        }
        read
    };
    for (word, status) in [("un_send", MessageStatus::UnSend), ("fail", MessageStatus::Fail)] {
        assert_eq!(words(serde_json::json!({ "status": word })).status, status);
    }
    for (word, priority) in [("High", Priority::High), ("Low", Priority::Low), ("Lowest", Priority::Lowest)] {
        assert_eq!(words(serde_json::json!({ "priority": word })).priority, priority);
    }
    let revoked = words(serde_json::json!({"revoked": {"user_id": "ben", "nick": "Ben", "avatar": "a",
        "reason": "typo", "time": 7, "mod": 9}}));
    assert!(revoked.is_revoked());
    assert_eq!(revoked.revoked.unwrap().reason, "typo");
    let info = words(serde_json::json!({"read_receipt_info": {"read_count": 1, "unread_count": 2}}));
    assert_eq!(info.read_receipt_info.unwrap().unread_count, Some(2));
    words(serde_json::json!({"read_receipt_info": {"is_peer_read": true, "timestamp": 3}}));
}

/// OBJ-35: the constant for everybody mentions everybody. OBJ-27: flow depends on who looks.
#[test]
fn mentions_and_flow_depend_on_the_viewer() {
    let mut read = message(serde_json::json!({"kind": "text", "payload": {"text": "x"}})).unwrap();
    let (anna, ben) = ("anna".parse().unwrap(), "ben".parse().unwrap());
    assert!(!read.mentions(&ben));
    read.at_user_list = vec!["ben".into()];
    assert!(read.mentions(&ben) && !read.mentions(&anna));
    read.at_user_list = vec![crate::ids::MENTION_ALL.into()];
    assert!(read.mentions(&anna));
    assert_eq!((read.flow(&anna), read.flow(&ben)), (Flow::Out, Flow::In));
}
