//! What is private to a user, ordered by its last change.
//!
//! `user_log` is an index, not a history: an entry moves to the new number, so its size is the number of
//! objects. The objects themselves stand in their own tables.

use super::error::StoreError;
use super::tx::Tx;
use super::value::Row;
use crate::args;

/// What an entry is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogKey {
    /// A conversation's settings and read position.
    Conversation(i64),
    /// The draft of a conversation.
    Draft(i64),
    /// A message deleted for the user.
    Hidden {
        /// Conversation.
        conv: i64,
        /// Place.
        seq: i64,
    },
    /// A voice message that was listened to. There is nothing more to it than this entry.
    Heard {
        /// Conversation.
        conv: i64,
        /// Place.
        seq: i64,
    },
    /// The own profile.
    Profile,
    /// The list of conversation groups.
    ConversationGroups,
    /// Global do-not-disturb.
    AllReceiveMessageOpt,
}

impl LogKey {
    fn parts(self) -> (i64, i64, i64) {
        match self {
            Self::Conversation(conv) => (0, conv, 0),
            Self::Draft(conv) => (1, conv, 0),
            Self::Hidden { conv, seq } => (2, conv, seq),
            Self::Profile => (3, 0, 0),
            Self::ConversationGroups => (4, 0, 0),
            Self::AllReceiveMessageOpt => (5, 0, 0),
            Self::Heard { conv, seq } => (6, conv, seq),
        }
    }
}

/// An entry of a user's log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogEntry {
    /// What it is about.
    pub key: LogKey,
    /// Number of the user's change that last touched it.
    pub useq: i64,
    /// It is no more.
    pub gone: bool,
}

/// Notes a change of private objects of a user. All of them carry the number answered; the one before it is
/// one less. Locks the user's counter until the commit: take users in ascending order.
pub fn note(tx: &mut Tx<'_>, user: i64, entries: &[(LogKey, bool)]) -> Result<i64, StoreError> {
    let useq = tx
        .one(
            "INSERT INTO user_sync (user_id, useq) VALUES ($1, 1) \
             ON CONFLICT (user_id) DO UPDATE SET useq = user_sync.useq + 1 RETURNING useq",
            args![user],
            |row| row.get(0),
        )?
        .ok_or_else(|| StoreError::Statement("no number was returned".into()))?;
    for (key, gone) in entries {
        let (kind, conv, seq) = key.parts();
        tx.execute(
            "INSERT INTO user_log (user_id, kind, conv_id, seq, useq, gone) VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT (user_id, kind, conv_id, seq) DO UPDATE SET useq = excluded.useq, gone = excluded.gone",
            args![user, kind, conv, seq, useq, *gone],
        )?;
    }
    Ok(useq)
}

/// Whether something stands in a user's log.
pub fn has(tx: &mut Tx<'_>, user: i64, key: LogKey) -> Result<bool, StoreError> {
    let (kind, conv, seq) = key.parts();
    let sql =
        "SELECT 1 FROM user_log WHERE user_id = $1 AND kind = $2 AND conv_id = $3 AND seq = $4 AND NOT gone";
    Ok(tx.one(sql, args![user, kind, conv, seq], |row| row.get::<i64>(0))?.is_some())
}

/// A user's present number, locked until the commit: what is counted after this is not changed by others who lock it.
pub fn lock(tx: &mut Tx<'_>, user: i64) -> Result<i64, StoreError> {
    tx.one(
        "INSERT INTO user_sync (user_id, useq) VALUES ($1, 0) \
         ON CONFLICT (user_id) DO UPDATE SET useq = user_sync.useq RETURNING useq",
        args![user],
        |row| row.get(0),
    )?
    .ok_or_else(|| StoreError::Statement("no number was returned".into()))
}

/// A user's present number.
pub fn current(tx: &mut Tx<'_>, user: i64) -> Result<i64, StoreError> {
    let sql = "SELECT useq FROM user_sync WHERE user_id = $1";
    Ok(tx.one(sql, args![user], |row| row.get(0))?.unwrap_or(0))
}

fn entry(row: &Row<'_>) -> Result<LogEntry, StoreError> {
    let conv = row.get(1)?;
    let key = match row.get::<i64>(0)? {
        0 => LogKey::Conversation(conv),
        1 => LogKey::Draft(conv),
        2 => LogKey::Hidden { conv, seq: row.get(2)? },
        3 => LogKey::Profile,
        4 => LogKey::ConversationGroups,
        5 => LogKey::AllReceiveMessageOpt,
        6 => LogKey::Heard { conv, seq: row.get(2)? },
        kind => return Err(StoreError::Corrupt(format!("the own log has an entry of kind {kind}"))),
    };
    Ok(LogEntry { key, useq: row.get(3)?, gone: row.get(4)? })
}

/// Entries after a number, in order: at least `limit` of them if there are, and never only some of one change.
pub fn after(tx: &mut Tx<'_>, user: i64, after: i64, limit: u32) -> Result<Vec<LogEntry>, StoreError> {
    let end = tx.one(
        "SELECT useq FROM user_log WHERE user_id = $1 AND useq > $2 ORDER BY useq LIMIT 1 OFFSET $3",
        args![user, after, limit.saturating_sub(1)],
        |row| row.get(0),
    )?;
    tx.rows(
        "SELECT kind, conv_id, seq, useq, gone FROM user_log \
         WHERE user_id = $1 AND useq > $2 AND useq <= $3 ORDER BY useq, kind, conv_id, seq",
        args![user, after, end.unwrap_or(i64::MAX)],
        entry,
    )
}

/// A stored draft.
#[derive(Clone, Debug)]
pub struct DraftRow {
    /// Unix milliseconds at the instance where it was typed.
    pub time_ms: i64,
    /// JSON: text and quote.
    pub body: String,
}

/// The draft of a conversation.
pub fn draft(tx: &mut Tx<'_>, user: i64, conv: i64) -> Result<Option<DraftRow>, StoreError> {
    let sql = "SELECT time_ms, body FROM draft WHERE user_id = $1 AND conv_id = $2";
    tx.one(sql, args![user, conv], |row| Ok(DraftRow { time_ms: row.get(0)?, body: row.get(1)? }))
}

/// Stores a draft unless a later one is there; whether it did.
pub fn put_draft(tx: &mut Tx<'_>, user: i64, conv: i64, draft: &DraftRow) -> Result<bool, StoreError> {
    tx.execute(
        "INSERT INTO draft (user_id, conv_id, time_ms, body) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (user_id, conv_id) DO UPDATE SET time_ms = excluded.time_ms, body = excluded.body \
         WHERE draft.time_ms < excluded.time_ms",
        args![user, conv, draft.time_ms, &draft.body],
    )
    .map(|rows| rows > 0)
}
