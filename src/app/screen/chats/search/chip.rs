//! What narrows a search: who wrote it, of which kind, from when, and where.

use hallway_protocol::method::MessageKind;
use hallway_protocol::{ConversationId, UserId};

use super::{Message, Search};
use crate::clock::Clock;
use crate::fl;
use crate::screen::chats::{Chats, Message as ChatsMessage};
use crate::widget::menu::{Entry, Item};

/// People offered at most.
const PEOPLE: usize = 30;
/// Seconds of a day.
const DAY: i64 = 86_400;

/// One of the chips.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chip {
    /// Where.
    Within,
    /// Who.
    Sender,
    /// What.
    Kind,
    /// When.
    Period,
}

impl Chip {
    /// In their order.
    pub const ALL: [Self; 4] = [Self::Within, Self::Sender, Self::Period, Self::Kind];
}

/// Somebody who wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// Who.
    pub id: UserId,
    /// What they are called.
    pub name: String,
}

/// Kinds of messages as people think of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Words.
    Text,
    /// Images and videos.
    Media,
    /// Files.
    File,
    /// Voice messages.
    Voice,
    /// Places.
    Location,
    /// Chat records.
    Record,
}

impl Kind {
    const ALL: [Self; 6] = [Self::Text, Self::Media, Self::File, Self::Voice, Self::Location, Self::Record];

    /// What it means on the wire.
    pub fn kinds(self) -> &'static [MessageKind] {
        match self {
            Self::Text => &[MessageKind::Text],
            Self::Media => &[MessageKind::Image, MessageKind::Video],
            Self::File => &[MessageKind::File],
            Self::Voice => &[MessageKind::Audio],
            Self::Location => &[MessageKind::Location],
            Self::Record => &[MessageKind::Merger],
        }
    }

    fn name(self) -> String {
        match self {
            Self::Text => fl!("search-kind-text"),
            Self::Media => fl!("search-kind-media"),
            Self::File => fl!("search-kind-file"),
            Self::Voice => fl!("search-kind-voice"),
            Self::Location => fl!("search-kind-location"),
            Self::Record => fl!("search-kind-record"),
        }
    }
}

/// How far back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// Since midnight.
    Today,
    /// So many days.
    Days(i64),
}

impl Period {
    const ALL: [Self; 4] = [Self::Today, Self::Days(7), Self::Days(30), Self::Days(365)];

    /// Up to now.
    pub fn seconds(self, clock: Clock) -> i64 {
        match self {
            Self::Today => (DAY - i64::try_from(clock.until_midnight()).unwrap_or(0)).max(1),
            Self::Days(days) => days * DAY,
        }
    }

    fn name(self) -> String {
        match self {
            Self::Today => fl!("search-today"),
            Self::Days(365) => fl!("search-year"),
            Self::Days(days) => fl!("search-days", count = days),
        }
    }
}

impl Search {
    /// What a chip says, and whether it narrows anything.
    pub(super) fn chip(&self, chip: Chip) -> (String, bool) {
        let chosen = match chip {
            Chip::Within => {
                let name = if self.within.is_some() { fl!("search-here") } else { fl!("search-everywhere") };
                return (name, self.within.is_some());
            }
            Chip::Sender => {
                self.sender.as_ref().map(|sender| fl!("search-from", name = sender.name.as_str()))
            }
            Chip::Kind => self.kind.map(Kind::name),
            Chip::Period => self.period.map(Period::name),
        };
        let is_chosen = chosen.is_some();
        let name = chosen.unwrap_or_else(|| match chip {
            Chip::Sender => fl!("search-anybody"),
            Chip::Kind => fl!("search-any-kind"),
            Chip::Period | Chip::Within => fl!("search-any-time"),
        });
        (name, is_chosen)
    }
}

impl Chats {
    /// What a chip offers.
    pub(in super::super) fn search_menu(&self, chip: Chip) -> Vec<Entry<ChatsMessage>> {
        let Some(search) = &self.search else { return Vec::new() };
        let item = |name: String, message: Message, is_chosen: bool| {
            Entry::from(Item::new(name, message.into()).checked(is_chosen))
        };
        match chip {
            Chip::Within => {
                let everywhere =
                    item(fl!("search-everywhere"), Message::Within(None), search.within.is_none());
                let here = self.current().filter(|id| **id != ConversationId::System);
                let here = here.map(|id| {
                    item(fl!("search-here"), Message::Within(Some(id.clone())), search.within.is_some())
                });
                here.into_iter().chain([everywhere]).collect()
            }
            Chip::Sender => {
                let anybody = item(fl!("search-anybody"), Message::Sender(None), search.sender.is_none());
                let people = self.search_people().into_iter().map(|sender| {
                    let is_chosen = search.sender.as_ref() == Some(&sender);
                    item(sender.name.clone(), Message::Sender(Some(sender)), is_chosen)
                });
                [anybody, Entry::Separator].into_iter().chain(people).collect()
            }
            Chip::Kind => {
                let any = item(fl!("search-any-kind"), Message::Kind(None), search.kind.is_none());
                let kinds = Kind::ALL
                    .into_iter()
                    .map(|kind| item(kind.name(), Message::Kind(Some(kind)), search.kind == Some(kind)));
                [any, Entry::Separator].into_iter().chain(kinds).collect()
            }
            Chip::Period => {
                let any = item(fl!("search-any-time"), Message::Period(None), search.period.is_none());
                let periods = Period::ALL.into_iter().map(|period| {
                    item(period.name(), Message::Period(Some(period)), search.period == Some(period))
                });
                [any, Entry::Separator].into_iter().chain(periods).collect()
            }
        }
    }

    /// The viewer, the members of the open group, and those one talks with.
    fn search_people(&self) -> Vec<Sender> {
        let me = &self.context.me;
        let mut people = vec![Sender { id: me.user_id.clone(), name: fl!("search-me") }];
        let mut add = |id: &UserId, name: &str| {
            if people.len() < PEOPLE && people.iter().all(|known| known.id != *id) {
                let name = if name.is_empty() { id.as_str() } else { name };
                people.push(Sender { id: id.clone(), name: name.to_owned() });
            }
        };
        for member in self.open.iter().flat_map(|open| &open.members) {
            add(&member.user_id, if member.name_card.is_empty() { &member.nick } else { &member.name_card });
        }
        for conversation in self.list.all() {
            if let Some(user) = &conversation.user_profile {
                add(&user.user_id, user.display_name());
            }
        }
        people
    }
}
