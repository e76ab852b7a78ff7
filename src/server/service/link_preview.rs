//! Previews of links.

use std::sync::Arc;

use hallway_protocol::method::{MethodName, RemoveLinkPreview};
use hallway_protocol::sync::Stored;
use hallway_protocol::{ChatError, ErrorCode};

use super::core::{Caller, Core};
use super::message_change::{changed, unknown_message, visible};
use crate::store::message::REVOKED;
use crate::store::{WriteKey, conversation, file};

/// Takes the preview off an own message, for everybody and for good.
pub async fn remove(
    core: &Arc<Core>,
    caller: &Arc<Caller>,
    call: RemoveLinkPreview,
) -> Result<Stored, ChatError> {
    let unknown = unknown_message(&call.conversation_id);
    let conv = core.find(caller, &call.conversation_id).await?.ok_or(unknown)?;
    let (core, caller) = (Arc::clone(core), Arc::clone(caller));
    let db = core.db.clone();
    db.write(WriteKey::conversation_and_users(conv), move |tx| {
        let access = core.access(tx, MethodName::RemoveLinkPreview, &caller, conv)?;
        let row = visible(tx, &caller, &access, call.sequence)?.filter(|row| !row.is(REVOKED));
        let mut row = row.ok_or(unknown)?;
        if row.sender != caller.number {
            return Err(ErrorCode::NoPermission.into());
        }
        let now_ms = core.clock.now_ms();
        let conv = conversation::take(tx, conv, 0, 0, now_ms)?.ok_or(ErrorCode::ConversationNotFound)?;
        // A message with a preview is a text: it has no other file.
        if row.content.link_preview.take().is_some() {
            file::release(tx, row.key, now_ms.div_euclid(1000))?;
        }
        row.content.no_link_preview = true;
        changed(&core, tx, &caller, &access, &conv, row)
    })
    .await
}
