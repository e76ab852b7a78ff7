//! Text with marks (links, mentions, code, search hits), cut into segments of one look each.

use std::collections::BTreeSet;
use std::ops::Range;

use super::emoji;

/// What a stretch of text is.
#[derive(Debug, Clone, PartialEq)]
pub enum Mark<L> {
    /// A link; the payload is what a click produces.
    Link(L),
    /// A person; the payload is what a click produces.
    Mention(L),
    /// Code inside a line.
    Code,
    /// 600 weight.
    Bold,
    /// Slanted.
    Italic,
    /// Crossed out.
    Strike,
    /// Found by the search.
    Hit,
    /// Text of least weight: "(edited)".
    Muted,
}

/// A text and its marks. Marks may overlap; ranges that do not fall on character boundaries are ignored.
#[derive(Debug, Clone, PartialEq)]
pub struct Rich<L> {
    text: String,
    marks: Vec<(Range<usize>, Mark<L>)>,
}

/// A stretch with one look.
#[derive(Debug, Clone, PartialEq)]
pub struct Segment<'t, L> {
    /// Its bytes.
    pub range: Range<usize>,
    /// Whether it goes to the emoji font.
    pub emoji: bool,
    /// The marks over it.
    pub marks: Vec<&'t Mark<L>>,
}

impl<L> Rich<L> {
    /// Text without marks.
    pub fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), marks: Vec::new() }
    }

    /// Marks a range of bytes.
    pub fn mark(mut self, range: Range<usize>, mark: Mark<L>) -> Self {
        if self.text.get(range.clone()).is_some_and(|part| !part.is_empty()) {
            self.marks.push((range, mark));
        }
        self
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The marks, in the order they were added.
    pub fn marks(&self) -> &[(Range<usize>, Mark<L>)] {
        &self.marks
    }

    /// What a click at this byte produces.
    pub fn target_at(&self, byte: usize) -> Option<&L> {
        self.marks.iter().find_map(|(range, mark)| match mark {
            Mark::Link(target) | Mark::Mention(target) if range.contains(&byte) => Some(target),
            _ => None,
        })
    }

    /// The segments, in order and without gaps.
    pub fn segments(&self) -> Vec<Segment<'_, L>> {
        let mut cuts: Vec<usize> =
            self.marks.iter().flat_map(|(range, _)| [range.start, range.end]).collect();
        let pieces = emoji::pieces(&self.text);
        cuts.extend(pieces.iter().map(|piece| piece.range.end));
        cuts.sort_unstable();
        cuts.dedup();
        let mut pieces = pieces.into_iter().peekable();
        let mut by_start: Vec<usize> = (0..self.marks.len()).collect();
        by_start.sort_by_key(|mark| self.marks.get(*mark).map(|(range, _)| range.start));
        let mut coming = by_start.into_iter().peekable();
        let mut over = BTreeSet::new();
        let mut start = 0;
        let mut segments = Vec::with_capacity(cuts.len());
        for end in cuts {
            if end <= start {
                continue;
            }
            while pieces.peek().is_some_and(|piece| piece.range.end <= start) {
                pieces.next();
            }
            let begins = |mark: &usize| self.marks.get(*mark).is_some_and(|(range, _)| range.start <= start);
            while let Some(mark) = coming.next_if(begins) {
                over.insert(mark);
            }
            // Ends are cuts, so what is not over yet covers all of the segment.
            over.retain(|mark| self.marks.get(*mark).is_some_and(|(range, _)| range.end > start));
            segments.push(Segment {
                range: start..end,
                emoji: pieces.peek().is_some_and(|piece| piece.emoji),
                marks: over.iter().filter_map(|mark| Some(&self.marks.get(*mark)?.1)).collect(),
            });
            start = end;
        }
        segments
    }
}

impl<L> From<&str> for Rich<L> {
    fn from(text: &str) -> Self {
        Self::plain(text)
    }
}

impl<L> From<String> for Rich<L> {
    fn from(text: String) -> Self {
        Self::plain(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_cover_the_text_and_carry_all_marks() {
        let text = "see 👍 https://a.b now";
        let link = 9..20;
        let rich = Rich::plain(text).mark(link.clone(), Mark::Link("x")).mark(0..8, Mark::Hit);
        let segments: Vec<_> =
            rich.segments().into_iter().map(|s| (&text[s.range], s.emoji, s.marks.len())).collect();
        assert_eq!(
            segments,
            [
                ("see ", false, 1),
                ("👍", true, 1),
                (" ", false, 0),
                ("https://a.b", false, 1),
                (" now", false, 0)
            ]
        );
        assert_eq!(rich.target_at(link.start), Some(&"x"));
        assert_eq!(rich.target_at(link.end), None);
        assert!(Rich::<()>::plain("").segments().is_empty());
        assert_eq!(Rich::<()>::plain("你好").mark(1..3, Mark::Bold).marks(), []);
    }
}
