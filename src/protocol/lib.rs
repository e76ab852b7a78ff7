//! The wire types of Hallway: pure data, no input or output.
//!
//! Server, client SDK and tests share these types; everything that travels is one of them. The way in:
//!
//! * [`ids`]: users, groups, conversations, messages and how their names are written.
//! * [`message`]: the message object with every kind of payload; [`tip`]: what the server itself says in a chat.
//! * [`annotation`]: what is put on messages later: reactions, extensions, receipts, pins.
//! * [`conversation`], [`group`], [`user`], [`session`]: the other objects.
//! * [`sync`]: heads, changes, ranges, live frames: how a client comes to have what the server has.
//! * [`mod@file`]: files behind messages. [`sticker`]: packs of stickers. [`service`]: what a deployment offers on top.
//! * [`method`]: every request with its parameters and its answer; [`event`]: what the server says unasked.
//! * [`frame`]: the JSON-RPC envelope around both.
//! * [`error`]: every code; [`limits`]: every number a deployer may change; [`link`]: invite links.
//! * [`text`]: what all have to see alike in a text.
//!
//! `README.md` beside this file tells a third party how to write a client in another language.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

pub mod annotation;
pub mod card;
pub mod conversation;
pub mod error;
pub mod event;
pub mod file;
pub mod frame;
#[cfg(test)]
mod fuzz;
pub mod group;
pub mod ids;
pub mod limits;
pub mod link;
pub mod message;
pub mod method;
#[cfg(test)]
mod readme;
#[cfg(feature = "schema")]
pub mod schema;
pub mod service;
pub mod session;
#[cfg(test)]
mod snapshots;
pub mod sticker;
pub mod sync;
pub mod text;
pub mod tip;
pub mod user;

pub use error::{ChatError, ErrorCode};
pub use file::FileId;
pub use ids::{ConversationId, GroupId, MessageId, UserId};
pub use limits::Limits;
pub use message::Message;

/// Version of the wire protocol. A server refuses a client whose major part differs.
pub const PROTOCOL_VERSION: u32 = 1;
