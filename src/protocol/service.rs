//! What a deployment may offer on top of messages: translation, voice to text, previews of links (spec part 2b,
//! MSG-70, MSG-71).

use serde::{Deserialize, Serialize};

use crate::file::FileId;

/// Language codes of translations (MSG-70).
pub const LANGUAGES: [&str; 18] = [
    "zh", "zh-TW", "en", "ja", "ko", "fr", "es", "it", "de", "tr", "ru", "pt", "vi", "id", "th", "ms", "ar",
    "hi",
];
/// Stands for a language that is to be found out (MSG-70).
pub const AUTO: &str = "auto";

/// What this deployment offers. A program shows nothing of what is not offered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Services {
    /// Languages that texts can be translated into (MSG-70), of [`LANGUAGES`]; none: it is not offered, 2117.
    pub translate_to: Vec<String>,
    /// Languages of voice messages that can be turned into text (MSG-71), for example `en-US`; none: it is not offered,
    /// 2118.
    pub voice_to_text: Vec<String>,
    /// The server adds previews to messages with links.
    pub link_previews: bool,
    /// Ways for files to come in, the one that is wished for first: `s3`, `tus`. None: `tus`.
    pub upload_plugins: Vec<String>,
}

/// What a page says about itself, added to a text message by the server when its text has a link. Foreign words, cut to
/// length.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LinkPreview {
    /// The link as it stands in the text.
    pub url: String,
    /// Name of the site, or its host; at most 100 characters.
    pub site_name: String,
    /// At most 300 characters.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// At most 600 characters.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// A picture, kept by the own server; fetched like any file of the message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<PreviewImage>,
}

/// The picture of a [`LinkPreview`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PreviewImage {
    /// For `file.link`.
    pub uuid: FileId,
    /// Pixels, as its header says.
    pub width: u32,
    /// Pixels, as its header says.
    pub height: u32,
    /// Bytes.
    pub size: u64,
}
