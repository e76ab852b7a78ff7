//! The root of a window: the view, and what floats above it.
//!
//! * Tab and Shift+Tab move the focus inside the topmost layer; Escape closes it.
//! * A blocking layer (dialog, menu) takes pointer and keyboard from everything below, remembers where the
//!   focus was, and gives it back when it goes.
//! * A passive layer (toasts) only takes the pointer where it is.
//!
//! ```ignore
//! layers(view)
//!     .push_maybe(self.dialog.as_ref().map(|d| Layer::modal(d.view()).on_close(Message::CloseDialog)))
//!     .push_maybe(self.menu.as_ref().map(|m| menu::layer(m.at, m.entries(), Message::CloseMenu)))
//! ```

pub(super) mod place;
#[cfg(test)]
mod tests;

use iced::advanced::layout::{self, Layout};
use iced::advanced::widget::{Id, Operation, Tree, Widget, operation::focusable, tree};
use iced::advanced::{Clipboard, Renderer as _, Shell, mouse, overlay, renderer};
use iced::keyboard::{self, Key, key::Named};
use iced::{Background, Color, Event, Length, Point, Rectangle, Size, Vector, window};

use super::Element;
use super::focus::{self, WithoutFocus};
use crate::theme::Theme;
use place::Place;

/// Something above the view.
pub struct Layer<'a, Message> {
    content: Element<'a, Message>,
    place: Place,
    blocking: bool,
    on_close: Option<Message>,
    initial: Option<Id>,
}

impl<'a, Message> Layer<'a, Message> {
    fn new(content: impl Into<Element<'a, Message>>, place: Place, blocking: bool) -> Self {
        Self { content: content.into(), place, blocking, on_close: None, initial: None }
    }

    /// A dialog in the middle of the window.
    pub fn modal(content: impl Into<Element<'a, Message>>) -> Self {
        Self::new(content, Place::Modal, true)
    }

    /// A dialog that hangs from a share of the height (the quick switcher: 0.2).
    pub fn top(share: f32, content: impl Into<Element<'a, Message>>) -> Self {
        Self::new(content, Place::Top(share), true)
    }

    /// A menu or popover at a point.
    pub fn at(point: Point, content: impl Into<Element<'a, Message>>) -> Self {
        Self::beside(Rectangle::new(point, Size::ZERO), content)
    }

    /// A menu or popover below a button (or above it).
    pub fn beside(anchor: Rectangle, content: impl Into<Element<'a, Message>>) -> Self {
        Self::new(content, Place::Beside(anchor), true)
    }

    /// Something that fills the window (picture viewer, lock screen).
    pub fn cover(content: impl Into<Element<'a, Message>>) -> Self {
        Self::new(content, Place::Cover, true)
    }

    /// Something at the bottom that blocks nothing (toasts).
    pub fn passive(content: impl Into<Element<'a, Message>>) -> Self {
        Self::new(content, Place::Bottom, false)
    }

    /// The message of Escape and of a click outside. Without it the layer stays.
    pub fn on_close(mut self, message: Message) -> Self {
        self.on_close = Some(message);
        self
    }

    /// The same layer with the messages of a parent.
    pub fn map<B: 'a>(self, f: impl Fn(Message) -> B + 'a) -> Layer<'a, B>
    where
        Message: 'a,
    {
        let on_close = self.on_close.map(&f);
        let Self { content, place, blocking, initial, .. } = self;
        Layer { content: content.map(f), place, blocking, on_close, initial }
    }

    /// What has the keyboard when the layer opens (the first thing that can, unless told otherwise).
    pub fn initial(mut self, id: impl Into<Id>) -> Self {
        self.initial = Some(id.into());
        self
    }
}

/// The view and its layers.
pub struct Layers<'a, Message> {
    children: Vec<Element<'a, Message>>,
    layers: Vec<Meta<Message>>,
}

/// What is known of a layer besides its content.
struct Meta<Message> {
    place: Place,
    blocking: bool,
    on_close: Option<Message>,
    initial: Option<Id>,
}

/// Puts layers above a view; also handles Tab for a view without any, so it belongs at every root.
pub fn layers<'a, Message>(base: impl Into<Element<'a, Message>>) -> Layers<'a, Message> {
    Layers { children: vec![base.into()], layers: Vec::new() }
}

impl<'a, Message> Layers<'a, Message> {
    /// Adds a layer above the others.
    pub fn push(mut self, layer: Layer<'a, Message>) -> Self {
        let Layer { content, place, blocking, on_close, initial } = layer;
        self.children.push(content);
        self.layers.push(Meta { place, blocking, on_close, initial });
        self
    }

    /// Adds a layer if there is one.
    pub fn push_maybe(self, layer: Option<Layer<'a, Message>>) -> Self {
        match layer {
            Some(layer) => self.push(layer),
            None => self,
        }
    }

    /// The topmost child that owns keyboard and pointer: a blocking layer, or the view.
    fn owner(&self) -> usize {
        self.layers.iter().rposition(|layer| layer.blocking).map_or(0, |layer| layer + 1)
    }

    fn blocking(&self) -> usize {
        self.layers.iter().filter(|layer| layer.blocking).count()
    }

    fn operate_child(
        &mut self,
        child: usize,
        tree: &mut Tree,
        layout: Layout<'_>,
        renderer: &iced::Renderer,
        operation: &mut dyn Operation,
    ) {
        if let (Some(element), Some(tree), Some(layout)) =
            (self.children.get_mut(child), tree.children.get_mut(child), layout.children().nth(child))
        {
            element.as_widget_mut().operate(tree, layout, renderer, operation);
        }
    }

    /// Moves the focus when blocking layers came or went.
    fn hand_over_focus(&mut self, tree: &mut Tree, layout: Layout<'_>, renderer: &iced::Renderer) {
        let depth = self.blocking();
        let owner = self.owner();
        loop {
            let state = tree.state.downcast_mut::<State>();
            match state.saved.len().cmp(&depth) {
                std::cmp::Ordering::Equal => return,
                std::cmp::Ordering::Less => {
                    // Opened: note where the focus was in the child below, and take it away there.
                    let blocking = self.layers.iter().enumerate().filter(|(_, layer)| layer.blocking);
                    let level = state.saved.len();
                    let below = match level {
                        0 => 0,
                        _ => blocking.clone().nth(level - 1).map_or(0, |(index, _)| index + 1),
                    };
                    let (before, _) = focus::position(|op| {
                        self.operate_child(below, tree, layout, renderer, op);
                    });
                    focus::run(focusable::unfocus(), |op| {
                        self.operate_child(below, tree, layout, renderer, op);
                    });
                    tree.state.downcast_mut::<State>().saved.push(before);
                    if level + 1 == depth {
                        self.focus_initial(owner, tree, layout, renderer);
                    }
                }
                std::cmp::Ordering::Greater => {
                    let before = state.saved.pop().flatten();
                    if state.saved.len() != depth {
                        continue;
                    }
                    // What closed the layer may have given the keyboard to something already.
                    let (now, _) = focus::position(|op| {
                        self.operate_child(owner, tree, layout, renderer, op);
                    });
                    if let (Some(before), None) = (before, now) {
                        focus::run(focus::focus_nth(before), |op| {
                            self.operate_child(owner, tree, layout, renderer, op);
                        });
                    }
                }
            }
        }
    }

    fn focus_initial(
        &mut self,
        owner: usize,
        tree: &mut Tree,
        layout: Layout<'_>,
        renderer: &iced::Renderer,
    ) {
        let initial = owner.checked_sub(1).and_then(|layer| self.layers[layer].initial.clone());
        match initial {
            Some(id) => focus::run(focusable::focus(id), |op| {
                self.operate_child(owner, tree, layout, renderer, op);
            }),
            None => focus::run(focus::focus_nth(0), |op| {
                self.operate_child(owner, tree, layout, renderer, op);
            }),
        }
        focus::reveal(|op| self.operate_child(owner, tree, layout, renderer, op));
    }

    fn press_key(
        &mut self,
        key: &Key,
        modifiers: keyboard::Modifiers,
        tree: &mut Tree,
        layout: Layout<'_>,
        renderer: &iced::Renderer,
        shell: &mut Shell<'_, Message>,
    ) where
        Message: Clone,
    {
        let owner = self.owner();
        match key {
            Key::Named(Named::Tab) if !modifiers.command() && !modifiers.alt() => {
                let (focused, total) = focus::position(|op| {
                    self.operate_child(owner, tree, layout, renderer, op);
                });
                if total > 0 {
                    let next = match (focused, modifiers.shift()) {
                        (Some(at), false) => (at + 1) % total,
                        (None, false) => 0,
                        (Some(at), true) => (at + total - 1) % total,
                        (None, true) => total - 1,
                    };
                    focus::run(focus::focus_nth(next), |op| {
                        self.operate_child(owner, tree, layout, renderer, op);
                    });
                    focus::reveal(|op| self.operate_child(owner, tree, layout, renderer, op));
                }
                shell.capture_event();
                shell.request_redraw();
            }
            Key::Named(Named::Escape) if owner > 0 => {
                if let Some(message) = &self.layers[owner - 1].on_close {
                    shell.publish(message.clone());
                    shell.capture_event();
                }
            }
            // Other keys are for the keymap of the app, which knows what is open.
            _ => {}
        }
    }

    /// Whether an event also goes to the children below the owner.
    fn reaches_below(event: &Event) -> bool {
        matches!(
            event,
            Event::Window(_)
                | Event::Mouse(mouse::Event::ButtonReleased(_) | mouse::Event::CursorLeft)
                | Event::Keyboard(keyboard::Event::ModifiersChanged(_) | keyboard::Event::KeyReleased { .. })
        )
    }
}

#[derive(Default)]
struct State {
    /// For each blocking layer: which focusable below it had the keyboard.
    saved: Vec<Option<usize>>,
}

impl<Message: Clone> Widget<Message, Theme, iced::Renderer> for Layers<'_, Message> {
    fn tag(&self) -> tree::Tag {
        tree::Tag::of::<State>()
    }

    fn state(&self) -> tree::State {
        tree::State::new(State::default())
    }

    fn children(&self) -> Vec<Tree> {
        self.children.iter().map(Tree::new).collect()
    }

    fn diff(&self, tree: &mut Tree) {
        tree.diff_children(&self.children);
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
        let window = limits.max();
        let mut nodes = Vec::with_capacity(self.children.len());
        for (index, (child, tree)) in self.children.iter_mut().zip(&mut tree.children).enumerate() {
            let node = match index.checked_sub(1).and_then(|layer| self.layers.get(layer)) {
                None => child.as_widget_mut().layout(tree, renderer, limits),
                Some(meta) => {
                    let node = child.as_widget_mut().layout(tree, renderer, &meta.place.limits(window));
                    let at = meta.place.position(window, node.size());
                    node.move_to(at)
                }
            };
            nodes.push(node);
        }
        layout::Node::with_children(window, nodes)
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
        match event {
            Event::Keyboard(keyboard::Event::KeyPressed { .. }) => focus::by_keyboard(true),
            Event::Mouse(mouse::Event::ButtonPressed(_)) => focus::by_keyboard(false),
            _ => {}
        }
        self.hand_over_focus(tree, layout, renderer);
        let owner = self.owner();
        let mut pointer = cursor;
        let children: Vec<Layout<'_>> = layout.children().collect();
        for index in (0..self.children.len()).rev() {
            let Some(&child_layout) = children.get(index) else { continue };
            let below = index < owner;
            if below && !Self::reaches_below(event) {
                continue;
            }
            let child_cursor = if below { mouse::Cursor::Unavailable } else { pointer };
            let captured = shell.is_event_captured();
            if captured && !matches!(event, Event::Window(_)) && index != owner {
                continue;
            }
            let child = self.children[index].as_widget_mut();
            let child_tree = &mut tree.children[index];
            child.update(child_tree, event, child_layout, child_cursor, renderer, clipboard, shell, viewport);
            if index > owner && pointer.is_over(child_layout.bounds()) {
                pointer = mouse::Cursor::Unavailable;
            }
        }
        if shell.is_event_captured() {
            return;
        }
        match event {
            Event::Keyboard(keyboard::Event::KeyPressed { key, modifiers, .. }) => {
                self.press_key(key, *modifiers, tree, layout, renderer, shell);
            }
            Event::Mouse(mouse::Event::ButtonPressed(_)) if owner > 0 => {
                let outside = children.get(owner).is_some_and(|child| !cursor.is_over(child.bounds()));
                if let (true, Some(message)) = (outside, &self.layers[owner - 1].on_close) {
                    shell.publish(message.clone());
                }
                shell.capture_event();
            }
            Event::Mouse(mouse::Event::WheelScrolled { .. }) if owner > 0 => shell.capture_event(),
            Event::Window(window::Event::RedrawRequested(_)) => {}
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
        let owner = self.owner();
        let children: Vec<Layout<'_>> = layout.children().collect();
        let over_passive =
            children.iter().enumerate().any(|(index, child)| index > owner && cursor.is_over(child.bounds()));
        for (index, (child, tree)) in self.children.iter().zip(&tree.children).enumerate() {
            let Some(&child_layout) = children.get(index) else { continue };
            let cursor = if index < owner || (index == owner && over_passive) {
                mouse::Cursor::Unavailable
            } else {
                cursor
            };
            let draw = |renderer: &mut iced::Renderer| {
                child.as_widget().draw(tree, renderer, theme, style, child_layout, cursor, viewport);
            };
            match index.checked_sub(1).and_then(|layer| self.layers.get(layer)) {
                None => draw(renderer),
                Some(meta) => renderer.with_layer(*viewport, |renderer| {
                    if meta.place.has_scrim() {
                        scrim(renderer, theme.palette().scrim, layout.bounds());
                    }
                    draw(renderer);
                }),
            }
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
        let owner = self.owner();
        let children: Vec<Layout<'_>> = layout.children().collect();
        (owner..self.children.len())
            .rev()
            .filter(|index| *index == owner || cursor.is_over(children[*index].bounds()))
            .map(|index| {
                self.children[index].as_widget().mouse_interaction(
                    &tree.children[index],
                    children[index],
                    cursor,
                    viewport,
                    renderer,
                )
            })
            .next()
            .unwrap_or_default()
    }

    fn operate(
        &mut self,
        tree: &mut Tree,
        layout: Layout<'_>,
        renderer: &iced::Renderer,
        operation: &mut dyn Operation,
    ) {
        let owner = self.owner();
        operation.traverse(&mut |operation| {
            for index in 0..self.children.len() {
                if index < owner {
                    let hidden = &mut WithoutFocus(operation);
                    self.operate_child(index, tree, layout, renderer, hidden);
                } else {
                    self.operate_child(index, tree, layout, renderer, operation);
                }
            }
        });
    }

    fn overlay<'b>(
        &'b mut self,
        tree: &'b mut Tree,
        layout: Layout<'b>,
        renderer: &iced::Renderer,
        viewport: &Rectangle,
        translation: Vector,
    ) -> Option<overlay::Element<'b, Message, Theme, iced::Renderer>> {
        let owner = self.owner();
        let overlays: Vec<_> = self
            .children
            .iter_mut()
            .zip(&mut tree.children)
            .zip(layout.children())
            .skip(owner)
            .filter_map(|((child, tree), layout)| {
                child.as_widget_mut().overlay(tree, layout, renderer, viewport, translation)
            })
            .collect();
        (!overlays.is_empty()).then(|| overlay::Group::with_children(overlays).overlay())
    }
}

fn scrim(renderer: &mut iced::Renderer, color: Color, bounds: Rectangle) {
    renderer.fill_quad(renderer::Quad { bounds, ..renderer::Quad::default() }, Background::Color(color));
}

impl<'a, Message: Clone + 'a> From<Layers<'a, Message>> for Element<'a, Message> {
    fn from(layers: Layers<'a, Message>) -> Self {
        Element::new(layers)
    }
}
