//! Tickets, links, and opening what a link leads to.

use std::io;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use hallway_protocol::file::FileId;
use hallway_protocol::message::Payload;
use hallway_protocol::method::{FileLink, GetFileLink, GetUploadTicket, MethodName, UploadTicket};
use hallway_protocol::{ChatError, ErrorCode};

use super::{Files, LINK_SECONDS, Refusal, TICKET_SECONDS};
use crate::auth::hex;
use crate::auth::pass::{Holder, Target};
use crate::blob::BlobReader;
use crate::net::{DOWNLOADS, UPLOADS};
use crate::service::core::{Caller, Core, stored};
use crate::service::message_change::{unknown_message, visible};
use crate::store::file::{self, FileRow};
use crate::store::message::{self, MessageKey};
use crate::store::{StoreError, Tx, session};

/// A file that may be read.
pub struct Opened {
    /// Its bytes.
    pub reader: Arc<dyn BlobReader>,
    /// By its content.
    pub media_type: String,
    /// As its sender named it.
    pub name: String,
    /// SHA-256 of its content in hex.
    pub sha256: String,
}

/// Bytes that are read together.
const PIECE: usize = 256 * 1024;

impl Opened {
    /// All of it.
    pub async fn bytes(&self) -> io::Result<Bytes> {
        let mut bytes = BytesMut::new();
        loop {
            let piece = Arc::clone(&self.reader).read_at(bytes.len() as u64, PIECE).await?;
            if piece.is_empty() {
                return Ok(bytes.freeze());
            }
            bytes.extend_from_slice(&piece);
        }
    }
}

impl Files {
    /// A ticket for uploads of the caller's instance.
    pub fn ticket(&self, caller: &Caller, _: GetUploadTicket) -> UploadTicket {
        let expires = self.inner.core.clock.now().saturating_add(TICKET_SECONDS);
        let ticket = self.inner.passes.ticket(&holder(caller, expires));
        UploadTicket { ticket, expires, path: UPLOADS.to_owned() }
    }

    /// A link to a file of a message that the caller may read.
    pub async fn link(&self, caller: &Arc<Caller>, call: GetFileLink) -> Result<FileLink, ChatError> {
        let core = Arc::clone(&self.inner.core);
        let unknown = unknown_message(&call.conversation_id);
        let conv = core.find(caller, &call.conversation_id).await?.ok_or(unknown)?;
        let key = MessageKey { conv, seq: stored(call.sequence) };
        let who = Arc::clone(caller);
        let row = self
            .inner
            .core
            .db
            .read(move |tx| readable(&core, tx, &who, key, call.uuid)?.ok_or_else(|| unknown.into()))
            .await
            .map_err(|error: ChatError| error)?;
        let expires = self.inner.core.clock.now().saturating_add(LINK_SECONDS);
        let target = Target { conv, seq: key.seq, file: call.uuid };
        Ok(FileLink {
            path: format!("{DOWNLOADS}{}", self.inner.passes.link(&holder(caller, expires), target)),
            expires,
            size: row.size.cast_unsigned(),
            media_type: row.media_type,
            file_name: row.name,
            sha256: hex(&row.hash),
        })
    }

    /// Opens what a link leads to, if its holder is still signed in and may still read the message.
    pub async fn open_link(&self, link: &str) -> Result<Opened, Refusal> {
        let now = self.inner.core.clock.now();
        let (holder, target) = self.inner.passes.read_link(link, now).ok_or(Refusal::NoPass)?;
        let core = Arc::clone(&self.inner.core);
        let row = self
            .inner
            .core
            .db
            .read(move |tx| {
                let Some(caller) = caller_of(&core, tx, &holder, now)? else {
                    return Ok(Err(Refusal::NoPass));
                };
                let key = MessageKey { conv: target.conv, seq: target.seq };
                // Who may not read the conversation any more learns no more than that there is nothing.
                match readable(&core, tx, &caller, key, target.file) {
                    Ok(row) => Ok(row.ok_or(Refusal::Unknown)),
                    Err(error) if error.code == ErrorCode::MessageInternalError => Ok(Err(Refusal::Failed)),
                    Err(_) => Ok(Err(Refusal::Unknown)),
                }
            })
            .await
            .map_err(|error: StoreError| error)??;
        self.open_row(row).await
    }

    /// Opens a file of a message that the caller may read: the one that `pick` names. None when there is no such message for
    /// the caller, or no such file.
    pub async fn of_message<F>(
        &self,
        caller: &Arc<Caller>,
        key: MessageKey,
        pick: F,
    ) -> Result<Option<Opened>, ChatError>
    where
        F: Fn(&Payload) -> Option<FileId> + Send + 'static,
    {
        let (core, who) = (Arc::clone(&self.inner.core), Arc::clone(caller));
        let db = &self.inner.core.db;
        let row = db.read(move |tx| {
            // Asked first, so that a wrong conversation is told as for every other call.
            core.access(tx, MethodName::GetFileLink, &who, key.conv)?;
            let picked = message::at(tx, key)?.and_then(|row| pick(&row.content.payload));
            let Some(id) = picked else { return Ok(None) };
            readable(&core, tx, &who, key, id)
        });
        let row: Option<FileRow> = row.await.map_err(|error: ChatError| error)?;
        match row {
            Some(row) => Ok(Some(self.open_row(row).await.map_err(|_| ErrorCode::MessageInternalError)?)),
            None => Ok(None),
        }
    }

    /// Opens a file for the server itself, which asks nobody.
    pub async fn for_the_server(&self, id: FileId) -> Result<Option<Opened>, Refusal> {
        let db = &self.inner.core.db;
        let row = db.read(move |tx| file::load(tx, id)).await.map_err(|error: StoreError| error)?;
        match row {
            Some(row) => self.open_row(row).await.map(Some),
            None => Ok(None),
        }
    }

    async fn open_row(&self, row: FileRow) -> Result<Opened, Refusal> {
        let reader = match self.inner.storage.store.open(row.hash).await {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                // A crash came between noting the file and keeping its content, or the content is lost.
                self.settle(&row).await?;
                self.inner.storage.store.open(row.hash).await?
            }
            opened => opened?,
        };
        if reader.size() != row.size.cast_unsigned() {
            tracing::error!(file = %row.id, "a stored content has another size than it should");
            return Err(Refusal::Failed);
        }
        let FileRow { media_type, name, hash, .. } = row;
        Ok(Opened { reader, media_type, name, sha256: hex(&hash) })
    }
}

fn holder(caller: &Caller, expires: i64) -> Holder {
    Holder { user: caller.number, instance_id: caller.instance_id.clone(), expires }
}

/// The holder of a link as a caller; none when the session is over.
fn caller_of(core: &Core, tx: &mut Tx<'_>, holder: &Holder, now: i64) -> Result<Option<Caller>, StoreError> {
    let Some(session) = session::instance(tx, holder.user, &holder.instance_id)? else { return Ok(None) };
    if session.expires.is_some_and(|expires| expires <= now) {
        return Ok(None);
    }
    let user_id = core.users.in_tx(tx, holder.user)?.profile.user_id.clone();
    let (number, instance_id) = (holder.user, holder.instance_id.clone());
    Ok(Some(Caller { number, user_id, instance_id, connection: 0 }))
}

/// A file of a message, if the caller may read that message and it refers to the file.
pub(super) fn readable(
    core: &Core,
    tx: &mut Tx<'_>,
    caller: &Caller,
    key: MessageKey,
    id: FileId,
) -> Result<Option<FileRow>, ChatError> {
    let access = core.access(tx, MethodName::GetFileLink, caller, key.conv)?;
    let message = visible(core, tx, caller, &access, key.seq.cast_unsigned())?;
    if message.is_none() || !file::refers(tx, id, key)? {
        return Ok(None);
    }
    Ok(file::load(tx, id)?)
}
