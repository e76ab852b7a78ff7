//! Reactions given or taken back here of which the server has yet to hear. A row is here before the app sees the change,
//! and goes away in the transaction that stores the server's answer: a program killed in between loses nothing (R2).

use hallway_protocol::message::Reaction;
use hallway_protocol::{ConversationId, Message, MessageId};
use rusqlite::{Connection, params};

use super::{CacheResult, place_key, place_of, signed, unsigned};

/// A reaction to give or to take back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// Where the message stands.
    pub conversation_id: ConversationId,
    /// Its place.
    pub sequence: u64,
    /// Its id.
    pub id: MessageId,
    /// Which reaction.
    pub reaction_id: String,
    /// False takes it back.
    pub is_given: bool,
}

/// All of them with their numbers, in order.
pub fn all(db: &Connection) -> CacheResult<Vec<(i64, Wish)>> {
    let mut statement = db.prepare(
        "SELECT position, conversation_id, sequence, id, reaction_id, is_given FROM reaction_wish ORDER BY position",
    )?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let (conversation_id, id): (String, String) = (row.get(1)?, row.get(3)?);
        // Written by this program: both can be read.
        let (Ok(conversation_id), Ok(id)) = (conversation_id.parse(), id.parse()) else { continue };
        let wish = Wish {
            conversation_id,
            sequence: unsigned(row.get(2)?),
            id,
            reaction_id: row.get(4)?,
            is_given: row.get(5)?,
        };
        found.push((row.get(0)?, wish));
    }
    Ok(found)
}

/// Notes a wish. Returns its number.
pub fn add(db: &Connection, wish: &Wish) -> CacheResult<i64> {
    db.execute(
        "INSERT INTO reaction_wish (conversation_id, sequence, id, reaction_id, is_given) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![
            wish.conversation_id.to_string(),
            signed(wish.sequence),
            wish.id.as_str(),
            wish.reaction_id,
            wish.is_given
        ],
    )?;
    Ok(db.last_insert_rowid())
}

/// A wish is done, refused, or taken back.
pub fn remove(db: &Connection, position: i64) -> CacheResult<()> {
    db.prepare_cached("DELETE FROM reaction_wish WHERE position = ?1")?.execute([position])?;
    Ok(())
}

/// Shows messages of a conversation as they will be once the server has heard of everything.
pub(super) fn show(
    db: &Connection,
    conv: i64,
    (first, last): (u64, u64),
    rows: &mut [(u64, Message)],
) -> CacheResult<()> {
    let mut statement = db.prepare_cached(
        "SELECT w.sequence, w.reaction_id, w.is_given FROM reaction_wish w
         JOIN conversation c ON c.conversation_id = w.conversation_id
         WHERE c.conv = ?1 AND w.sequence BETWEEN ?2 AND ?3 ORDER BY w.position",
    )?;
    let mut found = statement.query([conv, signed(first), signed(last)])?;
    while let Some(row) = found.next()? {
        let place = place_of(place_key(0, unsigned(row.get(0)?)));
        let (reaction_id, is_given): (String, bool) = (row.get(1)?, row.get(2)?);
        if let Some((_, message)) = rows.iter_mut().find(|row| row.0 == place && !row.1.is_revoked()) {
            apply(&mut message.reactions, reaction_id, is_given);
        }
    }
    Ok(())
}

fn apply(reactions: &mut Vec<Reaction>, reaction_id: String, is_given: bool) {
    match reactions.iter_mut().find(|it| it.reaction_id == reaction_id) {
        Some(reaction) if reaction.reacted_by_myself != is_given => {
            reaction.reacted_by_myself = is_given;
            let count = reaction.total_user_count;
            reaction.total_user_count =
                if is_given { count.saturating_add(1) } else { count.saturating_sub(1) };
        }
        None if is_given => reactions.push(Reaction {
            reaction_id,
            reacted_by_myself: true,
            total_user_count: 1,
            partial_user_list: Vec::new(),
        }),
        _ => {}
    }
    reactions.retain(|reaction| reaction.total_user_count > 0);
}
