//! What waits to be sent (PLUS-3). A row is here before the app sees the message and goes away in the
//! transaction that stores the message, so a message is in one of the two places at any moment.

use std::sync::Arc;

use hallway_protocol::message::{MessageControl, OfflinePush};
use hallway_protocol::{ChatError, ConversationId, ErrorCode, Message, MessageId};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};

use super::{CacheError, CacheResult};

/// Messages that may wait (SES-6).
const QUEUED_MAX: i64 = 1000;

/// Options of a send that are no part of the message (MSG-33, MSG-34).
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Wish {
    /// How it counts.
    #[serde(default)]
    pub message_control: Option<MessageControl>,
    /// What a notification shows.
    #[serde(default)]
    pub offline_push: Option<OfflinePush>,
    /// Which moderation rules (MSG-19).
    #[serde(default)]
    pub moderation_profile: String,
    /// No preview for a link in it.
    #[serde(default)]
    pub no_link_preview: bool,
}

/// A message in the outbox.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// Place in the queue.
    pub position: i64,
    /// As it is shown.
    pub message: Arc<Message>,
    /// How to send it.
    pub wish: Wish,
    /// Unix milliseconds of when it was queued.
    pub created_ms: i64,
    /// Why it was not sent; none while it waits.
    pub failure: Option<ChatError>,
    /// Its upload was stopped: others go first until somebody lets it go on.
    pub is_paused: bool,
}

fn load(row: &Row<'_>) -> CacheResult<Outgoing> {
    let object = |column: usize| row.get_ref(column)?.as_blob().map_err(rusqlite::Error::from);
    Ok(Outgoing {
        position: row.get(0)?,
        created_ms: row.get(1)?,
        message: Arc::new(serde_json::from_slice(object(2)?)?),
        wish: serde_json::from_slice(object(3)?)?,
        failure: super::conv::object(row, 4)?,
        is_paused: row.get(5)?,
    })
}

const COLUMNS: &str =
    "SELECT position, created_ms, body, options, failure, is_paused FROM outbox ORDER BY position";

/// Everything in it, in order.
pub fn all(db: &Connection) -> CacheResult<Vec<Outgoing>> {
    let mut statement = db.prepare_cached(COLUMNS)?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(load(row)?);
    }
    Ok(found)
}

/// What waits or has failed in one conversation, in order.
pub fn of(db: &Connection, id: &ConversationId) -> CacheResult<Vec<Outgoing>> {
    let mut statement = db.prepare_cached(
        "SELECT position, created_ms, body, options, failure, is_paused FROM outbox WHERE conversation_id = ?1
         ORDER BY position",
    )?;
    let mut rows = statement.query([id.to_string()])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(load(row)?);
    }
    Ok(found)
}

/// Queues a message. One that is queued or stored already is 2905 (MSG-59); beyond 1000 it is 9507 (SES-6).
pub fn add(db: &Connection, message: &Message, wish: &Wish, created_ms: i64) -> CacheResult<Outgoing> {
    let refuse = |code| Err(CacheError::Refused(ChatError::new(code)));
    if position(db, &message.id)?.is_some() || super::messages::exists(db, &message.id)? {
        return refuse(ErrorCode::StateNotAllowed);
    }
    let waiting: i64 =
        db.query_row("SELECT count(*) FROM outbox WHERE failure IS NULL", [], |row| row.get(0))?;
    if waiting >= QUEUED_MAX {
        return refuse(ErrorCode::OfflineQueueFull);
    }
    db.execute(
        "INSERT INTO outbox (id, conversation_id, created_ms, body, options) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![
            message.id.as_str(),
            message.conversation_id.to_string(),
            created_ms,
            serde_json::to_vec(message)?,
            serde_json::to_vec(wish)?
        ],
    )?;
    Ok(Outgoing {
        position: db.last_insert_rowid(),
        message: Arc::new(message.clone()),
        wish: wish.clone(),
        created_ms,
        failure: None,
        is_paused: false,
    })
}

/// Changes what stands in the outbox under an id: content, or how it ended.
pub fn update(db: &Connection, message: &Message, failure: Option<&ChatError>) -> CacheResult<()> {
    db.execute(
        "UPDATE outbox SET body = ?2, failure = ?3 WHERE id = ?1",
        params![message.id.as_str(), serde_json::to_vec(message)?, super::conv::blob(failure)?],
    )?;
    Ok(())
}

/// Takes a message out. False if it was not there.
pub fn remove(db: &Connection, id: &MessageId) -> CacheResult<bool> {
    Ok(db.prepare_cached("DELETE FROM outbox WHERE id = ?1")?.execute([id.as_str()])? > 0)
}

/// The same for a message that is stored, with what was noted about its files.
pub fn remove_sent(db: &Connection, id: &MessageId) -> CacheResult<bool> {
    let was_there = remove(db, id)?;
    if was_there {
        super::attachment::remove(db, id)?;
    }
    Ok(was_there)
}

/// Its place in the queue.
pub fn position(db: &Connection, id: &MessageId) -> CacheResult<Option<i64>> {
    Ok(db
        .prepare_cached("SELECT position FROM outbox WHERE id = ?1")?
        .query_row([id.as_str()], |row| row.get(0))
        .optional()?)
}

/// Whether the upload of a message is stopped.
pub fn is_paused(db: &Connection, id: &MessageId) -> CacheResult<bool> {
    let found = db
        .prepare_cached("SELECT is_paused FROM outbox WHERE id = ?1")?
        .query_row([id.as_str()], |row| row.get(0))
        .optional()?;
    Ok(found.unwrap_or(false))
}
