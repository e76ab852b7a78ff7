//! How a client comes to have what the server has (`docs/sync_model.md`).
//!
//! Two logs: each conversation counts its changes with `mod`, each user counts their private changes with
//! `useq`. Rows carry their current state and the higher number wins, so applying is idempotent and free of
//! order; only the cursors need continuity.

use serde::{Deserialize, Serialize};

use crate::annotation::Annotation;
use crate::conversation::{
    AllReceiveMessageOpt, ConversationGroup, ConversationState, Draft, Mention, ReadState,
};
use crate::group::{Group, Member};
use crate::ids::{ConversationId, MessageId, UserId};
use crate::message::Message;
use crate::user::Profile;

/// Where a conversation stands, as one user sees it. Sent for every conversation that moved since the
/// client last looked; enough to draw its line in the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Head {
    /// Which conversation.
    pub conversation_id: ConversationId,
    /// Its counters.
    #[serde(flatten)]
    pub counters: Counters,
    /// Unix milliseconds of the last change; the greatest one seen is the next `heads_since`.
    pub changed_at: i64,
    /// The user's own side of it.
    pub state: ConversationState,
    /// `counters.ord` minus what is read and what was recalled: for clients that keep no rows.
    pub unread_count: u64,
    /// Unread messages that mention the user, oldest first, at most 100 (CONV-27).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub group_at_info_list: Vec<Mention>,
    /// What stands in the list as the last message (CONV-24).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_message: Option<Box<Message>>,
    /// What is on the last message.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub annotations: Vec<Annotation>,
    /// One to one: who the peer is (CONV-26).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_profile: Option<Profile>,
    /// One to one: how far the peer has got.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peer: Option<PeerProgress>,
    /// Groups: the group (CONV-25).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_profile: Option<Box<Group>>,
}

/// The counters of a conversation. All three only grow and are taken inside the transaction that writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Counters {
    /// Place of the newest message.
    pub seq: u64,
    /// Number of the last change of anything.
    #[serde(rename = "mod")]
    pub modification: u64,
    /// How many countable messages there are.
    pub ord: u64,
    /// Messages below this place were removed by retention (MSG-5).
    #[serde(default)]
    pub min_seq: u64,
    /// How many countable messages there were below that place; nobody has them unread any more.
    #[serde(default)]
    pub min_ord: u64,
}

/// How far the other side of a one-to-one conversation has got.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PeerProgress {
    /// One of the peer's instances has everything up to here.
    pub delivered_seq: u64,
    /// The peer has read everything up to here (OBJ-34).
    pub read_seq: u64,
}

/// A live change of a conversation. Apply its rows at once; move the cursor only if `prev_mod` equals it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ConversationFrame {
    /// Which conversation.
    pub conversation_id: ConversationId,
    /// The `mod` before this change.
    pub prev_mod: u64,
    /// Counters after it.
    #[serde(flatten)]
    pub counters: Counters,
    /// Unix milliseconds of the change.
    pub changed_at: i64,
    /// New or changed messages.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub messages: Vec<Message>,
    /// What was put on messages, or taken off.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub annotations: Vec<Annotation>,
    /// New or changed members.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<Member>,
    /// The group, if its profile or size changed; without `self_info`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_profile: Option<Box<Group>>,
}

/// One private object of a user as it is now. `gone` entries are deletions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UserEntry {
    /// Number of the user's change that last touched it.
    pub useq: u64,
    /// It is no more.
    #[serde(default)]
    pub gone: bool,
    /// The object.
    #[serde(flatten)]
    pub item: UserItem,
}

/// The kinds of private objects.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "data", rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum UserItem {
    /// Settings and read position of a conversation. `gone`: the conversation was deleted.
    Conversation(ConversationState),
    /// What the user has begun to write (PLUS-4). An empty text is a deletion.
    Draft(Draft),
    /// A message the user deleted for themselves (PLUS-5).
    HiddenMessage(HiddenMessage),
    /// A voice message that was listened to.
    HeardMessage(HeardMessage),
    /// The own profile.
    Profile(Profile),
    /// All conversation groups, in order of creation (CONV-110).
    ConversationGroups(Vec<ConversationGroup>),
    /// Global do-not-disturb (CONV-73).
    AllReceiveMessageOpt(AllReceiveMessageOpt),
    /// A kind this program does not know; skipped.
    #[serde(untagged)]
    Unknown(serde_json::Value),
}

/// A message deleted for its viewer only (MSG-62).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct HiddenMessage {
    /// Where.
    pub conversation_id: ConversationId,
    /// Its place.
    pub sequence: u64,
    /// Its id.
    pub id: MessageId,
}

/// A voice message of somebody else that its viewer has listened to, on whatever instance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct HeardMessage {
    /// Where.
    pub conversation_id: ConversationId,
    /// Its place.
    pub sequence: u64,
    /// Its id.
    pub id: MessageId,
}

/// A live change of the user's own log. The same rule as for conversations, with `useq`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UserFrame {
    /// The `useq` before.
    pub prev_useq: u64,
    /// The `useq` after.
    pub useq: u64,
    /// What changed.
    pub entries: Vec<UserEntry>,
}

/// Somebody else's progress in a one-to-one conversation; unnumbered, the greater number wins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PeerProgressed {
    /// Which conversation.
    pub conversation_id: ConversationId,
    /// How far the peer has got.
    #[serde(flatten)]
    pub peer: PeerProgress,
}

/// A page of the own log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UserChanges {
    /// The cursor was too old or of another epoch: what comes is everything there is, drop the rest.
    #[serde(default)]
    pub full: bool,
    /// In order of `useq`.
    pub entries: Vec<UserEntry>,
    /// The cursor after this page.
    pub useq: u64,
    /// Ask again from there.
    #[serde(default)]
    pub more: bool,
}

/// A page of heads, the most recently changed first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Heads {
    /// The heads.
    pub heads: Vec<Head>,
    /// For the next page; none at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// What changed in a conversation after a cursor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Changes {
    /// Too much has changed: `range` holds the newest page, everything else the client has is old.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reset: Option<Range>,
    /// Rows with a higher `mod`, in order of `mod`. Empty with `reset`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub messages: Vec<Message>,
    /// The same for what was put on messages.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub annotations: Vec<Annotation>,
    /// The same for members (groups).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<Member>,
    /// The group, if its profile changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_profile: Option<Box<Group>>,
    /// The cursor after this page.
    pub up_to: u64,
    /// Counters of the conversation, read in the same snapshot.
    pub head: Counters,
    /// Ask again from `up_to`.
    #[serde(default)]
    pub more: bool,
}

/// Every message of a stretch of a conversation, or those of it that changed after a given `mod`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Range {
    /// First place covered. May be higher than asked for where older messages are not for this user.
    pub from_seq: u64,
    /// Last place covered; below `from_seq` when the range is empty.
    pub to_seq: u64,
    /// In order of `sequence`.
    pub messages: Vec<Message>,
    /// What is on the messages of the stretch, or of it what changed after the given `mod`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub annotations: Vec<Annotation>,
    /// The `mod` of the conversation this was true at.
    pub as_of: u64,
    /// Nothing older exists for this user.
    #[serde(default)]
    pub is_completed: bool,
}

/// Where a user may look in a conversation, and which of their positions moved with a call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReadMoved {
    /// Which conversation.
    pub conversation_id: ConversationId,
    /// The position now.
    pub read: ReadState,
}

/// The stored side of a message just sent or changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Stored {
    /// The message as it now stands.
    pub message: Message,
    /// `mod` of the conversation before the change, so that the sender can move its cursor.
    pub prev_mod: u64,
    /// Counters after it.
    #[serde(flatten)]
    pub counters: Counters,
}

/// What a call put on messages or took off.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Annotated {
    /// Which conversation.
    pub conversation_id: ConversationId,
    /// `mod` of the conversation before the change, so that the caller can move its cursor. The present one where
    /// nothing was changed.
    pub prev_mod: u64,
    /// Counters after it.
    #[serde(flatten)]
    pub counters: Counters,
    /// All that changed with it, also what others did at the same moment.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub annotations: Vec<Annotation>,
}

/// A person named in a list of failures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UserFailure {
    /// Who.
    pub user_id: UserId,
    /// Why.
    pub code: crate::ErrorCode,
}
