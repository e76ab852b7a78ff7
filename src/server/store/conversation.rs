//! Conversations, their counters, and each user's own side of them.

use super::error::StoreError;
use super::server;
use super::tx::Tx;
use super::value::Row;
use crate::args;

/// What a conversation is between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConvKind {
    /// Two people, by number, the lower first.
    Pair {
        /// The lower number.
        low: i64,
        /// The higher number.
        high: i64,
    },
    /// A group.
    Group,
    /// What the server tells one person (OBJ-71).
    System {
        /// Whom.
        user: i64,
    },
}

impl ConvKind {
    /// The pair of two people.
    pub fn pair(a: i64, b: i64) -> Self {
        Self::Pair { low: a.min(b), high: a.max(b) }
    }

    /// The other one of a pair, seen from `user`.
    pub fn peer_of(self, user: i64) -> Option<i64> {
        match self {
            Self::Pair { low, high } if low == user => Some(high),
            Self::Pair { low, .. } => Some(low),
            Self::Group | Self::System { .. } => None,
        }
    }
}

/// How the kind of a system conversation is stored. Both of its people are the one it is for: who writes to whom is unique,
/// and nobody writes to themselves.
pub(super) const SYSTEM: i64 = 2;

/// A place and the countable messages up to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Place.
    pub seq: i64,
    /// Countable messages up to it.
    pub ord: i64,
}

/// A conversation's row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConvRow {
    /// Internal number.
    pub id: i64,
    /// Between whom.
    pub kind: ConvKind,
    /// Place of the newest message.
    pub seq: i64,
    /// Number of the last change.
    pub modification: i64,
    /// Countable messages.
    pub ord: i64,
    /// Messages below were removed by retention.
    pub min_seq: i64,
    /// Countable messages below that.
    pub min_ord: i64,
    /// Unix milliseconds of the last change.
    pub changed_ms: i64,
    /// One to one: the last message of the lower and of the higher number.
    pub sent: [Place; 2],
}

impl ConvRow {
    /// The last message of a user, where the row knows it (one to one).
    fn last_sent(&self, user: i64) -> Place {
        let [low, high] = self.sent;
        match self.kind {
            ConvKind::Pair { low: number, .. } if number == user => low,
            ConvKind::Pair { .. } => high,
            ConvKind::Group | ConvKind::System { .. } => Place::default(),
        }
    }
}

pub(super) fn row(row: &Row<'_>) -> Result<ConvRow, StoreError> {
    let kind = match row.get::<i64>(1)? {
        0 => ConvKind::Pair { low: row.get(2)?, high: row.get(3)? },
        SYSTEM => ConvKind::System { user: row.get(2)? },
        _ => ConvKind::Group,
    };
    Ok(ConvRow {
        id: row.get(0)?,
        kind,
        seq: row.get(4)?,
        modification: row.get(5)?,
        ord: row.get(6)?,
        min_seq: row.get(7)?,
        min_ord: row.get(13)?,
        changed_ms: row.get(8)?,
        sent: [Place { seq: row.get(9)?, ord: row.get(10)? }, Place { seq: row.get(11)?, ord: row.get(12)? }],
    })
}

/// The conversation with this number.
pub fn load(tx: &mut Tx<'_>, id: i64) -> Result<Option<ConvRow>, StoreError> {
    tx.one(
        "SELECT id, kind, low_user, high_user, seq, mod, ord, min_seq, changed_ms, low_sent_seq, low_sent_ord, \
         high_sent_seq, high_sent_ord, min_ord FROM conversation WHERE id = $1",
        args![id],
        row,
    )
}

/// The number of the conversation of two people.
pub fn find_pair(tx: &mut Tx<'_>, a: i64, b: i64) -> Result<Option<i64>, StoreError> {
    tx.one(
        "SELECT id FROM conversation WHERE low_user = $1 AND high_user = $2",
        args![a.min(b), a.max(b)],
        |row| row.get(0),
    )
}

/// The number of the conversation of two people, made if there is none.
pub fn find_or_create_pair(tx: &mut Tx<'_>, a: i64, b: i64, now_ms: i64) -> Result<i64, StoreError> {
    find_or_create(tx, 0, a, b, now_ms)
}

/// The number of somebody's system conversation; [`find_pair`] of them and themselves finds it.
pub fn find_or_create_system(tx: &mut Tx<'_>, user: i64, now_ms: i64) -> Result<i64, StoreError> {
    find_or_create(tx, SYSTEM, user, user, now_ms)
}

fn find_or_create(tx: &mut Tx<'_>, kind: i64, a: i64, b: i64, now_ms: i64) -> Result<i64, StoreError> {
    if let Some(id) = find_pair(tx, a, b)? {
        return Ok(id);
    }
    let id = server::next_number(tx, "conversation")?;
    let made = tx.execute(
        "INSERT INTO conversation (id, kind, low_user, high_user, low_sent_seq, low_sent_ord, high_sent_seq, \
         high_sent_ord, seq, mod, ord, min_seq, changed_ms, created_at) \
         VALUES ($1, $6, $2, $3, 0, 0, 0, 0, 0, 0, 0, 0, $4, $5) ON CONFLICT (low_user, high_user) DO NOTHING",
        args![id, a.min(b), a.max(b), now_ms, now_ms / 1000, kind],
    )?;
    if made > 0 {
        return Ok(id);
    }
    // Another writer was faster; its row is visible now that the conflict has been waited for.
    find_pair(tx, a, b)?.ok_or_else(|| StoreError::Busy("a conversation made twice".into()))
}

/// Makes the conversation of a group.
pub fn create_group(tx: &mut Tx<'_>, now_ms: i64) -> Result<i64, StoreError> {
    let id = server::next_number(tx, "conversation")?;
    tx.execute(
        "INSERT INTO conversation (id, kind, low_user, high_user, low_sent_seq, low_sent_ord, high_sent_seq, \
         high_sent_ord, seq, mod, ord, min_seq, changed_ms, created_at) \
         VALUES ($1, 1, NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, $2, $3)",
        args![id, now_ms, now_ms / 1000],
    )?;
    Ok(id)
}

/// Locks a conversation until the commit, so that what is read of it after this is not changed by others who lock it or
/// take numbers.
pub fn lock(tx: &mut Tx<'_>, id: i64) -> Result<(), StoreError> {
    tx.execute("UPDATE conversation SET mod = mod WHERE id = $1", args![id]).map(|_| ())
}

/// Takes the numbers of one change: `messages` new places of which `counted` count. All rows of the change
/// carry the new `modification`; the one before it is one less. Locks the row until the commit, so that
/// changes become visible in the order of their numbers.
pub fn take(
    tx: &mut Tx<'_>,
    id: i64,
    messages: i64,
    counted: i64,
    now_ms: i64,
) -> Result<Option<ConvRow>, StoreError> {
    tx.one(
        "UPDATE conversation SET seq = seq + $2, mod = mod + 1, ord = ord + $3, changed_ms = $4 WHERE id = $1 \
         RETURNING id, kind, low_user, high_user, seq, mod, ord, min_seq, changed_ms, low_sent_seq, \
         low_sent_ord, high_sent_seq, high_sent_ord, min_ord",
        args![id, messages, counted, now_ms],
        row,
    )
}

/// The same for one new message of `sender` in a one-to-one conversation; notes it as the sender's last one.
pub fn take_for_message(
    tx: &mut Tx<'_>,
    id: i64,
    sender: i64,
    counted: i64,
    now_ms: i64,
) -> Result<Option<ConvRow>, StoreError> {
    tx.one(
        "UPDATE conversation SET seq = seq + 1, mod = mod + 1, ord = ord + $3, changed_ms = $4, \
         low_sent_seq = CASE WHEN low_user = $2 THEN seq + 1 ELSE low_sent_seq END, \
         low_sent_ord = CASE WHEN low_user = $2 THEN ord + $3 ELSE low_sent_ord END, \
         high_sent_seq = CASE WHEN high_user = $2 THEN seq + 1 ELSE high_sent_seq END, \
         high_sent_ord = CASE WHEN high_user = $2 THEN ord + $3 ELSE high_sent_ord END WHERE id = $1 \
         RETURNING id, kind, low_user, high_user, seq, mod, ord, min_seq, changed_ms, low_sent_seq, \
         low_sent_ord, high_sent_seq, high_sent_ord, min_ord",
        args![id, sender, counted, now_ms],
        row,
    )
}

/// A user's own side of a conversation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OwnSide {
    /// Everything up to here is read.
    pub read_seq: i64,
    /// Countable messages up to there.
    pub read_ord: i64,
    /// One of the user's instances has everything up to here.
    pub delivered_seq: i64,
    /// Messages up to here are not for this user.
    pub min_seq: i64,
    /// Messages above are not for this user, who left.
    pub max_seq: Option<i64>,
    /// Out of the list until there is a message above.
    pub hidden_to: Option<i64>,
}

impl OwnSide {
    /// With the user's own last message, which moves the read position along.
    fn having_sent(self, sent: Place) -> Self {
        if sent.seq > self.read_seq { Self { read_seq: sent.seq, read_ord: sent.ord, ..self } } else { self }
    }
}

fn side(row: &Row<'_>, from: usize) -> Result<OwnSide, StoreError> {
    let at = |index: usize| from.saturating_add(index);
    Ok(OwnSide {
        read_seq: row.get(at(0))?,
        read_ord: row.get(at(1))?,
        delivered_seq: row.get(at(2))?,
        min_seq: row.get(at(3))?,
        max_seq: row.get(at(4))?,
        hidden_to: row.get(at(5))?,
    })
}

/// A user's side, if the conversation is or was in their list.
pub fn own_side(tx: &mut Tx<'_>, user: i64, conv: &ConvRow) -> Result<Option<OwnSide>, StoreError> {
    tx.one(
        "SELECT read_seq, read_ord, delivered_seq, min_seq, max_seq, hidden_to FROM user_conv \
         WHERE user_id = $1 AND conv_id = $2",
        args![user, conv.id],
        |row| Ok(side(row, 0)?.having_sent(conv.last_sent(user))),
    )
}

/// How far a user has read a group; 0 without a side.
pub fn read_seq(tx: &mut Tx<'_>, user: i64, conv: i64) -> Result<i64, StoreError> {
    let sql = "SELECT read_seq FROM user_conv WHERE user_id = $1 AND conv_id = $2";
    Ok(tx.one(sql, args![user, conv], |row| row.get(0))?.unwrap_or(0))
}

/// Whether the conversation is or was in a user's list.
pub fn has_side(tx: &mut Tx<'_>, user: i64, conv: i64) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM user_conv WHERE user_id = $1 AND conv_id = $2";
    Ok(tx.one(sql, args![user, conv], |row| row.get::<i64>(0))?.is_some())
}

/// Makes a user's side if there is none.
pub fn add_side(tx: &mut Tx<'_>, user: i64, conv: i64) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO user_conv (user_id, conv_id, read_seq, read_ord, delivered_seq, min_seq, max_seq, hidden_to) \
         VALUES ($1, $2, 0, 0, 0, 0, NULL, NULL) ON CONFLICT (user_id, conv_id) DO NOTHING",
        args![user, conv],
    )
    .map(|_| ())
}

/// Stores a user's side as a whole.
pub fn put_side(tx: &mut Tx<'_>, user: i64, conv: i64, side: &OwnSide) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO user_conv (user_id, conv_id, read_seq, read_ord, delivered_seq, min_seq, max_seq, hidden_to) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (user_id, conv_id) DO UPDATE SET \
         read_seq = excluded.read_seq, read_ord = excluded.read_ord, delivered_seq = excluded.delivered_seq, \
         min_seq = excluded.min_seq, max_seq = excluded.max_seq, hidden_to = excluded.hidden_to",
        args![
            user,
            conv,
            side.read_seq,
            side.read_ord,
            side.delivered_seq,
            side.min_seq,
            side.max_seq,
            side.hidden_to
        ],
    )
    .map(|_| ())
}

/// Moves a user's read position forward; whether it moved. Never moves back.
pub fn advance_read(tx: &mut Tx<'_>, user: i64, conv: i64, seq: i64, ord: i64) -> Result<bool, StoreError> {
    tx.execute(
        "UPDATE user_conv SET read_seq = $3, read_ord = $4 \
         WHERE user_id = $1 AND conv_id = $2 AND read_seq < $3",
        args![user, conv, seq, ord],
    )
    .map(|rows| rows > 0)
}

/// Moves how far a user's instances have got; whether it moved.
pub fn advance_delivered(tx: &mut Tx<'_>, user: i64, conv: i64, seq: i64) -> Result<bool, StoreError> {
    tx.execute(
        "UPDATE user_conv SET delivered_seq = $3 WHERE user_id = $1 AND conv_id = $2 AND delivered_seq < $3",
        args![user, conv, seq],
    )
    .map(|rows| rows > 0)
}

/// A conversation with its viewer's side.
#[derive(Clone, Copy, Debug)]
pub struct Listed {
    /// The conversation.
    pub conv: ConvRow,
    /// The viewer's side.
    pub side: OwnSide,
}

fn listed(from: &Row<'_>, user: i64) -> Result<Listed, StoreError> {
    let conv = row(from)?;
    Ok(Listed { side: side(from, 14)?.having_sent(conv.last_sent(user)), conv })
}

/// Where a page of heads begins: below this time and number.
#[derive(Clone, Copy, Debug)]
pub struct HeadPlace {
    /// Unix milliseconds.
    pub changed_ms: i64,
    /// Number of the conversation.
    pub conv: i64,
}

/// A user's conversations that changed at or after `since_ms`, the most recently changed first, below `place`.
pub fn changed_since(
    tx: &mut Tx<'_>,
    user: i64,
    since_ms: i64,
    place: HeadPlace,
    limit: u32,
) -> Result<Vec<Listed>, StoreError> {
    tx.rows(
        "SELECT c.id, c.kind, c.low_user, c.high_user, c.seq, c.mod, c.ord, c.min_seq, c.changed_ms, \
         c.low_sent_seq, c.low_sent_ord, c.high_sent_seq, c.high_sent_ord, c.min_ord, u.read_seq, u.read_ord, u.delivered_seq, \
         u.min_seq, u.max_seq, u.hidden_to FROM user_conv u JOIN conversation c ON c.id = u.conv_id \
         WHERE u.user_id = $1 AND c.changed_ms >= $2 \
         AND (c.changed_ms < $3 OR (c.changed_ms = $3 AND c.id < $4)) \
         ORDER BY c.changed_ms DESC, c.id DESC LIMIT $5",
        args![user, since_ms, place.changed_ms, place.conv, limit],
        |row| listed(row, user),
    )
}

/// All conversations of a user that hold something unread, of one kind or both.
pub fn with_unread(tx: &mut Tx<'_>, user: i64, pairs: bool, groups: bool) -> Result<Vec<Listed>, StoreError> {
    let mut all = tx.rows(
        "SELECT c.id, c.kind, c.low_user, c.high_user, c.seq, c.mod, c.ord, c.min_seq, c.changed_ms, \
         c.low_sent_seq, c.low_sent_ord, c.high_sent_seq, c.high_sent_ord, c.min_ord, u.read_seq, u.read_ord, u.delivered_seq, \
         u.min_seq, u.max_seq, u.hidden_to FROM user_conv u JOIN conversation c ON c.id = u.conv_id \
         WHERE u.user_id = $1 AND c.seq > u.read_seq ORDER BY c.id",
        args![user],
        |row| listed(row, user),
    )?;
    all.retain(|one| {
        let wanted = match one.conv.kind {
            ConvKind::Pair { .. } => pairs,
            ConvKind::Group => groups,
            ConvKind::System { .. } => false,
        };
        wanted && one.conv.seq > one.side.read_seq
    });
    Ok(all)
}
