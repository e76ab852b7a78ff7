//! A thread with one connection that runs jobs in their order, and looks after the database while there are none.

use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::{self, JoinHandle};

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::oneshot;

use super::{CacheError, CacheResult};

/// What a commit has to outlive.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Durability {
    /// The program: the system has it.
    Program,
    /// A power cut: the disk has it.
    Power,
}

/// Something to do while there are no jobs, in a transaction of its own; false when there is nothing left.
pub(super) type Idle = fn(&Connection) -> CacheResult<bool>;

type Job = Box<dyn FnOnce(&mut Connection) + Send>;

enum Order {
    Run(Job),
    Close(oneshot::Sender<()>),
}

/// Sends jobs to the thread. The thread ends with the last handle, which waits for it: a connection that is
/// still open while the process ends would use the cipher library after that has cleaned up behind itself.
#[derive(Clone)]
pub(super) struct Worker {
    line: Arc<Line>,
}

struct Line {
    orders: Mutex<Option<mpsc::Sender<Order>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Line {
    fn send(&self, order: Order) -> CacheResult<()> {
        let orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        orders.as_ref().and_then(|orders| orders.send(order).ok()).ok_or(CacheError::Closed)
    }

    /// Waits until the thread has ended, unless it is the one that asks.
    fn join(&self) {
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread.filter(|thread| thread.thread().id() != thread::current().id()) {
            // A thread that panicked has closed its connection too.
            let _ = thread.join();
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        *self.orders.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.join();
    }
}

impl Worker {
    pub fn start(name: &str, mut connection: Connection, idle: Option<Idle>) -> CacheResult<Self> {
        let (orders, queue) = mpsc::channel::<Order>();
        let thread = thread::Builder::new()
            .name(name.to_owned())
            .stack_size(512 * 1024)
            .spawn(move || {
                // Each job may leave something to do.
                let mut to_do = idle;
                loop {
                    let order = match to_do {
                        Some(_) => queue.try_recv().map_err(|error| error == mpsc::TryRecvError::Empty),
                        None => queue.recv().map_err(|_| false),
                    };
                    let order = match (order, to_do) {
                        (Ok(order), _) => order,
                        (Err(true), Some(work)) => {
                            to_do.take_if(|_| !in_idle_time(&mut connection, work));
                            continue;
                        }
                        (Err(_), _) => return,
                    };
                    match order {
                        Order::Run(job) => {
                            job(&mut connection);
                            to_do = idle;
                        }
                        Order::Close(done) => {
                            drop(connection);
                            let _ = done.send(());
                            return;
                        }
                    }
                }
            })
            .map_err(|_| CacheError::Closed)?;
        let line = Line { orders: Mutex::new(Some(orders)), thread: Mutex::new(Some(thread)) };
        Ok(Self { line: Arc::new(line) })
    }

    /// The job is on its way to the thread before this is first polled to wait; dropping the future does not
    /// take it back.
    pub async fn transact<T: Send + 'static>(
        &self,
        durability: Durability,
        job: impl FnOnce(&Connection) -> CacheResult<T> + Send + 'static,
    ) -> CacheResult<T> {
        let (answer, wait) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            let _ = answer.send(transaction(connection, durability, job));
        });
        self.line.send(Order::Run(job))?;
        wait.await.map_err(|_| CacheError::Closed)?
    }

    pub async fn close(&self) {
        let (done, wait) = oneshot::channel();
        if self.line.send(Order::Close(done)).is_ok() {
            let _ = wait.await;
            // It has closed its connection and has nothing left to do.
            self.line.join();
        }
    }
}

/// Whether there is more to do.
fn in_idle_time(connection: &mut Connection, work: Idle) -> bool {
    let done = transaction(connection, Durability::Program, work);
    done.unwrap_or_else(|error| {
        crate::log::error!(%error, "looking after the local copy failed");
        false
    })
}

fn transaction<T>(
    connection: &mut Connection,
    durability: Durability,
    job: impl FnOnce(&Connection) -> CacheResult<T>,
) -> CacheResult<T> {
    // A readonly connection begins without the write lock and ends without a commit to wait for.
    let behaviour = if connection.is_readonly("main")? || query_only(connection)? {
        TransactionBehavior::Deferred
    } else {
        TransactionBehavior::Immediate
    };
    if durability == Durability::Power {
        connection.execute_batch("PRAGMA synchronous = FULL")?;
    }
    let result = (|| {
        let transaction = connection.transaction_with_behavior(behaviour)?;
        let value = job(&transaction)?;
        transaction.commit()?;
        Ok(value)
    })();
    if durability == Durability::Power {
        connection.execute_batch("PRAGMA synchronous = NORMAL")?;
    }
    result
}

fn query_only(connection: &Connection) -> CacheResult<bool> {
    Ok(connection.pragma_query_value(None, "query_only", |row| row.get::<_, i64>(0))? != 0)
}
