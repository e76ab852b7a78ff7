//! When the caret of a field stops blinking.
//!
//! Each blink is a frame. Who has not touched anything for a while needs none of them: the caret stands still,
//! lit, until the next key or click, and an app that is left alone draws nothing.

use std::time::{Duration, Instant};

use iced::{Event, mouse, window};

/// A caret blinks for this long after the last key or click, as in other programs (GTK).
const BLINKS: Duration = Duration::from_secs(10);

/// What the caret of one field has seen.
#[derive(Debug, Clone, Copy, Default)]
pub struct Caret {
    touched: Option<Instant>,
    /// The window does not have the keyboard.
    away: bool,
}

impl Caret {
    /// Takes notice of an event. True for a frame in which the caret stands still.
    pub fn rests(&mut self, event: &Event) -> bool {
        match event {
            Event::Window(window::Event::RedrawRequested(now)) => {
                let touched = *self.touched.get_or_insert(*now);
                return !self.away && now.saturating_duration_since(touched) >= BLINKS;
            }
            Event::Window(window::Event::Unfocused) => self.away = true,
            Event::Window(window::Event::Focused) => {
                self.away = false;
                self.touched = Some(Instant::now());
            }
            Event::Keyboard(_) | Event::InputMethod(_) | Event::Mouse(mouse::Event::ButtonPressed(_)) => {
                self.touched = Some(Instant::now());
            }
            _ => {}
        }
        false
    }
}
