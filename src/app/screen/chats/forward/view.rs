//! The dialog that sends messages on, as it is drawn.

use iced::widget::{column, container, row, space};
use iced::{Alignment, Length};

use super::{Forward, MOST, Message, Place};
use crate::fl;
use crate::problem;
use crate::screen::chats::dialog::view::close;
use crate::screen::chats::people::{self, SEARCH};
use crate::screen::chats::{Chats, Message as ChatsMessage, words};
use crate::theme::tokens::{PREVIEW, SMALL, size, space as gap};
use crate::theme::{font, style};
use crate::widget::Element;
use crate::widget::avatar::avatar;
use crate::widget::bits::{self, label, scroll};
use crate::widget::button::{Kind, button, custom};
use crate::widget::dialog::dialog;
use crate::widget::field::{field, search};
use crate::widget::icon::{Icon, icon};
use crate::widget::one_line::one_line;
use crate::widget::row::list_row;
use crate::widget::toggle::toggle;

/// Height of the list of places.
const PLACES: f32 = 240.0;
/// Avatar of a place.
const FACE: f32 = 32.0;
/// So many messages are shown in words.
const SHOWN: usize = 3;

impl Chats {
    /// The dialog that sends messages on.
    pub(in super::super) fn forward_dialog<'a>(&'a self, forward: &'a Forward) -> Element<'a, ChatsMessage> {
        let find = search(fl!("forward-search"), forward.people.query(), |query| {
            people::Message::Query(query).into()
        })
        .id(SEARCH);
        let mut content = column![find].spacing(gap::S);
        if !forward.chosen.is_empty() {
            content = content.push(row(forward.chosen.iter().map(chip)).spacing(gap::XS).wrap());
        }
        if forward.chosen.len() >= MOST {
            content = content.push(label(fl!("forward-most", most = MOST), SMALL).style(style::muted));
        }
        let places = forward.places(self.list.all(), &self.context.me.user_id);
        let list: Element<'a, ChatsMessage> = match places.is_empty() {
            true => bits::empty(Icon::Search, fl!("people-none-title"), fl!("people-none"), None),
            false => scroll(column(places.into_iter().map(|place| self.place(forward, place)))).into(),
        };
        content = content.push(container(list).height(PLACES)).push(self.what(forward));
        if forward.messages.len() > 1 {
            let merged = |merged| ChatsMessage::Forward(Message::Merged(merged));
            content = content.push(toggle(fl!("forward-merged"), forward.merged, merged));
        }
        let note =
            field(fl!("forward-note"), &forward.note, |note| ChatsMessage::Forward(Message::Note(note)));
        content = content.push(note.enabled(!forward.sending));
        for (id, error) in &forward.failed {
            let words = format!("{}: {}", self.name_of(id), problem::sentence(error));
            content = content.push(label(words, SMALL).style(style::danger));
        }
        let words = if forward.failed.is_empty() { fl!("send") } else { fl!("retry") };
        dialog(fl!("forward-title", count = forward.messages.len()), content)
            .width(size::FORWARD)
            .close_button(fl!("close"), close())
            .action(
                button(words)
                    .kind(Kind::Primary)
                    .on_press_maybe(forward.is_ready().then_some(ChatsMessage::Forward(Message::Send))),
            )
            .into()
    }

    /// What is sent on, in words.
    fn what<'a>(&'a self, forward: &'a Forward) -> Element<'a, ChatsMessage> {
        let line = |message: &hallway_protocol::Message| {
            let words = words::preview(message, &self.context.me.user_id);
            one_line(format!("{}: {words}", words::sender(message))).step(PREVIEW).color(|p| p.text_2).into()
        };
        let mut lines: Vec<Element<'a, ChatsMessage>> =
            forward.messages.iter().take(SHOWN).map(|message| line(message)).collect();
        if let Some(more) = forward.messages.len().checked_sub(SHOWN).filter(|more| *more > 0) {
            lines.push(label(fl!("forward-more", count = more), SMALL).style(style::muted).into());
        }
        container(column(lines)).padding([gap::S, gap::M]).width(Length::Fill).style(style::inset).into()
    }

    fn place<'a>(&self, forward: &Forward, place: Place) -> Element<'a, ChatsMessage> {
        let chosen = forward.is_chosen(&place.id);
        let group = matches!(place.id, hallway_protocol::ConversationId::Group(_));
        let tick: Element<'a, ChatsMessage> =
            if chosen { icon(Icon::Check).color(|p| p.link).into() } else { space().into() };
        let content = row![
            avatar(place.id.to(), &place.name).size(FACE).square(group),
            container(one_line(place.name.clone()).font(font::MEDIUM)).width(Length::Fill).clip(true),
            tick,
        ]
        .spacing(gap::M)
        .align_y(Alignment::Center)
        .height(size::ROW_DENSE);
        list_row(content, place.name.clone())
            .selected(chosen)
            .on_press_maybe((!forward.sending).then(|| ChatsMessage::Forward(Message::Toggle(place))))
            .into()
    }
}

fn chip<'a>(place: &'a Place) -> Element<'a, ChatsMessage> {
    let face = row![label(place.name.as_str(), SMALL), icon(Icon::Close).size(size::ICON_SMALL)]
        .spacing(gap::XS)
        .align_y(Alignment::Center);
    custom(
        container(face).padding([gap::XS, gap::S]).style(style::pill),
        fl!("people-unchoose", name = place.name.as_str()),
    )
    .small()
    .on_press(ChatsMessage::Forward(Message::Toggle(place.clone())))
    .into()
}
