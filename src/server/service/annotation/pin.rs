//! Pinned messages of groups (MSG-68, MSG-69).

use std::sync::Arc;

use hallway_protocol::annotation::Pin;
use hallway_protocol::ids::ConversationId;
use hallway_protocol::method::{GetPinnedMessages, MethodName, PinnedMessage, PinnedMessages};
use hallway_protocol::{ChatError, ErrorCode};

use super::batch::{Batch, Granted};
use super::show::{Pinned, body, body_of};
use crate::service::core::{Access, Caller, Core};
use crate::service::message_change::visible;
use crate::service::view::wire;
use crate::store::annotation::{self, AnnotationKey, EVERYBODY, Kind};

/// Pins a message or takes the pin off. What is so already is done.
pub(super) fn pin(
    batch: &mut Batch<'_, '_>,
    caller: &Caller,
    access: &Access,
    sequence: u64,
    is_pinned: bool,
) -> Result<Granted, ChatError> {
    let seq = batch.message(caller, access, sequence)?.key.seq;
    let key = AnnotationKey { seq, kind: Kind::Pin, name: String::new(), user: EVERYBODY };
    let is_so = batch.load(&key)?.is_some_and(|row| !row.gone) == is_pinned;
    if is_so {
        return Ok(Granted { shown: vec![key], ..Granted::default() });
    }
    let most = i64::from(batch.core.limits.pinned_messages);
    if is_pinned && annotation::count_pins(batch.tx, access.conv.id)? >= most {
        return Err(ErrorCode::TooManyPins.into());
    }
    let body = body_of(&Pinned { operator: caller.number, time: batch.core.clock.now() })?;
    batch.put(key, !is_pinned, body)?;
    Ok(Granted::default())
}

/// The pinned messages that the caller can see, the latest pin first.
pub async fn list(
    core: &Arc<Core>,
    caller: &Arc<Caller>,
    call: GetPinnedMessages,
) -> Result<PinnedMessages, ChatError> {
    let id = ConversationId::Group(call.group_id);
    let conv = core.find(caller, &id).await?.ok_or(ErrorCode::GroupGone)?;
    let (core, caller) = (Arc::clone(core), Arc::clone(caller));
    let db = core.db.clone();
    db.read(move |tx| {
        let access = core.access(tx, MethodName::GetPinnedMessages, &caller, conv)?;
        access.living_group()?;
        let mut message_list = Vec::new();
        for row in annotation::pins(tx, conv)? {
            let Some(message) = visible(&core, tx, &caller, &access, wire(row.key.seq))? else { continue };
            let message = core.message(tx, &access.name, message)?;
            let pinned: Pinned = body(&row.body)?;
            let pin = Pin { operator_info: core.brief(tx, pinned.operator)?, time: pinned.time };
            message_list.push(PinnedMessage { message, pin });
        }
        Ok(PinnedMessages { message_list })
    })
    .await
}
