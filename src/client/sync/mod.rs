//! The rules by which a local copy comes to equal the server's (`docs/sync_model.md` §6, §7, §9).
//!
//! Pure: no clock, no disk, no network. What is here decides; the engine asks and the cache stores.
//!
//! * [`Tracker`]: one numbered log and the cursor in it: apply, drop, wait or fetch.
//! * [`Ranges`]: which stretches of a conversation are known, and how new that knowledge is.
//! * [`log`]: how frames, changes, pages and resets alter ranges and rows.
//! * [`unread`]: what is unread, from counters and a read position.

pub mod log;
pub mod ranges;
pub mod tracker;
pub mod unread;

#[cfg(test)]
mod tests;

pub use ranges::{Ranges, Stretch};
pub use tracker::Tracker;
