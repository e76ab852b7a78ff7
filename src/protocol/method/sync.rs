//! Requests of the synchronisation (`docs/sync_model.md`).

use serde::{Deserialize, Serialize};

use crate::ids::ConversationId;

object! {
    /// Changes of the own log after a cursor.
    SyncUser {
        /// Epoch the cursor belongs to; empty for a client that has nothing.
        #[serde(default)]
        epoch: String,
        /// The cursor.
        #[serde(default)]
        after: u64,
        /// At most 500, the default.
        #[serde(default)]
        limit: Option<u32>,
    }
    /// Heads of the conversations that changed since a time, the most recently changed first.
    SyncHeads {
        /// Unix milliseconds: the greatest `changed_at` seen. The server looks five minutes further back.
        #[serde(default)]
        since: i64,
        /// From the page before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cursor: Option<String>,
        /// At most 200, the default.
        #[serde(default)]
        limit: Option<u32>,
    }
    /// Rows of a conversation with a higher `mod`.
    SyncChanges {
        /// Which conversation.
        conversation_id: ConversationId,
        /// The cursor.
        after_mod: u64,
        /// At most 500, the default.
        #[serde(default)]
        limit: Option<u32>,
    }
    /// One-to-one conversations: this instance has everything up to these places.
    ReportDelivered {
        /// At most 100.
        items: Vec<Position>,
    }
    /// Voice messages of others were listened to: private, the same on all own instances. What is no such message is left out; none
    /// left is 20022, in groups 10030.
    MarkHeard {
        /// Which conversation.
        conversation_id: ConversationId,
        /// Their places, 1 to 100.
        sequences: Vec<u64>,
    }
    /// A place in a conversation.
    Position {
        /// Which conversation.
        conversation_id: ConversationId,
        /// Place.
        sequence: u64,
    }
}
