//! Groups and their members.

use hallway_protocol::GroupId;
use hallway_protocol::group::{GroupType, InviteOption, JoinOption, MemberRole};

use super::error::StoreError;
use super::tx::Tx;
use super::value::Row;
use crate::args;

/// A group's row.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupRow {
    /// Its conversation.
    pub conv: i64,
    /// Public id.
    pub group_id: GroupId,
    /// Fixed.
    pub group_type: GroupType,
    /// GRP-22.
    pub name: String,
    /// GRP-22.
    pub introduction: String,
    /// GRP-22.
    pub notification: String,
    /// GRP-22.
    pub avatar: String,
    /// None in an ownerless group.
    pub owner: Option<i64>,
    /// Who made it.
    pub created_by: i64,
    /// Of the call that made it.
    pub request_id: Option<String>,
    /// Unix seconds.
    pub created_at: i64,
    /// Unix seconds.
    pub info_time: i64,
    /// +1 at each change of the profile.
    pub info_seq: i64,
    /// Change number of the conversation at the last change of this row.
    pub modification: i64,
    /// Members.
    pub member_count: i64,
    /// Most members.
    pub max_members: i64,
    /// GRP-29.
    pub mute_all: bool,
    /// GRP-30.
    pub join_option: JoinOption,
    /// GRP-31.
    pub invite_option: Option<InviteOption>,
    /// It is no more.
    pub dismissed: bool,
}

fn type_number(group_type: GroupType) -> i64 {
    match group_type {
        GroupType::Work => 0,
        GroupType::Public => 1,
        GroupType::Meeting => 2,
        GroupType::Community => 3,
        GroupType::AvRoom => 4,
    }
}

pub(super) fn group_type(number: i64) -> Result<GroupType, StoreError> {
    Ok(match number {
        0 => GroupType::Work,
        1 => GroupType::Public,
        2 => GroupType::Meeting,
        3 => GroupType::Community,
        4 => GroupType::AvRoom,
        _ => return Err(StoreError::Corrupt(format!("group type {number}"))),
    })
}

fn join_number(option: JoinOption) -> i64 {
    match option {
        JoinOption::FreeAccess => 0,
        JoinOption::NeedPermission => 1,
        JoinOption::DisableApply => 2,
    }
}

fn join_option(number: i64) -> JoinOption {
    match number {
        0 => JoinOption::FreeAccess,
        1 => JoinOption::NeedPermission,
        _ => JoinOption::DisableApply,
    }
}

fn invite_number(option: Option<InviteOption>) -> i64 {
    match option {
        Some(InviteOption::FreeAccess) => 0,
        Some(InviteOption::NeedPermission) => 1,
        Some(InviteOption::DisableInvite) => 2,
        None => 3,
    }
}

fn invite_option(number: i64) -> Option<InviteOption> {
    match number {
        0 => Some(InviteOption::FreeAccess),
        1 => Some(InviteOption::NeedPermission),
        2 => Some(InviteOption::DisableInvite),
        _ => None,
    }
}

fn role_number(role: MemberRole) -> i64 {
    match role {
        MemberRole::Owner => 0,
        MemberRole::Admin => 1,
        MemberRole::Member => 2,
        MemberRole::Custom => 3,
    }
}

pub(super) fn role(number: i64) -> MemberRole {
    match number {
        0 => MemberRole::Owner,
        1 => MemberRole::Admin,
        2 => MemberRole::Member,
        _ => MemberRole::Custom,
    }
}

fn group(row: &Row<'_>) -> Result<GroupRow, StoreError> {
    let id: &str = row.get(1)?;
    Ok(GroupRow {
        conv: row.get(0)?,
        group_id: id.parse().map_err(|_| StoreError::Corrupt("a malformed group_id".into()))?,
        group_type: group_type(row.get(2)?)?,
        name: row.get(3)?,
        introduction: row.get(4)?,
        notification: row.get(5)?,
        avatar: row.get(6)?,
        owner: row.get(7)?,
        created_by: row.get(8)?,
        request_id: row.get(9)?,
        created_at: row.get(10)?,
        info_time: row.get(11)?,
        info_seq: row.get(12)?,
        modification: row.get(13)?,
        member_count: row.get(14)?,
        max_members: row.get(15)?,
        mute_all: row.get(16)?,
        join_option: join_option(row.get(17)?),
        invite_option: invite_option(row.get(18)?),
        dismissed: row.get(19)?,
    })
}

/// The conversation of the group with this id.
pub fn find(tx: &mut Tx<'_>, group_id: &GroupId) -> Result<Option<i64>, StoreError> {
    let sql = "SELECT conv_id FROM chat_group WHERE group_id = $1";
    tx.one(sql, args![group_id.as_str()], |row| row.get(0))
}

/// The group that this call has made already.
pub fn by_request(tx: &mut Tx<'_>, user: i64, request_id: &str) -> Result<Option<GroupRow>, StoreError> {
    tx.one(
        "SELECT conv_id, group_id, type, name, introduction, notification, avatar, owner, created_by, \
         request_id, created_at, info_time, info_seq, mod, member_count, max_members, mute_all, join_option, \
         invite_option, dismissed FROM chat_group WHERE created_by = $1 AND request_id = $2",
        args![user, request_id],
        group,
    )
}

/// The group of a conversation.
pub fn load(tx: &mut Tx<'_>, conv: i64) -> Result<Option<GroupRow>, StoreError> {
    tx.one(
        "SELECT conv_id, group_id, type, name, introduction, notification, avatar, owner, created_by, \
         request_id, created_at, info_time, info_seq, mod, member_count, max_members, mute_all, join_option, \
         invite_option, dismissed FROM chat_group WHERE conv_id = $1",
        args![conv],
        group,
    )
}

/// Stores a new group; false when its id is taken.
pub fn insert(tx: &mut Tx<'_>, group: &GroupRow) -> Result<bool, StoreError> {
    tx.execute(
        "INSERT INTO chat_group (conv_id, group_id, type, name, introduction, notification, avatar, owner, \
         created_by, request_id, created_at, info_time, info_seq, mod, member_count, max_members, mute_all, \
         join_option, invite_option, dismissed) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20) \
         ON CONFLICT (group_id) DO NOTHING",
        args![
            group.conv,
            group.group_id.as_str(),
            type_number(group.group_type),
            &group.name,
            &group.introduction,
            &group.notification,
            &group.avatar,
            group.owner,
            group.created_by,
            group.request_id.as_deref(),
            group.created_at,
            group.info_time,
            group.info_seq,
            group.modification,
            group.member_count,
            group.max_members,
            group.mute_all,
            join_number(group.join_option),
            invite_number(group.invite_option),
            group.dismissed
        ],
    )
    .map(|rows| rows > 0)
}

/// Stores what may change of a group.
pub fn update(tx: &mut Tx<'_>, group: &GroupRow) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE chat_group SET name = $2, introduction = $3, notification = $4, avatar = $5, owner = $6, \
         info_time = $7, info_seq = $8, mod = $9, member_count = $10, max_members = $11, mute_all = $12, \
         join_option = $13, invite_option = $14, dismissed = $15 WHERE conv_id = $1",
        args![
            group.conv,
            &group.name,
            &group.introduction,
            &group.notification,
            &group.avatar,
            group.owner,
            group.info_time,
            group.info_seq,
            group.modification,
            group.member_count,
            group.max_members,
            group.mute_all,
            join_number(group.join_option),
            invite_number(group.invite_option),
            group.dismissed
        ],
    )
    .map(|_| ())
}

/// A member's row.
#[derive(Clone, Debug, PartialEq)]
pub struct MemberRow {
    /// Number of the user.
    pub user: i64,
    /// Change number of the conversation at its last change.
    pub modification: i64,
    /// GMB-21.
    pub role: MemberRole,
    /// Unix seconds.
    pub join_time: i64,
    /// GMB-23.
    pub name_card: String,
    /// Unix seconds.
    pub mute_until: i64,
    /// No longer a member.
    pub gone: bool,
}

fn member_row(row: &Row<'_>) -> Result<MemberRow, StoreError> {
    Ok(MemberRow {
        user: row.get(0)?,
        modification: row.get(1)?,
        role: role(row.get(2)?),
        join_time: row.get(3)?,
        name_card: row.get(4)?,
        mute_until: row.get(5)?,
        gone: row.get(6)?,
    })
}

/// A user's membership, present or past.
pub fn member(tx: &mut Tx<'_>, conv: i64, user: i64) -> Result<Option<MemberRow>, StoreError> {
    tx.one(
        "SELECT user_id, mod, role, join_time, name_card, mute_until, gone FROM member \
         WHERE conv_id = $1 AND user_id = $2",
        args![conv, user],
        member_row,
    )
}

/// Stores a member, new or changed.
pub fn put_member(tx: &mut Tx<'_>, conv: i64, member: &MemberRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO member (conv_id, user_id, mod, role, join_time, name_card, mute_until, gone) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (conv_id, user_id) DO UPDATE SET \
         mod = excluded.mod, role = excluded.role, join_time = excluded.join_time, \
         name_card = excluded.name_card, mute_until = excluded.mute_until, gone = excluded.gone",
        args![
            conv,
            member.user,
            member.modification,
            role_number(member.role),
            member.join_time,
            &member.name_card,
            member.mute_until,
            member.gone
        ],
    )
    .map(|_| ())
}

/// The numbers of all present members, ascending.
pub fn member_numbers(tx: &mut Tx<'_>, conv: i64) -> Result<Vec<i64>, StoreError> {
    tx.rows(
        "SELECT user_id FROM member WHERE conv_id = $1 AND gone = FALSE ORDER BY user_id",
        args![conv],
        |row| row.get(0),
    )
}

/// A page of present members: owner, administrators, then by join time (GMB-40).
pub fn members_page(
    tx: &mut Tx<'_>,
    conv: i64,
    only: Option<MemberRole>,
    offset: i64,
    limit: i64,
) -> Result<Vec<MemberRow>, StoreError> {
    tx.rows(
        "SELECT user_id, mod, role, join_time, name_card, mute_until, gone FROM member \
         WHERE conv_id = $1 AND gone = FALSE AND (role = $2 OR $2 < 0) \
         ORDER BY role, join_time, user_id LIMIT $3 OFFSET $4",
        args![conv, only.map_or(-1, role_number), limit, offset],
        member_row,
    )
}

/// The change number of the last row of a page of at most `limit` rows after `after`; none if they all fit.
pub fn page_end(tx: &mut Tx<'_>, conv: i64, after: i64, limit: u32) -> Result<Option<i64>, StoreError> {
    tx.one(
        "SELECT mod FROM member WHERE conv_id = $1 AND mod > $2 ORDER BY mod LIMIT 1 OFFSET $3",
        args![conv, after, limit.saturating_sub(1)],
        |row| row.get(0),
    )
}

/// Members whose rows changed after `after` and not after `up_to`, in the order of their changes.
pub fn changed(tx: &mut Tx<'_>, conv: i64, after: i64, up_to: i64) -> Result<Vec<MemberRow>, StoreError> {
    tx.rows(
        "SELECT user_id, mod, role, join_time, name_card, mute_until, gone FROM member \
         WHERE conv_id = $1 AND mod > $2 AND mod <= $3 ORDER BY mod, user_id",
        args![conv, after, up_to],
        member_row,
    )
}

/// How many groups a user is in.
pub fn count_of(tx: &mut Tx<'_>, user: i64) -> Result<i64, StoreError> {
    // By way of the user's conversations, for which there is an index.
    let sql = "SELECT COUNT(*) FROM user_conv u JOIN member m ON m.conv_id = u.conv_id AND m.user_id = u.user_id \
               WHERE u.user_id = $1 AND m.gone = FALSE";
    Ok(tx.one(sql, args![user], |row| row.get(0))?.unwrap_or(0))
}

/// What deciding about a message of a user in a group needs to know.
#[derive(Clone, Debug)]
pub struct Standing {
    /// Public id.
    pub group_id: GroupId,
    /// Type of the group.
    pub group_type: GroupType,
    /// Only owner and administrators may send.
    pub mute_all: bool,
    /// It is no more.
    pub dismissed: bool,
    /// Members.
    pub member_count: i64,
    /// The membership, if the user is a member now.
    pub member: Option<MemberRow>,
}

/// A user's standing in a group; none where there is no such group.
pub fn standing(tx: &mut Tx<'_>, conv: i64, user: i64) -> Result<Option<Standing>, StoreError> {
    tx.one(
        "SELECT g.type, g.mute_all, g.dismissed, m.user_id, m.mod, m.role, m.join_time, m.name_card, \
         m.mute_until, g.group_id, g.member_count FROM chat_group g \
         LEFT JOIN member m ON m.conv_id = g.conv_id AND m.user_id = $2 AND m.gone = FALSE \
         WHERE g.conv_id = $1",
        args![conv, user],
        |row| {
            let member = match row.get::<Option<i64>>(3)? {
                Some(user) => Some(MemberRow {
                    user,
                    modification: row.get(4)?,
                    role: role(row.get(5)?),
                    join_time: row.get(6)?,
                    name_card: row.get(7)?,
                    mute_until: row.get(8)?,
                    gone: false,
                }),
                None => None,
            };
            let group_id: &str = row.get(9)?;
            Ok(Standing {
                group_id: group_id.parse().map_err(|_| StoreError::Corrupt("a malformed group_id".into()))?,
                group_type: group_type(row.get(0)?)?,
                mute_all: row.get(1)?,
                dismissed: row.get(2)?,
                member_count: row.get(10)?,
                member,
            })
        },
    )
}
