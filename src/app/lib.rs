//! The desktop app.
//!
//! From outside in: [`start`] (command line to window), [`app`] (what all screens share), [`screen`] (the
//! screens), [`widget`] and [`theme`] (what they are made of). [`profile`] is what is remembered outside the
//! encrypted copy, [`keymap`] the table of named actions and keys, [`i18n`] the texts, [`voice`] microphone and
//! speaker.

pub mod app;
pub mod args;
pub mod clock;
#[cfg(all(unix, any(test, feature = "harness")))]
pub mod describe;
#[cfg(any(test, feature = "harness"))]
pub mod harness;
pub mod i18n;
pub mod keymap;
pub mod log;
pub mod notice;
pub mod problem;
pub mod profile;
pub mod screen;
pub mod start;
pub mod tasks;
pub mod text;
pub mod theme;
pub mod voice;
pub mod widget;
#[cfg(feature = "workspace")]
pub mod workspace;

/// The logo, as SVG.
pub const LOGO: &[u8] = include_bytes!("../../resources/hallway.svg");
