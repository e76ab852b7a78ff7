//! Which voice messages were listened to: the same on all own instances, and nobody else learns of it.

use hallway_protocol::MessageId;

use super::Client;
use crate::Result;
use crate::cache::heard;
use crate::cache::wish::What;

impl Client {
    /// The voice messages of others that were listened to. [`crate::Event::MessagesHeard`] tells of more.
    pub async fn heard_messages(&self) -> Result<Vec<MessageId>> {
        Ok(self.account()?.cache.read(heard::all).await?)
    }

    /// A voice message of somebody else was listened to. Without a connection the other instances hear of it later.
    pub async fn mark_heard(&self, id: &MessageId) -> Result<()> {
        let wanted = id.clone();
        let is_new = self.account()?.cache.write(move |db| heard::add(db, &wanted)).await?;
        match self.find_message(id).await? {
            Some(message) if is_new && message.sequence > 0 => self.do_later(&message, What::Heard).await,
            _ => Ok(()),
        }
    }
}
