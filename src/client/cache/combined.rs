//! What is inside of large combined messages, once it was fetched (MSG-30): opened again without a network.

use hallway_protocol::message::SimplifiedMessage;
use rusqlite::{Connection, OptionalExtension, params};

use super::{CacheResult, place_key};

/// What is behind a key.
pub fn get(db: &Connection, download_key: &str) -> CacheResult<Option<Vec<SimplifiedMessage>>> {
    let body: Option<Vec<u8>> = db
        .prepare_cached("SELECT body FROM combined WHERE download_key = ?1")?
        .query_row([download_key], |row| row.get(0))
        .optional()?;
    Ok(body.map(|body| serde_json::from_slice(&body)).transpose()?)
}

/// Keeps it as long as the message it belongs to.
pub fn put(
    db: &Connection,
    (conv, seq): (i64, u64),
    download_key: &str,
    list: &[SimplifiedMessage],
) -> CacheResult<()> {
    db.prepare_cached("INSERT OR REPLACE INTO combined (download_key, place, body) VALUES (?1, ?2, ?3)")?
        .execute(params![download_key, place_key(conv, seq), serde_json::to_vec(list)?])?;
    Ok(())
}

/// The message was recalled.
pub fn remove(db: &Connection, conv: i64, seq: u64) -> CacheResult<()> {
    db.prepare_cached("DELETE FROM combined WHERE place = ?1")?.execute([place_key(conv, seq)])?;
    Ok(())
}
