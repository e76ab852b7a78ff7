//! Uploads, files and their contents, and which message refers to which file.

use hallway_protocol::file::{FileId, FileKind};

use super::error::StoreError;
use super::message::MessageKey;
use super::tx::Tx;
use super::value::Row;
use crate::args;

/// SHA-256 of a content.
pub type Hash = [u8; 32];

/// An upload that is not complete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadRow {
    /// Also the id of the file it becomes.
    pub id: FileId,
    /// Number of the account.
    pub owner: i64,
    /// As what it will be sent.
    pub kind: FileKind,
    /// As its sender named it.
    pub name: String,
    /// Bytes in the end.
    pub size: i64,
    /// Bytes that are on disk for certain.
    pub stored: i64,
    /// Unix seconds of the last byte.
    pub touched: i64,
    /// For an upload that its client brings into the bucket itself: the name of the attempt there, empty when there is none.
    /// None for one that comes through the server.
    pub attempt: Option<String>,
}

/// A complete upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRow {
    /// Its name for messages.
    pub id: FileId,
    /// Number of the account that uploaded it.
    pub owner: i64,
    /// Its content.
    pub hash: Hash,
    /// Bytes.
    pub size: i64,
    /// By its content.
    pub media_type: String,
    /// As its sender named it.
    pub name: String,
    /// Unix seconds.
    pub created: i64,
}

fn id(row: &Row<'_>, column: usize) -> Result<FileId, StoreError> {
    row.get::<&str>(column)?.parse().map_err(|_| StoreError::Corrupt("a file id cannot be read".into()))
}

fn hash(bytes: Vec<u8>) -> Result<Hash, StoreError> {
    bytes.try_into().map_err(|_| StoreError::Corrupt("a hash of the wrong length".into()))
}

/// The key of a name, made from `fresh` the first time.
pub fn secret(tx: &mut Tx<'_>, name: &'static str, fresh: &[u8]) -> Result<Vec<u8>, StoreError> {
    let sql = "INSERT INTO secret (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
    tx.execute(sql, args![name, fresh])?;
    tx.one("SELECT value FROM secret WHERE name = $1", args![name], |row| row.get(0))?
        .ok_or_else(|| StoreError::Corrupt("a key is missing".into()))
}

// --- uploads ---

fn upload_row(row: &Row<'_>) -> Result<UploadRow, StoreError> {
    let kind = FileKind::parse(row.get(2)?);
    Ok(UploadRow {
        id: id(row, 0)?,
        owner: row.get(1)?,
        kind: kind.ok_or_else(|| StoreError::Corrupt("an upload of an unknown kind".into()))?,
        name: row.get(3)?,
        size: row.get(4)?,
        stored: row.get(5)?,
        touched: row.get(6)?,
        attempt: row.get(7)?,
    })
}

/// Notes a new upload.
pub fn add_upload(tx: &mut Tx<'_>, upload: &UploadRow) -> Result<(), StoreError> {
    let UploadRow { id, owner, kind, name, size, stored, touched, attempt } = upload;
    tx.execute(
        "INSERT INTO upload (id, owner, kind, name, size, stored, touched, attempt) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![&id.to_string(), *owner, kind.as_str(), name, *size, *stored, *touched, attempt.as_deref()],
    )
    .map(|_| ())
}

/// An upload that is not complete.
pub fn upload(tx: &mut Tx<'_>, id: FileId) -> Result<Option<UploadRow>, StoreError> {
    let sql = "SELECT id, owner, kind, name, size, stored, touched, attempt FROM upload WHERE id = $1";
    tx.one(sql, args![&id.to_string()], upload_row)
}

/// Notes how far an upload has got; false when there is none any more.
pub fn advance_upload(tx: &mut Tx<'_>, id: FileId, stored: i64, now: i64) -> Result<bool, StoreError> {
    let sql = "UPDATE upload SET stored = $2, touched = $3 WHERE id = $1";
    tx.execute(sql, args![&id.to_string(), stored, now]).map(|rows| rows > 0)
}

/// Notes under which name the parts of an upload come into the bucket; false when there is none any more.
pub fn set_attempt(tx: &mut Tx<'_>, id: FileId, attempt: &str) -> Result<bool, StoreError> {
    let sql = "UPDATE upload SET attempt = $2 WHERE id = $1";
    tx.execute(sql, args![&id.to_string(), attempt]).map(|rows| rows > 0)
}

/// Forgets an upload; whether there was one.
pub fn remove_upload(tx: &mut Tx<'_>, id: FileId) -> Result<bool, StoreError> {
    tx.execute("DELETE FROM upload WHERE id = $1", args![&id.to_string()]).map(|rows| rows > 0)
}

/// How many uploads of a user are not complete.
pub fn unfinished(tx: &mut Tx<'_>, owner: i64) -> Result<i64, StoreError> {
    let sql = "SELECT COUNT(*) FROM upload WHERE owner = $1";
    Ok(tx.one(sql, args![owner], |row| row.get(0))?.unwrap_or(0))
}

/// Bytes that a user has uploaded since a time, those of uploads that are not complete included.
pub fn uploaded_since(tx: &mut Tx<'_>, owner: i64, since: i64) -> Result<i64, StoreError> {
    // A sum of BIGINT is no BIGINT in PostgreSQL.
    let done = "SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM file WHERE owner = $1 AND created > $2";
    let begun = "SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM upload WHERE owner = $1 AND touched > $2";
    let mut sum = |sql| tx.one(sql, args![owner, since], |row| row.get::<i64>(0));
    Ok(sum(done)?.unwrap_or(0).saturating_add(sum(begun)?.unwrap_or(0)))
}

/// Uploads that nobody went on with since `before`, at most `limit`.
pub fn stale_uploads(tx: &mut Tx<'_>, before: i64, limit: u32) -> Result<Vec<FileId>, StoreError> {
    let sql = "SELECT id FROM upload WHERE touched < $1 ORDER BY touched LIMIT $2";
    tx.rows(sql, args![before, limit], |row| id(row, 0))
}

/// Forgets an upload that nobody went on with since `before`; false when somebody did.
pub fn remove_stale_upload(tx: &mut Tx<'_>, id: FileId, before: i64) -> Result<bool, StoreError> {
    let sql = "DELETE FROM upload WHERE id = $1 AND touched < $2";
    tx.execute(sql, args![&id.to_string(), before]).map(|rows| rows > 0)
}

// --- files ---

fn file_row(row: &Row<'_>) -> Result<FileRow, StoreError> {
    Ok(FileRow {
        id: id(row, 0)?,
        owner: row.get(1)?,
        hash: hash(row.get(2)?)?,
        size: row.get(3)?,
        media_type: row.get(4)?,
        name: row.get(5)?,
        created: row.get(6)?,
    })
}

/// A file.
pub fn load(tx: &mut Tx<'_>, id: FileId) -> Result<Option<FileRow>, StoreError> {
    let sql = "SELECT id, owner, hash, size, media_type, name, created FROM file WHERE id = $1";
    tx.one(sql, args![&id.to_string()], file_row)
}

/// An upload has become a file, to which no message refers yet.
pub fn add(tx: &mut Tx<'_>, file: &FileRow) -> Result<(), StoreError> {
    let FileRow { id, owner, hash, size, media_type, name, created } = file;
    tx.execute(
        "INSERT INTO blob (hash, size, is_unused) VALUES ($1, $2, FALSE) \
         ON CONFLICT (hash) DO UPDATE SET is_unused = FALSE",
        args![&hash[..], *size],
    )?;
    tx.execute(
        "INSERT INTO file (id, owner, hash, size, media_type, name, created, unused_since) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7)",
        args![&id.to_string(), *owner, &hash[..], *size, media_type, name, *created],
    )
    .map(|_| ())
}

// --- references ---

/// A message refers to a file; false when the file is gone.
pub fn refer(tx: &mut Tx<'_>, id: FileId, key: MessageKey) -> Result<bool, StoreError> {
    let id = id.to_string();
    // First the file's own row: whoever removes unused files waits for it or is waited for.
    if tx.execute("UPDATE file SET unused_since = NULL WHERE id = $1", args![&id])? == 0 {
        return Ok(false);
    }
    tx.execute(
        "INSERT INTO message_file (file_id, conv_id, seq) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        args![&id, key.conv, key.seq],
    )?;
    Ok(true)
}

/// Whether a message refers to a file.
pub fn refers(tx: &mut Tx<'_>, id: FileId, key: MessageKey) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM message_file WHERE file_id = $1 AND conv_id = $2 AND seq = $3";
    Ok(tx.one(sql, args![&id.to_string(), key.conv, key.seq], |_| Ok(()))?.is_some())
}

/// Messages that refer to a file, in conversations that are on a user's list, the newest first.
pub fn places(tx: &mut Tx<'_>, id: FileId, user: i64, limit: u32) -> Result<Vec<MessageKey>, StoreError> {
    tx.rows(
        "SELECT m.conv_id, m.seq FROM message_file m JOIN user_conv u ON u.conv_id = m.conv_id AND u.user_id = $2 \
         WHERE m.file_id = $1 ORDER BY m.seq DESC LIMIT $3",
        args![&id.to_string(), user, limit],
        |row| Ok(MessageKey { conv: row.get(0)?, seq: row.get(1)? }),
    )
}

/// A message does not refer to any file any more.
pub fn release(tx: &mut Tx<'_>, key: MessageKey, now: i64) -> Result<(), StoreError> {
    release_all(tx, key.conv, key.seq, key.seq, now)
}

/// The same for all messages of a stretch, both ends included.
pub fn release_all(tx: &mut Tx<'_>, conv: i64, from: i64, to: i64, now: i64) -> Result<(), StoreError> {
    let files = tx.rows(
        "SELECT DISTINCT file_id FROM message_file WHERE conv_id = $1 AND seq >= $2 AND seq <= $3 ORDER BY file_id",
        args![conv, from, to],
        |row| row.get::<String>(0),
    )?;
    if files.is_empty() {
        return Ok(());
    }
    tx.execute(
        "DELETE FROM message_file WHERE conv_id = $1 AND seq >= $2 AND seq <= $3",
        args![conv, from, to],
    )?;
    for file in files {
        // First the row itself, as `refer` does: only a statement after that sees what others have written.
        tx.execute("UPDATE file SET unused_since = NULL WHERE id = $1", args![&file])?;
        tx.execute(
            "UPDATE file SET unused_since = $2 WHERE id = $1 \
             AND NOT EXISTS (SELECT 1 FROM message_file m WHERE m.file_id = file.id)",
            args![&file, now],
        )?;
    }
    Ok(())
}

// --- what nobody needs any more ---

/// Forgets files that no message refers to since `before`, at most `limit`, and marks contents that no file has any
/// more; how many.
pub fn drop_unused(tx: &mut Tx<'_>, before: i64, limit: u32) -> Result<usize, StoreError> {
    let sql = "SELECT id, hash FROM file WHERE unused_since < $1 \
               AND NOT EXISTS (SELECT 1 FROM message_file m WHERE m.file_id = file.id) ORDER BY unused_since LIMIT $2";
    let unused: Vec<(String, Vec<u8>)> =
        tx.rows(sql, args![before, limit], |row| Ok((row.get(0)?, row.get(1)?)))?;
    for (id, hash) in &unused {
        tx.execute("DELETE FROM file WHERE id = $1 AND unused_since < $2", args![id, before])?;
        // First the row itself, for which an upload of the same content may wait, or be waited for.
        tx.execute("UPDATE blob SET is_unused = is_unused WHERE hash = $1", args![hash])?;
        tx.execute(
            "UPDATE blob SET is_unused = TRUE WHERE hash = $1 \
             AND NOT EXISTS (SELECT 1 FROM file f WHERE f.hash = blob.hash)",
            args![hash],
        )?;
    }
    Ok(unused.len())
}

/// Contents to be removed, at most `limit`.
pub fn unused_blobs(tx: &mut Tx<'_>, limit: u32) -> Result<Vec<Hash>, StoreError> {
    let sql = "SELECT hash FROM blob WHERE is_unused LIMIT $1";
    tx.rows(sql, args![limit], |row| hash(row.get(0)?))
}

/// Whether a content is still to be removed.
pub fn is_unused(tx: &mut Tx<'_>, hash: &Hash) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM blob WHERE hash = $1 AND is_unused \
               AND NOT EXISTS (SELECT 1 FROM file f WHERE f.hash = blob.hash)";
    Ok(tx.one(sql, args![&hash[..]], |_| Ok(()))?.is_some())
}

/// A content has been removed.
pub fn forget_blob(tx: &mut Tx<'_>, hash: &Hash) -> Result<(), StoreError> {
    let sql = "DELETE FROM blob WHERE hash = $1 AND is_unused \
               AND NOT EXISTS (SELECT 1 FROM file f WHERE f.hash = blob.hash)";
    tx.execute(sql, args![&hash[..]]).map(|_| ())
}
