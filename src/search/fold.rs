//! Making texts comparable: what people take for the same is the same after folding.
//!
//! Compatibility forms are unified (NFKC: full and half width, ligatures, composed and combined accents), letters
//! lose their case, traditional characters become simplified, every kind of white space is a space, and what nobody
//! sees is left out. What a person typed is folded the same way, so that each finds the other.

use std::ops::Range;
use std::sync::OnceLock;

use hallway_protocol::text::is_unseen;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;

/// A folded text and where each piece of it comes from.
pub struct Folded {
    /// The text.
    pub text: String,
    /// Ends of the pieces in `text`, and the bytes of the original each stands for.
    pieces: Vec<(usize, Range<usize>)>,
}

impl Folded {
    /// The bytes of the original that a stretch of the folded text stands for, in whole pieces.
    fn origin(&self, stretch: Range<usize>) -> Range<usize> {
        let piece = |at: usize| {
            let index = self.pieces.partition_point(|(end, _)| *end <= at);
            self.pieces.get(index).map(|(_, origin)| origin.clone()).unwrap_or_default()
        };
        piece(stretch.start).start..piece(stretch.end.saturating_sub(1)).end
    }
}

/// Folds a text.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    each_piece(text, |piece, _| fold_piece(piece, &mut out));
    out
}

/// Folds a text and keeps where everything comes from.
pub fn fold_with_origin(text: &str) -> Folded {
    let mut folded = Folded { text: String::with_capacity(text.len()), pieces: Vec::new() };
    each_piece(text, |piece, origin| {
        fold_piece(piece, &mut folded.text);
        folded.pieces.push((folded.text.len(), origin));
    });
    folded
}

/// The bytes of `text` in which one of the folded `words` stands, in order, without overlaps: what is to be lit up.
pub fn hits(text: &str, words: &[String]) -> Vec<Range<usize>> {
    let folded = fold_with_origin(text);
    let mut found: Vec<Range<usize>> = Vec::new();
    for word in words.iter().filter(|word| !word.is_empty()) {
        let places = folded.text.match_indices(word.as_str());
        found.extend(places.map(|(at, _)| folded.origin(at..at.saturating_add(word.len()))));
    }
    found.sort_by_key(|hit| (hit.start, hit.end));
    let mut merged: Vec<Range<usize>> = Vec::with_capacity(found.len());
    for hit in found {
        match merged.last_mut() {
            Some(last) if hit.start <= last.end => last.end = last.end.max(hit.end),
            _ => merged.push(hit),
        }
    }
    merged
}

/// Gives each character with what is combined with it.
fn each_piece(text: &str, mut each: impl FnMut(&str, Range<usize>)) {
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while chars.next().is_some() {
        while chars.next_if(|(_, c)| combines(*c)).is_some() {}
        let end = chars.peek().map_or(text.len(), |(at, _)| *at);
        each(text.get(start..end).unwrap_or_default(), start..end);
        start = end;
    }
}

/// Marks on the character before, among them those of Kana in half width and the later parts of Hangul syllables.
fn combines(c: char) -> bool {
    !c.is_ascii()
        && (canonical_combining_class(c) != 0
            || matches!(c, '\u{1160}'..='\u{11ff}' | '\u{ff9e}' | '\u{ff9f}'))
}

fn fold_piece(piece: &str, out: &mut String) {
    let mut chars = piece.chars();
    match (chars.next(), chars.next()) {
        (Some(c), None) if c.is_ascii() => out.push(plain(c.to_ascii_lowercase())),
        // Most Chinese: nothing but the table has anything to say about it.
        (Some(c @ '\u{4e00}'..='\u{9fff}'), None) => out.push(simplified(c)),
        _ => {
            for c in piece.nfkc().filter(|c| !is_unseen(*c) && !matches!(c, '\u{fe00}'..='\u{fe0f}')) {
                for upper in c.to_uppercase() {
                    out.extend(upper.to_lowercase().map(simplified).map(plain));
                }
            }
        }
    }
}

fn plain(c: char) -> char {
    if c.is_whitespace() || c.is_control() { ' ' } else { c }
}

fn simplified(c: char) -> char {
    static TABLE: OnceLock<Vec<(char, char)>> = OnceLock::new();
    if c < '\u{3400}' {
        return c;
    }
    let table = TABLE.get_or_init(|| {
        let lines = include_str!("simplified.txt").lines().filter(|line| !line.starts_with('#'));
        let mut chars = lines.flat_map(str::chars);
        let mut table = Vec::with_capacity(6_600);
        while let (Some(from), Some(to)) = (chars.next(), chars.next()) {
            table.push((from, to));
        }
        table
    });
    match table.binary_search_by_key(&c, |(from, _)| *from) {
        Ok(index) => table.get(index).map_or(c, |(_, to)| *to),
        Err(_) => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R6: width, script and case make no difference, nor do composed and combined accents.
    #[test]
    fn what_looks_the_same_folds_the_same() {
        for (one, other) in [
            ("ＡＢＣ１２３", "abc123"),
            ("ﾊﾟｿｺﾝ", "パソコン"),
            ("會議紀錄", "会议纪录"),
            ("裏面，後來", "里面,后来"),
            ("Cafe\u{301}", "CAFÉ"),
            ("Straße", "STRASSE"),
            ("ΟΔΟΣ", "οδος"),
            ("ﬁle", "FILE"),
            ("한국", "\u{1112}\u{1161}\u{11ab}\u{1100}\u{116e}\u{11a8}"),
            ("a\u{3000}b", "a\nb"),
            ("soft\u{ad}hyphen", "softhyphen"),
        ] {
            assert_eq!(fold(one), fold(other), "{one} {other}");
        }
    }

    #[test]
    fn the_table_is_in_order_and_has_no_chains() {
        assert_eq!(simplified('萬'), '万');
        let lines = include_str!("simplified.txt").lines().filter(|line| !line.starts_with('#'));
        let chars: Vec<char> = lines.flat_map(str::chars).collect();
        let pairs: Vec<(char, char)> = chars.chunks(2).map(|pair| (pair[0], pair[1])).collect();
        assert!(pairs.windows(2).all(|two| two[0].0 < two[1].0));
        assert!(pairs.iter().all(|(_, to)| simplified(*to) == *to));
    }

    #[test]
    fn hits_are_in_bytes_of_the_original() {
        let lit = |text: &str, word: &str| -> Vec<String> {
            hits(text, &[fold(word)]).into_iter().map(|hit| text[hit].to_owned()).collect()
        };
        assert_eq!(lit("Ein ＣＡＦÉ, ein cafe\u{301}", "café"), ["ＣＡＦÉ", "cafe\u{301}"]);
        assert_eq!(lit("今天開會，明天再開會議", "开会"), ["開會", "開會"]);
        assert_eq!(lit("ﬁne", "i"), ["ﬁ"]);
        assert_eq!(lit("aaaa", "aa"), ["aaaa"]);
        assert_eq!(lit("nothing", ""), Vec::<String>::new());
    }
}
