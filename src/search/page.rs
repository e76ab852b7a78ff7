//! Lists of messages by term, packed into rows of at most `ROW` bytes.
//!
//! A short list shares its row with its neighbours: per list the distance to the term before, the length in bytes, the
//! first number and the distances of the others, all in groups of seven bits. A long list has rows of its own, each of
//! which can be read alone. Where a row begins stands in its columns, so that one look at the database's index finds it.

use crate::term::Term;

/// Bytes of a row's body: two fit into a page of SQLite and four into one of PostgreSQL, which keeps them in place.
const ROW: usize = 1_900;
/// Bits of a term that stand for its third character.
const LOW: u32 = 21;

/// A row of the index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its first, or its only term.
    pub term: Term,
    /// 0 where lists share it; a row of one list is counted from 1.
    pub part: i64,
    /// The lists.
    pub body: Vec<u8>,
}

fn put(mut number: u64, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push((number & 0x7f | 0x80) as u8);
        number >>= 7;
    }
    out.push(number as u8);
}

fn take(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let (first, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

/// The numbers of a list; a damaged one ends early.
pub struct Numbers<'a> {
    bytes: &'a [u8],
    last: i64,
}

impl Iterator for Numbers<'_> {
    type Item = i64;

    fn next(&mut self) -> Option<i64> {
        self.last = self.last.checked_add_unsigned(take(&mut self.bytes)?)?;
        Some(self.last)
    }
}

/// Gives every list of a row.
pub fn read<'a>(term: Term, part: i64, body: &'a [u8], mut each: impl FnMut(Term, Numbers<'a>)) {
    if part > 0 {
        return each(term, Numbers { bytes: body, last: 0 });
    }
    let (mut rest, mut high) = (body, 0_u64);
    let mut entry = || {
        let head = take(&mut rest)?;
        high = high.checked_add(head >> 1)?;
        let low = if head & 1 == 1 { take(&mut rest)? } else { 0 };
        let length = usize::try_from(take(&mut rest)?).ok()?;
        let (bytes, behind) = rest.split_at_checked(length)?;
        rest = behind;
        Some((Term((high << LOW | low).cast_signed()), Numbers { bytes, last: 0 }))
    };
    while let Some((term, numbers)) = entry() {
        each(term, numbers);
    }
}

/// Packs lists, given in the order of their terms.
#[derive(Default)]
pub struct Packer {
    rows: Vec<Row>,
    shared: Vec<u8>,
    first: Option<Term>,
    high: u64,
    scratch: Vec<u8>,
}

impl Packer {
    /// Adds the list of a term, in order and without repetitions.
    pub fn list(&mut self, term: Term, numbers: &[i64]) {
        let mut last = 0;
        self.scratch.clear();
        let mut part = 0;
        for number in numbers {
            if self.scratch.len() > ROW - 10 {
                // A row that is shared has no list of a term above that of a later row.
                self.end_row();
                part += 1;
                self.rows.push(Row { term, part, body: std::mem::take(&mut self.scratch) });
                last = 0;
            }
            put(number.abs_diff(last), &mut self.scratch);
            last = *number;
        }
        if part > 0 || self.scratch.len() > ROW / 2 {
            self.end_row();
            self.rows.push(Row { term, part: part + 1, body: std::mem::take(&mut self.scratch) });
            return;
        }
        // Two numbers of ten bytes at most stand before the list, and the length.
        if self.shared.len() + self.scratch.len() + 24 > ROW {
            self.end_row();
        }
        let (high, low) = (term.0.cast_unsigned() >> LOW, term.0.cast_unsigned() & ((1 << LOW) - 1));
        if self.first.is_none() {
            self.first = Some(term);
            self.high = 0;
        }
        put(high.saturating_sub(self.high) << 1 | u64::from(low != 0), &mut self.shared);
        if low != 0 {
            put(low, &mut self.shared);
        }
        self.high = high;
        put(self.scratch.len() as u64, &mut self.shared);
        self.shared.extend_from_slice(&self.scratch);
    }

    fn end_row(&mut self) {
        if let Some(term) = self.first.take() {
            self.rows.push(Row { term, part: 0, body: std::mem::take(&mut self.shared) });
        }
    }

    /// The rows.
    pub fn finish(mut self) -> Vec<Row> {
        self.end_row();
        self.rows
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn unpacked(rows: &[Row]) -> BTreeMap<Term, Vec<i64>> {
        let mut lists: BTreeMap<Term, Vec<i64>> = BTreeMap::new();
        for row in rows {
            read(row.term, row.part, &row.body, |term, numbers| {
                lists.entry(term).or_default().extend(numbers)
            });
        }
        lists
    }

    proptest! {
        #[test]
        fn what_is_packed_is_read_again(lists in proptest::collection::btree_map(0_i64..i64::MAX, (1_usize..3_000, 1_i64..99_999), 1..40)) {
            let lists: BTreeMap<Term, Vec<i64>> = lists.into_iter()
                .map(|(term, (count, step))| (Term(term), (1..=count as i64).map(|n| n * step).collect()))
                .collect();
            let mut packer = Packer::default();
            lists.iter().for_each(|(term, numbers)| packer.list(*term, numbers));
            let rows = packer.finish();
            prop_assert!(rows.iter().all(|row| row.body.len() <= ROW));
            prop_assert_eq!(unpacked(&rows), lists);
        }

        #[test]
        fn damaged_rows_end_early(body in proptest::collection::vec(any::<u8>(), 0..200), part in 0_i64..2) {
            read(Term(1), part, &body, |_, numbers| { numbers.count(); });
        }
    }
}
