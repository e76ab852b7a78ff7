//! Removing messages that are too old (MSG-5). Counters stay as they are: what is gone is below `min_seq`.

use super::conversation::{self, ConvKind, ConvRow};
use super::error::StoreError;
use super::tx::Tx;
use super::{file, message, search};
use crate::args;

/// Conversations above `after` whose oldest message was sent before `before` (Unix seconds), by number; `notices`: system
/// conversations only.
pub fn with_older(
    tx: &mut Tx<'_>,
    before: i64,
    notices: bool,
    after: i64,
    limit: u32,
) -> Result<Vec<i64>, StoreError> {
    tx.rows(
        "SELECT c.id FROM conversation c JOIN message m ON m.conv_id = c.id \
         AND m.seq = CASE WHEN c.min_seq < 1 THEN 1 ELSE c.min_seq END \
         WHERE c.id > $2 AND m.time < $1 AND c.kind >= $4 ORDER BY c.id LIMIT $3",
        args![before, after, limit, if notices { conversation::SYSTEM } else { 0 }],
        |row| row.get(0),
    )
}

/// The first place at which a message was sent at or after `time` (Unix seconds), from `first` on; one above the last if there is none.
/// Times never fall within a conversation, so halving finds it.
pub fn place_at(tx: &mut Tx<'_>, conv: i64, first: i64, last: i64, time: i64) -> Result<i64, StoreError> {
    let (mut low, mut high) = (first, last.saturating_add(1));
    while low < high {
        let middle = low.midpoint(high);
        if message::time_at(tx, conv, middle)?.is_some_and(|sent| sent >= time) {
            high = middle;
        } else {
            low = middle.saturating_add(1);
        }
    }
    Ok(low)
}

/// Removes the messages below `first`, and what hangs on them. What is removed was there: `first` is above the present `min_seq`.
pub fn remove_below(tx: &mut Tx<'_>, conv: &ConvRow, first: i64, now: i64) -> Result<(), StoreError> {
    let last = first.saturating_sub(1);
    let min_ord = message::ord_at(tx, conv.id, last)?
        .ok_or_else(|| StoreError::Corrupt(format!("conversation {} has no message {last}", conv.id)))?;
    tx.execute(
        "UPDATE conversation SET min_seq = $2, min_ord = $3 WHERE id = $1",
        args![conv.id, first, min_ord],
    )?;
    tx.execute("DELETE FROM message WHERE conv_id = $1 AND seq < $2", args![conv.id, first])?;
    file::release_all(tx, conv.id, 0, last, now)?;
    tx.execute("DELETE FROM annotation WHERE conv_id = $1 AND seq < $2", args![conv.id, first])?;
    tx.execute("DELETE FROM combined WHERE conv_id = $1 AND seq < $2", args![conv.id, first])?;
    tx.execute("DELETE FROM mention WHERE conv_id = $1 AND seq < $2", args![conv.id, first])?;
    search::forget_below(tx, conv.id, first)?;
    // Kinds 2 and 6: a message deleted for the user, or listened to. In one statement for a whole group: its row is locked meanwhile.
    match conv.kind {
        ConvKind::Pair { low, high } => {
            tx.execute(
                "DELETE FROM hidden_message WHERE user_id IN ($1, $2) AND conv_id = $3 AND seq < $4",
                args![low, high, conv.id, first],
            )?;
            tx.execute(
                "DELETE FROM user_log WHERE user_id IN ($1, $2) AND kind IN (2, 6) AND conv_id = $3 AND seq < $4",
                args![low, high, conv.id, first],
            )?;
        }
        // All who are or were members.
        ConvKind::Group => {
            tx.execute(
                "DELETE FROM hidden_message WHERE user_id IN (SELECT user_id FROM member WHERE conv_id = $1) \
                 AND conv_id = $1 AND seq < $2",
                args![conv.id, first],
            )?;
            tx.execute(
                "DELETE FROM user_log WHERE user_id IN (SELECT user_id FROM member WHERE conv_id = $1) \
                 AND kind IN (2, 6) AND conv_id = $1 AND seq < $2",
                args![conv.id, first],
            )?;
        }
        // Notices are not deleted one by one.
        ConvKind::System { .. } => {}
    }
    Ok(())
}
