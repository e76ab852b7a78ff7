//! The handle: opening, writing, reading, closing.

use std::hash::{BuildHasher, Hash, RandomState};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use tokio::sync::{mpsc, oneshot};
use tracing::warn;

pub use super::engine::Location;
use super::engine::{Conn, Purpose};
use super::error::StoreError;
use super::migrate;
use super::reader::{self, ReadOrder};
use super::tx::Tx;
pub use super::writer::WriteStats;
use super::writer::{TypedJob, WriteOrder, Writer};

/// Writes waiting at one writer; beyond it callers wait for a place.
const WRITE_QUEUE: usize = 4_096;
/// Reads waiting for the pool; beyond it callers wait for a place.
const READ_QUEUE: usize = 4_096;

/// How to open a database.
#[derive(Clone, Debug)]
pub struct DbOptions {
    /// Where the data lies.
    pub location: Location,
    /// Write threads for PostgreSQL. SQLite always has one.
    pub writers: usize,
    /// Connections for reading.
    pub readers: usize,
    /// Folder for the copy made before a schema change (SQLite).
    pub snapshots: Option<PathBuf>,
}

impl DbOptions {
    /// The usual numbers for `location`.
    pub fn new(location: Location) -> Self {
        Self { location, writers: 4, readers: 3, snapshots: None }
    }
}

/// Decides which writes are serialised with each other and which may share a transaction.
#[derive(Clone, Copy, Debug)]
pub struct WriteKey {
    hash: u64,
    joins: bool,
}

impl WriteKey {
    /// A write that touches only the rows of one conversation. Shares a commit with others.
    pub fn conversation(id: i64) -> Self {
        Self { hash: id.cast_unsigned(), joins: true }
    }

    /// A write that also touches rows of users, which writes with other keys may touch too. On PostgreSQL it
    /// gets a transaction of its own: two batches locking users in different order would block each other.
    pub fn conversation_and_users(id: i64) -> Self {
        Self { hash: id.cast_unsigned(), joins: false }
    }

    /// A write that touches the rows of one user.
    pub fn user(id: i64) -> Self {
        Self { hash: id.cast_unsigned(), joins: false }
    }
}

/// The database. Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct Db {
    shared: Arc<Shared>,
}

struct Shared {
    writers: Vec<mpsc::Sender<WriteOrder>>,
    reads: mpsc::Sender<ReadOrder>,
    readers: usize,
    threads: Mutex<Vec<JoinHandle<()>>>,
    stats: Arc<WriteStats>,
    joins_all: bool,
    hasher: RandomState,
}

impl Db {
    /// Opens the database, brings its schema up to date and starts the threads.
    ///
    /// Fails with [`StoreError::NewerSchema`] for a database of a newer program.
    pub async fn open(options: DbOptions) -> Result<Self, StoreError> {
        // The PostgreSQL client blocks and may not do so on a thread of the runtime.
        let (reply, answer) = oneshot::channel();
        std::thread::Builder::new()
            .name("hallway-open".into())
            .spawn(move || drop(reply.send(Self::open_blocking(&options))))
            .map_err(no_thread)?;
        answer.await.unwrap_or(Err(StoreError::Panicked))
    }

    fn open_blocking(options: &DbOptions) -> Result<Self, StoreError> {
        let location = &options.location;
        let single = Conn::single_writer(location);
        let mut first = Conn::open(location, Purpose::Write)?;
        migrate::run(&mut first, options.snapshots.as_deref())?;

        let stats = Arc::new(WriteStats::default());
        let mut threads = Vec::new();
        let mut writers = Vec::new();
        let checkpoint = if single { Some(start_checkpoints(location, &mut threads)?) } else { None };
        let mut first = Some(first);
        for index in 0..if single { 1 } else { options.writers.max(1) } {
            let conn = match first.take() {
                Some(conn) => conn,
                None => Conn::open(location, Purpose::Write)?,
            };
            let (sender, orders) = mpsc::channel(WRITE_QUEUE);
            let writer = Writer { conn, orders, stats: Arc::clone(&stats), checkpoint: checkpoint.clone() };
            threads.push(start(format!("hallway-write-{index}"), move || writer.run())?);
            writers.push(sender);
        }
        drop(checkpoint);

        let readers = options.readers.max(1);
        let (reads, orders) = mpsc::channel(READ_QUEUE);
        let orders = Arc::new(Mutex::new(orders));
        for index in 0..readers {
            let conn = Conn::open(location, Purpose::Read)?;
            let orders = Arc::clone(&orders);
            threads.push(start(format!("hallway-read-{index}"), move || reader::run(conn, orders))?);
        }
        let threads = Mutex::new(threads);
        let hasher = RandomState::new();
        Ok(Self {
            shared: Arc::new(Shared { writers, reads, readers, threads, stats, joins_all: single, hasher }),
        })
    }

    /// Runs `job` in a transaction that is on disk when this answers.
    ///
    /// The job may run more than once, each time from the start, and shares its transaction with other jobs;
    /// what it did counts only if it answers `Ok`. Jobs with the same key run and commit in the order of the
    /// calls. Waits while the queue is full.
    pub async fn write<T, E, F>(&self, key: WriteKey, job: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let joins = key.joins || self.shared.joins_all;
        let job = Box::new(TypedJob { job, joins, result: None, reply });
        let writer = self.shared.writer(key).ok_or(StoreError::Closed)?;
        writer.send(WriteOrder::Job(job)).await.map_err(|_| StoreError::Closed)?;
        answer.await.unwrap_or_else(|_| Err(StoreError::Closed.into()))
    }

    /// Runs `job` on a snapshot of the database. Waits while the queue is full.
    pub async fn read<T, E, F>(&self, job: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let order = ReadOrder::Job(reader::read_job(job, reply));
        self.shared.reads.send(order).await.map_err(|_| StoreError::Closed)?;
        answer.await.unwrap_or_else(|_| Err(StoreError::Closed.into()))
    }

    /// Whether all writes go through one writer (SQLite).
    pub fn is_single_writer(&self) -> bool {
        self.shared.joins_all
    }

    /// Counters of the write side.
    pub fn stats(&self) -> &WriteStats {
        &self.shared.stats
    }

    /// Finishes what is queued, then closes. Later calls answer [`StoreError::Closed`].
    pub async fn close(&self) {
        for writer in &self.shared.writers {
            let _ = writer.send(WriteOrder::Stop).await;
        }
        for _ in 0..self.shared.readers {
            let _ = self.shared.reads.send(ReadOrder::Stop).await;
        }
        let threads =
            std::mem::take(&mut *self.shared.threads.lock().unwrap_or_else(PoisonError::into_inner));
        let joined = tokio::task::spawn_blocking(move || {
            for thread in threads {
                if thread.join().is_err() {
                    warn!("a storage thread had panicked");
                }
            }
        });
        let _ = joined.await;
    }
}

impl Shared {
    fn writer(&self, key: WriteKey) -> Option<&mpsc::Sender<WriteOrder>> {
        if let [only] = self.writers.as_slice() {
            return Some(only);
        }
        let spread = self.hasher.hash_one(key.hash);
        let index = usize::try_from(spread.checked_rem(self.writers.len() as u64)?).ok()?;
        self.writers.get(index)
    }
}

/// A key for things that have no number yet, e.g. a conversation about to be made.
impl<T: Hash> From<(&'static str, T)> for WriteKey {
    fn from(name: (&'static str, T)) -> Self {
        use std::hash::{DefaultHasher, Hasher};
        let mut hasher = DefaultHasher::new();
        name.hash(&mut hasher);
        Self { hash: hasher.finish(), joins: false }
    }
}

fn start(name: String, run: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, StoreError> {
    std::thread::Builder::new().name(name).spawn(run).map_err(no_thread)
}

fn no_thread(error: std::io::Error) -> StoreError {
    StoreError::Unavailable(format!("cannot start a thread: {error}"))
}

/// Starts the thread that moves pages from SQLite's log into the database.
fn start_checkpoints(
    location: &Location,
    threads: &mut Vec<JoinHandle<()>>,
) -> Result<std::sync::mpsc::SyncSender<()>, StoreError> {
    let mut conn = Conn::open(location, Purpose::Checkpoint)?;
    let (wake, woken) = std::sync::mpsc::sync_channel(1);
    threads.push(start("hallway-log".into(), move || {
        while woken.recv().is_ok() {
            if let Err(error) = conn.checkpoint() {
                warn!(%error, "checkpoint failed");
            }
        }
    })?);
    Ok(wake)
}
