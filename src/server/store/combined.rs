//! The messages inside of large combined messages (MSG-30), by key.

use super::error::StoreError;
use super::message::MessageKey;
use super::tx::Tx;
use crate::args;

/// What is behind a key, and the message it belongs to.
pub fn by_key(tx: &mut Tx<'_>, download_key: &str) -> Result<Option<(MessageKey, String)>, StoreError> {
    let sql = "SELECT conv_id, seq, body FROM combined WHERE download_key = $1";
    tx.one(sql, args![download_key], |row| {
        Ok((MessageKey { conv: row.get(0)?, seq: row.get(1)? }, row.get(2)?))
    })
}

/// Keeps messages inside of a message.
pub fn add(tx: &mut Tx<'_>, key: MessageKey, download_key: &str, body: &str) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO combined (download_key, conv_id, seq, body) VALUES ($1, $2, $3, $4)",
        args![download_key, key.conv, key.seq, body],
    )
    .map(|_| ())
}

/// The message was recalled.
pub fn remove(tx: &mut Tx<'_>, key: MessageKey) -> Result<(), StoreError> {
    tx.execute("DELETE FROM combined WHERE conv_id = $1 AND seq = $2", args![key.conv, key.seq]).map(|_| ())
}
