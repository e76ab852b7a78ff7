//! What was put on messages: reactions, extensions, receipts, pins. Rows beside the messages, under the same places; the
//! higher change number wins, and what is gone stays as a row until its message goes.
//!
//! Messages are stored as they were sent or changed. [`dress`] puts on what is drawn with them.

use std::collections::BTreeMap;

use hallway_protocol::annotation::{Annotation, Extension, Note, Pin};
use hallway_protocol::message::Reaction;
use hallway_protocol::{ErrorCode, Message};
use rusqlite::{Connection, OptionalExtension, params};

use super::{CacheResult, place_key, place_of, signed, unsigned, wish};

/// Notes this version knows by number, for the key of a row.
fn kind(note: &Note) -> Option<i64> {
    Some(match note {
        Note::Reaction(_) => 0,
        Note::OwnReaction { .. } => 1,
        Note::Extension(_) => 2,
        Note::ReadReceipt(_) => 3,
        Note::OwnReadReceipt {} => 4,
        Note::Pin(_) => 5,
        Note::Unknown(_) => return None,
    })
}

const EXTENSION: i64 = 2;
const PIN: i64 = 5;

/// Stores an annotation unless a newer state of it is here. True if it was stored and says something new.
pub fn put(db: &Connection, conv: i64, annotation: &Annotation) -> CacheResult<bool> {
    let Some(kind) = kind(&annotation.note) else { return Ok(false) };
    let place = place_key(conv, annotation.sequence);
    let name = annotation.note.name();
    let known: Option<(i64, bool)> = db
        .prepare_cached(
            "SELECT modification, gone FROM annotation WHERE place = ?1 AND kind = ?2 AND name = ?3",
        )?
        .query_row(params![place, kind, name], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    if known.is_some_and(|(modification, _)| modification >= signed(annotation.modification)) {
        return Ok(false);
    }
    db.prepare_cached(
        "INSERT OR REPLACE INTO annotation (place, kind, name, modification, gone, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![
        place,
        kind,
        name,
        signed(annotation.modification),
        annotation.gone,
        serde_json::to_vec(&annotation.note)?
    ])?;
    // Something that was never here and is gone already is no news.
    Ok(!annotation.gone || known.is_some_and(|(_, gone)| !gone))
}

/// Removes what is on the messages from one place to another, both included.
pub fn delete(db: &Connection, conv: i64, from: u64, to: u64) -> CacheResult<()> {
    db.prepare_cached("DELETE FROM annotation WHERE place BETWEEN ?1 AND ?2")?
        .execute([place_key(conv, from), place_key(conv, to)])?;
    Ok(())
}

/// Removes what is on the messages from one place to another, both included, unless it changed after `as_of`.
pub fn forget(db: &Connection, conv: i64, (from, to): (u64, u64), as_of: u64) -> CacheResult<()> {
    db.prepare_cached("DELETE FROM annotation WHERE place BETWEEN ?1 AND ?2 AND modification <= ?3")?
        .execute([place_key(conv, from), place_key(conv, to), signed(as_of)])?;
    Ok(())
}

/// The pin of a message.
pub fn pin(db: &Connection, conv: i64, seq: u64) -> CacheResult<Option<Pin>> {
    let body: Option<Vec<u8>> = db
        .prepare_cached("SELECT body FROM annotation WHERE place = ?1 AND kind = ?2 AND gone = 0")?
        .query_row([place_key(conv, seq), PIN], |row| row.get(0))
        .optional()?;
    Ok(match body.map(|body| serde_json::from_slice(&body)).transpose()? {
        Some(Note::Pin(pin)) => Some(pin),
        _ => None,
    })
}

/// The places of the pinned messages of a conversation, the latest pin first.
pub fn pins(db: &Connection, conv: i64) -> CacheResult<Vec<u64>> {
    let mut statement = db.prepare_cached(
        "SELECT place FROM annotation WHERE kind = 5 AND gone = 0 AND place >= ?1 AND place < ?2
         ORDER BY modification DESC, place DESC",
    )?;
    let places = statement.query_map([place_key(conv, 0), place_key(conv + 1, 0)], |row| row.get(0))?;
    Ok(places.collect::<Result<Vec<i64>, _>>()?.into_iter().map(place_of).collect())
}

/// The versions of all keys of a message's extensions, those that are gone included.
pub fn versions(db: &Connection, conv: i64, seq: u64) -> CacheResult<BTreeMap<String, u64>> {
    let mut statement =
        db.prepare_cached("SELECT name, modification FROM annotation WHERE place = ?1 AND kind = ?2")?;
    let rows = statement
        .query_map([place_key(conv, seq), EXTENSION], |row| Ok((row.get(0)?, unsigned(row.get(1)?))))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Whether the user has acknowledged a message.
pub fn is_acknowledged(db: &Connection, conv: i64, seq: u64) -> CacheResult<bool> {
    Ok(db
        .prepare_cached("SELECT 1 FROM annotation WHERE place = ?1 AND kind = 4")?
        .exists([place_key(conv, seq)])?)
}

/// Puts on messages of a conversation, in the order of their places, what is on them now. Recalled ones have nothing.
pub fn dress(db: &Connection, conv: i64, rows: &mut [(u64, Message)]) -> CacheResult<()> {
    let (Some(first), Some(last)) = (rows.first().map(|row| row.0), rows.last().map(|row| row.0)) else {
        return Ok(());
    };
    let mut statement = db.prepare_cached(
        "SELECT place, body FROM annotation WHERE place BETWEEN ?1 AND ?2 AND gone = 0 ORDER BY place, kind, name",
    )?;
    let mut found = statement.query([place_key(conv, first), place_key(conv, last)])?;
    let (mut index, mut since) = (0, BTreeMap::new());
    while let Some(row) = found.next()? {
        let place = place_of(row.get(0)?);
        while rows.get(index).is_some_and(|row| row.0 < place) {
            index += 1;
        }
        let Some((_, message)) = rows.get_mut(index).filter(|row| row.0 == place) else { continue };
        let note = serde_json::from_slice(row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?)?;
        if message.is_revoked() {
            continue;
        }
        match note {
            Note::Reaction(count) => {
                since.insert((place, count.reaction_id.clone()), count.since);
                message.reactions.push(Reaction {
                    reaction_id: count.reaction_id,
                    reacted_by_myself: false,
                    total_user_count: count.total_user_count,
                    partial_user_list: count.partial_user_list,
                });
            }
            Note::OwnReaction { reaction_id } => {
                let own = message.reactions.iter_mut().find(|it| it.reaction_id == reaction_id);
                if let Some(reaction) = own {
                    reaction.reacted_by_myself = true;
                }
            }
            Note::Extension(extension) => message.extensions.push(extension),
            Note::ReadReceipt(info) => message.read_receipt_info = Some(info),
            Note::Pin(pin) => message.pin = Some(pin),
            Note::OwnReadReceipt {} | Note::Unknown(_) => {}
        }
    }
    for (place, message) in rows.iter_mut() {
        message.reactions.sort_by_key(|it| since.get(&(*place, it.reaction_id.clone())).copied());
    }
    wish::show(db, conv, (first, last), rows)
}

/// The reactions of a message as the server has them.
pub fn reactions(db: &Connection, conv: i64, seq: u64) -> CacheResult<Vec<Reaction>> {
    let message = super::messages::at(db, conv, seq)?;
    Ok(match message {
        Some(message) => dressed(db, conv, message)?.reactions,
        None => Vec::new(),
    })
}

/// A message with what is on it.
pub fn dressed(db: &Connection, conv: i64, message: Message) -> CacheResult<Message> {
    let mut rows = [(message.sequence, message)];
    dress(db, conv, &mut rows)?;
    let [(_, message)] = rows;
    Ok(message)
}

/// What a change of a reaction would be refused with, as far as the local copy can tell (MSG-80, MSG-81).
pub fn check_reaction(
    message: &Message,
    reaction_id: &str,
    is_given: bool,
    limits: &hallway_protocol::Limits,
) -> Result<(), ErrorCode> {
    let present = message.reactions.iter().find(|it| it.reaction_id == reaction_id);
    let most = limits.users_per_reaction;
    match (is_given, present) {
        (true, Some(reaction)) if reaction.reacted_by_myself => Err(ErrorCode::ReactionExists),
        (true, Some(reaction)) if most > 0 && reaction.total_user_count >= most => {
            Err(ErrorCode::TooManyReactingUsers)
        }
        (true, None) if message.reactions.len() >= limits.reactions_per_message as usize => {
            Err(ErrorCode::TooManyReactions)
        }
        (false, None) => Err(ErrorCode::ReactionUnknown),
        (false, Some(reaction)) if !reaction.reacted_by_myself => Err(ErrorCode::ReactionNotOwn),
        _ => Ok(()),
    }
}

/// Keys among these, or all, in the order of their names.
pub fn chosen(message: Message, keys: Option<&[String]>) -> Vec<Extension> {
    let is_wanted = |it: &Extension| keys.is_none_or(|keys| keys.contains(&it.key));
    message.extensions.into_iter().filter(is_wanted).collect()
}
