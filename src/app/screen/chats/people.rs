//! Choosing people from the directory: one, or several with chips.
//!
//! What is typed is searched on the server after a short pause; an answer to an older search is dropped.

use std::collections::HashSet;
use std::time::Duration;

use hallway_protocol::method::Users;
use hallway_protocol::user::Profile;
use hallway_protocol::{ChatError, UserId};

use super::Chats;
use super::call::Call;
use super::effect::Effect;

/// Pause in typing after which is searched.
const PAUSE: Duration = Duration::from_millis(150);
/// The next page is asked for when so few rows are left.
const AHEAD: usize = 10;
/// The id of the search field.
pub const SEARCH: &str = "people-search";

/// A list of people to choose from.
#[derive(Debug, Clone)]
pub struct People {
    /// Several may be chosen.
    pub many: bool,
    query: String,
    found: Vec<Profile>,
    chosen: Vec<Profile>,
    /// Those who cannot be chosen: they are there already.
    excluded: HashSet<UserId>,
    cursor: Option<String>,
    number: u64,
    searching: bool,
    error: Option<ChatError>,
}

/// What happens in the list.
#[derive(Debug, Clone)]
pub enum Message {
    /// The search field changed.
    Query(String),
    /// Typing paused.
    Search(u64),
    /// Somebody was chosen, or no longer.
    Toggle(Profile),
    /// The list shows rows up to this place.
    Seen(usize),
    /// Search again after a failure.
    Retry,
}

impl Chats {
    /// A list without these people, and the first search of it.
    pub(super) fn choose_people(
        &mut self,
        many: bool,
        excluded: impl IntoIterator<Item = UserId>,
    ) -> (People, Vec<Effect>) {
        // A list counts its own searches from there.
        self.searches += 1000;
        People::new(many, excluded, self.searches)
    }
}

impl People {
    /// A list without these people, and the first search.
    fn new(many: bool, excluded: impl IntoIterator<Item = UserId>, number: u64) -> (Self, Vec<Effect>) {
        let mut people = Self {
            many,
            query: String::new(),
            found: Vec::new(),
            chosen: Vec::new(),
            excluded: excluded.into_iter().collect(),
            cursor: None,
            number,
            searching: false,
            error: None,
        };
        let search = people.search(None);
        (people, vec![search, Effect::Focus(SEARCH)])
    }

    /// What is searched.
    pub fn query(&self) -> &str {
        &self.query
    }

    /// Who was found.
    pub fn found(&self) -> &[Profile] {
        &self.found
    }

    /// Who is chosen, in the order of choosing.
    pub fn chosen(&self) -> &[Profile] {
        &self.chosen
    }

    /// Whether this person is chosen.
    pub fn is_chosen(&self, user: &UserId) -> bool {
        self.chosen.iter().any(|person| person.user_id == *user)
    }

    /// A search is under way.
    pub fn is_searching(&self) -> bool {
        self.searching
    }

    /// Why the search failed.
    pub fn error(&self) -> Option<&ChatError> {
        self.error.as_ref()
    }

    /// Handles what happens in the list.
    pub fn update(&mut self, message: Message) -> Vec<Effect> {
        match message {
            Message::Query(query) => {
                self.query = query;
                self.number += 1;
                vec![Effect::after(PAUSE, Message::Search(self.number))]
            }
            Message::Search(number) if number == self.number => vec![self.search(None)],
            Message::Search(_) => Vec::new(),
            Message::Toggle(person) => {
                if self.is_chosen(&person.user_id) {
                    self.chosen.retain(|chosen| chosen.user_id != person.user_id);
                } else {
                    if !self.many {
                        self.chosen.clear();
                    }
                    self.chosen.push(person);
                }
                Vec::new()
            }
            Message::Seen(last) if last + AHEAD < self.found.len() => Vec::new(),
            Message::Seen(_) => match self.cursor.take() {
                Some(cursor) if !self.searching => vec![self.search(Some(cursor))],
                cursor => {
                    self.cursor = cursor;
                    Vec::new()
                }
            },
            Message::Retry => vec![self.search(None)],
        }
    }

    /// Takes a page.
    pub fn page(&mut self, number: u64, page: Result<Users, ChatError>) {
        if number != self.number {
            return;
        }
        self.searching = false;
        match page {
            Ok(page) => {
                let excluded = &self.excluded;
                let wanted = page
                    .users
                    .into_iter()
                    .filter(|user| !user.is_disabled && !excluded.contains(&user.user_id));
                self.found.extend(wanted);
                self.cursor = page.cursor;
            }
            Err(error) => self.error = Some(error),
        }
    }

    fn search(&mut self, cursor: Option<String>) -> Effect {
        self.searching = true;
        self.error = None;
        if cursor.is_none() {
            self.number += 1;
            self.found.clear();
        }
        Effect::Call(Call::People { number: self.number, query: self.query.trim().to_owned(), cursor })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::screen::chats::sample;

    fn number(effects: &[Effect]) -> u64 {
        effects
            .iter()
            .find_map(|effect| match effect {
                Effect::Call(Call::People { number, .. }) => Some(*number),
                _ => None,
            })
            .unwrap()
    }

    fn page(people: &[&str], cursor: Option<&str>) -> Result<Users, ChatError> {
        Ok(Users {
            users: people.iter().map(|id| sample::profile(id)).collect(),
            cursor: cursor.map(str::to_owned),
        })
    }

    #[test]
    fn pages_follow_each_other_and_leave_out_who_is_there() {
        let (mut people, effects) = People::new(true, [sample::user("ben")], 0);
        people.page(number(&effects), page(&["anna", "ben"], Some("next")));
        let more = people.update(Message::Seen(1));
        people.page(number(&more), page(&["cleo"], None));
        let ids: Vec<_> = people.found().iter().map(|person| person.user_id.as_str()).collect();
        assert_eq!(ids, ["anna", "cleo"]);
        assert!(people.update(Message::Seen(1)).is_empty());
    }

    #[test]
    fn answers_to_older_searches_are_dropped() {
        let (mut people, effects) = People::new(true, [], 0);
        let first = number(&effects);
        let typed = people.update(Message::Query("b".into()));
        assert!(matches!(typed.as_slice(), [Effect::After(..)]), "searched after a pause");
        people.page(first, page(&["anna"], None));
        assert!(people.found().is_empty());
    }

    #[test]
    fn one_or_several() {
        let (mut people, _) = People::new(false, [], 0);
        people.update(Message::Toggle(sample::profile("anna")));
        people.update(Message::Toggle(sample::profile("ben")));
        assert_eq!(people.chosen().len(), 1);
        people.many = true;
        people.update(Message::Toggle(sample::profile("anna")));
        people.update(Message::Toggle(sample::profile("ben")));
        assert_eq!(people.chosen()[0].user_id.as_str(), "anna");
    }
}
