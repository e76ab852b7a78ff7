//! A question, and which messages may answer it.

use std::collections::HashMap;

use hallway_protocol::UserId;
use hallway_protocol::message::Payload;
use hallway_protocol::method::MessageKind;

use crate::block::Block;
use crate::place::{Mask, Set, place_of};
use crate::segment::find;
use crate::tables::Tables;
use crate::term::{Term, lookup};

/// What is looked for. Conditions of different sorts have to be met together.
#[derive(Clone, Debug, Default)]
pub struct Question {
    /// Folded words; none are no condition.
    pub words: Vec<String>,
    /// All of them instead of one.
    pub all: bool,
    /// Kinds, one of which it is; none are no condition.
    pub kinds: Vec<MessageKind>,
    /// Senders, one of whom it is from; none are no condition.
    pub senders: Vec<UserId>,
    /// Sent at or after, in Unix seconds.
    pub from: i64,
    /// Sent at or before.
    pub to: i64,
}

impl Question {
    /// Whether a message answers it.
    pub fn accepts(&self, payload: &Payload, from: &UserId, time: i64) -> bool {
        let Some((kind, words)) = crate::text::words(payload) else { return false };
        (self.kinds.is_empty() || self.kinds.contains(&kind))
            && (self.senders.is_empty() || self.senders.contains(from))
            && (self.from..=self.to).contains(&time)
            && self.has_words(&words)
    }

    fn has_words(&self, words: &str) -> bool {
        if self.words.is_empty() {
            return true;
        }
        let folded = crate::fold(words);
        let has = |word: &String| folded.contains(word.as_str());
        if self.all { self.words.iter().all(has) } else { self.words.iter().any(has) }
    }

    /// The messages of the blocks that the index has for it.
    pub fn ask<T: Tables>(&self, tables: &mut T, blocks: Vec<Block>) -> Result<Candidates, T::Error> {
        let blocks = blocks.into_iter().filter(|block| block.to >= self.from && block.from <= self.to);
        let blocks: HashMap<i64, Block> = blocks.map(|block| (block.number, block)).collect();
        let mut found: Option<Both> = None;
        let mut narrow = |both: Both| {
            let narrowed = found.take().map_or_else(|| both.clone(), |before| before.and(&both));
            let is_empty = narrowed.is_empty();
            found = Some(narrowed);
            is_empty
        };
        let mut words: Option<Both> = None;
        for word in &self.words {
            let both = Both::of_word(tables, word, &blocks)?;
            words = Some(match words {
                None => both,
                Some(before) if self.all => before.and(&both),
                Some(before) => before.or(both),
            });
        }
        let is_over = words.is_some_and(&mut narrow);
        let kinds: Vec<Term> = self.kinds.iter().map(|kind| Term::kind(*kind)).collect();
        let senders: Vec<Term> = self.senders.iter().map(Term::sender).collect();
        for facts in [kinds, senders].into_iter().filter(|facts| !facts.is_empty()) {
            if is_over {
                break;
            }
            let mut either = Set::default();
            for fact in facts {
                either = either.or(find(tables, (fact, fact), &blocks)?);
            }
            narrow(Both { sure: either, maybe: Set::default() });
        }
        Ok(Candidates::of(found.unwrap_or_default(), &blocks, self))
    }
}

/// Messages that answer a question for sure, and others that may.
#[derive(Clone, Debug, Default)]
struct Both {
    sure: Set,
    maybe: Set,
}

impl Both {
    fn of_word<T: Tables>(
        tables: &mut T,
        word: &str,
        blocks: &HashMap<i64, Block>,
    ) -> Result<Self, T::Error> {
        let Some(lookup) = lookup(word) else { return Ok(Self::default()) };
        let mut all: Option<Set> = None;
        for stretch in lookup.stretches {
            if all.as_ref().is_some_and(|all| all.0.is_empty()) {
                break;
            }
            let set = find(tables, stretch, blocks)?;
            all = Some(all.take().map_or_else(|| set.clone(), |before| before.and(&set)));
        }
        let all = all.unwrap_or_default();
        Ok(match lookup.is_exact {
            true => Self { sure: all, maybe: Set::default() },
            false => Self { sure: Set::default(), maybe: all },
        })
    }

    fn is_empty(&self) -> bool {
        self.sure.0.is_empty() && self.maybe.0.is_empty()
    }

    fn and(self, other: &Self) -> Self {
        let sure = self.sure.clone().and(&other.sure);
        let all = self.sure.or(self.maybe).and(&other.sure.clone().or(other.maybe.clone()));
        Self { maybe: all.minus(&sure), sure }
    }

    fn or(self, other: Self) -> Self {
        let sure = self.sure.or(other.sure);
        let maybe = self.maybe.or(other.maybe).minus(&sure);
        Self { sure, maybe }
    }
}

/// Messages of 256 places of a conversation.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// The places are `high * 256` and up.
    pub high: i64,
    /// None of them is newer, in Unix seconds.
    pub newest: i64,
    /// They answer the question.
    pub sure: Mask,
    /// Their text has to be asked.
    pub maybe: Mask,
}

/// The messages that may answer a question, by the numbers of their conversations.
#[derive(Clone, Debug, Default)]
pub struct Candidates {
    /// In no order.
    pub parts: HashMap<i64, Vec<Part>>,
}

impl Candidates {
    fn of(both: Both, blocks: &HashMap<i64, Block>, question: &Question) -> Self {
        let mut candidates = Self::default();
        for block in blocks.values() {
            let of = |set: &Set| set.0.get(&block.number).copied().unwrap_or_default().and(block.members);
            let (sure, maybe) = (of(&both.sure), of(&both.maybe));
            if sure.is_empty() && maybe.is_empty() {
                continue;
            }
            // Of a block that reaches out of the time asked for, each message has to be looked at.
            let is_within = block.from >= question.from && block.to <= question.to;
            let known = if is_within { sure.minus(block.doubt) } else { Mask::default() };
            candidates.parts.entry(block.conv).or_default().push(Part {
                high: block.high,
                newest: block.to,
                sure: known,
                maybe: sure.or(maybe).minus(known),
            });
        }
        candidates
    }

    /// A message was looked at beforehand, because the index does not know what is in it now.
    pub fn decide(&mut self, conv: i64, seq: i64, time: i64, answers: bool) {
        let parts = self.parts.entry(conv).or_default();
        let high = seq >> 8;
        let mut only = Mask::default();
        only.insert(place_of(seq));
        match parts.iter_mut().find(|part| part.high == high) {
            Some(part) => {
                part.newest = part.newest.max(time);
                part.sure = if answers { part.sure.or(only) } else { part.sure.minus(only) };
                part.maybe = part.maybe.minus(only);
            }
            None if answers => parts.push(Part { high, newest: time, sure: only, maybe: Mask::default() }),
            None => {}
        }
    }
}
