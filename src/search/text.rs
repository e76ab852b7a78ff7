//! What of a message can be found (MSG-67).

use std::borrow::Cow;

use hallway_protocol::message::Payload;
use hallway_protocol::method::MessageKind;

/// The kind of a message that can be found and its words, unfolded; there are none where it is found by kind, sender and
/// time alone. Stickers, tips, notices, recalled messages and kinds of tomorrow cannot be found.
pub fn words(payload: &Payload) -> Option<(MessageKind, Cow<'_, str>)> {
    match payload {
        Payload::Text(text) => Some((MessageKind::Text, text.text.as_str().into())),
        Payload::File(file) => Some((MessageKind::File, file.file_name.as_str().into())),
        Payload::Custom(custom) => Some((MessageKind::Custom, custom.description.as_str().into())),
        Payload::Location(place) => {
            let lines = format!("{}\n{}\n{}", place.description, place.latitude, place.longitude);
            Some((MessageKind::Location, lines.into()))
        }
        Payload::Merger(merger) => {
            let lines: Vec<&str> =
                std::iter::once(&merger.title).chain(&merger.abstract_list).map(String::as_str).collect();
            Some((MessageKind::Merger, lines.join("\n").into()))
        }
        Payload::Image(_) => Some((MessageKind::Image, "".into())),
        Payload::Audio(_) => Some((MessageKind::Audio, "".into())),
        Payload::Video(_) => Some((MessageKind::Video, "".into())),
        Payload::Face(_)
        | Payload::GroupTip(_)
        | Payload::GroupSystemNotice(_)
        | Payload::Revoked {}
        | Payload::Unknown(_) => None,
    }
}
