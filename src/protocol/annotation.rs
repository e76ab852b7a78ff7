//! What is put on a message after it was sent: reactions, extensions, receipts, pins (spec part 2b, MSG-75 to MSG-98).
//!
//! Each is a row of its own in the conversation's log, with the change number of its last change: the higher `mod` wins,
//! as for messages and members. It is no part of the message's row because a vote or a reaction happens often, on a
//! message that may be long, and is told to everybody: only what has changed travels. It is in the log and not in an
//! answer of its own because history, catching up and the local copy then have it without anybody asking, so that
//! reactions and polls are drawn at once, also without a network.
//!
//! Most annotations are for everybody who sees the message. What is one viewer's business ([`Note::OwnReaction`],
//! [`Note::ReadReceipt`], [`Note::OwnReadReceipt`]) reaches that viewer's instances only.

use serde::{Deserialize, Serialize};

use crate::ids::{MessageId, UserId};
use crate::message::ReadReceiptInfo;
use crate::user::UserBrief;

fn is_false(flag: &bool) -> bool {
    !flag
}

/// One thing put on a message, as it is now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Annotation {
    /// The message.
    pub id: MessageId,
    /// Its place.
    pub sequence: u64,
    /// Number of the change that made it what it is; the higher one wins. For extensions also their version.
    #[serde(rename = "mod")]
    pub modification: u64,
    /// It is no more.
    #[serde(default, skip_serializing_if = "is_false")]
    pub gone: bool,
    /// What it is.
    #[serde(flatten)]
    pub note: Note,
}

/// What can be put on a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "data", rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Note {
    /// Who gave a reaction, for everybody. `gone` with the last of them.
    Reaction(ReactionCount),
    /// The viewer gave this reaction; `gone`: took it back.
    OwnReaction {
        /// Which.
        reaction_id: String,
    },
    /// A key of the message's extensions and its value, for everybody (MSG-75).
    Extension(Extension),
    /// How many have read it, for its sender (OBJ-43).
    ReadReceipt(ReadReceiptInfo),
    /// The viewer has acknowledged it (MSG-85).
    OwnReadReceipt {},
    /// It is pinned in its group, for everybody (MSG-68); `gone`: not any more, taken off by the operator named.
    Pin(Pin),
    /// A kind this program does not know; skipped.
    #[serde(untagged)]
    Unknown(serde_json::Value),
}

impl Note {
    /// Which one of its kind it is on its message: a reaction or a key; empty where there is only one.
    pub fn name(&self) -> &str {
        match self {
            Self::Reaction(ReactionCount { reaction_id, .. }) | Self::OwnReaction { reaction_id } => {
                reaction_id
            }
            Self::Extension(extension) => &extension.key,
            Self::ReadReceipt(_) | Self::OwnReadReceipt {} | Self::Pin(_) | Self::Unknown(_) => "",
        }
    }
}

/// A reaction of a message in short (MSG-82).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReactionCount {
    /// Text key, normally an emoji; 1 to 64 bytes (MSG-80).
    pub reaction_id: String,
    /// How many gave it.
    pub total_user_count: u32,
    /// Number of the change with which it came up: reactions stand in this order.
    pub since: u64,
    /// The first of them, at most 10 (MSG-8).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub partial_user_list: Vec<UserBrief>,
}

/// What a key of extensions begins with that belongs to a person: `@anna` is written and removed by `anna` alone.
const OWN: char = '@';

/// One key of a message's extensions (MSG-75): polls, sign-up lists. Anybody may write it, but for keys that belong to a person
/// (our choice: a vote is that of whom it is filed under).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Extension {
    /// At most 100 bytes (MSG-7).
    pub key: String,
    /// At most 1 KB (MSG-7).
    #[serde(default)]
    pub value: String,
}

impl Extension {
    /// The key that belongs to a person.
    pub fn key_of(user: &UserId) -> String {
        format!("{OWN}{user}")
    }

    /// Whose a key is; none where anybody may write it.
    pub fn owner(key: &str) -> Option<&str> {
        key.strip_prefix(OWN)
    }
}

/// A pin of a group message (MSG-68).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Pin {
    /// Who pinned it, or took the pin off.
    pub operator_info: UserBrief,
    /// When, unix seconds.
    pub time: i64,
}
