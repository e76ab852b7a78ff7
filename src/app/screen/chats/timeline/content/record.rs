//! Several messages sent on as one: whose they are, the first lines, and the way in (OBJ-68).

use hallway_protocol::message::MergerPayload;
use iced::widget::column;

use super::super::rows::MessageRow;
use super::card::frame;
use crate::fl;
use crate::screen::chats::{Message as ChatsMessage, record, words};
use crate::theme::tokens::{BODY, PREVIEW, SMALL, space as gap};
use crate::theme::{font, style};
use crate::widget::Element;
use crate::widget::bits::{hairline, label};
use crate::widget::button::custom;
use crate::widget::one_line::one_line;

/// So many lines are shown.
const LINES: usize = 4;

/// The card of a record; a press opens it.
pub(super) fn card<'a>(
    row: &'a MessageRow,
    merger: &'a MergerPayload,
    state: Element<'a, ChatsMessage>,
) -> Element<'a, ChatsMessage> {
    let title = words::one_line(&merger.title);
    let lines = merger
        .abstract_list
        .iter()
        .take(LINES)
        .map(|line| one_line(words::one_line(line)).step(PREVIEW).color(|p| p.text_2).into());
    let footer = match merger.message_list.len() {
        _ if merger.layers_over_limit => fl!("record-too-deep"),
        0 => fl!("record"),
        count => fl!("record-count", count = count),
    };
    let content = column![
        label(title.clone(), BODY).font(font::MEDIUM),
        column(lines),
        hairline(),
        label(footer, SMALL).style(style::muted),
    ];
    let open = ChatsMessage::Record(record::Message::Open(row.message.id.clone()));
    let can_open = !merger.layers_over_limit;
    let card = custom(content.spacing(gap::XS), fl!("record-open", title = title)).free().fill();
    frame(card.on_press_maybe(can_open.then_some(open)), state)
}
