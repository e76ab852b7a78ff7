//! What a widget is and what it is called: for tests now, for an accessibility tree later.
//!
//! iced has no accessibility of its own. Every widget here reports a [`Node`] through
//! `Operation::custom`, directly before it reports that it can be focused, so that one operation can
//! collect both.

use iced::Rectangle;
use iced::advanced::widget::{Id, Operation};

/// The kind of thing a widget is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Role {
    Button,
    Link,
    ListItem,
    Tab,
    Switch,
    TextField,
    Menu,
    MenuItem,
    Dialog,
    Image,
    Status,
    Alert,
    List,
}

/// One entry of the accessibility tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// What it is.
    pub role: Role,
    /// What it is called, in the current language.
    pub name: String,
    /// Whether it is the chosen or pressed-in one of its kind.
    pub selected: bool,
    /// Whether it cannot be used now.
    pub disabled: bool,
}

impl Node {
    /// An enabled, unselected thing.
    pub fn new(role: Role, name: impl Into<String>) -> Self {
        Self { role, name: name.into(), selected: false, disabled: false }
    }

    /// Hands the node to an operation.
    pub fn report(mut self, operation: &mut dyn Operation, id: Option<&Id>, bounds: Rectangle) {
        operation.custom(id, bounds, &mut self);
    }
}
