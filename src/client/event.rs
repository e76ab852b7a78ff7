//! What a client tells its app.

use std::sync::Arc;

use hallway_protocol::annotation::Extension;
use hallway_protocol::conversation::AllReceiveMessageOpt;
use hallway_protocol::group::{Group, Member};
use hallway_protocol::message::{Payload, Reaction, ReadReceiptInfo};
use hallway_protocol::session::KickedOutType;
use hallway_protocol::user::UserBrief;
use hallway_protocol::{ChatError, ConversationId, ErrorCode, GroupId, Message, MessageId};

use crate::model::Conversation;

/// State of the connection (SES-33).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NetState {
    /// Usable.
    Connected,
    /// Unstable, the client is retrying.
    Connecting,
    /// Unusable, the client still retries.
    Disconnected,
}

/// The message an event is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AnnotatedMessage {
    /// Where it stands.
    pub conversation_id: ConversationId,
    /// Its id.
    pub message_id: MessageId,
    /// Its place.
    pub sequence: u64,
}

/// A receipt of an own message (MSG-94).
#[derive(Clone, Debug, PartialEq)]
pub struct ReadReceipt {
    /// Which message.
    pub of: AnnotatedMessage,
    /// Counts for groups, flag and time one to one.
    pub info: ReadReceiptInfo,
}

/// A pin that was set or taken off (MSG-98).
#[derive(Clone, Debug, PartialEq)]
pub struct PinChange {
    /// In which group.
    pub group_id: GroupId,
    /// Which message.
    pub of: AnnotatedMessage,
    /// The message, if it is in the local copy.
    pub message: Option<Box<Message>>,
    /// False: taken off, or the message was recalled.
    pub is_pinned: bool,
    /// Who did it.
    pub operator_info: UserBrief,
}

/// A change of a message that was made without a connection and that the server refused once there was one (R2).
#[derive(Clone, Debug)]
pub struct RefusedChange {
    /// The message as it is now.
    pub message: Message,
    /// What it was to say; none for a recall or a pin.
    pub payload: Option<Payload>,
    /// Why not.
    pub error: ChatError,
}

/// An event of the SDK, in the order the server decided (SES-66).
#[derive(Clone, Debug)]
pub enum Event {
    /// SES-60.
    SdkReady,
    /// SES-61.
    SdkNotReady,
    /// SES-62.
    KickedOut(KickedOutType),
    /// SES-63.
    NetStateChanged(NetState),
    /// How many changes are still to come after a reconnect; 0 when done.
    SyncProgress(u64),
    /// SES-64.
    Error(ErrorCode, String),
    /// SES-65.
    SdkDestroyed,
    /// MSG-90.
    MessageReceived(Arc<[Message]>),
    /// MSG-91.
    MessageModified(Arc<[Message]>),
    /// MSG-92.
    MessageRevoked(Arc<[Message]>),
    /// A change or a recall that waited for a connection was refused.
    MessageChangeRefused(Box<RefusedChange>),
    /// MSG-93: own one-to-one messages the peer has read.
    MessageReadByPeer(Arc<[Message]>),
    /// Voice messages that were listened to on another own instance.
    MessagesHeard(Arc<[MessageId]>),
    /// MSG-94: where receipts of own messages stand now.
    MessageReadReceiptReceived(Arc<[ReadReceipt]>),
    /// MSG-95: keys that were set.
    MessageExtensionsUpdated(AnnotatedMessage, Arc<[Extension]>),
    /// MSG-96: keys that were removed.
    MessageExtensionsDeleted(AnnotatedMessage, Arc<[String]>),
    /// MSG-97: reactions that changed. With a `total_user_count` of 0 it is gone.
    MessageReactionsUpdated(AnnotatedMessage, Arc<[Reaction]>),
    /// MSG-98.
    PinnedGroupMessageUpdated(PinChange),
    /// What is on screen of a conversation may have changed: rows, outbox, holes, read marks.
    TimelineUpdated(ConversationId),
    /// CONV-120: the full list, sorted.
    ConversationListUpdated(Arc<[Conversation]>),
    /// CONV-121.
    TotalUnreadUpdated(u64),
    /// CONV-122: the full list of names, in order of creation.
    ConversationGroupListUpdated(Arc<[String]>),
    /// CONV-123: a conversation group and all that is in it now.
    ConversationInGroupUpdated(String, Arc<[Conversation]>),
    /// CONV-124.
    AllReceiveMessageOptUpdated(AllReceiveMessageOpt),
    /// GRP-130: the full list.
    GroupListUpdated(Arc<[Group]>),
    /// GRP-132.
    GroupMemberUpdated(GroupId, Arc<[Member]>),
    /// Own profile changed, here or elsewhere.
    ProfileUpdated(hallway_protocol::user::Profile),
    /// A draft changed on another instance (PLUS-4).
    DraftUpdated(ConversationId),
    /// So many bytes of a waiting message's files are sent, of so many (OBJ-48, MSG-18).
    UploadProgress {
        /// Which message.
        message_id: MessageId,
        /// Bytes that are sent.
        sent: u64,
        /// Bytes in the end.
        total: u64,
    },
    /// The credential runs out in this many seconds (SES-47).
    CredentialExpires(i64),
    /// The app told that the notification of the message at this place was clicked; with what its sender wanted back
    /// (`extension` of MSG-33).
    NotificationClicked(ConversationId, u64, String),
}

macro_rules! names {
    ($($name:ident => $pattern:pat,)*) => {
        /// The events by name, for [`crate::Client::on`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum EventName {
            $(#[doc = concat!("[`Event::", stringify!($name), "`].")] $name,)*
        }

        impl Event {
            /// Which event it is.
            pub fn name(&self) -> EventName {
                match self { $($pattern => EventName::$name,)* }
            }
        }
    };
}

names! {
    SdkReady => Self::SdkReady,
    SdkNotReady => Self::SdkNotReady,
    KickedOut => Self::KickedOut(_),
    NetStateChanged => Self::NetStateChanged(_),
    SyncProgress => Self::SyncProgress(_),
    Error => Self::Error(..),
    SdkDestroyed => Self::SdkDestroyed,
    MessageReceived => Self::MessageReceived(_),
    MessageModified => Self::MessageModified(_),
    MessageRevoked => Self::MessageRevoked(_),
    MessageChangeRefused => Self::MessageChangeRefused(_),
    MessageReadByPeer => Self::MessageReadByPeer(_),
    MessagesHeard => Self::MessagesHeard(_),
    MessageReadReceiptReceived => Self::MessageReadReceiptReceived(_),
    MessageExtensionsUpdated => Self::MessageExtensionsUpdated(..),
    MessageExtensionsDeleted => Self::MessageExtensionsDeleted(..),
    MessageReactionsUpdated => Self::MessageReactionsUpdated(..),
    PinnedGroupMessageUpdated => Self::PinnedGroupMessageUpdated(_),
    TimelineUpdated => Self::TimelineUpdated(_),
    ConversationListUpdated => Self::ConversationListUpdated(_),
    TotalUnreadUpdated => Self::TotalUnreadUpdated(_),
    ConversationGroupListUpdated => Self::ConversationGroupListUpdated(_),
    ConversationInGroupUpdated => Self::ConversationInGroupUpdated(..),
    AllReceiveMessageOptUpdated => Self::AllReceiveMessageOptUpdated(_),
    GroupListUpdated => Self::GroupListUpdated(_),
    GroupMemberUpdated => Self::GroupMemberUpdated(..),
    ProfileUpdated => Self::ProfileUpdated(_),
    DraftUpdated => Self::DraftUpdated(_),
    UploadProgress => Self::UploadProgress { .. },
    CredentialExpires => Self::CredentialExpires(_),
    NotificationClicked => Self::NotificationClicked(..),
}

/// One registration of a handler (SES-17).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Subscription {
    pub(crate) event: EventName,
    pub(crate) number: u64,
}
