//! Who is sent next (PLUS-3): in a conversation one after the other, different conversations side by side.
//!
//! Pure: the rows are in the cache ([`crate::cache::outbox`]), the calls are the engine's. A message leaves the
//! queue when it is stored or when somebody gives it up; nothing else takes it out, however often it fails for
//! reasons that pass.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

use hallway_protocol::{ChatError, ConversationId, Message, MessageId};

use crate::cache::outbox::Outgoing;

/// The longest pause between two attempts.
const PAUSE_MAX: Duration = Duration::from_secs(30);

/// The queue of one account.
#[derive(Debug, Default)]
pub struct Queue {
    waiting: BTreeMap<i64, Outgoing>,
    places: HashMap<MessageId, i64>,
    lanes: HashMap<ConversationId, Lane>,
}

/// What holds a conversation up.
#[derive(Debug, Default)]
struct Lane {
    in_flight: Option<MessageId>,
    failures: u32,
    paused_until: Option<Instant>,
}

impl Queue {
    /// As it was left.
    pub fn new(stored: Vec<Outgoing>) -> Self {
        let mut queue = Self::default();
        stored.into_iter().for_each(|outgoing| queue.put(outgoing));
        queue
    }

    /// Adds a message, or replaces it under its place.
    pub fn put(&mut self, outgoing: Outgoing) {
        self.places.insert(outgoing.message.id.clone(), outgoing.position);
        self.waiting.insert(outgoing.position, outgoing);
    }

    /// A message that is in the queue.
    pub fn get(&self, id: &MessageId) -> Option<&Outgoing> {
        self.waiting.get(self.places.get(id)?)
    }

    /// Takes a message out.
    pub fn remove(&mut self, id: &MessageId) -> Option<Outgoing> {
        self.waiting.remove(&self.places.remove(id)?)
    }

    /// The messages to send now: of each conversation that is free the first that has not failed. They count
    /// as being on their way from here on.
    pub fn next(&mut self, now: Instant) -> Vec<Outgoing> {
        let mut ready = Vec::new();
        for outgoing in self.waiting.values().filter(|outgoing| waits(outgoing)) {
            let lane = self.lanes.entry(outgoing.message.conversation_id.clone()).or_default();
            if lane.in_flight.is_none() && lane.paused_until.is_none_or(|until| until <= now) {
                lane.in_flight = Some(outgoing.message.id.clone());
                ready.push(outgoing.clone());
            }
        }
        ready
    }

    /// When [`Self::next`] may have more by time alone.
    pub fn deadline(&self) -> Option<Instant> {
        let has_more = |id: &ConversationId| {
            self.waiting.values().any(|out| waits(out) && out.message.conversation_id == *id)
        };
        self.lanes
            .iter()
            .filter(|(id, lane)| lane.in_flight.is_none() && has_more(id))
            .filter_map(|(_, lane)| lane.paused_until)
            .min()
    }

    /// The server answered: the way is free for the next one.
    pub fn answered(&mut self, id: &ConversationId) {
        self.lanes.remove(id);
    }

    /// It did not work for a reason that passes. The pause doubles each time, with up to a fifth of jitter (`chance`
    /// between 0 and 1), or is what the server asked for.
    pub fn pause(&mut self, id: &ConversationId, now: Instant, asked: Option<Duration>, chance: f64) {
        let lane = self.lanes.entry(id.clone()).or_default();
        let steps = Duration::from_secs(1 << lane.failures.min(5)).min(PAUSE_MAX);
        let wait = asked.unwrap_or(steps).mul_f64(1.0 + 0.2 * chance.clamp(0.0, 1.0));
        lane.in_flight = None;
        lane.failures = lane.failures.saturating_add(1);
        lane.paused_until = Some(now + wait);
    }

    /// The connection is there again: nobody waits any longer.
    pub fn wake(&mut self) {
        self.lanes.clear();
    }

    /// Marks a message as failed for good.
    pub fn fail(&mut self, message: Arc<Message>, error: ChatError) {
        let place = self.places.get(&message.id);
        if let Some(outgoing) = place.and_then(|place| self.waiting.get_mut(place)) {
            outgoing.message = message;
            outgoing.failure = Some(error);
        }
    }

    /// What waits, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Outgoing> {
        self.waiting.values()
    }

    /// The last message of each conversation, for the list (CONV-47).
    pub fn newest(&self) -> HashMap<&ConversationId, &Arc<Message>> {
        self.waiting.values().map(|out| (&out.message.conversation_id, &out.message)).collect()
    }
}

/// Whether a message is to be sent when its turn comes.
fn waits(outgoing: &Outgoing) -> bool {
    outgoing.failure.is_none() && !outgoing.is_paused
}
