//! The picture of a conversation, wherever one stands for it.

use hallway_protocol::ConversationId;
use iced::widget::container;

use crate::theme::style;
use crate::widget::Element;
use crate::widget::avatar::avatar;
use crate::widget::icon::{Icon, icon};

/// Share of the side that the sign of the notices takes.
const SIGN: f32 = 0.5;

/// The picture of a conversation with this name, as a square of this side.
pub fn face<'a, Message: 'a>(id: &ConversationId, name: &str, side: f32) -> Element<'a, Message> {
    match id {
        ConversationId::System => {
            let sign = icon(Icon::Bell).size(side * SIGN).color(|p| p.text_2);
            container(sign).center(side).style(style::pill).into()
        }
        ConversationId::Group(_) => avatar(id.to(), name).size(side).square(true).into(),
        ConversationId::C2c(_) => avatar(id.to(), name).size(side).into(),
    }
}
