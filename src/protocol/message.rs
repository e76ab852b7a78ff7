//! The message object (spec part 2a): who, when, what, and what has become of it since.
//!
//! One [`Message`] is one row of its conversation's log and always carries its *current* state, so a page
//! of history needs nothing else to be shown. [`Message::modification`] tells how new that state is.

use serde::{Deserialize, Serialize};

use crate::ids::{ConversationId, ConversationType, MessageId, UserId};
use crate::tip::{GroupSystemNotice, GroupTip};

fn is_false(flag: &bool) -> bool {
    !flag
}

fn is_zero<T: Default + PartialEq>(number: &T) -> bool {
    *number == T::default()
}

/// A message as one viewer sees it (OBJ-20 to OBJ-51). Fields at their default are left out of the JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Message {
    /// Unique and final from creation on (OBJ-11, OBJ-20).
    pub id: MessageId,
    /// Where it stands, named from the viewer's side (OBJ-23).
    pub conversation_id: ConversationId,
    /// Sender (OBJ-26).
    pub from: UserId,
    /// Unix seconds: the client's until sent, then the server's (OBJ-28). For display; order is `sequence`.
    pub time: i64,
    /// Place in the conversation, from 1, dense; 0 until sent (OBJ-12, OBJ-29).
    #[serde(default)]
    pub sequence: u64,
    /// Number of the last change of anything in the conversation when this row last changed. The higher
    /// one wins when two states of a row meet; 0 until sent.
    #[serde(default, rename = "mod")]
    pub modification: u64,
    /// How many countable messages the conversation holds up to and including this one.
    #[serde(default)]
    pub ord: u64,
    /// What it says (OBJ-21, OBJ-22).
    #[serde(flatten)]
    pub payload: Payload,
    /// Where it stands on its way (OBJ-30). What the server sends is always `success`.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub status: MessageStatus,
    /// Group only (OBJ-31, MSG-39).
    #[serde(default, skip_serializing_if = "is_zero")]
    pub priority: Priority,
    /// Sender's nickname when it was sent (OBJ-32).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub nick: String,
    /// Sender's picture when it was sent (OBJ-32).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub avatar: String,
    /// Sender's name inside the group (OBJ-33).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name_card: String,
    /// Mentioned users; [`crate::ids::MENTION_ALL`] stands for everybody (OBJ-35).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub at_user_list: Vec<String>,
    /// What it answers to (PLUS-8).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<Quote>,
    /// App data kept and delivered with the message (OBJ-36).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub cloud_custom_data: String,
    /// Recalled: the row stays as a placeholder, its content is gone (OBJ-37 to OBJ-39).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked: Option<Revocation>,
    /// Changed after sending; unix seconds of the last change (OBJ-41).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified_time: Option<i64>,
    /// +1 per modification, to notice that somebody else was faster (OBJ-51).
    #[serde(default, skip_serializing_if = "is_zero")]
    pub version: u32,
    /// The sender wants to know who has read it (OBJ-42).
    #[serde(default, skip_serializing_if = "is_false")]
    pub need_read_receipt: bool,
    /// Counts for groups; flag and time one to one (OBJ-43).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_receipt_info: Option<ReadReceiptInfo>,
    /// Polls and other live additions may be attached (OBJ-44).
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_support_extension: bool,
    /// Only these members and the sender see it (OBJ-45).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub receiver_list: Vec<UserId>,
    /// Sent by the administrator to all broadcast rooms (OBJ-46).
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_broadcast_message: bool,
    /// Moderation flagged the content after sending (OBJ-47).
    #[serde(default, skip_serializing_if = "is_false")]
    pub has_risk_content: bool,
    /// Who reacted with what (OBJ-49).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reactions: Vec<Reaction>,
    /// Sent to those online only: not stored, no sequence (OBJ-50, MSG-32).
    #[serde(default, skip_serializing_if = "is_false")]
    pub online_user_only: bool,
    /// How it counts (OBJ-50, MSG-34).
    #[serde(default, skip_serializing_if = "is_zero")]
    pub message_control: MessageControl,
    /// What a desktop notification shows (MSG-33).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offline_push: Option<OfflinePush>,
}

impl Message {
    /// Whether the message raises the unread count of those who receive it (CONV-59): stored, for
    /// everybody, not a tip or notice and not sent as uncounted.
    pub fn is_counted(&self) -> bool {
        !self.online_user_only
            && self.receiver_list.is_empty()
            && !self.message_control.excluded_from_unread_count
            && !matches!(self.payload, Payload::GroupTip(_) | Payload::GroupSystemNotice(_))
    }

    /// Recalled (OBJ-37).
    pub fn is_revoked(&self) -> bool {
        self.revoked.is_some()
    }

    /// Changed after sending (OBJ-41).
    pub fn is_modified(&self) -> bool {
        self.modified_time.is_some()
    }

    /// Seen from `viewer`: own messages are `out`, wherever they were sent (OBJ-27).
    pub fn flow(&self, viewer: &UserId) -> Flow {
        if self.from == *viewer { Flow::Out } else { Flow::In }
    }

    /// Whether `user` is mentioned, by name or with everybody (CONV-53).
    pub fn mentions(&self, user: &UserId) -> bool {
        self.at_user_list.iter().any(|at| at == user.as_str() || at == crate::ids::MENTION_ALL)
    }

    /// The kind of conversation it stands in (OBJ-24).
    pub fn conversation_type(&self) -> ConversationType {
        self.conversation_id.kind()
    }

    /// Bytes of the body as it counts against the limit (OBJ-1): payload fields plus app data.
    pub fn body_bytes(&self) -> usize {
        body_bytes(&self.payload, &self.cloud_custom_data)
    }
}

/// Bytes of a message body as they count against OBJ-1: the payload as JSON plus the app data.
pub fn body_bytes(payload: &Payload, cloud_custom_data: &str) -> usize {
    let payload = match payload {
        Payload::Text(text) => text.text.len(),
        other => serde_json::to_vec(other).map_or(usize::MAX, |json| json.len()),
    };
    payload.saturating_add(cloud_custom_data.len())
}

/// Seen from the logged-in account (OBJ-27).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Flow {
    /// From somebody else.
    In,
    /// From the viewer, from any of their instances.
    Out,
}

/// Where a message stands on its way (OBJ-30).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum MessageStatus {
    /// Not sent yet, or on its way.
    UnSend,
    /// The server has it on disk.
    #[default]
    Success,
    /// Refused for good, or cancelled; stays for resending.
    Fail,
}

/// Which messages of a flooded group survive (OBJ-31, MSG-39).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Priority {
    /// First to be dropped.
    Lowest,
    /// Dropped early.
    Low,
    /// The default.
    #[default]
    Normal,
    /// Kept longest.
    High,
}

/// A reply's view of what it answers to: enough to draw the quote without looking further (PLUS-8).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Quote {
    /// The message answered to.
    pub id: MessageId,
    /// Its place, the target of a jump.
    pub sequence: u64,
    /// Its sender.
    pub from: UserId,
    /// Its sender's name then.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub nick: String,
    /// First line of its preview, cut to 200 characters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub summary: String,
}

/// Who recalled a message, when and why (OBJ-37 to OBJ-39).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Revocation {
    /// Who did it.
    pub user_id: UserId,
    /// Their name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub nick: String,
    /// Their picture.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub avatar: String,
    /// Why, at most 256 bytes.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// Unix seconds.
    pub time: i64,
    /// The conversation's change number of the recall itself, which no later change moves.
    #[serde(rename = "mod")]
    pub modification: u64,
}

/// Receipts of one message (OBJ-43).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReadReceiptInfo {
    /// Group: how many have read it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_count: Option<u32>,
    /// Group: how many have not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unread_count: Option<u32>,
    /// One to one: the peer acknowledged it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_peer_read: Option<bool>,
    /// One to one: when, unix seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<i64>,
}

/// One reaction of a message in short (MSG-82).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Reaction {
    /// Text key, normally an emoji; 1 to 64 bytes (MSG-80).
    pub reaction_id: String,
    /// The viewer is among those who reacted.
    #[serde(default, skip_serializing_if = "is_false")]
    pub reacted_by_myself: bool,
    /// How many reacted.
    pub total_user_count: u32,
    /// The first of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub partial_user_list: Vec<UserId>,
}

/// How a message counts (MSG-34).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MessageControl {
    /// Does not raise unread.
    #[serde(skip_serializing_if = "is_false")]
    pub excluded_from_unread_count: bool,
    /// Does not become the conversation's last message.
    #[serde(skip_serializing_if = "is_false")]
    pub excluded_from_last_message: bool,
    /// Skips moderation.
    #[serde(skip_serializing_if = "is_false")]
    pub excluded_from_content_moderation: bool,
}

/// What a desktop notification of a message shows (MSG-33).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OfflinePush {
    /// Stored and unread, but no notification.
    #[serde(skip_serializing_if = "is_false")]
    pub disable: bool,
    /// Instead of the conversation's name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// Instead of the preview.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Comes back when the notification is clicked.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub extension: String,
}

/// What a message says, by kind (OBJ-60 to OBJ-71). In JSON: `"kind": "text", "payload": { … }`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "payload", rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Payload {
    /// Words (OBJ-60).
    Text(TextPayload),
    /// One picture in up to three sizes (OBJ-61).
    Image(ImagePayload),
    /// A voice message or other sound (OBJ-62).
    Audio(AudioPayload),
    /// A film with its first picture (OBJ-63).
    Video(VideoPayload),
    /// Any file (OBJ-64).
    File(FilePayload),
    /// Free for apps (OBJ-65).
    Custom(CustomPayload),
    /// A sticker (OBJ-66).
    Face(FacePayload),
    /// A place on the map (OBJ-67).
    Location(LocationPayload),
    /// Several messages forwarded as one (OBJ-68).
    Merger(MergerPayload),
    /// What happened in the group, told to all members (OBJ-70).
    GroupTip(GroupTip),
    /// What happened to the viewer in a group (OBJ-71).
    GroupSystemNotice(GroupSystemNotice),
    /// A recalled message: nothing is left of its content.
    Revoked {},
    /// A kind this program does not know, or a known one in a form it cannot read. Shown as "unsupported message"
    /// and kept: a client that failed on it would lose the page around it. See [`Payload::is_foreign`].
    #[serde(untagged)]
    Unknown(serde_json::Value),
}

/// The kinds of [`Payload`], as they travel.
const KINDS: [&str; 12] = [
    "text",
    "image",
    "audio",
    "video",
    "file",
    "custom",
    "face",
    "location",
    "merger",
    "group_tip",
    "group_system_notice",
    "revoked",
];

impl Payload {
    /// A text payload.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(TextPayload { text: text.into() })
    }

    /// A kind of another program's: it has a name, and not one of ours. A known kind that is broken is not.
    pub fn is_foreign(&self) -> bool {
        let Self::Unknown(value) = self else { return false };
        value.get("kind").and_then(|kind| kind.as_str()).is_some_and(|kind| !KINDS.contains(&kind))
    }

    /// The wire name of the kind.
    pub fn kind(&self) -> &str {
        match self {
            Self::Text(_) => "text",
            Self::Image(_) => "image",
            Self::Audio(_) => "audio",
            Self::Video(_) => "video",
            Self::File(_) => "file",
            Self::Custom(_) => "custom",
            Self::Face(_) => "face",
            Self::Location(_) => "location",
            Self::Merger(_) => "merger",
            Self::GroupTip(_) => "group_tip",
            Self::GroupSystemNotice(_) => "group_system_notice",
            Self::Revoked {} => "revoked",
            Self::Unknown(value) => value.get("kind").and_then(|kind| kind.as_str()).unwrap_or("unknown"),
        }
    }
}

/// OBJ-60. Not empty.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TextPayload {
    /// The words; mentions are part of them.
    pub text: String,
}

/// OBJ-61.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ImagePayload {
    /// The stored file.
    pub uuid: String,
    /// 1 jpg, 2 gif, 3 png, 4 bmp, 255 other.
    pub image_format: u8,
    /// Original, thumbnail, large.
    #[serde(default)]
    pub variants: Vec<ImageVariant>,
}

/// One size of a picture (OBJ-61).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ImageVariant {
    /// 0 original, 1 thumbnail (198 px), 2 large (720 px).
    #[serde(rename = "type")]
    pub variant: u8,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Bytes.
    pub size: u64,
    /// Where it is fetched.
    pub url: String,
}

/// OBJ-62.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AudioPayload {
    /// The stored file.
    pub uuid: String,
    /// Where it is fetched.
    pub url: String,
    /// Bytes.
    pub size: u64,
    /// Seconds, rounded up, at least 1.
    pub second: u32,
}

/// OBJ-63.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct VideoPayload {
    /// The stored file.
    pub video_uuid: String,
    /// Where it is fetched.
    pub video_url: String,
    /// `mp4`, `mov` …
    pub video_format: String,
    /// Bytes.
    pub video_size: u64,
    /// Seconds.
    pub video_second: u32,
    /// First picture.
    pub snapshot_url: String,
    /// Pixels.
    pub snapshot_width: u32,
    /// Pixels.
    pub snapshot_height: u32,
}

/// OBJ-64.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FilePayload {
    /// The stored file.
    pub uuid: String,
    /// As its sender named it.
    pub file_name: String,
    /// Where it is fetched.
    pub file_url: String,
    /// Bytes.
    pub file_size: u64,
}

/// OBJ-65.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CustomPayload {
    /// The app's own.
    pub data: String,
    /// Shown, searched and notified.
    pub description: String,
    /// The app's own.
    pub extension: String,
}

/// OBJ-66.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FacePayload {
    /// Which, by number.
    pub index: i32,
    /// Which, by key.
    pub data: String,
}

/// OBJ-67. Longitude within ±180, latitude within ±90.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LocationPayload {
    /// The place in words.
    pub description: String,
    /// Degrees.
    pub longitude: f64,
    /// Degrees.
    pub latitude: f64,
}

/// OBJ-68. Exactly one of `message_list` and `download_key` is filled until downloaded.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MergerPayload {
    /// What stands on the card.
    pub title: String,
    /// First lines.
    pub abstract_list: Vec<String>,
    /// For programs that cannot show it.
    pub compatible_text: String,
    /// The messages themselves.
    pub message_list: Vec<SimplifiedMessage>,
    /// Where the server keeps them.
    pub download_key: String,
    /// Nested deeper than 100: no content (OBJ-4).
    #[serde(skip_serializing_if = "is_false")]
    pub layers_over_limit: bool,
}

/// A frozen copy inside a combined message (OBJ-69).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SimplifiedMessage {
    /// Of the original.
    pub id: MessageId,
    /// Sender.
    pub from: UserId,
    /// Sender's name then.
    #[serde(default)]
    pub nick: String,
    /// Sender's picture then.
    #[serde(default)]
    pub avatar: String,
    /// Unix seconds.
    pub time: i64,
    /// Content.
    pub message_body: Vec<Payload>,
    /// App data.
    #[serde(default)]
    pub cloud_custom_data: String,
}

#[cfg(test)]
mod tests {
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
        assert_eq!(
            names,
            ["conversation_id", "from", "id", "kind", "mod", "ord", "payload", "sequence", "time"]
        );
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
        for (word, priority) in
            [("High", Priority::High), ("Low", Priority::Low), ("Lowest", Priority::Lowest)]
        {
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
}
