//! A list row that can be pressed, chosen, focused and asked for its menu.
//!
//! ```ignore
//! list_row(content, name).selected(true).on_press(Message::Open(id)).on_context(move |at| Message::Menu(id, at))
//! ```

use iced::{Alignment, Length, Padding, border};

use super::Element;
use super::access::Role;
use super::pressable::{Look, Pressable, Status};
use crate::theme::Theme;
use crate::theme::tokens::radius;

/// A row as wide as the list, with a rounded ground when hovered or chosen. `name` is what a screen reader
/// says.
pub fn list_row<'a, Message: Clone + 'a>(
    content: impl Into<Element<'a, Message>>,
    name: impl Into<String>,
) -> Pressable<'a, Message> {
    Pressable::new(content, Role::ListItem, name, look(true))
        .width(Length::Fill)
        .align_x(Alignment::Start)
        .padding(Padding::from([0.0, 12.0]))
}

/// A row of the timeline: never tinted on hover; it can be focused by the arrow keys and has a toolbar.
pub fn message_row<'a, Message: Clone + 'a>(
    content: impl Into<Element<'a, Message>>,
    name: impl Into<String>,
) -> Pressable<'a, Message> {
    Pressable::new(content, Role::ListItem, name, look(false)).width(Length::Fill).align_x(Alignment::Start)
}

fn look(tinted: bool) -> impl Fn(&Theme, Status) -> Look {
    move |theme, status| {
        let p = theme.palette();
        let background = match (tinted, status.selected, status.hovered) {
            (true, true, _) => Some(p.selected),
            (true, false, true) => Some(p.hover),
            _ => None,
        };
        let mut outline = border::rounded(radius::CARD);
        if status.selected && tinted {
            outline = outline.width(super::button::edge(p.selected_border)).color(p.selected_border);
        }
        Look { background, text: None, border: outline }
    }
}
