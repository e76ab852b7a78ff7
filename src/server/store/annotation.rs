//! What is put on messages after they were sent (`protocol/annotation.rs`): rows with a change number each.

use hallway_protocol::MessageId;

use super::error::StoreError;
use super::message::{MessageKey, TARGETED};
use super::tx::Tx;
use super::value::Row;
use crate::args;

/// The user of rows that are for everybody.
pub const EVERYBODY: i64 = 0;

/// What a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Who gave a reaction; named by it.
    Reaction,
    /// The user gave a reaction; named by it.
    OwnReaction,
    /// A key and its value; named by the key.
    Extension,
    /// How many have read the message; the user is its sender.
    ReadReceipt,
    /// The user has acknowledged the message.
    OwnReadReceipt,
    /// The message is pinned.
    Pin,
}

impl Kind {
    const ALL: [Self; 6] = [
        Self::Reaction,
        Self::OwnReaction,
        Self::Extension,
        Self::ReadReceipt,
        Self::OwnReadReceipt,
        Self::Pin,
    ];

    /// As it is stored.
    pub const fn number(self) -> i64 {
        self as i64
    }

    fn of(number: i64) -> Result<Self, StoreError> {
        let found = Self::ALL.into_iter().find(|kind| kind.number() == number);
        found.ok_or_else(|| StoreError::Corrupt(format!("an annotation of kind {number}")))
    }
}

/// Which row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AnnotationKey {
    /// Place of the message in its conversation.
    pub seq: i64,
    /// What it is.
    pub kind: Kind,
    /// Which of its kind.
    pub name: String,
    /// Whose business it is.
    pub user: i64,
}

/// A row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnnotationRow {
    /// Which.
    pub key: AnnotationKey,
    /// Change number of its last change.
    pub modification: i64,
    /// It is no more.
    pub gone: bool,
    /// By kind.
    pub body: String,
}

/// A row with what is needed of its message.
#[derive(Clone, Debug)]
pub struct Annotated {
    /// The row.
    pub row: AnnotationRow,
    /// Public id of the message.
    pub id: MessageId,
    /// When it was sent, unix seconds.
    pub time: i64,
    /// It is for named receivers only.
    pub is_targeted: bool,
}

fn read(row: &Row<'_>) -> Result<AnnotationRow, StoreError> {
    Ok(AnnotationRow {
        key: AnnotationKey {
            seq: row.get(0)?,
            kind: Kind::of(row.get(1)?)?,
            name: row.get(2)?,
            user: row.get(3)?,
        },
        modification: row.get(4)?,
        gone: row.get(5)?,
        body: row.get(6)?,
    })
}

fn annotated(row: &Row<'_>) -> Result<Annotated, StoreError> {
    let client_key: i64 = row.get(8)?;
    let random = u32::try_from(client_key & 0xffff_ffff).unwrap_or_default();
    Ok(Annotated {
        row: read(row)?,
        id: MessageId::new(row.get(7)?, client_key >> 32, random),
        time: row.get(9)?,
        is_targeted: row.get::<i64>(10)? & TARGETED != 0,
    })
}

/// One row.
pub fn load(tx: &mut Tx<'_>, conv: i64, key: &AnnotationKey) -> Result<Option<AnnotationRow>, StoreError> {
    tx.one(
        "SELECT seq, kind, name, user_id, mod, gone, body FROM annotation \
         WHERE conv_id = $1 AND user_id = $2 AND seq = $3 AND kind = $4 AND name = $5",
        args![conv, key.user, key.seq, key.kind.number(), &key.name],
        read,
    )
}

/// All rows of a kind on a message that are for everybody, those that are no more included, by name.
pub fn of_message(tx: &mut Tx<'_>, key: MessageKey, kind: Kind) -> Result<Vec<AnnotationRow>, StoreError> {
    tx.rows(
        "SELECT seq, kind, name, user_id, mod, gone, body FROM annotation \
         WHERE conv_id = $1 AND user_id = 0 AND seq = $2 AND kind = $3 ORDER BY name",
        args![key.conv, key.seq, kind.number()],
        read,
    )
}

/// Stores a row, new or changed.
pub fn put(tx: &mut Tx<'_>, conv: i64, row: &AnnotationRow) -> Result<(), StoreError> {
    let AnnotationRow { key, modification, gone, body } = row;
    tx.execute(
        "INSERT INTO annotation (conv_id, user_id, seq, kind, name, mod, gone, body) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (conv_id, user_id, seq, kind, name) DO UPDATE SET \
         mod = excluded.mod, gone = excluded.gone, body = excluded.body",
        args![conv, key.user, key.seq, key.kind.number(), &key.name, *modification, *gone, body],
    )
    .map(|_| ())
}

/// Everything that was put on a message goes: it was recalled.
pub fn clear(tx: &mut Tx<'_>, key: MessageKey) -> Result<(), StoreError> {
    tx.execute("DELETE FROM annotation WHERE conv_id = $1 AND seq = $2", args![key.conv, key.seq]).map(|_| ())
}

/// The people with a row of a kind on a message, in the order of their changes.
pub fn users(
    tx: &mut Tx<'_>,
    key: MessageKey,
    kind: Kind,
    name: &str,
    offset: i64,
    limit: i64,
) -> Result<Vec<i64>, StoreError> {
    tx.rows(
        "SELECT user_id FROM annotation WHERE conv_id = $1 AND seq = $2 AND kind = $3 AND name = $4 \
         AND user_id > 0 AND gone = FALSE ORDER BY mod, user_id LIMIT $5 OFFSET $6",
        args![key.conv, key.seq, kind.number(), name, limit, offset],
        |row| row.get(0),
    )
}

/// Present members of a group and those who left after a message was sent, who were there then and have not
/// acknowledged it, by number, above `after`. The sender is not among them.
pub fn unread_members(
    tx: &mut Tx<'_>,
    message: &super::message::MessageRow,
    after: i64,
    limit: i64,
) -> Result<Vec<i64>, StoreError> {
    tx.rows(
        "SELECT m.user_id FROM member m WHERE m.conv_id = $1 AND m.user_id > $2 AND m.user_id <> $3 \
         AND m.join_time <= $4 AND (m.gone = FALSE OR m.mod > $5) \
         AND NOT EXISTS (SELECT 1 FROM annotation a WHERE a.conv_id = m.conv_id AND a.user_id = m.user_id \
         AND a.seq = $6 AND a.kind = $7) ORDER BY m.user_id LIMIT $8",
        args![
            message.key.conv,
            after,
            message.sender,
            message.time,
            message.born,
            message.key.seq,
            Kind::OwnReadReceipt.number(),
            limit
        ],
        |row| row.get(0),
    )
}

// Pins have an index of their own, which names their number.
const _: () = assert!(Kind::Pin.number() == 5);

/// How many pinned messages a conversation has.
pub fn count_pins(tx: &mut Tx<'_>, conv: i64) -> Result<i64, StoreError> {
    let sql = "SELECT COUNT(*) FROM annotation WHERE conv_id = $1 AND kind = 5 AND gone = FALSE";
    Ok(tx.one(sql, args![conv], |row| row.get(0))?.unwrap_or(0))
}

/// The places of the pinned messages of a conversation, with the rows, the latest first.
pub fn pins(tx: &mut Tx<'_>, conv: i64) -> Result<Vec<AnnotationRow>, StoreError> {
    tx.rows(
        "SELECT seq, kind, name, user_id, mod, gone, body FROM annotation \
         WHERE conv_id = $1 AND kind = 5 AND gone = FALSE ORDER BY mod DESC, seq DESC",
        args![conv],
        read,
    )
}

/// A row with what is needed of its message; none where the message is gone.
pub fn with_message(
    tx: &mut Tx<'_>,
    conv: i64,
    key: &AnnotationKey,
) -> Result<Option<Annotated>, StoreError> {
    tx.one(
        "SELECT a.seq, a.kind, a.name, a.user_id, a.mod, a.gone, a.body, m.sender, m.client_key, m.time, m.flags \
         FROM annotation a JOIN message m ON m.conv_id = a.conv_id AND m.seq = a.seq \
         WHERE a.conv_id = $1 AND a.user_id = $2 AND a.seq = $3 AND a.kind = $4 AND a.name = $5",
        args![conv, key.user, key.seq, key.kind.number(), &key.name],
        annotated,
    )
}

/// The change number of the last row of a page of at most `limit` rows after `after` of those for `user`, who may be
/// [`EVERYBODY`]; none if they all fit.
pub fn page_end(
    tx: &mut Tx<'_>,
    conv: i64,
    user: i64,
    after: i64,
    limit: u32,
) -> Result<Option<i64>, StoreError> {
    tx.one(
        "SELECT mod FROM annotation WHERE conv_id = $1 AND user_id = $2 AND mod > $3 ORDER BY mod LIMIT 1 OFFSET $4",
        args![conv, user, after, limit.saturating_sub(1)],
        |row| row.get(0),
    )
}

/// Rows for `user`, who may be [`EVERYBODY`], that changed after `after` and not after `up_to`, in the order of their changes.
pub fn changed(
    tx: &mut Tx<'_>,
    conv: i64,
    user: i64,
    after: i64,
    up_to: i64,
) -> Result<Vec<Annotated>, StoreError> {
    tx.rows(
        "SELECT a.seq, a.kind, a.name, a.user_id, a.mod, a.gone, a.body, m.sender, m.client_key, m.time, m.flags \
         FROM annotation a JOIN message m ON m.conv_id = a.conv_id AND m.seq = a.seq \
         WHERE a.conv_id = $1 AND a.user_id = $2 AND a.mod > $3 AND a.mod <= $4 ORDER BY a.mod, a.seq",
        args![conv, user, after, up_to],
        annotated,
    )
}

/// Rows for `user`, who may be [`EVERYBODY`], on the messages of a stretch, both ends included, that changed after
/// `changed_after`. Of those that are no more only where something is to be brought up to date.
pub fn range(
    tx: &mut Tx<'_>,
    conv: i64,
    user: i64,
    (from, to): (i64, i64),
    changed_after: i64,
) -> Result<Vec<Annotated>, StoreError> {
    tx.rows(
        "SELECT a.seq, a.kind, a.name, a.user_id, a.mod, a.gone, a.body, m.sender, m.client_key, m.time, m.flags \
         FROM annotation a JOIN message m ON m.conv_id = a.conv_id AND m.seq = a.seq \
         WHERE a.conv_id = $1 AND a.user_id = $2 AND a.seq >= $3 AND a.seq <= $4 AND a.mod > $5 \
         AND (a.gone = FALSE OR $5 > 0) ORDER BY a.seq, a.kind, a.name",
        args![conv, user, from, to, changed_after],
        annotated,
    )
}

/// Bytes on each message of a stretch that everybody sees and that [`range`] has, for those that have some.
pub fn sizes(
    tx: &mut Tx<'_>,
    conv: i64,
    (from, to): (i64, i64),
    changed_after: i64,
) -> Result<Vec<(i64, i64)>, StoreError> {
    tx.rows(
        // A sum of BIGINT is no BIGINT in PostgreSQL.
        "SELECT seq, CAST(SUM(LENGTH(name) + LENGTH(body) + 100) AS BIGINT) FROM annotation \
         WHERE conv_id = $1 AND user_id = 0 AND seq >= $2 AND seq <= $3 AND mod > $4 \
         AND (gone = FALSE OR $4 > 0) GROUP BY seq ORDER BY seq",
        args![conv, from, to, changed_after],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}
