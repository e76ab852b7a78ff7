//! Group system notices (spec part 2a, OBJ-110 to OBJ-140): what somebody is told personally, in their system conversation
//! and in the transaction of the event itself.
//!
//! Only those that are shown are written. The others ("list sync only": created, left, own read position, own remind type)
//! are entries of the own log, which has them anyway: see [`super::view`].

use std::sync::Arc;

use hallway_protocol::event::ServerEvent;
use hallway_protocol::ids::{ConversationId, MessageId};
use hallway_protocol::message::{Message, Payload};
use hallway_protocol::tip::{GroupSystemNotice, NoticeGroup, NoticeType};
use hallway_protocol::{ChatError, ErrorCode};

use super::core::{Caller, Core};
use super::view::frame;
use crate::bus::{Publication, Recipients};
use crate::store::conversation::{self, ConvRow};
use crate::store::group::GroupRow;
use crate::store::message::{self, COUNTED, Content, MessageKey, MessageRow, client_key};
use crate::store::{StoreError, Tx, retention};

/// Notices kept per person (GRP-15).
const KEPT: i64 = 100;

/// A notice that `caller` causes, about a group; `note` is what the person who decided wrote.
pub(super) fn notice(
    caller: &Caller,
    group: &GroupRow,
    operation_type: NoticeType,
    note: &str,
) -> GroupSystemNotice {
    GroupSystemNotice {
        operation_type,
        operator_id: caller.user_id.clone(),
        group_profile: NoticeGroup {
            group_id: group.group_id.clone(),
            name: group.name.clone(),
            group_type: group.group_type,
            avatar: group.avatar.clone(),
        },
        handle_message: note.to_owned(),
        user_defined_field: String::new(),
        message_remind_type: None,
        handled: None,
    }
}

/// Notices that are written and not told yet.
#[must_use]
pub(super) struct Written(Vec<(i64, ConvRow, Message)>);

impl Written {
    /// Tells them after the commit. What else their readers are told comes first (OBJ-102).
    pub(super) fn tell(self, core: &Arc<Core>, tx: &mut Tx<'_>) {
        let core = Arc::clone(core);
        tx.after_commit(move || {
            for (user, conv, message) in self.0 {
                let mut frame = frame(ConversationId::System, &conv);
                frame.messages.push(message);
                let (to, event) = (Recipients::User(user), ServerEvent::ConversationFrame(Box::new(frame)));
                core.bus.publish(Publication { conversation: Some(conv.id), to, except: None, event });
            }
        });
    }
}

/// Writes a notice of `caller`'s to each of `to`, who are other people, in ascending order. Their conversations are locked
/// after that of the group and before anybody's own log.
pub(super) fn write(
    core: &Core,
    tx: &mut Tx<'_>,
    caller: &Caller,
    to: &[i64],
    notice: GroupSystemNotice,
) -> Result<Written, ChatError> {
    let profile = &core.users.in_tx(tx, caller.number)?.profile;
    let content = Content {
        nick: profile.nick.clone(),
        avatar: profile.avatar.clone(),
        ..Content::new(Payload::GroupSystemNotice(notice))
    };
    let mut written = Vec::with_capacity(to.len());
    for user in to {
        let conv = take(core, tx, *user)?;
        let time = conv.changed_ms.div_euclid(1000);
        let random = crate::auth::random().map_err(|_| ErrorCode::GroupInternalError)?;
        let id = MessageId::new(caller.number, time, u32::from_le_bytes(random));
        let row = MessageRow {
            key: MessageKey { conv: conv.id, seq: conv.seq },
            born: conv.modification,
            changed: None,
            ord: conv.ord,
            sender: caller.number,
            client_key: client_key(&id).ok_or(ErrorCode::GroupInternalError)?,
            time,
            flags: content.flags(),
            content: content.clone(),
            stored_bytes: 0,
        };
        if !message::insert(tx, &row)? {
            // One in four thousand million, within the same second.
            return Err(ErrorCode::GroupInternalError.into());
        }
        written.push((*user, conv, row.to_wire(ConversationId::System, caller.user_id.clone())));
    }
    Ok(Written(written))
}

/// Takes the numbers of a notice in somebody's system conversation, and lets the oldest go that are too many.
fn take(core: &Core, tx: &mut Tx<'_>, user: i64) -> Result<ConvRow, StoreError> {
    let lost = || StoreError::Corrupt(format!("the system conversation of {user} is lost"));
    let now_ms = core.clock.now_ms();
    let id = conversation::find_or_create_system(tx, user, now_ms)?;
    conversation::add_side(tx, user, id)?;
    let conv = conversation::take(tx, id, 1, COUNTED, now_ms)?.ok_or_else(lost)?;
    let first = conv.seq.saturating_sub(KEPT).saturating_add(1);
    if first <= conv.min_seq.max(1) {
        return Ok(conv);
    }
    retention::remove_below(tx, &conv, first, now_ms.div_euclid(1000))?;
    conversation::load(tx, id)?.ok_or_else(lost)
}
