//! Pictures: one by itself, or an album as a grid.
//!
//! How large a picture is drawn follows from what its message says of it, so nothing moves when it arrives. Until then a blurred
//! thumbnail is in its place.

use hallway_protocol::message::Payload;
use iced::widget::image::Handle;
use iced::widget::{Image, center, column, container, row, space, stack};
use iced::{Alignment, ContentFit, Length, Size};

use crate::fl;
use crate::screen::chats::media::pictures::Detail;
use crate::screen::chats::media::{self, variant};
use crate::screen::chats::timeline::rows::MessageRow;
use crate::screen::chats::{Chats, Message as ChatsMessage, viewer};
use crate::text::amount;
use crate::theme::style;
use crate::theme::tokens::{META, SMALL, radius, size, space as gap};
use crate::widget::Element;
use crate::widget::bits::label;
use crate::widget::button::plain;
use crate::widget::icon::{Icon, icon};

/// Between the pictures of an album.
const GAP: f32 = 2.0;
/// Height that the rows of an album try to have.
const ROW: f32 = 140.0;

impl Chats {
    /// The picture or the album of a row, `width` wide at most, with `state` in its corner.
    pub(super) fn image<'a>(
        &'a self,
        row: &'a MessageRow,
        width: f32,
        state: Element<'a, ChatsMessage>,
    ) -> Element<'a, ChatsMessage> {
        let pieces: Vec<&MessageRow> = row.pieces().collect();
        let grid: Element<'a, ChatsMessage> = if let [one] = pieces.as_slice() {
            let size = shown_size(pixels(one), width);
            self.picture(one, size, radius::CARD)
        } else {
            let ratios: Vec<f32> = pieces.iter().map(|piece| ratio(pixels(piece))).collect();
            let mut left = pieces.iter();
            let rows = justified(&ratios, width.min(size::PICTURE)).into_iter().map(|sizes| {
                let cells = sizes
                    .into_iter()
                    .zip(left.by_ref())
                    .map(|(size, piece)| self.picture(piece, size, radius::CHIP));
                iced::widget::Row::with_children(cells.collect::<Vec<_>>()).spacing(GAP).into()
            });
            column(rows).spacing(GAP).into()
        };
        stack![
            grid,
            container(corner(state)).align_right(Length::Fill).align_bottom(Length::Fill).padding(gap::S)
        ]
        .into()
    }

    /// One picture in a box of this size.
    fn picture<'a>(&'a self, row: &'a MessageRow, size: Size, corner: f32) -> Element<'a, ChatsMessage> {
        let id = &row.message.id;
        let pictures = &self.media.pictures;
        let handle = pictures.get(id, Detail::Shown).or_else(|| pictures.get(id, Detail::Soft));
        let face: Element<'a, ChatsMessage> = match handle {
            Some(handle) => drawn(handle, size, corner),
            None => self.no_picture(row, size),
        };
        let (open, menu) = (id.clone(), id.clone());
        let pressed = plain(face, fl!("open-picture"))
            .on_context(move |at| ChatsMessage::Menu(crate::screen::chats::About::Message(menu.clone()), at))
            .on_press(viewer::message(viewer::Message::Open(open)));
        let Some(over) = self.upload_over(row) else { return pressed.into() };
        stack![pressed, container(over).padding(gap::S)].into()
    }

    /// The place of a picture that is not here.
    fn no_picture<'a>(&'a self, row: &'a MessageRow, size: Size) -> Element<'a, ChatsMessage> {
        let failed = self.media.pictures.has_failed(&row.message.id);
        let content: Element<'a, ChatsMessage> = if failed {
            let mut words = column![icon(Icon::Image).color(|p| p.text_3)].align_x(Alignment::Center);
            if size.width >= size::PICTURE / 2.0 {
                words = words.push(label(fl!("picture-failed"), SMALL).style(style::muted));
            }
            words.into()
        } else {
            space().into()
        };
        center(content).width(size.width).height(size.height).style(style::placeholder).into()
    }

    /// How far the upload of an own picture is, and a way to give it up.
    fn upload_over<'a>(&'a self, row: &'a MessageRow) -> Option<Element<'a, ChatsMessage>> {
        if !row.outgoing || row.failure.is_some() {
            return None;
        }
        let id = &row.message.id;
        let words = match self.media.transfers.upload(id) {
            Some(pace) => {
                fl!("transfer-short", here = amount::bytes(pace.here), total = amount::bytes(pace.total))
            }
            None => fl!("transfer-waiting"),
        };
        let cancel = plain(icon(Icon::Close).size(size::ICON_SMALL), fl!("cancel-upload"))
            .on_press(ChatsMessage::Media(media::Message::Cancel(id.clone())));
        let line = row![label(words, META), cancel].spacing(gap::XS).align_y(Alignment::Center);
        Some(corner(line))
    }
}

/// A small dark ground, on which words can be read over any picture.
pub fn corner<'a>(content: impl Into<Element<'a, ChatsMessage>>) -> Element<'a, ChatsMessage> {
    container(content).padding([1.0, gap::S]).style(style::on_picture).into()
}

/// A picture in a box: whole, because what stands out of it would be drawn as well, and never enlarged, because renderers
/// place what they enlarge only roughly.
pub fn drawn<'a>(handle: &Handle, size: Size, corner: f32) -> Element<'a, ChatsMessage> {
    let image = Image::new(handle.clone())
        .width(size.width)
        .height(size.height)
        .content_fit(ContentFit::ScaleDown)
        .border_radius(corner);
    image.into()
}

/// Pixels of the original.
fn pixels(row: &MessageRow) -> (u32, u32) {
    match &row.message.payload {
        Payload::Image(image) => variant(image, 0).map_or((1, 1), |it| (it.width.max(1), it.height.max(1))),
        _ => (1, 1),
    }
}

/// Width over height, within what can be looked at.
fn ratio((width, height): (u32, u32)) -> f32 {
    (width as f32 / height as f32).clamp(0.5, 2.5)
}

/// How large a picture is drawn: at most 320 px, never enlarged, and no side less than 96 px.
pub fn shown_size((width, height): (u32, u32), room: f32) -> Size {
    let (width, height) = (width.max(1) as f32, height.max(1) as f32);
    let most = size::PICTURE.min(room);
    let scale = (most / width).min(most / height).min(1.0);
    Size::new(
        (width * scale).round().clamp(size::PICTURE_MIN, most.max(size::PICTURE_MIN)),
        (height * scale).round().clamp(size::PICTURE_MIN, most.max(size::PICTURE_MIN)),
    )
}

/// The sizes of pictures in rows of this width: each row is filled, and the rows are as equal as that allows.
fn justified(ratios: &[f32], width: f32) -> Vec<Vec<Size>> {
    let sum: f32 = ratios.iter().sum();
    let count = ((sum * ROW / width).round() as usize).clamp(1, ratios.len().max(1));
    let (mut rows, mut from) = (Vec::new(), 0);
    for number in 0..count {
        let left_rows = count - number;
        let rest: f32 = ratios.iter().skip(from).sum();
        let wanted = rest / left_rows as f32;
        // One at least, and one for each row that follows.
        let most = ratios.len().saturating_sub(left_rows - 1);
        let (mut to, mut taken) = (from, 0.0);
        for (place, ratio) in ratios.iter().enumerate().take(most).skip(from) {
            let is_first = place == from;
            if !is_first && left_rows > 1 && (taken + ratio - wanted).abs() > (taken - wanted).abs() {
                break;
            }
            (to, taken) = (place + 1, taken + ratio);
        }
        let row: Vec<f32> = ratios.iter().skip(from).take(to - from).copied().collect();
        from = to;
        let room = width - GAP * (row.len().saturating_sub(1)) as f32;
        let height = (room / taken.max(0.1)).clamp(64.0, size::PICTURE).round();
        rows.push(row.into_iter().map(|ratio| Size::new(room * ratio / taken.max(0.1), height)).collect());
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_keep_their_shape_within_bounds() {
        let size = |width, height| shown_size((width, height), 560.0);
        assert_eq!(size(4000, 3000), Size::new(320.0, 240.0));
        assert_eq!(size(100, 200), Size::new(100.0, 200.0));
        assert_eq!(size(10, 10), Size::new(96.0, 96.0));
        assert_eq!(size(10_000, 100), Size::new(320.0, 96.0));
        assert_eq!(size(0, 0), Size::new(96.0, 96.0));
        assert_eq!(shown_size((4000, 3000), 200.0), Size::new(200.0, 150.0));
    }

    #[test]
    fn an_album_fills_its_rows() {
        for count in 2..=10 {
            for shape in [0.5, 0.75, 1.0, 1.5, 2.5] {
                let ratios: Vec<f32> =
                    (0..count).map(|place| if place % 2 == 0 { shape } else { 1.3 }).collect();
                let rows = justified(&ratios, 320.0);
                assert_eq!(rows.iter().map(Vec::len).sum::<usize>(), count);
                for row in &rows {
                    let width: f32 = row.iter().map(|size| size.width).sum();
                    assert!((width + GAP * (row.len() - 1) as f32 - 320.0).abs() < 1.0, "{row:?}");
                    assert!(row.iter().all(|size| size.height >= 64.0), "{row:?}");
                }
            }
        }
    }
}
