//! What a message says, drawn inside of its bubble: one file for each kind.
//!
//! Each takes the line with time and state as well, because only it knows whether that fits beside its last line, lies on a
//! picture or stands below.
//!
//! * `audio`: a player. `text`: words with links and mentions. [`image`]: pictures and albums. [`file`]: cards. `video`: films.
//!   `card`: contacts and what other programs send; `poll`: polls and sign-up lists; `place`: a place on the map;
//!   `record`: messages sent on as one; `sticker`: stickers; `flagged`: what moderation hides. `unsupported`: kinds that this version cannot show, which are never blank.

mod audio;
mod card;
pub mod file;
mod flagged;
pub mod image;
mod place;
mod poll;
mod record;
mod sticker;
mod text;
mod unsupported;
mod video;

use hallway_protocol::message::Payload;

use super::rows::MessageRow;
use crate::screen::chats::{Chats, Message as ChatsMessage, Open};
use crate::theme::Theme;
use crate::widget::Element;

impl Chats {
    /// What the message of `row` says, with `state` (time and how far it has got) at its end. It may be `room` wide.
    pub(super) fn content<'a>(
        &'a self,
        open: &'a Open,
        row: &'a MessageRow,
        room: f32,
        state: Element<'a, ChatsMessage>,
        theme: &Theme,
    ) -> Element<'a, ChatsMessage> {
        if row.message.has_risk_content {
            return flagged::flagged(state);
        }
        match (&row.message.payload, &row.words) {
            (Payload::Text(_), Some(words)) => self.text(open, row, words, state, theme),
            (Payload::Audio(_), _) => self.audio(row, state),
            (Payload::Image(image), _) if !image.variants.is_empty() => self.image(row, room, state),
            (Payload::Video(video), _) => self.video(row, video, room, state),
            (Payload::File(file), _) => self.file(row, file, room, state),
            (Payload::Custom(custom), _) => self.custom(row, custom, state),
            (Payload::Location(location), _) => place::place(location, state),
            (Payload::Face(face), _) => self.sticker(face, state),
            (Payload::Merger(merger), _) => record::card(row, merger, state),
            _ => unsupported::unsupported(&row.message, state),
        }
    }
}
