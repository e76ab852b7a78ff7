//! The local copy: one encrypted SQLite database per account, which holds everything the views show.
//!
//! * [`Cache`]: the handle. Writes run one after the other on a thread of their own, each in one transaction;
//!   reads run on another connection and never wait for a write.
//! * `schema`: the tables and how older ones are brought up to date.
//! * `annotation`, `attachment`, `combined`, `conv`, `heard`, `kept`, `media`, `messages`, `outbox`, `meta`, `people`,
//!   `timeline`, `wish`: reading and writing by subject. They take a
//!   connection and know nothing of threads.
//!
//! Messages are rows of one table, clustered by conversation and place ([`place_key`]); the conversation list has
//! a narrow table of its own, so that drawing it touches no message.

pub mod annotation;
pub mod attachment;
pub mod combined;
pub mod conv;
pub mod heard;
pub mod kept;
#[cfg(feature = "measure")]
pub mod measure;
pub mod media;
pub mod messages;
pub mod meta;
pub mod outbox;
pub mod people;
mod schema;
pub mod search;
#[cfg(test)]
mod tests;
pub mod timeline;
pub mod wish;
mod worker;

use std::path::Path;

use hallway_protocol::{ChatError, ErrorCode};
use rusqlite::Connection;
use zeroize::Zeroizing;

use worker::{Durability, Worker};

/// What can go wrong in the local copy.
#[derive(Debug, thiserror::Error)]
pub enum CacheError {
    /// The database refused.
    #[error("the local copy: {0}")]
    Sql(#[from] rusqlite::Error),
    /// A stored object cannot be read; the text names no content.
    #[error("the local copy holds an object that cannot be read: {0}")]
    Object(#[from] serde_json::Error),
    /// The key does not open the database.
    #[error("the key does not open the local copy")]
    WrongKey,
    /// The copy was written by a newer version.
    #[error("the local copy was written by a newer version ({0})")]
    Newer(i64),
    /// The thread behind the copy is gone.
    #[error("the local copy is closed")]
    Closed,
    /// A refusal of the caller's own.
    #[error("{0}")]
    Refused(ChatError),
}

/// The result of everything in here.
pub type CacheResult<T> = Result<T, CacheError>;

impl From<CacheError> for ChatError {
    /// 2903 with a text, or the caller's own refusal.
    fn from(error: CacheError) -> Self {
        match error {
            CacheError::Refused(error) => error,
            other => ChatError::new(ErrorCode::UnexpectedError).with_message(other.to_string()),
        }
    }
}

/// The highest place there can be.
pub(crate) const PLACE_MAX: u64 = 0xff_ffff_ffff;

/// Reads in rows of a message's place: `conversation << 40 | place`, so that a conversation's messages lie next
/// to each other in order and each is one short key.
pub fn place_key(conv: i64, place: u64) -> i64 {
    conv << 40 | i64::try_from(place & 0xff_ffff_ffff).unwrap_or(0)
}

/// The place in a key of [`place_key`].
pub fn place_of(key: i64) -> u64 {
    u64::try_from(key & 0xff_ffff_ffff).unwrap_or(0)
}

/// The conversation in a key of [`place_key`].
pub fn conv_of(key: i64) -> i64 {
    key >> 40
}

/// Numbers of the database are signed.
pub(crate) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// And back.
pub(crate) fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

/// A handle on the local copy; cheap to clone. The last one closes it.
#[derive(Clone)]
pub struct Cache {
    writer: Worker,
    reader: Worker,
}

impl Cache {
    /// Opens the database at `path`, making or upgrading it. Blocks for some milliseconds.
    pub fn open(path: &Path, key: &Zeroizing<[u8; 32]>) -> CacheResult<Self> {
        let mut connection = schema::open(path, key)?;
        schema::migrate(&mut connection)?;
        kept::sweep(&connection)?;
        let reader = schema::open(path, key)?;
        reader.execute_batch("PRAGMA query_only = ON")?;
        Ok(Self {
            writer: Worker::start("hallway-write", connection, Some(search::tend))?,
            reader: Worker::start("hallway-read", reader, None)?,
        })
    }

    /// Runs `job` in one transaction. Survives the end of the program at once, a power cut a little later.
    pub async fn write<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Connection) -> CacheResult<T> + Send + 'static,
    ) -> CacheResult<T> {
        self.writer.transact(Durability::Program, job).await
    }

    /// Runs `job` in one transaction that is on disk when this returns: for what exists nowhere else.
    pub async fn write_durably<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Connection) -> CacheResult<T> + Send + 'static,
    ) -> CacheResult<T> {
        self.writer.transact(Durability::Power, job).await
    }

    /// Runs `job` on one state of the copy, without waiting for writes.
    pub async fn read<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Connection) -> CacheResult<T> + Send + 'static,
    ) -> CacheResult<T> {
        self.reader.transact(Durability::Program, job).await
    }

    /// Waits until both threads have let go of the files.
    pub async fn close(self) {
        self.reader.close().await;
        self.writer.close().await;
    }
}
