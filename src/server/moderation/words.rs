//! A list of words that are not said: one word or phrase per line, `#` begins a remark.
//!
//! Case, width and characters that nobody sees make no difference. A word in letters is found where it stands alone,
//! so that `ass` is not found in `class`; with a `*` before or after it, there too. Words in Chinese and the like are found
//! anywhere, as nothing stands between words there.

use std::collections::HashMap;
use std::ops::Range;

use hallway_protocol::text::is_unseen;

/// See the module.
#[derive(Debug, Default)]
pub struct Words {
    /// By their first character.
    by_first: HashMap<char, Vec<Word>>,
}

#[derive(Debug)]
struct Word {
    letters: Vec<char>,
    alone_before: bool,
    alone_after: bool,
}

/// A folded character and the bytes of the text that it stands for.
type Folded = (char, Range<usize>);

impl Words {
    /// Reads a list.
    pub fn new(list: &str) -> Self {
        let mut words = Self::default();
        for line in list.trim_start_matches('\u{feff}').lines() {
            let line = line.split('#').next().unwrap_or_default().trim();
            let bare = line.trim_matches('*');
            let letters: Vec<char> = fold(bare).into_iter().map(|(letter, _)| letter).collect();
            let (Some(first), Some(last)) = (letters.first().copied(), letters.last().copied()) else {
                continue;
            };
            let word = Word {
                alone_before: !line.starts_with('*') && is_spaced(first),
                alone_after: !line.ends_with('*') && is_spaced(last),
                letters,
            };
            words.by_first.entry(first).or_default().push(word);
        }
        words
    }

    /// Where in a text such words stand, in order.
    pub fn find(&self, text: &str) -> Vec<Range<usize>> {
        let folded = fold(text);
        let mut found: Vec<Range<usize>> = Vec::new();
        for (at, (first, bytes)) in folded.iter().enumerate() {
            let candidates = self.by_first.get(first).map_or(&[][..], Vec::as_slice);
            let end = candidates.iter().filter_map(|word| end_of(word, &folded, at)).max();
            let Some(end) = end else { continue };
            match found.last_mut() {
                Some(last) if last.end >= bytes.start => last.end = last.end.max(end),
                _ => found.push(bytes.start..end),
            }
        }
        found
    }

    /// The text with a star for each character of such words; none when there are none.
    pub fn starred(&self, text: &str) -> Option<String> {
        let found = self.find(text);
        if found.is_empty() {
            return None;
        }
        let mut starred = String::with_capacity(text.len());
        let mut from = 0;
        for range in found {
            starred.push_str(text.get(from..range.start).unwrap_or_default());
            let hidden = text.get(range.clone()).map_or(0, |word| word.chars().count());
            starred.extend(std::iter::repeat_n('*', hidden));
            from = range.end;
        }
        starred.push_str(text.get(from..).unwrap_or_default());
        Some(starred)
    }
}

/// Where `word` ends in bytes, if it begins at this character.
fn end_of(word: &Word, text: &[Folded], at: usize) -> Option<usize> {
    let after = at.checked_add(word.letters.len())?;
    let here = text.get(at..after)?;
    if !here.iter().map(|(letter, _)| letter).eq(word.letters.iter()) {
        return None;
    }
    let is_letter = |place: Option<&Folded>| place.is_some_and(|(letter, _)| is_spaced(*letter));
    let before = at.checked_sub(1).and_then(|before| text.get(before));
    if (word.alone_before && is_letter(before)) || (word.alone_after && is_letter(text.get(after))) {
        return None;
    }
    here.last().map(|(_, bytes)| bytes.end)
}

/// Letters and digits of scripts that put spaces between words.
fn is_spaced(letter: char) -> bool {
    letter.is_alphanumeric()
        && !matches!(letter, '\u{0e00}'..='\u{0fff}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

fn fold(text: &str) -> Vec<Folded> {
    let mut folded = Vec::with_capacity(text.len());
    for (at, letter) in text.char_indices() {
        let bytes = at..at.saturating_add(letter.len_utf8());
        let narrow = match letter {
            '\u{fe00}'..='\u{fe0f}' => continue,
            letter if is_unseen(letter) => continue,
            '\u{ff01}'..='\u{ff5e}' => {
                char::from_u32(u32::from(letter).wrapping_sub(0xfee0)).unwrap_or(letter)
            }
            '\u{3000}' => ' ',
            other => other,
        };
        folded.extend(narrow.to_lowercase().map(|letter| (letter, bytes.clone())));
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str =
        "\u{feff}# not said here\nDamn\nbad phrase\n*spam*  # anywhere\npre*\n坏话\nＦＵＬＬ\n\n*\n";

    /// MSG-100: words are found whatever their case and width, alone or anywhere, and nowhere else.
    #[test]
    fn words_are_found_where_they_are_said() {
        let words = Words::new(LIST);
        for (text, starred) in [
            ("damn it", "**** it"),
            ("DAMN!", "****!"),
            ("ｄａｍｎ", "****"),
            ("d\u{200b}amn", "*****"),
            ("a Bad Phrase.", "a **********."),
            ("antispammer", "anti****mer"),
            ("prefix", "***fix"),
            ("这是坏话吗", "这是**吗"),
            ("x坏话x damn", "x**x ****"),
            ("full", "****"),
            ("spamspam", "********"),
        ] {
            assert_eq!(words.starred(text).as_deref(), Some(starred), "{text}");
        }
        for fine in ["", "goddamned", "damn1", "bad  phrase", "spa m", "express", "坏 话", "好话", "*", "#"]
        {
            assert_eq!(words.starred(fine), None, "{fine}");
        }
        assert_eq!(Words::new("").starred("anything"), None);
    }

    #[test]
    fn long_texts_take_no_time() {
        let words = Words::new(&"a".repeat(1000));
        assert_eq!(words.find(&"a".repeat(32 * 1024)), []);
    }
}
