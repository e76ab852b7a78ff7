//! A sticker: its picture without a bubble. Until it is here, and where its pack is unknown, its name is in its place.

use hallway_protocol::message::FacePayload;
use iced::widget::{Image, center, column, container};
use iced::{Alignment, ContentFit, Length};

use crate::screen::chats::sticker::Place;
use crate::screen::chats::{Chats, Message as ChatsMessage, words};
use crate::theme::style;
use crate::theme::tokens::{BODY, SMALL, size, space as gap};
use crate::widget::Element;
use crate::widget::access::Role;
use crate::widget::bits::label;
use crate::widget::named::named;

impl Chats {
    /// The sticker of a message, with `state` below it.
    pub(super) fn sticker<'a>(
        &'a self,
        face: &'a FacePayload,
        state: Element<'a, ChatsMessage>,
    ) -> Element<'a, ChatsMessage> {
        let words = words::sticker(face);
        let sticker = self.stickers.find(face.index, &face.data);
        let content: Element<'a, ChatsMessage> = match sticker {
            None => label(words.clone(), BODY).style(style::secondary).into(),
            Some(sticker) => match self.stickers.picture(sticker, Place::Timeline) {
                Some(handle) => Image::new(handle.clone())
                    .width(size::STICKER)
                    .height(size::STICKER)
                    .content_fit(ContentFit::ScaleDown)
                    .into(),
                None => center(label(words.clone(), SMALL).style(style::muted).align_x(Alignment::Center))
                    .width(size::STICKER)
                    .height(size::STICKER)
                    .into(),
            },
        };
        let content = named(content, Role::Image, words);
        column![content, container(state).align_right(Length::Shrink)]
            .align_x(Alignment::End)
            .spacing(gap::XXS)
            .into()
    }
}
