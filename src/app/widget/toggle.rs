//! A switch with its words: the whole line is pressed.
//!
//! ```ignore
//! toggle(fl!("network"), self.network, Message::Network).about(fl!("network-about"))
//! ```

use iced::widget::{column, container, row, space};
use iced::{Alignment, Background, Length, border};

use super::Element;
use super::access::Role;
use super::bits::label;
use super::pressable::{Look, Pressable};
use crate::theme::tokens::{BODY, SMALL, radius, size, space as gap};
use crate::theme::{Theme, style};

/// A line with a switch.
pub struct Toggle<'a, Message> {
    words: String,
    about: Option<String>,
    on: bool,
    message: Box<dyn Fn(bool) -> Message + 'a>,
}

/// A switch called `words` that is `on` or not; pressing it sends the other state.
pub fn toggle<'a, Message>(
    words: impl Into<String>,
    on: bool,
    message: impl Fn(bool) -> Message + 'a,
) -> Toggle<'a, Message> {
    Toggle { words: words.into(), about: None, on, message: Box::new(message) }
}

impl<Message> Toggle<'_, Message> {
    /// A sentence below the words.
    pub fn about(mut self, about: impl Into<String>) -> Self {
        self.about = Some(about.into());
        self
    }
}

impl<'a, Message: Clone + 'a> From<Toggle<'a, Message>> for Element<'a, Message> {
    fn from(toggle: Toggle<'a, Message>) -> Self {
        let Toggle { words, about, on, message } = toggle;
        let text = column![label(words.clone(), BODY)]
            .push(about.map(|about| label(about, SMALL).style(style::muted)))
            .spacing(gap::XXS)
            .width(Length::Fill);
        let content = row![text, track(on)].spacing(gap::L).align_y(Alignment::Center);
        let line = Pressable::new(content, Role::Switch, words, |theme: &Theme, status| Look {
            background: status.hovered.then_some(theme.palette().hover),
            text: None,
            border: border::rounded(radius::CARD),
        })
        .width(Length::Fill)
        .padding([gap::S, gap::M])
        .selected(on)
        .on_press(message(!on));
        container(line).style(style::card).into()
    }
}

fn track<'a, Message: 'a>(on: bool) -> Element<'a, Message> {
    let knob =
        container(space()).width(size::SWITCH_KNOB).height(size::SWITCH_KNOB).style(move |theme: &Theme| {
            let p = theme.palette();
            container::Style {
                background: Some(Background::Color(if on { p.on_accent } else { p.control_border })),
                border: border::rounded(radius::FULL),
                ..container::Style::default()
            }
        });
    container(knob)
        .width(size::SWITCH)
        .height(size::SWITCH_KNOB + gap::XS * 2.0)
        .padding(gap::XS)
        .align_x(if on { Alignment::End } else { Alignment::Start })
        .style(move |theme: &Theme| {
            let p = theme.palette();
            let outline = border::rounded(radius::FULL).width(1.0);
            container::Style {
                background: on.then_some(Background::Color(p.accent)),
                border: outline.color(if on { p.accent } else { p.control_border }),
                ..container::Style::default()
            }
        })
        .into()
}
