//! From the messages of a stretch to the rows that are shown: days, groups of one sender, the unread
//! divider, tips merged in runs, holes.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use chrono::NaiveDate;
use hallway_client::TimelineItem;
use hallway_protocol::card::Card;
use hallway_protocol::message::Payload;
use hallway_protocol::tip::{GroupTip, TipType};
use hallway_protocol::{ChatError, Message, MessageId, UserId};

use crate::clock::Clock;
use crate::screen::chats::card::card_of;
use crate::screen::chats::{attach, words};
use crate::text::markdown::Document;

/// Longest pause, in seconds, inside a group of messages of one sender.
const GROUP_GAP: i64 = 5 * 60;

/// The identity of a row: it keeps its place while rows come and go around it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Key {
    /// The beginning of the conversation.
    Start,
    /// The first message of a day.
    Day(NaiveDate),
    /// The unread divider.
    Unread,
    /// A message, or the first one of a run of tips.
    Message(MessageId),
    /// A hole that begins at this place.
    Hole(u64),
    /// The place of a message that is not in memory.
    Empty(u64),
}

/// One row of the timeline.
#[derive(Debug, Clone, PartialEq)]
pub enum Row {
    /// Nothing is older than this.
    Start,
    /// A new day begins.
    Day(NaiveDate),
    /// From here on it was unread when the conversation was opened.
    Unread,
    /// What the server says, in one centred line.
    Tip(TipRow),
    /// What a person says.
    Message(Box<MessageRow>),
    /// Messages that are not here yet.
    Hole {
        /// First missing place.
        from_seq: u64,
        /// Last missing place.
        to_seq: u64,
    },
}

/// A line about one or several tips, or in the place of a recalled message.
#[derive(Debug, Clone, PartialEq)]
pub struct TipRow {
    /// The messages it stands for.
    pub messages: Vec<Arc<Message>>,
    /// The sentence.
    pub text: String,
}

/// A message with what depends on its neighbours.
#[derive(Debug, Clone, PartialEq)]
pub struct MessageRow {
    /// The message.
    pub message: Arc<Message>,
    /// Its words, where it is a text.
    pub words: Option<Arc<Document>>,
    /// Its card, where it is one of ours.
    pub card: Option<Card>,
    /// Not at the server yet.
    pub outgoing: bool,
    /// Why it was not sent.
    pub failure: Option<ChatError>,
    /// From the viewer.
    pub own: bool,
    /// First of its group: with avatar and name.
    pub first: bool,
    /// Last of its group.
    pub last: bool,
    /// The other pictures of its album, in order.
    pub album: Vec<MessageRow>,
}

impl MessageRow {
    /// Itself, and the other pictures of its album.
    pub fn pieces(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(&self.album)
    }
}

/// What the rows depend on besides the messages.
#[derive(Debug, Clone, Copy)]
pub struct Surroundings<'a> {
    /// Who is looking.
    pub me: &'a UserId,
    /// Zone of the days.
    pub clock: Clock,
    /// Read up to here when the conversation was opened, if there was more.
    pub divider: Option<u64>,
    /// The stretch begins with the first message there is.
    pub complete: bool,
}

/// The rows of a stretch, findable by key.
#[derive(Debug, Clone, Default)]
pub struct Rows {
    rows: Vec<Row>,
    index: HashMap<Key, usize>,
}

impl Row {
    /// Its identity.
    pub fn key(&self) -> Key {
        match self {
            Self::Start => Key::Start,
            Self::Day(day) => Key::Day(*day),
            Self::Unread => Key::Unread,
            Self::Tip(tip) => tip.messages.first().map_or(Key::Start, |m| Key::Message(m.id.clone())),
            Self::Message(row) => Key::Message(row.message.id.clone()),
            Self::Hole { from_seq, .. } => Key::Hole(*from_seq),
        }
    }

    /// The places it stands for, if any.
    pub fn sequences(&self) -> Option<Range<u64>> {
        match self {
            Self::Tip(tip) => {
                let (first, last) = (tip.messages.first()?, tip.messages.last()?);
                Some(first.sequence..last.sequence + 1)
            }
            Self::Message(row) if row.message.sequence > 0 => {
                let last = row.album.last().map_or(row.message.sequence, |piece| piece.message.sequence);
                // The last ones may still be on their way.
                Some(row.message.sequence..last.max(row.message.sequence) + 1)
            }
            Self::Hole { from_seq, to_seq } => Some(*from_seq..to_seq.saturating_add(1)),
            _ => None,
        }
    }

    /// The message, if it is the row of one.
    pub fn message(&self) -> Option<&MessageRow> {
        match self {
            Self::Message(row) => Some(row),
            _ => None,
        }
    }
}

impl Rows {
    /// Lays the items of a stretch (oldest first) out as rows. What was read of a message for the rows `before` is not
    /// read again.
    pub fn build(items: &[TimelineItem], around: Surroundings<'_>, before: &Self) -> Self {
        let rows = Vec::with_capacity(items.len() + 8);
        let mut builder = Builder { rows, before, around, day: None, divided: false };
        if around.complete {
            builder.rows.push(Row::Start);
        }
        for item in items {
            builder.item(item);
        }
        let rows = builder.rows;
        let mut index = HashMap::with_capacity(rows.len());
        for (place, row) in rows.iter().enumerate() {
            index.insert(row.key(), place);
            match row {
                Row::Tip(tip) => {
                    index.extend(tip.messages.iter().map(|message| (Key::Message(message.id.clone()), place)))
                }
                Row::Message(row) => index
                    .extend(row.album.iter().map(|piece| (Key::Message(piece.message.id.clone()), place))),
                _ => {}
            }
        }
        Self { rows, index }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The row at a place.
    pub fn get(&self, place: usize) -> Option<&Row> {
        self.rows.get(place)
    }

    /// All of them, in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Row> {
        self.rows.iter()
    }

    /// Where the row with this key is. A tip is found by any message of its run.
    pub fn place(&self, key: &Key) -> Option<usize> {
        self.index.get(key).copied()
    }

    /// The row with the message at this sequence, or the nearest one after it.
    pub fn at_sequence(&self, sequence: u64) -> Option<usize> {
        self.rows.iter().position(|row| row.sequences().is_some_and(|places| places.end > sequence))
    }

    /// The row of a message.
    pub fn message(&self, id: &MessageId) -> Option<&MessageRow> {
        let row = self.get(self.place(&Key::Message(id.clone()))?)?.message()?;
        row.pieces().find(|piece| piece.message.id == *id)
    }
}

struct Builder<'a> {
    rows: Vec<Row>,
    before: &'a Rows,
    around: Surroundings<'a>,
    day: Option<NaiveDate>,
    divided: bool,
}

impl Builder<'_> {
    fn item(&mut self, item: &TimelineItem) {
        match item {
            TimelineItem::Hole { from_seq, to_seq } => {
                self.divide(*to_seq, true);
                self.rows.push(Row::Hole { from_seq: *from_seq, to_seq: *to_seq });
            }
            TimelineItem::Message(message) => self.message(message, false, None),
            TimelineItem::Outgoing(message, failure) => self.message(message, true, failure.clone()),
        }
    }

    /// Puts the unread divider before the first thing that was unread.
    fn divide(&mut self, sequence: u64, counts: bool) {
        if let Some(read) = self.around.divider
            && !self.divided
            && sequence > read
            && counts
        {
            self.divided = true;
            self.rows.push(Row::Unread);
        }
    }

    fn message(&mut self, message: &Arc<Message>, outgoing: bool, failure: Option<ChatError>) {
        let day = self.around.clock.day(message.time);
        if self.day != Some(day) {
            self.day = Some(day);
            self.rows.push(Row::Day(day));
        }
        let own = message.from == *self.around.me;
        self.divide(message.sequence, !own && !outgoing);
        if let Some(text) = words::sentence(message, self.around.me) {
            self.tip(message, text);
            return;
        }
        let follows = match self.rows.last_mut() {
            Some(Row::Message(before))
                if before.message.from == message.from
                    && (0..=GROUP_GAP).contains(&(message.time - before.message.time)) =>
            {
                before.last = false;
                true
            }
            _ => false,
        };
        let known = self.before.message(&message.id).filter(|row| row.message.payload == message.payload);
        let (words, card) = match known {
            Some(row) => (row.words.clone(), row.card.clone()),
            None => (words(message), card_of(message)),
        };
        let row = MessageRow {
            words,
            card,
            message: Arc::clone(message),
            outgoing,
            failure,
            own,
            first: !follows,
            last: true,
            album: Vec::new(),
        };
        match self.rows.last_mut() {
            Some(Row::Message(before)) if follows && attach::is_same_album(before, &row) => {
                before.last = true;
                before.album.push(row);
            }
            _ => self.rows.push(Row::Message(Box::new(row))),
        }
    }

    fn tip(&mut self, message: &Arc<Message>, text: String) {
        if let Some(Row::Tip(run)) = self.rows.last_mut()
            && let Some(merged) = merge(run, message, self.around.me)
        {
            run.messages.push(Arc::clone(message));
            run.text = merged;
            return;
        }
        self.rows.push(Row::Tip(TipRow { messages: vec![Arc::clone(message)], text }));
    }
}

/// The sentence of a run with one more tip, if they belong together: the same thing happened, caused by the
/// same person where that is told.
fn merge(run: &TipRow, next: &Message, me: &UserId) -> Option<String> {
    let tips: Vec<&GroupTip> =
        run.messages.iter().map(Arc::as_ref).chain([next]).map(tip).collect::<Option<_>>()?;
    let first = *tips.first()?;
    let together = |other: &&GroupTip| {
        other.operation_type == first.operation_type
            && matches!(
                first.operation_type,
                TipType::MemberJoin | TipType::MemberQuit | TipType::MemberKickedOut
            )
            && words::people_are_subject(other) == words::people_are_subject(first)
            && (words::people_are_subject(first) || other.operator_id == first.operator_id)
    };
    if !tips.iter().all(together) {
        return None;
    }
    let mut people = Vec::new();
    for name in tips.iter().flat_map(|tip| words::tip_names(tip, me, words::people_are_subject(tip))) {
        if !people.contains(&name) {
            people.push(name);
        }
    }
    Some(words::tip_about(first, &people, me))
}

/// The words of a message that is a text.
fn words(message: &Message) -> Option<Arc<Document>> {
    match &message.payload {
        Payload::Text(text) => Some(Arc::new(Document::parse(&text.text))),
        _ => None,
    }
}

fn tip(message: &Message) -> Option<&GroupTip> {
    match &message.payload {
        Payload::GroupTip(tip) if !message.is_revoked() => Some(tip),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::screen::chats::sample;

    const DAY: i64 = 86_400;

    /// The rows as a drawing: `D` day, `U` divider, `T(n)` a run of n tips, `A1` first and `a2` following
    /// message of anna, `H` hole, `S` start.
    fn draw(items: &[TimelineItem], divider: Option<u64>, complete: bool) -> String {
        let me = sample::user("anna");
        let clock = Clock::fixed(sample::NOW, 0);
        let around = Surroundings { me: &me, clock, divider, complete };
        let rows = Rows::build(items, around, &Rows::default());
        let mut out = Vec::new();
        for row in rows.iter() {
            out.push(match row {
                Row::Start => "S".into(),
                Row::Day(_) => "D".into(),
                Row::Unread => "U".into(),
                Row::Tip(tip) => format!("T{}", tip.messages.len()),
                Row::Message(row) => {
                    let letter = row.message.from.as_str()[..1].to_owned();
                    let letter = if row.first { letter.to_uppercase() } else { letter };
                    format!("{letter}{}", row.message.sequence)
                }
                Row::Hole { from_seq, to_seq } => format!("H{from_seq}-{to_seq}"),
            });
            assert_eq!(rows.place(&row.key()), Some(out.len() - 1), "keys are unique");
        }
        out.join(" ")
    }

    fn at(from: &str, sequence: u64, time: i64) -> TimelineItem {
        let mut message = sample::text(from, sequence, "x");
        message.time = time;
        TimelineItem::Message(Arc::new(message))
    }

    #[test]
    fn groups_end_with_the_sender_the_pause_and_the_day() {
        let items = [
            at("anna", 1, 1000),
            at("anna", 2, 1300),
            at("anna", 3, 1601),
            at("ben", 4, 1602),
            at("ben", 5, DAY - 1),
            at("ben", 6, DAY + 1),
        ];
        assert_eq!(draw(&items, None, true), "S D A1 a2 A3 B4 B5 D B6");
    }

    #[test]
    fn the_divider_stands_before_the_first_foreign_message() {
        let items = [at("ben", 1, 1), at("anna", 2, 2), at("ben", 3, 3), at("ben", 4, 4)];
        assert_eq!(draw(&items, Some(1), false), "D B1 A2 U B3 b4");
        assert_eq!(draw(&items, Some(4), false), "D B1 A2 B3 b4");
        let hole = TimelineItem::Hole { from_seq: 3, to_seq: 9 };
        assert_eq!(draw(&[at("ben", 1, 1), hole, at("ben", 10, 4)], Some(4), false), "D B1 U H3-9 B10");
    }

    #[test]
    fn tips_merge_in_runs() {
        let tip = |sequence, tip| TimelineItem::Message(Arc::new(sample::tip(sequence, tip)));
        let items = [
            tip(1, sample::joined(&["ben"], "ben", 1)),
            tip(2, sample::joined(&["cleo"], "cleo", 1)),
            tip(3, sample::joined(&["dora"], "ben", 2)),
            tip(4, sample::renamed("x", "ben")),
            tip(5, sample::renamed("y", "ben")),
        ];
        assert_eq!(draw(&items, None, false), "D T2 T1 T1 T1");
        let me = sample::user("anna");
        let around = Surroundings { me: &me, clock: Clock::fixed(0, 0), divider: None, complete: false };
        let rows = Rows::build(&items, around, &Rows::default());
        let Some(Row::Tip(run)) = rows.get(1) else { panic!("a run") };
        assert_eq!(run.text, "Ben and Cleo joined");
        let second = run.messages[1].id.clone();
        assert_eq!(rows.place(&Key::Message(second)), Some(1), "found by any of its messages");
        assert_eq!(rows.at_sequence(2), Some(1));
        assert_eq!(rows.at_sequence(99), None);
    }

    /// Reading a text costs something, and the rows are laid out with each change of any of them.
    #[test]
    fn a_text_is_read_once_for_as_long_as_it_says_the_same() {
        let me = sample::user("anna");
        let around = Surroundings { me: &me, clock: Clock::fixed(0, 0), divider: None, complete: false };
        let row = |rows: &Rows, text: &str| {
            let item = TimelineItem::Message(Arc::new(sample::text("ben", 1, text)));
            Rows::build(&[item], around, rows)
        };
        let words =
            |rows: &Rows| rows.get(1).and_then(Row::message).and_then(|row| row.words.clone()).unwrap();
        let first = row(&Rows::default(), "**one**");
        let again = row(&first, "**one**");
        assert!(Arc::ptr_eq(&words(&first), &words(&again)));
        assert_eq!(words(&row(&again, "*two*")).text(), "two", "a change is read");
    }

    #[test]
    fn a_recalled_message_is_a_line() {
        let recalled = sample::recalled(sample::text("ben", 2, "x"), "ben");
        let items =
            [at("ben", 1, sample::NOW), TimelineItem::Message(Arc::new(recalled)), at("ben", 3, sample::NOW)];
        assert_eq!(draw(&items, None, false), "D B1 T1 B3");
    }
}
