//! Facts about the database as a whole, and the counters for new numbers.

use super::error::StoreError;
use super::tx::Tx;
use crate::args;

/// The next number of a kind (`app_user`, `conversation`).
pub fn next_number(tx: &mut Tx<'_>, kind: &'static str) -> Result<i64, StoreError> {
    let sql = "UPDATE counter SET value = value + 1 WHERE name = $1 RETURNING value";
    tx.one(sql, args![kind], |row| row.get(0))?
        .ok_or_else(|| StoreError::Corrupt(format!("the counter `{kind}` is missing")))
}

/// The epoch, made from `fresh` the first time.
pub fn epoch(tx: &mut Tx<'_>, fresh: &str, now: i64) -> Result<String, StoreError> {
    tx.execute(
        "INSERT INTO server (id, epoch, created_at) VALUES (1, $1, $2) ON CONFLICT (id) DO NOTHING",
        args![fresh, now],
    )?;
    tx.one("SELECT epoch FROM server WHERE id = 1", &[], |row| row.get(0))?
        .ok_or_else(|| StoreError::Corrupt("the server's own row is missing".into()))
}

/// Gives every cursor up, as after a restore from a backup.
pub fn renew_epoch(tx: &mut Tx<'_>, fresh: &str) -> Result<(), StoreError> {
    tx.execute("UPDATE server SET epoch = $1 WHERE id = 1", args![fresh]).map(|_| ())
}

/// The latest time of a change, Unix milliseconds: the clock must not fall behind it.
pub fn latest_change(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    Ok(tx.one("SELECT COALESCE(MAX(changed_ms), 0) FROM conversation", &[], |row| row.get(0))?.unwrap_or(0))
}
