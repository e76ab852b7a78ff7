//! Changes that the server makes to a stored message by itself: late moderation, previews of links.
//!
//! They take a change number like any other, so that everybody learns of them however long they were away.

use std::sync::Arc;

use hallway_protocol::event::ServerEvent;
use hallway_protocol::ids::ConversationId;
use hallway_protocol::message::Message;
use hallway_protocol::{ChatError, ErrorCode};

use super::core::{Core, load_group};
use super::message::publish_message;
use super::view::frame;
use crate::bus::{Publication, Recipients};
use crate::store::conversation::{self, ConvKind, ConvRow};
use crate::store::message::{self, MessageKey, MessageRow, REVOKED};
use crate::store::{Tx, WriteKey};

/// Lets `change` look at the message at `key` and change it; false leaves it as it is. A recalled message, or one that is
/// not there any more, is not shown to it. Whether something changed.
pub async fn amend<F>(core: &Arc<Core>, key: MessageKey, change: F) -> Result<bool, ChatError>
where
    F: Fn(&mut Tx<'_>, &mut MessageRow) -> Result<bool, ChatError> + Send + 'static,
{
    let db = core.db.clone();
    let core = Arc::clone(core);
    // Files of the change may belong to messages of other conversations too.
    db.write(WriteKey::conversation_and_users(key.conv), move |tx| {
        let Some(mut row) = message::at(tx, key)?.filter(|row| !row.is(REVOKED)) else { return Ok(false) };
        if !change(tx, &mut row)? {
            return Ok(false);
        }
        let conv = conversation::take(tx, key.conv, 0, 0, core.clock.now_ms())?;
        let conv = conv.ok_or(ErrorCode::ConversationNotFound)?;
        row.changed = Some(conv.modification);
        message::update(tx, &row)?;
        publish(&core, tx, &conv, row)?;
        Ok(true)
    })
    .await
}

/// Brings the new state to everybody, the sender included.
fn publish(core: &Arc<Core>, tx: &mut Tx<'_>, conv: &ConvRow, row: MessageRow) -> Result<(), ChatError> {
    let ConvKind::Pair { low, high } = conv.kind else {
        let name = ConversationId::Group(load_group(tx, conv.id)?.group_id);
        let message = core.message(tx, &name, row)?;
        let members = core.members.prepare(tx, conv.id)?;
        return Ok(publish_message(core, tx, conv, members, None, message)?);
    };
    let mut both = Vec::with_capacity(2);
    for viewer in [low, high] {
        let name = core.name(tx, viewer, conv)?;
        both.push((viewer, core.message(tx, &name, row.clone())?));
    }
    let (core, conv) = (Arc::clone(core), *conv);
    tx.after_commit(move || {
        for (viewer, message) in both {
            publish_to_one(&core, &conv, viewer, message);
        }
    });
    Ok(())
}

fn publish_to_one(core: &Core, conv: &ConvRow, viewer: i64, message: Message) {
    let mut frame = frame(message.conversation_id.clone(), conv);
    frame.messages.push(message);
    let (to, event) = (Recipients::User(viewer), ServerEvent::ConversationFrame(Box::new(frame)));
    core.bus.publish(Publication { conversation: Some(conv.id), to, except: None, event });
}
