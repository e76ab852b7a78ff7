//! Words of the local copy (PLUS-7): the tables of `hallway-search` inside of it, and the places whose messages are not in
//! the index yet, or not as they are now (`search_fresh`).
//!
//! A place is noted in the transaction that stores its message, so no message is ever without one of the two. While the
//! thread that writes has nothing else to do it [`tend`]s: that also fills the index of a copy that is older than it. What is
//! fresh is looked at when something is searched.

use hallway_protocol::conversation::ConversationState;
use hallway_protocol::method::FoundMessages;
use hallway_protocol::{ConversationId, Message};
use hallway_search::ask::{Candidates, Question};
use hallway_search::request::Request;
use hallway_search::segment::{self, Entry};
use hallway_search::tables::{Arg, Columns, Read, Tables};
use hallway_search::walk::{self, Hit, Scope, Scopes, Texts};
use hallway_search::{block, text};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, Row};

use super::{CacheError, CacheResult, conv, place_key, place_of, signed, unsigned};

#[cfg(test)]
mod tests;

/// More fresh messages than this are put into the index, which is most of them: each costs a search as much as a hit.
const FRESH: i64 = 500;
/// Messages put into it in one transaction: writes wait meanwhile.
const TOGETHER: i64 = 1_000;
/// Fresh messages that a search looks at; in a copy that is older than its index there may be more.
const LOOKS: i64 = 2_000;
/// Rows of each segment that a step of a merge reads.
const ROWS: usize = 64;
/// Highest number of a conversation.
const CONV_MAX: i64 = i64::MAX >> 40;

/// The tables for rusqlite.
struct Db<'a>(&'a Connection);

struct Argument<'a>(&'a Arg);

impl rusqlite::ToSql for Argument<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Arg::Int(number) => ValueRef::Integer(*number),
            Arg::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

struct Cells<'a>(&'a Row<'a>);

impl Columns<CacheError> for Cells<'_> {
    fn int(&self, column: usize) -> CacheResult<i64> {
        Ok(self.0.get(column)?)
    }

    fn bytes(&self, column: usize) -> CacheResult<&[u8]> {
        Ok(self.0.get_ref(column)?.as_blob().map_err(rusqlite::Error::from)?)
    }
}

impl Tables for Db<'_> {
    type Error = CacheError;

    fn execute(&mut self, sql: &'static str, args: &[Arg]) -> CacheResult<u64> {
        // SQLite takes `$1` for a name.
        let mut statement = self.0.prepare_cached(&sql.replace('$', "?"))?;
        Ok(statement.execute(rusqlite::params_from_iter(args.iter().map(Argument)))? as u64)
    }

    fn each(&mut self, sql: &'static str, args: &[Arg], read: Read<'_, CacheError>) -> CacheResult<()> {
        let mut statement = self.0.prepare_cached(&sql.replace('$', "?"))?;
        let mut rows = statement.query(rusqlite::params_from_iter(args.iter().map(Argument)))?;
        while let Some(row) = rows.next()? {
            read(&Cells(row))?;
        }
        Ok(())
    }
}

/// A message has come or has changed.
pub fn note(db: &Connection, place: i64, before: Option<&Message>, now: &Message) -> CacheResult<()> {
    let is_the_same = match before {
        Some(before) => before.payload == now.payload,
        None => text::words(&now.payload).is_none(),
    };
    if !is_the_same {
        db.prepare_cached("INSERT OR IGNORE INTO search_fresh (place) VALUES (?1)")?.execute([place])?;
    }
    Ok(())
}

/// Messages of a conversation were removed, those from one place to another, both included, but for some.
pub fn removed(db: &Connection, conv: i64, from: u64, to: u64) -> CacheResult<()> {
    let to = to.min(super::PLACE_MAX);
    if from > to {
        return Ok(());
    }
    block::forget(&mut Db(db), conv, signed(from), signed(to))?;
    let bounds = [place_key(conv, from), place_key(conv, to)];
    db.prepare_cached("DELETE FROM search_fresh WHERE place BETWEEN ?1 AND ?2")?.execute(bounds)?;
    db.prepare_cached(
        "INSERT INTO search_fresh (place) SELECT place FROM message WHERE place BETWEEN ?1 AND ?2",
    )?
    .execute(bounds)?;
    Ok(())
}

/// Puts some fresh messages into the index, or merges some of it; false when there is nothing to do.
pub fn tend(db: &Connection) -> CacheResult<bool> {
    let count: i64 = db
        .prepare_cached("SELECT count(*) FROM (SELECT 1 FROM search_fresh LIMIT ?1)")?
        .query_row([FRESH + 1], |row| row.get(0))?;
    let change = if count > FRESH { Some(take_in(db)?) } else { segment::merge(&mut Db(db), ROWS)? };
    if let Some(change) = &change {
        // Nobody else writes.
        change.write(&mut Db(db))?;
    }
    Ok(change.is_some())
}

fn take_in(db: &Connection) -> CacheResult<segment::Change> {
    let mut entries = Vec::new();
    let mut lowest = i64::MAX;
    {
        let mut statement = db.prepare_cached(
            "SELECT f.place, m.body FROM search_fresh f LEFT JOIN message m ON m.place = f.place
             ORDER BY f.place DESC LIMIT ?1",
        )?;
        let mut rows = statement.query([TOGETHER])?;
        while let Some(row) = rows.next()? {
            let place: i64 = row.get(0)?;
            lowest = place;
            if let Some(message) = conv::object::<Message>(row, 1)? {
                entries.push(Entry {
                    conv: place >> 40,
                    seq: signed(place_of(place)),
                    time: message.time,
                    words: text::words(&message.payload).map(|(kind, words)| (kind, words.into_owned())),
                    from: message.from,
                    is_doubtful: false,
                });
            }
        }
    }
    let change = segment::add(&mut Db(db), &entries)?;
    db.prepare_cached("DELETE FROM search_fresh WHERE place >= ?1")?.execute([lowest])?;
    Ok(change)
}

/// Carries out a search of one conversation or of all. An unknown conversation holds nothing.
pub fn search(
    db: &Connection,
    request: &Request,
    conversation: Option<&ConversationId>,
) -> CacheResult<FoundMessages> {
    let only = match conversation {
        Some(id) => match conv::key_of(db, id)? {
            Some(key) => Some(key),
            None => return Ok(FoundMessages::default()),
        },
        None => None,
    };
    let mut copy = Copy { db, question: &request.question };
    let blocks = match only {
        Some(key) => block::of_conversation(&mut Db(db), key)?,
        None => block::all(&mut Db(db))?,
    };
    let mut candidates = request.question.ask(&mut Db(db), blocks)?;
    let is_incomplete = copy.look_at_fresh(only, &mut candidates)?;
    let scopes = scopes(db, only, &candidates)?;
    let found = match (only, conversation) {
        (Some(key), Some(id)) => {
            let page = walk::one(&mut copy, candidates, &scopes, key, request.before, request.count)?;
            request.one(id.clone(), page)
        }
        _ => request.all(walk::all(&mut copy, candidates, &scopes, request.after, request.count)?),
    };
    Ok(FoundMessages { is_incomplete, ..found })
}

/// What of the candidates' conversations may be seen: two statements, however many there are.
fn scopes(db: &Connection, only: Option<i64>, candidates: &Candidates) -> CacheResult<Scopes> {
    let (first, last) = only.map_or((0, CONV_MAX), |key| (key, key));
    let mut scopes = Scopes::new();
    let mut statement = db.prepare_cached(
        "SELECT conv, seq, min_seq, floor, state FROM conversation WHERE conv BETWEEN ?1 AND ?2",
    )?;
    let mut rows = statement.query([first, last])?;
    while let Some(row) = rows.next()? {
        let conv: i64 = row.get(0)?;
        if !candidates.parts.contains_key(&conv) {
            continue;
        }
        let (seq, min_seq, floor): (i64, i64, i64) = (row.get(1)?, row.get(2)?, row.get(3)?);
        let state = row.get_ref(4)?.as_blob().map_err(rusqlite::Error::from)?;
        let state: ConversationState = serde_json::from_slice(state)?;
        let low = (state.min_seq + 1).max(unsigned(min_seq)).max(unsigned(floor));
        let high = state.max_seq.map_or(unsigned(seq), |max| max.min(unsigned(seq)));
        scopes.insert(conv, Scope { low: signed(low), high: signed(high), hidden: Vec::new() });
    }
    let mut statement = db.prepare_cached("SELECT place FROM hidden WHERE place BETWEEN ?1 AND ?2")?;
    let mut rows = statement.query([place_key(first, 0), place_key(last, super::PLACE_MAX)])?;
    while let Some(row) = rows.next()? {
        let place: i64 = row.get(0)?;
        if let Some(scope) = scopes.get_mut(&(place >> 40)) {
            scope.hidden.push(signed(place_of(place)));
        }
    }
    Ok(scopes)
}

struct Copy<'a> {
    db: &'a Connection,
    question: &'a Question,
}

impl Copy<'_> {
    fn answer(&self, body: &[u8], place: i64) -> CacheResult<(i64, Option<Hit<Message>>)> {
        let message: Message = serde_json::from_slice(body)?;
        let (seq, time) = (signed(place_of(place)), message.time);
        let answers = self.question.accepts(&message.payload, &message.from, time);
        Ok((time, answers.then_some(Hit { seq, time, message })))
    }

    /// Whether there are more than can be looked at.
    fn look_at_fresh(&self, conv: Option<i64>, candidates: &mut Candidates) -> CacheResult<bool> {
        let (low, high) =
            conv.map_or((i64::MIN, i64::MAX), |key| (place_key(key, 0), place_key(key, super::PLACE_MAX)));
        let mut statement = self.db.prepare_cached(
            "SELECT f.place, m.body FROM search_fresh f JOIN message m ON m.place = f.place
             WHERE f.place BETWEEN ?1 AND ?2 ORDER BY f.place DESC LIMIT ?3",
        )?;
        let mut rows = statement.query([low, high, LOOKS + 1])?;
        let mut count = 0;
        while let Some(row) = rows.next()? {
            count += 1;
            let place: i64 = row.get(0)?;
            let (time, hit) =
                self.answer(row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?, place)?;
            candidates.decide(place >> 40, signed(place_of(place)), time, hit.is_some());
        }
        Ok(count > LOOKS)
    }
}

impl Texts for Copy<'_> {
    type Message = Message;
    type Error = CacheError;

    fn answers(&mut self, conv: i64, places: &[i64]) -> CacheResult<Vec<Hit<Message>>> {
        let mut statement = self.db.prepare_cached("SELECT body FROM message WHERE place = ?1")?;
        let mut hits = Vec::new();
        for seq in places {
            let place = place_key(conv, unsigned(*seq));
            let mut rows = statement.query([place])?;
            if let Some(row) = rows.next()? {
                let body = row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?;
                hits.extend(self.answer(body, place)?.1);
            }
        }
        Ok(hits)
    }
}
