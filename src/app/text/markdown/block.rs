//! Lines to blocks.

use super::{Block, Document, Kind, MOST, inline};

/// How far in an entry of a list can be.
const DEEPEST: usize = 4;
/// So many spaces are one step of a list.
const STEP: usize = 2;

/// The beginning of a list entry.
struct Bullet<'s> {
    depth: usize,
    marker: String,
    words: &'s str,
}

struct Builder<'s> {
    document: Document,
    /// The lines of the paragraph that is being read.
    paragraph: Vec<&'s str>,
}

/// Reads a text.
pub(super) fn parse(source: &str) -> Document {
    let mut builder = Builder { document: Document::default(), paragraph: Vec::new() };
    builder.lines(source, 0);
    builder.document
}

impl<'s> Builder<'s> {
    fn lines(&mut self, source: &'s str, quoted: usize) {
        let mut lines = source.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).peekable();
        while let Some(line) = lines.next() {
            if let Some((fence, language)) = fence(line) {
                self.end_paragraph(quoted);
                let mut code = Vec::new();
                for line in lines.by_ref() {
                    if line.trim().len() >= fence && line.trim().bytes().all(|byte| byte == b'`') {
                        break;
                    }
                    code.push(line);
                }
                self.code(&code.join("\n"), language, quoted);
            } else if let Some(code) = code_in_one_line(line) {
                self.end_paragraph(quoted);
                self.code(code, "", quoted);
            } else if let Some(words) = quote(line) {
                self.end_paragraph(quoted);
                let mut inner =
                    Builder { document: std::mem::take(&mut self.document), paragraph: Vec::new() };
                let mut quote_lines = vec![words];
                while let Some(words) = lines.peek().and_then(|line| quote(line)) {
                    quote_lines.push(words);
                    lines.next();
                }
                let text = quote_lines.join("\n");
                if quoted < DEEPEST {
                    inner.lines(&text, quoted + 1);
                } else {
                    inner.paragraph.extend(quote_lines);
                    inner.end_paragraph(quoted + 1);
                }
                self.document = inner.document;
            } else if let Some(words) = heading(line) {
                self.end_paragraph(quoted);
                self.block(Kind::Heading, words, quoted);
            } else if is_rule(line) {
                self.end_paragraph(quoted);
                self.block(Kind::Rule, "", quoted);
            } else if let Some(bullet) = bullet(line) {
                self.end_paragraph(quoted);
                let mut words = vec![bullet.words];
                // What is further in than the entry and no entry itself goes on with it.
                let goes_on = |line: &&str| {
                    let inside = line.len() - line.trim_start().len();
                    inside > bullet.depth * STEP && !line.trim().is_empty() && self::bullet(line).is_none()
                };
                while let Some(line) = lines.next_if(goes_on) {
                    words.push(line.trim_start());
                }
                let separator = if self.document.blocks.is_empty() { "" } else { "\n" };
                let indent = "  ".repeat(bullet.depth);
                self.document.text.push_str(&format!("{separator}{indent}{} ", bullet.marker));
                let kind = Kind::Item { depth: bullet.depth, marker: bullet.marker };
                self.words(kind, &words.join("\n"), quoted);
            } else if let Some(rule) = lines.next_if(|next| is_table(line, next)) {
                let mut rows = vec![line];
                while let Some(row) = lines.next_if(|line| line.contains('|') && !line.trim().is_empty()) {
                    rows.push(row);
                }
                let columns = cells(line, usize::MAX).len();
                // Counted before anything is made of it: short rows are filled up to the columns of the head.
                if columns.saturating_mul(rows.len()) > MOST {
                    self.paragraph.extend([line, rule]);
                    self.paragraph.extend(rows.into_iter().skip(1));
                } else {
                    self.end_paragraph(quoted);
                    // More cells than columns: the last one has the rest, so that no word is lost.
                    let rows: Vec<Vec<&str>> = rows.into_iter().map(|row| cells(row, columns)).collect();
                    self.table(&rows, quoted);
                }
            } else {
                self.paragraph.push(line);
            }
        }
        self.end_paragraph(quoted);
    }

    /// Blank lines stand between lines of one paragraph as they were typed, and nowhere else.
    fn end_paragraph(&mut self, quoted: usize) {
        let lines = std::mem::take(&mut self.paragraph);
        let text = lines.join("\n");
        let text = text.trim_matches('\n');
        if !text.trim().is_empty() {
            self.block(Kind::Paragraph, text.trim_end(), quoted);
        }
    }

    fn separate(&mut self) {
        if !self.document.blocks.is_empty() {
            self.document.text.push('\n');
        }
    }

    fn block(&mut self, kind: Kind, source: &str, quoted: usize) {
        self.separate();
        self.words(kind, source, quoted);
    }

    fn words(&mut self, kind: Kind, source: &str, quoted: usize) {
        let start = self.document.text.len();
        let mut spans = Vec::new();
        inline::read(source, &mut self.document.text, &mut spans);
        self.document.blocks.push(Block { kind, quoted, range: start..self.document.text.len(), spans });
    }

    fn code(&mut self, code: &str, language: &str, quoted: usize) {
        self.separate();
        let start = self.document.text.len();
        self.document.text.push_str(code);
        let range = start..self.document.text.len();
        let kind = Kind::Code { language: language.to_owned() };
        self.document.blocks.push(Block { kind, quoted, range, spans: Vec::new() });
    }

    fn table(&mut self, rows: &[Vec<&str>], quoted: usize) {
        self.separate();
        let start = self.document.text.len();
        let columns = rows.first().map_or(0, Vec::len);
        let mut spans = Vec::new();
        let mut places = Vec::new();
        for (line, row) in rows.iter().enumerate() {
            if line > 0 {
                self.document.text.push('\n');
            }
            let mut place = Vec::new();
            for column in 0..columns {
                if column > 0 {
                    self.document.text.push('\t');
                }
                let from = self.document.text.len();
                inline::read(row.get(column).unwrap_or(&""), &mut self.document.text, &mut spans);
                place.push(from..self.document.text.len());
            }
            places.push(place);
        }
        let range = start..self.document.text.len();
        self.document.blocks.push(Block { kind: Kind::Table(places), quoted, range, spans });
    }
}

/// The length of the fence that opens code, and the word after it.
fn fence(line: &str) -> Option<(usize, &str)> {
    let line = line.trim();
    let word = line.trim_start_matches('`');
    let length = line.len() - word.len();
    (length >= 3 && !word.contains('`')).then_some((length, word.trim()))
}

/// Code with both fences in one line.
fn code_in_one_line(line: &str) -> Option<&str> {
    let code = line.trim().strip_prefix("```")?.strip_suffix("```")?;
    (!code.contains('`') && !code.trim().is_empty()).then_some(code.trim())
}

fn quote(line: &str) -> Option<&str> {
    match line.strip_prefix('>')? {
        "" => Some(""),
        // `>:(` is a face.
        words => words.strip_prefix(' ').or_else(|| words.starts_with('>').then_some(words)),
    }
}

fn heading(line: &str) -> Option<&str> {
    let words = line.trim_start_matches('#');
    let depth = line.len() - words.len();
    (1..=6)
        .contains(&depth)
        .then(|| words.strip_prefix(' '))?
        .map(str::trim)
        .filter(|words| !words.is_empty())
}

fn is_rule(line: &str) -> bool {
    let line = line.trim();
    line.len() >= 3 && ["-", "*", "_"].iter().any(|mark| line.trim_matches(|c| mark.contains(c)).is_empty())
}

fn bullet(line: &str) -> Option<Bullet<'_>> {
    let words = line.trim_start_matches([' ', '\t']);
    let spaces: usize =
        line[..line.len() - words.len()].bytes().map(|b| if b == b'\t' { 4 } else { 1 }).sum();
    let depth = (spaces / STEP).min(DEEPEST);
    let (marker, words) = words.split_once(' ')?;
    let words = words.trim_start();
    if words.is_empty() {
        return None;
    }
    if let Some(number) = marker.strip_suffix(['.', ')']) {
        let is_number = (1..=4).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
        return is_number.then(|| Bullet { depth, marker: marker.to_owned(), words });
    }
    if !["-", "*", "•"].contains(&marker) {
        return None;
    }
    let task = |mark, marker: &str| {
        let words = words.strip_prefix(mark)?;
        Some(Bullet { depth, marker: marker.to_owned(), words })
    };
    task("[ ] ", "☐")
        .or_else(|| task("[x] ", "☑"))
        .or_else(|| task("[X] ", "☑"))
        .or_else(|| Some(Bullet { depth, marker: "•".to_owned(), words }))
}

/// Whether two lines are the head of a table and what divides it from the rest.
fn is_table(head: &str, rule: &str) -> bool {
    let marks = cells(rule, usize::MAX);
    let is_mark = |cell: &&str| {
        let dashes = cell.trim_start_matches(':').trim_end_matches(':');
        !dashes.is_empty() && dashes.bytes().all(|byte| byte == b'-')
    };
    head.contains('|')
        && rule.contains('|')
        && marks.iter().all(is_mark)
        && cells(head, usize::MAX).len() == marks.len()
}

/// The cells of a line, `most` at most.
fn cells(line: &str, most: usize) -> Vec<&str> {
    let line = line.trim();
    let line = line.strip_prefix('|').unwrap_or(line);
    let line = line.strip_suffix('|').unwrap_or(line);
    line.splitn(most, '|').map(str::trim).collect()
}
