//! Wraps anything so that it reports more to operations: a role and a name, or that it is a region.

use iced::advanced::layout::{self, Layout};
use iced::advanced::widget::{Id, Operation, Tree, Widget, tree};
use iced::advanced::{Clipboard, Shell, mouse, overlay, renderer};
use iced::{Event, Length, Rectangle, Size, Vector};

use super::Element;
use super::access::{Node, Role};
use super::focus::WithoutFocus;
use super::region::Mark;
use crate::theme::Theme;

/// What is reported.
pub(super) enum Report {
    /// Role and name.
    Node(Node),
    /// What is written in a field that reports only its focus; nothing can be focused in a disabled one.
    Field {
        /// Role and name.
        node: Node,
        /// The id of the field.
        id: Option<Id>,
        /// What is written.
        text: String,
    },
    /// Where a region begins and ends.
    Region,
}

/// A widget that behaves as its content and reports more.
pub(super) struct Reporting<'a, Message> {
    content: Element<'a, Message>,
    report: Report,
}

impl<'a, Message> Reporting<'a, Message> {
    pub(super) fn new(content: impl Into<Element<'a, Message>>, report: Report) -> Self {
        Self { content: content.into(), report }
    }
}

/// Gives a role and a name (for tests and screen readers) to a widget that reports neither.
pub fn named<'a, Message: 'a>(
    content: impl Into<Element<'a, Message>>,
    role: Role,
    name: impl Into<String>,
) -> Element<'a, Message> {
    Element::new(Reporting::new(content, Report::Node(Node::new(role, name))))
}

impl<Message> Widget<Message, Theme, iced::Renderer> for Reporting<'_, Message> {
    fn tag(&self) -> tree::Tag {
        self.content.as_widget().tag()
    }

    fn state(&self) -> tree::State {
        self.content.as_widget().state()
    }

    fn children(&self) -> Vec<Tree> {
        self.content.as_widget().children()
    }

    fn diff(&self, tree: &mut Tree) {
        self.content.as_widget().diff(tree);
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
        self.content.as_widget_mut().layout(tree, renderer, limits)
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
        content.update(tree, event, layout, cursor, renderer, clipboard, shell, viewport);
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
        self.content.as_widget().draw(tree, renderer, theme, style, layout, cursor, viewport);
    }

    fn mouse_interaction(
        &self,
        tree: &Tree,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        viewport: &Rectangle,
        renderer: &iced::Renderer,
    ) -> mouse::Interaction {
        self.content.as_widget().mouse_interaction(tree, layout, cursor, viewport, renderer)
    }

    fn operate(
        &mut self,
        tree: &mut Tree,
        layout: Layout<'_>,
        renderer: &iced::Renderer,
        operation: &mut dyn Operation,
    ) {
        let content = self.content.as_widget_mut();
        match &self.report {
            Report::Node(node) => {
                node.clone().report(operation, None, layout.bounds());
                content.operate(tree, layout, renderer, operation);
            }
            Report::Field { node, id, text } => {
                node.clone().report(operation, id.as_ref(), layout.bounds());
                operation.text(None, layout.bounds(), text);
                if node.disabled {
                    content.operate(tree, layout, renderer, &mut WithoutFocus(operation));
                } else {
                    content.operate(tree, layout, renderer, operation);
                }
            }
            Report::Region => {
                operation.custom(None, layout.bounds(), &mut Mark::Begin);
                content.operate(tree, layout, renderer, operation);
                operation.custom(None, layout.bounds(), &mut Mark::End);
            }
        }
    }

    fn overlay<'b>(
        &'b mut self,
        tree: &'b mut Tree,
        layout: Layout<'b>,
        renderer: &iced::Renderer,
        viewport: &Rectangle,
        translation: Vector,
    ) -> Option<overlay::Element<'b, Message, Theme, iced::Renderer>> {
        self.content.as_widget_mut().overlay(tree, layout, renderer, viewport, translation)
    }
}
