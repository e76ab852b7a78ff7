//! The list of who has read a message, as it is drawn.

use hallway_protocol::method::ReadFilter;
use iced::widget::{column, container, row};
use iced::{Alignment, Length};

use super::{Message, Readers};
use crate::fl;
use crate::problem;
use crate::screen::chats::dialog::view::close;
use crate::screen::chats::{Chats, Message as ChatsMessage};
use crate::theme::style;
use crate::theme::tokens::{BODY, SMALL, size, space as gap};
use crate::widget::Element;
use crate::widget::avatar::avatar;
use crate::widget::bits::{label, scroll};
use crate::widget::button::{Kind, button};
use crate::widget::dialog::dialog;
use crate::widget::one_line::one_line;

/// Height of the list.
const HEIGHT: f32 = 320.0;
/// Avatar of a person.
const FACE: f32 = 32.0;

impl Chats {
    /// The list of who has read a message.
    pub(in super::super) fn readers_dialog<'a>(&'a self, readers: &'a Readers) -> Element<'a, ChatsMessage> {
        let info = readers.message.read_receipt_info.unwrap_or_default();
        let tab = |filter, words: String| {
            let kind = if readers.filter == filter { Kind::Primary } else { Kind::Secondary };
            button(words).kind(kind).small().on_press(ChatsMessage::Readers(Message::Show(filter)))
        };
        let tabs = row![
            tab(ReadFilter::Read, fl!("readers-read", count = info.read_count.unwrap_or(0))),
            tab(ReadFilter::Unread, fl!("readers-unread", count = info.unread_count.unwrap_or(0))),
        ];
        let list = readers.list();
        let mut people = column(list.users.iter().map(|user| {
            let name = self.member_name(user);
            row![
                avatar(user.as_str(), &name).size(FACE),
                container(one_line(name)).width(Length::Fill).clip(true)
            ]
            .spacing(gap::M)
            .align_y(Alignment::Center)
            .height(size::BAR)
            .into()
        }));
        if let Some(error) = &list.error {
            people = people.push(label(problem::sentence(error), SMALL).style(style::danger));
        }
        let more = ChatsMessage::Readers(Message::More);
        if list.loading {
            people = people.push(label(fl!("readers-loading"), SMALL).style(style::muted));
        } else if list.cursor.is_some() {
            people = people.push(button(fl!("readers-more")).kind(Kind::Link).small().on_press(more));
        } else if list.users.is_empty() {
            let nobody =
                if readers.filter == ReadFilter::Read { fl!("readers-none") } else { fl!("readers-all") };
            people = people.push(label(nobody, BODY).style(style::muted));
        }
        let content = column![tabs.spacing(gap::S), container(scroll(people)).height(HEIGHT)].spacing(gap::M);
        dialog(fl!("readers"), content).close_button(fl!("close"), close()).into()
    }
}
