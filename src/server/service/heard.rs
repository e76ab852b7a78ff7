//! Which voice messages of others a user has listened to: private, in their own log.

use std::sync::Arc;

use hallway_protocol::message::Payload;
use hallway_protocol::method::{Done, MarkHeard, MethodName};
use hallway_protocol::sync::{HeardMessage, UserItem};
use hallway_protocol::{ChatError, ErrorCode};

use super::core::{Caller, Core};
use super::message_change::{unknown_message, visible};
use super::view::wire;
use crate::store::WriteKey;
use crate::store::user_log::{self, LogKey};

/// Messages per call.
const MOST: usize = 100;

/// Notes that voice messages were listened to, and tells the caller's instances.
pub async fn mark(core: &Arc<Core>, caller: &Arc<Caller>, call: MarkHeard) -> Result<Done, ChatError> {
    if !(1..=MOST).contains(&call.sequences.len()) {
        return Err(ErrorCode::InvalidParameter.into());
    }
    let unknown = unknown_message(&call.conversation_id);
    let conv = core.find(caller, &call.conversation_id).await?.ok_or(unknown)?;
    let (core, caller) = (Arc::clone(core), Arc::clone(caller));
    let db = core.db.clone();
    db.write(WriteKey::conversation_and_users(conv), move |tx| {
        let access = core.access(tx, MethodName::MarkHeard, &caller, conv)?;
        let (mut found, mut entries) = (false, Vec::new());
        for sequence in &call.sequences {
            let row =
                visible(&core, tx, &caller, &access, *sequence)?.filter(|row| row.sender != caller.number);
            let Some(row) = row.filter(|row| matches!(row.content.payload, Payload::Audio(_))) else {
                continue;
            };
            found = true;
            let key = LogKey::Heard { conv, seq: row.key.seq };
            if !user_log::has(tx, caller.number, key)? {
                let (conversation_id, sequence, id) = (access.name.clone(), wire(row.key.seq), row.id());
                let heard = HeardMessage { conversation_id, sequence, id };
                entries.push((key, false, UserItem::HeardMessage(heard)));
            }
        }
        if !found {
            return Err(unknown.into());
        }
        if !entries.is_empty() {
            core.tell_user(tx, caller.number, entries)?;
        }
        Ok(Done {})
    })
    .await
}
