//! Text on exactly one line: what does not fit ends with "…", emoji are in colour.
//!
//! ```ignore
//! one_line(name).font(font::SEMIBOLD).width(Fill)
//! one_line(preview).step(PREVIEW).color(|p| p.text_2).width(Fill)
//! one_line(file_name).middle()      // report-2024…final.pdf
//! ```

use std::ops::Range;

use iced::advanced::layout::{self, Layout};
use iced::advanced::text::{self, Paragraph as _, Renderer as _, Span, Text};
use iced::advanced::widget::{Operation, Tree, Widget, tree};
use iced::advanced::{mouse, renderer};
use iced::{Color, Length, Pixels, Rectangle, Size, alignment};

use super::Element;
use crate::text::emoji::pieces;
use crate::theme::tokens::{BODY, Palette, Type};
use crate::theme::{Pick, Theme, font};

type Paragraph = <iced::Renderer as text::Renderer>::Paragraph;

/// A text on one line.
pub struct OneLine<'a> {
    text: String,
    step: Type,
    font: iced::Font,
    color: Option<Pick<'a>>,
    width: Length,
    middle: bool,
}

/// Puts a text on one line; line breaks become spaces.
pub fn one_line<'a>(text: impl Into<String>) -> OneLine<'a> {
    let mut text = text.into();
    if text.contains(['\n', '\r', '\t']) {
        text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    OneLine { text, step: BODY, font: font::TEXT, color: None, width: Length::Shrink, middle: false }
}

/// How wide a text is on one line, in px.
pub fn width_of(text: &str, step: Type, font: iced::Font) -> f32 {
    one_line(text).step(step).font(font).paragraph(text).min_width()
}

impl<'a> OneLine<'a> {
    /// Size and line height (body unless told otherwise).
    pub fn step(mut self, step: Type) -> Self {
        self.step = step;
        self
    }

    /// The font.
    pub fn font(mut self, font: iced::Font) -> Self {
        self.font = font;
        self
    }

    /// The token it is drawn in (that of the text around it unless told otherwise).
    pub fn color(mut self, pick: impl Fn(&Palette) -> Color + 'a) -> Self {
        self.color = Some(Box::new(pick));
        self
    }

    /// As wide as its text, unless told otherwise.
    pub fn width(mut self, width: impl Into<Length>) -> Self {
        self.width = width.into();
        self
    }

    /// Leaves out the middle instead of the end.
    pub fn middle(mut self) -> Self {
        self.middle = true;
        self
    }

    fn paragraph(&self, text: &str) -> Paragraph {
        let mut spans: Vec<Span<'_, (), iced::Font>> = pieces(text)
            .into_iter()
            .map(|piece| {
                let font = if piece.emoji { font::EMOJI } else { self.font };
                Span::new(text.get(piece.range).unwrap_or_default()).font(font)
            })
            .collect();
        if spans.is_empty() {
            spans.push(Span::new(""));
        }
        Paragraph::with_spans(Text {
            content: spans.as_slice(),
            bounds: Size::INFINITE,
            size: Pixels(self.step.size),
            line_height: text::LineHeight::Absolute(Pixels(self.step.line)),
            font: self.font,
            align_x: text::Alignment::Left,
            align_y: alignment::Vertical::Top,
            shaping: text::Shaping::Advanced,
            wrapping: text::Wrapping::None,
        })
    }

    /// The text with so much left out that it fits.
    fn fit(&self, whole: &Paragraph, max: f32) -> String {
        let room = max - self.paragraph("…").min_width();
        let mut clusters: Vec<(Range<usize>, f32)> = whole
            .buffer()
            .layout_runs()
            .flat_map(|run| run.glyphs.iter().map(|glyph| (glyph.start..glyph.end, glyph.w)))
            .collect();
        clusters.sort_by_key(|(range, _)| range.start);
        let tail_room = if self.middle { (room / 2.0).floor() } else { 0.0 };
        let mut used = 0.0;
        let mut tail = self.text.len();
        for (range, width) in clusters.iter().rev() {
            if used + width > tail_room {
                break;
            }
            used += width;
            tail = range.start;
        }
        let mut head = 0;
        for (range, width) in &clusters {
            if used + width > room || range.end > tail {
                break;
            }
            used += width;
            head = range.end;
        }
        let head = self.text.get(..head).unwrap_or_default().trim_end();
        format!("{head}…{}", self.text.get(tail..).unwrap_or_default())
    }
}

#[derive(Default)]
struct State {
    key: Option<Key>,
    whole: Paragraph,
    /// The shortened text and the width it was made for.
    short: Option<(f32, Paragraph)>,
}

/// What the laid-out text depends on.
#[derive(Debug, Clone, PartialEq)]
struct Key {
    text: String,
    step: Type,
    font: iced::Font,
    middle: bool,
}

impl State {
    fn shown(&self) -> &Paragraph {
        self.short.as_ref().map_or(&self.whole, |(_, short)| short)
    }
}

impl<Message> Widget<Message, Theme, iced::Renderer> for OneLine<'_> {
    fn tag(&self) -> tree::Tag {
        tree::Tag::of::<State>()
    }

    fn state(&self) -> tree::State {
        tree::State::new(State::default())
    }

    fn size(&self) -> Size<Length> {
        Size::new(self.width, Length::Fixed(self.step.line))
    }

    fn layout(&mut self, tree: &mut Tree, _: &iced::Renderer, limits: &layout::Limits) -> layout::Node {
        let state = tree.state.downcast_mut::<State>();
        let same = state.key.as_ref().is_some_and(|key| {
            key.text == self.text
                && key.step == self.step
                && key.font == self.font
                && key.middle == self.middle
        });
        if !same {
            state.key =
                Some(Key { text: self.text.clone(), step: self.step, font: self.font, middle: self.middle });
            state.whole = self.paragraph(&self.text);
            state.short = None;
        }
        let max = limits.max().width;
        let whole = state.whole.min_width();
        if whole <= max {
            state.short = None;
        } else if state.short.as_ref().is_none_or(|(width, _)| *width != max) {
            let text = self.fit(&state.whole, max);
            state.short = Some((max, self.paragraph(&text)));
        }
        let content = Size::new(state.shown().min_width().min(max), self.step.line);
        layout::Node::new(limits.resolve(self.width, Length::Fixed(self.step.line), content))
    }

    fn draw(
        &self,
        tree: &Tree,
        renderer: &mut iced::Renderer,
        theme: &Theme,
        style: &renderer::Style,
        layout: Layout<'_>,
        _: mouse::Cursor,
        viewport: &Rectangle,
    ) {
        let bounds = layout.bounds();
        let Some(clip) = bounds.intersection(viewport) else { return };
        let color = self.color.as_ref().map_or(style.text_color, |pick| pick(theme.palette()));
        let shown = tree.state.downcast_ref::<State>().shown();
        renderer.fill_paragraph(shown, bounds.position(), color, clip);
    }

    fn operate(
        &mut self,
        _: &mut Tree,
        layout: Layout<'_>,
        _: &iced::Renderer,
        operation: &mut dyn Operation,
    ) {
        operation.text(None, layout.bounds(), &self.text);
    }
}

impl<'a, Message: 'a> From<OneLine<'a>> for Element<'a, Message> {
    fn from(line: OneLine<'a>) -> Self {
        Element::new(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fitted(line: &OneLine<'_>, max: f32) -> String {
        crate::theme::font::prepare();
        let whole = line.paragraph(&line.text);
        let text = line.fit(&whole, max);
        assert!(line.paragraph(&text).min_width() <= max + 0.5, "{text}");
        text
    }

    #[test]
    fn leaves_out_what_does_not_fit() {
        let name = one_line("Operations and on-call handover");
        let short = fitted(&name, 120.0);
        assert!(short.starts_with("Operations") && short.ends_with('…'), "{short}");
        let file = one_line("quarterly-report-2024-final-version.pdf").middle();
        let short = fitted(&file, 160.0);
        assert!(short.starts_with("quart") && short.ends_with(".pdf") && short.contains('…'), "{short}");
        assert_eq!(fitted(&name, 15.0), "…");
        let emoji = fitted(&one_line("👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦"), 50.0);
        assert_eq!(emoji.trim_end_matches('…').len() % "👩‍👩‍👧‍👦".len(), 0, "families stay whole: {emoji}");
        assert_eq!(one_line("a\n b\tc").text, "a b c");
    }
}
