//! Reactions on their way (MSG-80, MSG-81, R2): shown at once, written down, sent one after the other when there is a
//! connection, and given up only when the server refuses them.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use hallway_protocol::method::{AddMessageReaction, RemoveMessageReaction};
use hallway_protocol::sync::Annotated;
use hallway_protocol::{ChatError, ConversationId, ErrorCode};

use super::apply::Step;
use super::{Done, Engine, Reply, is_network, passes};
use crate::Result;
use crate::cache::wish::{self, Wish};
use crate::cache::{CacheError, annotation, messages};
use crate::event::Event;

/// Pause after a failure that passes.
const PAUSE: Duration = Duration::from_secs(3);

/// What the server has yet to hear of.
#[derive(Default)]
pub(super) struct Reactions {
    waiting: VecDeque<Waiting>,
    in_flight: Option<i64>,
    paused_until: Option<Instant>,
}

struct Waiting {
    position: i64,
    wish: Wish,
    reply: Option<Reply<()>>,
}

impl Reactions {
    /// As they were left.
    pub fn new(stored: Vec<(i64, Wish)>) -> Self {
        let waiting = |(position, wish)| Waiting { position, wish, reply: None };
        Self { waiting: stored.into_iter().map(waiting).collect(), ..Self::default() }
    }

    pub fn deadline(&self) -> Option<Instant> {
        self.paused_until.filter(|_| self.in_flight.is_none() && !self.waiting.is_empty())
    }

    /// A new connection: nothing is under way, nothing has to wait.
    pub fn wake(&mut self) {
        self.in_flight = None;
        self.paused_until = None;
    }

    fn take(&mut self, position: i64) -> Option<Waiting> {
        let index = self.waiting.iter().position(|it| it.position == position)?;
        self.waiting.remove(index)
    }
}

impl Engine {
    /// Gives a reaction or takes it back. What the local copy knows to be impossible is refused at once; without a
    /// connection the rest is answered as soon as it is on disk.
    pub(super) async fn react(&mut self, wish: Wish, reply: Reply<()>) {
        // What is not under way yet and is taken back was never there.
        let undone = self.reactions.waiting.iter().find(|it| {
            let is_same = it.wish.id == wish.id && it.wish.reaction_id == wish.reaction_id;
            is_same && it.wish.is_given != wish.is_given && self.reactions.in_flight != Some(it.position)
        });
        let undone = undone.map(|it| it.position);
        let (limits, wanted) = (self.shared.limits(), wish.clone());
        let written = self.cache.write_durably(move |db| {
            let refuse = |code: ErrorCode| CacheError::Refused(code.into());
            let message =
                messages::by_id(db, &wanted.id)?.ok_or_else(|| refuse(ErrorCode::MessageUnknown))?;
            if message.is_revoked() {
                return Err(refuse(ErrorCode::StateNotAllowed));
            }
            annotation::check_reaction(&message, &wanted.reaction_id, wanted.is_given, &limits)
                .map_err(refuse)?;
            match undone {
                Some(position) => wish::remove(db, position).map(|()| 0),
                None => wish::add(db, &wanted),
            }
        });
        let position = match written.await {
            Ok(position) => position,
            Err(error) => {
                let _ = reply.send(Err(error.into()));
                return;
            }
        };
        let id = wish.conversation_id.clone();
        if let Some(undone) = undone.and_then(|position| self.reactions.take(position)) {
            for reply in undone.reply.into_iter().chain([reply]) {
                let _ = reply.send(Ok(()));
            }
        } else if self.rpc.is_some() {
            self.reactions.waiting.push_back(Waiting { position, wish, reply: Some(reply) });
        } else {
            self.reactions.waiting.push_back(Waiting { position, wish, reply: None });
            let _ = reply.send(Ok(()));
        }
        self.shared.emit(Event::TimelineUpdated(id));
    }

    pub(super) fn pump_reactions(&mut self, now: Instant) {
        let reactions = &mut self.reactions;
        if reactions.in_flight.is_some() || reactions.paused_until.is_some_and(|until| until > now) {
            return;
        }
        let Some(Waiting { position, wish, .. }) = reactions.waiting.front() else { return };
        let (position, wish) = (*position, wish.clone());
        reactions.in_flight = Some(position);
        let Wish { conversation_id, sequence, reaction_id, is_given, .. } = wish;
        let wrap = move |result| Done::Reacted { position, result };
        if is_given {
            self.call(AddMessageReaction { conversation_id, sequence, reaction_id }, wrap);
        } else {
            self.call(RemoveMessageReaction { conversation_id, sequence, reaction_id }, wrap);
        }
    }

    /// The connection is gone: whoever waits is told that it is on disk.
    pub(super) fn reactions_kept(&mut self) {
        self.reactions.in_flight = None;
        for reply in self.reactions.waiting.iter_mut().filter_map(|it| it.reply.take()) {
            let _ = reply.send(Ok(()));
        }
    }

    pub(super) async fn reacted(&mut self, position: i64, result: Result<Annotated>, is_current: bool) {
        if is_current {
            self.reactions.in_flight = None;
        }
        let (annotated, refusal): (_, Option<ChatError>) = match result {
            Ok(annotated) => (Some(Box::new(annotated)), None),
            Err(error) if is_network(&error) || passes(&error) => {
                let wait = error.retry_after().unwrap_or(PAUSE);
                self.reactions.paused_until = is_current.then(|| Instant::now() + wait);
                return;
            }
            // A repetition of a call whose answer was lost: it is so.
            Err(error)
                if matches!(
                    error.code,
                    ErrorCode::ReactionExists | ErrorCode::ReactionNotOwn | ErrorCode::ReactionUnknown
                ) =>
            {
                (None, None)
            }
            Err(error) => (None, Some(error)),
        };
        let Some(Waiting { wish, reply, .. }) = self.reactions.take(position) else { return };
        let id: ConversationId = wish.conversation_id;
        let steps = self.follow(vec![Step::Reacted { id, position, annotated }]);
        // Reported; a reaction that is still noted is answered with what is so already.
        let _ = self.commit(steps).await;
        match (reply, refusal) {
            (Some(reply), refusal) => {
                let _ = reply.send(refusal.map_or(Ok(()), Err));
            }
            (None, Some(error)) => self.shared.emit(Event::Error(error.code, error.message)),
            (None, None) => {}
        }
    }
}
