//! Uploads that go straight into the bucket: the client gets links for the parts that are missing, and says when all of them are
//! there; what is there is looked up in the bucket, never believed.
//!
//! ```text
//! begin ──▶ parts: links ──▶ PUT … PUT ──▶ parts: none missing ──▶ complete: put together, read once, hashed, looked at ──▶ file
//! ```
//!
//! The row of the upload knows the attempt, as S3 names it. A bucket that has forgotten the attempt gets a new one.

use std::sync::Arc;
use std::time::Duration;

use hallway_protocol::file::FileId;
use hallway_protocol::method::{
    BeginUpload, CancelUpload, CompleteUpload, Done, GetUploadParts, UploadBegun, UploadCompleted,
    UploadPart, UploadParts,
};
use hallway_protocol::{ChatError, ErrorCode};
use ring::digest::{Context, SHA256};

use super::complete::Found;
use super::turn::Turn;
use super::upload::NewUpload;
use super::{Files, Refusal};
use crate::auth::{hex, same};
use crate::blob::s3::Arrived;
use crate::blob::{BlobReader, Incoming, media};
use crate::service::core::Caller;
use crate::store::file::{self, Hash, UploadRow};
use crate::store::{StoreError, Tx, WriteKey};

/// Links of one answer.
const LINKS: usize = 8;
/// A call is answered within this time, whatever is at work.
const ANSWER: Duration = Duration::from_secs(15);
/// Bytes that are read from the bucket at a time.
const PIECE: usize = 8 * 1024 * 1024;

impl Files {
    /// Begins an upload into the bucket; 2040 where that is not offered.
    pub async fn begin_direct(
        &self,
        caller: &Arc<Caller>,
        call: BeginUpload,
    ) -> Result<UploadBegun, ChatError> {
        if !self.inner.is_direct {
            return Err(ErrorCode::UploadComponentMissing.into());
        }
        let new = NewUpload { size: call.size, kind: call.kind, name: call.file_name };
        let row = self.begin_as(caller.number, new, Some(String::new())).await?;
        Ok(UploadBegun { uuid: row.id })
    }

    /// What is missing, with links.
    pub async fn direct_parts(
        &self,
        caller: &Arc<Caller>,
        call: GetUploadParts,
    ) -> Result<UploadParts, ChatError> {
        let _work = self.work()?;
        let (row, _turn) = match self.find_direct(caller.number, call.uuid).await? {
            (Found::Open(row), turn) => (row, turn),
            (Found::Complete(row), _) => {
                let stored = row.size.cast_unsigned();
                return Ok(UploadParts { stored, parts: Vec::new(), is_complete: true });
            }
        };
        let incoming = self.incoming()?;
        let size = row.size.cast_unsigned();
        if self.is_whole(incoming, &row).await? {
            return Ok(UploadParts { stored: size, parts: Vec::new(), is_complete: false });
        }
        let (attempt, arrived) = self.arrived(incoming, &row).await?;
        self.note(&row, arrived.bytes).await?;
        let missing = arrived.missing.iter().take(LINKS);
        let links = missing.map(|part| UploadPart {
            offset: part.offset,
            size: part.size,
            url: incoming.link(row.id, &attempt, *part),
        });
        Ok(UploadParts { stored: arrived.bytes, parts: links.collect(), is_complete: false })
    }

    /// Makes a file of what is in the bucket.
    pub async fn complete_direct(
        &self,
        caller: &Arc<Caller>,
        call: CompleteUpload,
    ) -> Result<UploadCompleted, ChatError> {
        let (files, owner) = (self.clone(), caller.number);
        // On its own: whoever asks again, over another connection, finds what it has come to.
        let task = tokio::spawn(async move { files.assemble(owner, call.uuid, &call.sha256).await });
        match tokio::time::timeout(ANSWER, task).await {
            Ok(done) => done.unwrap_or(Err(Refusal::Failed))?,
            Err(_) => return Ok(UploadCompleted { is_complete: false }),
        }
        Ok(UploadCompleted { is_complete: true })
    }

    /// Gives an upload up.
    pub async fn cancel_direct(&self, caller: &Arc<Caller>, call: CancelUpload) -> Result<Done, ChatError> {
        let _work = self.work()?;
        match self.find_direct(caller.number, call.uuid).await? {
            (Found::Open(row), _turn) => self.give_up(&row).await?,
            (Found::Complete(_), _) => return Err(Refusal::Unknown.into()),
        }
        Ok(Done {})
    }

    fn incoming(&self) -> Result<&Incoming, Refusal> {
        self.inner.storage.incoming.as_ref().ok_or(Refusal::Unknown)
    }

    /// An upload into the bucket and the right to go on with it, for which is waited so long only.
    async fn find_direct(&self, owner: i64, id: FileId) -> Result<(Found, Turn), Refusal> {
        let found = tokio::time::timeout(ANSWER, self.take_direct(owner, id)).await;
        found.unwrap_or(Err(Refusal::Interrupted))
    }

    async fn take_direct(&self, owner: i64, id: FileId) -> Result<(Found, Turn), Refusal> {
        // Nobody waits for a turn at what is not theirs.
        self.find_any(owner, id).await?;
        let turn = self.inner.turns.take(id).await;
        let found = self.find_any(owner, id).await?;
        match &found {
            Found::Open(row) if row.attempt.is_none() => return Err(Refusal::Unknown),
            Found::Open(_) => {}
            Found::Complete(row) => self.settle(row).await?,
        }
        Ok((found, turn))
    }

    /// Whether the object is put together already: a crash may have come after that.
    async fn is_whole(&self, incoming: &Incoming, row: &UploadRow) -> Result<bool, Refusal> {
        let open = incoming.open(row.id).await?;
        Ok(open.is_some_and(|object| object.size() == row.size.cast_unsigned()))
    }

    /// What the bucket has of an upload, in an attempt that is begun if there is none.
    async fn arrived(&self, incoming: &Incoming, row: &UploadRow) -> Result<(String, Arrived), Refusal> {
        let size = row.size.cast_unsigned();
        let known = row.attempt.clone().unwrap_or_default();
        if !known.is_empty()
            && let Some(arrived) = incoming.arrived(row.id, &known, size).await?
        {
            return Ok((known, arrived));
        }
        let attempt = incoming.begin(row.id).await?;
        let (id, noted) = (row.id, attempt.clone());
        let job = move |tx: &mut Tx<'_>| file::set_attempt(tx, id, &noted);
        let is_there = self.inner.core.db.write(WriteKey::user(row.owner), job).await;
        if !is_there.map_err(|error: StoreError| error)? {
            incoming.discard(row.id, &attempt).await?;
            return Err(Refusal::Unknown);
        }
        let arrived = incoming.arrived(row.id, &attempt, size).await?;
        Ok((attempt, arrived.ok_or(Refusal::Failed)?))
    }

    async fn assemble(&self, owner: i64, id: FileId, wanted: &str) -> Result<(), Refusal> {
        let _work = self.work()?;
        let (row, turn) = match self.take_direct(owner, id).await? {
            (Found::Open(row), turn) => (row, turn),
            (Found::Complete(row), _) => {
                return if hex(&row.hash) == wanted { Ok(()) } else { Err(other_content()) };
            }
        };
        let incoming = self.incoming()?;
        if !self.is_whole(incoming, &row).await? {
            let (attempt, arrived) = self.arrived(incoming, &row).await?;
            if !arrived.missing.is_empty() {
                let missing = ChatError::new(ErrorCode::FileUploadFailed).with_message("parts are missing");
                return Err(Refusal::Rule(missing));
            }
            incoming.assemble(id, &attempt, &arrived).await?;
        }
        let object = incoming.open(id).await?.ok_or(Refusal::Failed)?;
        if object.size() != row.size.cast_unsigned() {
            // Not of the parts that were listed: somebody else has a hand in this bucket.
            tracing::error!(upload = %id, "an object in the bucket has another size than its parts");
            self.give_up(&row).await?;
            return Err(other_content());
        }
        let (hash, head) = self.read(object).await?;
        if !same(hex(&hash).as_bytes(), wanted.as_bytes()) {
            self.give_up(&row).await?;
            return Err(other_content());
        }
        self.become_file(&row, hash, &head).await?;
        drop(turn);
        self.inner.turns.forget(id);
        Ok(())
    }

    /// The hash of an object, and its first bytes.
    async fn read(&self, object: Arc<dyn BlobReader>) -> Result<(Hash, Vec<u8>), Refusal> {
        let (mut hash, mut head, mut offset) = (Context::new(&SHA256), Vec::new(), 0u64);
        loop {
            if *self.inner.stopping.borrow() {
                return Err(Refusal::Stopping);
            }
            let piece = Arc::clone(&object).read_at(offset, PIECE).await?;
            if piece.is_empty() {
                break;
            }
            if offset == 0 {
                head.extend(piece.iter().take(media::HEAD));
            }
            offset = offset.saturating_add(piece.len() as u64);
            hash.update(&piece);
        }
        let mut content = [0; 32];
        content.copy_from_slice(hash.finish().as_ref());
        Ok((content, head))
    }
}

/// Worth another try: what was sent may have suffered on its way.
fn other_content() -> Refusal {
    let error = ChatError::new(ErrorCode::FileUploadFailed).with_message("what arrived is another content");
    Refusal::Rule(error)
}
