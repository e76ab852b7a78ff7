//! The picker of emoji: a search, those taken last, then all of them; the arrows go through the grid while the
//! search has the keyboard.

use std::ops::Range;

use iced::keyboard::{Key, Modifiers, key::Named as NamedKey};
use iced::widget::{column, container, row};
use iced::{Alignment, Length, Padding, Rectangle};

use hallway_protocol::MessageId;

use super::composer::COMPOSER;
use super::effect::Effect;
use super::{Action, Chats, Message as ChatsMessage};
use crate::fl;
use crate::text::emoji_names::{self, Group, Named};
use crate::theme::tokens::{BODY, Elevation, PAGE, SMALL, size, space as gap};
use crate::theme::{font, style};
use crate::widget::Element;
use crate::widget::access::Role;
use crate::widget::bits::{label, scroll, section};
use crate::widget::button::custom;
use crate::widget::field::search;
use crate::widget::layers::Layer;
use crate::widget::named::named;
use crate::widget::one_line::one_line;
use crate::widget::shadow::shadow;

/// The id of the search.
pub const SEARCH: &str = "emoji-search";
/// The id of the grid.
pub const GRID: &str = "emoji-grid";
/// Emoji in a row.
const COLUMNS: usize = 9;
/// Height of the grid.
const HEIGHT: f32 = 288.0;
/// Height of a heading.
const HEADING: f32 = SMALL.line + gap::S + gap::XS;
/// How many are remembered.
const RECENT: usize = 2 * COLUMNS;

/// The open picker.
#[derive(Debug, Clone, PartialEq)]
pub struct Picker {
    /// The button it belongs to.
    at: Rectangle,
    /// The message it is a reaction to; none while writing.
    to: Option<MessageId>,
    query: String,
    chosen: usize,
}

/// What happens in the picker.
#[derive(Debug, Clone, PartialEq)]
pub enum Message {
    /// Open it beside a button: to write, or to react to a message.
    Open(Rectangle, Option<MessageId>),
    /// The search changed.
    Query(String),
    /// Choose another one.
    Move(Step),
    /// Take one; none for the chosen one.
    Take(Option<&'static str>),
    /// Close it.
    Close,
}

/// Where the choice moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// To the one before.
    Left,
    /// To the next one.
    Right,
    /// A row up.
    Up,
    /// A row down.
    Down,
}

/// A part of the grid.
struct Part {
    heading: Option<String>,
    signs: Vec<&'static Named>,
}

impl Picker {
    /// What is shown: everything under its headings, or what is found.
    fn parts(&self, recent: &[String]) -> Vec<Part> {
        let all = emoji_names::all();
        if !self.query.trim().is_empty() {
            let signs: Vec<_> = all.iter().filter(|named| named.matches(&self.query)).collect();
            return vec![Part { heading: None, signs }];
        }
        let known = |sign: &String| all.iter().find(|named| named.sign == sign);
        let last =
            Part { heading: Some(fl!("emoji-recent")), signs: recent.iter().filter_map(known).collect() };
        let groups = Group::ALL.into_iter().map(|group| Part {
            heading: Some(group.name()),
            signs: all.iter().filter(|named| named.group == group).collect(),
        });
        std::iter::once(last).chain(groups).filter(|part| !part.signs.is_empty()).collect()
    }

    /// The rows of the grid: which signs, and how far down.
    fn rows(parts: &[Part]) -> Vec<(Range<usize>, f32)> {
        let (mut rows, mut from, mut top) = (Vec::new(), 0, 0.0);
        for part in parts {
            top += if part.heading.is_some() { HEADING } else { 0.0 };
            let end = from + part.signs.len();
            while from < end {
                let to = (from + COLUMNS).min(end);
                rows.push((from..to, top));
                from = to;
                top += size::TARGET_MAIN;
            }
        }
        rows
    }

    /// Moves the choice; answers how far down the grid has to be for it to be seen.
    fn step(&mut self, step: Step, recent: &[String]) -> Option<f32> {
        let rows = Self::rows(&self.parts(recent));
        let last = rows.last()?.0.end.checked_sub(1)?;
        let at = rows.iter().position(|(row, _)| row.contains(&self.chosen))?;
        let column = self.chosen - rows.get(at)?.0.start;
        let beside = |row: usize| rows.get(row).map(|(row, _)| (row.start + column).min(row.end - 1));
        self.chosen = match step {
            Step::Left => self.chosen.saturating_sub(1),
            Step::Right => (self.chosen + 1).min(last),
            Step::Up => at.checked_sub(1).and_then(beside).unwrap_or(self.chosen),
            Step::Down => beside(at + 1).unwrap_or(self.chosen),
        };
        let (_, top) = rows.iter().find(|(row, _)| row.contains(&self.chosen))?;
        Some((top - (HEIGHT - size::TARGET_MAIN) / 2.0).max(0.0))
    }

    fn chosen(&self, recent: &[String]) -> Option<&'static str> {
        self.parts(recent).into_iter().flat_map(|part| part.signs).nth(self.chosen).map(|named| named.sign)
    }

    fn view<'a>(&'a self, recent: &[String]) -> Element<'a, ChatsMessage> {
        let parts = self.parts(recent);
        let empty = self.query.is_empty();
        let find =
            search(fl!("emoji-search"), &self.query, |query| ChatsMessage::Emoji(Message::Query(query)))
                .id(SEARCH)
                .on_key(move |key, modifiers| Some(ChatsMessage::Emoji(key_message(key, modifiers, empty)?)))
                .on_submit(ChatsMessage::Emoji(Message::Take(None)));
        let chosen = parts.iter().flat_map(|part| &part.signs).nth(self.chosen).map(|named| named.name());
        let mut place = 0;
        let mut list = column![];
        for part in &parts {
            if let Some(heading) = &part.heading {
                let heading =
                    container(section(heading.clone())).padding(Padding::from([0.0, gap::XS]).top(gap::S));
                list = list.push(heading.height(HEADING));
            }
            for signs in part.signs.chunks(COLUMNS) {
                list = list.push(row(signs.iter().map(|&named| {
                    let cell = cell(named, place == self.chosen);
                    place += 1;
                    cell
                })));
            }
        }
        let grid: Element<'a, ChatsMessage> = if place == 0 {
            container(label(fl!("emoji-none"), BODY).style(style::muted)).center(Length::Fill).into()
        } else {
            scroll(list.width(Length::Fill)).id(GRID).height(Length::Fill).into()
        };
        let name = one_line(chosen.unwrap_or_default()).step(SMALL).color(|p| p.text_3);
        let width = size::TARGET_MAIN * COLUMNS as f32 + size::SCROLLBAR_STRIP;
        let content = column![
            container(find).padding(Padding::ZERO.right(gap::S)),
            container(grid).height(HEIGHT),
            container(name).padding([0.0, gap::XS])
        ];
        let card =
            container(content.spacing(gap::S).width(width)).padding(Padding::new(gap::M).right(gap::XS));
        named(shadow(Elevation::Menu, card.style(style::popover)), Role::Dialog, fl!("emoji"))
    }
}

fn cell<'a>(named: &'static Named, chosen: bool) -> Element<'a, ChatsMessage> {
    let sign = label(named.sign, PAGE).font(font::EMOJI).align_x(Alignment::Center);
    let face = container(sign).center(size::TARGET_MAIN);
    custom(face, named.name())
        .selected(chosen)
        .no_focus()
        .on_press(ChatsMessage::Emoji(Message::Take(Some(named.sign))))
        .into()
}

/// The keys of the search that go through the grid; left and right only while they have nothing to do in it.
fn key_message(key: &Key, modifiers: Modifiers, empty: bool) -> Option<Message> {
    let Key::Named(key) = key else { return None };
    let step = match key {
        _ if !modifiers.is_empty() => return None,
        NamedKey::ArrowUp => Step::Up,
        NamedKey::ArrowDown => Step::Down,
        NamedKey::ArrowLeft if empty => Step::Left,
        NamedKey::ArrowRight if empty => Step::Right,
        _ => return None,
    };
    Some(Message::Move(step))
}

impl Chats {
    /// Those that were taken last, as they were kept.
    pub fn set_recent_emoji(&mut self, recent: Vec<String>) {
        self.recent_emoji = recent;
    }

    pub(super) fn in_emoji(&mut self, message: Message) -> Vec<Effect> {
        if let Message::Open(at, to) = message {
            self.menu = None;
            self.emoji = Some(Picker { at, to, query: String::new(), chosen: 0 });
            return Vec::new();
        }
        let Some(picker) = &mut self.emoji else { return Vec::new() };
        match message {
            Message::Open(..) => Vec::new(),
            Message::Query(query) => {
                picker.query = query;
                picker.chosen = 0;
                vec![Effect::ScrollTo(GRID, 0.0)]
            }
            Message::Move(step) => picker
                .step(step, &self.recent_emoji)
                .map(|top| Effect::ScrollTo(GRID, top))
                .into_iter()
                .collect(),
            Message::Take(sign) => match sign.or_else(|| picker.chosen(&self.recent_emoji)) {
                Some(sign) => self.take_emoji(sign),
                None => Vec::new(),
            },
            Message::Close => {
                self.emoji = None;
                vec![Effect::Focus(COMPOSER)]
            }
        }
    }

    fn take_emoji(&mut self, sign: &str) -> Vec<Effect> {
        let to = self.emoji.take().and_then(|picker| picker.to);
        self.recent_emoji.retain(|known| known != sign);
        self.recent_emoji.insert(0, sign.to_owned());
        self.recent_emoji.truncate(RECENT);
        let mut effects = vec![Effect::Action(Action::RecentEmoji(self.recent_emoji.clone()))];
        match (&mut self.open, to) {
            (_, Some(message)) => effects.extend(self.react(&message, sign)),
            (Some(open), None) => effects.extend(open.composer.put_back(sign)),
            (None, None) => {}
        }
        effects
    }

    /// Asks for a reaction to a message, in the middle of the window: the message may stand anywhere.
    pub(super) fn choose_reaction(&mut self, to: MessageId) -> Vec<Effect> {
        let size = self.context.size;
        let at = Rectangle::new(iced::Point::new(size.width / 2.0, size.height / 2.0), iced::Size::ZERO);
        self.in_emoji(Message::Open(at, Some(to)))
    }

    pub(super) fn emoji_layer(&self) -> Option<Layer<'_, ChatsMessage>> {
        let picker = self.emoji.as_ref()?;
        let layer = Layer::beside(picker.at, picker.view(&self.recent_emoji)).initial(SEARCH);
        Some(layer.on_close(ChatsMessage::Emoji(Message::Close)))
    }
}
