//! Messages that are pinned in a group: the bar under the header that leads to them.

use hallway_protocol::method::PinnedMessage;
use hallway_protocol::{ConversationId, GroupId};
use iced::widget::{column, container, row, space};
use iced::{Alignment, Background, Length, border};

use super::call::Call;
use super::effect::Effect;
use super::timeline;
use super::{Chats, Message as ChatsMessage, Open, words};
use crate::fl;
use crate::theme::tokens::{PREVIEW, SMALL, radius, size, space as gap};
use crate::theme::{Theme, font, style};
use crate::widget::Element;
use crate::widget::bits::hairline;
use crate::widget::button::custom;
use crate::widget::icon::{Icon, icon};
use crate::widget::one_line::one_line;

/// The pinned messages of the open group.
#[derive(Debug, Default)]
pub struct Pins {
    /// The latest pin first.
    list: Vec<PinnedMessage>,
    /// The one on the bar.
    shown: usize,
}

/// What happens on the bar.
#[derive(Debug, Clone)]
pub enum Message {
    /// To the message on the bar; the next one follows it there.
    Go,
}

impl Pins {
    /// Takes the list as it is now.
    pub fn set(&mut self, list: Vec<PinnedMessage>) {
        self.shown = if self.shown < list.len() { self.shown } else { 0 };
        self.list = list;
    }
}

impl Chats {
    /// The pins of a group may have changed.
    pub(super) fn pins_changed(&self, group: &GroupId) -> Vec<Effect> {
        match self.current() {
            Some(ConversationId::Group(open)) if open == group => {
                vec![Effect::Call(Call::Pins(group.clone()))]
            }
            _ => Vec::new(),
        }
    }

    pub(super) fn in_pins(&mut self, message: &Message) -> Vec<Effect> {
        let Message::Go = message;
        let Some(open) = &mut self.open else { return Vec::new() };
        let Some(pinned) = open.pins.list.get(open.pins.shown) else { return Vec::new() };
        let place = pinned.message.sequence;
        open.pins.shown = (open.pins.shown + 1) % open.pins.list.len();
        self.in_open(|open, scene| open.timeline.update(timeline::Message::Jump(place), scene))
    }

    /// The bar; none without pins.
    pub(super) fn pins_bar<'a>(&'a self, open: &'a Open) -> Option<Element<'a, ChatsMessage>> {
        let pins = &open.pins;
        let pinned = pins.list.get(pins.shown)?;
        let title = match pins.list.len() {
            1 => fl!("pinned", who = pinned.pin.operator_info.display_name()),
            count => {
                let number = pins.shown + 1;
                fl!("pinned-of", number = number, count = count)
            }
        };
        let words = words::preview(&pinned.message, &self.context.me.user_id);
        let words = format!("{}: {words}", words::sender(&pinned.message));
        let bar =
            container(space()).width(3.0).height(Length::Fill).style(|theme: &Theme| container::Style {
                background: Some(Background::Color(theme.palette().link)),
                border: border::rounded(radius::CHIP),
                ..container::Style::default()
            });
        let text = column![
            one_line(title.clone()).step(SMALL).font(font::SEMIBOLD).color(|p| p.link),
            one_line(words.clone()).step(PREVIEW).color(|p| p.text_2),
        ];
        let content = row![
            icon(Icon::Pin).size(18.0).color(|p| p.link),
            bar,
            container(text).width(Length::Fill).clip(true)
        ]
        .spacing(gap::S)
        .align_y(Alignment::Center)
        .height(size::BAR);
        let press = custom(container(content).padding([0.0, gap::S]), format!("{title}: {words}"))
            .free()
            .fill()
            .on_press(ChatsMessage::Pins(Message::Go));
        let bar = container(press).padding([gap::XS, gap::S]).width(Length::Fill).style(style::inset_strip);
        Some(column![bar, hairline()].into())
    }
}
