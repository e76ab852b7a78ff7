//! A chat record as it is drawn.

use hallway_protocol::message::Payload;
use iced::widget::{column, container, row};
use iced::{Alignment, Length};

use super::{Entry, Message, Record};
use crate::fl;
use crate::problem;
use crate::screen::chats::dialog::view::close;
use crate::screen::chats::{Chats, Message as ChatsMessage, words};
use crate::theme::tokens::{BODY, META, PREVIEW, SMALL, person_index, size, space as gap};
use crate::theme::{Theme, font, style};
use crate::widget::Element;
use crate::widget::avatar::avatar;
use crate::widget::bits::{self, label, scroll};
use crate::widget::button::{Kind, button, custom, icon_button};
use crate::widget::dialog::dialog;
use crate::widget::field::search;
use crate::widget::icon::Icon;
use crate::widget::one_line::one_line;

/// The id of the search.
pub const SEARCH: &str = "record-search";
/// Avatar of a sender.
const FACE: f32 = 32.0;
/// Height of the list.
const HEIGHT: f32 = 420.0;

impl Chats {
    /// The record that is being read.
    pub(in super::super) fn record_dialog<'a>(&'a self, record: &'a Record) -> Element<'a, ChatsMessage> {
        let send = |message| ChatsMessage::Record(message);
        let find =
            search(fl!("record-search"), &record.query, move |query| send(Message::Query(query))).id(SEARCH);
        let mut head = row![].spacing(gap::S).align_y(Alignment::Center);
        if record.is_nested() {
            head = head.push(icon_button(Icon::Back, fl!("back")).on_press(send(Message::Back)));
        }
        let shown = record.shown();
        let list: Element<'a, ChatsMessage> = if let Some(error) = &record.error {
            let retry = button(fl!("retry")).on_press(send(Message::Retry)).into();
            bits::empty(Icon::Alert, fl!("record-failed"), problem::sentence(error), Some(retry))
        } else if record.loading {
            container(label(fl!("record-loading"), BODY).style(style::muted)).center(Length::Fill).into()
        } else if shown.is_empty() {
            bits::empty(Icon::Search, fl!("record-none"), fl!("record-none-about"), None)
        } else {
            let entries = shown.into_iter().map(|(place, entry)| self.record_entry(place, entry));
            scroll(column(entries).spacing(gap::M).padding([gap::XS, 0.0])).into()
        };
        let title = record.level().map_or_else(String::new, |level| words::one_line(&level.title));
        let content = column![head.push(find), container(list).height(HEIGHT)].spacing(gap::S);
        dialog(title, content).width(size::SWITCHER).close_button(fl!("close"), close()).into()
    }

    fn record_entry<'a>(&'a self, place: usize, entry: &'a Entry) -> Element<'a, ChatsMessage> {
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
            body = body.push(self.frozen(place, payload, entry));
        }
        row![avatar(message.from.as_str(), name).size(FACE), container(body).width(Length::Fill)]
            .spacing(gap::M)
            .into()
    }

    /// What a frozen message says.
    fn frozen<'a>(
        &'a self,
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
                custom(content, fl!("record-open", title = title))
                    .free()
                    .fill()
                    .on_press(ChatsMessage::Record(Message::Into(place)))
                    .into()
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
