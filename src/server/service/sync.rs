//! The user's own log, the heads of conversations, and how far instances have got.

use std::sync::Arc;

use futures_util::future::join_all;
use hallway_protocol::conversation::Draft;
use hallway_protocol::event::ServerEvent;
use hallway_protocol::ids::ConversationId;
use hallway_protocol::method::{Done, MethodName, Position, ReportDelivered, SyncHeads, SyncUser};
use hallway_protocol::sync::{
    Heads, HeardMessage, HiddenMessage, PeerProgressed, UserChanges, UserEntry, UserItem,
};
use hallway_protocol::{ChatError, ErrorCode};

use super::core::{Caller, Core, stored};
use super::view::{peer_progress, wire};
use crate::bus::{Publication, Recipients};
use crate::store::conversation::{self, HeadPlace};
use crate::store::message::{self, MessageKey};
use crate::store::user_log::{self, LogEntry, LogKey};
use crate::store::{StoreError, Tx, WriteKey, conv_group, setting};

/// Entries of the own log per page at most, and when nothing is asked for.
const ENTRIES: u32 = 500;
/// Heads per page at most, and when nothing is asked for.
const HEADS: u32 = 200;
/// How much further back heads are looked for than asked, Unix milliseconds: clocks and commits take time.
const OVERLAP_MS: i64 = 5 * 60 * 1000;
/// Positions per report.
const POSITIONS: usize = 100;

/// Changes of the own log after a cursor.
pub async fn user(core: &Arc<Core>, caller: &Arc<Caller>, call: SyncUser) -> Result<UserChanges, ChatError> {
    let limit = call.limit.unwrap_or(ENTRIES).clamp(1, ENTRIES);
    let (core, caller) = (Arc::clone(core), Arc::clone(caller));
    let db = core.db.clone();
    db.read(move |tx| {
        let current = user_log::current(tx, caller.number)?;
        let full = call.epoch != core.epoch || stored(call.after) > current;
        let after = if full { 0 } else { stored(call.after) };
        let rows = user_log::after(tx, caller.number, after, limit)?;
        let useq = rows.last().map_or(current, |last| last.useq);
        let mut entries = Vec::with_capacity(rows.len());
        for row in rows {
            if let Some(item) = item(&core, tx, &caller, &row)? {
                entries.push(UserEntry { useq: wire(row.useq), gone: row.gone, item });
            }
        }
        Ok(UserChanges { full, entries, useq: wire(useq), more: useq < current })
    })
    .await
}

/// The object an entry of the log is about.
fn item(
    core: &Core,
    tx: &mut Tx<'_>,
    caller: &Caller,
    entry: &LogEntry,
) -> Result<Option<UserItem>, StoreError> {
    let lost = || StoreError::Corrupt("the own log names what is not there".into());
    let conv = match entry.key {
        LogKey::Profile => {
            return Ok(Some(UserItem::Profile(core.users.in_snapshot(tx, caller.number)?.profile.clone())));
        }
        LogKey::ConversationGroups => {
            return Ok(Some(UserItem::ConversationGroups(conv_group::all(tx, caller.number)?)));
        }
        LogKey::AllReceiveMessageOpt => {
            let opt = setting::all_receive_message_opt(tx, caller.number)?;
            return Ok(Some(UserItem::AllReceiveMessageOpt(opt)));
        }
        LogKey::Conversation(conv)
        | LogKey::Draft(conv)
        | LogKey::Hidden { conv, .. }
        | LogKey::Heard { conv, .. } => conv,
    };
    let conv = conversation::load(tx, conv)?.ok_or_else(lost)?;
    let name = core.name(tx, caller.number, &conv)?;
    Ok(Some(match entry.key {
        LogKey::Hidden { seq, .. } => {
            // Gone by retention: nothing is left to be hidden.
            let Some(row) = message::at(tx, MessageKey { conv: conv.id, seq })? else { return Ok(None) };
            UserItem::HiddenMessage(HiddenMessage {
                conversation_id: name,
                sequence: wire(seq),
                id: row.id(),
            })
        }
        LogKey::Heard { seq, .. } => {
            let Some(row) = message::at(tx, MessageKey { conv: conv.id, seq })? else { return Ok(None) };
            UserItem::HeardMessage(HeardMessage { conversation_id: name, sequence: wire(seq), id: row.id() })
        }
        LogKey::Draft(_) => {
            let row = user_log::draft(tx, caller.number, conv.id)?.ok_or_else(lost)?;
            let draft: Draft = serde_json::from_str(&row.body)
                .map_err(|e| StoreError::Corrupt(format!("a draft cannot be read: {e}")))?;
            UserItem::Draft(Draft { conversation_id: name, ..draft })
        }
        _ => {
            let side = conversation::own_side(tx, caller.number, &conv)?.ok_or_else(lost)?;
            UserItem::Conversation(core.state(tx, caller.number, name, &conv, &side)?)
        }
    }))
}

/// Heads of the conversations that changed since a time, the most recently changed first.
pub async fn heads(core: &Arc<Core>, caller: &Arc<Caller>, call: SyncHeads) -> Result<Heads, ChatError> {
    let limit = call.limit.unwrap_or(HEADS).clamp(1, HEADS);
    let since = call.since.saturating_sub(OVERLAP_MS);
    let place = match &call.cursor {
        Some(cursor) => parse_place(cursor).ok_or(ErrorCode::InvalidParameter)?,
        None => HeadPlace { changed_ms: i64::MAX, conv: i64::MAX },
    };
    let (core, caller) = (Arc::clone(core), Arc::clone(caller));
    let db = core.db.clone();
    db.read(move |tx| {
        let rows = conversation::changed_since(tx, caller.number, since, place, limit)?;
        let full = u32::try_from(rows.len()).is_ok_and(|count| count >= limit);
        let last = rows.last().filter(|_| full);
        let cursor = last.map(|last| format!("{}-{}", last.conv.changed_ms, last.conv.id));
        let mut heads = Vec::with_capacity(rows.len());
        for row in &rows {
            heads.push(core.head(tx, caller.number, &row.conv, &row.side)?);
        }
        Ok(Heads { heads, cursor })
    })
    .await
}

fn parse_place(cursor: &str) -> Option<HeadPlace> {
    let (changed_ms, conv) = cursor.split_once('-')?;
    Some(HeadPlace { changed_ms: changed_ms.parse().ok()?, conv: conv.parse().ok()? })
}

/// One-to-one conversations: this instance has everything up to these places.
pub async fn delivered(
    core: &Arc<Core>,
    caller: &Arc<Caller>,
    call: ReportDelivered,
) -> Result<Done, ChatError> {
    if call.items.len() > POSITIONS {
        return Err(ErrorCode::InvalidParameter.into());
    }
    // Side by side, so that they share a commit.
    for result in join_all(call.items.into_iter().map(|item| one_delivered(core, caller, item))).await {
        result?;
    }
    Ok(Done {})
}

async fn one_delivered(core: &Arc<Core>, caller: &Arc<Caller>, item: Position) -> Result<(), ChatError> {
    if !matches!(item.conversation_id, ConversationId::C2c(_)) {
        return Err(ErrorCode::ConversationIdMalformed.into());
    }
    let Some(conv) = core.find(caller, &item.conversation_id).await? else { return Ok(()) };
    let (core, caller) = (Arc::clone(core), Arc::clone(caller));
    let db = core.db.clone();
    db.write(WriteKey::conversation(conv), move |tx| {
        let access = core.access(tx, MethodName::ReportDelivered, &caller, conv)?;
        let seq = stored(item.sequence).min(access.conv.seq);
        if conversation::advance_delivered(tx, caller.number, conv, seq)? {
            tell_peer(&core, tx, &caller, conv)?;
        }
        Ok(())
    })
    .await
}

/// Tells the other side of a one-to-one conversation how far the caller has got, after the commit.
pub(super) fn tell_peer(
    core: &Arc<Core>,
    tx: &mut Tx<'_>,
    caller: &Caller,
    conv: i64,
) -> Result<(), StoreError> {
    let Some(row) = conversation::load(tx, conv)? else { return Ok(()) };
    let Some(peer) = row.kind.peer_of(caller.number) else { return Ok(()) };
    let side = conversation::own_side(tx, caller.number, &row)?.unwrap_or_default();
    let progressed = PeerProgressed {
        conversation_id: ConversationId::C2c(caller.user_id.clone()),
        peer: peer_progress(&side),
    };
    let core = Arc::clone(core);
    tx.after_commit(move || {
        let event = ServerEvent::PeerProgressed(progressed);
        let to = Recipients::User(peer);
        core.bus.publish(Publication { conversation: Some(conv), to, except: None, event });
    });
    Ok(())
}
