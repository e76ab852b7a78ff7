//! Voice messages that were listened to, here or on another own instance.

use hallway_protocol::MessageId;
use rusqlite::Connection;

use super::{CacheResult, signed};

/// So many are known; of more, any may be left out, which only brings a dot back.
const MOST: u64 = 20_000;

/// The messages that were listened to.
pub fn all(db: &Connection) -> CacheResult<Vec<MessageId>> {
    let mut statement = db.prepare("SELECT id FROM heard LIMIT ?1")?;
    let mut rows = statement.query([signed(MOST)])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.extend(row.get::<_, String>(0)?.parse().ok());
    }
    Ok(found)
}

/// A message was listened to. False if that was known.
pub fn add(db: &Connection, id: &MessageId) -> CacheResult<bool> {
    Ok(db.prepare_cached("INSERT OR IGNORE INTO heard (id) VALUES (?1)")?.execute([id.as_str()])? > 0)
}
