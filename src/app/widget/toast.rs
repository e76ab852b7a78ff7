//! Toasts: short news without a place of its own, at the bottom of the window for six seconds.
//!
//! ```ignore
//! Message::Copied => return self.toasts.push(fl!("copied"), None).map(Message::ToastGone),
//! Message::ToastGone(id) => self.toasts.expire(id),
//! // view:
//! layers(view).push_maybe(self.toasts.layer())
//! ```

use std::time::Duration;

use iced::widget::{column, container, row, text};
use iced::{Alignment, Task};

use super::access::Role;
use super::bits::label;
use super::button::custom;
use super::layers::Layer;
use super::named::named;
use super::shadow::shadow;
use super::{Column, Element};
use crate::theme::tokens::{BODY, Elevation, motion, size, space as gap};
use crate::theme::{Theme, font, style};

/// The toasts on screen, oldest first.
#[derive(Debug, Clone)]
pub struct Toasts<Message> {
    toasts: Vec<Toast<Message>>,
    next: u64,
}

/// Which toast.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ToastId(u64);

#[derive(Debug, Clone)]
struct Toast<Message> {
    id: ToastId,
    text: String,
    action: Option<(String, Message)>,
}

/// More than this are not shown; the oldest goes.
const MOST: usize = 3;

impl<Message> Default for Toasts<Message> {
    fn default() -> Self {
        Self { toasts: Vec::new(), next: 0 }
    }
}

impl<Message: Clone> Toasts<Message> {
    /// Shows a toast, with a word to act on it ("Undo"). The task tells when its time is over.
    pub fn push(&mut self, text: impl Into<String>, action: Option<(String, Message)>) -> Task<ToastId> {
        let id = ToastId(self.next);
        self.next += 1;
        self.toasts.push(Toast { id, text: text.into(), action });
        if self.toasts.len() > MOST {
            self.toasts.remove(0);
        }
        let time = Duration::from_millis(motion::TOAST);
        Task::perform(async move { tokio::time::sleep(time).await }, move |()| id)
    }

    /// Takes a toast away: its time is over or its word was pressed.
    pub fn expire(&mut self, id: ToastId) {
        self.toasts.retain(|toast| toast.id != id);
    }

    /// Takes all away.
    pub fn clear(&mut self) {
        self.toasts.clear();
    }

    /// The layer that shows them, if there are any.
    pub fn layer<'a>(&self) -> Option<Layer<'a, Message>>
    where
        Message: 'a,
    {
        if self.toasts.is_empty() {
            return None;
        }
        let mut list: Column<'a, Message> = column![].spacing(gap::S).align_x(Alignment::Center);
        for toast in &self.toasts {
            list = list.push(card(toast));
        }
        Some(Layer::passive(list))
    }
}

fn card<'a, Message: Clone + 'a>(toast: &Toast<Message>) -> Element<'a, Message> {
    let mut line = row![container(label(toast.text.clone(), BODY)).max_width(size::MENU_MAX)]
        .spacing(gap::L)
        .align_y(Alignment::Center);
    if let Some((word, message)) = &toast.action {
        let words = text(word.clone())
            .size(BODY.size)
            .font(font::SEMIBOLD)
            .style(|theme: &Theme| text::Style { color: Some(theme.palette().tooltip_action) });
        line =
            line.push(custom(words, word.clone()).padding([0.0, gap::XS]).small().on_press(message.clone()));
    }
    let card = container(line).padding([gap::S, gap::L]).style(style::toast);
    named(shadow(Elevation::Menu, card), Role::Status, toast.text.clone())
}
