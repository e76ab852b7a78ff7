//! Sending (spec part 2b, MSG-32 to MSG-59): checks, one transaction, frames.

use std::cell::Cell;
use std::sync::Arc;
use std::time::Instant;

use hallway_protocol::event::ServerEvent;
use hallway_protocol::file::FileRef;
use hallway_protocol::group::GroupType;
use hallway_protocol::ids::{ConversationId, MENTION_ALL, UserId};
use hallway_protocol::message::{Message, MessageControl, ReadReceiptInfo};
use hallway_protocol::method::{MethodName, SendMessage};
use hallway_protocol::sync::{Counters, Stored};
use hallway_protocol::{ChatError, ErrorCode};

use super::chore::owe;
use super::combined::{self, Apart, Prepared};
use super::core::{Caller, Core, counters, standing};
use super::file::reference;
use super::group_rate::GroupRate;
use super::link_preview;
use super::message_check::{check_send, takes_receivers};
use super::moderation::{Checked, Moderation};
use super::view::{frame, wire};
use crate::authz::{self, Account, Target};
use crate::bus::{Publication, Recipients};
use crate::store::chore::Kind;
use crate::store::conversation::{self, ConvRow};
use crate::store::group::{self, Standing as StoredStanding};
use crate::store::message::{self, Content, MessageKey, MessageRow, client_key};
use crate::store::user::UserRecord;
use crate::store::{StoreError, Tx, WriteKey};

/// Sends messages.
pub struct Sender {
    core: Arc<Core>,
    rate: GroupRate,
    moderation: Arc<Moderation>,
}

/// A message on its way into the database; shared by all runs of its job.
struct Draft {
    caller: Arc<Caller>,
    key: i64,
    content: Content,
    flags: i64,
    /// What it refers to.
    files: Vec<FileRef>,
    /// What is owed to it once it is stored.
    chores: Vec<(Kind, String)>,
    /// What of it is kept apart.
    apart: Vec<Apart>,
    /// A run has found that it was stored before: the next one answers with what is there. Looking first each
    /// time would cost every message what only a repetition needs.
    is_repeated: Cell<bool>,
}

/// The people of a one-to-one conversation.
struct Pair {
    me: Arc<UserRecord>,
    peer: Arc<UserRecord>,
    /// Its number, where it exists.
    conv: Option<i64>,
}

impl Sender {
    /// A sender for `core`.
    pub fn new(core: Arc<Core>, moderation: Arc<Moderation>) -> Self {
        let rate = GroupRate::new(core.limits.group_messages_per_second);
        Self { core, rate, moderation }
    }

    /// Sends a message, or finds that it was sent before (MSG-59).
    pub async fn send(&self, caller: &Arc<Caller>, mut send: SendMessage) -> Result<Stored, ChatError> {
        check_send(&self.core.limits, &send)?;
        let key = client_key(&send.id).filter(|_| send.id.sender_number() == caller.number);
        let key = key.ok_or_else(|| {
            ChatError::new(ErrorCode::InvalidParameter).with_message("the message id is not of this account")
        })?;
        let me = self.core.caller(caller).await?;
        match send.conversation_id.clone() {
            ConversationId::C2c(peer) => {
                let peer = self.core.peer(caller, &peer, ErrorCode::MessageAccountInvalid).await?;
                let core = &self.core;
                let conv = core.conversations.pair(&core.db, caller.number, peer.number).await?;
                let checked = self.moderation.before(caller, &me, key, None, &mut send).await?;
                let pair = Pair { me, peer, conv };
                if send.online_user_only {
                    return Ok(self.online_to_peer(caller, &pair, key, send).await);
                }
                self.to_peer(self.draft(caller, &pair.me, key, send, checked).await?, pair).await
            }
            ConversationId::Group(group_id) => {
                let core = &self.core;
                let conv =
                    core.conversations.group(&core.db, &group_id).await?.ok_or(ErrorCode::GroupGone)?;
                if let Err(wait) = self.rate.take(conv, send.priority, Instant::now()) {
                    return self.over_the_rate(caller, key, send, wait).await;
                }
                let checked = self.moderation.before(caller, &me, key, Some(conv), &mut send).await?;
                if send.online_user_only {
                    return self.online_to_group(caller, &me, conv, key, send).await;
                }
                let mentioned = self.mentioned(&send.at_user_list).await?;
                self.to_group(self.draft(caller, &me, key, send, checked).await?, conv, mentioned).await
            }
            ConversationId::System => Err(ErrorCode::ConversationKindNotAllowed.into()),
        }
    }

    /// Numbers of the people mentioned by name; unknown ones are ignored (MSG-21).
    async fn mentioned(&self, list: &[String]) -> Result<Vec<i64>, ChatError> {
        mentioned(&self.core, list).await
    }

    async fn draft(
        &self,
        caller: &Arc<Caller>,
        me: &UserRecord,
        key: i64,
        send: SendMessage,
        checked: Checked,
    ) -> Result<Draft, ChatError> {
        let late = checked.is_late.then(|| (Kind::Moderate, send.moderation_profile.clone()));
        let preview = link_preview::owed(&self.core, &send.payload, send.no_link_preview);
        let chores = late.into_iter().chain(preview).collect();
        let Prepared { payload, apart, files } = combined::prepare(&self.core, caller, send.payload).await?;
        let content = Content {
            priority: send.priority,
            nick: me.profile.nick.clone(),
            avatar: me.profile.avatar.clone(),
            at_user_list: send.at_user_list,
            reply_to: send.reply_to,
            cloud_custom_data: send.cloud_custom_data,
            need_read_receipt: send.need_read_receipt,
            is_support_extension: send.is_support_extension,
            receiver_list: send.receiver_list,
            message_control: send.message_control.unwrap_or_default(),
            offline_push: send.offline_push,
            no_link_preview: send.no_link_preview,
            has_risk_content: checked.is_risky,
            modified_time: checked.is_changed.then(|| self.core.clock.now()),
            version: u32::from(checked.is_changed),
            ..Content::new(payload)
        };
        let flags = content.flags();
        Ok(Draft {
            caller: Arc::clone(caller),
            key,
            content,
            flags,
            files,
            chores,
            apart,
            is_repeated: Cell::new(false),
        })
    }

    // --- one to one ---

    async fn to_peer(&self, draft: Draft, pair: Pair) -> Result<Stored, ChatError> {
        let core = Arc::clone(&self.core);
        let (low, high) = (pair.me.number.min(pair.peer.number), pair.me.number.max(pair.peer.number));
        let key = match pair.conv {
            Some(conv) => draft.write_key(conv),
            None => WriteKey::from(("pair", (low, high))),
        };
        core.db.clone().write(key, move |tx| store_to_peer(&core, tx, &draft, &pair)).await
    }

    async fn online_to_peer(&self, caller: &Caller, pair: &Pair, key: i64, send: SendMessage) -> Stored {
        let name = ConversationId::C2c(pair.peer.profile.user_id.clone());
        let now = self.core.clock.now();
        let message = online_message(caller, &pair.me, key, now, name, send);
        let mut theirs = message.clone();
        theirs.conversation_id = ConversationId::C2c(caller.user_id.clone());
        self.publish_online(pair.conv, Recipients::User(pair.peer.number), None, theirs).await;
        let own = Recipients::User(caller.number);
        self.publish_online(pair.conv, own, Some(caller.connection), message.clone()).await;
        Stored { message, prev_mod: 0, counters: Counters::default() }
    }

    // --- groups ---

    async fn to_group(&self, draft: Draft, conv: i64, mentioned: Vec<i64>) -> Result<Stored, ChatError> {
        let (core, key) = (Arc::clone(&self.core), draft.write_key(conv));
        let job = move |tx: &mut Tx<'_>| store_to_group(&core, tx, &draft, conv, &mentioned);
        self.core.db.write(key, job).await
    }

    async fn online_to_group(
        &self,
        caller: &Arc<Caller>,
        me: &UserRecord,
        conv: i64,
        key: i64,
        send: SendMessage,
    ) -> Result<Stored, ChatError> {
        let (core, number) = (Arc::clone(&self.core), caller.number);
        let members = self
            .core
            .db
            .read(move |tx| {
                let standing = group::standing(tx, conv, number)?.ok_or(ErrorCode::GroupGone)?;
                may_send(&standing, &core, false)?;
                Ok::<_, ChatError>(core.members.prepare(tx, conv)?)
            })
            .await?;
        let name = send.conversation_id.clone();
        let message = online_message(caller, me, key, self.core.clock.now(), name, send);
        let to = Recipients::Users(members);
        self.publish_online(Some(conv), to, Some(caller.connection), message.clone()).await;
        Ok(Stored { message, prev_mod: 0, counters: Counters::default() })
    }

    /// Refused with 10023, unless it is the repetition of a message that was stored.
    async fn over_the_rate(
        &self,
        caller: &Arc<Caller>,
        key: i64,
        send: SendMessage,
        wait: std::time::Duration,
    ) -> Result<Stored, ChatError> {
        let (core, number, name) = (Arc::clone(&self.core), caller.number, send.conversation_id);
        let before = self
            .core
            .db
            .read(move |tx| match message::by_client_key(tx, number, key)? {
                Some(row) => repeated(&core, tx, row, &name).map(Some),
                None => Ok::<_, ChatError>(None),
            })
            .await?;
        before.ok_or_else(|| ChatError::new(ErrorCode::MessageRateLimited).with_retry_after(wait))
    }

    async fn publish_online(
        &self,
        conversation: Option<i64>,
        to: Recipients,
        except: Option<u64>,
        message: Message,
    ) {
        let event = ServerEvent::OnlineMessage(Box::new(message));
        self.core.bus.publish_later(Publication { conversation, to, except, event }).await;
    }
}

/// Numbers of the people mentioned by name; unknown ones are ignored (MSG-21).
pub(super) async fn mentioned(core: &Core, list: &[String]) -> Result<Vec<i64>, ChatError> {
    let mut numbers = Vec::new();
    for at in list.iter().filter(|at| *at != MENTION_ALL) {
        let Ok(user_id) = at.parse::<UserId>() else { continue };
        if let Some(user) = core.users.by_id(&core.db, &user_id).await? {
            numbers.push(user.number);
        }
    }
    numbers.sort_unstable();
    numbers.dedup();
    Ok(numbers)
}

impl Draft {
    /// A file may belong to messages of other conversations too: such a message is alone in its transaction.
    fn write_key(&self, conv: i64) -> WriteKey {
        if self.files.is_empty() {
            WriteKey::conversation(conv)
        } else {
            WriteKey::conversation_and_users(conv)
        }
    }
}

fn online_message(
    caller: &Caller,
    me: &UserRecord,
    key: i64,
    time: i64,
    name: ConversationId,
    send: SendMessage,
) -> Message {
    let content = Content {
        nick: me.profile.nick.clone(),
        avatar: me.profile.avatar.clone(),
        cloud_custom_data: send.cloud_custom_data,
        priority: send.priority,
        message_control: MessageControl::default(),
        offline_push: send.offline_push,
        at_user_list: send.at_user_list,
        reply_to: send.reply_to,
        ..Content::new(send.payload)
    };
    let key_row = MessageRow {
        key: MessageKey { conv: 0, seq: 0 },
        born: 0,
        changed: None,
        ord: 0,
        sender: caller.number,
        client_key: key,
        time,
        flags: 0,
        content,
        stored_bytes: 0,
    };
    Message { online_user_only: true, ..key_row.to_wire(name, caller.user_id.clone()) }
}

/// The answer to a message that was stored before. `ord` and the counters are those of its own place: enough
/// for the sender to take it in, and never more than the sender can know.
fn repeated(
    core: &Core,
    tx: &mut Tx<'_>,
    row: MessageRow,
    name: &ConversationId,
) -> Result<Stored, ChatError> {
    let conv = conversation::load(tx, row.key.conv)?.ok_or(ErrorCode::ConversationNotFound)?;
    if core.name(tx, row.sender, &conv)? != *name {
        let error = ChatError::new(ErrorCode::InvalidParameter);
        return Err(error.with_message("this id was used for a message of another conversation"));
    }
    let at_row = ConvRow { seq: row.key.seq, modification: row.modification(), ord: row.ord, ..conv };
    let message = core.message(tx, name, row)?;
    Ok(stored(message, &at_row))
}

/// The answer to a message that has just got its numbers.
pub(super) fn stored(message: Message, conv: &ConvRow) -> Stored {
    Stored { message, prev_mod: wire(conv.modification.saturating_sub(1)), counters: counters(conv) }
}

/// Stores the row of a draft under the numbers taken for it.
fn insert(
    tx: &mut Tx<'_>,
    draft: &Draft,
    conv: &ConvRow,
    name_card: &str,
    receipts: Option<ReadReceiptInfo>,
) -> Result<MessageRow, ChatError> {
    let mut content = draft.content.clone();
    content.read_receipt_info = receipts;
    content.name_card.push_str(name_card);
    let row = MessageRow {
        key: MessageKey { conv: conv.id, seq: conv.seq },
        born: conv.modification,
        changed: None,
        ord: conv.ord,
        sender: draft.caller.number,
        client_key: draft.key,
        time: conv.changed_ms.div_euclid(1000),
        flags: draft.flags,
        content,
        stored_bytes: 0,
    };
    if message::insert(tx, &row)? {
        draft.apart.iter().try_for_each(|apart| apart.keep(tx, row.key))?;
        return Ok(row);
    }
    // It has its numbers already: undone by the writer, which runs the job again.
    draft.is_repeated.set(true);
    Err(ErrorCode::MessageInternalError.into())
}

fn store_to_peer(core: &Arc<Core>, tx: &mut Tx<'_>, draft: &Draft, pair: &Pair) -> Result<Stored, ChatError> {
    let caller = &draft.caller;
    let name = ConversationId::C2c(pair.peer.profile.user_id.clone());
    // A message with files is looked for at once: its files may be gone when it is repeated.
    if (draft.is_repeated.get() || !draft.files.is_empty())
        && let Some(row) = message::by_client_key(tx, caller.number, draft.key)?
    {
        return repeated(core, tx, row, &name);
    }
    reference::check(core, tx, caller, &draft.files)?;
    let (me, peer, now_ms) = (caller.number, pair.peer.number, core.clock.now_ms());
    let conv = match pair.conv {
        Some(conv) => conv,
        None => conversation::find_or_create_pair(tx, me, peer, now_ms)?,
    };
    let counted = draft.flags & message::COUNTED;
    let conv = conversation::take_for_message(tx, conv, me, counted, now_ms)?;
    let conv = conv.ok_or(ErrorCode::ConversationNotFound)?;
    let receipts = draft
        .content
        .need_read_receipt
        .then(|| ReadReceiptInfo { is_peer_read: Some(false), ..ReadReceiptInfo::default() });
    let row = insert(tx, draft, &conv, "", receipts)?;
    reference::record(tx, &draft.files, row.key)?;
    owe(core, tx, row.key, &draft.chores)?;
    if conv.seq == 1 {
        // With its first message the conversation comes into both lists.
        conversation::add_side(tx, me.min(peer), conv.id)?;
        conversation::add_side(tx, me.max(peer), conv.id)?;
    }

    let message = row.to_wire(name, caller.user_id.clone());
    let (core, own, from) = (Arc::clone(core), message.clone(), Arc::clone(caller));
    let is_new = pair.conv.is_none();
    tx.after_commit(move || {
        if is_new {
            core.conversations.learn_pair(me, peer, conv.id);
        }
        let publish = |user: i64, except: Option<u64>, message: Message| {
            let mut frame = frame(message.conversation_id.clone(), &conv);
            frame.messages.push(message);
            let event = ServerEvent::ConversationFrame(Box::new(frame));
            let to = Recipients::User(user);
            core.bus.publish(Publication { conversation: Some(conv.id), to, except, event });
        };
        if core.bus.has_others(me, Some(from.connection)) {
            publish(me, Some(from.connection), own.clone());
        }
        let name = ConversationId::C2c(from.user_id.clone());
        publish(peer, None, Message { conversation_id: name, ..own });
    });
    Ok(stored(message, &conv))
}

/// May somebody with this standing send now? Codes of MSG-45, MSG-46, MSG-50.
pub(super) fn may_send(
    standing_row: &StoredStanding,
    core: &Core,
    wants_receipts: bool,
) -> Result<(), ChatError> {
    if standing_row.dismissed {
        return Err(ErrorCode::GroupGone.into());
    }
    let standing = standing(standing_row.member.as_ref(), false);
    let target = Target::Group(standing_row.group_type, standing);
    authz::may(MethodName::SendMessage, Account::User, target)?;
    let muted = standing_row.member.as_ref().is_some_and(|member| member.mute_until > core.clock.now());
    if muted || (standing_row.mute_all && !standing.leads()) {
        return Err(ErrorCode::MutedInGroup.into());
    }
    if wants_receipts && matches!(standing_row.group_type, GroupType::Community | GroupType::AvRoom) {
        return Err(ErrorCode::NoPermission.into());
    }
    if wants_receipts && standing_row.member_count > i64::from(core.limits.receipt_group_members) {
        return Err(ErrorCode::GroupTooLargeForReceipts.into());
    }
    Ok(())
}

fn store_to_group(
    core: &Arc<Core>,
    tx: &mut Tx<'_>,
    draft: &Draft,
    conv: i64,
    mentioned: &[i64],
) -> Result<Stored, ChatError> {
    let caller = &draft.caller;
    let standing = group::standing(tx, conv, caller.number)?.ok_or(ErrorCode::GroupGone)?;
    let name = ConversationId::Group(standing.group_id.clone());
    if let Some(row) = message::by_client_key(tx, caller.number, draft.key)? {
        return repeated(core, tx, row, &name);
    }
    may_send(&standing, core, draft.content.need_read_receipt)?;
    if !draft.content.receiver_list.is_empty() && !takes_receivers(standing.group_type) {
        return Err(ErrorCode::GroupParameterInvalid.into());
    }
    reference::check(core, tx, caller, &draft.files)?;
    let members = core.members.prepare(tx, conv)?;
    let name_card = standing.member.as_ref().map_or("", |member| member.name_card.as_str());
    let counted = draft.flags & message::COUNTED;
    let receipts = receipts_of(core, tx, draft, &members)?;
    let conv = conversation::take(tx, conv, 1, counted, core.clock.now_ms())?.ok_or(ErrorCode::GroupGone)?;
    let row = insert(tx, draft, &conv, name_card, receipts)?;
    reference::record(tx, &draft.files, row.key)?;
    owe(core, tx, row.key, &draft.chores)?;
    conversation::advance_read(tx, caller.number, conv.id, conv.seq, conv.ord)?;
    add_mentions(tx, mentioned, row.key)?;

    let message = row.to_wire(name, caller.user_id.clone());
    publish_message(core, tx, &conv, members, Some(caller.connection), message.clone())?;
    Ok(stored(message, &conv))
}

/// Whose receipts a group message waits for: everybody who is there now, or its receivers, without the sender (MSG-87).
fn receipts_of(
    core: &Core,
    tx: &mut Tx<'_>,
    draft: &Draft,
    members: &[i64],
) -> Result<Option<ReadReceiptInfo>, StoreError> {
    if !draft.content.need_read_receipt {
        return Ok(None);
    }
    let mut waited_for = 0u32;
    for member in members.iter().filter(|member| **member != draft.caller.number) {
        let receivers = &draft.content.receiver_list;
        let is_for =
            receivers.is_empty() || receivers.contains(&core.users.in_tx(tx, *member)?.profile.user_id);
        waited_for = waited_for.saturating_add(u32::from(is_for));
    }
    let (read_count, unread_count) = (Some(0), Some(waited_for));
    Ok(Some(ReadReceiptInfo { read_count, unread_count, ..ReadReceiptInfo::default() }))
}

/// Notes who is mentioned by name; who is not a member is ignored (MSG-21).
pub(super) fn add_mentions(tx: &mut Tx<'_>, users: &[i64], key: MessageKey) -> Result<(), StoreError> {
    for user in users {
        if group::member(tx, key.conv, *user)?.is_some_and(|member| !member.gone) {
            message::add_mention(tx, *user, key)?;
        }
    }
    Ok(())
}

/// Brings a new or changed message to the members of its group after the commit. Of a targeted message the
/// others learn the numbers only.
pub(super) fn publish_message(
    core: &Arc<Core>,
    tx: &mut Tx<'_>,
    conv: &ConvRow,
    members: Arc<[i64]>,
    except: Option<u64>,
    message: Message,
) -> Result<(), StoreError> {
    let mut chosen = Vec::new();
    if !message.receiver_list.is_empty() {
        for member in members.iter() {
            let user_id = &core.users.in_tx(tx, *member)?.profile.user_id;
            if message.receiver_list.contains(user_id) || message.from == *user_id {
                chosen.push(*member);
            }
        }
    }
    let (core, conv) = (Arc::clone(core), *conv);
    tx.after_commit(move || {
        let members = core.members.now(conv.id, &members);
        let empty = frame(message.conversation_id.clone(), &conv);
        let publish = |to: Arc<[i64]>, frame| {
            let event = ServerEvent::ConversationFrame(Box::new(frame));
            let to = Recipients::Users(to);
            core.bus.publish(Publication { conversation: Some(conv.id), to, except, event });
        };
        if chosen.is_empty() {
            let mut full = empty;
            full.messages.push(message);
            return publish(members, full);
        }
        let others: Vec<i64> = members.iter().copied().filter(|member| !chosen.contains(member)).collect();
        let mut full = empty.clone();
        full.messages.push(message);
        publish(chosen.into(), full);
        publish(others.into(), empty);
    });
    Ok(())
}
