//! Who has read an own message of a group, and who has not (MSG-87).

pub mod view;

use std::sync::Arc;

use hallway_client::Client;
use hallway_protocol::method::{ReadFilter, ReadMembers};
use hallway_protocol::{ChatError, Message as ChatMessage, MessageId, UserId};
use iced::Task;

use super::dialog::Dialog;
use super::effect::Effect;
use super::{Chats, Message as ChatsMessage};

/// The dialog.
#[derive(Debug)]
pub struct Readers {
    /// The message.
    pub message: Arc<ChatMessage>,
    /// Those who have read it, and those who have not.
    pub lists: [List; 2],
    /// Which of the two is shown.
    pub filter: ReadFilter,
}

/// People, page by page.
#[derive(Debug, Default)]
pub struct List {
    /// Who.
    pub users: Vec<UserId>,
    /// The next page begins here; none: there is none.
    pub cursor: Option<String>,
    /// A page is on its way.
    pub loading: bool,
    /// Why the last one did not come.
    pub error: Option<ChatError>,
}

/// What happens in the dialog.
#[derive(Debug, Clone)]
pub enum Message {
    /// Who has read this message?
    Open(MessageId),
    /// Show the others.
    Show(ReadFilter),
    /// The next page.
    More,
    /// It is here, or is not to be had: of which message, and of which list.
    Came(MessageId, ReadFilter, Result<ReadMembers, ChatError>),
}

/// A page of people: of which message, of which list, and from where on.
#[derive(Debug, Clone, PartialEq)]
pub struct Call(pub Arc<ChatMessage>, pub ReadFilter, pub String);

impl Call {
    /// Asks for it.
    pub fn run(self, client: &Client) -> Task<ChatsMessage> {
        let client = client.clone();
        let Self(message, filter, cursor) = self;
        Task::future(async move {
            let page = client.get_group_message_read_member_list(&message, filter, &cursor, None).await;
            ChatsMessage::Readers(Message::Came(message.id.clone(), filter, page))
        })
    }
}

fn place(filter: ReadFilter) -> usize {
    match filter {
        ReadFilter::Read => 0,
        ReadFilter::Unread => 1,
    }
}

impl Readers {
    /// The people that are shown.
    pub fn list(&self) -> &List {
        &self.lists[place(self.filter)]
    }

    fn load(&mut self, filter: ReadFilter) -> Option<Effect> {
        let list = &mut self.lists[place(filter)];
        let cursor = list.cursor.clone().filter(|_| !list.loading)?;
        list.loading = true;
        list.error = None;
        Some(Effect::Call(super::Call::Readers(Call(self.message.clone(), filter, cursor))))
    }
}

impl Chats {
    pub(super) fn in_readers(&mut self, message: Message) -> Vec<Effect> {
        match message {
            Message::Open(id) => {
                self.menu = None;
                let row = self.open.as_ref().and_then(|open| open.timeline.message(&id));
                let Some(message) = row.map(|row| row.message.clone()) else { return Vec::new() };
                let list = || List { cursor: Some(String::new()), ..List::default() };
                let mut readers = Readers { message, lists: [list(), list()], filter: ReadFilter::Read };
                let effects =
                    [ReadFilter::Read, ReadFilter::Unread].into_iter().filter_map(|it| readers.load(it));
                let effects = effects.collect();
                self.dialog = Some(Dialog::Readers(Box::new(readers)));
                effects
            }
            Message::Show(filter) => {
                if let Some(Dialog::Readers(readers)) = &mut self.dialog {
                    readers.filter = filter;
                }
                Vec::new()
            }
            Message::More => match &mut self.dialog {
                Some(Dialog::Readers(readers)) => readers.load(readers.filter).into_iter().collect(),
                _ => Vec::new(),
            },
            Message::Came(id, filter, page) => {
                self.readers_page(&id, filter, page);
                Vec::new()
            }
        }
    }

    /// A page came, or did not.
    fn readers_page(&mut self, id: &MessageId, filter: ReadFilter, page: Result<ReadMembers, ChatError>) {
        let Some(Dialog::Readers(readers)) = &mut self.dialog else { return };
        if readers.message.id != *id {
            return;
        }
        let list = &mut readers.lists[place(filter)];
        list.loading = false;
        match page {
            Ok(page) => {
                list.users.extend(page.user_id_list);
                list.cursor = (!page.is_completed).then_some(page.cursor);
            }
            Err(error) => list.error = Some(error),
        }
    }
}
