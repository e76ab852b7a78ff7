//! What words are in which messages: the tables of `hallway-search`, how far each conversation is in them, and what a user may
//! search.

use hallway_search::block::Block;
use hallway_search::tables::{Arg, Columns, Read, Tables};

use super::conversation::{self, ConvRow};
use super::error::StoreError;
use super::group::{self, MemberRow};
use super::tx::Tx;
use super::value::{Row, Value};
use crate::args;

impl Columns<StoreError> for Row<'_> {
    fn int(&self, column: usize) -> Result<i64, StoreError> {
        self.get(column)
    }

    fn bytes(&self, column: usize) -> Result<&[u8], StoreError> {
        self.get(column)
    }
}

fn values(args: &[Arg]) -> Vec<Value<'_>> {
    let value = |arg| match arg {
        &Arg::Int(number) => Value::Int(number),
        Arg::Bytes(bytes) => Value::Bytes(bytes),
    };
    args.iter().map(value).collect()
}

impl Tables for Tx<'_> {
    type Error = StoreError;

    fn execute(&mut self, sql: &'static str, args: &[Arg]) -> Result<u64, StoreError> {
        Tx::execute(self, sql, &values(args))
    }

    fn each(
        &mut self,
        sql: &'static str,
        args: &[Arg],
        read: Read<'_, StoreError>,
    ) -> Result<(), StoreError> {
        Tx::each(self, sql, &values(args), |row| read(row).map(|()| true))
    }
}

/// The blocks of all conversations of a user.
pub fn blocks(tx: &mut Tx<'_>, user: i64) -> Result<Vec<Block>, StoreError> {
    tx.rows(
        "SELECT b.block, b.conv_id, b.high, b.from_time, b.to_time, b.members, b.doubt \
         FROM user_conv u JOIN search_block b ON b.conv_id = u.conv_id WHERE u.user_id = $1",
        args![user],
        |row| Block::read(row),
    )
}

/// A conversation that a user may be allowed to search.
#[derive(Clone, Debug)]
pub struct Searchable {
    /// Which.
    pub conv: ConvRow,
    /// Up to which of its changes it is in the index.
    pub indexed: i64,
    /// The first place that is for the user.
    pub first: i64,
    /// The last one.
    pub last: i64,
    /// Of a group: its type, and the user's membership.
    pub group: Option<(hallway_protocol::group::GroupType, Option<MemberRow>)>,
}

/// All conversations of a user.
pub fn searchable(tx: &mut Tx<'_>, user: i64) -> Result<Vec<Searchable>, StoreError> {
    tx.rows(
        "SELECT c.id, c.kind, c.low_user, c.high_user, c.seq, c.mod, c.ord, c.min_seq, c.changed_ms, \
         c.low_sent_seq, c.low_sent_ord, c.high_sent_seq, c.high_sent_ord, c.min_ord, \
         COALESCE(s.mod, 0), u.min_seq, u.max_seq, g.type, m.mod, m.role, m.gone FROM user_conv u \
         JOIN conversation c ON c.id = u.conv_id LEFT JOIN search_conv s ON s.conv_id = c.id \
         LEFT JOIN chat_group g ON g.conv_id = c.id \
         LEFT JOIN member m ON m.conv_id = c.id AND m.user_id = u.user_id WHERE u.user_id = $1",
        args![user],
        |row| {
            let conv = conversation::row(row)?;
            let max_seq: Option<i64> = row.get(16)?;
            let group = match row.get::<Option<i64>>(17)? {
                Some(kind) => Some((group::group_type(kind)?, membership(row, user)?)),
                None => None,
            };
            Ok(Searchable {
                indexed: row.get(14)?,
                first: row.get::<i64>(15)?.saturating_add(1).max(conv.min_seq).max(1),
                last: max_seq.map_or(conv.seq, |max| max.min(conv.seq)),
                conv,
                group,
            })
        },
    )
}

/// What tells the standing of a member.
fn membership(row: &Row<'_>, user: i64) -> Result<Option<MemberRow>, StoreError> {
    let Some(modification) = row.get::<Option<i64>>(18)? else { return Ok(None) };
    Ok(Some(MemberRow {
        user,
        modification,
        role: group::role(row.get(19)?),
        join_time: 0,
        name_card: String::new(),
        mute_until: 0,
        gone: row.get(20)?,
    }))
}

/// The messages that a user has deleted, by conversation.
pub fn hidden(tx: &mut Tx<'_>, user: i64) -> Result<Vec<(i64, i64)>, StoreError> {
    let sql = "SELECT conv_id, seq FROM hidden_message WHERE user_id = $1";
    tx.rows(sql, args![user], |row| Ok((row.get(0)?, row.get(1)?)))
}

/// A conversation of which not everything is in the index.
#[derive(Clone, Copy, Debug)]
pub struct Pending {
    /// Which.
    pub conv: i64,
    /// Up to this change it is.
    pub indexed: i64,
}

/// Conversations above `after` of which not everything is in the index.
pub fn pending(tx: &mut Tx<'_>, after: i64, limit: u32) -> Result<Vec<Pending>, StoreError> {
    tx.rows(
        "SELECT c.id, COALESCE(s.mod, 0) FROM conversation c LEFT JOIN search_conv s ON s.conv_id = c.id \
         WHERE c.id > $1 AND c.mod > COALESCE(s.mod, 0) ORDER BY c.id LIMIT $2",
        args![after, limit],
        |row| Ok(Pending { conv: row.get(0)?, indexed: row.get(1)? }),
    )
}

/// Up to which change a conversation is in the index.
pub fn indexed(tx: &mut Tx<'_>, conv: i64) -> Result<i64, StoreError> {
    let sql = "SELECT mod FROM search_conv WHERE conv_id = $1";
    Ok(tx.one(sql, args![conv], |row| row.get(0))?.unwrap_or(0))
}

/// A conversation is in the index up to a change.
pub fn set_indexed(tx: &mut Tx<'_>, conv: i64, modification: i64) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO search_conv (conv_id, mod) VALUES ($1, $2) \
         ON CONFLICT (conv_id) DO UPDATE SET mod = excluded.mod WHERE excluded.mod > search_conv.mod",
        args![conv, modification],
    )
    .map(|_| ())
}

/// Messages below a place are no more.
pub fn forget_below(tx: &mut Tx<'_>, conv: i64, first: i64) -> Result<(), StoreError> {
    let sql = "DELETE FROM search_block WHERE conv_id = $1 AND high < $2";
    tx.execute(sql, args![conv, first >> 8]).map(|_| ())
}
