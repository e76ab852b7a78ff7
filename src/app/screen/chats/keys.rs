//! What keys do in the conversations, by the named actions of the keymap.

use hallway_protocol::{ConversationId, MessageId};
use iced::advanced::widget::Id;

use super::Chats;
use super::actions::{self, Act, Allowed, Confirm};
use super::call::Call;
use super::composer::COMPOSER;
use super::effect::Effect;
use super::list::Direction;
use super::search::Step;
use super::timeline;
use super::timeline::bubble::row_id;
use super::timeline::rows::MessageRow;
use crate::keymap::Action;

impl Chats {
    /// Whether a menu or dialog has the keyboard.
    pub fn is_blocked(&self) -> bool {
        self.dialog.is_some()
            || self.menu.is_some()
            || self.emoji.is_some()
            || self.attach.is_some()
            || self.viewer.is_some()
    }

    /// Does what an action means here. None if it means nothing.
    pub fn act_on(&mut self, action: Action) -> Option<Vec<Effect>> {
        Some(match action {
            Action::PreviousChat => self.step(Direction::Up, false),
            Action::NextChat => self.step(Direction::Down, false),
            Action::PreviousUnread => self.step(Direction::Up, true),
            Action::NextUnread => self.step(Direction::Down, true),
            Action::Back => self.visit_by(-1),
            Action::Forward => self.visit_by(1),
            Action::Latest => {
                self.in_open(|open, scene| open.timeline.update(timeline::Message::Latest, scene))
            }
            Action::NewChat => self.new_chat(),
            Action::NewGroup => self.new_group(),
            Action::FindInChat => self.open_search(false),
            Action::FindEverywhere => self.open_search(true),
            Action::NextHit => self.step_search(Step::Next),
            Action::PreviousHit => self.step_search(Step::Previous),
            Action::SidePanel => self.toggle_panel(),
            Action::RecordVoice => self.record_key(),
            Action::MarkAllRead => self.ask(Confirm::AllRead),
            Action::Close => self.escape(),
            _ => return None,
        })
    }

    /// To the previous or next conversation of the list.
    fn step(&mut self, direction: Direction, unread: bool) -> Vec<Effect> {
        let next = self.list.next(self.current(), direction, |row| !unread || row.unread_count > 0);
        next.map_or_else(Vec::new, |id| self.open(id))
    }

    /// To a conversation that was open before, or after that.
    fn visit_by(&mut self, by: isize) -> Vec<Effect> {
        let Some(visit) = self.visit.checked_add_signed(by) else { return Vec::new() };
        let Some(id) = self.visited.get(visit).cloned() else { return Vec::new() };
        self.visit = visit;
        self.open(id)
    }

    /// Shows a conversation, made if there is none yet.
    pub fn show(&mut self, id: ConversationId) -> Vec<Effect> {
        match self.list.get(&id) {
            Some(_) => self.open(id),
            None => vec![Effect::Call(Call::Conversation(id))],
        }
    }

    /// Shows a message of a conversation of the list, and lights it up.
    pub fn show_message(&mut self, id: ConversationId, place: u64) -> Vec<Effect> {
        let mut effects = self.show(id.clone());
        let jump = timeline::Message::Jump(place);
        effects.extend(self.in_conversation(&id, |open, scene| open.timeline.update(jump, scene)));
        effects
    }

    /// Closes the innermost thing: menu, dialog, recorder, selection, answer or change, panel, the one pane. With nothing
    /// left to close, the open conversation is read.
    pub fn escape(&mut self) -> Vec<Effect> {
        if self.emoji.take().is_some() || self.menu.take().is_some() || self.dialog.take().is_some() {
            return Vec::new();
        }
        if self.attach.is_some() {
            return self.in_attach(super::attach::Message::Close);
        }
        if self.viewer.take().is_some() {
            return Vec::new();
        }
        if self.is_recording_here() {
            return self.discard_recording(false);
        }
        if self.close_search() {
            return vec![Effect::Focus(COMPOSER)];
        }
        if self.open.as_ref().is_some_and(|open| open.picking.is_some()) {
            return self.end_picking();
        }
        let Some(open) = &mut self.open else { return Vec::new() };
        if open.timeline.deselect() {
            return Vec::new();
        }
        if open.composer.cancel() {
            return vec![Effect::Focus(COMPOSER)];
        }
        if let Some(panel) = &mut self.panel {
            return if panel.close_innermost() { Vec::new() } else { self.toggle_panel() };
        }
        let id = open.id.clone();
        if self.list.get(&id).is_some_and(|conversation| conversation.unread_count > 0) {
            return vec![Effect::Call(Call::MarkRead(id, None))];
        }
        if self.is_one_pane() { self.close() } else { Vec::new() }
    }

    /// Keeps what is begun: the program ends.
    pub fn leave_all(&mut self) -> Vec<Effect> {
        self.open.as_mut().map_or_else(Vec::new, |open| open.composer.leave())
    }

    /// Copies what is selected. None if nothing is.
    pub fn copy_selection(&self) -> Option<Vec<Effect>> {
        Some(vec![Effect::Copy(self.open.as_ref()?.timeline.selected_text()?)])
    }

    /// The message whose row has this id.
    pub fn message_with_row(&self, row: &Id) -> Option<MessageId> {
        let rows = self.open.as_ref()?.timeline.stretch().rows();
        rows.iter()
            .filter_map(|row| row.message())
            .map(|row| &row.message.id)
            .find(|id| row_id(id) == *row)
            .cloned()
    }

    /// Does what an action means for a message that has the keyboard.
    pub fn act_on_message(&mut self, action: Action, id: &MessageId) -> Option<Vec<Effect>> {
        let act = match action {
            Action::Reply => Act::Reply,
            Action::Edit => Act::Edit,
            Action::Copy => Act::Copy,
            Action::Delete => Act::Delete,
            Action::React => Act::React,
            Action::ForwardMessage => Act::Forward,
            Action::PinMessage => Act::Pin,
            Action::Select => Act::Select,
            _ => return self.voice_key(action, id),
        };
        Some(self.act(act, id))
    }

    /// Typing without a place to type goes into the composer.
    pub fn type_text(&mut self, text: &str) -> Vec<Effect> {
        if self.is_blocked() || !self.can_write() || self.is_recording_here() {
            return Vec::new();
        }
        self.open.as_mut().map_or_else(Vec::new, |open| open.composer.put_back(text))
    }

    /// Answers the message before or after the one that is answered now; after the newest, none.
    pub(super) fn answer_other(&mut self, older: bool) -> Vec<Effect> {
        let Some(open) = &self.open else { return Vec::new() };
        let rows: Vec<&MessageRow> = open
            .timeline
            .stretch()
            .rows()
            .iter()
            .filter_map(|row| row.message())
            .filter(|row| self.allows(Act::Reply, row) == Allowed::Yes)
            .collect();
        let now = open
            .composer
            .replies_to()
            .and_then(|quote| rows.iter().position(|row| row.message.id == quote.id));
        let next = match (now, older) {
            (None, true) => rows.len().checked_sub(1),
            (None, false) => return Vec::new(),
            (Some(place), true) => Some(place.saturating_sub(1)),
            (Some(place), false) => Some(place + 1),
        };
        let quote = next
            .and_then(|place| rows.get(place))
            .map(|row| actions::quote(&row.message, &self.context.me.user_id));
        let Some(open) = &mut self.open else { return Vec::new() };
        match quote {
            Some(quote) => {
                let place = quote.sequence;
                let mut effects = open.composer.reply(quote);
                effects.extend(self.in_open(|open, _| open.timeline.reveal(place)));
                effects
            }
            None => {
                open.composer.cancel();
                Vec::new()
            }
        }
    }
}
