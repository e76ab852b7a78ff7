//! Requests about what is put on messages (`README.md`, section 12), and about large combined messages.

use serde::{Deserialize, Serialize};

use crate::annotation::Pin;
use crate::error::ErrorCode;
use crate::ids::{ConversationId, GroupId, UserId};
use crate::message::{Message, SimplifiedMessage};
use crate::sync::Annotated;
use crate::user::UserBrief;

object! {
    /// Gives a message a reaction of the caller (MSG-80). Too many different ones are 23005, too many people 23006, given
    /// already 23007; recalled messages, tips and broadcast rooms 2905.
    AddMessageReaction {
        /// Where the message stands.
        conversation_id: ConversationId,
        /// Its place.
        sequence: u64,
        /// Any text, normally an emoji: 1 to 64 bytes, else 6017.
        reaction_id: String,
    }
    /// Takes a reaction of the caller back (MSG-81). Unknown ones are 23008, those of others only 23009.
    RemoveMessageReaction {
        /// Where the message stands.
        conversation_id: ConversationId,
        /// Its place.
        sequence: u64,
        /// Which.
        reaction_id: String,
    }
    /// Who gave a reaction, in the order in which they did, a page at a time (MSG-83). Unknown ones are 23008.
    GetReactionUsers {
        /// Where the message stands.
        conversation_id: ConversationId,
        /// Its place.
        sequence: u64,
        /// Which.
        reaction_id: String,
        /// How many to leave out: 0, then from the page before.
        #[serde(default)]
        next_seq: u64,
        /// At most `reaction_user_page`, the default.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        count: Option<u32>,
    }
    /// A page of the people who gave a reaction.
    ReactionUsers {
        /// They.
        user_list: Vec<UserBrief>,
        /// For the next page; 0 at the end.
        next_seq: u64,
        /// There are no more.
        is_completed: bool,
    }
    /// Sets keys of a message's extensions (MSG-75). Each key names the version it was seen in; whoever is late gets
    /// 23001 for that key, and its present state. Sizes and numbers are 6017; messages that were not sent for it,
    /// recalled ones and broadcast rooms 2905 (MSG-78).
    SetMessageExtensions {
        /// Where the message stands.
        conversation_id: ConversationId,
        /// Its place.
        sequence: u64,
        /// What to set, 1 to 20 keys, each once.
        extension_list: Vec<ExtensionWish>,
    }
    /// A key to set.
    ExtensionWish {
        /// At most 100 bytes.
        key: String,
        /// At most 1 KB.
        value: String,
        /// `mod` of the key as the caller has it; 0 for a key it does not know.
        #[serde(default)]
        version: u64,
    }
    /// Removes keys of a message's extensions (MSG-77); 23001 as when setting.
    DeleteMessageExtensions {
        /// Where the message stands.
        conversation_id: ConversationId,
        /// Which, at most 20; none for all there are, whatever their versions.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        key_list: Option<Vec<ExtensionKey>>,
        /// Its place.
        sequence: u64,
    }
    /// A key to remove.
    ExtensionKey {
        /// Which.
        key: String,
        /// `mod` of the key as the caller has it.
        version: u64,
    }
    /// What became of each key.
    ExtensionsDone {
        /// In the order of the call.
        extensions: Vec<ExtensionResult>,
        /// What has changed; of keys that were not changed the present state.
        #[serde(flatten)]
        annotated: Annotated,
    }
    /// What became of a key (MSG-75, MSG-77).
    #[derive(PartialEq, Eq)]
    ExtensionResult {
        /// 23001: somebody was faster; none: done.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<ErrorCode>,
        /// Which.
        key: String,
        /// Its value now; of a removed one the last.
        value: String,
    }
    /// Acknowledges messages of others (MSG-85). Those that do not want it or have it are skipped; where none is left: 2114.
    SendMessageReadReceipt {
        /// Where they stand.
        conversation_id: ConversationId,
        /// Their places, 1 to 30.
        sequences: Vec<u64>,
    }
    /// Who has read an own group message, or who has not, a page at a time (MSG-87). Without receipts 10062, those of
    /// others 10007.
    GetReadMembers {
        /// Where the message stands.
        conversation_id: ConversationId,
        /// Its place.
        sequence: u64,
        /// Which of the two.
        #[serde(default)]
        filter: ReadFilter,
        /// Empty, then from the page before.
        #[serde(default)]
        cursor: String,
        /// At most `read_member_page`, the default.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        count: Option<u32>,
    }
    /// A page of those who have read a message, or have not.
    ReadMembers {
        /// They: of those who have read it, in the order in which they did.
        user_id_list: Vec<UserId>,
        /// For the next page.
        cursor: String,
        /// There are no more.
        is_completed: bool,
    }
    /// Pins a message of a group, or takes the pin off (MSG-68). More than `pinned_messages`: 10070; an unknown message 10030.
    PinGroupMessage {
        /// Which group.
        group_id: GroupId,
        /// The message's place.
        sequence: u64,
        /// False takes it off.
        is_pinned: bool,
    }
    /// The pinned messages of a group that the caller can see, the latest pin first (MSG-69).
    GetPinnedMessages {
        /// Which group.
        group_id: GroupId,
    }
    /// The pinned messages.
    PinnedMessages {
        /// The latest pin first.
        message_list: Vec<PinnedMessage>,
    }
    /// A pinned message.
    #[derive(PartialEq)]
    PinnedMessage {
        /// The message.
        message: Message,
        /// Who pinned it, and when.
        #[serde(flatten)]
        pin: Pin,
    }
    /// The messages inside of a combined message that the server keeps apart (MSG-30). 2450 for messages of other kinds,
    /// 2451 for another key than the message has.
    GetCombinedMessage {
        /// Where the message stands.
        conversation_id: ConversationId,
        /// Its place.
        sequence: u64,
        /// As the message has it.
        download_key: String,
    }
    /// The messages inside of a combined message.
    CombinedMessage {
        /// In the order of their times.
        message_list: Vec<SimplifiedMessage>,
    }
}

/// Whether those who have read a message are wanted, or the others (MSG-87).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum ReadFilter {
    /// Those who have.
    #[default]
    Read,
    /// Those who have not.
    Unread,
}
