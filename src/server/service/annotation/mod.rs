//! Reactions, extensions, receipts and pins: what is put on messages after they were sent (MSG-68 to MSG-88).
//!
//! Where a thousand people react at once, a thousand changes told to a thousand members each would be a million frames.
//! So what arrives for one conversation while a change of it is being made waits and becomes the next change: one
//! transaction, one change number, one frame, however many called. Alone a call goes at once. The frame is serialised
//! once for all who only watch; those whose own business is in it (they reacted, their message was read) get one of
//! their own.
//!
//! * `batch`: a change being made. `publish`: who hears of what.
//! * [`reaction`], [`extension`], [`receipt`], [`pin`]: the rules of each, and the questions about them.
//! * `show`: rows as they travel.

mod batch;
pub mod extension;
pub mod pin;
mod publish;
pub mod reaction;
pub mod receipt;
mod show;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hallway_protocol::ids::ConversationId;
use hallway_protocol::method::{
    AddMessageReaction, DeleteMessageExtensions, ExtensionKey, ExtensionResult, ExtensionWish,
    ExtensionsDone, MethodName, PinGroupMessage, RemoveMessageReaction, SendMessageReadReceipt,
    SetMessageExtensions,
};
use hallway_protocol::sync::Annotated;
use hallway_protocol::{ChatError, ErrorCode};
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::core::{Caller, Core};
use super::message_change::unknown_message;
use crate::store::WriteKey;

/// Changes of one conversation begin at least this far apart.
const APART: Duration = Duration::from_millis(20);
/// Calls in one change at most.
const CALLS: usize = 256;
/// Bytes of their texts, about: a frame holds all of them.
const BYTES: usize = 64 * 1024;

/// A message keeps so many times the rows it may have at a time, those that are gone included: they are how a change reaches
/// everybody, and what is given and taken back for ever under new names would pile up.
const KEPT: u32 = 5;

/// Whether a message may keep so many rows of a kind of which it may have `most` at a time.
fn fit_with_gone(rows: usize, most: u32) -> bool {
    u32::try_from(rows).is_ok_and(|rows| rows <= most.saturating_mul(KEPT))
}

/// What somebody wants to change.
#[derive(Debug)]
enum Wish {
    React { sequence: u64, reaction_id: String, is_given: bool },
    SetExtensions { sequence: u64, list: Vec<ExtensionWish> },
    DeleteExtensions { sequence: u64, list: Option<Vec<ExtensionKey>> },
    Acknowledge { sequences: Vec<u64> },
    Pin { sequence: u64, is_pinned: bool },
}

impl Wish {
    fn bytes(&self) -> usize {
        match self {
            Self::SetExtensions { list, .. } => {
                list.iter().map(|wish| wish.key.len().saturating_add(wish.value.len())).sum()
            }
            Self::React { .. }
            | Self::DeleteExtensions { .. }
            | Self::Acknowledge { .. }
            | Self::Pin { .. } => 0,
        }
    }
}

/// A call that waits for its turn.
#[derive(Debug)]
struct Order {
    caller: Arc<Caller>,
    method: MethodName,
    wish: Wish,
}

/// The answer to one call of a change.
#[derive(Debug)]
struct Answer {
    annotated: Annotated,
    extensions: Vec<ExtensionResult>,
}

type Reply = oneshot::Sender<Result<Answer, ChatError>>;

/// Makes the changes of all conversations.
pub struct Annotator {
    core: Arc<Core>,
    /// What waits, by conversation; a conversation is in it while its changes are being made.
    lanes: Mutex<HashMap<i64, Vec<(Order, Reply)>>>,
}

impl Annotator {
    /// For `core`.
    pub fn new(core: Arc<Core>) -> Arc<Self> {
        Arc::new(Self { core, lanes: Mutex::default() })
    }

    /// MSG-80.
    pub async fn add_reaction(
        self: &Arc<Self>,
        caller: &Arc<Caller>,
        call: AddMessageReaction,
    ) -> Result<Annotated, ChatError> {
        let AddMessageReaction { conversation_id, sequence, reaction_id } = call;
        reaction::check_id(&reaction_id)?;
        let wish = Wish::React { sequence, reaction_id, is_given: true };
        Ok(self.order(caller, MethodName::AddMessageReaction, &conversation_id, wish).await?.annotated)
    }

    /// MSG-81.
    pub async fn remove_reaction(
        self: &Arc<Self>,
        caller: &Arc<Caller>,
        call: RemoveMessageReaction,
    ) -> Result<Annotated, ChatError> {
        let RemoveMessageReaction { conversation_id, sequence, reaction_id } = call;
        let wish = Wish::React { sequence, reaction_id, is_given: false };
        Ok(self.order(caller, MethodName::RemoveMessageReaction, &conversation_id, wish).await?.annotated)
    }

    /// MSG-75.
    pub async fn set_extensions(
        self: &Arc<Self>,
        caller: &Arc<Caller>,
        call: SetMessageExtensions,
    ) -> Result<ExtensionsDone, ChatError> {
        let SetMessageExtensions { conversation_id, sequence, extension_list: list } = call;
        extension::check(&self.core.limits, &list)?;
        let wish = Wish::SetExtensions { sequence, list };
        let done = self.order(caller, MethodName::SetMessageExtensions, &conversation_id, wish).await?;
        Ok(ExtensionsDone { extensions: done.extensions, annotated: done.annotated })
    }

    /// MSG-77.
    pub async fn delete_extensions(
        self: &Arc<Self>,
        caller: &Arc<Caller>,
        call: DeleteMessageExtensions,
    ) -> Result<ExtensionsDone, ChatError> {
        let DeleteMessageExtensions { conversation_id, sequence, key_list: list } = call;
        extension::check_keys(&self.core.limits, list.as_deref())?;
        let wish = Wish::DeleteExtensions { sequence, list };
        let done = self.order(caller, MethodName::DeleteMessageExtensions, &conversation_id, wish).await?;
        Ok(ExtensionsDone { extensions: done.extensions, annotated: done.annotated })
    }

    /// MSG-85.
    pub async fn acknowledge(
        self: &Arc<Self>,
        caller: &Arc<Caller>,
        call: SendMessageReadReceipt,
    ) -> Result<Annotated, ChatError> {
        let SendMessageReadReceipt { conversation_id, sequences } = call;
        let most = self.core.limits.receipts_per_call;
        if sequences.is_empty() || u32::try_from(sequences.len()).map_or(true, |count| count > most) {
            return Err(ErrorCode::InvalidParameter.into());
        }
        let wish = Wish::Acknowledge { sequences };
        Ok(self.order(caller, MethodName::SendMessageReadReceipt, &conversation_id, wish).await?.annotated)
    }

    /// MSG-68.
    pub async fn pin(
        self: &Arc<Self>,
        caller: &Arc<Caller>,
        call: PinGroupMessage,
    ) -> Result<Annotated, ChatError> {
        let PinGroupMessage { group_id, sequence, is_pinned } = call;
        let id = ConversationId::Group(group_id);
        let wish = Wish::Pin { sequence, is_pinned };
        Ok(self.order(caller, MethodName::PinGroupMessage, &id, wish).await?.annotated)
    }

    /// Has a wish done with the next change of its conversation.
    async fn order(
        self: &Arc<Self>,
        caller: &Arc<Caller>,
        method: MethodName,
        id: &ConversationId,
        wish: Wish,
    ) -> Result<Answer, ChatError> {
        let conv = self.core.find(caller, id).await?.ok_or_else(|| unknown_message(id))?;
        let (reply, answer) = oneshot::channel();
        let order = Order { caller: Arc::clone(caller), method, wish };
        let is_first = {
            let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
            let is_first = !lanes.contains_key(&conv);
            lanes.entry(conv).or_default().push((order, reply));
            is_first
        };
        if is_first {
            tokio::spawn(Arc::clone(self).work(conv));
        }
        answer.await.unwrap_or_else(|_| Err(ErrorCode::ServiceStopped.into()))
    }

    /// Makes the changes of a conversation until nothing waits any more.
    async fn work(self: Arc<Self>, conv: i64) {
        while let Some((orders, replies)) = self.next(conv) {
            let begun = Instant::now();
            let (core, orders) = (Arc::clone(&self.core), Arc::new(orders));
            let done = self
                .core
                .db
                .write(WriteKey::conversation(conv), move |tx| batch::run(&core, tx, conv, &orders))
                .await;
            match done {
                Ok(answers) => {
                    for (reply, answer) in replies.into_iter().zip(answers) {
                        // Nobody waits any more: the change stands all the same.
                        let _ = reply.send(answer);
                    }
                }
                Err(error) => {
                    for reply in replies {
                        let _ = reply.send(Err(error.clone()));
                    }
                }
            }
            // Also where nothing waits now: whoever comes meanwhile shares the next change.
            tokio::time::sleep_until(begun + APART).await;
        }
    }

    /// What the next change is made of; none, and the conversation is free, where nothing waits.
    fn next(&self, conv: i64) -> Option<(Vec<Order>, Vec<Reply>)> {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting = lanes.get_mut(&conv)?;
        let mut bytes = 0usize;
        let fitting = waiting.iter().take(CALLS).take_while(|(order, _)| {
            let before = bytes;
            bytes = bytes.saturating_add(order.wish.bytes());
            before == 0 || bytes <= BYTES
        });
        let count = fitting.count();
        if count == 0 {
            lanes.remove(&conv);
            return None;
        }
        Some(waiting.drain(..count).unzip())
    }
}
