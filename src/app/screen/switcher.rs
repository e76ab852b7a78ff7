//! The quick switcher: a line to type in, and the conversations, people and actions that match it.
//!
//! Prefixes narrow it: `@` people, `#` groups, `>` actions. With nothing typed the unread conversations come
//! first. Conversations and actions are matched here and now; people of the directory are asked for and come
//! below when they arrive.

use std::time::Duration;

use hallway_client::protocol::ids::ConversationType;
use hallway_client::protocol::method::Users;
use hallway_client::protocol::user::Profile;
use hallway_client::{ChatError, Client, Conversation, ConversationId};
use iced::keyboard::{Key, key::Named};
use iced::widget::{column, container, row};
use iced::{Alignment, Length, Task};

use crate::fl;
use crate::keymap;
use crate::screen::chats::face::face;
use crate::screen::chats::words::conversation_name;
use crate::theme::tokens::{BODY, Elevation, SMALL, size, space as gap};
use crate::theme::{font, style};
use crate::widget::avatar::avatar;
use crate::widget::badge::{Unread, badge};
use crate::widget::bits::{hairline, label, scroll};
use crate::widget::field::search;
use crate::widget::icon::{Icon, icon};
use crate::widget::one_line::one_line;
use crate::widget::row::list_row;
use crate::widget::shadow::shadow;
use crate::widget::{Element, focus};

/// The id of the line to type in.
pub const LINE: &str = "switcher-line";
/// Pause in typing after which people are asked for.
const PAUSE: Duration = Duration::from_millis(150);
/// Rows shown.
const ROWS: usize = 10;

/// The switcher.
#[derive(Debug, Default)]
pub struct Switcher {
    query: String,
    chosen: usize,
    people: Vec<Profile>,
    number: u64,
}

/// What can be gone to.
#[derive(Debug, Clone, PartialEq)]
pub enum Entry {
    /// A conversation of the list.
    Conversation(Conversation),
    /// Somebody there is no conversation with yet.
    Person(Profile),
    /// Something that can be done.
    Action(keymap::Action),
}

/// What happens in the switcher.
#[derive(Debug, Clone)]
pub enum Message {
    /// The line changed.
    Query(String),
    /// Typing paused.
    Search(u64),
    /// People came.
    People(u64, Result<Users, ChatError>),
    /// Another row: down is positive.
    Move(i32),
    /// Go to the chosen row.
    Submit,
    /// Go to a row.
    Pick(usize),
    /// Close the switcher.
    Close,
}

/// What only the parent can do.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Open a conversation.
    Open(ConversationId),
    /// Do something.
    Do(keymap::Action),
    /// Close the switcher.
    Close,
}

/// What an update wants done.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Ask for people.
    Search(u64, String),
    /// Ask when typing has paused.
    Later(u64),
    /// The parent has to do it.
    Action(Action),
}

/// Makes a task of an effect; the parent takes actions out first.
pub fn run(effect: Effect, client: &Client) -> Task<Message> {
    match effect {
        Effect::Search(number, query) => {
            let client = client.clone();
            let page = async move { client.search_users(&query, None).await };
            Task::perform(page, move |page| Message::People(number, page))
        }
        Effect::Later(number) => Task::perform(tokio::time::sleep(PAUSE), move |()| Message::Search(number)),
        Effect::Action(_) => Task::none(),
    }
}

/// Gives the keyboard to the line.
pub fn focus<M>() -> Task<M> {
    focus::focus(LINE)
}

/// What is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scope {
    All,
    People,
    Groups,
    Actions,
}

impl Switcher {
    /// Takes in what happened. `conversations` is the list as it is now, `me` whoever is signed in.
    pub fn update(
        &mut self,
        message: Message,
        conversations: &[Conversation],
        actions: &[keymap::Action],
    ) -> Vec<Effect> {
        match message {
            Message::Query(query) => {
                self.query = query;
                self.chosen = 0;
                self.people.clear();
                self.number += 1;
                return vec![Effect::Later(self.number)];
            }
            Message::Search(number) if number == self.number => {
                let (scope, words) = self.wanted();
                if matches!(scope, Scope::All | Scope::People) && !words.is_empty() {
                    return vec![Effect::Search(number, words.to_owned())];
                }
            }
            Message::Search(_) => {}
            Message::People(number, page) => {
                // Offline there are no people to add; conversations and actions are there all the same.
                if let (true, Ok(page)) = (number == self.number, page) {
                    self.people = page.users;
                }
            }
            Message::Move(by) => {
                let count = self.entries(conversations, actions).len().max(1);
                let by = by.rem_euclid(i32::try_from(count).unwrap_or(i32::MAX));
                self.chosen = (self.chosen + usize::try_from(by).unwrap_or(0)) % count;
            }
            Message::Submit => return self.go(self.chosen, conversations, actions),
            Message::Pick(index) => return self.go(index, conversations, actions),
            Message::Close => return vec![Effect::Action(Action::Close)],
        }
        Vec::new()
    }

    /// The message of a key that the line does not use itself.
    fn key(named: Named) -> Option<Message> {
        match named {
            Named::ArrowDown => Some(Message::Move(1)),
            Named::ArrowUp => Some(Message::Move(-1)),
            _ => None,
        }
    }

    fn go(&self, index: usize, conversations: &[Conversation], actions: &[keymap::Action]) -> Vec<Effect> {
        let action = match self.entries(conversations, actions).into_iter().nth(index) {
            Some(Entry::Conversation(conversation)) => Action::Open(conversation.conversation_id),
            Some(Entry::Person(person)) => Action::Open(ConversationId::C2c(person.user_id)),
            Some(Entry::Action(action)) => Action::Do(action),
            None => return Vec::new(),
        };
        vec![Effect::Action(action)]
    }

    fn wanted(&self) -> (Scope, &str) {
        let query = self.query.trim();
        for (prefix, scope) in [('@', Scope::People), ('#', Scope::Groups), ('>', Scope::Actions)] {
            if let Some(rest) = query.strip_prefix(prefix) {
                return (scope, rest.trim());
            }
        }
        (Scope::All, query)
    }

    /// The rows, best first.
    pub fn entries(&self, conversations: &[Conversation], actions: &[keymap::Action]) -> Vec<Entry> {
        let (scope, words) = self.wanted();
        if scope == Scope::Actions {
            let actions = actions.iter().filter(|action| can_be_done(**action));
            return best(actions.map(|action| (action.name(), Entry::Action(*action))), words);
        }
        let in_scope = |conversation: &&Conversation| match scope {
            Scope::People => conversation.kind() == ConversationType::C2c,
            Scope::Groups => conversation.kind() == ConversationType::Group,
            _ => true,
        };
        let mut wanted: Vec<&Conversation> = conversations.iter().filter(in_scope).collect();
        // The list comes sorted by activity; a stable sort keeps that among equals.
        wanted.sort_by_key(|conversation| conversation.unread_count == 0);
        let named = wanted.iter().flat_map(|conversation| {
            let entry = Entry::Conversation((*conversation).clone());
            [(conversation_name(conversation).into_owned(), entry)]
        });
        let mut entries = best(named, words);
        let known = |person: &&Profile| {
            !conversations.iter().any(|known| {
                matches!(&known.conversation_id, ConversationId::C2c(user) if *user == person.user_id)
            })
        };
        entries.extend(self.people.iter().filter(known).cloned().map(Entry::Person));
        entries.truncate(ROWS);
        entries
    }

    /// The dialog; it hangs from a fifth of the height.
    pub fn view<'a>(
        &'a self,
        conversations: &[Conversation],
        actions: &[keymap::Action],
    ) -> Element<'a, Message> {
        let entries = self.entries(conversations, actions);
        let line = search(fl!("switcher-placeholder"), &self.query, Message::Query)
            .id(LINE)
            .on_key(|key, modifiers| match key {
                Key::Named(named) if modifiers.is_empty() => Self::key(*named),
                _ => None,
            })
            .on_submit(Message::Submit);
        let rows: Element<'a, Message> = if entries.is_empty() {
            container(label(fl!("switcher-nothing"), BODY).style(style::muted)).padding(gap::L).into()
        } else {
            let rows = entries.into_iter().enumerate().map(|(index, entry)| self.row(index, entry));
            scroll(column(rows).padding([gap::XS, gap::S])).into()
        };
        let hint =
            container(label(fl!("switcher-hint"), SMALL).style(style::muted)).padding([gap::S, gap::L]);
        let card = container(column![container(line).padding(gap::M), hairline(), rows, hairline(), hint])
            .width(size::SWITCHER)
            .style(style::dialog);
        shadow(Elevation::Dialog, card)
    }

    fn row<'a>(&self, index: usize, entry: Entry) -> Element<'a, Message> {
        let small = size::AVATAR_MESSAGE - gap::S;
        let (picture, name, right): (Element<'a, Message>, String, Element<'a, Message>) = match entry {
            Entry::Conversation(conversation) => {
                let name = conversation_name(&conversation).into_owned();
                let unread = Unread {
                    count: conversation.unread_count,
                    mention: !conversation.group_at_info_list.is_empty(),
                    ..Unread::default()
                };
                (face(&conversation.conversation_id, &name, small), name, badge(unread))
            }
            Entry::Person(person) => {
                let name = person.display_name().to_owned();
                let picture = avatar(person.user_id.as_str(), &name).size(small);
                let words = label(fl!("switcher-person"), SMALL).style(style::muted);
                (picture.into(), name, words.into())
            }
            Entry::Action(action) => {
                let keys = label(action.keys().unwrap_or_default(), SMALL).style(style::muted);
                (icon(Icon::ChevronRight).into(), action.name(), keys.into())
            }
        };
        let content = row![
            container(picture).width(small).align_x(Alignment::Center),
            one_line(name.clone()).font(font::MEDIUM).width(Length::Fill),
            right
        ]
        .spacing(gap::M)
        .align_y(Alignment::Center)
        .height(size::BAR);
        list_row(content, name).selected(index == self.chosen).on_press(Message::Pick(index)).into()
    }
}

/// Whether an action means anything from here: not those of a message or of the composer, nor the switcher
/// itself, nor closing, which the switcher does by going.
fn can_be_done(action: keymap::Action) -> bool {
    action.place() == keymap::Place::Everywhere
        && !matches!(action, keymap::Action::QuickSwitcher | keymap::Action::Close)
}

/// Those whose names match, better matches first; the order given decides among equals.
fn best(named: impl Iterator<Item = (String, Entry)>, words: &str) -> Vec<Entry> {
    let mut found: Vec<(u8, Entry)> =
        named.filter_map(|(name, entry)| Some((rank(&name, words)?, entry))).collect();
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, entry)| entry).take(ROWS).collect()
}

/// How well a name matches what is typed: its beginning, the beginning of a word, anywhere.
fn rank(name: &str, words: &str) -> Option<u8> {
    let (name, words) = (name.to_lowercase(), words.to_lowercase());
    let at = name.find(&words)?;
    let before = name.get(..at)?.chars().next_back();
    Some(match before {
        None => 0,
        Some(before) if !before.is_alphanumeric() => 1,
        Some(_) => 2,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beginnings_come_before_middles() {
        assert_eq!(rank("Anna Berg", "an"), Some(0));
        assert_eq!(rank("Anna Berg", "BE"), Some(1));
        assert_eq!(rank("Anna Berg", "erg"), Some(2));
        assert_eq!(rank("研发部", "发"), Some(2));
        assert_eq!(rank("Anna Berg", "x"), None);
        assert_eq!(rank("Anna", ""), Some(0));
    }

    #[test]
    fn actions_are_found_by_name_behind_their_prefix() {
        let mut switcher = Switcher::default();
        let first = keymap::Action::Settings.name();
        let word = first.split_whitespace().next().unwrap_or_default().to_owned();
        switcher.update(Message::Query(format!(">{word}")), &[], keymap::Action::ALL);
        let entries = switcher.entries(&[], keymap::Action::ALL);
        assert!(entries.contains(&Entry::Action(keymap::Action::Settings)));
        switcher.update(
            Message::Query(format!("> {}", keymap::Action::Edit.name())),
            &[],
            keymap::Action::ALL,
        );
        assert!(switcher.entries(&[], keymap::Action::ALL).is_empty(), "no message is meant here");
        let without = Switcher::default();
        assert!(without.entries(&[], keymap::Action::ALL).is_empty());
    }

    #[test]
    fn the_choice_goes_round() {
        let mut switcher = Switcher::default();
        let all = keymap::Action::ALL;
        switcher.update(Message::Query(">".into()), &[], all);
        switcher.update(Message::Move(-1), &[], all);
        let last = switcher.entries(&[], all).len() - 1;
        assert_eq!(switcher.chosen, last);
        switcher.update(Message::Move(1), &[], all);
        assert_eq!(switcher.chosen, 0);
    }
}
