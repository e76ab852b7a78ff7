//! A widget that is its content, but for what it does besides: the hooks.
//!
//! iced asks a widget for a dozen things. Who wants to change one of them implements [`Hooks`], and the rest is
//! handed through here.

use iced::advanced::layout::{self, Layout};
use iced::advanced::widget::{Operation, Tree, Widget, tree};
use iced::advanced::{Clipboard, Shell, mouse, overlay, renderer};
use iced::{Event, Length, Rectangle, Size, Vector};

use super::{Element, focus};
use crate::theme::Theme;

/// What a wrapper does besides; each by default nothing.
pub(super) trait Hooks<Message> {
    /// What it remembers.
    type State: Default + 'static;

    /// An event comes; it reaches the content if it is given to it.
    fn update(
        &self,
        _: &mut Self::State,
        event: &Event,
        shell: &mut Shell<'_, Message>,
        content: &mut Inside<'_, Message>,
    ) {
        content.update(event, shell);
    }

    /// What the pointer looks like over it; none for what the content says.
    fn interaction(&self) -> Option<mouse::Interaction> {
        None
    }

    /// Drawn below the content.
    fn draw(&self, _: &mut iced::Renderer, _: &Theme, _: Rectangle) {}

    /// An operation comes; `content` runs it on the content.
    fn operate(
        &self,
        _: Rectangle,
        operation: &mut dyn Operation,
        content: &mut dyn FnMut(&mut dyn Operation),
    ) {
        content(operation);
    }
}

/// The content while an event is on its way to it.
pub(super) struct Inside<'a, Message> {
    content: &'a mut dyn Widget<Message, Theme, iced::Renderer>,
    tree: &'a mut Tree,
    /// Where it is.
    pub(super) layout: Layout<'a>,
    /// Where it takes the pointer to be.
    pub(super) cursor: mouse::Cursor,
    renderer: &'a iced::Renderer,
    clipboard: &'a mut dyn Clipboard,
    viewport: &'a Rectangle,
}

impl<Message> Inside<'_, Message> {
    /// Gives it an event.
    pub(super) fn update(&mut self, event: &Event, shell: &mut Shell<'_, Message>) {
        let Self { tree, layout, cursor, renderer, clipboard, viewport, .. } = self;
        self.content.update(tree, event, *layout, *cursor, renderer, *clipboard, shell, viewport);
    }

    /// Whether the pointer is over what can be seen of it.
    pub(super) fn is_under_pointer(&self) -> bool {
        self.cursor.is_over(self.layout.bounds()) && self.cursor.is_over(*self.viewport)
    }

    /// Whether anything in it has the keyboard.
    pub(super) fn has_focus(&mut self) -> bool {
        focus::any_focused(|op| self.content.operate(self.tree, self.layout, self.renderer, op))
    }

    /// Whether anything in it shows that.
    pub(super) fn shows_ring(&mut self) -> bool {
        focus::any_ring(|op| self.content.operate(self.tree, self.layout, self.renderer, op))
    }
}

/// Puts hooks around a widget.
pub(super) fn wrap<'a, Message: 'a>(
    content: impl Into<Element<'a, Message>>,
    hooks: impl Hooks<Message> + 'a,
) -> Element<'a, Message> {
    Element::new(Wrapped { content: content.into(), hooks })
}

/// iced takes `()` for the state of a widget that has none, and then keeps none.
struct Kept<S>(S);

struct Wrapped<'a, Message, H> {
    content: Element<'a, Message>,
    hooks: H,
}

impl<Message, H: Hooks<Message>> Widget<Message, Theme, iced::Renderer> for Wrapped<'_, Message, H> {
    fn tag(&self) -> tree::Tag {
        tree::Tag::of::<Kept<H::State>>()
    }

    fn state(&self) -> tree::State {
        tree::State::new(Kept(H::State::default()))
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

    fn size_hint(&self) -> Size<Length> {
        self.content.as_widget().size_hint()
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
        let Kept(state) = tree.state.downcast_mut();
        let (content, tree) = (self.content.as_widget_mut(), &mut tree.children[0]);
        let mut content = Inside { content, tree, layout, cursor, renderer, clipboard, viewport };
        self.hooks.update(state, event, shell, &mut content);
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
        self.hooks.draw(renderer, theme, layout.bounds());
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
        match self.hooks.interaction() {
            Some(interaction) if cursor.is_over(layout.bounds()) => interaction,
            _ => {
                let content = self.content.as_widget();
                content.mouse_interaction(&tree.children[0], layout, cursor, viewport, renderer)
            }
        }
    }

    fn operate(
        &mut self,
        tree: &mut Tree,
        layout: Layout<'_>,
        renderer: &iced::Renderer,
        operation: &mut dyn Operation,
    ) {
        let (content, tree) = (self.content.as_widget_mut(), &mut tree.children[0]);
        let run = &mut |operation: &mut dyn Operation| content.operate(tree, layout, renderer, operation);
        self.hooks.operate(layout.bounds(), operation, run);
    }

    fn overlay<'b>(
        &'b mut self,
        tree: &'b mut Tree,
        layout: Layout<'b>,
        renderer: &iced::Renderer,
        viewport: &Rectangle,
        translation: Vector,
    ) -> Option<overlay::Element<'b, Message, Theme, iced::Renderer>> {
        let tree = &mut tree.children[0];
        self.content.as_widget_mut().overlay(tree, layout, renderer, viewport, translation)
    }
}
