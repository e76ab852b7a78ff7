//! Members of groups: listing, adding, removing, leaving (spec part 8b).

use std::sync::Arc;

use hallway_protocol::group::{InviteOption, MemberRole};
use hallway_protocol::ids::UserId;
use hallway_protocol::method::{
    AddGroupMembers, DeleteGroupMembers, Done, GetGroupMembers, GroupMembers, MembersAdded, MembersDeleted,
    MethodName, QuitGroup,
};
use hallway_protocol::tip::{NoticeType, TipType};
use hallway_protocol::{ChatError, ErrorCode};

use super::core::{Access, Caller, Core, GroupAccess, stored};
use super::group::{Change, affect, new_member, number, tip};
use super::notice;
use super::view::{standing_of, wire};
use crate::authz;
use crate::store::conversation::{self, OwnSide};
use crate::store::group::{self, GroupRow, MemberRow};
use crate::store::user::UserRecord;
use crate::store::{Tx, WriteKey};

/// Members per page when nothing is asked for (GMB-1).
const PAGE: u32 = 15;
/// Bytes of a reason (GMB-10).
const REASON_BYTES: usize = 1000;
/// How the added ones came (OBJ-84).
const INVITED: u8 = 2;

/// Members: owner, administrators, then by join time (GMB-40).
pub async fn list(
    core: &Arc<Core>,
    caller: &Arc<Caller>,
    call: GetGroupMembers,
) -> Result<GroupMembers, ChatError> {
    let conv = number(core, &call.group_id).await?;
    let count = i64::from(call.count.unwrap_or(PAGE).clamp(1, core.limits.member_page.max(1)));
    let (core, caller) = (Arc::clone(core), Arc::clone(caller));
    let db = core.db.clone();
    db.read(move |tx| {
        core.access(tx, MethodName::GetGroupMembers, &caller, conv)?.living_group()?;
        let offset = stored(call.offset);
        // One more than asked tells whether there is a next page.
        let mut rows = group::members_page(tx, conv, call.role, offset, count.saturating_add(1))?;
        let page = usize::try_from(count).unwrap_or(usize::MAX);
        let offset = if rows.len() > page { wire(offset.saturating_add(count)) } else { 0 };
        rows.truncate(page);
        let member_list = rows.into_iter().map(|row| core.member(tx, row)).collect::<Result<_, _>>()?;
        Ok(GroupMembers { member_list, offset })
    })
    .await
}

/// The people of a list: those who exist and may be used, once each, and the others.
async fn people(core: &Core, list: &[UserId]) -> Result<(Vec<Arc<UserRecord>>, Vec<UserId>), ChatError> {
    if list.is_empty() {
        return Err(ErrorCode::GroupParameterInvalid.into());
    }
    if u32::try_from(list.len()).map_or(true, |count| count > core.limits.members_per_call) {
        return Err(ErrorCode::TooManyAccounts.into());
    }
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for user_id in list {
        match core.users.by_id(&core.db, user_id).await? {
            Some(user) if !user.profile.is_disabled => known.push(user),
            _ => unknown.push(user_id.clone()),
        }
    }
    known.sort_by_key(|user| user.number);
    known.dedup_by_key(|user| user.number);
    Ok((known, unknown))
}

/// Adds people to a group (GMB-42).
pub async fn add(
    core: &Arc<Core>,
    caller: &Arc<Caller>,
    call: AddGroupMembers,
) -> Result<MembersAdded, ChatError> {
    let conv = number(core, &call.group_id).await?;
    let (known, unknown) = people(core, &call.user_id_list).await?;
    let (core, caller) = (Arc::clone(core), Arc::clone(caller));
    let db = core.db.clone();
    db.write(WriteKey::conversation_and_users(conv), move |tx| {
        let access = core.access(tx, MethodName::AddGroupMembers, &caller, conv)?;
        let group = access.living_group()?;
        may_invite(group)?;
        if known.is_empty() {
            return Err(ErrorCode::TargetUserUnknown.into());
        }
        let (mut new, mut existed, mut over_limit) = (Vec::new(), Vec::new(), Vec::new());
        for user in &known {
            let member = group::member(tx, conv, user.number)?;
            if member.is_some_and(|member| !member.gone) {
                existed.push(user.profile.user_id.clone());
            } else if group::count_of(tx, user.number)? >= i64::from(core.limits.groups_per_user) {
                over_limit.push(user.profile.user_id.clone());
            } else {
                new.push(user);
            }
        }
        let row =
            if new.is_empty() { group.row.clone() } else { store_added(&core, tx, &caller, &access, &new)? };
        Ok(MembersAdded {
            success_user_id_list: new.iter().map(|user| user.profile.user_id.clone()).collect(),
            failure_user_id_list: unknown.clone(),
            existed_user_id_list: existed,
            over_limit_user_id_list: over_limit,
            pending_user_id_list: Vec::new(),
            group: core.group(tx, &row, group.member.clone())?,
        })
    })
    .await
}

/// GMB-60 to GMB-62: what the invite option says to ordinary members.
fn may_invite(group: &GroupAccess) -> Result<(), ChatError> {
    let free = group.row.invite_option == Some(InviteOption::FreeAccess);
    if free || group.standing.leads() { Ok(()) } else { Err(ErrorCode::NoPermission.into()) }
}

fn store_added(
    core: &Arc<Core>,
    tx: &mut Tx<'_>,
    caller: &Caller,
    access: &Access,
    new: &[&Arc<UserRecord>],
) -> Result<GroupRow, ChatError> {
    let group = access.living_group()?;
    let count = group.row.member_count.saturating_add(i64::try_from(new.len()).unwrap_or(i64::MAX));
    // With room for some only, none is added.
    if count > group.row.max_members {
        return Err(ErrorCode::GroupFull.into());
    }
    let mut change = Change::begin(core, tx, access, 1)?;
    let conv = change.conv;
    let mut line = tip(core, tx, caller, access, TipType::MemberJoin, count)?;
    line.group_join_type = INVITED;
    // What was written before is not for those who come now (GRP-60); their own joining is.
    let side = OwnSide {
        read_seq: access.conv.seq,
        read_ord: access.conv.ord,
        min_seq: access.conv.seq,
        ..OwnSide::default()
    };
    for user in new {
        affect(&mut line, user, "");
        let member = new_member(user.number, MemberRole::Member, &conv, core.clock.now());
        change.store_member(core, tx, member)?;
        conversation::put_side(tx, user.number, conv.id, &side)?;
    }
    change.tip(core, tx, caller, line)?;
    let row = GroupRow { member_count: count, ..group.row.clone() };
    let row = change.store_group(core, tx, row)?;
    let members: Arc<[i64]> = group::member_numbers(tx, conv.id)?.into();
    change.publish(core, tx, Arc::clone(&members), &members);
    let added: Vec<i64> = new.iter().map(|user| user.number).collect();
    let invited = notice::notice(caller, &row, NoticeType::Invited, "");
    let notices = notice::write(core, tx, caller, &added, invited)?;
    for user in new {
        core.tell_state(tx, user.number, access.name.clone(), &conv, &side)?;
    }
    notices.tell(core, tx);
    Ok(row)
}

/// Removes people from a group (GMB-43).
pub async fn remove(
    core: &Arc<Core>,
    caller: &Arc<Caller>,
    call: DeleteGroupMembers,
) -> Result<MembersDeleted, ChatError> {
    if call.reason.len() > REASON_BYTES {
        return Err(ErrorCode::GroupParameterInvalid.into());
    }
    let conv = number(core, &call.group_id).await?;
    // Also people whose accounts are switched off can be removed.
    let mut known = Vec::new();
    if call.user_id_list.is_empty() {
        return Err(ErrorCode::GroupParameterInvalid.into());
    }
    if u32::try_from(call.user_id_list.len()).map_or(true, |count| count > core.limits.members_per_call) {
        return Err(ErrorCode::TooManyAccounts.into());
    }
    for user_id in &call.user_id_list {
        known.extend(core.users.by_id(&core.db, user_id).await?);
    }
    known.sort_by_key(|user| user.number);
    known.dedup_by_key(|user| user.number);
    if known.iter().any(|user| user.number == caller.number) {
        return Err(ErrorCode::GroupParameterInvalid.into());
    }
    let (core, caller) = (Arc::clone(core), Arc::clone(caller));
    let db = core.db.clone();
    db.write(WriteKey::conversation_and_users(conv), move |tx| {
        let access = core.access(tx, MethodName::DeleteGroupMembers, &caller, conv)?;
        let group = access.living_group()?;
        let mut leaving = Vec::new();
        for user in &known {
            let member = group::member(tx, conv, user.number)?;
            if let Some(member) = member.filter(|member| !member.gone) {
                authz::may_remove(group.standing, standing_of(&member))?;
                leaving.push((user, member));
            }
        }
        let removed = leaving.iter().map(|(user, _)| user.profile.user_id.clone()).collect();
        let row = if leaving.is_empty() {
            group.row.clone()
        } else {
            store_left(&core, tx, &caller, &access, TipType::MemberKickedOut, &leaving, &call.reason)?
        };
        let own = group::member(tx, conv, caller.number)?;
        Ok(MembersDeleted { group: core.group(tx, &row, own)?, user_id_list: removed })
    })
    .await
}

/// Leaves a group (GRP-76).
pub async fn quit(core: &Arc<Core>, caller: &Arc<Caller>, call: QuitGroup) -> Result<Done, ChatError> {
    let conv = number(core, &call.group_id).await?;
    let me = core.caller(caller).await?;
    let (core, caller) = (Arc::clone(core), Arc::clone(caller));
    let db = core.db.clone();
    db.write(WriteKey::conversation_and_users(conv), move |tx| {
        let access = core.access(tx, MethodName::QuitGroup, &caller, conv)?;
        let member = access.living_group()?.member.clone().ok_or(ErrorCode::NoPermission)?;
        store_left(&core, tx, &caller, &access, TipType::MemberQuit, &[(&me, member)], "")?;
        Ok(Done {})
    })
    .await
}

/// Takes people out of a group. Those who go still see the line that says so, and nothing after it.
fn store_left(
    core: &Arc<Core>,
    tx: &mut Tx<'_>,
    caller: &Caller,
    access: &Access,
    kind: TipType,
    leaving: &[(&Arc<UserRecord>, MemberRow)],
    reason: &str,
) -> Result<GroupRow, ChatError> {
    let group = access.living_group()?;
    let count = group.row.member_count.saturating_sub(i64::try_from(leaving.len()).unwrap_or(i64::MAX));
    let told: Arc<[i64]> = group::member_numbers(tx, access.conv.id)?.into();
    let mut change = Change::begin(core, tx, access, 1)?;
    let conv = change.conv;
    let mut line = tip(core, tx, caller, access, kind, count)?;
    let mut row = GroupRow { member_count: count, ..group.row.clone() };
    for (user, member) in leaving {
        affect(&mut line, user, reason);
        if row.owner == Some(member.user) {
            row.owner = None;
        }
        let gone = MemberRow { gone: true, role: MemberRole::Member, ..member.clone() };
        change.store_member(core, tx, gone)?;
    }
    change.tip(core, tx, caller, line)?;
    // GRP-68: a group ends when its last member leaves.
    row.dismissed = count == 0;
    let row = change.store_group(core, tx, row)?;
    let members: Arc<[i64]> = group::member_numbers(tx, conv.id)?.into();
    change.publish(core, tx, told, &members);
    // Who leaves knows it: their instances learn of it by their own log (OBJ-127).
    let is_removal = kind == TipType::MemberKickedOut;
    let removed: Vec<i64> = leaving.iter().filter(|_| is_removal).map(|(user, _)| user.number).collect();
    let kicked_out = notice::notice(caller, &row, NoticeType::KickedOut, reason);
    let notices = notice::write(core, tx, caller, &removed, kicked_out)?;
    for (user, _) in leaving {
        let side = conversation::own_side(tx, user.number, &conv)?.unwrap_or_default();
        let side = OwnSide { max_seq: Some(conv.seq), ..side };
        conversation::put_side(tx, user.number, conv.id, &side)?;
        core.tell_state(tx, user.number, access.name.clone(), &conv, &side)?;
    }
    notices.tell(core, tx);
    Ok(row)
}
