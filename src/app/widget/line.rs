//! What a single line to type in needs beyond iced's: undo, keys that its surroundings want first, and an Escape
//! that closes what it stands in.
//!
//! iced's input takes Escape to give up the keyboard, so that a dialog would need a second one; and it has no
//! history. Here Ctrl+Z takes the last change back, Ctrl+Shift+Z and Ctrl+Y bring it again.

use std::rc::Rc;
use std::time::{Duration, Instant};

use iced::keyboard::key::{Named, Physical};
use iced::keyboard::{Key, Modifiers};

/// Changes further apart than this are taken back one by one.
const PAUSE: Duration = Duration::from_millis(1_500);
/// How many steps can be taken back.
const DEPTH: usize = 100;

/// Asked first for every key pressed in the line; a message takes the key.
pub(super) type OnKey<'a, Message> = Box<dyn Fn(&Key, Modifiers) -> Option<Message> + 'a>;

/// What iced's input lacks; [`super::ime`] does it.
pub(super) struct Line<'a, Message> {
    /// What it holds.
    pub(super) value: &'a str,
    /// Changes it; none where nothing is remembered (passwords) or can be changed.
    pub(super) on_input: Option<Rc<dyn Fn(String) -> Message + 'a>>,
    /// What its surroundings want first.
    pub(super) on_key: Option<OnKey<'a, Message>>,
}

/// The values before and after, newest last.
#[derive(Default)]
pub(super) struct History {
    known: Option<String>,
    undo: Vec<String>,
    redo: Vec<String>,
    /// When it grew (true) or shrank last.
    last: Option<(bool, Instant)>,
}

impl History {
    /// Notes the value as it is now; what is typed without a pause is one step for each word.
    fn note(&mut self, value: &str) {
        let Some(known) = &self.known else {
            self.known = Some(value.to_owned());
            return;
        };
        if known == value {
            return;
        }
        let (grows, now) = (value.len() > known.len(), Instant::now());
        let goes_on = self.last.is_some_and(|(grew, at)| grew == grows && now.duration_since(at) < PAUSE);
        if !goes_on || (grows && known.ends_with(' ')) {
            self.undo.push(known.clone());
            if self.undo.len() > DEPTH {
                self.undo.remove(0);
            }
        }
        self.redo.clear();
        self.last = Some((grows, now));
        self.known = Some(value.to_owned());
    }

    /// One step back, or forward again.
    fn travel(&mut self, back: bool) -> Option<String> {
        let target = if back { self.undo.pop() } else { self.redo.pop() }?;
        let here = self.known.replace(target.clone()).unwrap_or_default();
        if back {
            self.redo.push(here);
        } else {
            self.undo.push(here);
        }
        self.last = None;
        Some(target)
    }
}

/// Whether a chord takes back (true) or brings again.
fn travels(key: &Key, physical: Physical, modifiers: Modifiers) -> Option<bool> {
    if !modifiers.command() || modifiers.alt() {
        return None;
    }
    match key.to_latin(physical)? {
        'z' => Some(!modifiers.shift()),
        'y' if !modifiers.shift() => Some(false),
        _ => None,
    }
}

/// What a key asks for.
pub(super) enum Wish<Message> {
    /// Its surroundings want it.
    Publish(Message),
    /// A step back (true) or forward again.
    Travel(bool),
}

impl<Message> Line<'_, Message> {
    /// Whether a key is not for the line at all.
    pub(super) fn leaves(key: &Key) -> bool {
        *key == Key::Named(Named::Escape)
    }

    /// Takes notice of what it holds.
    pub(super) fn note(&self, history: &mut History) {
        if self.on_input.is_some() {
            history.note(self.value);
        }
    }

    /// What a key asks for, if iced's input is not to have it.
    pub(super) fn wish(&self, key: &Key, physical: Physical, modifiers: Modifiers) -> Option<Wish<Message>> {
        match self.on_key.as_ref().and_then(|on_key| on_key(key, modifiers)) {
            Some(message) => Some(Wish::Publish(message)),
            None if self.on_input.is_some() => travels(key, physical, modifiers).map(Wish::Travel),
            None => None,
        }
    }

    /// The message that does it.
    pub(super) fn fulfil(&self, wish: Wish<Message>, history: &mut History) -> Option<Message> {
        match wish {
            Wish::Publish(message) => Some(message),
            Wish::Travel(back) => Some((self.on_input.as_ref()?)(history.travel(back)?)),
        }
    }
}

#[cfg(test)]
mod tests {
    use iced::Task;

    use super::*;
    use crate::harness::{Harness, named};
    use crate::widget::Element;
    use crate::widget::field::field;

    #[allow(clippy::ptr_arg, reason = "the harness keeps a String")]
    fn view(value: &String) -> Element<'_, String> {
        crate::widget::layers::layers(
            field("Name", value, |text| text)
                .id("name")
                .on_key(|key, _| (*key == Key::Named(Named::ArrowDown)).then(|| "asked".to_owned())),
        )
        .into()
    }

    fn line() -> Harness<String, String> {
        let update = |state: &mut String, text| {
            *state = text;
            Task::none()
        };
        let mut h = Harness::new(String::new(), update, view, (300.0, 200.0));
        h.click(named("Name"));
        h
    }

    #[test]
    fn changes_are_taken_back_word_by_word() {
        let mut h = line();
        h.typewrite("the late boat");
        let steps = ["the late ", "the ", "", ""];
        for step in steps {
            h.chord("z", Modifiers::COMMAND);
            assert_eq!(h.state, step);
        }
        for step in ["the ", "the late ", "the late boat"] {
            h.chord("z", Modifiers::COMMAND | Modifiers::SHIFT);
            assert_eq!(h.state, step);
        }
        h.chord("z", Modifiers::COMMAND);
        h.typewrite("train");
        h.chord("y", Modifiers::COMMAND);
        assert_eq!(h.state, "the late train", "what is written anew ends the way forward");
    }

    #[test]
    fn its_surroundings_are_asked_first_and_escape_is_theirs() {
        let mut h = line();
        h.key(Named::ArrowDown, Modifiers::empty());
        assert_eq!(h.state, "asked");
        h.ignored.clear();
        h.key(Named::Escape, Modifiers::empty());
        assert!(!h.ignored.is_empty());
        h.typewrite("!");
        assert_ne!(h.state, "asked", "it still has the keyboard");
    }
}
