//! Polls and sign-up lists: what is asked, how it stands, and the viewer's own answer at a press.

use hallway_protocol::UserId;
use hallway_protocol::card::{Poll, SignUp};
use iced::widget::tooltip::Position;
use iced::widget::{column, container, progress_bar, row, space};
use iced::{Alignment, Length};

use super::super::bubble::check;
use super::super::rows::MessageRow;
use super::card::frame;
use crate::fl;
use crate::screen::chats::card::Message;
use crate::screen::chats::{Message as ChatsMessage, words};
use crate::theme::tokens::{BODY, SMALL, space as gap};
use crate::theme::{font, style};
use crate::widget::Element;
use crate::widget::bits::label;
use crate::widget::button::{Kind, button, custom};
use crate::widget::tip::with_tip;

/// So many names are listed before they are only counted.
const NAMES: usize = 8;
/// Height of the bar of an option.
const BAR: f32 = 4.0;

/// A question, its options with their bars, and how many have voted.
pub(super) fn poll<'a>(
    row: &'a MessageRow,
    poll: &'a Poll,
    me: &UserId,
    state: Element<'a, ChatsMessage>,
) -> Element<'a, ChatsMessage> {
    let message = &row.message;
    let tally = poll.tally(&message.extensions, me);
    let mut content = column![label(poll.question.as_str(), BODY).font(font::SEMIBOLD)].spacing(gap::S);
    for (place, (option, voters)) in poll.options.iter().zip(&tally.voters).enumerate() {
        let press = ChatsMessage::Card(Message::Vote(message.id.clone(), place));
        let share = if tally.people == 0 { 0.0 } else { voters.len() as f32 / tally.people as f32 };
        content = content.push(option_row(
            option,
            voters,
            share,
            tally.own.contains(&place),
            press,
            can_answer(row),
        ));
    }
    let mut footer = fl!("poll-votes", count = tally.people);
    if poll.is_multiple {
        footer = format!("{footer} · {}", fl!("poll-several"));
    }
    frame(content.push(label(footer, SMALL).style(style::muted)), state)
}

fn option_row<'a>(
    option: &'a str,
    voters: &[String],
    share: f32,
    own: bool,
    press: ChatsMessage,
    enabled: bool,
) -> Element<'a, ChatsMessage> {
    let percent = label(format!("{:.0} %", share * 100.0), SMALL).style(style::secondary);
    let percent: Element<'a, ChatsMessage> = match voters {
        [] => percent.into(),
        voters => with_tip(percent, words::names(voters), None, Position::Top),
    };
    let head = row![check(own), container(label(option, BODY)).width(Length::Fill), percent]
        .spacing(gap::S)
        .align_y(Alignment::Center);
    let bar = progress_bar(0.0..=1.0, share).girth(BAR);
    let spoken = fl!("poll-option", option = option, count = voters.len());
    custom(column![head, bar].spacing(gap::XS), spoken)
        .free()
        .fill()
        .on_press_maybe(enabled.then_some(press))
        .into()
}

/// A title, the names on the list, and the viewer's own.
pub(super) fn sign_up<'a>(
    row: &'a MessageRow,
    list: &'a SignUp,
    me: &UserId,
    state: Element<'a, ChatsMessage>,
) -> Element<'a, ChatsMessage> {
    let message = &row.message;
    let (people, is_on) = list.people(&message.extensions, me);
    let mut content = column![label(list.title.as_str(), BODY).font(font::SEMIBOLD)].spacing(gap::XS);
    let places = list.places as usize;
    for (place, name) in people.iter().enumerate().take(NAMES) {
        let waits = places > 0 && place >= places;
        let words = if waits { fl!("list-waiting", name = name.as_str()) } else { name.clone() };
        let number = label(format!("{}.", place + 1), BODY).style(style::muted);
        let name = label(words, BODY).style(move |theme: &crate::theme::Theme| {
            if waits { style::muted(theme) } else { iced::widget::text::Style::default() }
        });
        content = content.push(row_of(number, name));
    }
    if let Some(more) = people.len().checked_sub(NAMES).filter(|more| *more > 0) {
        content = content.push(label(fl!("list-more", count = more), SMALL).style(style::muted));
    }
    let footer = match places {
        0 => fl!("list-people", count = people.len()),
        most => fl!("list-places", count = people.len().min(most), most = most),
    };
    let words = if is_on { fl!("list-off") } else { fl!("list-on") };
    let press = ChatsMessage::Card(Message::Sign(message.id.clone(), !is_on));
    let kind = if is_on { Kind::Secondary } else { Kind::Primary };
    let act = button(words).kind(kind).small().on_press_maybe(can_answer(row).then_some(press));
    content = content.push(label(footer, SMALL).style(style::muted)).push(act);
    frame(content, state)
}

fn row_of<'a>(
    number: impl Into<Element<'a, ChatsMessage>>,
    name: impl Into<Element<'a, ChatsMessage>>,
) -> Element<'a, ChatsMessage> {
    row![number.into(), name.into(), space().width(gap::XS)].spacing(gap::S).into()
}

/// MSG-78: the message is at the server and was sent for it.
fn can_answer(row: &MessageRow) -> bool {
    !row.outgoing && row.message.sequence > 0 && row.message.is_support_extension
}
