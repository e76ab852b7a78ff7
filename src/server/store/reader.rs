//! The pool for reads: each job gets a snapshot of its own on one of several connections.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{mpsc, oneshot};
use tracing::warn;

use super::engine::Conn;
use super::error::StoreError;
use super::tx::Tx;

/// A read whose types are hidden from the pool. Given a connection, or the reason why there is none.
pub(super) type ReadJob = Box<dyn FnOnce(Result<&mut Conn, StoreError>) + Send>;

/// What the pool's queue carries.
pub(super) enum ReadOrder {
    Job(ReadJob),
    /// One thread ends.
    Stop,
}

/// Wraps a closure so that it runs in a transaction and answers through `reply`.
pub(super) fn read_job<T, E, F>(job: F, reply: oneshot::Sender<Result<T, E>>) -> ReadJob
where
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
    F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
{
    Box::new(move |conn| {
        let result = match conn {
            Ok(conn) => in_snapshot(conn, job),
            Err(error) => Err(error.into()),
        };
        let _ = reply.send(result);
    })
}

fn in_snapshot<T, E: From<StoreError>>(
    conn: &mut Conn,
    job: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
) -> Result<T, E> {
    conn.begin()?;
    let result = catch_unwind(AssertUnwindSafe(|| job(&mut Tx::new(conn))));
    if let Err(error) = conn.rollback() {
        warn!(%error, "a read transaction did not end");
    }
    result.unwrap_or_else(|_| Err(StoreError::Panicked.into()))
}

/// One thread of the pool.
pub(super) fn run(mut conn: Conn, orders: Arc<Mutex<mpsc::Receiver<ReadOrder>>>) {
    loop {
        // Held while waiting: the others queue up for the lock, which is the same as queueing for a job.
        let order = orders.lock().unwrap_or_else(PoisonError::into_inner).blocking_recv();
        match order {
            Some(ReadOrder::Job(job)) => match conn.revive() {
                Ok(()) => job(Ok(&mut conn)),
                Err(error) => job(Err(error)),
            },
            Some(ReadOrder::Stop) | None => return,
        }
    }
}
