//! What stickers are called, for every place that says in words what a message is: lists, quotes, notifications.
//!
//! Like the language, this is one thing for the whole program: the packs come from the server of the account, and the words of a
//! message are wanted far from it.

use std::collections::{BTreeMap, HashMap};
use std::sync::{PoisonError, RwLock};

use hallway_protocol::message::FacePayload;
use hallway_protocol::sticker::{StickerPack, name_in};

use crate::i18n;

type Names = HashMap<(i32, String), BTreeMap<String, String>>;

static NAMES: RwLock<Option<Names>> = RwLock::new(None);

/// These are the packs from now on.
pub fn know(packs: &[StickerPack]) {
    let of_pack = |pack: &StickerPack| {
        let number = pack.number;
        pack.stickers.iter().map(move |it| ((number, it.key.clone()), it.names.clone())).collect::<Vec<_>>()
    };
    let names = packs.iter().flat_map(of_pack).collect();
    *NAMES.write().unwrap_or_else(PoisonError::into_inner) = Some(names);
}

/// What the sticker of a message is called in the current language; none for one of an unknown pack.
pub fn name(face: &FacePayload) -> Option<String> {
    let names = NAMES.read().unwrap_or_else(PoisonError::into_inner);
    let names = names.as_ref()?.get(&(face.index, face.data.clone()))?;
    Some(name_in(names, i18n::current().tag()).to_owned())
}
