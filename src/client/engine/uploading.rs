//! Files of messages in the outbox (MSG-37): brought to the server before their message is sent, one message of a
//! conversation after the other, on from where it stopped.

use std::sync::Arc;
use std::time::Instant;

use hallway_protocol::error::Retry;
use hallway_protocol::file::FileId;
use hallway_protocol::message::Payload;
use hallway_protocol::{ChatError, ConversationId, ErrorCode, Message, MessageId};
use tokio::task::AbortHandle;

use super::{Done, Engine, Finished};
use crate::Result;
use crate::cache::attachment::{self, Attachment};
use crate::cache::outbox::{self, Outgoing};
use crate::cache::{Cache, CacheError, kept, media};
use crate::event::Event;
use crate::file::local::{self, Address, places, settle};
use crate::file::{Source, Upload, UploadPlugin, UploadReport, UploadServer};

/// Uploads at work, by their message.
pub(super) type Uploads = std::collections::HashMap<MessageId, AbortHandle>;

impl Engine {
    /// Brings the files of a message to the server, unless that is under way.
    pub(super) fn upload(&mut self, outgoing: &Outgoing) {
        let id = outgoing.message.id.clone();
        if self.uploads.contains_key(&id) {
            return;
        }
        let Some(plugin) = self.shared.upload_plugin() else {
            let (conversation_id, result) =
                (outgoing.message.conversation_id.clone(), Err(ErrorCode::UploadComponentMissing.into()));
            let link = self.link_number;
            self.jobs.spawn(async move {
                Finished { link, done: Done::Uploaded { id, conversation_id, result } }
            });
            return;
        };
        let server = UploadServer::new(Arc::clone(&self.connector), Arc::clone(&self.shared));
        let work = Work { cache: self.cache.clone(), plugin, server, shared: Arc::clone(&self.shared) };
        let (message, link) = (Arc::clone(&outgoing.message), self.link_number);
        let job = self.jobs.spawn(async move {
            let result = work.run(&message).await;
            let (id, conversation_id) = (message.id.clone(), message.conversation_id.clone());
            Finished { link, done: Done::Uploaded { id, conversation_id, result } }
        });
        self.uploads.insert(id, job);
    }

    /// The files of a message are at the server, or why they are not.
    pub(super) async fn uploaded(
        &mut self,
        id: &MessageId,
        conversation_id: &ConversationId,
        result: Result<Vec<(u32, FileId, u64)>>,
    ) {
        self.uploads.remove(id);
        let Some(old) = self.queue.get(id).cloned() else { return };
        let files = match result {
            Ok(files) => files,
            Err(error) if error.retry() != Retry::Permanent => {
                crate::log::debug!(code = %error.code, "an upload has to wait");
                let asked = (error.retry() == Retry::NeedsUser).then_some(super::sending::NEEDS_USER);
                let asked = asked.or(error.retry_after());
                return self.queue.pause(conversation_id, Instant::now(), asked, rand::random());
            }
            Err(error) => {
                self.queue.answered(conversation_id);
                return self.fail(id, error).await;
            }
        };
        let mut message = (*old.message).clone();
        for (part, place) in (0u32..).zip(places(&mut message.payload)) {
            if let Some((_, file, size)) = files.iter().find(|(of, _, _)| *of == part) {
                settle(place, *file, *size);
            }
        }
        let kept = message.clone();
        let noted = self.cache.write_durably(move |db| {
            for it in attachment::of(db, &kept.id)? {
                if let (Address::Kept(bytes), Some(file)) = (it.address, it.file) {
                    media::adopt(db, &bytes, file)?;
                }
            }
            outbox::update(db, &kept, None)
        });
        if let Err(error) = noted.await {
            crate::log::error!(%error, "an uploaded file could not be noted");
            return self.queue.pause(conversation_id, Instant::now(), None, rand::random());
        }
        self.shared.set_upload(id, None);
        self.queue.put(Outgoing { message: Arc::new(message), ..old });
        // It is still the first of its conversation: sent with the next turn of the loop.
        self.queue.answered(conversation_id);
        self.shared.emit(Event::TimelineUpdated(conversation_id.clone()));
    }

    /// The server does not have a file any more that was uploaded long ago: from the start. False when there is nothing to
    /// upload again.
    pub(super) async fn upload_again(&mut self, id: &MessageId) -> bool {
        let Some(old) = self.queue.get(id).cloned() else { return false };
        let wanted = id.clone();
        let Ok(attachments) = self.cache.read(move |db| attachment::of(db, &wanted)).await else {
            return false;
        };
        if attachments.is_empty() {
            return false;
        }
        let mut message = (*old.message).clone();
        for (part, place) in (0u32..).zip(places(&mut message.payload)) {
            if let Some(it) = attachments.iter().find(|it| it.part == part) {
                *place.url = it.address.to_string();
            }
        }
        let kept = message.clone();
        let written = self.cache.write_durably(move |db| {
            for it in &attachments {
                attachment::begin(db, &kept.id, it.part, (it.size, 0), "")?;
            }
            outbox::update(db, &kept, None)
        });
        if written.await.is_err() {
            return false;
        }
        self.queue.put(Outgoing { message: Arc::new(message), ..old });
        true
    }

    /// Stops an upload where it is, or lets it go on. Others of the conversation are sent meanwhile.
    pub(super) async fn pause_upload(&mut self, id: &MessageId, is_paused: bool) -> Result<()> {
        let Some(old) = self.queue.get(id).cloned() else { return Err(ErrorCode::StateNotAllowed.into()) };
        if old.is_paused == is_paused || (is_paused && !local::is_local(&old.message.payload)) {
            return Err(ErrorCode::StateNotAllowed.into());
        }
        let wanted = id.clone();
        self.cache.write_durably(move |db| attachment::pause(db, &wanted, is_paused)).await?;
        if is_paused && self.end_upload(id) {
            self.queue.answered(&old.message.conversation_id);
        }
        let conversation_id = old.message.conversation_id.clone();
        self.queue.put(Outgoing { is_paused, ..old });
        self.shared.emit(Event::TimelineUpdated(conversation_id));
        Ok(())
    }

    /// The job of an upload ends; whether there was one.
    pub(super) fn end_upload(&mut self, id: &MessageId) -> bool {
        let job = self.uploads.remove(id);
        job.as_ref().inspect(|job| job.abort()).is_some()
    }

    /// A message was taken back: its files need not be finished.
    pub(super) fn discard_uploads(&mut self, attachments: Vec<Attachment>) {
        let server = UploadServer::new(Arc::clone(&self.connector), Arc::clone(&self.shared));
        for it in attachments {
            let plugin = self.shared.upload_plugin_of(&it.plugin);
            if let (Some(state), None, Some(plugin)) = (it.state, it.file, plugin) {
                let job = plugin.discard(server.clone(), state);
                tokio::spawn(async move {
                    // The server gives it up by itself after some days.
                    let _ = job.await;
                });
            }
        }
    }
}

/// One message's files.
struct Work {
    cache: Cache,
    plugin: Arc<dyn UploadPlugin>,
    server: UploadServer,
    shared: Arc<crate::shared::Shared>,
}

impl Work {
    async fn run(&self, message: &Message) -> Result<Vec<(u32, FileId, u64)>> {
        let id = message.id.clone();
        let mut attachments = self.cache.read(move |db| attachment::of(db, &id)).await?;
        for it in &mut attachments {
            self.measure(message, it).await?;
        }
        let mut once: Vec<&Attachment> = Vec::new();
        for it in &attachments {
            if once.iter().all(|other| other.address != it.address) {
                once.push(it);
            }
        }
        let total = once.iter().map(|it| it.size).sum();
        let (mut done, mut before) = (Vec::new(), 0u64);
        let mut payload = message.payload.clone();
        let kinds: Vec<_> = places(&mut payload).into_iter().map(|place| place.kind).collect();
        let mut known: Vec<(Address, FileId)> = Vec::new();
        for it in attachments {
            let Some(kind) = usize::try_from(it.part).ok().and_then(|part| kinds.get(part).copied()) else {
                continue;
            };
            // A small picture stands for its smaller sizes as well (OBJ-61).
            let twin = known.iter().find(|(address, _)| *address == it.address).map(|(_, file)| *file);
            let file = match it.file.or(twin) {
                Some(file) => file,
                None => {
                    let upload = Upload {
                        name: name_of(&message.payload, &it),
                        source: Source::new(&it.address, &self.cache),
                        size: it.size,
                        kind,
                        state: it.state.clone(),
                        server: self.server.clone(),
                        report: self.report(message, it.part, before, total),
                    };
                    let file = self.plugin.upload(upload).await?;
                    let (id, part) = (message.id.clone(), it.part);
                    self.cache.write_durably(move |db| attachment::complete(db, &id, part, file)).await?;
                    file
                }
            };
            if twin.is_none() {
                before = before.saturating_add(it.size);
            }
            known.push((it.address, file));
            done.push((it.part, file, it.size));
        }
        Ok(done)
    }

    /// Looks at a file before it is sent: one that was changed, or that another plugin began with, begins again.
    async fn measure(&self, message: &Message, it: &mut Attachment) -> Result<()> {
        if it.file.is_some() {
            return Ok(());
        }
        let looked = match it.address.clone() {
            Address::Path(path) => {
                tokio::task::spawn_blocking(move || looks(&path)).await.ok().and_then(std::io::Result::ok)
            }
            // Bytes that are kept never change.
            Address::Kept(id) => {
                self.cache.read(move |db| kept::size(db, &id)).await.ok().map(|size| (size, 0))
            }
        };
        let (size, modified) = looked.filter(|(size, _)| *size > 0).ok_or(ErrorCode::FileMissing)?;
        if (size, modified) == (it.size, it.modified) && it.plugin == self.plugin.name() {
            return Ok(());
        }
        let (id, part, plugin) = (message.id.clone(), it.part, self.plugin.name().to_owned());
        (it.size, it.modified, it.state, it.plugin) = (size, modified, None, plugin.clone());
        let begun =
            self.cache.write_durably(move |db| attachment::begin(db, &id, part, (size, modified), &plugin));
        begun.await.map_err(|error: CacheError| ChatError::from(error))
    }

    fn report(&self, message: &Message, part: u32, before: u64, total: u64) -> UploadReport {
        UploadReport {
            cache: self.cache.clone(),
            shared: Arc::clone(&self.shared),
            message_id: message.id.clone(),
            part,
            before,
            total,
            last: Arc::default(),
        }
    }
}

/// Size and time of the last change (Unix milliseconds): one of them is another when the file is.
fn looks(path: &std::path::Path) -> std::io::Result<(u64, i64)> {
    let found = std::fs::metadata(path)?;
    let since = found.modified()?.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Ok((found.len(), i64::try_from(since.as_millis()).unwrap_or(i64::MAX)))
}

/// What others see: the name in the payload where there is one.
fn name_of(payload: &Payload, it: &Attachment) -> String {
    match payload {
        Payload::File(file) => file.file_name.clone(),
        _ => match &it.address {
            Address::Path(path) => {
                path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
            }
            Address::Kept(_) => String::new(),
        },
    }
}
