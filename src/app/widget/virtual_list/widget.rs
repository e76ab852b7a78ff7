//! The widget itself: commands, events, focus, drawing.

use std::collections::HashMap;

use iced::advanced::layout::{self, Layout};
use iced::advanced::widget::{Operation, Tree, Widget, tree};
use iced::advanced::{Clipboard, Renderer as _, Shell, mouse, overlay, renderer};
use iced::keyboard::{self, Key as KeyboardKey, key::Named};
use iced::{Background, Event, Length, Rectangle, Size, Vector, border};

use super::anchor::{Anchor, Command, Inbox, Position, Stick};
use super::place::{Placed, Request, Row};
use super::viewport::{Scrollbar, Spot, Viewport};
use super::{Key, VirtualList};
use crate::theme::Theme;
use crate::theme::tokens::size;
use crate::widget::Element;
use crate::widget::access::{Node, Role};
use crate::widget::focus::{self, WithoutFocus};

/// Pixels of one wheel notch.
const NOTCH: f32 = 60.0;
/// What stays in view when a page is turned.
const PAGE_OVERLAP: f32 = 40.0;

/// What the list remembers.
pub(super) struct State<K> {
    session: Option<u64>,
    anchor: Anchor<K>,
    inbox: Inbox<K>,
    trees: HashMap<K, Tree>,
    spots: Vec<Spot<K>>,
    height: f32,
    last_key: Option<K>,
    /// The row that has the keyboard, and its last index.
    focused: Option<(K, usize)>,
    /// A row that is to get the keyboard, and which way to go on if it cannot.
    wanted: Option<(usize, Way)>,
    /// The row that must be in view after the next layout.
    reveal: Option<usize>,
    /// Where in the thumb it was taken, and the scrollbar then.
    grabbed: Option<(f32, Scrollbar)>,
    hovers_bar: bool,
    reported: Option<Viewport<K>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Up,
    Down,
    Stay,
}

impl<K: Key> State<K> {
    fn new() -> Self {
        Self {
            session: None,
            anchor: Anchor::Start,
            inbox: Inbox::default(),
            trees: HashMap::new(),
            spots: Vec::new(),
            height: 0.0,
            last_key: None,
            focused: None,
            wanted: None,
            reveal: None,
            grabbed: None,
            hovers_bar: false,
            reported: None,
        }
    }
}

impl<'a, K: Key, Message> VirtualList<'a, K, Message> {
    /// The anchor to lay out from: a new session's, a command's, or the last one adapted to what changed.
    fn resolve(&self, state: &mut State<K>) {
        if state.session != Some(self.session) {
            *state = State { session: Some(self.session), height: state.height, ..State::new() };
            state.anchor = self.starting_anchor();
        }
        let last_key = self.len.checked_sub(1).map(|last| (self.key_of)(last));
        if let Anchor::End { gap } = &mut state.anchor
            && state.last_key != last_key
        {
            *gap = 0.0;
        }
        state.last_key = last_key;
        if let Anchor::Top { key: Some(key), index, top } = &state.anchor {
            state.anchor = match (self.index_of)(key) {
                Some(index) => Anchor::Top { key: Some(key.clone()), index, top: *top },
                None => self.survivor(&state.spots, *index, *top),
            };
        }
        for command in state.inbox.take() {
            self.obey(state, command);
        }
    }

    /// The anchor row was deleted: the next row that still exists holds the place.
    fn survivor(&self, spots: &[Spot<K>], index: usize, top: f32) -> Anchor<K> {
        let after = spots.iter().filter(|spot| spot.index >= index);
        let before = spots.iter().rev().filter(|spot| spot.index < index);
        after
            .chain(before)
            .find_map(|spot| {
                let index = (self.index_of)(&spot.key)?;
                Some(Anchor::Top { key: Some(spot.key.clone()), index, top: spot.top })
            })
            .unwrap_or(Anchor::Top { key: None, index, top })
    }

    fn starting_anchor(&self) -> Anchor<K> {
        let end = Anchor::End { gap: 0.0 };
        match &self.start {
            Position::Start => Anchor::Start,
            Position::End => end,
            Position::Row { key, at } => {
                (self.index_of)(key).map_or(end, |index| Anchor::Share { index, at: *at })
            }
            Position::EndOr { key, at } => {
                (self.index_of)(key).map_or(end, |index| Anchor::EndOr { index, at: *at })
            }
            Position::Exact { key, top } => (self.index_of)(key).map_or(end, |index| Anchor::Top {
                key: Some(key.clone()),
                index,
                top: *top,
            }),
        }
    }

    /// Moves the content down by px (towards the start when positive).
    fn scroll_by(&self, state: &mut State<K>, px: f32) {
        let Some(first) = state.spots.first() else { return };
        let index = match self.stick {
            Stick::End => (self.index_of)(&first.key).unwrap_or(first.index),
            Stick::Start => first.index,
        };
        state.anchor = Anchor::Top { key: None, index, top: first.top + px };
    }

    fn obey(&self, state: &mut State<K>, command: Command<K>) {
        match command {
            Command::End => state.anchor = Anchor::End { gap: 0.0 },
            Command::Start => state.anchor = Anchor::Start,
            Command::Row { key, at } => match (self.index_of)(&key) {
                Some(index) => state.anchor = Anchor::Share { index, at },
                None => state.inbox.wait(Command::Row { key, at }),
            },
            Command::Reveal(key) => match (self.index_of)(&key) {
                Some(index) => state.reveal = Some(index),
                None => state.inbox.wait(Command::Reveal(key)),
            },
            Command::Focus(key) => match (self.index_of)(&key) {
                Some(index) => {
                    state.reveal = Some(index);
                    state.wanted = Some((index, Way::Stay));
                }
                None => state.inbox.wait(Command::Focus(key)),
            },
            Command::By(px) => self.scroll_by(state, px),
            Command::Pages(pages) => {
                let page = (state.height - PAGE_OVERLAP).max(state.height * 0.5);
                self.scroll_by(state, pages * page);
            }
        }
    }

    /// Finds out which row has the keyboard.
    fn notice_focus(
        rows: &mut [Row<'a, K, Message>],
        state: &mut State<K>,
        layout: Layout<'_>,
        renderer: &iced::Renderer,
    ) {
        let trees = &mut state.trees;
        state.focused = rows.iter_mut().zip(layout.children()).find_map(|(row, layout)| {
            let tree = trees.get_mut(&row.key)?;
            let element = &mut row.element;
            focus::any_focused(|op| element.as_widget_mut().operate(tree, layout, renderer, op))
                .then(|| (row.key.clone(), row.index))
        });
    }

    /// Gives the keyboard to the wanted row if it is built; goes on in the same direction if it has nothing
    /// to focus.
    fn grant_focus(
        &mut self,
        state: &mut State<K>,
        layout: Layout<'_>,
        renderer: &iced::Renderer,
        shell: &mut Shell<'_, Message>,
    ) {
        let Some((wanted, way)) = state.wanted.take() else { return };
        let trees = &mut state.trees;
        let found = self.rows.iter_mut().zip(layout.children()).find(|(row, _)| row.index == wanted);
        let Some((row, row_layout)) = found else { return };
        let Some(tree) = trees.get_mut(&row.key) else { return };
        let element = &mut row.element;
        let mut run = |op: &mut dyn Operation| {
            element.as_widget_mut().operate(tree, row_layout, renderer, op);
        };
        let (_, total) = focus::position(&mut run);
        if total > 0 {
            focus::run(focus::focus_nth(0), run);
            let key = row.key.clone();
            self.unfocus_others(state, &key, layout, renderer);
            state.focused = Some((key, wanted));
            shell.request_redraw();
            return;
        }
        let next = match way {
            Way::Up => wanted.checked_sub(1),
            Way::Down => Some(wanted + 1).filter(|next| *next < self.len),
            Way::Stay => None,
        };
        if let Some(next) = next {
            state.wanted = Some((next, way));
            state.reveal = Some(next);
            shell.invalidate_layout();
            shell.request_redraw();
        }
    }

    fn unfocus_others(
        &mut self,
        state: &mut State<K>,
        except: &K,
        layout: Layout<'_>,
        renderer: &iced::Renderer,
    ) {
        for (row, layout) in self.rows.iter_mut().zip(layout.children()) {
            if &row.key == except {
                continue;
            }
            if let Some(tree) = state.trees.get_mut(&row.key) {
                let element = &mut row.element;
                focus::run(iced::advanced::widget::operation::focusable::unfocus(), |op| {
                    element.as_widget_mut().operate(tree, layout, renderer, op);
                });
            }
        }
    }

    /// The one row Tab stops at.
    fn tab_row(&mut self, state: &mut State<K>, layout: Layout<'_>, renderer: &iced::Renderer) -> Option<K> {
        let built = |key: &K| self.rows.iter().any(|row| &row.key == key);
        if let Some((key, _)) = &state.focused
            && built(key)
        {
            return Some(key.clone());
        }
        if let Some(key) = &self.current
            && built(key)
        {
            return Some(key.clone());
        }
        let mut candidates: Vec<_> =
            self.rows.iter_mut().zip(layout.children()).filter(|(row, _)| !row.parked).collect();
        if self.stick == Stick::End {
            candidates.reverse();
        }
        let trees = &mut state.trees;
        candidates.into_iter().find_map(|(row, layout)| {
            let tree = trees.get_mut(&row.key)?;
            let element = &mut row.element;
            let (_, total) =
                focus::position(|op| element.as_widget_mut().operate(tree, layout, renderer, op));
            (total > 0).then(|| row.key.clone())
        })
    }

    fn press_key(
        &self,
        state: &mut State<K>,
        key: &KeyboardKey,
        modifiers: keyboard::Modifiers,
        shell: &mut Shell<'_, Message>,
    ) {
        let KeyboardKey::Named(named) = key else { return };
        let inside = state.focused.is_some();
        if !modifiers.is_empty() || !(inside || self.page_keys) {
            return;
        }
        let command = match named {
            Named::PageUp => Command::Pages(1.0),
            Named::PageDown => Command::Pages(-1.0),
            Named::Home if inside => Command::Start,
            Named::End if inside => Command::End,
            Named::ArrowUp | Named::ArrowDown if inside => {
                let Some((focused, last)) = state.focused.clone() else { return };
                let index = (self.index_of)(&focused).unwrap_or(last);
                let (next, way) = if *named == Named::ArrowUp {
                    (index.checked_sub(1), Way::Up)
                } else {
                    (Some(index + 1).filter(|next| *next < self.len), Way::Down)
                };
                if let Some(next) = next {
                    state.wanted = Some((next, way));
                    state.reveal = Some(next);
                    shell.invalidate_layout();
                    shell.request_redraw();
                    shell.capture_event();
                }
                return;
            }
            _ => return,
        };
        let goes_to = match command {
            Command::Start => Some((0, Way::Down)),
            Command::End => self.len.checked_sub(1).map(|last| (last, Way::Up)),
            _ => None,
        };
        state.wanted = goes_to;
        state.inbox.clear();
        self.obey(state, command);
        shell.invalidate_layout();
        shell.request_redraw();
        shell.capture_event();
    }

    fn scroll(&self, state: &mut State<K>, px: f32, shell: &mut Shell<'_, Message>) {
        let at_end = matches!(state.anchor, Anchor::End { gap } if gap == 0.0);
        if px == 0.0 || (px < 0.0 && at_end) || (px > 0.0 && state.anchor == Anchor::Start) {
            return;
        }
        state.inbox.clear();
        self.scroll_by(state, px);
        shell.invalidate_layout();
        shell.request_redraw();
        shell.capture_event();
    }

    fn drag_thumb(&self, state: &mut State<K>, y: f32, size: Size, shell: &mut Shell<'_, Message>) {
        let Some((offset, bar)) = state.grabbed else { return };
        let (index, part) = bar.row_at(y - offset, size, self.len);
        state.inbox.clear();
        state.anchor = if index >= self.len {
            match self.stick {
                Stick::End => Anchor::End { gap: 0.0 },
                Stick::Start => Anchor::Bottom { index: self.len.saturating_sub(1), bottom: 0.0 },
            }
        } else {
            Anchor::Part { index, part }
        };
        shell.invalidate_layout();
        shell.request_redraw();
        shell.capture_event();
    }
}

impl<K: Key, Message> Widget<Message, Theme, iced::Renderer> for VirtualList<'_, K, Message> {
    fn tag(&self) -> tree::Tag {
        tree::Tag::of::<State<K>>()
    }

    fn state(&self) -> tree::State {
        tree::State::new(State::<K>::new())
    }

    fn diff(&self, _: &mut Tree) {
        // Rows are compared when they are built, in `layout`.
    }

    fn size(&self) -> Size<Length> {
        Size::new(Length::Fill, Length::Fill)
    }

    fn layout(
        &mut self,
        tree: &mut Tree,
        renderer: &iced::Renderer,
        limits: &layout::Limits,
    ) -> layout::Node {
        let size = limits.max();
        let state = tree.state.downcast_mut::<State<K>>();
        self.resolve(state);
        state.height = size.height;
        // The row with the keyboard was deleted: its neighbour gets it.
        if let Some((key, index)) = &state.focused
            && self.len > 0
            && (self.index_of)(key).is_none()
        {
            state.wanted = Some(((*index).min(self.len - 1), Way::Up));
            state.focused = None;
        }
        let request = Request {
            anchor: state.anchor.clone(),
            size,
            reveal: state.reveal.take(),
            keep: state.focused.as_ref().map(|(key, _)| key),
            trees: std::mem::take(&mut state.trees),
        };
        let Placed { rows, nodes, spots, trees, anchor } = self.place(renderer, request);
        self.rows = rows;
        state.trees = trees;
        state.spots = spots;
        state.anchor = anchor;
        layout::Node::with_children(size, nodes)
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
        let state = tree.state.downcast_mut::<State<K>>();
        let bounds = layout.bounds();
        let Some(inner) = bounds.intersection(viewport) else { return };
        let strip = Scrollbar::strip(bounds);
        let bar = Scrollbar::of(&state.spots, self.len, bounds.height);
        let on_bar = bar.is_some() && (cursor.is_over(strip) || state.grabbed.is_some());
        let inner_cursor = if cursor.is_over(inner) && !on_bar { cursor } else { mouse::Cursor::Unavailable };
        for (row, layout) in self.rows.iter_mut().zip(layout.children()) {
            if let Some(tree) = state.trees.get_mut(&row.key) {
                let element = row.element.as_widget_mut();
                element.update(tree, event, layout, inner_cursor, renderer, clipboard, shell, &inner);
            }
        }
        if state.hovers_bar != on_bar {
            state.hovers_bar = on_bar;
            shell.request_redraw();
        }
        if state.inbox.fresh {
            shell.invalidate_layout();
            shell.request_redraw();
        }
        match event {
            Event::Window(iced::window::Event::RedrawRequested(_)) => {
                self.grant_focus(state, layout, renderer, shell);
                if let Some(message) = &self.on_viewport
                    && let Some(now) = Viewport::of(&state.spots, self.len, bounds.height)
                    && state.reported.as_ref() != Some(&now)
                {
                    state.reported = Some(now.clone());
                    shell.publish(message(now));
                }
            }
            Event::Mouse(mouse::Event::ButtonPressed(_)) => {
                Self::notice_focus(&mut self.rows, state, layout, renderer);
            }
            _ => {}
        }
        if shell.is_event_captured() {
            return;
        }
        match event {
            Event::Mouse(mouse::Event::WheelScrolled { delta }) if cursor.is_over(inner) => {
                let px = match delta {
                    mouse::ScrollDelta::Lines { y, .. } => y * NOTCH,
                    mouse::ScrollDelta::Pixels { y, .. } => *y,
                };
                self.scroll(state, px, shell);
            }
            Event::Mouse(mouse::Event::ButtonPressed(mouse::Button::Left)) => {
                if let (Some(bar), Some(point)) = (bar, cursor.position_over(strip)) {
                    let thumb = bar.thumb(bounds);
                    if point.y >= thumb.y && point.y <= thumb.y + thumb.height {
                        state.grabbed = Some((point.y - thumb.y, bar));
                        shell.capture_event();
                    } else {
                        let pages = if point.y < thumb.y { 1.0 } else { -1.0 };
                        self.scroll(state, pages * (bounds.height - PAGE_OVERLAP), shell);
                    }
                }
            }
            Event::Mouse(mouse::Event::ButtonReleased(mouse::Button::Left)) => state.grabbed = None,
            Event::Mouse(mouse::Event::CursorMoved { position }) => {
                self.drag_thumb(state, position.y - bounds.y, bounds.size(), shell);
            }
            Event::Keyboard(keyboard::Event::KeyPressed { key, modifiers, .. }) => {
                self.press_key(state, key, *modifiers, shell);
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
        let state = tree.state.downcast_ref::<State<K>>();
        let bounds = layout.bounds();
        let Some(clip) = bounds.intersection(viewport) else { return };
        let cursor = if state.hovers_bar { mouse::Cursor::Unavailable } else { cursor };
        renderer.with_layer(clip, |renderer| {
            for (row, layout) in self.rows.iter().zip(layout.children()) {
                if !row.parked
                    && let Some(tree) = state.trees.get(&row.key)
                {
                    row.element.as_widget().draw(tree, renderer, theme, style, layout, cursor, &clip);
                }
            }
        });
        if let Some(bar) = Scrollbar::of(&state.spots, self.len, bounds.height) {
            let thumb = bar.thumb(bounds);
            let p = theme.palette();
            let color = if state.hovers_bar { p.text_3 } else { p.scrollbar };
            renderer.with_layer(clip, |renderer| {
                renderer.fill_quad(
                    renderer::Quad {
                        bounds: thumb,
                        border: border::rounded(size::SCROLLBAR / 2.0),
                        ..renderer::Quad::default()
                    },
                    Background::Color(color),
                );
            });
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
        let state = tree.state.downcast_ref::<State<K>>();
        if !cursor.is_over(layout.bounds()) || state.hovers_bar {
            return mouse::Interaction::None;
        }
        let rows = self.rows.iter().zip(layout.children());
        rows.filter_map(|(row, layout)| {
            let tree = state.trees.get(&row.key)?;
            Some(row.element.as_widget().mouse_interaction(tree, layout, cursor, viewport, renderer))
        })
        .max()
        .unwrap_or_default()
    }

    fn operate(
        &mut self,
        tree: &mut Tree,
        layout: Layout<'_>,
        renderer: &iced::Renderer,
        operation: &mut dyn Operation,
    ) {
        let state = tree.state.downcast_mut::<State<K>>();
        let bounds = layout.bounds();
        operation.custom(self.id.as_ref(), bounds, &mut state.inbox);
        Node::new(Role::List, "").report(operation, self.id.as_ref(), bounds);
        operation.container(self.id.as_ref(), bounds);
        let tab_row = self.tab_row(state, layout, renderer);
        let (rows, trees) = (&mut self.rows, &mut state.trees);
        operation.traverse(&mut |operation| {
            for (row, layout) in rows.iter_mut().zip(layout.children()) {
                let Some(tree) = trees.get_mut(&row.key) else { continue };
                let element = row.element.as_widget_mut();
                if tab_row.as_ref() == Some(&row.key) {
                    element.operate(tree, layout, renderer, operation);
                } else {
                    element.operate(tree, layout, renderer, &mut WithoutFocus(operation));
                }
            }
        });
        Self::notice_focus(&mut self.rows, state, layout, renderer);
    }

    fn overlay<'b>(
        &'b mut self,
        tree: &'b mut Tree,
        layout: Layout<'b>,
        renderer: &iced::Renderer,
        viewport: &Rectangle,
        translation: Vector,
    ) -> Option<overlay::Element<'b, Message, Theme, iced::Renderer>> {
        let state = tree.state.downcast_mut::<State<K>>();
        let mut trees: HashMap<&K, &mut Tree> = state.trees.iter_mut().collect();
        let overlays: Vec<_> = self
            .rows
            .iter_mut()
            .zip(layout.children())
            .filter(|(row, _)| !row.parked)
            .filter_map(|(row, layout)| {
                let tree = trees.remove(&row.key)?;
                row.element.as_widget_mut().overlay(tree, layout, renderer, viewport, translation)
            })
            .collect();
        (!overlays.is_empty()).then(|| overlay::Group::with_children(overlays).overlay())
    }
}

impl<'a, K: Key, Message: 'a> From<VirtualList<'a, K, Message>> for Element<'a, Message> {
    fn from(list: VirtualList<'a, K, Message>) -> Self {
        Element::new(list)
    }
}
