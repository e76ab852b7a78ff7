//! The conversations in memory: each one's line and its tracker.

use std::collections::{HashMap, HashSet};
use std::time::Instant;

use hallway_protocol::ConversationId;
use hallway_protocol::sync::ConversationFrame;

use crate::cache::conv::Conv;
use crate::sync::Tracker;

/// Frames are held as they came.
pub type ConvTracker = Tracker<Box<ConversationFrame>>;

/// See the module.
#[derive(Default)]
pub struct Book {
    convs: HashMap<ConversationId, Conv>,
    trackers: HashMap<ConversationId, ConvTracker>,
    lagging: HashSet<ConversationId>,
}

impl Book {
    /// As stored. What was known to be missing when the program ended is still missing.
    pub fn new(stored: Vec<Conv>) -> Self {
        let mut book = Self::default();
        for conv in stored {
            let mut tracker = Tracker::new(conv.cursor);
            tracker.heard_of(conv.counters.modification);
            book.trackers.insert(conv.id.clone(), tracker);
            book.watch(&conv.id.clone());
            book.convs.insert(conv.id.clone(), conv);
        }
        book
    }

    /// A conversation that is known.
    pub fn get(&self, id: &ConversationId) -> Option<&Conv> {
        self.convs.get(id)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Conv> {
        self.convs.values()
    }

    /// The line of a conversation, taken out to be worked on; a new one where nothing is known.
    pub fn take(&mut self, id: &ConversationId) -> Conv {
        let mut conv = self.convs.remove(id).unwrap_or_else(|| Conv::new(id.clone()));
        conv.cursor = self.tracker(id).cursor();
        conv
    }

    /// Puts a line back.
    pub fn put(&mut self, conv: Conv) {
        self.convs.insert(conv.id.clone(), conv);
    }

    /// A conversation is no more.
    pub fn remove(&mut self, id: &ConversationId) {
        self.convs.remove(id);
        self.trackers.remove(id);
        self.lagging.remove(id);
    }

    /// Whether the server has not yet said where it stands.
    pub fn is_unknown(&self, id: &ConversationId) -> bool {
        self.convs.get(id).is_none_or(Conv::is_unknown)
    }

    /// The tracker of a conversation; of a new one nothing is here yet.
    pub fn tracker(&mut self, id: &ConversationId) -> &mut ConvTracker {
        self.trackers.entry(id.clone()).or_insert_with(|| Tracker::new(0))
    }

    /// Its generation, for questions whose answers depend on it.
    pub fn generation(&self, id: &ConversationId) -> u64 {
        self.trackers.get(id).map_or(0, Tracker::generation)
    }

    /// Notes whether a conversation has to be asked for, now or later. To be called after each use of its tracker.
    pub fn watch(&mut self, id: &ConversationId) {
        let lags = self.trackers.get(id).is_some_and(|it| it.behind() > 0 || it.deadline().is_some());
        if lags {
            self.lagging.insert(id.clone());
        } else {
            self.lagging.remove(id);
        }
    }

    /// How many changes are known to be missing.
    pub fn behind(&self) -> u64 {
        self.lagging.iter().filter_map(|id| self.trackers.get(id)).map(Tracker::behind).sum()
    }

    /// The conversation to ask for next: the active one, then the most recently changed. Unknown ones wait for
    /// their head, which tells what of them is news.
    pub fn next_to_fetch(&self, active: Option<&ConversationId>, now: Instant) -> Option<ConversationId> {
        let wanted = |id: &&ConversationId| {
            !self.is_unknown(id) && self.trackers.get(*id).is_some_and(|it| it.should_fetch(now))
        };
        let changed = |id: &&ConversationId| self.convs.get(*id).map_or(0, |conv| conv.changed_at);
        let rank = |id: &&ConversationId| (Some(*id) == active, changed(id));
        self.lagging.iter().filter(wanted).max_by_key(rank).cloned()
    }

    /// When a held frame has waited long enough.
    pub fn deadline(&self) -> Option<Instant> {
        let known = self.lagging.iter().filter(|id| !self.is_unknown(id));
        known.filter_map(|id| self.trackers.get(id)?.deadline()).min()
    }

    /// The connection is gone. What is known to be missing stays so.
    pub fn disconnected(&mut self) {
        self.trackers.values_mut().for_each(Tracker::disconnected);
        self.lagging.retain(|id| self.trackers.get(id).is_some_and(|it| it.behind() > 0));
    }

    /// Cursors of another life of the server are void.
    pub fn restart(&mut self) {
        self.trackers.values_mut().for_each(|tracker| tracker.restart(0));
        self.lagging.clear();
    }

    /// The names of all conversations.
    pub fn ids(&self) -> Vec<ConversationId> {
        self.convs.keys().cloned().collect()
    }
}
