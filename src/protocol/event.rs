//! What the server says unasked: JSON-RPC notifications with the method `event`.

use serde::{Deserialize, Serialize};

use crate::message::Message;
use crate::session::KickedOutType;
use crate::sync::{ConversationFrame, PeerProgressed, UserFrame};

/// `{"name": …, "data": …}` (SES-66).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "name", content = "data", rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum ServerEvent {
    /// A conversation changed.
    ConversationFrame(Box<ConversationFrame>),
    /// The user's own log changed.
    UserFrame(UserFrame),
    /// The other side of a one-to-one conversation received or read something.
    PeerProgressed(PeerProgressed),
    /// A message for those online at this moment (MSG-32).
    OnlineMessage(Box<Message>),
    /// This instance is ended; the connection closes after it (SES-44).
    KickedOut {
        /// Why.
        #[serde(rename = "type")]
        kind: KickedOutType,
    },
    /// Events were dropped because this connection could not keep up: start again from the cursors.
    Resync {},
    /// The server stops in a moment; reconnect with some patience.
    Closing {},
    /// A name this program does not know; skipped.
    #[serde(untagged)]
    Unknown(serde_json::Value),
}
