//! What strings need before they can be drawn: emoji in colour, initials.

pub mod emoji;
pub mod initials;
