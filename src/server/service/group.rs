//! Groups: making, showing, changing them (spec part 8a). Their members are in [`super::member`].

use std::sync::Arc;

use base64::Engine;
use hallway_protocol::event::ServerEvent;
use hallway_protocol::group::{
    Group, GroupLastMessage, GroupType, InviteOption, JoinOption, Member, MemberRole,
};
use hallway_protocol::ids::{ConversationId, GroupId, MessageId};
use hallway_protocol::message::{Message, Payload};
use hallway_protocol::method::{
    ChangeGroupOwner, CreateGroup, GetGroup, GroupCreated, MethodName, UpdateGroup,
};
use hallway_protocol::tip::{GroupTip, NewGroupProfile, NoticeType, OperatorInfo, TipMember, TipType};
use hallway_protocol::{ChatError, ErrorCode};

use super::core::{Access, Caller, Core};
use super::notice;
use super::view::{frame, standing_of, wire, wire_count};
use crate::authz;
use crate::bus::{Publication, Recipients};
use crate::store::conversation::{self, ConvRow, OwnSide};
use crate::store::group::{self, GroupRow, MemberRow};
use crate::store::message::{self, Content, MessageKey, MessageRow, client_key};
use crate::store::user::UserRecord;
use crate::store::{StoreError, Tx, WriteKey};

/// Longest id of a repeatable call, in bytes.
const REQUEST_ID_BYTES: usize = 64;

// --- making ------------------------------------------------------------------------------------------------

/// Makes a group (GRP-72). The same `request_id` makes it once.
pub async fn create(
    core: &Arc<Core>,
    caller: &Arc<Caller>,
    call: CreateGroup,
) -> Result<GroupCreated, ChatError> {
    let limits = &core.limits;
    if call.group_type != GroupType::Work {
        return Err(ErrorCode::GroupTypeIllegal.into());
    }
    let fits = !call.name.is_empty()
        && limits.group_name.fits(&call.name)
        && limits.group_introduction.fits(&call.introduction)
        && limits.group_notification.fits(&call.notification)
        && limits.group_avatar.fits(&call.avatar)
        && call.max_member_num.is_none_or(|most| (1..=limits.work_members).contains(&most))
        // GRP-45: fixed in `work`, the only type of this version.
        && call.join_option.is_none_or(|option| option == JoinOption::DisableApply)
        && call.request_id.len() <= REQUEST_ID_BYTES;
    if !fits {
        return Err(ErrorCode::GroupParameterInvalid.into());
    }
    call.invite_option.map_or(Ok(()), possible)?;
    if call.group_id.as_ref().is_some_and(|id| !id.may_be_chosen()) {
        return Err(ErrorCode::GroupIdMalformed.into());
    }
    if exceeds(call.member_list.len(), limits.members_per_call) {
        return Err(ErrorCode::TooManyAccounts.into());
    }
    let mut others = Vec::new();
    for user_id in &call.member_list {
        let user = core.user(user_id, ErrorCode::TargetUserUnknown).await?;
        if user.profile.is_disabled {
            return Err(ErrorCode::TargetUserUnknown.into());
        }
        if user.number != caller.number {
            others.push(user);
        }
    }
    others.sort_by_key(|user| user.number);
    others.dedup_by_key(|user| user.number);
    let most = call.max_member_num.unwrap_or(limits.work_members);
    if exceeds(others.len().saturating_add(1), most) {
        return Err(ErrorCode::MemberQuotaExceeded.into());
    }
    let group_id = match &call.group_id {
        Some(id) => id.clone(),
        None => fresh_id()?,
    };
    let (core, caller) = (Arc::clone(core), Arc::clone(caller));
    let db = core.db.clone();
    // By caller, so that a call and its repetition come one after the other.
    let key = WriteKey::from(("new group", caller.number));
    db.write(key, move |tx| store_new(&core, tx, &caller, &call, &group_id, &others)).await
}

/// There are no applications yet that could wait for approval.
fn possible(option: InviteOption) -> Result<(), ChatError> {
    if option == InviteOption::NeedPermission { Err(ErrorCode::GroupFeatureOff.into()) } else { Ok(()) }
}

fn exceeds(count: usize, limit: u32) -> bool {
    u32::try_from(count).map_or(true, |count| count > limit)
}

/// An id of the server's own (GRP-1).
fn fresh_id() -> Result<GroupId, ChatError> {
    let random: [u8; 12] = crate::auth::random().map_err(|_| ErrorCode::GroupInternalError)?;
    let text = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(random);
    Ok(format!("@TGS#{text}").as_str().try_into()?)
}

fn store_new(
    core: &Arc<Core>,
    tx: &mut Tx<'_>,
    caller: &Caller,
    call: &CreateGroup,
    group_id: &GroupId,
    others: &[Arc<UserRecord>],
) -> Result<GroupCreated, ChatError> {
    let request_id = Some(call.request_id.clone()).filter(|id| !id.is_empty());
    if let Some(request_id) = &request_id
        && let Some(row) = group::by_request(tx, caller.number, request_id)?
    {
        let member = group::member(tx, row.conv, caller.number)?;
        let group = core.group(tx, &row, member)?;
        return Ok(GroupCreated { group, over_limit_user_id_list: Vec::new() });
    }
    if let Some(conv) = group::find(tx, group_id)? {
        let own = group::load(tx, conv)?.is_some_and(|row| row.owner == Some(caller.number));
        return Err(if own { ErrorCode::GroupIdOwnTaken } else { ErrorCode::GroupIdTaken }.into());
    }
    let most = i64::from(core.limits.groups_per_user);
    if group::count_of(tx, caller.number)? >= most {
        return Err(ErrorCode::TooManyGroups.into());
    }
    let (mut members, mut over_limit) = (vec![caller.number], Vec::new());
    for user in others {
        if group::count_of(tx, user.number)? >= most {
            over_limit.push(user.profile.user_id.clone());
        } else {
            members.push(user.number);
        }
    }
    members.sort_unstable();

    let now_ms = core.clock.now_ms();
    let now = now_ms.div_euclid(1000);
    let conv = conversation::create_group(tx, now_ms)?;
    let conv = conversation::take(tx, conv, 0, 0, now_ms)?.ok_or(ErrorCode::GroupInternalError)?;
    let row = GroupRow {
        conv: conv.id,
        group_id: group_id.clone(),
        group_type: call.group_type,
        name: call.name.clone(),
        introduction: call.introduction.clone(),
        notification: call.notification.clone(),
        avatar: call.avatar.clone(),
        owner: Some(caller.number),
        created_by: caller.number,
        request_id,
        created_at: now,
        info_time: now,
        info_seq: 1,
        modification: conv.modification,
        member_count: i64::try_from(members.len()).unwrap_or(i64::MAX),
        max_members: i64::from(call.max_member_num.unwrap_or(core.limits.work_members)),
        mute_all: false,
        // GRP-45, GRP-47: the defaults of `work`.
        join_option: JoinOption::DisableApply,
        invite_option: Some(call.invite_option.unwrap_or(InviteOption::FreeAccess)),
        dismissed: false,
    };
    if !group::insert(tx, &row)? {
        return Err(ErrorCode::GroupIdTaken.into());
    }
    let mut change = Change::new(ConversationId::Group(group_id.clone()), conv);
    for number in &members {
        let role = if *number == caller.number { MemberRole::Owner } else { MemberRole::Member };
        let member = new_member(*number, role, &conv, now);
        group::put_member(tx, conv.id, &member)?;
        conversation::put_side(tx, *number, conv.id, &OwnSide::default())?;
        change.members.push(core.member(tx, member)?);
    }
    change.group = Some(core.group(tx, &row, None)?);
    let everybody: Arc<[i64]> = members.clone().into();
    change.publish(core, tx, Arc::clone(&everybody), &everybody);
    let added: Vec<i64> = members.iter().copied().filter(|number| *number != caller.number).collect();
    let invited = notice::notice(caller, &row, NoticeType::Invited, "");
    let notices = notice::write(core, tx, caller, &added, invited)?;
    for number in members {
        let name = ConversationId::Group(group_id.clone());
        core.tell_state(tx, number, name, &conv, &OwnSide::default())?;
    }
    notices.tell(core, tx);
    let own = group::member(tx, conv.id, caller.number)?;
    let group = core.group(tx, &row, own)?;
    Ok(GroupCreated { group, over_limit_user_id_list: over_limit })
}

/// A member from now on.
pub(super) fn new_member(user: i64, role: MemberRole, conv: &ConvRow, now: i64) -> MemberRow {
    MemberRow {
        user,
        modification: conv.modification,
        role,
        join_time: now,
        name_card: String::new(),
        mute_until: 0,
        gone: false,
    }
}

// --- showing -----------------------------------------------------------------------------------------------

/// A group's profile (GRP-71).
pub async fn get(core: &Arc<Core>, caller: &Arc<Caller>, call: GetGroup) -> Result<Group, ChatError> {
    let conv = number(core, &call.group_id).await?;
    let (core, caller) = (Arc::clone(core), Arc::clone(caller));
    let db = core.db.clone();
    db.read(move |tx| {
        let access = core.access(tx, MethodName::GetGroup, &caller, conv)?;
        let group = access.living_group()?;
        let last_time = message::time_at(tx, conv, access.conv.seq)?.unwrap_or(0);
        Ok(Group {
            next_message_seq: wire(access.conv.seq).saturating_add(1),
            last_message: Some(GroupLastMessage { last_time, message: None }),
            ..core.group(tx, &group.row, group.member.clone())?
        })
    })
    .await
}

/// The conversation of a group; unknown ones are 10010.
pub(super) async fn number(core: &Core, group_id: &GroupId) -> Result<i64, ChatError> {
    core.conversations.group(&core.db, group_id).await?.ok_or_else(|| ErrorCode::GroupGone.into())
}

// --- changing ----------------------------------------------------------------------------------------------

/// Changes a group's profile; only given fields change (GRP-74).
pub async fn update(core: &Arc<Core>, caller: &Arc<Caller>, call: UpdateGroup) -> Result<Group, ChatError> {
    let limits = &core.limits;
    let fits = call.name.as_ref().is_none_or(|name| !name.is_empty() && limits.group_name.fits(name))
        && call.introduction.as_ref().is_none_or(|text| limits.group_introduction.fits(text))
        && call.notification.as_ref().is_none_or(|text| limits.group_notification.fits(text))
        && call.avatar.as_ref().is_none_or(|text| limits.group_avatar.fits(text));
    if !fits {
        return Err(ErrorCode::GroupParameterInvalid.into());
    }
    let conv = number(core, &call.group_id).await?;
    let (core, caller) = (Arc::clone(core), Arc::clone(caller));
    let db = core.db.clone();
    db.write(WriteKey::conversation(conv), move |tx| {
        let access = core.access(tx, MethodName::UpdateGroup, &caller, conv)?;
        let group = access.living_group()?;
        let mut row = group.row.clone();
        let told = apply(&mut row, &access, &call)?;
        if row == group.row {
            return Ok(core.group(tx, &row, group.member.clone())?);
        }
        let mut change = Change::begin(&core, tx, &access, i64::from(told.is_some()))?;
        if let Some(changed) = told {
            let mut tip = tip(&core, tx, &caller, &access, TipType::GroupProfileUpdated, row.member_count)?;
            tip.new_group_profile = Some(changed);
            change.tip(&core, tx, &caller, tip)?;
        }
        row.info_seq = row.info_seq.saturating_add(1);
        row.info_time = core.clock.now();
        let row = change.store_group(&core, tx, row)?;
        let members = core.members.prepare(tx, conv)?;
        change.publish_to_members(&core, tx, members);
        Ok(core.group(tx, &row, group.member.clone())?)
    })
    .await
}

/// Puts what changes into the row; answers what is told to the members (OBJ-100: mute-all and options are not).
fn apply(
    row: &mut GroupRow,
    access: &Access,
    call: &UpdateGroup,
) -> Result<Option<NewGroupProfile>, ChatError> {
    let mut told = NewGroupProfile::default();
    let set = |field: &mut String, new: &Option<String>, told: &mut Option<String>| {
        if let Some(new) = new.as_ref().filter(|new| *new != field) {
            field.clone_from(new);
            *told = Some(new.clone());
        }
    };
    set(&mut row.name, &call.name, &mut told.group_name);
    set(&mut row.introduction, &call.introduction, &mut told.introduction);
    set(&mut row.notification, &call.notification, &mut told.notification);
    set(&mut row.avatar, &call.avatar, &mut told.avatar);
    let options =
        call.mute_all_members.is_some() || call.join_option.is_some() || call.invite_option.is_some();
    if options {
        authz::may_change_options(row.group_type, access.standing())?;
    }
    if let Some(mute_all) = call.mute_all_members {
        row.mute_all = mute_all;
    }
    if call.join_option.is_some_and(|option| option != row.join_option) {
        // GRP-45: fixed in `work`, the only type of this version.
        return Err(ErrorCode::GroupParameterInvalid.into());
    }
    if let Some(option) = call.invite_option {
        possible(option)?;
        row.invite_option = Some(option);
    }
    Ok((told != NewGroupProfile::default()).then_some(told))
}

/// Hands a group over (GRP-80). The old owner becomes an ordinary member.
pub async fn change_owner(
    core: &Arc<Core>,
    caller: &Arc<Caller>,
    call: ChangeGroupOwner,
) -> Result<Group, ChatError> {
    let heir = core.user(&call.new_owner_id, ErrorCode::TargetNotInGroup).await?;
    let conv = number(core, &call.group_id).await?;
    let (core, caller) = (Arc::clone(core), Arc::clone(caller));
    let db = core.db.clone();
    db.write(WriteKey::conversation(conv), move |tx| {
        let access = core.access(tx, MethodName::ChangeGroupOwner, &caller, conv)?;
        let group = access.living_group()?;
        if heir.number == caller.number {
            return Err(ErrorCode::TransferToSelf.into());
        }
        let new = group::member(tx, conv, heir.number)?.filter(|member| standing_of(member).is_in());
        let (new, old) = (new.ok_or(ErrorCode::TargetNotInGroup)?, group.member.clone());
        let mut change = Change::begin(&core, tx, &access, 1)?;
        let mut tip = tip(&core, tx, &caller, &access, TipType::GroupProfileUpdated, group.row.member_count)?;
        let owner_id = Some(heir.profile.user_id.clone());
        tip.new_group_profile = Some(NewGroupProfile { owner_id, ..NewGroupProfile::default() });
        affect(&mut tip, &heir, "");
        change.tip(&core, tx, &caller, tip)?;
        if let Some(old) = old {
            change.store_member(&core, tx, MemberRow { role: MemberRole::Member, ..old })?;
        }
        change.store_member(&core, tx, MemberRow { role: MemberRole::Owner, ..new })?;
        let mut row = GroupRow { owner: Some(heir.number), info_time: core.clock.now(), ..group.row.clone() };
        row.info_seq = row.info_seq.saturating_add(1);
        let row = change.store_group(&core, tx, row)?;
        let members = core.members.prepare(tx, conv)?;
        change.publish_to_members(&core, tx, members);
        let own = group::member(tx, conv, caller.number)?;
        Ok(core.group(tx, &row, own)?)
    })
    .await
}

// --- one change of a group, and how it is told ---------------------------------------------------------------

/// What a transaction changes about a group: all of it carries one change number and travels in one frame.
pub(super) struct Change {
    name: ConversationId,
    /// The conversation with the numbers taken.
    pub(super) conv: ConvRow,
    message: Option<Message>,
    pub(super) members: Vec<Member>,
    pub(super) group: Option<Group>,
}

impl Change {
    fn new(name: ConversationId, conv: ConvRow) -> Self {
        Self { name, conv, message: None, members: Vec::new(), group: None }
    }

    /// Takes the numbers for a change with so many tips.
    pub(super) fn begin(core: &Core, tx: &mut Tx<'_>, access: &Access, tips: i64) -> Result<Self, ChatError> {
        let conv = conversation::take(tx, access.conv.id, tips, 0, core.clock.now_ms())?;
        Ok(Self::new(access.name.clone(), conv.ok_or(ErrorCode::GroupGone)?))
    }

    /// Stores the line in the chat.
    pub(super) fn tip(
        &mut self,
        core: &Core,
        tx: &mut Tx<'_>,
        caller: &Caller,
        tip: GroupTip,
    ) -> Result<(), ChatError> {
        let profile = &core.users.in_tx(tx, caller.number)?.profile;
        let content = Content {
            nick: profile.nick.clone(),
            avatar: profile.avatar.clone(),
            ..Content::new(Payload::GroupTip(tip))
        };
        let time = self.conv.changed_ms.div_euclid(1000);
        let random = crate::auth::random().map_err(|_| ErrorCode::GroupInternalError)?;
        let id = MessageId::new(caller.number, time, u32::from_le_bytes(random));
        let row = MessageRow {
            key: MessageKey { conv: self.conv.id, seq: self.conv.seq },
            born: self.conv.modification,
            changed: None,
            ord: self.conv.ord,
            sender: caller.number,
            client_key: client_key(&id).ok_or(ErrorCode::GroupInternalError)?,
            time,
            flags: content.flags(),
            content,
            stored_bytes: 0,
        };
        if !message::insert(tx, &row)? {
            // One in four thousand million, within the same second.
            return Err(ErrorCode::GroupInternalError.into());
        }
        self.message = Some(row.to_wire(self.name.clone(), caller.user_id.clone()));
        Ok(())
    }

    /// Stores a new or changed member.
    pub(super) fn store_member(
        &mut self,
        core: &Core,
        tx: &mut Tx<'_>,
        member: MemberRow,
    ) -> Result<(), StoreError> {
        let member = MemberRow { modification: self.conv.modification, ..member };
        group::put_member(tx, self.conv.id, &member)?;
        self.members.push(core.member(tx, member)?);
        Ok(())
    }

    /// Stores the changed group; answers its new row.
    pub(super) fn store_group(
        &mut self,
        core: &Core,
        tx: &mut Tx<'_>,
        row: GroupRow,
    ) -> Result<GroupRow, StoreError> {
        let row = GroupRow { modification: self.conv.modification, ..row };
        group::update(tx, &row)?;
        self.group = Some(core.group(tx, &row, None)?);
        Ok(row)
    }

    fn into_event(self) -> (ConvRow, ServerEvent) {
        let mut frame = frame(self.name, &self.conv);
        frame.messages.extend(self.message);
        frame.members = self.members;
        frame.group_profile = self.group.map(Box::new);
        (self.conv, ServerEvent::ConversationFrame(Box::new(frame)))
    }

    /// Tells the present members after the commit.
    fn publish_to_members(self, core: &Arc<Core>, tx: &mut Tx<'_>, members: Arc<[i64]>) {
        let (conv, event) = self.into_event();
        let core = Arc::clone(core);
        tx.after_commit(move || {
            let to = Recipients::Users(core.members.now(conv.id, &members));
            core.bus.publish(Publication { conversation: Some(conv.id), to, except: None, event });
        });
    }

    /// Tells `told` after the commit, and lets `members` be the members from then on.
    pub(super) fn publish(self, core: &Arc<Core>, tx: &mut Tx<'_>, told: Arc<[i64]>, members: &Arc<[i64]>) {
        let (conv, event) = self.into_event();
        let (core, members) = (Arc::clone(core), Arc::clone(members));
        tx.after_commit(move || {
            core.members.set(conv.id, &members);
            let to = Recipients::Users(told);
            core.bus.publish(Publication { conversation: Some(conv.id), to, except: None, event });
        });
    }
}

/// A tip of `caller`'s with nobody affected yet (OBJ-80 to OBJ-86).
pub(super) fn tip(
    core: &Core,
    tx: &mut Tx<'_>,
    caller: &Caller,
    access: &Access,
    operation_type: TipType,
    member_count: i64,
) -> Result<GroupTip, StoreError> {
    let me = &core.users.in_tx(tx, caller.number)?.profile;
    let role = access.group.as_ref().and_then(|group| group.member.as_ref()).map(|member| member.role);
    Ok(GroupTip {
        operation_type,
        operator_id: caller.user_id.clone(),
        operator_info: OperatorInfo {
            user_id: caller.user_id.clone(),
            nick: me.nick.clone(),
            avatar: me.avatar.clone(),
            role,
        },
        user_id_list: Vec::new(),
        member_list: Vec::new(),
        group_join_type: 0,
        new_group_profile: None,
        member_count: wire_count(member_count),
    })
}

/// Adds an affected person to a tip.
pub(super) fn affect(tip: &mut GroupTip, user: &UserRecord, reason: &str) {
    tip.user_id_list.push(user.profile.user_id.clone());
    tip.member_list.push(TipMember {
        user_id: user.profile.user_id.clone(),
        nick: user.profile.nick.clone(),
        avatar: user.profile.avatar.clone(),
        mute_time: None,
        duration: None,
        reason: reason.to_owned(),
    });
}
