//! What polls, lists and places ask of the account.

use std::sync::Arc;

use hallway_client::{ChatError, Client, MessageOptions, SendOptions};
use hallway_protocol::annotation::Extension;
use hallway_protocol::message::LocationPayload;
use hallway_protocol::{ConversationId, Message as ChatMessage, UserId};
use iced::Task;

use super::{Message, NewMessage};
use crate::screen::chats::Message as ChatsMessage;

/// A wish.
#[derive(Debug, Clone, PartialEq)]
pub enum Call {
    /// Send a poll, a list or a place, to these people only where some are named.
    Send(ConversationId, Vec<UserId>, Box<NewMessage>),
    /// File an answer under a card; none takes it back.
    Answer(Arc<ChatMessage>, Option<Extension>),
}

impl Call {
    /// Does it.
    pub fn run(self, client: &Client) -> Task<ChatsMessage> {
        let client = client.clone();
        Task::future(async move {
            ChatsMessage::Card(match self {
                Self::Send(to, receivers, new) => Message::Sent(send(&client, to, receivers, *new).await),
                Self::Answer(message, chosen) => Message::Answered(answer(&client, &message, chosen).await),
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

/// Files an answer, or takes it back.
async fn answer(
    client: &Client,
    message: &Arc<ChatMessage>,
    answer: Option<Extension>,
) -> Result<(), ChatError> {
    let me = client.get_login_user().map(|user| user.to_string()).unwrap_or_default();
    let results = match answer {
        Some(answer) => client.set_message_extensions(message, vec![answer]).await?,
        None => client.delete_message_extensions(message, Some(vec![me])).await?,
    };
    match results.into_iter().find_map(|result| result.code) {
        Some(code) => Err(ChatError::new(code)),
        None => Ok(()),
    }
}
