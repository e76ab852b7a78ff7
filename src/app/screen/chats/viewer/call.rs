//! What the picture in the whole window asks of the account and of the clipboard.

use std::borrow::Cow;
use std::sync::{Arc, Mutex};

use hallway_client::media::{Picture, decode};
use hallway_client::{ChatError, Client};
use hallway_protocol::Message as ChatMessage;
use hallway_protocol::message::Payload;
use iced::Task;
use iced::widget::image::Handle;

use super::{Message, message as of_viewer};
use crate::screen::chats::Message as ChatsMessage;
use crate::screen::chats::media::variant;

/// Pixels of the longer side: more is not seen on any screen, and costs more memory than all the rest.
const FIT: u32 = 2560;

/// A wish.
#[derive(Debug, Clone, PartialEq)]
pub enum Call {
    /// Load, decode and turn a picture.
    Load {
        /// Comes back with the answer.
        number: u64,
        /// Its message.
        message: Arc<ChatMessage>,
        /// Its address.
        url: String,
        /// Quarters to the right.
        turned: u8,
    },
    /// Its original into the clipboard.
    Copy(Arc<ChatMessage>),
}

impl Call {
    /// Does it.
    pub fn run(self, client: &Client) -> Task<ChatsMessage> {
        let client = client.clone();
        Task::perform(
            async move {
                match self {
                    Self::Load { number, message, url, turned } => {
                        Message::Loaded(number, load(&client, &message, &url, turned).await)
                    }
                    Self::Copy(message) => Message::Copied(copy(&client, &message).await.is_some()),
                }
            },
            of_viewer,
        )
    }
}

async fn load(client: &Client, message: &ChatMessage, url: &str, turned: u8) -> Result<Handle, ChatError> {
    let picture = decode(client.load_file(message, url).await?, FIT).await?.turned(turned);
    Ok(Handle::from_rgba(picture.width, picture.height, picture.rgba))
}

/// On X11 whoever copies has to be there to give it away, so it is held until the program ends.
static HELD: Mutex<Option<arboard::Clipboard>> = Mutex::new(None);

async fn copy(client: &Client, message: &ChatMessage) -> Option<()> {
    let Payload::Image(image) = &message.payload else { return None };
    let bytes = client.load_file(message, &variant(image, 0)?.url).await.ok()?;
    let Picture { width, height, rgba } = decode(bytes, u32::MAX).await.ok()?;
    let put = tokio::task::spawn_blocking(move || {
        let image = arboard::ImageData {
            width: usize::try_from(width).ok()?,
            height: usize::try_from(height).ok()?,
            bytes: Cow::Owned(rgba),
        };
        let mut held = HELD.lock().ok()?;
        let clipboard = match &mut *held {
            Some(clipboard) => clipboard,
            none => none.insert(arboard::Clipboard::new().ok()?),
        };
        clipboard.set_image(image).ok()
    });
    put.await.ok().flatten()
}
