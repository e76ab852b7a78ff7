//! Content that moderation flagged after it was sent: not shown, and not offered for download (MSG-100, OBJ-47).

use iced::widget::row;
use iced::{Alignment, Length};

use super::card::{frame, tile};
use crate::fl;
use crate::screen::chats::Message as ChatsMessage;
use crate::theme::style;
use crate::theme::tokens::{PREVIEW, space as gap};
use crate::widget::Element;
use crate::widget::bits::label;
use crate::widget::icon::Icon;

/// What stands in its place.
pub(super) fn flagged<'a>(state: Element<'a, ChatsMessage>) -> Element<'a, ChatsMessage> {
    let words = label(fl!("flagged"), PREVIEW).style(style::secondary).width(Length::Fill);
    frame(row![tile(Icon::EyeOff), words].spacing(gap::M).align_y(Alignment::Center), state)
}
