//! Emoji in colour while typing: a highlighter that sends them to the emoji font.

use std::ops::Range;

use iced::advanced::text::highlighter::{Format, Highlighter};

use crate::text::emoji::pieces;
use crate::theme::{Theme, font};

/// Finds the emoji of each line.
pub(super) struct Emoji {
    line: usize,
}

/// Says of a range that it is emoji.
#[derive(Debug, Clone, Copy)]
pub(super) struct IsEmoji;

impl Highlighter for Emoji {
    type Settings = ();
    type Highlight = IsEmoji;
    type Iterator<'a> = std::vec::IntoIter<(Range<usize>, IsEmoji)>;

    fn new(_: &Self::Settings) -> Self {
        Self { line: 0 }
    }

    fn update(&mut self, _: &Self::Settings) {}

    fn change_line(&mut self, line: usize) {
        self.line = self.line.min(line);
    }

    fn highlight_line(&mut self, line: &str) -> Self::Iterator<'_> {
        self.line += 1;
        let found: Vec<_> = pieces(line)
            .into_iter()
            .filter(|piece| piece.emoji)
            .map(|piece| (piece.range, IsEmoji))
            .collect();
        found.into_iter()
    }

    fn current_line(&self) -> usize {
        self.line
    }
}

/// The format of what the highlighter found.
pub(super) fn format(_: &IsEmoji, _: &Theme) -> Format<iced::Font> {
    Format { color: None, font: Some(font::EMOJI) }
}
