//! What becomes of a message after it was sent: recalled, changed, deleted for oneself (MSG-61 to MSG-63).

use std::sync::Arc;

use hallway_protocol::event::ServerEvent;
use hallway_protocol::ids::ConversationId;
use hallway_protocol::message::{Message, Payload, Revocation};
use hallway_protocol::method::{DeleteMessages, Done, MethodName, ModifyMessage, RevokeMessage};
use hallway_protocol::sync::{HiddenMessage, Stored, UserItem};
use hallway_protocol::{ChatError, ErrorCode};

use super::core::{Access, Caller, Core, stored as stored_number};
use super::link_preview;
use super::message::{add_mentions, mentioned, publish_message, stored};
use super::message_check::{check_mentions, check_payload, check_size};
use super::moderation::Moderation;
use super::view::{frame, wire};
use crate::authz::{self, Account, Target};
use crate::bus::{Publication, Recipients};
use crate::store::conversation::{self, ConvKind, ConvRow};
use crate::store::message::{self, AT_ALL, MessageKey, MessageRow, REVOKED, TIP};
use crate::store::user_log::LogKey;
use crate::store::{StoreError, Tx, WriteKey, annotation, combined, file};

/// Recalls a message for everybody (MSG-61).
pub async fn revoke(
    core: &Arc<Core>,
    caller: &Arc<Caller>,
    call: RevokeMessage,
) -> Result<Stored, ChatError> {
    let unknown = unknown_message(&call.conversation_id);
    if u32::try_from(call.reason.len()).map_or(true, |bytes| bytes > core.limits.revoke_reason_bytes) {
        return Err(ErrorCode::InvalidParameter.into());
    }
    let conv = core.find(caller, &call.conversation_id).await?.ok_or(unknown)?;
    let (core, caller) = (Arc::clone(core), Arc::clone(caller));
    let db = core.db.clone();
    // Alone in its transaction: its files may belong to messages of other conversations too.
    db.write(WriteKey::conversation_and_users(conv), move |tx| {
        let access = core.access(tx, MethodName::RevokeMessage, &caller, conv)?;
        let mut row = visible(&core, tx, &caller, &access, call.sequence)?.ok_or(unknown)?;
        may_revoke(&core, &caller, &access, &row)?;
        let now_ms = core.clock.now_ms();
        let conv = conversation::take(tx, conv, 0, 0, now_ms)?.ok_or(ErrorCode::ConversationNotFound)?;
        let me = &core.users.in_tx(tx, caller.number)?.profile;
        let content = &mut row.content;
        content.payload = Payload::Revoked {};
        content.at_user_list.clear();
        content.reply_to = None;
        content.cloud_custom_data.clear();
        content.offline_push = None;
        content.read_receipt_info = None;
        content.link_preview = None;
        content.revoked = Some(Revocation {
            user_id: caller.user_id.clone(),
            nick: me.nick.clone(),
            avatar: me.avatar.clone(),
            reason: call.reason.clone(),
            time: now_ms.div_euclid(1000),
            modification: wire(conv.modification),
        });
        row.flags = (row.flags | REVOKED) & !AT_ALL;
        annotation::clear(tx, row.key)?;
        combined::remove(tx, row.key)?;
        file::release(tx, row.key, now_ms.div_euclid(1000))?;
        changed(&core, tx, &caller, &access, &conv, row)
    })
    .await
}

/// What is said where there is no such message, or none for the caller.
pub(super) fn unknown_message(id: &ConversationId) -> ErrorCode {
    match id {
        ConversationId::Group(_) => ErrorCode::GroupMessageUnknown,
        ConversationId::C2c(_) | ConversationId::System => ErrorCode::MessageUnknown,
    }
}

/// The message at a place, if the caller may see it.
pub(super) fn visible(
    core: &Core,
    tx: &mut Tx<'_>,
    caller: &Caller,
    access: &Access,
    sequence: u64,
) -> Result<Option<MessageRow>, StoreError> {
    let seq = stored_number(sequence);
    if seq < access.first_seq() || seq > access.last_seq() {
        return Ok(None);
    }
    let row = message::at(tx, MessageKey { conv: access.conv.id, seq })?;
    // What is older than history is kept is not served, whether it was removed already or not (OBJ-10).
    let is_kept = |row: &MessageRow| core.history_begins().is_none_or(|begins| row.time >= begins);
    Ok(row.filter(|row| row.is_for(caller.number, &caller.user_id) && is_kept(row)))
}

fn may_revoke(core: &Core, caller: &Caller, access: &Access, row: &MessageRow) -> Result<(), ChatError> {
    let is_group = access.conv.kind == ConvKind::Group;
    if is_group {
        access.living_group()?;
    }
    if row.is(TIP) {
        return Err(ErrorCode::GroupRevokeNotPossible.into());
    }
    if row.is(REVOKED) {
        return Err(
            if is_group { ErrorCode::GroupRevokeNotPossible } else { ErrorCode::AlreadyRevoked }.into()
        );
    }
    // Owner and administrators of a group recall what members wrote at any time.
    if is_group && access.standing().leads() {
        return Ok(());
    }
    if row.sender != caller.number {
        return Err(ErrorCode::NoPermission.into());
    }
    let window = i64::from(core.limits.revoke_window_seconds);
    if window == 0 {
        return Err(ErrorCode::GroupRevokeOff.into());
    }
    if core.clock.now().saturating_sub(row.time) > window {
        return Err(if is_group { ErrorCode::GroupRevokeTooLate } else { ErrorCode::RevokeTooLate }.into());
    }
    Ok(())
}

/// Changes a message (MSG-63).
pub async fn modify(
    core: &Arc<Core>,
    moderation: &Moderation,
    caller: &Arc<Caller>,
    mut call: ModifyMessage,
) -> Result<Stored, ChatError> {
    let is_group = matches!(call.conversation_id, ConversationId::Group(_));
    if let Some(field) = &call.payload {
        check_payload(&core.limits, &field.payload)?;
        if !is_modifiable(&field.payload) {
            return Err(ErrorCode::InvalidParameter.into());
        }
    }
    let mentions = match &call.at_user_list {
        Some(list) => {
            check_mentions(&core.limits, is_group, list)?;
            Some(mentioned(core, list).await?)
        }
        None => None,
    };
    let unknown = ErrorCode::ModifyMessageUnknown;
    let conv = core.find(caller, &call.conversation_id).await?.ok_or(unknown)?;
    let checked = match &mut call.payload {
        Some(field) => {
            Some(moderation.of_change(caller, &call.conversation_id, conv, &mut field.payload).await?)
        }
        None => None,
    };
    let (core, caller) = (Arc::clone(core), Arc::clone(caller));
    let db = core.db.clone();
    // A preview that goes has a file, which may belong to messages of other conversations too.
    let key = match call.payload {
        Some(_) => WriteKey::conversation_and_users(conv),
        None => WriteKey::conversation(conv),
    };
    db.write(key, move |tx| {
        let access = core.access(tx, MethodName::ModifyMessage, &caller, conv)?;
        if is_group {
            access.living_group()?;
        }
        let mut row = visible(&core, tx, &caller, &access, call.sequence)?.ok_or(unknown)?;
        may_modify(&caller, &row, &call)?;
        if row.content.version != call.version {
            let latest = core.message(tx, &access.name, row)?;
            let latest = serde_json::to_value(&latest).unwrap_or_default();
            let data = serde_json::json!({ "message": latest });
            return Err(ChatError::new(ErrorCode::ModifyConflict).with_data(data));
        }
        apply(&core, &mut row, &call)?;
        if let Some(checked) = checked {
            // What was marked was the content before.
            row.content.has_risk_content = checked.is_risky;
            link_preview::after_change(&core, tx, &mut row)?;
        }
        let now_ms = core.clock.now_ms();
        let conv = conversation::take(tx, conv, 0, 0, now_ms)?.ok_or(ErrorCode::ConversationNotFound)?;
        row.content.modified_time = Some(now_ms.div_euclid(1000));
        row.content.version = row.content.version.saturating_add(1);
        if let Some(users) = &mentions {
            message::clear_mentions(tx, row.key)?;
            add_mentions(tx, users, row.key)?;
            row.flags = (row.flags & !AT_ALL) | (row.content.flags() & AT_ALL);
        }
        changed(&core, tx, &caller, &access, &conv, row)
    })
    .await
}

/// Kinds whose content may be changed; of the others only the app data.
fn is_modifiable(payload: &Payload) -> bool {
    matches!(payload, Payload::Text(_) | Payload::Custom(_) | Payload::Location(_) | Payload::Face(_))
}

fn may_modify(caller: &Caller, row: &MessageRow, call: &ModifyMessage) -> Result<(), ChatError> {
    if row.is(REVOKED) || row.is(TIP) {
        return Err(ErrorCode::ModifyMessageUnknown.into());
    }
    let own = row.sender == caller.number;
    let custom = matches!(row.content.payload, Payload::Custom(_));
    if let Some(field) = &call.payload {
        // Somebody else may move a custom message on (a poll), but not turn it into words of the sender.
        let allowed = own || (custom && matches!(field.payload, Payload::Custom(_)));
        if !allowed {
            return Err(ErrorCode::NoPermission.into());
        }
        if !is_modifiable(&row.content.payload) {
            return Err(ErrorCode::InvalidParameter.into());
        }
    }
    if call.at_user_list.is_some() && !own {
        return Err(ErrorCode::NoPermission.into());
    }
    Ok(())
}

fn apply(core: &Core, row: &mut MessageRow, call: &ModifyMessage) -> Result<(), ChatError> {
    let content = &mut row.content;
    if let Some(field) = &call.payload {
        content.payload = field.payload.clone();
    }
    if let Some(list) = &call.at_user_list {
        content.at_user_list.clone_from(list);
    }
    if let Some(data) = &call.cloud_custom_data {
        content.cloud_custom_data.clone_from(data);
    }
    check_size(&core.limits, &content.payload, &content.cloud_custom_data, content.offline_push.as_ref())
}

/// Stores a changed message and tells everybody concerned.
pub(super) fn changed(
    core: &Arc<Core>,
    tx: &mut Tx<'_>,
    caller: &Arc<Caller>,
    access: &Access,
    conv: &ConvRow,
    mut row: MessageRow,
) -> Result<Stored, ChatError> {
    row.changed = Some(conv.modification);
    message::update(tx, &row)?;
    let message = core.message(tx, &access.name, row)?;
    match access.conv.kind.peer_of(caller.number) {
        None => {
            let members = core.members.prepare(tx, conv.id)?;
            publish_message(core, tx, conv, members, Some(caller.connection), message.clone())?;
        }
        Some(peer) => {
            let (core, conv, caller, message) =
                (Arc::clone(core), *conv, Arc::clone(caller), message.clone());
            tx.after_commit(move || {
                let publish = |user: i64, except: Option<u64>, message: Message| {
                    let mut frame = frame(message.conversation_id.clone(), &conv);
                    frame.messages.push(message);
                    let event = ServerEvent::ConversationFrame(Box::new(frame));
                    let to = Recipients::User(user);
                    core.bus.publish(Publication { conversation: Some(conv.id), to, except, event });
                };
                publish(caller.number, Some(caller.connection), message.clone());
                let name = ConversationId::C2c(caller.user_id.clone());
                publish(peer, None, Message { conversation_id: name, ..message });
            });
        }
    }
    Ok(stored(message, conv))
}

/// Deletes messages for the caller only (MSG-62, PLUS-5).
pub async fn delete(
    core: &Arc<Core>,
    caller: &Arc<Caller>,
    mut call: DeleteMessages,
) -> Result<Done, ChatError> {
    let most = usize::try_from(core.limits.delete_messages_per_call).unwrap_or(usize::MAX);
    call.sequences.truncate(most);
    if call.sequences.is_empty() {
        return Err(ErrorCode::InvalidParameter.into());
    }
    if call.conversation_id == ConversationId::System {
        authz::may(MethodName::DeleteMessages, Account::User, Target::System)?;
    }
    let unknown = ErrorCode::DeleteMessageUnknown;
    let conv = core.find(caller, &call.conversation_id).await?.ok_or(unknown)?;
    let (core, caller) = (Arc::clone(core), Arc::clone(caller));
    let db = core.db.clone();
    db.write(WriteKey::conversation_and_users(conv), move |tx| {
        let access = core.access(tx, MethodName::DeleteMessages, &caller, conv)?;
        let (mut found, mut entries) = (false, Vec::new());
        for sequence in &call.sequences {
            let Some(row) = visible(&core, tx, &caller, &access, *sequence)? else { continue };
            found = true;
            if message::hide(tx, caller.number, row.key)? {
                let hidden = HiddenMessage {
                    conversation_id: access.name.clone(),
                    sequence: wire(row.key.seq),
                    id: row.id(),
                };
                let key = LogKey::Hidden { conv, seq: row.key.seq };
                entries.push((key, false, UserItem::HiddenMessage(hidden)));
            }
        }
        if !found {
            return Err(ErrorCode::DeleteMessageUnknown.into());
        }
        if !entries.is_empty() {
            core.tell_user(tx, caller.number, entries)?;
        }
        Ok(Done {})
    })
    .await
}
