//! What nobody needs any more, and what a crash left half done. Runs once in a while, in bounded steps.

use std::time::Duration;

use hallway_protocol::file::FileId;
use tokio::time::MissedTickBehavior;
use tracing::{info, warn};

use super::{Files, Refusal, blocking};
use crate::store::{StoreError, WriteKey, file};

/// How often.
const EVERY: Duration = Duration::from_secs(3600);
/// Rows per step.
const STEP: u32 = 200;
/// Steps per round and job; the rest waits for the next round.
const STEPS: u32 = 50;

/// What a round has removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Uploads that nobody went on with.
    pub uploads: usize,
    /// Files that no message refers to.
    pub files: usize,
    /// Contents that no file has.
    pub contents: usize,
}

impl Files {
    /// Sweeps now and then, for ever.
    pub async fn sweep_for_ever(self) {
        let mut every = tokio::time::interval(EVERY);
        every.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            every.tick().await;
            match self.sweep().await {
                Ok(swept) if swept == Swept::default() => {}
                Ok(Swept { uploads, files, contents }) => info!(uploads, files, contents, "swept files"),
                Err(Refusal::Stopping) => return,
                Err(_) => warn!("files could not be swept; tried again later"),
            }
        }
    }

    /// One round.
    pub async fn sweep(&self) -> Result<Swept, Refusal> {
        let before = self.inner.core.clock.now().saturating_sub(self.inner.keep_seconds);
        self.mend().await?;
        let mut swept = Swept::default();
        for _ in 0..STEPS {
            let removed = self.drop_uploads(before).await?;
            swept.uploads = swept.uploads.saturating_add(removed);
            let job = move |tx: &mut crate::store::Tx<'_>| file::drop_unused(tx, before, STEP);
            let removed_files = self.inner.core.db.write(WriteKey::user(0), job).await;
            let removed_files = removed_files.map_err(|error: StoreError| error)?;
            swept.files = swept.files.saturating_add(removed_files);
            let contents = self.drop_contents().await?;
            swept.contents = swept.contents.saturating_add(contents);
            if (removed, removed_files, contents) == (0, 0, 0) {
                break;
            }
        }
        Ok(swept)
    }

    /// Bytes whose upload is complete go to the store, those whose upload is gone go away.
    async fn mend(&self) -> Result<(), Refusal> {
        let partials = self.inner.storage.partials.clone();
        let mut there = blocking(move || partials.all()).await?;
        if let Some(incoming) = &self.inner.storage.incoming {
            there.extend(incoming.all().await?);
        }
        for id in there {
            let _work = self.work()?;
            let (upload, complete) = self
                .inner
                .core
                .db
                .read(move |tx| Ok::<_, StoreError>((file::upload(tx, id)?, file::load(tx, id)?)))
                .await?;
            match (upload, complete) {
                (Some(_), _) => {}
                (None, Some(row)) => self.settle(&row).await?,
                (None, None) => self.remove_bytes(id).await?,
            }
        }
        Ok(())
    }

    async fn drop_uploads(&self, before: i64) -> Result<usize, Refusal> {
        let db = &self.inner.core.db;
        let stale =
            db.read(move |tx| file::stale_uploads(tx, before, STEP)).await.map_err(|e: StoreError| e)?;
        let mut removed = 0usize;
        for id in stale {
            let _work = self.work()?;
            // Somebody writes to it right now.
            let Some(_turn) = self.inner.turns.try_take(id) else { continue };
            let row = db.read(move |tx| file::upload(tx, id)).await.map_err(|error: StoreError| error)?;
            let Some(row) = row.filter(|row| row.touched < before) else { continue };
            if row.attempt.is_some() {
                // First, as its parts are known by the row only.
                self.discard(&row).await?;
            }
            let job = move |tx: &mut crate::store::Tx<'_>| file::remove_stale_upload(tx, id, before);
            if db.write(WriteKey::user(0), job).await.map_err(|error: StoreError| error)? {
                self.remove_bytes(id).await?;
                removed = removed.saturating_add(1);
                self.inner.turns.forget(id);
            }
        }
        Ok(removed)
    }

    /// Removes what no row knows of.
    async fn remove_bytes(&self, id: FileId) -> Result<(), Refusal> {
        let storage = &self.inner.storage;
        let partials = storage.partials.clone();
        blocking(move || partials.remove(id)).await?;
        if let Some(incoming) = &storage.incoming {
            incoming.discard(id, "").await?;
        }
        Ok(())
    }

    async fn drop_contents(&self) -> Result<usize, Refusal> {
        let db = &self.inner.core.db;
        let unused = db.read(|tx| file::unused_blobs(tx, STEP)).await.map_err(|error: StoreError| error)?;
        let mut removed = 0usize;
        for hash in unused {
            let _work = self.work()?;
            // Nothing comes in meanwhile: looked at again, removed, and only then forgotten.
            let _keeping = self.keeping(&hash).await;
            if db.read(move |tx| file::is_unused(tx, &hash)).await.map_err(|error: StoreError| error)? {
                self.inner.storage.store.remove(hash).await?;
                let job = move |tx: &mut crate::store::Tx<'_>| file::forget_blob(tx, &hash);
                db.write(WriteKey::user(0), job).await.map_err(|error: StoreError| error)?;
                removed = removed.saturating_add(1);
            }
        }
        Ok(removed)
    }
}
