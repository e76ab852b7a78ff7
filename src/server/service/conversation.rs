//! A user's own side of conversations: opening, reading, clearing, deleting, drafts (spec part 3).

use std::sync::Arc;

use futures_util::future::join_all;
use hallway_protocol::conversation::Draft;
use hallway_protocol::ids::ConversationId;
use hallway_protocol::method::{
    AllRead, ClearHistory, DeleteConversations, DeletedConversations, Done, GetConversation, MethodName,
    ReadScope, SetAllRead, SetDraft, SetRead,
};
use hallway_protocol::sync::{Head, ReadMoved, UserItem};
use hallway_protocol::{ChatError, ErrorCode};

use super::core::{Access, Caller, Core, stored};
use super::setting::{check_count, unmark_unread};
use super::sync::tell_peer;
use crate::store::conversation::{self, OwnSide};
use crate::store::message;
use crate::store::setting::{self, Setting};
use crate::store::user_log::{self, DraftRow, LogKey};
use crate::store::{Tx, WriteKey};

/// Conversations of a read-all that are worked on side by side.
const SIDE_BY_SIDE: usize = 200;

/// The conversation `id` of `caller`, with a side of it: made where it is one to one and does not exist yet.
pub(super) async fn open(
    core: &Arc<Core>,
    caller: &Arc<Caller>,
    id: &ConversationId,
) -> Result<i64, ChatError> {
    let unknown = ErrorCode::ConversationTargetNotFound;
    let found = core
        .find_any(caller, id)
        .await
        .map_err(|error| if error.code == ErrorCode::GroupGone { unknown.into() } else { error })?;
    if let Some(conv) = found {
        let number = caller.number;
        let is_group = matches!(id, ConversationId::Group(_));
        if is_group || core.db.read(move |tx| conversation::has_side(tx, number, conv)).await? {
            return Ok(conv);
        }
    }
    let peer = match id {
        ConversationId::C2c(peer) => core.peer(caller, peer, unknown).await?.number,
        ConversationId::System => caller.number,
        ConversationId::Group(_) => return Err(unknown.into()),
    };
    let (core, number) = (Arc::clone(core), caller.number);
    let key = found.map_or_else(
        || WriteKey::from(("pair", (number.min(peer), number.max(peer)))),
        WriteKey::conversation,
    );
    let db = core.db.clone();
    db.write(key, move |tx| {
        let now_ms = core.clock.now_ms();
        let conv = if number == peer {
            conversation::find_or_create_system(tx, number, now_ms)?
        } else {
            conversation::find_or_create_pair(tx, number, peer, now_ms)?
        };
        conversation::add_side(tx, number, conv)?;
        let core = Arc::clone(&core);
        tx.after_commit(move || core.conversations.learn_pair(number, peer, conv));
        Ok(conv)
    })
    .await
}

/// One conversation, made if it does not exist yet (CONV-61).
pub async fn get(core: &Arc<Core>, caller: &Arc<Caller>, call: GetConversation) -> Result<Head, ChatError> {
    let conv = open(core, caller, &call.conversation_id).await?;
    let (core, caller) = (Arc::clone(core), Arc::clone(caller));
    let db = core.db.clone();
    db.read(move |tx| {
        let access = core.access(tx, MethodName::GetConversation, &caller, conv)?;
        Ok(core.head(tx, caller.number, &access.conv, &access.side)?)
    })
    .await
}

/// Moves the read position (CONV-70). Positions only grow.
pub async fn set_read(core: &Arc<Core>, caller: &Arc<Caller>, call: SetRead) -> Result<ReadMoved, ChatError> {
    let conv = core.find_any(caller, &call.conversation_id).await?.ok_or(ErrorCode::ConversationNotFound)?;
    read_up_to(core, caller, conv, call.sequence.map(stored)).await
}

async fn read_up_to(
    core: &Arc<Core>,
    caller: &Arc<Caller>,
    conv: i64,
    sequence: Option<i64>,
) -> Result<ReadMoved, ChatError> {
    let (core, caller) = (Arc::clone(core), Arc::clone(caller));
    let db = core.db.clone();
    db.write(WriteKey::conversation_and_users(conv), move |tx| {
        let access = core.access(tx, MethodName::SetRead, &caller, conv)?;
        let (seq, ord) = place(tx, &access, sequence.unwrap_or(i64::MAX))?;
        let moved =
            seq > access.side.read_seq && conversation::advance_read(tx, caller.number, conv, seq, ord)?;
        let mut side = access.side;
        let unmarked = unmark_unread(tx, caller.number, conv)?;
        if moved {
            (side.read_seq, side.read_ord) = (seq, ord);
        }
        if moved || unmarked {
            core.tell_state(tx, caller.number, access.name.clone(), &access.conv, &side)?;
        }
        if moved {
            tell_peer(&core, tx, &caller, conv)?;
        }
        let read = core.read_state(tx, &access.conv, &side)?;
        Ok(ReadMoved { conversation_id: access.name, read })
    })
    .await
}

/// A place the caller may see, not above `seq`, and the countable messages up to it.
fn place(tx: &mut Tx<'_>, access: &Access, seq: i64) -> Result<(i64, i64), ChatError> {
    let seq = seq.min(access.last_seq());
    let ord = if seq == access.conv.seq {
        access.conv.ord
    } else {
        message::ord_at(tx, access.conv.id, seq)?.unwrap_or(access.side.read_ord)
    };
    Ok((seq, ord))
}

/// Marks everything read (CONV-71).
pub async fn set_all_read(
    core: &Arc<Core>,
    caller: &Arc<Caller>,
    call: SetAllRead,
) -> Result<AllRead, ChatError> {
    let (pairs, groups) = match call.scope {
        ReadScope::C2c => (true, false),
        ReadScope::Group => (false, true),
        ReadScope::All => (true, true),
    };
    let number = caller.number;
    let unread = core.db.read(move |tx| conversation::with_unread(tx, number, pairs, groups)).await?;
    let mut moved = Vec::with_capacity(unread.len());
    for some in unread.chunks(SIDE_BY_SIDE) {
        for one in join_all(some.iter().map(|listed| read_up_to(core, caller, listed.conv.id, None))).await {
            moved.push(one?);
        }
    }
    Ok(AllRead { moved })
}

/// Empties a conversation for the caller (CONV-64, PLUS-5).
pub async fn clear_history(
    core: &Arc<Core>,
    caller: &Arc<Caller>,
    call: ClearHistory,
) -> Result<Done, ChatError> {
    let conv = core.find(caller, &call.conversation_id).await?.ok_or(ErrorCode::ConversationNotFound)?;
    let (core, caller) = (Arc::clone(core), Arc::clone(caller));
    let db = core.db.clone();
    db.write(WriteKey::conversation_and_users(conv), move |tx| {
        let access = core.access(tx, MethodName::ClearHistory, &caller, conv)?;
        let side = cleared(tx, &access)?;
        conversation::put_side(tx, caller.number, conv, &side)?;
        core.tell_state(tx, caller.number, access.name, &access.conv, &side)?;
        Ok(Done {})
    })
    .await
}

/// The caller's side with nothing left to see or to read.
fn cleared(tx: &mut Tx<'_>, access: &Access) -> Result<OwnSide, ChatError> {
    let side = all_read(tx, access)?;
    Ok(OwnSide { min_seq: access.last_seq().max(side.min_seq), ..side })
}

fn all_read(tx: &mut Tx<'_>, access: &Access) -> Result<OwnSide, ChatError> {
    let (seq, ord) = place(tx, access, i64::MAX)?;
    let side = access.side;
    Ok(if seq > side.read_seq { OwnSide { read_seq: seq, read_ord: ord, ..side } } else { side })
}

/// Takes conversations off the caller's list (CONV-62, PLUS-5).
pub async fn delete(
    core: &Arc<Core>,
    caller: &Arc<Caller>,
    call: DeleteConversations,
) -> Result<DeletedConversations, ChatError> {
    check_count(core, &call.conversation_id_list)?;
    let mut done = Vec::new();
    for id in call.conversation_id_list {
        let conv = core.find_any(caller, &id).await?.ok_or(ErrorCode::ConversationNotFound)?;
        delete_one(core, caller, conv, call.clear_history_message).await?;
        done.push(id);
    }
    Ok(DeletedConversations { conversation_id_list: done })
}

async fn delete_one(core: &Arc<Core>, caller: &Arc<Caller>, conv: i64, clear: bool) -> Result<(), ChatError> {
    let (core, caller) = (Arc::clone(core), Arc::clone(caller));
    let db = core.db.clone();
    db.write(WriteKey::conversation_and_users(conv), move |tx| {
        let access = core.access(tx, MethodName::DeleteConversations, &caller, conv)?;
        let side = if clear { cleared(tx, &access)? } else { all_read(tx, &access)? };
        let side = OwnSide { hidden_to: Some(access.last_seq()), ..side };
        conversation::put_side(tx, caller.number, conv, &side)?;
        setting::put(tx, caller.number, conv, &Setting::default())?;
        let state = core.state(tx, caller.number, access.name.clone(), &access.conv, &side)?;
        let mut entries = vec![(LogKey::Conversation(conv), true, UserItem::Conversation(state))];
        // The draft goes with it.
        if let Some(row) = user_log::draft(tx, caller.number, conv)? {
            let time_ms = core.clock.now_ms().max(row.time_ms.saturating_add(1));
            let draft =
                Draft { conversation_id: access.name, draft_text: String::new(), reply_to: None, time_ms };
            store_draft(tx, caller.number, conv, &draft)?;
            entries.push((LogKey::Draft(conv), true, UserItem::Draft(draft)));
        }
        core.tell_user(tx, caller.number, entries)?;
        Ok(())
    })
    .await
}

/// Keeps what the user has begun to write (CONV-63, PLUS-4). An older draft than the stored one is ignored.
pub async fn set_draft(core: &Arc<Core>, caller: &Arc<Caller>, call: SetDraft) -> Result<Done, ChatError> {
    let mut draft = call.draft;
    if u32::try_from(draft.draft_text.len()).map_or(true, |bytes| bytes > core.limits.draft_bytes) {
        return Err(ErrorCode::InvalidParameter.into());
    }
    // A clock that is ahead must not win for ever.
    draft.time_ms = draft.time_ms.min(core.clock.now_ms());
    if draft.conversation_id == ConversationId::System {
        return Err(ErrorCode::ConversationIdMalformed.into());
    }
    let conv = open(core, caller, &draft.conversation_id).await?;
    let (core, caller) = (Arc::clone(core), Arc::clone(caller));
    let db = core.db.clone();
    db.write(WriteKey::conversation_and_users(conv), move |tx| {
        core.access(tx, MethodName::SetDraft, &caller, conv)?;
        if store_draft(tx, caller.number, conv, &draft)? {
            let gone = draft.draft_text.is_empty();
            core.tell_user(
                tx,
                caller.number,
                vec![(LogKey::Draft(conv), gone, UserItem::Draft(draft.clone()))],
            )?;
        }
        Ok(Done {})
    })
    .await
}

fn store_draft(tx: &mut Tx<'_>, user: i64, conv: i64, draft: &Draft) -> Result<bool, ChatError> {
    let body = serde_json::to_string(draft).map_err(|_| ErrorCode::InvalidParameter)?;
    Ok(user_log::put_draft(tx, user, conv, &DraftRow { time_ms: draft.time_ms, body })?)
}
