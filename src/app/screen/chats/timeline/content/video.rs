//! A film: the picture in its place, how long it is, and a button that brings it here and opens it with the desktop's
//! player.

use hallway_protocol::message::VideoPayload;
use iced::widget::{center, column, container, row, space, stack};
use iced::{Alignment, Length};

use super::file::{Way, bar, words};
use super::image::{corner, drawn, shown_size};
use crate::fl;
use crate::screen::chats::media::Message;
use crate::screen::chats::media::pictures::Detail;
use crate::screen::chats::timeline::rows::MessageRow;
use crate::screen::chats::{Chats, Message as ChatsMessage};
use crate::text::amount;
use crate::theme::style;
use crate::theme::tokens::{META, radius, space as gap};
use crate::widget::Element;
use crate::widget::bits::label;
use crate::widget::button::plain;
use crate::widget::icon::{Icon, icon};

/// The round button in the middle.
const BUTTON: f32 = 48.0;

impl Chats {
    /// A film, `width` wide at most, with `state` in its corner.
    pub(super) fn video<'a>(
        &'a self,
        row: &'a MessageRow,
        video: &'a VideoPayload,
        width: f32,
        state: Element<'a, ChatsMessage>,
    ) -> Element<'a, ChatsMessage> {
        let pixels = match (video.snapshot_width, video.snapshot_height) {
            (0, _) | (_, 0) => (480, 270),
            pixels => pixels,
        };
        let shown = shown_size(pixels, width);
        let face: Element<'a, ChatsMessage> = match self.media.pictures.get(&row.message.id, Detail::Shown) {
            Some(handle) => drawn(handle, shown, radius::CARD),
            None => {
                container(space()).width(shown.width).height(shown.height).style(style::placeholder).into()
            }
        };
        let way = self.way(row);
        let id = row.message.id.clone();
        let (picture, name, press) = match &way {
            Way::There | Way::Broken(_) | Way::Here | Way::Failed => {
                (Icon::Play, fl!("play-video"), Message::Open(id))
            }
            Way::Moving(_) | Way::Waiting => (Icon::Pause, fl!("pause"), Message::Pause(id)),
            Way::Stopped(_) => (Icon::Download, fl!("resume"), Message::Resume(id)),
        };
        let round = container(icon(picture)).center(BUTTON).style(style::on_picture_round);
        let can_press = row.failure.is_none();
        let button = plain(round, name).on_press_maybe(can_press.then_some(ChatsMessage::Media(press)));
        let about = match &way {
            Way::Moving(_) | Way::Waiting | Way::Stopped(_) => words(&way, video.video_size),
            Way::There | Way::Here | Way::Broken(_) | Way::Failed => {
                format!("{} · {}", amount::length(video.video_second), amount::bytes(video.video_size))
            }
        };
        let mut below = row![corner(label(about, META)), space::horizontal()].align_y(Alignment::Center);
        // Where it is narrow, the words go above what is at the bottom.
        below = below.push(corner(state));
        let mut bottom = column![space::vertical(), below].spacing(gap::XS);
        if let Way::Moving(pace) | Way::Stopped(Some(pace)) = &way {
            bottom = bottom.push(bar(pace.share()));
        }
        let over = container(bottom).width(shown.width).height(shown.height).padding(gap::S);
        stack![face, over, center(button).width(Length::Fill).height(Length::Fill)]
            .width(shown.width)
            .height(shown.height)
            .into()
    }
}
