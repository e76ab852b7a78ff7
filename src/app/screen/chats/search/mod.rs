//! Searching messages: of the open conversation (Ctrl+F) or of all (Ctrl+Shift+F), beside the conversation.
//!
//! What is found stands grouped by conversation. One hit is chosen; going to another one (arrows, F3) moves the timeline
//! along, and what was typed is lit up in it. Groups and hits are fetched as they are needed: [`Step`] walks over what is
//! there and remembers what it waits for. [`view`] is how it looks, [`chip`] what narrows it.

pub mod chip;
pub mod view;

use std::time::Duration;

use hallway_client::search::fold;
use hallway_protocol::method::{FoundMessages, KeywordMatch, SearchMessages};
use hallway_protocol::{ChatError, ConversationId, Message as ChatMessage};

use self::chip::{Kind, Period, Sender};
use super::call::Call;
use super::effect::Effect;
use super::{Chats, Message as ChatsMessage};

/// The id of the line to type in.
pub const LINE: &str = "search-line";
/// Pause in typing after which is searched.
const PAUSE: Duration = Duration::from_millis(200);
/// Words of a search; the last takes the rest.
const WORDS: usize = 5;
/// Hits, or conversations, of a page.
const PAGE: u32 = 30;

/// The search.
#[derive(Debug)]
pub struct Search {
    words: String,
    /// Only in this conversation.
    within: Option<ConversationId>,
    sender: Option<Sender>,
    kind: Option<Kind>,
    period: Option<Period>,
    /// Of what was asked last; answers to anything else are old.
    number: u64,
    state: State,
    groups: Vec<Group>,
    total: u64,
    is_estimate: bool,
    is_incomplete: bool,
    cursor: Option<String>,
    chosen: Option<Place>,
    /// Goes on as soon as more hits are here.
    waiting: Option<Step>,
    /// Out of sight where it would cover the conversation; it still knows where one is.
    is_aside: bool,
}

/// How far the search is.
#[derive(Debug, Clone, PartialEq)]
pub enum State {
    /// Nothing is looked for.
    Idle,
    /// The answer is on its way.
    Loading,
    /// It is here.
    Done,
    /// It failed.
    Failed(ChatError),
}

/// A conversation with hits.
#[derive(Debug)]
pub struct Group {
    id: ConversationId,
    count: u64,
    is_estimate: bool,
    newest: Option<ChatMessage>,
    is_open: bool,
    /// Newest first.
    hits: Vec<ChatMessage>,
    /// Of the next page; the first is missing while there are no hits.
    cursor: Option<String>,
    is_loading: bool,
}

impl Group {
    fn has_more(&self) -> bool {
        self.hits.is_empty() || self.cursor.is_some()
    }
}

/// A hit, by the places of its group and of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    group: usize,
    hit: usize,
}

/// Which way to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// To the next hit, which is older.
    Next,
    /// To the one before.
    Previous,
}

/// What happens in the search.
#[derive(Debug, Clone)]
pub enum Message {
    /// The line changed.
    Words(String),
    /// Typing paused.
    Paused(u64),
    /// Only in this conversation, or in all.
    Within(Option<ConversationId>),
    /// Only from somebody.
    Sender(Option<Sender>),
    /// Only of a kind.
    Kind(Option<Kind>),
    /// Only from some time on.
    Period(Option<Period>),
    /// Open or close a group.
    Toggle(usize),
    /// More hits of a group, or more groups.
    More(Option<usize>),
    /// Go to a hit.
    Choose(usize, usize),
    /// Go to another hit.
    Step(Step),
    /// Again after a failure.
    Retry,
    /// No more.
    Close,
}

impl From<Message> for ChatsMessage {
    fn from(message: Message) -> Self {
        Self::Search(message)
    }
}

impl Search {
    fn new(within: Option<ConversationId>) -> Self {
        Self {
            words: String::new(),
            within,
            sender: None,
            kind: None,
            period: None,
            number: 0,
            state: State::Idle,
            groups: Vec::new(),
            total: 0,
            is_estimate: false,
            is_incomplete: false,
            cursor: None,
            chosen: None,
            waiting: None,
            is_aside: false,
        }
    }

    /// Whether it is to be seen.
    pub fn is_shown(&self) -> bool {
        !self.is_aside
    }

    fn keywords(&self) -> Vec<String> {
        let words: Vec<&str> = self.words.split_whitespace().collect();
        match words.split_at_checked(WORDS - 1) {
            Some((first, rest)) if !rest.is_empty() => {
                first.iter().map(|word| (*word).to_owned()).chain([rest.join(" ")]).collect()
            }
            _ => words.into_iter().map(str::to_owned).collect(),
        }
    }

    /// What is lit up in texts, folded.
    pub fn lit(&self) -> Vec<String> {
        self.keywords().iter().map(|word| fold(word)).filter(|word| !word.is_empty()).collect()
    }

    /// The call of a page; none where there is nothing to look for.
    fn call(
        &self,
        within: Option<ConversationId>,
        cursor: Option<String>,
        clock: crate::clock::Clock,
    ) -> Option<SearchMessages> {
        let keyword_list: Vec<String> =
            self.keywords().into_iter().filter(|word| !fold(word).is_empty()).collect();
        if keyword_list.is_empty() && self.sender.is_none() && self.kind.is_none() {
            return None;
        }
        Some(SearchMessages {
            keyword_list,
            keyword_list_match_type: KeywordMatch::And,
            sender_user_id_list: self.sender.iter().map(|sender| sender.id.clone()).collect(),
            message_type_list: self.kind.map(|kind| kind.kinds().to_vec()).unwrap_or_default(),
            conversation_id: within,
            time_position: 0,
            time_period: self.period.map_or(0, |period| period.seconds(clock)),
            count: Some(PAGE),
            cursor,
        })
    }

    /// Asks anew; what was found before goes once the answer is here, so that nothing flickers.
    fn ask(&mut self, clock: crate::clock::Clock) -> Vec<Effect> {
        self.number += 1;
        self.waiting = None;
        let Some(search) = self.call(self.within.clone(), None, clock) else {
            self.state = State::Idle;
            self.groups.clear();
            self.chosen = None;
            return Vec::new();
        };
        self.state = State::Loading;
        vec![Effect::Call(Call::Search { number: self.number, search: Box::new(search) })]
    }

    /// Asks for more hits of a group, or for more groups.
    fn more(&mut self, group: Option<usize>, clock: crate::clock::Clock) -> Vec<Effect> {
        let (within, cursor) = match group {
            None => (None, self.cursor.take()),
            Some(place) => {
                let Some(group) = self.groups.get_mut(place).filter(|group| !group.is_loading) else {
                    return Vec::new();
                };
                group.is_loading = true;
                (Some(group.id.clone()), group.cursor.clone())
            }
        };
        if group.is_none() && cursor.is_none() {
            return Vec::new();
        }
        let call = self.call(within, cursor, clock);
        let number = self.number;
        call.map(|search| Effect::Call(Call::Search { number, search: Box::new(search) }))
            .into_iter()
            .collect()
    }

    /// An answer to what was asked last; whether somebody waits for what came.
    fn found(&mut self, asked: &SearchMessages, found: FoundMessages) {
        self.is_incomplete = found.is_incomplete;
        let of_group = asked.conversation_id.is_some() && self.within.is_none();
        if of_group {
            let place =
                self.groups.iter().position(|group| Some(&group.id) == asked.conversation_id.as_ref());
            let list = found.search_result_list.into_iter().next();
            let Some((place, group)) = place.and_then(|at| Some((at, self.groups.get_mut(at)?))) else {
                return;
            };
            group.is_loading = false;
            group.count = found.total_count;
            group.is_estimate = found.is_estimate;
            group.cursor = found.cursor;
            if asked.cursor.is_none() {
                group.hits.clear();
            }
            group.hits.extend(list.into_iter().flat_map(|list| list.message_list));
            // All of them were recalled or deleted meanwhile.
            if group.hits.is_empty() {
                self.groups.remove(place);
                self.total = self.total.saturating_sub(1);
                if let Some(chosen) = self.chosen.as_mut().filter(|chosen| chosen.group > place) {
                    chosen.group -= 1;
                }
            }
            return;
        }
        self.state = State::Done;
        self.total = found.total_count;
        self.is_estimate = found.is_estimate;
        let is_first = asked.cursor.is_none();
        if is_first {
            self.groups.clear();
            self.chosen = None;
        }
        if self.within.is_some() {
            for list in found.search_result_list {
                if is_first {
                    self.groups.push(Group {
                        id: list.conversation_id,
                        count: list.message_count,
                        is_estimate: list.is_estimate,
                        newest: None,
                        is_open: true,
                        hits: Vec::new(),
                        cursor: None,
                        is_loading: false,
                    });
                }
                if let Some(group) = self.groups.first_mut() {
                    group.is_loading = false;
                    group.cursor.clone_from(&found.cursor);
                    group.hits.extend(list.message_list);
                }
            }
        } else {
            self.cursor = found.cursor;
            self.groups.extend(found.search_result_list.into_iter().map(|list| Group {
                id: list.conversation_id,
                count: list.message_count,
                is_estimate: list.is_estimate,
                newest: list.newest_message.map(|message| *message),
                is_open: list.message_list.len() == 1,
                hits: list.message_list,
                cursor: None,
                is_loading: false,
            }));
        }
    }

    /// The hit one step from the chosen one, if it is here; else what has to be fetched for it.
    fn step(&self, step: Step) -> Result<Option<Place>, Option<usize>> {
        let Some(Place { group, hit }) = self.chosen else {
            return match (step, self.groups.first()) {
                (Step::Previous, _) | (_, None) => Ok(None),
                (Step::Next, Some(first)) if first.hits.is_empty() => Err(Some(0)),
                (Step::Next, Some(_)) => Ok(Some(Place { group: 0, hit: 0 })),
            };
        };
        if step == Step::Previous {
            return Ok(match (hit, group) {
                (0, 0) => None,
                (0, _) => {
                    let before = group - 1;
                    let hits = self.groups.get(before).map_or(0, |group| group.hits.len());
                    return if hits == 0 {
                        Err(Some(before))
                    } else {
                        Ok(Some(Place { group: before, hit: hits - 1 }))
                    };
                }
                (hit, group) => Some(Place { group, hit: hit - 1 }),
            });
        }
        let Some(now) = self.groups.get(group) else { return Ok(None) };
        if hit + 1 < now.hits.len() {
            return Ok(Some(Place { group, hit: hit + 1 }));
        }
        if now.cursor.is_some() {
            return Err(Some(group));
        }
        match self.groups.get(group + 1) {
            Some(next) if next.hits.is_empty() => Err(Some(group + 1)),
            Some(_) => Ok(Some(Place { group: group + 1, hit: 0 })),
            None if self.cursor.is_some() => Err(None),
            None => Ok(None),
        }
    }

    fn hit(&self, place: Place) -> Option<&ChatMessage> {
        self.groups.get(place.group)?.hits.get(place.hit)
    }
}

impl Chats {
    /// Opens the search of the open conversation or of all. Where it is open already, it gets the keyboard.
    pub(super) fn open_search(&mut self, everywhere: bool) -> Vec<Effect> {
        self.menu = None;
        let within = self.current().cloned().filter(|id| !everywhere && *id != ConversationId::System);
        let search = self.search.get_or_insert_with(|| Search::new(within.clone()));
        search.is_aside = false;
        let mut effects = Vec::new();
        if search.within != within {
            search.within = within;
            effects = search.ask(self.context.clock);
        }
        effects.push(Effect::Focus(LINE));
        effects
    }

    /// Closes the search; false where there is none to be seen.
    pub(super) fn close_search(&mut self) -> bool {
        self.search.take_if(|search| search.is_shown()).is_some()
    }

    /// Another conversation is opened: a search of the one before ends.
    pub(super) fn leave_search(&mut self, next: &ConversationId) {
        self.search.take_if(|search| search.within.as_ref().is_some_and(|within| within != next));
    }

    /// Goes to the next hit or the one before, wherever the keyboard is.
    pub(super) fn step_search(&mut self, step: Step) -> Vec<Effect> {
        if self.search.is_some() { self.in_search(Message::Step(step)) } else { self.open_search(false) }
    }

    /// An answer.
    pub(super) fn found(
        &mut self,
        number: u64,
        asked: &SearchMessages,
        result: Result<FoundMessages, ChatError>,
    ) -> Vec<Effect> {
        let Some(search) = self.search.as_mut().filter(|search| search.number == number) else {
            return Vec::new();
        };
        match result {
            Ok(found) => search.found(asked, found),
            Err(error) => {
                search.groups.iter_mut().for_each(|group| group.is_loading = false);
                if asked.conversation_id == search.within {
                    search.cursor.clone_from(&asked.cursor);
                }
                search.waiting = None;
                search.state = State::Failed(error);
            }
        }
        match search.waiting.take() {
            Some(step) => self.in_search(Message::Step(step)),
            None => Vec::new(),
        }
    }

    pub(super) fn in_search(&mut self, message: Message) -> Vec<Effect> {
        let clock = self.context.clock;
        let Some(search) = &mut self.search else { return Vec::new() };
        match message {
            Message::Words(words) => {
                search.words = words;
                search.number += 1;
                return vec![Effect::after(PAUSE, Message::Paused(search.number))];
            }
            Message::Paused(number) if number == search.number => return search.ask(clock),
            Message::Paused(_) => return Vec::new(),
            Message::Within(within) => search.within = within,
            Message::Sender(sender) => search.sender = sender,
            Message::Kind(kind) => search.kind = kind,
            Message::Period(period) => search.period = period,
            Message::Retry => return search.ask(clock),
            Message::More(group) => return search.more(group, clock),
            Message::Toggle(place) => {
                let Some(group) = search.groups.get_mut(place) else { return Vec::new() };
                group.is_open = !group.is_open;
                let is_empty = group.is_open && group.hits.is_empty();
                return if is_empty { search.more(Some(place), clock) } else { Vec::new() };
            }
            Message::Choose(group, hit) => return self.choose(Place { group, hit }),
            Message::Step(step) => {
                return match search.step(step) {
                    Ok(Some(place)) => self.choose(place),
                    Ok(None) => Vec::new(),
                    Err(missing) => {
                        search.waiting = Some(step);
                        search.more(missing, clock)
                    }
                };
            }
            Message::Close => {
                self.search = None;
                return vec![Effect::Focus(super::composer::COMPOSER)];
            }
        }
        // A chip was chosen from its menu.
        self.menu = None;
        let mut effects = search.ask(clock);
        effects.push(Effect::Focus(LINE));
        effects
    }

    /// Chooses a hit: the timeline goes there, the keyboard stays.
    fn choose(&mut self, place: Place) -> Vec<Effect> {
        let is_one_pane = self.is_one_pane();
        let Some(search) = &mut self.search else { return Vec::new() };
        let Some((id, sequence)) = search.hit(place).map(|hit| (hit.conversation_id.clone(), hit.sequence))
        else {
            return Vec::new();
        };
        search.chosen = Some(place);
        search.is_aside = is_one_pane;
        if let Some(group) = search.groups.get_mut(place.group) {
            group.is_open = true;
        }
        let mut effects = self.show_message(id, sequence);
        effects.retain(|effect| !matches!(effect, Effect::Focus(_)));
        effects
    }
}
