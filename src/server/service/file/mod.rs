//! Files behind messages: how they come in, who may refer to them, who may fetch them, and when they go.
//!
//! ```text
//! ticket ──▶ begin ──▶ append … append ──▶ complete: content kept by its hash, file named by the upload's id
//!                                             │
//! message.send ── may the sender refer to it? ┴▶ reference (message → file), in the message's own transaction
//! file.link ── may the caller read such a message? ──▶ link ──▶ asked again ──▶ bytes
//! recall ── reference gone ──▶ after some days file gone ──▶ content gone when no other file has it
//! ```
//!
//! * `upload`: from the first byte to the last, through the server; `direct`: the same through a bucket; `turn`: one request at a
//!   time writes to an upload; `complete`: what it becomes.
//! * `fetch`: tickets, links, opening. [`mod@reference`]: what sending and recalling have to do with files.
//! * `sweep`: what nobody needs any more, and what a crash left half done.
//!
//! A content is stored once, but that is nobody's business: to get a file one uploads all of it, or reads a message
//! that refers to it. A hash is never accepted in place of the bytes. See `docs/files.md`.

mod complete;
mod direct;
mod fetch;
pub mod reference;
mod sweep;
mod turn;
mod upload;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use hallway_protocol::{ChatError, ErrorCode};
use tokio::sync::{MutexGuard, OwnedRwLockReadGuard, RwLock, watch};

use super::core::Core;
use crate::auth::pass::{Holder, Passes};
use crate::blob::{BlobStore, Folder, Incoming, Partials};
use crate::config::{Config, UploadWay};
use crate::store::{Db, StoreError, WriteKey, file, session};

pub use fetch::Opened;
pub use upload::{Checksum, NewUpload, State};

/// How long a ticket for uploads is good.
const TICKET_SECONDS: i64 = 3600;
/// How long a link can be followed.
const LINK_SECONDS: i64 = 600;
/// The key of passes in the database.
const PASS_KEY: &str = "passes";

/// Where the bytes are.
pub struct Storage {
    /// Complete contents.
    pub store: Arc<dyn BlobStore>,
    /// Incomplete uploads, on the same file system as a [`Folder`].
    pub partials: Partials,
    /// Uploads that clients bring into the bucket themselves, where there is one.
    pub incoming: Option<Incoming>,
}

impl Storage {
    /// Both in one directory.
    pub fn folder(root: PathBuf) -> io::Result<Self> {
        let partials = Partials::open(root.join("partial"))?;
        Ok(Self { store: Arc::new(Folder::open(root.join("blobs"))?), partials, incoming: None })
    }
}

/// Why something about a file is not done.
#[derive(Clone, Debug, PartialEq)]
pub enum Refusal {
    /// The ticket or link is not ours, has run out, or its session is over.
    NoPass,
    /// There is no such upload or file, or not for this caller.
    Unknown,
    /// The upload stands at another place.
    Offset(u64),
    /// What arrived is not what was sent.
    Checksum,
    /// The other side broke off, or went on in another request. What arrived is kept.
    Interrupted,
    /// The server stops. What arrived is kept.
    Stopping,
    /// The disk is full. What was acknowledged is kept.
    Full,
    /// Something else failed; it is in the log. What was acknowledged is kept.
    Failed,
    /// A rule says no.
    Rule(ChatError),
}

impl Refusal {
    /// As a client is told.
    pub fn error(self) -> ChatError {
        match self {
            Self::NoPass => ErrorCode::NotLoggedIn.into(),
            Self::Unknown => ErrorCode::FileMissing.into(),
            Self::Offset(_) => {
                ChatError::new(ErrorCode::InvalidParameter).with_message("the upload stands at another place")
            }
            Self::Checksum => {
                ChatError::new(ErrorCode::InvalidParameter).with_message("the sum does not fit")
            }
            Self::Interrupted | Self::Failed => ErrorCode::FileUploadFailed.into(),
            Self::Stopping => ErrorCode::ServiceStopped.into(),
            Self::Full => {
                ChatError::new(ErrorCode::ServiceStopped).with_message("the server cannot store anything now")
            }
            Self::Rule(error) => error,
        }
    }
}

impl From<Refusal> for ChatError {
    fn from(refusal: Refusal) -> Self {
        refusal.error()
    }
}

impl From<ErrorCode> for Refusal {
    fn from(code: ErrorCode) -> Self {
        Self::Rule(code.into())
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Full(_) => Self::Full,
            StoreError::Closed => Self::Stopping,
            error => {
                tracing::error!(%error, "the database failed about a file");
                Self::Failed
            }
        }
    }
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                tracing::error!(%error, "there is no room for files");
                Self::Full
            }
            _ => {
                tracing::error!(%error, "the store of files failed");
                Self::Failed
            }
        }
    }
}

/// All that has to do with files on one server. Cheap to clone.
#[derive(Clone)]
pub struct Files {
    inner: Arc<Inner>,
}

struct Inner {
    core: Arc<Core>,
    passes: Passes,
    storage: Storage,
    is_direct: bool,
    keep_seconds: i64,
    uploads_per_user: i64,
    bytes_per_day: i64,
    turns: turn::Turns,
    /// By the first byte of its hash, held while a content comes into the store or leaves it, so that none leaves that has
    /// just come back. Not one for all: bringing a large one into a bucket takes minutes.
    keeping: [tokio::sync::Mutex<()>; 256],
    running: Arc<RwLock<()>>,
    stopping: watch::Sender<bool>,
}

impl Files {
    /// Opens what there is. The key of passes is made the first time.
    pub async fn open(config: &Config, core: Arc<Core>, storage: Storage) -> Result<Self, StoreError> {
        let fresh =
            crate::auth::random::<32>().map_err(|error| StoreError::Unavailable(error.to_string()))?;
        let key = make_key(&core.db, fresh).await?;
        let settings = &config.files;
        let inner = Inner {
            core,
            passes: Passes::new(&key),
            storage,
            is_direct: settings.upload == UploadWay::S3,
            keep_seconds: i64::from(settings.keep_unsent_days).saturating_mul(24 * 3600),
            uploads_per_user: i64::from(settings.uploads_per_user),
            bytes_per_day: i64::try_from(settings.bytes_per_day).unwrap_or(i64::MAX),
            turns: turn::Turns::default(),
            keeping: std::array::from_fn(|_| tokio::sync::Mutex::default()),
            running: Arc::default(),
            stopping: watch::Sender::new(false),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Most bytes of any file.
    pub fn largest(&self) -> u64 {
        let limits = &self.inner.core.limits;
        [limits.image_bytes, limits.audio_bytes, limits.video_bytes, limits.file_bytes]
            .into_iter()
            .fold(0, u64::max)
    }

    /// Ends uploads where they are and waits until what has arrived is noted. Later ones are refused.
    pub async fn stop(&self) {
        self.inner.stopping.send_replace(true);
        let _ended = self.inner.running.write().await;
    }

    /// Waits until no other content of this hash comes or goes.
    async fn keeping(&self, hash: &file::Hash) -> Option<MutexGuard<'_, ()>> {
        let [first, ..] = *hash;
        match self.inner.keeping.get(usize::from(first)) {
            Some(mutex) => Some(mutex.lock().await),
            None => None,
        }
    }

    /// Bytes until the disk of the incomplete uploads is full.
    #[cfg(test)]
    pub(crate) fn room(&self) -> Arc<std::sync::atomic::AtomicU64> {
        Arc::clone(&self.inner.storage.partials.room)
    }

    /// Unix seconds.
    #[cfg(test)]
    pub(crate) fn now(&self) -> i64 {
        self.inner.core.clock.now()
    }

    /// Held by whatever writes; none when the server stops.
    fn work(&self) -> Result<OwnedRwLockReadGuard<()>, Refusal> {
        if *self.inner.stopping.borrow() {
            return Err(Refusal::Stopping);
        }
        Arc::clone(&self.inner.running).try_read_owned().map_err(|_| Refusal::Stopping)
    }

    /// Whether somebody who is signed in shows this ticket.
    pub async fn check_ticket(&self, ticket: &str) -> Result<(), Refusal> {
        self.ticket_holder(ticket).await.map(|_| ())
    }

    /// Who shows a ticket, if the session is still there.
    async fn ticket_holder(&self, ticket: &str) -> Result<Holder, Refusal> {
        let now = self.inner.core.clock.now();
        let holder = self.inner.passes.read_ticket(ticket, now).ok_or(Refusal::NoPass)?;
        let (user, instance) = (holder.user, holder.instance_id.clone());
        let db = &self.inner.core.db;
        let session = db.read(move |tx| session::instance(tx, user, &instance)).await?;
        let lives = session.is_some_and(|session| session.expires.is_none_or(|expires| expires > now));
        if lives { Ok(holder) } else { Err(Refusal::NoPass) }
    }
}

/// Runs what blocks on a thread for that.
async fn blocking<T: Send + 'static>(job: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    tokio::task::spawn_blocking(job).await.map_err(io::Error::other)?
}

async fn make_key(db: &Db, fresh: [u8; 32]) -> Result<Vec<u8>, StoreError> {
    db.write(WriteKey::from(("secret", PASS_KEY)), move |tx| file::secret(tx, PASS_KEY, &fresh)).await
}
