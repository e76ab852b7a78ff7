//! The picker of emoji and stickers: a search, those taken last, then all of them; the arrows go through the grid while the
//! search has the keyboard. What is special about stickers is in `sticker`.

use iced::widget::{Column, column, container, row};
use iced::{Alignment, Length, Padding, Rectangle};

use hallway_protocol::MessageId;
use hallway_protocol::message::FacePayload;

use super::composer::COMPOSER;
use super::effect::Effect;
use super::grid::{Grid, Step};
use super::{Action, Chats, Message as ChatsMessage, sticker};
use crate::fl;
use crate::text::emoji_names::{self, Group, Named};
use crate::theme::tokens::{BODY, Elevation, PAGE, SMALL, size, space as gap};
use crate::theme::{Theme, font, style};
use crate::widget::Element;
use crate::widget::access::Role;
use crate::widget::bits::{label, scroll, section};
use crate::widget::button::{Kind, button, custom};
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
pub const COLUMNS: usize = 9;
/// Height of the grid.
pub const HEIGHT: f32 = 288.0;
/// Height of a heading.
pub const HEADING: f32 = SMALL.line + gap::S + gap::XS;
/// How many are remembered.
const RECENT: usize = 2 * COLUMNS;

/// The open picker.
#[derive(Debug, Clone, PartialEq)]
pub struct Picker {
    /// The button it belongs to.
    at: Rectangle,
    /// The message it is a reaction to; none while writing.
    to: Option<MessageId>,
    /// What is searched for.
    pub(super) query: String,
    /// Place of the chosen one.
    pub(super) chosen: usize,
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
    /// Take one; none for the chosen one, whatever it is.
    Take(Option<&'static str>),
    /// Send a sticker.
    Sticker(FacePayload),
    /// Close it.
    Close,
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

    fn grid(&self, recent: &[String]) -> Grid {
        let parts = self.parts(recent);
        let parts = parts.iter().map(|part| (part.heading.is_some(), part.signs.len())).collect();
        Grid { columns: COLUMNS, cell: size::TARGET_MAIN, heading: HEADING, height: HEIGHT, parts }
    }

    fn chosen(&self, recent: &[String]) -> Option<&'static str> {
        self.parts(recent).into_iter().flat_map(|part| part.signs).nth(self.chosen).map(|named| named.sign)
    }

    /// The grid of emoji, and what the chosen one is called.
    fn emoji_grid<'a>(&self, recent: &[String]) -> (Element<'a, ChatsMessage>, String) {
        let parts = self.parts(recent);
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
        let cells = if place == 0 {
            container(label(fl!("emoji-none"), BODY).style(style::muted)).center(Length::Fill).into()
        } else {
            grid(list)
        };
        (cells, chosen.unwrap_or_default().to_owned())
    }
}

/// The rows of a grid as what is scrolled.
pub fn grid<'a>(rows: Column<'a, ChatsMessage, Theme>) -> Element<'a, ChatsMessage> {
    scroll(rows.width(Length::Fill)).id(GRID).height(Length::Fill).into()
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
        let shows_stickers = self.emoji.as_ref().is_some_and(|picker| self.shows_stickers(picker));
        let Some(picker) = &mut self.emoji else { return Vec::new() };
        match message {
            Message::Open(..) => Vec::new(),
            Message::Query(query) => {
                picker.query = query;
                picker.chosen = 0;
                vec![Effect::ScrollTo(GRID, 0.0)]
            }
            Message::Move(step) => {
                let stickers = shows_stickers.then(|| self.stickers.grid(&picker.query));
                let grid = stickers.unwrap_or_else(|| picker.grid(&self.recent_emoji));
                let top = grid.step(&mut picker.chosen, step);
                top.map(|top| Effect::ScrollTo(GRID, top)).into_iter().collect()
            }
            Message::Take(None) if shows_stickers => {
                match self.stickers.chosen(&picker.query, picker.chosen) {
                    Some(face) => self.send_sticker(face),
                    None => Vec::new(),
                }
            }
            Message::Take(sign) => match sign.or_else(|| picker.chosen(&self.recent_emoji)) {
                Some(sign) => self.take_emoji(sign),
                None => Vec::new(),
            },
            Message::Sticker(face) => self.send_sticker(face),
            Message::Close => {
                self.emoji = None;
                vec![Effect::Focus(COMPOSER)]
            }
        }
    }

    /// Whether a picker shows the stickers: they are sent, never put under a message.
    pub(super) fn shows_stickers(&self, picker: &Picker) -> bool {
        self.stickers.is_shown && picker.to.is_none()
    }

    /// Something else is to be looked through.
    pub(super) fn begin_search(&mut self) -> Vec<Effect> {
        if let Some(picker) = &mut self.emoji {
            picker.query.clear();
            picker.chosen = 0;
        }
        vec![Effect::ScrollTo(GRID, 0.0), Effect::Focus(SEARCH)]
    }

    fn picker<'a>(&'a self, picker: &'a Picker) -> Element<'a, ChatsMessage> {
        let stickers = self.shows_stickers(picker);
        let words = if stickers { fl!("sticker-search") } else { fl!("emoji-search") };
        let empty = picker.query.is_empty();
        let find = search(words, &picker.query, |query| ChatsMessage::Emoji(Message::Query(query)))
            .id(SEARCH)
            .on_key(move |key, modifiers| {
                Some(ChatsMessage::Emoji(Message::Move(Step::of(key, modifiers, empty)?)))
            })
            .on_submit(ChatsMessage::Emoji(Message::Take(None)));
        let (grid, chosen) =
            if stickers { self.sticker_grid(picker) } else { picker.emoji_grid(&self.recent_emoji) };
        let name = one_line(chosen).step(SMALL).color(|p| p.text_3);
        let width = size::TARGET_MAIN * COLUMNS as f32 + size::SCROLLBAR_STRIP;
        let mut content = column![].spacing(gap::S).width(width);
        if picker.to.is_none() {
            let tab = |name: String, is_stickers: bool| {
                let show = sticker::message(sticker::Message::Show(is_stickers));
                button(name).kind(Kind::Ghost).small().selected(is_stickers == stickers).on_press(show)
            };
            let tabs = row![tab(fl!("emoji"), false), tab(fl!("stickers"), true)].spacing(gap::XS);
            content = content.push(tabs);
        }
        let content = content
            .push(container(find).padding(Padding::ZERO.right(gap::S)))
            .push(container(grid).height(HEIGHT))
            .push(container(name).padding([0.0, gap::XS]));
        let card = container(content).padding(Padding::new(gap::M).right(gap::XS));
        let title = if stickers { fl!("stickers") } else { fl!("emoji") };
        named(shadow(Elevation::Menu, card.style(style::popover)), Role::Dialog, title)
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
        let layer = Layer::beside(picker.at, self.picker(picker)).initial(SEARCH);
        Some(layer.on_close(ChatsMessage::Emoji(Message::Close)))
    }
}
