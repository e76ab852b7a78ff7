//! Messages of the local copy: storing what the server sent, and finding single ones.

use hallway_protocol::sync::HiddenMessage;
use hallway_protocol::{Message, MessageId, UserId};
use rusqlite::{Connection, OptionalExtension, params};

use super::{CacheResult, PLACE_MAX, annotation, conv_of, place_key, place_of, search, signed};
use crate::sync::Ranges;
use crate::sync::log::Rows;

/// What storing a message meant.
#[derive(Debug, PartialEq)]
pub enum Merged {
    /// It was not here.
    New(Message),
    /// A newer state of one that was here; whether that one was recalled already, and its version.
    Changed {
        /// As it is now.
        message: Message,
        /// It was a placeholder before too.
        was_revoked: bool,
        /// Its version before.
        version: u32,
    },
}

/// The messages of one conversation as [`Rows`], which notes what was new in `merged`.
pub struct Messages<'a> {
    db: &'a Connection,
    conv: i64,
    low: u64,
    /// What has been stored so far.
    pub merged: Vec<Merged>,
}

impl<'a> Messages<'a> {
    /// Of a stored conversation. Messages below `low` are not for this user and are not stored.
    pub fn new(db: &'a Connection, conv: i64, low: u64) -> Self {
        Self { db, conv, low, merged: Vec::new() }
    }
}

impl Rows for Messages<'_> {
    type Row = Message;
    type Error = super::CacheError;

    fn merge(&mut self, message: Message) -> CacheResult<Option<u64>> {
        if message.sequence < self.low {
            return Ok(None);
        }
        let seq = message.sequence;
        let place = place_key(self.conv, message.sequence);
        let known: Option<(i64, Vec<u8>)> = self
            .db
            .prepare_cached("SELECT modification, body FROM message WHERE place = ?1")?
            .query_row([place], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        if known.as_ref().is_some_and(|(modification, _)| *modification >= signed(message.modification)) {
            return Ok(Some(seq));
        }
        let before: Option<Message> = known.map(|(_, body)| serde_json::from_slice(&body)).transpose()?;
        let revoked =
            message.revoked.as_ref().filter(|_| message.is_counted()).map(|it| signed(it.modification));
        self.db
            .prepare_cached(
                "INSERT OR REPLACE INTO message (place, modification, id, revoked, body) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![
                place,
                signed(message.modification),
                message.id.as_str(),
                revoked,
                serde_json::to_vec(&message)?
            ])?;
        search::note(self.db, place, before.as_ref(), &message)?;
        self.merged.push(match before {
            None => Merged::New(message),
            Some(before) => {
                Merged::Changed { was_revoked: before.is_revoked(), version: before.version, message }
            }
        });
        Ok(Some(seq))
    }

    fn has(&mut self, place: u64) -> CacheResult<bool> {
        Ok(self
            .db
            .prepare_cached(
                "SELECT 1 FROM message WHERE place = ?1 UNION ALL SELECT 1 FROM hidden WHERE place = ?1",
            )?
            .exists([place_key(self.conv, place)])?)
    }

    fn keep_only(&mut self, ranges: &Ranges, as_of: u64) -> CacheResult<()> {
        let mut next = 0;
        for stretch in ranges.iter() {
            if stretch.from > next {
                self.remove_unchanged(next, stretch.from - 1, as_of)?;
            }
            next = stretch.to + 1;
        }
        self.remove_unchanged(next, PLACE_MAX, as_of)
    }
}

impl Messages<'_> {
    fn remove_unchanged(&self, from: u64, to: u64, as_of: u64) -> CacheResult<()> {
        let bounds = (place_key(self.conv, from), place_key(self.conv, to));
        let removed = self
            .db
            .prepare_cached("DELETE FROM message WHERE place BETWEEN ?1 AND ?2 AND modification <= ?3")?
            .execute(params![bounds.0, bounds.1, signed(as_of)])?;
        annotation::forget(self.db, self.conv, (from, to), as_of)?;
        if removed > 0 { search::removed(self.db, self.conv, from, to) } else { Ok(()) }
    }
}

/// Removes the messages from one place to another, both included.
pub fn delete(db: &Connection, conv: i64, from: u64, to: u64) -> CacheResult<()> {
    let bounds = [place_key(conv, from), place_key(conv, to)];
    db.prepare_cached("DELETE FROM message WHERE place BETWEEN ?1 AND ?2")?.execute(bounds)?;
    db.prepare_cached("DELETE FROM hidden WHERE place BETWEEN ?1 AND ?2")?.execute(bounds)?;
    db.prepare_cached("DELETE FROM combined WHERE place BETWEEN ?1 AND ?2")?.execute(bounds)?;
    annotation::delete(db, conv, from, to)?;
    search::removed(db, conv, from, to)
}

/// Any row of the server is newer than these: it was restored from a backup.
pub fn distrust(db: &Connection, conv: i64) -> CacheResult<()> {
    db.execute(
        "UPDATE message SET modification = 0 WHERE place >= ?1 AND place < ?2",
        [place_key(conv, 0), place_key(conv + 1, 0)],
    )?;
    // Of these there are tombstones on the server only, which it may have lost.
    annotation::forget(db, conv, (0, PLACE_MAX), u64::MAX)
}

/// The message at a place.
pub fn at(db: &Connection, conv: i64, place: u64) -> CacheResult<Option<Message>> {
    let body: Option<Vec<u8>> = db
        .prepare_cached("SELECT body FROM message WHERE place = ?1")?
        .query_row([place_key(conv, place)], |row| row.get(0))
        .optional()?;
    Ok(body.map(|body| serde_json::from_slice(&body)).transpose()?)
}

/// The message with an id, if it is stored and was not deleted by the user (MSG-64).
pub fn by_id(db: &Connection, id: &MessageId) -> CacheResult<Option<Message>> {
    let found: Option<(i64, Vec<u8>)> = db
        .prepare_cached(
            "SELECT place, body FROM message WHERE id = ?1 AND place NOT IN (SELECT place FROM hidden) LIMIT 1",
        )?
        .query_row([id.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((place, body)) = found else { return Ok(None) };
    annotation::dressed(db, conv_of(place), serde_json::from_slice(&body)?).map(Some)
}

/// Whether a message with this id is stored.
pub fn exists(db: &Connection, id: &MessageId) -> CacheResult<bool> {
    Ok(db.prepare_cached("SELECT 1 FROM message WHERE id = ?1")?.exists([id.as_str()])?)
}

/// How many countable messages above `read_seq` were recalled after the change `as_of`.
pub fn recalled_since(db: &Connection, conv: i64, read_seq: u64, as_of: u64) -> CacheResult<u64> {
    recalled(db, conv, read_seq, as_of, u64::MAX >> 1)
}

/// How many countable messages above `read_seq` were recalled up to the change `as_of`.
pub fn recalled_until(db: &Connection, conv: i64, read_seq: u64, as_of: u64) -> CacheResult<u64> {
    recalled(db, conv, read_seq, 0, as_of)
}

fn recalled(db: &Connection, conv: i64, read_seq: u64, after: u64, until: u64) -> CacheResult<u64> {
    let count: i64 = db
        .prepare_cached(
            "SELECT count(*) FROM message INDEXED BY message_revoked
             WHERE revoked IS NOT NULL AND place > ?1 AND place < ?2 AND revoked > ?3 AND revoked <= ?4",
        )?
        .query_row(
            [place_key(conv, read_seq), place_key(conv + 1, 0), signed(after), signed(until)],
            |row| row.get(0),
        )?;
    Ok(super::unsigned(count))
}

/// The newest stored message up to `high` that may stand in the list: not deleted by the user and not sent to
/// stay out of it (MSG-34).
pub fn newest(db: &Connection, conv: i64, low: u64, high: u64) -> CacheResult<Option<Message>> {
    let mut statement = db.prepare_cached(
        "SELECT body FROM message WHERE place BETWEEN ?1 AND ?2 AND place NOT IN (SELECT place FROM hidden)
         ORDER BY place DESC LIMIT 50",
    )?;
    let mut rows = statement.query([place_key(conv, low), place_key(conv, high)])?;
    while let Some(row) = rows.next()? {
        let message: Message =
            serde_json::from_slice(row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?)?;
        if !message.message_control.excluded_from_last_message {
            return Ok(Some(message));
        }
    }
    Ok(None)
}

/// Own messages above one place up to another, the newest 200.
pub fn own_between(
    db: &Connection,
    conv: i64,
    me: &UserId,
    after: u64,
    to: u64,
) -> CacheResult<Vec<Message>> {
    let mut statement = db.prepare_cached(
        "SELECT body FROM message WHERE place > ?1 AND place <= ?2 ORDER BY place DESC LIMIT 200",
    )?;
    let mut rows = statement.query([place_key(conv, after), place_key(conv, to)])?;
    let mut found: Vec<Message> = Vec::new();
    while let Some(row) = rows.next()? {
        let message: Message =
            serde_json::from_slice(row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?)?;
        if message.from == *me && !message.is_revoked() {
            found.push(message);
        }
    }
    found.reverse();
    Ok(found)
}

/// Deletes messages for this user, or takes that back.
pub fn hide(db: &Connection, conv: i64, message: &HiddenMessage, is_hidden: bool) -> CacheResult<()> {
    let place = place_key(conv, message.sequence);
    if is_hidden {
        db.prepare_cached("INSERT OR IGNORE INTO hidden (place) VALUES (?1)")?.execute([place])?;
    } else {
        db.prepare_cached("DELETE FROM hidden WHERE place = ?1")?.execute([place])?;
    }
    Ok(())
}

/// Whether the user deleted the message at this place.
pub fn is_hidden(db: &Connection, conv: i64, place: u64) -> CacheResult<bool> {
    Ok(db.prepare_cached("SELECT 1 FROM hidden WHERE place = ?1")?.exists([place_key(conv, place)])?)
}

pub(super) const NEWEST: &str = "SELECT place, body FROM message
    WHERE place BETWEEN ?1 AND ?2 AND place NOT IN (SELECT place FROM hidden) ORDER BY place DESC LIMIT ?3";
pub(super) const OLDEST: &str = "SELECT place, body FROM message
    WHERE place BETWEEN ?1 AND ?2 AND place NOT IN (SELECT place FROM hidden) ORDER BY place LIMIT ?3";

/// Messages of a stretch that the user has not deleted, the newest or the oldest `limit` of them, in order.
pub fn stretch(
    db: &Connection,
    conv: i64,
    (from, to): (u64, u64),
    limit: usize,
    newest: bool,
) -> CacheResult<Vec<(u64, Message)>> {
    let mut statement = db.prepare_cached(if newest { NEWEST } else { OLDEST })?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut rows = statement.query([place_key(conv, from), place_key(conv, to), limit])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let body = row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?;
        found.push((place_of(row.get(0)?), serde_json::from_slice(body)?));
    }
    if newest {
        found.reverse();
    }
    annotation::dress(db, conv, &mut found)?;
    Ok(found)
}
