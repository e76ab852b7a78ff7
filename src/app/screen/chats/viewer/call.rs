//! What the picture in the whole window asks of the account and of the clipboard.

use std::borrow::Cow;
use std::sync::{Arc, Mutex};

use hallway_client::media::{Picture, decode};
use hallway_client::model::{Direction, HopStart};
use hallway_client::{ChatError, Client, ErrorCode};
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
    /// The picture of the conversation before or after this one.
    Seek {
        /// What is shown.
        from: Arc<ChatMessage>,
        /// Which way.
        way: Direction,
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
                    Self::Seek { from, way } => {
                        Message::Found(from.id.clone(), way, seek(&client, &from, way).await)
                    }
                    Self::Copy(message) => Message::Copied(copy(&client, &message).await.is_some()),
                }
            },
            of_viewer,
        )
    }
}

/// Page by page through the conversation: what is not here is fetched.
async fn seek(
    client: &Client,
    from: &ChatMessage,
    way: Direction,
) -> Result<Option<Arc<ChatMessage>>, ChatError> {
    let beside = |sequence: u64| match way {
        Direction::Older => sequence.checked_sub(1).filter(|place| *place > 0),
        Direction::Newer => Some(sequence + 1),
    };
    let mut place = beside(from.sequence);
    while let Some(at) = place {
        let start = Some(HopStart::Sequence(at));
        let page = client.get_message_list_hopping(&from.conversation_id, start, way, None).await?;
        let is_picture = |message: &ChatMessage| {
            matches!(&message.payload, Payload::Image(image) if !image.variants.is_empty())
                && !message.is_revoked()
                && !message.has_risk_content
        };
        let mut list = page.message_list;
        if way == Direction::Older {
            list.reverse();
        }
        if let Some(found) = list.into_iter().find(is_picture) {
            return Ok(Some(Arc::new(found)));
        }
        // A page that ends where it began ends at a place that cannot be fetched now.
        place = page.next_message_seq.filter(|next| *next != at);
        if place.is_none() && !page.is_completed {
            return Err(ErrorCode::NoNetwork.into());
        }
    }
    Ok(None)
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
