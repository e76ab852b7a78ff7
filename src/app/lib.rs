//! The desktop app.

#[cfg(all(unix, any(test, feature = "harness")))]
pub mod describe;
#[cfg(any(test, feature = "harness"))]
pub mod harness;
pub mod i18n;
pub mod keymap;
pub mod text;
pub mod theme;
pub mod widget;
