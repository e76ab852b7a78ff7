//! The rules: who may do what, transactions, and what others are told.
//!
//! [`Service`] is the one entry point for the network side; it hands each call to the module of its domain:
//!
//! * [`session`]: signing in, instances. [`account`]: joining, passwords, invitations.
//! * [`message`] sends; [`message_change`] recalls, changes, deletes; `message_check` and `group_rate` refuse.
//! * `moderation`: what may be said; `amend`, `chore`: what the server does to stored messages by itself.
//! * `offered`, `voice`, `link_preview`: what is offered on top. [`heard`]: voice messages that were listened to.
//! * [`search`]: finding words.
//! * [`annotation`]: reactions, extensions, receipts, pins. [`mod@file`]: files behind messages.
//! * [`combined`]: messages inside of large combined ones.
//! * [`history`] and [`sync`] answer what a client has missed.
//! * [`conversation`]: a user's own side; [`setting`]: pins, marks, muting. [`group`], [`member`]: groups. [`user`]:
//!   profiles, directory. `notice`: what somebody is told personally about groups.
//! * [`core`]: what they share. `view`: how rows look to one viewer. [`cache`], [`clock`], `error`.
//!
//! Every write is one job for the storage writer: checks, numbers, rows, and effects that publish to the bus
//! after the commit, in the order of the commits.

pub mod account;
mod amend;
pub mod annotation;
mod backend;
pub mod cache;
mod chore;
pub mod clock;
pub mod combined;
pub mod conversation;
pub mod conversation_group;
pub mod core;
mod error;
pub mod file;
pub mod group;
mod group_rate;
pub mod heard;
pub mod history;
mod link_preview;
pub mod member;
pub mod message;
pub mod message_change;
mod message_check;
mod moderation;
mod notice;
mod offered;
pub mod retention;
pub mod search;
pub mod session;
pub mod setting;
pub mod sync;
pub mod user;
mod view;
mod voice;

#[cfg(test)]
mod tests;

pub use backend::{Service, ServiceError};
