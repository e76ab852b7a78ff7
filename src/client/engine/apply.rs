//! What the server said, written down: steps run in one transaction on the cache's thread.
//!
//! The engine decides what is applied and in which order ([`crate::sync::Tracker`]); here rows, ranges, counters
//! and the lines of the conversation list are brought up to date, and what the app has to be told is noted in an
//! [`Outcome`]. Nothing is told before the transaction is committed. What is private to the user and belongs to no
//! conversation is in `private`.

mod annotation;
mod private;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use hallway_protocol::annotation::Extension;
use hallway_protocol::conversation::{
    AllReceiveMessageOpt, AtType, ConversationGroup, ConversationState, Draft, Mention, ReadState, RemindType,
};
use hallway_protocol::group::{Group, Member};
use hallway_protocol::ids::MENTION_ALL;
use hallway_protocol::message::{Payload, Reaction};
use hallway_protocol::sync::{
    Annotated, Changes, ConversationFrame, Head, HiddenMessage, PeerProgress, Range, Stored,
};
use hallway_protocol::user::Profile;
use hallway_protocol::{ConversationId, GroupId, Message, MessageId, UserId};
use rusqlite::Connection;

use crate::cache::conv::{self, Conv};
use crate::cache::messages::{self, Merged, Messages};
use crate::cache::meta::{self, Cursors, Session};
use crate::cache::{CacheResult, outbox, people, wish};
use crate::event::{AnnotatedMessage, PinChange, ReadReceipt};
use crate::sync::log::{self, Rows};
use crate::sync::{Ranges, unread};

/// Unread mentions kept per conversation (CONV-27).
const MENTIONS_MAX: usize = 100;

/// One thing to write down.
#[derive(Debug)]
pub enum Step {
    /// Where a conversation stands. `first`: nothing was known before, so nothing is news.
    Head { head: Box<Head>, first: bool },
    /// A frame whose turn it is.
    Frame(Box<ConversationFrame>),
    /// The answer to an own call.
    Own(Box<Stored>),
    /// What an own call put on messages.
    Annotated(Box<Annotated>),
    /// What was on its way to a message is done, or refused; with the version the message has since.
    Wished { id: ConversationId, position: i64, version: Option<(MessageId, u32)> },
    /// What changed after `after`.
    Changes { id: ConversationId, after: u64, changes: Box<Changes> },
    /// Too much has changed since `cursor`.
    Reset { id: ConversationId, cursor: u64, page: Box<Range> },
    /// A stretch, asked for from `asked` on.
    Page { id: ConversationId, asked: u64, page: Box<Range> },
    /// What changed in an old stretch.
    Refresh { id: ConversationId, as_of: u64, page: Box<Range> },
    /// Settings and read position.
    State(Box<ConversationState>),
    /// The conversation was deleted.
    Gone(ConversationId),
    /// A message was deleted for this user, or that was taken back.
    Hidden { message: HiddenMessage, is_hidden: bool },
    /// A voice message was listened to on another instance.
    Heard(MessageId),
    /// The history up to this place was cleared for this user.
    Cleared { id: ConversationId, up_to: u64 },
    /// Out of the list until something comes.
    Delisted(ConversationId),
    /// A draft from another instance.
    Draft(Box<Draft>),
    /// A read position as the server has it, in answer to a position of this client if `settled`.
    Read { id: ConversationId, read: ReadState, settled: Option<u64> },
    /// Read here up to a place or, without one, all there is; the server has yet to hear of it.
    ReadHere { id: ConversationId, place: Option<u64> },
    /// The peer has got further.
    Peer { id: ConversationId, peer: PeerProgress },
    /// A profile of somebody.
    Profile(Profile),
    /// The own profile.
    Me(Profile),
    /// The conversation groups, all of them.
    ConversationGroups(Vec<ConversationGroup>),
    /// Global do-not-disturb.
    AllReceiveMessageOpt(AllReceiveMessageOpt),
    /// The own log begins anew: private objects of this copy that it does not name are no more.
    Forget,
    /// A group as a call answered it.
    Group(Box<Group>),
    /// The complete list of members, begun when the conversation stood at `as_of`.
    Members { id: ConversationId, as_of: u64, members: Vec<Member> },
    /// Whatever is here may be newer than what the restored server has.
    Distrust(ConversationId),
    /// Reported as received.
    Delivered { id: ConversationId, seq: u64 },
}

impl Step {
    /// The conversation it concerns.
    pub fn conversation(&self) -> Option<ConversationId> {
        Some(match self {
            Self::Head { head, .. } => head.conversation_id.clone(),
            Self::Frame(frame) => frame.conversation_id.clone(),
            Self::Own(stored) => stored.message.conversation_id.clone(),
            Self::Annotated(annotated) => annotated.conversation_id.clone(),
            Self::State(state) => state.conversation_id.clone(),
            Self::Hidden { message, .. } => message.conversation_id.clone(),
            Self::Group(group) => ConversationId::Group(group.group_id.clone()),
            Self::Wished { id, .. }
            | Self::Changes { id, .. }
            | Self::Reset { id, .. }
            | Self::Page { id, .. }
            | Self::Refresh { id, .. }
            | Self::Gone(id)
            | Self::Cleared { id, .. }
            | Self::Delisted(id)
            | Self::Read { id, .. }
            | Self::ReadHere { id, .. }
            | Self::Peer { id, .. }
            | Self::Members { id, .. }
            | Self::Distrust(id)
            | Self::Delivered { id, .. } => id.clone(),
            Self::Draft(_)
            | Self::Heard(_)
            | Self::Profile(_)
            | Self::Me(_)
            | Self::ConversationGroups(_)
            | Self::AllReceiveMessageOpt(_)
            | Self::Forget => return None,
        })
    }
}

/// What the app has to be told once it is committed.
#[derive(Debug, Default)]
pub struct Outcome {
    /// New messages, in order.
    pub received: Vec<Message>,
    /// Changed ones.
    pub modified: Vec<Message>,
    /// Recalled ones.
    pub revoked: Vec<Message>,
    /// Own ones the peer has read.
    pub read_by_peer: Vec<Message>,
    /// Reactions that changed, by message.
    pub reactions: Vec<(AnnotatedMessage, Vec<Reaction>)>,
    /// Keys that were set, by message.
    pub extensions_updated: Vec<(AnnotatedMessage, Vec<Extension>)>,
    /// Keys that were removed, by message.
    pub extensions_deleted: Vec<(AnnotatedMessage, Vec<String>)>,
    /// Receipts of own messages.
    pub receipts: Vec<ReadReceipt>,
    /// Pins that changed.
    pub pins: Vec<PinChange>,
    /// Own ones that are stored now and were in the outbox.
    pub sent: Vec<Message>,
    /// Conversations whose rows changed.
    pub timelines: BTreeSet<ConversationId>,
    /// Groups whose members changed.
    pub members: Vec<(GroupId, Vec<Member>)>,
    /// A group changed.
    pub groups: bool,
    /// Read positions the server has yet to hear of.
    pub reads: Vec<(ConversationId, u64)>,
    /// The own profile changed.
    pub session: Option<Session>,
    /// Voice messages that were listened to elsewhere.
    pub heard: Vec<MessageId>,
    /// Drafts taken over.
    pub drafts: Vec<Draft>,
    /// Conversations that are no more.
    pub gone: Vec<ConversationId>,
    /// The conversation groups as they are now.
    pub conversation_groups: Option<Vec<ConversationGroup>>,
    /// Numbers of those that something was put into or taken out of.
    pub regrouped: BTreeSet<u64>,
    /// Global do-not-disturb as it is now.
    pub all_receive_message_opt: Option<AllReceiveMessageOpt>,
}

/// Everything a batch needs and gives back.
pub struct Batch {
    /// Whose copy this is.
    pub me: UserId,
    /// The lines the steps concern.
    pub convs: HashMap<ConversationId, Conv>,
    /// What to do.
    pub steps: Vec<Step>,
    /// New cursors, written last.
    pub cursors: Option<Cursors>,
}

/// Runs a batch.
pub fn run(db: &Connection, batch: Batch) -> CacheResult<(HashMap<ConversationId, Conv>, Outcome)> {
    let Batch { me, mut convs, steps, cursors } = batch;
    let mut work = Work { db, me, ranges: HashMap::new(), out: Outcome::default() };
    for conv in convs.values_mut().filter(|conv| conv.key == 0) {
        conv.save(db)?;
    }
    for step in steps {
        match step.conversation() {
            None => work.apart(step)?,
            Some(id) => {
                if let Some(conv) = convs.get_mut(&id) {
                    work.step(conv, step)?;
                }
            }
        }
    }
    for id in &work.out.gone {
        if let Some(conv) = convs.remove(id) {
            conv::delete(db, &conv)?;
            work.ranges.remove(&conv.key);
        }
    }
    for conv in convs.values_mut() {
        work.settle(conv)?;
        conv.save(db)?;
    }
    for (key, ranges) in &work.ranges {
        conv::save_ranges(db, *key, ranges)?;
    }
    if let Some(cursors) = cursors {
        meta::put_cursors(db, &cursors)?;
    }
    Ok((convs, work.out))
}

/// How rows reached this client.
#[derive(Clone, Copy, PartialEq)]
enum By {
    /// Live, or missed: news, where it is newer than `since`.
    News { since: u64 },
    /// Looked up: no news.
    History,
    /// An own call.
    OwnCall,
}

struct Work<'a> {
    db: &'a Connection,
    me: UserId,
    ranges: HashMap<i64, Ranges>,
    out: Outcome,
}

impl Work<'_> {
    fn step(&mut self, conv: &mut Conv, step: Step) -> CacheResult<()> {
        match step {
            Step::Head { head, first } => self.head(conv, *head, first)?,
            Step::Frame(frame) => {
                conv.raise(frame.counters, frame.changed_at);
                self.group(conv, frame.group_profile)?;
                self.members(conv, &frame.members)?;
                let rows = frame.messages;
                self.rows(conv, By::News { since: frame.prev_mod }, |ranges, store| {
                    log::rows(ranges, store, rows)
                })?;
                self.annotations(conv, frame.annotations, By::News { since: frame.prev_mod })?;
            }
            Step::Annotated(annotated) => {
                conv.raise(annotated.counters, 0);
                self.annotations(conv, annotated.annotations, By::OwnCall)?;
            }
            Step::Wished { position, version, .. } => {
                wish::remove(self.db, position)?;
                if let Some((id, version)) = version {
                    wish::rebase(self.db, &id, version)?;
                }
                self.out.timelines.insert(conv.id.clone());
            }
            Step::Own(stored) => {
                conv.raise(stored.counters, stored.message.time.saturating_mul(1000));
                if outbox::remove_sent(self.db, &stored.message.id)? {
                    self.out.sent.push(stored.message.clone());
                    self.out.timelines.insert(conv.id.clone());
                    // A hook of the deployment changed it while it was sent (MSG-91).
                    self.out.modified.extend(stored.message.is_modified().then(|| stored.message.clone()));
                }
                self.rows(conv, By::OwnCall, |ranges, store| log::rows(ranges, store, [stored.message]))?;
            }
            Step::Changes { after, changes, .. } => {
                conv.raise(changes.head, 0);
                self.group(conv, changes.group_profile)?;
                self.members(conv, &changes.members)?;
                // They come in order of change; the app is told in order of place.
                let mut rows = changes.messages;
                rows.sort_by_key(|row| row.sequence);
                self.rows(conv, By::News { since: after }, |ranges, store| log::rows(ranges, store, rows))?;
                self.annotations(conv, changes.annotations, By::News { since: after })?;
            }
            Step::Reset { cursor, page, .. } => {
                let page = *page;
                conv.members_as_of = None;
                let (bounds, as_of) = ((page.from_seq, page.to_seq), page.as_of);
                if page.is_completed {
                    conv.floor = conv.floor.max(page.from_seq);
                }
                self.rows(conv, By::News { since: cursor }, |ranges, store| {
                    log::reset(ranges, store, (cursor, as_of), bounds, page.messages)
                })?;
                self.annotated_page(conv, bounds, as_of, page.annotations)?;
                conv.announced = conv.announced.max(bounds.1);
            }
            Step::Page { asked, page, .. } => {
                let page = *page;
                let bounds = (page.from_seq, page.to_seq);
                if page.is_completed && page.from_seq >= asked {
                    conv.floor = conv.floor.max(page.from_seq);
                }
                self.rows(conv, By::History, |ranges, store| {
                    log::page(ranges, store, bounds, page.messages)
                })?;
                self.annotated_page(conv, bounds, page.as_of, page.annotations)?;
            }
            Step::Refresh { as_of, page, .. } => {
                let page = *page;
                let bounds = (page.from_seq, page.to_seq);
                self.rows(conv, By::History, |ranges, store| {
                    log::refresh(ranges, store, bounds, as_of, page.messages)
                })?;
                self.annotations(conv, page.annotations, By::History)?;
            }
            Step::State(state) => self.state(conv, *state)?,
            Step::Gone(id) => self.out.gone.push(id),
            Step::Hidden { message, is_hidden } => {
                messages::hide(self.db, conv.key, &message, is_hidden)?;
                // The server leaves it out of what it sends, so it may be what a stretch waits for.
                self.rows(conv, By::History, |ranges, store| log::rows(ranges, store, []))?;
                self.out.timelines.insert(conv.id.clone());
            }
            Step::Cleared { up_to, .. } => {
                let min_seq = conv.state.min_seq.max(up_to);
                self.state(conv, ConversationState { min_seq, ..conv.state.clone() })?;
                conv.state.read = unread::further(conv.state.read, all_read(conv));
            }
            Step::Delisted(_) => {
                conv.state.hidden_to = Some(conv.counters.seq);
                conv.state.is_pinned = false;
                conv.state.mark_list.clear();
                conv.state.custom_data.clear();
                self.regroup(&std::mem::take(&mut conv.state.conversation_groups), &[]);
            }
            Step::Read { id, read, settled } => {
                conv.state.read = unread::further(conv.state.read, read);
                if let Some(settled) = settled {
                    meta::settle_read(self.db, &id, settled)?;
                }
            }
            Step::ReadHere { id, place } => {
                let read = read_at(self.db, conv, place.unwrap_or(conv.counters.seq))?;
                if read.read_seq > conv.state.read.read_seq {
                    meta::put_pending_read(self.db, &id, read.read_seq)?;
                    self.out.reads.push((id, read.read_seq));
                }
                conv.state.read = unread::further(conv.state.read, read);
            }
            Step::Peer { peer, .. } => self.peer(conv, peer)?,
            Step::Group(group) => self.group(conv, Some(group))?,
            Step::Members { as_of, members, .. } => {
                people::retain_members(self.db, conv.key, as_of, &members)?;
                self.members(conv, &members)?;
                conv.members_as_of = Some(as_of);
            }
            Step::Distrust(_) => {
                let mut store = Messages::new(self.db, conv.key, 0);
                let ranges = self.ranges(conv.key)?;
                ranges.distrust();
                store.keep_only(ranges, u64::MAX)?;
                messages::distrust(self.db, conv.key)?;
                *conv = Conv {
                    key: conv.key,
                    changed_at: conv.changed_at,
                    user_profile: conv.user_profile.take(),
                    group_profile: conv.group_profile.take(),
                    last_message: conv.last_message.take(),
                    ..Conv::new(conv.id.clone())
                };
            }
            Step::Delivered { seq, .. } => conv.delivered = conv.delivered.max(seq),
            Step::Draft(_)
            | Step::Heard(_)
            | Step::Profile(_)
            | Step::Me(_)
            | Step::ConversationGroups(_)
            | Step::AllReceiveMessageOpt(_)
            | Step::Forget => {}
        }
        Ok(())
    }

    fn head(&mut self, conv: &mut Conv, head: Head, first: bool) -> CacheResult<()> {
        let is_new = conv.is_unknown();
        let is_current = head.counters.modification >= conv.counters.modification;
        conv.raise(head.counters, head.changed_at.max(1));
        self.state(conv, head.state)?;
        if is_current {
            conv.mentions = head.group_at_info_list;
        }
        if let Some(profile) = head.user_profile {
            people::put_profile(self.db, &profile)?;
            conv.user_profile = Some(profile);
        }
        self.group(conv, head.group_profile)?;
        if let Some(peer) = head.peer {
            self.peer(conv, peer)?;
        }
        let last = head.last_message.map(|message| *message);
        if is_new {
            conv.announced = conv.announced.max(conv.state.read.read_seq).max(conv.state.min_seq);
        }
        if is_new && first {
            conv.announced = conv.announced.max(head.counters.seq);
            // Whatever lies above the newest message is of another life of the server.
            let above = head.counters.seq + 1;
            self.ranges(conv.key)?.cut(above, u64::MAX >> 1);
            messages::delete(self.db, conv.key, above, u64::MAX >> 1)?;
            // The last message is as new as the head, so it is the first known stretch.
            if let Some(message) = last.clone().filter(|last| last.sequence == head.counters.seq) {
                let place = (message.sequence, message.sequence);
                self.rows(conv, By::History, |ranges, store| log::page(ranges, store, place, [message]))?;
                self.annotated_page(conv, place, head.counters.modification, head.annotations)?;
            }
        }
        if let Some(last) = last {
            offer_last(conv, last);
        }
        Ok(())
    }

    fn state(&mut self, conv: &mut Conv, state: ConversationState) -> CacheResult<()> {
        let (read, min_seq) = (conv.state.read, conv.state.min_seq);
        let (was_listed, was_readonly) = (conv.is_listed(), conv.state.is_readonly);
        self.regroup(&conv.state.conversation_groups, &state.conversation_groups);
        conv.state = ConversationState {
            read: unread::further(read, state.read),
            min_seq: min_seq.max(state.min_seq),
            ..state
        };
        if conv.state.min_seq > min_seq {
            self.ranges(conv.key)?.cut(0, conv.state.min_seq);
            messages::delete(self.db, conv.key, 0, conv.state.min_seq)?;
            self.out.timelines.insert(conv.id.clone());
        }
        self.out.groups |= was_listed != conv.is_listed() || was_readonly != conv.state.is_readonly;
        Ok(())
    }

    fn peer(&mut self, conv: &mut Conv, peer: PeerProgress) -> CacheResult<()> {
        let before = conv.peer;
        conv.peer = PeerProgress {
            delivered_seq: before.delivered_seq.max(peer.delivered_seq).max(peer.read_seq),
            read_seq: before.read_seq.max(peer.read_seq),
        };
        if conv.peer.read_seq > before.read_seq {
            let read =
                messages::own_between(self.db, conv.key, &self.me, before.read_seq, conv.peer.read_seq)?;
            self.out.read_by_peer.extend(read);
        }
        if conv.peer != before {
            self.out.timelines.insert(conv.id.clone());
        }
        Ok(())
    }

    fn group(&mut self, conv: &mut Conv, group: Option<Box<Group>>) -> CacheResult<()> {
        let Some(mut group) = group else { return Ok(()) };
        if let Some(known) = &conv.group_profile {
            if known.modification > group.modification {
                return Ok(());
            }
            if group.self_info.is_none() {
                group.self_info.clone_from(&known.self_info);
            }
        }
        conv.group_profile = Some(Arc::from(group));
        self.out.groups = true;
        Ok(())
    }

    fn members(&mut self, conv: &mut Conv, members: &[Member]) -> CacheResult<()> {
        let mut changed = Vec::new();
        for member in members {
            if !people::put_member(self.db, conv.key, member)? {
                continue;
            }
            if member.user_id == self.me
                && let Some(group) = &mut conv.group_profile
            {
                Arc::make_mut(group).self_info = (!member.gone).then(|| member.clone().into());
                self.out.groups = true;
            }
            changed.push(member.clone());
        }
        if let ConversationId::Group(group) = &conv.id
            && !changed.is_empty()
        {
            self.out.members.push((group.clone(), changed));
        }
        Ok(())
    }

    /// Stores rows the way `put` says and notes what they mean.
    fn rows(
        &mut self,
        conv: &mut Conv,
        by: By,
        put: impl FnOnce(&mut Ranges, &mut Messages<'_>) -> CacheResult<()>,
    ) -> CacheResult<()> {
        let mut store = Messages::new(self.db, conv.key, conv.low());
        put(self.ranges(conv.key)?, &mut store)?;
        if by == By::History || !store.merged.is_empty() {
            self.out.timelines.insert(conv.id.clone());
        }
        for merged in store.merged {
            self.note(conv, merged, by)?;
        }
        Ok(())
    }

    fn note(&mut self, conv: &mut Conv, merged: Merged, by: By) -> CacheResult<()> {
        let (message, before) = match merged {
            Merged::New(message) => (message, None),
            Merged::Changed { message, was_revoked, version } => (message, Some((was_revoked, version))),
        };
        if message.is_revoked() && before.is_none_or(|(was_revoked, _)| !was_revoked) {
            self.undress(conv, &message, by)?;
        }
        let is_own = message.from == self.me;
        let was_waiting = is_own && outbox::remove_sent(self.db, &message.id)?;
        let is_tip = matches!(message.payload, Payload::GroupTip(_) | Payload::GroupSystemNotice(_));
        if is_own && !is_tip && message.sequence > conv.state.read.read_seq {
            // Sending implies having read (`docs/sync_model.md` §5); what the server tells in one's name does not.
            let as_of = message.modification;
            let revoked_unread = messages::recalled_until(self.db, conv.key, message.sequence, as_of)?;
            let read = ReadState { read_seq: message.sequence, read_ord: message.ord, revoked_unread, as_of };
            conv.state.read = unread::further(conv.state.read, read);
        }
        if !is_own {
            self.mention(conv, &message);
            if matches!(conv.id, ConversationId::C2c(_)) {
                // It implies the same for the peer, who is not told of apart.
                self.peer(
                    conv,
                    PeerProgress { delivered_seq: message.sequence, read_seq: message.sequence },
                )?;
            }
        }
        if !message.message_control.excluded_from_last_message {
            offer_last(conv, message.clone());
        }
        if was_waiting {
            self.out.sent.push(message.clone());
        }
        let is_news = message.sequence > conv.announced;
        if by != By::History {
            conv.announced = conv.announced.max(message.sequence);
        }
        match (by, before) {
            // The same, where its news comes before the answer.
            (_, None) if was_waiting && message.is_modified() => {
                self.out.modified.push(message);
            }
            (By::News { .. }, None) if is_news => {
                let is_announced = !was_waiting && conv.state.message_remind_type != RemindType::Discard;
                self.out.received.extend(is_announced.then_some(message));
            }
            (By::News { since }, before) => {
                let (was_revoked, version) = before.unwrap_or((false, 0));
                if message.revoked.as_ref().is_some_and(|it| it.modification > since && !was_revoked) {
                    self.out.revoked.push(message);
                } else if before.is_some() || message.version > version {
                    self.out.modified.push(message);
                }
            }
            (By::OwnCall, Some((_, version))) if message.version > version && !message.is_revoked() => {
                self.out.modified.push(message);
            }
            _ => {}
        }
        Ok(())
    }

    fn mention(&mut self, conv: &mut Conv, message: &Message) {
        conv.mentions.retain(|mention| mention.message_sequence != message.sequence);
        let named = message.at_user_list.iter().any(|at| at == self.me.as_str());
        let all = message.at_user_list.iter().any(|at| at == MENTION_ALL);
        let at_types = match (named, all) {
            (true, true) => AtType::AllAndMe,
            (true, false) => AtType::Me,
            (false, true) => AtType::All,
            (false, false) => return,
        };
        if message.is_revoked() || message.sequence <= conv.state.read.read_seq {
            return;
        }
        let mention = Mention { from: message.from.clone(), message_sequence: message.sequence, at_types };
        conv.mentions.push(mention);
        conv.mentions.sort_by_key(|mention| mention.message_sequence);
        conv.mentions.truncate(MENTIONS_MAX);
    }

    /// Brings what is derived from rows and state up to date.
    fn settle(&mut self, conv: &mut Conv) -> CacheResult<()> {
        let read = conv.state.read;
        let first = conv.counters.min_seq;
        if first > 1 && self.ranges(conv.key)?.iter().any(|stretch| stretch.from < first) {
            // Removed by retention (MSG-5).
            self.ranges(conv.key)?.cut(0, first - 1);
            messages::delete(self.db, conv.key, 0, first - 1)?;
            self.out.timelines.insert(conv.id.clone());
        }
        conv.recalled = messages::recalled_since(self.db, conv.key, read.read_seq, read.as_of)?;
        let seen = read.read_seq.max(conv.low() - 1);
        conv.mentions.retain(|mention| mention.message_sequence > seen);
        let Some(last) = &conv.last_message else { return Ok(()) };
        let is_visible = (conv.low()..=conv.high()).contains(&last.sequence)
            && !messages::is_hidden(self.db, conv.key, last.sequence)?;
        if !is_visible {
            let newest = messages::newest(self.db, conv.key, conv.low(), conv.high())?;
            conv.last_message = newest.map(|message| Arc::new(conv.as_last(message)));
        }
        Ok(())
    }

    fn ranges(&mut self, key: i64) -> CacheResult<&mut Ranges> {
        match self.ranges.entry(key) {
            std::collections::hash_map::Entry::Occupied(entry) => Ok(entry.into_mut()),
            std::collections::hash_map::Entry::Vacant(entry) => Ok(entry.insert(conv::ranges(self.db, key)?)),
        }
    }
}

/// Everything there is, read.
pub fn all_read(conv: &Conv) -> ReadState {
    ReadState {
        read_seq: conv.counters.seq,
        read_ord: conv.counters.ord,
        revoked_unread: 0,
        as_of: conv.counters.modification,
    }
}

/// The newer message stands in the list; of the same message the newer state.
fn offer_last(conv: &mut Conv, message: Message) {
    let message = conv.as_last(message);
    let is_newer = conv
        .last_message
        .as_ref()
        .is_none_or(|last| (last.sequence, last.modification) <= (message.sequence, message.modification));
    if is_newer {
        conv.last_message = Some(Arc::new(message));
    }
}

/// A read position at a place, as far as the local copy can tell; the server's answer replaces it.
pub fn read_at(db: &Connection, conv: &Conv, place: u64) -> CacheResult<ReadState> {
    if place >= conv.counters.seq {
        return Ok(all_read(conv));
    }
    let as_of = conv.cursor;
    let read_ord = match messages::at(db, conv.key, place)? {
        Some(message) => message.ord,
        // Without the row: as many as there are places at most, never fewer read than before.
        None => conv.state.read.read_ord + (place - conv.state.read.read_seq.min(place)),
    };
    Ok(ReadState {
        read_seq: place,
        read_ord: read_ord.min(conv.counters.ord),
        revoked_unread: messages::recalled_until(db, conv.key, place, as_of)?,
        as_of,
    })
}
