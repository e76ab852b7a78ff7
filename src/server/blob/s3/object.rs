//! Reading an object, in order mostly: what was fetched and not taken yet is kept.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures_util::future::BoxFuture;

use super::super::BlobReader;
use super::wire::Wire;

/// Bytes that are fetched together.
pub(super) const AHEAD: usize = 1024 * 1024;

/// See the module.
pub(super) struct Object {
    wire: Arc<Wire>,
    name: String,
    size: u64,
    ahead: Mutex<(u64, Bytes)>,
}

impl Object {
    pub fn new(wire: Arc<Wire>, name: String, size: u64) -> Self {
        Self { wire, name, size, ahead: Mutex::default() }
    }

    /// What is here of the bytes from `offset` on.
    fn here(&self, offset: u64, most: usize) -> Option<Bytes> {
        let ahead = self.ahead.lock().unwrap_or_else(PoisonError::into_inner);
        let from = usize::try_from(offset.checked_sub(ahead.0)?).ok()?;
        let end = from.checked_add(most)?.min(ahead.1.len());
        (from < end).then(|| ahead.1.slice(from..end))
    }
}

impl BlobReader for Object {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(self: Arc<Self>, offset: u64, most: usize) -> BoxFuture<'static, io::Result<Bytes>> {
        Box::pin(async move {
            if offset >= self.size || most == 0 {
                return Ok(Bytes::new());
            }
            if let Some(bytes) = self.here(offset, most) {
                return Ok(bytes);
            }
            // Whoever takes large pieces gets them with one request each.
            let wanted = most.max(AHEAD) as u64;
            let last = offset.saturating_add(wanted).min(self.size).saturating_sub(1);
            let fetched = self.wire.get(&self.name, offset, last).await?;
            *self.ahead.lock().unwrap_or_else(PoisonError::into_inner) = (offset, fetched);
            Ok(self.here(offset, most).unwrap_or_default())
        })
    }
}
