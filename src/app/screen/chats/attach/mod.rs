//! Choosing what is sent besides words: by the button, dropped on the window, pasted. It is looked at, put in order,
//! given a caption, and sent.
//!
//! Pictures that are sent together are an album: each is a message of its own (it can be answered, recalled and found by
//! itself), and they carry the same word in `cloud_custom_data`, by which the timeline draws them as one. That their senders say
//! so, instead of guessing from the time, keeps apart what was not sent together; programs that know nothing of it show one
//! picture after the other. The caption is a text that follows, so that it can be searched, changed and translated like any
//! other.

mod call;
mod view;

use std::path::PathBuf;

use hallway_client::FileSource;
use hallway_protocol::file::FileKind;
use hallway_protocol::message::Payload;
use hallway_protocol::{ChatError, ConversationId, ErrorCode, Limits, UserId};
use iced::widget::image::Handle;

pub use self::call::Call;
use super::composer::COMPOSER;
use super::effect::Effect;
use super::timeline::rows::MessageRow;
use super::update::failure;
use super::{Chats, Message as ChatsMessage};
use crate::fl;

/// Pictures of one album.
pub const ALBUM: usize = 10;
/// Files that are chosen at once; more are a mistake (a whole folder).
const MOST: usize = 100;
/// The field of `cloud_custom_data` that pictures of an album have in common.
const FIELD: &str = "album";
/// The id of the field for the caption.
const CAPTION: &str = "attach-caption";

/// What something chosen turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// A picture that can be shown.
    Photo,
    /// A film.
    Film,
    /// Anything else.
    File,
}

/// What was found out about something chosen.
#[derive(Debug, Clone)]
pub struct Looked {
    /// What it is.
    pub what: What,
    /// A small picture of it.
    pub preview: Option<Handle>,
}

/// Something chosen.
#[derive(Debug, Clone)]
pub struct Item {
    number: u64,
    source: FileSource,
    name: String,
    size: u64,
    looked: Option<Looked>,
    /// It is no file: a folder, or gone.
    problem: Option<ErrorCode>,
}

/// What is chosen.
#[derive(Debug)]
pub struct Attach {
    items: Vec<Item>,
    as_files: bool,
    compress: bool,
    caption: String,
    /// The one that is being dragged to its place.
    grabbed: Option<u64>,
}

/// What happens.
#[derive(Debug, Clone)]
pub enum Message {
    /// Ask the desktop for files, or for pictures and films only.
    Pick(bool),
    /// They were chosen. To be sent as files whatever they are, or not.
    Chosen(Vec<FileSource>, bool),
    /// Files hover over the window, or no more.
    Hovered(bool),
    /// One was dropped.
    Dropped(PathBuf),
    /// Paste what the clipboard has: files, a picture, or words.
    Paste,
    /// The clipboard has words.
    Words(String),
    /// What an item is.
    Looked(u64, Box<Looked>),
    /// Without this one.
    Remove(u64),
    /// One place to the front.
    Earlier(u64),
    /// The button went down on this one: it is dragged.
    Grab(u64),
    /// The pointer is over this one: what is dragged takes its place.
    Over(u64),
    /// What was dragged stays where it is.
    Drop,
    /// Send all as files.
    AsFiles(bool),
    /// Smaller copies instead of originals.
    Compress(bool),
    /// The caption changed.
    Caption(String),
    /// Send it.
    Send,
    /// Give it up.
    Close,
    /// It is in the outbox, but for this.
    Sent(Unsent),
}

/// What could not be sent, and why.
#[derive(Debug, Clone)]
pub struct Unsent {
    /// Where to.
    pub to: ConversationId,
    /// The things.
    pub items: Vec<(FileSource, ChatError)>,
    /// The text that follows them.
    pub caption: Option<(String, ChatError)>,
}

/// What is sent, in its order.
#[derive(Debug, Clone, PartialEq)]
pub struct Parcel {
    /// Where to.
    pub to: ConversationId,
    /// The things, and as what.
    pub items: Vec<(FileSource, What)>,
    /// Smaller copies instead of originals.
    pub compress: bool,
    /// The text that follows; may be empty.
    pub caption: String,
    /// Who alone sees it; nobody: everybody does.
    pub receiver_list: Vec<UserId>,
}

impl Item {
    fn kind(&self, as_files: bool) -> FileKind {
        match self.looked.as_ref().map(|looked| looked.what) {
            Some(What::Photo) if !as_files => FileKind::Image,
            Some(What::Film) if !as_files => FileKind::Video,
            _ => FileKind::File,
        }
    }

    /// Why it cannot be sent.
    fn problem(&self, as_files: bool, limits: &Limits) -> Option<ErrorCode> {
        self.problem.or_else(|| self.kind(as_files).check_size(self.size, limits).err())
    }
}

impl Attach {
    fn can_send(&self, limits: &Limits) -> bool {
        !self.items.is_empty()
            && self.items.iter().all(|item| item.problem(self.as_files, limits).is_none())
            && (self.as_files || self.items.iter().all(|item| item.looked.is_some()))
            && self.caption.len() <= limits.message_body_bytes as usize
    }

    /// Whether anything in it can be shown as a picture or film.
    fn has_media(&self) -> bool {
        self.items.iter().any(|item| {
            item.looked.as_ref().is_some_and(|looked| matches!(looked.what, What::Photo | What::Film))
        })
    }

    /// What is dragged takes the place of this one.
    fn move_to(&mut self, number: u64) {
        let place = |number: u64| self.items.iter().position(|item| item.number == number);
        if let (Some(from), Some(to)) = (self.grabbed.and_then(place), place(number)) {
            let item = self.items.remove(from);
            self.items.insert(to, item);
        }
    }

    fn bytes(&self) -> u64 {
        self.items.iter().map(|item| item.size).sum()
    }
}

/// The word of an album in the custom data of a message.
fn album_of(data: &str) -> Option<String> {
    let value: serde_json::Value = serde_json::from_str(data).ok()?;
    Some(value.get(FIELD)?.as_str()?.to_owned()).filter(|word| !word.is_empty())
}

/// Whether a picture belongs to the album before it.
pub fn is_same_album(before: &MessageRow, next: &MessageRow) -> bool {
    let is_picture = |row: &MessageRow| matches!(row.message.payload, Payload::Image(_));
    let is_whole = before.failure.is_none() && next.failure.is_none() && next.message.reply_to.is_none();
    if !is_picture(before) || !is_picture(next) || !is_whole || before.album.len() + 1 >= ALBUM {
        return false;
    }
    let word = album_of(&before.message.cloud_custom_data);
    word.is_some() && word == album_of(&next.message.cloud_custom_data)
}

impl Chats {
    pub(super) fn in_attach(&mut self, message: Message) -> Vec<Effect> {
        let limits = &self.context.limits;
        match (message, &mut self.attach) {
            (Message::Pick(media), _) => {
                self.menu = None;
                vec![call(Call::Pick(media))]
            }
            (Message::Chosen(sources, as_files), _) => self.attach(sources, as_files),
            (Message::Hovered(hovered), _) => {
                self.hovered = hovered && self.open.is_some() && self.can_write() && self.viewer.is_none();
                Vec::new()
            }
            (Message::Dropped(path), _) => {
                self.hovered = false;
                self.attach(vec![path.into()], false)
            }
            (Message::Paste, _) => vec![call(Call::Paste)],
            (Message::Words(words), None) => {
                self.open.as_mut().map_or_else(Vec::new, |open| open.composer.put_back(&words))
            }
            (Message::Words(words), Some(attach)) => {
                attach.caption.push_str(&words);
                Vec::new()
            }
            (Message::Sent(unsent), _) => self.give_back(unsent),
            (Message::Close, _) => {
                let words = self.attach.take().map(|attach| attach.caption).unwrap_or_default();
                match &mut self.open {
                    Some(open) if !words.is_empty() => open.composer.put_back(&words),
                    _ => vec![Effect::Focus(COMPOSER)],
                }
            }
            (Message::Send, Some(attach)) if attach.can_send(limits) => self.send_attached(),
            (Message::Looked(number, looked), Some(attach)) => {
                if let Some(item) = attach.items.iter_mut().find(|item| item.number == number) {
                    item.looked = Some(*looked);
                }
                Vec::new()
            }
            (Message::Remove(number), Some(attach)) => {
                attach.items.retain(|item| item.number != number);
                if attach.items.is_empty() { self.in_attach(Message::Close) } else { Vec::new() }
            }
            (Message::Earlier(number), Some(attach)) => {
                if let Some(place @ 1..) = attach.items.iter().position(|item| item.number == number) {
                    attach.items.swap(place - 1, place);
                }
                Vec::new()
            }
            (Message::Grab(number), Some(attach)) => {
                attach.grabbed = Some(number);
                Vec::new()
            }
            (Message::Over(number), Some(attach)) => {
                attach.move_to(number);
                Vec::new()
            }
            (Message::Drop, Some(attach)) => {
                attach.grabbed = None;
                Vec::new()
            }
            (Message::AsFiles(as_files), Some(attach)) => {
                attach.as_files = as_files;
                Vec::new()
            }
            (Message::Compress(compress), Some(attach)) => {
                attach.compress = compress;
                Vec::new()
            }
            (Message::Caption(caption), Some(attach)) => {
                attach.caption = caption;
                Vec::new()
            }
            (
                Message::Send
                | Message::Looked(..)
                | Message::Remove(_)
                | Message::Earlier(_)
                | Message::Grab(_)
                | Message::Over(_)
                | Message::Drop
                | Message::AsFiles(_)
                | Message::Compress(_)
                | Message::Caption(_),
                _,
            ) => Vec::new(),
        }
    }

    /// Adds to what is chosen. What is being written becomes the caption.
    fn attach(&mut self, sources: Vec<FileSource>, as_files: bool) -> Vec<Effect> {
        if sources.is_empty() || self.viewer.is_some() || !self.can_write() {
            return Vec::new();
        }
        let Some(open) = &mut self.open else { return Vec::new() };
        let mut effects = Vec::new();
        let is_new = self.attach.is_none();
        let attach = self.attach.get_or_insert_with(|| {
            let caption =
                if open.composer.edits().is_none() { open.composer.take_words() } else { String::new() };
            Attach { items: Vec::new(), as_files, compress: true, caption, grabbed: None }
        });
        let left_out = (attach.items.len() + sources.len()).saturating_sub(MOST);
        let room = MOST.saturating_sub(attach.items.len());
        for source in sources.into_iter().take(room) {
            self.opened += 1;
            let (number, size) = (self.opened, source.size());
            effects.push(call(Call::Look(number, source.clone())));
            attach.items.push(Item {
                number,
                name: source.name().to_owned(),
                size: size.unwrap_or(0),
                source,
                looked: None,
                problem: size.is_none().then_some(ErrorCode::FileMissing),
            });
        }
        if is_new {
            self.menu = None;
            self.dialog = None;
            effects.push(Effect::Focus(CAPTION));
        }
        if left_out > 0 {
            effects.extend(self.toast(fl!("attach-too-many", most = MOST, count = left_out)));
        }
        effects
    }

    /// What could not be sent is chosen again, where it was to go to.
    fn give_back(&mut self, unsent: Unsent) -> Vec<Effect> {
        let mut effects = Vec::new();
        for (source, error) in &unsent.items {
            effects.extend(self.toast(failure(fl!("failed-attach", name = source.name()), error)));
        }
        if self.current() == Some(&unsent.to) {
            effects.extend(self.attach(unsent.items.into_iter().map(|(source, _)| source).collect(), false));
        }
        if let Some((caption, error)) = unsent.caption {
            effects.extend(self.toast(failure(fl!("failed-attach", name = fl!("attach-caption")), &error)));
            if let Some(open) = self.open.as_mut().filter(|open| open.id == unsent.to) {
                effects.extend(open.composer.put_back(&caption));
            }
        }
        effects
    }

    fn send_attached(&mut self) -> Vec<Effect> {
        let Some(to) = self.current().cloned() else { return Vec::new() };
        let Some(attach) = self.attach.take() else { return Vec::new() };
        let what = |item: &Item| match item.kind(attach.as_files) {
            FileKind::Image => What::Photo,
            FileKind::Video => What::Film,
            FileKind::Audio | FileKind::File => What::File,
        };
        let items = attach.items.iter().map(|item| (item.source.clone(), what(item))).collect();
        let caption = attach.caption.trim().to_owned();
        let (compress, receiver_list) = (attach.compress, self.receivers_in(&to));
        let parcel = Parcel { to, items, compress, caption, receiver_list };
        let mut effects = vec![call(Call::Send(parcel)), Effect::Focus(COMPOSER)];
        effects.extend(self.in_open(|open, scene| open.timeline.sent(scene)));
        effects
    }
}

fn call(call: Call) -> Effect {
    Effect::Call(super::Call::Attach(call))
}

/// A message of this part.
pub fn message(message: Message) -> ChatsMessage {
    ChatsMessage::Attach(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn albums_are_told_by_their_senders() {
        assert_eq!(album_of(r#"{"album":"7f"}"#).as_deref(), Some("7f"));
        for data in ["", "7f", "{}", r#"{"album":""}"#, r#"{"album":7}"#, "[1]"] {
            assert_eq!(album_of(data), None, "{data}");
        }
    }
}
