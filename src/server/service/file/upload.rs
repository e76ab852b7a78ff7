//! From the first byte of an upload to the complete file.
//!
//! Bytes go to disk in batches while the next ones arrive. Every [`CHECKPOINT`], and at the end of a request, they are
//! synced and the database notes how far the upload has got: only that is ever acknowledged, so that neither a killed
//! server nor a power cut loses an acknowledged byte. What lies in the file beyond it is cut off by the next request.

use std::io;

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use hallway_protocol::file::{FILE_NAME_BYTES, FileId, FileKind};
use hallway_protocol::text::{is_joiner, is_unseen};
use hallway_protocol::{ChatError, ErrorCode};
use ring::digest::{self, Context};
use tokio::task::JoinHandle;

use super::complete::Found;
use super::turn::{Hashed, Turn};
use super::{Files, Refusal, blocking};
use crate::auth::pass::Holder;
use crate::auth::same;
use crate::blob::{Partial, Partials, media};
use crate::store::file::{self, FileRow, UploadRow};
use crate::store::{StoreError, WriteKey};

/// Bytes that are written together.
const BATCH: usize = 1024 * 1024;
/// Bytes after which they are synced and noted.
const CHECKPOINT: u64 = 32 * 1024 * 1024;
/// Seconds of a day.
const DAY: i64 = 24 * 3600;

/// What somebody wants to upload.
#[derive(Clone, Debug)]
pub struct NewUpload {
    /// Bytes.
    pub size: u64,
    /// As what it will be sent.
    pub kind: FileKind,
    /// What to call it. Foreign text; a path in it is cut off.
    pub name: String,
}

/// How far an upload has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    /// Bytes that are stored.
    pub offset: u64,
    /// Bytes in the end.
    pub size: u64,
    /// Unix seconds at which it is given up; none when it is complete.
    pub expires: Option<i64>,
}

/// What the bytes of one request must add up to.
#[derive(Clone, Debug)]
pub struct Checksum {
    /// How it is counted.
    pub algorithm: &'static digest::Algorithm,
    /// The sum.
    pub sum: Vec<u8>,
}

/// Why a request brings no more bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Whole,
    BrokenOff,
    Stopping,
    TooLong,
}

/// An open upload on the thread that writes it.
struct Writer {
    partial: Partial,
    hash: Context,
    sum: Option<Context>,
}

impl Files {
    /// Begins an upload. Empty 2108, too large 2253, 2301, 2351, 2402; too many or too much at a time 60018.
    pub async fn begin(&self, ticket: &str, new: NewUpload) -> Result<(FileId, State), Refusal> {
        let holder = self.ticket_holder(ticket).await?;
        let row = self.begin_as(holder.user, new, None).await?;
        Ok((row.id, self.state(&row)))
    }

    /// The same for whoever was recognised already; `attempt` is empty for an upload into the bucket.
    pub(super) async fn begin_as(
        &self,
        owner: i64,
        new: NewUpload,
        attempt: Option<String>,
    ) -> Result<UploadRow, Refusal> {
        let _work = self.work()?;
        let inner = &self.inner;
        new.kind.check_size(new.size, &inner.core.limits)?;
        let id = FileId::new(crate::auth::random().map_err(|_| Refusal::Failed)?);
        let now = inner.core.clock.now();
        let size = i64::try_from(new.size).map_err(|_| ErrorCode::FileTooLarge)?;
        let name = bare_name(&new.name);
        let row = UploadRow { id, owner, kind: new.kind, name, size, stored: 0, touched: now, attempt };
        let (most, per_day, begun) = (inner.uploads_per_user, inner.bytes_per_day, row.clone());
        let noted = inner.core.db.write(WriteKey::user(owner), move |tx| {
            if most > 0 && file::unfinished(tx, owner)? >= most {
                return Ok(Err("too many uploads at a time"));
            }
            let today = file::uploaded_since(tx, owner, now.saturating_sub(DAY))?;
            if per_day > 0 && today.saturating_add(size) > per_day {
                return Ok(Err("too many bytes in a day"));
            }
            file::add_upload(tx, &row).map(Ok)
        });
        match noted.await.map_err(|error: StoreError| error)? {
            Ok(()) => Ok(begun),
            Err(why) => Err(Refusal::Rule(ChatError::new(ErrorCode::RequestsTooFrequent).with_message(why))),
        }
    }

    /// How far an upload has got. A request that still writes to it is told to end first.
    pub async fn look(&self, ticket: &str, id: FileId) -> Result<State, Refusal> {
        let holder = self.ticket_holder(ticket).await?;
        if let Found::Complete(row) = self.find(&holder, id).await? {
            return self.complete_state(&row).await;
        }
        let _turn = self.inner.turns.take(id).await;
        match self.find(&holder, id).await? {
            Found::Open(row) => Ok(self.state(&row)),
            Found::Complete(row) => self.complete_state(&row).await,
        }
    }

    /// Appends what `body` brings. The upload becomes a file with its last byte: 2252 or 2352 when its content is not
    /// what it is to be sent as; it is gone then.
    pub async fn append<B>(
        &self,
        ticket: &str,
        id: FileId,
        offset: u64,
        checksum: Option<Checksum>,
        body: B,
    ) -> Result<State, Refusal>
    where
        B: Stream<Item = Result<Bytes, ()>> + Send + Unpin + 'static,
    {
        let holder = self.ticket_holder(ticket).await?;
        if let Found::Complete(row) = self.find(&holder, id).await? {
            let state = self.complete_state(&row).await?;
            return if state.offset == offset { Ok(state) } else { Err(Refusal::Offset(state.offset)) };
        }
        let files = self.clone();
        // On its own: when the connection dies, what has arrived is still written down to the end.
        let task =
            tokio::spawn(async move { files.append_in_turn(&holder, id, offset, checksum, body).await });
        task.await.unwrap_or(Err(Refusal::Failed))
    }

    /// Gives an upload up.
    pub async fn terminate(&self, ticket: &str, id: FileId) -> Result<(), Refusal> {
        let holder = self.ticket_holder(ticket).await?;
        let _work = self.work()?;
        let Found::Open(row) = self.find(&holder, id).await? else { return Err(Refusal::Unknown) };
        let _turn = self.inner.turns.take(id).await;
        self.give_up(&row).await
    }

    /// An upload as its owner finds it, if it comes through the server.
    async fn find(&self, holder: &Holder, id: FileId) -> Result<Found, Refusal> {
        match self.find_any(holder.user, id).await? {
            Found::Open(row) if row.attempt.is_some() => Err(Refusal::Unknown),
            found => Ok(found),
        }
    }

    fn expiry(&self, touched: i64) -> i64 {
        touched.saturating_add(self.inner.keep_seconds)
    }

    fn state(&self, row: &UploadRow) -> State {
        let expires = Some(self.expiry(row.touched));
        State { offset: row.stored.cast_unsigned(), size: row.size.cast_unsigned(), expires }
    }

    async fn complete_state(&self, row: &FileRow) -> Result<State, Refusal> {
        self.settle(row).await?;
        let size = row.size.cast_unsigned();
        Ok(State { offset: size, size, expires: None })
    }

    async fn append_in_turn<B>(
        &self,
        holder: &Holder,
        id: FileId,
        offset: u64,
        checksum: Option<Checksum>,
        mut body: B,
    ) -> Result<State, Refusal>
    where
        B: Stream<Item = Result<Bytes, ()>> + Send + Unpin + 'static,
    {
        let _work = self.work()?;
        let mut turn = self.inner.turns.take(id).await;
        let row = match self.find(holder, id).await? {
            Found::Open(row) => row,
            Found::Complete(row) => return Err(Refusal::Offset(row.size.cast_unsigned())),
        };
        let (stored, size) = (row.stored.cast_unsigned(), row.size.cast_unsigned());
        if offset != stored {
            return Err(Refusal::Offset(stored));
        }
        let partials = self.inner.storage.partials.clone();
        let (hashed, sum) = (turn.hashed.take(), checksum.as_ref().map(|sum| Context::new(sum.algorithm)));
        let opened = blocking(move || Writer::open(&partials, id, stored, hashed, sum)).await;
        let writer = match opened {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return self.lost(&row).await,
            opened => opened?,
        };
        // What is refused below leaves this much: it is not to be read again for the next request.
        *turn.hashed = Some(Hashed { length: stored, hash: writer.hash.clone() });
        let (mut writer, end) = self.receive(&row, writer, &mut turn, &mut body, checksum.is_none()).await?;
        let (length, sum) = (writer.partial.length(), writer.sum.take());
        if let (Some(wanted), Some(sum)) = (&checksum, sum)
            && (end != End::Whole || !same(sum.finish().as_ref(), &wanted.sum))
        {
            // Cut off by the next request: nothing of this one was noted.
            return Err(if end == End::Whole { Refusal::Checksum } else { refused(end, &row) });
        }
        if length == size && end != End::TooLong {
            return self.complete(&row, writer, turn).await;
        }
        let noted = self.note(&row, length).await?;
        *turn.hashed = Some(Hashed { length, hash: writer.hash });
        if end == End::Whole { Ok(self.state(&noted)) } else { Err(refused(end, &row)) }
    }

    /// Writes what arrives until there is no more, in the end everything that may be kept, synced.
    async fn receive<B>(
        &self,
        row: &UploadRow,
        writer: Writer,
        turn: &mut Turn,
        body: &mut B,
        notes: bool,
    ) -> Result<(Writer, End), Refusal>
    where
        B: Stream<Item = Result<Bytes, ()>> + Send + Unpin + 'static,
    {
        let mut stopping = self.inner.stopping.subscribe();
        let (mut received, mut noted) = (writer.partial.length(), writer.partial.length());
        // Copied: a piece of the network's own buffer would hold all of that buffer, however small the piece is.
        let mut batch = Vec::new();
        let mut at_work: JoinHandle<io::Result<Writer>> = tokio::task::spawn_blocking(move || Ok(writer));
        let end = loop {
            let next = tokio::select! {
                biased;
                () = turn.newer() => break End::BrokenOff,
                _ = stopping.wait_for(|stopping| *stopping) => break End::Stopping,
                next = body.next() => next,
            };
            let bytes: Bytes = match next {
                None => break End::Whole,
                Some(Err(())) => break End::BrokenOff,
                Some(Ok(bytes)) => bytes,
            };
            received = received.saturating_add(bytes.len() as u64);
            if received > row.size.cast_unsigned() {
                break End::TooLong;
            }
            batch.extend_from_slice(&bytes);
            if batch.len() >= BATCH {
                let mut writer = joined(at_work.await)?;
                let full = std::mem::take(&mut batch);
                // The last bytes are noted when the upload has become a file, not before.
                let is_due = notes
                    && received < row.size.cast_unsigned()
                    && received.saturating_sub(noted) >= CHECKPOINT;
                at_work = tokio::task::spawn_blocking(move || writer.write(&full, is_due).map(|()| writer));
                if is_due {
                    let writer = joined(at_work.await)?;
                    self.note(row, writer.partial.length()).await?;
                    noted = received;
                    at_work = tokio::task::spawn_blocking(move || Ok(writer));
                }
            }
        };
        let mut writer = joined(at_work.await)?;
        let written = tokio::task::spawn_blocking(move || writer.write(&batch, true).map(|()| writer)).await;
        Ok((joined(written)?, end))
    }

    pub(super) async fn note(&self, row: &UploadRow, length: u64) -> Result<UploadRow, Refusal> {
        let (id, stored) = (row.id, i64::try_from(length).map_err(|_| Refusal::Failed)?);
        let now = self.inner.core.clock.now();
        let job = move |tx: &mut crate::store::Tx<'_>| file::advance_upload(tx, id, stored, now);
        let is_there = self.inner.core.db.write(WriteKey::user(row.owner), job).await;
        if !is_there.map_err(|error: StoreError| error)? {
            return Err(Refusal::Unknown);
        }
        Ok(UploadRow { stored, touched: now, ..row.clone() })
    }

    /// Acknowledged bytes are not there any more, as after a damaged disk: begin again, rather than keep what is wrong.
    async fn lost(&self, row: &UploadRow) -> Result<State, Refusal> {
        tracing::error!(upload = %row.id, "an incomplete upload has lost bytes; it begins again");
        self.note(row, 0).await?;
        Err(Refusal::Offset(0))
    }

    /// The last byte is there.
    async fn complete(&self, row: &UploadRow, writer: Writer, turn: Turn) -> Result<State, Refusal> {
        let (hash, head) = blocking(move || {
            let Writer { mut partial, hash, .. } = writer;
            Ok((hash.finish(), partial.head(media::HEAD)?))
        })
        .await?;
        let mut content = [0; 32];
        content.copy_from_slice(hash.as_ref());
        self.become_file(row, content, &head).await?;
        drop(turn);
        self.inner.turns.forget(row.id);
        let size = row.size.cast_unsigned();
        Ok(State { offset: size, size, expires: None })
    }
}

impl Writer {
    fn open(
        partials: &Partials,
        id: FileId,
        stored: u64,
        hashed: Option<Hashed>,
        sum: Option<Context>,
    ) -> io::Result<Self> {
        let mut partial = partials.at(id, stored)?;
        let hash = match hashed {
            Some(hashed) if hashed.length == stored => hashed.hash,
            _ => partial.hash()?,
        };
        Ok(Self { partial, hash, sum })
    }

    fn write(&mut self, batch: &[u8], sync: bool) -> io::Result<()> {
        self.partial.write(batch)?;
        self.hash.update(batch);
        if let Some(sum) = &mut self.sum {
            sum.update(batch);
        }
        if sync { self.partial.sync() } else { Ok(()) }
    }
}

fn refused(end: End, row: &UploadRow) -> Refusal {
    match end {
        End::Whole | End::BrokenOff => Refusal::Interrupted,
        End::Stopping => Refusal::Stopping,
        End::TooLong => {
            let error = match row.kind {
                FileKind::Image => ErrorCode::ImageTooLarge,
                FileKind::Audio => ErrorCode::AudioTooLarge,
                FileKind::Video => ErrorCode::VideoTooLarge,
                FileKind::File => ErrorCode::FileTooLarge,
            };
            Refusal::Rule(ChatError::new(error).with_message("more bytes than were announced"))
        }
    }
}

fn joined(result: Result<io::Result<Writer>, tokio::task::JoinError>) -> Result<Writer, Refusal> {
    Ok(result.map_err(io::Error::other)??)
}

/// The last part of what may be a path, without what cannot be seen, cut to a length.
fn bare_name(text: &str) -> String {
    let last = text.rsplit(['/', '\\']).next().unwrap_or_default();
    let mut name: String =
        last.chars().filter(|c| !c.is_control() && (!is_unseen(*c) || is_joiner(*c))).collect();
    while name.len() > FILE_NAME_BYTES {
        name.pop();
    }
    let bare = name.trim();
    if bare.is_empty() || bare.chars().all(|c| c == '.') { "file".to_owned() } else { bare.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_never_paths() {
        for (text, name) in [
            ("plan.pdf", "plan.pdf"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Windows\\system32\\x.dll", "x.dll"),
            ("\\\\server\\share\\x", "x"),
            ("a\0b\nc", "abc"),
            ("..", "file"),
            ("", "file"),
            ("a/", "file"),
            (" . ", "file"),
            ("gpj.\u{202e}exe", "gpj.exe"),
            ("计划 1.pdf", "计划 1.pdf"),
        ] {
            assert_eq!(bare_name(text), name, "{text:?}");
        }
        assert_eq!(bare_name(&"公".repeat(100)).len(), 255);
    }
}
