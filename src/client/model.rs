//! Objects the SDK hands out.

use std::sync::Arc;

use hallway_protocol::conversation::{Draft, Mention, RemindType};
use hallway_protocol::group::Group;
use hallway_protocol::ids::ConversationType;
use hallway_protocol::message::Message;
use hallway_protocol::session::SignedIn;
use hallway_protocol::sync::PeerProgress;
use hallway_protocol::user::Profile;
use hallway_protocol::{ChatError, ConversationId};

/// A conversation in the list (CONV-20 to CONV-35).
#[derive(Clone, Debug, PartialEq)]
pub struct Conversation {
    /// CONV-20.
    pub conversation_id: ConversationId,
    /// CONV-23.
    pub unread_count: u64,
    /// CONV-24; from the outbox where that is newer (CONV-47).
    pub last_message: Option<Arc<Message>>,
    /// CONV-25.
    pub group_profile: Option<Arc<Group>>,
    /// CONV-26.
    pub user_profile: Option<Profile>,
    /// CONV-27.
    pub group_at_info_list: Vec<Mention>,
    /// CONV-28.
    pub remark: String,
    /// CONV-29.
    pub is_pinned: bool,
    /// CONV-30.
    pub message_remind_type: RemindType,
    /// CONV-31.
    pub mark_list: Vec<u64>,
    /// CONV-32.
    pub custom_data: String,
    /// CONV-33: names of the conversation groups it is in, in order of their creation.
    pub conversation_group_list: Vec<String>,
    /// CONV-34, PLUS-4.
    pub draft: Option<Draft>,
    /// CONV-35.
    pub is_readonly: bool,
    /// Own read position.
    pub read_seq: u64,
    /// Place of the newest message.
    pub seq: u64,
    /// One to one: how far the peer has got.
    pub peer: PeerProgress,
    /// Unix seconds by which the list is sorted.
    pub active_time: i64,
}

impl Conversation {
    /// CONV-21.
    pub fn kind(&self) -> ConversationType {
        self.conversation_id.kind()
    }

    /// What to call it: remark, name of the group, nickname, id.
    pub fn display_name(&self) -> &str {
        if !self.remark.is_empty() {
            &self.remark
        } else if let Some(group) = &self.group_profile {
            &group.name
        } else if let Some(user) = &self.user_profile {
            user.display_name()
        } else {
            self.conversation_id.to()
        }
    }
}

/// One row of a timeline.
#[derive(Clone, Debug, PartialEq)]
pub enum TimelineItem {
    /// A stored message.
    Message(Arc<Message>),
    /// An own message that is on its way or has failed, with its failure.
    Outgoing(Arc<Message>, Option<ChatError>),
    /// Places the client does not have; asking for them is under way once they are on screen.
    Hole {
        /// First missing place.
        from_seq: u64,
        /// Last missing place.
        to_seq: u64,
    },
}

/// Where in a conversation a timeline is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Around {
    /// The newest messages.
    Latest,
    /// Around this place.
    Sequence(u64),
}

/// A stretch of a conversation from the local copy.
#[derive(Clone, Debug, PartialEq)]
pub struct Timeline {
    /// Oldest first; outgoing messages last, if the stretch reaches the end.
    pub items: Vec<TimelineItem>,
    /// There is more before the first item.
    pub has_older: bool,
    /// There is more after the last item.
    pub has_newer: bool,
}

/// Where a hop through history begins (MSG-66).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HopStart {
    /// At this place.
    Sequence(u64),
    /// At this time, in unix seconds.
    Time(i64),
}

/// Which way a hop through history goes (MSG-66).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Towards the first message.
    Older,
    /// Towards the newest.
    Newer,
}

/// A page of history (MSG-66).
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryPage {
    /// Oldest first.
    pub message_list: Vec<Message>,
    /// There is nothing more in this direction.
    pub is_completed: bool,
    /// Where the next page starts; none when completed.
    pub next_message_seq: Option<u64>,
}

/// Answer to a login (SES-11).
#[derive(Clone, Debug)]
pub struct Login {
    /// Who and what is allowed.
    pub signed_in: SignedIn,
    /// Already logged in as this user: nothing changed.
    pub repeat_login: bool,
}

/// Conversations of the list (CONV-60).
#[derive(Clone, Debug, PartialEq)]
pub struct ConversationList {
    /// In the order of the list.
    pub conversation_list: Vec<Conversation>,
    /// What the server had at the last connecting is all here.
    pub is_sync_completed: bool,
}

/// Which conversations a list wants (CONV-60).
#[derive(Clone, Debug, Default)]
pub struct ConversationFilter {
    /// Only these; unknown ones are left out. An empty list leaves out all.
    pub conversation_id_list: Option<Vec<ConversationId>>,
    /// Only this kind.
    pub kind: Option<ConversationType>,
    /// Only those with this mark; 0 for those without any.
    pub mark_type: Option<u64>,
    /// Only those in this conversation group; the empty name for those in none.
    pub group_name: Option<String>,
    /// Only those with unread messages.
    pub has_unread_count: bool,
    /// Only those with unread mentions.
    pub has_group_at_info: bool,
}
