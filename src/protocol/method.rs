//! Every request: its name, its parameters, its answer.
//!
//! The table at the end is the list of methods. From it come [`MethodName`], which the server's authorisation
//! table matches exhaustively, the implementations of [`Method`], which tie parameters to answers, and the
//! [`Call`] enum, which the server dispatches on.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::conversation::{AllReceiveMessageOpt, Draft, RemindType};
use crate::error::ErrorCode;
use crate::group::Group;
use crate::ids::{ConversationId, MessageId, UserId};
use crate::message::{MessageControl, OfflinePush, Payload, Priority, Quote};
use crate::session::{Credential, Instance, InstanceInfo, ServerInfo, SignedIn};
use crate::sync::{Annotated, Changes, Head, Heads, Range, ReadMoved, Stored, UserChanges};
use crate::user::Profile;

/// Parameters of a method, which name it and its answer.
pub trait Method: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// As it travels in `method`.
    const NAME: MethodName;
    /// What a successful call answers with.
    type Answer: Serialize + DeserializeOwned + Send + 'static;
}

macro_rules! object {
    ($($(#[$doc:meta])* $name:ident { $($(#[$fmeta:meta])* $field:ident: $type:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub struct $name { $($(#[$fmeta])* pub $field: $type,)* }
    )*};
}

mod annotation;
mod file;
mod group;
mod search;
mod service;
mod sticker;
mod sync;
#[cfg(test)]
mod tests;

pub use self::annotation::*;
pub use self::file::*;
pub use self::group::*;
pub use self::search::*;
pub use self::service::*;
pub use self::sticker::*;
pub use self::sync::*;

object! {
    /// An answer without content.
    Done {}
    /// What the server is. Allowed before sign-in.
    GetServerInfo {}
    /// Signs this connection in (SES-11).
    SignIn {
        /// App id of the deployment; another one is 70014.
        app_id: u32,
        /// Who.
        user_id: UserId,
        /// What proves it.
        credential: Credential,
        /// Which program on which machine.
        instance: InstanceInfo,
        /// [`crate::PROTOCOL_VERSION`] of the client.
        protocol_version: u32,
    }
    /// Makes an account from an invitation, without signing in. Allowed before sign-in.
    Join {
        /// From the invite link.
        token: String,
        /// The id the person chooses; taken: 70398.
        user_id: UserId,
        /// What to call the person.
        #[serde(default)]
        nick: String,
        /// At least `password_min_chars` characters.
        password: String,
    }
    /// Ends this instance's session for good (SES-12).
    SignOut {}
    /// Heartbeat and clock (SES-36).
    Ping {}
    /// Answer to a heartbeat.
    Pong {
        /// Unix milliseconds.
        server_time_ms: i64,
    }
    /// Replaces a credential before it runs out (SES-21).
    RefreshCredential {
        /// The new one.
        user_sig: String,
    }
    /// The own instances (SES-46).
    ListInstances {}
    /// The own instances.
    Instances {
        /// The asking one first, then by login time.
        instances: Vec<Instance>,
    }
    /// Ends one of the own instances (SES-46).
    EndInstance {
        /// Which.
        instance_id: String,
    }
    /// Changes the own password; ends all other instances.
    ChangePassword {
        /// The present one.
        old_password: String,
        /// At least `password_min_chars` characters.
        new_password: String,
    }
    /// Makes an invite link. For administrators; a deployer may allow it to everybody.
    CreateInvite {
        /// Seconds until it runs out; at most 30 days.
        #[serde(default)]
        lifetime_seconds: Option<u32>,
        /// The account made by it is an administrator.
        #[serde(default)]
        is_admin: bool,
    }
    /// An invite link.
    Invite {
        /// `hallway://join/…`, see [`crate::link::InviteLink`].
        link: String,
        /// Unix seconds.
        expires: i64,
    }

    /// Messages of a stretch of a conversation, both ends included, at most `history_page` of them: the
    /// newest of the stretch (MSG-65, MSG-66).
    GetRange {
        /// Which conversation.
        conversation_id: ConversationId,
        /// First place.
        from_seq: u64,
        /// Last place; more than there is stands for the newest.
        to_seq: u64,
        /// Only rows changed after this `mod`, to bring a known range up to date.
        #[serde(default)]
        changed_after: u64,
    }
    /// Place of the first message at or after a time (MSG-66 for one-to-one conversations).
    LocateTime {
        /// Which conversation.
        conversation_id: ConversationId,
        /// Unix seconds.
        time: i64,
    }
    /// A place in a conversation.
    Located {
        /// None when every message is older.
        sequence: Option<u64>,
    }

    /// Sends a message (MSG-59). Repeating it with the same `id` answers the same and stores nothing.
    SendMessage {
        /// Made by the client, see [`MessageId`]; it must carry the sender's number.
        id: MessageId,
        /// To whom. The system conversation is 2106.
        conversation_id: ConversationId,
        /// What. Tips, notices and empty texts are 6017.
        #[serde(flatten)]
        payload: Payload,
        /// OBJ-31.
        #[serde(default)]
        priority: Priority,
        /// OBJ-35. Groups only, else 2106.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        at_user_list: Vec<String>,
        /// PLUS-8.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reply_to: Option<Quote>,
        /// OBJ-36.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        cloud_custom_data: String,
        /// OBJ-42.
        #[serde(default)]
        need_read_receipt: bool,
        /// OBJ-44.
        #[serde(default)]
        is_support_extension: bool,
        /// OBJ-45.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        receiver_list: Vec<UserId>,
        /// MSG-32.
        #[serde(default)]
        online_user_only: bool,
        /// MSG-34. With `online_user_only`: 6017 (MSG-35).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message_control: Option<MessageControl>,
        /// MSG-33.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        offline_push: Option<OfflinePush>,
        /// MSG-19: which of the deployment's sets of moderation rules holds for this message. Never stored. An unknown one
        /// is 6017.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        moderation_profile: String,
        /// No preview is added for a link in it.
        #[serde(default, skip_serializing_if = "is_false")]
        no_link_preview: bool,
    }
    /// Recalls a message for everybody (MSG-61).
    RevokeMessage {
        /// Where it stands.
        conversation_id: ConversationId,
        /// Its place.
        sequence: u64,
        /// Shown with the placeholder.
        #[serde(default)]
        reason: String,
    }
    /// Changes a message (MSG-63, PLUS-8).
    ModifyMessage {
        /// Where it stands.
        conversation_id: ConversationId,
        /// Its place.
        sequence: u64,
        /// The version the change was made from; another one is 2480 with the latest message.
        version: u32,
        /// New content, or as it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        payload: Option<PayloadField>,
        /// New mentions with new content.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at_user_list: Option<Vec<String>>,
        /// New app data, or as it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cloud_custom_data: Option<String>,
    }
    /// A payload with its kind, where the parameters hold other things too.
    PayloadField {
        /// Kind and content.
        #[serde(flatten)]
        payload: Payload,
    }
    /// Deletes messages for the caller only (MSG-62, PLUS-5).
    DeleteMessages {
        /// Where they stand.
        conversation_id: ConversationId,
        /// Their places, 1 to 30; the rest is ignored (MSG-3).
        sequences: Vec<u64>,
    }

    /// One conversation, made if it does not exist yet (CONV-61).
    GetConversation {
        /// Which.
        conversation_id: ConversationId,
    }
    /// Moves the read position (CONV-70). Positions only grow.
    SetRead {
        /// Which conversation.
        conversation_id: ConversationId,
        /// Read up to here; none for all there is.
        #[serde(default)]
        sequence: Option<u64>,
    }
    /// Marks everything read (CONV-71).
    SetAllRead {
        /// Of which kind.
        scope: ReadScope,
    }
    /// Positions that moved.
    AllRead {
        /// One entry per conversation that had unread messages.
        moved: Vec<ReadMoved>,
    }
    /// Empties conversations for the caller (CONV-64, PLUS-5).
    ClearHistory {
        /// Which.
        conversation_id: ConversationId,
    }
    /// Takes conversations off the caller's list (CONV-62, PLUS-5).
    DeleteConversations {
        /// At most 100, else 51006.
        conversation_id_list: Vec<ConversationId>,
        /// Also empties them for the caller.
        clear_history_message: bool,
    }
    /// The conversations a batch call did.
    DeletedConversations {
        /// Which.
        conversation_id_list: Vec<ConversationId>,
    }
    /// Changes what the caller has set about conversations; only given fields change (CONV-65 to CONV-67, CONV-72,
    /// CONV-114, CONV-115). One to one, a conversation that does not exist yet is made. It reaches all own instances
    /// through the own log.
    #[derive(Default)]
    UpdateConversations {
        /// 1 to 100, else 51006.
        conversation_id_list: Vec<ConversationId>,
        /// To the top (CONV-65); too many: 51012.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        is_pinned: Option<bool>,
        /// How they make themselves noticed, at most 30 at a time (CONV-72, CONV-8).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message_remind_type: Option<RemindType>,
        /// A label to set or to take off (CONV-66).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mark: Option<MarkChange>,
        /// At most 256 bytes, else 6017; empty removes it (CONV-67).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        custom_data: Option<String>,
        /// A conversation group to put them into or take them out of (CONV-114, CONV-115).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        conversation_group: Option<ConversationGroupChange>,
    }
    /// A conversation group to put conversations into or to take them out of.
    #[derive(PartialEq, Eq)]
    ConversationGroupChange {
        /// Which; an unknown one is 51009.
        group_name: String,
        /// False takes them out.
        is_in: bool,
    }
    /// A label to set or to take off (CONV-66).
    #[derive(Copy, PartialEq, Eq)]
    MarkChange {
        /// CONV-80 to CONV-84; other values are 6017.
        mark_type: u64,
        /// False takes it off.
        enable_mark: bool,
    }
    /// The conversations a batch call changed, and why it did not change the others.
    ConversationsUpdated {
        /// Changed, or as wanted before.
        success_conversation_id_list: Vec<ConversationId>,
        /// Not changed.
        failure_conversation_id_list: Vec<ConversationFailure>,
    }
    /// Why a batch call did not change one conversation.
    ConversationFailure {
        /// Which.
        conversation_id: ConversationId,
        /// Why.
        code: ErrorCode,
        /// For developers.
        message: String,
    }
    /// Makes a conversation group (CONV-111).
    CreateConversationGroup {
        /// 1 to 32 bytes, else 51011; an existing one is 6017.
        group_name: String,
        /// What to put into it at once, at most 100, else 51006.
        #[serde(default)]
        conversation_id_list: Vec<ConversationId>,
    }
    /// Deletes a conversation group; its conversations stay (CONV-112).
    DeleteConversationGroup {
        /// Which; an unknown one is 51009.
        group_name: String,
    }
    /// Gives a conversation group another name (CONV-113).
    RenameConversationGroup {
        /// Which; an unknown one is 51009.
        old_name: String,
        /// 1 to 32 bytes, else 51011; that of another group is 6017.
        new_name: String,
    }
    /// Sets global do-not-disturb (CONV-73). Where the deployment has switched it off: 72011.
    SetAllReceiveMessageOpt {
        /// What from now on holds.
        #[serde(flatten)]
        opt: AllReceiveMessageOpt,
    }
    /// Keeps what the user has begun to write (CONV-63, PLUS-4).
    SetDraft {
        /// The draft; an older one than the stored is ignored.
        draft: Draft,
    }

    /// Profiles of people, at most 100; unknown ones are left out.
    GetUsers {
        /// Whom.
        user_id_list: Vec<UserId>,
    }
    /// The directory: everybody whose name or id contains the words, by name.
    SearchUsers {
        /// Empty for everybody.
        #[serde(default)]
        query: String,
        /// From the page before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cursor: Option<String>,
        /// At most 100, the default.
        #[serde(default)]
        limit: Option<u32>,
    }
    /// People.
    Users {
        /// In the order asked for, or by name.
        users: Vec<Profile>,
        /// For the next page; none at the end.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cursor: Option<String>,
    }
    /// Changes the own profile; only given fields change.
    UpdateProfile {
        /// New name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        nick: Option<String>,
    }

}

fn is_false(flag: &bool) -> bool {
    !flag
}

/// Which conversations a read-all means (CONV-71).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum ReadScope {
    /// One to one.
    #[serde(rename = "READ_ALL_C2C_MSG")]
    C2c,
    /// Groups.
    #[serde(rename = "READ_ALL_GROUP_MSG")]
    Group,
    /// Both.
    #[default]
    #[serde(rename = "READ_ALL_MSG")]
    All,
}

macro_rules! methods {
    ($($name:literal $params:ident => $answer:ty;)*) => {
        /// The names of all methods.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum MethodName { $(#[doc = $name] $params,)* }

        impl MethodName {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$params,)*];

            /// As it travels.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$params => $name,)* }
            }

            /// The method with that name.
            pub fn parse(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$params),)* _ => None }
            }
        }

        $(impl Method for $params {
            const NAME: MethodName = MethodName::$params;
            type Answer = $answer;
        })*

        /// Name, parameters and answer of every method, for [`crate::schema`].
        #[cfg(feature = "schema")]
        pub(crate) fn describe(
            generator: &mut schemars::SchemaGenerator,
        ) -> Vec<(&'static str, schemars::Schema, schemars::Schema)> {
            vec![$(($name, generator.subschema_for::<$params>(), generator.subschema_for::<$answer>()),)*]
        }

        /// Reads parameters and writes them again, for the tests.
        #[cfg(test)]
        pub(crate) fn rewrite_params(name: MethodName, text: &str) -> Result<serde_json::Value, serde_json::Error> {
            match name { $(MethodName::$params => serde_json::to_value(serde_json::from_str::<$params>(text)?),)* }
        }

        /// Reads an answer and writes it again, for the tests.
        #[cfg(test)]
        pub(crate) fn rewrite_answer(name: MethodName, text: &str) -> Result<serde_json::Value, serde_json::Error> {
            match name { $(MethodName::$params => serde_json::to_value(serde_json::from_str::<$answer>(text)?),)* }
        }

        /// A request with its parameters read.
        #[derive(Debug)]
        pub enum Call { $(#[doc = $name] $params(Box<$params>),)* }

        impl Call {
            /// Reads the parameters of `name` from JSON.
            pub fn parse(name: MethodName, params: &str) -> Result<Self, serde_json::Error> {
                Ok(match name {
                    $(MethodName::$params => Self::$params(Box::new(serde_json::from_str(params)?)),)*
                })
            }

            /// Which method it is.
            pub fn name(&self) -> MethodName {
                match self { $(Self::$params(_) => MethodName::$params,)* }
            }
        }
    };
}

methods! {
    "server.info" GetServerInfo => ServerInfo;
    "session.sign_in" SignIn => SignedIn;
    "session.sign_out" SignOut => Done;
    "session.ping" Ping => Pong;
    "session.refresh_credential" RefreshCredential => Done;
    "session.list" ListInstances => Instances;
    "session.end" EndInstance => Done;
    "account.join" Join => Done;
    "account.change_password" ChangePassword => Done;
    "account.create_invite" CreateInvite => Invite;

    "sync.user" SyncUser => UserChanges;
    "sync.heads" SyncHeads => Heads;
    "sync.changes" SyncChanges => Changes;
    "sync.delivered" ReportDelivered => Done;

    "message.send" SendMessage => Stored;
    "message.revoke" RevokeMessage => Stored;
    "message.modify" ModifyMessage => Stored;
    "message.delete" DeleteMessages => Done;
    "message.range" GetRange => Range;
    "message.locate" LocateTime => Located;
    "message.search" SearchMessages => FoundMessages;
    "message.mark_heard" MarkHeard => Done;
    "message.voice_to_text" ConvertVoiceToText => VoiceText;
    "message.remove_link_preview" RemoveLinkPreview => Stored;

    "text.translate" TranslateText => TranslatedText;
    "message.combined" GetCombinedMessage => CombinedMessage;
    "message.add_reaction" AddMessageReaction => Annotated;
    "message.remove_reaction" RemoveMessageReaction => Annotated;
    "message.reaction_users" GetReactionUsers => ReactionUsers;
    "message.set_extensions" SetMessageExtensions => ExtensionsDone;
    "message.delete_extensions" DeleteMessageExtensions => ExtensionsDone;
    "message.send_read_receipt" SendMessageReadReceipt => Annotated;
    "message.read_members" GetReadMembers => ReadMembers;
    "message.pin" PinGroupMessage => Annotated;
    "message.pinned" GetPinnedMessages => PinnedMessages;

    "file.ticket" GetUploadTicket => UploadTicket;
    "file.begin_upload" BeginUpload => UploadBegun;
    "file.upload_parts" GetUploadParts => UploadParts;
    "file.complete_upload" CompleteUpload => UploadCompleted;
    "file.cancel_upload" CancelUpload => Done;
    "file.link" GetFileLink => FileLink;
    "sticker.packs" GetStickerPacks => StickerPacks;

    "conversation.get" GetConversation => Head;
    "conversation.set_read" SetRead => ReadMoved;
    "conversation.set_all_read" SetAllRead => AllRead;
    "conversation.clear_history" ClearHistory => Done;
    "conversation.delete" DeleteConversations => DeletedConversations;
    "conversation.set_draft" SetDraft => Done;
    "conversation.update" UpdateConversations => ConversationsUpdated;
    "conversation.set_all_receive_message_opt" SetAllReceiveMessageOpt => Done;
    "conversation_group.create" CreateConversationGroup => ConversationsUpdated;
    "conversation_group.delete" DeleteConversationGroup => Done;
    "conversation_group.rename" RenameConversationGroup => Done;

    "user.get" GetUsers => Users;
    "user.search" SearchUsers => Users;
    "user.update_profile" UpdateProfile => Profile;

    "group.create" CreateGroup => GroupCreated;
    "group.get" GetGroup => Group;
    "group.update" UpdateGroup => Group;
    "group.members" GetGroupMembers => GroupMembers;
    "group.add_members" AddGroupMembers => MembersAdded;
    "group.delete_members" DeleteGroupMembers => MembersDeleted;
    "group.quit" QuitGroup => Done;
    "group.change_owner" ChangeGroupOwner => Group;
}
