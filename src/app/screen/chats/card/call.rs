//! What polls, lists and places ask of the account.

use std::sync::Arc;

use hallway_client::{ChatError, Client, MessageOptions, SendOptions};
use hallway_protocol::annotation::Extension;
use hallway_protocol::message::LocationPayload;
use hallway_protocol::method::ExtensionResult;
use hallway_protocol::{ConversationId, Message as ChatMessage, UserId};
use iced::Task;

use super::{Message, NewMessage};
use crate::screen::chats::Message as ChatsMessage;

/// A wish.
#[derive(Debug, Clone, PartialEq)]
pub enum Call {
    /// Send a poll, a list or a place, to these people only where some are named.
    Send(ConversationId, Vec<UserId>, Box<NewMessage>),
    /// File an answer under a card.
    Answer(Arc<ChatMessage>, Extension),
    /// Take back what is filed under this key.
    TakeBack(Arc<ChatMessage>, String),
}

impl Call {
    /// Does it.
    pub fn run(self, client: &Client) -> Task<ChatsMessage> {
        let client = client.clone();
        Task::future(async move {
            ChatsMessage::Card(match self {
                Self::Send(to, receivers, new) => Message::Sent(send(&client, to, receivers, *new).await),
                Self::Answer(message, answer) => {
                    Message::Answered(done(client.set_message_extensions(&message, vec![answer]).await))
                }
                Self::TakeBack(message, key) => {
                    Message::Answered(done(client.delete_message_extensions(&message, Some(vec![key])).await))
                }
            })
        })
    }
}

/// Puts a new card into the outbox.
async fn send(
    client: &Client,
    to: ConversationId,
    receiver_list: Vec<UserId>,
    message: NewMessage,
) -> Result<(), ChatError> {
    let options = MessageOptions { receiver_list, ..MessageOptions::default() };
    let made = match message {
        NewMessage::Card(card, words) => {
            let options = MessageOptions { is_support_extension: card.takes_answers(), ..options };
            client.create_custom_message(to, card.payload(words), options)?
        }
        NewMessage::Place(LocationPayload { description, longitude, latitude }) => {
            client.create_location_message(to, &description, longitude, latitude, options)?
        }
    };
    client.enqueue_message(made, SendOptions::default()).await
}

/// What became of the one key.
fn done(results: Result<Vec<ExtensionResult>, ChatError>) -> Result<(), ChatError> {
    match results?.into_iter().find_map(|result| result.code) {
        Some(code) => Err(ChatError::new(code)),
        None => Ok(()),
    }
}
