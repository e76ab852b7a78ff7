//! Requests about stickers (`README.md`, section 10).

use serde::{Deserialize, Serialize};

use crate::sticker::StickerPack;

object! {
    /// The packs of stickers that the server has.
    GetStickerPacks {
        /// Of the packs that are known already, so that they are not sent again; none at first.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        version: String,
    }
    /// The packs of stickers.
    StickerPacks {
        /// Another one as soon as anything about the packs is another.
        version: String,
        /// What the addresses of pictures on this server begin with; the hash follows.
        path: String,
        /// In the order they are shown in; none when `version` was the one that was asked with.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        packs: Option<Vec<StickerPack>>,
    }
}
