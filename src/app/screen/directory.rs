//! The directory: everybody in the workspace, searched as one types; choosing somebody opens the
//! conversation with them.

use std::time::Duration;

use hallway_client::protocol::method::Users;
use hallway_client::protocol::user::Profile;
use hallway_client::{ChatError, Client, ConversationId, UserId};
use iced::widget::{column, container, row};
use iced::{Alignment, Length, Task};

use crate::theme::tokens::{BODY, SMALL, size, space as gap};
use crate::theme::{font, style};
use crate::widget::avatar::avatar;
use crate::widget::bits::{empty, hairline, label, page_title};
use crate::widget::button::{button, icon_button};
use crate::widget::field::search;
use crate::widget::icon::Icon;
use crate::widget::one_line::one_line;
use crate::widget::row::list_row;
use crate::widget::virtual_list::{Stick, Viewport, VirtualList};
use crate::widget::{Element, focus};
use crate::{fl, problem};

/// The id of the search field.
pub const SEARCH: &str = "directory-search";
/// Pause in typing after which is searched.
const PAUSE: Duration = Duration::from_millis(150);
/// Rows before the end at which the next page is fetched.
const AHEAD: usize = 20;
const CONTENT: f32 = 640.0;

/// The screen.
#[derive(Debug)]
pub struct Directory {
    query: String,
    people: Vec<Profile>,
    cursor: Option<String>,
    /// Of the search under way; answers to older ones are dropped.
    number: u64,
    searching: bool,
    /// The page under way is the first of its search.
    is_first: bool,
    error: Option<ChatError>,
}

/// What happens on the screen.
#[derive(Debug, Clone)]
pub enum Message {
    /// The search field changed.
    Query(String),
    /// Typing paused.
    Search(u64),
    /// A page came.
    Page(u64, Result<Users, ChatError>),
    /// Rows came into view.
    Viewport(Viewport<UserId>),
    /// Search again after a failure.
    Retry,
    /// Write to somebody.
    Open(UserId),
    /// Invite somebody.
    Invite,
    /// Close the directory.
    Close,
}

/// What only the parent can do.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Open a conversation.
    Open(ConversationId),
    /// Open the page for invitations.
    Invite,
    /// Close the directory.
    Close,
}

/// What an update wants done.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Search on the server.
    Search {
        /// Comes back with the answer.
        number: u64,
        /// Empty for everybody.
        query: String,
        /// Where the page before ended.
        cursor: Option<String>,
    },
    /// Search when typing has paused.
    Later(u64),
    /// Give the keyboard to a widget.
    Focus(&'static str),
    /// The parent has to do it.
    Action(Action),
}

/// Makes a task of an effect; the parent takes actions out first.
pub fn run(effect: Effect, client: &Client) -> Task<Message> {
    match effect {
        Effect::Search { number, query, cursor } => {
            let client = client.clone();
            let page = async move { client.search_users(&query, cursor).await };
            Task::perform(page, move |page| Message::Page(number, page))
        }
        Effect::Later(number) => Task::perform(tokio::time::sleep(PAUSE), move |()| Message::Search(number)),
        Effect::Focus(id) => focus::focus(id),
        Effect::Action(_) => Task::none(),
    }
}

impl Directory {
    /// The directory with everybody in it, and the search for them.
    pub fn open() -> (Self, Vec<Effect>) {
        let mut directory = Self {
            query: String::new(),
            people: Vec::new(),
            cursor: None,
            number: 0,
            searching: false,
            is_first: true,
            error: None,
        };
        let search = directory.search();
        (directory, vec![search, Effect::Focus(SEARCH)])
    }

    /// Takes in what happened.
    pub fn update(&mut self, message: Message) -> Vec<Effect> {
        match message {
            Message::Query(query) => {
                self.query = query;
                self.number += 1;
                vec![Effect::Later(self.number)]
            }
            Message::Search(number) if number == self.number => vec![self.search()],
            Message::Search(_) => Vec::new(),
            Message::Page(number, page) => {
                if number == self.number {
                    self.take(page);
                }
                Vec::new()
            }
            Message::Viewport(viewport) => {
                let near_end = viewport.last + AHEAD >= self.people.len();
                match self.cursor.take_if(|_| near_end && !self.searching) {
                    Some(cursor) => vec![self.fetch(Some(cursor))],
                    None => Vec::new(),
                }
            }
            Message::Retry => vec![self.search()],
            Message::Open(user) => vec![Effect::Action(Action::Open(ConversationId::C2c(user)))],
            Message::Invite => vec![Effect::Action(Action::Invite)],
            Message::Close => vec![Effect::Action(Action::Close)],
        }
    }

    fn search(&mut self) -> Effect {
        self.number += 1;
        self.fetch(None)
    }

    fn fetch(&mut self, cursor: Option<String>) -> Effect {
        self.searching = true;
        self.is_first = cursor.is_none();
        self.error = None;
        Effect::Search { number: self.number, query: self.query.trim().to_owned(), cursor }
    }

    fn take(&mut self, page: Result<Users, ChatError>) {
        self.searching = false;
        match page {
            Ok(page) => {
                if self.is_first {
                    self.people.clear();
                }
                self.people.extend(page.users.into_iter().filter(|person| !person.is_disabled));
                self.cursor = page.cursor;
            }
            Err(error) => self.error = Some(error),
        }
    }

    /// The screen. `me` is who looks, `may_invite` whether there is a page for it.
    pub fn view<'a>(&'a self, me: &'a UserId, may_invite: bool) -> Element<'a, Message> {
        let invite = may_invite
            .then(|| button(fl!("directory-invite")).icon(Icon::UserPlus).small().on_press(Message::Invite));
        let head = row![
            icon_button(Icon::Back, fl!("directory-close")).shortcut("Esc").on_press(Message::Close),
            container(page_title(fl!("directory-title"))).width(Length::Fill),
        ]
        .push(invite)
        .spacing(gap::S)
        .align_y(Alignment::Center)
        .height(size::HEADER)
        .padding([0.0, gap::M]);
        let line = container(search(fl!("directory-search"), &self.query, Message::Query).id(SEARCH))
            .padding([gap::M, gap::L]);
        let content = container(column![line, self.body(me)]).max_width(CONTENT);
        column![head, hairline(), container(content).center_x(Length::Fill)].height(Length::Fill).into()
    }

    fn body<'a>(&'a self, me: &'a UserId) -> Element<'a, Message> {
        if let Some(error) = &self.error {
            let retry = button(fl!("settings-retry")).on_press(Message::Retry);
            let text = problem::sentence(error);
            return empty(Icon::Offline, fl!("directory-failed"), text, Some(retry.into()));
        }
        if self.people.is_empty() {
            return if self.searching {
                container(label(fl!("settings-loading"), BODY).style(style::muted)).padding(gap::L).into()
            } else {
                empty(Icon::Contacts, fl!("directory-nobody"), fl!("directory-nobody-about"), None)
            };
        }
        let list = VirtualList::new(
            self.people.len(),
            |index| self.people[index].user_id.clone(),
            |key| self.people.iter().position(|person| person.user_id == *key),
            |index| person(&self.people[index], me),
        )
        .id("directory")
        .stick(Stick::Start)
        .session(&self.query)
        .on_viewport(Message::Viewport);
        container(list).padding([0.0, gap::S]).height(Length::Fill).into()
    }
}

fn person<'a>(person: &Profile, me: &UserId) -> Element<'a, Message> {
    let name = person.display_name().to_owned();
    let id = if person.user_id == *me { fl!("directory-you") } else { person.user_id.to_string() };
    let words =
        column![one_line(name.clone()).font(font::SEMIBOLD), one_line(id).step(SMALL).color(|p| p.text_3),]
            .spacing(gap::XXS)
            .width(Length::Fill);
    let content = row![avatar(person.user_id.as_str(), &name), words]
        .spacing(gap::M)
        .align_y(Alignment::Center)
        .height(size::ROW);
    list_row(content, name).on_press(Message::Open(person.user_id.clone())).into()
}
