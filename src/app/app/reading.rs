//! The window in which a chat record is read: there for as long as a record is read, and where it was left the last time.

use iced::widget::space;
use iced::{Task, window};

use super::events::Press;
use super::{App, Message, Stage};
use crate::keymap::{self, Action, Place};
use crate::screen::chats::{self, record};
use crate::start;
use crate::widget::Element;
use crate::widget::layers::layers;

impl App {
    /// Opens the window when a record is read, closes it when none is.
    pub(super) fn settle_reading(&mut self) -> Task<Message> {
        let is_read = matches!(&self.stage, Stage::In(session) if session.chats.record_title().is_some());
        match (is_read, self.reading) {
            (true, None) => {
                let (window, open) = window::open(start::window_settings(&self.settings.record_window));
                self.reading = Some(window);
                open.discard()
            }
            (false, Some(window)) => {
                self.reading = None;
                window::close(window)
            }
            _ => Task::none(),
        }
    }

    /// Brings it before the others, where it is there already.
    pub(super) fn show_reading(&self) -> Task<Message> {
        let front = |window| Task::batch([window::minimize(window, false), window::gain_focus(window)]);
        self.reading.map_or_else(Task::none, front)
    }

    /// What is in it.
    pub(super) fn reading_view(&self) -> Element<'_, Message> {
        let Stage::In(session) = &self.stage else { return space().into() };
        let Some(record) = session.chats.record_view() else { return space().into() };
        let layer = session.chats.record_layer();
        layers(record.map(Message::Chats)).push_maybe(layer.map(|layer| layer.map(Message::Chats))).into()
    }

    /// What happens to it.
    pub(super) fn in_reading(&mut self, event: window::Event) -> Task<Message> {
        let place = &mut self.settings.record_window;
        match event {
            window::Event::Resized(size) => (place.width, place.height) = (size.width, size.height),
            window::Event::Moved(point) => place.position = Some((point.x, point.y)),
            window::Event::CloseRequested => {
                let close = chats::Message::Record(record::Message::Close);
                return self.with_chats(|chats| chats.update(close));
            }
            _ => return Task::none(),
        }
        self.save_soon()
    }

    /// A key was pressed in it that no widget took.
    pub(super) fn press_reading(&mut self, press: &Press) -> Task<Message> {
        let Press { key, physical, modifiers, .. } = press;
        match keymap::find(key, *physical, *modifiers, Place::Everywhere) {
            Some(action @ (Action::Quit | Action::ZoomIn | Action::ZoomOut | Action::ZoomReset)) => {
                self.perform(action)
            }
            _ => self.with_chats(|chats| chats.key_in_record(key, *modifiers)),
        }
    }
}
