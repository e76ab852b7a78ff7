//! Conversation groups: the list of a user's groups, and which conversations are in them (CONV-110 to CONV-115).

use hallway_protocol::conversation::ConversationGroup;

use super::error::StoreError;
use super::tx::Tx;
use crate::args;

/// A user's groups, in order of creation.
pub fn all(tx: &mut Tx<'_>, user: i64) -> Result<Vec<ConversationGroup>, StoreError> {
    let sql = "SELECT number, name FROM conv_group WHERE user_id = $1 ORDER BY number";
    tx.rows(sql, args![user], |row| {
        Ok(ConversationGroup { number: row.get::<i64>(0)?.cast_unsigned(), name: row.get(1)? })
    })
}

/// The number of the group with this name.
pub fn find(tx: &mut Tx<'_>, user: i64, name: &str) -> Result<Option<i64>, StoreError> {
    let sql = "SELECT number FROM conv_group WHERE user_id = $1 AND name = $2";
    tx.one(sql, args![user, name], |row| row.get(0))
}

/// Makes a group.
pub fn add(tx: &mut Tx<'_>, user: i64, number: i64, name: &str) -> Result<(), StoreError> {
    let sql = "INSERT INTO conv_group (user_id, number, name) VALUES ($1, $2, $3)";
    tx.execute(sql, args![user, number, name]).map(|_| ())
}

/// Gives a group another name.
pub fn rename(tx: &mut Tx<'_>, user: i64, number: i64, name: &str) -> Result<(), StoreError> {
    let sql = "UPDATE conv_group SET name = $3 WHERE user_id = $1 AND number = $2";
    tx.execute(sql, args![user, number, name]).map(|_| ())
}

/// Deletes a group; its conversations are in it no more.
pub fn remove(tx: &mut Tx<'_>, user: i64, number: i64) -> Result<(), StoreError> {
    tx.execute("DELETE FROM conv_group_item WHERE user_id = $1 AND number = $2", args![user, number])?;
    tx.execute("DELETE FROM conv_group WHERE user_id = $1 AND number = $2", args![user, number]).map(|_| ())
}

/// How many conversations are in a group.
pub fn size(tx: &mut Tx<'_>, user: i64, number: i64) -> Result<i64, StoreError> {
    let sql = "SELECT COUNT(*) FROM conv_group_item WHERE user_id = $1 AND number = $2";
    Ok(tx.one(sql, args![user, number], |row| row.get(0))?.unwrap_or(0))
}

/// The groups a conversation is in.
pub fn of(tx: &mut Tx<'_>, user: i64, conv: i64) -> Result<Vec<i64>, StoreError> {
    let sql = "SELECT number FROM conv_group_item WHERE user_id = $1 AND conv_id = $2 ORDER BY number";
    tx.rows(sql, args![user, conv], |row| row.get(0))
}

/// Stores the groups a conversation is in.
pub fn put_of(tx: &mut Tx<'_>, user: i64, conv: i64, numbers: &[i64]) -> Result<(), StoreError> {
    tx.execute("DELETE FROM conv_group_item WHERE user_id = $1 AND conv_id = $2", args![user, conv])?;
    for number in numbers {
        let sql = "INSERT INTO conv_group_item (user_id, conv_id, number) VALUES ($1, $2, $3)";
        tx.execute(sql, args![user, conv, *number])?;
    }
    Ok(())
}
