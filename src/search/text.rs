//! What of a message can be found (MSG-67).

use hallway_protocol::message::Payload;

/// The kinds that can be found, as they travel; the place is their number in the index.
const KINDS: [&str; 8] = ["text", "image", "audio", "video", "file", "custom", "location", "merger"];

/// The number of a kind that can be found. None for stickers, tips, notices, recalled messages and kinds of tomorrow.
pub fn kind_number(kind: &str) -> Option<u8> {
    KINDS.iter().position(|known| *known == kind).and_then(|place| u8::try_from(place).ok())
}

/// The words of a message, unfolded: none if it cannot be found at all, empty if only by kind, sender and time.
pub fn words(payload: &Payload) -> Option<String> {
    match payload {
        Payload::Text(text) => Some(text.text.clone()),
        Payload::File(file) => Some(file.file_name.clone()),
        Payload::Custom(custom) => Some(custom.description.clone()),
        Payload::Location(place) => {
            Some(format!("{}\n{}\n{}", place.description, place.latitude, place.longitude))
        }
        Payload::Merger(merger) => {
            let lines = std::iter::once(&merger.title).chain(&merger.abstract_list);
            Some(lines.map(String::as_str).collect::<Vec<_>>().join("\n"))
        }
        Payload::Image(_) | Payload::Audio(_) | Payload::Video(_) => Some(String::new()),
        Payload::Face(_)
        | Payload::GroupTip(_)
        | Payload::GroupSystemNotice(_)
        | Payload::Revoked {}
        | Payload::Unknown(_) => None,
    }
}
