//! The screens: each with its own state, messages and effects.
//!
//! A screen never touches network or disk. Its `update` changes its state and answers with effects as data;
//! `run` in the same module makes tasks of them, and what only the parent can do leaves as an `Action`.

pub mod chats;
pub mod directory;
pub mod settings;
pub mod shortcuts;
pub mod switcher;
pub mod welcome;
