//! What a message says, drawn inside of its bubble: one file for each kind.
//!
//! Each takes the line with time and state as well, because only it knows whether that fits beside its last line, lies on a
//! picture or stands below.
//!
//! * `audio`: a player. `text`: words with links and mentions. `unsupported`: kinds that this version cannot show, which are never blank.

mod audio;
mod text;
mod unsupported;

use hallway_protocol::message::Payload;

use super::rows::MessageRow;
use crate::screen::chats::{Chats, Message as ChatsMessage, Open};
use crate::theme::Theme;
use crate::widget::Element;

impl Chats {
    /// What the message of `row` says, with `state` (time and how far it has got) at its end.
    pub(super) fn content<'a>(
        &'a self,
        open: &'a Open,
        row: &'a MessageRow,
        state: Element<'a, ChatsMessage>,
        theme: &Theme,
    ) -> Element<'a, ChatsMessage> {
        match (&row.message.payload, &row.words) {
            (Payload::Text(_), Some(words)) => self.text(open, row, words, state, theme),
            (Payload::Audio(_), _) => self.audio(row, state),
            _ => unsupported::unsupported(&row.message, state),
        }
    }
}
