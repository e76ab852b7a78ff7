//! The stickers of the picker: those sent last, a pack, or what a search finds in all of them.

use hallway_protocol::message::FacePayload;
use hallway_protocol::sticker::{Sticker, name_in};
use iced::widget::{Image, column, container, row, space};
use iced::{Alignment, ContentFit, Length, Padding};

use super::{Message, Place, Stickers, message};
use crate::fl;
use crate::i18n;
use crate::screen::chats::emoji::{self, HEADING, HEIGHT, Picker};
use crate::screen::chats::grid::Grid;
use crate::screen::chats::{Chats, Message as ChatsMessage};
use crate::theme::style;
use crate::theme::tokens::{BODY, size, space as gap};
use crate::widget::Element;
use crate::widget::bits::{label, scroll_sideways, section};
use crate::widget::button::{button, custom};

/// Side of a picture.
pub const PICTURE: f32 = 64.0;
/// Stickers in a row.
const COLUMNS: usize = 4;
/// Side of a cell: together they are as wide as the emoji.
const CELL: f32 = size::TARGET_MAIN * emoji::COLUMNS as f32 / COLUMNS as f32;
/// Most that a search shows.
const FOUND: usize = 60;

/// A part of the grid.
pub struct Part<'a> {
    heading: Option<String>,
    /// What is in it.
    pub cells: Vec<Cell<'a>>,
}

/// A sticker of the grid.
pub struct Cell<'a> {
    index: i32,
    /// Which.
    pub sticker: &'a Sticker,
}

impl Cell<'_> {
    fn face(&self) -> FacePayload {
        FacePayload { index: self.index, data: self.sticker.key.clone() }
    }

    fn name(&self) -> &str {
        name_in(&self.sticker.names, i18n::current().tag())
    }
}

impl Stickers {
    /// What the picker shows.
    pub fn parts(&self, query: &str) -> Vec<Part<'_>> {
        let query = query.trim().to_lowercase();
        let cells = |pack: usize| {
            let packs = self.packs.get(pack).into_iter();
            packs.flat_map(|pack| pack.stickers.iter().map(|it| Cell { index: pack.number, sticker: it }))
        };
        let parts = if query.is_empty() {
            let last = self.recent.iter().filter_map(|(index, key)| {
                self.find(*index, key).map(|sticker| Cell { index: *index, sticker })
            });
            let name = self.packs.get(self.pack).map(|pack| name_in(&pack.names, i18n::current().tag()));
            vec![
                Part { heading: Some(fl!("emoji-recent")), cells: last.collect() },
                Part { heading: name.map(str::to_owned), cells: cells(self.pack).collect() },
            ]
        } else {
            // By the name in any language, as emoji are found.
            let fits = |cell: &Cell<'_>| {
                let names = cell.sticker.names.values().map(|name| name.to_lowercase());
                let names = names.collect::<Vec<_>>().join(" ");
                query.split_whitespace().all(|word| names.contains(word))
            };
            let all = (0..self.packs.len()).flat_map(cells);
            vec![Part { heading: None, cells: all.filter(fits).take(FOUND).collect() }]
        };
        parts.into_iter().filter(|part| !part.cells.is_empty()).collect()
    }

    /// The grid of the picker.
    pub fn grid(&self, query: &str) -> Grid {
        let parts = self.parts(query);
        let parts = parts.iter().map(|part| (part.heading.is_some(), part.cells.len())).collect();
        Grid { columns: COLUMNS, cell: CELL, heading: HEADING, height: HEIGHT, parts }
    }

    /// The sticker at a place of the grid.
    pub fn chosen(&self, query: &str, place: usize) -> Option<FacePayload> {
        self.parts(query).iter().flat_map(|part| &part.cells).nth(place).map(Cell::face)
    }
}

impl Chats {
    /// The grid of stickers, and what the chosen one is called.
    pub(in super::super) fn sticker_grid<'a>(
        &'a self,
        picker: &'a Picker,
    ) -> (Element<'a, ChatsMessage>, String) {
        let parts = self.stickers.parts(&picker.query);
        let (mut place, mut name) = (0, String::new());
        let mut list = column![];
        for part in &parts {
            if let Some(heading) = &part.heading {
                let heading = section(heading.clone());
                let heading = container(heading).padding(Padding::from([0.0, gap::XS]).top(gap::S));
                list = list.push(heading.height(HEADING));
            }
            for cells in part.cells.chunks(COLUMNS) {
                list = list.push(row(cells.iter().map(|cell| {
                    let is_chosen = place == picker.chosen;
                    if is_chosen {
                        cell.name().clone_into(&mut name);
                    }
                    place += 1;
                    self.cell(cell, is_chosen)
                })));
            }
        }
        let grid: Element<'a, ChatsMessage> = if place > 0 {
            emoji::grid(list)
        } else {
            let words =
                if self.stickers.packs.is_empty() { fl!("sticker-away") } else { fl!("sticker-none") };
            container(label(words, BODY).style(style::muted)).center(Length::Fill).into()
        };
        if self.stickers.packs.len() < 2 || !picker.query.is_empty() {
            return (grid, name);
        }
        let packs = self.stickers.packs.iter().enumerate().map(|(place, pack)| {
            let name = name_in(&pack.names, i18n::current().tag());
            let is_shown = place == self.stickers.pack;
            button(name).small().selected(is_shown).on_press(message(Message::Pack(place))).into()
        });
        let packs = scroll_sideways(row(packs).spacing(gap::XS));
        (column![container(grid).height(Length::Fill), packs].spacing(gap::XS).into(), name)
    }

    fn cell<'a>(&'a self, cell: &Cell<'a>, is_chosen: bool) -> Element<'a, ChatsMessage> {
        let picture: Element<'a, ChatsMessage> = match self.stickers.picture(cell.sticker, Place::Picker) {
            Some(handle) => Image::new(handle.clone())
                .width(PICTURE)
                .height(PICTURE)
                .content_fit(ContentFit::ScaleDown)
                .into(),
            None => space().into(),
        };
        let face = container(picture).center(CELL).align_y(Alignment::Center);
        custom(face, cell.name())
            .tip(cell.name())
            .free()
            .selected(is_chosen)
            .no_focus()
            .on_press(ChatsMessage::Emoji(emoji::Message::Sticker(cell.face())))
            .into()
    }
}
