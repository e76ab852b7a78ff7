//! One change of a conversation, made of the wishes of several callers.

use std::collections::BTreeSet;
use std::sync::Arc;

use hallway_protocol::method::ExtensionResult;
use hallway_protocol::sync::Annotated;
use hallway_protocol::{ChatError, ErrorCode};

use super::publish::{self, News};
use super::{Answer, Order, Wish, extension, pin, reaction, receipt};
use crate::service::core::{Access, Caller, Core, counters};
use crate::service::message_change::{unknown_message, visible};
use crate::service::view::wire;
use crate::store::annotation::{self, AnnotationKey, AnnotationRow};
use crate::store::conversation::{self, ConvRow};
use crate::store::message::{MessageRow, REVOKED, TIP};
use crate::store::{StoreError, Tx};

/// A change being made.
pub(super) struct Batch<'a, 'c> {
    pub(super) core: &'a Core,
    pub(super) tx: &'a mut Tx<'c>,
    conv: i64,
    /// The conversation with the change's number; taken when there is something to change.
    taken: Option<ConvRow>,
    touched: BTreeSet<AnnotationKey>,
}

/// What a wish came to, if it was not refused.
#[derive(Default)]
pub(super) struct Granted {
    /// What became of each key of extensions.
    pub(super) extensions: Vec<ExtensionResult>,
    /// Rows that the caller is to be told of although they were not changed.
    pub(super) shown: Vec<AnnotationKey>,
}

impl Batch<'_, '_> {
    /// The present row.
    pub(super) fn load(&mut self, key: &AnnotationKey) -> Result<Option<AnnotationRow>, StoreError> {
        annotation::load(self.tx, self.conv, key)
    }

    /// Stores a row under the number of this change, which is returned.
    pub(super) fn put(&mut self, key: AnnotationKey, gone: bool, body: String) -> Result<i64, ChatError> {
        let modification = match &self.taken {
            Some(conv) => conv.modification,
            None => {
                let now = self.core.clock.now_ms();
                let conv = conversation::take(self.tx, self.conv, 0, 0, now)?;
                self.taken.insert(conv.ok_or(ErrorCode::ConversationNotFound)?).modification
            }
        };
        self.touched.insert(key.clone());
        let row = AnnotationRow { key, modification, gone, body };
        annotation::put(self.tx, self.conv, &row)?;
        Ok(modification)
    }

    /// A message that something can be put on: neither recalled nor the server's own (2905).
    pub(super) fn message(
        &mut self,
        caller: &Caller,
        access: &Access,
        sequence: u64,
    ) -> Result<MessageRow, ChatError> {
        let row = visible(self.core, self.tx, caller, access, sequence)?;
        let row = row.ok_or_else(|| unknown_message(&access.name))?;
        if row.is(REVOKED) || row.is(TIP) {
            return Err(ErrorCode::StateNotAllowed.into());
        }
        Ok(row)
    }

    fn grant(&mut self, order: &Order) -> Result<Granted, ChatError> {
        let access = self.core.access(self.tx, order.method, &order.caller, self.conv)?;
        if access.group.is_some() {
            access.living_group()?;
        }
        let caller = &order.caller;
        match &order.wish {
            Wish::React { sequence, reaction_id, is_given } => {
                reaction::react(self, caller, &access, *sequence, reaction_id, *is_given)
            }
            Wish::SetExtensions { sequence, list } => extension::set(self, caller, &access, *sequence, list),
            Wish::DeleteExtensions { sequence, list } => {
                extension::delete(self, caller, &access, *sequence, list.as_deref())
            }
            Wish::Acknowledge { sequences } => receipt::acknowledge(self, caller, &access, sequences),
            Wish::Pin { sequence, is_pinned } => pin::pin(self, caller, &access, *sequence, *is_pinned),
        }
    }
}

/// Whether storage failed, and not only one wish.
fn is_failure(error: &ChatError) -> bool {
    matches!(
        error.code,
        ErrorCode::MessageInternalError | ErrorCode::ServiceOverloaded | ErrorCode::ServiceStopped
    )
}

/// Makes the change and has it told to everybody concerned. What is refused is answered with its error and changes
/// nothing; where storage fails the change as a whole does.
pub(super) fn run(
    core: &Arc<Core>,
    tx: &mut Tx<'_>,
    conv: i64,
    orders: &[Order],
) -> Result<Vec<Result<Answer, ChatError>>, ChatError> {
    // What a wish changes depends on what it reads, and another server may be at the same.
    conversation::lock(tx, conv)?;
    let mut batch = Batch { core, tx, conv, taken: None, touched: BTreeSet::new() };
    let mut granted = Vec::with_capacity(orders.len());
    for order in orders {
        match batch.grant(order) {
            Err(error) if is_failure(&error) => return Err(error),
            result => granted.push(result),
        }
    }
    let Batch { taken, touched, .. } = batch;
    let is_changed = taken.is_some();
    let row = match taken {
        Some(row) => row,
        None => conversation::load(tx, conv)?.ok_or(ErrorCode::ConversationNotFound)?,
    };
    let news = News::of(core, tx, &row, touched)?;
    let mut answers = Vec::with_capacity(orders.len());
    for (order, granted) in orders.iter().zip(granted) {
        answers.push(match granted {
            Ok(granted) => Ok(answer(core, tx, &row, is_changed, &news, order, granted)?),
            Err(error) => Err(error),
        });
    }
    if is_changed {
        let answered = orders.iter().zip(&answers).filter(|(_, answer)| answer.is_ok());
        let callers: Vec<Arc<Caller>> = answered.map(|(order, _)| Arc::clone(&order.caller)).collect();
        publish::publish(core, tx, &row, news, &callers)?;
    }
    Ok(answers)
}

fn answer(
    core: &Core,
    tx: &mut Tx<'_>,
    conv: &ConvRow,
    is_changed: bool,
    news: &News,
    order: &Order,
    granted: Granted,
) -> Result<Answer, ChatError> {
    let mut annotations = news.for_user(order.caller.number);
    for key in granted.shown {
        if let Some(row) = annotation::with_message(tx, conv.id, &key)? {
            annotations.push(core.annotation(tx, row)?);
        }
    }
    let prev = if is_changed { conv.modification.saturating_sub(1) } else { conv.modification };
    let conversation_id = core.name(tx, order.caller.number, conv)?;
    let annotated =
        Annotated { conversation_id, prev_mod: wire(prev), counters: counters(conv), annotations };
    Ok(Answer { annotated, extensions: granted.extensions })
}
