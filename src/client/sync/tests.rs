//! Random worlds: one server conversation, one client, a network that loses, doubles and swaps frames, answers
//! that come late, disconnects, and gaps too wide for anything but a reset. Whatever happened, once it is
//! quiet the client holds what the server holds, and has announced each new message once and in order.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::time::{Duration, Instant};

use proptest::collection::vec;
use proptest::prelude::*;

use super::log::{self, Rows};
use super::tracker::{PATIENCE, Verdict, judge};
use super::{Ranges, Tracker};

/// Place, change number, text.
type Row = (u64, u64, String);

#[derive(Default)]
struct Server {
    seq: u64,
    number: u64,
    rows: BTreeMap<u64, (u64, String)>,
}

#[derive(Clone, Debug)]
struct Frame {
    prev: u64,
    number: u64,
    rows: Vec<Row>,
}

enum Changes {
    Rows { rows: Vec<Row>, up_to: u64 },
    Reset { from: u64, to: u64, rows: Vec<Row>, as_of: u64 },
}

const TOO_FAR: u64 = 30;
const PAGE: u64 = 10;

impl Server {
    fn row(&self, seq: u64) -> Row {
        let (number, text) = &self.rows[&seq];
        (seq, *number, text.clone())
    }

    fn write(&mut self, seq: u64) {
        self.number += 1;
        self.rows.insert(seq, (self.number, format!("v{}", self.number)));
    }

    /// Several new messages may come in one frame: the server joins what waits.
    fn send(&mut self, count: u64) -> Frame {
        let prev = self.number;
        let first = self.seq + 1;
        for _ in 0..count {
            self.seq += 1;
            self.write(self.seq);
        }
        Frame { prev, number: self.number, rows: (first..=self.seq).map(|seq| self.row(seq)).collect() }
    }

    fn edit(&mut self, seq: u64) -> Frame {
        let prev = self.number;
        self.write(seq);
        Frame { prev, number: self.number, rows: vec![self.row(seq)] }
    }

    fn changes(&self, after: u64, limit: usize) -> Changes {
        if self.number - after > TOO_FAR {
            let from = self.seq.saturating_sub(PAGE - 1).max(1);
            let rows = (from..=self.seq).map(|seq| self.row(seq)).collect();
            return Changes::Reset { from, to: self.seq, rows, as_of: self.number };
        }
        let mut rows: Vec<Row> =
            self.rows.keys().map(|seq| self.row(*seq)).filter(|row| row.1 > after).collect();
        rows.sort_by_key(|row| row.1);
        let whole = rows.len() <= limit;
        rows.truncate(limit);
        let up_to = if whole { self.number } else { rows.last().map_or(after, |row| row.1) };
        Changes::Rows { rows, up_to }
    }

    /// The newest [`PAGE`] places of a stretch, as `message.range` does.
    fn range(&self, from: u64, to: u64, changed_after: u64) -> (u64, u64, Vec<Row>) {
        let to = to.min(self.seq);
        let from = from.max(1).max(to.saturating_sub(PAGE - 1));
        let rows = (from..=to).map(|seq| self.row(seq)).filter(|row| row.1 > changed_after).collect();
        (from, to, rows)
    }
}

#[derive(Default)]
struct Store(BTreeMap<u64, (u64, String)>);

impl Rows for Store {
    type Row = Row;
    type Error = Infallible;

    fn merge(&mut self, (seq, number, text): Row) -> Result<Option<u64>, Infallible> {
        if self.0.get(&seq).is_none_or(|(known, _)| *known < number) {
            self.0.insert(seq, (number, text));
        }
        Ok(Some(seq))
    }

    fn has(&mut self, place: u64) -> Result<bool, Infallible> {
        Ok(self.0.contains_key(&place))
    }

    fn keep_only(&mut self, ranges: &Ranges, as_of: u64) -> Result<(), Infallible> {
        self.0.retain(|seq, (number, _)| ranges.covers(*seq) || *number > as_of);
        Ok(())
    }
}

struct Client {
    tracker: Tracker<Frame>,
    ranges: Ranges,
    store: Store,
    now: Instant,
    announced: u64,
    events: Vec<u64>,
}

enum Question {
    Changes { after: u64, answer: Changes },
    Page { generation: u64, answer: (u64, u64, Vec<Row>) },
    Refresh { generation: u64, as_of: u64, answer: (u64, u64, Vec<Row>) },
}

impl Client {
    fn new() -> Self {
        Self {
            tracker: Tracker::new(0),
            ranges: Ranges::default(),
            store: Store::default(),
            now: Instant::now(),
            announced: 0,
            events: Vec::new(),
        }
    }

    fn apply(&mut self, rows: Vec<Row>) {
        let mut places: Vec<u64> = rows.iter().map(|row| row.0).collect();
        places.sort_unstable();
        for place in places {
            if place > self.announced {
                self.announced = place;
                self.events.push(place);
            }
        }
        let Ok(()) = log::rows(&mut self.ranges, &mut self.store, rows);
    }

    fn frame(&mut self, frame: Frame) {
        for ready in self.tracker.frame(frame.prev, frame.number, frame.clone(), self.now) {
            self.apply(ready.rows);
        }
    }

    /// The answer to an own call: its row is stored at once.
    fn own(&mut self, frame: Frame) {
        let Ok(()) = log::rows(&mut self.ranges, &mut self.store, frame.rows);
        for ready in self.tracker.passed(frame.prev, frame.number, self.now) {
            self.apply(ready.rows);
        }
    }

    fn answer(&mut self, question: Question) {
        match question {
            Question::Changes { after, answer: Changes::Rows { rows, up_to } } => {
                self.tracker.fetched();
                self.apply(rows);
                for ready in self.tracker.advance(after, up_to) {
                    self.apply(ready.rows);
                }
            }
            Question::Changes { after, answer: Changes::Reset { from, to, rows, as_of } } => {
                self.tracker.fetched();
                let cursor = self.tracker.cursor();
                if let Some(held) = self.tracker.reset(after, as_of) {
                    let Ok(()) =
                        log::reset(&mut self.ranges, &mut self.store, (cursor, as_of), (from, to), rows);
                    self.announced = self.announced.max(to);
                    for ready in held {
                        self.apply(ready.rows);
                    }
                }
            }
            Question::Page { generation, answer: (from, to, rows) } => {
                if generation == self.tracker.generation() {
                    let Ok(()) = log::page(&mut self.ranges, &mut self.store, (from, to), rows);
                }
            }
            Question::Refresh { generation, as_of, answer: (from, to, rows) } => {
                if generation == self.tracker.generation() {
                    let Ok(()) = log::refresh(&mut self.ranges, &mut self.store, (from, to), as_of, rows);
                }
            }
        }
    }

    fn ask_changes(&mut self, server: &Server, limit: usize) -> Option<Question> {
        self.tracker.should_fetch(self.now).then(|| {
            let after = self.tracker.fetch();
            Question::Changes { after, answer: server.changes(after, limit) }
        })
    }

    fn ask_page(&mut self, server: &Server, pick: usize, wide: u64) -> Question {
        let generation = self.tracker.generation();
        let stretches: Vec<_> = self.ranges.iter().copied().collect();
        match stretches.get(pick % (stretches.len() + 1)) {
            None => {
                let to = (pick as u64 % (server.seq + 3)) + 1;
                Question::Page { generation, answer: server.range(to.saturating_sub(wide), to, 0) }
            }
            Some(stretch) => match stretch.as_of {
                None => Question::Page {
                    generation,
                    answer: server.range(stretch.from.saturating_sub(wide), stretch.from - 1, 0),
                },
                Some(as_of) => Question::Refresh {
                    generation,
                    as_of,
                    answer: server.range(stretch.from, stretch.to, as_of),
                },
            },
        }
    }
}

#[derive(Clone, Debug)]
enum Op {
    Send { count: u64, copies: usize },
    Own,
    Edit { back: u64, copies: usize },
    Deliver { index: usize },
    Ask { limit: usize },
    Page { pick: usize, wide: u64 },
    Answer { index: usize },
    Time { millis: u64 },
    Disconnect,
    Connect,
    Restart,
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        8 => (1u64..4, 0usize..3).prop_map(|(count, copies)| Op::Send { count, copies }),
        2 => Just(Op::Own),
        4 => (0u64..90, 0usize..3).prop_map(|(back, copies)| Op::Edit { back, copies }),
        14 => (0usize..4).prop_map(|index| Op::Deliver { index }),
        6 => (1usize..7).prop_map(|limit| Op::Ask { limit }),
        4 => (0usize..1000, 0u64..8).prop_map(|(pick, wide)| Op::Page { pick, wide }),
        8 => (0usize..4).prop_map(|index| Op::Answer { index }),
        4 => (1u64..700).prop_map(|millis| Op::Time { millis }),
        1 => Just(Op::Disconnect),
        2 => Just(Op::Connect),
        1 => Just(Op::Restart),
    ]
}

fn run(first: u64, ops: Vec<Op>) -> Result<(), TestCaseError> {
    let mut server = Server::default();
    let mut client = Client::new();
    if first > 0 {
        server.send(first);
        client.tracker.heard_of(server.number);
    }
    let mut network: Vec<Frame> = Vec::new();
    let mut questions: Vec<Question> = Vec::new();
    let mut online = true;
    for op in ops {
        match op {
            Op::Send { count, copies } => {
                let frame = server.send(count);
                network.extend(std::iter::repeat_n(frame, if online { copies } else { 0 }));
            }
            Op::Own if online => {
                let frame = server.send(1);
                client.own(frame);
            }
            Op::Edit { back, copies } if server.seq > 0 => {
                let frame = server.edit(server.seq.saturating_sub(back).max(1));
                network.extend(std::iter::repeat_n(frame, if online { copies } else { 0 }));
            }
            Op::Deliver { index } if online && !network.is_empty() => {
                let frame = network.remove(index % network.len());
                client.frame(frame);
            }
            Op::Ask { limit } if online => questions.extend(client.ask_changes(&server, limit)),
            Op::Page { pick, wide } if online => questions.push(client.ask_page(&server, pick, wide)),
            Op::Answer { index } if !questions.is_empty() => {
                let question = questions.remove(index % questions.len());
                client.answer(question);
            }
            Op::Time { millis } => client.now += Duration::from_millis(millis),
            Op::Disconnect => {
                online = false;
                network.clear();
                questions.clear();
                client.tracker.disconnected();
            }
            Op::Connect if !online => {
                online = true;
                client.tracker.heard_of(server.number);
            }
            Op::Restart => {
                // What is on disk outlives the program; what was held and asked does not.
                network.clear();
                questions.clear();
                client.tracker = Tracker::new(client.tracker.cursor());
                client.tracker.heard_of(server.number);
            }
            _ => {}
        }
    }
    // Quiet: whatever is still under way arrives, then the client asks until it has everything.
    for question in std::mem::take(&mut questions) {
        client.answer(question);
    }
    client.tracker.heard_of(server.number);
    while client.tracker.cursor() < server.number {
        client.now += PATIENCE;
        let question = client.ask_changes(&server, 5);
        prop_assert!(question.is_some(), "behind, yet nothing is asked");
        client.answer(question.unwrap());
    }
    loop {
        let old = client.ranges.iter().find(|stretch| stretch.as_of.is_some()).copied();
        let Some(old) = old else { break };
        let as_of = old.as_of.unwrap();
        let generation = client.tracker.generation();
        let answer = server.range(old.from, old.to, as_of);
        client.answer(Question::Refresh { generation, as_of, answer });
    }
    prop_assert_eq!(client.tracker.behind(), 0);
    for stretch in client.ranges.iter() {
        for place in stretch.from..=stretch.to {
            prop_assert_eq!(client.store.0.get(&place), server.rows.get(&place), "place {}", place);
        }
    }
    if let Some(top) = client.ranges.top() {
        prop_assert_eq!(top.to, server.seq, "the newest messages are in no stretch");
    }
    prop_assert!(client.events.windows(2).all(|pair| pair[0] < pair[1]), "announced twice or out of order");
    Ok(())
}

/// More with `PROPTEST_CASES`, as the nightly run sets it.
fn cases() -> u32 {
    ProptestConfig::default().cases.max(2_000)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), max_shrink_iters: 200_000, ..ProptestConfig::default() })]

    /// R3, `docs/sync_model.md` §13.2 and §13.4: after loss, doubling and swapping of frames, late answers,
    /// disconnects, restarts and resets, the client's rows equal the server's and nothing is announced twice.
    #[test]
    fn a_client_always_ends_with_what_the_server_has(first in 0u64..60, ops in vec(op(), 0..200)) {
        run(first, ops)?;
    }

    /// The rule as a function: whatever the numbers, a cursor moves only over what it touches.
    #[test]
    fn a_cursor_moves_only_without_a_gap(cursor in 0u64..50, prev in 0u64..50, more in 1u64..5) {
        let verdict = judge(cursor, prev, prev + more);
        prop_assert_eq!(verdict == Verdict::Apply, prev <= cursor && prev + more > cursor);
        prop_assert_eq!(verdict == Verdict::Drop, prev + more <= cursor);
    }

    /// Ranges never overlap, never touch without joining, and holes are exactly what they leave out.
    #[test]
    fn ranges_and_holes_divide_a_conversation(puts in vec((1u64..40, 0u64..6, 0u8..4), 0..30)) {
        let mut ranges = Ranges::default();
        let mut known = [None; 60];
        for (number, (from, more, what)) in puts.into_iter().enumerate() {
            let to = from + more;
            match what {
                0 => {
                    ranges.age(number as u64);
                    known.iter_mut().flatten().for_each(|as_of: &mut Option<u64>| { as_of.get_or_insert(number as u64); });
                }
                1 => {
                    ranges.cut(from, to);
                    known[from as usize..=to as usize].fill(None);
                }
                _ => {
                    ranges.put_live(from, to);
                    known[from as usize..=to as usize].fill(Some(None));
                }
            }
            for (place, state) in known.iter().enumerate() {
                prop_assert_eq!(ranges.at(place as u64).map(|stretch| stretch.as_of), *state);
            }
            let holes = ranges.holes(1, 50);
            for place in 1..=50u64 {
                let in_hole = holes.iter().any(|(from, to)| (*from..=*to).contains(&place));
                prop_assert_eq!(in_hole, known[place as usize].is_none());
            }
            let stretches: Vec<_> = ranges.iter().collect();
            prop_assert!(stretches.windows(2).all(|pair| pair[0].to < pair[1].from));
        }
    }
}

/// A frame that is only late is waited for; the server is asked when it stays away.
#[test]
fn a_missing_frame_is_waited_for_half_a_second() {
    let start = Instant::now();
    let mut tracker = Tracker::new(5);
    assert!(tracker.frame(6, 7, "seven", start).is_empty());
    assert!(!tracker.should_fetch(start + PATIENCE - Duration::from_millis(1)));
    assert_eq!(tracker.deadline(), Some(start + PATIENCE));
    assert_eq!(tracker.frame(5, 6, "six", start), ["six", "seven"]);
    assert!(!tracker.should_fetch(start + PATIENCE * 2), "nothing is missing any more");

    assert!(tracker.frame(9, 10, "ten", start).is_empty());
    assert!(tracker.should_fetch(start + PATIENCE));
    assert_eq!(tracker.fetch(), 7);
    assert!(!tracker.should_fetch(start + PATIENCE * 9), "one question at a time");
    tracker.fetched();
    assert!(tracker.advance(7, 10).is_empty(), "the answer held it already");
    assert_eq!(tracker.cursor(), 10);
}
