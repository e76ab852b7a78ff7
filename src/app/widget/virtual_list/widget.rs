//! The widget itself: layout, events, drawing.

use std::collections::HashMap;

use iced::advanced::layout::{self, Layout};
use iced::advanced::widget::{Operation, Tree, Widget, tree};
use iced::advanced::{Clipboard, Renderer as _, Shell, mouse, overlay, renderer};
use iced::keyboard;
use iced::{Background, Event, Length, Rectangle, Size, Vector, border};

use super::control::{NOTCH, PAGE_OVERLAP, State, Way};
use super::place::{Placed, Request};
use super::viewport::{Scrollbar, Spot, Viewport};
use super::{Key, VirtualList};
use crate::theme::Theme;
use crate::theme::tokens::size;
use crate::widget::Element;
use crate::widget::access::{Node, Role};
use crate::widget::focus::WithoutFocus;

/// A part of a pixel that makes no difference on the screen, not even [`MOVES`] times.
const UNSEEN: f32 = 1.0 / 4096.0;
/// Moves that are told apart; several come between two frames.
const MOVES: u8 = 64;

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
        if Spot::have_moved(&state.spots, &spots) {
            state.moves = (state.moves + 1) % MOVES;
        }
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
        // The software renderer looks for what differs from the frame before, quad by quad and text by text, and
        // paints each difference with all that lies there. Of rows that have moved everything differs, many
        // times over; a layer with other bounds is painted as one.
        let area = Rectangle { height: clip.height - f32::from(state.moves) * UNSEEN, ..clip };
        renderer.with_layer(area, |renderer| {
            for (row, layout) in self.rows.iter().zip(layout.children()) {
                if !row.parked
                    && let Some(tree) = state.trees.get(&row.key)
                {
                    row.element.as_widget().draw(tree, renderer, theme, style, layout, cursor, &clip);
                }
            }
        });
        if let Some(bar) = Scrollbar::of(&state.spots, self.len, bounds.height) {
            let mut thumb = bar.thumb(bounds);
            if !state.hovers_bar {
                // Slimmer until somebody reaches for it.
                thumb = Rectangle { x: thumb.x + 1.0, width: thumb.width - 2.0, ..thumb };
            }
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
