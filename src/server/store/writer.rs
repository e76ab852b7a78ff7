//! Group commit: whatever waits at a writer shares one transaction and one fsync.
//!
//! A writer never waits for company. It takes the first job and everything else already queued, commits, and
//! while the disk works the next batch gathers by itself: alone a job commits at once, under load batches grow.
//!
//! Batches are run optimistically, without savepoints, because a refused job has normally only read so far and
//! leaves nothing to undo. If a job fails after it wrote, everything is rolled back and the batch runs again
//! *carefully*, with a savepoint around each job, so that the failing one takes nobody along; what a job answers
//! then is its answer. (So a job may guess, fail, and know better in its second run.) If the engine
//! reports a conflict (PostgreSQL: deadlock, serialisation), the jobs run again *alone*, each in a transaction
//! of its own, with growing pauses. Jobs are `FnMut` for this reason.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tracing::{error, warn};

use super::engine::{CHECKPOINT_PAGES, CHECKPOINT_PAGES_FORCED, Conn};
use super::error::StoreError;
use super::tx::{Effect, Tx};

/// Most jobs in one transaction: bounds how long the first one waits for the last.
const BATCH_MAX: usize = 256;
/// How often a conflicting job is repeated before it fails with [`StoreError::Busy`].
const ATTEMPTS_MAX: u32 = 6;

/// Counters of the write side since the start.
#[derive(Default)]
pub struct WriteStats {
    /// Transactions committed.
    pub commits: AtomicU64,
    /// Jobs in them.
    pub jobs: AtomicU64,
    /// Batches that had to run again.
    pub reruns: AtomicU64,
}

/// A job whose types are hidden from the writer.
pub(super) trait WriteJob: Send {
    /// Runs it. `Err` when it refused or failed; the reason stays inside.
    fn run(&mut self, tx: &mut Tx<'_>) -> Result<(), ()>;
    /// Answers with the result of the last run.
    fn answer(self: Box<Self>);
    /// Answers with an error of the engine.
    fn fail(self: Box<Self>, error: StoreError);
    /// Whether it may share a transaction with others.
    fn joins(&self) -> bool;
}

/// The job as the caller wrote it.
pub(super) struct TypedJob<T, E, F> {
    pub(super) job: F,
    pub(super) joins: bool,
    pub(super) result: Option<Result<T, E>>,
    pub(super) reply: oneshot::Sender<Result<T, E>>,
}

impl<T, E, F> WriteJob for TypedJob<T, E, F>
where
    T: Send,
    E: From<StoreError> + Send,
    F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send,
{
    fn run(&mut self, tx: &mut Tx<'_>) -> Result<(), ()> {
        let result = (self.job)(tx);
        let ok = if result.is_ok() { Ok(()) } else { Err(()) };
        self.result = Some(result);
        ok
    }

    fn answer(self: Box<Self>) {
        let result = self.result.unwrap_or_else(|| Err(StoreError::Panicked.into()));
        // Nobody waits any more: the write stands all the same.
        let _ = self.reply.send(result);
    }

    fn fail(self: Box<Self>, error: StoreError) {
        let _ = self.reply.send(Err(error.into()));
    }

    fn joins(&self) -> bool {
        self.joins
    }
}

/// What a writer's queue carries.
pub(super) enum WriteOrder {
    Job(Box<dyn WriteJob>),
    /// Finish what came before and end.
    Stop,
}

/// How one job's run ended.
enum Ran {
    Done(Vec<Effect>),
    /// It refused before it changed anything.
    Refused,
    /// It failed and the transaction is not clean any more.
    Dirty(StoreError),
}

fn run_one(conn: &mut Conn, job: &mut dyn WriteJob) -> Ran {
    let mut tx = Tx::new(conn);
    let outcome = catch_unwind(AssertUnwindSafe(|| job.run(&mut tx)));
    let untouched = tx.untouched();
    let (effects, failure) = tx.into_parts();
    match outcome {
        Ok(Ok(())) if failure.is_none() => Ran::Done(effects),
        Ok(Err(())) if untouched => Ran::Refused,
        Ok(_) => Ran::Dirty(failure.unwrap_or_else(|| StoreError::Statement("the job gave up".into()))),
        Err(_) => Ran::Dirty(StoreError::Panicked),
    }
}

/// Why a batch did not commit.
enum Failed {
    /// A job failed after it wrote: run again with savepoints.
    Careful,
    /// The engine wants the transactions one by one.
    Alone,
    /// Nothing can be written.
    All(StoreError),
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        if error.is_conflict() { Self::Alone } else { Self::All(error) }
    }
}

/// One write thread: a connection, its queue, and the thread that keeps the log short.
pub(super) struct Writer {
    pub(super) conn: Conn,
    pub(super) orders: mpsc::Receiver<WriteOrder>,
    pub(super) stats: Arc<WriteStats>,
    /// Woken when the write-ahead log has grown (SQLite).
    pub(super) checkpoint: Option<std::sync::mpsc::SyncSender<()>>,
}

impl Writer {
    /// Works until told to stop.
    pub(super) fn run(mut self) {
        let mut batch: Vec<Box<dyn WriteJob>> = Vec::new();
        // A job that may not share its transaction and was found while gathering others.
        let mut solo = None;
        let mut open = true;
        while open || solo.is_some() {
            match solo.take() {
                Some(job) => batch.push(job),
                None => match self.orders.blocking_recv() {
                    Some(WriteOrder::Job(job)) => batch.push(job),
                    Some(WriteOrder::Stop) | None => break,
                },
            }
            let alone = batch.first().is_some_and(|job| !job.joins());
            while open && !alone && batch.len() < BATCH_MAX {
                match self.orders.try_recv() {
                    Ok(WriteOrder::Job(job)) if job.joins() => batch.push(job),
                    Ok(WriteOrder::Job(job)) => {
                        solo = Some(job);
                        break;
                    }
                    Ok(WriteOrder::Stop) => open = false,
                    Err(_) => break,
                }
            }
            self.commit_batch(&mut batch);
        }
        let _ = self.conn.checkpoint();
    }

    fn commit_batch(&mut self, batch: &mut Vec<Box<dyn WriteJob>>) {
        let mut outcome = self.conn.revive().map_err(Failed::from).and_then(|()| self.optimistic(batch));
        if matches!(outcome, Err(Failed::Careful)) {
            self.stats.reruns.fetch_add(1, Ordering::Relaxed);
            outcome = self.careful(batch);
        }
        match outcome {
            Ok(effects) => self.answer(batch, effects),
            Err(Failed::All(error)) => {
                error!(%error, jobs = batch.len(), "a transaction failed");
                batch.drain(..).for_each(|job| job.fail(error.clone()));
            }
            Err(Failed::Alone | Failed::Careful) => {
                self.stats.reruns.fetch_add(1, Ordering::Relaxed);
                batch.drain(..).for_each(|job| self.alone(job));
            }
        }
        self.look_after_log();
    }

    fn answer(&mut self, batch: &mut Vec<Box<dyn WriteJob>>, effects: Vec<Vec<Effect>>) {
        self.stats.commits.fetch_add(1, Ordering::Relaxed);
        self.stats.jobs.fetch_add(batch.len() as u64, Ordering::Relaxed);
        for (job, effects) in batch.drain(..).zip(effects) {
            run_effects(effects);
            job.answer();
        }
    }

    /// All jobs in one transaction, undone as a whole when one of them leaves a mess.
    fn optimistic(&mut self, batch: &mut [Box<dyn WriteJob>]) -> Result<Vec<Vec<Effect>>, Failed> {
        self.conn.begin()?;
        let mut effects = Vec::with_capacity(batch.len());
        for job in batch.iter_mut() {
            match run_one(&mut self.conn, job.as_mut()) {
                Ran::Done(left) => effects.push(left),
                Ran::Refused => effects.push(Vec::new()),
                Ran::Dirty(error) => {
                    let aborted = self.conn.is_aborted();
                    self.conn.rollback()?;
                    return Err(if error.is_conflict() {
                        Failed::Alone
                    } else if aborted {
                        Failed::All(error)
                    } else {
                        Failed::Careful
                    });
                }
            }
        }
        self.finish(effects)
    }

    /// All jobs in one transaction with a savepoint around each.
    fn careful(&mut self, batch: &mut [Box<dyn WriteJob>]) -> Result<Vec<Vec<Effect>>, Failed> {
        self.conn.begin()?;
        let mut effects = Vec::with_capacity(batch.len());
        for job in batch.iter_mut() {
            self.conn.command("SAVEPOINT job")?;
            let mut kept = Vec::new();
            // Twice, because in the optimistic run it may not have had its turn.
            for _ in 0..2 {
                match run_one(&mut self.conn, job.as_mut()) {
                    Ran::Done(left) => kept = left,
                    Ran::Refused => {}
                    Ran::Dirty(error) => {
                        if error.is_conflict() || self.conn.is_aborted() {
                            self.conn.rollback()?;
                            return Err(error.into());
                        }
                        self.conn.command("ROLLBACK TO SAVEPOINT job")?;
                        continue;
                    }
                }
                break;
            }
            effects.push(kept);
            self.conn.command("RELEASE SAVEPOINT job")?;
        }
        self.finish(effects)
    }

    fn finish(&mut self, effects: Vec<Vec<Effect>>) -> Result<Vec<Vec<Effect>>, Failed> {
        match self.conn.commit() {
            Ok(()) => Ok(effects),
            Err(error) => {
                let _ = self.conn.rollback();
                Err(error.into())
            }
        }
    }

    /// One job in a transaction of its own, repeated while it conflicts with other writers.
    fn alone(&mut self, mut job: Box<dyn WriteJob>) {
        for attempt in 0..ATTEMPTS_MAX {
            if attempt > 0 {
                let ceiling = 2_u64.saturating_pow(attempt).saturating_mul(2);
                std::thread::sleep(Duration::from_millis(jitter(ceiling)));
            }
            match self.optimistic(std::slice::from_mut(&mut job)) {
                Ok(effects) => return self.answer(&mut vec![job], effects),
                Err(Failed::Alone) => {}
                Err(Failed::Careful) => match self.careful(std::slice::from_mut(&mut job)) {
                    Ok(effects) => return self.answer(&mut vec![job], effects),
                    Err(Failed::Alone | Failed::Careful) => {}
                    Err(Failed::All(error)) => return job.fail(error),
                },
                Err(Failed::All(error)) => return job.fail(error),
            }
        }
        warn!("a write kept conflicting with others");
        job.fail(StoreError::Busy("conflicting writers".into()));
    }

    /// Keeps the write-ahead log short: normally by another thread, which makes no writer wait.
    fn look_after_log(&mut self) {
        let pages = self.conn.log_pages();
        if pages > CHECKPOINT_PAGES_FORCED {
            if let Err(error) = self.conn.checkpoint() {
                warn!(%error, "checkpoint failed");
            }
        } else if pages > CHECKPOINT_PAGES
            && let Some(wake) = &self.checkpoint
        {
            // Full means it is at work already.
            let _ = wake.try_send(());
        }
    }
}

fn run_effects(effects: Vec<Effect>) {
    for effect in effects {
        if catch_unwind(AssertUnwindSafe(effect)).is_err() {
            error!("an effect after a commit panicked");
        }
    }
}

/// A number from 1 to `ceiling`, different from thread to thread.
fn jitter(ceiling: u64) -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(ceiling) % ceiling.max(1) + 1
}
