//! The conversations: rail, list, timeline, composer, side panel.
//!
//! [`Chats`] is the state. Everything that happens comes in as a [`Message`] or as an `Event` of the
//! account; the answer is a list of [`Effect`]s. Nothing in here waits, reads a clock or talks to the network.
//!
//! * [`list`], [`timeline`], [`composer`], [`panel`], [`people`], [`banner`]: the parts, each with its own
//!   state and messages;
//! * [`update`]: messages of the views; [`events`]: what the account tells; [`actions`]: what can be done to
//!   messages and conversations;
//!   [`keys`]: what keys do;
//! * [`media`]: pictures, films and files; [`attach`]: choosing and sending them; [`viewer`]: pictures in the whole window;
//! * [`receivers`]: writing to some members of a group only;
//! * [`picking`]: choosing several messages; [`forward`]: sending them on;
//! * [`reaction`], [`card`], [`record`]: what is put on messages, polls and lists, messages sent on as one;
//! * [`pins`], [`readers`], [`reactors`], [`typing`], [`translating`]: pinned messages, who has read, reacted and writes,
//!   translations;
//! * [`conversation_group`]: folders of conversations; [`me`]: the own avatar and do-not-disturb;
//! * [`emoji`], [`sticker`]: choosing and sending small pictures; [`grid`]: where the arrows lead there;
//! * [`search`]: finding messages;
//! * [`voice`]: recorder and player of voice messages;
//! * [`call`] and [`effect`]: what is asked of the world;
//! * [`view`]: how it looks at every width; [`face`]: pictures of conversations; [`words`]: messages in sentences.

pub mod actions;
pub mod attach;
pub mod banner;
pub mod call;
pub mod card;
pub mod composer;
pub mod conversation_group;
pub mod dialog;
pub mod effect;
pub mod emoji;
pub mod events;
pub mod face;
pub mod forward;
pub mod grid;
pub mod keys;
pub mod list;
pub mod me;
pub mod media;
pub mod panel;
pub mod people;
pub mod picking;
pub mod pins;
pub mod reaction;
pub mod reactors;
pub mod readers;
pub mod receivers;
pub mod record;
#[cfg(any(test, feature = "harness"))]
pub mod sample;
pub mod search;
pub mod splitter;
#[cfg(any(test, feature = "harness"))]
pub mod stage;
pub mod sticker;
pub mod timeline;
pub mod translating;
pub mod typing;
pub mod update;
pub mod view;
pub mod viewer;
pub mod voice;
pub mod words;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use hallway_protocol::conversation::AllReceiveMessageOpt;
use hallway_protocol::service::Services;
use hallway_protocol::user::Profile;
use hallway_protocol::{ConversationId, Limits, Message as ChatMessage, MessageId};
use iced::{Point, Size};

use self::banner::Banner;
use self::composer::Composer;
use self::dialog::Dialog;
use self::list::List;
use self::panel::Panel;
use self::timeline::{Scene, Timeline};
use crate::clock::Clock;
use crate::theme::tokens::size;

pub use self::actions::{Act, Confirm};
pub use self::call::{Answer, Call};
pub use self::effect::{Effect, run};
pub use self::update::Message;

/// Below this width there is one pane with a way back.
const ONE_PANE: f32 = 560.0;
/// Below this width the rail is in the header of the list.
const NO_RAIL: f32 = 800.0;
/// From this width on the panel stands beside the conversation instead of over it.
const FOUR_COLUMNS: f32 = 1100.0;

/// What the screen depends on and does not decide.
#[derive(Debug, Clone)]
pub struct Context {
    /// Who is signed in.
    pub me: Profile,
    /// Name of the workspace.
    pub workspace: String,
    /// What the deployment allows.
    pub limits: Limits,
    /// What it offers on top of messages.
    pub services: Services,
    /// The moment of the last update.
    pub clock: Clock,
    /// The window has the keyboard.
    pub focused: bool,
    /// Size of the window in logical pixels.
    pub size: Size,
}

/// The screen.
#[derive(Debug)]
pub struct Chats {
    context: Context,
    list: List,
    /// Names of the conversation groups, in order of creation.
    conversation_groups: std::sync::Arc<[String]>,
    /// Do-not-disturb, and how often it was set, so that an old timer does nothing.
    quiet: AllReceiveMessageOpt,
    quiet_waits: u64,
    banner: Banner,
    open: Option<Open>,
    opened: u64,
    panel: Option<Panel>,
    /// Stands in place of the panel while it is to be seen.
    search: Option<search::Search>,
    /// The panel opens with the next conversation.
    panel_wanted: bool,
    dialog: Option<Dialog>,
    menu: Option<Menu>,
    emoji: Option<emoji::Picker>,
    /// Taken last, newest first.
    recent_emoji: Vec<String>,
    stickers: sticker::Stickers,
    searches: u64,
    list_width: f32,
    /// Conversations that were open, in order, and where in them one is.
    visited: Vec<ConversationId>,
    visit: usize,
    /// Messages waiting for their turn to go into the outbox; the first one is under way.
    outbox: std::collections::VecDeque<call::Outgoing>,
    voice: voice::Voice,
    media: media::Media,
    attach: Option<attach::Attach>,
    /// Files hover over the window.
    hovered: bool,
    viewer: Option<viewer::Viewer>,
    /// In a window of its own.
    record: Option<Box<record::Record>>,
}

/// The open conversation.
#[derive(Debug)]
struct Open {
    id: ConversationId,
    timeline: Timeline,
    composer: Composer,
    /// The messages that are being chosen.
    picking: Option<picking::Picking>,
    pins: pins::Pins,
    typing: typing::Typing,
    translations: HashMap<MessageId, translating::Translation>,
    /// Messages that are quoted and not in memory; none: it was looked for.
    quoted: HashMap<MessageId, Option<Arc<ChatMessage>>>,
    members: Vec<hallway_protocol::group::Member>,
}

/// A menu and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Menu {
    /// Its top left corner, where there is room.
    pub at: Point,
    /// What it is about.
    pub about: About,
}

/// What a menu is about.
#[derive(Debug, Clone, PartialEq)]
pub enum About {
    /// A conversation of the list.
    Conversation(ConversationId),
    /// A message of the timeline.
    Message(hallway_protocol::MessageId),
    /// A member in the panel.
    Member(hallway_protocol::UserId),
    /// New chat, new group.
    New,
    /// What narrows the search (one of its chips).
    Search(search::chip::Chip),
    /// A conversation group (its chip).
    ConversationGroup(String),
    /// Oneself (the own avatar).
    Me,
    /// The open conversation (its header).
    Header,
    /// What can be added to a message (the plus of the composer).
    Attach,
}

/// What only the parent can do.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Another conversation is open, or none: it is remembered.
    Opened(Option<ConversationId>),
    /// The list has another width.
    ListWidth(f32),
    /// The panel was opened or closed.
    Panel(bool),
    /// Show a link's page in the browser.
    Browse(String),
    /// Say this for a moment.
    Toast(String),
    /// These emoji were taken last: they are remembered.
    RecentEmoji(Vec<String>),
    /// These stickers were sent last: they are remembered.
    RecentStickers(Vec<(i32, String)>),
    /// Show the window of the record that is read.
    ShowRecord,
    /// Open the settings.
    Settings,
    /// Open the quick switcher.
    Switcher,
    /// Open the directory.
    Directory,
}

impl Chats {
    /// The screen of an account that has just been opened, and what it has to load. `conversation` is what
    /// was open last.
    pub fn new(
        context: Context,
        list_width: f32,
        panel: bool,
        conversation: Option<ConversationId>,
    ) -> (Self, Vec<Effect>) {
        let mut chats = Self {
            context,
            list: List::default(),
            conversation_groups: std::sync::Arc::from([]),
            quiet: AllReceiveMessageOpt::default(),
            quiet_waits: 0,
            banner: Banner::default(),
            open: None,
            opened: 0,
            panel: None,
            search: None,
            panel_wanted: panel,
            dialog: None,
            menu: None,
            emoji: None,
            recent_emoji: Vec::new(),
            stickers: Default::default(),
            searches: 0,
            list_width: list_width.clamp(size::LIST_MIN, size::LIST_MAX),
            visited: Vec::new(),
            visit: 0,
            outbox: Default::default(),
            voice: Default::default(),
            media: media::Media::default(),
            attach: None,
            hovered: false,
            viewer: None,
            record: None,
        };
        let mut effects = chats.reload();
        effects.extend(chats.wait_for_midnight());
        if let Some(id) = conversation {
            effects.extend(chats.open(id));
        }
        (chats, effects)
    }

    /// The conversation in front.
    pub fn current(&self) -> Option<&ConversationId> {
        self.open.as_ref().map(|open| &open.id)
    }

    /// The conversation in front, and whether its newest message is in view.
    pub fn in_view(&self) -> Option<(&ConversationId, bool)> {
        self.open.as_ref().map(|open| (&open.id, open.timeline.is_at_end()))
    }

    /// The conversations.
    pub fn list(&self) -> &List {
        &self.list
    }

    /// What the title of the window says besides the name of the program.
    pub fn title(&self) -> Option<Cow<'_, str>> {
        self.open.as_ref().map(|open| self.name_of(&open.id))
    }

    /// What a conversation is called.
    pub fn name_of<'a>(&'a self, id: &'a ConversationId) -> Cow<'a, str> {
        self.list.get(id).map_or_else(|| id.to().into(), words::conversation_name)
    }

    fn is_one_pane(&self) -> bool {
        self.context.size.width < ONE_PANE
    }

    /// What the open timeline has to know.
    fn scene<'a>(context: &'a Context, list: &'a List, id: &'a ConversationId) -> Scene<'a> {
        Scene {
            id,
            conversation: list.get(id),
            me: &context.me.user_id,
            clock: context.clock,
            attentive: context.focused,
        }
    }
}
