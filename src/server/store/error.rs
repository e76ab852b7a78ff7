//! What can go wrong in storage, sorted by what the caller can do about it.

use thiserror::Error;

/// A failure of the storage engine. Texts are for logs; people get the spec's code made from the variant.
#[derive(Clone, Debug, Error)]
pub enum StoreError {
    /// Two transactions wanted the same rows; repeated several times without success. Try again later.
    #[error("the database is too busy: {0}")]
    Busy(String),
    /// The disk is full or the file system is read only. Nothing was stored.
    #[error("the database cannot grow: {0}")]
    Full(String),
    /// The disk or the connection to the database failed. Whether a write was stored is not known; all writes
    /// of this server may be repeated.
    #[error("the database cannot be reached: {0}")]
    Unavailable(String),
    /// The file is damaged.
    #[error("the database is damaged: {0}")]
    Corrupt(String),
    /// A row broke a constraint: a mistake in this program unless a caller expects it.
    #[error("a constraint was broken: {0}")]
    Constraint(String),
    /// A statement or a column did not fit: a mistake in this program.
    #[error("the statement failed: {0}")]
    Statement(String),
    /// A job panicked. Its changes were rolled back.
    #[error("a storage job panicked")]
    Panicked,
    /// The database was closed.
    #[error("the database is closed")]
    Closed,
    /// The database was written by a newer program.
    #[error(
        "the database has schema {found}, this program knows up to {known}; start the newer program again or \
         restore a backup made by this one"
    )]
    NewerSchema {
        /// Version found in the database.
        found: i64,
        /// Highest version this program knows.
        known: i64,
    },
}

impl StoreError {
    /// Whether running the same job again at once, in a new transaction, may succeed.
    pub(crate) fn is_conflict(&self) -> bool {
        matches!(self, Self::Busy(_))
    }
}
