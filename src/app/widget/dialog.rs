//! The inside of dialogs: title, content, buttons at the bottom right.
//!
//! ```ignore
//! Layer::modal(dialog(fl!("delete-title", count = 3), label(fl!("delete-text"), BODY))
//!     .action(button(fl!("cancel")).id(dialog::SAFE).on_press(Message::Cancel))
//!     .action(button(fl!("delete", count = 3)).kind(Kind::Danger).on_press(Message::Delete)))
//!     .initial(dialog::SAFE).on_close(Message::Cancel)
//! ```

use iced::widget::{column, container, row, space};
use iced::{Alignment, Length};

use super::access::Role;
use super::bits::{label, title};
use super::button::{Kind, button, icon_button};
use super::icon::Icon;
use super::layers::Layer;
use super::named::named;
use super::shadow::shadow;
use super::{Element, Row};
use crate::theme::style;
use crate::theme::tokens::{BODY, Elevation, size, space as gap};

/// The id of the button that has the keyboard in a [`confirm`] dialog.
pub const SAFE: &str = "dialog-safe";

/// A dialog being built.
pub struct Dialog<'a, Message> {
    title: String,
    content: Element<'a, Message>,
    actions: Vec<Element<'a, Message>>,
    on_close: Option<(String, Message)>,
    width: f32,
}

/// A dialog 400 px wide.
pub fn dialog<'a, Message: Clone + 'a>(
    title: impl Into<String>,
    content: impl Into<Element<'a, Message>>,
) -> Dialog<'a, Message> {
    Dialog {
        title: title.into(),
        content: content.into(),
        actions: Vec::new(),
        on_close: None,
        width: size::DIALOG,
    }
}

impl<'a, Message: Clone + 'a> Dialog<'a, Message> {
    /// Adds a button at the bottom; the main one last.
    pub fn action(mut self, action: impl Into<Element<'a, Message>>) -> Self {
        self.actions.push(action.into());
        self
    }

    /// A cross at the top right, called `name`.
    pub fn close_button(mut self, name: impl Into<String>, message: Message) -> Self {
        self.on_close = Some((name.into(), message));
        self
    }

    /// Another width in px.
    pub fn width(mut self, width: f32) -> Self {
        self.width = width;
        self
    }
}

impl<'a, Message: Clone + 'a> From<Dialog<'a, Message>> for Element<'a, Message> {
    fn from(dialog: Dialog<'a, Message>) -> Self {
        let name = dialog.title.clone();
        let mut head: Row<'a, Message> = row![container(title(dialog.title)).width(Length::Fill)]
            .spacing(gap::S)
            .align_y(Alignment::Center);
        if let Some((name, message)) = dialog.on_close {
            head = head.push(icon_button(Icon::Close, name).small().on_press(message));
        }
        let mut content = column![head, dialog.content].spacing(gap::L);
        if !dialog.actions.is_empty() {
            let buttons = iced::widget::Row::with_children(dialog.actions).spacing(gap::S);
            content = content.push(row![space::horizontal(), buttons]);
        }
        let card = container(content).width(dialog.width).padding(gap::XL).style(style::dialog);
        named(shadow(Elevation::Dialog, card), Role::Dialog, name)
    }
}

/// What a confirm dialog says.
pub struct Confirm<Message> {
    /// The question.
    pub title: String,
    /// What will happen.
    pub text: String,
    /// The word that does it: a verb that names the object.
    pub action: String,
    /// Its message.
    pub on_confirm: Message,
    /// The word that does not.
    pub cancel: String,
    /// Its message; also of Escape.
    pub on_cancel: Message,
    /// Whether something is lost.
    pub danger: bool,
}

/// Asks before something is done; the keyboard is on the safe button.
pub fn confirm<'a, Message: Clone + 'a>(confirm: Confirm<Message>) -> Layer<'a, Message> {
    let kind = if confirm.danger { Kind::Danger } else { Kind::Primary };
    let content = dialog(confirm.title, label(confirm.text, BODY).style(style::secondary))
        .action(button(confirm.cancel).id(SAFE).on_press(confirm.on_cancel.clone()))
        .action(button(confirm.action).kind(kind).on_press(confirm.on_confirm));
    Layer::modal(content).initial(SAFE).on_close(confirm.on_cancel)
}
