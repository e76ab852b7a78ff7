//! What an upload becomes, whichever way its bytes came: a file, whose content is in the store under its hash. Or nothing.
//!
//! The file is noted first and its content moved then. Should the server die in between, [`Files::settle`] moves it, for the next
//! who asks and for the next round of `sweep`.

use bytes::Bytes;
use hallway_protocol::file::FileId;
use tracing::{debug, info};

use super::{Files, Refusal, blocking};
use crate::blob::media;
use crate::server::BY_THE_SERVER;
use crate::store::file::{self, FileRow, Hash, UploadRow};
use crate::store::{StoreError, Tx, WriteKey};

/// An upload as its owner finds it.
pub(super) enum Found {
    Open(UploadRow),
    Complete(FileRow),
}

impl Files {
    /// An upload of this owner.
    pub(super) async fn find_any(&self, owner: i64, id: FileId) -> Result<Found, Refusal> {
        let (open, complete) = self
            .inner
            .core
            .db
            .read(move |tx| Ok::<_, StoreError>((file::upload(tx, id)?, file::load(tx, id)?)))
            .await?;
        match (open, complete) {
            (Some(row), _) if row.owner == owner => Ok(Found::Open(row)),
            (None, Some(row)) if row.owner == owner => Ok(Found::Complete(row)),
            _ => Err(Refusal::Unknown),
        }
    }

    /// All bytes of an upload are there. 2252 or 2352 when they are not what they are to be sent as; the upload is gone then.
    pub(super) async fn become_file(
        &self,
        row: &UploadRow,
        content: Hash,
        head: &[u8],
    ) -> Result<(), Refusal> {
        let media_type = media::media_type(head);
        if let Err(code) = media::check(row.kind, media_type) {
            debug!(upload = %row.id, media_type, "not what it is to be sent as");
            self.give_up(row).await?;
            return Err(code.into());
        }
        let new = FileRow {
            id: row.id,
            owner: row.owner,
            hash: content,
            size: row.size,
            media_type: media_type.to_owned(),
            name: row.name.clone(),
            created: self.inner.core.clock.now(),
        };
        let kept = new.clone();
        let _keeping = self.keeping(&content).await;
        let became = self.inner.core.db.write(WriteKey::user(row.owner), move |tx| {
            let was_there = file::remove_upload(tx, new.id)?;
            if was_there {
                file::add(tx, &new)?;
            }
            Ok(was_there)
        });
        if !became.await.map_err(|error: StoreError| error)? {
            return Err(Refusal::Unknown);
        }
        self.move_in(&kept).await?;
        info!(file = %kept.id, bytes = kept.size, media_type, "uploaded");
        Ok(())
    }

    /// Gives an upload up, with what there is of it.
    pub(super) async fn give_up(&self, row: &UploadRow) -> Result<(), Refusal> {
        let (id, db) = (row.id, &self.inner.core.db);
        // Before the row that knows of them: what is left in a bucket without one costs money for ever.
        self.discard(row).await?;
        let was_there = db.write(WriteKey::user(row.owner), move |tx| file::remove_upload(tx, id)).await;
        let was_there = was_there.map_err(|error: StoreError| error)?;
        self.inner.turns.forget(id);
        if was_there { Ok(()) } else { Err(Refusal::Unknown) }
    }

    /// Removes the bytes of an upload.
    pub(super) async fn discard(&self, row: &UploadRow) -> Result<(), Refusal> {
        let (storage, id) = (&self.inner.storage, row.id);
        match (&row.attempt, &storage.incoming) {
            (Some(attempt), Some(incoming)) => incoming.discard(id, attempt).await?,
            // The bucket is not ours any more.
            (Some(_), None) => {}
            (None, _) => {
                let partials = storage.partials.clone();
                blocking(move || partials.remove(id)).await?;
            }
        }
        Ok(())
    }

    /// Keeps a file of the server's own, which no message has yet.
    pub async fn keep_own(&self, content: Bytes, media_type: &'static str) -> Result<FileId, Refusal> {
        let _work = self.work()?;
        let id = FileId::new(crate::auth::random().map_err(|_| Refusal::Failed)?);
        let (partials, created) = (self.inner.storage.partials.clone(), self.inner.core.clock.now());
        let hash = crate::auth::sha256(&content);
        let row = FileRow {
            id,
            owner: BY_THE_SERVER,
            hash,
            size: i64::try_from(content.len()).map_err(|_| Refusal::Failed)?,
            media_type: media_type.to_owned(),
            name: "preview".to_owned(),
            created,
        };
        blocking(move || {
            let mut partial = partials.at(id, 0)?;
            partial.write(&content)?;
            partial.sync()
        })
        .await?;
        let _keeping = self.keeping(&hash).await;
        let job = move |tx: &mut Tx<'_>| file::add(tx, &row);
        self.inner
            .core
            .db
            .write(WriteKey::user(BY_THE_SERVER), job)
            .await
            .map_err(|error: StoreError| error)?;
        self.inner.storage.store.keep(self.inner.storage.partials.path(id), hash).await?;
        Ok(id)
    }

    /// Brings the content of a complete upload into the store, where a crash came between.
    pub(super) async fn settle(&self, row: &FileRow) -> Result<(), Refusal> {
        let _keeping = self.keeping(&row.hash).await;
        self.move_in(row).await
    }

    /// Moves a content from where it came in to its place, unless that is done.
    async fn move_in(&self, row: &FileRow) -> Result<(), Refusal> {
        let storage = &self.inner.storage;
        let path = storage.partials.path(row.id);
        let looked = path.clone();
        if blocking(move || looked.try_exists()).await? {
            storage.store.keep(path, row.hash).await?;
        } else if let Some(incoming) = &storage.incoming {
            incoming.keep(row.id, row.hash).await?;
        }
        Ok(())
    }
}
