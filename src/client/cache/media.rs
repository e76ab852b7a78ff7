//! Pictures and other small files that have been shown, so that they need not be fetched again, and where larger ones were
//! saved. What was not looked at for longest goes first.

use std::path::{Path, PathBuf};

use hallway_protocol::file::FileId;
use rusqlite::{Connection, OptionalExtension, params};

use super::{CacheResult, kept, signed};
use crate::shared::now_ms;

/// Most bytes that are kept.
pub const MOST: u64 = 256 * 1024 * 1024;

/// The bytes of a file.
pub fn get(db: &Connection, file: FileId) -> CacheResult<Option<Vec<u8>>> {
    let sql = "SELECT bytes FROM media WHERE file = ?1";
    Ok(db.prepare_cached(sql)?.query_row([file.to_string()], |row| row.get(0)).optional()?)
}

/// It was looked at.
pub fn touch(db: &Connection, file: FileId) -> CacheResult<()> {
    let sql = "UPDATE media SET used = ?2 WHERE file = ?1";
    db.prepare_cached(sql)?.execute(params![file.to_string(), now_ms()])?;
    Ok(())
}

/// Keeps the bytes of a file; others go until no more than `most` are there.
pub fn put(db: &Connection, file: FileId, bytes: &[u8], most: u64) -> CacheResult<()> {
    let size = bytes.len() as u64;
    db.prepare_cached("INSERT OR REPLACE INTO media (file, used, size, bytes) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![file.to_string(), now_ms(), signed(size), bytes])?;
    let mut over = db
        .prepare_cached("SELECT coalesce(sum(size), 0) FROM media")?
        .query_row([], |row| row.get::<_, i64>(0))?
        .saturating_sub(signed(most));
    while over > 0 {
        let sql =
            "DELETE FROM media WHERE file = (SELECT file FROM media ORDER BY used LIMIT 1) RETURNING size";
        over = over.saturating_sub(db.prepare_cached(sql)?.query_row([], |row| row.get(0))?);
    }
    Ok(())
}

/// The server has these bytes under this id from now on: they need not be fetched to be shown.
pub fn adopt(db: &Connection, kept_id: &str, file: FileId) -> CacheResult<()> {
    let bytes = kept::all(db, kept_id)?;
    if bytes.is_empty() { Ok(()) } else { put(db, file, &bytes, MOST) }
}

/// Remembers where a file was saved.
pub fn saved(db: &Connection, file: FileId, path: &Path) -> CacheResult<()> {
    if let Some(path) = path.to_str() {
        db.prepare_cached("INSERT OR REPLACE INTO saved (file, path) VALUES (?1, ?2)")?
            .execute(params![file.to_string(), path])?;
    }
    Ok(())
}

/// Where a file was saved last.
pub fn saved_at(db: &Connection, file: FileId) -> CacheResult<Option<PathBuf>> {
    let sql = "SELECT path FROM saved WHERE file = ?1";
    let path: Option<String> =
        db.prepare_cached(sql)?.query_row([file.to_string()], |row| row.get(0)).optional()?;
    Ok(path.map(PathBuf::from))
}
