//! What a message says, by kind (OBJ-60 to OBJ-71).

use serde::{Deserialize, Serialize};

use super::is_false;
use crate::ids::{MessageId, UserId};
use crate::tip::{GroupSystemNotice, GroupTip};

/// What a message says, by kind (OBJ-60 to OBJ-71). In JSON: `"kind": "text", "payload": { … }`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "payload", rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Payload {
    /// Words (OBJ-60).
    Text(TextPayload),
    /// One picture in up to three sizes (OBJ-61).
    Image(ImagePayload),
    /// A voice message or other sound (OBJ-62).
    Audio(AudioPayload),
    /// A film with its first picture (OBJ-63).
    Video(VideoPayload),
    /// Any file (OBJ-64).
    File(FilePayload),
    /// Free for apps (OBJ-65).
    Custom(CustomPayload),
    /// A sticker (OBJ-66).
    Face(FacePayload),
    /// A place on the map (OBJ-67).
    Location(LocationPayload),
    /// Several messages forwarded as one (OBJ-68).
    Merger(MergerPayload),
    /// What happened in the group, told to all members (OBJ-70).
    GroupTip(GroupTip),
    /// What happened to the viewer in a group (OBJ-71).
    GroupSystemNotice(GroupSystemNotice),
    /// A recalled message: nothing is left of its content.
    Revoked {},
    /// A kind this program does not know, or a known one in a form it cannot read. Shown as "unsupported message"
    /// and kept: a client that failed on it would lose the page around it. See [`Payload::is_foreign`].
    #[serde(untagged)]
    Unknown(serde_json::Value),
}

macro_rules! kinds {
    ($($kind:pat => $name:literal,)*) => {
        /// The kinds of [`Payload`], as they travel.
        pub(super) const KINDS: &[&str] = &[$($name,)*];

        impl Payload {
            /// The wire name of the kind.
            pub fn kind(&self) -> &str {
                match self {
                    $($kind => $name,)*
                    Self::Unknown(value) => {
                        value.get("kind").and_then(|kind| kind.as_str()).unwrap_or("unknown")
                    }
                }
            }
        }
    };
}

kinds! {
    Payload::Text(_) => "text",
    Payload::Image(_) => "image",
    Payload::Audio(_) => "audio",
    Payload::Video(_) => "video",
    Payload::File(_) => "file",
    Payload::Custom(_) => "custom",
    Payload::Face(_) => "face",
    Payload::Location(_) => "location",
    Payload::Merger(_) => "merger",
    Payload::GroupTip(_) => "group_tip",
    Payload::GroupSystemNotice(_) => "group_system_notice",
    Payload::Revoked {} => "revoked",
}

impl Payload {
    /// A text payload.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(TextPayload { text: text.into() })
    }

    /// A kind of another program's: it has a name, and not one of ours. A known kind that is broken is not.
    pub fn is_foreign(&self) -> bool {
        let Self::Unknown(value) = self else { return false };
        value.get("kind").and_then(|kind| kind.as_str()).is_some_and(|kind| !KINDS.contains(&kind))
    }
}

/// OBJ-60. Not empty.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TextPayload {
    /// The words; mentions are part of them.
    pub text: String,
}

/// OBJ-61.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ImagePayload {
    /// The stored file.
    pub uuid: String,
    /// 1 jpg, 2 gif, 3 png, 4 bmp, 255 other.
    pub image_format: u8,
    /// Original, thumbnail, large.
    #[serde(default)]
    pub variants: Vec<ImageVariant>,
}

/// One size of a picture (OBJ-61).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ImageVariant {
    /// 0 original, 1 thumbnail (198 px), 2 large (720 px).
    #[serde(rename = "type")]
    pub variant: u8,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Bytes.
    pub size: u64,
    /// Where it is fetched.
    pub url: String,
}

/// OBJ-62.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AudioPayload {
    /// The stored file.
    pub uuid: String,
    /// Where it is fetched.
    pub url: String,
    /// Bytes.
    pub size: u64,
    /// Seconds, rounded up, at least 1.
    pub second: u32,
}

/// OBJ-63.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct VideoPayload {
    /// The stored file.
    pub video_uuid: String,
    /// Where it is fetched.
    pub video_url: String,
    /// `mp4`, `mov` …
    pub video_format: String,
    /// Bytes.
    pub video_size: u64,
    /// Seconds.
    pub video_second: u32,
    /// First picture.
    pub snapshot_url: String,
    /// Pixels.
    pub snapshot_width: u32,
    /// Pixels.
    pub snapshot_height: u32,
}

/// OBJ-64.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FilePayload {
    /// The stored file.
    pub uuid: String,
    /// As its sender named it.
    pub file_name: String,
    /// Where it is fetched.
    pub file_url: String,
    /// Bytes.
    pub file_size: u64,
}

/// OBJ-65.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CustomPayload {
    /// The app's own.
    pub data: String,
    /// Shown, searched and notified.
    pub description: String,
    /// The app's own.
    pub extension: String,
}

/// OBJ-66. See [`crate::sticker`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FacePayload {
    /// Number of its pack.
    pub index: i32,
    /// Its key in the pack.
    pub data: String,
}

/// OBJ-67. Longitude within ±180, latitude within ±90.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LocationPayload {
    /// The place in words.
    pub description: String,
    /// Degrees.
    pub longitude: f64,
    /// Degrees.
    pub latitude: f64,
}

/// OBJ-68. Exactly one of `message_list` and `download_key` is filled until downloaded.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MergerPayload {
    /// What stands on the card.
    pub title: String,
    /// First lines.
    pub abstract_list: Vec<String>,
    /// For programs that cannot show it.
    pub compatible_text: String,
    /// The messages themselves.
    pub message_list: Vec<SimplifiedMessage>,
    /// Where the server keeps them.
    pub download_key: String,
    /// Nested deeper than 100: no content (OBJ-4).
    #[serde(skip_serializing_if = "is_false")]
    pub layers_over_limit: bool,
}

/// A frozen copy inside a combined message (OBJ-69).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SimplifiedMessage {
    /// Of the original.
    pub id: MessageId,
    /// Sender.
    pub from: UserId,
    /// Sender's name then.
    #[serde(default)]
    pub nick: String,
    /// Sender's picture then.
    #[serde(default)]
    pub avatar: String,
    /// Unix seconds.
    pub time: i64,
    /// Content.
    pub message_body: Vec<Payload>,
    /// App data.
    #[serde(default)]
    pub cloud_custom_data: String,
}
