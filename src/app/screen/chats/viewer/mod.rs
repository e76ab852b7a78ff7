//! A picture in the whole window: large, turned, the next one of the conversation, copied, saved.

mod call;
mod view;

use std::sync::Arc;

use hallway_client::ChatError;
use hallway_client::model::Direction;
use hallway_protocol::message::Payload;
use hallway_protocol::{Message as ChatMessage, MessageId};
use iced::keyboard::key::Named;
use iced::keyboard::{Key, Modifiers};
use iced::widget::image::Handle;

pub use self::call::Call;
use super::effect::Effect;
use super::media::variant;
use super::update::failure;
use super::{Act, Chats, Message as ChatsMessage, media};
use crate::fl;

/// The picture.
#[derive(Debug)]
pub struct Viewer {
    message: Arc<ChatMessage>,
    /// Quarters it is turned by, to the right.
    turned: u8,
    /// What is shown: another number is another picture, which begins at its usual size.
    shown: Option<Handle>,
    number: u64,
    error: Option<ChatError>,
    /// Among the pictures that are here: its place and how many they are; none while it is not one of them.
    place: Option<(usize, usize)>,
    /// There is none before it, none after it.
    ends: (bool, bool),
    /// Another one is being looked for.
    seeking: bool,
}

/// What happens.
#[derive(Debug, Clone)]
pub enum Message {
    /// Show the picture of a message.
    Open(MessageId),
    /// It is decoded and turned.
    Loaded(u64, Result<Handle, ChatError>),
    /// To the next picture, or the one before.
    Step(Direction),
    /// A picture further away in the conversation, or none there is: which one was shown, and which way was looked.
    Found(MessageId, Direction, Result<Option<Arc<ChatMessage>>, ChatError>),
    /// A quarter to the right.
    Turn,
    /// Into the clipboard.
    Copy,
    /// It is there, or could not be put there.
    Copied(bool),
    /// Save it under a name.
    Save,
    /// Open it with the program of the desktop.
    System,
    /// Answer it.
    Reply,
    /// Send it on.
    Forward,
    /// Back to the conversation.
    Close,
}

impl Viewer {
    /// There is no other one in this direction.
    fn is_end(&self, way: Direction) -> bool {
        if way == Direction::Older { self.ends.0 } else { self.ends.1 }
    }
}

impl Chats {
    pub(super) fn in_viewer(&mut self, message: Message) -> Vec<Effect> {
        match (message, &mut self.viewer) {
            (Message::Open(id), _) => {
                let Some(message) = self.pictures().into_iter().find(|message| message.id == id) else {
                    return Vec::new();
                };
                self.menu = None;
                self.view_picture(message)
            }
            (Message::Loaded(number, loaded), Some(viewer)) if viewer.number == number => {
                match loaded {
                    Ok(handle) => viewer.shown = Some(handle),
                    Err(error) => viewer.error = Some(error),
                }
                Vec::new()
            }
            (Message::Step(way), Some(viewer)) if !viewer.is_end(way) && !viewer.seeking => {
                let id = viewer.message.id.clone();
                let by = if way == Direction::Older { -1 } else { 1 };
                let all = self.pictures();
                let place = all.iter().position(|message| message.id == id);
                let next =
                    place.and_then(|place| place.checked_add_signed(by)).and_then(|place| all.get(place));
                match next.cloned() {
                    Some(message) => self.view_picture(message),
                    None => self.seek(way),
                }
            }
            (Message::Found(from, way, found), Some(viewer)) if viewer.message.id == from => {
                viewer.seeking = false;
                match found {
                    Ok(Some(message)) => return self.view_picture(message),
                    Ok(None) if way == Direction::Older => viewer.ends.0 = true,
                    Ok(None) => viewer.ends.1 = true,
                    Err(error) => return self.toast(failure(fl!("failed-picture"), &error)),
                }
                Vec::new()
            }
            (Message::Turn, Some(viewer)) => {
                viewer.turned = (viewer.turned + 1) % 4;
                self.load_viewed()
            }
            (Message::Copy, Some(viewer)) => {
                vec![call(Call::Copy(Arc::clone(&viewer.message)))]
            }
            (Message::Copied(done), _) => {
                self.toast(if done { fl!("picture-copied") } else { fl!("failed-copy") })
            }
            (Message::Save, Some(viewer)) => {
                let id = viewer.message.id.clone();
                self.in_media(media::Message::SaveAs(id))
            }
            (Message::System, Some(viewer)) => {
                let id = viewer.message.id.clone();
                self.in_media(media::Message::Open(id))
            }
            (Message::Reply, Some(viewer)) => {
                let id = viewer.message.id.clone();
                self.viewer = None;
                self.act(Act::Reply, &id)
            }
            (Message::Forward, Some(viewer)) => {
                let message = Arc::clone(&viewer.message);
                self.viewer = None;
                self.forward(vec![message])
            }
            (Message::Close, _) => {
                self.viewer = None;
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    /// What a key does while a picture has the whole window; none for keys that mean nothing there.
    pub fn viewer_key(&mut self, key: &Key, modifiers: Modifiers) -> Option<Vec<Effect>> {
        self.viewer.as_ref()?;
        let message = match key.as_ref() {
            Key::Named(Named::Escape) => Message::Close,
            Key::Named(Named::ArrowLeft) => Message::Step(Direction::Older),
            Key::Named(Named::ArrowRight) => Message::Step(Direction::Newer),
            Key::Character("r" | "R") if modifiers.is_empty() => Message::Turn,
            Key::Character("c") if modifiers.command() => Message::Copy,
            Key::Character("s") if modifiers.command() => Message::Save,
            _ => return None,
        };
        Some(self.in_viewer(message))
    }

    /// The pictures of the open conversation that are in memory, oldest first.
    fn pictures(&self) -> Vec<Arc<ChatMessage>> {
        let Some(open) = &self.open else { return Vec::new() };
        let rows = open.timeline.stretch().rows();
        rows.iter()
            .filter_map(|row| row.message())
            .flat_map(super::timeline::rows::MessageRow::pieces)
            .filter(|row| matches!(row.message.payload, Payload::Image(_)))
            .map(|row| Arc::clone(&row.message))
            .collect()
    }

    fn view_picture(&mut self, message: Arc<ChatMessage>) -> Vec<Effect> {
        let all = self.pictures();
        let place = all.iter().position(|other| other.id == message.id).map(|place| (place, all.len()));
        let sequence = message.sequence;
        self.viewer = Some(Viewer {
            message,
            turned: 0,
            shown: None,
            number: 0,
            error: None,
            place,
            ends: (false, false),
            seeking: false,
        });
        let mut effects = self.load_viewed();
        // The timeline follows, so that older and newer pictures come into memory.
        effects.extend(self.in_open(|open, _| open.timeline.reveal(sequence)));
        effects
    }

    /// Looks for a picture that is not in memory.
    fn seek(&mut self, way: Direction) -> Vec<Effect> {
        let Some(viewer) = &mut self.viewer else { return Vec::new() };
        viewer.seeking = true;
        vec![call(Call::Seek { from: Arc::clone(&viewer.message), way })]
    }

    fn load_viewed(&mut self) -> Vec<Effect> {
        self.opened += 1;
        let Some(viewer) = &mut self.viewer else { return Vec::new() };
        viewer.number = self.opened;
        let Payload::Image(image) = &viewer.message.payload else { return Vec::new() };
        let Some(original) = variant(image, 0) else { return Vec::new() };
        let (number, message, url) = (viewer.number, Arc::clone(&viewer.message), original.url.clone());
        vec![call(Call::Load { number, message, url, turned: viewer.turned })]
    }
}

fn call(call: Call) -> Effect {
    Effect::Call(super::Call::Viewer(call))
}

/// A message of this part.
pub fn message(message: Message) -> ChatsMessage {
    ChatsMessage::Viewer(message)
}
