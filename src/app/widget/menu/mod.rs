//! Context menus: items with icon, keys, check mark, danger, reason why not, and one level of submenus.
//!
//! A menu is a [`Layer`]: it stays inside the window, takes the keyboard (arrows, Home, End, Enter, first
//! letters; Right and Left for submenus), closes on Escape and on a click outside, and gives the focus back.
//! Choosing an item first produces the close message, then the item's.
//!
//! ```ignore
//! menu::layer(at, Message::CloseMenu, vec![
//!     Item::new(fl!("reply"), Message::Reply(id)).icon(Icon::Reply).keys("R").into(),
//!     Entry::Separator,
//!     Item::new(fl!("delete"), Message::Delete(id)).icon(Icon::Trash).danger().into(),
//! ])
//! ```

#[cfg(test)]
mod tests;
mod widget;

use iced::{Point, Rectangle, Size};

use super::icon::Icon;
use super::layers::Layer;
use widget::Menu;

/// One line of a menu.
#[derive(Debug, Clone)]
pub enum Entry<Message> {
    /// Something to choose.
    Item(Item<Message>),
    /// A hairline.
    Separator,
    /// A heading that cannot be chosen.
    Heading(String),
}

/// Something to choose in a menu.
#[derive(Debug, Clone)]
pub struct Item<Message> {
    label: String,
    action: Action<Message>,
    icon: Option<Icon>,
    keys: Option<String>,
    checked: bool,
    danger: bool,
}

#[derive(Debug, Clone)]
enum Action<Message> {
    Choose(Message),
    Open(Vec<Entry<Message>>),
    /// Why it cannot be chosen.
    Unavailable(Option<String>),
}

impl<Message> Item<Message> {
    fn with(label: impl Into<String>, action: Action<Message>) -> Self {
        Self { label: label.into(), action, icon: None, keys: None, checked: false, danger: false }
    }

    /// An item that produces a message.
    pub fn new(label: impl Into<String>, message: Message) -> Self {
        Self::with(label, Action::Choose(message))
    }

    /// An item that opens more items beside it.
    pub fn submenu(label: impl Into<String>, entries: Vec<Entry<Message>>) -> Self {
        Self::with(label, Action::Open(entries))
    }

    /// A greyed item that says why.
    pub fn unavailable(label: impl Into<String>, reason: Option<String>) -> Self {
        Self::with(label, Action::Unavailable(reason))
    }

    /// A picture before the words.
    pub fn icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }

    /// The keys that do the same.
    pub fn keys(mut self, keys: impl Into<String>) -> Self {
        self.keys = Some(keys.into());
        self
    }

    /// Whether it is in force now.
    pub fn checked(mut self, checked: bool) -> Self {
        self.checked = checked;
        self
    }

    /// Deletes or leaves.
    pub fn danger(mut self) -> Self {
        self.danger = true;
        self
    }
}

impl<Message> From<Item<Message>> for Entry<Message> {
    fn from(item: Item<Message>) -> Self {
        Self::Item(item)
    }
}

/// A menu at a point (right click).
pub fn layer<'a, Message: Clone + 'a>(
    at: Point,
    on_close: Message,
    entries: Vec<Entry<Message>>,
) -> Layer<'a, Message> {
    layer_beside(Rectangle::new(at, Size::ZERO), on_close, entries)
}

/// A menu below a button (or above it).
pub fn layer_beside<'a, Message: Clone + 'a>(
    button: Rectangle,
    on_close: Message,
    entries: Vec<Entry<Message>>,
) -> Layer<'a, Message> {
    // The menu places itself, because a submenu stands beside it.
    Layer::cover(Menu::new(button, entries, on_close.clone())).on_close(on_close)
}
