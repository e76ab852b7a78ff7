//! The open connections of this server, signed in or not: how many there are, and how all of them are told
//! that the server stops.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::outbox::{End, Outbox};

/// All open connections.
#[derive(Debug, Default)]
pub struct Connections {
    places: AtomicU32,
    next: AtomicU64,
    open: Mutex<Open>,
    empty: Notify,
}

#[derive(Debug, Default)]
struct Open {
    outboxes: HashMap<u64, Arc<Outbox>>,
    stopping: bool,
}

/// Keeps a connection on the list until it is dropped.
#[derive(Debug)]
pub struct Entry {
    connections: Arc<Connections>,
    number: u64,
}

/// Counts as one connection, from the accepted socket to the end of its WebSocket, until it is dropped.
#[derive(Debug)]
pub struct Place(Arc<Connections>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.places.fetch_sub(1, Relaxed);
    }
}

impl Connections {
    /// A place for one more socket; `None` when `max` are taken. 0 stands for any number.
    pub fn place(self: &Arc<Self>, max: u32) -> Option<Place> {
        let taken = self.places.fetch_add(1, Relaxed);
        let place = Place(Arc::clone(self));
        (max == 0 || taken < max).then_some(place)
    }

    /// Adds a connection. After [`Connections::stop`] it is told to end at once.
    pub fn add(self: &Arc<Self>, outbox: Arc<Outbox>) -> Entry {
        let number = self.next.fetch_add(1, Relaxed);
        let mut open = self.lock();
        if open.stopping {
            outbox.end(End::Closing);
        }
        open.outboxes.insert(number, outbox);
        Entry { connections: Arc::clone(self), number }
    }

    /// Tells every connection, and every later one, that the server stops.
    pub fn stop(&self) {
        let mut open = self.lock();
        open.stopping = true;
        for outbox in open.outboxes.values() {
            outbox.end(End::Closing);
        }
    }

    /// Waits until no connection is left.
    pub async fn drained(&self) {
        loop {
            let empty = self.empty.notified();
            if self.lock().outboxes.is_empty() {
                return;
            }
            empty.await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        let mut open = self.connections.lock();
        open.outboxes.remove(&self.number);
        if open.outboxes.is_empty() {
            self.connections.empty.notify_waiters();
        }
    }
}
