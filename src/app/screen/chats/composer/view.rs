//! The composer as it is drawn: bar of what is answered or changed, list of people, text, button.

use iced::keyboard::key::{Named, NativeCode, Physical};
use iced::keyboard::{Key, Modifiers};
use iced::widget::{column, container, row, space};
use iced::{Alignment, Background, Length, Point, border};

use super::{COMPOSER, MentionList, Message};
use crate::screen::chats::receivers::is_group;
use crate::screen::chats::view::keys;
use crate::screen::chats::{About, Chats, Message as ChatsMessage, Open, attach, emoji, timeline, words};
use crate::theme::tokens::{BODY, PREVIEW, SMALL, radius, size, space as gap};
use crate::theme::{Theme, font, style};
use crate::widget::Element;
use crate::widget::avatar::avatar;
use crate::widget::bits::{hairline, label};
use crate::widget::button::{Kind, icon_button};
use crate::widget::composer::composer;
use crate::widget::icon::{Icon, icon};
use crate::widget::one_line::one_line;
use crate::widget::row::list_row;
use crate::{fl, keymap};

/// Share of the height of the window that the text may take.
const HIGHEST: f32 = 0.4;
/// Height of the menu of the plus, which opens upwards.
const ATTACH_MENU: f32 = 6.0 * size::MENU_ITEM + 5.0 * gap::S;
/// What a group has more in it.
const ATTACH_MENU_GROUP: f32 = size::MENU_ITEM + 2.0 * gap::S;
/// Avatar in the list of people.
const SMALL_AVATAR: f32 = 28.0;

impl Chats {
    /// The composer, or why nothing can be written.
    pub(in super::super) fn composer<'a>(&'a self, open: &'a Open) -> Element<'a, ChatsMessage> {
        if let Some(reason) = self.cannot_write() {
            let line = container(label(reason, BODY).style(style::muted).align_x(Alignment::Center))
                .center_x(Length::Fill)
                .padding([gap::L, gap::L]);
            return column![hairline(), line].into();
        }
        if let Some(recorder) = self.voice().recorder_in(&open.id) {
            let bar = self.above(open);
            let recorder = container(self.recorder(recorder)).padding([gap::S, gap::M]);
            return column![hairline(), space(), bar, recorder].into();
        }
        // Always five parts: what is above the text must not take its cursor away when it comes and goes.
        let people = open.composer.mentions().map_or_else(|| space().into(), |list| people(open, list));
        let bar = self.above(open);
        let number = open.composer.number();
        let timeline = open.timeline.number();
        let can_send = open.composer.can_send(&self.context.limits);
        let editing = open.composer.edits().is_some();
        let empty = open.composer.editor().is_empty();
        let choosing = open.composer.mentions().is_some();
        let area =
            composer(open.composer.editor(), move |edit| ChatsMessage::Composer(number, Message::Edit(edit)))
                .id(COMPOSER)
                .placeholder(fl!("composer-placeholder", name = self.name_of(&open.id)))
                .max_height(
                    (self.context.size.height * HIGHEST).clamp(size::COMPOSER_MIN, size::COMPOSER_MAX),
                )
                .on_paste(ChatsMessage::Attach(attach::Message::Paste))
                .on_send(ChatsMessage::Composer(number, Message::Send))
                .on_key(move |key, modifiers| {
                    if empty && key_action(key, modifiers) == Some(keymap::Action::Latest) {
                        return Some(ChatsMessage::Timeline(timeline, timeline::Message::Latest));
                    }
                    let message =
                        if choosing { choosing_key(key, modifiers) } else { own_key(key, modifiers, empty) };
                    message.map(|message| ChatsMessage::Composer(number, message))
                });
        let send: Element<'a, ChatsMessage> =
            if empty && !editing { self.microphone() } else { self.send_button(number, can_send, editing) };
        let smile = icon_button(Icon::Smile, fl!("emoji"))
            .tip_position(iced::widget::tooltip::Position::Top)
            .on_press_at(|at| ChatsMessage::Emoji(emoji::Message::Open(at, None)));
        let height = ATTACH_MENU + if is_group(&open.id) { ATTACH_MENU_GROUP } else { 0.0 };
        let plus = icon_button(Icon::Plus, fl!("attach"))
            .tip_position(iced::widget::tooltip::Position::Top)
            .on_press_at(move |at| ChatsMessage::Menu(About::Attach, Point::new(at.x, at.y - height)));
        let mut line =
            row![plus, container(area).width(Length::Fill)].spacing(gap::S).align_y(Alignment::End);
        let room = open.composer.room(&self.context.limits);
        if room.is_tight() {
            let left =
                i64::try_from(room.most).unwrap_or(i64::MAX) - i64::try_from(room.used).unwrap_or(i64::MAX);
            let words = label(left.to_string(), SMALL);
            let words = if room.is_over() { words.style(style::danger) } else { words.style(style::muted) };
            line = line.push(container(words).center_y(size::TARGET_MAIN));
        }
        let typing = open.typing.words().filter(|_| is_group(&open.id)).map_or_else(
            || space().into(),
            |words| {
                Element::from(
                    container(one_line(words).step(SMALL).color(|p| p.text_3)).padding([0.0, gap::L]),
                )
            },
        );
        column![
            hairline(),
            typing,
            people,
            bar,
            container(line.push(smile).push(send)).padding([gap::S, gap::M])
        ]
        .into()
    }

    fn send_button<'a>(&self, number: u64, can_send: bool, editing: bool) -> Element<'a, ChatsMessage> {
        icon_button(
            if editing { Icon::Check } else { Icon::Send },
            if editing { fl!("save-change") } else { fl!("send") },
        )
        .kind(if can_send { Kind::Primary } else { Kind::Ghost })
        .shortcut("Enter")
        .tip_position(iced::widget::tooltip::Position::Top)
        .on_press_maybe(can_send.then_some(ChatsMessage::Composer(number, Message::Send)))
        .into()
    }

    /// Who alone sees it, and what is answered to or changed.
    fn above<'a>(&'a self, open: &'a Open) -> Element<'a, ChatsMessage> {
        column![].push(self.receivers_strip(open)).push(self.bar(open)).into()
    }

    /// What is answered to or changed.
    fn bar<'a>(&'a self, open: &'a Open) -> Option<Element<'a, ChatsMessage>> {
        let (title, text, picture) = match (open.composer.edits(), open.composer.replies_to()) {
            (Some(message), _) => {
                (fl!("composer-editing"), words::preview(message, &self.context.me.user_id), Icon::Edit)
            }
            (None, Some(quote)) => {
                let name = if quote.from == self.context.me.user_id {
                    fl!("you-object")
                } else if quote.nick.is_empty() {
                    quote.from.to_string()
                } else {
                    quote.nick.clone()
                };
                (fl!("composer-reply", name = name), words::one_line(&quote.summary), Icon::Reply)
            }
            (None, None) => return None,
        };
        let bar =
            container(space()).width(3.0).height(Length::Fill).style(|theme: &Theme| container::Style {
                background: Some(Background::Color(theme.palette().link)),
                border: border::rounded(radius::CHIP),
                ..container::Style::default()
            });
        let words = column![
            one_line(title).step(SMALL).font(font::SEMIBOLD).color(|p| p.link),
            one_line(text).step(PREVIEW).color(|p| p.text_2),
        ];
        let quote = open.composer.replies_to().filter(|_| open.composer.edits().is_none());
        let small = quote.and_then(|quote| self.thumbnail(open, &quote.id));
        let small = small.unwrap_or_else(|| space().into());
        let cancel = ChatsMessage::Composer(open.composer.number(), Message::Cancel);
        let content = row![
            icon(picture).size(18.0).color(|p| p.link),
            bar,
            small,
            container(words).width(Length::Fill).clip(true),
            icon_button(Icon::Close, fl!("cancel"))
                .small()
                .shortcut(keys(keymap::Action::Close))
                .on_press(cancel),
        ]
        .spacing(gap::S)
        .align_y(Alignment::Center)
        .height(size::BAR);
        Some(
            container(content)
                .padding(iced::Padding { top: gap::S, ..iced::Padding::from([0.0, gap::M]) })
                .into(),
        )
    }
}

/// The people that may be meant.
fn people<'a>(open: &'a Open, list: &'a MentionList) -> Element<'a, ChatsMessage> {
    let number = open.composer.number();
    let rows = list.candidates.iter().enumerate().map(|(place, candidate)| {
        let about = if candidate.is_everybody() {
            fl!("mention-all-about", count = open.members.len())
        } else {
            candidate.id.clone()
        };
        let content = row![
            avatar(&candidate.id, &candidate.name).size(SMALL_AVATAR),
            one_line(candidate.name.as_str()),
            label(about, SMALL).style(style::muted),
        ]
        .spacing(gap::S)
        .align_y(Alignment::Center)
        .height(size::BAR);
        list_row(content, candidate.name.clone())
            .selected(place == list.chosen)
            .focusable(false)
            .on_press(ChatsMessage::Composer(number, Message::Mention(Some(place))))
            .into()
    });
    container(column(rows)).padding([gap::XS, gap::S]).into()
}

/// The keys while the list of people is open.
fn choosing_key(key: &Key, modifiers: Modifiers) -> Option<Message> {
    match key {
        Key::Named(_) if !modifiers.is_empty() => None,
        Key::Named(Named::ArrowDown) => Some(Message::Choose(1)),
        Key::Named(Named::ArrowUp) => Some(Message::Choose(-1)),
        Key::Named(Named::Enter | Named::Tab) => Some(Message::Mention(None)),
        Key::Named(Named::Escape) => Some(Message::CloseMentions),
        _ => None,
    }
}

/// What a key means in the composer.
fn key_action(key: &Key, modifiers: Modifiers) -> Option<keymap::Action> {
    let nowhere = Physical::Unidentified(NativeCode::Unidentified);
    keymap::find(key, nowhere, modifiers, keymap::Place::Composer)
}

/// The keys otherwise.
fn own_key(key: &Key, modifiers: Modifiers, empty: bool) -> Option<Message> {
    match key_action(key, modifiers)? {
        keymap::Action::EditLast if empty => Some(Message::EditLast),
        keymap::Action::ReplyOlder => Some(Message::Answer { older: true }),
        keymap::Action::ReplyNewer => Some(Message::Answer { older: false }),
        keymap::Action::Bold => Some(Message::Mark("**")),
        keymap::Action::Italic => Some(Message::Mark("*")),
        keymap::Action::Strike => Some(Message::Mark("~~")),
        keymap::Action::Code => Some(Message::Mark("`")),
        _ => None,
    }
}
