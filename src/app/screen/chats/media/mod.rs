//! Pictures, films and files in the timeline: what is loaded, what is on its way, what is done with them.
//!
//! * [`pictures`]: decoded pictures and their memory; [`transfers`]: uploads and downloads; [`call`]: what is asked of the
//!   account and the desktop.
//! * this file: what is in view is loaded, animations move while they are seen, and buttons on files do something.
//!
//! How they are drawn is in `timeline::content`.

pub mod call;
pub mod pictures;
pub mod transfers;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use hallway_client::{ChatError, Event};
use hallway_protocol::file::FileId;
use hallway_protocol::message::{ImagePayload, ImageVariant, Payload};
use hallway_protocol::service::PreviewImage;
use hallway_protocol::{Message as ChatMessage, MessageId};

pub use self::call::Call;
use self::pictures::{Detail, Drawn, Key, Pictures};
use self::transfers::{Download, Transfers, Wish};
use super::actions::Confirm;
use super::effect::Effect;
use super::timeline::rows::MessageRow;
use super::update::failure;
use super::{Chats, Message as ChatsMessage};
use crate::fl;

/// A file of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// At the server.
    pub id: FileId,
    /// What its sender calls it.
    pub name: String,
    /// Bytes.
    pub size: u64,
}

impl File {
    /// The file of a message that can be saved; none while it is not at the server.
    pub fn of(message: &ChatMessage) -> Option<Self> {
        // What moderation flagged is not offered (MSG-100).
        if message.has_risk_content {
            return None;
        }
        let (url, name, size) = match &message.payload {
            Payload::File(file) => (&file.file_url, file.file_name.clone(), file.file_size),
            Payload::Video(video) => (
                &video.video_url,
                format!("video-{}.{}", message.sequence, ending(&video.video_format)),
                video.video_size,
            ),
            Payload::Image(image) => {
                let original = variant(image, 0)?;
                let ending = match image.image_format {
                    1 => "jpg",
                    2 => "gif",
                    3 => "png",
                    4 => "bmp",
                    _ => "webp",
                };
                (&original.url, format!("image-{}.{ending}", message.sequence), original.size)
            }
            _ => return None,
        };
        Some(Self { id: FileId::of_url(url)?, name, size })
    }
}

fn ending(format: &str) -> &str {
    if format == "mov" { "mov" } else { "mp4" }
}

/// A size of a picture (OBJ-61).
pub fn variant(image: &ImagePayload, wanted: u8) -> Option<&ImageVariant> {
    image.variants.iter().find(|variant| variant.variant == wanted)
}

/// The picture of the page behind a link in a text; it is a file of the message.
pub fn preview_picture(message: &ChatMessage) -> Option<&PreviewImage> {
    message.link_preview.as_ref()?.image.as_ref()
}

/// What is loaded and on its way.
#[derive(Debug, Default)]
pub struct Media {
    /// Decoded pictures.
    pub pictures: Pictures,
    /// Uploads and downloads.
    pub transfers: Transfers,
    /// A frame of an animation is waited for.
    plays: bool,
}

/// What happens to pictures and files.
#[derive(Debug, Clone)]
pub enum Message {
    /// A picture is here, or is not to be had.
    Loaded(Key, Result<Drawn, ChatError>),
    /// The next frame of an animation is due; so much time has passed.
    Frame(Duration),
    /// How far an own upload is, and whether it is stopped.
    Upload(MessageId, Option<(u64, u64)>, bool),
    /// Stop an upload or download.
    Pause(MessageId),
    /// Let it go on.
    Resume(MessageId),
    /// Give it up.
    Cancel(MessageId),
    /// Bring it here, into the folder for downloads.
    Download(MessageId),
    /// Bring it here and ask where to.
    SaveAs(MessageId),
    /// So many bytes of a download are here, of so many.
    Arrived(MessageId, u64, u64),
    /// Where to, as it was asked for; none when it was not said.
    Where(Arc<ChatMessage>, Option<PathBuf>),
    /// It is here, or broke off.
    Downloaded(MessageId, Result<PathBuf, ChatError>),
    /// Open it; it is brought here first.
    Open(MessageId),
    /// Show it in its folder.
    Folder(MessageId),
    /// It is a program: asked about before it is opened.
    IsProgram(PathBuf),
    /// The desktop knows no program for it.
    NotOpened,
    /// It was here and is no more.
    Lost(PathBuf),
}

impl Chats {
    /// Handles what happens to pictures and files.
    pub(super) fn in_media(&mut self, message: Message) -> Vec<Effect> {
        let now = self.context.clock.now();
        match message {
            Message::Loaded(key, drawn) => {
                let seen = self.seen();
                self.media.pictures.put(key, drawn, &seen);
                Vec::new()
            }
            Message::Frame(time) => {
                self.media.plays = false;
                let seen = self.seen();
                self.media.pictures.pass(time, &seen);
                Vec::new()
            }
            Message::Upload(id, progress, is_paused) => {
                if let Some((here, total)) = progress {
                    self.media.transfers.uploaded(&id, here, total, now);
                }
                self.media.transfers.pause(&id, is_paused);
                Vec::new()
            }
            Message::Pause(id) => match self.is_outgoing(&id) {
                true => vec![call(Call::Pause(id, true))],
                false => {
                    self.media.transfers.stop(&id);
                    Vec::new()
                }
            },
            Message::Resume(id) => match self.is_outgoing(&id) {
                true => vec![call(Call::Pause(id, false))],
                false => self.download(&id, self.media.transfers.wish(&id)),
            },
            Message::Cancel(id) => match self.is_outgoing(&id) {
                true => vec![Effect::Call(super::Call::Cancel(id))],
                false => {
                    let to = self.media.transfers.wish(&id).to;
                    self.media.transfers.forget(&id);
                    let file = self.shown_row(&id).and_then(|row| File::of(&row.message));
                    file.map(|file| call(Call::Discard(file.id, to))).into_iter().collect()
                }
            },
            Message::Download(id) => self.download(&id, Wish::default()),
            Message::SaveAs(id) => {
                self.menu = None;
                self.shown_row(&id).map_or_else(Vec::new, |row| save_as(Arc::clone(&row.message)))
            }
            Message::Where(message, to) => match to {
                Some(to) => self.fetch(message, Wish { to: Some(to), then_open: false }),
                None => Vec::new(),
            },
            Message::Arrived(id, here, total) => {
                self.media.transfers.downloaded(&id, here, total, now);
                Vec::new()
            }
            Message::Downloaded(id, Ok(path)) => {
                self.media.transfers.ended(&id, Ok(path.clone()));
                let wish = self.media.transfers.wish(&id);
                if wish.then_open { vec![call(Call::Open(path, false))] } else { Vec::new() }
            }
            Message::Downloaded(id, Err(error)) => {
                let text = failure(fl!("failed-download"), &error);
                self.media.transfers.ended(&id, Err(error));
                self.toast(text)
            }
            Message::Open(id) => {
                self.menu = None;
                match self.media.transfers.download(&id) {
                    Some(Download::Done(path)) => vec![call(Call::Open(path.clone(), false))],
                    Some(Download::UnderWay(..)) => Vec::new(),
                    _ => self.download(&id, Wish { to: None, then_open: true }),
                }
            }
            Message::Folder(id) => {
                self.menu = None;
                match self.media.transfers.download(&id) {
                    Some(Download::Done(path)) => vec![call(Call::Folder(path.clone()))],
                    _ => Vec::new(),
                }
            }
            Message::IsProgram(path) => self.ask(Confirm::OpenProgram(path)),
            Message::NotOpened => self.toast(fl!("failed-open-file")),
            Message::Lost(path) => {
                self.media.transfers.lost(&path);
                self.toast(fl!("failed-file-gone"))
            }
        }
    }

    /// What the account tells that concerns files.
    pub(super) fn media_event(&mut self, event: &Event) -> Vec<Effect> {
        match event {
            Event::UploadProgress { message_id, sent, total } => {
                let now = self.context.clock.now();
                self.media.transfers.uploaded(message_id, *sent, *total, now);
                Vec::new()
            }
            Event::NetStateChanged(hallway_client::NetState::Connected) => {
                self.media.pictures.forget_failures();
                let broken = self.media.transfers.broken();
                broken.iter().flat_map(|id| self.download(id, self.media.transfers.wish(id))).collect()
            }
            _ => Vec::new(),
        }
    }

    fn shown_row(&self, id: &MessageId) -> Option<&MessageRow> {
        self.open.as_ref()?.timeline.message(id)
    }

    fn is_outgoing(&self, id: &MessageId) -> bool {
        self.shown_row(id).is_some_and(|row| row.outgoing)
    }

    fn download(&mut self, id: &MessageId, wish: Wish) -> Vec<Effect> {
        let Some(message) = self.shown_row(id).map(|row| Arc::clone(&row.message)) else { return Vec::new() };
        self.fetch(message, wish)
    }

    /// Brings the file of a message here.
    pub(super) fn fetch(&mut self, message: Arc<ChatMessage>, wish: Wish) -> Vec<Effect> {
        let Some(file) = File::of(&message) else { return Vec::new() };
        let stop = self.media.transfers.begin(&message.id, file.size, wish.clone());
        vec![call(Call::Download { message, file, to: wish.to, stop })]
    }

    /// The messages in view.
    fn seen(&self) -> Vec<MessageId> {
        let Some(open) = &self.open else { return Vec::new() };
        open.timeline.in_view().map(|row| row.message.id.clone()).collect()
    }

    /// What is in view and not here yet is loaded; what moves, moves.
    pub(super) fn look_at_media(&mut self) -> Vec<Effect> {
        let Some(open) = &self.open else { return Vec::new() };
        let rows: Vec<MessageRow> = open
            .timeline
            .in_view()
            .filter(|row| match row.message.payload {
                Payload::Image(_) | Payload::Video(_) | Payload::File(_) => true,
                _ => preview_picture(&row.message).is_some(),
            })
            .cloned()
            .collect();
        if rows.is_empty() {
            return Vec::new();
        }
        let mut effects = Vec::new();
        for row in &rows {
            self.look_at(row, &mut effects);
        }
        if !self.media.plays && self.context.focused {
            let seen: Vec<MessageId> = rows.iter().map(|row| row.message.id.clone()).collect();
            if let Some(wait) = self.media.pictures.next_frame(&seen) {
                self.media.plays = true;
                effects.push(Effect::after(wait, ChatsMessage::Media(Message::Frame(wait))));
            }
        }
        effects
    }

    fn look_at(&mut self, row: &MessageRow, effects: &mut Vec<Effect>) {
        let message = &row.message;
        let has_file = matches!(message.payload, Payload::Video(_) | Payload::File(_));
        if has_file && self.media.transfers.want(&message.id) {
            match (row.outgoing, File::of(message)) {
                (true, _) => effects.push(call(Call::Upload(message.id.clone()))),
                (false, Some(file)) => effects.push(call(Call::Saved(message.id.clone(), file))),
                (false, None) => {}
            }
        }
        let preview = preview_picture(message).map(|image| image.uuid.url());
        let (soft, shown, moves) = match &message.payload {
            _ if preview.is_some() => (None, preview.as_ref(), false),
            Payload::Image(image) => {
                // Only pictures that move come without the large size.
                let large = variant(image, 2).or(variant(image, 0));
                let moves = variant(image, 2).is_none() && matches!(image.image_format, 2 | 255);
                (
                    variant(image, 1).filter(|_| !row.outgoing).map(|it| &it.url),
                    large.map(|it| &it.url),
                    moves,
                )
            }
            Payload::Video(video) if !video.snapshot_url.is_empty() => {
                (None, Some(&video.snapshot_url), false)
            }
            _ => return,
        };
        let mut load = |detail, url: Option<&String>, moves| {
            let key = Key { message: message.id.clone(), detail };
            if let Some(url) = url
                && self.media.pictures.want(&key)
            {
                effects.push(call(Call::Picture {
                    key,
                    message: Arc::clone(message),
                    url: url.clone(),
                    moves,
                }));
                return true;
            }
            false
        };
        if load(Detail::Shown, shown, moves) {
            load(Detail::Soft, soft, false);
        }
    }
}

/// Asks where the file of a message is to go.
pub(super) fn save_as(message: Arc<ChatMessage>) -> Vec<Effect> {
    let name = File::of(&message).map(|file| file.name);
    name.map(|name| call(Call::AskWhere(message, name))).into_iter().collect()
}

fn call(call: Call) -> Effect {
    Effect::Call(super::Call::Media(call))
}
