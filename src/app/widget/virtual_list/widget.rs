//! The widget itself: layout, events, drawing.

use std::collections::HashMap;

use iced::advanced::layout::{self, Layout};
use iced::advanced::widget::{Operation, Tree, Widget, tree};
use iced::advanced::{Clipboard, Renderer as _, Shell, mouse, overlay, renderer};
use iced::{Background, Event, Length, Rectangle, Size, Vector, border};

use super::control::State;
use super::place::{Row, placed};
use super::viewport::Scrollbar;
use super::{Key, VirtualList};
use crate::theme::Theme;
use crate::theme::tokens::size;
use crate::widget::Element;
use crate::widget::access::{Node, Role};
use crate::widget::focus::WithoutFocus;

/// A part of a pixel that makes no difference on the screen, not even as often as moves are counted ([`super::control::MOVES`]).
const UNSEEN: f32 = 1.0 / 4096.0;
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
        self.rows.clear();
        self.arrange(state, renderer, size);
        // The rows are not among the node's children: they move without a layout of the whole window.
        layout::Node::new(size)
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
        for Row { key, element, node, .. } in &mut self.rows {
            if let Some(tree) = state.trees.get_mut(key) {
                let (element, layout) = (element.as_widget_mut(), placed(node, bounds));
                element.update(tree, event, layout, inner_cursor, renderer, clipboard, shell, &inner);
            }
        }
        if state.hovers_bar != on_bar {
            state.hovers_bar = on_bar;
            shell.request_redraw();
        }
        match event {
            Event::Window(iced::window::Event::RedrawRequested(now)) => {
                self.grant_focus(state, bounds, renderer, shell);
                self.report(state, *now, bounds.height, shell);
            }
            Event::Mouse(mouse::Event::ButtonPressed(_)) => {
                Self::notice_focus(&mut self.rows, state, bounds, renderer);
            }
            _ => {}
        }
        if !shell.is_event_captured() {
            self.react(state, event, bounds, inner, cursor, bar, shell);
        }
        if state.inbox.fresh || state.moved {
            self.arrange(state, renderer, bounds.size());
            shell.request_redraw();
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
            for row in self.rows.iter().filter(|row| !row.parked) {
                if let Some(tree) = state.trees.get(&row.key) {
                    let layout = placed(&row.node, bounds);
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
            renderer.with_layer(thumb, |renderer| {
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
        let bounds = layout.bounds();
        if !cursor.is_over(bounds) || state.hovers_bar {
            return mouse::Interaction::None;
        }
        let interactions = self.rows.iter().filter_map(|row| {
            let (tree, layout) = (state.trees.get(&row.key)?, placed(&row.node, bounds));
            Some(row.element.as_widget().mouse_interaction(tree, layout, cursor, viewport, renderer))
        });
        interactions.max().unwrap_or_default()
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
        let tab_row = self.tab_row(state, bounds, renderer);
        let (rows, trees) = (&mut self.rows, &mut state.trees);
        operation.traverse(&mut |operation| {
            for Row { key, element, node, .. } in rows.iter_mut() {
                let Some(tree) = trees.get_mut(key) else { continue };
                let (element, layout) = (element.as_widget_mut(), placed(node, bounds));
                if tab_row.as_ref() == Some(key) {
                    element.operate(tree, layout, renderer, operation);
                } else {
                    element.operate(tree, layout, renderer, &mut WithoutFocus(operation));
                }
            }
        });
        Self::notice_focus(&mut self.rows, state, bounds, renderer);
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
        let bounds = layout.bounds();
        let overlays: Vec<_> = self
            .rows
            .iter_mut()
            .filter(|row| !row.parked)
            .filter_map(|Row { key, element, node, .. }| {
                let (tree, layout) = (trees.remove(key)?, placed(node, bounds));
                element.as_widget_mut().overlay(tree, layout, renderer, viewport, translation)
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
