//! Words: marks, links and mentions as they are meant, selectable over several messages.
//!
//! What Markdown makes of the words is drawn block by block; all blocks together are one text for whoever selects.

use std::ops::Range;

use hallway_client::search::hits;
use iced::widget::{column, container, row, space};
use iced::{Alignment, Background, Length, border};

use super::super::rows::{Key, MessageRow};
use super::super::{Message, links};
use super::image;
use crate::fl;
use crate::screen::chats::media::pictures::Detail;
use crate::screen::chats::translating::Translation;
use crate::screen::chats::{Chats, Message as ChatsMessage, Open};
use crate::text::emoji;
use crate::text::initials::is_han;
use crate::text::markdown::{Block, Document, Kind as BlockKind, Span, Style};
use crate::text::rich::{Mark, Rich};
use crate::theme::tokens::{BODY, PAGE, PREVIEW, SMALL, TITLE, Type, radius, space as gap};
use crate::theme::{Theme, font, style};
use crate::widget::Element;
use crate::widget::bits::{self, hairline, label};
use crate::widget::button::{Kind, button, custom, icon_button};
use crate::widget::icon::Icon;
use crate::widget::select_text::select_text;

/// So many emoji and nothing else are shown large.
const LARGE_EMOJI: usize = 3;
/// Longer code is folded.
const CODE_LINES: usize = 20;
/// Share of the size of its text that a character of a table takes at most.
const CHARACTER: f32 = 0.62;
/// So many characters of a page's title are two lines.
const TITLE_LENGTH: usize = 100;
/// So many of its description are three.
const DESCRIPTION_LENGTH: usize = 180;
/// Longer side of the picture of a page.
const PREVIEW_PICTURE: f32 = 240.0;
/// The widest column of a table.
const CELL_MAX: f32 = 240.0;

/// What a link in a text leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Target {
    Page(String),
    Person(String),
}

/// A text being drawn.
struct Words<'a> {
    chats: &'a Chats,
    open: &'a Open,
    row: &'a MessageRow,
    document: &'a Document,
    selection: Option<Range<usize>>,
    /// What is searched for.
    lit: Vec<String>,
    theme: Theme,
}

impl Chats {
    /// The words of a message.
    pub(super) fn text<'a>(
        &'a self,
        open: &'a Open,
        row: &'a MessageRow,
        document: &'a Document,
        state: Element<'a, ChatsMessage>,
        theme: &Theme,
    ) -> Element<'a, ChatsMessage> {
        let timeline = &open.timeline;
        let key = Key::Message(row.message.id.clone());
        let selection = timeline
            .selection()
            .and_then(|selection| selection.part(&key, |key| timeline.stretch().index(key)));
        let lit = self.search.as_ref().map_or_else(Vec::new, |search| search.lit());
        let words = Words { chats: self, open, row, document, selection, lit, theme: *theme };
        let below = [self.translation(open, row), self.link_preview(row)];
        if below.iter().all(Option::is_none) {
            return words.blocks(document.blocks(), 0, Some(state));
        }
        let mut parts = column![words.blocks(document.blocks(), 0, None)].spacing(gap::S);
        for part in below.into_iter().flatten() {
            parts = parts.push(part);
        }
        column![parts, state].align_x(Alignment::End).spacing(gap::S).into()
    }
}

impl Chats {
    /// The translation that was asked for.
    fn translation<'a>(&'a self, open: &'a Open, row: &'a MessageRow) -> Option<Element<'a, ChatsMessage>> {
        let words = match open.translations.get(&row.message.id)? {
            Translation::Asked => label(fl!("translating"), PREVIEW).style(style::muted),
            Translation::Done(words) => label(words.as_str(), self.body_step(words)),
        };
        let head = label(fl!("translated"), SMALL).style(style::muted);
        Some(column![hairline(), head, words].spacing(gap::XXS).into())
    }

    /// What the page behind the first link says about itself.
    fn link_preview<'a>(&'a self, row: &'a MessageRow) -> Option<Element<'a, ChatsMessage>> {
        let preview = row.message.link_preview.as_ref()?;
        let mut lines = column![label(preview.site_name.as_str(), SMALL).style(style::muted)];
        if !preview.title.is_empty() {
            let title = shortened(&preview.title, TITLE_LENGTH);
            lines = lines.push(label(title, BODY).font(font::SEMIBOLD));
        }
        if !preview.description.is_empty() {
            let about = shortened(&preview.description, DESCRIPTION_LENGTH);
            lines = lines.push(label(about, PREVIEW).style(style::secondary));
        }
        if let Some(image) = &preview.image {
            // Nothing moves when it arrives; one that cannot be shown leaves nothing behind.
            let size = image::shown_size((image.width, image.height), PREVIEW_PICTURE);
            match self.media.pictures.get(&row.message.id, Detail::Shown) {
                Some(handle) => lines = lines.push(image::drawn(handle, size, radius::CHIP)),
                None if self.media.pictures.has_failed(&row.message.id) => {}
                None => lines = lines.push(space().width(size.width).height(size.height)),
            }
        }
        let open = custom(
            quote(lines.spacing(gap::XXS).into()),
            fl!("preview-open", site = preview.site_name.as_str()),
        );
        Some(open.free().on_press(ChatsMessage::Link(preview.url.clone())).into())
    }
}

/// A text that fits some lines.
fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default().trim_end()),
        None => text.to_owned(),
    }
}

impl<'a> Words<'a> {
    /// Blocks that are quoted at least so often, with `state` at their end.
    fn blocks(
        &self,
        blocks: &'a [Block],
        quoted: usize,
        mut state: Option<Element<'a, ChatsMessage>>,
    ) -> Element<'a, ChatsMessage> {
        let mut parts: Vec<Element<'a, ChatsMessage>> = Vec::new();
        let mut rest = blocks;
        while let Some(block) = rest.first() {
            let deeper = rest.iter().take_while(|block| block.quoted > quoted).count();
            let part = if deeper > 0 {
                let (inner, after) = rest.split_at(deeper);
                rest = after;
                quote(self.blocks(inner, quoted + 1, None))
            } else {
                rest = &rest[1..];
                let state = if rest.is_empty() && takes_state(block) { state.take() } else { None };
                self.block(block, state)
            };
            parts.push(part);
        }
        if let Some(state) = state {
            parts.push(container(state).align_right(Length::Shrink).into());
        }
        match parts.len() {
            1 => parts.swap_remove(0),
            _ => column(parts).spacing(gap::XS).into(),
        }
    }

    fn block(&self, block: &'a Block, state: Option<Element<'a, ChatsMessage>>) -> Element<'a, ChatsMessage> {
        match &block.kind {
            BlockKind::Paragraph => {
                let text = self.slice(&block.range);
                let large = self.document.is_plain()
                    && emoji::only_emoji(text).is_some_and(|count| count <= LARGE_EMOJI);
                let step = if large { PAGE } else { self.chats.body_step(text) };
                self.line(&block.range, &block.spans, step, font::TEXT, state)
            }
            BlockKind::Heading => self.line(&block.range, &block.spans, TITLE, font::SEMIBOLD, state),
            BlockKind::Item { depth, marker } => {
                let step = self.chats.body_step(self.slice(&block.range));
                let words = self.line(&block.range, &block.spans, step, font::TEXT, state);
                let width = step.size * CHARACTER * marker.chars().count() as f32 + gap::S;
                let marker = label(marker.as_str(), step).style(style::secondary);
                let indent = gap::L * *depth as f32;
                row![space().width(indent), container(marker).width(width), words].into()
            }
            BlockKind::Code { language } => self.code(block, language),
            BlockKind::Table(rows) => self.table(block, rows),
            BlockKind::Rule => hairline(),
        }
    }

    fn slice(&self, range: &Range<usize>) -> &'a str {
        self.document.text().get(range.clone()).unwrap_or_default()
    }

    /// A stretch of the text with its marks, links and mentions.
    fn line(
        &self,
        range: &Range<usize>,
        spans: &[Span],
        step: Type,
        font: iced::Font,
        state: Option<Element<'a, ChatsMessage>>,
    ) -> Element<'a, ChatsMessage> {
        let text = self.slice(range);
        let within = |part: &Range<usize>| {
            part.start.saturating_sub(range.start)..part.end.saturating_sub(range.start)
        };
        let mut rich = Rich::plain(text);
        for span in spans.iter().filter(|span| range.start <= span.range.start && span.range.end <= range.end)
        {
            let mark = match &span.style {
                Style::Bold => Mark::Bold,
                Style::Italic => Mark::Italic,
                Style::Strike => Mark::Strike,
                Style::Code => Mark::Code,
                Style::Link(url) => Mark::Link(Target::Page(url.clone())),
            };
            rich = rich.mark(within(&span.range), mark);
        }
        let message = &self.row.message;
        for (range, id) in links::mentions(text, &message.at_user_list, &self.open.members) {
            rich = rich.mark(range, Mark::Mention(Target::Person(id.to_owned())));
        }
        self.selectable(rich, range.start, step, font, state)
    }

    fn selectable(
        &self,
        mut rich: Rich<Target>,
        offset: usize,
        step: Type,
        font: iced::Font,
        state: Option<Element<'a, ChatsMessage>>,
    ) -> Element<'a, ChatsMessage> {
        for range in hits(rich.text(), &self.lit) {
            rich = rich.mark(range, Mark::Hit);
        }
        let text = select_text(Key::Message(self.row.message.id.clone()), rich, self.theme.palette())
            .offset(offset)
            .step(step)
            .font(font)
            .selection(self.selection.clone())
            .on_link(|target| match target {
                Target::Page(url) => ChatsMessage::Link(url),
                Target::Person(id) => ChatsMessage::Mentioned(id),
            });
        match state {
            Some(state) => text.trailing(state).into(),
            None => text.into(),
        }
    }

    /// Code on its own ground; long code is folded.
    fn code(&self, block: &'a Block, language: &'a str) -> Element<'a, ChatsMessage> {
        let code = self.slice(&block.range);
        let lines = code.lines().count();
        let id = &self.row.message.id;
        let unfolded = self.open.timeline.is_unfolded(id);
        let shown = match code.match_indices('\n').nth(CODE_LINES - 1) {
            Some((end, _)) if !unfolded => &code[..end],
            _ => code,
        };
        let words = self.selectable(Rich::plain(shown), block.range.start, PREVIEW, font::MONO, None);
        let copy = icon_button(Icon::Copy, fl!("copy-code")).small().no_focus();
        let head = row![
            label(language, SMALL).style(style::muted),
            space::horizontal(),
            copy.on_press(ChatsMessage::Copy(code.to_owned())),
        ]
        .align_y(Alignment::Center);
        let mut content = column![head, words];
        if lines > CODE_LINES {
            let words = if unfolded { fl!("code-less") } else { fl!("code-more", count = lines) };
            let fold = ChatsMessage::Timeline(self.open.timeline.number(), Message::Fold(id.clone()));
            content = content.push(button(words).kind(Kind::Link).small().on_press(fold));
        }
        let padding = iced::Padding { top: gap::XXS, right: gap::XS, bottom: gap::S, left: gap::S };
        container(content).padding(padding).style(style::code).into()
    }

    /// Columns as wide as their widest cell, as far as there is room; wider tables scroll inside themselves.
    fn table(&self, block: &'a Block, rows: &'a [Vec<Range<usize>>]) -> Element<'a, ChatsMessage> {
        let columns = rows.first().map_or(0, Vec::len);
        let width = |column: usize| {
            let cells = rows.iter().filter_map(|row| row.get(column));
            let widths = cells.map(|cell| {
                self.slice(cell).chars().map(|c| if is_han(c) { 1.0 } else { CHARACTER }).sum::<f32>()
            });
            (widths.fold(1.0, f32::max) * PREVIEW.size).min(CELL_MAX) + 2.0 * gap::S
        };
        let widths: Vec<f32> = (0..columns).map(width).collect();
        let lines = rows.iter().enumerate().map(|(place, cells)| {
            let font = if place == 0 { font::SEMIBOLD } else { font::TEXT };
            let cells = cells.iter().zip(&widths).map(|(cell, width)| {
                let words = self.line(cell, &block.spans, PREVIEW, font, None);
                container(words).width(*width).padding([gap::XXS, gap::S]).into()
            });
            let line = container(row(cells)).style(move |theme: &Theme| match place % 2 {
                0 => style::table_row(theme),
                _ => container::Style::default(),
            });
            line.into()
        });
        let body = column(lines.collect::<Vec<Element<'a, ChatsMessage>>>());
        bits::scroll_sideways(body).into()
    }
}

/// Whether time and state find room beside the last line.
fn takes_state(block: &Block) -> bool {
    matches!(block.kind, BlockKind::Paragraph | BlockKind::Heading | BlockKind::Item { .. })
}

/// What somebody else said, behind a bar.
fn quote<'a>(content: Element<'a, ChatsMessage>) -> Element<'a, ChatsMessage> {
    let bar = container(space()).width(3.0).height(Length::Fill).style(|theme: &Theme| container::Style {
        background: Some(Background::Color(theme.palette().control_border)),
        border: border::rounded(radius::CHIP),
        ..container::Style::default()
    });
    row![bar, content].spacing(gap::S).height(Length::Shrink).into()
}
