//! What every field to type in is guarded by.
//!
//! Keys are kept from it while the input method shows an unfinished word: most platforms deliver none then, some
//! deliver them twice, and the Enter that accepts a word could send a message or submit a form. Its caret rests
//! when nobody types. A single line gets what iced's lacks besides (`line`).

use iced::advanced::{Shell, input_method};
use iced::{Event, keyboard, window};

use super::Element;
use super::caret::Caret;
use super::line::{History, Line};
use super::wrap::{Hooks, Inside, wrap};

struct Guard<'a, Message> {
    line: Option<Line<'a, Message>>,
}

/// Guards the field in `content`.
pub fn guard<'a, Message: 'a>(content: impl Into<Element<'a, Message>>) -> Element<'a, Message> {
    wrap(content, Guard { line: None })
}

/// Guards the single line in `content`.
pub(super) fn guard_line<'a, Message: 'a>(
    content: impl Into<Element<'a, Message>>,
    line: Line<'a, Message>,
) -> Element<'a, Message> {
    wrap(content, Guard { line: Some(line) })
}

#[derive(Default)]
struct State {
    composing: bool,
    caret: Caret,
    history: History,
}

impl<Message> Hooks<Message> for Guard<'_, Message> {
    type State = State;

    fn update(
        &self,
        state: &mut State,
        event: &Event,
        shell: &mut Shell<'_, Message>,
        content: &mut Inside<'_, Message>,
    ) {
        if state.caret.rests(event) {
            // To the field the window has just got the keyboard: its caret is lit. The next blink is not asked for.
            let asked = shell.redraw_request();
            content.update(&Event::Window(window::Event::Focused), shell);
            content.update(event, shell);
            Shell::replace_redraw_request(shell, asked);
            return;
        }
        if let Some(line) = &self.line {
            line.note(&mut state.history);
        }
        match event {
            Event::InputMethod(event) => {
                state.composing = matches!(event, input_method::Event::Preedit(text, _) if !text.is_empty());
            }
            Event::Keyboard(keyboard::Event::KeyPressed { key, physical_key, modifiers, .. }) => {
                if state.composing && content.has_focus() {
                    shell.capture_event();
                    return;
                }
                if let Some(line) = &self.line {
                    if Line::<Message>::leaves(key) {
                        return;
                    }
                    if let Some(wish) = line.wish(key, *physical_key, *modifiers)
                        && content.has_focus()
                    {
                        shell.capture_event();
                        if let Some(message) = line.fulfil(wish, &mut state.history) {
                            shell.publish(message);
                        }
                        return;
                    }
                }
            }
            _ => {}
        }
        content.update(event, shell);
    }
}
