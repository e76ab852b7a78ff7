//! One text: laid out with its marks, drawn with its part of the selection.

use std::ops::Range;

use iced::advanced::graphics::text::cosmic_text::{Buffer, Cursor as TextCursor};
use iced::advanced::layout::{self, Layout};
use iced::advanced::text::{self, Paragraph as _, Renderer as _, Span, Text};
use iced::advanced::widget::{Operation, Tree, Widget, tree};
use iced::advanced::{Clipboard, Renderer as _, Shell, mouse, renderer};
use iced::{Background, Event, Length, Pixels, Point, Rectangle, Size, alignment, border};

use crate::text::rich::{Mark, Rich};
use crate::theme::tokens::{BODY, META, PREVIEW, Palette, Type, radius, space};
use crate::theme::{Theme, font};
use crate::widget::Element;
use crate::widget::access::{Node, Role};
use crate::widget::virtual_list::Key;

type Paragraph = <iced::Renderer as text::Renderer>::Paragraph;

/// A text with marks, or a part of one, that can be selected inside a [`select_area`](super::select_area).
pub struct SelectText<'a, K, L, Message> {
    key: K,
    rich: Rich<L>,
    offset: usize,
    palette: &'static Palette,
    step: Type,
    font: iced::Font,
    selection: Option<Range<usize>>,
    on_link: Option<Box<dyn Fn(L) -> Message + 'a>>,
    trailing: Option<Element<'a, Message>>,
}

/// A text of row `key`. The palette colours links and mentions (colours are part of the laid-out text).
pub fn select_text<'a, K: Key, L, Message>(
    key: K,
    rich: impl Into<Rich<L>>,
    palette: &'static Palette,
) -> SelectText<'a, K, L, Message> {
    SelectText {
        key,
        rich: rich.into(),
        offset: 0,
        palette,
        step: BODY,
        font: font::TEXT,
        selection: None,
        on_link: None,
        trailing: None,
    }
}

impl<'a, K, L, Message> SelectText<'a, K, L, Message> {
    /// Size and line height (body unless told otherwise).
    pub fn step(mut self, step: Type) -> Self {
        self.step = step;
        self
    }

    /// The font of unmarked text.
    pub fn font(mut self, font: iced::Font) -> Self {
        self.font = font;
        self
    }

    /// Where this text begins in that of its row, if the row has several.
    pub fn offset(mut self, offset: usize) -> Self {
        self.offset = offset;
        self
    }

    /// The selected bytes of the row's text; may reach past its end.
    pub fn selection(mut self, selection: Option<Range<usize>>) -> Self {
        self.selection = selection;
        self
    }

    /// The selected bytes of this text.
    fn selected(&self) -> Option<Range<usize>> {
        let selection = self.selection.as_ref()?;
        let within = |byte: usize| byte.saturating_sub(self.offset).min(self.rich.text().len() + 1);
        let selected = within(selection.start)..within(selection.end);
        (!selected.is_empty()).then_some(selected)
    }

    /// The message of a click on a link or mention.
    pub fn on_link(mut self, message: impl Fn(L) -> Message + 'a) -> Self {
        self.on_link = Some(Box::new(message));
        self
    }

    /// Something at the bottom right (time and ticks) that the text never overlaps: it stands on the last
    /// line if there is room, else on a line of its own.
    pub fn trailing(mut self, trailing: impl Into<Element<'a, Message>>) -> Self {
        self.trailing = Some(trailing.into());
        self
    }
}

/// What a [`select_area`](super::select_area) asks a text: found through `Operation::custom`.
pub(super) struct Core<K> {
    pub(super) key: K,
    pub(super) plain: String,
    /// Where it begins in the text of its row.
    pub(super) offset: usize,
    paragraph: Paragraph,
}

impl<K> Core<K> {
    /// The byte nearest to a point relative to the text.
    pub(super) fn byte_at(&self, point: Point, size: Size) -> usize {
        if point.y < 0.0 {
            return 0;
        }
        if point.y > size.height {
            return self.plain.len();
        }
        let buffer = self.paragraph.buffer();
        match buffer.hit(point.x, point.y) {
            Some(cursor) => to_byte(buffer, cursor).min(self.plain.len()),
            None => self.plain.len(),
        }
    }

    /// The byte under a point: unlike [`Self::byte_at`] only where there is a glyph.
    pub(super) fn glyph_at(&self, point: Point) -> Option<usize> {
        let buffer = self.paragraph.buffer();
        let run = buffer
            .layout_runs()
            .find(|run| point.y >= run.line_top && point.y < run.line_top + run.line_height)?;
        let glyph = run.glyphs.iter().find(|g| point.x >= g.x && point.x < g.x + g.w)?;
        Some(line_start(buffer, run.line_i) + glyph.start)
    }

    /// The places of a range, relative to the text: one rectangle per run of neighbouring glyphs, so that
    /// mixed directions and wrapped lines come out right.
    fn places(&self, range: &Range<usize>) -> Vec<Rectangle> {
        let buffer = self.paragraph.buffer();
        let mut places: Vec<Rectangle> = Vec::new();
        for run in buffer.layout_runs() {
            let offset = line_start(buffer, run.line_i);
            let mut open: Option<Rectangle> = None;
            for glyph in run.glyphs {
                if offset + glyph.start >= range.end || offset + glyph.end <= range.start {
                    places.extend(open.take());
                    continue;
                }
                match &mut open {
                    Some(place) if (place.x + place.width - glyph.x).abs() < 0.5 => place.width += glyph.w,
                    _ => {
                        places.extend(open.take());
                        open = Some(Rectangle {
                            x: glyph.x,
                            y: run.line_top,
                            width: glyph.w,
                            height: run.line_height,
                        });
                    }
                }
            }
            places.extend(open);
        }
        places
    }

    /// The stub that shows that a line break is selected.
    fn breaks(&self, range: &Range<usize>) -> Vec<Rectangle> {
        let buffer = self.paragraph.buffer();
        let mut stubs = Vec::new();
        for run in buffer.layout_runs() {
            let end = line_start(buffer, run.line_i) + run.text.len();
            let is_last = run.glyphs.last().is_none_or(|glyph| glyph.end == run.text.len());
            if is_last && range.start <= end && range.end > end {
                let x = if run.rtl { -space::XS } else { run.line_w };
                stubs.push(Rectangle { x, y: run.line_top, width: space::XS, height: run.line_height });
            }
        }
        stubs
    }
}

fn line_start(buffer: &Buffer, line: usize) -> usize {
    buffer.lines.iter().take(line).map(|line| line.text().len() + line.ending().as_str().len()).sum()
}

fn to_byte(buffer: &Buffer, cursor: TextCursor) -> usize {
    line_start(buffer, cursor.line) + cursor.index
}

/// What the laid-out text depends on besides its words.
#[derive(Clone, Copy, PartialEq)]
struct Look {
    step: Type,
    font: iced::Font,
    palette: &'static Palette,
}

struct State<K, L> {
    core: Core<K>,
    rich: Option<Rich<L>>,
    look: Look,
    /// The link that was pressed, by the byte.
    pressed: Option<usize>,
    hovers_link: bool,
}

impl<K: Key, L: Clone + PartialEq + 'static, Message> SelectText<'_, K, L, Message> {
    fn spans(&self) -> Vec<Span<'_, (), iced::Font>> {
        let p = self.palette;
        let text = self.rich.text();
        let mut spans: Vec<_> = self
            .rich
            .segments()
            .into_iter()
            .map(|segment| {
                let mut span = Span::new(text.get(segment.range).unwrap_or_default()).font(self.font);
                for mark in segment.marks {
                    span = match mark {
                        Mark::Link(_) | Mark::Mention(_) => span.color(p.link),
                        Mark::Code => span.font(font::MONO).size(PREVIEW.size),
                        Mark::Bold => span.font(font::SEMIBOLD),
                        Mark::Italic => span.font(font::ITALIC),
                        Mark::Hit => span.color(p.hit_text),
                        Mark::Muted => span.color(p.text_3).size(META.size),
                        Mark::Strike => span,
                    };
                }
                if segment.emoji { span.font(font::EMOJI) } else { span }
            })
            .collect();
        if spans.is_empty() {
            spans.push(Span::new(""));
        }
        spans
    }

    fn shape<C>(&self, content: C, bounds: Size) -> Text<C, iced::Font> {
        Text {
            content,
            bounds,
            size: Pixels(self.step.size),
            line_height: text::LineHeight::Absolute(Pixels(self.step.line)),
            font: self.font,
            align_x: text::Alignment::Default,
            align_y: alignment::Vertical::Top,
            shaping: text::Shaping::Advanced,
            wrapping: text::Wrapping::WordOrGlyph,
        }
    }

    fn look(&self) -> Look {
        Look { step: self.step, font: self.font, palette: self.palette }
    }

    /// Where the trailing element begins and how large the whole is.
    fn with_trailing(paragraph: &Paragraph, text: Size, trailing: Size, max: f32) -> (Point, Size) {
        let last = paragraph.buffer().layout_runs().last();
        let (line_w, rtl, line_h) = last.map_or((0.0, false, 0.0), |l| (l.line_w, l.rtl, l.line_height));
        let beside = line_w + space::S + trailing.width;
        if !rtl && beside <= max {
            let size = Size::new(text.width.max(beside), text.height.max(trailing.height));
            let y = size.height - trailing.height - ((line_h - trailing.height) / 2.0).clamp(0.0, 2.0);
            (Point::new(size.width - trailing.width, y.max(0.0)), size)
        } else {
            let size = Size::new(text.width.max(trailing.width), text.height + trailing.height);
            (Point::new(size.width - trailing.width, text.height), size)
        }
    }
}

impl<K: Key, L: Clone + PartialEq + 'static, Message> Widget<Message, Theme, iced::Renderer>
    for SelectText<'_, K, L, Message>
{
    fn tag(&self) -> tree::Tag {
        tree::Tag::of::<State<K, L>>()
    }

    fn state(&self) -> tree::State {
        tree::State::new(State::<K, L> {
            core: Core {
                key: self.key.clone(),
                plain: String::new(),
                offset: self.offset,
                paragraph: Paragraph::default(),
            },
            rich: None,
            look: self.look(),
            pressed: None,
            hovers_link: false,
        })
    }

    fn children(&self) -> Vec<Tree> {
        self.trailing.iter().map(Tree::new).collect()
    }

    fn diff(&self, tree: &mut Tree) {
        match &self.trailing {
            Some(trailing) => tree.diff_children(std::slice::from_ref(trailing)),
            None => tree.children.clear(),
        }
    }

    fn size(&self) -> Size<Length> {
        Size::new(Length::Shrink, Length::Shrink)
    }

    fn layout(
        &mut self,
        tree: &mut Tree,
        renderer: &iced::Renderer,
        limits: &layout::Limits,
    ) -> layout::Node {
        let state = tree.state.downcast_mut::<State<K, L>>();
        let max = limits.max().width;
        let bounds = Size::new(max, f32::INFINITY);
        let look = self.look();
        let same = state.rich.as_ref() == Some(&self.rich) && state.look == look;
        let core = &mut state.core;
        core.key = self.key.clone();
        core.offset = self.offset;
        if same {
            match core.paragraph.compare(self.shape((), bounds)) {
                text::Difference::None => {}
                text::Difference::Bounds => core.paragraph.resize(bounds),
                text::Difference::Shape => {
                    core.paragraph = Paragraph::with_spans(self.shape(self.spans().as_slice(), bounds));
                }
            }
        } else {
            core.paragraph = Paragraph::with_spans(self.shape(self.spans().as_slice(), bounds));
            core.plain = self.rich.text().to_owned();
            state.rich = Some(self.rich.clone());
            state.look = look;
        }
        let text = state.core.paragraph.min_bounds();
        match &mut self.trailing {
            None => layout::Node::new(limits.resolve(Length::Shrink, Length::Shrink, text)),
            Some(trailing) => {
                let node = trailing.as_widget_mut().layout(&mut tree.children[0], renderer, &limits.loose());
                let (at, size) = Self::with_trailing(&state.core.paragraph, text, node.size(), max);
                layout::Node::with_children(size, vec![node.move_to(at)])
            }
        }
    }

    fn update(
        &mut self,
        tree: &mut Tree,
        event: &Event,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        renderer: &iced::Renderer,
        clipboard: &mut dyn Clipboard,
        shell: &mut Shell<'_, Message>,
        viewport: &Rectangle,
    ) {
        if let (Some(trailing), Some(child)) = (&mut self.trailing, layout.children().next()) {
            let tree = &mut tree.children[0];
            trailing.as_widget_mut().update(tree, event, child, cursor, renderer, clipboard, shell, viewport);
        }
        if self.on_link.is_none() || shell.is_event_captured() {
            return;
        }
        let state = tree.state.downcast_mut::<State<K, L>>();
        let target = |state: &State<K, L>| {
            let byte = state.core.glyph_at(cursor.position_in(layout.bounds())?)?;
            self.rich.target_at(byte).map(|target| (byte, target.clone()))
        };
        match event {
            Event::Mouse(mouse::Event::CursorMoved { .. }) => {
                state.hovers_link = target(state).is_some();
            }
            // Not captured: a drag that begins on a link selects text.
            Event::Mouse(mouse::Event::ButtonPressed(mouse::Button::Left)) => {
                state.pressed = target(state).map(|(byte, _)| byte);
            }
            Event::Mouse(mouse::Event::ButtonReleased(mouse::Button::Left)) => {
                let pressed = state.pressed.take().and_then(|byte| self.rich.target_at(byte));
                if let (Some(pressed), Some((_, released)), Some(on_link)) =
                    (pressed, target(state), &self.on_link)
                    && *pressed == released
                    && self.selection.as_ref().is_none_or(Range::is_empty)
                {
                    shell.publish(on_link(released));
                }
            }
            _ => {}
        }
    }

    fn draw(
        &self,
        tree: &Tree,
        renderer: &mut iced::Renderer,
        theme: &Theme,
        style: &renderer::Style,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        viewport: &Rectangle,
    ) {
        let bounds = layout.bounds();
        let Some(clip) = bounds.intersection(viewport) else { return };
        let core = &tree.state.downcast_ref::<State<K, L>>().core;
        let p = theme.palette();
        let offset = bounds.position() - Point::ORIGIN;
        let mut fill = |place: Rectangle, color: iced::Color, round: f32| {
            renderer.fill_quad(
                renderer::Quad {
                    bounds: place + offset,
                    border: border::rounded(round),
                    ..renderer::Quad::default()
                },
                Background::Color(color),
            );
        };
        for (range, mark) in self.rich.marks() {
            match mark {
                Mark::Hit => core.places(range).into_iter().for_each(|place| fill(place, p.hit_bg, 2.0)),
                Mark::Code => {
                    core.places(range).into_iter().for_each(|place| fill(place, p.bg, radius::CHIP));
                }
                _ => {}
            }
        }
        if let Some(selection) = self.selected() {
            let places = core.places(&selection).into_iter().chain(core.breaks(&selection));
            places.for_each(|place| fill(place, p.selection, 0.0));
        }
        for (range, mark) in self.rich.marks() {
            let (y, color) = match mark {
                Mark::Link(_) => (0.86, p.link),
                Mark::Strike => (0.55, style.text_color),
                _ => continue,
            };
            for place in core.places(range) {
                let line = Rectangle { y: (place.y + place.height * y).round(), height: 1.0, ..place };
                fill(line, color, 0.0);
            }
        }
        renderer.fill_paragraph(&core.paragraph, bounds.position(), style.text_color, clip);
        if let (Some(trailing), Some(child)) = (&self.trailing, layout.children().next()) {
            let tree = &tree.children[0];
            trailing.as_widget().draw(tree, renderer, theme, style, child, cursor, viewport);
        }
    }

    fn mouse_interaction(
        &self,
        tree: &Tree,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        viewport: &Rectangle,
        renderer: &iced::Renderer,
    ) -> mouse::Interaction {
        if !cursor.is_over(layout.bounds()) {
            return mouse::Interaction::None;
        }
        if let (Some(trailing), Some(child)) = (&self.trailing, layout.children().next())
            && cursor.is_over(child.bounds())
        {
            let tree = &tree.children[0];
            return trailing.as_widget().mouse_interaction(tree, child, cursor, viewport, renderer);
        }
        if tree.state.downcast_ref::<State<K, L>>().hovers_link {
            mouse::Interaction::Pointer
        } else {
            mouse::Interaction::Text
        }
    }

    fn operate(
        &mut self,
        tree: &mut Tree,
        layout: Layout<'_>,
        renderer: &iced::Renderer,
        operation: &mut dyn Operation,
    ) {
        let bounds = layout.bounds();
        let state = tree.state.downcast_mut::<State<K, L>>();
        operation.custom(None, bounds, &mut state.core);
        operation.text(None, bounds, &state.core.plain);
        for (range, mark) in self.rich.marks() {
            if let Mark::Link(_) | Mark::Mention(_) = mark
                && let Some(place) = state.core.places(range).first()
            {
                let name = state.core.plain.get(range.clone()).unwrap_or_default();
                let place = *place + (bounds.position() - Point::ORIGIN);
                Node::new(Role::Link, name).report(operation, None, place);
            }
        }
        if let (Some(trailing), Some(child)) = (&mut self.trailing, layout.children().next()) {
            trailing.as_widget_mut().operate(&mut tree.children[0], child, renderer, operation);
        }
    }
}

impl<'a, K: Key, L: Clone + PartialEq + 'static, Message: 'a> From<SelectText<'a, K, L, Message>>
    for Element<'a, Message>
where
    L: 'a,
{
    fn from(text: SelectText<'a, K, L, Message>) -> Self {
        Element::new(text)
    }
}
