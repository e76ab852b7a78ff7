//! Where the bytes of files are: stores that know contents by their SHA-256 and nothing else.
//!
//! Who may have which content is decided by `service::file`; who sent what under which name is in the database.
//! [`Folder`] keeps contents in a directory, [`S3`] in a bucket. Uploads through the server that are not complete lie in a directory of
//! their own on its disk ([`Partials`]), whatever store they end up in; those that clients bring into the bucket themselves are there
//! from the first byte ([`Incoming`]).
//!
//! [`media`]: what a content is, by looking at it.

pub mod folder;
pub mod media;
mod partial;
pub mod s3;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::BoxFuture;

pub use folder::Folder;
pub use partial::{Partial, Partials};
pub use s3::{Incoming, S3};

use crate::store::file::Hash;

/// Keeps contents by their SHA-256.
pub trait BlobStore: Send + Sync + 'static {
    /// Takes over the complete file at `path`, whose content has this hash and is on disk. What was kept under the
    /// hash before is replaced by the same content. When this answers, it is kept for good and `path` is gone.
    fn keep(&self, path: PathBuf, hash: Hash) -> BoxFuture<'_, io::Result<()>>;

    /// Opens a content for reading; [`io::ErrorKind::NotFound`] when it is not there.
    fn open(&self, hash: Hash) -> BoxFuture<'_, io::Result<Arc<dyn BlobReader>>>;

    /// Removes a content; fine when it is not there.
    fn remove(&self, hash: Hash) -> BoxFuture<'_, io::Result<()>>;
}

/// An open content.
pub trait BlobReader: Send + Sync + 'static {
    /// Bytes.
    fn size(&self) -> u64;

    /// The bytes from `offset` on, `most` of them at most; none at the end.
    fn read_at(self: Arc<Self>, offset: u64, most: usize) -> BoxFuture<'static, io::Result<Bytes>>;
}

/// Runs what blocks on a thread for that.
async fn blocking<T: Send + 'static>(job: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    tokio::task::spawn_blocking(job).await.map_err(io::Error::other)?
}
