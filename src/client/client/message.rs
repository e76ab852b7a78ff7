//! Messages: making, sending, changing them (spec part 2). Reading them is in `history`.

use std::time::{Duration, Instant};

use hallway_protocol::group::MemberRole;
use hallway_protocol::ids::{ConversationType, MENTION_ALL};
use hallway_protocol::message::{
    CustomPayload, FacePayload, LocationPayload, MessageStatus, Payload, Revocation,
};
use hallway_protocol::method::{
    DeleteMessages, Method, ModifyMessage, PayloadField, RevokeMessage, SendMessage,
};
use hallway_protocol::sync::{HiddenMessage, Stored};
use hallway_protocol::{ConversationId, ErrorCode, Message, MessageId};
use tokio::sync::oneshot;

use super::{Client, MessageOptions, SendOptions};
use crate::cache::attachment;
use crate::cache::outbox::{self, Wish};
use crate::cache::wish::{self, What};
use crate::engine::Command;
use crate::engine::apply::Step;
use crate::file::local::{Address, places};
use crate::shared::now_ms;
use crate::{ChatError, Event, Result};

/// Calls that delete are this far apart (MSG-3); an earlier one waits.
const DELETES_APART: Duration = Duration::from_secs(1);

impl Client {
    /// Tells the handlers of [`Event::NotificationClicked`] that the notification of a message was clicked (MSG-33).
    pub fn notification_clicked(&self, id: ConversationId, sequence: u64, extension: String) {
        self.inner.shared.emit(Event::NotificationClicked(id, sequence, extension));
    }

    /// A text, not sent yet (MSG-20).
    ///
    /// # Errors
    ///
    /// 2024 before a login; 2106 to the system conversation; 6017 for an empty text; 8001 for one that is too long;
    /// 10004 for receivers that are too many, outside of groups, or together with mentions (MSG-17); mentions as
    /// [`Self::create_text_at_message`].
    pub fn create_text_message(
        &self,
        to: ConversationId,
        text: &str,
        options: MessageOptions,
    ) -> Result<Message> {
        self.create_message(to, Payload::text(text), options)
    }

    /// A message of any kind, not sent yet.
    pub(super) fn create_message(
        &self,
        to: ConversationId,
        payload: Payload,
        options: MessageOptions,
    ) -> Result<Message> {
        self.account()?;
        let session = self.inner.shared.session().ok_or(ErrorCode::NotLoggedIn)?;
        if to.kind() == ConversationType::System {
            return Err(ErrorCode::ConversationKindNotAllowed.into());
        }
        self.check_mentions(&to, &options.at_user_list)?;
        self.check_receivers(&to, &options)?;
        let time = self.get_server_time() / 1000;
        let message = Message {
            id: MessageId::new(session.user_number, time.max(0), rand::random()),
            conversation_id: to,
            from: session.user.user_id.clone(),
            time,
            sequence: 0,
            modification: 0,
            ord: 0,
            payload,
            status: MessageStatus::UnSend,
            priority: options.priority,
            nick: session.user.nick.clone(),
            avatar: session.user.avatar.clone(),
            name_card: String::new(),
            at_user_list: options.at_user_list,
            reply_to: options.reply_to,
            cloud_custom_data: options.cloud_custom_data,
            revoked: None,
            modified_time: None,
            version: 0,
            need_read_receipt: options.need_read_receipt,
            read_receipt_info: None,
            is_support_extension: options.is_support_extension,
            receiver_list: options.receiver_list,
            is_broadcast_message: false,
            has_risk_content: false,
            reactions: Vec::new(),
            extensions: Vec::new(),
            pin: None,
            online_user_only: false,
            message_control: Default::default(),
            offline_push: None,
            link_preview: None,
        };
        self.check_body(&message)?;
        Ok(message)
    }

    /// A text that mentions people of a group (MSG-21).
    ///
    /// # Errors
    ///
    /// 2106 outside of groups, 10053 for too many; otherwise as [`Self::create_text_message`].
    pub fn create_text_at_message(
        &self,
        to: ConversationId,
        text: &str,
        at_user_list: Vec<String>,
        options: MessageOptions,
    ) -> Result<Message> {
        if to.kind() != ConversationType::Group {
            return Err(ErrorCode::ConversationKindNotAllowed.into());
        }
        self.create_text_message(to, text, MessageOptions { at_user_list, ..options })
    }

    /// A message of an app's own (MSG-25).
    pub fn create_custom_message(
        &self,
        to: ConversationId,
        custom: CustomPayload,
        options: MessageOptions,
    ) -> Result<Message> {
        self.create_message(to, Payload::Custom(custom), options)
    }

    /// A sticker, by number and key of the pack it is from (MSG-26).
    pub fn create_face_message(
        &self,
        to: ConversationId,
        index: i32,
        data: &str,
        options: MessageOptions,
    ) -> Result<Message> {
        self.create_message(to, Payload::Face(FacePayload { index, data: data.to_owned() }), options)
    }

    /// A place on the map, in degrees (MSG-28).
    ///
    /// # Errors
    ///
    /// 6017 for a place that is not on earth: longitude within ±180, latitude within ±90.
    pub fn create_location_message(
        &self,
        to: ConversationId,
        description: &str,
        longitude: f64,
        latitude: f64,
        options: MessageOptions,
    ) -> Result<Message> {
        if !(-180.0..=180.0).contains(&longitude) || !(-90.0..=90.0).contains(&latitude) {
            return Err(ErrorCode::InvalidParameter.into());
        }
        let place = LocationPayload { description: description.to_owned(), longitude, latitude };
        self.create_message(to, Payload::Location(place), options)
    }

    fn check_mentions(&self, to: &ConversationId, at_user_list: &[String]) -> Result<()> {
        if at_user_list.is_empty() {
            return Ok(());
        }
        if to.kind() != ConversationType::Group {
            return Err(ErrorCode::ConversationKindNotAllowed.into());
        }
        let everybody = usize::from(at_user_list.iter().any(|at| at == MENTION_ALL));
        let named = at_user_list.iter().filter(|at| *at != MENTION_ALL).count();
        if named + everybody > self.inner.shared.limits().mentions_per_message as usize {
            return Err(ErrorCode::TooManyMentions.into());
        }
        Ok(())
    }

    fn check_receivers(&self, to: &ConversationId, options: &MessageOptions) -> Result<()> {
        let most = self.inner.shared.limits().receivers_per_message as usize;
        let is_wrong = to.kind() != ConversationType::Group
            || !options.at_user_list.is_empty()
            || options.receiver_list.len() > most;
        if is_wrong && !options.receiver_list.is_empty() {
            return Err(ErrorCode::GroupParameterInvalid.into());
        }
        Ok(())
    }

    fn check_body(&self, message: &Message) -> Result<()> {
        if matches!(&message.payload, Payload::Text(text) if text.text.is_empty()) {
            return Err(ErrorCode::InvalidParameter.into());
        }
        let limits = self.inner.shared.limits();
        let (mut bytes, mut inside) = (message.body_bytes(), 0);
        if let Payload::Merger(merger) = &message.payload {
            // What is inside of a combined message has a limit of its own.
            inside = serde_json::to_vec(&merger.message_list).map_or(usize::MAX, |json| json.len());
            bytes = bytes.saturating_sub(inside);
        }
        if bytes > limits.message_body_bytes as usize || inside > limits.merger_bytes as usize {
            return Err(ErrorCode::MessageTooLargeLocal.into());
        }
        Ok(())
    }

    /// Sends a message (MSG-59). Resolves when the server has it on disk, however long that takes, or when it has failed
    /// for good; dropping the future changes nothing, the message is in the outbox.
    ///
    /// # Errors
    ///
    /// 2905 when it was sent before; 6017 for a combination that is not allowed (MSG-35); MSG-42 to MSG-51 with the
    /// message in `data`.
    pub async fn send_message(&self, message: Message, options: SendOptions) -> Result<Message> {
        if options.online_user_only {
            return self.send_to_online(message, options).await;
        }
        let (reply, wait) = oneshot::channel();
        self.enqueue(vec![message], options, Some(reply)).await?;
        wait.await.map_err(|_| ErrorCode::EndedByLogout)?
    }

    /// Puts a message in the outbox and returns once it is there, on disk (PLUS-3).
    pub async fn enqueue_message(&self, message: Message, options: SendOptions) -> Result<()> {
        if options.online_user_only {
            return self.send_to_online(message, options).await.map(|_| ());
        }
        self.enqueue(vec![message], options, None).await
    }

    /// Puts several messages in the outbox, in this order, and returns once they are there, on disk. When one is refused
    /// none of them is there, so all of them can be tried again. 6017 with `online_user_only`.
    pub async fn enqueue_messages(&self, messages: Vec<Message>, options: SendOptions) -> Result<()> {
        if options.online_user_only {
            return Err(ErrorCode::InvalidParameter.into());
        }
        self.enqueue(messages, options, None).await
    }

    /// `waiter` is told what becomes of the last one.
    async fn enqueue(
        &self,
        mut messages: Vec<Message>,
        options: SendOptions,
        mut waiter: Option<oneshot::Sender<Result<Message>>>,
    ) -> Result<()> {
        let account = self.account()?;
        for message in &mut messages {
            if message.sequence != 0 || message.from != account.me {
                return Err(ErrorCode::StateNotAllowed.into());
            }
            if message.conversation_id.kind() == ConversationType::System {
                return Err(ErrorCode::ConversationKindNotAllowed.into());
            }
            self.check_body(message)?;
            message.status = MessageStatus::UnSend;
            message.message_control = options.message_control.unwrap_or_default();
            message.offline_push.clone_from(&options.offline_push);
        }
        let wish = Wish {
            message_control: options.message_control,
            offline_push: options.offline_push,
            moderation_profile: options.moderation_profile,
            no_link_preview: options.no_link_preview,
        };
        let created = now_ms();
        let queued = account.cache.write_durably(move |db| {
            let mut queued = Vec::with_capacity(messages.len());
            for message in &messages {
                queued.push(outbox::add(db, message, &wish, created)?);
                let mut payload = message.payload.clone();
                for (part, place) in (0u32..).zip(places(&mut payload)) {
                    if let Some(address) = Address::parse(place.url) {
                        let size = place.size.map_or(0, |size| *size);
                        attachment::add(db, &message.id, part, &address, size)?;
                    }
                }
            }
            Ok(queued)
        });
        let queued = queued.await?;
        let last = queued.len();
        for (number, outgoing) in (1..).zip(queued) {
            let waiter = if number == last { waiter.take() } else { None };
            let told = account.commands.send(Command::Queued(outgoing, waiter));
            told.map_err(|_| ErrorCode::EndedByLogout)?;
        }
        Ok(())
    }

    /// MSG-32: now or never.
    async fn send_to_online(&self, message: Message, options: SendOptions) -> Result<Message> {
        if options.message_control.is_some() {
            return Err(ErrorCode::InvalidParameter.into());
        }
        let params = SendMessage {
            id: message.id.clone(),
            conversation_id: message.conversation_id.clone(),
            payload: message.payload.clone(),
            priority: message.priority,
            at_user_list: message.at_user_list.clone(),
            reply_to: message.reply_to.clone(),
            cloud_custom_data: message.cloud_custom_data.clone(),
            need_read_receipt: message.need_read_receipt,
            is_support_extension: false,
            receiver_list: message.receiver_list.clone(),
            online_user_only: true,
            message_control: None,
            offline_push: options.offline_push,
            moderation_profile: options.moderation_profile,
            no_link_preview: true,
        };
        Ok(self.rpc()?.call(&params).await?.message)
    }

    /// Sends a failed message again: the same id, a new time, at the end (MSG-60). 2905 if it has not failed.
    pub async fn resend_message(&self, id: &MessageId) -> Result<()> {
        self.ask(|reply| Command::Resend(id.clone(), reply)).await
    }

    /// Takes an unsent message back: it is gone from the outbox. 2905 if it is not there. One that is on its way at this
    /// moment may arrive all the same and then shows as sent.
    pub async fn cancel_message(&self, id: &MessageId) -> Result<()> {
        self.ask(|reply| Command::Cancel(id.clone(), reply)).await
    }

    /// Recalls a message for everybody (MSG-61). One that is not sent yet is only taken back. Without a connection it shows at
    /// once, with the status `unsend`, and the server hears of it later (R2).
    pub async fn revoke_message(&self, message: &Message, reason: &str) -> Result<Message> {
        if message.sequence == 0 {
            self.cancel_message(&message.id).await?;
            return Ok(message.clone());
        }
        let params = RevokeMessage {
            conversation_id: message.conversation_id.clone(),
            sequence: message.sequence,
            reason: reason.into(),
        };
        if let Some(stored) = self.change(message, &params).await? {
            return Ok(stored);
        }
        self.may_recall_later(message)?;
        let session = self.inner.shared.session().ok_or(ErrorCode::NotLoggedIn)?;
        let me = &session.user;
        let revocation = Revocation {
            user_id: me.user_id.clone(),
            nick: me.nick.clone(),
            avatar: me.avatar.clone(),
            reason: reason.into(),
            time: self.get_server_time() / 1000,
            modification: message.modification,
        };
        self.do_later(message, What::Revoke(revocation)).await?;
        self.find_message(&message.id).await?.ok_or_else(|| ErrorCode::MessageUnknown.into())
    }

    /// Makes a change at the server. None where it has to wait: there is no connection, or an earlier change of the message
    /// waits.
    async fn change<M: Method<Answer = Stored>>(
        &self,
        message: &Message,
        params: &M,
    ) -> Result<Option<Message>> {
        let known = self.find_message(&message.id).await?;
        if known.is_some_and(|known| known.sequence > 0 && known.status == MessageStatus::UnSend) {
            return Ok(None);
        }
        let called = match self.rpc() {
            Ok(rpc) => rpc.call(params).await,
            Err(error) => Err(error),
        };
        match called {
            Ok(stored) => {
                let message = stored.message.clone();
                self.apply(vec![Step::Own(Box::new(stored))]).await?;
                Ok(Some(message))
            }
            Err(error) if waits_for_a_connection(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Notes what is to be done to a message as soon as that is possible.
    pub(super) async fn do_later(&self, message: &Message, what: What) -> Result<()> {
        let (conversation_id, id) = (message.conversation_id.clone(), message.id.clone());
        let wish = wish::Wish { conversation_id, sequence: message.sequence, id, what };
        self.ask(|reply| Command::Wish(wish, reply)).await
    }

    /// What the server would say to a recall, as far as it can be told without it (MSG-61).
    fn may_recall_later(&self, message: &Message) -> Result<()> {
        let limits = self.inner.shared.limits();
        let list = self.inner.shared.list();
        let group = list
            .iter()
            .find(|it| it.conversation_id == message.conversation_id)
            .and_then(|it| it.group_profile.clone());
        let role = group.as_ref().and_then(|group| group.self_info.as_ref()).map(|own| own.role);
        if matches!(message.payload, Payload::GroupTip(_) | Payload::GroupSystemNotice(_)) {
            return Err(ErrorCode::GroupRevokeNotPossible.into());
        }
        if matches!(role, Some(MemberRole::Owner | MemberRole::Admin)) {
            return Ok(());
        }
        if message.from != self.account()?.me {
            return Err(ErrorCode::NoPermission.into());
        }
        let window = i64::from(limits.revoke_window_seconds);
        let age = (self.get_server_time() / 1000).saturating_sub(message.time);
        match (window, group) {
            (0, _) => Err(ErrorCode::GroupRevokeOff.into()),
            (window, _) if age <= window => Ok(()),
            (_, Some(_)) => Err(ErrorCode::GroupRevokeTooLate.into()),
            (_, None) => Err(ErrorCode::RevokeTooLate.into()),
        }
    }

    /// Changes the text and the mentions of an own message (MSG-63). One that is not sent yet is changed in the outbox. Without a
    /// connection it shows at once, with the status `unsend`, and the server hears of it later (R2); refused then, it comes back
    /// as [`crate::Event::MessageChangeRefused`].
    ///
    /// # Errors
    ///
    /// 2480 when somebody was faster, with the latest message in `data.message`; 6017, 8001 and 10053 as for a new text.
    pub async fn modify_message(
        &self,
        message: &Message,
        text: &str,
        at_user_list: Vec<String>,
    ) -> Result<Message> {
        self.check_mentions(&message.conversation_id, &at_user_list)?;
        let new = Message { payload: Payload::text(text), at_user_list, ..message.clone() };
        self.check_body(&new)?;
        let (mut sequence, mut version) = (message.sequence, message.version);
        if sequence == 0 {
            let unsent = new.clone();
            if let Some(changed) = self.ask(|reply| Command::Edit(Box::new(unsent), reply)).await? {
                return Ok(changed);
            }
            // It has been sent since it was looked at.
            let sent = self.find_message(&message.id).await?.ok_or(ErrorCode::MessageUnknown)?;
            (sequence, version) = (sent.sequence, sent.version);
        }
        let params = ModifyMessage {
            conversation_id: message.conversation_id.clone(),
            sequence,
            version,
            payload: Some(PayloadField { payload: new.payload.clone() }),
            at_user_list: Some(new.at_user_list.clone()),
            cloud_custom_data: None,
        };
        if let Some(stored) = self.change(message, &params).await? {
            return Ok(stored);
        }
        if message.from != self.account()?.me {
            return Err(ErrorCode::NoPermission.into());
        }
        let Message { payload, at_user_list, .. } = new;
        let message = Message { sequence, ..message.clone() };
        self.do_later(&message, What::Modify { payload, at_user_list, version }).await?;
        self.find_message(&message.id).await?.ok_or_else(|| ErrorCode::MessageUnknown.into())
    }

    /// Deletes messages for this user, on all own instances (MSG-62, PLUS-5). The first one decides the conversation;
    /// others and those beyond the limit of a call are left alone. Unsent ones are taken back.
    pub async fn delete_message(&self, list: &[Message]) -> Result<Vec<HiddenMessage>> {
        let Some(first) = list.first() else { return Err(ErrorCode::InvalidParameter.into()) };
        let conversation_id = first.conversation_id.clone();
        if conversation_id.kind() == ConversationType::System {
            return Err(ErrorCode::NoticeNotDeletable.into());
        }
        let most = self.inner.shared.limits().delete_messages_per_call as usize;
        let wanted = list.iter().filter(|it| it.conversation_id == conversation_id).take(most);
        let (sent, unsent): (Vec<_>, Vec<_>) = wanted.partition(|it| it.sequence > 0);
        for message in unsent {
            self.cancel_message(&message.id).await?;
        }
        let hidden: Vec<HiddenMessage> = sent
            .into_iter()
            .map(|it| HiddenMessage {
                conversation_id: conversation_id.clone(),
                sequence: it.sequence,
                id: it.id.clone(),
            })
            .collect();
        if hidden.is_empty() {
            return Ok(hidden);
        }
        let sequences = hidden.iter().map(|it| it.sequence).collect();
        {
            let mut deleted_at = self.inner.deleted_at.lock().await;
            if let Some(at) = *deleted_at {
                tokio::time::sleep_until((at + DELETES_APART).into()).await;
            }
            let rpc = self.rpc()?;
            *deleted_at = Some(Instant::now());
            rpc.call(&DeleteMessages { conversation_id, sequences }).await?;
        }
        let steps = hidden.iter().map(|it| Step::Hidden { message: it.clone(), is_hidden: true }).collect();
        self.apply(steps).await?;
        Ok(hidden)
    }
}

/// Whether something failed because there is no connection, or no working one.
pub(super) fn waits_for_a_connection(error: &ChatError) -> bool {
    matches!(
        error.code,
        ErrorCode::NoNetwork | ErrorCode::NetworkError | ErrorCode::RequestTimeout | ErrorCode::NotReady
    )
}

/// The failed message in the error of a send (MSG-41).
pub fn message_of(error: &ChatError) -> Option<Message> {
    serde_json::from_value(error.data.clone()?).ok()
}
