//! Who gave a reaction to a message, in the order in which they did (MSG-83).

use std::sync::Arc;

use hallway_client::{ChatError, Client};
use hallway_protocol::method::ReactionUsers;
use hallway_protocol::user::UserBrief;
use hallway_protocol::{Message as ChatMessage, MessageId};
use iced::widget::{column, container, row};
use iced::{Alignment, Length, Task};

use super::dialog::Dialog;
use super::dialog::view::close;
use super::effect::Effect;
use super::{Chats, Message as ChatsMessage};
use crate::theme::style;
use crate::theme::tokens::{SMALL, size, space as gap};
use crate::widget::Element;
use crate::widget::avatar::avatar;
use crate::widget::bits::{label, scroll};
use crate::widget::button::{Kind, button};
use crate::widget::dialog::dialog;
use crate::widget::one_line::one_line;
use crate::{fl, problem};

/// Height of the list.
const HEIGHT: f32 = 320.0;
/// Avatar of a person.
const FACE: f32 = 32.0;

/// The dialog.
#[derive(Debug)]
pub struct Reactors {
    message: Arc<ChatMessage>,
    sign: String,
    users: Vec<UserBrief>,
    /// Where the next page begins; none: there is none.
    next: Option<u64>,
    loading: bool,
    error: Option<ChatError>,
}

/// What happens in the dialog.
#[derive(Debug, Clone)]
pub enum Message {
    /// Who gave this reaction to this message?
    Open(MessageId, String),
    /// The next page.
    More,
    /// It is here, or is not to be had: of which message and reaction.
    Came(MessageId, String, Result<ReactionUsers, ChatError>),
}

/// A page of people: of which message and reaction, and from where on.
#[derive(Debug, Clone, PartialEq)]
pub struct Call(pub Arc<ChatMessage>, pub String, pub u64);

impl Call {
    /// Asks for it.
    pub fn run(self, client: &Client) -> Task<ChatsMessage> {
        let client = client.clone();
        let Self(message, sign, next) = self;
        Task::future(async move {
            let count = client.limits().reaction_user_page;
            let page = client.get_all_user_list_of_message_reaction(&message, &sign, next, count).await;
            ChatsMessage::Reactors(Message::Came(message.id.clone(), sign, page))
        })
    }
}

impl Reactors {
    fn load(&mut self) -> Vec<Effect> {
        let Some(next) = self.next.filter(|_| !self.loading) else { return Vec::new() };
        (self.loading, self.error) = (true, None);
        let call = Call(Arc::clone(&self.message), self.sign.clone(), next);
        vec![Effect::Call(super::Call::Reactors(call))]
    }
}

impl Chats {
    pub(super) fn in_reactors(&mut self, message: Message) -> Vec<Effect> {
        match (message, &mut self.dialog) {
            (Message::Open(id, sign), _) => {
                let row = self.open.as_ref().and_then(|open| open.timeline.message(&id));
                let Some(message) = row.map(|row| row.message.clone()) else { return Vec::new() };
                let (users, next) = (Vec::new(), Some(0));
                let mut reactors = Reactors { message, sign, users, next, loading: false, error: None };
                let effects = reactors.load();
                self.dialog = Some(Dialog::Reactors(Box::new(reactors)));
                effects
            }
            (Message::More, Some(Dialog::Reactors(reactors))) => reactors.load(),
            (Message::Came(id, sign, page), Some(Dialog::Reactors(reactors)))
                if reactors.message.id == id && reactors.sign == sign =>
            {
                reactors.loading = false;
                match page {
                    Ok(page) => {
                        reactors.users.extend(page.user_list);
                        reactors.next = (!page.is_completed).then_some(page.next_seq);
                    }
                    Err(error) => reactors.error = Some(error),
                }
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    /// The list.
    pub(super) fn reactors_dialog<'a>(&'a self, reactors: &'a Reactors) -> Element<'a, ChatsMessage> {
        let mut people = column(reactors.users.iter().map(|user| {
            let name = match user.user_id == self.context.me.user_id {
                true => fl!("you-subject"),
                false => user.display_name().to_owned(),
            };
            row![
                avatar(user.user_id.as_str(), &name).size(FACE),
                container(one_line(name)).width(Length::Fill).clip(true)
            ]
            .spacing(gap::M)
            .align_y(Alignment::Center)
            .height(size::BAR)
            .into()
        }));
        if let Some(error) = &reactors.error {
            people = people.push(label(problem::sentence(error), SMALL).style(style::danger));
        }
        if reactors.loading {
            people = people.push(label(fl!("readers-loading"), SMALL).style(style::muted));
        } else if reactors.next.is_some() {
            let words = if reactors.error.is_some() { fl!("retry") } else { fl!("readers-more") };
            let more = ChatsMessage::Reactors(Message::More);
            people = people.push(button(words).kind(Kind::Link).small().on_press(more));
        }
        let title = fl!("reactors", sign = super::words::one_line(&reactors.sign));
        dialog(title, container(scroll(people)).height(HEIGHT)).close_button(fl!("close"), close()).into()
    }
}
