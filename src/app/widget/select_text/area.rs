//! Selecting over everything inside: the gestures, in one place.

use std::ops::Range;

use iced::advanced::layout::{self, Layout};
use iced::advanced::widget::{Id, Operation, Tree, Widget, tree};
use iced::advanced::{Clipboard, Shell, mouse, overlay, renderer};
use iced::{Event, Length, Point, Rectangle, Size, Vector, keyboard, window};

use super::selection::{Grain, Selection};
use super::text::Core;
use crate::theme::Theme;
use crate::widget::Element;
use crate::widget::virtual_list::{self, Command, Key};

/// How far (px) a press may wander and still be a click.
const CLICK_SLACK: f32 = 3.0;
/// Share of the distance outside the area that is scrolled with each frame of a drag.
const SCROLL_SHARE: f32 = 0.25;

/// Turns presses and drags inside into selections.
pub struct SelectArea<'a, K, Message> {
    content: Element<'a, Message>,
    selection: Option<Selection<K>>,
    on_change: Box<dyn Fn(Option<Selection<K>>) -> Message + 'a>,
    list: Option<Id>,
}

/// Makes the texts inside `content` selectable; `on_change` hands over the new selection (`None`: nothing).
pub fn select_area<'a, K: Key, Message>(
    content: impl Into<Element<'a, Message>>,
    selection: Option<&Selection<K>>,
    on_change: impl Fn(Option<Selection<K>>) -> Message + 'a,
) -> SelectArea<'a, K, Message> {
    SelectArea {
        content: content.into(),
        selection: selection.cloned(),
        on_change: Box::new(on_change),
        list: None,
    }
}

impl<K, Message> SelectArea<'_, K, Message> {
    /// The [`VirtualList`](virtual_list::VirtualList) inside that scrolls when a drag leaves the area.
    pub fn list(mut self, id: impl Into<Id>) -> Self {
        self.list = Some(id.into());
        self
    }
}

struct State<K> {
    drag: Option<Drag<K>>,
    last_click: Option<mouse::Click>,
    shift: bool,
}

struct Drag<K> {
    /// The unit the drag began in: a row and the bytes of it.
    origin: (K, usize, usize),
    grain: Grain,
    from: Point,
    moved: bool,
    /// What was published last.
    current: Option<Selection<K>>,
}

/// The text nearest to a point.
struct Nearest<K> {
    point: Point,
    best: Option<Hit<K>>,
}

#[derive(Clone)]
struct Hit<K> {
    point: Point,
    distance: (f32, f32),
    key: K,
    byte: usize,
    /// The character under the point; the nearest byte may be behind it, in the next word.
    under: Option<usize>,
    plain: String,
    offset: usize,
}

impl<K> Hit<K> {
    /// The unit at the point, in bytes of the row's text.
    fn unit(&self, grain: Grain) -> Range<usize> {
        let byte = self.under.filter(|_| grain == Grain::Word).unwrap_or(self.byte - self.offset);
        let unit = grain.around(&self.plain, byte);
        unit.start + self.offset..unit.end + self.offset
    }

    fn is_inside(&self) -> bool {
        self.distance == (0.0, 0.0)
    }
}

impl<K: Key> Operation for Nearest<K> {
    fn traverse(&mut self, operate: &mut dyn FnMut(&mut dyn Operation)) {
        operate(self);
    }

    fn custom(&mut self, _: Option<&Id>, bounds: Rectangle, state: &mut dyn std::any::Any) {
        let Some(core) = state.downcast_ref::<Core<K>>() else { return };
        let outside = |at: f32, from: f32, length: f32| (from - at).max(at - from - length).max(0.0);
        let distance =
            (outside(self.point.y, bounds.y, bounds.height), outside(self.point.x, bounds.x, bounds.width));
        if self.best.as_ref().is_none_or(|best| distance < best.distance) {
            let relative = Point::new(self.point.x - bounds.x, self.point.y - bounds.y);
            self.best = Some(Hit {
                point: self.point,
                distance,
                key: core.key.clone(),
                byte: core.offset + core.byte_at(relative, bounds.size()),
                under: core.glyph_at(relative),
                plain: core.plain.clone(),
                offset: core.offset,
            });
        }
    }
}

/// Which of two rows comes first on screen; the order in which an operation meets them.
struct Order<'k, K> {
    rows: [&'k K; 2],
    met: Vec<usize>,
}

impl<K: Key + Sync> Operation for Order<'_, K> {
    fn traverse(&mut self, operate: &mut dyn FnMut(&mut dyn Operation)) {
        operate(self);
    }

    fn custom(&mut self, _: Option<&Id>, _: Rectangle, state: &mut dyn std::any::Any) {
        if let Some(core) = state.downcast_ref::<Core<K>>() {
            self.met.extend(self.rows.iter().position(|row| **row == core.key));
        }
    }
}

impl<K: Key + Sync, Message> SelectArea<'_, K, Message> {
    fn nearest(
        &mut self,
        tree: &mut Tree,
        layout: Layout<'_>,
        renderer: &iced::Renderer,
        point: Point,
    ) -> Option<Hit<K>> {
        let mut nearest = Nearest { point, best: None };
        self.content.as_widget_mut().operate(&mut tree.children[0], layout, renderer, &mut nearest);
        nearest.best
    }

    /// The selection from the unit a drag began in to the unit at the pointer.
    fn stretch(
        &mut self,
        tree: &mut Tree,
        layout: Layout<'_>,
        renderer: &iced::Renderer,
        origin: &(K, usize, usize),
        grain: Grain,
        hit: &Hit<K>,
    ) -> Selection<K> {
        let unit = hit.unit(grain);
        let (row, start, end) = origin;
        let backwards = if *row == hit.key {
            hit.byte < *start
        } else {
            let mut order = Order { rows: [row, &hit.key], met: Vec::new() };
            self.content.as_widget_mut().operate(&mut tree.children[0], layout, renderer, &mut order);
            if order.met.contains(&0) {
                order.met.first() == Some(&1)
            } else {
                // The drag began in a row that was scrolled away, behind the pointer.
                hit.point.y < layout.bounds().center_y()
            }
        };
        if backwards {
            Selection { anchor: (row.clone(), *end), head: (hit.key.clone(), unit.start) }
        } else {
            Selection { anchor: (row.clone(), *start), head: (hit.key.clone(), unit.end) }
        }
    }

    fn press(
        &mut self,
        tree: &mut Tree,
        layout: Layout<'_>,
        renderer: &iced::Renderer,
        point: Point,
        shell: &mut Shell<'_, Message>,
    ) {
        let hit = self.nearest(tree, layout, renderer, point);
        let state = tree.state.downcast_mut::<State<K>>();
        let click = mouse::Click::new(point, mouse::Button::Left, state.last_click);
        state.last_click = Some(click);
        let Some(hit) = hit else { return };
        let grain = match click.kind() {
            mouse::click::Kind::Double if hit.is_inside() => Grain::Word,
            mouse::click::Kind::Triple if hit.is_inside() => Grain::Line,
            _ => Grain::Character,
        };
        let unit = hit.unit(grain);
        let mut drag = Drag {
            origin: (hit.key.clone(), unit.start, unit.end),
            grain,
            from: point,
            moved: false,
            current: self.selection.clone(),
        };
        if state.shift
            && let Some(selection) = &self.selection
        {
            let (row, byte) = selection.anchor.clone();
            drag.origin = (row.clone(), byte, byte);
            drag.moved = true;
            let next = Selection { anchor: (row, byte), head: (hit.key.clone(), hit.byte) };
            drag.current = Some(next.clone());
            shell.publish((self.on_change)(Some(next)));
        } else if grain == Grain::Character {
            if drag.current.take().is_some() {
                shell.publish((self.on_change)(None));
            }
        } else {
            let next = Selection { anchor: (hit.key.clone(), unit.start), head: (hit.key.clone(), unit.end) };
            drag.current = Some(next.clone());
            shell.publish((self.on_change)(Some(next)));
        }
        state.drag = Some(drag);
    }

    fn drag(
        &mut self,
        tree: &mut Tree,
        layout: Layout<'_>,
        renderer: &iced::Renderer,
        point: Point,
        shell: &mut Shell<'_, Message>,
    ) {
        let state = tree.state.downcast_mut::<State<K>>();
        let Some(drag) = &mut state.drag else { return };
        drag.moved |= point.distance(drag.from) > CLICK_SLACK;
        if !drag.moved {
            return;
        }
        let (origin, grain) = (drag.origin.clone(), drag.grain);
        let Some(hit) = self.nearest(tree, layout, renderer, point) else { return };
        let next = self.stretch(tree, layout, renderer, &origin, grain, &hit);
        if let Some(drag) = &mut tree.state.downcast_mut::<State<K>>().drag
            && drag.current.as_ref() != Some(&next)
        {
            drag.current = Some(next.clone());
            shell.publish((self.on_change)(Some(next)));
        }
    }

    /// While a drag is outside, the list follows it.
    fn follow(
        &mut self,
        tree: &mut Tree,
        layout: Layout<'_>,
        renderer: &iced::Renderer,
        cursor: mouse::Cursor,
        shell: &mut Shell<'_, Message>,
    ) {
        let bounds = layout.bounds();
        let (Some(list), Some(point)) = (self.list.clone(), cursor.position()) else { return };
        if tree.state.downcast_ref::<State<K>>().drag.as_ref().is_none_or(|drag| !drag.moved) {
            return;
        }
        let above = bounds.y - point.y;
        let below = point.y - bounds.y - bounds.height;
        let by = if above > 0.0 {
            above * SCROLL_SHARE
        } else if below > 0.0 {
            -below * SCROLL_SHARE
        } else {
            return;
        };
        let mut scroll = virtual_list::deliver::<K, ()>(list, Command::By(by));
        self.content.as_widget_mut().operate(&mut tree.children[0], layout, renderer, &mut scroll);
        self.drag(tree, layout, renderer, point, shell);
        shell.invalidate_layout();
        shell.request_redraw();
    }
}

impl<K: Key + Sync, Message> Widget<Message, Theme, iced::Renderer> for SelectArea<'_, K, Message> {
    fn tag(&self) -> tree::Tag {
        tree::Tag::of::<State<K>>()
    }

    fn state(&self) -> tree::State {
        tree::State::new(State::<K> { drag: None, last_click: None, shift: false })
    }

    fn children(&self) -> Vec<Tree> {
        vec![Tree::new(&self.content)]
    }

    fn diff(&self, tree: &mut Tree) {
        tree.diff_children(std::slice::from_ref(&self.content));
    }

    fn size(&self) -> Size<Length> {
        self.content.as_widget().size()
    }

    fn layout(
        &mut self,
        tree: &mut Tree,
        renderer: &iced::Renderer,
        limits: &layout::Limits,
    ) -> layout::Node {
        self.content.as_widget_mut().layout(&mut tree.children[0], renderer, limits)
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
        let content = self.content.as_widget_mut();
        content.update(&mut tree.children[0], event, layout, cursor, renderer, clipboard, shell, viewport);
        if let Event::Keyboard(keyboard::Event::ModifiersChanged(modifiers)) = event {
            tree.state.downcast_mut::<State<K>>().shift = modifiers.shift();
        }
        match event {
            Event::Mouse(mouse::Event::ButtonPressed(mouse::Button::Left)) if !shell.is_event_captured() => {
                if let Some(point) = cursor.position_over(layout.bounds()) {
                    self.press(tree, layout, renderer, point, shell);
                }
            }
            Event::Mouse(mouse::Event::CursorMoved { position }) => {
                self.drag(tree, layout, renderer, *position, shell);
                if tree.state.downcast_ref::<State<K>>().drag.is_some() && !cursor.is_over(layout.bounds()) {
                    shell.request_redraw();
                }
            }
            Event::Mouse(mouse::Event::ButtonReleased(mouse::Button::Left)) => {
                tree.state.downcast_mut::<State<K>>().drag = None;
            }
            Event::Window(window::Event::RedrawRequested(_)) => {
                self.follow(tree, layout, renderer, cursor, shell);
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
        self.content.as_widget().draw(&tree.children[0], renderer, theme, style, layout, cursor, viewport);
    }

    fn mouse_interaction(
        &self,
        tree: &Tree,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        viewport: &Rectangle,
        renderer: &iced::Renderer,
    ) -> mouse::Interaction {
        if tree.state.downcast_ref::<State<K>>().drag.as_ref().is_some_and(|drag| drag.moved) {
            return mouse::Interaction::Text;
        }
        self.content.as_widget().mouse_interaction(&tree.children[0], layout, cursor, viewport, renderer)
    }

    fn operate(
        &mut self,
        tree: &mut Tree,
        layout: Layout<'_>,
        renderer: &iced::Renderer,
        operation: &mut dyn Operation,
    ) {
        self.content.as_widget_mut().operate(&mut tree.children[0], layout, renderer, operation);
    }

    fn overlay<'b>(
        &'b mut self,
        tree: &'b mut Tree,
        layout: Layout<'b>,
        renderer: &iced::Renderer,
        viewport: &Rectangle,
        translation: Vector,
    ) -> Option<overlay::Element<'b, Message, Theme, iced::Renderer>> {
        self.content.as_widget_mut().overlay(&mut tree.children[0], layout, renderer, viewport, translation)
    }
}

impl<'a, K: Key + Sync, Message: 'a> From<SelectArea<'a, K, Message>> for Element<'a, Message> {
    fn from(area: SelectArea<'a, K, Message>) -> Self {
        Element::new(area)
    }
}
