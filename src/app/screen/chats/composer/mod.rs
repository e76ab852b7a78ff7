//! Writing: the text, what it answers to, the message it changes, and the names that are mentioned.
//!
//! What is begun is kept within half a second and on leaving; changing an old message puts it aside and
//! brings it back afterwards.

pub mod mention;
pub mod view;

use std::sync::Arc;
use std::time::Duration;

use hallway_protocol::conversation::Draft;
use hallway_protocol::group::Member;
use hallway_protocol::message::{Payload, Quote};
use hallway_protocol::{ConversationId, Limits, Message as ChatMessage, UserId};

use self::mention::Candidate;
use super::actions::Confirm;
use super::call::{Call, Outgoing};
use super::effect::Effect;
use super::timeline::Scene;
use super::{Chats, Message as ChatsMessage};
use crate::widget::composer::{Edit, Editor};

/// The id of the text area.
pub const COMPOSER: &str = "composer";
/// A change is kept this long after it, well within the half second that is promised (PLUS-4).
const KEEP_AFTER: Duration = Duration::from_millis(300);

/// The composer of the open conversation.
#[derive(Debug)]
pub struct Composer {
    number: u64,
    id: ConversationId,
    editor: Editor,
    reply: Option<Quote>,
    /// The message that is being changed, and what was begun before.
    editing: Option<Editing>,
    inserted: Vec<Candidate>,
    mention: Option<MentionList>,
    /// Who alone sees what is sent; nobody: everybody does.
    receivers: Vec<UserId>,
    /// The draft as it was kept last.
    kept: (String, Option<Quote>),
    keeping: bool,
}

#[derive(Debug, Clone)]
struct Editing {
    message: Arc<ChatMessage>,
    before: (String, Option<Quote>, Vec<Candidate>),
}

/// The list of people under the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MentionList {
    /// Who may be meant.
    pub candidates: Vec<Candidate>,
    /// The one Enter takes.
    pub chosen: usize,
    start: usize,
}

/// What happens in the composer.
#[derive(Debug, Clone)]
pub enum Message {
    /// The text changed, or the cursor moved.
    Edit(Edit),
    /// Send, or make the change.
    Send,
    /// Keep what is begun.
    Keep,
    /// Give up answering or changing.
    Cancel,
    /// Change the last own message.
    EditLast,
    /// Answer the message before (or after) the one that is answered now.
    Answer {
        /// Before instead of after.
        older: bool,
    },
    /// To the next or previous person of the list.
    Choose(isize),
    /// Take the person at this place, or the chosen one.
    Mention(Option<usize>),
    /// Close the list of people.
    CloseMentions,
    /// Put a mark around what is selected, or take it off.
    Mark(&'static str),
}

/// The length of the text against its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// Bytes it has.
    pub used: usize,
    /// Bytes it may have.
    pub most: usize,
}

impl Room {
    /// Near enough to the limit to say so.
    pub fn is_tight(self) -> bool {
        self.used * 10 >= self.most * 9
    }

    /// Too long to be sent.
    pub fn is_over(self) -> bool {
        self.used > self.most
    }
}

impl Composer {
    /// The composer of a conversation that is being opened.
    pub fn open(number: u64, id: ConversationId, draft: Option<&Draft>) -> Self {
        let kept =
            draft.map_or_else(Default::default, |draft| (draft.draft_text.clone(), draft.reply_to.clone()));
        Self {
            number,
            id,
            editor: Editor::with_text(&kept.0),
            reply: kept.1.clone(),
            editing: None,
            inserted: Vec::new(),
            mention: None,
            receivers: Vec::new(),
            kept,
            keeping: false,
        }
    }

    /// Of this opening of the conversation.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The text with cursor and history.
    pub fn editor(&self) -> &Editor {
        &self.editor
    }

    /// What is answered to.
    pub fn replies_to(&self) -> Option<&Quote> {
        self.reply.as_ref()
    }

    /// Who alone sees what is sent; nobody: everybody does.
    pub fn receivers(&self) -> &[UserId] {
        &self.receivers
    }

    /// From here on only these people see what is sent, or everybody again. Nobody is mentioned then (MSG-17).
    pub fn write_only_to(&mut self, users: Vec<UserId>) {
        self.receivers = users;
        self.mention = None;
    }

    /// The message that is being changed.
    pub fn edits(&self) -> Option<&ChatMessage> {
        self.editing.as_ref().map(|editing| editing.message.as_ref())
    }

    /// The list of people, while a name is being typed.
    pub fn mentions(&self) -> Option<&MentionList> {
        self.mention.as_ref()
    }

    /// How much room is left.
    pub fn room(&self, limits: &Limits) -> Room {
        Room { used: self.editor.bytes(), most: limits.message_body_bytes as usize }
    }

    /// Whether there is something that can be sent.
    pub fn can_send(&self, limits: &Limits) -> bool {
        !self.editor.is_blank() && !self.room(limits).is_over()
    }

    /// Begins an answer.
    pub fn reply(&mut self, quote: Quote) -> Vec<Effect> {
        self.stop_editing();
        self.reply = Some(quote);
        let mut effects = self.keep_soon();
        effects.push(Effect::Focus(COMPOSER));
        effects
    }

    /// Begins to change a message.
    pub fn edit(&mut self, message: Arc<ChatMessage>) -> Vec<Effect> {
        let Payload::Text(text) = &message.payload else { return Vec::new() };
        let words = text.text.clone();
        self.stop_editing();
        let before = (self.editor.take(), self.reply.take(), std::mem::take(&mut self.inserted));
        self.editor = Editor::with_text(&words);
        self.editing = Some(Editing { message, before });
        self.mention = None;
        vec![Effect::Focus(COMPOSER)]
    }

    /// A change was refused: the new words come back, unless something else is being written.
    pub fn edit_failed(&mut self, message: Arc<ChatMessage>, words: &str) -> Vec<Effect> {
        if self.editing.is_some() {
            return Vec::new();
        }
        let effects = self.edit(message);
        self.editor.set_text(words);
        effects
    }

    /// Puts words back that were sent once: in place of nothing, or at the cursor.
    pub fn put_back(&mut self, words: &str) -> Vec<Effect> {
        if self.editor.is_empty() {
            self.editor = Editor::with_text(words);
        } else {
            self.editor.insert(words);
        }
        let mut effects = self.keep_soon();
        effects.push(Effect::Focus(COMPOSER));
        effects
    }

    /// What is answered to was answered in another way than by words.
    pub fn answered(&mut self) -> Vec<Effect> {
        self.reply = None;
        self.keep()
    }

    /// Gives up answering or changing. True if there was anything to give up.
    pub fn cancel(&mut self) -> bool {
        self.stop_editing() || self.reply.take().is_some()
    }

    fn stop_editing(&mut self) -> bool {
        let Some(Editing { before: (words, reply, inserted), .. }) = self.editing.take() else {
            return false;
        };
        self.editor = Editor::with_text(&words);
        (self.reply, self.inserted, self.mention) = (reply, inserted, None);
        true
    }

    /// The draft changed on another instance; what is being written here wins.
    pub fn draft_elsewhere(&mut self, draft: Option<&Draft>) {
        if self.editing.is_some() || (self.editor.text(), &self.reply) != (self.kept.0.clone(), &self.kept.1)
        {
            return;
        }
        let new =
            draft.map_or_else(Default::default, |draft| (draft.draft_text.clone(), draft.reply_to.clone()));
        if new != self.kept {
            self.editor.set_text(&new.0);
            self.reply = new.1.clone();
            self.kept = new;
        }
    }

    /// The conversation is left: what is begun is kept.
    pub fn leave(&mut self) -> Vec<Effect> {
        self.stop_editing();
        self.keep()
    }

    fn keep(&mut self) -> Vec<Effect> {
        self.keeping = false;
        let now = match &self.editing {
            Some(Editing { before: (words, reply, _), .. }) => (words.clone(), reply.clone()),
            None => (self.editor.text(), self.reply.clone()),
        };
        // Spaces alone are nothing begun.
        let now = if now.0.trim().is_empty() { (String::new(), now.1) } else { now };
        if now == self.kept {
            return Vec::new();
        }
        self.kept = now.clone();
        vec![Effect::Call(Call::Draft { id: self.id.clone(), text: now.0, reply_to: now.1 })]
    }

    fn keep_soon(&mut self) -> Vec<Effect> {
        if std::mem::replace(&mut self.keeping, true) {
            return Vec::new();
        }
        vec![Effect::after(KEEP_AFTER, ChatsMessage::Composer(self.number, Message::Keep))]
    }

    /// Takes the words out, for something else than to be sent as they are.
    pub fn take_words(&mut self) -> String {
        self.inserted.clear();
        self.mention = None;
        self.editor.take()
    }

    /// Takes what is written out, to be sent; nothing is begun afterwards.
    fn take(&mut self) -> (Outgoing, Vec<Effect>) {
        let text = self.editor.take().trim_end().to_owned();
        let at_user_list =
            if self.receivers.is_empty() { mention::mentioned(&text, &self.inserted) } else { Vec::new() };
        self.inserted.clear();
        self.mention = None;
        let outgoing = Outgoing {
            receiver_list: self.receivers.clone(),
            to: self.id.clone(),
            text,
            at_user_list,
            reply_to: self.reply.take(),
            need_read_receipt: false,
        };
        let forget = self.keep();
        (outgoing, forget)
    }

    /// Finds the list of people for the name that is being typed.
    pub fn find_mentions(&mut self, members: &[Member], me: &UserId, recent: &[UserId]) {
        let can_mention = !members.is_empty() && (self.receivers.is_empty() || self.editing.is_some());
        let Some(range) = self.editor.token('@').filter(|_| can_mention) else {
            self.mention = None;
            return;
        };
        let text = self.editor.text();
        let typed = text.get(range.start + 1..range.end).unwrap_or_default();
        let candidates = mention::candidates(members, typed, me, recent);
        let chosen = match &self.mention {
            Some(before) if before.start == range.start && before.candidates == candidates => before.chosen,
            _ => 0,
        };
        self.mention =
            (!candidates.is_empty()).then_some(MentionList { candidates, chosen, start: range.start });
    }

    fn choose(&mut self, by: isize) {
        if let Some(list) = &mut self.mention {
            let count = list.candidates.len().max(1);
            let by = usize::try_from(by.rem_euclid(count.cast_signed())).unwrap_or(0);
            list.chosen = (list.chosen + by) % count;
        }
    }

    fn take_mention(&mut self, place: Option<usize>) {
        let Some(list) = self.mention.take() else { return };
        let Some(candidate) = list.candidates.get(place.unwrap_or(list.chosen)) else { return };
        self.editor.replace(list.start..self.editor.cursor(), &format!("@{} ", candidate.name));
        self.inserted.push(candidate.clone());
    }
}

impl Chats {
    pub(super) fn in_composer(&mut self, number: u64, message: Message) -> Vec<Effect> {
        let Some(open) = self.open.as_mut().filter(|open| open.composer.number == number) else {
            return Vec::new();
        };
        match message {
            Message::Edit(edit) => {
                open.composer.editor.perform(edit);
                self.look_for_mentions();
                let typing = self.tell_typing();
                let mut effects = self.open.as_mut().map_or_else(Vec::new, |open| open.composer.keep_soon());
                effects.extend(typing);
                effects
            }
            Message::Mark(mark) => {
                open.composer.editor.surround(mark);
                open.composer.keep_soon()
            }
            Message::Send => self.send(false),
            Message::Keep => open.composer.keep(),
            Message::Cancel => {
                open.composer.cancel();
                let mut effects = open.composer.keep_soon();
                effects.push(Effect::Focus(COMPOSER));
                effects
            }
            Message::EditLast => match open.timeline.last_own(&self.context.me.user_id) {
                Some(message) => open.composer.edit(message),
                None => Vec::new(),
            },
            Message::Answer { older } => self.answer_other(older),
            Message::Choose(by) => {
                open.composer.choose(by);
                Vec::new()
            }
            Message::Mention(place) => {
                open.composer.take_mention(place);
                let mut effects = open.composer.keep_soon();
                effects.push(Effect::Focus(COMPOSER));
                effects
            }
            Message::CloseMentions => {
                open.composer.mention = None;
                Vec::new()
            }
        }
    }

    fn look_for_mentions(&mut self) {
        let Some(open) = &mut self.open else { return };
        let recent: Vec<UserId> = open
            .timeline
            .stretch()
            .rows()
            .iter()
            .rev()
            .filter_map(|row| Some(row.message()?.message.from.clone()))
            .take(30)
            .collect();
        open.composer.find_mentions(&open.members, &self.context.me.user_id, &recent);
    }

    /// Sends what is written, or makes the change. Asks first before many people are notified.
    pub(super) fn send(&mut self, asked: bool) -> Vec<Effect> {
        let group_size = self
            .current()
            .and_then(|id| self.list.get(id)?.group_profile.as_ref())
            .map_or(0, |group| group.member_count);
        if !self.can_write() {
            return Vec::new();
        }
        let wants_receipt = self.wants_receipts();
        let Some(open) = &mut self.open else { return Vec::new() };
        let composer = &mut open.composer;
        if !composer.can_send(&self.context.limits) {
            return Vec::new();
        }
        if composer.editing.is_some() {
            return composer.finish_editing(&open.members);
        }
        let everybody = composer.receivers.is_empty()
            && mention::mentioned(&composer.editor.text(), &composer.inserted)
                .iter()
                .any(|id| id == hallway_protocol::ids::MENTION_ALL);
        if everybody && group_size > mention::ASK_FROM && !asked {
            return self.ask(Confirm::NotifyAll(group_size));
        }
        let (mut outgoing, mut effects) = composer.take();
        outgoing.need_read_receipt = wants_receipt;
        self.outbox.push_back(outgoing);
        if self.outbox.len() == 1 {
            effects.extend(self.outbox.front().cloned().map(|first| Effect::Call(Call::Send(first))));
        }
        effects.extend(self.in_open(|open, scene: Scene<'_>| open.timeline.sent(scene)));
        effects
    }

    /// A message is in the outbox, or was refused: the next one follows.
    pub(super) fn sent(
        &mut self,
        outgoing: Outgoing,
        result: Result<(), hallway_protocol::ChatError>,
    ) -> Vec<Effect> {
        self.outbox.pop_front();
        let mut effects: Vec<_> =
            self.outbox.front().cloned().map(|next| Effect::Call(Call::Send(next))).into_iter().collect();
        if let Err(error) = result {
            effects.extend(self.toast(super::update::failure(crate::fl!("failed-send"), &error)));
            if let Some(open) = self.open.as_mut().filter(|open| open.id == outgoing.to) {
                open.timeline.not_sent();
                effects.extend(open.composer.put_back(&outgoing.text));
                open.composer.reply = open.composer.reply.take().or(outgoing.reply_to);
            }
        }
        effects
    }
}

impl Composer {
    /// The change as a call; what was begun before comes back.
    fn finish_editing(&mut self, members: &[Member]) -> Vec<Effect> {
        let text = self.editor.text().trim_end().to_owned();
        let inserted = std::mem::take(&mut self.inserted);
        let Some(message) = self.editing.as_ref().map(|editing| Arc::clone(&editing.message)) else {
            return Vec::new();
        };
        let unchanged = matches!(&message.payload, Payload::Text(old) if old.text == text);
        self.stop_editing();
        if unchanged {
            return Vec::new();
        }
        // Those mentioned before stay mentioned while their names are still there.
        let before = message.at_user_list.iter().map(|id| {
            let member = members.iter().find(|member| member.user_id.as_str() == id);
            let everybody = Candidate::everybody();
            match member {
                Some(member) => Candidate { id: id.clone(), name: mention::member_name(member).to_owned() },
                None if *id == everybody.id => everybody,
                None => Candidate { id: id.clone(), name: id.clone() },
            }
        });
        let all: Vec<_> = before.chain(inserted).collect();
        let at_user_list = mention::mentioned(&text, &all);
        vec![Effect::Call(Call::Edit { message, text, at_user_list })]
    }
}
