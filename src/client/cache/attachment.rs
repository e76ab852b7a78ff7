//! Files of messages that wait to be sent: how far each has been brought to the server.

use hallway_protocol::MessageId;
use hallway_protocol::file::FileId;
use rusqlite::{Connection, params};

use super::{CacheError, CacheResult, kept, signed, unsigned};
use crate::file::local::Address;

/// A file of a message in the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Which address of the payload.
    pub part: u32,
    /// Where it is on this computer.
    pub address: Address,
    /// Bytes when it was chosen.
    pub size: u64,
    /// When it was changed last, as it was when the plugin began (Unix milliseconds); 0 before that.
    pub modified: i64,
    /// The plugin that has begun with it.
    pub plugin: String,
    /// What the plugin has kept.
    pub state: Option<String>,
    /// The server's id, when the server has all of it.
    pub file: Option<FileId>,
}

/// Notes a file.
pub fn add(db: &Connection, id: &MessageId, part: u32, address: &Address, size: u64) -> CacheResult<()> {
    db.execute(
        "INSERT INTO attachment (id, part, address, size, modified, plugin) VALUES (?1, ?2, ?3, ?4, 0, '')",
        params![id.as_str(), part, address.to_string(), signed(size)],
    )?;
    Ok(())
}

/// The files of a message in the order of its payload.
pub fn of(db: &Connection, id: &MessageId) -> CacheResult<Vec<Attachment>> {
    let mut statement = db.prepare_cached(
        "SELECT part, address, size, plugin, state, file, modified FROM attachment WHERE id = ?1 ORDER BY part",
    )?;
    let mut rows = statement.query([id.as_str()])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let (address, file): (String, Option<String>) = (row.get(1)?, row.get(5)?);
        let Some(address) = Address::parse(&address) else { continue };
        found.push(Attachment {
            part: row.get(0)?,
            address,
            size: unsigned(row.get(2)?),
            modified: row.get(6)?,
            plugin: row.get(3)?,
            state: row.get(4)?,
            file: file.and_then(|file| file.parse().ok()),
        });
    }
    Ok(found)
}

/// A plugin begins: what another one has kept is of no use to it.
pub fn begin(
    db: &Connection,
    id: &MessageId,
    part: u32,
    (size, modified): (u64, i64),
    plugin: &str,
) -> CacheResult<()> {
    db.execute(
        "UPDATE attachment SET size = ?3, modified = ?4, plugin = ?5, state = NULL, file = NULL \
         WHERE id = ?1 AND part = ?2",
        params![id.as_str(), part, signed(size), modified, plugin],
    )?;
    Ok(())
}

/// Keeps what a plugin needs to go on. Fails when the message has been taken back meanwhile.
pub fn keep(db: &Connection, id: &MessageId, part: u32, state: &str) -> CacheResult<()> {
    let sql = "UPDATE attachment SET state = ?3 WHERE id = ?1 AND part = ?2";
    one(db.execute(sql, params![id.as_str(), part, state])?)
}

/// The server has all of it.
pub fn complete(db: &Connection, id: &MessageId, part: u32, file: FileId) -> CacheResult<()> {
    let sql = "UPDATE attachment SET file = ?3 WHERE id = ?1 AND part = ?2";
    one(db.execute(sql, params![id.as_str(), part, file.to_string()])?)
}

/// Forgets the files of a message, and what was kept of them.
pub fn remove(db: &Connection, id: &MessageId) -> CacheResult<()> {
    for it in of(db, id)? {
        if let Address::Kept(kept) = it.address {
            kept::remove(db, &kept)?;
        }
    }
    db.prepare_cached("DELETE FROM attachment WHERE id = ?1")?.execute([id.as_str()])?;
    Ok(())
}

/// Stops the upload of a message, or lets it go on.
pub fn pause(db: &Connection, id: &MessageId, is_paused: bool) -> CacheResult<()> {
    let sql = "UPDATE outbox SET is_paused = ?2 WHERE id = ?1";
    one(db.execute(sql, params![id.as_str(), is_paused])?)
}

fn one(rows: usize) -> CacheResult<()> {
    if rows == 1 { Ok(()) } else { Err(CacheError::Sql(rusqlite::Error::QueryReturnedNoRows)) }
}
