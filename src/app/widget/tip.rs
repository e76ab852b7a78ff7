//! Tooltips: the name of what the pointer or the keyboard is on and, greyed, the keys that do the same.
//!
//! iced's tooltip opens for the pointer only. Around something that shows the ring of the keyboard it is told
//! that the pointer is there, and what is inside of it is told the truth.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use iced::advanced::{Shell, mouse};
use iced::widget::tooltip::{Position, Tooltip};
use iced::widget::{container, row, text};
use iced::{Event, window};

use super::Element;
use super::wrap::{Hooks, Inside, wrap};
use crate::theme::tokens::{SMALL, motion, size, space};
use crate::theme::{font, style};

/// A tooltip for the pointer.
pub fn with_tip<'a, Message: 'a>(
    content: impl Into<Element<'a, Message>>,
    name: impl Into<String>,
    keys: Option<String>,
    position: Position,
) -> Element<'a, Message> {
    let mut words: super::Row<'a, Message> = row![text(name.into()).size(SMALL.size)].spacing(space::S);
    if let Some(keys) = keys {
        words = words.push(text(keys).size(SMALL.size).font(font::MEDIUM));
    }
    Tooltip::new(
        content,
        container(words).padding([space::XS, space::S]).max_width(size::MENU_MAX).style(style::tooltip),
        position,
    )
    .gap(space::XS)
    .delay(Duration::from_millis(motion::TOOLTIP_DELAY))
    .into()
}

/// A tooltip for the pointer and the keyboard.
pub(super) fn tip_for_both<'a, Message: 'a>(
    content: impl Into<Element<'a, Message>>,
    name: impl Into<String>,
    keys: Option<String>,
    position: Position,
) -> Element<'a, Message> {
    let pointer = Rc::new(Cell::new(mouse::Cursor::Unavailable));
    let content = wrap(content, Truth(Rc::clone(&pointer)));
    wrap(with_tip(content, name, keys, position), Pretence(pointer))
}

/// Keeps where the pointer is, and says that it is here while the keyboard is.
struct Pretence(Rc<Cell<mouse::Cursor>>);

impl<Message> Hooks<Message> for Pretence {
    type State = ();

    fn update(
        &self,
        (): &mut (),
        event: &Event,
        shell: &mut Shell<'_, Message>,
        content: &mut Inside<'_, Message>,
    ) {
        self.0.set(content.cursor);
        // The events on which a tooltip opens and closes.
        let is_asked = matches!(event, Event::Mouse(_) | Event::Window(window::Event::RedrawRequested(_)));
        if is_asked && content.shows_ring() {
            content.cursor = mouse::Cursor::Available(content.layout.bounds().center());
        }
        content.update(event, shell);
    }
}

/// Says where the pointer is.
struct Truth(Rc<Cell<mouse::Cursor>>);

impl<Message> Hooks<Message> for Truth {
    type State = ();

    fn update(
        &self,
        (): &mut (),
        event: &Event,
        shell: &mut Shell<'_, Message>,
        content: &mut Inside<'_, Message>,
    ) {
        content.cursor = self.0.get();
        content.update(event, shell);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use iced::Task;
    use iced::keyboard::{Modifiers, key::Named};
    use iced::window::RedrawRequest;

    use super::*;
    use crate::harness::{Harness, named};
    use crate::theme::tokens;
    use crate::widget::button::icon_button;
    use crate::widget::icon::Icon;
    use crate::widget::layers::layers;

    fn view(_: &u32) -> Element<'_, ()> {
        let one = icon_button(Icon::Search, "Search").on_press(());
        let other = icon_button(Icon::Close, "Close").on_press(());
        layers(row![one, other].spacing(200.0)).into()
    }

    fn page() -> Harness<u32, ()> {
        let press = |presses: &mut u32, ()| {
            *presses += 1;
            Task::none()
        };
        Harness::new(0, press, view, (400.0, 120.0))
    }

    /// Until the frame that was asked for, as the window does.
    fn next_frame(h: &mut Harness<u32, ()>) {
        let RedrawRequest::At(when) = h.redraw else { panic!("no frame is asked for: {:?}", h.redraw) };
        std::thread::sleep(when.saturating_duration_since(Instant::now()));
        h.settle();
    }

    fn tip_below(h: &mut Harness<u32, ()>, name: &str) -> bool {
        let place = h.place(named(name));
        let ground = tokens::LIGHT.tooltip.into_rgba8();
        let picture = h.picture(1.0);
        let (left, right) = (place.x as u32, (place.x + place.width) as u32);
        (left..right).any(|x| (place.y as u32 + place.height as u32..110).any(|y| picture.at(x, y) == ground))
    }

    #[test]
    fn the_keyboard_shows_it_and_takes_it_along() {
        let mut h = page();
        h.key(Named::Tab, Modifiers::empty());
        assert!(!tip_below(&mut h, "Search"), "who only passes by sees none");
        next_frame(&mut h);
        assert!(tip_below(&mut h, "Search"));
        h.key(Named::Tab, Modifiers::empty());
        assert!(!tip_below(&mut h, "Search"));
        next_frame(&mut h);
        assert!(tip_below(&mut h, "Close"));
        // The pointer is somewhere else all the time: a click there presses nothing.
        h.click_at((200.0, 100.0));
        assert_eq!(h.state, 0);
        assert!(!tip_below(&mut h, "Close"), "a click elsewhere takes the keyboard away");
    }
}
