//! The dialog in which the receivers are chosen, and the strip that names them.

use std::rc::Rc;

use hallway_protocol::group::Member;
use iced::widget::{column, container, row, space};
use iced::{Alignment, Length};

use super::{Choosing, Message};
use crate::fl;
use crate::screen::chats::composer::mention::member_name;
use crate::screen::chats::dialog::view::close;
use crate::screen::chats::people::SEARCH;
use crate::screen::chats::{Chats, Message as ChatsMessage, Open, words};
use crate::theme::tokens::{SMALL, size, space as gap};
use crate::theme::{font, style};
use crate::widget::Element;
use crate::widget::avatar::avatar;
use crate::widget::bits::{self, label};
use crate::widget::button::{Kind, button, icon_button};
use crate::widget::dialog::dialog;
use crate::widget::field::search;
use crate::widget::icon::{Icon, icon};
use crate::widget::one_line::one_line;
use crate::widget::row::list_row;
use crate::widget::virtual_list::{Stick, VirtualList};

/// Height of the list.
const LIST: f32 = 320.0;
/// Avatar of a member.
const FACE: f32 = 32.0;

fn message(message: Message) -> ChatsMessage {
    ChatsMessage::Receivers(message)
}

impl Chats {
    /// The dialog.
    pub(in super::super) fn receivers_dialog<'a>(
        &'a self,
        choosing: &'a Choosing,
    ) -> Element<'a, ChatsMessage> {
        let find =
            search(fl!("people-search"), &choosing.query, |query| message(Message::Query(query))).id(SEARCH);
        let members = self.open.as_ref().map_or(&[][..], |open| &open.members);
        let found = choosing.found(members, &self.context.me.user_id);
        let list: Element<'a, ChatsMessage> = if found.is_empty() {
            bits::empty(Icon::User, fl!("people-none-title"), fl!("people-none"), None)
        } else {
            let found: Rc<[&'a Member]> = found.into();
            let (keys, places) = (Rc::clone(&found), Rc::clone(&found));
            VirtualList::new(
                found.len(),
                move |place| keys[place].user_id.clone(),
                move |id| places.iter().position(|member| member.user_id == *id),
                move |place| member(choosing, found[place]),
            )
            .id("receivers")
            .stick(Stick::Start)
            .into()
        };
        let names: Vec<String> = choosing.chosen.iter().map(|user| self.member_name(user)).collect();
        let about = if names.is_empty() {
            fl!("receivers-about")
        } else {
            fl!("receivers-only", names = words::names(&names))
        };
        let content = column![find, label(about, SMALL).style(style::muted), container(list).height(LIST)];
        let was_chosen = self.only_to().is_some();
        let ready = was_chosen || !choosing.chosen.is_empty();
        dialog(fl!("receivers-title"), content.spacing(gap::S))
            .close_button(fl!("close"), close())
            .action(
                button(fl!("receivers-done"))
                    .kind(Kind::Primary)
                    .on_press_maybe(ready.then(|| message(Message::Done))),
            )
            .into()
    }

    /// Who alone sees what is being written.
    pub(in super::super) fn receivers_strip<'a>(
        &'a self,
        open: &'a Open,
    ) -> Option<Element<'a, ChatsMessage>> {
        let names = self.only_to().filter(|_| open.composer.edits().is_none())?;
        let words = one_line(fl!("receivers-only", names = names)).step(SMALL).font(font::MEDIUM);
        let line = row![
            icon(Icon::Eye).size(size::ICON_SMALL),
            container(words).width(Length::Fill).clip(true),
            button(fl!("receivers-change")).kind(Kind::Link).small().on_press(message(Message::Open)),
            icon_button(Icon::Close, fl!("receivers-clear")).small().on_press(message(Message::Clear)),
        ]
        .spacing(gap::S)
        .align_y(Alignment::Center);
        let strip = container(line).padding([gap::XXS, gap::M]).width(Length::Fill);
        Some(strip.style(style::warning_strip).into())
    }
}

fn member<'a>(choosing: &Choosing, member: &'a Member) -> Element<'a, ChatsMessage> {
    let chosen = choosing.is_chosen(&member.user_id);
    let name = member_name(member);
    let tick: Element<'a, ChatsMessage> =
        if chosen { icon(Icon::Check).color(|p| p.link).into() } else { space().into() };
    let content = row![
        avatar(member.user_id.as_str(), name).size(FACE),
        container(one_line(name).font(font::MEDIUM)).width(Length::Fill).clip(true),
        tick,
    ]
    .spacing(gap::M)
    .align_y(Alignment::Center)
    .height(size::ROW_DENSE);
    list_row(content, name).selected(chosen).on_press(message(Message::Toggle(member.user_id.clone()))).into()
}
