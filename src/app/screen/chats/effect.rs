//! What an update wants done, as data.
//!
//! Every update of this screen changes its state and answers with a list of effects; nothing else happens in
//! it. [`run`] makes tasks of them. Tests look at the list, or answer the calls themselves.

use std::time::Duration;

use hallway_client::Client;
use iced::Task;
use iced::widget::scrollable::AbsoluteOffset;

use super::call::Call;
use super::list::LIST;
use super::timeline::TIMELINE;
use super::timeline::rows::Key;
use super::{Action, Message};
use crate::voice::{Order, Studio};
use crate::widget::focus;
use crate::widget::virtual_list::{self, Command};

/// One thing to do.
#[derive(Debug, Clone)]
pub enum Effect {
    /// Ask the account.
    Call(Call),
    /// Come back with this message after a while.
    After(Duration, Box<Message>),
    /// Give the keyboard to the widget with this id.
    Focus(&'static str),
    /// Move the timeline.
    Scroll(Command<Key>),
    /// Bring a row of the list into view.
    Reveal(hallway_protocol::ConversationId),
    /// Give the keyboard to a row of the list.
    FocusRow(hallway_protocol::ConversationId),
    /// Scroll the area with this id to a place, in px from its top.
    ScrollTo(&'static str, f32),
    /// Into the clipboard.
    Copy(String),
    /// Record or play.
    Voice(Order),
    /// The parent has to do it.
    Action(Action),
}

impl Effect {
    /// Come back with this message after a while.
    pub fn after(wait: Duration, message: impl Into<Message>) -> Self {
        Self::After(wait, Box::new(message.into()))
    }
}

/// Makes a task of an effect. Actions are not tasks: the parent takes them out first.
pub fn run(effect: Effect, client: &Client, studio: &Studio) -> Task<Message> {
    match effect {
        Effect::Call(call) => call.run(client),
        Effect::Voice(order) => {
            studio.task(order).map(|event| Message::Voice(super::voice::Message::Told(event)))
        }
        other => other.task(),
    }
}

impl Effect {
    /// The task of an effect that asks nothing of the account and makes no sound.
    pub fn task(self) -> Task<Message> {
        match self {
            Self::After(wait, message) => {
                Task::perform(tokio::time::sleep(wait), move |()| (*message).clone())
            }
            Self::Focus(id) => focus::focus(id),
            Self::Scroll(command) => virtual_list::send(TIMELINE, command),
            Self::Reveal(id) => virtual_list::send(LIST, Command::Reveal(id)),
            Self::FocusRow(id) => virtual_list::send(LIST, Command::Focus(id)),
            Self::ScrollTo(id, y) => {
                iced::widget::operation::scroll_to(id, AbsoluteOffset { x: None, y: Some(y) })
            }
            Self::Copy(text) => iced::clipboard::write(text),
            Self::Call(_) | Self::Voice(_) | Self::Action(_) => Task::none(),
        }
    }
}
