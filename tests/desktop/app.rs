//! The app in its window, used as a person who can read uses it.

use std::time::Duration;

use super::{Area, Item, Window, sight::Sight};
use crate::{
    failure::{Outcome, While},
    process::Program,
};

/// How long anything may take that a person waits for. Much more than it takes, for busy machines.
const PATIENCE: Duration = Duration::from_secs(60);

/// So long after something new was said it is drawn, even on a busy machine.
const DRAWN: Duration = Duration::from_secs(1);

/// A running app with its window.
pub struct App {
    /// The process.
    pub program: Program,
    /// Its main window.
    pub window: Window,
    pub(super) sight: Sight,
}

impl App {
    /// Waits until a text with `part` in it can be read.
    pub fn reads(&self, part: &str) -> Outcome<Area> {
        let what = format!("the text {part:?}");
        self.place(&what, |item| is_text(item) && item.text.contains(part))
    }

    /// Waits until a message with `part` in it can be read: not the line about it in the list of conversations,
    /// which comes before.
    pub fn reads_message(&self, part: &str) -> Outcome {
        self.message(part).map(drop)
    }

    fn message(&self, part: &str) -> Outcome<Item> {
        self.sight.until(&format!("the message {part:?}"), PATIENCE, |items| {
            let timeline = items.iter().rposition(|item| item.kind == "list")?;
            let mut messages = items[timeline..].iter();
            messages.rfind(|item| item.kind == "text" && item.text.contains(part)).cloned()
        })
    }

    /// Waits until everything is shown at this zoom.
    pub fn zoomed(&self, zoom: f32) -> Outcome {
        self.sight.until_scale(zoom, PATIENCE)
    }

    /// Waits until what the app says is on screen is drawn, and nothing more is drawn for `quiet`.
    pub fn until_settled(&self, quiet: Duration) -> Outcome {
        loop {
            let said = self.sight.when();
            if let Some(said) = said {
                // What changed may be drawn as before, or have been drawn already: then nothing follows.
                self.window.until_drawn_since(said, said + DRAWN)?;
            }
            self.window.until_quiet(quiet, PATIENCE)?;
            if self.sight.when() == said {
                return Ok(());
            }
        }
    }

    /// Waits for a control whose name contains `name`.
    pub fn control(&self, name: &str) -> Outcome<Area> {
        self.place(&format!("the control {name:?}"), |item| is_control(item) && item.text.contains(name))
    }

    /// Waits for a field with this name.
    pub fn field(&self, name: &str) -> Outcome<Area> {
        self.place(&format!("the field {name:?}"), |item| item.kind == "text_field" && item.text == name)
    }

    /// Waits until something is marked with these words: a tick, a badge.
    pub fn marked(&self, name: &str) -> Outcome<Area> {
        self.place(&format!("the mark {name:?}"), |item| item.text == name)
    }

    /// Waits until the title of the window has `part` in it.
    pub fn title_with(&self, part: &str) -> Outcome {
        self.window
            .until(&format!("{part:?} in the title"), PATIENCE, |window| Ok(window.title()?.contains(part)))
    }

    /// Waits for a text with `part` in it, and reads all of it.
    pub fn text_with(&self, part: &str) -> Outcome<String> {
        self.sight.until(&format!("the text {part:?}"), PATIENCE, |items| {
            items.iter().find(|item| is_text(item) && item.text.contains(part)).map(|item| item.text.clone())
        })
    }

    /// Waits until no text with `part` in it can be read any more.
    pub fn reads_no_more(&self, part: &str) -> Outcome {
        self.sight.until(&format!("the end of the text {part:?}"), PATIENCE, |items| {
            (!items.iter().any(|item| is_text(item) && item.text.contains(part))).then_some(())
        })
    }

    /// Waits until what is on screen fulfils a condition.
    pub fn shows(&self, what: &str, is_so: impl Fn(&[Item]) -> bool) -> Outcome {
        self.sight.until(what, PATIENCE, |items| is_so(items).then_some(()))
    }

    /// Waits for a control with this name that can be used, and clicks it.
    pub fn press(&self, name: &str) -> Outcome {
        self.click(&format!("the control {name:?}"), 1, |item| is_control(item) && item.text == name)
    }

    /// Replaces what a field holds.
    pub fn fill(&self, name: &str, text: &str) -> Outcome {
        self.click(&format!("the field {name:?}"), 1, |item| item.kind == "text_field" && item.text == name)?;
        self.window.keys(&["ctrl+a"])?;
        self.window.text(text)
    }

    /// As [`Self::press`], of a control whose name contains `part`.
    pub fn press_containing(&self, part: &str) -> Outcome {
        self.click(&format!("a control with {part:?}"), 1, |item| {
            is_control(item) && item.text.contains(part)
        })
    }

    /// Clicks with the right button on the message with `part` in it.
    pub fn open_menu_of(&self, part: &str) -> Outcome {
        let area = self.sight.area(&self.message(part)?);
        self.window.click(area.x + area.width / 2, area.y + area.height / 2, 3)
    }

    /// Clicks on the item that `is_it`, once it is there.
    pub fn click(&self, what: &str, button: u8, is_it: impl Fn(&Item) -> bool) -> Outcome {
        let area = self.place(what, is_it)?;
        self.window.click(area.x + area.width / 2, area.y + area.height / 2, button)
    }

    /// Waits until something has the keyboard.
    pub fn has_focus(&self) -> Outcome<Area> {
        self.place("anything with the focus", |item| item.kind == "focus")
    }

    /// Types a text at the keyboard's place.
    pub fn text(&self, text: &str) -> Outcome {
        self.window.text(text)
    }

    /// Presses keys, one chord after the other.
    pub fn keys(&self, chords: &[&str]) -> Outcome {
        self.window.keys(chords)
    }

    /// Closes the window as its close button does, and waits for the process to end.
    pub fn close(mut self) -> Outcome {
        self.window.close()?;
        let status = self.program.end(PATIENCE)?;
        status.success().then_some(()).doing(format_args!("the app ended with {status}"))
    }

    /// Of several the last: what is in front, and further to the right, comes later.
    fn place(&self, what: &str, is_it: impl Fn(&Item) -> bool) -> Outcome<Area> {
        let item =
            self.sight.until(what, PATIENCE, |items| items.iter().rfind(|item| is_it(item)).cloned())?;
        Ok(self.sight.area(&item))
    }
}

fn is_text(item: &Item) -> bool {
    item.kind == "text" || item.kind == "input"
}

fn is_control(item: &Item) -> bool {
    !is_text(item) && item.kind != "focus" && !item.disabled
}
