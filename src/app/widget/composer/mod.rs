//! The text area people write messages in.
//!
//! [`Editor`] is the state (text, cursor, undo history) and belongs to the screen; [`composer`] is the
//! widget. Every change comes as an [`Edit`] message that goes to [`Editor::perform`]; sending, cancelling
//! and completion keys come as messages of the screen.
//!
//! * Enter sends and Shift+Enter breaks the line (or Ctrl+Enter sends, see [`SendKey`]); never while the
//!   input method shows an unfinished word.
//! * Undo and redo (Ctrl+Z, Ctrl+Shift+Z, Ctrl+Y) by runs of typing, not by letters.
//! * Grows from one line to `max_height`, then scrolls. Tab leaves it. Emoji are in colour.
//! * PageUp and PageDown are left to the timeline.
//!
//! ```ignore
//! composer(&self.editor, Message::Edit).id("composer").placeholder(fl!("message-to", name = name))
//!     .on_send(Message::Send).on_key(|key| self.completion_key(key))
//! ```

mod editor;
mod emoji;
#[cfg(test)]
mod tests;
mod widget;

pub use editor::{Edit, Editor};
pub use widget::{Composer, SendKey, composer};
