//! What the server still owes to stored messages. Noted in the transaction of the message, so that no crash forgets it.

use super::error::StoreError;
use super::message::MessageKey;
use super::tx::Tx;
use crate::args;

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Moderation looks at what was delivered without it. Detail: the set of rules.
    Moderate,
    /// The preview of a link. Detail: the link.
    Preview,
}

impl Kind {
    fn number(self) -> i64 {
        match self {
            Self::Moderate => 1,
            Self::Preview => 2,
        }
    }

    fn of(number: i64) -> Option<Self> {
        [Self::Moderate, Self::Preview].into_iter().find(|kind| kind.number() == number)
    }
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chore {
    /// For which message.
    pub key: MessageKey,
    /// What.
    pub kind: Kind,
    /// What it needs to know beyond the message.
    pub detail: String,
    /// How often it was tried.
    pub attempts: i64,
}

/// Notes something to do at `due`, Unix seconds.
pub fn add(tx: &mut Tx<'_>, key: MessageKey, kind: Kind, detail: &str, due: i64) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO chore (conv_id, seq, kind, detail, due, attempts) VALUES ($1, $2, $3, $4, $5, 0) \
         ON CONFLICT (conv_id, seq, kind) DO UPDATE SET detail = $4, due = $5, attempts = 0",
        args![key.conv, key.seq, kind.number(), detail, due],
    )
    .map(|_| ())
}

/// What is due by `now`, the oldest first, at most `limit`.
pub fn due(tx: &mut Tx<'_>, now: i64, limit: u32) -> Result<Vec<Chore>, StoreError> {
    tx.rows(
        "SELECT conv_id, seq, kind, detail, attempts FROM chore WHERE due <= $1 ORDER BY due LIMIT $2",
        args![now, limit],
        |row| {
            Ok(Chore {
                key: MessageKey { conv: row.get(0)?, seq: row.get(1)? },
                kind: Kind::of(row.get(2)?).ok_or_else(|| StoreError::Corrupt("an unknown chore".into()))?,
                detail: row.get(3)?,
                attempts: row.get(4)?,
            })
        },
    )
}

/// Takes a chore before somebody else does: it is not due again before `until`. False when somebody has.
pub fn take(tx: &mut Tx<'_>, chore: &Chore, now: i64, until: i64) -> Result<bool, StoreError> {
    let Chore { key, kind, .. } = chore;
    tx.execute(
        "UPDATE chore SET due = $5, attempts = attempts + 1 WHERE conv_id = $1 AND seq = $2 AND kind = $3 AND due <= $4",
        args![key.conv, key.seq, kind.number(), now, until],
    )
    .map(|rows| rows > 0)
}

/// A chore is done, or given up. What was asked for anew meanwhile stays.
pub fn done(tx: &mut Tx<'_>, chore: &Chore) -> Result<(), StoreError> {
    let Chore { key, kind, detail, .. } = chore;
    tx.execute(
        "DELETE FROM chore WHERE conv_id = $1 AND seq = $2 AND kind = $3 AND detail = $4 AND attempts > 0",
        args![key.conv, key.seq, kind.number(), detail],
    )
    .map(|_| ())
}
