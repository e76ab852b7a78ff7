//! Text being written, with its history.

use std::ops::Range;
use std::time::{Duration, Instant};

use iced::widget::text_editor::{self, Action, Content, Cursor, Motion, Position};
use unicode_segmentation::UnicodeSegmentation;

/// Edits further apart than this are undone one by one.
const PAUSE: Duration = Duration::from_millis(1_500);
/// How many steps can be undone.
const DEPTH: usize = 200;

/// A change to an [`Editor`].
#[derive(Debug, Clone)]
pub enum Edit {
    /// What the widget did.
    Action(Action),
    /// Takes the last step back.
    Undo,
    /// Takes the last undo back.
    Redo,
    /// Deletes to the beginning of the word.
    DeleteWordBack,
    /// Deletes to the end of the word.
    DeleteWordForward,
}

/// What an edit was, for grouping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Typing,
    Deleting,
    Other,
}

#[derive(Debug, Clone, PartialEq)]
struct Snapshot {
    text: String,
    cursor: Cursor,
}

/// A text with cursor, selection and undo history.
#[derive(Debug, Default)]
pub struct Editor {
    content: Content,
    undo: Vec<Snapshot>,
    redo: Vec<Snapshot>,
    last: Option<(Kind, Instant)>,
}

impl Editor {
    /// An editor with `text`, the cursor at its end and an empty history.
    pub fn with_text(text: &str) -> Self {
        let mut editor = Self { content: Content::with_text(text), ..Self::default() };
        editor.content.perform(Action::Move(Motion::DocumentEnd));
        editor
    }

    /// The content, for the widget.
    pub(super) fn content(&self) -> &Content {
        &self.content
    }

    /// The whole text.
    pub fn text(&self) -> String {
        self.content.text()
    }

    /// Whether nothing is written (spaces count as something).
    pub fn is_empty(&self) -> bool {
        self.content.line_count() == 0
            || (self.content.line_count() == 1
                && self.content.line(0).is_none_or(|line| line.text.is_empty()))
    }

    /// Whether there is nothing to send.
    pub fn is_blank(&self) -> bool {
        self.content.lines().all(|line| line.text.trim().is_empty())
    }

    /// How many characters a reader counts.
    pub fn characters(&self) -> usize {
        self.text().graphemes(true).count()
    }

    /// How many bytes go over the wire.
    pub fn bytes(&self) -> usize {
        self.text().len()
    }

    /// The cursor as a byte of [`Self::text`].
    pub fn cursor(&self) -> usize {
        self.byte_of(self.content.cursor().position)
    }

    /// The selected bytes, if any.
    pub fn selection(&self) -> Option<Range<usize>> {
        let cursor = self.content.cursor();
        let (a, b) = (self.byte_of(cursor.position), self.byte_of(cursor.selection?));
        (a != b).then(|| a.min(b)..a.max(b))
    }

    /// The bytes from the last `marker` before the cursor to the cursor, if it begins a word and no space
    /// lies between: what a person types after `@`.
    pub fn token(&self, marker: char) -> Option<Range<usize>> {
        let text = self.text();
        let before = text.get(..self.cursor())?;
        let start = before.rfind(marker)?;
        let typed = before.get(start + marker.len_utf8()..)?;
        let begins_word = before.get(..start)?.chars().next_back().is_none_or(|c| !c.is_ascii_alphanumeric());
        (begins_word && !typed.contains(char::is_whitespace)).then_some(start..before.len())
    }

    /// Applies a change from the widget.
    pub fn perform(&mut self, edit: Edit) {
        match edit {
            Edit::Undo => self.travel(true),
            Edit::Redo => self.travel(false),
            Edit::DeleteWordBack => self.delete_word(Motion::WordLeft, text_editor::Edit::Backspace),
            Edit::DeleteWordForward => self.delete_word(Motion::WordRight, text_editor::Edit::Delete),
            Edit::Action(action) => {
                if let Action::Edit(edit) = &action {
                    self.remember(match edit {
                        text_editor::Edit::Insert(_) => Kind::Typing,
                        text_editor::Edit::Backspace | text_editor::Edit::Delete => Kind::Deleting,
                        _ => Kind::Other,
                    });
                } else if !matches!(action, Action::Scroll { .. }) {
                    self.last = None;
                }
                self.content.perform(action);
            }
        }
    }

    /// Puts `text` in place of the selection or at the cursor.
    pub fn insert(&mut self, text: &str) {
        self.remember(Kind::Other);
        self.paste(text);
    }

    /// Puts `text` in place of a range of bytes, the cursor behind it.
    pub fn replace(&mut self, range: Range<usize>, text: &str) {
        self.remember(Kind::Other);
        let (start, end) = (self.position_of(range.start), self.position_of(range.end));
        let selection = (start != end).then_some(start);
        self.content.move_to(Cursor { position: end, selection });
        self.paste(text);
    }

    /// Puts a mark on both sides of what is selected, or takes it off; with nothing selected, the cursor goes between.
    pub fn surround(&mut self, mark: &str) {
        self.remember(Kind::Other);
        let text = self.text();
        let selected = self.selection().unwrap_or(self.cursor()..self.cursor());
        let inner = text.get(selected.clone()).unwrap_or_default();
        let (before, after) =
            (text.get(..selected.start).unwrap_or_default(), text.get(selected.end..).unwrap_or_default());
        let marked = !inner.is_empty() && before.ends_with(mark) && after.starts_with(mark);
        let (outer, start) = match marked {
            true => (selected.start - mark.len()..selected.end + mark.len(), selected.start - mark.len()),
            false => (selected.clone(), selected.start + mark.len()),
        };
        let words = if marked { inner.to_owned() } else { format!("{mark}{inner}{mark}") };
        let position = self.position_of(outer.end);
        let selection = (outer.start != outer.end).then(|| self.position_of(outer.start));
        self.content.move_to(Cursor { position, selection });
        self.paste(&words);
        let (from, to) = (self.position_of(start), self.position_of(start + inner.len()));
        self.content.move_to(Cursor { position: to, selection: (from != to).then_some(from) });
    }

    /// Replaces everything and forgets the history: another draft.
    pub fn set_text(&mut self, text: &str) {
        *self = Self::with_text(text);
    }

    /// Empties it and forgets the history: the message is sent. Returns what was written.
    pub fn take(&mut self) -> String {
        let text = self.text();
        *self = Self::default();
        text
    }

    fn paste(&mut self, text: &str) {
        let text = std::sync::Arc::new(text.to_owned());
        self.content.perform(Action::Edit(text_editor::Edit::Paste(text)));
    }

    fn delete_word(&mut self, motion: Motion, edit: text_editor::Edit) {
        self.remember(Kind::Other);
        if self.selection().is_none() {
            self.content.perform(Action::Select(motion));
        }
        self.content.perform(Action::Edit(edit));
    }

    fn snapshot(&self) -> Snapshot {
        Snapshot { text: self.text(), cursor: self.content.cursor() }
    }

    /// Notes the text before an edit, unless the edit goes on with the last one.
    fn remember(&mut self, kind: Kind) {
        let now = Instant::now();
        let goes_on = self.last.is_some_and(|(last, at)| {
            last == kind && kind != Kind::Other && now.duration_since(at) < PAUSE && !self.after_space(kind)
        });
        self.last = Some((kind, now));
        self.redo.clear();
        if !goes_on {
            let snapshot = self.snapshot();
            self.undo.push(snapshot);
            if self.undo.len() > DEPTH {
                self.undo.remove(0);
            }
        }
    }

    /// Whether a new word is about to be typed: undo goes word by word.
    fn after_space(&self, kind: Kind) -> bool {
        let text = self.text();
        kind == Kind::Typing
            && text.get(..self.cursor()).is_some_and(|before| before.ends_with([' ', '\n', '\t']))
    }

    fn travel(&mut self, back: bool) {
        let target = if back { self.undo.pop() } else { self.redo.pop() };
        let Some(target) = target else { return };
        let here = self.snapshot();
        if back {
            self.redo.push(here);
        } else {
            self.undo.push(here);
        }
        self.content = Content::with_text(&target.text);
        self.content.move_to(target.cursor);
        self.last = None;
    }

    fn byte_of(&self, position: Position) -> usize {
        let before: usize = self.content.lines().take(position.line).map(|line| line.text.len() + 1).sum();
        before + position.column
    }

    fn position_of(&self, byte: usize) -> Position {
        let mut left = byte;
        let mut last = Position { line: 0, column: 0 };
        for (index, line) in self.content.lines().enumerate() {
            let column = left.min(line.text.len());
            last = Position { line: index, column };
            if left <= line.text.len() {
                break;
            }
            left -= line.text.len() + 1;
        }
        last
    }
}

impl Clone for Editor {
    fn clone(&self) -> Self {
        let mut content = Content::with_text(&self.text());
        content.move_to(self.content.cursor());
        Self { content, undo: self.undo.clone(), redo: self.redo.clone(), last: self.last }
    }
}
