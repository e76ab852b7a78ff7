//! Marks inside of lines: cut into pieces, matched, and put together again without the marks that mean something.

use std::collections::HashMap;
use std::ops::Range;

use hallway_protocol::text::links;

use super::{Span, Style};

/// The longest address behind words, and the longest words before one, in bytes.
const LONGEST: usize = 4096;

/// A piece of a line.
enum Piece<'s> {
    /// Words.
    Text(&'s str),
    /// Code or a link: no marks inside.
    Whole(&'s str, Style),
    /// A run of `*`, `_` or `~`.
    Run(Run),
}

struct Run {
    mark: char,
    /// How many of it are left as they were typed.
    left: usize,
    opens: bool,
    closes: bool,
    /// The stretches that begin (by their number) and those that end here.
    begins: Vec<usize>,
    ends: Vec<usize>,
}

/// Appends `source` without its marks to `out`, and the stretches they mean to `spans`.
pub(super) fn read(source: &str, out: &mut String, spans: &mut Vec<Span>) {
    let mut pieces = Cutter::new(source).cut();
    let styles = matched(&mut pieces);
    let mut stretches: Vec<Span> = styles.into_iter().map(|style| Span { range: 0..0, style }).collect();
    for piece in pieces {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Whole(text, style) => {
                let start = out.len();
                out.push_str(text);
                spans.push(Span { range: start..out.len(), style });
            }
            Piece::Run(run) => {
                for end in &run.ends {
                    stretches[*end].range.end = out.len();
                }
                out.extend(std::iter::repeat_n(run.mark, run.left));
                for begin in &run.begins {
                    stretches[*begin].range.start = out.len();
                }
            }
        }
    }
    spans.extend(stretches);
}

/// Finds which runs belong together; the style of each stretch.
fn matched(pieces: &mut [Piece<'_>]) -> Vec<Style> {
    let mut styles = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    for at in 0..pieces.len() {
        let (before, rest) = pieces.split_at_mut(at);
        let Some(Piece::Run(run)) = rest.first_mut() else { continue };
        while run.closes && run.left > 0 {
            let left = |place: &usize| match &before[*place] {
                Piece::Run(other) if other.mark == run.mark => other.left,
                _ => 0,
            };
            // One mark closes one, two close two; of three, the one that was opened last decides.
            let fits = |place: &usize| match run.left {
                1 => left(place) % 2 == 1,
                2 => left(place) >= 2,
                _ => left(place) >= 1,
            };
            // So few are open that looking at them costs nothing, see below.
            let Some(depth) = open.iter().rposition(fits) else { break };
            let Piece::Run(opener) = &mut before[open[depth]] else { break };
            let (length, style) = match opener.left.min(run.left) {
                0 | 1 => (1, Style::Italic),
                _ if run.mark == '~' => (2, Style::Strike),
                _ => (2, Style::Bold),
            };
            opener.left -= length;
            run.left -= length;
            opener.begins.push(styles.len());
            run.ends.push(styles.len());
            styles.push(style);
            // What was opened inside and not closed stays as it was typed.
            open.truncate(if opener.left == 0 { depth } else { depth + 1 });
        }
        let is_open = |place: &usize| matches!(&before[*place], Piece::Run(other) if (other.mark, other.left) == (run.mark, run.left));
        if run.opens && run.left > 0 && run.ends.is_empty() && !open.iter().any(is_open) {
            open.push(at);
        }
    }
    styles
}

/// A letter or digit of a word that marks do not cut. Chinese is written without spaces, so a mark may stand in it.
fn is_word(c: char) -> bool {
    c.is_alphanumeric() && c < '\u{2E80}'
}

struct Cutter<'s> {
    source: &'s str,
    at: usize,
    /// Where the words that are not in a piece yet begin.
    text: usize,
    pieces: Vec<Piece<'s>>,
    links: std::iter::Peekable<std::vec::IntoIter<Range<usize>>>,
    /// Where runs of so many backticks begin, the first one last.
    ticks: HashMap<usize, Vec<usize>>,
    /// Where the next `](` is, from the last place that was asked for.
    middle: Option<usize>,
}

impl<'s> Cutter<'s> {
    fn new(source: &'s str) -> Self {
        let mut ticks: HashMap<usize, Vec<usize>> = HashMap::new();
        for (at, length) in ticks_of(source).into_iter().rev() {
            ticks.entry(length).or_default().push(at);
        }
        let links = links(source).collect::<Vec<_>>().into_iter().peekable();
        Self { source, at: 0, text: 0, pieces: Vec::new(), links, ticks, middle: source.find("](") }
    }

    fn cut(mut self) -> Vec<Piece<'s>> {
        while let Some(c) = self.source.get(self.at..).and_then(|rest| rest.chars().next()) {
            let done = self.address()
                || match c {
                    '\\' => self.escape(),
                    '`' => self.code(),
                    '[' => self.link(),
                    '*' | '_' | '~' => self.run(c),
                    _ => false,
                };
            if !done {
                self.at += c.len_utf8();
            }
        }
        self.words(self.source.len());
        self.pieces
    }

    fn rest(&self) -> &'s str {
        self.source.get(self.at..).unwrap_or_default()
    }

    fn before(&self) -> Option<char> {
        self.source.get(..self.at)?.chars().next_back()
    }

    /// The words up to a place become a piece.
    fn words(&mut self, end: usize) {
        if let Some(text) = self.source.get(self.text..end).filter(|text| !text.is_empty()) {
            self.pieces.push(Piece::Text(text));
        }
    }

    /// A piece of this length follows; what is `inner` of it is kept.
    fn take(&mut self, length: usize, piece: Piece<'s>) -> bool {
        self.words(self.at);
        self.pieces.push(piece);
        self.at += length;
        self.text = self.at;
        true
    }

    /// A web address as it is typed: the marks inside are part of it.
    fn address(&mut self) -> bool {
        while self.links.peek().is_some_and(|link| link.start < self.at) {
            self.links.next();
        }
        let Some(link) = self.links.next_if(|link| link.start == self.at) else { return false };
        // Marks that close what stands around an address follow it without a space.
        let url = self.source.get(link).unwrap_or_default().trim_end_matches(['*', '_', '~']);
        self.take(url.len(), Piece::Whole(url, Style::Link(url.to_owned())))
    }

    /// A backslash takes the meaning off a mark at the beginning of a word only: elsewhere it is part of a path.
    fn escape(&mut self) -> bool {
        let begins = self.before().is_none_or(|c| c.is_whitespace() || "([{\"'*_~".contains(c));
        let mark = self.rest().get(1..).and_then(|rest| rest.chars().next());
        match mark.filter(|mark| begins && "*_~`[>#-".contains(*mark)) {
            Some(mark) => {
                let words = &self.rest()[1..1 + mark.len_utf8()];
                self.take(1 + words.len(), Piece::Text(words))
            }
            None => false,
        }
    }

    fn code(&mut self) -> bool {
        let rest = self.rest();
        let length = rest.len() - rest.trim_start_matches('`').len();
        let start = self.at + length;
        let ends = self.ticks.entry(length).or_default();
        while ends.last().is_some_and(|end| *end < start) {
            ends.pop();
        }
        let words = ends.last().and_then(|end| self.source.get(start..*end));
        let Some(words) = words.filter(|words| !words.trim().is_empty()) else {
            self.at = start;
            return true;
        };
        // One space at each end lets code begin or end with a backtick.
        let inner = words.strip_prefix(' ').and_then(|inner| inner.strip_suffix(' '));
        let inner = inner.filter(|inner| inner.contains('`')).unwrap_or(words);
        self.take(2 * length + words.len(), Piece::Whole(inner, Style::Code))
    }

    /// `[words](https://…)`: nothing else is a link, so that brackets stay brackets.
    fn link(&mut self) -> bool {
        while self.middle.is_some_and(|middle| middle < self.at) {
            self.middle = self.rest().find("](").map(|middle| self.at + middle);
        }
        let Some(middle) = self.middle.filter(|middle| middle - self.at <= LONGEST) else { return false };
        let words = self.source.get(self.at + 1..middle).unwrap_or_default();
        let address = self.source.get(middle + 2..).unwrap_or_default();
        let is_web = address.starts_with("https://") || address.starts_with("http://");
        if !is_web || words.trim().is_empty() || words.contains(['[', ']', '\n']) {
            return false;
        }
        let mut depth = 0_usize;
        let mut end = None;
        for (at, c) in address.char_indices().take_while(|(at, c)| *at <= LONGEST && !c.is_whitespace()) {
            match c {
                '(' => depth += 1,
                ')' if depth == 0 => {
                    end = Some(at);
                    break;
                }
                ')' => depth -= 1,
                _ => {}
            }
        }
        let Some(url) = end.and_then(|end| address.get(..end)) else { return false };
        self.take(words.len() + url.len() + 4, Piece::Whole(words, Style::Link(url.to_owned())))
    }

    fn run(&mut self, mark: char) -> bool {
        let rest = self.rest();
        let left = rest.len() - rest.trim_start_matches(mark).len();
        let (before, after) = (self.before(), rest.get(left..).and_then(|rest| rest.chars().next()));
        let stands = |c: Option<char>| c.is_some_and(|c| !c.is_whitespace());
        let opens = stands(after) && !before.is_some_and(is_word);
        let closes = stands(before) && !after.is_some_and(is_word);
        // `__init__` is a name, a single tilde means "about", and nobody marks anything with four.
        let means_something = matches!((mark, left), ('*', 1..=3) | ('_', 1) | ('~', 2));
        if !means_something {
            self.at += left;
            return true;
        }
        let run = Run { mark, left, opens, closes, begins: Vec::new(), ends: Vec::new() };
        self.take(left, Piece::Run(run))
    }
}

/// The runs of backticks: where each begins, and how long it is.
fn ticks_of(source: &str) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for (at, _) in source.match_indices('`') {
        match runs.last_mut() {
            Some((start, length)) if *start + *length == at => *length += 1,
            _ => runs.push((at, 1)),
        }
    }
    runs
}
