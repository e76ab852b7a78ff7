//! Groups and their members (spec part 8).

use serde::{Deserialize, Serialize};

use crate::conversation::RemindType;
use crate::ids::{GroupId, UserId};
use crate::message::Message;

/// The five types (GRP-21). Fixed for the life of a group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum GroupType {
    /// Colleagues who know each other; every member may invite.
    #[default]
    Work,
    /// Found by id, joined on approval.
    Public,
    /// Joined freely, no unread.
    Meeting,
    /// Very large, with or without topics.
    Community,
    /// Broadcast room without history.
    AvRoom,
}

/// Who may join by themselves (GRP-30).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum JoinOption {
    /// Everybody.
    FreeAccess,
    /// After approval.
    NeedPermission,
    /// Nobody.
    DisableApply,
}

/// Which members may invite (GRP-31).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum InviteOption {
    /// Every member.
    FreeAccess,
    /// Every member, after approval.
    NeedPermission,
    /// Only owner and administrators.
    DisableInvite,
}

/// Role of a member (GMB-21).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum MemberRole {
    /// One per group, or none.
    Owner,
    /// Named by the owner.
    Admin,
    /// Everybody else.
    Member,
    /// Reserved for communities.
    Custom,
}

/// A declared extra field and its value (GRP-32, GMB-25).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CustomField {
    /// Declared key.
    pub key: String,
    /// Value; empty removes it.
    pub value: String,
}

/// A group (GRP-20 to GRP-33).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Group {
    /// Unique in the deployment, fixed (GRP-20).
    pub group_id: GroupId,
    /// GRP-21.
    #[serde(rename = "type")]
    pub group_type: GroupType,
    /// GRP-22.
    pub name: String,
    /// GRP-22.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub introduction: String,
    /// GRP-22.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub notification: String,
    /// GRP-22.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub avatar: String,
    /// None only in an ownerless `work` group (GRP-23).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<UserId>,
    /// Unix seconds (GRP-24).
    pub create_time: i64,
    /// Unix seconds of the last change of the profile (GRP-24).
    #[serde(default)]
    pub last_info_time: i64,
    /// +1 at each change of the profile (GRP-25).
    #[serde(default)]
    pub info_sequence: u64,
    /// Change number of the conversation at the last change of the profile or of the member count.
    #[serde(default, rename = "mod")]
    pub modification: u64,
    /// GRP-28.
    pub member_count: u32,
    /// GRP-28.
    pub max_member_count: u32,
    /// Only owner and administrators may send (GRP-29).
    #[serde(default)]
    pub mute_all_members: bool,
    /// GRP-30.
    pub join_option: JoinOption,
    /// None in `av_room` (GRP-31).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invite_option: Option<InviteOption>,
    /// GRP-32.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub group_custom_field: Vec<CustomField>,
    /// Community with topics (GRP-33).
    #[serde(default)]
    pub is_support_topic: bool,
    /// Place that the next message will get (GRP-26); 0 where the counters of the conversation say it.
    #[serde(default)]
    pub next_message_seq: u64,
    /// GRP-27; none where the conversation has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_message: Option<GroupLastMessage>,
    /// The viewer's own membership, none when not a member (GRP-34).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub self_info: Option<SelfInfo>,
}

/// The newest message of a group (GRP-27).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct GroupLastMessage {
    /// Unix seconds; 0 while there is none.
    pub last_time: i64,
    /// The message, for those who have the group in their list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<Box<Message>>,
}

/// The viewer's own membership (GRP-34).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SelfInfo {
    /// What everybody sees of it.
    #[serde(flatten)]
    pub member: Member,
    /// CONV-90.
    #[serde(default)]
    pub message_remind_type: RemindType,
    /// Everything up to this place is read.
    #[serde(default)]
    pub read_sequence: u64,
}

impl From<Member> for SelfInfo {
    fn from(member: Member) -> Self {
        Self { member, message_remind_type: RemindType::default(), read_sequence: 0 }
    }
}

impl std::ops::Deref for SelfInfo {
    type Target = Member;

    fn deref(&self) -> &Member {
        &self.member
    }
}

/// A member (GMB-20 to GMB-25). Rows of members change like messages do: the higher `mod` wins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Member {
    /// Account.
    pub user_id: UserId,
    /// Name from the profile.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub nick: String,
    /// Picture from the profile.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub avatar: String,
    /// GMB-21.
    pub role: MemberRole,
    /// Unix seconds (GMB-22).
    pub join_time: i64,
    /// Name inside this group (GMB-23).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name_card: String,
    /// Unix seconds; muted while in the future (GMB-24).
    #[serde(default)]
    pub mute_until: i64,
    /// GMB-25.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub member_custom_field: Vec<CustomField>,
    /// Change number of the conversation when this row last changed.
    #[serde(default, rename = "mod")]
    pub modification: u64,
    /// No longer a member; kept so that the change reaches everybody.
    #[serde(default)]
    pub gone: bool,
}
