//! What stickers ask of the account.

use hallway_client::media::decode;
use hallway_client::{ChatError, Client, MessageOptions, SendOptions};
use hallway_protocol::sticker::Sticker;
use iced::Task;
use iced::widget::image::Handle;

use super::view::PICTURE;
use super::{Message, OutgoingSticker, Place, message};
use crate::screen::chats::Message as ChatsMessage;
use crate::theme::tokens::size;

/// A wish.
#[derive(Debug, Clone, PartialEq)]
pub enum Call {
    /// The packs of the server.
    Packs,
    /// A picture, as large as it is wanted.
    Picture(Box<Sticker>, Place),
    /// Into the outbox.
    Send(OutgoingSticker),
}

impl Call {
    /// Does it.
    pub fn run(self, client: &Client) -> Task<ChatsMessage> {
        let client = client.clone();
        Task::future(self.answer(client)).and_then(|answer| Task::done(message(answer)))
    }

    async fn answer(self, client: Client) -> Option<Message> {
        match self {
            // Without them the page of the picker says so; they are asked for again with the next connection.
            Self::Packs => Some(Message::Packs(client.get_sticker_packs().await.ok()?.into())),
            Self::Picture(sticker, place) => {
                let picture = picture(&client, &sticker, place).await;
                Some(Message::Loaded((sticker.sha256, place), picture.ok()))
            }
            Self::Send(outgoing) => {
                let sent = send(&client, &outgoing).await;
                Some(Message::Sent(Box::new(outgoing), sent))
            }
        }
    }
}

async fn picture(client: &Client, sticker: &Sticker, place: Place) -> Result<Handle, ChatError> {
    let side = match place {
        Place::Picker => PICTURE,
        Place::Timeline => size::STICKER,
    };
    // Twice what it is shown at, for dense screens.
    let picture = decode(client.load_sticker(sticker).await?, (side * 2.0) as u32).await?;
    Ok(Handle::from_rgba(picture.width, picture.height, picture.rgba))
}

async fn send(client: &Client, outgoing: &OutgoingSticker) -> Result<(), ChatError> {
    let OutgoingSticker { to, face, reply_to, receiver_list } = outgoing.clone();
    let options = MessageOptions { reply_to, receiver_list, ..MessageOptions::default() };
    let message = client.create_face_message(to, face.index, &face.data, options)?;
    client.enqueue_message(message, SendOptions::default()).await
}
