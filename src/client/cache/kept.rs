//! Bytes of messages that wait to be sent: what has no file of its own on this computer (a picture from the clipboard, a
//! smaller copy of one, a recording). They lie in the local copy, encrypted like the rest, until their message is sent or
//! taken back.

use rusqlite::{Connection, OptionalExtension, params};

use super::{CacheResult, signed, unsigned};

/// Bytes of one row.
const PIECE: usize = 256 * 1024;

/// Keeps bytes under an id that was not used before.
pub fn add(db: &Connection, id: &str, bytes: &[u8]) -> CacheResult<()> {
    let mut insert = db.prepare_cached("INSERT INTO kept (id, piece, bytes) VALUES (?1, ?2, ?3)")?;
    for (piece, bytes) in (0i64..).zip(bytes.chunks(PIECE)) {
        insert.execute(params![id, piece, bytes])?;
    }
    Ok(())
}

/// How many bytes there are; 0 for an id that is not known.
pub fn size(db: &Connection, id: &str) -> CacheResult<u64> {
    let sql = "SELECT coalesce(sum(length(bytes)), 0) FROM kept WHERE id = ?1";
    Ok(unsigned(db.prepare_cached(sql)?.query_row([id], |row| row.get(0))?))
}

/// Up to `most` bytes from `at` on; fewer where a piece ends, none at the end.
pub fn read(db: &Connection, id: &str, at: u64, most: u64) -> CacheResult<Vec<u8>> {
    let (piece, from) = (at / PIECE as u64, at % PIECE as u64);
    let sql = "SELECT substr(bytes, ?3, ?4) FROM kept WHERE id = ?1 AND piece = ?2";
    let bytes = db
        .prepare_cached(sql)?
        .query_row(params![id, signed(piece), signed(from + 1), signed(most)], |row| row.get(0))
        .optional()?;
    Ok(bytes.unwrap_or_default())
}

/// All bytes.
pub fn all(db: &Connection, id: &str) -> CacheResult<Vec<u8>> {
    let mut statement = db.prepare_cached("SELECT bytes FROM kept WHERE id = ?1 ORDER BY piece")?;
    let mut rows = statement.query([id])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        all.extend_from_slice(row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?);
    }
    Ok(all)
}

/// Forgets them.
pub fn remove(db: &Connection, id: &str) -> CacheResult<()> {
    db.prepare_cached("DELETE FROM kept WHERE id = ?1")?.execute([id])?;
    Ok(())
}

/// Forgets what no message of the outbox refers to: its message was made and never sent.
pub fn sweep(db: &Connection) -> CacheResult<()> {
    db.execute("DELETE FROM kept WHERE 'kept:' || id NOT IN (SELECT address FROM attachment)", [])?;
    Ok(())
}
