//! Cards: somebody of the workspace, and what other programs sent. Polls and lists are in `poll`.

use hallway_protocol::Message;
use hallway_protocol::card::{Card, Contact};
use hallway_protocol::message::CustomPayload;
use iced::widget::{column, container, row};
use iced::{Alignment, Length};

use super::super::rows::MessageRow;
use super::poll::{poll, sign_up};
use crate::fl;
use crate::screen::chats::{Chats, Message as ChatsMessage};
use crate::theme::tokens::{BODY, PREVIEW, SMALL, size, space as gap};
use crate::theme::{font, style};
use crate::widget::Element;
use crate::widget::avatar::avatar;
use crate::widget::bits::label;
use crate::widget::button::{Kind, button};
use crate::widget::icon::{Icon, icon};
use crate::widget::one_line::one_line;

impl Chats {
    /// A custom message: one of ours, or a neutral card (OBJ-65).
    pub(super) fn custom<'a>(
        &'a self,
        row: &'a MessageRow,
        payload: &'a CustomPayload,
        state: Element<'a, ChatsMessage>,
    ) -> Element<'a, ChatsMessage> {
        match &row.card {
            Some(Card::Contact(contact)) => self.contact(contact, state),
            Some(Card::Poll(question)) => poll(row, question, &self.context.me.user_id, state),
            Some(Card::SignUp(list)) => sign_up(row, list, &self.context.me.user_id, state),
            None => foreign(&row.message, payload, state),
        }
    }

    /// Somebody of the workspace, and the way to write to them.
    fn contact<'a>(
        &'a self,
        contact: &'a Contact,
        state: Element<'a, ChatsMessage>,
    ) -> Element<'a, ChatsMessage> {
        let id = contact.user_id.as_str();
        let name = if contact.nick.is_empty() { id } else { contact.nick.as_str() };
        let words = column![one_line(name).font(font::MEDIUM), one_line(id).step(SMALL).color(|p| p.text_3),];
        let mut content = column![
            row![avatar(id, name).size(size::BAR), container(words).width(Length::Fill).clip(true)]
                .spacing(gap::M)
                .align_y(Alignment::Center)
        ];
        if contact.user_id != self.context.me.user_id {
            let write = button(fl!("contact-write")).kind(Kind::Link).small();
            content = content.push(write.on_press(ChatsMessage::Write(contact.user_id.clone())));
        }
        frame(content.spacing(gap::XS), state)
    }
}

/// What another program sent: its words, and all of it for whoever wants to look.
fn foreign<'a>(
    message: &Message,
    payload: &'a CustomPayload,
    state: Element<'a, ChatsMessage>,
) -> Element<'a, ChatsMessage> {
    let json = serde_json::to_string_pretty(&message.payload).unwrap_or_default();
    let words = match payload.description.trim() {
        "" => label(fl!("kind-custom"), BODY).style(style::secondary),
        words => label(words, BODY),
    };
    let about = label(fl!("custom-about"), PREVIEW).style(style::muted);
    let copy = button(fl!("copy-json")).kind(Kind::Link).small().on_press(ChatsMessage::Copy(json));
    frame(column![words, about, copy].spacing(gap::XXS), state)
}

/// Content of the width of a card, with time and state below it.
pub(super) fn frame<'a>(
    content: impl Into<Element<'a, ChatsMessage>>,
    state: Element<'a, ChatsMessage>,
) -> Element<'a, ChatsMessage> {
    let content = column![content.into(), container(state).align_right(Length::Fill)].spacing(gap::XS);
    container(content).width(size::CARD).into()
}

/// A picture of the set on a ground of its own.
pub(super) fn tile<'a>(picture: Icon) -> Element<'a, ChatsMessage> {
    container(icon(picture).color(|p| p.link)).center(size::BAR).style(style::tile).into()
}
