//! Reading a chat record: messages that were sent on as one, and records inside of them.
//!
//! The messages are frozen copies. Small records carry them, large ones are fetched (MSG-30) and stay with the message.

pub mod view;

use std::sync::Arc;

use hallway_client::Client;
use hallway_protocol::message::{MergerPayload, Payload, SimplifiedMessage};
use hallway_protocol::{ChatError, Message as ChatMessage, MessageId};

use super::Chats;
use super::call::Call;
use super::dialog::Dialog;
use super::effect::Effect;
use crate::text::markdown::Document;

/// The record that is being read.
#[derive(Debug)]
pub struct Record {
    message: Arc<ChatMessage>,
    /// The records that are open, the innermost one last.
    levels: Vec<Level>,
    /// What is searched for in the innermost one.
    pub query: String,
    /// The record whose messages are fetched, or were to be.
    missing: Option<Box<MergerPayload>>,
    /// Being fetched.
    pub loading: bool,
    /// Why fetching failed.
    pub error: Option<ChatError>,
}

/// An open record.
#[derive(Debug)]
pub struct Level {
    /// What stands on its card.
    pub title: String,
    /// What is in it.
    pub entries: Vec<Entry>,
}

/// A message in a record.
#[derive(Debug)]
pub struct Entry {
    /// The frozen copy.
    pub message: SimplifiedMessage,
    /// Its words, where it is a text.
    pub words: Option<Document>,
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

impl Record {
    /// The innermost record.
    pub fn level(&self) -> Option<&Level> {
        self.levels.last()
    }

    /// Fetches the messages of the innermost one, if they are not in it.
    fn load(&mut self, missing: Option<Box<MergerPayload>>) -> Vec<Effect> {
        self.error = None;
        self.loading = missing.is_some();
        self.missing.clone_from(&missing);
        missing.map(|it| Effect::Call(Call::Record(self.message.clone(), it))).into_iter().collect()
    }

    /// Whether there is one around it.
    pub fn is_nested(&self) -> bool {
        self.levels.len() > 1
    }

    /// The entries that fit the search, with their places.
    pub fn shown(&self) -> Vec<(usize, &Entry)> {
        let query = self.query.trim().to_lowercase();
        let entries = self.level().map_or(&[][..], |level| &level.entries);
        let fits = |entry: &Entry| {
            query.is_empty()
                || entry.message.nick.to_lowercase().contains(&query)
                || entry.words.as_ref().is_some_and(|words| words.text().to_lowercase().contains(&query))
        };
        entries.iter().enumerate().filter(|(_, entry)| fits(entry)).collect()
    }
}

impl Chats {
    pub(super) fn in_record(&mut self, message: Message) -> Vec<Effect> {
        if let Message::Open(id) = message {
            return self.open_record(&id);
        }
        let Some(Dialog::Record(record)) = &mut self.dialog else { return Vec::new() };
        match message {
            Message::Open(_) => {}
            Message::Into(place) => {
                let inner = record.level().and_then(|level| level.entries.get(place));
                let inner = inner.and_then(|entry| entry.message.message_body.first());
                let Some(Payload::Merger(merger)) = inner else { return Vec::new() };
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
                    (record.loading, record.error) = (false, None);
                }
            }
            Message::Query(query) => record.query = query,
            Message::Retry => {
                let missing = record.missing.clone();
                return record.load(missing);
            }
        }
        Vec::new()
    }

    fn open_record(&mut self, id: &MessageId) -> Vec<Effect> {
        let row = self.open.as_ref().and_then(|open| open.timeline.message(id));
        let Some(message) = row.map(|row| row.message.clone()) else { return Vec::new() };
        let Payload::Merger(merger) = &message.payload else { return Vec::new() };
        let levels = vec![Level::new(merger)];
        let missing = merger.message_list.is_empty().then(|| Box::new(merger.clone()));
        let mut record =
            Record { levels, query: String::new(), loading: false, error: None, missing: None, message };
        let effects = record.load(missing);
        self.dialog = Some(Dialog::Record(Box::new(record)));
        effects
    }

    /// A record was fetched, or could not be.
    pub(super) fn record_loaded(&mut self, key: &str, result: Result<Box<MergerPayload>, ChatError>) {
        let Some(Dialog::Record(record)) = &mut self.dialog else { return };
        if record.missing.as_ref().is_none_or(|missing| missing.download_key != key) || !record.loading {
            return;
        }
        record.loading = false;
        match (result, record.levels.last_mut()) {
            (Ok(merger), Some(level)) => *level = Level::new(&merger),
            (Ok(_), None) => {}
            (Err(error), _) => record.error = Some(error),
        }
    }
}

/// Fetches the messages of a large record, which is `inner` of a message or the message's own.
pub async fn load(
    client: &Client,
    message: &ChatMessage,
    inner: MergerPayload,
) -> Result<Box<MergerPayload>, ChatError> {
    let message_list = client.open_merger(message, &inner).await?;
    Ok(Box::new(MergerPayload { message_list, ..inner }))
}
