//! Read positions (CONV-70, CONV-71, R15): here at once, at the server when it can be, never back.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use hallway_protocol::ConversationId;
use hallway_protocol::ids::ConversationType;
use hallway_protocol::method::{AllRead, ReadScope, SetAllRead, SetRead};
use hallway_protocol::sync::ReadMoved;

use super::apply::Step;
use super::{Done, Engine, passes};
use crate::Result;

/// Positions of one conversation go out this far apart.
const APART: Duration = Duration::from_secs(1);
/// Pause after a failure.
const PAUSE: Duration = Duration::from_secs(3);

/// Positions the server has yet to hear of.
pub(super) struct Reads(HashMap<ConversationId, Pending>);

struct Pending {
    seq: u64,
    /// Not before this.
    at: Option<Instant>,
    in_flight: bool,
    done: bool,
}

impl Reads {
    pub fn new(stored: Vec<(ConversationId, u64)>) -> Self {
        let pending = |seq| Pending { seq, at: None, in_flight: false, done: false };
        Self(stored.into_iter().map(|(id, seq)| (id, pending(seq))).collect())
    }

    pub fn want(&mut self, id: ConversationId, seq: u64) {
        let pending = self.0.entry(id).or_insert(Pending { seq, at: None, in_flight: false, done: false });
        pending.seq = pending.seq.max(seq);
        pending.done = false;
    }

    pub fn deadline(&self) -> Option<Instant> {
        self.0.values().filter(|it| !it.in_flight && !it.done).filter_map(|it| it.at).min()
    }

    /// A new connection: nothing is under way, nothing has to wait.
    pub fn wake(&mut self) {
        self.0.retain(|_, it| !it.done);
        for pending in self.0.values_mut() {
            pending.in_flight = false;
            pending.at = None;
        }
    }
}

impl Engine {
    /// Read here. Written down before the caller goes on.
    pub(super) async fn read_here(&mut self, steps: Vec<Step>) -> Result<()> {
        self.commit(steps).await
    }

    pub(super) async fn read_all(&mut self, scope: ReadScope) -> Result<()> {
        let wanted = |kind: ConversationType| match kind {
            ConversationType::C2c => scope != ReadScope::Group,
            ConversationType::Group => scope != ReadScope::C2c,
            ConversationType::System => false,
        };
        let unread = self.book.iter().filter(|conv| conv.unread() > 0 && wanted(conv.id.kind()));
        let steps: Vec<Step> =
            unread.map(|conv| Step::ReadHere { id: conv.id.clone(), place: None }).collect();
        self.read_here(steps).await?;
        // One call instead of many, and conversations this copy does not list are included.
        self.call(SetAllRead { scope }, |result| Done::AllRead { result });
        Ok(())
    }

    pub(super) fn pump_reads(&mut self, now: Instant) {
        self.reads.0.retain(|_, it| !it.done || it.at.is_some_and(|at| at > now));
        let due: Vec<(ConversationId, u64)> = self
            .reads
            .0
            .iter_mut()
            .filter(|(_, it)| !it.in_flight && !it.done && it.at.is_none_or(|at| at <= now))
            .map(|(id, it)| {
                it.in_flight = true;
                it.at = Some(now + APART);
                (id.clone(), it.seq)
            })
            .collect();
        for (id, seq) in due {
            let params = SetRead { conversation_id: id.clone(), sequence: Some(seq) };
            self.call(params, move |result| Done::Read { id, seq, result });
        }
    }

    pub(super) async fn read_moved(&mut self, id: ConversationId, seq: u64, result: Result<ReadMoved>) {
        let read = match result {
            Ok(moved) => Some(moved.read),
            Err(error) if passes(&error) => {
                if let Some(pending) = self.reads.0.get_mut(&id) {
                    pending.in_flight = false;
                    pending.at = Some(Instant::now() + error.retry_after().unwrap_or(PAUSE));
                }
                return;
            }
            // The conversation is no more, or not for this user.
            Err(error) => {
                crate::log::debug!(code = %error.code, "a read position was refused");
                None
            }
        };
        if let Some(pending) = self.reads.0.get_mut(&id) {
            pending.in_flight = false;
            pending.done = pending.seq <= seq;
        }
        let read = read.or_else(|| self.book.get(&id).map(|conv| conv.state.read));
        if let Some(read) = read {
            // Reported; the position is asked for again with the next connection.
            let _ = self.commit(vec![Step::Read { id, read, settled: Some(seq) }]).await;
        }
    }

    pub(super) async fn all_read(&mut self, result: Result<AllRead>) {
        // On failure each conversation's own position is still on its way.
        let Ok(all) = result else { return };
        let known = all.moved.into_iter().filter(|moved| self.book.get(&moved.conversation_id).is_some());
        let steps: Vec<Step> = known
            .map(|moved| {
                let settled = Some(moved.read.read_seq);
                Step::Read { id: moved.conversation_id, read: moved.read, settled }
            })
            .collect();
        // Reported as above.
        let _ = self.commit(steps).await;
    }
}
