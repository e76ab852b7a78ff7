//! Sending on, as it is asked of the account.

use std::sync::Arc;

use hallway_client::{ChatError, Client, MessageOptions, SendOptions};
use hallway_protocol::{ConversationId, Message as ChatMessage};
use iced::Task;

use super::{Card, Message};
use crate::screen::chats::Message as ChatsMessage;

/// What is to be sent where.
#[derive(Debug, Clone, PartialEq)]
pub struct Order {
    /// The number of the dialog that asked.
    pub number: u64,
    /// What, oldest first.
    pub messages: Vec<Arc<ChatMessage>>,
    /// Where to.
    pub targets: Vec<ConversationId>,
    /// Words to go along; mostly empty.
    pub note: String,
    /// As one record with this on its card.
    pub record: Option<Card>,
}

/// A wish.
#[derive(Debug, Clone, PartialEq)]
pub struct Call(pub Box<Order>);

impl Call {
    /// Does it.
    pub fn run(self, client: &Client) -> Task<ChatsMessage> {
        let client = client.clone();
        Task::future(async move {
            let failed = send_on(&client, &self.0).await;
            ChatsMessage::Forward(Message::Sent(self.0.number, failed))
        })
    }
}

/// Puts everything into the outbox; the places where that failed, with the reason.
async fn send_on(client: &Client, order: &Order) -> Vec<(ConversationId, ChatError)> {
    let mut failed = Vec::new();
    for target in &order.targets {
        if let Err(error) = send_to(client, order, target).await {
            failed.push((target.clone(), error));
        }
    }
    failed
}

async fn send_to(client: &Client, order: &Order, to: &ConversationId) -> Result<(), ChatError> {
    let mut made = Vec::new();
    match &order.record {
        Some(card) => {
            let messages: Vec<ChatMessage> =
                order.messages.iter().map(|message| (**message).clone()).collect();
            let Card { title, abstract_list, compatible_text } = card.clone();
            let options = MessageOptions::default();
            let abstract_list = Some(abstract_list);
            made.push(client.create_merger_message(
                to.clone(),
                &messages,
                &title,
                abstract_list,
                &compatible_text,
                options,
            )?);
        }
        None => {
            for message in &order.messages {
                made.push(
                    client.create_forward_message(message, to.clone(), MessageOptions::default()).await?,
                );
            }
        }
    }
    if !order.note.is_empty() {
        made.push(client.create_text_message(to.clone(), &order.note, MessageOptions::default())?);
    }
    // All or none: what is refused is tried again as a whole.
    client.enqueue_messages(made, SendOptions::default()).await
}
