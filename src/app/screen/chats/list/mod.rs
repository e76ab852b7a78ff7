//! The list of conversations: what is in it and in which order it is shown.
//!
//! The SDK hands over the whole list, sorted, whenever anything in it changed. While the pointer is over the
//! list the rows keep their places, so that nothing moves away under a click: contents change at once, the
//! order follows when the pointer leaves, after three seconds at the latest.

pub mod preview;
pub mod view;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use super::effect::Effect;
use hallway_client::Conversation;
use hallway_protocol::ConversationId;

/// The id of the list widget.
pub const LIST: &str = "conversations";

/// How long the order may wait for the pointer to leave.
const HOLD: Duration = Duration::from_secs(3);

/// The conversations.
#[derive(Debug, Default)]
pub struct List {
    conversations: Arc<[Conversation]>,
    by_id: HashMap<ConversationId, usize>,
    /// Ids in the order in which they are shown.
    order: Vec<ConversationId>,
    places: HashMap<ConversationId, usize>,
    /// Only what is in this conversation group is shown.
    chosen: Option<String>,
    loaded: bool,
    pointer_inside: bool,
    /// Counts the times the order was held back, so that an old timer does nothing.
    held: Option<u64>,
    holds: u64,
}

/// What happens in the list.
#[derive(Debug, Clone, Copy)]
pub enum Message {
    /// The pointer came over the list.
    Entered,
    /// The pointer left it.
    Left,
    /// The order was held back long enough.
    HeldLongEnough(u64),
}

/// In which direction the selection moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Towards the top.
    Up,
    /// Towards the bottom.
    Down,
}

impl List {
    /// Takes the list as it is now.
    pub fn set(&mut self, conversations: Arc<[Conversation]>) -> Option<Effect> {
        self.by_id =
            conversations.iter().enumerate().map(|(i, row)| (row.conversation_id.clone(), i)).collect();
        self.conversations = conversations;
        self.loaded = true;
        if !self.pointer_inside {
            self.reorder();
            return None;
        }
        // Rows keep their places; what is gone goes, what is new waits at the end.
        let shown = &self.places;
        let wanted: Vec<_> = self.wanted().collect();
        self.order.retain(|id| wanted.contains(id));
        self.order.extend(wanted.iter().filter(|id| !shown.contains_key(*id)).cloned());
        let sorted = self.order == wanted;
        self.index();
        if sorted || self.held.is_some() {
            return None;
        }
        self.holds += 1;
        self.held = Some(self.holds);
        Some(Effect::after(HOLD, Message::HeldLongEnough(self.holds)))
    }

    /// What is to be shown, in the order of the SDK.
    fn wanted(&self) -> impl Iterator<Item = ConversationId> {
        let is_chosen = |row: &&Conversation| match &self.chosen {
            None => true,
            Some(group) => row.conversation_group_list.contains(group),
        };
        self.conversations.iter().filter(is_chosen).map(|row| row.conversation_id.clone())
    }

    /// Shows only a conversation group; none for everything.
    pub fn choose(&mut self, group: Option<String>) {
        self.chosen = group;
        self.reorder();
    }

    /// The conversation group that is shown.
    pub fn chosen(&self) -> Option<&str> {
        self.chosen.as_deref()
    }

    /// The order of the SDK becomes the one that is shown.
    fn reorder(&mut self) {
        self.held = None;
        self.order = self.wanted().collect();
        self.index();
    }

    fn index(&mut self) {
        self.places = self.order.iter().enumerate().map(|(place, id)| (id.clone(), place)).collect();
    }

    /// Whether the first list has arrived.
    pub fn is_loaded(&self) -> bool {
        self.loaded
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// The conversation shown at a place.
    pub fn at(&self, place: usize) -> Option<&Conversation> {
        self.get(self.order.get(place)?)
    }

    /// The topmost conversation.
    pub fn first(&self) -> Option<ConversationId> {
        self.order.first().cloned()
    }

    /// Where a conversation is shown.
    pub fn place(&self, id: &ConversationId) -> Option<usize> {
        self.places.get(id).copied()
    }

    /// A conversation.
    pub fn get(&self, id: &ConversationId) -> Option<&Conversation> {
        self.conversations.get(*self.by_id.get(id)?)
    }

    /// Every conversation, in the order of the SDK.
    pub fn all(&self) -> &[Conversation] {
        &self.conversations
    }

    /// The next conversation in a direction from `from`, or the first or last; only among those that
    /// `wanted` accepts. Does not go round.
    pub fn next(
        &self,
        from: Option<&ConversationId>,
        direction: Direction,
        wanted: impl Fn(&Conversation) -> bool,
    ) -> Option<ConversationId> {
        let accepted = |id: &&ConversationId| self.get(id).is_some_and(&wanted);
        let place = from.and_then(|id| self.place(id));
        match (direction, place) {
            (Direction::Down, Some(place)) => self.order.get(place + 1..)?.iter().find(accepted),
            (Direction::Down, None) => self.order.iter().find(accepted),
            (Direction::Up, Some(place)) => self.order.get(..place)?.iter().rev().find(accepted),
            (Direction::Up, None) => self.order.iter().rev().find(accepted),
        }
        .cloned()
    }

    /// Handles what happens in the list.
    pub fn update(&mut self, message: Message) {
        match message {
            Message::Entered => self.pointer_inside = true,
            Message::Left => {
                self.pointer_inside = false;
                self.reorder();
            }
            Message::HeldLongEnough(hold) => {
                if self.held == Some(hold) {
                    self.reorder();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::screen::chats::sample;

    fn rows(ids: &[&str]) -> Arc<[Conversation]> {
        ids.iter().map(|id| sample::row(id)).collect()
    }

    fn shown(list: &List) -> String {
        (0..list.len())
            .map(|i| list.at(i).unwrap().conversation_id.to().to_owned())
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn the_order_waits_for_the_pointer() {
        let mut list = List::default();
        list.set(rows(&["C2Ca", "C2Cb", "C2Cc"]));
        list.update(Message::Entered);
        let hold = list.set(rows(&["C2Cn", "C2Cc", "C2Ca"]));
        assert_eq!(shown(&list), "a c n", "what is gone goes, what is new waits at the end");
        let Some(Effect::After(HOLD, _)) = hold else { panic!("a wait begins") };
        assert!(list.set(rows(&["C2Cn", "C2Ca", "C2Cc"])).is_none(), "one wait at a time");
        list.update(Message::HeldLongEnough(1));
        assert_eq!(shown(&list), "n a c");
        list.set(rows(&["C2Cc", "C2Ca", "C2Cn"]));
        list.update(Message::HeldLongEnough(1));
        assert_eq!(shown(&list), "n a c", "an old wait does nothing");
        list.update(Message::Left);
        assert_eq!(shown(&list), "c a n");
    }

    #[test]
    fn previous_and_next() {
        let mut list = List::default();
        let mut all: Vec<_> = rows(&["C2Ca", "C2Cb", "C2Cc"]).to_vec();
        all[2].unread_count = 1;
        list.set(all.into());
        let next = |from: &str, direction, unread: bool| {
            let from = sample::conversation(from);
            list.next(Some(&from), direction, |row| !unread || row.unread_count > 0)
                .map(|id| id.to().to_owned())
        };
        assert_eq!(next("C2Ca", Direction::Down, false).as_deref(), Some("b"));
        assert_eq!(next("C2Ca", Direction::Down, true).as_deref(), Some("c"));
        assert_eq!(next("C2Ca", Direction::Up, false), None);
        assert_eq!(
            list.next(None, Direction::Up, |_| true).map(|id| id.to().to_owned()).as_deref(),
            Some("c")
        );
    }
}
