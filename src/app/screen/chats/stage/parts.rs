//! What the account answers to the parts of the screen that have messages of their own.

use hallway_client::Event;
use hallway_protocol::message::Payload;
use hallway_protocol::method::{ReadFilter, ReadMembers};
use iced::Task;

use super::World;
use crate::screen::chats::{Call, Message, card, forward, media, readers, record, sample, sticker};

impl World {
    /// What comes of calls that have messages of their own.
    pub(super) fn part(&mut self, call: &Call) -> Option<(Task<Message>, Vec<Event>)> {
        match call {
            // Addresses are what the pictures show, see [`sample::drawn`].
            Call::Media(media::Call::Picture { key, url, .. }) => {
                let loaded = media::Message::Loaded(key.clone(), sample::drawn(url, key.detail));
                Some((Task::done(Message::Media(loaded)), Vec::new()))
            }
            Call::Card(card::Call::Send(..)) => {
                Some((Task::done(Message::Card(card::Message::Sent(Ok(())))), Vec::new()))
            }
            Call::Card(card::Call::Answer(message, answer)) => {
                let id = message.conversation_id.clone();
                if let Some(stored) = self.stored(message) {
                    stored.extensions.retain(|extension| extension.key != answer.key);
                    stored.extensions.push(answer.clone());
                }
                Some((Task::none(), self.changed(&id)))
            }
            Call::Card(card::Call::TakeBack(message, key)) => {
                let id = message.conversation_id.clone();
                if let Some(stored) = self.stored(message) {
                    stored.extensions.retain(|extension| extension.key != *key);
                }
                Some((Task::none(), self.changed(&id)))
            }
            Call::Forward(forward::Call(order)) => {
                let sent = forward::Message::Sent(order.number, Vec::new());
                Some((Task::done(Message::Forward(sent)), Vec::new()))
            }
            Call::Readers(readers::Call(message, filter, _)) => {
                let user_id_list = match filter {
                    ReadFilter::Read => vec![sample::user("ben")],
                    ReadFilter::Unread => vec![sample::user("cleo")],
                };
                let page = ReadMembers { user_id_list, cursor: String::new(), is_completed: true };
                let came = readers::Message::Came(message.id.clone(), *filter, Ok(page));
                Some((Task::done(Message::Readers(came)), Vec::new()))
            }
            Call::Record(record::Call::Picture(_, url, is_large)) => {
                let handle = sample::drawn(url, media::pictures::Detail::Shown)
                    .ok()
                    .and_then(|drawn| drawn.handle().cloned());
                let loaded = record::Message::Picture(url.clone(), *is_large, handle);
                Some((Task::done(Message::Record(loaded)), Vec::new()))
            }
            Call::Sticker(sticker::Call::Packs) => {
                let packs = sticker::Message::Packs(self.packs.clone().into());
                Some((Task::done(sticker::message(packs)), Vec::new()))
            }
            Call::Sticker(sticker::Call::Picture(sticker, place)) => {
                let key = (sticker.sha256.clone(), *place);
                let side = if *place == sticker::Place::Picker { 128 } else { 256 };
                let loaded = Task::perform(sample::sticker(sticker.key.clone(), side), move |picture| {
                    sticker::message(sticker::Message::Loaded(key.clone(), picture))
                });
                Some((loaded, Vec::new()))
            }
            Call::Sticker(sticker::Call::Send(outgoing)) => {
                let room = self.at(&outgoing.to)?;
                let mut message =
                    sample::message("anna", room.row.seq + 1, Payload::Face(outgoing.face.clone()));
                message.conversation_id = outgoing.to.clone();
                message.reply_to.clone_from(&outgoing.reply_to);
                room.messages.push(message);
                room.settle();
                let sent = sticker::Message::Sent(Box::new(outgoing.clone()), Ok(()));
                Some((Task::done(sticker::message(sent)), self.changed(&outgoing.to)))
            }
            _ => None,
        }
    }
}
