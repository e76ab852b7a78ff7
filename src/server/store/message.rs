//! Messages: one row each, whatever the number of receivers.
//!
//! What SQL has to look at stands in columns; the rest ([`Content`]) is one JSON text. Facts that queries
//! filter by are bits of `flags`.

use hallway_protocol::ids::{ConversationId, MENTION_ALL, MessageId, UserId};
use hallway_protocol::message::{
    Message, MessageControl, MessageStatus, OfflinePush, Payload, Priority, Quote, ReadReceiptInfo,
    Revocation,
};
use hallway_protocol::service::LinkPreview;
use serde::{Deserialize, Serialize};

use super::error::StoreError;
use super::tx::Tx;
use super::value::Row;
use crate::args;

/// Raises unread counts (CONV-59).
pub const COUNTED: i64 = 1;
/// Recalled.
pub const REVOKED: i64 = 2;
/// Does not become the conversation's last message (MSG-34).
pub const NOT_LAST: i64 = 4;
/// Mentions everybody.
pub const AT_ALL: i64 = 8;
/// For named receivers only (MSG-17).
pub const TARGETED: i64 = 16;
/// A line of the server's own (OBJ-70).
pub const TIP: i64 = 32;

/// The part of a message that no query looks into.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Content {
    /// What it says.
    #[serde(flatten)]
    pub payload: Payload,
    /// OBJ-31.
    #[serde(default, skip_serializing_if = "is_default")]
    pub priority: Priority,
    /// OBJ-32.
    #[serde(default, skip_serializing_if = "is_default")]
    pub nick: String,
    /// OBJ-32.
    #[serde(default, skip_serializing_if = "is_default")]
    pub avatar: String,
    /// OBJ-33.
    #[serde(default, skip_serializing_if = "is_default")]
    pub name_card: String,
    /// OBJ-35.
    #[serde(default, skip_serializing_if = "is_default")]
    pub at_user_list: Vec<String>,
    /// PLUS-8.
    #[serde(default, skip_serializing_if = "is_default")]
    pub reply_to: Option<Quote>,
    /// OBJ-36.
    #[serde(default, skip_serializing_if = "is_default")]
    pub cloud_custom_data: String,
    /// OBJ-37 to OBJ-39.
    #[serde(default, skip_serializing_if = "is_default")]
    pub revoked: Option<Revocation>,
    /// OBJ-41.
    #[serde(default, skip_serializing_if = "is_default")]
    pub modified_time: Option<i64>,
    /// OBJ-51.
    #[serde(default, skip_serializing_if = "is_default")]
    pub version: u32,
    /// OBJ-42.
    #[serde(default, skip_serializing_if = "is_default")]
    pub need_read_receipt: bool,
    /// OBJ-43, as it stood when sent: nobody had read it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub read_receipt_info: Option<ReadReceiptInfo>,
    /// OBJ-44.
    #[serde(default, skip_serializing_if = "is_default")]
    pub is_support_extension: bool,
    /// OBJ-45.
    #[serde(default, skip_serializing_if = "is_default")]
    pub receiver_list: Vec<UserId>,
    /// MSG-34.
    #[serde(default, skip_serializing_if = "is_default")]
    pub message_control: MessageControl,
    /// MSG-33.
    #[serde(default, skip_serializing_if = "is_default")]
    pub offline_push: Option<OfflinePush>,
    /// OBJ-47.
    #[serde(default, skip_serializing_if = "is_default")]
    pub has_risk_content: bool,
    /// What the page of its first link says about itself.
    #[serde(default, skip_serializing_if = "is_default")]
    pub link_preview: Option<LinkPreview>,
    /// Its sender wants no such thing.
    #[serde(default, skip_serializing_if = "is_default")]
    pub no_link_preview: bool,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl Content {
    /// A content with nothing but a payload.
    pub fn new(payload: Payload) -> Self {
        Self {
            payload,
            priority: Priority::default(),
            nick: String::new(),
            avatar: String::new(),
            name_card: String::new(),
            at_user_list: Vec::new(),
            reply_to: None,
            cloud_custom_data: String::new(),
            revoked: None,
            modified_time: None,
            version: 0,
            need_read_receipt: false,
            read_receipt_info: None,
            is_support_extension: false,
            receiver_list: Vec::new(),
            message_control: MessageControl::default(),
            offline_push: None,
            has_risk_content: false,
            link_preview: None,
            no_link_preview: false,
        }
    }

    /// The flags that follow from the content.
    pub fn flags(&self) -> i64 {
        let tip = matches!(self.payload, Payload::GroupTip(_) | Payload::GroupSystemNotice(_));
        let targeted = !self.receiver_list.is_empty();
        // Tips are not; notices are (OBJ-101, OBJ-140).
        let counted = !matches!(self.payload, Payload::GroupTip(_))
            && !targeted
            && !self.message_control.excluded_from_unread_count;
        let at_all = self.at_user_list.iter().any(|at| at == MENTION_ALL);
        let bit = |set: bool, bit: i64| if set { bit } else { 0 };
        bit(counted, COUNTED)
            | bit(self.revoked.is_some(), REVOKED)
            | bit(self.message_control.excluded_from_last_message, NOT_LAST)
            | bit(at_all, AT_ALL)
            | bit(targeted, TARGETED)
            | bit(tip, TIP)
    }

    fn to_json(&self) -> Result<String, StoreError> {
        serde_json::to_string(self).map_err(|e| StoreError::Statement(format!("a message body: {e}")))
    }
}

/// A message's place and numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessageKey {
    /// Internal number of the conversation.
    pub conv: i64,
    /// Place.
    pub seq: i64,
}

/// A message's row.
#[derive(Clone, Debug, PartialEq)]
pub struct MessageRow {
    /// Where it stands.
    pub key: MessageKey,
    /// Change number of its sending.
    pub born: i64,
    /// Change number of its last change after that.
    pub changed: Option<i64>,
    /// Countable messages up to and including this one.
    pub ord: i64,
    /// Number of the sender.
    pub sender: i64,
    /// See [`client_key`].
    pub client_key: i64,
    /// Unix seconds.
    pub time: i64,
    /// Bits.
    pub flags: i64,
    /// The rest.
    pub content: Content,
    /// Bytes of the stored text of the content; 0 for a row that was not read.
    pub stored_bytes: usize,
}

/// The second and third part of a message id in one number: seconds in the upper, random in the lower half.
/// None for seconds that do not fit 31 bits, which no clock shows before 2038 and no honest client sends.
pub fn client_key(id: &MessageId) -> Option<i64> {
    let mut parts = id.as_str().split('-').skip(1);
    let seconds: i64 = parts.next()?.parse().ok()?;
    let random: u32 = parts.next()?.parse().ok()?;
    let seconds = i32::try_from(seconds).ok().filter(|seconds| *seconds >= 0)?;
    Some((i64::from(seconds) << 32) | i64::from(random))
}

impl MessageRow {
    /// Change number of its present state.
    pub fn modification(&self) -> i64 {
        self.changed.unwrap_or(self.born)
    }

    /// Its public id.
    pub fn id(&self) -> MessageId {
        let random = u32::try_from(self.client_key & 0xffff_ffff).unwrap_or_default();
        MessageId::new(self.sender, self.client_key >> 32, random)
    }

    /// Whether all bits of `flag` are set.
    pub fn is(&self, flag: i64) -> bool {
        self.flags & flag == flag
    }

    /// Whether it is for `viewer`: targeted messages are for their receivers and sender only.
    pub fn is_for(&self, number: i64, viewer: &UserId) -> bool {
        !self.is(TARGETED) || self.sender == number || self.content.receiver_list.contains(viewer)
    }

    /// As it travels, in the conversation as its viewer names it. Countable places are never negative.
    pub fn to_wire(self, conversation_id: ConversationId, from: UserId) -> Message {
        let (id, modification) = (self.id(), self.modification());
        let content = self.content;
        Message {
            id,
            conversation_id,
            from,
            time: self.time,
            sequence: self.key.seq.cast_unsigned(),
            modification: modification.cast_unsigned(),
            ord: self.ord.cast_unsigned(),
            payload: content.payload,
            status: MessageStatus::Success,
            priority: content.priority,
            nick: content.nick,
            avatar: content.avatar,
            name_card: content.name_card,
            at_user_list: content.at_user_list,
            reply_to: content.reply_to,
            cloud_custom_data: content.cloud_custom_data,
            revoked: content.revoked,
            modified_time: content.modified_time,
            version: content.version,
            need_read_receipt: content.need_read_receipt,
            read_receipt_info: content.read_receipt_info,
            is_support_extension: content.is_support_extension,
            receiver_list: content.receiver_list,
            is_broadcast_message: false,
            has_risk_content: content.has_risk_content,
            reactions: Vec::new(),
            extensions: Vec::new(),
            pin: None,
            online_user_only: false,
            message_control: content.message_control,
            offline_push: content.offline_push,
            link_preview: content.link_preview,
        }
    }
}

fn read(row: &Row<'_>) -> Result<MessageRow, StoreError> {
    let body: &str = row.get(9)?;
    let content = serde_json::from_str(body)
        .map_err(|e| StoreError::Corrupt(format!("a message body cannot be read: {e}")))?;
    Ok(MessageRow {
        key: MessageKey { conv: row.get(0)?, seq: row.get(1)? },
        born: row.get(2)?,
        changed: row.get(3)?,
        ord: row.get(4)?,
        sender: row.get(5)?,
        client_key: row.get(6)?,
        time: row.get(7)?,
        flags: row.get(8)?,
        content,
        stored_bytes: body.len(),
    })
}

/// The message a sender has stored under this key.
pub fn by_client_key(tx: &mut Tx<'_>, sender: i64, key: i64) -> Result<Option<MessageRow>, StoreError> {
    tx.one(
        "SELECT conv_id, seq, born, changed, ord, sender, client_key, time, flags, body FROM message \
         WHERE client_key = $2 AND sender = $1",
        args![sender, key],
        read,
    )
}

/// The message at a place.
pub fn at(tx: &mut Tx<'_>, key: MessageKey) -> Result<Option<MessageRow>, StoreError> {
    tx.one(
        "SELECT conv_id, seq, born, changed, ord, sender, client_key, time, flags, body FROM message \
         WHERE conv_id = $1 AND seq = $2",
        args![key.conv, key.seq],
        read,
    )
}

/// Stores a new message; false when its sender has stored one under the same key before.
pub fn insert(tx: &mut Tx<'_>, row: &MessageRow) -> Result<bool, StoreError> {
    tx.execute(
        "INSERT INTO message (conv_id, seq, born, changed, ord, sender, client_key, time, flags, body) \
         VALUES ($1, $2, $3, NULL, $4, $5, $6, $7, $8, $9) ON CONFLICT (client_key, sender) DO NOTHING",
        args![
            row.key.conv,
            row.key.seq,
            row.born,
            row.ord,
            row.sender,
            row.client_key,
            row.time,
            row.flags,
            &row.content.to_json()?
        ],
    )
    .map(|rows| rows > 0)
}

/// Stores the new state of a message.
pub fn update(tx: &mut Tx<'_>, row: &MessageRow) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE message SET changed = $3, flags = $4, body = $5 WHERE conv_id = $1 AND seq = $2",
        args![row.key.conv, row.key.seq, row.changed, row.flags, &row.content.to_json()?],
    )
    .map(|_| ())
}

/// Messages of a stretch, both ends included, whose state is newer than `changed_after`, in order.
pub fn range(
    tx: &mut Tx<'_>,
    conv: i64,
    from: i64,
    to: i64,
    changed_after: i64,
) -> Result<Vec<MessageRow>, StoreError> {
    tx.rows(
        "SELECT conv_id, seq, born, changed, ord, sender, client_key, time, flags, body FROM message \
         WHERE conv_id = $1 AND seq >= $2 AND seq <= $3 AND COALESCE(changed, born) > $4 ORDER BY seq",
        args![conv, from, to, changed_after],
        read,
    )
}

/// The newest messages of a stretch, newest first, at most `limit`.
pub fn newest(
    tx: &mut Tx<'_>,
    conv: i64,
    from: i64,
    to: i64,
    limit: u32,
) -> Result<Vec<MessageRow>, StoreError> {
    tx.rows(
        "SELECT conv_id, seq, born, changed, ord, sender, client_key, time, flags, body FROM message \
         WHERE conv_id = $1 AND seq >= $2 AND seq <= $3 ORDER BY seq DESC LIMIT $4",
        args![conv, from, to, limit],
        read,
    )
}

/// The messages at some places, in no order.
pub fn at_places(tx: &mut Tx<'_>, conv: i64, places: &[i64]) -> Result<Vec<MessageRow>, StoreError> {
    let mut rows = Vec::with_capacity(places.len());
    for some in places.chunks(16) {
        // Nothing stands at the place 0.
        let at = |index: usize| some.get(index).copied().unwrap_or(0);
        rows.extend(tx.rows(
            "SELECT conv_id, seq, born, changed, ord, sender, client_key, time, flags, body FROM message \
             WHERE conv_id = $1 AND seq IN ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
            args![
                conv, at(0), at(1), at(2), at(3), at(4), at(5), at(6), at(7), at(8), at(9), at(10), at(11), at(12),
                at(13), at(14), at(15)
            ],
            read,
        )?);
    }
    Ok(rows)
}

/// Which changes of a conversation are meant.
#[derive(Clone, Copy, Debug)]
pub struct Since {
    /// Conversation.
    pub conv: i64,
    /// After this change.
    pub after: i64,
    /// No message at or below this place was sent after `after`: each took a change number of its own.
    pub above_seq: i64,
}

impl Since {
    /// Changes of `conv` after `after`.
    pub fn new(conv: &super::conversation::ConvRow, after: i64) -> Self {
        let changes = conv.modification.saturating_sub(after).max(0);
        Self { conv: conv.id, after, above_seq: conv.seq.saturating_sub(changes) }
    }
}

/// The change number of the last row of a page of at most `limit` rows; none if they all fit.
pub fn page_end(tx: &mut Tx<'_>, since: Since, limit: u32) -> Result<Option<i64>, StoreError> {
    let mut numbers = tx.rows(
        "SELECT born FROM message WHERE conv_id = $1 AND seq > $2 AND born > $3 AND changed IS NULL \
         ORDER BY seq LIMIT $4",
        args![since.conv, since.above_seq, since.after, limit],
        |row| row.get(0),
    )?;
    numbers.extend(tx.rows(
        "SELECT changed FROM message WHERE conv_id = $1 AND changed > $2 ORDER BY changed LIMIT $3",
        args![since.conv, since.after, limit],
        |row| row.get::<i64>(0),
    )?);
    numbers.sort_unstable();
    let last = usize::try_from(limit.saturating_sub(1)).unwrap_or(usize::MAX);
    Ok(numbers.get(last).copied())
}

/// The newest messages among those that changed, and the last changed among those that are older, at most `limit` of each.
pub fn newest_changed(tx: &mut Tx<'_>, since: Since, limit: u32) -> Result<Vec<MessageRow>, StoreError> {
    let mut rows = tx.rows(
        "SELECT conv_id, seq, born, changed, ord, sender, client_key, time, flags, body FROM message \
         WHERE conv_id = $1 AND seq > $2 AND born > $3 AND changed IS NULL ORDER BY seq DESC LIMIT $4",
        args![since.conv, since.above_seq, since.after, limit],
        read,
    )?;
    rows.extend(tx.rows(
        "SELECT conv_id, seq, born, changed, ord, sender, client_key, time, flags, body FROM message \
         WHERE conv_id = $1 AND changed > $2 ORDER BY changed DESC LIMIT $3",
        args![since.conv, since.after, limit],
        read,
    )?);
    Ok(rows)
}

/// Messages that changed not after `up_to`, in the order of their changes.
pub fn changed(tx: &mut Tx<'_>, since: Since, up_to: i64) -> Result<Vec<MessageRow>, StoreError> {
    let mut rows = tx.rows(
        "SELECT conv_id, seq, born, changed, ord, sender, client_key, time, flags, body FROM message \
         WHERE conv_id = $1 AND seq > $2 AND born > $3 AND born <= $4 AND changed IS NULL ORDER BY seq",
        args![since.conv, since.above_seq, since.after, up_to],
        read,
    )?;
    rows.extend(tx.rows(
        "SELECT conv_id, seq, born, changed, ord, sender, client_key, time, flags, body FROM message \
         WHERE conv_id = $1 AND changed > $2 AND changed <= $3 ORDER BY changed",
        args![since.conv, since.after, up_to],
        read,
    )?);
    rows.sort_by_key(MessageRow::modification);
    Ok(rows)
}

/// Countable messages up to a place. `None` where there is no such message.
pub fn ord_at(tx: &mut Tx<'_>, conv: i64, seq: i64) -> Result<Option<i64>, StoreError> {
    let sql = "SELECT ord FROM message WHERE conv_id = $1 AND seq = $2";
    tx.one(sql, args![conv, seq], |row| row.get(0))
}

/// When the message at a place was sent.
pub fn time_at(tx: &mut Tx<'_>, conv: i64, seq: i64) -> Result<Option<i64>, StoreError> {
    let sql = "SELECT time FROM message WHERE conv_id = $1 AND seq = $2";
    tx.one(sql, args![conv, seq], |row| row.get(0))
}

/// How many countable messages of a stretch (`from` excluded) were recalled.
pub fn recalled(tx: &mut Tx<'_>, conv: i64, from: i64, to: i64) -> Result<i64, StoreError> {
    let sql =
        "SELECT COUNT(*) FROM message WHERE conv_id = $1 AND seq > $2 AND seq <= $3 AND (flags & 3) = 3";
    Ok(tx.one(sql, args![conv, from, to], |row| row.get(0))?.unwrap_or(0))
}

/// A message that mentions somebody.
#[derive(Clone, Copy, Debug)]
pub struct MentionRow {
    /// Place.
    pub seq: i64,
    /// Number of the sender.
    pub sender: i64,
    /// Mentions the user by name.
    pub by_name: bool,
    /// Mentions everybody.
    pub all: bool,
}

/// Notes that a message mentions a user by name.
pub fn add_mention(tx: &mut Tx<'_>, user: i64, key: MessageKey) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO mention (user_id, conv_id, seq) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        args![user, key.conv, key.seq],
    )
    .map(|_| ())
}

/// Forgets who is mentioned by name in a message.
pub fn clear_mentions(tx: &mut Tx<'_>, key: MessageKey) -> Result<(), StoreError> {
    tx.execute("DELETE FROM mention WHERE conv_id = $1 AND seq = $2", args![key.conv, key.seq]).map(|_| ())
}

/// Messages of a stretch (`from` excluded) that mention `user` and are neither recalled nor the user's own,
/// oldest first, at most `limit`.
pub fn mentions(
    tx: &mut Tx<'_>,
    user: i64,
    conv: i64,
    from: i64,
    to: i64,
    limit: usize,
) -> Result<Vec<MentionRow>, StoreError> {
    let mut found = Vec::new();
    let mut keep = |row: &Row<'_>, by_name: bool| {
        let flags: i64 = row.get(2)?;
        let sender: i64 = row.get(1)?;
        if flags & REVOKED == 0 && sender != user {
            found.push(MentionRow { seq: row.get(0)?, sender, by_name, all: flags & AT_ALL != 0 });
        }
        Ok(true)
    };
    tx.each(
        "SELECT m.seq, m.sender, m.flags FROM mention n \
         JOIN message m ON m.conv_id = n.conv_id AND m.seq = n.seq \
         WHERE n.user_id = $1 AND n.conv_id = $2 AND n.seq > $3 AND n.seq <= $4 ORDER BY n.seq LIMIT 200",
        args![user, conv, from, to],
        |row| keep(row, true),
    )?;
    tx.each(
        "SELECT seq, sender, flags FROM message WHERE conv_id = $1 AND seq > $2 AND seq <= $3 \
         AND (flags & 8) = 8 ORDER BY seq LIMIT 200",
        args![conv, from, to],
        |row| keep(row, false),
    )?;
    // By name first, so that the entry that knows more survives.
    found.sort_by_key(|mention| (mention.seq, !mention.by_name));
    found.dedup_by_key(|mention| mention.seq);
    found.truncate(limit);
    Ok(found)
}

/// The places of a stretch that a user has deleted for themselves.
pub fn hidden(tx: &mut Tx<'_>, user: i64, conv: i64, from: i64, to: i64) -> Result<Vec<i64>, StoreError> {
    tx.rows(
        "SELECT seq FROM hidden_message WHERE user_id = $1 AND conv_id = $2 AND seq >= $3 AND seq <= $4 \
         ORDER BY seq",
        args![user, conv, from, to],
        |row| row.get(0),
    )
}

/// Deletes a message for a user; whether it was not deleted yet.
pub fn hide(tx: &mut Tx<'_>, user: i64, key: MessageKey) -> Result<bool, StoreError> {
    tx.execute(
        "INSERT INTO hidden_message (user_id, conv_id, seq) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        args![user, key.conv, key.seq],
    )
    .map(|rows| rows > 0)
}
