//! What the server itself says: group tips, seen by all members as a line in the chat, and group system
//! notices, seen by one person in the system conversation (spec part 2a).

use serde::{Deserialize, Serialize};

use crate::group::{CustomField, GroupType, InviteOption, JoinOption, MemberRole};
use crate::ids::{GroupId, UserId};

macro_rules! numbered {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $number:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(into = "u8", from = "u8")]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$vmeta])* $variant,)*
            /// A number this program does not know.
            Other(u8),
        }
        impl From<u8> for $name {
            fn from(number: u8) -> Self {
                match number { $($number => Self::$variant,)* other => Self::Other(other) }
            }
        }
        impl From<$name> for u8 {
            fn from(value: $name) -> u8 {
                match value { $($name::$variant => $number,)* $name::Other(other) => other }
            }
        }
        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> { stringify!($name).into() }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "integer", "minimum": 0, "maximum": 255 })
            }
        }
    };
}

numbered! {
    /// What happened in the group (OBJ-80, OBJ-90 to OBJ-98).
    TipType {
        /// Somebody joined or was added (OBJ-90).
        MemberJoin = 1,
        /// A member left (OBJ-91).
        MemberQuit = 2,
        /// A member was removed (OBJ-92).
        MemberKickedOut = 3,
        /// Made administrator (OBJ-93).
        MemberSetAdmin = 4,
        /// No longer administrator (OBJ-94).
        MemberCanceledAdmin = 5,
        /// Name, notice, introduction, picture, owner, custom field or option changed (OBJ-95).
        GroupProfileUpdated = 6,
        /// A member was muted or unmuted (OBJ-96).
        MemberProfileUpdated = 7,
        /// Banned from an `av_room` (OBJ-97).
        BanMember = 10,
        /// Ban lifted (OBJ-98).
        UnbanMember = 11,
    }
}

/// A line in the chat (OBJ-80 to OBJ-86).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct GroupTip {
    /// What happened.
    pub operation_type: TipType,
    /// Who did it (OBJ-81).
    pub operator_id: UserId,
    /// Who did it, with name and role.
    pub operator_info: OperatorInfo,
    /// Affected members (OBJ-82).
    #[serde(default)]
    pub user_id_list: Vec<UserId>,
    /// The same with details (OBJ-83).
    #[serde(default)]
    pub member_list: Vec<TipMember>,
    /// How they came (OBJ-84): 0 not a join, 1 by own request, 2 invited.
    #[serde(default)]
    pub group_join_type: u8,
    /// Only what changed (OBJ-85).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_group_profile: Option<NewGroupProfile>,
    /// Size afterwards (OBJ-86).
    #[serde(default)]
    pub member_count: u32,
}

/// OBJ-81.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OperatorInfo {
    /// Account.
    pub user_id: UserId,
    /// Name.
    #[serde(default)]
    pub nick: String,
    /// Picture.
    #[serde(default)]
    pub avatar: String,
    /// Role in the group, none for an administrator of the app.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<MemberRole>,
}

/// OBJ-83.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TipMember {
    /// Account.
    pub user_id: UserId,
    /// Name.
    #[serde(default)]
    pub nick: String,
    /// Picture.
    #[serde(default)]
    pub avatar: String,
    /// Seconds; 0 means unmuted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mute_time: Option<u32>,
    /// Seconds of a ban.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<u32>,
    /// Why.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// Changed fields of a group's profile, the others left out (OBJ-85).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NewGroupProfile {
    /// New name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_name: Option<String>,
    /// New introduction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub introduction: Option<String>,
    /// New notice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notification: Option<String>,
    /// New picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avatar: Option<String>,
    /// New owner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<UserId>,
    /// Everybody muted or no longer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mute_all_members: Option<bool>,
    /// Who may join.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub join_option: Option<JoinOption>,
    /// Who may invite.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invite_option: Option<InviteOption>,
    /// Changed custom fields.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub group_custom_field: Vec<CustomField>,
}

numbered! {
    /// What a notice is about (OBJ-110, OBJ-120 to OBJ-138).
    NoticeType {
        /// Somebody asks to join (OBJ-120).
        JoinRequest = 1,
        /// Join request accepted (OBJ-121).
        JoinAccepted = 2,
        /// Join request rejected (OBJ-122).
        JoinRejected = 3,
        /// Removed from the group (OBJ-123).
        KickedOut = 4,
        /// Group dismissed (OBJ-124).
        Dismissed = 5,
        /// Group created, for the creator's instances (OBJ-125).
        Created = 6,
        /// Added to a group without being asked (OBJ-126).
        Invited = 7,
        /// Left, for the leaver's instances (OBJ-127).
        Quit = 8,
        /// Made administrator (OBJ-128).
        SetAdmin = 9,
        /// No longer administrator (OBJ-129).
        CanceledAdmin = 10,
        /// Taken back by the service (OBJ-130).
        Revoked = 11,
        /// Invitation that needs consent (OBJ-131).
        InviteRequest = 12,
        /// Invitation accepted (OBJ-132).
        InviteAccepted = 13,
        /// Invitation rejected (OBJ-133).
        InviteRejected = 14,
        /// Own read position moved elsewhere (OBJ-134).
        ReadReport = 15,
        /// Own remind type changed elsewhere (OBJ-135).
        RemindTypeChanged = 20,
        /// Banned from an `av_room` (OBJ-136).
        Banned = 21,
        /// Unbanned in an `av_room` (OBJ-136).
        Unbanned = 22,
        /// A member's invitation needs approval (OBJ-137).
        InviteApproval = 23,
        /// The administrator's own text (OBJ-138).
        Custom = 255,
    }
}

/// A personal notice (OBJ-110 to OBJ-116).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct GroupSystemNotice {
    /// What happened.
    pub operation_type: NoticeType,
    /// Who caused it (OBJ-111).
    pub operator_id: UserId,
    /// The group in short (OBJ-112).
    pub group_profile: NoticeGroup,
    /// Note of the applicant or of the person who decided (OBJ-113).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub handle_message: String,
    /// Content of type 255 (OBJ-114).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub user_defined_field: String,
    /// For type 20 (OBJ-115).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_remind_type: Option<crate::conversation::RemindType>,
    /// Decision of 1, 12 and 23 (OBJ-116).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handled: Option<Handled>,
}

/// The group a notice is about (OBJ-112).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NoticeGroup {
    /// Id.
    pub group_id: GroupId,
    /// Name.
    pub name: String,
    /// Type.
    #[serde(rename = "type")]
    pub group_type: GroupType,
    /// Picture.
    #[serde(default)]
    pub avatar: String,
}

/// How a request was decided (OBJ-116).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Handled {
    /// Agreed or rejected.
    pub agreed: bool,
    /// By whom.
    pub handler: UserId,
}
