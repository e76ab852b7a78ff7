//! Stickers: the packs of the server, their pictures, and sending one (OBJ-66, MSG-26).
//!
//! [`call`]: what is asked of the account; [`view`]: the page of the picker. How a sticker stands in the timeline is in
//! `timeline::content`, what it is called in `text::sticker_names`.

pub mod call;
pub mod view;

use std::collections::HashMap;
use std::sync::Arc;

use hallway_client::ChatError;
use hallway_protocol::message::{FacePayload, Payload, Quote};
use hallway_protocol::sticker::{Sticker, StickerPack};
use hallway_protocol::{ConversationId, UserId};
use iced::widget::image::Handle;

pub use self::call::Call;
use super::composer::COMPOSER;
use super::effect::Effect;
use super::update::failure;
use super::{Action, Chats, Message as ChatsMessage};
use crate::fl;
use crate::text::sticker_names;

/// Pictures that are held; those used longest ago go first. More than a picker and a timeline show at once.
const MOST: usize = 200;
/// Stickers that are remembered.
const RECENT: usize = 12;

/// How large a picture is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// In the picker.
    Picker,
    /// In the timeline.
    Timeline,
}

/// A picture: the hash of its content, and how large.
pub type Key = (String, Place);

/// The stickers.
#[derive(Debug, Default)]
pub struct Stickers {
    packs: Arc<[StickerPack]>,
    /// None while it is loaded, and when it could not be.
    pictures: HashMap<Key, (Option<Handle>, u64)>,
    uses: u64,
    /// Sent last, newest first: number of the pack and key.
    recent: Vec<(i32, String)>,
    /// The picker shows the stickers.
    pub(super) is_shown: bool,
    /// The pack that the picker shows.
    pack: usize,
}

/// A sticker as it leaves.
#[derive(Debug, Clone, PartialEq)]
pub struct OutgoingSticker {
    /// Where to.
    pub to: ConversationId,
    /// Which.
    pub face: FacePayload,
    /// What it answers to.
    pub reply_to: Option<Quote>,
    /// Who alone sees it; nobody: everybody does.
    pub receiver_list: Vec<UserId>,
}

/// What happens to stickers.
#[derive(Debug, Clone)]
pub enum Message {
    /// The packs of the server.
    Packs(Arc<[StickerPack]>),
    /// A picture is here, or is not to be had.
    Loaded(Key, Option<Handle>),
    /// Show the stickers in the picker, or the emoji.
    Show(bool),
    /// Show a pack.
    Pack(usize),
    /// It is in the outbox, or never will be.
    Sent(Box<OutgoingSticker>, Result<(), ChatError>),
}

impl Stickers {
    /// The sticker of a message; none for one of an unknown pack.
    pub fn find(&self, index: i32, key: &str) -> Option<&Sticker> {
        let pack = self.packs.iter().find(|pack| pack.number == index)?;
        pack.stickers.iter().find(|sticker| sticker.key == key)
    }

    /// Its picture, if it is here.
    pub fn picture(&self, sticker: &Sticker, place: Place) -> Option<&Handle> {
        self.pictures.get(&(sticker.sha256.clone(), place))?.0.as_ref()
    }

    /// A picture is in view; what is not here is loaded.
    fn want(&mut self, sticker: &Sticker, place: Place) -> Option<Effect> {
        self.uses += 1;
        let key = (sticker.sha256.clone(), place);
        if let Some((_, used)) = self.pictures.get_mut(&key) {
            *used = self.uses;
            return None;
        }
        while self.pictures.len() >= MOST {
            let oldest = self.pictures.iter().min_by_key(|(_, (_, used))| *used);
            let Some(oldest) = oldest.map(|(key, _)| key.clone()) else { break };
            self.pictures.remove(&oldest);
        }
        self.pictures.insert(key, (None, self.uses));
        Some(call(Call::Picture(Box::new(sticker.clone()), place)))
    }

    fn used(&mut self, face: &FacePayload) {
        let used = (face.index, face.data.clone());
        self.recent.retain(|known| *known != used);
        self.recent.insert(0, used);
        self.recent.truncate(RECENT);
    }
}

impl Chats {
    /// Those that were sent last, as they were kept.
    pub fn set_recent_stickers(&mut self, recent: Vec<(i32, String)>) {
        self.stickers.recent = recent;
    }

    pub(super) fn in_stickers(&mut self, message: Message) -> Vec<Effect> {
        match message {
            Message::Packs(packs) => {
                sticker_names::know(&packs);
                self.stickers.packs = packs;
                // They may be to be had now.
                self.stickers.pictures.retain(|_, (picture, _)| picture.is_some());
                Vec::new()
            }
            Message::Loaded(key, picture) => {
                if let Some(entry) = self.stickers.pictures.get_mut(&key) {
                    entry.0 = picture;
                }
                Vec::new()
            }
            Message::Show(is_shown) => {
                self.stickers.is_shown = is_shown;
                self.begin_search()
            }
            Message::Pack(place) => {
                self.stickers.pack = place;
                self.begin_search()
            }
            Message::Sent(_, Err(error)) => self.toast(failure(fl!("failed-send"), &error)),
            Message::Sent(sent, Ok(())) => self.in_conversation(&sent.to, |open, scene| {
                let mut effects = open.timeline.sent(scene);
                if sent.reply_to.is_some() {
                    effects.extend(open.composer.answered());
                }
                effects
            }),
        }
    }

    /// Sends a sticker to the open conversation.
    pub(super) fn send_sticker(&mut self, face: FacePayload) -> Vec<Effect> {
        self.emoji = None;
        if !self.can_write() {
            return Vec::new();
        }
        let Some(open) = &self.open else { return Vec::new() };
        let reply_to = open.composer.replies_to().cloned();
        let receiver_list = open.composer.receivers().to_vec();
        let outgoing = OutgoingSticker { to: open.id.clone(), face, reply_to, receiver_list };
        self.stickers.used(&outgoing.face);
        vec![
            Effect::Action(Action::RecentStickers(self.stickers.recent.clone())),
            call(Call::Send(outgoing)),
            Effect::Focus(COMPOSER),
        ]
    }

    /// The pictures of stickers that are in view, in the timeline and in the picker, are loaded.
    pub(super) fn look_at_stickers(&mut self) -> Vec<Effect> {
        let faces = self.open.iter().flat_map(|open| open.timeline.in_view()).filter_map(|row| {
            match &row.message.payload {
                Payload::Face(face) => self.stickers.find(face.index, &face.data),
                _ => None,
            }
        });
        let read = self.record.iter().flat_map(|record| record.faces());
        let read = read.filter_map(|face| self.stickers.find(face.index, &face.data));
        let mut wanted: Vec<(Sticker, Place)> =
            faces.chain(read).map(|it| (it.clone(), Place::Timeline)).collect();
        let picker = self.emoji.as_ref().filter(|picker| self.shows_stickers(picker));
        let parts = picker.map(|picker| self.stickers.parts(&picker.query)).unwrap_or_default();
        wanted.extend(
            parts.iter().flat_map(|part| &part.cells).map(|cell| (cell.sticker.clone(), Place::Picker)),
        );
        wanted.iter().filter_map(|(sticker, place)| self.stickers.want(sticker, *place)).collect()
    }
}

fn call(call: Call) -> Effect {
    Effect::Call(super::Call::Sticker(call))
}

/// A message of this part as one of the screen.
pub fn message(message: Message) -> ChatsMessage {
    ChatsMessage::Sticker(message)
}
