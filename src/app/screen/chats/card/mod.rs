//! Cards of our own in messages: answering polls and sign-up lists, and making new ones (dialog).

mod call;
pub mod view;

use hallway_protocol::annotation::Extension;
use hallway_protocol::card::{Answer, Card, Contact, MOST_OPTIONS, Poll, SignUp};
use hallway_protocol::message::{LocationPayload, Payload};
use hallway_protocol::user::Profile;
use hallway_protocol::{ChatError, ConversationId, Message as ChatMessage, MessageId};

pub use self::call::Call;
use super::dialog::Dialog;
use super::effect::Effect;
use super::update::failure;
use super::{Chats, Message as ChatsMessage};
use crate::fl;
use crate::widget::icon::Icon;
use crate::widget::menu::{Entry, Item};

/// The id of the first field of the dialog.
pub const FIRST: &str = "card-first";

/// What happens to cards.
#[derive(Debug, Clone)]
pub enum Message {
    /// An option of a poll was pressed.
    Vote(MessageId, usize),
    /// On a sign-up list, or off it.
    Sign(MessageId, bool),
    /// Make a new one.
    New(Kind),
    /// Choose somebody whose card is sent.
    Contact,
    /// A field of the new one changed.
    Field(Field, String),
    /// Several options may be chosen.
    Multiple(bool),
    /// Send it.
    Send,
    /// It is in the outbox, or never will be.
    Sent(Result<(), ChatError>),
    /// The answer is filed, or is not.
    Answered(Result<(), ChatError>),
}

/// Which kind of card is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A poll.
    Poll,
    /// A sign-up list.
    SignUp,
    /// A place.
    Place,
}

/// A field of a new card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// The question, the title, the name of the place.
    Title,
    /// An option of a poll.
    Option(usize),
    /// How many places a list has.
    Places,
    /// Degrees north.
    Latitude,
    /// Degrees east.
    Longitude,
}

/// A card that is being made.
#[derive(Debug, Clone)]
pub struct NewCard {
    /// Where to.
    pub to: ConversationId,
    /// Which kind.
    pub kind: Kind,
    /// The question, the title, the name of the place.
    pub title: String,
    /// Options of a poll; the last one is empty while there is room for more.
    pub options: Vec<String>,
    /// Several may be chosen.
    pub is_multiple: bool,
    /// How many places a list has; empty: any number.
    pub places: String,
    /// Degrees north and east.
    pub degrees: [String; 2],
    /// It is on its way into the outbox.
    pub sending: bool,
    /// Why that failed.
    pub error: Option<ChatError>,
}

/// What a new card is sent as.
#[derive(Debug, Clone, PartialEq)]
pub enum NewMessage {
    /// One of ours, and the same in words.
    Card(Card, String),
    /// A place.
    Place(LocationPayload),
}

impl NewCard {
    fn new(to: ConversationId, kind: Kind) -> Self {
        Self {
            to,
            kind,
            title: String::new(),
            options: vec![String::new(), String::new()],
            is_multiple: false,
            places: String::new(),
            degrees: [String::new(), String::new()],
            sending: false,
            error: None,
        }
    }

    fn set(&mut self, field: Field, text: String) {
        self.error = None;
        match field {
            Field::Title => self.title = text,
            Field::Option(place) => {
                if let Some(option) = self.options.get_mut(place) {
                    *option = text;
                }
                let is_full = self.options.iter().all(|option| !option.trim().is_empty());
                if is_full && self.options.len() < MOST_OPTIONS {
                    self.options.push(String::new());
                }
            }
            Field::Places => self.places = text,
            Field::Latitude => self.degrees[0] = text,
            Field::Longitude => self.degrees[1] = text,
        }
    }

    /// What it would be sent as; none while something is missing or wrong.
    pub fn message(&self) -> Option<NewMessage> {
        let title = self.title.trim().to_owned();
        let card = match self.kind {
            Kind::Poll => {
                let options = self.options.iter().map(|option| option.trim().to_owned());
                let options = options.filter(|option| !option.is_empty()).collect();
                Card::Poll(Poll { question: title.clone(), options, is_multiple: self.is_multiple })
            }
            Kind::SignUp => {
                let places = match self.places.trim() {
                    "" => 0,
                    places => places.parse().ok().filter(|places| *places > 0)?,
                };
                Card::SignUp(SignUp { title: title.clone(), places })
            }
            Kind::Place => {
                let [latitude, longitude] = [self.degree(0, 90.0)?, self.degree(1, 180.0)?];
                return Some(NewMessage::Place(LocationPayload { description: title, longitude, latitude }));
            }
        };
        let words = match self.kind {
            Kind::Poll => fl!("poll-words", question = title),
            _ => fl!("list-words", title = title),
        };
        card.is_good().then_some(NewMessage::Card(card, words))
    }

    /// A coordinate, typed with a point or a comma.
    fn degree(&self, place: usize, most: f64) -> Option<f64> {
        let typed = self.degrees.get(place)?.trim().replace(',', ".");
        typed.parse::<f64>().ok().filter(|degree| degree.abs() <= most)
    }
}

impl Chats {
    pub(super) fn in_card(&mut self, message: Message) -> Vec<Effect> {
        match message {
            Message::Vote(id, option) => self.vote(&id, option),
            Message::Sign(id, on) => self.answer_card(&id, on.then(Vec::new)),
            Message::New(kind) => {
                self.menu = None;
                if let Some(id) = self.current().cloned() {
                    self.dialog = Some(Dialog::Card(Box::new(NewCard::new(id, kind))));
                }
                vec![Effect::Focus(FIRST)]
            }
            Message::Contact => {
                self.menu = None;
                let Some(to) = self.current().cloned() else { return Vec::new() };
                let (people, effects) = self.choose_people(false, []);
                self.dialog = Some(Dialog::Contact(to, people));
                effects
            }
            Message::Field(field, text) => {
                if let Some(Dialog::Card(card)) = &mut self.dialog {
                    card.set(field, text);
                }
                Vec::new()
            }
            Message::Multiple(multiple) => {
                if let Some(Dialog::Card(card)) = &mut self.dialog {
                    card.is_multiple = multiple;
                }
                Vec::new()
            }
            Message::Sent(result) => self.card_sent(result),
            Message::Answered(Ok(())) => Vec::new(),
            Message::Answered(Err(error)) => self.toast(failure(fl!("failed-answer"), &error)),
            Message::Send => {
                let Some(Dialog::Card(card)) = &mut self.dialog else { return Vec::new() };
                let Some(message) = card.message().filter(|_| !card.sending) else { return Vec::new() };
                card.sending = true;
                let to = card.to.clone();
                let receivers = self.receivers_in(&to);
                vec![call(Call::Send(to, receivers, Box::new(message)))]
            }
        }
    }

    /// Sends the card of somebody.
    pub(super) fn send_contact(&mut self, to: ConversationId, person: &Profile) -> Vec<Effect> {
        self.dialog = None;
        let name = person.display_name();
        let contact = Contact { user_id: person.user_id.clone(), nick: name.to_owned() };
        let card = NewMessage::Card(Card::Contact(contact), fl!("contact-words", name = name));
        let receivers = self.receivers_in(&to);
        vec![call(Call::Send(to, receivers, Box::new(card)))]
    }

    /// A new card is in the outbox, or will never be.
    fn card_sent(&mut self, result: Result<(), ChatError>) -> Vec<Effect> {
        match (&mut self.dialog, result) {
            (dialog, Ok(())) => {
                dialog.take_if(|dialog| matches!(dialog, Dialog::Card(_)));
                self.in_open(|open, scene| open.timeline.sent(scene))
            }
            (Some(Dialog::Card(card)), Err(error)) => {
                card.sending = false;
                card.error = Some(error);
                Vec::new()
            }
            (_, Err(error)) => self.toast(failure(fl!("failed-send"), &error)),
        }
    }

    /// What can be sent besides words and files.
    pub(super) fn card_entries() -> Vec<Entry<ChatsMessage>> {
        let new = |kind| ChatsMessage::Card(Message::New(kind));
        vec![
            Item::new(fl!("new-poll"), new(Kind::Poll)).icon(Icon::Poll).into(),
            Item::new(fl!("new-list"), new(Kind::SignUp)).icon(Icon::List).into(),
            Item::new(fl!("new-contact"), ChatsMessage::Card(Message::Contact)).icon(Icon::User).into(),
            Item::new(fl!("new-place"), new(Kind::Place)).icon(Icon::Place).into(),
        ]
    }

    fn vote(&mut self, id: &MessageId, option: usize) -> Vec<Effect> {
        let me = &self.context.me.user_id;
        let row = self.open.as_ref().and_then(|open| open.timeline.message(id));
        let Some((Card::Poll(poll), message)) = row.and_then(|row| Some((row.card.as_ref()?, &row.message)))
        else {
            return Vec::new();
        };
        let own = poll.after_press(&poll.tally(&message.extensions, me).own, option);
        self.answer_card(id, (!own.is_empty()).then_some(own))
    }

    /// Files the viewer's answer under a card, or takes it back.
    fn answer_card(&self, id: &MessageId, options: Option<Vec<usize>>) -> Vec<Effect> {
        let Some(row) = self.open.as_ref().and_then(|open| open.timeline.message(id)) else {
            return Vec::new();
        };
        let me = &self.context.me;
        let message = row.message.clone();
        vec![call(match options {
            Some(options) => {
                let time_ms = self.context.clock.now().saturating_mul(1000);
                let answer = Answer { options, nick: me.display_name().to_owned(), time_ms };
                Call::Answer(message, answer.extension(&me.user_id))
            }
            None => Call::TakeBack(message, Extension::key_of(&me.user_id)),
        })]
    }
}

/// The card of a message that has one.
pub fn card_of(message: &ChatMessage) -> Option<Card> {
    match &message.payload {
        Payload::Custom(custom) => Card::of(custom),
        _ => None,
    }
}

fn call(call: Call) -> Effect {
    Effect::Call(super::Call::Card(call))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::screen::chats::sample;

    fn new(kind: Kind) -> NewCard {
        NewCard::new(sample::conversation("GROUPsales"), kind)
    }

    #[test]
    fn a_poll_wants_a_question_and_two_options() {
        let mut card = new(Kind::Poll);
        card.set(Field::Title, " Where? ".into());
        card.set(Field::Option(0), "here".into());
        assert_eq!(card.message(), None);
        card.set(Field::Option(1), "there".into());
        assert_eq!(card.options.len(), 3, "there is room for one more");
        let Some(NewMessage::Card(Card::Poll(poll), words)) = card.message() else { panic!("a poll") };
        assert_eq!((poll.question.as_str(), poll.options.len(), poll.is_multiple), ("Where?", 2, false));
        assert!(words.contains("Where?"));
    }

    #[test]
    fn a_list_counts_places_and_a_place_has_coordinates() {
        let mut list = new(Kind::SignUp);
        list.set(Field::Title, "Dinner".into());
        assert!(list.message().is_some());
        for wrong in ["none", "0", "-3"] {
            list.set(Field::Places, wrong.into());
            assert_eq!(list.message(), None, "{wrong}");
        }
        let mut place = new(Kind::Place);
        for (latitude, longitude, good) in
            [("52,5", "13.4", true), ("91", "0", false), ("0", "181", false), ("", "1", false)]
        {
            place.set(Field::Latitude, latitude.into());
            place.set(Field::Longitude, longitude.into());
            assert_eq!(place.message().is_some(), good, "{latitude} {longitude}");
        }
    }
}
