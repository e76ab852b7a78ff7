//! What changes the state: messages of the views. What the account tells is in [`super::events`].

use std::time::Duration;

use hallway_protocol::{ChatError, ConversationId, MessageId, UserId};
use iced::{Point, Size};

use super::actions::{Act, Confirm};
use super::call::{Answer, Call};
use super::composer::{self, Composer};
use super::dialog::{self, Dialog, NewGroup};
use super::effect::Effect;
use super::panel::{self, Panel};
use super::people;
use super::splitter::Drag;
use super::timeline::{self, Timeline};
use super::{
    About, Action, Chats, Menu, Open, attach, banner, card, conversation_group, emoji, forward, list, media,
    picking, pins, reactors, readers, receivers, record, sticker, viewer, voice,
};
use crate::clock::Clock;
use crate::problem;
use crate::theme::tokens::size;

/// Everything that happens on the screen.
#[derive(Debug, Clone)]
pub enum Message {
    /// An answer of the account.
    Answer(Answer),
    /// In the list of conversations.
    List(list::Message),
    /// In the timeline of this opening of a conversation.
    Timeline(u64, timeline::Message),
    /// In the composer of this opening of a conversation.
    Composer(u64, composer::Message),
    /// In the side panel.
    Panel(panel::Message),
    /// In the search.
    Search(super::search::Message),
    /// In the dialog.
    Dialog(dialog::Message),
    /// To conversation groups.
    ConversationGroup(conversation_group::Message),
    /// Do-not-disturb begins or ends.
    QuietChanged(u64),
    /// In the picker of emoji.
    Emoji(emoji::Message),
    /// To stickers.
    Sticker(sticker::Message),
    /// A wait of the connection's strip is over.
    Banner(u64, banner::Shown),
    /// Open a conversation.
    Open(ConversationId),
    /// Back to the list, where there is one pane.
    Back,
    /// Open or close the search of the open conversation.
    ToggleSearch,
    /// Open or close the side panel.
    TogglePanel,
    /// Choose somebody to write to.
    NewChat,
    /// Make a group.
    NewGroup,
    /// Add people to the open group.
    AddMembers,
    /// Open a menu.
    Menu(About, Point),
    /// Close it.
    CloseMenu,
    /// Do something to a message.
    Act(Act, MessageId),
    /// To the messages that are being chosen.
    Picking(picking::Message),
    /// Give a reaction, or take it back.
    React(MessageId, String),
    /// To polls, lists and places.
    Card(card::Message),
    /// On the bar of pinned messages.
    Pins(pins::Message),
    /// In the list of who gave a reaction.
    Reactors(reactors::Message),
    /// In the list of who has read a message.
    Readers(readers::Message),
    /// Somebody has not said for a while that they are writing.
    TypingOver(ConversationId, u64),
    /// To a chat record.
    Record(record::Message),
    /// In the dialog that sends messages on.
    Forward(forward::Message),
    /// Ask before something is done.
    Ask(Confirm),
    /// Give the keyboard to the list.
    FocusList,
    /// Mark a conversation as read.
    MarkRead(ConversationId),
    /// Change how a conversation stands in the list.
    Set(Call),
    /// Copy a text.
    Copy(String),
    /// A link in a message was pressed.
    Link(String),
    /// Write to somebody.
    Write(UserId),
    /// A name that mentions somebody was pressed: their id, or that of everybody.
    Mentioned(String),
    /// The line beside the list was dragged.
    Splitter(Drag),
    /// A new day.
    Midnight,
    /// To voice messages.
    Voice(voice::Message),
    /// What the parent does.
    Do(Action),
    /// To pictures and files.
    Media(media::Message),
    /// To what is chosen to be sent.
    Attach(attach::Message),
    /// To the choice of those who alone see what is sent.
    Receivers(receivers::Message),
    /// To the picture in the whole window.
    Viewer(viewer::Message),
}

macro_rules! from_parts {
    ($($part:ident($type:ty),)*) => {
        $(impl From<$type> for Message {
            fn from(message: $type) -> Self {
                Self::$part(message)
            }
        })*
    };
}

from_parts! {
    List(list::Message),
    Panel(panel::Message),
    Dialog(dialog::Message),
}

impl From<people::Message> for Message {
    fn from(message: people::Message) -> Self {
        Self::Dialog(dialog::Message::People(message))
    }
}

impl Chats {
    /// The moment of what comes next.
    pub fn set_clock(&mut self, clock: Clock) {
        self.context.clock = clock;
    }

    /// The window has another size: what a menu pointed at is somewhere else.
    pub fn resized(&mut self, size: Size) {
        self.menu.take_if(|_| size != self.context.size);
        self.context.size = size;
    }

    /// The window got or lost the keyboard.
    pub fn set_focused(&mut self, focused: bool) -> Vec<Effect> {
        self.context.focused = focused;
        let scene_of = |id| Self::scene(&self.context, &self.list, id);
        let mut effects = match &mut self.open {
            Some(open) => open.timeline.attention(scene_of(&open.id)),
            None => Vec::new(),
        };
        effects.extend(self.look_at_media());
        effects
    }

    /// Another language: sentences are made anew.
    pub fn language_changed(&mut self) {
        if let Some(open) = &mut self.open {
            open.timeline.rebuild(Self::scene(&self.context, &self.list, &open.id));
        }
    }

    /// Handles one message.
    pub fn update(&mut self, message: Message) -> Vec<Effect> {
        let mut effects = self.handle(message);
        effects.extend(self.look_at_media());
        effects.extend(self.look_at_stickers());
        effects.extend(self.look_at_quotes());
        effects
    }

    fn handle(&mut self, message: Message) -> Vec<Effect> {
        match message {
            Message::Answer(answer) => self.answer(answer),
            Message::List(message) => {
                self.list.update(message);
                Vec::new()
            }
            Message::Timeline(number, message) => {
                self.in_timeline(number, |t, scene| t.update(message, scene))
            }
            Message::Composer(number, message) => self.in_composer(number, message),
            Message::Panel(message) => match &mut self.panel {
                Some(panel) => panel.update(message, &self.context.limits),
                None => Vec::new(),
            },
            Message::Search(message) => self.in_search(message),
            Message::Dialog(message) => self.in_dialog(message),
            Message::ConversationGroup(message) => self.in_conversation_groups(message),
            Message::QuietChanged(wait) => self.quiet_changed(wait),
            Message::Emoji(message) => self.in_emoji(message),
            Message::Sticker(message) => self.in_stickers(message),
            Message::Banner(loss, shown) => {
                self.banner.waited(loss, shown);
                Vec::new()
            }
            Message::Open(id) => self.open(id),
            Message::Back => self.close(),
            Message::ToggleSearch if self.close_search() => Vec::new(),
            Message::ToggleSearch => self.open_search(false),
            Message::TogglePanel => self.toggle_panel(),
            Message::NewChat => self.new_chat(),
            Message::NewGroup => self.new_group(),
            Message::AddMembers => self.add_members(),
            Message::Menu(about, at) => {
                self.menu = Some(Menu { at, about });
                Vec::new()
            }
            Message::CloseMenu => {
                self.menu = None;
                Vec::new()
            }
            Message::Act(act, id) => self.act(act, &id),
            Message::Picking(message) => self.in_picking(message),
            Message::React(id, sign) => self.react(&id, &sign),
            Message::Card(message) => self.in_card(message),
            Message::Pins(message) => self.in_pins(&message),
            Message::Reactors(message) => self.in_reactors(message),
            Message::Readers(message) => self.in_readers(message),
            Message::Receivers(message) => self.in_receivers(message),
            Message::TypingOver(id, number) => {
                self.typing_over(&id, number);
                Vec::new()
            }
            Message::Record(message) => self.in_record(message),
            Message::Forward(message) => self.in_forward(message),
            Message::Ask(confirm) => self.ask(confirm),
            Message::FocusList => match self.current().cloned().or_else(|| self.list.first()) {
                Some(id) => vec![Effect::FocusRow(id)],
                None => Vec::new(),
            },
            Message::MarkRead(id) => {
                self.menu = None;
                let mut effects: Vec<_> = self.unmark(&id).into_iter().collect();
                effects.push(Effect::Call(Call::MarkRead(id, None)));
                effects
            }
            Message::Set(call) => {
                self.menu = None;
                vec![Effect::Call(call)]
            }
            Message::Copy(text) => {
                self.menu = None;
                vec![Effect::Copy(text)]
            }
            Message::Link(url) => self.ask(Confirm::Browse(url)),
            Message::Mentioned(id) => self.mentioned(&id),
            Message::Write(user) => self.write_to(user),
            Message::Splitter(drag) => self.splitter(drag),
            Message::Midnight => {
                self.language_changed();
                self.wait_for_midnight().into_iter().collect()
            }
            Message::Voice(message) => self.in_voice(message),
            Message::Media(message) => self.in_media(message),
            Message::Attach(message) => self.in_attach(message),
            Message::Viewer(message) => self.in_viewer(message),
            Message::Do(action) => {
                self.menu = None;
                vec![Effect::Action(action)]
            }
        }
    }

    /// Takes the mark off a conversation that the viewer marked as unread.
    fn unmark(&self, id: &ConversationId) -> Option<Effect> {
        let marked = self.list.get(id).is_some_and(list::preview::is_marked);
        marked.then(|| Effect::Call(Call::MarkUnread(id.clone(), false)))
    }

    /// Opens a conversation; what is begun in the one before is kept.
    pub(super) fn open(&mut self, id: ConversationId) -> Vec<Effect> {
        if self.visited.get(self.visit) != Some(&id) {
            self.visited.truncate(self.visit + 1);
            self.visited.push(id.clone());
            self.visit = self.visited.len() - 1;
        }
        self.menu = None;
        self.dialog = None;
        let unmark = self.unmark(&id);
        if self.current() == Some(&id) {
            return unmark.into_iter().chain([Effect::Focus(composer::COMPOSER)]).collect();
        }
        self.leave_search(&id);
        let mut effects = self.leave();
        effects.extend(unmark);
        self.opened += 1;
        let scene = Self::scene(&self.context, &self.list, &id);
        let (timeline, reads) = Timeline::open(self.opened, scene);
        let composer =
            Composer::open(self.opened, id.clone(), scene.conversation.and_then(|c| c.draft.as_ref()));
        effects.extend(reads);
        effects.push(Effect::Call(Call::Active(Some(id.clone()))));
        self.panel = None;
        match &id {
            _ if self.panel_wanted && self.context.size.width >= NO_OVERLAY => {
                effects.extend(self.open_panel(id.clone()));
            }
            ConversationId::Group(group) => effects.push(Effect::Call(Call::Group(group.clone()))),
            _ => {}
        }
        if let ConversationId::Group(group) = &id {
            effects.push(Effect::Call(Call::Pins(group.clone())));
        }
        effects.push(Effect::Action(Action::Opened(Some(id.clone()))));
        effects.push(Effect::Reveal(id.clone()));
        self.open = Some(Open {
            id,
            timeline,
            composer,
            picking: None,
            pins: Default::default(),
            typing: Default::default(),
            translations: Default::default(),
            quoted: Default::default(),
            members: Vec::new(),
        });
        effects.push(Effect::Focus(composer::COMPOSER));
        effects
    }

    /// Closes the open conversation.
    pub(super) fn close(&mut self) -> Vec<Effect> {
        let mut effects = self.leave();
        self.panel = None;
        effects.push(Effect::Call(Call::Active(None)));
        effects.push(Effect::Action(Action::Opened(None)));
        effects
    }

    /// What is begun is kept before the conversation goes.
    fn leave(&mut self) -> Vec<Effect> {
        (self.attach, self.viewer) = (None, None);
        let mut effects = self.leave_voice();
        effects.extend(self.open.take().map_or_else(Vec::new, |mut open| open.composer.leave()));
        effects
    }

    fn open_panel(&mut self, id: ConversationId) -> Vec<Effect> {
        let (panel, effects) = Panel::open(id, self.current().and_then(|id| self.list.get(id)));
        self.panel = Some(panel);
        effects
    }

    pub(super) fn toggle_panel(&mut self) -> Vec<Effect> {
        self.menu = None;
        // The panel is wanted to be seen.
        if self.close_search() && self.panel.is_some() {
            return Vec::new();
        }
        let mut effects = match (self.panel.take(), self.current().cloned()) {
            (None, Some(id)) if id != ConversationId::System => {
                let (panel, effects) = Panel::open(id.clone(), self.list.get(&id));
                self.panel = Some(panel);
                effects
            }
            _ => Vec::new(),
        };
        self.panel_wanted = self.panel.is_some();
        effects.push(Effect::Action(Action::Panel(self.panel_wanted)));
        effects
    }

    pub(super) fn new_chat(&mut self) -> Vec<Effect> {
        self.menu = None;
        let (people, effects) = self.choose_people(false, [self.context.me.user_id.clone()]);
        self.dialog = Some(Dialog::NewChat(people));
        effects
    }

    pub(super) fn new_group(&mut self) -> Vec<Effect> {
        self.menu = None;
        let (people, effects) = self.choose_people(true, [self.context.me.user_id.clone()]);
        let request_id =
            format!("{}-{}-{}", self.context.me.user_id, self.context.clock.now(), self.searches);
        self.dialog = Some(Dialog::NewGroup(NewGroup::new(people, request_id)));
        effects
    }

    fn add_members(&mut self) -> Vec<Effect> {
        self.menu = None;
        let Some(open) = &self.open else { return Vec::new() };
        let ConversationId::Group(group) = open.id.clone() else { return Vec::new() };
        let members = panel::ids(&open.members);
        let (people, effects) = self.choose_people(true, members);
        self.dialog = Some(Dialog::AddMembers(group, people, None));
        effects
    }

    fn in_dialog(&mut self, message: dialog::Message) -> Vec<Effect> {
        match (&mut self.dialog, message) {
            (_, dialog::Message::Close) => {
                self.dialog = None;
                Vec::new()
            }
            (Some(Dialog::Confirm(confirm)), dialog::Message::Confirmed) => {
                let confirm = confirm.clone();
                self.confirmed(confirm)
            }
            (Some(Dialog::NewChat(_)), dialog::Message::People(people::Message::Toggle(person))) => {
                self.write_to(person.user_id)
            }
            (Some(Dialog::Contact(to, _)), dialog::Message::People(people::Message::Toggle(person))) => {
                let to = to.clone();
                self.send_contact(to, &person)
            }
            (Some(dialog), message) => dialog.update(message, &self.context.limits),
            (None, _) => Vec::new(),
        }
    }

    /// Opens the conversation with somebody, made if there is none yet.
    fn write_to(&mut self, user: UserId) -> Vec<Effect> {
        self.dialog = None;
        self.menu = None;
        let id = ConversationId::C2c(user);
        match self.list.get(&id) {
            Some(_) => self.open(id),
            None => vec![Effect::Call(Call::Conversation(id))],
        }
    }

    /// To the person who is mentioned; everybody is in the panel.
    fn mentioned(&mut self, id: &str) -> Vec<Effect> {
        match id.parse::<UserId>() {
            _ if id == hallway_protocol::ids::MENTION_ALL => match self.panel {
                Some(_) => Vec::new(),
                None => self.toggle_panel(),
            },
            Ok(user) if user != self.context.me.user_id => self.write_to(user),
            _ => Vec::new(),
        }
    }

    /// The list changed: the open conversation and its panel follow.
    pub(super) fn list_changed(&mut self) -> Vec<Effect> {
        let Some(id) = self.current().cloned() else { return Vec::new() };
        if let (Some(panel), Some(conversation)) = (&mut self.panel, self.list.get(&id)) {
            panel.conversation(conversation);
        }
        self.changed(&id)
    }

    pub(super) fn changed(&mut self, id: &ConversationId) -> Vec<Effect> {
        self.in_conversation(id, |open, scene| open.timeline.changed(scene))
    }

    pub(super) fn members_changed(&mut self, group: &str) -> Vec<Effect> {
        match self.current() {
            Some(ConversationId::Group(open)) if open.as_str() == group => {
                vec![Effect::Call(Call::Group(open.clone()))]
            }
            _ => Vec::new(),
        }
    }

    pub(super) fn in_open(
        &mut self,
        act: impl FnOnce(&mut Open, timeline::Scene<'_>) -> Vec<Effect>,
    ) -> Vec<Effect> {
        let Some(open) = &mut self.open else { return Vec::new() };
        let id = open.id.clone();
        act(open, Self::scene(&self.context, &self.list, &id))
    }

    pub(super) fn in_conversation(
        &mut self,
        id: &ConversationId,
        act: impl FnOnce(&mut Open, timeline::Scene<'_>) -> Vec<Effect>,
    ) -> Vec<Effect> {
        if self.current() == Some(id) { self.in_open(act) } else { Vec::new() }
    }

    fn in_timeline(
        &mut self,
        number: u64,
        act: impl FnOnce(&mut Timeline, timeline::Scene<'_>) -> Vec<Effect>,
    ) -> Vec<Effect> {
        self.in_open(|open, scene| {
            if open.timeline.number() == number { act(&mut open.timeline, scene) } else { Vec::new() }
        })
    }

    fn splitter(&mut self, drag: Drag) -> Vec<Effect> {
        match drag {
            Drag::To(x) => {
                let rail = if self.context.size.width >= super::NO_RAIL { size::RAIL + 1.0 } else { 0.0 };
                self.list_width = (x - rail).clamp(size::LIST_MIN, size::LIST_MAX);
                return Vec::new();
            }
            Drag::Reset => self.list_width = size::LIST,
            Drag::Done => {}
        }
        vec![Effect::Action(Action::ListWidth(self.list_width))]
    }

    /// Says something for a moment.
    pub(super) fn toast(&self, text: String) -> Vec<Effect> {
        vec![Effect::Action(Action::Toast(text))]
    }

    pub(super) fn wait_for_midnight(&self) -> Option<Effect> {
        let wait = Duration::from_secs(self.context.clock.until_midnight());
        Some(Effect::after(wait, Message::Midnight))
    }
}

/// Narrower than this, the panel covers the conversation and does not open by itself.
const NO_OVERLAY: f32 = super::FOUR_COLUMNS;

/// What happened and what to do.
pub fn failure(what: String, error: &ChatError) -> String {
    format!("{what} {}", problem::sentence(error))
}
