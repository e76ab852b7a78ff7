//! The index as a whole, against plain looking: nothing missed, nothing false, whatever was written when (PLUS-7).

use std::collections::{BTreeMap, HashMap};
use std::convert::Infallible;

use hallway_protocol::UserId;
use hallway_protocol::message::Payload;
use hallway_protocol::method::MessageKind;
use proptest::prelude::*;

use crate::ask::Question;
use crate::block;
use crate::segment::{self, Entry};
use crate::tables::{Arg, Columns, Read, Tables};
use crate::walk::{self, Hit, Scope, Scopes, Texts};

/// The tables without a database: just the statements that the index has.
#[derive(Default)]
struct Memory {
    state: [i64; 3],
    segments: BTreeMap<i64, (i64, i64)>,
    pages: BTreeMap<(i64, i64, i64), Vec<u8>>,
    blocks: BTreeMap<i64, [Vec<u8>; 6]>,
}

enum Cell {
    Int(i64),
    Bytes(Vec<u8>),
}

struct Cells(Vec<Cell>);

impl Columns<Infallible> for Cells {
    fn int(&self, column: usize) -> Result<i64, Infallible> {
        match &self.0[column] {
            Cell::Int(number) => Ok(*number),
            Cell::Bytes(_) => panic!("no number"),
        }
    }

    fn bytes(&self, column: usize) -> Result<&[u8], Infallible> {
        match &self.0[column] {
            Cell::Bytes(bytes) => Ok(bytes),
            Cell::Int(_) => panic!("no bytes"),
        }
    }
}

fn int(arg: &Arg) -> i64 {
    match arg {
        Arg::Int(number) => *number,
        Arg::Bytes(_) => panic!("no number"),
    }
}

fn bytes(arg: &Arg) -> Vec<u8> {
    match arg {
        Arg::Int(number) => number.to_le_bytes().to_vec(),
        Arg::Bytes(bytes) => bytes.clone(),
    }
}

impl Memory {
    fn block_row(&self, number: i64) -> Cells {
        let cells = &self.blocks[&number];
        let number_of = |bytes: &Vec<u8>| Cell::Int(i64::from_le_bytes(bytes[..].try_into().unwrap()));
        let mut row = vec![Cell::Int(number)];
        row.extend(cells[..4].iter().map(number_of));
        row.extend(cells[4..].iter().map(|bytes| Cell::Bytes(bytes.clone())));
        Cells(row)
    }
}

impl Tables for Memory {
    type Error = Infallible;

    fn execute(&mut self, sql: &'static str, args: &[Arg]) -> Result<u64, Infallible> {
        let column = |row: &[Vec<u8>; 6], at: usize| i64::from_le_bytes(row[at][..].try_into().unwrap());
        match sql.split(" WHERE ").next().unwrap().split(" VALUES ").next().unwrap() {
            "UPDATE search_state SET version = version + 1, segment = $2, block = $3" => {
                if self.state[0] != int(&args[0]) {
                    return Ok(0);
                }
                self.state = [self.state[0] + 1, int(&args[1]), int(&args[2])];
            }
            "INSERT INTO search_segment (segment, messages, target)" => {
                self.segments.insert(int(&args[0]), (int(&args[1]), 0));
            }
            "UPDATE search_segment SET target = $2" => {
                self.segments.get_mut(&int(&args[0])).unwrap().1 = int(&args[1]);
            }
            "DELETE FROM search_segment" => {
                self.segments.remove(&int(&args[0]));
            }
            "INSERT INTO search_page (segment, term, part, body)" => {
                let key = (int(&args[0]), int(&args[1]), int(&args[2]));
                assert!(self.pages.insert(key, bytes(&args[3])).is_none());
            }
            "DELETE FROM search_page" => {
                let below = args.get(1).map_or(i64::MAX, int);
                self.pages.retain(|(segment, term, _), _| *segment != int(&args[0]) || *term >= below);
            }
            "INSERT INTO search_block (block, conv_id, high, from_time, to_time, members, doubt)" => {
                let cells = std::array::from_fn(|at| bytes(&args[at + 1]));
                assert!(self.blocks.insert(int(&args[0]), cells).is_none());
            }
            "UPDATE search_block SET from_time = $4, to_time = $5, members = $6, doubt = $7" => {
                self.blocks.insert(int(&args[0]), std::array::from_fn(|at| bytes(&args[at + 1])));
            }
            "UPDATE search_block SET members = $2, doubt = $3" => {
                let row = self.blocks.get_mut(&int(&args[0])).unwrap();
                row[4] = bytes(&args[1]);
                row[5] = bytes(&args[2]);
            }
            "DELETE FROM search_block" if args.len() == 1 => {
                self.blocks.remove(&int(&args[0]));
            }
            "DELETE FROM search_block" => self.blocks.retain(|_, row| {
                column(row, 0) != int(&args[0])
                    || column(row, 1) <= int(&args[1])
                    || column(row, 1) >= int(&args[2])
            }),
            other => panic!("{other}"),
        }
        Ok(1)
    }

    fn each(
        &mut self,
        sql: &'static str,
        args: &[Arg],
        read: Read<'_, Infallible>,
    ) -> Result<(), Infallible> {
        let mut rows: Vec<Cells> = Vec::new();
        if sql.starts_with("SELECT version") {
            rows.push(Cells(self.state.iter().map(|number| Cell::Int(*number)).collect()));
        } else if sql.starts_with("SELECT segment, messages") {
            for (segment, (messages, target)) in &self.segments {
                rows.push(Cells(vec![Cell::Int(*segment), Cell::Int(*messages), Cell::Int(*target)]));
            }
        } else if sql.starts_with("SELECT term, part, body") && args.len() == 4 {
            let [segment, begin, high, low] = [0, 1, 2, 3].map(|at| int(&args[at]));
            for ((_, term, part), body) in self.pages.range((segment, begin, 0)..=(segment, high, i64::MAX)) {
                if *term >= low || *part == 0 {
                    rows.push(Cells(vec![Cell::Int(*term), Cell::Int(*part), Cell::Bytes(body.clone())]));
                }
            }
        } else if sql.starts_with("SELECT term, part, body") {
            let own = self.pages.range((int(&args[0]), i64::MIN, 0)..(int(&args[0]) + 1, i64::MIN, 0));
            for ((_, term, part), body) in own.take(int(&args[1]) as usize) {
                rows.push(Cells(vec![Cell::Int(*term), Cell::Int(*part), Cell::Bytes(body.clone())]));
            }
        } else if sql.starts_with("SELECT s.segment") {
            for segment in self.segments.keys() {
                let own = self.pages.range((*segment, i64::MIN, 0)..(*segment, int(&args[0]), 0));
                let begin = own.map(|(key, _)| key.1).max().unwrap_or(int(&args[0]));
                rows.push(Cells(vec![Cell::Int(*segment), Cell::Int(begin)]));
            }
        } else if sql.starts_with("SELECT block FROM search_block") {
            rows.extend(self.blocks.keys().map(|number| Cells(vec![Cell::Int(*number)])));
        } else {
            let wanted = |row: &Cells| match args {
                [] => true,
                [conv] => row.int(1) == Ok(int(conv)),
                [conv, highs @ ..] => {
                    row.int(1) == Ok(int(conv)) && highs.iter().any(|high| row.int(2) == Ok(int(high)))
                }
            };
            rows.extend(self.blocks.keys().map(|number| self.block_row(*number)).filter(wanted));
        }
        rows.iter().try_for_each(|row| read(row))
    }
}

fn me() -> UserId {
    "anna".parse().unwrap()
}

/// What there is, by conversation and place; times are places.
type World = HashMap<(i64, i64), String>;

struct Looking<'a>(&'a World, &'a Question);

impl Texts for Looking<'_> {
    type Message = String;
    type Error = Infallible;

    fn answers(&mut self, conv: i64, places: &[i64]) -> Result<Vec<Hit<String>>, Infallible> {
        let found = places.iter().filter_map(|seq| {
            let text = self.0.get(&(conv, *seq))?;
            self.1.accepts(&Payload::text(text.as_str()), &me(), *seq).then(|| Hit {
                seq: *seq,
                time: *seq,
                message: text.clone(),
            })
        });
        Ok(found.collect())
    }
}

fn write(tables: &mut Memory, world: &mut World, batch: &[(i64, i64, String)]) {
    let batch: BTreeMap<(i64, i64), &String> =
        batch.iter().map(|(conv, seq, text)| ((*conv, *seq), text)).collect();
    let mut entries = Vec::new();
    for ((conv, seq), text) in batch {
        let words = (!text.is_empty()).then(|| (MessageKind::Text, text.clone()));
        match text.is_empty() {
            true => world.remove(&(conv, seq)),
            false => world.insert((conv, seq), text.clone()),
        };
        entries.push(Entry { conv, seq, time: seq, from: me(), words, is_doubtful: seq % 50 == 7 });
    }
    let change = segment::add(tables, &entries).unwrap();
    assert!(change.write(tables).unwrap());
    assert!(!change.write(tables).unwrap(), "written twice");
}

fn text() -> impl Strategy<Value = String> {
    let chars = vec!['a', 'b', 'C', '-', ' ', '中', '文', '國', '国', 'の'];
    proptest::collection::vec(proptest::sample::select(chars), 0..12).prop_map(String::from_iter)
}

fn batches() -> impl Strategy<Value = Vec<Vec<(i64, i64, String)>>> {
    let entry = (1_i64..4, 1_i64..600, text());
    proptest::collection::vec(proptest::collection::vec(entry, 1..40), 1..30)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// New messages, changed ones, recalled ones, forgotten stretches, merges at any moment: what is found is what a look at
    /// every message finds, and so are the numbers.
    #[test]
    fn the_index_finds_what_looking_finds(
        batches in batches(),
        words in proptest::collection::vec(text(), 1..3),
        all in any::<bool>(),
        merges in 0_usize..12,
        forgotten in (1_i64..4, 1_i64..600, 0_i64..300),
        time in (0_i64..400, 100_i64..700),
    ) {
        let (mut tables, mut world) = (Memory::default(), World::new());
        let half = batches.len() / 2;
        for (place, batch) in batches.iter().enumerate() {
            write(&mut tables, &mut world, batch);
            for _ in 0..merges {
                let Some(change) = segment::merge(&mut tables, 2).unwrap() else { break };
                prop_assert!(change.write(&mut tables).unwrap());
            }
            if place == half {
                let (conv, from, count) = forgotten;
                block::forget(&mut tables, conv, from, from + count).unwrap();
                world.retain(|(own, seq), _| *own != conv || !(from..=from + count).contains(seq));
            }
        }
        let words: Vec<String> = words.iter().map(|word| crate::fold(word)).filter(|word| !word.is_empty()).collect();
        prop_assume!(!words.is_empty());
        let question = Question { words, all, from: time.0, to: time.1, ..Question::default() };
        let mut expected: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
        for ((conv, seq), text) in &world {
            let is_seen = *seq >= 3 && ![4, 300].contains(seq);
            if is_seen && question.accepts(&Payload::text(text.as_str()), &me(), *seq) {
                expected.entry(*conv).or_default().push(*seq);
            }
        }
        expected.values_mut().for_each(|places| places.sort_unstable_by(|a, b| b.cmp(a)));

        let scopes: Scopes =
            (1..4).map(|conv| (conv, Scope { low: 3, high: 5_000, hidden: vec![4, 300] })).collect();
        let blocks = block::all(&mut tables).unwrap();
        let candidates = question.ask(&mut tables, blocks).unwrap();
        for (conv, places) in &expected {
            let mut found = Vec::new();
            let mut before = i64::MAX;
            loop {
                let page = walk::one(&mut Looking(&world, &question), candidates.clone(), &scopes, *conv, before, 7).unwrap();
                prop_assert!(page.is_exact);
                prop_assert_eq!(page.total, places.len() as u64);
                found.extend(page.hits.iter().map(|hit| hit.seq));
                let Some(next) = page.next else { break };
                before = next;
            }
            prop_assert_eq!(&found, places);
        }
        let mut order: Vec<(i64, i64)> = expected.iter().map(|(conv, places)| (-places[0], *conv)).collect();
        order.sort_unstable();
        let mut after = None;
        let mut found = Vec::new();
        loop {
            let groups = walk::all(&mut Looking(&world, &question), candidates.clone(), &scopes, after, 1).unwrap();
            prop_assert_eq!((groups.total, groups.is_exact), (expected.len() as u64, true));
            for group in &groups.groups {
                prop_assert_eq!(group.count, expected[&group.conv].len() as u64);
                found.push((-group.hits[0].seq, group.conv));
            }
            after = groups.next;
            if after.is_none() {
                break;
            }
        }
        prop_assert_eq!(found, order);
    }
}
