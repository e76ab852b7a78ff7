//! What covers the conversations (settings, directory) and what floats over everything (quick switcher, list
//! of keys).

use hallway_protocol::ConversationId;
use iced::{Size, Task};

use super::{App, Message, Stage};
use crate::screen::chats::composer::COMPOSER;
use crate::screen::directory::{self, Directory};
use crate::screen::settings::{self, Settings};
use crate::screen::shortcuts::{self, Shortcuts};
use crate::screen::switcher::{self, Switcher};
use crate::theme::tokens;
use crate::widget::focus;
use crate::widget::layers::Layer;
use crate::{i18n, keymap};

/// Share of the height the quick switcher hangs from.
const SWITCHER_AT: f32 = 0.2;

/// A screen over the conversations.
pub enum Page {
    /// Settings.
    Settings(Box<Settings>),
    /// People.
    Directory(Box<Directory>),
}

/// A dialog of the whole app.
pub enum Over {
    /// Quick switcher.
    Switcher(Switcher),
    /// List of keys.
    Shortcuts(Shortcuts),
}

impl App {
    /// What floats over everything.
    pub(super) fn over_layer(&self) -> Option<Layer<'_, Message>> {
        let Stage::In(session) = &self.stage else { return None };
        Some(match self.over.as_ref()? {
            Over::Switcher(switcher) => {
                let view =
                    switcher.view(session.chats.list().all(), keymap::Action::ALL).map(Message::Switcher);
                Layer::top(SWITCHER_AT, view)
                    .initial(switcher::LINE)
                    .on_close(Message::Switcher(switcher::Message::Close))
            }
            Over::Shortcuts(shortcuts) => Layer::modal(shortcuts.view().map(Message::Shortcuts))
                .initial(shortcuts::SEARCH)
                .on_close(Message::Shortcuts(shortcuts::Message::Close)),
        })
    }

    /// Something covers the conversations, or no longer: what is hidden is not read.
    pub(super) fn covered(&mut self) -> Task<Message> {
        let seen = self.focused && self.page.is_none();
        self.with_chats(|chats| chats.set_focused(seen))
    }

    /// Takes away what covers the conversations.
    pub(super) fn uncover(&mut self) -> Task<Message> {
        match self.page.take() {
            Some(_) => self.covered(),
            None => Task::none(),
        }
    }

    fn close_page(&mut self) -> Task<Message> {
        Task::batch([self.uncover(), focus::focus(COMPOSER)])
    }

    /// Escape on a page: what is open in it, or the page.
    pub(super) fn escape_page(&mut self) -> Task<Message> {
        if let Some(Page::Settings(settings)) = &mut self.page
            && settings.escape()
        {
            return Task::none();
        }
        self.close_page()
    }

    /// Shows a conversation, whatever covers the conversations now.
    pub(super) fn show(&mut self, id: ConversationId) -> Task<Message> {
        self.over = None;
        let uncover = self.uncover();
        Task::batch([uncover, self.with_chats(|chats| chats.show(id))])
    }

    /// Shows a message, whatever covers the conversations now.
    pub(super) fn show_message(&mut self, id: ConversationId, place: u64) -> Task<Message> {
        self.over = None;
        let uncover = self.uncover();
        Task::batch([uncover, self.with_chats(|chats| chats.show_message(id, place))])
    }

    pub(super) fn open_switcher(&mut self) -> Task<Message> {
        self.over = match self.over {
            Some(Over::Switcher(_)) => None,
            _ => Some(Over::Switcher(Switcher::default())),
        };
        Task::none()
    }

    pub(super) fn open_shortcuts(&mut self) -> Task<Message> {
        self.over = match self.over {
            Some(Over::Shortcuts(_)) => None,
            _ => Some(Over::Shortcuts(Shortcuts::default())),
        };
        Task::none()
    }

    pub(super) fn in_switcher(&mut self, message: switcher::Message) -> Task<Message> {
        let (Stage::In(session), Some(Over::Switcher(switcher))) = (&self.stage, &mut self.over) else {
            return Task::none();
        };
        let effects = switcher.update(message, session.chats.list().all(), keymap::Action::ALL);
        let client = session.client.clone();
        let mut tasks = Vec::new();
        for effect in effects {
            tasks.push(match effect {
                switcher::Effect::Action(switcher::Action::Open(id)) => self.show(id),
                switcher::Effect::Action(switcher::Action::Do(action)) => {
                    self.over = None;
                    self.perform(action)
                }
                switcher::Effect::Action(switcher::Action::Close) => {
                    self.over = None;
                    Task::none()
                }
                effect => switcher::run(effect, &client).map(Message::Switcher),
            });
        }
        Task::batch(tasks)
    }

    pub(super) fn in_shortcuts(&mut self, message: shortcuts::Message) -> Task<Message> {
        if let Some(Over::Shortcuts(shortcuts)) = &mut self.over
            && shortcuts.update(message)
        {
            self.over = None;
        }
        Task::none()
    }

    pub(super) fn open_settings(&mut self, page: settings::Page) -> Task<Message> {
        let Stage::In(session) = &self.stage else { return Task::none() };
        let client = session.client.clone();
        let (settings, effects) = Settings::open(page);
        self.over = None;
        self.page = Some(Page::Settings(Box::new(settings)));
        let mut tasks = vec![self.covered()];
        tasks.extend(effects.into_iter().map(|effect| settings::run(effect, &client).map(Message::Settings)));
        Task::batch(tasks)
    }

    pub(super) fn open_directory(&mut self) -> Task<Message> {
        let Stage::In(session) = &self.stage else { return Task::none() };
        let client = session.client.clone();
        let (directory, effects) = Directory::open();
        self.over = None;
        self.page = Some(Page::Directory(Box::new(directory)));
        let mut tasks = vec![self.covered()];
        tasks.extend(
            effects.into_iter().map(|effect| directory::run(effect, &client).map(Message::Directory)),
        );
        Task::batch(tasks)
    }

    pub(super) fn in_directory(&mut self, message: directory::Message) -> Task<Message> {
        let (Stage::In(session), Some(Page::Directory(page))) = (&self.stage, &mut self.page) else {
            return Task::none();
        };
        let effects = page.update(message);
        let client = session.client.clone();
        let mut tasks = Vec::new();
        for effect in effects {
            tasks.push(match effect {
                directory::Effect::Action(directory::Action::Open(id)) => self.show(id),
                directory::Effect::Action(directory::Action::Invite) => {
                    self.open_settings(settings::Page::Invite)
                }
                directory::Effect::Action(directory::Action::Close) => self.close_page(),
                effect => directory::run(effect, &client).map(Message::Directory),
            });
        }
        Task::batch(tasks)
    }

    pub(super) fn in_settings(&mut self, message: settings::Message) -> Task<Message> {
        let (Stage::In(session), Some(Page::Settings(page))) = (&self.stage, &mut self.page) else {
            return Task::none();
        };
        let effects = page.update(message, &session.context);
        let client = session.client.clone();
        let mut tasks = Vec::new();
        for effect in effects {
            tasks.push(match effect {
                settings::Effect::Action(action) => self.settings_action(action),
                effect => settings::run(effect, &client).map(Message::Settings),
            });
        }
        Task::batch(tasks)
    }

    fn settings_action(&mut self, action: settings::Action) -> Task<Message> {
        match action {
            settings::Action::Close => return self.close_page(),
            settings::Action::SignOut => return self.sign_out(),
            settings::Action::Theme(choice) => self.settings.theme = choice,
            settings::Action::Language(language) => {
                self.settings.language = language;
                i18n::select(self.settings.language());
                if let Stage::In(session) = &mut self.stage {
                    session.chats.language_changed();
                }
            }
            settings::Action::Zoom(zoom) => self.set_zoom(zoom),
            settings::Action::Renderer(renderer) => self.settings.renderer = renderer,
            settings::Action::Notices(choice) => self.choose_notices(choice),
            settings::Action::Log(level) => {
                self.settings.log = level;
                crate::log::set_level(level);
            }
            settings::Action::Proxy(proxy) => {
                if let Stage::In(session) = &mut self.stage {
                    session.context.proxy.clone_from(&proxy);
                    session.account.server.proxy_server = proxy;
                    self.settings.account = Some(session.account.clone());
                }
            }
        }
        self.show_settings();
        self.save_soon()
    }

    /// The settings screen shows what is in force.
    pub(super) fn show_settings(&mut self) {
        if let Stage::In(session) = &mut self.stage {
            session.context.theme = self.settings.theme;
            session.context.language = self.settings.language;
            session.context.zoom = self.settings.zoom;
            session.context.renderer = self.settings.renderer;
            session.context.notices = self.settings.notices;
            session.context.log = self.settings.log;
        }
    }

    /// Everything larger or smaller; the window stays as it is, so it holds less or more.
    pub(super) fn set_zoom(&mut self, zoom: f32) {
        let zoom = ((zoom * 10.0).round() / 10.0).clamp(tokens::ZOOM.0, tokens::ZOOM.2);
        let ratio = self.settings.zoom / zoom;
        self.settings.zoom = zoom;
        self.size = Size::new(self.size.width * ratio, self.size.height * ratio);
        self.settings.window.width = self.size.width;
        self.settings.window.height = self.size.height;
        self.resized();
    }
}
