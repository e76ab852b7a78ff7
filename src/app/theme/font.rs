//! The fonts that travel inside the binary, and the names by which they are asked for.
//!
//! Nothing here relies on the machine: text is Inter, code is JetBrains Mono, both embedded. Colour emoji
//! come from "Noto Color Emoji" by name (a package dependency); Chinese, Japanese and Korean come from
//! whatever the system offers. Generic families (`SansSerif`, `Monospace`) are never used, because a
//! machine without fonts has none to offer.

use iced::Font;
use iced::font::{Style, Weight};

/// Regular text.
pub const TEXT: Font = Font::with_name("Inter");
/// Labels, active tabs (500).
pub const MEDIUM: Font = Font { weight: Weight::Medium, ..TEXT };
/// Names and titles (600).
pub const SEMIBOLD: Font = Font { weight: Weight::Semibold, ..TEXT };
/// Emphasis, "Message recalled".
pub const ITALIC: Font = Font { style: Style::Italic, ..TEXT };
/// Code, keys, fingerprints.
pub const MONO: Font = Font::with_name("JetBrains Mono");
/// Emoji clusters; see [`crate::text::emoji`].
pub const EMOJI: Font = Font::with_name("Noto Color Emoji");

/// The embedded font files, for `Settings::fonts`.
pub const FILES: [&[u8]; 5] = [
    include_bytes!("../../../resources/fonts/Inter-Regular.otf"),
    include_bytes!("../../../resources/fonts/Inter-Medium.otf"),
    include_bytes!("../../../resources/fonts/Inter-SemiBold.otf"),
    include_bytes!("../../../resources/fonts/Inter-Italic.otf"),
    include_bytes!("../../../resources/fonts/JetBrainsMono-Regular.ttf"),
];
