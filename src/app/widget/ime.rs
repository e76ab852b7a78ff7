//! Keeps keys from a field while the input method shows an unfinished word.
//!
//! Most platforms deliver no keys then, some deliver them twice: without this, the Enter that accepts a word
//! could send a message or submit a form. Every field is in such a guard, so it also lets carets rest.

use iced::advanced::layout::{self, Layout};
use iced::advanced::widget::{Operation, Tree, Widget, tree};
use iced::advanced::{Clipboard, Shell, input_method, mouse, overlay, renderer};
use iced::{Event, Length, Rectangle, Size, Vector, keyboard, window};

use super::caret::Caret;
use super::{Element, focus};
use crate::theme::Theme;

struct Guard<'a, Message> {
    content: Element<'a, Message>,
}

/// Guards the field in `content`.
pub fn guard<'a, Message: 'a>(content: impl Into<Element<'a, Message>>) -> Element<'a, Message> {
    Element::new(Guard { content: content.into() })
}

#[derive(Default)]
struct State {
    composing: bool,
    caret: Caret,
}

impl<Message> Widget<Message, Theme, iced::Renderer> for Guard<'_, Message> {
    fn tag(&self) -> tree::Tag {
        tree::Tag::of::<State>()
    }

    fn state(&self) -> tree::State {
        tree::State::new(State::default())
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
        let (state, child) = (&mut tree.state, &mut tree.children[0]);
        let state = state.downcast_mut::<State>();
        let content = self.content.as_widget_mut();
        if state.caret.rests(event) {
            // To the field the window has just got the keyboard: its caret is lit. The next blink is not asked for.
            let asked = shell.redraw_request();
            let lit = Event::Window(window::Event::Focused);
            for event in [&lit, event] {
                content.update(child, event, layout, cursor, renderer, clipboard, shell, viewport);
            }
            Shell::replace_redraw_request(shell, asked);
            return;
        }
        match event {
            Event::InputMethod(event) => {
                state.composing = matches!(event, input_method::Event::Preedit(text, _) if !text.is_empty());
            }
            Event::Keyboard(keyboard::Event::KeyPressed { .. })
                if state.composing
                    && focus::any_focused(|op| content.operate(child, layout, renderer, op)) =>
            {
                shell.capture_event();
                return;
            }
            _ => {}
        }
        content.update(child, event, layout, cursor, renderer, clipboard, shell, viewport);
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
        let tree = &mut tree.children[0];
        self.content.as_widget_mut().overlay(tree, layout, renderer, viewport, translation)
    }
}
