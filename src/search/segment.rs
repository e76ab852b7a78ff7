//! Writing the index: batches of messages become segments, segments of a size are merged into larger ones, step by step.
//!
//! What is to be written is worked out first ([`Change`]), on whatever thread and transaction reads the tables, and
//! then written in one transaction, if the index is still what it was. A step of a merge moves the lists of the lowest
//! terms; between steps each list stands in one of the two places, so a question need not know of it.

use std::collections::{BTreeMap, HashMap, HashSet};

use hallway_protocol::UserId;
use hallway_protocol::method::MessageKind;

use crate::block::Block;
use crate::fold::fold;
use crate::page::{self, Packer, Row};
use crate::place::{Mask, Set, place_of};
use crate::tables::{Arg, Tables};
use crate::term::{Term, terms};

/// Segments of a size that are merged into one.
const FAN: usize = 8;
/// A segment of more messages stays as it is: a merge is to end in reasonable time.
const LARGEST: i64 = 1 << 21;

/// A merge leaves out what is no more where it looks up at most so many blocks for each that it needs.
const SPREAD: i64 = 8;

/// A message for the index.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Number of the conversation.
    pub conv: i64,
    /// Place in it.
    pub seq: i64,
    /// Unix seconds.
    pub time: i64,
    /// Sender.
    pub from: UserId,
    /// Its kind and its words, unless it cannot be found any more.
    pub words: Option<(MessageKind, String)>,
    /// Who finds it has to be asked of the message: it is not for everybody.
    pub is_doubtful: bool,
}

/// What is to be written, and the state of the index it was worked out from.
#[derive(Debug)]
pub struct Change {
    version: i64,
    segment: i64,
    block: i64,
    statements: Vec<(&'static str, Vec<Arg>)>,
}

#[derive(Clone, Copy)]
struct State {
    version: i64,
    segment: i64,
    block: i64,
}

fn state<T: Tables>(tables: &mut T) -> Result<State, T::Error> {
    let mut state = State { version: 0, segment: 0, block: 0 };
    tables.each("SELECT version, segment, block FROM search_state WHERE id = 1", &[], &mut |row| {
        state = State { version: row.int(0)?, segment: row.int(1)?, block: row.int(2)? };
        Ok(())
    })?;
    Ok(state)
}

impl Change {
    fn of(state: State) -> Self {
        let State { version, segment, block } = state;
        Self { version, segment, block, statements: Vec::new() }
    }

    fn run(&mut self, sql: &'static str, args: Vec<Arg>) {
        self.statements.push((sql, args));
    }

    fn insert(&mut self, segment: i64, rows: Vec<Row>) {
        for row in rows {
            self.run(
                "INSERT INTO search_page (segment, term, part, body) VALUES ($1, $2, $3, $4)",
                vec![segment.into(), row.term.0.into(), row.part.into(), row.body.into()],
            );
        }
    }

    /// Writes it; false if the index has changed since: then nothing is written.
    pub fn write<T: Tables>(&self, tables: &mut T) -> Result<bool, T::Error> {
        let moved = tables.execute(
            "UPDATE search_state SET version = version + 1, segment = $2, block = $3 WHERE id = 1 AND version = $1",
            &[self.version.into(), self.segment.into(), self.block.into()],
        )?;
        if moved == 0 {
            return Ok(false);
        }
        for (sql, args) in &self.statements {
            tables.execute(sql, args)?;
        }
        Ok(true)
    }
}

/// Works out how messages come into the index: at most some thousands at a time, each place once.
pub fn add<T: Tables>(tables: &mut T, entries: &[Entry]) -> Result<Change, T::Error> {
    let mut change = Change::of(state(tables)?);
    let mut groups: BTreeMap<(i64, i64), Vec<&Entry>> = BTreeMap::new();
    for entry in entries {
        groups.entry((entry.conv, entry.seq >> 8)).or_default().push(entry);
    }
    let mut postings: Vec<(Term, i64)> = Vec::new();
    let mut own = Vec::new();
    for ((conv, high), entries) in groups {
        let mut known = None;
        tables.each(
            "SELECT block, conv_id, high, from_time, to_time, members, doubt FROM search_block \
             WHERE conv_id = $1 AND high = $2",
            &[conv.into(), high.into()],
            &mut |row| {
                known = Some(Block::read(row)?);
                Ok(())
            },
        )?;
        let found = entries.iter().filter(|entry| entry.words.is_some());
        let times = || found.clone().map(|entry| entry.time);
        let mut block = match (known, times().min(), times().max()) {
            (Some(block), from, to) => Block {
                from: from.map_or(block.from, |it| it.min(block.from)),
                to: to.map_or(block.to, |it| it.max(block.to)),
                ..block
            },
            (None, Some(from), Some(to)) => {
                change.block = change.block.saturating_add(1);
                let (members, doubt) = (Mask::default(), Mask::default());
                Block { number: change.block, conv, high, from, to, members, doubt }
            }
            _ => continue,
        };
        for entry in entries {
            let place = place_of(entry.seq);
            let mut only = Mask::default();
            only.insert(place);
            if entry.is_doubtful || block.members.contains(place) || block.doubt.contains(place) {
                block.doubt.insert(place);
            }
            let Some((kind, words)) = &entry.words else {
                if block.members.contains(place) {
                    block.members = block.members.minus(only);
                }
                continue;
            };
            block.members.insert(place);
            own.clear();
            terms(&fold(words), &mut own);
            own.extend([Term::kind(*kind), Term::sender(&entry.from)]);
            let number = block.number << 8 | i64::from(place);
            postings.extend(own.iter().map(|term| (*term, number)));
        }
        store(&mut change, &block, known.is_some());
    }
    if postings.is_empty() {
        return Ok(change);
    }
    postings.sort_unstable();
    let mut packer = Packer::default();
    let mut list = Vec::new();
    for same in postings.chunk_by(|one, next| one.0 == next.0) {
        list.clear();
        list.extend(same.iter().map(|(_, number)| *number));
        if let Some((term, _)) = same.first() {
            packer.list(*term, &list);
        }
    }
    change.segment = change.segment.saturating_add(1);
    let (segment, messages) = (change.segment, i64::try_from(entries.len()).unwrap_or(i64::MAX));
    change.run(
        "INSERT INTO search_segment (segment, messages, target) VALUES ($1, $2, NULL)",
        vec![segment.into(), messages.into()],
    );
    change.insert(segment, packer.finish());
    Ok(change)
}

fn store(change: &mut Change, block: &Block, is_known: bool) {
    let (members, doubt) = (block.members.to_bytes().to_vec(), block.doubt.to_bytes().to_vec());
    let args: Vec<Arg> = vec![
        block.number.into(),
        block.conv.into(),
        block.high.into(),
        block.from.into(),
        block.to.into(),
        members.into(),
        doubt.into(),
    ];
    if is_known {
        change.run(
            "UPDATE search_block SET from_time = $4, to_time = $5, members = $6, doubt = $7 \
             WHERE block = $1 AND conv_id = $2 AND high = $3",
            args,
        );
    } else {
        change.run(
            "INSERT INTO search_block (block, conv_id, high, from_time, to_time, members, doubt) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            args,
        );
    }
}

/// Works out the next step of merging, reading about so many rows of each segment; none if there is nothing to merge.
pub fn merge<T: Tables>(tables: &mut T, rows: usize) -> Result<Option<Change>, T::Error> {
    let state = state(tables)?;
    let mut segments: Vec<(i64, i64, i64)> = Vec::new();
    tables.each(
        "SELECT segment, messages, COALESCE(target, 0) FROM search_segment ORDER BY segment",
        &[],
        &mut |row| {
            segments.push((row.int(0)?, row.int(1)?, row.int(2)?));
            Ok(())
        },
    )?;
    // One merge at a time.
    if let Some(target) = segments.iter().map(|(_, _, target)| *target).max().filter(|target| *target > 0) {
        let inputs =
            segments.iter().filter(|(_, _, into)| *into == target).map(|(segment, _, _)| *segment).collect();
        return step(tables, state, inputs, target, rows).map(Some);
    }
    let mut sizes: BTreeMap<u32, Vec<(i64, i64)>> = BTreeMap::new();
    for (segment, messages, _) in segments.iter().filter(|(_, messages, _)| *messages < LARGEST) {
        sizes.entry(messages.max(&1).ilog2() / 3).or_default().push((*segment, *messages));
    }
    let Some(merged) = sizes.into_values().find(|same| same.len() >= FAN) else { return Ok(None) };
    let mut change = Change::of(state);
    change.segment = change.segment.saturating_add(1);
    let messages = merged.iter().fold(0_i64, |sum, (_, messages)| sum.saturating_add(*messages));
    change.run(
        "INSERT INTO search_segment (segment, messages, target) VALUES ($1, $2, NULL)",
        vec![change.segment.into(), messages.into()],
    );
    for (segment, _) in merged {
        change.run(
            "UPDATE search_segment SET target = $2 WHERE segment = $1",
            vec![segment.into(), change.segment.into()],
        );
    }
    Ok(Some(change))
}

fn step<T: Tables>(
    tables: &mut T,
    state: State,
    inputs: Vec<i64>,
    target: i64,
    mut wanted: usize,
) -> Result<Change, T::Error> {
    loop {
        let mut read: Vec<(i64, Vec<Row>)> = Vec::new();
        // Everything below is in what was read.
        let mut bound: Option<Term> = None;
        for segment in &inputs {
            let mut rows = Vec::new();
            tables.each(
                "SELECT term, part, body FROM search_page WHERE segment = $1 ORDER BY term, part LIMIT $2",
                &[(*segment).into(), i64::try_from(wanted).unwrap_or(i64::MAX).into()],
                &mut |row| {
                    rows.push(Row {
                        term: Term(row.int(0)?),
                        part: row.int(1)?,
                        body: row.bytes(2)?.to_vec(),
                    });
                    Ok(())
                },
            )?;
            if let Some(last) = rows.last().filter(|_| rows.len() >= wanted) {
                bound = Some(bound.map_or(last.term, |bound| bound.min(last.term)));
            }
            read.push((*segment, rows));
        }
        let below = |term: Term| bound.is_none_or(|bound| term < bound);
        if bound.is_some() && !read.iter().any(|(_, rows)| rows.iter().any(|row| below(row.term))) {
            // One list fills all of it.
            wanted = wanted.saturating_mul(2);
            continue;
        }
        let known = living(tables, &read)?;
        return Ok(move_lists(Change::of(state), read, target, bound, known.as_ref()));
    }
}

/// The blocks in these rows that are still there; nothing where they lie so far apart that asking for them would cost more
/// than leaving out the messages of the others saves.
fn living<T: Tables>(tables: &mut T, read: &[(i64, Vec<Row>)]) -> Result<Option<HashSet<i64>>, T::Error> {
    let mut blocks: HashSet<i64> = HashSet::new();
    for row in read.iter().flat_map(|(_, rows)| rows) {
        page::read(row.term, row.part, &row.body, |_, numbers| {
            blocks.extend(numbers.map(|number| number >> 8))
        });
    }
    let (Some(first), Some(last)) = (blocks.iter().min(), blocks.iter().max()) else { return Ok(None) };
    let count = i64::try_from(blocks.len()).unwrap_or(i64::MAX);
    if last.saturating_sub(*first) > count.saturating_mul(SPREAD) {
        return Ok(None);
    }
    let mut known = HashSet::new();
    tables.each(
        "SELECT block FROM search_block WHERE block >= $1 AND block <= $2",
        &[(*first).into(), (*last).into()],
        &mut |row| {
            known.insert(row.int(0)?);
            Ok(())
        },
    )?;
    Ok(Some(known))
}

fn move_lists(
    mut change: Change,
    read: Vec<(i64, Vec<Row>)>,
    target: i64,
    bound: Option<Term>,
    known: Option<&HashSet<i64>>,
) -> Change {
    let below = |term: Term| bound.is_none_or(|bound| term < bound);
    let mut lists: BTreeMap<Term, Vec<i64>> = BTreeMap::new();
    for (segment, rows) in read {
        let mut left = Packer::default();
        let mut scratch = Vec::new();
        for row in rows.iter().filter(|row| below(row.term)) {
            page::read(row.term, row.part, &row.body, |term, numbers| {
                if below(term) {
                    lists.entry(term).or_default().extend(
                        numbers.filter(|number| known.is_none_or(|known| known.contains(&(number >> 8)))),
                    );
                } else {
                    scratch.clear();
                    scratch.extend(numbers);
                    left.list(term, &scratch);
                }
            });
        }
        match bound {
            Some(bound) => {
                change.run(
                    "DELETE FROM search_page WHERE segment = $1 AND term < $2",
                    vec![segment.into(), bound.0.into()],
                );
                change.insert(segment, left.finish());
            }
            None => {
                change.run("DELETE FROM search_page WHERE segment = $1", vec![segment.into()]);
                change.run("DELETE FROM search_segment WHERE segment = $1", vec![segment.into()]);
            }
        }
    }
    let mut packer = Packer::default();
    for (term, mut list) in lists.into_iter().filter(|(_, list)| !list.is_empty()) {
        list.sort_unstable();
        list.dedup();
        packer.list(term, &list);
    }
    change.insert(target, packer.finish());
    change
}

/// Reads the lists of all terms from `low` to `high`, both included, as far as their blocks are known.
pub fn find<T: Tables>(
    tables: &mut T,
    (low, high): (Term, Term),
    blocks: &HashMap<i64, Block>,
) -> Result<Set, T::Error> {
    // A list may stand in a row that begins with a lower term. One question for all segments together would be one that
    // PostgreSQL answers by reading the whole table.
    let mut begins = Vec::new();
    tables.each(
        "SELECT s.segment, COALESCE((SELECT MAX(p.term) FROM search_page p WHERE p.segment = s.segment AND p.term < $1), $1) \
         FROM search_segment s",
        &[low.0.into()],
        &mut |row| {
            begins.push((row.int(0)?, row.int(1)?));
            Ok(())
        },
    )?;
    let mut found = Set::default();
    for (segment, begin) in begins {
        tables.each(
            "SELECT term, part, body FROM search_page \
             WHERE segment = $1 AND term >= $2 AND term <= $3 AND (term >= $4 OR part = 0)",
            &[segment.into(), begin.into(), high.0.into(), low.0.into()],
            &mut |row| {
                page::read(Term(row.int(0)?), row.int(1)?, row.bytes(2)?, |term, numbers| {
                    if (low..=high).contains(&term) {
                        found.extend(numbers, |block| blocks.contains_key(&block));
                    }
                });
                Ok(())
            },
        )?;
    }
    Ok(found)
}
