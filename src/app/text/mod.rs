//! What strings need before they can be drawn: emoji in colour, initials, marks, sizes.

pub mod amount;
pub mod emoji;
pub mod emoji_names;
pub mod initials;
pub mod markdown;
pub mod rich;
pub mod sticker_names;
