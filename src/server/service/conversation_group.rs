//! Conversation groups: private labels of a user (CONV-110 to CONV-113). What is in them is a setting of each
//! conversation: see [`super::setting`].

use std::sync::Arc;

use hallway_protocol::conversation::{CONVERSATION_GROUP_NAME_BYTES, CONVERSATION_GROUPS_MAX};
use hallway_protocol::method::{
    ConversationGroupChange, ConversationsUpdated, CreateConversationGroup, DeleteConversationGroup, Done,
    RenameConversationGroup, UpdateConversations,
};
use hallway_protocol::sync::UserItem;
use hallway_protocol::{ChatError, ErrorCode};

use super::core::{Caller, Core};
use super::setting;
use crate::store::user_log::{self, LogKey};
use crate::store::{Tx, WriteKey, conv_group};

/// Makes a group and puts conversations into it (CONV-111); those that it cannot be done for are listed.
pub async fn create(
    core: &Arc<Core>,
    caller: &Arc<Caller>,
    call: CreateConversationGroup,
) -> Result<ConversationsUpdated, ChatError> {
    let CreateConversationGroup { group_name, conversation_id_list } = call;
    check_name(&group_name)?;
    if !conversation_id_list.is_empty() {
        setting::check_count(core, &conversation_id_list)?;
    }
    let name = group_name.clone();
    change(core, caller, move |tx, user, latest| {
        if conv_group::all(tx, user)?.len() >= CONVERSATION_GROUPS_MAX {
            return Err(ErrorCode::TooManyConversationGroups.into());
        }
        if conv_group::find(tx, user, &name)?.is_some() {
            return Err(ErrorCode::InvalidParameter.into());
        }
        // The number that this change is about to take.
        Ok(conv_group::add(tx, user, latest.saturating_add(1), &name)?)
    })
    .await?;
    if conversation_id_list.is_empty() {
        let (success_conversation_id_list, failure_conversation_id_list) = (Vec::new(), Vec::new());
        return Ok(ConversationsUpdated { success_conversation_id_list, failure_conversation_id_list });
    }
    let conversation_group = Some(ConversationGroupChange { group_name, is_in: true });
    let call = UpdateConversations { conversation_id_list, conversation_group, ..Default::default() };
    setting::update(core, caller, call).await
}

/// Deletes a group (CONV-112).
pub async fn delete(
    core: &Arc<Core>,
    caller: &Arc<Caller>,
    call: DeleteConversationGroup,
) -> Result<Done, ChatError> {
    change(core, caller, move |tx, user, _| {
        let number = find(tx, user, &call.group_name)?;
        Ok(conv_group::remove(tx, user, number)?)
    })
    .await
}

/// Gives a group another name (CONV-113).
pub async fn rename(
    core: &Arc<Core>,
    caller: &Arc<Caller>,
    call: RenameConversationGroup,
) -> Result<Done, ChatError> {
    check_name(&call.new_name)?;
    change(core, caller, move |tx, user, _| {
        let number = find(tx, user, &call.old_name)?;
        if conv_group::find(tx, user, &call.new_name)?.is_some_and(|other| other != number) {
            return Err(ErrorCode::InvalidParameter.into());
        }
        Ok(conv_group::rename(tx, user, number, &call.new_name)?)
    })
    .await
}

/// The number of a group that has to be there.
pub(super) fn find(tx: &mut Tx<'_>, user: i64, name: &str) -> Result<i64, ChatError> {
    conv_group::find(tx, user, name)?.ok_or_else(|| ErrorCode::ConversationGroupUnknown.into())
}

fn check_name(name: &str) -> Result<(), ChatError> {
    if name.trim().is_empty() || name.len() > CONVERSATION_GROUP_NAME_BYTES {
        return Err(ErrorCode::ConversationGroupNameTooLong.into());
    }
    Ok(())
}

/// Changes the list of groups, one change of a user at a time, and tells the user's instances. `act` gets the user and the number of
/// the user's latest change.
async fn change(
    core: &Arc<Core>,
    caller: &Arc<Caller>,
    act: impl Fn(&mut Tx<'_>, i64, i64) -> Result<(), ChatError> + Send + 'static,
) -> Result<Done, ChatError> {
    let (core, user) = (Arc::clone(core), caller.number);
    let db = core.db.clone();
    db.write(WriteKey::user(user), move |tx| {
        let latest = user_log::lock(tx, user)?;
        act(tx, user, latest)?;
        let groups = UserItem::ConversationGroups(conv_group::all(tx, user)?);
        core.tell_user(tx, user, vec![(LogKey::ConversationGroups, false, groups)])?;
        Ok(Done {})
    })
    .await
}
