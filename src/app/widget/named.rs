//! Wraps anything so that it reports more to operations: a role and a name, or that it is a region.

use iced::Rectangle;
use iced::advanced::widget::{Id, Operation};

use super::Element;
use super::access::{Node, Role};
use super::focus::WithoutFocus;
use super::region::Mark;
use super::wrap::{Hooks, wrap};

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

/// Gives a role and a name (for tests and screen readers) to a widget that reports neither.
pub fn named<'a, Message: 'a>(
    content: impl Into<Element<'a, Message>>,
    role: Role,
    name: impl Into<String>,
) -> Element<'a, Message> {
    wrap(content, Report::Node(Node::new(role, name)))
}

impl<Message> Hooks<Message> for Report {
    type State = ();

    fn operate(
        &self,
        bounds: Rectangle,
        operation: &mut dyn Operation,
        content: &mut dyn FnMut(&mut dyn Operation),
    ) {
        match self {
            Self::Node(node) => {
                node.clone().report(operation, None, bounds);
                content(operation);
            }
            Self::Field { node, id, text } => {
                node.clone().report(operation, id.as_ref(), bounds);
                operation.text(None, bounds, text);
                if node.disabled {
                    content(&mut WithoutFocus(operation));
                } else {
                    content(operation);
                }
            }
            Self::Region => {
                operation.custom(None, bounds, &mut Mark::Begin);
                content(operation);
                operation.custom(None, bounds, &mut Mark::End);
            }
        }
    }
}
