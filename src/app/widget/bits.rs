//! Small parts that views repeat: titles, dividers, pills, banners, empty states, skeletons.

use iced::widget::{Svg, center, column, container, row, rule, scrollable, space, svg, text};
use iced::{Alignment, Background, Length, border};

use super::icon::{Icon, icon};
use super::{Element, Text};
use crate::theme::tokens::{BODY, PAGE, SMALL, TITLE, Type, radius, size, space as gap};
use crate::theme::{Theme, font, style};

/// A text in one step of the type scale; words longer than a line are broken.
pub fn label<'a>(content: impl text::IntoFragment<'a>, step: Type) -> Text<'a> {
    text(content)
        .size(step.size)
        .line_height(text::LineHeight::Absolute(step.line.into()))
        .wrapping(text::Wrapping::WordOrGlyph)
}

/// The title of a page.
pub fn page_title<'a>(content: impl text::IntoFragment<'a>) -> Text<'a> {
    label(content, PAGE).font(font::SEMIBOLD)
}

/// The title of a panel or dialog.
pub fn title<'a>(content: impl text::IntoFragment<'a>) -> Text<'a> {
    label(content, TITLE).font(font::SEMIBOLD)
}

/// The heading of a section in a panel.
pub fn section<'a>(content: impl text::IntoFragment<'a>) -> Text<'a> {
    label(content, SMALL).font(font::SEMIBOLD).style(style::muted)
}

/// The logo in its own colours, as a square of this side.
pub fn logo<'a>(side: f32) -> Svg<'a, Theme> {
    let own = |_: &Theme, _| svg::Style { color: None };
    svg(svg::Handle::from_memory(crate::LOGO)).width(side).height(side).style(own)
}

/// Something that scrolls up and down, with a narrow bar.
pub fn scroll<'a, Message: 'a>(
    content: impl Into<Element<'a, Message>>,
) -> scrollable::Scrollable<'a, Message, Theme, iced::Renderer> {
    let bar = scrollable::Scrollbar::new().width(size::SCROLLBAR).scroller_width(size::SCROLLBAR);
    scrollable(content).direction(scrollable::Direction::Vertical(bar))
}

/// Something that is wider than its place.
pub fn scroll_sideways<'a, Message: 'a>(
    content: impl Into<Element<'a, Message>>,
) -> scrollable::Scrollable<'a, Message, Theme, iced::Renderer> {
    let bar = scrollable::Scrollbar::new().width(size::SCROLLBAR).scroller_width(size::SCROLLBAR);
    scrollable(content).direction(scrollable::Direction::Horizontal(bar))
}

/// A horizontal hairline.
pub fn hairline<'a, Message: 'a>() -> Element<'a, Message> {
    rule::horizontal(1).into()
}

/// A vertical hairline.
pub fn hairline_vertical<'a, Message: 'a>() -> Element<'a, Message> {
    rule::vertical(1).into()
}

/// A pill in the middle of the timeline: a date.
pub fn pill<'a, Message: 'a>(content: impl text::IntoFragment<'a>) -> Element<'a, Message> {
    let pill =
        container(label(content, SMALL).font(font::MEDIUM)).padding([gap::XXS, gap::M]).style(style::pill);
    container(pill).center_x(Length::Fill).padding([gap::S, 0.0]).into()
}

/// A line in the middle of the timeline: who joined, what was recalled.
pub fn tip<'a, Message: 'a>(content: impl text::IntoFragment<'a>) -> Element<'a, Message> {
    container(label(content, SMALL).style(style::muted).align_x(Alignment::Center))
        .center_x(Length::Fill)
        .padding([gap::XS, gap::XL])
        .into()
}

/// The red line above the first unread message.
pub fn unread_divider<'a, Message: 'a>(content: impl text::IntoFragment<'a>) -> Element<'a, Message> {
    row![
        label(content, SMALL).font(font::SEMIBOLD).style(style::danger),
        rule::horizontal(1).style(style::unread_line),
    ]
    .spacing(gap::S)
    .align_y(Alignment::Center)
    .padding([gap::S, gap::L])
    .into()
}

/// The strip under a header that tells about the connection; `action` is a link button.
pub fn banner<'a, Message: 'a>(
    content: impl text::IntoFragment<'a>,
    warning: bool,
    action: Option<Element<'a, Message>>,
) -> Element<'a, Message> {
    let words = label(content, SMALL);
    let words = if warning { words } else { words.style(style::muted) };
    let strip = row![icon(if warning { Icon::Offline } else { Icon::Clock }).size(size::ICON_SMALL), words]
        .push(action)
        .spacing(gap::S)
        .align_y(Alignment::Center);
    let strip = container(strip).padding([gap::S, gap::L]).width(Length::Fill);
    if warning { strip.style(style::warning_strip).into() } else { strip.style(style::inset_strip).into() }
}

/// An empty state: icon, title, one sentence, one button.
pub fn empty<'a, Message: 'a>(
    picture: Icon,
    heading: impl text::IntoFragment<'a>,
    sentence: impl text::IntoFragment<'a>,
    action: Option<Element<'a, Message>>,
) -> Element<'a, Message> {
    let content = column![
        icon(picture).size(size::ICON_EMPTY).color(|p| p.text_3),
        title(heading),
        label(sentence, BODY).style(style::secondary).align_x(Alignment::Center),
    ]
    .push(action.map(|action| container(action).padding([gap::S, 0.0])))
    .spacing(gap::S)
    .align_x(Alignment::Center)
    .max_width(size::DIALOG - gap::XXL);
    center(content).padding(gap::XL).into()
}

/// A grey row that holds the place of a conversation on first load.
pub fn skeleton_row<'a, Message: 'a>() -> Element<'a, Message> {
    fn block<'a, Message: 'a>(width: f32, height: f32, round: f32) -> Element<'a, Message> {
        container(space())
            .width(width)
            .height(height)
            .style(move |theme: &Theme| container::Style {
                background: Some(Background::Color(theme.palette().skeleton)),
                border: border::rounded(round),
                ..container::Style::default()
            })
            .into()
    }
    container(
        row![
            block(size::AVATAR_ROW, size::AVATAR_ROW, radius::FULL),
            column![block(120.0, 12.0, radius::CHIP), block(180.0, 10.0, radius::CHIP)].spacing(gap::S),
        ]
        .spacing(gap::M)
        .align_y(Alignment::Center),
    )
    .height(size::ROW)
    .padding([0.0, gap::M])
    .center_y(size::ROW)
    .into()
}
