//! What reading a record asks of the account.

use std::sync::Arc;

use hallway_client::media::decode;
use hallway_client::{ChatError, Client};
use hallway_protocol::Message as ChatMessage;
use hallway_protocol::message::MergerPayload;
use iced::Task;
use iced::widget::image::Handle;

use super::{Message, SMALL};
use crate::screen::chats::Message as ChatsMessage;

/// Pixels of the longer side of a picture that has the window for itself.
const LARGE: u32 = 2560;

/// A wish. Files in a record belong to the message that has the record, however deep they are in it.
#[derive(Debug, Clone, PartialEq)]
pub enum Call {
    /// The messages of a large record, which is inside of the message or the message's own.
    Messages(Arc<ChatMessage>, Box<MergerPayload>),
    /// A picture by its address, small for the list or large.
    Picture(Arc<ChatMessage>, String, bool),
}

impl Call {
    /// Does it.
    pub fn run(self, client: &Client) -> Task<ChatsMessage> {
        let client = client.clone();
        Task::future(async move {
            ChatsMessage::Record(match self {
                Self::Messages(message, merger) => {
                    let list = client.open_merger(&message, &merger).await;
                    let key = merger.download_key.clone();
                    let opened = list.map(|message_list| Box::new(MergerPayload { message_list, ..*merger }));
                    Message::Came(key, opened)
                }
                Self::Picture(message, url, is_large) => {
                    let picture = picture(&client, &message, &url, is_large).await;
                    Message::Picture(url, is_large, picture.ok())
                }
            })
        })
    }
}

async fn picture(
    client: &Client,
    message: &ChatMessage,
    url: &str,
    is_large: bool,
) -> Result<Handle, ChatError> {
    // Twice what it is shown at, for dense screens.
    let fit = if is_large { LARGE } else { (SMALL * 2.0) as u32 };
    let picture = decode(client.load_file(message, url).await?, fit).await?;
    Ok(Handle::from_rgba(picture.width, picture.height, picture.rgba))
}
