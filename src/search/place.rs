//! Sets of messages: 256 places of one conversation at a time, one bit each.

use std::collections::HashMap;

/// Places of one block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mask([u64; 4]);

/// Bytes of a stored mask.
pub const MASK_BYTES: usize = 32;

impl Mask {
    /// Puts a place in; only the lowest eight bits of it count.
    pub fn insert(&mut self, place: u8) {
        if let Some(word) = self.0.get_mut(usize::from(place >> 6)) {
            *word |= 1 << (place & 63);
        }
    }

    /// Whether a place is in.
    pub fn contains(&self, place: u8) -> bool {
        self.0.get(usize::from(place >> 6)).is_some_and(|word| word & (1 << (place & 63)) != 0)
    }

    /// The places from one to another, both included.
    pub fn between(low: u8, high: u8) -> Self {
        let mut mask = Self::default();
        (low..=high).for_each(|place| mask.insert(place));
        mask
    }

    fn zip(self, other: Self, merge: impl Fn(u64, u64) -> u64) -> Self {
        let mut merged = self;
        merged.0.iter_mut().zip(other.0).for_each(|(word, other)| *word = merge(*word, other));
        merged
    }

    /// What is in both.
    pub fn and(self, other: Self) -> Self {
        self.zip(other, |a, b| a & b)
    }

    /// What is in one of them.
    pub fn or(self, other: Self) -> Self {
        self.zip(other, |a, b| a | b)
    }

    /// What is in the first alone.
    pub fn minus(self, other: Self) -> Self {
        self.zip(other, |a, b| a & !b)
    }

    /// How many.
    pub fn count(&self) -> u64 {
        self.0.iter().map(|word| u64::from(word.count_ones())).sum()
    }

    /// None.
    pub fn is_empty(&self) -> bool {
        self.0 == [0; 4]
    }

    /// From the highest down.
    pub fn down(self) -> impl Iterator<Item = u8> {
        (0..=u8::MAX).rev().filter(move |place| self.contains(*place))
    }

    /// As it is stored.
    pub fn to_bytes(self) -> [u8; MASK_BYTES] {
        let mut bytes = [0; MASK_BYTES];
        for (chunk, word) in bytes.chunks_exact_mut(8).zip(self.0) {
            chunk.copy_from_slice(&word.to_le_bytes());
        }
        bytes
    }

    /// From what is stored.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        let mut mask = Self::default();
        for (word, chunk) in mask.0.iter_mut().zip(bytes.chunks_exact(8)) {
            *word = chunk.try_into().map_or(0, u64::from_le_bytes);
        }
        mask
    }
}

/// Messages by their number in the index: block and place in it.
#[derive(Clone, Debug, Default)]
pub struct Set(pub HashMap<i64, Mask>);

impl Set {
    /// Puts in the messages of a list, in its order, whose block is `known`.
    pub fn extend(&mut self, list: impl Iterator<Item = i64>, known: impl Fn(i64) -> bool) {
        let mut current: Option<(i64, Mask)> = None;
        for number in list {
            let block = number >> 8;
            if current.is_none_or(|(at, _)| at != block) {
                self.put(current.filter(|(at, _)| known(*at)));
                current = Some((block, Mask::default()));
            }
            if let Some((_, mask)) = &mut current {
                mask.insert(place_of(number));
            }
        }
        self.put(current.filter(|(at, _)| known(*at)));
    }

    fn put(&mut self, part: Option<(i64, Mask)>) {
        if let Some((block, mask)) = part {
            let own = self.0.entry(block).or_default();
            *own = own.or(mask);
        }
    }

    /// What is in both.
    pub fn and(mut self, other: &Self) -> Self {
        self.0.retain(|block, mask| {
            *mask = other.0.get(block).map_or_else(Mask::default, |other| mask.and(*other));
            !mask.is_empty()
        });
        self
    }

    /// What is in one of them.
    pub fn or(mut self, other: Self) -> Self {
        other.0.into_iter().for_each(|part| self.put(Some(part)));
        self
    }

    /// What is in the first alone.
    pub fn minus(mut self, other: &Self) -> Self {
        self.0.retain(|block, mask| {
            *mask = other.0.get(block).map_or(*mask, |other| mask.minus(*other));
            !mask.is_empty()
        });
        self
    }
}

/// The place of a number (of a message in the index, or in its conversation) within its block.
pub fn place_of(number: i64) -> u8 {
    u8::try_from(number & 0xff).unwrap_or_default()
}
