//! Reading a chat record: messages that were sent on as one, and records inside of them, in a window of its own.
//!
//! The messages are frozen copies. Small records carry them, large ones are fetched (MSG-30) and stay with the message. The
//! window is the parent's: it is there for as long as [`Chats::record`] is something. [`view`]: what is in it; [`call`]: what
//! is asked of the account.

pub mod call;
pub mod view;

use std::collections::HashMap;
use std::sync::Arc;

use hallway_protocol::message::{FacePayload, MergerPayload, Payload, SimplifiedMessage};
use hallway_protocol::{ChatError, Message as ChatMessage, MessageId};
use iced::keyboard::key::Named;
use iced::keyboard::{Key, Modifiers};
use iced::widget::image::Handle;

pub use self::call::Call;
use super::effect::Effect;
use super::media::{self, transfers::Wish, variant};
use super::{Action, Chats, words};
use crate::text::markdown::Document;

/// Longer side of a picture in the list.
const SMALL: f32 = 198.0;

/// The record that is being read.
#[derive(Debug)]
pub struct Record {
    message: Arc<ChatMessage>,
    /// The records that are open, the innermost one last.
    levels: Vec<Level>,
    /// What is searched for in the innermost one.
    query: String,
    /// The record whose messages are fetched, or were to be.
    missing: Option<Box<MergerPayload>>,
    loading: bool,
    /// Why fetching failed.
    error: Option<ChatError>,
    /// Small pictures by their addresses; none while one is loaded, and when it could not be.
    pictures: HashMap<String, Option<Handle>>,
    /// The picture that has the window for itself: its address, and it once it is here.
    large: Option<(String, Option<Handle>)>,
}

/// An open record.
#[derive(Debug)]
struct Level {
    /// What stands on its card.
    title: String,
    entries: Vec<Entry>,
}

/// A message in a record.
#[derive(Debug)]
struct Entry {
    /// The frozen copy.
    message: SimplifiedMessage,
    /// Its words, where it is a text.
    words: Option<Document>,
}

/// What happens to records.
#[derive(Debug, Clone)]
pub enum Message {
    /// Read the record of this message.
    Open(MessageId),
    /// Read the record in this entry of the innermost one.
    Into(usize),
    /// Back to the record around it.
    Back,
    /// The search changed.
    Query(String),
    /// Fetch it again.
    Retry,
    /// The messages behind a key are here, or are not to be had.
    Came(String, Result<Box<MergerPayload>, ChatError>),
    /// A picture is here, or is not to be had: its address, and whether it is the large one.
    Picture(String, bool, Option<Handle>),
    /// Give the window to the picture with this address.
    Enlarge(String),
    /// Back to the messages.
    Reduce,
    /// Bring the file of this entry here: ask where to, or open it then.
    Fetch(usize, bool),
    /// Read no more.
    Close,
}

impl Level {
    fn new(merger: &MergerPayload) -> Self {
        let entry = |message: &SimplifiedMessage| Entry {
            words: message.message_body.first().and_then(|payload| match payload {
                Payload::Text(text) => Some(Document::parse(&text.text)),
                _ => None,
            }),
            message: message.clone(),
        };
        Self { title: merger.title.clone(), entries: merger.message_list.iter().map(entry).collect() }
    }
}

/// The address of the small picture of a payload.
fn small(payload: &Payload) -> Option<&str> {
    match payload {
        Payload::Image(image) => variant(image, 1).or(variant(image, 0)).map(|it| it.url.as_str()),
        Payload::Video(video) if !video.snapshot_url.is_empty() => Some(&video.snapshot_url),
        _ => None,
    }
}

impl Record {
    /// The innermost record.
    fn level(&self) -> Option<&Level> {
        self.levels.last()
    }

    fn payload(&self, place: usize) -> Option<&Payload> {
        self.level()?.entries.get(place)?.message.message_body.first()
    }

    /// Fetches what is missing of the innermost one: its messages, or else the pictures in it.
    fn load(&mut self, missing: Option<Box<MergerPayload>>) -> Vec<Effect> {
        self.error = None;
        self.loading = missing.is_some();
        self.missing.clone_from(&missing);
        if let Some(missing) = missing {
            return vec![call(Call::Messages(self.message.clone(), missing))];
        }
        let Some(level) = self.levels.last() else { return Vec::new() };
        let payloads = level.entries.iter().flat_map(|entry| &entry.message.message_body);
        let mut effects = Vec::new();
        for url in payloads.filter_map(small) {
            if !self.pictures.contains_key(url) {
                self.pictures.insert(url.to_owned(), None);
                effects.push(call(Call::Picture(self.message.clone(), url.to_owned(), false)));
            }
        }
        effects
    }

    /// Whether there is one around it.
    fn is_nested(&self) -> bool {
        self.levels.len() > 1
    }

    /// The stickers in the innermost one.
    pub fn faces(&self) -> impl Iterator<Item = &FacePayload> {
        let entries = self.level().map_or(&[][..], |level| &level.entries);
        entries.iter().flat_map(|entry| &entry.message.message_body).filter_map(|payload| match payload {
            Payload::Face(face) => Some(face),
            _ => None,
        })
    }

    /// The entries that fit the search, with their places.
    fn shown(&self) -> Vec<(usize, &Entry)> {
        let query = self.query.trim().to_lowercase();
        let entries = self.level().map_or(&[][..], |level| &level.entries);
        let fits = |entry: &Entry| {
            let says = match &entry.words {
                Some(words) => words.text().to_lowercase(),
                None => entry.message.message_body.iter().map(words::kind).collect::<String>().to_lowercase(),
            };
            query.is_empty() || entry.message.nick.to_lowercase().contains(&query) || says.contains(&query)
        };
        entries.iter().enumerate().filter(|(_, entry)| fits(entry)).collect()
    }
}

impl Chats {
    /// What the window of the record is called; none while no record is read.
    pub fn record_title(&self) -> Option<String> {
        let record = self.record.as_ref()?;
        Some(record.level().map_or_else(String::new, |level| words::one_line(&level.title)))
    }

    /// What a key does in the window of the record that none of its widgets took.
    pub fn key_in_record(&mut self, key: &Key, modifiers: Modifiers) -> Vec<Effect> {
        match key.as_ref() {
            Key::Named(Named::Escape) if self.record.as_ref().is_some_and(|it| it.large.is_some()) => {
                self.in_record(Message::Reduce)
            }
            Key::Named(Named::Escape) => self.in_record(Message::Close),
            Key::Character("f" | "F") if modifiers.command() => vec![Effect::Focus(view::SEARCH)],
            Key::Character("w" | "W") if modifiers.command() => self.in_record(Message::Close),
            Key::Named(Named::ArrowLeft) if modifiers.alt() => self.in_record(Message::Back),
            _ => Vec::new(),
        }
    }

    pub(super) fn in_record(&mut self, message: Message) -> Vec<Effect> {
        if let Message::Open(id) = message {
            return self.open_record(&id);
        }
        let Some(record) = &mut self.record else { return Vec::new() };
        match message {
            Message::Open(_) => {}
            Message::Into(place) => {
                let Some(Payload::Merger(merger)) = record.payload(place) else { return Vec::new() };
                let level = Level::new(merger);
                let missing = level.entries.is_empty().then(|| Box::new(merger.clone()));
                record.levels.push(level);
                record.query.clear();
                return record.load(missing);
            }
            Message::Back => {
                if record.is_nested() {
                    record.levels.pop();
                    record.query.clear();
                    return record.load(None);
                }
            }
            Message::Query(query) => record.query = query,
            Message::Retry => {
                let missing = record.missing.clone();
                return record.load(missing);
            }
            Message::Came(key, result) => {
                let is_awaited = record.missing.as_ref().is_some_and(|it| it.download_key == key);
                if is_awaited && record.loading {
                    return record.came(result);
                }
            }
            Message::Picture(url, true, picture) => match (&mut record.large, picture) {
                (Some((wanted, shown)), Some(picture)) if *wanted == url => *shown = Some(picture),
                (large, None) => drop(large.take_if(|(wanted, _)| *wanted == url)),
                _ => {}
            },
            Message::Picture(url, false, picture) => {
                record.pictures.insert(url, picture);
            }
            Message::Enlarge(url) => {
                record.large = Some((url.clone(), None));
                return vec![call(Call::Picture(record.message.clone(), url, true))];
            }
            Message::Reduce => record.large = None,
            Message::Fetch(place, then_open) => {
                // As a message of its own it has one file, which belongs to the message that is here.
                let Some(payload) = record.payload(place).cloned() else { return Vec::new() };
                let message = Arc::new(ChatMessage { payload, ..(*record.message).clone() });
                return match then_open {
                    true => self.fetch(message, Wish { to: None, then_open }),
                    false => media::save_as(message),
                };
            }
            Message::Close => self.record = None,
        }
        Vec::new()
    }

    fn open_record(&mut self, id: &MessageId) -> Vec<Effect> {
        let row = self.open.as_ref().and_then(|open| open.timeline.message(id));
        let Some(message) = row.map(|row| row.message.clone()) else { return Vec::new() };
        let Payload::Merger(merger) = &message.payload else { return Vec::new() };
        let levels = vec![Level::new(merger)];
        let missing = merger.message_list.is_empty().then(|| Box::new(merger.clone()));
        let mut record = Record {
            levels,
            query: String::new(),
            loading: false,
            error: None,
            missing: None,
            pictures: HashMap::new(),
            large: None,
            message,
        };
        let mut effects = record.load(missing);
        self.record = Some(Box::new(record));
        effects.push(Effect::Action(Action::ShowRecord));
        effects
    }
}

impl Record {
    /// The messages were fetched, or could not be.
    fn came(&mut self, result: Result<Box<MergerPayload>, ChatError>) -> Vec<Effect> {
        self.loading = false;
        match (result, self.levels.last_mut()) {
            (Ok(merger), Some(level)) => {
                *level = Level::new(&merger);
                return self.load(None);
            }
            (Ok(_), None) => {}
            (Err(error), _) => self.error = Some(error),
        }
        Vec::new()
    }
}

fn call(call: Call) -> Effect {
    Effect::Call(super::Call::Record(call))
}
