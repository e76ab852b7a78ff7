//! Read receipts of single messages (MSG-85 to MSG-88): a row per reader, and one for the sender with where it stands.
//!
//! They have nothing to do with the read position (CONV-70), which moves unread counts.

use std::sync::Arc;

use hallway_protocol::message::ReadReceiptInfo;
use hallway_protocol::method::{GetReadMembers, MethodName, ReadFilter, ReadMembers};
use hallway_protocol::{ChatError, ErrorCode};

use super::batch::{Batch, Granted};
use super::show::{body, body_of};
use crate::service::core::{Access, Caller, Core};
use crate::service::message_change::{unknown_message, visible};
use crate::store::annotation::{self, AnnotationKey, Kind};
use crate::store::message::{MessageRow, REVOKED};

/// Notes that the caller has read messages that want to be told of it. Others, and those told of already, are skipped;
/// 2114 where none is left.
pub(super) fn acknowledge(
    batch: &mut Batch<'_, '_>,
    caller: &Caller,
    access: &Access,
    sequences: &[u64],
) -> Result<Granted, ChatError> {
    let now = batch.core.clock.now();
    let mut is_any = false;
    for sequence in sequences {
        let Some(row) = visible(batch.core, batch.tx, caller, access, *sequence)? else { continue };
        let is_wanted = row.content.need_read_receipt && row.sender != caller.number && !row.is(REVOKED);
        let own = AnnotationKey {
            seq: row.key.seq,
            kind: Kind::OwnReadReceipt,
            name: String::new(),
            user: caller.number,
        };
        if !is_wanted || !was_there(access, &row) || batch.load(&own)?.is_some() {
            continue;
        }
        is_any = true;
        batch.put(own.clone(), false, String::new())?;
        let sender = AnnotationKey { kind: Kind::ReadReceipt, user: row.sender, ..own };
        let present: Option<ReadReceiptInfo> = match batch.load(&sender)? {
            Some(present) => Some(body(&present.body)?),
            None => row.content.read_receipt_info,
        };
        let info = match (&access.group, present) {
            (None, _) => ReadReceiptInfo {
                is_peer_read: Some(true),
                timestamp: Some(now),
                ..ReadReceiptInfo::default()
            },
            (Some(_), Some(before)) => ReadReceiptInfo {
                read_count: Some(before.read_count.unwrap_or(0).saturating_add(1)),
                unread_count: Some(before.unread_count.unwrap_or(0).saturating_sub(1)),
                ..before
            },
            // Sent before the server kept receipts.
            (Some(_), None) => continue,
        };
        let info = body_of(&info)?;
        batch.put(sender, false, info)?;
    }
    if is_any { Ok(Granted::default()) } else { Err(ErrorCode::NoReceiptNeeded.into()) }
}

/// Whether the caller was in the group when the message was sent: only those count (MSG-87).
fn was_there(access: &Access, row: &MessageRow) -> bool {
    match &access.group {
        None => true,
        Some(group) => group.member.as_ref().is_some_and(|member| member.join_time <= row.time),
    }
}

/// Who has read an own group message, or who has not (MSG-87).
pub async fn members(
    core: &Arc<Core>,
    caller: &Arc<Caller>,
    call: GetReadMembers,
) -> Result<ReadMembers, ChatError> {
    let unknown = unknown_message(&call.conversation_id);
    let conv = core.find(caller, &call.conversation_id).await?.ok_or(unknown)?;
    let after: i64 = match call.cursor.as_str() {
        "" => 0,
        cursor => cursor.parse().map_err(|_| ErrorCode::InvalidParameter)?,
    };
    let most = core.limits.read_member_page.max(1);
    let limit = i64::from(call.count.unwrap_or(most).clamp(1, most));
    let (core, caller) = (Arc::clone(core), Arc::clone(caller));
    let db = core.db.clone();
    db.read(move |tx| {
        let access = core.access(tx, MethodName::GetReadMembers, &caller, conv)?;
        let row = visible(&core, tx, &caller, &access, call.sequence)?.ok_or(unknown)?;
        if row.sender != caller.number {
            return Err(ErrorCode::NoPermission.into());
        }
        if access.group.is_none() || !row.content.need_read_receipt || row.is(REVOKED) {
            return Err(ErrorCode::NoReceiptData.into());
        }
        let page = usize::try_from(limit).unwrap_or(usize::MAX);
        // One more than wanted tells whether that is all.
        let more = limit.saturating_add(1);
        let (mut users, next) = match call.filter {
            ReadFilter::Read => {
                let users = annotation::users(tx, row.key, Kind::OwnReadReceipt, "", after, more)?;
                (users, Some(after.saturating_add(limit)))
            }
            ReadFilter::Unread => (annotation::unread_members(tx, &row, after, more)?, None),
        };
        let is_completed = users.len() <= page;
        users.truncate(page);
        let next = next.or(users.last().copied()).filter(|_| !is_completed);
        let mut user_id_list = Vec::with_capacity(users.len());
        for user in users {
            let user_id = core.users.in_tx(tx, user)?.profile.user_id.clone();
            // Of a targeted message only its receivers were to read it.
            if row.is_for(user, &user_id) {
                user_id_list.push(user_id);
            }
        }
        let cursor = next.map_or_else(String::new, |next| next.to_string());
        Ok(ReadMembers { user_id_list, cursor, is_completed })
    })
    .await
}
