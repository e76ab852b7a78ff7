//! Storage: one set of SQL for SQLite and PostgreSQL.
//!
//! Why of its own: rules (`service`) must not know which engine holds the rows, and every write of every
//! connection has to meet in one place to share a commit. The way in:
//!
//! * [`db`]: [`Db`], the handle. `db.write(key, job)` and `db.read(job)`; jobs are closures on [`Tx`].
//! * [`tx`]: what a job can do: run statements, read rows, leave effects for after the commit.
//! * `writer`: group commit. `reader`: the pool for reads.
//! * [`engine`]: the only file in which the two engines differ. [`migrate`]: the numbered schema files.
//! * [`value`]: parameters and columns. [`error`]: what can go wrong.
//!
//! All other modules here are one domain each: the SQL of that domain and nothing else.

pub mod annotation;

pub mod chore;
pub mod combined;
pub mod console;
pub mod conv_group;
pub mod conversation;
pub mod db;
pub mod engine;
pub mod error;
pub mod file;
pub mod group;
pub mod message;
pub mod migrate;
mod reader;
pub mod retention;
pub mod search;
pub mod server;
pub mod session;
pub mod setting;
pub mod tx;
pub mod user;
pub mod user_log;
pub mod value;
mod writer;

#[cfg(test)]
pub(crate) mod test_engine;
#[cfg(test)]
mod tests;

pub use db::{Db, DbOptions, Location, WriteKey};
pub use error::StoreError;
pub use tx::Tx;
pub use value::{Row, Value};
