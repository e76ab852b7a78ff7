//! The outbox at work (PLUS-3, MSG-36 to MSG-41, MSG-60).

use std::sync::Arc;
use std::time::{Duration, Instant};

use hallway_protocol::error::Retry;
use hallway_protocol::message::{MessageStatus, Payload};
use hallway_protocol::method::{ModifyMessage, PayloadField, SendMessage};
use hallway_protocol::sync::Stored;
use hallway_protocol::{ConversationId, Message, MessageId};

use super::apply::Step;
use super::{Done, Engine, Reply, is_network, passes};
use crate::cache::attachment;
use crate::cache::outbox::{self, Outgoing};
use crate::event::Event;
use crate::file::local;
use crate::shared::now_ms;
use crate::{ChatError, ErrorCode, Result};

/// Pause after a refusal that a person has to mend.
pub(super) const NEEDS_USER: Duration = Duration::from_secs(30);

/// The call that sends a message of the outbox.
fn call_of(outgoing: &Outgoing) -> SendMessage {
    let message = &outgoing.message;
    SendMessage {
        id: message.id.clone(),
        conversation_id: message.conversation_id.clone(),
        payload: message.payload.clone(),
        priority: message.priority,
        at_user_list: message.at_user_list.clone(),
        reply_to: message.reply_to.clone(),
        cloud_custom_data: message.cloud_custom_data.clone(),
        need_read_receipt: message.need_read_receipt,
        is_support_extension: message.is_support_extension,
        receiver_list: message.receiver_list.clone(),
        online_user_only: false,
        message_control: outgoing.wish.message_control,
        offline_push: outgoing.wish.offline_push.clone(),
        moderation_profile: outgoing.wish.moderation_profile.clone(),
        no_link_preview: outgoing.wish.no_link_preview,
    }
}

impl Engine {
    /// A message is in the outbox; the app sees it from here on.
    pub(super) fn queued(&mut self, outgoing: Outgoing, waiter: Option<Reply<Message>>) {
        let (id, conversation_id) = (outgoing.message.id.clone(), outgoing.message.conversation_id.clone());
        if let Some(waiter) = waiter {
            self.waiters.entry(id).or_default().push(waiter);
        }
        self.queue.put(outgoing);
        self.outbox_changed(&conversation_id);
    }

    fn outbox_changed(&mut self, id: &ConversationId) {
        self.list_changed(false);
        self.publish_list();
        self.shared.emit(Event::TimelineUpdated(id.clone()));
    }

    pub(super) fn pump_outbox(&mut self, now: Instant) {
        for outgoing in self.queue.next(now) {
            if local::is_local(&outgoing.message.payload) {
                self.upload(&outgoing);
                continue;
            }
            let (id, conversation_id) =
                (outgoing.message.id.clone(), outgoing.message.conversation_id.clone());
            self.call(call_of(&outgoing), move |result| Done::Sent { id, conversation_id, result });
        }
    }

    /// The server answered a send.
    pub(super) async fn sent(
        &mut self,
        id: &MessageId,
        conversation_id: &ConversationId,
        result: Result<Stored>,
        is_current: bool,
    ) {
        match result {
            Ok(stored) => {
                let wanted = self.queue.get(id).map(|outgoing| Arc::clone(&outgoing.message));
                self.queue.answered(conversation_id);
                let (place, version) = (stored.message.sequence, stored.message.version);
                // A repeated send answers with the message as it stands: another instance may have changed or recalled
                // it already. Only one that stands as it was first sent can differ because of a change made here.
                let is_first = version == 0 && !stored.message.is_revoked();
                let is_text = matches!(stored.message.payload, Payload::Text(_));
                let differs =
                    wanted.filter(|wanted| is_first && is_text && wanted.payload != stored.message.payload);
                let steps = self.follow(vec![Step::Own(Box::new(stored))]);
                if self.commit(steps).await.is_err() {
                    // It is still in the outbox: sent again, the server answers the same.
                    return;
                }
                if let Some(wanted) = differs {
                    // Edited while it was on its way.
                    let params = ModifyMessage {
                        conversation_id: conversation_id.clone(),
                        sequence: place,
                        version,
                        payload: Some(PayloadField { payload: wanted.payload.clone() }),
                        at_user_list: Some(wanted.at_user_list.clone()),
                        cloud_custom_data: None,
                    };
                    self.call(params, |result| Done::Edited { result });
                }
            }
            // The connection it was sent on is gone and the lanes are free again already.
            Err(error) if is_network(&error) && !is_current => {}
            Err(error) if error.retry() == Retry::NeedsUser => {
                self.queue.pause(conversation_id, Instant::now(), Some(NEEDS_USER), 0.0);
            }
            Err(error) if passes(&error) => {
                let asked = error.retry_after();
                self.queue.pause(conversation_id, Instant::now(), asked, rand::random());
            }
            // The server gave a file up that waited too long for its message.
            Err(error) if error.code == ErrorCode::NotForwardable && self.upload_again(id).await => {
                self.queue.pause(conversation_id, Instant::now(), None, rand::random());
            }
            Err(error) => {
                self.queue.answered(conversation_id);
                self.fail(id, error).await;
            }
        }
    }

    pub(super) async fn edited(&mut self, result: Result<Stored>) {
        match result {
            Ok(stored) => {
                let steps = self.follow(vec![Step::Own(Box::new(stored))]);
                // Reported; a new connection brings the change.
                let _ = self.commit(steps).await;
            }
            Err(error) => self.shared.emit(Event::Error(error.code, error.message)),
        }
    }

    /// A message of the outbox is stored: it has left the outbox in the same transaction. Returns who waits for it.
    pub(super) fn stored(&mut self, id: &MessageId) -> Vec<Reply<Message>> {
        self.queue.remove(id);
        self.waiters.remove(id).unwrap_or_default()
    }

    /// Refused for good: it stays, marked, until somebody sends it again or takes it back (MSG-41).
    pub(super) async fn fail(&mut self, id: &MessageId, error: ChatError) {
        let Some(outgoing) = self.queue.get(id) else { return };
        let mut message = (*outgoing.message).clone();
        message.status = MessageStatus::Fail;
        let (kept, failure) = (message.clone(), error.clone());
        if let Err(error) =
            self.cache.write_durably(move |db| outbox::update(db, &kept, Some(&failure))).await
        {
            crate::log::error!(%error, "a failed message could not be marked");
        }
        let data = serde_json::to_value(&message).unwrap_or_default();
        let conversation_id = message.conversation_id.clone();
        self.queue.fail(Arc::new(message), error.clone());
        for reply in self.waiters.remove(id).unwrap_or_default() {
            let _ = reply.send(Err(error.clone().with_data(data.clone())));
        }
        self.outbox_changed(&conversation_id);
    }

    /// MSG-60: the same id, a new time, at the end. 2905 if it has not failed.
    pub(super) async fn resend(&mut self, id: &MessageId) -> Result<()> {
        let refused = ChatError::from(ErrorCode::StateNotAllowed);
        let Some(old) = self.queue.get(id).filter(|outgoing| outgoing.failure.is_some()).cloned() else {
            return Err(refused);
        };
        let mut message = (*old.message).clone();
        message.status = MessageStatus::UnSend;
        message.time = self.shared.server_time() / 1000;
        let wish = old.wish.clone();
        let new = self
            .cache
            .write_durably(move |db| {
                outbox::remove(db, &message.id)?;
                outbox::add(db, &message, &wish, now_ms())
            })
            .await?;
        self.queue.remove(id);
        self.queued(new, None);
        Ok(())
    }

    /// Takes an unsent message back. 2905 if it is not in the outbox. One that is on its way may arrive all the
    /// same and then shows as sent.
    pub(super) async fn cancel(&mut self, id: &MessageId) -> Result<()> {
        let Some(conversation_id) = self.queue.get(id).map(|out| out.message.conversation_id.clone()) else {
            return Err(ErrorCode::StateNotAllowed.into());
        };
        let wanted = id.clone();
        let files = self.cache.write_durably(move |db| {
            let files = attachment::of(db, &wanted)?;
            attachment::remove(db, &wanted)?;
            outbox::remove(db, &wanted)?;
            Ok(files)
        });
        let files = files.await?;
        self.queue.remove(id);
        if self.end_upload(id) {
            self.queue.answered(&conversation_id);
        }
        self.shared.set_upload(id, None);
        self.discard_uploads(files);
        for reply in self.waiters.remove(id).unwrap_or_default() {
            let _ = reply.send(Err(ErrorCode::SendFailed.into()));
        }
        self.outbox_changed(&conversation_id);
        Ok(())
    }

    /// Changes an unsent message; none if it has left the outbox. One that is on its way is changed on the server
    /// once it has arrived.
    pub(super) async fn edit_unsent(&mut self, message: Message) -> Result<Option<Message>> {
        let Some(old) = self.queue.get(&message.id).cloned() else { return Ok(None) };
        let mut new = (*old.message).clone();
        new.payload = message.payload;
        new.at_user_list = message.at_user_list;
        let (kept, failure) = (new.clone(), old.failure.clone());
        self.cache.write_durably(move |db| outbox::update(db, &kept, failure.as_ref())).await?;
        self.queue.put(Outgoing { message: Arc::new(new.clone()), ..old });
        self.outbox_changed(&new.conversation_id);
        Ok(Some(new))
    }

    /// When the first unsent message has waited long enough for a connection (MSG-36), where the app wants that.
    pub(super) fn send_deadline(&self) -> Option<Instant> {
        let (timeout, since) = (self.config.send_timeout?, self.offline_since?);
        let waiting = self.queue.iter().filter(|outgoing| outgoing.failure.is_none());
        waiting.map(|outgoing| since.max(queued_at(outgoing)) + timeout).min()
    }

    pub(super) async fn fail_overdue(&mut self, now: Instant) {
        let (Some(timeout), Some(since)) = (self.config.send_timeout, self.offline_since) else { return };
        let overdue: Vec<MessageId> = self
            .queue
            .iter()
            .filter(|outgoing| outgoing.failure.is_none() && since.max(queued_at(outgoing)) + timeout <= now)
            .map(|outgoing| outgoing.message.id.clone())
            .collect();
        for id in overdue {
            self.fail(&id, ErrorCode::NoNetwork.into()).await;
        }
    }
}

/// When a message was queued, on the clock that does not jump.
fn queued_at(outgoing: &Outgoing) -> Instant {
    let age = u64::try_from(now_ms().saturating_sub(outgoing.created_ms)).unwrap_or(0);
    let now = Instant::now();
    now.checked_sub(Duration::from_millis(age)).unwrap_or(now)
}
