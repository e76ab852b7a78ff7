//! The message object (spec part 2a): who, when, what, and what has become of it since.
//!
//! One [`Message`] is one row of its conversation's log and always carries its *current* state, so a page
//! of history needs nothing else to be shown. [`Message::modification`] tells how new that state is.

mod payload;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::annotation::{Extension, Pin};
use crate::ids::{ConversationId, ConversationType, MessageId, UserId};
use crate::service::LinkPreview;
use crate::user::UserBrief;

pub use self::payload::{
    AudioPayload, CustomPayload, FacePayload, FilePayload, ImagePayload, ImageVariant, LocationPayload,
    MergerPayload, Payload, SimplifiedMessage, TextPayload, VideoPayload,
};

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
    /// Counts for groups; flag and time one to one (OBJ-43). From the server as it was when sent; the SDK fills in
    /// where it stands now, for the sender, from [`crate::annotation::Note::ReadReceipt`].
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
    /// Who reacted with what (OBJ-49), in the order in which the reactions came up. Filled in by the SDK from
    /// [`crate::annotation::Note::Reaction`]; empty from the server.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reactions: Vec<Reaction>,
    /// Polls, sign-up lists (MSG-75), by key. Filled in by the SDK like `reactions`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extensions: Vec<Extension>,
    /// Pinned in its group (MSG-68). Filled in by the SDK like `reactions`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin: Option<Pin>,
    /// Sent to those online only: not stored, no sequence (OBJ-50, MSG-32).
    #[serde(default, skip_serializing_if = "is_false")]
    pub online_user_only: bool,
    /// How it counts (OBJ-50, MSG-34).
    #[serde(default, skip_serializing_if = "is_zero")]
    pub message_control: MessageControl,
    /// What a desktop notification shows (MSG-33).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offline_push: Option<OfflinePush>,
    /// What the page of its first link says about itself; the server adds it a moment after the sending.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link_preview: Option<LinkPreview>,
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
    pub partial_user_list: Vec<UserBrief>,
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
