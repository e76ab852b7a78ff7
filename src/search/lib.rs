//! Finding words in messages (PLUS-7, MSG-67): the same code on client and server, so that both find the same.
//!
//! * [`mod@fold`]: what is the same for people becomes the same; [`text`]: what of a message can be found.
//! * [`term`]: pieces of text as numbers. [`page`]: lists of messages by term, packed into rows. [`segment`]: making and
//!   merging such rows.
//! * [`place`]: sets of messages. [`block`]: their numbers in the index.
//! * [`request`]: what a call asks for. [`ask`]: a question and the messages that may answer it; [`walk`]: looking at their texts, newest first, as far as a page needs.
//!
//! The index is written for two databases that have nothing in common but tables, and it has to count what is found and
//! give the newest first within milliseconds: so it is made here, of rows in three tables (`search_segment`,
//! `search_page`, `search_block`), and not of what either database brings along. Rows are only ever added and merged. What
//! the index does not hold yet, its owner looks at beforehand ([`ask::Candidates::decide`]).
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

pub mod ask;
pub mod block;
pub mod fold;
pub mod page;
pub mod place;
pub mod request;
pub mod segment;
pub mod tables;
pub mod term;
#[cfg(test)]
mod tests;
pub mod text;
pub mod walk;

pub use fold::{fold, hits};
