//! Which voice messages were listened to.
//!
//! This is known on this instance only: the server keeps no such state, and no row of the spec asks for one. A new instance
//! shows all voice messages of others as not heard.

use hallway_protocol::MessageId;

use super::Client;
use crate::Result;
use crate::cache::heard;

impl Client {
    /// The voice messages that were listened to on this instance.
    pub async fn heard_messages(&self) -> Result<Vec<MessageId>> {
        Ok(self.account()?.cache.read(heard::all).await?)
    }

    /// A voice message was listened to.
    pub async fn mark_heard(&self, id: &MessageId) -> Result<()> {
        let id = id.clone();
        Ok(self.account()?.cache.write(move |db| heard::add(db, &id)).await?)
    }
}
