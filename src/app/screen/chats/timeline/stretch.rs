//! The stretch of a conversation that is in memory, and what of it is read from the cache next.
//!
//! Only a few hundred rows around the viewport are kept. What lies before and after is represented by as
//! many empty places as there are messages, so that the scrollbar is right from the start and can be dragged
//! anywhere: an empty place that comes into view is a reason to read the stretch around it.
//!
//! One read is under way at a time; what is wanted meanwhile waits. A read carries a number, and the answer
//! to an older one is dropped.

use std::collections::HashMap;

use hallway_client::model::Around;
use hallway_client::{Timeline, TimelineItem};
use hallway_protocol::MessageId;

use super::rows::{Key, Row, Rows, Surroundings};

/// Messages per read.
pub const PAGE: usize = 80;
/// Rows that are kept at most.
pub const MOST: usize = 400;
/// The next page is read when so few rows are left in one direction.
const AHEAD: usize = 50;

/// A read of the cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Read {
    /// Its number.
    pub number: u64,
    /// Somewhere else than what is in memory.
    elsewhere: bool,
    /// Where.
    pub around: Around,
    /// Messages before that place.
    pub before: usize,
    /// Messages from that place on.
    pub after: usize,
    how: Merge,
}

/// What is done with the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Merge {
    Replace,
    Older,
    Newer,
}

/// What is to be read, the most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Want {
    /// Somewhere else: around this place, or the end.
    Elsewhere(Option<u64>),
    /// The same stretch again.
    Again,
    Older,
    Newer,
}

/// The stretch.
#[derive(Debug, Default)]
pub struct Stretch {
    items: Vec<TimelineItem>,
    has_older: bool,
    has_newer: bool,
    /// Place of the newest message there is.
    head: u64,
    rows: Rows,
    loaded: bool,
    wants: Vec<Want>,
    reading: Option<Read>,
    reads: u64,
    /// The viewport is at the end, so older rows may go.
    at_end: bool,
    /// Nothing is forgotten: there is a selection that may reach anywhere.
    hold: bool,
}

/// What an answer brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrived {
    /// Another stretch: around this place, or the end.
    Elsewhere(Option<u64>),
    /// The same stretch as before, with changes at most at its ends.
    Here,
}

impl Stretch {
    /// Whether anything has been read yet.
    pub fn is_loaded(&self) -> bool {
        self.loaded
    }

    /// Whether the newest message is in memory.
    pub fn reaches_end(&self) -> bool {
        self.loaded && !self.has_newer
    }

    /// The rows in memory.
    pub fn rows(&self) -> &Rows {
        &self.rows
    }

    /// The items in memory.
    pub fn items(&self) -> &[TimelineItem] {
        &self.items
    }

    /// Place of the newest message there is.
    pub fn set_head(&mut self, head: u64) {
        self.head = self.head.max(head);
    }

    fn first(&self) -> Option<u64> {
        self.items.iter().find_map(first_place)
    }

    fn last(&self) -> Option<u64> {
        self.items.iter().rev().find_map(last_place)
    }

    /// Empty places before the rows.
    fn before(&self) -> usize {
        let first = self.first().filter(|_| self.has_older).unwrap_or(1);
        usize::try_from(first.saturating_sub(1)).unwrap_or(0)
    }

    /// Empty places after the rows.
    fn after(&self) -> usize {
        let last = self.last().filter(|_| self.has_newer).unwrap_or(self.head);
        usize::try_from(self.head.saturating_sub(last)).unwrap_or(0)
    }

    /// Rows and empty places together.
    pub fn len(&self) -> usize {
        self.before() + self.rows.len() + self.after()
    }

    /// Whether there is nothing at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The row at a place of the list; none for an empty place.
    pub fn row(&self, index: usize) -> Option<&Row> {
        self.rows.get(index.checked_sub(self.before())?)
    }

    /// The key of a place of the list.
    pub fn key(&self, index: usize) -> Key {
        let before = self.before();
        match index.checked_sub(before) {
            None => Key::Empty(index as u64 + 1),
            Some(place) => self.rows.get(place).map_or_else(
                || Key::Empty(self.last().unwrap_or(0) + (place - self.rows.len()) as u64 + 1),
                Row::key,
            ),
        }
    }

    /// Where the row with a key is in the list. An empty place that has been filled is where the message
    /// with its number is now.
    pub fn index(&self, key: &Key) -> Option<usize> {
        let Key::Empty(place) = key else { return Some(self.before() + self.rows.place(key)?) };
        let (Some(first), Some(last)) = (self.first(), self.last()) else { return None };
        if self.has_older && *place < first {
            usize::try_from(place.saturating_sub(1)).ok()
        } else if *place <= last || !self.has_newer {
            Some(self.before() + self.rows.at_sequence(*place)?)
        } else {
            let index = self.before() + self.rows.len() + usize::try_from(place - last - 1).ok()?;
            (index < self.len()).then_some(index)
        }
    }

    /// The list shows these places now: reads what is about to be needed.
    pub fn viewport(&mut self, first: usize, last: usize, at_end: bool) {
        self.at_end = at_end && !self.has_newer;
        if !self.loaded {
            return;
        }
        let (start, end) = (self.before(), self.before() + self.rows.len());
        if last < start || first >= end {
            if let Key::Empty(place) = self.key((first + last) / 2) {
                self.want(Want::Elsewhere(Some(place)));
            }
            return;
        }
        if self.has_older && first < start + AHEAD {
            self.want(Want::Older);
        }
        if self.has_newer && last + AHEAD >= end {
            self.want(Want::Newer);
        }
    }

    /// Goes to the message at this place, or to the end.
    pub fn go(&mut self, sequence: Option<u64>) {
        self.wants.retain(|want| !matches!(want, Want::Elsewhere(_)));
        self.want(Want::Elsewhere(sequence));
    }

    /// Something in the conversation changed: reads the same stretch again.
    pub fn refresh(&mut self) {
        if self.loaded {
            self.want(Want::Again);
        }
    }

    fn want(&mut self, want: Want) {
        if !self.wants.contains(&want) {
            self.wants.push(want);
            self.wants.sort_unstable();
        }
    }

    /// The next read, if one is wanted and none is under way.
    pub fn next_read(&mut self) -> Option<Read> {
        if self.reading.is_some() || self.wants.is_empty() {
            return None;
        }
        let want = self.wants.remove(0);
        let (around, before, after, how) = match want {
            Want::Elsewhere(None) => (Around::Latest, PAGE, 0, Merge::Replace),
            Want::Elsewhere(Some(place)) => (Around::Sequence(place), PAGE / 2, PAGE, Merge::Replace),
            Want::Again => self.again(),
            Want::Older => (Around::Sequence(self.first()?), PAGE, 0, Merge::Older),
            Want::Newer => (Around::Sequence(self.last()? + 1), 0, PAGE, Merge::Newer),
        };
        self.reads += 1;
        let elsewhere = matches!(want, Want::Elsewhere(_));
        let read = Read { number: self.reads, elsewhere, around, before, after, how };
        self.reading = Some(read);
        Some(read)
    }

    /// The stretch that is shown, with room for what is new at its end.
    fn again(&self) -> (Around, usize, usize, Merge) {
        let stored = self.items.iter().filter(|item| first_place(item).is_some()).count();
        match self.first() {
            Some(first) if self.has_newer || self.hold || (!self.at_end && stored >= MOST) => {
                let most = if self.hold { stored + PAGE } else { MOST };
                (Around::Sequence(first), 0, (stored + PAGE).min(most), Merge::Replace)
            }
            _ => (Around::Latest, if self.at_end { PAGE } else { stored + PAGE }, 0, Merge::Replace),
        }
    }

    /// Whether nothing may be forgotten.
    pub fn set_hold(&mut self, hold: bool) {
        self.hold = hold;
    }

    /// Takes the answer to a read. None if it is not the one that is waited for.
    pub fn answer(&mut self, number: u64, timeline: Timeline, around: Surroundings<'_>) -> Option<Arrived> {
        let read = self.reading.take_if(|read| read.number == number)?;
        match read.how {
            Merge::Replace => {
                self.items = timeline.items;
                self.has_older = timeline.has_older;
                self.has_newer = timeline.has_newer;
            }
            Merge::Older => {
                self.join(timeline.items, true);
                self.has_older = timeline.has_older;
            }
            Merge::Newer => {
                self.join(timeline.items, false);
                self.has_newer = timeline.has_newer;
            }
        }
        self.loaded = true;
        self.head = self.head.max(self.last().unwrap_or(0));
        self.rebuild(around);
        Some(match read.around {
            _ if !read.elsewhere => Arrived::Here,
            Around::Latest => Arrived::Elsewhere(None),
            Around::Sequence(place) => Arrived::Elsewhere(Some(place)),
        })
    }

    /// The read failed; it may be asked for again.
    pub fn failed(&mut self, number: u64) {
        self.reading.take_if(|read| read.number == number);
    }

    /// Lays the rows out again: another day, language or divider.
    pub fn rebuild(&mut self, mut around: Surroundings<'_>) {
        around.complete = self.loaded && !self.has_older;
        self.rows = Rows::build(&self.items, around, &self.rows);
    }

    /// Puts a page before or after what is there. The newer state of a message wins, and the far end is cut.
    fn join(&mut self, page: Vec<TimelineItem>, older: bool) {
        let fresh: HashMap<&MessageId, ()> = page.iter().filter_map(id).map(|id| (id, ())).collect();
        let overlaps = |item: &TimelineItem| match item {
            TimelineItem::Hole { .. } => false,
            other => id(other).is_some_and(|id| fresh.contains_key(id)),
        };
        // Holes at the seam are described anew by the page.
        let (low, high) = (page.iter().find_map(first_place), page.iter().rev().find_map(last_place));
        let covered = |item: &TimelineItem| {
            matches!((item, low, high), (TimelineItem::Hole { from_seq, to_seq }, Some(low), Some(high))
                if *from_seq >= low && *to_seq <= high)
        };
        let kept: Vec<_> = self.items.drain(..).filter(|item| !overlaps(item) && !covered(item)).collect();
        self.items = if older {
            page.into_iter().chain(kept).collect()
        } else {
            kept.into_iter().chain(page).collect()
        };
        if self.items.len() > MOST && !self.hold {
            let excess = self.items.len() - MOST;
            if older {
                self.items.truncate(MOST);
                self.has_newer = true;
            } else {
                self.items.drain(..excess);
                self.has_older = true;
            }
        }
    }
}

fn id(item: &TimelineItem) -> Option<&MessageId> {
    match item {
        TimelineItem::Message(message) | TimelineItem::Outgoing(message, _) => Some(&message.id),
        TimelineItem::Hole { .. } => None,
    }
}

fn first_place(item: &TimelineItem) -> Option<u64> {
    match item {
        TimelineItem::Message(message) => Some(message.sequence),
        TimelineItem::Hole { from_seq, .. } => Some(*from_seq),
        TimelineItem::Outgoing(..) => None,
    }
}

fn last_place(item: &TimelineItem) -> Option<u64> {
    match item {
        TimelineItem::Hole { to_seq, .. } => Some(*to_seq),
        other => first_place(other),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::clock::Clock;
    use crate::screen::chats::sample;

    /// A conversation in the cache: messages with these places, answered as the SDK does.
    fn cache(head: u64, read: Read) -> Timeline {
        let (from, to) = match read.around {
            Around::Latest => (head.saturating_sub(read.before as u64) + 1, head),
            Around::Sequence(place) => {
                (place.saturating_sub(read.before as u64).max(1), (place + read.after as u64 - 1).min(head))
            }
        };
        let items =
            (from..=to).map(|seq| TimelineItem::Message(Arc::new(sample::text("ben", seq, "x")))).collect();
        Timeline { items, has_older: from > 1, has_newer: to < head }
    }

    fn settle(stretch: &mut Stretch, head: u64) {
        let me = sample::user("anna");
        let clock = Clock::fixed(sample::NOW, 0);
        while let Some(read) = stretch.next_read() {
            let around = Surroundings { me: &me, clock, divider: None, complete: false };
            assert!(stretch.answer(read.number, cache(head, read), around).is_some());
        }
    }

    fn opened(head: u64) -> Stretch {
        let mut stretch = Stretch::default();
        stretch.set_head(head);
        stretch.go(None);
        settle(&mut stretch, head);
        stretch
    }

    fn places(stretch: &Stretch) -> (u64, u64) {
        (stretch.first().unwrap(), stretch.last().unwrap())
    }

    #[test]
    fn a_long_conversation_opens_with_one_page() {
        let stretch = opened(100_000);
        assert_eq!(places(&stretch), (99_921, 100_000));
        assert!(stretch.len() > 100_000 && stretch.reaches_end());
        assert_eq!(stretch.key(0), Key::Empty(1));
        assert_eq!(stretch.index(&Key::Empty(5000)), Some(4999));
        for index in [0, 99_919, 99_920, stretch.len() - 1] {
            assert_eq!(stretch.index(&stretch.key(index)), Some(index));
        }
    }

    #[test]
    fn scrolling_up_reads_older_pages_and_forgets_newer_ones() {
        let mut stretch = opened(2000);
        for _ in 0..10 {
            let start = stretch.before();
            stretch.viewport(start + 5, start + 25, false);
            settle(&mut stretch, 2000);
        }
        let (first, last) = places(&stretch);
        assert_eq!((first, last - first + 1), (1121, MOST as u64));
        assert!(!stretch.reaches_end());
        let anchor = stretch.key(stretch.before() + 10);
        let end = stretch.before() + stretch.rows.len();
        stretch.viewport(end - 20, end - 1, false);
        settle(&mut stretch, 2000);
        assert!(places(&stretch).1 > last);
        assert!(stretch.index(&anchor).is_none_or(|index| index < stretch.len()));
    }

    #[test]
    fn the_scrollbar_goes_anywhere() {
        let mut stretch = opened(100_000);
        stretch.viewport(50_000, 50_020, false);
        let shown = stretch.key(50_010);
        settle(&mut stretch, 100_000);
        let (first, last) = places(&stretch);
        assert!(first < 50_000 && last > 50_000);
        let index = stretch.index(&shown).unwrap();
        assert!(stretch.row(index).is_some(), "the empty place is a message now");
    }

    #[test]
    fn a_refresh_brings_what_is_new_and_keeps_what_is_shown() {
        let mut stretch = opened(500);
        stretch.viewport(stretch.before() + 40, stretch.before() + 60, false);
        settle(&mut stretch, 500);
        let (first, _) = places(&stretch);
        stretch.refresh();
        settle(&mut stretch, 530);
        let (again, last) = places(&stretch);
        assert!(again <= first && last == 530);
        stretch.viewport(stretch.len() - 20, stretch.len() - 1, true);
        stretch.refresh();
        settle(&mut stretch, 530);
        assert_eq!(places(&stretch), (451, 530), "at the end only a page is kept");
    }

    #[test]
    fn answers_that_are_not_waited_for_are_dropped() {
        let mut stretch = opened(10);
        let me = sample::user("anna");
        let around = Surroundings { me: &me, clock: Clock::fixed(0, 0), divider: None, complete: false };
        let none = Timeline { items: Vec::new(), has_older: false, has_newer: false };
        assert_eq!(stretch.answer(1, none, around), None);
        assert_eq!(places(&stretch), (1, 10));
        stretch.refresh();
        let read = stretch.next_read().unwrap();
        assert_eq!(stretch.next_read(), None, "one at a time");
        stretch.failed(read.number);
        stretch.refresh();
        assert!(stretch.next_read().is_some());
    }

    #[test]
    fn an_empty_conversation_has_its_beginning_only() {
        let stretch = opened(0);
        assert_eq!(stretch.len(), 1);
        assert_eq!(stretch.row(0), Some(&Row::Start));
    }
}
