//! A place on the map: its words, its coordinates, and the way to the system's map. No picture of it: that would have to come
//! from somebody who then knows where people meet.

use hallway_protocol::message::LocationPayload;
use iced::widget::{column, container, row};
use iced::{Alignment, Length};

use super::card::{frame, tile};
use crate::fl;
use crate::screen::chats::{Action, Message as ChatsMessage};
use crate::theme::tokens::{BODY, SMALL, space as gap};
use crate::theme::{font, style};
use crate::widget::Element;
use crate::widget::bits::label;
use crate::widget::button::{Kind, button};
use crate::widget::icon::Icon;

/// The card of a place.
pub(super) fn place<'a>(
    place: &'a LocationPayload,
    state: Element<'a, ChatsMessage>,
) -> Element<'a, ChatsMessage> {
    let name =
        if place.description.trim().is_empty() { fl!("place-unnamed") } else { place.description.clone() };
    let words = column![
        label(name, BODY).font(font::MEDIUM),
        label(coordinates(place.latitude, place.longitude), SMALL).style(style::muted),
    ];
    let open = button(fl!("place-open")).kind(Kind::Link).small();
    let open = open.on_press(ChatsMessage::Do(Action::Browse(map(place.latitude, place.longitude))));
    let content = column![
        row![tile(Icon::Place), container(words).width(Length::Fill)]
            .spacing(gap::M)
            .align_y(Alignment::Center),
        open,
    ];
    frame(content.spacing(gap::XS), state)
}

/// `52.52000° N, 13.40500° E`
fn coordinates(latitude: f64, longitude: f64) -> String {
    let north = if latitude < 0.0 { "S" } else { "N" };
    let east = if longitude < 0.0 { "W" } else { "E" };
    format!("{:.5}° {north}, {:.5}° {east}", latitude.abs(), longitude.abs())
}

/// The address that opens the map of this system.
fn map(latitude: f64, longitude: f64) -> String {
    if cfg!(target_os = "macos") {
        format!("maps://?ll={latitude},{longitude}&q={latitude},{longitude}")
    } else if cfg!(target_os = "windows") {
        format!("bingmaps:?cp={latitude}~{longitude}&sp=point.{latitude}_{longitude}_")
    } else {
        format!("geo:{latitude},{longitude}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// OBJ-67: the coordinates in words.
    #[test]
    fn where_it_is() {
        assert_eq!(coordinates(52.52, 13.405), "52.52000° N, 13.40500° E");
        assert_eq!(coordinates(-33.8688, -151.2093), "33.86880° S, 151.20930° W");
        assert!(map(1.5, -2.0).contains("1.5") && map(1.5, -2.0).contains("-2"));
    }
}
