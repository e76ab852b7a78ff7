//! A kind that this version cannot show: never blank.

use hallway_protocol::Message;
use iced::Length;
use iced::widget::{column, container};

use crate::fl;
use crate::screen::chats::Message as ChatsMessage;
use crate::theme::style;
use crate::theme::tokens::{PREVIEW, space as gap};
use crate::widget::Element;
use crate::widget::bits::label;
use crate::widget::button::{Kind, button};

/// A neutral card with the name of the kind.
pub(super) fn unsupported<'a>(
    message: &'a Message,
    state: Element<'a, ChatsMessage>,
) -> Element<'a, ChatsMessage> {
    let json = serde_json::to_string_pretty(&message.payload).unwrap_or_default();
    column![
        label(fl!("message-unsupported", kind = message.payload.kind()), PREVIEW).style(style::secondary),
        button(fl!("copy-json")).kind(Kind::Link).small().on_press(ChatsMessage::Copy(json)),
        container(state).align_right(Length::Shrink),
    ]
    .spacing(gap::XXS)
    .into()
}
