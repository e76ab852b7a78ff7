//! A stretch of text over one or more rows.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use crate::widget::virtual_list::Key;

/// From where to where is selected. The head is where the pointer is; it may lie before the anchor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection<K> {
    /// Where it began: a row and a byte of its text.
    pub anchor: (K, usize),
    /// Where it goes to.
    pub head: (K, usize),
}

impl<K: Key> Selection<K> {
    /// Everything in one row.
    pub fn all(key: K, text: &str) -> Self {
        Self { anchor: (key.clone(), 0), head: (key, text.len()) }
    }

    /// Both ends in reading order, as row index and byte. `None` when a row is gone.
    pub fn ordered(
        &self,
        index_of: impl Fn(&K) -> Option<usize>,
    ) -> Option<((usize, usize), (usize, usize))> {
        let anchor = (index_of(&self.anchor.0)?, self.anchor.1);
        let head = (index_of(&self.head.0)?, self.head.1);
        Some((anchor.min(head), anchor.max(head)))
    }

    /// The part of the selection in a row, for its [`select_text`](super::select_text); may reach past the
    /// end of the text.
    pub fn part(&self, key: &K, index_of: impl Fn(&K) -> Option<usize>) -> Option<Range<usize>> {
        let index = index_of(key)?;
        let (from, to) = self.ordered(index_of)?;
        if index < from.0 || index > to.0 {
            return None;
        }
        let start = if index == from.0 { from.1 } else { 0 };
        let end = if index == to.0 { to.1 } else { usize::MAX };
        (start < end).then_some(start..end)
    }

    /// The selected text: the selected part of every row from the first to the last, each on a line of its
    /// own. `text` answers for a row index, `None` for rows without text (separators).
    pub fn copy<'t>(
        &self,
        index_of: impl Fn(&K) -> Option<usize>,
        text: impl Fn(usize) -> Option<&'t str>,
    ) -> Option<String> {
        let (from, to) = self.ordered(index_of)?;
        let parts: Vec<&str> = (from.0..=to.0)
            .filter_map(|index| {
                let text = text(index)?;
                let start = if index == from.0 { from.1 } else { 0 };
                let end = if index == to.0 { to.1.min(text.len()) } else { text.len() };
                text.get(start..end)
            })
            .collect();
        let copied = parts.join("\n");
        (!copied.is_empty()).then_some(copied)
    }
}

/// How much one step of a gesture selects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grain {
    Character,
    Word,
    Line,
}

impl Grain {
    /// The unit around a byte.
    pub(super) fn around(self, text: &str, byte: usize) -> Range<usize> {
        match self {
            Self::Character => byte..byte,
            Self::Word => text
                .split_word_bound_indices()
                .map(|(start, word)| start..start + word.len())
                .find(|word| word.contains(&byte))
                .or_else(|| {
                    let (start, word) = text.split_word_bound_indices().next_back()?;
                    Some(start..start + word.len())
                })
                .unwrap_or(byte..byte),
            Self::Line => {
                let before = text.get(..byte).unwrap_or(text);
                let start = before.rfind('\n').map_or(0, |at| at + 1);
                let end =
                    text.get(byte..).and_then(|rest| rest.find('\n')).map_or(text.len(), |at| byte + at);
                start..end
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grains() {
        let text = "one two\nthree 你好 four";
        assert_eq!(&text[Grain::Word.around(text, 5)], "two");
        assert_eq!(&text[Grain::Word.around(text, text.len())], "four");
        assert_eq!(&text[Grain::Line.around(text, 2)], "one two");
        assert_eq!(&text[Grain::Line.around(text, text.len())], "three 你好 four");
        assert_eq!(Grain::Word.around("", 0), 0..0);
        assert_eq!(Grain::Line.around("", 0), 0..0);
    }

    #[test]
    fn copies_over_rows_in_reading_order() {
        let rows = ["first row", "—", "last row"];
        let index_of = |key: &u32| Some(*key as usize);
        let text = |index: usize| (index != 1).then(|| rows[index]);
        let backwards = Selection { anchor: (2, 4), head: (0, 6) };
        assert_eq!(backwards.copy(index_of, text).as_deref(), Some("row\nlast"));
        assert_eq!(backwards.part(&0, index_of), Some(6..usize::MAX));
        assert_eq!(backwards.part(&2, index_of), Some(0..4));
        assert_eq!(backwards.part(&3, index_of), None);
        let empty = Selection { anchor: (0, 3), head: (0, 3) };
        assert_eq!(empty.copy(index_of, text), None);
        assert_eq!(empty.part(&0, index_of), None);
        assert_eq!(backwards.copy(|_| None, text), None);
    }
}
