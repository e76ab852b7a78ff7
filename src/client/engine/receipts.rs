//! Telling the sender that a message has arrived (the second tick of a one-to-one conversation): at most once a
//! second, for all conversations together, after the messages are on disk.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use hallway_protocol::ConversationId;
use hallway_protocol::ids::ConversationType;
use hallway_protocol::method::{Position, ReportDelivered};

use super::apply::Step;
use super::{Done, Engine, passes};
use crate::Result;
use crate::cache::conv::Conv;

/// Reports are this far apart.
const APART: Duration = Duration::from_secs(1);
/// Conversations per report.
const ITEMS: usize = 100;

/// What is to be reported.
#[derive(Default)]
pub(super) struct Receipts {
    wanted: HashMap<ConversationId, u64>,
    at: Option<Instant>,
    in_flight: bool,
}

impl Receipts {
    pub fn deadline(&self) -> Option<Instant> {
        self.at.filter(|_| !self.in_flight && !self.wanted.is_empty())
    }
}

impl Engine {
    /// Notes what has arrived in a conversation.
    pub(super) fn note_receipt(&mut self, id: &ConversationId) {
        if let Some((id, seq)) = self.book.get(id).and_then(|conv| arrived(conv, self)) {
            self.receipts.wanted.insert(id, seq);
        }
    }

    /// The same for all conversations, after catching up.
    pub(super) fn note_all_receipts(&mut self) {
        let all: Vec<_> = self.book.iter().filter_map(|conv| arrived(conv, self)).collect();
        self.receipts.wanted.extend(all);
    }

    pub(super) fn pump_receipts(&mut self, now: Instant) {
        if self.receipts.in_flight
            || self.receipts.wanted.is_empty()
            || self.receipts.at.is_some_and(|at| at > now)
        {
            return;
        }
        self.receipts.in_flight = true;
        self.receipts.at = Some(now + APART);
        let ids: Vec<ConversationId> = self.receipts.wanted.keys().take(ITEMS).cloned().collect();
        let items: Vec<(ConversationId, u64)> =
            ids.into_iter().filter_map(|id| self.receipts.wanted.remove_entry(&id)).collect();
        let params = ReportDelivered {
            items: items
                .iter()
                .map(|(id, sequence)| Position { conversation_id: id.clone(), sequence: *sequence })
                .collect(),
        };
        self.call(params, move |result| Done::Delivered { items, result: result.map(|_| ()) });
    }

    pub(super) async fn delivered(&mut self, items: Vec<(ConversationId, u64)>, result: Result<()>) {
        self.receipts.in_flight = false;
        match result {
            // Told again with the next round; the greater number wins.
            Err(error) if passes(&error) => {
                for (id, seq) in items {
                    let wanted = self.receipts.wanted.entry(id).or_insert(seq);
                    *wanted = (*wanted).max(seq);
                }
            }
            Err(error) => crate::log::debug!(code = %error.code, "a report of arrival was refused"),
            Ok(()) => {
                let known = items.into_iter().filter(|(id, _)| self.book.get(id).is_some());
                let steps = known.map(|(id, seq)| Step::Delivered { id, seq }).collect();
                // Not kept: told again some day, which changes nothing.
                let _ = self.commit(steps).await;
            }
        }
    }
}

/// The place up to which messages of the peer have arrived, if that was not reported.
fn arrived(conv: &Conv, engine: &Engine) -> Option<(ConversationId, u64)> {
    let last = conv.last_message.as_ref()?;
    let is_news = conv.id.kind() == ConversationType::C2c
        && last.from != engine.me
        && last.sequence > conv.delivered
        && conv.cursor >= last.modification;
    is_news.then(|| (conv.id.clone(), last.sequence))
}
