//! The one core under everything that can be pressed: it can be hovered, pressed, focused by Tab,
//! pressed by Enter or Space, asked for its menu by right click or Shift+F10, and it reports role and name.
//!
//! [`button`](super::button) and [`row`](super::row) are thin builders over it.

use iced::advanced::layout::{self, Layout};
use iced::advanced::widget::{Id, Operation, Tree, Widget, tree};
use iced::advanced::{Clipboard, Renderer as _, Shell, mouse, overlay, renderer};
use iced::keyboard::{self, Key, key::Named};
use iced::{
    Alignment, Background, Border, Color, Event, Length, Padding, Point, Rectangle, Size, Vector, touch,
};

use super::Element;
use super::access::{Node, Role};
use super::focus::{self, Focus};
use crate::theme::Theme;
use crate::theme::tokens::space;

/// What the widget looks like now.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Look {
    /// Ground.
    pub background: Option<Color>,
    /// Colour of text and icons without a colour of their own.
    pub text: Option<Color>,
    /// Outline; its radius also rounds the ground and the focus ring.
    pub border: Border,
}

/// What the look depends on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Status {
    /// The pointer is over it.
    pub hovered: bool,
    /// A press is held on it.
    pub pressed: bool,
    /// It has the keyboard.
    pub focused: bool,
    /// It is the chosen one.
    pub selected: bool,
    /// It cannot be pressed.
    pub disabled: bool,
}

/// What a press produces.
enum OnPress<'a, Message> {
    Message(Message),
    With(Box<dyn Fn(Rectangle) -> Message + 'a>),
}

type LookFn<'a> = Box<dyn Fn(&Theme, Status) -> Look + 'a>;
type ExtraFn<'a, Message> = Box<dyn Fn() -> Element<'a, Message> + 'a>;

/// Something that can be pressed. Without `on_press` it is disabled, unless it has only a context menu.
pub struct Pressable<'a, Message> {
    content: Element<'a, Message>,
    extra: Option<ExtraFn<'a, Message>>,
    shown_extra: Option<Element<'a, Message>>,
    id: Option<Id>,
    role: Role,
    name: String,
    on_press: Option<OnPress<'a, Message>>,
    on_context: Option<Box<dyn Fn(Point) -> Message + 'a>>,
    look: LookFn<'a>,
    selected: bool,
    focusable: bool,
    width: Length,
    height: Length,
    padding: Padding,
    align_x: Alignment,
    align_y: Alignment,
    clip: bool,
    drawn: Option<Status>,
}

#[derive(Default)]
struct State {
    focus: Focus,
    pressed: bool,
    hovered: bool,
}

impl<'a, Message: Clone + 'a> Pressable<'a, Message> {
    /// A pressable around `content`.
    pub fn new(
        content: impl Into<Element<'a, Message>>,
        role: Role,
        name: impl Into<String>,
        look: impl Fn(&Theme, Status) -> Look + 'a,
    ) -> Self {
        Self {
            content: content.into(),
            extra: None,
            shown_extra: None,
            id: None,
            role,
            name: name.into(),
            on_press: None,
            on_context: None,
            look: Box::new(look),
            selected: false,
            focusable: true,
            width: Length::Shrink,
            height: Length::Shrink,
            padding: Padding::ZERO,
            align_x: Alignment::Center,
            align_y: Alignment::Center,
            clip: false,
            drawn: None,
        }
    }

    /// Something shown at the top right only while the pointer or the keyboard is here.
    pub fn extra(mut self, extra: impl Fn() -> Element<'a, Message> + 'a) -> Self {
        self.extra = Some(Box::new(extra));
        self
    }

    /// For `focus` and tests.
    pub fn id(mut self, id: impl Into<Id>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// The message of a press.
    pub fn on_press(mut self, message: Message) -> Self {
        self.on_press = Some(OnPress::Message(message));
        self
    }

    /// The message of a press, if there is one.
    pub fn on_press_maybe(mut self, message: Option<Message>) -> Self {
        self.on_press = message.map(OnPress::Message);
        self
    }

    /// The message of a press, made from the place of the widget in the window (to open a menu there).
    pub fn on_press_at(mut self, message: impl Fn(Rectangle) -> Message + 'a) -> Self {
        self.on_press = Some(OnPress::With(Box::new(message)));
        self
    }

    /// The message of a right click or Shift+F10, made from the point where the menu goes.
    pub fn on_context(mut self, message: impl Fn(Point) -> Message + 'a) -> Self {
        self.on_context = Some(Box::new(message));
        self
    }

    /// Whether it is the chosen one.
    pub fn selected(mut self, selected: bool) -> Self {
        self.selected = selected;
        self
    }

    /// Whether Tab stops here (it does unless told otherwise).
    pub fn focusable(mut self, focusable: bool) -> Self {
        self.focusable = focusable;
        self
    }

    /// Width of the whole.
    pub fn width(mut self, width: impl Into<Length>) -> Self {
        self.width = width.into();
        self
    }

    /// Height of the whole.
    pub fn height(mut self, height: impl Into<Length>) -> Self {
        self.height = height.into();
        self
    }

    /// Room between outline and content.
    pub fn padding(mut self, padding: impl Into<Padding>) -> Self {
        self.padding = padding.into();
        self
    }

    /// Where the content stands when there is more room than it needs.
    pub fn align_x(mut self, align: impl Into<Alignment>) -> Self {
        self.align_x = align.into();
        self
    }

    /// Cuts what sticks out.
    pub fn clip(mut self) -> Self {
        self.clip = true;
        self
    }

    fn is_disabled(&self) -> bool {
        self.on_press.is_none() && self.on_context.is_none()
    }

    fn status(&self, state: &State) -> Status {
        Status {
            hovered: state.hovered && !self.is_disabled(),
            pressed: state.pressed && state.hovered,
            focused: state.focus.shows_ring(),
            selected: self.selected,
            disabled: self.is_disabled(),
        }
    }

    fn press(&self, bounds: Rectangle, shell: &mut Shell<'_, Message>) {
        match &self.on_press {
            Some(OnPress::Message(message)) => shell.publish(message.clone()),
            Some(OnPress::With(make)) => shell.publish(make(bounds)),
            None => return,
        }
        shell.capture_event();
    }

    fn is_menu_key(key: &Key, modifiers: keyboard::Modifiers) -> bool {
        matches!(key, Key::Named(Named::ContextMenu))
            || (matches!(key, Key::Named(Named::F10)) && modifiers.shift())
    }

    fn key(
        &self,
        state: &State,
        key: &Key,
        modifiers: keyboard::Modifiers,
        bounds: Rectangle,
        shell: &mut Shell<'_, Message>,
    ) {
        if !state.focus.is_focused() {
            return;
        }
        if let Some(on_context) = &self.on_context
            && Self::is_menu_key(key, modifiers)
        {
            shell.publish(on_context(Point::new(bounds.x + 24.0, bounds.y + bounds.height)));
            shell.capture_event();
        } else if matches!(key, Key::Named(Named::Enter | Named::Space)) && modifiers.is_empty() {
            self.press(bounds, shell);
        }
    }
}

impl<'a, Message: Clone + 'a> Widget<Message, Theme, iced::Renderer> for Pressable<'a, Message> {
    fn tag(&self) -> tree::Tag {
        tree::Tag::of::<State>()
    }

    fn state(&self) -> tree::State {
        tree::State::new(State::default())
    }

    fn children(&self) -> Vec<Tree> {
        vec![Tree::new(&self.content), Tree::empty()]
    }

    fn diff(&self, tree: &mut Tree) {
        if tree.children.len() == 2 {
            tree.children[0].diff(&self.content);
        } else {
            tree.children = self.children();
        }
    }

    fn size(&self) -> Size<Length> {
        Size::new(self.width, self.height)
    }

    fn layout(
        &mut self,
        tree: &mut Tree,
        renderer: &iced::Renderer,
        limits: &layout::Limits,
    ) -> layout::Node {
        let content = &mut self.content;
        let mut node = layout::positioned(
            limits,
            self.width,
            self.height,
            self.padding,
            |limits| content.as_widget_mut().layout(&mut tree.children[0], renderer, &limits.loose()),
            |node, size| node.align(self.align_x, self.align_y, size),
        );
        let state = tree.state.downcast_ref::<State>();
        let active = state.hovered || state.focus.shows_ring();
        self.shown_extra = self.extra.as_ref().filter(|_| active).map(|make| make());
        if let Some(extra) = &mut self.shown_extra {
            tree.children[1].diff(&*extra);
            let size = node.size();
            let extra = extra.as_widget_mut().layout(
                &mut tree.children[1],
                renderer,
                &layout::Limits::new(Size::ZERO, Size::new(size.width, f32::INFINITY)),
            );
            let x = (size.width - extra.size().width - self.padding.right.max(space::L)).max(0.0);
            let content = node.children().first().cloned().unwrap_or_default();
            node = layout::Node::with_children(size, vec![content, extra.move_to(Point::new(x, 0.0))]);
        }
        node
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
        let bounds = layout.bounds();
        let (content_tree, extra_tree) = tree.children.split_at_mut(1);
        let mut children = layout.children();
        let content_layout = children.next();
        if let (Some(extra), Some(layout)) = (&mut self.shown_extra, children.next()) {
            let tree = &mut extra_tree[0];
            extra.as_widget_mut().update(tree, event, layout, cursor, renderer, clipboard, shell, viewport);
        }
        if let Some(layout) = content_layout
            && !shell.is_event_captured()
        {
            let tree = &mut content_tree[0];
            self.content
                .as_widget_mut()
                .update(tree, event, layout, cursor, renderer, clipboard, shell, viewport);
        }

        let state = tree.state.downcast_mut::<State>();
        let over = cursor.is_over(bounds) && cursor.is_over(*viewport);
        state.hovered = over;
        let active = over || state.focus.shows_ring();
        if self.extra.is_some() && active != self.shown_extra.is_some() {
            shell.invalidate_layout();
        }
        if !shell.is_event_captured() {
            match event {
                Event::Mouse(mouse::Event::ButtonPressed(mouse::Button::Left))
                | Event::Touch(touch::Event::FingerPressed { .. }) => {
                    if over && self.on_press.is_some() {
                        state.pressed = true;
                        if self.focusable {
                            state.focus.take();
                        }
                        shell.capture_event();
                    } else {
                        state.focus.give_up();
                    }
                }
                Event::Mouse(mouse::Event::ButtonReleased(mouse::Button::Left))
                | Event::Touch(touch::Event::FingerLifted { .. })
                    if std::mem::take(&mut state.pressed) && over =>
                {
                    self.press(bounds, shell);
                }
                Event::Touch(touch::Event::FingerLost { .. }) => state.pressed = false,
                Event::Mouse(mouse::Event::ButtonPressed(mouse::Button::Right)) if over => {
                    if let (Some(on_context), Some(point)) = (&self.on_context, cursor.position()) {
                        shell.publish(on_context(point));
                        shell.capture_event();
                    }
                }
                Event::Keyboard(keyboard::Event::KeyPressed { key, modifiers, .. }) => {
                    let state = tree.state.downcast_ref::<State>();
                    self.key(state, key, *modifiers, bounds, shell);
                }
                _ => {}
            }
        } else if let Event::Mouse(mouse::Event::ButtonPressed(mouse::Button::Left)) = event
            && state.focus.is_focused()
        {
            // Something inside took the press, or something before us did.
            state.focus.give_up();
        }

        let status = self.status(tree.state.downcast_ref::<State>());
        if let Event::Window(iced::window::Event::RedrawRequested(_)) = event {
            self.drawn = Some(status);
        } else if self.drawn.is_some_and(|drawn| drawn != status) {
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
        let bounds = layout.bounds();
        let Some(visible) = bounds.intersection(viewport) else { return };
        let state = tree.state.downcast_ref::<State>();
        let look = (self.look)(theme, self.status(state));
        if look.background.is_some() || look.border.width > 0.0 {
            renderer.fill_quad(
                renderer::Quad { bounds, border: look.border, ..renderer::Quad::default() },
                Background::Color(look.background.unwrap_or(Color::TRANSPARENT)),
            );
        }
        let style = renderer::Style { text_color: look.text.unwrap_or(style.text_color) };
        let mut children = layout.children();
        if let Some(layout) = children.next() {
            let content = |renderer: &mut iced::Renderer, clip: &Rectangle| {
                let tree = &tree.children[0];
                self.content.as_widget().draw(tree, renderer, theme, &style, layout, cursor, clip);
            };
            if self.clip {
                renderer.with_layer(visible, |renderer| content(renderer, &visible));
            } else {
                content(renderer, viewport);
            }
        }
        if let (Some(extra), Some(layout)) = (&self.shown_extra, children.next()) {
            let tree = &tree.children[1];
            renderer.with_layer(*viewport, |renderer| {
                extra.as_widget().draw(tree, renderer, theme, &style, layout, cursor, viewport);
            });
        }
        if state.focus.shows_ring() {
            let (p, round) = (theme.palette(), look.border.radius.top_left);
            let fills = [p.accent, p.accent_hover, p.danger_fill];
            match look.background {
                Some(ground) if fills.contains(&ground) => {
                    focus::ring_on_fill(renderer, style.text_color, bounds, round);
                }
                _ => focus::ring(renderer, theme, bounds, round),
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
        if !cursor.is_over(layout.bounds()) {
            return mouse::Interaction::None;
        }
        let mut children = layout.children();
        let content = children.next().map_or(mouse::Interaction::None, |layout| {
            let tree = &tree.children[0];
            self.content.as_widget().mouse_interaction(tree, layout, cursor, viewport, renderer)
        });
        let extra = match (&self.shown_extra, children.next()) {
            (Some(extra), Some(layout)) => {
                extra.as_widget().mouse_interaction(&tree.children[1], layout, cursor, viewport, renderer)
            }
            _ => mouse::Interaction::None,
        };
        let own =
            if self.on_press.is_some() { mouse::Interaction::Pointer } else { mouse::Interaction::None };
        match (extra, content) {
            (mouse::Interaction::None, mouse::Interaction::None) => own,
            (mouse::Interaction::None, content) => content,
            (extra, _) => extra,
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
        let mut node = Node::new(self.role, self.name.clone());
        node.selected = self.selected;
        node.disabled = self.is_disabled();
        node.report(operation, self.id.as_ref(), bounds);
        if self.focusable && !self.is_disabled() {
            let state = tree.state.downcast_mut::<State>();
            operation.focusable(self.id.as_ref(), bounds, &mut state.focus);
            operation.custom(None, bounds, &mut state.focus);
        }
        operation.container(self.id.as_ref(), bounds);
        let (content, extra) = (&mut self.content, &mut self.shown_extra);
        operation.traverse(&mut |operation| {
            let mut children = layout.children();
            if let Some(layout) = children.next() {
                content.as_widget_mut().operate(&mut tree.children[0], layout, renderer, operation);
            }
            if let (Some(extra), Some(layout)) = (&mut *extra, children.next()) {
                extra.as_widget_mut().operate(&mut tree.children[1], layout, renderer, operation);
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
        let (content_tree, extra_tree) = tree.children.split_at_mut(1);
        let mut children = layout.children();
        let content = children.next().and_then(|layout| {
            let tree = &mut content_tree[0];
            self.content.as_widget_mut().overlay(tree, layout, renderer, viewport, translation)
        });
        let extra = match (&mut self.shown_extra, children.next()) {
            (Some(extra), Some(layout)) => {
                extra.as_widget_mut().overlay(&mut extra_tree[0], layout, renderer, viewport, translation)
            }
            _ => None,
        };
        let all: Vec<_> = content.into_iter().chain(extra).collect();
        (!all.is_empty()).then(|| overlay::Group::with_children(all).overlay())
    }
}

impl<'a, Message: Clone + 'a> From<Pressable<'a, Message>> for Element<'a, Message> {
    fn from(pressable: Pressable<'a, Message>) -> Self {
        Element::new(pressable)
    }
}
