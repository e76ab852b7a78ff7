//! Content that only shows: whatever is in it, a press anywhere on it is one and the same.
//!
//! ```ignore
//! still(bubble, |shift| Message::Choose(id, shift))
//! ```

use iced::advanced::{Shell, mouse};
use iced::{Event, keyboard};

use super::Element;
use super::wrap::{Hooks, Inside, wrap};

struct Still<F>(F);

/// Content that only shows; the message of a press on it, which is told whether Shift is held.
pub fn still<'a, Message: 'a>(
    content: impl Into<Element<'a, Message>>,
    on_press: impl Fn(bool) -> Message + 'a,
) -> Element<'a, Message> {
    wrap(content, Still(on_press))
}

#[derive(Default)]
struct State {
    /// Shift is held.
    shift: bool,
    /// It was pressed and not let go yet.
    pressed: bool,
}

impl<Message, F: Fn(bool) -> Message> Hooks<Message> for Still<F> {
    type State = State;

    fn update(
        &self,
        state: &mut State,
        event: &Event,
        shell: &mut Shell<'_, Message>,
        content: &mut Inside<'_, Message>,
    ) {
        match event {
            Event::Keyboard(keyboard::Event::ModifiersChanged(modifiers)) => state.shift = modifiers.shift(),
            Event::Mouse(mouse::Event::ButtonPressed(mouse::Button::Left)) if content.is_under_pointer() => {
                state.pressed = true;
                shell.capture_event();
            }
            Event::Mouse(mouse::Event::ButtonReleased(mouse::Button::Left))
                if std::mem::take(&mut state.pressed) && content.is_under_pointer() =>
            {
                shell.publish((self.0)(state.shift));
                shell.capture_event();
            }
            _ => {}
        }
    }

    fn interaction(&self) -> Option<mouse::Interaction> {
        Some(mouse::Interaction::Pointer)
    }
}
