//! Large combined messages (MSG-30): what is inside is kept apart, under a key that the message has instead, and travels
//! only to those who open it. So do combined messages inside of one, each by itself, which is how a hundred levels of them
//! fit into frames that nest no deeper than others. What is small stays in the message.
//!
//! Whoever forwards such a message, alone or inside of another one, names the key. What is behind it is then copied for
//! the new message, so that each is whole by itself: who may open it follows from the message it belongs to, and all
//! that is inside is checked, for levels, sizes and files, as if it had been written anew.

use std::collections::VecDeque;
use std::sync::Arc;

use hallway_protocol::file::FileRef;
use hallway_protocol::message::{MergerPayload, Payload, SimplifiedMessage};
use hallway_protocol::method::{CombinedMessage, GetCombinedMessage, MethodName};
use hallway_protocol::{ChatError, ErrorCode};

use super::core::{Caller, Core};
use super::file::reference::{references, sort};
use super::message_change::{unknown_message, visible};
use super::message_check::check_part;
use crate::store::message::MessageKey;
use crate::store::{StoreError, Tx, combined};

/// Up to here, in bytes, the messages inside stay in the message.
const INLINE: usize = 8 * 1024;
/// And up to so many levels of them.
const INLINE_LEVELS: u32 = 3;
/// The most combined messages in one that is kept apart, itself included: each is a row.
const MOST: usize = 1_000;

/// A payload as it is stored, with what belongs to it.
#[derive(Clone, Debug)]
pub(super) struct Prepared {
    /// The payload.
    pub(super) payload: Payload,
    /// What is kept apart.
    pub(super) apart: Vec<Apart>,
    /// All files, those inside included.
    pub(super) files: Vec<FileRef>,
}

/// Messages that are kept apart.
#[derive(Clone, Debug)]
pub(super) struct Apart {
    key: String,
    body: String,
}

impl Apart {
    /// Keeps them for a message.
    pub(super) fn keep(&self, tx: &mut Tx<'_>, message: MessageKey) -> Result<(), StoreError> {
        combined::add(tx, message, &self.key, &self.body)
    }
}

/// The messages inside of a combined message (MSG-30).
pub async fn get(
    core: &Arc<Core>,
    caller: &Arc<Caller>,
    call: GetCombinedMessage,
) -> Result<CombinedMessage, ChatError> {
    let unknown = unknown_message(&call.conversation_id);
    let conv = core.find(caller, &call.conversation_id).await?.ok_or(unknown)?;
    let (core, caller) = (Arc::clone(core), Arc::clone(caller));
    let db = core.db.clone();
    db.read(move |tx| {
        let access = core.access(tx, MethodName::GetCombinedMessage, &caller, conv)?;
        let row = visible(&core, tx, &caller, &access, call.sequence)?.ok_or(unknown)?;
        if !matches!(row.content.payload, Payload::Merger(_)) {
            return Err(ErrorCode::NotACombinedMessage.into());
        }
        match combined::by_key(tx, &call.download_key)? {
            Some((place, body)) if place == row.key => Ok(CombinedMessage { message_list: messages(&body)? }),
            _ => Err(ErrorCode::CombinedKeyInvalid.into()),
        }
    })
    .await
}

fn messages(body: &str) -> Result<Vec<SimplifiedMessage>, StoreError> {
    serde_json::from_str(body)
        .map_err(|e| StoreError::Corrupt(format!("a combined message cannot be read: {e}")))
}

fn text_of(list: &[SimplifiedMessage]) -> Result<String, ChatError> {
    serde_json::to_string(list).map_err(|_| ErrorCode::InvalidParameter.into())
}

/// Makes a checked payload what is stored. Keys that the caller may not open are 2451; more than a combined message
/// may hold is 80002, and levels beyond the limit are 8005.
pub(super) async fn prepare(
    core: &Arc<Core>,
    caller: &Arc<Caller>,
    payload: Payload,
) -> Result<Prepared, ChatError> {
    let is_small = match &payload {
        Payload::Merger(merger) => stays_inline(merger)?,
        _ => true,
    };
    if is_small {
        let files = references(&payload)?;
        return Ok(Prepared { payload, apart: Vec::new(), files });
    }
    let (core, caller) = (Arc::clone(core), Arc::clone(caller));
    let db = core.db.clone();
    db.read(move |tx| take_apart(&core, tx, &caller, payload)).await
}

/// Whether nothing has to be kept apart: no keys, few levels, few bytes.
fn stays_inline(merger: &MergerPayload) -> Result<bool, ChatError> {
    let (mut level, mut depth) = (vec![merger], 0u32);
    while !level.is_empty() {
        depth = depth.saturating_add(1);
        if depth > INLINE_LEVELS || level.iter().any(|merger| !merger.download_key.is_empty()) {
            return Ok(false);
        }
        let parts =
            level.iter().flat_map(|merger| &merger.message_list).flat_map(|message| &message.message_body);
        level = parts
            .filter_map(|part| if let Payload::Merger(inner) = part { Some(inner) } else { None })
            .collect();
    }
    Ok(text_of(&merger.message_list)?.len() <= INLINE)
}

fn take_apart(
    core: &Core,
    tx: &mut Tx<'_>,
    caller: &Caller,
    mut payload: Payload,
) -> Result<Prepared, ChatError> {
    let (mut apart, mut files, mut bytes) = (Vec::new(), Vec::new(), 0usize);
    let mut count = |more: usize| {
        bytes = bytes.saturating_add(more);
        let fits = u32::try_from(bytes).is_ok_and(|bytes| bytes <= core.limits.merger_bytes);
        if fits { Ok(()) } else { Err(ChatError::from(ErrorCode::MessageTooLarge)) }
    };
    let mut waiting = VecDeque::new();
    if let Payload::Merger(merger) = &mut payload {
        waiting.push_back((set_aside(merger)?, 1u32));
    }
    while let Some((Closed { key, download_key, mut list }, level)) = waiting.pop_front() {
        if level > core.limits.merger_levels {
            return Err(ErrorCode::CombinedTooDeep.into());
        }
        // Counted before it is read: a few bytes of keys may stand for a lot, and for the same again and again.
        if download_key.is_empty() {
            count(text_of(&list)?.len())?;
        } else {
            let body = open(core, tx, caller, &download_key)?;
            count(body.len())?;
            list = messages(&body)?;
        }
        if u32::try_from(list.len()).map_or(true, |count| count > core.limits.merger_messages) {
            return Err(ErrorCode::InvalidParameter.into());
        }
        for part in list.iter_mut().flat_map(|message| &mut message.message_body) {
            match part {
                Payload::Merger(inner) => {
                    waiting.push_back((set_aside(inner)?, level.saturating_add(1)));
                }
                other => {
                    check_part(&core.limits, other)?;
                    files.extend(references(other)?);
                }
            }
        }
        if apart.len().saturating_add(waiting.len()) > MOST {
            return Err(ErrorCode::MessageTooLarge.into());
        }
        apart.push(Apart { key, body: text_of(&list)? });
    }
    sort(&mut files);
    Ok(Prepared { payload, apart, files })
}

/// A combined message whose content has not been looked at.
struct Closed {
    /// Where it will be kept.
    key: String,
    /// Where it is kept; empty when `list` has the content.
    download_key: String,
    list: Vec<SimplifiedMessage>,
}

/// Takes the messages out of a combined message, or the key they are behind, and gives it a new key.
fn set_aside(merger: &mut MergerPayload) -> Result<Closed, ChatError> {
    let key = crate::auth::random::<16>().map_err(|_| ErrorCode::MessageInternalError)?;
    let key = crate::auth::hex(&key);
    let download_key = std::mem::replace(&mut merger.download_key, key.clone());
    Ok(Closed { key, download_key, list: std::mem::take(&mut merger.message_list) })
}

/// What is behind a key, if the caller may open it.
fn open(core: &Core, tx: &mut Tx<'_>, caller: &Caller, key: &str) -> Result<String, ChatError> {
    let (place, body) = combined::by_key(tx, key)?.ok_or(ErrorCode::CombinedKeyInvalid)?;
    // Whether there is no such key or it is none of the caller's business is the same answer.
    let access = match core.access(tx, MethodName::GetCombinedMessage, caller, place.conv) {
        Err(error) if error.code == ErrorCode::MessageInternalError => return Err(error),
        access => access.map_err(|_| ErrorCode::CombinedKeyInvalid)?,
    };
    visible(core, tx, caller, &access, place.seq.cast_unsigned())?.ok_or(ErrorCode::CombinedKeyInvalid)?;
    Ok(body)
}
