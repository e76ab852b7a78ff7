//! What a user sets about conversations: pin, remind type, marks, custom data, groups (CONV-65 to CONV-67, CONV-72,
//! CONV-114, CONV-115), and about all of them: do-not-disturb (CONV-73).

use std::sync::Arc;

use hallway_protocol::conversation::{AllReceiveMessageOpt, MARK_UNREAD, RemindType, is_mark};
use hallway_protocol::ids::ConversationId;
use hallway_protocol::method::{
    ConversationFailure, ConversationsUpdated, Done, MethodName, SetAllReceiveMessageOpt, UpdateConversations,
};
use hallway_protocol::sync::UserItem;
use hallway_protocol::{ChatError, ErrorCode};

use super::conversation::open;
use super::conversation_group::find;
use super::core::{Access, Caller, Core};
use crate::store::setting::{self, Setting};
use crate::store::user_log::{self, LogKey};
use crate::store::{StoreError, Tx, WriteKey, conv_group};

/// Conversations per mark and per conversation group (CONV-7).
const SET: i64 = 1000;
/// Conversations per call that sets remind types (CONV-8).
const REMINDED: u32 = 30;
/// Bytes of custom data (CONV-5).
const CUSTOM_DATA_BYTES: usize = 256;
/// Bytes of the name of a time zone.
const TIME_ZONE_BYTES: usize = 64;

/// Changes the settings of conversations, each on its own: what fails for one is listed.
pub async fn update(
    core: &Arc<Core>,
    caller: &Arc<Caller>,
    call: UpdateConversations,
) -> Result<ConversationsUpdated, ChatError> {
    let count = check_count(core, &call.conversation_id_list)?;
    let is_wrong = call.custom_data.as_ref().is_some_and(|data| data.len() > CUSTOM_DATA_BYTES)
        || call.mark.is_some_and(|mark| !is_mark(mark.mark_type))
        || (call.message_remind_type.is_some() && count > REMINDED)
        // Topics only (CONV-94).
        || call.message_remind_type == Some(RemindType::NotReceiveExceptAt);
    if is_wrong {
        return Err(ErrorCode::InvalidParameter.into());
    }
    if let Some(group) = &call.conversation_group {
        let (user, name) = (caller.number, group.group_name.clone());
        core.db.read(move |tx| find(tx, user, &name)).await?;
    }
    let call = Arc::new(call);
    let mut updated = ConversationsUpdated {
        success_conversation_id_list: Vec::new(),
        failure_conversation_id_list: Vec::new(),
    };
    for id in &call.conversation_id_list {
        match update_one(core, caller, id, &call).await {
            Ok(()) => updated.success_conversation_id_list.push(id.clone()),
            Err(ChatError { code, message, .. }) => {
                let failure = ConversationFailure { conversation_id: id.clone(), code, message };
                updated.failure_conversation_id_list.push(failure);
            }
        }
    }
    Ok(updated)
}

/// How many conversations a call names: 1 to as many as one may (CONV-3).
pub(super) fn check_count(core: &Core, ids: &[ConversationId]) -> Result<u32, ChatError> {
    let count = u32::try_from(ids.len()).unwrap_or(u32::MAX);
    if count == 0 || count > core.limits.conversations_per_call {
        return Err(ErrorCode::ConversationCountInvalid.into());
    }
    Ok(count)
}

async fn update_one(
    core: &Arc<Core>,
    caller: &Arc<Caller>,
    id: &ConversationId,
    call: &Arc<UpdateConversations>,
) -> Result<(), ChatError> {
    if call.message_remind_type == Some(RemindType::NotNotifyExceptAt) && matches!(id, ConversationId::C2c(_))
    {
        return Err(ErrorCode::InvalidParameter.into());
    }
    let conv = open(core, caller, id).await?;
    let (core, caller, call) = (Arc::clone(core), Arc::clone(caller), Arc::clone(call));
    let db = core.db.clone();
    db.write(WriteKey::conversation_and_users(conv), move |tx| {
        let access = core.access(tx, MethodName::UpdateConversations, &caller, conv)?;
        // Who has left hears nothing of the group any more, and may only pin what is left of it.
        if access.group.is_some() && !access.standing().is_in() {
            if call.message_remind_type.is_some() {
                return Err(ErrorCode::NoPermission.into());
            }
            let is_grouped = call.conversation_group.as_ref().is_some_and(|group| group.is_in);
            if call.mark.is_some() || call.custom_data.is_some() || is_grouped {
                return Err(ErrorCode::ConversationNoRight.into());
            }
        }
        // What is pinned, marked and grouped is counted while nothing else of this user changes.
        user_log::lock(tx, caller.number)?;
        let before = setting::load(tx, caller.number, conv)?;
        let after = changed(&core, tx, &caller, &before, &call)?;
        if after != before {
            store(&core, tx, &caller, access, &after)?;
        }
        Ok(())
    })
    .await
}

fn changed(
    core: &Core,
    tx: &mut Tx<'_>,
    caller: &Caller,
    before: &Setting,
    call: &UpdateConversations,
) -> Result<Setting, ChatError> {
    let mut after = before.clone();
    if let Some(is_pinned) = call.is_pinned {
        let most = i64::from(core.limits.pinned_conversations);
        if is_pinned && !before.is_pinned && setting::pinned(tx, caller.number)? >= most {
            return Err(ErrorCode::TooManyPinnedConversations.into());
        }
        after.is_pinned = is_pinned;
    }
    if let Some(mark) = call.mark {
        let is_new = mark.enable_mark && before.marks & mark.mark_type == 0;
        if is_new && setting::marked(tx, caller.number, mark.mark_type)? >= SET {
            return Err(ErrorCode::ConversationSetFull.into());
        }
        after.marks =
            if mark.enable_mark { before.marks | mark.mark_type } else { before.marks & !mark.mark_type };
    }
    if let Some(remind_type) = call.message_remind_type {
        after.remind_type = remind_type;
    }
    if let Some(data) = &call.custom_data {
        after.custom_data.clone_from(data);
    }
    if let Some(group) = &call.conversation_group {
        let number = find(tx, caller.number, &group.group_name)?;
        let is_new = group.is_in && !before.groups.contains(&number);
        if is_new && conv_group::size(tx, caller.number, number)? >= SET {
            return Err(ErrorCode::ConversationSetFull.into());
        }
        after.groups.retain(|known| *known != number);
        if group.is_in {
            after.groups.push(number);
            after.groups.sort_unstable();
        }
    }
    Ok(after)
}

/// Stores settings and tells the user's instances.
fn store(
    core: &Arc<Core>,
    tx: &mut Tx<'_>,
    caller: &Caller,
    access: Access,
    setting: &Setting,
) -> Result<(), StoreError> {
    setting::put(tx, caller.number, access.conv.id, setting)?;
    core.tell_state(tx, caller.number, access.name, &access.conv, &access.side)
}

/// Sets global do-not-disturb (CONV-73).
pub async fn set_all_receive_message_opt(
    core: &Arc<Core>,
    caller: &Arc<Caller>,
    call: SetAllReceiveMessageOpt,
) -> Result<Done, ChatError> {
    if !core.limits.do_not_disturb {
        return Err(ErrorCode::DoNotDisturbOff.into());
    }
    let opt = match call.opt.message_remind_type {
        RemindType::AcceptAndNotify => AllReceiveMessageOpt::default(),
        RemindType::AcceptNotNotify => call.opt,
        _ => return Err(ErrorCode::InvalidParameter.into()),
    };
    let is_wrong = opt.start_time < 0
        || opt.end_time < opt.start_time
        || opt.time_zone.len() > TIME_ZONE_BYTES
        || (opt.message_remind_type == RemindType::AcceptNotNotify && opt.end_time == opt.start_time);
    if is_wrong {
        return Err(ErrorCode::InvalidParameter.into());
    }
    let (core, user) = (Arc::clone(core), caller.number);
    let db = core.db.clone();
    db.write(WriteKey::user(user), move |tx| {
        user_log::lock(tx, user)?;
        if setting::all_receive_message_opt(tx, user)? != opt {
            setting::put_all_receive_message_opt(tx, user, &opt)?;
            let item = UserItem::AllReceiveMessageOpt(opt.clone());
            core.tell_user(tx, user, vec![(LogKey::AllReceiveMessageOpt, false, item)])?;
        }
        Ok(Done {})
    })
    .await
}

/// Reading a conversation takes the mark "unread" off it (CONV-70, CONV-81). Whether it had it; to be told by the caller.
pub(super) fn unmark_unread(tx: &mut Tx<'_>, user: i64, conv: i64) -> Result<bool, StoreError> {
    let had = setting::load(tx, user, conv)?.marks & MARK_UNREAD != 0;
    if had {
        // Looked at again under the lock: the rest of it may be another by now.
        user_log::lock(tx, user)?;
        let before = setting::load(tx, user, conv)?;
        setting::put(tx, user, conv, &Setting { marks: before.marks & !MARK_UNREAD, ..before })?;
    }
    Ok(had)
}
