//! Text with marks (links, mentions, code, search hits), cut into segments of one look each.

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
        let mut start = 0;
        let mut segments = Vec::with_capacity(cuts.len());
        for end in cuts {
            if end <= start {
                continue;
            }
            while pieces.peek().is_some_and(|piece| piece.range.end <= start) {
                pieces.next();
            }
            segments.push(Segment {
                range: start..end,
                emoji: pieces.peek().is_some_and(|piece| piece.emoji),
                marks: self
                    .marks
                    .iter()
                    .filter(|(range, _)| range.start <= start && range.end >= end)
                    .map(|(_, mark)| mark)
                    .collect(),
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

/// The web links in a text: `http://` and `https://` up to the next space, without the punctuation that ends
/// a sentence or closes a bracket around the link.
pub fn links(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = ["https://", "http://"]
        .iter()
        .filter_map(|scheme| text.get(from..)?.find(scheme).map(|at| from + at))
        .min()
    {
        let rest = text.get(start..).unwrap_or_default();
        let ends = |c: char| c.is_whitespace() || c.is_control() || "<>\"“”「」，。；！？、（）".contains(c);
        let mut end = start + rest.find(ends).unwrap_or(rest.len());
        while let Some(last) = text.get(start..end).and_then(|link| link.chars().next_back()) {
            let link = text.get(start..end).unwrap_or_default();
            let unmatched = |open: char, close: char| {
                last == close && link.matches(close).count() > link.matches(open).count()
            };
            if ".,;:!?'*".contains(last) || unmatched('(', ')') || unmatched('[', ']') {
                end -= last.len_utf8();
            } else {
                break;
            }
        }
        let scheme = rest.find("://").map_or(0, |at| start + at + 3);
        if end > scheme {
            found.push(start..end);
        }
        from = end.max(start + 1);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_cover_the_text_and_carry_all_marks() {
        let text = "see 👍 https://a.b now";
        let link = links(text)[0].clone();
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

    #[test]
    fn links_end_where_a_reader_ends_them() {
        for (text, link) in [
            ("see https://example.org/a?b=c#d.", "https://example.org/a?b=c#d"),
            (
                "(https://en.wikipedia.org/wiki/Rust_(language))",
                "https://en.wikipedia.org/wiki/Rust_(language)",
            ),
            ("看http://例子.cn/路径，好的", "http://例子.cn/路径"),
            ("“https://x.y”", "https://x.y"),
        ] {
            let found = links(text);
            assert_eq!(found.len(), 1, "{text}");
            assert_eq!(&text[found[0].clone()], link);
        }
        assert!(links("https:// nothing http://").is_empty());
        assert_eq!(links("http://a https://b http://c").len(), 3);
    }
}
