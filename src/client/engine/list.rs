//! The conversation list (CONV-56, CONV-120) and the total of unread messages (CONV-101).
//!
//! Whoever reads the list gets the newest one at once; events about it are gathered for 100 ms.

use std::cmp::Reverse;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hallway_protocol::group::Group;

use super::Engine;
use crate::event::Event;
use crate::model::Conversation;

/// Changes within this time come as one event.
const GATHER: Duration = Duration::from_millis(100);

/// Whether the app has to be told.
#[derive(Default)]
pub(super) struct ListState {
    tell_at: Option<Instant>,
    groups: bool,
    told: Option<Arc<[Conversation]>>,
}

impl ListState {
    pub fn deadline(&self) -> Option<Instant> {
        self.tell_at
    }

    pub fn is_due(&self, now: Instant) -> bool {
        self.tell_at.is_some_and(|at| at <= now)
    }
}

impl Engine {
    /// Something in the list changed: readers see it from now on, the event follows.
    pub(super) fn list_changed(&mut self, groups: bool) {
        self.list.groups |= groups;
        self.list.tell_at.get_or_insert_with(|| Instant::now() + GATHER);
    }

    /// Makes the list that readers get.
    pub(super) fn publish_list(&mut self) {
        let outgoing = self.queue.newest();
        let groups = self.shared.conversation_groups();
        let mut list: Vec<Conversation> = self
            .book
            .iter()
            .filter(|conv| conv.is_listed() || outgoing.contains_key(&conv.id))
            .map(|conv| conv.show(outgoing.get(&conv.id).copied(), self.drafts.get(&conv.id), &groups))
            .collect();
        list.sort_by(|a, b| {
            let key = |it: &Conversation| (Reverse(it.is_pinned), Reverse(it.active_time));
            key(a).cmp(&key(b)).then_with(|| a.conversation_id.cmp(&b.conversation_id))
        });
        self.shared.set_list(list.into());
    }

    /// Publishes the list and tells the app.
    pub(super) fn announce_list(&mut self) {
        self.list.tell_at = None;
        self.publish_list();
        let list = self.shared.list();
        let total: u64 = self
            .book
            .iter()
            .filter(|conv| conv.counts_in_total())
            .map(crate::cache::conv::Conv::unread)
            .sum();
        if std::mem::take(&mut self.list.groups) {
            self.shared.emit(Event::GroupListUpdated(groups(&list).into()));
        }
        if self.list.told.as_ref() != Some(&list) {
            self.list.told = Some(Arc::clone(&list));
            self.shared.emit(Event::ConversationListUpdated(list));
        }
        if self.shared.set_total(total) {
            self.shared.emit(Event::TotalUnreadUpdated(total));
        }
    }

    /// The in-memory lists are emptied (SES-12).
    pub(super) fn empty_list(&mut self) {
        self.shared.set_list(Arc::from([]));
        self.shared.set_total(0);
        self.shared.set_conversation_groups(Vec::new());
        self.shared.set_all_receive_message_opt(Default::default());
    }
}

/// The groups the user is in (GRP-70), in the order of the list.
pub(crate) fn groups(list: &[Conversation]) -> Vec<Group> {
    let present = list.iter().filter(|conversation| !conversation.is_readonly);
    present.filter_map(|conversation| conversation.group_profile.as_deref().cloned()).collect()
}
