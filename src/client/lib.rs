//! The client SDK of Hallway: signing in, a connection that mends itself, an encrypted local copy of
//! everything the user has, an outbox that outlives the program, and events.
//!
//! [`Client`] is a cheap handle; behind it one background task owns connection, sync, cache and outbox.
//! Every operation of the spec is an `async fn` on the handle, in the file of its domain.
pub mod config;
pub mod do_not_disturb;
pub mod event;
pub mod file;
pub mod key;
pub mod log;
pub mod media;
pub mod model;
pub mod transport;

/// What is the same in a search, and where a text has it.
pub mod search {
    pub use hallway_search::{fold, hits};
}

mod account;
mod cache;
mod client;
mod engine;
mod outbox;
mod shared;
mod sync;

pub use account::StoredAccount;
#[cfg(feature = "measure")]
#[doc(hidden)]
pub use cache::measure;
pub use client::{Client, FileSource, MessageOptions, MessageReactions, SendOptions, message_of};
pub use config::{CacheKey, Config, ServerAddress};
pub use event::{
    AnnotatedMessage, Event, EventName, NetState, PinChange, ReadReceipt, RefusedChange, Subscription,
};
pub use file::{S3Plugin, SaveTo, TusPlugin, UploadPlugin, is_program, safe_file_name};
pub use hallway_protocol as protocol;
pub use hallway_protocol::{
    ChatError, ConversationId, ErrorCode, GroupId, Limits, Message, MessageId, UserId,
};
pub use log::LogLevel;
pub use model::{Conversation, Timeline, TimelineItem};

/// Every operation answers with a value or the spec's code.
pub type Result<T> = std::result::Result<T, ChatError>;
