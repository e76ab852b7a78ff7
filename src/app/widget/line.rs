//! What a single line to type in needs beyond iced's: undo, keys that its surroundings want first, and an Escape
//! that closes what it stands in.
//!
//! iced's input takes Escape to give up the keyboard, so that a dialog would need a second one; and it has no
//! history. Here Ctrl+Z takes the last change back, Ctrl+Shift+Z and Ctrl+Y bring it again.

use std::rc::Rc;
use std::time::{Duration, Instant};

use iced::advanced::layout::{self, Layout};
use iced::advanced::widget::{Operation, Tree, Widget, tree};
use iced::advanced::{Clipboard, Shell, mouse, overlay, renderer};
use iced::keyboard::{self, Key, Modifiers, key::Named};
use iced::{Event, Length, Rectangle, Size, Vector};

use super::{Element, focus};
use crate::theme::Theme;

/// Changes further apart than this are taken back one by one.
const PAUSE: Duration = Duration::from_millis(1_500);
/// How many steps can be taken back.
const DEPTH: usize = 100;

/// Asked first for every key pressed in the line; a message takes the key.
pub(super) type OnKey<'a, Message> = Box<dyn Fn(&Key, Modifiers) -> Option<Message> + 'a>;

/// iced's input and what it lacks.
pub(super) struct Line<'a, Message> {
    /// The input.
    pub(super) content: Element<'a, Message>,
    /// What it holds.
    pub(super) value: &'a str,
    /// Changes it; none where nothing is remembered (passwords) or can be changed.
    pub(super) on_input: Option<Rc<dyn Fn(String) -> Message + 'a>>,
    /// What its surroundings want first.
    pub(super) on_key: Option<OnKey<'a, Message>>,
}

/// The values before and after, newest last.
#[derive(Default)]
struct History {
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
fn travels(key: &Key, physical: keyboard::key::Physical, modifiers: Modifiers) -> Option<bool> {
    if !modifiers.command() || modifiers.alt() {
        return None;
    }
    match key.to_latin(physical)? {
        'z' => Some(!modifiers.shift()),
        'y' if !modifiers.shift() => Some(false),
        _ => None,
    }
}

impl<Message> Widget<Message, Theme, iced::Renderer> for Line<'_, Message> {
    fn tag(&self) -> tree::Tag {
        tree::Tag::of::<History>()
    }

    fn state(&self) -> tree::State {
        tree::State::new(History::default())
    }

    fn children(&self) -> Vec<Tree> {
        vec![Tree::new(&self.content)]
    }

    fn diff(&self, tree: &mut Tree) {
        tree.diff_children(std::slice::from_ref(&self.content));
    }

    fn size(&self) -> Size<Length> {
        self.content.as_widget().size()
    }

    fn layout(
        &mut self,
        tree: &mut Tree,
        renderer: &iced::Renderer,
        limits: &layout::Limits,
    ) -> layout::Node {
        self.content.as_widget_mut().layout(&mut tree.children[0], renderer, limits)
    }

    fn update(
        &mut self,
        tree: &mut Tree,
        event: &Event,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        renderer: &iced::Renderer,
        clipboard: &mut dyn Clipboard,
        shell: &mut Shell<'_, Message>,
        viewport: &Rectangle,
    ) {
        let (history, child) = (&mut tree.state, &mut tree.children[0]);
        let history = history.downcast_mut::<History>();
        let content = self.content.as_widget_mut();
        if self.on_input.is_some() {
            history.note(self.value);
        }
        if let Event::Keyboard(keyboard::Event::KeyPressed { key, physical_key, modifiers, .. }) = event {
            if *key == Key::Named(Named::Escape) {
                return;
            }
            let wanted = self.on_key.as_ref().and_then(|on_key| on_key(key, *modifiers));
            let travels = travels(key, *physical_key, *modifiers).filter(|_| self.on_input.is_some());
            if (wanted.is_some() || travels.is_some())
                && focus::any_focused(|op| content.operate(child, layout, renderer, op))
            {
                shell.capture_event();
                if let Some(message) = wanted {
                    shell.publish(message);
                } else if let (Some(on_input), Some(value)) =
                    (&self.on_input, travels.and_then(|back| history.travel(back)))
                {
                    shell.publish(on_input(value));
                }
                return;
            }
        }
        content.update(child, event, layout, cursor, renderer, clipboard, shell, viewport);
    }

    fn draw(
        &self,
        tree: &Tree,
        renderer: &mut iced::Renderer,
        theme: &Theme,
        style: &renderer::Style,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        viewport: &Rectangle,
    ) {
        self.content.as_widget().draw(&tree.children[0], renderer, theme, style, layout, cursor, viewport);
    }

    fn mouse_interaction(
        &self,
        tree: &Tree,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        viewport: &Rectangle,
        renderer: &iced::Renderer,
    ) -> mouse::Interaction {
        self.content.as_widget().mouse_interaction(&tree.children[0], layout, cursor, viewport, renderer)
    }

    fn operate(
        &mut self,
        tree: &mut Tree,
        layout: Layout<'_>,
        renderer: &iced::Renderer,
        operation: &mut dyn Operation,
    ) {
        self.content.as_widget_mut().operate(&mut tree.children[0], layout, renderer, operation);
    }

    fn overlay<'b>(
        &'b mut self,
        tree: &'b mut Tree,
        layout: Layout<'b>,
        renderer: &iced::Renderer,
        viewport: &Rectangle,
        translation: Vector,
    ) -> Option<overlay::Element<'b, Message, Theme, iced::Renderer>> {
        let tree = &mut tree.children[0];
        self.content.as_widget_mut().overlay(tree, layout, renderer, viewport, translation)
    }
}

impl<'a, Message: 'a> From<Line<'a, Message>> for Element<'a, Message> {
    fn from(line: Line<'a, Message>) -> Self {
        Element::new(line)
    }
}

#[cfg(test)]
mod tests {
    use iced::Task;

    use super::*;
    use crate::harness::{Harness, named};
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
