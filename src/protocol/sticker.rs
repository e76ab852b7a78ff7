//! Stickers: the packs that a server has, which messages name by number and key (OBJ-66).
//!
//! A pack has a number of its own, a sticker a key in it; both stay what they are for ever, because messages have nothing
//! else. Pictures are got over HTTP by the hash of their content (`README.md`, section 10), so they can be kept for good.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Longest key of a sticker, in bytes.
pub const KEY_BYTES: usize = 64;
/// Longest side of a sticker's picture, in pixels.
pub const SIDE: u32 = 512;
/// Most bytes of a sticker's picture.
pub const PICTURE_BYTES: u32 = 256 * 1024;

/// A pack of stickers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StickerPack {
    /// `index` of the messages that have a sticker of it.
    pub number: i32,
    /// What it is called, by language tag; `en` is always there.
    pub names: BTreeMap<String, String>,
    /// In the order they are shown in.
    pub stickers: Vec<Sticker>,
}

/// A sticker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Sticker {
    /// `data` of the messages that have it: up to 64 of `a`–`z`, `0`–`9`, `_` and `-`.
    pub key: String,
    /// What it is called, by language tag; `en` is always there.
    pub names: BTreeMap<String, String>,
    /// SHA-256 of its picture, 64 lower-case hex digits; the picture is at `path` followed by it.
    pub sha256: String,
    /// Bytes of its picture, 256 KiB at most: PNG, WebP or GIF.
    pub size: u32,
    /// Pixels of its picture, 512 at most.
    pub width: u32,
    /// Pixels of its picture, 512 at most.
    pub height: u32,
}

/// A name in a language, or in English.
pub fn name_in<'a>(names: &'a BTreeMap<String, String>, language: &str) -> &'a str {
    names.get(language).or_else(|| names.get("en")).map_or("", String::as_str)
}

/// Whether `key` may be one of a sticker.
pub fn is_key(key: &str) -> bool {
    (1..=KEY_BYTES).contains(&key.len())
        && key.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_at_their_limit_and_past_it() {
        for good in ["a", "thumbs_up", "0-9", &"k".repeat(64)] {
            assert!(is_key(good), "{good}");
        }
        for bad in ["", "A", "a b", "../a", "谢", &"k".repeat(65)] {
            assert!(!is_key(bad), "{bad}");
        }
    }

    #[test]
    fn a_name_that_is_missing_is_the_english_one() {
        let names = BTreeMap::from([("en".to_owned(), "Thanks".to_owned()), ("zh-CN".into(), "谢谢".into())]);
        assert_eq!((name_in(&names, "zh-CN"), name_in(&names, "es")), ("谢谢", "Thanks"));
        assert_eq!(name_in(&BTreeMap::new(), "en"), "");
    }
}
