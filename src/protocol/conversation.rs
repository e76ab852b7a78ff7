//! Conversations as one viewer has them (spec part 3).

use serde::{Deserialize, Serialize};

use crate::ids::{ConversationId, UserId};

/// How a conversation makes itself noticed (CONV-90 to CONV-94).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum RemindType {
    /// The default.
    #[default]
    AcceptAndNotify,
    /// Muted.
    AcceptNotNotify,
    /// Refused.
    Discard,
    /// Muted unless mentioned.
    NotNotifyExceptAt,
    /// Topics: only mentions arrive.
    NotReceiveExceptAt,
}

/// The mark of conversations that a person wants to see as unread (CONV-81).
pub const MARK_UNREAD: u64 = 0x2;

/// Whether a number is a mark: one of the four with a meaning (CONV-80 to CONV-83), or a bit from 32 on (CONV-84).
pub fn is_mark(number: u64) -> bool {
    number.is_power_of_two() && (number <= 0x8 || number >= 0x1_0000_0000)
}

/// The marks in a set of bits, lowest first.
pub fn mark_list(bits: u64) -> Vec<u64> {
    (0..u64::BITS).filter_map(|bit| 1_u64.checked_shl(bit)).filter(|mark| bits & mark != 0).collect()
}

/// What is private to one user about a conversation and the same on all their instances. Changes of it
/// travel in the user's own log; the server's read position is part of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ConversationState {
    /// Which conversation.
    pub conversation_id: ConversationId,
    /// Where the user has read up to, and what counts from there.
    pub read: ReadState,
    /// Messages at and below this place are gone for this user (clear history).
    #[serde(default)]
    pub min_seq: u64,
    /// Messages above this place are not for this user, who left or was removed; none while a member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_seq: Option<u64>,
    /// The conversation is out of the list until it holds a message above this place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hidden_to: Option<u64>,
    /// Out of the group: readable, not writable (CONV-35, CONV-58).
    #[serde(default)]
    pub is_readonly: bool,
    /// Pinned to the top (CONV-29).
    #[serde(default)]
    pub is_pinned: bool,
    /// CONV-30.
    #[serde(default)]
    pub message_remind_type: RemindType,
    /// The marks that are set (CONV-31).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mark_list: Vec<u64>,
    /// The app's own (CONV-32).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub custom_data: String,
    /// Numbers of the conversation groups it is in (CONV-33). One that the list of groups does not name is no more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conversation_groups: Vec<u64>,
}

/// A conversation group: a private label of the user (CONV-110), not to be confused with a group of people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ConversationGroup {
    /// What conversations name it by; never used again, so that renaming and deleting change no conversation.
    pub number: u64,
    /// What the user calls it; 1 to 32 bytes, no two alike (CONV-6).
    pub name: String,
}

/// Conversation groups per user (CONV-6), else 51010.
pub const CONVERSATION_GROUPS_MAX: usize = 20;
/// Bytes of a conversation group's name (CONV-6), else 51011.
pub const CONVERSATION_GROUP_NAME_BYTES: usize = 32;

/// Global do-not-disturb (CONV-73, CONV-95).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AllReceiveMessageOpt {
    /// `accept_not_notify` while it is set, `accept_and_notify` when it is off; others are 6017.
    pub message_remind_type: RemindType,
    /// Unix seconds: when it begins.
    #[serde(default)]
    pub start_time: i64,
    /// Unix seconds: when it ends for the first time.
    #[serde(default)]
    pub end_time: i64,
    /// Again each day at the clock time of `start_time`; for ever if it lasts a day or longer.
    #[serde(default)]
    pub is_repeated: bool,
    /// IANA name of the zone in which it is the same clock time each day, at most 64 bytes.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub time_zone: String,
}

/// A read position and what it means for the count. Positions only grow; the higher `read_seq` wins.
///
/// `unread = head.ord - read_ord - revoked_unread - (rows recalled since `as_of` above `read_seq`)`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReadState {
    /// Everything up to this place is read.
    pub read_seq: u64,
    /// `ord` at that place.
    pub read_ord: u64,
    /// Countable messages above `read_seq` that were recalled.
    #[serde(default)]
    pub revoked_unread: u64,
    /// The conversation's change number this was true at.
    #[serde(default)]
    pub as_of: u64,
}

/// What somebody has begun to write (CONV-34, PLUS-4).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Draft {
    /// Which conversation.
    pub conversation_id: ConversationId,
    /// Empty when there is none.
    pub draft_text: String,
    /// What it will answer to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<crate::message::Quote>,
    /// Unix milliseconds at the instance where it was typed; the later one wins.
    pub time_ms: i64,
}

/// Why a mention concerns the viewer (CONV-53).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "u8", try_from = "u8")]
pub enum AtType {
    /// By name.
    Me,
    /// With everybody.
    All,
    /// Both.
    AllAndMe,
}

impl From<AtType> for u8 {
    fn from(at: AtType) -> u8 {
        match at {
            AtType::Me => 1,
            AtType::All => 2,
            AtType::AllAndMe => 3,
        }
    }
}

impl TryFrom<u8> for AtType {
    type Error = &'static str;
    fn try_from(number: u8) -> Result<Self, Self::Error> {
        match number {
            1 => Ok(Self::Me),
            2 => Ok(Self::All),
            3 => Ok(Self::AllAndMe),
            _ => Err("at_types is 1, 2 or 3"),
        }
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for AtType {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "AtType".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "integer", "minimum": 1, "maximum": 3 })
    }
}

/// One unread message that mentions the viewer (CONV-50 to CONV-54).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Mention {
    /// Who mentioned (CONV-51).
    pub from: UserId,
    /// Jump target (CONV-52).
    pub message_sequence: u64,
    /// CONV-53.
    pub at_types: AtType,
}
