//! Sending messages on: to whom, as one record or one by one, with words of one's own.
//!
//! Where it goes is chosen from the conversations, and from the directory once something is typed. What could not be sent on
//! stays chosen, with the reason, to be tried again.

mod call;
pub mod view;

use std::sync::Arc;

use hallway_client::Conversation;
use hallway_protocol::message::Payload;
use hallway_protocol::{ChatError, ConversationId, Message as ChatMessage, UserId};

pub use self::call::{Call, Order};
use super::dialog::Dialog;
use super::effect::Effect;
use super::people::People;
use super::{Chats, words};
use crate::fl;

/// The most places at a time.
pub const MOST: usize = 50;
/// So many conversations are offered before anything is typed.
const RECENT: usize = 20;
/// So many lines stand on the card of a record.
const LINES: usize = 4;

/// The dialog.
#[derive(Debug)]
pub struct Forward {
    /// What is sent on, oldest first.
    pub messages: Vec<Arc<ChatMessage>>,
    /// The search, and who was found in the directory.
    pub people: People,
    /// Where to, in the order of choosing.
    pub chosen: Vec<Place>,
    /// Words to go along.
    pub note: String,
    /// As one record.
    pub merged: bool,
    /// On its way.
    pub sending: bool,
    /// Where it was not sent, and why.
    pub failed: Vec<(ConversationId, ChatError)>,
    number: u64,
}

/// Where something can be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The conversation.
    pub id: ConversationId,
    /// What it is called.
    pub name: String,
}

/// What happens in the dialog.
#[derive(Debug, Clone)]
pub enum Message {
    /// A place was chosen, or no longer.
    Toggle(Place),
    /// The words to go along changed.
    Note(String),
    /// As one record, or one by one.
    Merged(bool),
    /// Do it.
    Send,
    /// They were sent on: the number of the dialog, and where they were not, with the reason.
    Sent(u64, Vec<(ConversationId, ChatError)>),
}

/// What stands on the card of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// Whose messages they are.
    pub title: String,
    /// The first lines.
    pub abstract_list: Vec<String>,
    /// For programs that cannot show a record.
    pub compatible_text: String,
}

/// Whether a message can be sent on (MSG-31, OBJ-101): not what the server says, and not what is gone.
pub fn can_forward(message: &ChatMessage) -> bool {
    let is_said = !matches!(
        message.payload,
        Payload::GroupTip(_) | Payload::GroupSystemNotice(_) | Payload::Revoked {} | Payload::Unknown(_)
    );
    is_said && !message.is_revoked() && !message.has_risk_content && message.sequence > 0
}

impl Forward {
    /// Whether it can be sent now.
    pub fn is_ready(&self) -> bool {
        !self.chosen.is_empty() && !self.sending
    }

    /// Whether a place is chosen.
    pub fn is_chosen(&self, id: &ConversationId) -> bool {
        self.chosen.iter().any(|place| place.id == *id)
    }

    fn toggle(&mut self, place: Place) {
        if self.is_chosen(&place.id) {
            self.chosen.retain(|chosen| chosen.id != place.id);
            self.failed.retain(|(id, _)| *id != place.id);
        } else if self.chosen.len() < MOST {
            self.chosen.push(place);
        }
    }

    /// What fits the search: conversations first, then people of the directory.
    pub fn places(&self, list: &[Conversation], me: &UserId) -> Vec<Place> {
        let query = self.people.query().trim().to_lowercase();
        let fits = |conversation: &&Conversation| {
            conversation.conversation_id != ConversationId::System
                && !conversation.is_readonly
                && conversation.display_name().to_lowercase().contains(&query)
        };
        let most = if query.is_empty() { RECENT } else { usize::MAX };
        let mut places: Vec<Place> = list
            .iter()
            .filter(fits)
            .take(most)
            .map(|conversation| Place {
                id: conversation.conversation_id.clone(),
                name: conversation.display_name().to_owned(),
            })
            .collect();
        if !query.is_empty() {
            for person in self.people.found().iter().filter(|person| person.user_id != *me) {
                let id = ConversationId::C2c(person.user_id.clone());
                if places.iter().all(|place| place.id != id) {
                    places.push(Place { id, name: person.display_name().to_owned() });
                }
            }
        }
        places
    }
}

impl Chats {
    /// Asks where messages are to go.
    pub(super) fn forward(&mut self, messages: Vec<Arc<ChatMessage>>) -> Vec<Effect> {
        self.menu = None;
        let (people, effects) = self.choose_people(true, []);
        self.dialog = Some(Dialog::Forward(Box::new(Forward {
            merged: messages.len() > 1,
            messages,
            people,
            chosen: Vec::new(),
            note: String::new(),
            sending: false,
            failed: Vec::new(),
            number: self.searches,
        })));
        effects
    }

    pub(super) fn in_forward(&mut self, message: Message) -> Vec<Effect> {
        if let Message::Sent(number, failed) = message {
            return self.forwarded(number, failed);
        }
        let Some(Dialog::Forward(forward)) = &mut self.dialog else { return Vec::new() };
        match message {
            Message::Toggle(place) => forward.toggle(place),
            Message::Note(note) => forward.note = note,
            Message::Merged(merged) => forward.merged = merged,
            Message::Sent(..) => {}
            Message::Send if !forward.is_ready() => {}
            Message::Send => {
                forward.sending = true;
                let order = Order {
                    number: forward.number,
                    messages: forward.messages.clone(),
                    targets: forward.chosen.iter().map(|place| place.id.clone()).collect(),
                    note: forward.note.trim().to_owned(),
                    record: forward.merged.then(|| card(&forward.messages)),
                };
                return vec![call(Call(Box::new(order)))];
            }
        }
        Vec::new()
    }

    /// Messages were sent on, but for these places.
    fn forwarded(&mut self, number: u64, failed: Vec<(ConversationId, ChatError)>) -> Vec<Effect> {
        let Some(Dialog::Forward(forward)) = &mut self.dialog else { return Vec::new() };
        if forward.number != number {
            return Vec::new();
        }
        let sent = forward.chosen.len() - failed.len().min(forward.chosen.len());
        forward.sending = false;
        forward.chosen.retain(|place| failed.iter().any(|(id, _)| *id == place.id));
        forward.failed = failed;
        let mut effects = Vec::new();
        if forward.failed.is_empty() {
            self.dialog = None;
            effects.extend(self.end_picking());
        }
        if sent > 0 {
            effects.extend(self.toast(fl!("forwarded", count = sent)));
        }
        effects
    }
}

/// What stands on the card of these messages.
fn card(messages: &[Arc<ChatMessage>]) -> Card {
    let mut people: Vec<String> = Vec::new();
    for message in messages {
        let name = words::sender(message).to_owned();
        if !people.contains(&name) {
            people.push(name);
        }
    }
    let line = |message: &Arc<ChatMessage>| {
        // Whoever reads it is not the one who sends it: no "you".
        let nobody = &message.from;
        format!("{}: {}", words::sender(message), words::preview(message, nobody))
    };
    Card {
        title: fl!("record-title", names = words::names(&people)),
        abstract_list: messages.iter().take(LINES).map(line).collect(),
        compatible_text: fl!("record-compatible"),
    }
}

fn call(call: Call) -> Effect {
    Effect::Call(super::Call::Forward(call))
}
