//! The window of a chat record as it is drawn.

use hallway_protocol::message::{FilePayload, Payload};
use iced::widget::{Image, center, column, container, row, themer};
use iced::{Alignment, ContentFit, Length};

use super::{Entry, Message, Record, SMALL as PICTURE, small};
use crate::fl;
use crate::problem;
use crate::screen::chats::media::variant;
use crate::screen::chats::sticker::Place;
use crate::screen::chats::timeline::content::image::{drawn, shown_size};
use crate::screen::chats::{Chats, Message as ChatsMessage, words};
use crate::text::amount;
use crate::theme::tokens::{BODY, META, PREVIEW, SMALL, TITLE, person_index, radius, size, space as gap};
use crate::theme::{Appearance, Theme, font, style};
use crate::widget::Element;
use crate::widget::avatar::avatar;
use crate::widget::bits::{self, hairline, label, scroll};
use crate::widget::button::{Kind, button, custom, icon_button, plain};
use crate::widget::field::search;
use crate::widget::icon::{Icon, icon};
use crate::widget::layers::Layer;
use crate::widget::one_line::one_line;

/// The id of the search.
pub const SEARCH: &str = "record-search";
/// Avatar of a sender.
const FACE: f32 = 32.0;

fn send(message: Message) -> ChatsMessage {
    ChatsMessage::Record(message)
}

impl Chats {
    /// What is in the window of the record, if one is read.
    pub fn record_view(&self) -> Option<Element<'_, ChatsMessage>> {
        let record = self.record.as_deref()?;
        let title = label(self.record_title().unwrap_or_default(), TITLE).font(font::SEMIBOLD);
        let mut head = row![].spacing(gap::S).align_y(Alignment::Center);
        if record.is_nested() {
            let back = icon_button(Icon::Back, fl!("back")).shortcut("Alt+←");
            head = head.push(back.on_press(send(Message::Back)));
        }
        let find = search(fl!("record-search"), &record.query, |query| send(Message::Query(query)));
        let head = column![head.push(container(title).width(Length::Fill)), find.id(SEARCH)];
        let shown = record.shown();
        let list: Element<'_, ChatsMessage> = if let Some(error) = &record.error {
            let retry = button(fl!("retry")).on_press(send(Message::Retry)).into();
            bits::empty(Icon::Alert, fl!("record-failed"), problem::sentence(error), Some(retry))
        } else if record.loading {
            container(label(fl!("record-loading"), BODY).style(style::muted)).center(Length::Fill).into()
        } else if shown.is_empty() {
            bits::empty(Icon::Search, fl!("record-none"), fl!("record-none-about"), None)
        } else {
            let entries = shown.into_iter().map(|(place, entry)| self.record_entry(record, place, entry));
            scroll(column(entries).spacing(gap::L).padding(gap::L)).into()
        };
        let content = column![
            container(head.spacing(gap::S)).padding([gap::M, gap::L]),
            hairline(),
            container(list).height(Length::Fill)
        ];
        Some(container(content).width(Length::Fill).height(Length::Fill).style(style::background).into())
    }

    /// What lies over the messages of the record: the picture that has the window for itself.
    pub fn record_layer(&self) -> Option<Layer<'_, ChatsMessage>> {
        let (_, shown) = self.record.as_ref()?.large.as_ref()?;
        let picture: Element<'_, ChatsMessage> = match shown {
            Some(handle) => Image::new(handle.clone())
                .content_fit(ContentFit::ScaleDown)
                .width(Length::Fill)
                .height(Length::Fill)
                .into(),
            None => center(label(fl!("loading"), BODY)).into(),
        };
        let picture = plain(picture, fl!("close")).on_press(send(Message::Reduce));
        let content = container(picture).width(Length::Fill).height(Length::Fill).style(style::viewer);
        let dark = themer(Some(Theme::new(Appearance::Dark)), content);
        Some(Layer::cover(dark).on_close(send(Message::Reduce)))
    }

    fn record_entry<'a>(
        &'a self,
        record: &'a Record,
        place: usize,
        entry: &'a Entry,
    ) -> Element<'a, ChatsMessage> {
        let message = &entry.message;
        let name = if message.nick.is_empty() { message.from.as_str() } else { message.nick.as_str() };
        let index = person_index(message.from.as_str());
        let head = row![
            label(name, SMALL).font(font::SEMIBOLD).style(move |theme: &Theme| iced::widget::text::Style {
                color: Some(theme.palette().names[index]),
            }),
            label(self.context.clock.full(message.time), META).style(style::muted),
        ];
        let mut body = column![head.spacing(gap::S).align_y(Alignment::Center)].spacing(gap::XXS);
        for payload in &message.message_body {
            body = body.push(self.frozen(record, place, payload, entry));
        }
        row![avatar(message.from.as_str(), name).size(FACE), container(body).width(Length::Fill)]
            .spacing(gap::M)
            .into()
    }

    /// What a frozen message says.
    fn frozen<'a>(
        &'a self,
        record: &'a Record,
        place: usize,
        payload: &'a Payload,
        entry: &'a Entry,
    ) -> Element<'a, ChatsMessage> {
        match (payload, &entry.words) {
            (Payload::Text(_), Some(words)) => label(words.text(), self.body_step(words.text())).into(),
            (Payload::Merger(merger), _) => {
                let title = words::one_line(&merger.title);
                let lines = merger
                    .abstract_list
                    .iter()
                    .take(4)
                    .map(|line| one_line(words::one_line(line)).step(PREVIEW).color(|p| p.text_2).into());
                let content = column![label(title.clone(), BODY).font(font::MEDIUM), column(lines)];
                let content =
                    container(content).padding([gap::S, gap::M]).width(Length::Fill).style(style::inset);
                let content = container(content).max_width(size::DIALOG_WIDE);
                custom(content, fl!("record-open", title = title))
                    .free()
                    .fill()
                    .on_press(ChatsMessage::Record(Message::Into(place)))
                    .into()
            }
            (Payload::Image(image), _) => {
                let size = variant(image, 0).map_or((1, 1), |it| (it.width, it.height));
                let large = variant(image, 2).or(variant(image, 0)).map(|it| it.url.clone());
                let face = picture(record, payload, size);
                let press = large.map(|url| send(Message::Enlarge(url)));
                plain(face, fl!("open-picture")).on_press_maybe(press).into()
            }
            (Payload::Video(video), _) => {
                let face = picture(record, payload, (video.snapshot_width, video.snapshot_height));
                let length = amount::length(video.video_second);
                let words =
                    label(format!("{} {length}", words::kind(payload)), SMALL).style(style::secondary);
                column![face, row![words, fetch(place)].spacing(gap::S).align_y(Alignment::Center)]
                    .spacing(gap::XS)
                    .into()
            }
            (Payload::File(file), _) => file_card(place, file),
            (Payload::Face(face), _)
                if let Some(handle) = self
                    .stickers
                    .find(face.index, &face.data)
                    .and_then(|sticker| self.stickers.picture(sticker, Place::Timeline)) =>
            {
                Image::new(handle.clone()).width(size::STICKER).height(size::STICKER).into()
            }
            (Payload::Unknown(_), _) => {
                let json = serde_json::to_string_pretty(payload).unwrap_or_default();
                row![
                    label(words::kind(payload), BODY).style(style::secondary),
                    button(fl!("copy-json")).kind(Kind::Link).small().on_press(ChatsMessage::Copy(json)),
                ]
                .spacing(gap::S)
                .into()
            }
            _ => label(words::kind(payload), BODY).style(style::secondary).into(),
        }
    }
}

/// The picture of a payload in its place, whether it is here or not.
fn picture<'a>(record: &'a Record, payload: &'a Payload, pixels: (u32, u32)) -> Element<'a, ChatsMessage> {
    let size = shown_size(pixels, PICTURE);
    match small(payload).and_then(|url| record.pictures.get(url)?.as_ref()) {
        Some(handle) => drawn(handle, size, radius::CARD),
        None => center(icon(Icon::Image).color(|p| p.text_3))
            .width(size.width)
            .height(size.height)
            .style(style::placeholder)
            .into(),
    }
}

/// Bringing the file of an entry here.
fn fetch<'a>(place: usize) -> Element<'a, ChatsMessage> {
    let act = |words: String, then_open| {
        button(words).kind(Kind::Link).small().on_press(send(Message::Fetch(place, then_open)))
    };
    row![act(fl!("open"), true), act(fl!("save-as"), false)].spacing(gap::XS).into()
}

fn file_card<'a>(place: usize, file: &'a FilePayload) -> Element<'a, ChatsMessage> {
    let words = column![
        one_line(words::one_line(&file.file_name)).font(font::MEDIUM),
        label(amount::bytes(file.file_size), SMALL).style(style::muted),
        fetch(place),
    ];
    let content = row![icon(Icon::Document), container(words).width(Length::Fill).clip(true)];
    let card =
        container(content.spacing(gap::M)).padding([gap::S, gap::M]).width(Length::Fill).style(style::inset);
    container(card).max_width(size::DIALOG_WIDE).into()
}
