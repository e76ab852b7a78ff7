//! What all screens share: the window, the account, theme, language, zoom, keys, and which screen is shown.
//!
//! [`App`] is the root of the Elm architecture. Its messages are those of the screens and of the world
//! outside ([`events`]); [`keys`] turns key presses into named actions.

pub mod events;
pub mod keys;
pub mod notices;
pub mod opening;
pub mod pages;
mod reading;
#[cfg(all(test, feature = "workspace"))]
mod tests;

use std::time::Duration;

use hallway_client::{Client, Event, NetState};
use hallway_protocol::link::InviteLink;
use iced::theme::Mode;
use iced::{Size, Subscription, Task, window};

use self::events::{Press, Told};
use self::opening::Opening;
use self::pages::{Over, Page};
use crate::clock::Clock;
use crate::notice::Notices;
use crate::notice::desk::{self, About, Desk};
use crate::profile::{Account, KeyKind, Profile, Settings};
use crate::screen::chats::{self, Chats, attach};
use crate::screen::welcome::{self, Welcome, work::Place};
use crate::screen::{directory, settings, shortcuts, switcher};
use crate::theme::Theme;
use crate::voice::Studio;
use crate::widget::Element;
use crate::widget::layers::{Layers, layers};
use crate::widget::toast::{ToastId, Toasts};
use crate::{fl, start};

/// Settings are written this long after they changed, so that dragging does not write with every pixel.
const SAVE_AFTER: Duration = Duration::from_millis(500);
/// How long the end of the program waits for the desktop to take notifications away.
const DESK: Duration = Duration::from_millis(500);

/// What the app begins with.
#[derive(Debug, Clone)]
pub struct Boot {
    /// Where it keeps its things.
    pub profile: Profile,
    /// What was chosen before.
    pub settings: Settings,
    /// An invitation from the command line.
    pub link: Option<InviteLink>,
    /// The local copy of the account, where it needs nothing but the keyring.
    pub opening: Option<Opening>,
}

impl Boot {
    /// Begins to open what will be shown first. Must be called inside the runtime of the app.
    pub fn new(profile: Profile, settings: Settings, link: Option<InviteLink>) -> Self {
        let account =
            settings.account.clone().filter(|account| link.is_none() && account.key == KeyKind::Keyring);
        let opening = account.map(|account| Opening::begin(place(&profile), account));
        Self { profile, settings, link, opening }
    }
}

/// The app.
pub struct App {
    profile: Profile,
    settings: Settings,
    stage: Stage,
    /// What covers the conversations.
    page: Option<Page>,
    /// What floats over everything.
    over: Option<Over>,
    toasts: Toasts<Message>,
    window: window::Id,
    size: Size,
    focused: bool,
    system: Mode,
    /// The window of the chat record that is read.
    reading: Option<window::Id>,
    saves: u64,
    sessions: u64,
    desk: Desk,
    #[cfg(feature = "workspace")]
    workspace: Option<crate::workspace::Workspace>,
}

/// How far the app has got.
enum Stage {
    /// The local copy of the account is being opened.
    Opening,
    /// Nobody is in.
    Welcome(Box<Welcome>),
    /// Somebody is in.
    In(Box<Session>),
}

/// Somebody who is in.
struct Session {
    number: u64,
    client: Client,
    account: Account,
    chats: Chats,
    notices: Notices,
    studio: Studio,
    context: settings::Context,
}

/// Everything that happens.
#[derive(Debug, Clone)]
pub enum Message {
    /// The window.
    Window(window::Id, window::Event),
    /// A key no widget took.
    Press(Press),
    /// The same, with the message row that has the keyboard.
    Focused(Press, keys::Focus),
    /// The desktop changed between light and dark.
    System(Mode),
    /// The local copy is open, or why it is not.
    Opened(opening::Opened),
    /// The account of this session told something.
    Told(u64, Told),
    /// Nothing more comes of what this session missed, after this wait.
    Settled(u64, u64),
    /// A notification was clicked.
    Clicked(About),
    /// In the way in.
    Welcome(welcome::Message),
    /// In the conversations.
    Chats(chats::Message),
    /// In the settings.
    Settings(settings::Message),
    /// In the directory.
    Directory(directory::Message),
    /// In the quick switcher.
    Switcher(switcher::Message),
    /// In the list of keys.
    Shortcuts(shortcuts::Message),
    /// The server of the own workspace runs, or cannot.
    #[cfg(feature = "workspace")]
    Hosting(welcome::work::Once<Result<crate::workspace::Workspace, hallway_client::ChatError>>),
    /// Write the settings, if nothing changed since.
    Save(u64),
    /// A toast has been there for long enough.
    ToastGone(ToastId),
    /// The session has ended.
    SignedOut,
    /// Everything is closed; the program ends.
    Closed,
}

impl App {
    /// The app, its window, and what it does first.
    pub fn boot(boot: Boot) -> (Self, Task<Message>) {
        let Boot { profile, settings, link, opening } = boot;
        let (window, open) = window::open(start::window_settings(&settings.window));
        let size = Size::new(settings.window.width, settings.window.height);
        let (desk, wishes) = Desk::new();
        let mut app = Self {
            stage: Stage::Opening,
            page: None,
            over: None,
            toasts: Toasts::default(),
            window,
            size,
            focused: true,
            system: Mode::None,
            reading: None,
            saves: 0,
            sessions: 0,
            desk,
            #[cfg(feature = "workspace")]
            workspace: None,
            profile,
            settings,
        };
        let first = app.first(link, opening);
        let clicks = Task::run(desk::serve(wishes), Message::Clicked);
        (app, Task::batch([open.discard(), first, clicks, iced::system::theme().map(Message::System)]))
    }

    /// The title of the window.
    pub fn title(&self, window: window::Id) -> String {
        let app = fl!("app-name");
        match &self.stage {
            Stage::In(session) if self.reading == Some(window) => {
                format!("{} – {app}", session.chats.record_title().unwrap_or_default())
            }
            Stage::In(session) => match session.chats.title() {
                Some(title) => format!("{title} – {app}"),
                None => app,
            },
            _ => app,
        }
    }

    /// The theme in force.
    pub fn theme(&self, _: window::Id) -> Option<Theme> {
        Some(self.current_theme())
    }

    fn current_theme(&self) -> Theme {
        self.settings.theme.theme(self.system)
    }

    /// The zoom of the user.
    pub fn zoom(&self, _: window::Id) -> f32 {
        self.settings.zoom
    }

    /// What the app listens to.
    pub fn subscription(&self) -> Subscription<Message> {
        let mut all = vec![events::window(), iced::system::theme_changes().map(Message::System)];
        if let Stage::In(session) = &self.stage {
            all.push(events::account(&session.client, session.number));
        }
        Subscription::batch(all)
    }

    /// What is shown.
    pub fn view(&self, window: window::Id) -> Element<'_, Message> {
        if self.reading == Some(window) {
            return self.reading_view();
        }
        let theme = self.current_theme();
        let root: Layers<'_, Message> = match &self.stage {
            Stage::Opening => layers(iced::widget::space()),
            Stage::Welcome(welcome) => layers(welcome.view().map(Message::Welcome)),
            Stage::In(session) => self.inside(session, &theme),
        };
        root.push_maybe(self.over_layer()).push_maybe(self.toasts.layer()).into()
    }

    fn inside<'a>(&'a self, session: &'a Session, theme: &Theme) -> Layers<'a, Message> {
        let me = &session.context.me;
        match &self.page {
            Some(Page::Settings(settings)) => layers(settings.view(&session.context).map(Message::Settings)),
            Some(Page::Directory(directory)) => {
                layers(directory.view(&me.user_id, me.is_admin).map(Message::Directory))
            }
            None => {
                let base = layers(session.chats.view(theme).map(Message::Chats));
                let above = session.chats.layers().into_iter();
                above.fold(base, |root, layer| root.push(layer.map(Message::Chats)))
            }
        }
    }

    /// Handles everything that happens.
    pub fn update(&mut self, message: Message) -> Task<Message> {
        if let Stage::In(session) = &mut self.stage {
            let clock = Clock::system();
            session.chats.set_clock(clock);
            session.context.clock = clock;
        }
        let task = self.handle(message);
        let task = Task::batch([task, self.settle_reading()]);
        #[cfg(all(unix, feature = "harness"))]
        let task = crate::describe::after(task, self.settings.zoom);
        task
    }

    fn handle(&mut self, message: Message) -> Task<Message> {
        match message {
            Message::Window(window, event) if window == self.window => self.in_window(event),
            Message::Window(window, event) if self.reading == Some(window) => self.in_reading(event),
            Message::Window(..) => Task::none(),
            Message::Press(press) if self.reading == Some(press.window) => self.press_reading(&press),
            Message::Press(press) => self.press(press),
            Message::Focused(press, focus) => self.press_on(&press, focus),
            Message::System(Mode::None) => Task::none(),
            Message::System(mode) => {
                self.system = mode;
                Task::none()
            }
            Message::Opened(opened) => self.opened(opened),
            Message::Told(number, told) => self.told(number, told),
            Message::Settled(number, wait) => self.settled(number, wait),
            Message::Clicked(about) => self.clicked(&about),
            Message::Welcome(message) => match &mut self.stage {
                Stage::Welcome(welcome) => {
                    let effects = welcome.update(message);
                    self.after_welcome(effects)
                }
                _ => Task::none(),
            },
            Message::Chats(message) => self.with_chats(|chats| chats.update(message)),
            Message::Settings(message) => self.in_settings(message),
            Message::Directory(message) => self.in_directory(message),
            Message::Switcher(message) => self.in_switcher(message),
            Message::Shortcuts(message) => self.in_shortcuts(message),
            #[cfg(feature = "workspace")]
            Message::Hosting(opened) => self.hosting(&opened),
            Message::Save(number) => {
                if number == self.saves {
                    self.save();
                }
                Task::none()
            }
            Message::ToastGone(id) => {
                self.toasts.expire(id);
                Task::none()
            }
            Message::SignedOut => {
                self.settings.account = None;
                self.settings.conversation = None;
                self.page = None;
                self.stage = Stage::Welcome(Box::default());
                self.save();
                Task::none()
            }
            Message::Closed => iced::exit(),
        }
    }

    fn in_window(&mut self, event: window::Event) -> Task<Message> {
        match event {
            window::Event::Resized(size) => {
                self.size = size;
                self.settings.window.width = size.width;
                self.settings.window.height = size.height;
                self.resized();
                self.save_soon()
            }
            window::Event::Moved(point) => {
                self.settings.window.position = Some((point.x, point.y));
                self.save_soon()
            }
            window::Event::Focused => self.focus(true),
            window::Event::Unfocused => self.focus(false),
            window::Event::CloseRequested => self.quit(),
            window::Event::FileHovered(_) => self.with_files(attach::Message::Hovered(true)),
            window::Event::FilesHoveredLeft => self.with_files(attach::Message::Hovered(false)),
            window::Event::FileDropped(path) => self.with_files(attach::Message::Dropped(path)),
            _ => Task::none(),
        }
    }

    /// Files are dragged over the window: for the conversations, when nothing covers them.
    fn with_files(&mut self, message: attach::Message) -> Task<Message> {
        if self.page.is_some() || self.over.is_some() {
            return Task::none();
        }
        self.with_chats(|chats| chats.update(attach::message(message)))
    }

    fn resized(&mut self) {
        if let Stage::In(session) = &mut self.stage {
            session.chats.resized(self.size);
            session.context.width = self.size.width;
        }
    }

    fn focus(&mut self, focused: bool) -> Task<Message> {
        self.focused = focused;
        // Whoever turns to the window does not want to wait for the next attempt to connect.
        if let Stage::In(session) = &self.stage
            && focused
            && session.client.net_state() != NetState::Connected
        {
            session.client.wake();
        }
        if let Stage::In(session) = &mut self.stage
            && focused
        {
            session.notices.focused();
        }
        self.covered()
    }

    /// Ends the program: what is begun is kept, the connection ends in order.
    pub(crate) fn quit(&mut self) -> Task<Message> {
        self.save();
        let kept = self.with_chats(Chats::leave_all);
        let client = match &self.stage {
            Stage::In(session) => Some(session.client.clone()),
            _ => None,
        };
        // Nobody would hear a click on them.
        let cleared = self.desk.clear();
        #[cfg(feature = "workspace")]
        let workspace = self.workspace.take();
        let end = async move {
            if let Some(client) = client
                && let Err(error) = client.close().await
            {
                tracing::warn!(%error, "the local copy could not be closed in order");
            }
            #[cfg(feature = "workspace")]
            if let Some(workspace) = workspace {
                workspace.stop().await;
            }
            // A desktop that does not answer keeps nobody here.
            let _ = tokio::time::timeout(DESK, cleared).await;
        };
        kept.chain(Task::perform(end, |()| Message::Closed))
    }

    /// The account told something.
    fn told(&mut self, number: u64, told: Told) -> Task<Message> {
        let Stage::In(session) = &mut self.stage else { return Task::none() };
        if session.number != number {
            return Task::none();
        }
        let events = match told {
            Told::Lost => return self.with_chats(Chats::reload),
            Told::Events(events) => events,
        };
        for event in &events {
            match event {
                Event::KickedOut(kind) => return self.kicked_out(*kind),
                Event::ProfileUpdated(profile) => session.context.me = profile.clone(),
                Event::SdkReady => session.context.limits = session.client.limits(),
                Event::Error(code, _) => tracing::warn!(code = code.code(), "the account reports an error"),
                _ => {}
            }
        }
        let task = self.with_chats(|chats| events.iter().flat_map(|event| chats.event(event)).collect());
        // Afterwards, because what is announced depends on the list as it is now.
        Task::batch([task, self.announce(&events)])
    }

    /// Lets the conversations do something, and does what they want done.
    fn with_chats(&mut self, act: impl FnOnce(&mut Chats) -> Vec<chats::Effect>) -> Task<Message> {
        let Stage::In(session) = &mut self.stage else { return Task::none() };
        let effects = act(&mut session.chats);
        let (client, studio) = (session.client.clone(), session.studio.clone());
        Task::batch(effects.into_iter().map(|effect| match effect {
            chats::Effect::Action(action) => self.chats_action(action),
            effect => chats::run(effect, &client, &studio).map(Message::Chats),
        }))
    }

    fn chats_action(&mut self, action: chats::Action) -> Task<Message> {
        match action {
            chats::Action::Opened(conversation) => {
                self.settings.conversation = conversation;
                self.save_soon()
            }
            chats::Action::ListWidth(width) => {
                self.settings.list_width = width;
                self.save_soon()
            }
            chats::Action::Panel(open) => {
                self.settings.panel = open;
                self.save_soon()
            }
            chats::Action::RecentEmoji(recent) => {
                self.settings.recent_emoji = recent;
                self.save_soon()
            }
            chats::Action::RecentStickers(recent) => {
                self.settings.recent_stickers = recent;
                self.save_soon()
            }
            chats::Action::ShowRecord => self.show_reading(),
            chats::Action::Browse(url) => self.browse(&url),
            chats::Action::Toast(text) => self.toast(text),
            chats::Action::Settings => self.open_settings(settings::Page::default()),
            chats::Action::Directory => self.open_directory(),
            chats::Action::Switcher => self.open_switcher(),
        }
    }

    /// Shows a page in the browser.
    fn browse(&mut self, url: &str) -> Task<Message> {
        match open::that_detached(url) {
            Ok(()) => Task::none(),
            Err(error) => {
                tracing::warn!(%error, "no browser could be started");
                self.toast(fl!("browse-failed"))
            }
        }
    }

    fn toast(&mut self, text: String) -> Task<Message> {
        self.toasts.push(text, None).map(Message::ToastGone)
    }

    fn save_soon(&mut self) -> Task<Message> {
        self.saves += 1;
        let number = self.saves;
        Task::perform(tokio::time::sleep(SAVE_AFTER), move |()| Message::Save(number))
    }

    fn save(&self) {
        if let Err(error) = self.profile.save(&self.settings) {
            tracing::error!(%error, "the settings could not be written");
        }
    }

    fn place(&self) -> Place {
        place(&self.profile)
    }
}

fn place(profile: &Profile) -> Place {
    Place { accounts: profile.client_dir(), workspace: profile.workspace_dir() }
}
