//! Searching messages (MSG-67, PLUS-7).

use serde::{Deserialize, Serialize};

use crate::ids::{ConversationId, UserId};
use crate::message::Message;

object! {
    /// Searches everything the caller may see, newest first. The words of a message are its text, the name of its file, its
    /// description, the coordinates of its place, or the title and the first lines of a chat record; letters of any case and
    /// width, traditional and simplified characters are the same. Stickers, tips, notices, recalled and deleted
    /// messages are never found. 6017 for more than 5 words or 5 senders, for none of words, senders and kinds, and for a
    /// cursor that is older than 2 minutes; 60018 for too many calls.
    #[derive(Default, PartialEq)]
    SearchMessages {
        /// Pieces of text, none of them empty.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        keyword_list: Vec<String>,
        /// Whether all of them have to be in the message.
        #[serde(default)]
        keyword_list_match_type: KeywordMatch,
        /// Only from these.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        sender_user_id_list: Vec<UserId>,
        /// Only of these kinds.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        message_type_list: Vec<MessageKind>,
        /// Only in this conversation.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        conversation_id: Option<ConversationId>,
        /// Only up to this time, in Unix seconds; 0 for now.
        #[serde(default)]
        time_position: i64,
        /// Only within so many seconds before that; 0 for without limit.
        #[serde(default)]
        time_period: i64,
        /// Messages, or conversations, of a page: 1 to 100, 20 if not given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        count: Option<u32>,
        /// From the page before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cursor: Option<String>,
    }
    /// What was found.
    #[derive(Default, PartialEq)]
    FoundMessages {
        /// Of one conversation: messages. Of all: conversations.
        total_count: u64,
        /// There are so many that not each was looked at: some of those counted may be none.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        is_estimate: bool,
        /// Older messages are still being prepared for searching.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        is_incomplete: bool,
        /// For the next page; none at the end.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cursor: Option<String>,
        /// That with the newest message first.
        search_result_list: Vec<FoundInConversation>,
    }
    /// What was found in a conversation.
    #[derive(PartialEq)]
    FoundInConversation {
        /// Which.
        conversation_id: ConversationId,
        /// How many messages.
        message_count: u64,
        /// Not each of them was looked at: some may be none.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        is_estimate: bool,
        /// When one conversation is searched, the messages of the page, newest first. Otherwise the one there is, or
        /// none if there are several.
        #[serde(default)]
        message_list: Vec<Message>,
        /// The newest of several.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        newest_message: Option<Box<Message>>,
    }
}

/// Whether a message has to have all words (MSG-67).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum KeywordMatch {
    /// One is enough.
    #[default]
    Or,
    /// All.
    And,
}

/// The kinds of messages that can be searched for (MSG-67).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum MessageKind {
    /// OBJ-60.
    Text,
    /// OBJ-61.
    Image,
    /// OBJ-62.
    Audio,
    /// OBJ-63.
    Video,
    /// OBJ-64.
    File,
    /// OBJ-65.
    Custom,
    /// OBJ-67.
    Location,
    /// OBJ-68.
    Merger,
}
