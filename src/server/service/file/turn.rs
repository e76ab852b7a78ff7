//! One request at a time writes to an upload, and the newest one wins.
//!
//! A client that lost its connection comes back before the server has noticed; the request that still waits for bytes
//! of the dead connection has to make room. Each upload has a turn: whoever comes tells the one before to end and
//! waits until it has noted how far it got.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hallway_protocol::file::FileId;
use ring::digest::Context;
use tokio::sync::{OwnedMutexGuard, watch};

/// The turns of all uploads that were touched since the start.
#[derive(Default)]
pub(super) struct Turns {
    slots: Mutex<HashMap<FileId, Arc<Slot>>>,
}

#[derive(Default)]
struct Slot {
    hashed: Arc<tokio::sync::Mutex<Option<Hashed>>>,
    arrivals: watch::Sender<u64>,
}

/// The hash of the first bytes of an upload, so that they need not be read again.
pub(super) struct Hashed {
    pub length: u64,
    pub hash: Context,
}

/// The right to write to an upload.
pub(super) struct Turn {
    /// What the one before has left.
    pub hashed: OwnedMutexGuard<Option<Hashed>>,
    newer: watch::Receiver<u64>,
}

impl Turns {
    /// Tells whoever writes to end, and waits for that.
    pub async fn take(&self, id: FileId) -> Turn {
        let slot = Arc::clone(self.lock().entry(id).or_default());
        slot.arrivals.send_modify(|count| *count = count.wrapping_add(1));
        let newer = slot.arrivals.subscribe();
        Turn { hashed: Arc::clone(&slot.hashed).lock_owned().await, newer }
    }

    /// The turn, if nobody has it.
    pub fn try_take(&self, id: FileId) -> Option<Turn> {
        let slot = Arc::clone(self.lock().entry(id).or_default());
        let newer = slot.arrivals.subscribe();
        Some(Turn { hashed: Arc::clone(&slot.hashed).try_lock_owned().ok()?, newer })
    }

    /// The upload is over.
    pub fn forget(&self, id: FileId) {
        self.lock().remove(&id);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<FileId, Arc<Slot>>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn {
    /// Waits for somebody who wants to go on instead.
    pub async fn newer(&mut self) {
        if self.newer.changed().await.is_err() {
            // The upload is over, and with it everybody who could come.
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ring::digest::SHA256;

    #[tokio::test]
    async fn the_newest_request_wins_and_finds_what_the_one_before_left() {
        let turns = Arc::new(Turns::default());
        let id = FileId::new([1; 16]);
        let mut first = turns.take(id).await;
        assert!(turns.try_take(id).is_none());
        let second = tokio::spawn({
            let turns = Arc::clone(&turns);
            async move { turns.take(id).await.hashed.take().map(|hashed| hashed.length) }
        });
        first.newer().await;
        *first.hashed = Some(Hashed { length: 7, hash: Context::new(&SHA256) });
        drop(first);
        assert_eq!(second.await.unwrap(), Some(7));
        assert!(turns.try_take(id).is_some());
    }
}
