//! The list of conversations as it is drawn.

use hallway_client::Conversation;
use hallway_protocol::ConversationId;
use hallway_protocol::conversation::RemindType;
use iced::widget::tooltip::Position;
use iced::widget::{column, container, mouse_area, row, space};
use iced::{Alignment, Background, Length, border};

use super::preview;
use super::{LIST, Message};
use crate::fl;
use crate::screen::chats::face::face;
use crate::screen::chats::{About, Action, Chats, Message as ChatsMessage, banner};
use crate::theme::tokens::{PREVIEW, SMALL, radius, size, space as gap};
use crate::theme::{Theme, font, style};
use crate::widget::Element;
use crate::widget::badge::{Unread, badge};
use crate::widget::bits::{self, label};
use crate::widget::button::{button, custom, icon_button};
use crate::widget::icon::{Icon, icon};
use crate::widget::menu::{Entry, Item};
use crate::widget::one_line::one_line;
use crate::widget::region::region;
use crate::widget::row::list_row;
use crate::widget::tip::with_tip;
use crate::widget::virtual_list::{Stick, VirtualList};

/// Rows shown before the first list has arrived.
const SKELETONS: usize = 8;

/// The line that opens the switcher looks like one to type in.
fn search_box(theme: &Theme) -> container::Style {
    let p = theme.palette();
    container::Style {
        background: Some(Background::Color(p.bg)),
        border: border::rounded(radius::CARD).width(1.0).color(p.border),
        ..container::Style::default()
    }
}

impl Chats {
    /// Header, connection and rows. `rail` says whether the buttons of the rail are elsewhere.
    pub(in super::super) fn list_column<'a>(&'a self, rail: bool) -> Element<'a, ChatsMessage> {
        let content =
            column![self.list_header(rail)].push(self.chips()).push(self.connection()).push(self.rows());
        region(container(content).style(style::list).height(Length::Fill))
    }

    fn list_header<'a>(&'a self, rail: bool) -> Element<'a, ChatsMessage> {
        let find = container(
            row![
                icon(Icon::Search).size(18.0).color(|p| p.text_3),
                one_line(fl!("list-search")).color(|p| p.text_3),
            ]
            .spacing(gap::S)
            .align_y(Alignment::Center),
        )
        .padding([0.0, gap::M])
        .center_y(size::TARGET_MAIN)
        .width(Length::Fill)
        .clip(true)
        .style(search_box);
        let find = custom(find, fl!("list-search")).fill().on_press(ChatsMessage::Do(Action::Switcher));
        let new = icon_button(Icon::Plus, fl!("new")).on_press_at(|bounds| {
            ChatsMessage::Menu(About::New, iced::Point::new(bounds.x, bounds.y + bounds.height))
        });
        let mut header =
            row![].spacing(gap::S).align_y(Alignment::Center).padding([0.0, gap::M]).height(size::HEADER);
        if !rail {
            header = header.push(self.me_button(false, Position::Bottom));
        }
        header.push(find).push(new).into()
    }

    /// What is said about the connection.
    fn connection<'a>(&'a self) -> Element<'a, ChatsMessage> {
        match self.banner.shown() {
            banner::Shown::Nothing => space().into(),
            banner::Shown::Connecting => bits::banner(fl!("net-connecting"), false, None),
            banner::Shown::Offline => bits::banner(fl!("net-offline"), true, None),
            banner::Shown::Syncing { left, of } => {
                bits::banner(fl!("net-syncing", done = of.saturating_sub(left), of = of), false, None)
            }
        }
    }

    fn rows<'a>(&'a self) -> Element<'a, ChatsMessage> {
        if !self.list.is_loaded() {
            return column((0..SKELETONS).map(|_| bits::skeleton_row())).into();
        }
        if self.list.is_empty() && self.list.chosen().is_some() {
            return bits::empty(Icon::Folder, fl!("folder-empty"), fl!("folder-empty-text"), None);
        }
        if self.list.is_empty() {
            return bits::empty(
                Icon::Chat,
                fl!("list-empty"),
                fl!("list-empty-text"),
                Some(button(fl!("start-chat")).on_press(ChatsMessage::NewChat).into()),
            );
        }
        let list = &self.list;
        let rows = VirtualList::new(
            list.len(),
            |place| list.at(place).map_or(ConversationId::System, |row| row.conversation_id.clone()),
            |id: &ConversationId| list.place(id),
            |place| match list.at(place) {
                Some(conversation) => self.conversation(conversation),
                None => space().into(),
            },
        )
        .id(LIST)
        .stick(Stick::Start)
        .current(self.current().cloned());
        mouse_area(rows)
            .on_enter(ChatsMessage::List(Message::Entered))
            .on_exit(ChatsMessage::List(Message::Left))
            .into()
    }

    fn conversation<'a>(&'a self, conversation: &'a Conversation) -> Element<'a, ChatsMessage> {
        let id = &conversation.conversation_id;
        let open = self.current() == Some(id);
        let name = self.name_of(id);
        let preview = preview::preview(conversation, &self.context.me.user_id, open);
        let unread = preview::badge(conversation).map_or_else(Unread::default, |badge| Unread {
            count: badge.count,
            muted: badge.muted,
            mention: badge.mention,
            marked: badge.marked,
        });
        let mut first = row![one_line(name.as_ref()).font(font::SEMIBOLD).width(Length::Fill)]
            .spacing(gap::XS)
            .align_y(Alignment::Center);
        if conversation.message_remind_type != RemindType::AcceptAndNotify {
            first = first.push(icon(Icon::Mute).size(size::ICON_SMALL).color(|p| p.text_3));
        }
        if conversation.is_pinned {
            first = first.push(icon(Icon::Pin).size(size::ICON_SMALL).color(|p| p.text_3));
        }
        if let Some(last) = &conversation.last_message {
            let clock = self.context.clock;
            let time = label(clock.short(last.time), SMALL).style(style::muted);
            first = first.push(with_tip(time, clock.full(last.time), None, Position::Bottom));
        }
        let mut words = row![].spacing(gap::XS);
        let mut spoken = String::new();
        if let Some(mark) = preview.mark {
            let text = mark.text();
            spoken.push_str(&text);
            words = words.push(one_line(text).step(PREVIEW).color(|p| p.danger));
        }
        spoken.push_str(&preview.text);
        words = words.push(one_line(preview.text).step(PREVIEW).color(|p| p.text_2).width(Length::Fill));
        let second = row![container(words).width(Length::Fill).clip(true), badge(unread)]
            .spacing(gap::S)
            .align_y(Alignment::Center)
            .height(size::BADGE);
        let content = row![
            face(id, &name, size::AVATAR_ROW),
            column![first, second].spacing(gap::XXS).width(Length::Fill),
        ]
        .spacing(gap::M)
        .align_y(Alignment::Center)
        .height(size::ROW);
        let (pressed, menu) = (id.clone(), id.clone());
        let spoken = fl!("list-spoken", name = name, text = spoken, count = unread.count);
        let row = list_row(content, spoken)
            .selected(open)
            .on_press(ChatsMessage::Open(pressed))
            .on_context(move |at| ChatsMessage::Menu(About::Conversation(menu.clone()), at));
        container(row).padding([0.0, gap::XS]).into()
    }

    /// What can be done to a conversation.
    pub(in super::super) fn conversation_menu(&self, id: &ConversationId) -> Vec<Entry<ChatsMessage>> {
        use crate::screen::chats::{Call, Confirm};
        let Some(conversation) = self.list.get(id) else { return Vec::new() };
        let ask = |confirm| ChatsMessage::Ask(confirm);
        let mut entries: Vec<Entry<_>> = Vec::new();
        let set = |call| ChatsMessage::Set(call);
        if conversation.unread_count > 0 || preview::is_marked(conversation) {
            entries.push(
                Item::new(fl!("mark-read"), ChatsMessage::MarkRead(id.clone())).icon(Icon::Check).into(),
            );
        } else {
            let mark = set(Call::MarkUnread(id.clone(), true));
            entries.push(Item::new(fl!("mark-unread"), mark).icon(Icon::Chat).into());
        }
        let pin = if conversation.is_pinned { fl!("unpin") } else { fl!("pin") };
        let pin = Item::new(pin, set(Call::Pin(id.clone(), !conversation.is_pinned)));
        entries.push(pin.icon(Icon::Pin).into());
        if *id != ConversationId::System {
            let muted = conversation.message_remind_type != RemindType::AcceptAndNotify;
            let (mute, picture) = if muted { (fl!("unmute"), Icon::Bell) } else { (fl!("mute"), Icon::Mute) };
            let mute = Item::new(mute, set(Call::Mute(id.clone(), !muted)));
            entries.push(mute.icon(picture).into());
            entries.push(self.groups_of_menu(id, &conversation.conversation_group_list));
            entries.push(Entry::Separator);
            let copy = ChatsMessage::Copy(id.to().to_owned());
            entries.push(Item::new(fl!("copy-id"), copy).icon(Icon::Copy).into());
            entries.push(Entry::Separator);
            entries.push(Item::new(fl!("clear-history"), ask(Confirm::ClearHistory(id.clone()))).into());
        }
        if matches!(id, ConversationId::Group(_)) && !conversation.is_readonly {
            entries.push(
                Item::new(fl!("leave-group"), ask(Confirm::Leave(id.clone())))
                    .icon(Icon::Logout)
                    .danger()
                    .into(),
            );
        }
        entries.push(
            Item::new(fl!("delete-conversation"), ask(Confirm::Delete(id.clone())))
                .icon(Icon::Trash)
                .danger()
                .into(),
        );
        entries
    }
}
