//! A stretch of a conversation as it is drawn: messages, holes between them, and what waits to be sent.

use std::sync::Arc;

use hallway_protocol::ConversationId;
use hallway_protocol::conversation::ConversationState;
use rusqlite::{Connection, OptionalExtension};

use super::{CacheResult, conv, messages, outbox, unsigned};
use crate::model::{Around, Timeline, TimelineItem};
use crate::sync::{Ranges, Stretch};

/// A timeline and what should be done about it.
#[derive(Debug)]
pub struct View {
    /// What is drawn.
    pub timeline: Timeline,
    /// Parts of it that may be out of date.
    pub old: Vec<Stretch>,
}

struct Line {
    key: i64,
    low: u64,
    high: u64,
    ranges: Ranges,
}

fn line(db: &Connection, id: &ConversationId) -> CacheResult<Option<Line>> {
    let found: Option<(i64, i64, i64, i64, Vec<u8>)> = db
        .prepare_cached(
            "SELECT conv, seq, min_seq, floor, state FROM conversation WHERE conversation_id = ?1",
        )?
        .query_row([id.to_string()], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
        })
        .optional()?;
    let Some((key, seq, min_seq, floor, state)) = found else { return Ok(None) };
    let state: ConversationState = serde_json::from_slice(&state)?;
    Ok(Some(Line {
        key,
        low: (state.min_seq + 1).max(unsigned(min_seq)).max(unsigned(floor)),
        high: state.max_seq.map_or(unsigned(seq), |max| max.min(unsigned(seq))),
        ranges: conv::ranges(db, key)?,
    }))
}

/// What is drawn of `id`: at most `before` items before the place and `after` behind it; a hole is one item.
pub fn read(
    db: &Connection,
    id: &ConversationId,
    around: Around,
    before: usize,
    after: usize,
) -> CacheResult<View> {
    let waiting = outbox::of(db, id)?;
    let outgoing = waiting.into_iter().map(|out| TimelineItem::Outgoing(out.message, out.failure));
    let Some(line) = line(db, id)? else {
        let timeline = Timeline { items: outgoing.collect(), has_older: false, has_newer: false };
        return Ok(View { timeline, old: Vec::new() });
    };
    let mut old = Vec::new();
    let middle = match around {
        Around::Latest => line.high + 1,
        Around::Sequence(place) => place.clamp(line.low, line.high + 1),
    };
    let (mut items, has_older) = down(db, &line, middle - 1, before, &mut old)?;
    items.reverse();
    let has_newer = match around {
        Around::Latest => false,
        Around::Sequence(_) => {
            let (newer, has_newer) = up(db, &line, middle, after.saturating_add(1), &mut old)?;
            items.extend(newer);
            has_newer
        }
    };
    if !has_newer {
        items.extend(outgoing);
    }
    Ok(View { timeline: Timeline { items, has_older, has_newer }, old })
}

/// Whether every place from `from` to `to` that is for this user is in the local copy.
pub fn is_known(db: &Connection, id: &ConversationId, from: u64, to: u64) -> CacheResult<bool> {
    Ok(match line(db, id)? {
        Some(line) => line.ranges.holes(from.max(line.low), to.min(line.high)).is_empty(),
        None => false,
    })
}

fn down(
    db: &Connection,
    line: &Line,
    mut next: u64,
    mut count: usize,
    old: &mut Vec<Stretch>,
) -> CacheResult<(Vec<TimelineItem>, bool)> {
    let mut items = Vec::new();
    while count > 0 && next >= line.low {
        if let Some(stretch) = line.ranges.at(next) {
            let from = stretch.from.max(line.low);
            let rows = messages::stretch(db, line.key, (from, next), count, true)?;
            let reached = if rows.len() == count { rows.first().map_or(from, |row| row.0) } else { from };
            if stretch.as_of.is_some() {
                old.push(Stretch { from: reached, to: next, as_of: stretch.as_of });
            }
            count -= rows.len();
            items.extend(rows.into_iter().rev().map(|(_, row)| TimelineItem::Message(Arc::new(row))));
            next = reached - 1;
        } else {
            let below = line.ranges.iter().rev().find(|stretch| stretch.to < next);
            let from_seq = below.map_or(line.low, |stretch| (stretch.to + 1).max(line.low));
            items.push(TimelineItem::Hole { from_seq, to_seq: next });
            count -= 1;
            next = from_seq - 1;
        }
    }
    Ok((items, next >= line.low))
}

fn up(
    db: &Connection,
    line: &Line,
    mut next: u64,
    mut count: usize,
    old: &mut Vec<Stretch>,
) -> CacheResult<(Vec<TimelineItem>, bool)> {
    let mut items = Vec::new();
    while count > 0 && next <= line.high {
        if let Some(stretch) = line.ranges.at(next) {
            let to = stretch.to.min(line.high);
            let rows = messages::stretch(db, line.key, (next, to), count, false)?;
            let reached = if rows.len() == count { rows.last().map_or(to, |row| row.0) } else { to };
            if stretch.as_of.is_some() {
                old.push(Stretch { from: next, to: reached, as_of: stretch.as_of });
            }
            count -= rows.len();
            items.extend(rows.into_iter().map(|(_, row)| TimelineItem::Message(Arc::new(row))));
            next = reached + 1;
        } else {
            let above = line.ranges.iter().find(|stretch| stretch.from > next);
            let to_seq = above.map_or(line.high, |stretch| (stretch.from - 1).min(line.high));
            items.push(TimelineItem::Hole { from_seq: next, to_seq });
            count -= 1;
            next = to_seq + 1;
        }
    }
    Ok((items, next <= line.high))
}
