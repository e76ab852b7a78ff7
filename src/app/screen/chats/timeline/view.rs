//! The timeline as it is drawn: rows on a virtual list, and the buttons that jump.

use hallway_protocol::ConversationId;
use iced::widget::tooltip::Position;
use iced::widget::{center, column, container, row, space, stack};
use iced::{Alignment, Length};

use super::rows::{Key, Row, TipRow};
use super::{Filling, Message, TIMELINE};
use crate::fl;
use crate::keymap;
use crate::problem;
use crate::screen::chats::list::preview;
use crate::screen::chats::{Act, Chats, Message as ChatsMessage, Open};
use crate::theme::tokens::{BODY, BODY_CJK, Elevation, SMALL, Type, radius, size, space as gap};
use crate::theme::{Theme, font, style};
use crate::widget::Element;
use crate::widget::badge::{Unread, badge};
use crate::widget::bits::{self, label};
use crate::widget::button::{Kind, button, custom};
use crate::widget::icon::{Icon, icon};
use crate::widget::select_text::select_area;
use crate::widget::shadow::round_shadow;
use crate::widget::virtual_list::VirtualList;

/// Width of the keys and of the words in the hints.
const HINT: f32 = 160.0;
/// The logo where no conversation is open.
const LOGO: f32 = 64.0;

impl Chats {
    /// The timeline in a column of this width.
    pub(in super::super) fn timeline<'a>(
        &'a self,
        open: &'a Open,
        width: f32,
        theme: &Theme,
    ) -> Element<'a, ChatsMessage> {
        let timeline = &open.timeline;
        let number = timeline.number();
        if let Some(error) = timeline.error().filter(|_| !timeline.stretch().is_loaded()) {
            return bits::empty(
                Icon::Alert,
                fl!("timeline-failed"),
                problem::sentence(error),
                Some(button(fl!("retry")).on_press(ChatsMessage::Timeline(number, Message::Retry)).into()),
            );
        }
        let theme = *theme;
        let column = width.min(size::TEXT_COLUMN);
        let stretch = timeline.stretch();
        let list = VirtualList::new(
            stretch.len(),
            |index| stretch.key(index),
            |key: &Key| stretch.index(key),
            move |index| {
                let row = self.row(open, index, column, &theme);
                let last = index + 1 == stretch.len();
                let row = container(row).padding(iced::Padding::ZERO.bottom(if last { gap::M } else { 0.0 }));
                container(container(row).max_width(column)).center_x(Length::Fill).into()
            },
        )
        .id(TIMELINE)
        .session((number, timeline.session))
        .start(timeline.start.clone())
        .page_keys()
        .on_viewport(move |viewport| ChatsMessage::Timeline(number, Message::Viewport(viewport)));
        let area = select_area(list, timeline.selection(), move |selection| {
            ChatsMessage::Timeline(number, Message::Select(selection))
        })
        .list(TIMELINE);
        stack![area].push(self.jumps(open)).into()
    }

    fn row<'a>(
        &'a self,
        open: &'a Open,
        index: usize,
        width: f32,
        theme: &Theme,
    ) -> Element<'a, ChatsMessage> {
        match open.timeline.stretch().row(index) {
            None => placeholder(index),
            Some(Row::Start) => self.beginning(open),
            Some(Row::Day(day)) => bits::pill(self.context.clock.day_name(*day)),
            Some(Row::Unread) => bits::unread_divider(fl!("timeline-unread")),
            Some(Row::Tip(tip)) => self.tip(open, tip, theme),
            Some(Row::Message(message)) => self.message(open, message, width, theme),
            Some(Row::Hole { from_seq, to_seq }) => hole(open, *from_seq, *to_seq),
        }
    }

    /// What stands above the first message.
    fn beginning<'a>(&'a self, open: &'a Open) -> Element<'a, ChatsMessage> {
        let name = self.name_of(&open.id);
        let words = match &open.id {
            ConversationId::C2c(_) => fl!("timeline-start-person", name = name),
            ConversationId::Group(_) => fl!("timeline-start-group", name = name),
            ConversationId::System => fl!("timeline-start-system"),
        };
        container(label(words, SMALL).style(style::muted).align_x(Alignment::Center))
            .center_x(Length::Fill)
            .padding([gap::XL, gap::XL])
            .into()
    }

    fn tip<'a>(&'a self, open: &'a Open, tip: &'a TipRow, theme: &Theme) -> Element<'a, ChatsMessage> {
        if let Some(notice) = tip.messages.first().and_then(|message| self.notice(message, theme)) {
            return notice;
        }
        let again = tip
            .messages
            .last()
            .filter(|message| open.timeline.edit_again(&message.id, self.context.clock.now()).is_some());
        let Some(message) = again else { return bits::tip(tip.text.as_str()) };
        let again = button(fl!("edit-again"))
            .kind(Kind::Link)
            .small()
            .on_press(ChatsMessage::Act(Act::EditAgain, message.id.clone()));
        container(row![label(tip.text.as_str(), SMALL).style(style::muted), again].align_y(Alignment::Center))
            .center_x(Length::Fill)
            .into()
    }

    /// The round buttons at the bottom right.
    fn jumps<'a>(&'a self, open: &'a Open) -> Option<Element<'a, ChatsMessage>> {
        let timeline = &open.timeline;
        let conversation = self.list.get(&open.id);
        let unread = conversation.map_or(0, |conversation| conversation.unread_count);
        let mentioned = conversation.is_some_and(|conversation| preview::mention(conversation).is_some());
        let mut buttons = Vec::new();
        if timeline.can_return() {
            buttons.push(self.jump(Icon::Undo, fl!("jump-return"), 0, open, Message::Return));
        }
        if timeline.is_far_from_end() {
            if mentioned {
                buttons.push(self.jump(Icon::At, fl!("jump-mention"), 0, open, Message::Mention));
            }
            buttons.push(self.jump(Icon::ArrowDown, fl!("jump-latest"), unread, open, Message::Latest));
        }
        // A layer of the renderer costs something in each frame.
        if buttons.is_empty() {
            return None;
        }
        let buttons = column(buttons).spacing(gap::S).align_x(Alignment::End);
        Some(container(buttons).align_right(Length::Fill).align_bottom(Length::Fill).padding(gap::L).into())
    }

    fn jump<'a>(
        &'a self,
        picture: Icon,
        name: String,
        count: u64,
        open: &'a Open,
        message: Message,
    ) -> Element<'a, ChatsMessage> {
        let face = container(icon(picture)).center(size::BAR).style(round);
        let face = round_shadow(Elevation::Menu, face);
        let round = custom(face, name.clone())
            .tip(name)
            .tip_position(Position::Left)
            .on_press(ChatsMessage::Timeline(open.timeline.number(), message));
        if count == 0 {
            return round.into();
        }
        // The count overlaps the button's upper edge, so it is drawn after it.
        let button = container(round).padding(iced::Padding::ZERO.top(size::BADGE / 2.0));
        let count = container(badge(Unread { count, ..Unread::default() })).center_x(size::BAR);
        stack![button, count].into()
    }

    /// Chinese needs more room between lines.
    pub(in super::super) fn body_step(&self, text: &str) -> Type {
        if text.chars().any(crate::text::initials::is_han) { BODY_CJK } else { BODY }
    }
}

/// A round thing that floats over the messages.
fn round(theme: &Theme) -> container::Style {
    let floating = style::popover(theme);
    container::Style { border: floating.border.rounded(radius::FULL), ..floating }
}

/// The place of a message that is not in memory.
fn placeholder<'a>(index: usize) -> Element<'a, ChatsMessage> {
    // Different widths, so that a screen of them does not look like a table.
    let width = 120.0 + (index % 5) as f32 * 48.0;
    let bar = container(space()).width(width).height(size::TARGET_MAIN).style(style::inset);
    container(bar).padding([gap::XXS, gap::L]).into()
}

fn hole<'a>(open: &Open, from_seq: u64, to_seq: u64) -> Element<'a, ChatsMessage> {
    let count = to_seq.saturating_sub(from_seq) + 1;
    let line: Element<'a, ChatsMessage> = if open.timeline.filling(from_seq) == Some(Filling::Failed) {
        let again = ChatsMessage::Timeline(open.timeline.number(), Message::RetryHole(from_seq, to_seq));
        row![
            label(fl!("hole-failed"), SMALL).style(style::muted),
            button(fl!("retry")).kind(Kind::Link).small().on_press(again),
        ]
        .spacing(gap::XS)
        .align_y(Alignment::Center)
        .into()
    } else {
        label(fl!("hole-loading", count = count), SMALL).style(style::muted).into()
    };
    container(line).center_x(Length::Fill).center_y(size::BANNER).into()
}

/// Nothing is chosen: the way to begin. Where the list is empty, it offers the button.
pub fn nothing_open<'a>(list_is_empty: bool) -> Element<'a, ChatsMessage> {
    let hint = |action: keymap::Action, words: String| {
        let keys = container(label(action.keys().unwrap_or_default(), SMALL).font(font::MEDIUM));
        row![
            container(keys.padding([gap::XXS, gap::S]).style(style::inset)).align_right(HINT),
            label(words, SMALL).style(style::muted).width(HINT),
        ]
        .spacing(gap::S)
        .align_y(Alignment::Center)
    };
    let content = column![
        bits::logo(LOGO).opacity(0.3),
        column![
            hint(keymap::Action::QuickSwitcher, fl!("hint-switcher")),
            hint(keymap::Action::NewChat, fl!("hint-new-chat")),
            hint(keymap::Action::Shortcuts, fl!("hint-shortcuts")),
        ]
        .spacing(gap::S),
    ]
    .push((!list_is_empty).then(|| button(fl!("start-chat")).on_press(ChatsMessage::NewChat)))
    .spacing(gap::XL)
    .align_x(Alignment::Center);
    center(content).into()
}
