//! Terms: what the index is made of. One number each, in the order of their characters.
//!
//! At each place of a folded text begins one term: of two characters where a Chinese, Japanese or Korean one stands,
//! of three elsewhere, filled up with nothing at the end. So any piece of a text is found: one that is as long as a
//! term by the terms in it, a shorter one by all terms that begin with it. Single letters, with which a large part of all
//! terms begin, have a term of their own.

use hallway_protocol::UserId;
use hallway_protocol::method::MessageKind;

/// Bits of a character.
const BITS: u32 = 21;
/// Where characters end and the terms that stand for no text begin.
const FACTS: i64 = 0x1f_f000;
/// Terms looked up for a word; the text tells the rest.
const TERMS_MAX: usize = 6;

/// A term.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Term(pub i64);

impl Term {
    fn of(first: char, second: Option<char>, third: Option<char>) -> Self {
        let number = |c: Option<char>| c.map_or(0, |c| i64::from(u32::from(c)));
        Self(((number(Some(first)) << BITS | number(second)) << BITS) | number(third))
    }

    fn fact(kind: i64, number: i64) -> Self {
        Self((FACTS + kind) << (2 * BITS) | number & ((1 << (2 * BITS)) - 1))
    }

    /// Messages of a kind.
    pub fn kind(kind: MessageKind) -> Self {
        // They are stored.
        let number = match kind {
            MessageKind::Text => 0,
            MessageKind::Image => 1,
            MessageKind::Audio => 2,
            MessageKind::Video => 3,
            MessageKind::File => 4,
            MessageKind::Custom => 5,
            MessageKind::Location => 6,
            MessageKind::Merger => 7,
        };
        Self::fact(0, number)
    }

    /// Messages of a sender. Two people have the same once in 2^42: what is shown is looked at all the same.
    pub fn sender(user: &UserId) -> Self {
        // FNV-1a.
        let hash = user.as_str().bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Self::fact(1, (hash ^ hash >> 42).cast_signed())
    }
}

/// Characters of scripts without spaces.
fn is_paired(c: char) -> bool {
    matches!(c, '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{318f}' | '\u{31a0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// The terms of a folded text, each once, in order, put behind what is in `out`.
pub fn terms(text: &str, out: &mut Vec<Term>) {
    let begin = out.len();
    let mut rest = text.chars();
    while let Some(first) = rest.next() {
        let mut ahead = rest.clone();
        let second = ahead.next();
        if is_paired(first) {
            out.push(Term::of(first, second, None));
        } else {
            out.push(Term::of(first, second, ahead.next()));
            out.push(Term::of(first, None, None));
        }
    }
    if let Some(own) = out.get_mut(begin..) {
        own.sort_unstable();
    }
    let mut seen = None;
    let mut place = 0_usize;
    out.retain(|term| {
        place = place.saturating_add(1);
        place <= begin || seen.replace(*term) != Some(*term)
    });
}

/// What to look up for a folded word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lookup {
    /// Messages have to be under one term of each of these stretches, both ends included.
    pub stretches: Vec<(Term, Term)>,
    /// A message that is has the word; otherwise its text has to be asked.
    pub is_exact: bool,
}

/// How to look up a folded word; none for an empty one.
pub fn lookup(word: &str) -> Option<Lookup> {
    let chars: Vec<char> = word.chars().collect();
    let first = *chars.first()?;
    let full = chars.iter().enumerate().filter_map(|(place, c)| {
        let at = |ahead: usize| chars.get(place.saturating_add(ahead)).copied();
        match is_paired(*c) {
            true => at(1).map(|second| Term::of(*c, Some(second), None)),
            false => at(2).map(|third| Term::of(*c, at(1), Some(third))),
        }
    });
    let mut full: Vec<Term> = full.collect();
    if full.is_empty() {
        let low = Term::of(first, chars.get(1).copied(), None);
        let free = match chars.len() {
            // A letter has a term of its own.
            1 if !is_paired(first) => 0,
            1 => 2 * BITS,
            _ => BITS,
        };
        let high = Term(low.0 | ((1 << free) - 1));
        return Some(Lookup { stretches: vec![(low, high)], is_exact: true });
    }
    let is_exact = full.len() == 1 && chars.len() == if is_paired(first) { 2 } else { 3 };
    full.sort_unstable();
    full.dedup();
    // Of a long word, terms from all over it.
    let step = full.len().div_ceil(TERMS_MAX).max(1);
    let stretches = full.into_iter().step_by(step).map(|term| (term, term)).collect();
    Some(Lookup { stretches, is_exact })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(text: &str) -> Vec<Term> {
        let mut out = Vec::new();
        terms(text, &mut out);
        out
    }

    fn finds(word: &str, text: &str) -> bool {
        let terms = all(text);
        lookup(word).is_some_and(|lookup| {
            lookup.stretches.iter().all(|(low, high)| terms.iter().any(|term| low <= term && term <= high))
        })
    }

    /// From few characters, so that pieces repeat.
    fn text() -> impl Strategy<Value = String> {
        proptest::collection::vec(
            proptest::sample::select(vec!['a', 'b', '-', ' ', '中', '文', 'の', '한', '😀']),
            1..30,
        )
        .prop_map(|chars| chars.into_iter().collect())
    }

    proptest! {
        /// PLUS-7: each piece of a text is under the terms that are looked up for it.
        #[test]
        fn no_piece_is_missed(text in text(), from in 0_usize..30, length in 1_usize..12) {
            let piece: String = text.chars().skip(from).take(length).collect();
            prop_assume!(!piece.is_empty());
            prop_assert!(finds(&piece, &text), "{piece:?} in {text:?}");
        }

        /// What is called exact needs no look at the text.
        #[test]
        fn exact_means_exact(text in text(), word in text()) {
            let word: String = word.chars().take(4).collect();
            let lookup = lookup(&word).unwrap();
            prop_assert!(!lookup.is_exact || finds(&word, &text) == text.contains(&word), "{word:?} {text:?}");
        }

        #[test]
        fn terms_are_in_order_once_and_behind_the_others(text in text()) {
            let alone = all(&text);
            prop_assert!(alone.windows(2).all(|two| two[0] < two[1]));
            let mut behind = vec![Term::kind(MessageKind::Image)];
            terms(&text, &mut behind);
            prop_assert_eq!(&behind[1..], &alone[..]);
        }
    }
}
