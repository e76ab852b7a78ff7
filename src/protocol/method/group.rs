//! Requests about groups (spec part 8).

use serde::{Deserialize, Serialize};

use crate::group::{Group, InviteOption, JoinOption, Member, MemberRole};
use crate::ids::{GroupId, UserId};

object! {
    /// Makes a group (GRP-72). The caller becomes its owner.
    #[derive(Default)]
    CreateGroup {
        /// GRP-2.
        name: String,
        /// GRP-21; this version makes `work` groups, others are 2600.
        #[serde(rename = "type", default)]
        group_type: crate::group::GroupType,
        /// Chosen by the caller (GRP-1); taken: 10021, or 10025 by an own group.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        group_id: Option<GroupId>,
        /// GRP-3.
        #[serde(default)]
        introduction: String,
        /// GRP-4.
        #[serde(default)]
        notification: String,
        /// GRP-5.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        avatar: String,
        /// Fewer members than the type allows (GRP-8); 0 or more than that is 10004.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max_member_num: Option<u32>,
        /// GRP-30. What the type does not allow (GRP-45) is 10004.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        join_option: Option<JoinOption>,
        /// GRP-31.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        invite_option: Option<InviteOption>,
        /// Initial members, the caller not among them; unknown ones are 10019.
        #[serde(default)]
        member_list: Vec<UserId>,
        /// Chosen once by the client, so that a repeated call makes one group.
        #[serde(default)]
        request_id: String,
    }
    /// A group was made.
    GroupCreated {
        /// It.
        group: Group,
        /// Users with too many groups, left out (GRP-9).
        #[serde(default)]
        over_limit_user_id_list: Vec<UserId>,
    }
    /// A group's profile (GRP-71).
    GetGroup {
        /// Which.
        group_id: GroupId,
    }
    /// Changes a group's profile; only given fields change (GRP-74).
    UpdateGroup {
        /// Which.
        group_id: GroupId,
        /// GRP-2.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// GRP-3.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        introduction: Option<String>,
        /// GRP-4.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        notification: Option<String>,
        /// GRP-5.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        avatar: Option<String>,
        /// GRP-29.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mute_all_members: Option<bool>,
        /// GRP-30.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        join_option: Option<JoinOption>,
        /// GRP-31.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        invite_option: Option<InviteOption>,
    }
    /// Members: owner, administrators, then by join time (GMB-40).
    GetGroupMembers {
        /// Which group.
        group_id: GroupId,
        /// 1 to 100, default 15.
        #[serde(default)]
        count: Option<u32>,
        /// From the page before, 0 first.
        #[serde(default)]
        offset: u64,
        /// Only this role.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        role: Option<MemberRole>,
    }
    /// A page of members.
    GroupMembers {
        /// The members.
        member_list: Vec<Member>,
        /// For the next page; 0 at the end.
        offset: u64,
    }
    /// Adds people to a group (GMB-42).
    AddGroupMembers {
        /// Which group.
        group_id: GroupId,
        /// 1 to 500.
        user_id_list: Vec<UserId>,
    }
    /// Who was added and who was not (GMB-42).
    MembersAdded {
        /// Added.
        success_user_id_list: Vec<UserId>,
        /// Unknown or switched off.
        #[serde(default)]
        failure_user_id_list: Vec<UserId>,
        /// In the group already.
        #[serde(default)]
        existed_user_id_list: Vec<UserId>,
        /// In too many groups.
        #[serde(default)]
        over_limit_user_id_list: Vec<UserId>,
        /// Waiting for approval.
        #[serde(default)]
        pending_user_id_list: Vec<UserId>,
        /// The group now.
        group: Group,
    }
    /// Removes people from a group (GMB-43).
    DeleteGroupMembers {
        /// Which group.
        group_id: GroupId,
        /// 1 to 500.
        user_id_list: Vec<UserId>,
        /// At most 1000 bytes.
        #[serde(default)]
        reason: String,
    }
    /// Who was removed.
    MembersDeleted {
        /// The group now.
        group: Group,
        /// Those removed.
        user_id_list: Vec<UserId>,
    }
    /// Leaves a group (GRP-76).
    QuitGroup {
        /// Which.
        group_id: GroupId,
    }
    /// Hands a group over (GRP-80).
    ChangeGroupOwner {
        /// Which.
        group_id: GroupId,
        /// A member.
        new_owner_id: UserId,
    }
}
