//! The dialog that makes a card, as it is drawn.

use iced::widget::{column, row};

use super::{FIRST, Field, Kind, Message, NewCard};
use crate::fl;
use crate::problem;
use crate::screen::chats::dialog::view::close;
use crate::screen::chats::{Chats, Message as ChatsMessage};
use crate::theme::style;
use crate::theme::tokens::{SMALL, space as gap};
use crate::widget::Element;
use crate::widget::bits::{label, scroll};
use crate::widget::button::{self, button};
use crate::widget::dialog::dialog;
use crate::widget::field::field;
use crate::widget::toggle::toggle;

/// The most options that are shown without scrolling.
const SHOWN: usize = 6;
/// Height of the options where there are more.
const OPTIONS: f32 = 300.0;

impl Chats {
    /// The dialog that makes a card.
    pub(in super::super) fn card_dialog<'a>(&'a self, card: &'a NewCard) -> Element<'a, ChatsMessage> {
        let (title, name) = match card.kind {
            Kind::Poll => (fl!("new-poll"), fl!("poll-question")),
            Kind::SignUp => (fl!("new-list"), fl!("list-title")),
            Kind::Place => (fl!("new-place"), fl!("place-name")),
        };
        let input = |name: String, value: &'a str, which: Field| {
            field(name, value, move |text| ChatsMessage::Card(Message::Field(which, text)))
                .enabled(!card.sending)
        };
        let send = ChatsMessage::Card(Message::Send);
        let first = input(name, &card.title, Field::Title).id(FIRST).on_submit(send.clone());
        let mut content = column![first].spacing(gap::S);
        match card.kind {
            Kind::Poll => {
                let options = card.options.iter().enumerate().map(|(place, option)| {
                    let number = place + 1;
                    input(fl!("poll-option-name", number = number), option, Field::Option(place)).into()
                });
                let options = column(options).spacing(gap::S);
                content = match card.options.len() > SHOWN {
                    true => content.push(scroll(options).height(OPTIONS)),
                    false => content.push(options),
                };
                let several = |several| ChatsMessage::Card(Message::Multiple(several));
                content = content.push(toggle(fl!("poll-several"), card.is_multiple, several));
            }
            Kind::SignUp => {
                content = content.push(input(fl!("list-places-name"), &card.places, Field::Places))
            }
            Kind::Place => {
                let [latitude, longitude] = &card.degrees;
                let line = row![
                    input(fl!("place-latitude"), latitude, Field::Latitude),
                    input(fl!("place-longitude"), longitude, Field::Longitude),
                ];
                content = content.push(line.spacing(gap::S));
            }
        }
        if let Some(error) = &card.error {
            content = content.push(label(problem::sentence(error), SMALL).style(style::danger));
        }
        let ready = card.message().is_some() && !card.sending;
        dialog(title, content)
            .close_button(fl!("close"), close())
            .action(button(fl!("send")).kind(button::Kind::Primary).on_press_maybe(ready.then_some(send)))
            .into()
    }
}
