//! What was done to messages and is on its way (R2): reactions (MSG-80, MSG-81), and new words, recalls and pins for which there was
//! no connection (MSG-61, MSG-63, MSG-68). Shown at once, written down, sent one after the other when there is a connection, and
//! given up only when the server refuses them.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use hallway_protocol::message::Payload;
use hallway_protocol::method::{
    AddMessageReaction, MarkHeard, ModifyMessage, PayloadField, PinGroupMessage, RemoveMessageReaction,
    RevokeMessage,
};
use hallway_protocol::sync::{Annotated, Stored};
use hallway_protocol::{ChatError, ConversationId, ErrorCode, Limits, Message, MessageId};
use rusqlite::Connection;

use super::apply::Step;
use super::{Done, Engine, Reply, is_network, passes};
use crate::Result;
use crate::cache::wish::{self, What, Wish};
use crate::cache::{CacheError, CacheResult, annotation, messages};
use crate::event::{Event, RefusedChange};

/// Pause after a failure that passes.
const PAUSE: Duration = Duration::from_secs(3);

/// What the server has yet to hear of.
#[derive(Default)]
pub(super) struct Wishes {
    waiting: VecDeque<Waiting>,
    in_flight: Option<i64>,
    paused_until: Option<Instant>,
}

struct Waiting {
    position: i64,
    wish: Wish,
    /// The server may have heard of it: it was under way once, or is from before a restart.
    tried: bool,
    reply: Option<Reply<()>>,
}

/// What the server says to a wish.
pub(crate) enum Granted {
    /// Something is on the message.
    Annotated(Annotated),
    /// The message itself is another.
    Stored(Stored),
    /// The own log tells.
    Done,
}

impl Wishes {
    /// As they were left.
    pub fn new(stored: Vec<(i64, Wish)>) -> Self {
        let waiting = |(position, wish)| Waiting { position, wish, tried: true, reply: None };
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
    /// Does something to a message. What the local copy knows to be impossible is refused at once; without a connection the
    /// rest is answered as soon as it is on disk.
    pub(super) async fn wish(&mut self, mut wish: Wish, reply: Reply<()>) {
        // What was never under way can be made void, or never have been.
        let waiting = self.wishes.waiting.iter().filter(|it| !it.tried);
        let replaced: Vec<(i64, Wish)> =
            waiting.filter(|it| wish.replaces(&it.wish)).map(|it| (it.position, it.wish.clone())).collect();
        // What is not under way yet and is taken back was never there.
        let is_undone = replaced.iter().any(|(_, earlier)| wish.undoes(earlier));
        if let What::Modify { version, .. } = &mut wish.what
            && let Some(What::Modify { version: first, .. }) =
                replaced.first().map(|(_, earlier)| &earlier.what)
        {
            *version = *first;
        }
        let void: Vec<i64> = replaced.into_iter().map(|(position, _)| position).collect();
        let (limits, wanted, removed) = (self.shared.limits(), wish.clone(), void.clone());
        let written = self.cache.write_durably(move |db| {
            check(db, &wanted, &limits)?;
            removed.iter().try_for_each(|position| wish::remove(db, *position))?;
            if is_undone { Ok(0) } else { wish::add(db, &wanted) }
        });
        let position = match written.await {
            Ok(position) => position,
            Err(error) => {
                let _ = reply.send(Err(error.into()));
                return;
            }
        };
        for void in void.into_iter().filter_map(|position| self.wishes.take(position)) {
            if let Some(reply) = void.reply {
                let _ = reply.send(Ok(()));
            }
        }
        let id = wish.conversation_id.clone();
        let mut reply = Some(reply);
        if !is_undone {
            let reply = if self.rpc.is_some() { reply.take() } else { None };
            self.wishes.waiting.push_back(Waiting { position, wish, tried: false, reply });
        }
        if let Some(reply) = reply {
            let _ = reply.send(Ok(()));
        }
        self.shared.emit(Event::TimelineUpdated(id));
    }

    pub(super) fn pump_wishes(&mut self, now: Instant) {
        let wishes = &mut self.wishes;
        if wishes.in_flight.is_some() || wishes.paused_until.is_some_and(|until| until > now) {
            return;
        }
        let Some(Waiting { position, wish, tried, .. }) = wishes.waiting.front_mut() else { return };
        *tried = true;
        let (position, wish) = (*position, wish.clone());
        wishes.in_flight = Some(position);
        let Wish { conversation_id, sequence, what, .. } = wish;
        let annotated =
            move |result: Result<_>| Done::Wished { position, result: result.map(Granted::Annotated) };
        let stored = move |result: Result<_>| Done::Wished { position, result: result.map(Granted::Stored) };
        match what {
            What::React { reaction_id, is_given: true } => {
                self.call(AddMessageReaction { conversation_id, sequence, reaction_id }, annotated);
            }
            What::React { reaction_id, is_given: false } => {
                self.call(RemoveMessageReaction { conversation_id, sequence, reaction_id }, annotated);
            }
            What::Modify { payload, at_user_list, version } => {
                let (payload, at_user_list) = (Some(PayloadField { payload }), Some(at_user_list));
                let cloud_custom_data = None;
                let params = ModifyMessage {
                    conversation_id,
                    sequence,
                    version,
                    payload,
                    at_user_list,
                    cloud_custom_data,
                };
                self.call(params, stored);
            }
            What::Revoke(revocation) => {
                self.call(RevokeMessage { conversation_id, sequence, reason: revocation.reason }, stored);
            }
            What::Heard => {
                let params = MarkHeard { conversation_id, sequences: vec![sequence] };
                let done =
                    move |result: Result<_>| Done::Wished { position, result: result.map(|_| Granted::Done) };
                self.call(params, done);
            }
            What::Pin(pin) => {
                // Only messages of groups are pinned.
                let ConversationId::Group(group_id) = conversation_id else { return };
                self.call(PinGroupMessage { group_id, sequence, is_pinned: pin.is_some() }, annotated);
            }
        }
    }

    /// The connection is gone: whoever waits is told that it is on disk.
    pub(super) fn wishes_kept(&mut self) {
        self.wishes.in_flight = None;
        for reply in self.wishes.waiting.iter_mut().filter_map(|it| it.reply.take()) {
            let _ = reply.send(Ok(()));
        }
    }

    pub(super) async fn wished(&mut self, position: i64, result: Result<Granted>, is_current: bool) {
        if is_current {
            self.wishes.in_flight = None;
        }
        let (granted, refusal) = match result {
            Ok(granted) => (Some(granted), None),
            Err(error) if is_network(&error) || passes(&error) => {
                let wait = error.retry_after().unwrap_or(PAUSE);
                self.wishes.paused_until = is_current.then(|| Instant::now() + wait);
                return;
            }
            Err(error) => (None, Some(error)),
        };
        let Some(Waiting { wish, reply, .. }) = self.wishes.take(position) else { return };
        let (mut version, mut answer) = (None, None);
        // A repetition of a call whose answer was lost: it is so.
        let refusal = refusal.filter(|error| !is_so(&wish.what, error));
        if let (None, None, What::Modify { version: before, .. }) = (&refusal, &granted, &wish.what) {
            let after = before.saturating_add(1);
            self.rebase(&wish.id, after);
            version = Some((wish.id.clone(), after));
        }
        match granted {
            Some(Granted::Annotated(annotated)) => answer = Some(Step::Annotated(Box::new(annotated))),
            Some(Granted::Stored(stored)) => {
                self.rebase(&stored.message.id, stored.message.version);
                version = Some((stored.message.id.clone(), stored.message.version));
                answer = Some(Step::Own(Box::new(stored)));
            }
            Some(Granted::Done) | None => {}
        }
        let id = wish.conversation_id.clone();
        let steps = [Step::Wished { id, position, version }].into_iter().chain(answer).collect();
        let steps = self.follow(steps);
        // Reported; a wish that is still noted is answered with what is so already.
        let _ = self.commit(steps).await;
        match (reply, refusal) {
            (Some(reply), refusal) => {
                let _ = reply.send(refusal.map_or(Ok(()), Err));
            }
            (None, Some(error)) => self.refused(wish, error).await,
            (None, None) => {}
        }
    }

    /// What waits for its turn is a change of the message as it is now.
    fn rebase(&mut self, id: &MessageId, now: u32) {
        for waiting in self.wishes.waiting.iter_mut().filter(|it| it.wish.id == *id) {
            if let What::Modify { version, .. } = &mut waiting.wish.what {
                *version = now;
            }
        }
    }

    /// Nobody waits any more for what the server refused: the app is told, with what was wanted.
    async fn refused(&self, wish: Wish, error: ChatError) {
        let payload = match wish.what {
            What::React { .. } | What::Heard => {
                self.shared.emit(Event::Error(error.code, error.message));
                return;
            }
            What::Modify { payload, .. } => Some(payload),
            What::Revoke(_) | What::Pin(_) => None,
        };
        let id = wish.id.clone();
        let Ok(Some(message)) = self.cache.read(move |db| messages::by_id(db, &id)).await else { return };
        self.shared.emit(Event::MessageChangeRefused(Box::new(RefusedChange { message, payload, error })));
    }
}

/// What the local copy knows to be impossible.
fn check(db: &Connection, wish: &Wish, limits: &Limits) -> CacheResult<()> {
    let refuse = |code: ErrorCode| CacheError::Refused(code.into());
    let unknown = match wish.what {
        What::Modify { .. } => ErrorCode::ModifyMessageUnknown,
        _ => ErrorCode::MessageUnknown,
    };
    let message = messages::by_id(db, &wish.id)?.ok_or_else(|| refuse(unknown))?;
    if message.is_revoked() {
        return Err(refuse(match wish.what {
            What::Revoke(_) => ErrorCode::AlreadyRevoked,
            _ => ErrorCode::StateNotAllowed,
        }));
    }
    match &wish.what {
        What::React { reaction_id, is_given } => {
            annotation::check_reaction(&message, reaction_id, *is_given, limits).map_err(refuse)
        }
        What::Modify { .. } if !matches!(message.payload, Payload::Text(_)) => {
            Err(refuse(ErrorCode::InvalidParameter))
        }
        What::Modify { .. } | What::Revoke(_) | What::Pin(_) | What::Heard => Ok(()),
    }
}

/// Whether a refusal says that what is wanted is so already.
fn is_so(what: &What, error: &ChatError) -> bool {
    match what {
        What::React { .. } => matches!(
            error.code,
            ErrorCode::ReactionExists | ErrorCode::ReactionNotOwn | ErrorCode::ReactionUnknown
        ),
        What::Modify { payload, at_user_list, .. } => {
            let latest = error.data.as_ref().and_then(|data| data.get("message")).cloned();
            let latest = latest.and_then(|message| serde_json::from_value::<Message>(message).ok());
            error.code == ErrorCode::ModifyConflict
                && latest.is_some_and(|it| it.payload == *payload && it.at_user_list == *at_user_list)
        }
        // Tips, of which a group says the same, are refused before.
        What::Revoke(_) => {
            matches!(error.code, ErrorCode::AlreadyRevoked | ErrorCode::GroupRevokeNotPossible)
        }
        What::Pin(_) | What::Heard => false,
    }
}
