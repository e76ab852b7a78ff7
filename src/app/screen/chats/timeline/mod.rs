//! The timeline of the open conversation.
//!
//! * [`stretch`]: which messages are in memory; [`rows`]: how they are laid out.
//! * `jump`: where the list goes: to the divider, the end, a message, and back.
//! * [`reading`]: what counts as read.
//! * this file: jumps, the unread divider, holes, selection, and what happens to single messages.
//! * [`view`], [`bubble`], `quote`, `notice`, `content`, [`menu`]: what is seen of it.

pub mod bubble;
pub(in crate::screen::chats) mod content;
mod jump;
pub mod links;
pub mod menu;
mod notice;
mod quote;
pub mod reading;
pub mod rows;
pub mod stretch;
pub mod view;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use hallway_client::{Conversation, TimelineItem};
use hallway_protocol::message::Payload;
use hallway_protocol::{ChatError, ConversationId, Message as ChatMessage, MessageId, UserId};

use self::jump::Going;
use self::reading::Reading;
use self::rows::{Key, Row, Surroundings};
use self::stretch::{PAGE, Stretch};
use super::call::Call;
use super::effect::Effect;
use crate::clock::Clock;
use crate::text::markdown::Document;
use crate::widget::select_text::Selection;
use crate::widget::virtual_list::{Command, Position, Viewport};

/// The id of the list widget.
pub const TIMELINE: &str = "timeline";
/// How long a message may be on its way before its mark says so.
const LATE: Duration = Duration::from_millis(400);
/// How long the words of a recalled message can be taken back into the composer, in seconds.
const EDIT_AGAIN: i64 = 5 * 60;

/// The timeline.
#[derive(Debug)]
pub struct Timeline {
    /// Tells this opening of a conversation from others, for what comes back later.
    number: u64,
    stretch: Stretch,
    divider: Option<u64>,
    /// Changes whenever the list has to forget its place and begin at `start`.
    session: u64,
    start: Position<Key>,
    viewport: Option<Viewport<Key>>,
    reading: Reading,
    /// Where the list goes once the stretch around it has been read.
    going: Option<Going>,
    /// The message that is lit up, and the number of the light.
    flash: Option<(MessageId, u64)>,
    flashes: u64,
    /// Places that were jumped from, the last one at the end, and where in the view they stood.
    back: Vec<(u64, f32)>,
    holes: HashMap<u64, Filling>,
    /// Own messages that have been on their way for a while.
    late: HashSet<MessageId>,
    /// Places of messages whose senders were told that they were read.
    acknowledged: HashSet<u64>,
    /// Messages whose long code is shown whole.
    unfolded: HashSet<MessageId>,
    selection: Option<Selection<Key>>,
    error: Option<ChatError>,
    recalled: HashMap<MessageId, Recalled>,
    /// Something was sent when this was the newest own message: it is newer, once it is here.
    awaited: Option<Option<MessageId>>,
}

fn id_of(item: &TimelineItem) -> Option<&MessageId> {
    match item {
        TimelineItem::Message(message) | TimelineItem::Outgoing(message, _) => Some(&message.id),
        TimelineItem::Hole { .. } => None,
    }
}

/// What becomes of a hole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filling {
    /// The messages are being fetched.
    UnderWay,
    /// They could not be.
    Failed,
}

#[derive(Debug, Clone)]
struct Recalled {
    text: String,
    time: i64,
}

/// What happens in a timeline.
#[derive(Debug, Clone)]
pub enum Message {
    /// Other rows came into view.
    Viewport(Viewport<Key>),
    /// Text was selected.
    Select(Option<Selection<Key>>),
    /// To the message at this place.
    Jump(u64),
    /// To where the last jump began.
    Return,
    /// To the end.
    Latest,
    /// To the first unread message that mentions the viewer.
    Mention,
    /// Read the stretch again after it failed.
    Retry,
    /// Fetch a hole again.
    RetryHole(u64, u64),
    /// The light goes out.
    FlashOver(u64),
    /// Something has been in view for long enough.
    Dwelled(u64),
    /// These messages have been on their way for a while.
    Late(Vec<MessageId>),
    /// Show the long code of a message whole, or its beginning again.
    Fold(MessageId),
}

/// What an update needs to know of the world around the timeline.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    /// Which conversation.
    pub id: &'a ConversationId,
    /// Its line in the list, where there is one.
    pub conversation: Option<&'a Conversation>,
    /// Who is looking.
    pub me: &'a UserId,
    /// When, and in which zone.
    pub clock: Clock,
    /// The window has the keyboard.
    pub attentive: bool,
}

impl Timeline {
    /// The timeline of a conversation that is being opened, and the first read. `number` is of this opening.
    pub fn open(number: u64, scene: Scene<'_>) -> (Self, Vec<Effect>) {
        let (unread, read_seq, head) = scene.conversation.map_or((0, 0, 0), |conversation| {
            (conversation.unread_count, conversation.read_seq, conversation.seq)
        });
        let divider = (unread > 0).then_some(read_seq);
        let mut timeline = Self {
            number,
            stretch: Stretch::default(),
            divider,
            session: 0,
            start: Position::End,
            viewport: None,
            reading: Reading::from(read_seq),
            going: Some(Going::Opening),
            flash: None,
            flashes: 0,
            back: Vec::new(),
            holes: HashMap::new(),
            late: HashSet::new(),
            acknowledged: HashSet::new(),
            unfolded: HashSet::new(),
            selection: None,
            error: None,
            recalled: HashMap::new(),
            awaited: None,
        };
        timeline.stretch.set_head(head);
        // One page from the end holds the divider unless much is unread.
        let far = divider.filter(|_| unread > PAGE as u64 / 2).map(|read| read + 1);
        timeline.stretch.go(far);
        let effects = timeline.reads(scene);
        (timeline, effects)
    }

    /// Of this opening.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// What is in memory.
    pub fn stretch(&self) -> &Stretch {
        &self.stretch
    }

    /// The messages in view, those of albums one by one.
    pub fn in_view(&self) -> impl Iterator<Item = &rows::MessageRow> {
        let viewport = self.viewport.as_ref();
        let places = viewport.map_or(0..0, |viewport| viewport.first..viewport.last.saturating_add(1));
        places.filter_map(|place| self.stretch.row(place)?.message()).flat_map(rows::MessageRow::pieces)
    }

    /// What is selected.
    pub fn selection(&self) -> Option<&Selection<Key>> {
        self.selection.as_ref()
    }

    /// Why nothing could be read.
    pub fn error(&self) -> Option<&ChatError> {
        self.error.as_ref()
    }

    /// What becomes of the hole that begins at a place.
    pub fn filling(&self, from_seq: u64) -> Option<Filling> {
        self.holes.get(&from_seq).copied()
    }

    /// Whether the message is lit up.
    pub fn is_lit(&self, id: &MessageId) -> bool {
        self.flash.as_ref().is_some_and(|(lit, _)| lit == id)
    }

    /// Whether a message has been on its way for a while.
    pub fn is_late(&self, id: &MessageId) -> bool {
        self.late.contains(id)
    }

    /// The place that is being gone to, so that a quote can show it.
    pub fn going_to(&self) -> Option<u64> {
        match self.going {
            Some(Going::To(place)) => Some(place),
            _ => None,
        }
    }

    /// Whether the button to the end is shown.
    pub fn is_far_from_end(&self) -> bool {
        self.viewport.as_ref().is_some_and(|viewport| viewport.far_from_end)
            || (self.stretch.is_loaded() && !self.stretch.reaches_end())
    }

    /// Whether the newest message is in view.
    pub fn is_at_end(&self) -> bool {
        self.stretch.reaches_end() && self.viewport.as_ref().is_some_and(|viewport| viewport.at_end)
    }

    /// Whether there is a jump to come back from.
    pub fn can_return(&self) -> bool {
        !self.back.is_empty()
    }

    /// The words of a message the viewer recalled a short while ago.
    pub fn edit_again(&self, id: &MessageId, now: i64) -> Option<&str> {
        let recalled = self.recalled.get(id).filter(|recalled| now - recalled.time <= EDIT_AGAIN)?;
        Some(&recalled.text)
    }

    /// Whether the long code of a message is shown whole.
    pub fn is_unfolded(&self, id: &MessageId) -> bool {
        self.unfolded.contains(id)
    }

    /// The selected text.
    pub fn selected_text(&self) -> Option<String> {
        let text = |index: usize| match self.stretch.row(index)? {
            Row::Message(row) => row.words.as_deref().map(Document::text),
            Row::Tip(tip) => Some(tip.text.as_str()),
            _ => None,
        };
        self.selection.as_ref()?.copy(|key| self.stretch.index(key), text)
    }

    /// The newest own message, on its way or not.
    fn newest_own(&self, me: &UserId) -> Option<&TimelineItem> {
        self.stretch.items().iter().rev().find(|item| match item {
            TimelineItem::Message(message) => message.from == *me,
            TimelineItem::Outgoing(..) => true,
            TimelineItem::Hole { .. } => false,
        })
    }

    /// The last own text message that is at the server, for editing with Up. None while a newer one is not
    /// there yet: that one is meant.
    pub fn last_own(&self, me: &UserId) -> Option<Arc<ChatMessage>> {
        if self.awaited.is_some() || matches!(self.newest_own(me), Some(TimelineItem::Outgoing(_, None))) {
            return None;
        }
        self.stretch.items().iter().rev().find_map(|item| match item {
            TimelineItem::Message(message)
                if message.from == *me
                    && !message.is_revoked()
                    && matches!(message.payload, Payload::Text(_)) =>
            {
                Some(Arc::clone(message))
            }
            _ => None,
        })
    }

    /// A message in memory, wherever it is.
    pub fn message(&self, id: &MessageId) -> Option<&rows::MessageRow> {
        self.stretch.rows().message(id)
    }

    /// The conversation changed: rows, outbox, holes, marks.
    pub fn changed(&mut self, scene: Scene<'_>) -> Vec<Effect> {
        if let Some(conversation) = scene.conversation {
            self.stretch.set_head(conversation.seq);
            self.reading.moved(conversation.read_seq);
        }
        self.stretch.refresh();
        self.reads(scene)
    }

    /// Another day or language: the same messages in other words.
    pub fn rebuild(&mut self, scene: Scene<'_>) {
        let around = self.surroundings(scene);
        self.stretch.rebuild(around);
    }

    /// The window got or lost the keyboard.
    pub fn attention(&mut self, scene: Scene<'_>) -> Vec<Effect> {
        self.look(scene)
    }

    /// There is a connection again: holes that could not be filled are tried again.
    pub fn reconnected(&mut self, scene: Scene<'_>) -> Vec<Effect> {
        self.holes.retain(|_, filling| *filling == Filling::UnderWay);
        self.fill(scene)
    }

    /// The viewer sent something: the view goes to the end.
    pub fn sent(&mut self, scene: Scene<'_>) -> Vec<Effect> {
        self.awaited = Some(self.newest_own(scene.me).and_then(id_of).cloned());
        self.latest(scene)
    }

    /// What was sent was refused.
    pub fn not_sent(&mut self) {
        self.awaited = None;
    }

    /// The viewer recalled a message; its words are kept for a while.
    pub fn keep_recalled(&mut self, message: &ChatMessage, now: i64) {
        if let Payload::Text(text) = &message.payload {
            self.recalled.insert(message.id.clone(), Recalled { text: text.text.clone(), time: now });
        }
    }

    /// Brings the message at a place into view, if it is in memory.
    pub fn reveal(&self, place: u64) -> Vec<Effect> {
        self.key_at(place).map(|key| Effect::Scroll(Command::Reveal(key))).into_iter().collect()
    }

    /// Forgets the selection. True if there was one.
    pub fn deselect(&mut self) -> bool {
        self.stretch.set_hold(false);
        self.selection.take().is_some()
    }

    /// Takes the answer to a read.
    pub fn read(
        &mut self,
        number: u64,
        result: Result<Arc<hallway_client::Timeline>, ChatError>,
        scene: Scene<'_>,
    ) -> Vec<Effect> {
        let timeline = match result {
            Ok(timeline) => Arc::unwrap_or_clone(timeline),
            Err(error) => {
                self.stretch.failed(number);
                self.error = Some(error);
                return Vec::new();
            }
        };
        let around = self.surroundings(scene);
        let Some(arrived) = self.stretch.answer(number, timeline, around) else { return Vec::new() };
        self.error = None;
        let newest = self.newest_own(scene.me).and_then(id_of).cloned();
        self.awaited.take_if(|before| *before != newest);
        let mut effects = self.arrive(arrived);
        effects.extend(self.watch_outgoing(scene));
        effects.extend(self.reads(scene));
        effects
    }

    /// Takes the answer to the filling of a hole.
    pub fn filled(&mut self, from_seq: u64, result: Result<(), ChatError>, scene: Scene<'_>) -> Vec<Effect> {
        match result {
            Ok(()) => {
                self.holes.remove(&from_seq);
                self.changed(scene)
            }
            Err(_) => {
                self.holes.insert(from_seq, Filling::Failed);
                Vec::new()
            }
        }
    }

    /// Handles what happens in the timeline.
    pub fn update(&mut self, message: Message, scene: Scene<'_>) -> Vec<Effect> {
        match message {
            Message::Viewport(viewport) => {
                self.stretch.viewport(viewport.first, viewport.last, viewport.at_end);
                self.viewport = Some(viewport);
                let mut effects = self.reads(scene);
                effects.extend(self.fill(scene));
                effects.extend(self.look(scene));
                effects
            }
            Message::Select(selection) => {
                self.stretch.set_hold(selection.is_some());
                self.selection = selection;
                Vec::new()
            }
            Message::Jump(place) => {
                let here = self.viewport.as_ref().and_then(|viewport| {
                    let (key, top) = &viewport.anchor;
                    Some((self.place_of(key)?, *top))
                });
                self.back.extend(here);
                self.go(place, scene)
            }
            Message::Return => match self.back.pop() {
                Some((place, top)) => self.go_back(place, top, scene),
                None => Vec::new(),
            },
            Message::Latest => self.latest(scene),
            Message::Mention => {
                let mentions = scene.conversation.map(|conversation| &conversation.group_at_info_list);
                match mentions.and_then(|list| list.iter().map(|mention| mention.message_sequence).min()) {
                    Some(place) => self.go(place, scene),
                    None => Vec::new(),
                }
            }
            Message::Retry => {
                self.error = None;
                match self.going {
                    Some(Going::To(place)) => self.stretch.go(Some(place)),
                    _ if self.stretch.is_loaded() => self.stretch.refresh(),
                    _ => self.stretch.go(None),
                }
                self.reads(scene)
            }
            Message::RetryHole(from_seq, to_seq) => {
                self.holes.insert(from_seq, Filling::UnderWay);
                vec![Effect::Call(Call::Fill { id: scene.id.clone(), from_seq, to_seq })]
            }
            Message::FlashOver(number) => {
                self.flash.take_if(|(_, lit)| *lit == number);
                Vec::new()
            }
            Message::Dwelled(wait) => {
                let Some(place) = self.reading.waited(wait) else { return self.look(scene) };
                let mut effects = vec![Effect::Call(Call::MarkRead(scene.id.clone(), Some(place)))];
                effects.extend(self.acknowledge(scene));
                effects.extend(self.look(scene));
                effects
            }
            Message::Fold(id) => {
                if !self.unfolded.remove(&id) {
                    self.unfolded.insert(id);
                }
                Vec::new()
            }
            Message::Late(ids) => {
                let waiting = |id: &MessageId| {
                    self.stretch.rows().message(id).is_some_and(|row| row.outgoing && row.failure.is_none())
                };
                let late: Vec<_> = ids.into_iter().filter(waiting).collect();
                self.late.extend(late);
                Vec::new()
            }
        }
    }

    fn surroundings<'a>(&self, scene: Scene<'a>) -> Surroundings<'a> {
        Surroundings { me: scene.me, clock: scene.clock, divider: self.divider, complete: false }
    }

    /// The reads that are due.
    fn reads(&mut self, scene: Scene<'_>) -> Vec<Effect> {
        let Some(read) = self.stretch.next_read() else { return Vec::new() };
        vec![Effect::Call(Call::Read {
            id: scene.id.clone(),
            number: read.number,
            around: read.around,
            before: read.before,
            after: read.after,
        })]
    }

    fn later(&self, wait: Duration, message: Message) -> Effect {
        Effect::after(wait, super::Message::Timeline(self.number, message))
    }

    /// Fetches the holes in view.
    fn fill(&mut self, scene: Scene<'_>) -> Vec<Effect> {
        let Some(viewport) = &self.viewport else { return Vec::new() };
        let mut effects = Vec::new();
        for index in viewport.first..=viewport.last {
            let Some(Row::Hole { from_seq, to_seq }) = self.stretch.row(index) else { continue };
            if !self.holes.contains_key(from_seq) {
                self.holes.insert(*from_seq, Filling::UnderWay);
                let (id, from_seq, to_seq) = (scene.id.clone(), *from_seq, *to_seq);
                effects.push(Effect::Call(Call::Fill { id, from_seq, to_seq }));
            }
        }
        effects
    }

    /// What is in view may have to be marked as read.
    fn look(&mut self, scene: Scene<'_>) -> Vec<Effect> {
        let Some(viewport) = &self.viewport else { return Vec::new() };
        let places = viewport.shown.iter().filter_map(|key| {
            let row = self.stretch.row(self.stretch.index(key)?)?;
            match row {
                Row::Hole { .. } => None,
                row => Some(row.sequences()?.end - 1),
            }
        });
        let visible = places.max().unwrap_or(0);
        match self.reading.look(visible, scene.attentive) {
            Some(wait) => vec![self.later(reading::DWELL, Message::Dwelled(wait))],
            None => Vec::new(),
        }
    }

    /// The senders of what is in view are told that it was read, if they want to know (MSG-85); once.
    fn acknowledge(&mut self, scene: Scene<'_>) -> Option<Effect> {
        let viewport = self.viewport.as_ref()?;
        let mut seen = Vec::new();
        for key in &viewport.shown {
            let row = self.stretch.index(key).and_then(|index| self.stretch.row(index)?.message());
            let Some(message) = row.filter(|row| !row.own).map(|row| &row.message) else { continue };
            let is_new = message.need_read_receipt && self.acknowledged.insert(message.sequence);
            if is_new && matches!(scene.id, ConversationId::Group(_)) {
                seen.push(Arc::clone(message));
            }
        }
        (!seen.is_empty()).then_some(Effect::Call(Call::Receipts(seen)))
    }

    /// Own messages on their way get their clock after a while, old ones at once.
    fn watch_outgoing(&mut self, scene: Scene<'_>) -> Vec<Effect> {
        let outgoing: HashMap<MessageId, i64> = self
            .stretch
            .items()
            .iter()
            .filter_map(|item| match item {
                TimelineItem::Outgoing(message, None) => Some((message.id.clone(), message.time)),
                _ => None,
            })
            .collect();
        self.late.retain(|id| outgoing.contains_key(id));
        let mut fresh = Vec::new();
        for (id, time) in outgoing {
            if scene.clock.now() - time > 1 {
                self.late.insert(id);
            } else if !self.late.contains(&id) {
                fresh.push(id);
            }
        }
        if fresh.is_empty() { Vec::new() } else { vec![self.later(LATE, Message::Late(fresh))] }
    }
}
