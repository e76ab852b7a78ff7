//! The conversation list (CONV-56, CONV-120) and the total of unread messages (CONV-101).
//!
//! Whoever reads the list gets the newest one at once; events about it are gathered for 100 ms.

use std::cmp::{Ordering, Reverse};
use std::sync::Arc;
use std::time::{Duration, Instant};

use hallway_protocol::ConversationId;
use hallway_protocol::group::{Group, GroupLastMessage};

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

    /// Whether the app has been told of a conversation.
    pub fn has_told(&self, id: &ConversationId) -> bool {
        self.told.iter().flat_map(|list| list.iter()).any(|it| it.conversation_id == *id)
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
        list.sort_by(by_place);
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

/// Pinned ones first, then the newest, then by id (CONV-56).
fn by_place(a: &Conversation, b: &Conversation) -> Ordering {
    let key = |it: &Conversation| (Reverse(it.is_pinned), Reverse(it.active_time));
    key(a).cmp(&key(b)).then_with(|| a.conversation_id.cmp(&b.conversation_id))
}

/// The groups the user is in (GRP-70), in the order of the list.
pub(crate) fn groups(list: &[Conversation]) -> Vec<Group> {
    let present = list.iter().filter(|conversation| !conversation.is_readonly);
    present.filter_map(group_of).collect()
}

/// The group of a conversation, with what the conversation knows better by now (GRP-26, GRP-27, GRP-34).
pub(crate) fn group_of(conversation: &Conversation) -> Option<Group> {
    let mut group = conversation.group_profile.as_deref().cloned()?;
    group.next_message_seq = conversation.seq.saturating_add(1);
    group.last_message = conversation.last_message.as_ref().map(|message| GroupLastMessage {
        last_time: message.time,
        message: Some(Box::new((**message).clone())),
    });
    if let Some(own) = &mut group.self_info {
        own.message_remind_type = conversation.message_remind_type;
        own.read_sequence = conversation.read_seq;
    }
    Some(group)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cache::conv::Conv;

    /// CONV-56: pinned first, then by the time of the last message, without one by that of making; ties by id. A draft moves
    /// nothing: the order does not look at it.
    #[test]
    fn the_order_of_the_list() {
        let row = |id: &str, is_pinned: bool, changed_at: i64| {
            let mut conv = Conv::new(id.parse().unwrap());
            (conv.state.is_pinned, conv.changed_at) = (is_pinned, changed_at * 1000);
            conv.show(None, None, &[])
        };
        let mut list = [
            row("GROUPb", false, 5),
            row("C2Cb", false, 5),
            row("C2Ca", false, 5),
            row("C2Cnew", false, 9),
            row("C2Cold", true, 1),
            row("C2Cpinned", true, 2),
        ];
        list.sort_by(by_place);
        let names: Vec<String> = list.iter().map(|it| it.conversation_id.to_string()).collect();
        assert_eq!(names, ["C2Cpinned", "C2Cold", "C2Cnew", "C2Ca", "C2Cb", "GROUPb"]);
    }
}
