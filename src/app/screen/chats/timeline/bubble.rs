//! One message as it is drawn: avatar, name, bubble, time and state. What is said in it: `content`; what it answers to: `quote`.

use hallway_client::Conversation;
use hallway_protocol::message::{MessageStatus, Payload, ReadReceiptInfo};
use hallway_protocol::{ConversationId, Message as ChatMessage, MessageId};
use iced::widget::tooltip::Position;
use iced::widget::{column, container, row, space};
use iced::{Alignment, Background, Length, border};

use super::rows::MessageRow;
use crate::fl;
use crate::screen::chats::actions::has_readers;
use crate::screen::chats::composer::mention::member_name;
use crate::screen::chats::picking::{Picking, can_pick};
use crate::screen::chats::{About, Act, Chats, Message as ChatsMessage, Open, update, words};
use crate::theme::tokens::{META, SMALL, person_index, radius, size, space as gap};
use crate::theme::{Theme, font, style};
use crate::widget::Element;
use crate::widget::access::Role;
use crate::widget::avatar::avatar;
use crate::widget::bits::label;
use crate::widget::button::{Kind, button, custom};
use crate::widget::icon::{Icon, icon};
use crate::widget::named::named;
use crate::widget::one_line::one_line;
use crate::widget::pressable::Pressable;
use crate::widget::row::message_row;
use crate::widget::still::still;
use crate::widget::tip::with_tip;

/// Share of the column that a bubble may take.
const WIDEST: f32 = 0.72;

/// How far an own message has got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Just written: nothing is said yet.
    Fresh,
    /// On its way for a while.
    Underway,
    /// The server has it on disk.
    Stored,
    /// It has arrived (one to one).
    Delivered,
    /// It was read (one to one).
    Read,
    /// It was not sent.
    Failed,
}

/// How far an own message has got.
pub fn progress(row: &MessageRow, late: bool, conversation: Option<&Conversation>) -> Progress {
    if row.failure.is_some() {
        return Progress::Failed;
    }
    if row.outgoing {
        return if late { Progress::Underway } else { Progress::Fresh };
    }
    // A change of it waits for a connection.
    if row.message.status == MessageStatus::UnSend {
        return Progress::Underway;
    }
    let Some(conversation) = conversation.filter(|c| matches!(c.conversation_id, ConversationId::C2c(_)))
    else {
        return Progress::Stored;
    };
    let acknowledged =
        row.message.read_receipt_info.as_ref().is_some_and(|info| info.is_peer_read == Some(true));
    let place = row.message.sequence;
    if acknowledged || place <= conversation.peer.read_seq {
        Progress::Read
    } else if place <= conversation.peer.delivered_seq {
        Progress::Delivered
    } else {
        Progress::Stored
    }
}

impl Chats {
    /// A message of the timeline; `width` is that of the column.
    pub(super) fn message<'a>(
        &'a self,
        open: &'a Open,
        row: &'a MessageRow,
        width: f32,
        theme: &Theme,
    ) -> Element<'a, ChatsMessage> {
        let message = &row.message;
        let group = matches!(open.id, ConversationId::Group(_));
        let widest = (width * WIDEST).min(size::BUBBLE_MAX);
        let bubble = container(self.bubble(open, row, widest, theme)).max_width(widest);
        let mut body = column![].spacing(gap::XXS);
        if row.first && !row.own && group {
            let index = person_index(message.from.as_str());
            let name =
                label(words::sender(message), SMALL).font(font::SEMIBOLD).style(move |theme: &Theme| {
                    iced::widget::text::Style { color: Some(theme.palette().names[index]) }
                });
            body = body.push(container(name).padding([0.0, gap::M]));
        }
        body = body.push(bubble).push(self.reactions(row));
        if row.failure.is_some() {
            body = body.push(self.failed(row));
        }
        let line = if row.own {
            row![space::horizontal(), body.align_x(Alignment::End)]
        } else {
            let picture: Element<'a, ChatsMessage> = match (group, row.first) {
                (true, true) => {
                    avatar(message.from.as_str(), words::sender(message)).size(size::AVATAR_MESSAGE).into()
                }
                (true, false) => space().width(size::AVATAR_MESSAGE).into(),
                (false, _) => space().into(),
            };
            row![picture, body].spacing(if group { gap::S } else { 0.0 })
        };
        let top = if row.first { gap::M } else { gap::XXS };
        let content = container(line).padding(iced::Padding { top, ..iced::Padding::ZERO });
        let lit = open.timeline.is_lit(&message.id);
        let content = match &open.picking {
            Some(picking) => to_be_picked(content, self.spoken(row), row, picking),
            None => {
                let id = message.id.clone();
                message_row(content, self.spoken(row))
                    .id(row_id(&message.id))
                    .on_context(move |at| ChatsMessage::Menu(About::Message(id.clone()), at))
                    .extra(move || self.toolbar(row))
                    .padding([0.0, gap::L])
            }
        };
        container(content)
            .style(move |theme: &Theme| container::Style {
                background: lit.then(|| Background::Color(theme.palette().highlight)),
                border: border::rounded(radius::CARD),
                ..container::Style::default()
            })
            .into()
    }

    /// What a screen reader says.
    fn spoken(&self, row: &MessageRow) -> String {
        fl!(
            "message-spoken",
            who = words::sender(&row.message),
            time = self.context.clock.time_of_day(row.message.time),
            text = match &row.words {
                Some(words) => words::one_line(words.text()),
                None => words::preview(&row.message, &self.context.me.user_id),
            }
        )
    }

    fn bubble<'a>(
        &'a self,
        open: &'a Open,
        row: &'a MessageRow,
        widest: f32,
        theme: &Theme,
    ) -> Element<'a, ChatsMessage> {
        let message = &row.message;
        let mentioned = !row.own && message.mentions(&self.context.me.user_id);
        let state = self.state(open, row.album.last().unwrap_or(row));
        let is_picture = match &message.payload {
            Payload::Image(_) | Payload::Video(_) => true,
            Payload::Face(face) => self.stickers.find(face.index, &face.data).is_some(),
            _ => false,
        } && !message.has_risk_content;
        let is_alone = message.reply_to.is_none() && message.receiver_list.is_empty();
        if is_picture && is_alone && !mentioned {
            return self.content(open, row, widest, state, theme);
        }
        let mut content = column![].spacing(gap::XS);
        if let Some(names) = self.only_for(open, message) {
            let words = one_line(fl!("only-for", names = names)).step(SMALL).color(|p| p.text_3);
            let line = row![icon(Icon::Eye).size(size::ICON_SMALL).color(|p| p.text_3), words];
            content = content.push(line.spacing(gap::XS).align_y(Alignment::Center));
        }
        if let Some(quote) = &message.reply_to {
            content = content.push(self.quote(open, quote));
        }
        content = content.push(self.content(open, row, widest - 2.0 * gap::M, state, theme));
        let (own, first) = (row.own, row.first);
        let padded = container(content).padding([gap::S, gap::M]).style(move |theme: &Theme| {
            if mentioned { style::mention_bubble(theme) } else { style::bubble(own, first)(theme) }
        });
        if !mentioned {
            return padded.into();
        }
        let bar =
            container(space()).width(3.0).height(Length::Fill).style(|theme: &Theme| container::Style {
                background: Some(Background::Color(theme.palette().mention_bar)),
                border: border::rounded(radius::CHIP),
                ..container::Style::default()
            });
        row![bar, padded].spacing(gap::XXS).height(Length::Shrink).into()
    }

    /// Time, "(edited)" and how far it has got, at the bottom right of the bubble.
    fn state<'a>(&'a self, open: &'a Open, row: &'a MessageRow) -> Element<'a, ChatsMessage> {
        let message = &row.message;
        let clock = self.context.clock;
        let mut parts = row![].spacing(gap::XS).align_y(Alignment::Center);
        if message.pin.is_some() {
            parts = parts.push(icon(Icon::Pin).size(size::ICON_SMALL).color(|p| p.text_3));
        }
        if message.is_modified() {
            parts = parts.push(label(fl!("message-edited"), META).style(style::muted));
        }
        let time = label(clock.time_of_day(message.time), META).style(style::muted);
        parts = parts.push(with_tip(time, clock.full(message.time), None, Position::Top));
        if row.own {
            let late = open.timeline.is_late(&message.id);
            parts = match message.read_receipt_info.filter(|_| has_readers(message)) {
                Some(info) => parts.push(readers(message, info)),
                None => parts.push(mark(progress(row, late, self.list.get(&open.id)))),
            };
        }
        parts.into()
    }

    /// Who sees a message that is not for the whole group (OBJ-45).
    fn only_for(&self, open: &Open, message: &ChatMessage) -> Option<String> {
        let me = &self.context.me.user_id;
        let name = |user: &hallway_protocol::UserId| match user == me {
            true => fl!("you-object"),
            false => {
                let member = open.members.iter().find(|member| member.user_id == *user);
                member.map_or_else(|| user.to_string(), |member| member_name(member).to_owned())
            }
        };
        let names: Vec<String> = message.receiver_list.iter().map(name).collect();
        (!names.is_empty()).then(|| words::names(&names))
    }

    /// Under a message that was not sent: why, and what to do.
    fn failed<'a>(&'a self, row: &'a MessageRow) -> Element<'a, ChatsMessage> {
        let id = &row.message.id;
        let why = row
            .failure
            .as_ref()
            .map_or_else(|| fl!("message-not-sent"), |error| update::failure(fl!("message-not-sent"), error));
        let words = row![
            icon(Icon::Alert).size(size::ICON_SMALL).color(|p| p.danger),
            label(why, SMALL).style(style::danger),
        ];
        let act = |words: String, act: Act| {
            button(words).kind(Kind::Link).small().on_press(ChatsMessage::Act(act, id.clone()))
        };
        let buttons = row![act(fl!("retry"), Act::Resend), act(fl!("delete"), Act::Discard)];
        row![
            words.spacing(gap::XS).align_y(Alignment::Center),
            buttons.spacing(gap::XS).align_y(Alignment::Center),
        ]
        .spacing(gap::XS)
        .align_y(Alignment::Center)
        .wrap()
        .align_x(Alignment::End)
        .into()
    }
}

/// A message while several are being chosen: whatever is pressed in it, it is chosen.
fn to_be_picked<'a>(
    content: impl Into<Element<'a, ChatsMessage>>,
    spoken: String,
    row: &MessageRow,
    picking: &Picking,
) -> Pressable<'a, ChatsMessage> {
    if !can_pick(row) {
        let content = row![space().width(size::CHECK), container(content).width(Length::Fill)];
        return message_row(content.spacing(gap::S), spoken).padding([0.0, gap::L]);
    }
    let chosen = picking.is_chosen(&row.message);
    let content = row![check(chosen), container(content).width(Length::Fill)];
    let toggle = Act::toggles(&row.message.id);
    let pressed = toggle(false);
    let content = still(content.spacing(gap::S).align_y(Alignment::Center), toggle);
    message_row(content, spoken)
        .id(row_id(&row.message.id))
        .selected(chosen)
        .on_press(pressed)
        .padding([0.0, gap::L])
}

/// The circle before a message that can be chosen.
pub(super) fn check<'a>(chosen: bool) -> Element<'a, ChatsMessage> {
    let tick: Element<'a, ChatsMessage> = match chosen {
        true => icon(Icon::Check).size(size::ICON_SMALL).color(|p| p.on_accent).into(),
        false => space().into(),
    };
    container(tick).center(size::CHECK).style(style::check(chosen)).into()
}

/// The id of the row of a message, by which its keyboard focus is found.
pub fn row_id(id: &MessageId) -> iced::advanced::widget::Id {
    format!("message-{id}").into()
}

/// How many of a group have read an own message; a press tells who.
fn readers<'a>(message: &ChatMessage, info: ReadReceiptInfo) -> Element<'a, ChatsMessage> {
    let (read, unread) = (info.read_count.unwrap_or(0), info.unread_count.unwrap_or(0));
    let words = match unread {
        0 => fl!("readers-everybody"),
        _ => {
            let all = read + unread;
            fl!("readers-count", read = read, all = all)
        }
    };
    let face = label(words.clone(), META).style(if unread == 0 { style::link } else { style::muted });
    let open = ChatsMessage::Readers(crate::screen::chats::readers::Message::Open(message.id.clone()));
    custom(face, words).free().no_focus().on_press(open).into()
}

/// The tick of an own message.
fn mark<'a>(progress: Progress) -> Element<'a, ChatsMessage> {
    let (picture, name) = match progress {
        Progress::Fresh => return space().width(size::ICON_SMALL).into(),
        Progress::Underway => (Icon::Clock, fl!("state-sending")),
        Progress::Stored => (Icon::Check, fl!("state-sent")),
        Progress::Delivered => (Icon::DoubleCheck, fl!("state-delivered")),
        Progress::Read => (Icon::DoubleCheck, fl!("state-read")),
        Progress::Failed => (Icon::Alert, fl!("message-not-sent")),
    };
    let picture = icon(picture).size(size::ICON_SMALL).color(move |p| match progress {
        Progress::Read => p.link,
        Progress::Failed => p.danger,
        _ => p.text_3,
    });
    with_tip(named(picture, Role::Image, name.clone()), name, None, Position::Top)
}
