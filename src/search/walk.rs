//! Looking at the texts of candidates, newest first, as far as a page needs, and counting them.
//!
//! What is shown has been looked at, always. What is counted has been looked at too where the index alone cannot tell, up
//! to [`LOOKS`] messages per question; beyond, the index is taken at its word, and the answer says so.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use crate::ask::{Candidates, Part};
use crate::place::{Mask, place_of};

/// Messages looked at for counting.
pub const LOOKS: usize = 400;
/// Messages looked at together.
const TOGETHER: usize = 64;
/// Of each conversation, while its newest hit is looked for; also the hits shown of it where there are several.
const FIRST: usize = 3;

/// A message that answers the question.
#[derive(Clone, Debug)]
pub struct Hit<M> {
    /// Place in its conversation.
    pub seq: i64,
    /// Unix seconds.
    pub time: i64,
    /// The message.
    pub message: M,
}

/// What of a conversation the asker may see.
#[derive(Clone, Debug)]
pub struct Scope {
    /// First place.
    pub low: i64,
    /// Last place.
    pub high: i64,
    /// Places the asker has deleted, whatever their order.
    pub hidden: Vec<i64>,
}

/// By the numbers of the conversations; of others the asker may see nothing.
pub type Scopes = HashMap<i64, Scope>;

/// The messages behind the candidates.
pub trait Texts {
    /// A message.
    type Message;
    /// Why it failed.
    type Error;
    /// Those of the messages at these places that the asker may see and that answer the question, in any order.
    fn answers(&mut self, conv: i64, places: &[i64]) -> Result<Vec<Hit<Self::Message>>, Self::Error>;
}

/// Hits of one conversation.
#[derive(Debug)]
pub struct Page<M> {
    /// Newest first.
    pub hits: Vec<Hit<M>>,
    /// How many there are in all, on other pages too.
    pub total: u64,
    /// That is exact.
    pub is_exact: bool,
    /// There are more below this place.
    pub next: Option<i64>,
}

/// A conversation with hits.
#[derive(Debug)]
pub struct Group<M> {
    /// Number of the conversation.
    pub conv: i64,
    /// How many.
    pub count: u64,
    /// That is exact.
    pub is_exact: bool,
    /// The newest of them, at least one.
    pub hits: Vec<Hit<M>>,
}

/// Where a page of conversations ends: at the time of the newest hit of the last one, and its number.
pub type Mark = (i64, i64);

/// Conversations with hits.
#[derive(Debug)]
pub struct Groups<M> {
    /// That with the newest hit first.
    pub groups: Vec<Group<M>>,
    /// How many conversations there are in all, on other pages too.
    pub total: u64,
    /// That is exact.
    pub is_exact: bool,
    /// There are more behind this one.
    pub next: Option<Mark>,
}

/// A conversation on the way through its candidates.
struct Line<M> {
    conv: i64,
    /// Highest first.
    parts: Vec<Part>,
    /// Candidates below this place have not been looked at on the way down.
    reached: i64,
    hits: Vec<Hit<M>>,
    /// What was found of those that had to be looked at.
    looked: HashMap<i64, bool>,
}

impl<M> Line<M> {
    /// What the asker may see of it; none if nothing.
    fn new(conv: i64, mut parts: Vec<Part>, scope: &Scope) -> Option<Self> {
        for part in &mut parts {
            let mut seen = visible(part.high, scope);
            for hidden in scope.hidden.iter().filter(|seq| *seq >> 8 == part.high) {
                let mut only = Mask::default();
                only.insert(place_of(*hidden));
                seen = seen.minus(only);
            }
            part.sure = part.sure.and(seen);
            part.maybe = part.maybe.and(seen);
        }
        parts.retain(|part| !part.sure.is_empty() || !part.maybe.is_empty());
        parts.sort_by_key(|part| Reverse(part.high));
        let is_empty = parts.is_empty();
        let line = Self { conv, parts, reached: i64::MAX, hits: Vec::new(), looked: HashMap::new() };
        (!is_empty).then_some(line)
    }

    /// No hit further down is newer.
    fn newest(&self) -> Option<i64> {
        let left = self.parts.iter().filter(|part| part.high << 8 < self.reached);
        left.map(|part| part.newest).max()
    }

    /// Looks at the next candidates down from where it is, at most `count`; false at the end.
    fn descend<T: Texts<Message = M>>(&mut self, texts: &mut T, count: usize) -> Result<bool, T::Error> {
        let reached = self.reached;
        let below = self.parts.iter().filter(|part| part.high << 8 < reached);
        let places: Vec<i64> = below
            .flat_map(|part| part.sure.or(part.maybe).down().map(|place| part.high << 8 | i64::from(place)))
            .filter(|seq| *seq < reached)
            .take(count)
            .collect();
        let Some(last) = places.last() else {
            self.reached = 0;
            return Ok(false);
        };
        self.reached = *last;
        let mut hits = self.look(texts, &places)?;
        hits.sort_by_key(|hit| Reverse(hit.seq));
        self.hits.append(&mut hits);
        Ok(true)
    }

    fn look<T: Texts<Message = M>>(
        &mut self,
        texts: &mut T,
        places: &[i64],
    ) -> Result<Vec<Hit<M>>, T::Error> {
        let hits = texts.answers(self.conv, places)?;
        self.looked.extend(places.iter().map(|seq| (*seq, false)));
        self.looked.extend(hits.iter().map(|hit| (hit.seq, true)));
        Ok(hits)
    }

    /// How many answer, and whether that is exact: at most `looks` are looked at.
    fn count<T: Texts<Message = M>>(
        &mut self,
        texts: &mut T,
        looks: &mut usize,
    ) -> Result<(u64, bool), T::Error> {
        let sure: u64 = self.parts.iter().map(|part| part.sure.count()).sum();
        let maybe = |part: &Part| {
            part.maybe.down().map(|place| part.high << 8 | i64::from(place)).collect::<Vec<_>>()
        };
        let open: u64 = self.parts.iter().map(|part| part.maybe.count()).sum();
        if open > (*looks as u64).saturating_add(self.looked.len() as u64) {
            return Ok((sure.saturating_add(open), false));
        }
        let all: Vec<i64> = self.parts.iter().flat_map(maybe).collect();
        let unknown: Vec<i64> = all.iter().copied().filter(|seq| !self.looked.contains_key(seq)).collect();
        *looks = looks.saturating_sub(unknown.len());
        for some in unknown.chunks(TOGETHER * 4) {
            self.look(texts, some)?;
        }
        let found = all.iter().filter(|seq| self.looked.get(seq) == Some(&true)).count();
        Ok((sure.saturating_add(found as u64), true))
    }
}

fn visible(high: i64, scope: &Scope) -> Mask {
    let first = high << 8;
    let (low, top) = (scope.low.max(first), scope.high.min(first | 0xff));
    if low > top { Mask::default() } else { Mask::between(place_of(low), place_of(top)) }
}

/// The hits of one conversation below the place `before`, newest first, at most `count`.
pub fn one<T: Texts>(
    texts: &mut T,
    candidates: Candidates,
    scopes: &Scopes,
    conv: i64,
    before: i64,
    count: usize,
) -> Result<Page<T::Message>, T::Error> {
    let parts = candidates.parts.into_iter().find(|(own, _)| *own == conv).map(|(_, parts)| parts);
    let line = parts.zip(scopes.get(&conv)).and_then(|(parts, scope)| Line::new(conv, parts, scope));
    let Some(mut line) = line else {
        return Ok(Page { hits: Vec::new(), total: 0, is_exact: true, next: None });
    };
    line.reached = before;
    while line.hits.len() <= count {
        let wanted = count.saturating_add(1).saturating_sub(line.hits.len()).max(8);
        if !line.descend(texts, wanted.min(TOGETHER))? {
            break;
        }
    }
    let (total, is_exact) = line.count(texts, &mut { LOOKS })?;
    let mut hits = std::mem::take(&mut line.hits);
    let more = hits.len() > count;
    hits.truncate(count);
    let next = hits.last().map(|hit| hit.seq).filter(|_| more);
    Ok(Page { hits, total, is_exact, next })
}

/// The conversations with hits behind `after`, that with the newest hit first, at most `count`.
pub fn all<T: Texts>(
    texts: &mut T,
    candidates: Candidates,
    scopes: &Scopes,
    after: Option<Mark>,
    count: usize,
) -> Result<Groups<T::Message>, T::Error> {
    let mut lines: HashMap<i64, Line<T::Message>> = HashMap::new();
    // By the time of the newest hit, as far as it is known: nothing in a conversation is newer.
    let mut order: BinaryHeap<(i64, Reverse<i64>)> = BinaryHeap::new();
    for (conv, parts) in candidates.parts {
        if let Some(line) = scopes.get(&conv).and_then(|scope| Line::new(conv, parts, scope)) {
            order.extend(line.newest().map(|newest| (newest, Reverse(conv))));
            lines.insert(conv, line);
        }
    }
    let mut found = Groups { groups: Vec::new(), total: 0, is_exact: true, next: None };
    let (mut looks, mut has_more) = (LOOKS, false);
    while let Some((key, Reverse(conv))) = order.pop() {
        let Some(line) = lines.get_mut(&conv) else { continue };
        let is_full = found.groups.len() >= count;
        if line.hits.is_empty() {
            // Once the page is full, only whether there is one at all matters.
            let is_sure = line.parts.iter().any(|part| !part.sure.is_empty());
            if is_full && (is_sure || looks == 0) {
                found.total = found.total.saturating_add(1);
                found.is_exact &= is_sure;
                has_more = true;
                continue;
            }
            let before = line.looked.len();
            line.descend(texts, FIRST)?;
            if is_full {
                looks = looks.saturating_sub(line.looked.len().saturating_sub(before));
            }
            let newest = line.hits.first().map(|hit| hit.time).or_else(|| line.newest());
            order.extend(newest.map(|newest| (newest.min(key), Reverse(conv))));
            continue;
        }
        found.total = found.total.saturating_add(1);
        let is_behind = after.is_none_or(|(time, last)| (Reverse(key), conv) > (Reverse(time), last));
        if is_full || !is_behind {
            has_more |= is_full;
            continue;
        }
        let Some(mut line) = lines.remove(&conv) else { continue };
        let (count, is_exact) = line.count(texts, &mut looks)?;
        let hits = std::mem::take(&mut line.hits);
        found.groups.push(Group { conv, count, is_exact, hits });
        found.next = Some((key, conv));
    }
    found.next.take_if(|_| !has_more);
    Ok(found)
}
