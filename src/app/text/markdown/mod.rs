//! Markdown as people type it into a chat.
//!
//! Not CommonMark: what was typed as plain words has to stay readable word for word. So a line break is a line break,
//! a quote ends with its line, `2*3*4`, `snake_case` and `\\server\share` lose nothing, and nothing is HTML. Known are:
//! `**bold**`, `*slanted*`, `~~crossed out~~`, `` `code` ``, `[words](https://…)`, fenced code, quotes, lists, tasks,
//! headings, rules and tables.
//!
//! A [`Document`] is the text without its marks, as it is selected and copied, and [`Block`]s that say how its parts
//! look. Reading is linear in the text, and a text with more than [`MOST`] blocks or stretches, or a table with more cells, is
//! shown as it was typed: nobody writes that by hand, and drawing it would cost.
//!
//! * `block`: lines to blocks; `inline`: marks inside a line.

mod block;
#[cfg(test)]
mod fuzz;
mod inline;
#[cfg(test)]
mod tests;

use std::ops::Range;

/// The most blocks, the most marked stretches of a block, and the most cells of a table.
pub const MOST: usize = 200;

/// A text with what its marks mean.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Document {
    text: String,
    blocks: Vec<Block>,
}

/// A part of a text that is drawn as one piece.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// What it is.
    pub kind: Kind,
    /// How often it is quoted.
    pub quoted: usize,
    /// Its words, as bytes of the document's text.
    pub range: Range<usize>,
    /// Marks inside, as bytes of the document's text.
    pub spans: Vec<Span>,
}

/// What a block is.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// Lines of words.
    Paragraph,
    /// A heading.
    Heading,
    /// An entry of a list.
    Item {
        /// How far in, from 0.
        depth: usize,
        /// What stands before it: `•`, `3.`, `☐`.
        marker: String,
    },
    /// Lines of code.
    Code {
        /// The word after the fence; mostly empty.
        language: String,
    },
    /// A table: its cells by rows, as bytes of the document's text. The first row is the head.
    Table(Vec<Vec<Range<usize>>>),
    /// A line across.
    Rule,
}

/// A marked stretch of text.
#[derive(Debug, Clone, PartialEq)]
pub struct Span {
    /// Its bytes in the document's text.
    pub range: Range<usize>,
    /// What it is.
    pub style: Style,
}

/// What a marked stretch is.
#[derive(Debug, Clone, PartialEq)]
pub enum Style {
    /// `**…**`
    Bold,
    /// `*…*`, `_…_`
    Italic,
    /// `~~…~~`
    Strike,
    /// `` `…` ``
    Code,
    /// A web address, typed as such or behind words.
    Link(String),
}

impl Document {
    /// Reads a text.
    pub fn parse(source: &str) -> Self {
        let document = block::parse(source);
        let too_many = |block: &Block| block.spans.len() > MOST;
        if document.blocks.len() <= MOST && !document.blocks.iter().any(too_many) {
            return document;
        }
        let range = 0..source.len();
        let block = Block { kind: Kind::Paragraph, quoted: 0, range, spans: Vec::new() };
        Self { text: source.to_owned(), blocks: vec![block] }
    }

    /// The words without their marks.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The parts, in order.
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// Whether there is nothing but lines of words.
    pub fn is_plain(&self) -> bool {
        matches!(self.blocks.as_slice(), [Block { kind: Kind::Paragraph, quoted: 0, .. }])
    }
}
