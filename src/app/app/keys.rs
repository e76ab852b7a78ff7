//! From key presses that no widget took to named actions.

use iced::advanced::widget::operation::{Focusable, Outcome};
use iced::advanced::widget::{Id, Operation, operate};
use iced::keyboard::{Key, Modifiers};
use iced::{Rectangle, Task};

use super::events::Press;
use super::{App, Message, Stage};
use crate::keymap::{self, Action, Place};
use crate::theme::tokens::ZOOM;
use crate::widget::region;

/// What has the keyboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Focus {
    /// Nothing.
    Nothing,
    /// Something, with its id where it has one.
    Something(Option<Id>),
}

impl App {
    /// A key was pressed that no widget took.
    pub(super) fn press(&mut self, press: Press) -> Task<Message> {
        let Press { key, physical, modifiers, .. } = &press;
        if self.page.is_none()
            && let Stage::In(session) = &mut self.stage
            && let Some(effects) = session.chats.viewer_key(key, *modifiers)
        {
            return self.with_chats(|_| effects);
        }
        match keymap::find(key, *physical, *modifiers, Place::Everywhere) {
            Some(action) => self.perform(action),
            None => focused().map(move |focus| Message::Focused(press.clone(), focus)),
        }
    }

    /// The same, once it is known what has the keyboard.
    pub(super) fn press_on(&mut self, press: &Press, focus: Focus) -> Task<Message> {
        let Stage::In(session) = &mut self.stage else { return Task::none() };
        if self.page.is_some() || self.over.is_some() {
            return Task::none();
        }
        let action = keymap::find(&press.key, press.physical, press.modifiers, Place::Message);
        if action == Some(Action::Copy)
            && let Some(effects) = session.chats.copy_selection()
        {
            return self.with_chats(|_| effects);
        }
        if action == Some(Action::SelectAll) {
            return self.with_chats(|chats| chats.pick_all());
        }
        match focus {
            Focus::Something(Some(id)) => {
                let message = session.chats.message_with_row(&id);
                let (Some(action), Some(message)) = (action, message) else { return Task::none() };
                self.with_chats(|chats| chats.act_on_message(action, &message).unwrap_or_default())
            }
            Focus::Nothing => match typed(press) {
                Some(text) => self.with_chats(|chats| chats.type_text(&text)),
                None => Task::none(),
            },
            Focus::Something(None) => Task::none(),
        }
    }

    /// Does a named action.
    pub(super) fn perform(&mut self, action: Action) -> Task<Message> {
        match action {
            Action::Quit => return self.quit(),
            Action::ZoomIn | Action::ZoomOut | Action::ZoomReset => return self.zoom_by(action),
            Action::NextRegion => return region::cycle(true),
            Action::PreviousRegion => return region::cycle(false),
            _ => {}
        }
        let Stage::In(session) = &self.stage else { return Task::none() };
        if action == Action::Close && self.page.is_some() {
            return self.escape_page();
        }
        // What is asked in the middle of the window is answered first.
        if session.chats.is_blocked() && self.page.is_none() && action != Action::Close {
            return Task::none();
        }
        match action {
            Action::QuickSwitcher => self.open_switcher(),
            Action::Shortcuts => self.open_shortcuts(),
            Action::Settings => self.open_settings(crate::screen::settings::Page::default()),
            Action::Contacts => self.open_directory(),
            other => {
                self.over = None;
                let uncover = self.uncover();
                let task = self.with_chats(|chats| chats.act_on(other).unwrap_or_default());
                Task::batch([uncover, task])
            }
        }
    }

    fn zoom_by(&mut self, action: Action) -> Task<Message> {
        let zoom = match action {
            Action::ZoomIn => self.settings.zoom + 0.1,
            Action::ZoomOut => self.settings.zoom - 0.1,
            _ => ZOOM.1,
        };
        self.set_zoom(zoom);
        self.show_settings();
        self.save_soon()
    }
}

/// What a key types, if it types something that can be seen.
fn typed(press: &Press) -> Option<String> {
    let plain = press.modifiers.difference(Modifiers::SHIFT).is_empty();
    let text = press.text.as_ref().filter(|_| plain && matches!(press.key, Key::Character(_)))?;
    (!text.chars().any(char::is_control)).then(|| text.clone())
}

/// Finds what has the keyboard.
fn focused() -> Task<Focus> {
    struct Find(Focus);
    impl Operation<Focus> for Find {
        fn traverse(&mut self, operate: &mut dyn FnMut(&mut dyn Operation<Focus>)) {
            operate(self);
        }
        fn focusable(&mut self, id: Option<&Id>, _: Rectangle, state: &mut dyn Focusable) {
            if state.is_focused() {
                self.0 = Focus::Something(id.cloned());
            }
        }
        fn finish(&self) -> Outcome<Focus> {
            Outcome::Some(self.0.clone())
        }
    }
    operate(Find(Focus::Nothing))
}

#[cfg(test)]
mod tests {
    use iced::keyboard::key::{Named, NativeCode, Physical};

    use super::*;

    fn press(key: Key, modifiers: Modifiers, text: &str) -> Press {
        let physical = Physical::Unidentified(NativeCode::Unidentified);
        let window = iced::window::Id::unique();
        Press { window, key, physical, modifiers, text: Some(text.to_owned()) }
    }

    #[test]
    fn what_types() {
        let letter = |modifiers, text: &str| typed(&press(Key::Character(text.into()), modifiers, text));
        assert_eq!(letter(Modifiers::empty(), "a").as_deref(), Some("a"));
        assert_eq!(letter(Modifiers::SHIFT, "A").as_deref(), Some("A"));
        assert_eq!(letter(Modifiers::CTRL, "a"), None);
        assert_eq!(typed(&press(Key::Named(Named::Enter), Modifiers::empty(), "\r")), None);
    }
}
