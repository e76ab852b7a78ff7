//! The side panel as it is drawn.

use hallway_protocol::group::{Group, Member, MemberRole};
use hallway_protocol::user::Profile;
use hallway_protocol::{ConversationId, UserId};
use iced::widget::{column, container, row, space};
use iced::{Alignment, Length, Point};

use super::{Edit, FIELD, Field, Message, Panel, Rights};
use crate::screen::chats::composer::mention::member_name;
use crate::screen::chats::view::keys;
use crate::screen::chats::{About, Chats, Confirm, Message as ChatsMessage};
use crate::theme::tokens::{BODY, SMALL, size, space as gap};
use crate::theme::{font, style};
use crate::widget::avatar::avatar;
use crate::widget::bits::{self, hairline, label, scroll, section};
use crate::widget::button::{Kind, button, icon_button};
use crate::widget::field::{field, search};
use crate::widget::icon::{Icon, icon};
use crate::widget::menu::{Entry, Item};
use crate::widget::one_line::one_line;
use crate::widget::region::region;
use crate::widget::row::list_row;
use crate::widget::{Column, Element};
use crate::{fl, keymap, problem};

/// Avatar of a member.
const FACE: f32 = 32.0;

impl Chats {
    /// The panel of the open conversation.
    pub(in super::super) fn panel_column<'a>(&'a self, panel: &'a Panel) -> Element<'a, ChatsMessage> {
        let title = match panel.id() {
            ConversationId::Group(_) => fl!("panel-group"),
            _ => fl!("panel-person"),
        };
        let head = row![
            container(bits::title(title)).width(Length::Fill),
            icon_button(Icon::Close, fl!("close"))
                .shortcut(keys(keymap::Action::SidePanel))
                .on_press(ChatsMessage::TogglePanel),
        ]
        .spacing(gap::S)
        .align_y(Alignment::Center)
        .padding([0.0, gap::L])
        .height(size::HEADER);
        let conversation = self.list.get(panel.id());
        let body = match (panel.group(), conversation.and_then(|c| c.user_profile.as_ref())) {
            (Some(group), _) => self.group(panel, group),
            (None, Some(person)) => self.person(person),
            (None, None) => column![],
        };
        let body =
            scroll(body.padding(iced::Padding::from([0.0, gap::L]).bottom(gap::L))).height(Length::Fill);
        region(container(column![head, hairline(), body]).style(style::list).height(Length::Fill))
    }

    fn person<'a>(&'a self, person: &'a Profile) -> Column<'a, ChatsMessage> {
        let mut about = Column::new();
        if person.is_admin {
            about = about.push(label(fl!("panel-admin"), SMALL).style(style::muted));
        }
        if person.is_disabled {
            about = about.push(label(fl!("cannot-write-disabled"), SMALL).style(style::danger));
        }
        column![self.card(person.user_id.as_str(), person.display_name(), false), about.width(Length::Fill)]
            .spacing(gap::L)
    }

    /// Picture, name, id.
    fn card<'a>(&'a self, id: &'a str, name: &'a str, group: bool) -> Element<'a, ChatsMessage> {
        let copy =
            icon_button(Icon::Copy, fl!("copy-id")).small().on_press(ChatsMessage::Copy(id.to_owned()));
        column![
            avatar(id, name).size(size::AVATAR_PROFILE).square(group),
            label(name, crate::theme::tokens::TITLE).font(font::SEMIBOLD).align_x(Alignment::Center),
            row![label(id, SMALL).style(style::muted), copy].spacing(gap::XS).align_y(Alignment::Center),
        ]
        .spacing(gap::S)
        .align_x(Alignment::Center)
        .width(Length::Fill)
        .padding(iced::Padding::ZERO.top(gap::XL))
        .into()
    }

    fn group<'a>(&'a self, panel: &'a Panel, group: &'a Group) -> Column<'a, ChatsMessage> {
        let me = &self.context.me.user_id;
        let member = self.list.get(panel.id()).is_some_and(|conversation| !conversation.is_readonly);
        let rights = Rights::of(group, me, member);
        let mut content = column![self.card(group.group_id.as_str(), &group.name, true)].spacing(gap::L);
        for which in [Field::Name, Field::Notice, Field::Introduction] {
            content = content.push(self.profile_field(panel, group, which, rights));
        }
        content = content.push(hairline()).push(self.members(panel, group, rights));
        if member {
            let words = row![
                icon(Icon::Logout).color(|p| p.danger),
                label(fl!("leave-group"), BODY).font(font::MEDIUM).style(style::danger),
            ]
            .spacing(gap::S)
            .align_y(Alignment::Center)
            .height(size::TARGET_MAIN);
            let leave = list_row(words, fl!("leave-group"))
                .padding([0.0, gap::S])
                .on_press(ChatsMessage::Ask(Confirm::Leave(panel.id().clone())));
            content = content.push(hairline()).push(leave);
        }
        content
    }

    fn profile_field<'a>(
        &'a self,
        panel: &'a Panel,
        group: &'a Group,
        which: Field,
        rights: Rights,
    ) -> Element<'a, ChatsMessage> {
        if let Some(edit) = panel.edit().filter(|edit| edit.field == which) {
            return self.edit_field(edit);
        }
        let text = which.of(group);
        let shown = if text.is_empty() {
            label(fl!("panel-empty"), BODY).style(style::muted)
        } else {
            label(text, BODY)
        };
        let mut head = row![container(section(which.title())).width(Length::Fill)].align_y(Alignment::Center);
        if rights.profile {
            head = head.push(
                icon_button(Icon::Edit, fl!("panel-edit", field = which.title()))
                    .small()
                    .on_press(Message::Edit(which).into()),
            );
        }
        column![head.height(size::TARGET), shown].spacing(gap::XXS).into()
    }

    fn edit_field<'a>(&'a self, edit: &'a Edit) -> Element<'a, ChatsMessage> {
        let limit = edit.field.limit(&self.context.limits);
        let problem = match &edit.error {
            Some(error) => Some(problem::sentence(error)),
            None if !limit.fits(edit.text.trim()) => Some(fl!("panel-too-long", most = limit.max)),
            None => None,
        };
        let input = field(edit.field.title(), &edit.text, |text| Message::Text(text).into())
            .id(FIELD)
            .enabled(!edit.saving)
            .on_submit(Message::Save.into());
        let mut content = column![input].spacing(gap::S);
        if let Some(problem) = problem {
            content = content.push(label(problem, SMALL).style(style::danger));
        }
        let ready = edit.is_valid(&self.context.limits) && !edit.saving;
        let buttons = row![
            space::horizontal(),
            button(fl!("cancel")).small().on_press(Message::Cancel.into()),
            button(fl!("save"))
                .kind(Kind::Primary)
                .small()
                .on_press_maybe(ready.then_some(Message::Save.into())),
        ]
        .spacing(gap::S);
        content.push(buttons).into()
    }

    fn members<'a>(
        &'a self,
        panel: &'a Panel,
        group: &'a Group,
        rights: Rights,
    ) -> Element<'a, ChatsMessage> {
        let count =
            if panel.members().is_empty() { group.member_count as usize } else { panel.members().len() };
        let mut head = row![container(section(fl!("panel-members", count = count))).width(Length::Fill)]
            .align_y(Alignment::Center)
            .height(size::TARGET);
        if rights.add {
            head = head.push(
                icon_button(Icon::UserPlus, fl!("add-members")).small().on_press(ChatsMessage::AddMembers),
            );
        }
        let mut content = column![head].spacing(gap::XS);
        if let Some(error) = panel.error().filter(|_| panel.members().is_empty()) {
            let again = button(fl!("retry")).kind(Kind::Link).small().on_press(Message::Retry.into());
            return content
                .push(label(problem::sentence(error), SMALL).style(style::danger))
                .push(again)
                .into();
        }
        if panel.is_loading() {
            return content.push(label(fl!("panel-loading"), SMALL).style(style::muted)).into();
        }
        if panel.members().len() > super::FIRST {
            content = content
                .push(search(fl!("panel-search"), panel.filter(), |filter| Message::Filter(filter).into()));
        }
        let shown = panel.shown();
        if shown.is_empty() {
            content = content.push(label(fl!("people-none"), SMALL).style(style::muted));
        }
        for member in shown {
            content = content.push(self.member(member));
        }
        if panel.is_cut() {
            content = content
                .push(button(fl!("panel-all", count = count)).kind(Kind::Link).on_press(Message::All.into()));
        }
        content.into()
    }

    fn member<'a>(&'a self, member: &'a Member) -> Element<'a, ChatsMessage> {
        let name = member_name(member);
        let me = member.user_id == self.context.me.user_id;
        let mut words = row![one_line(name)].spacing(gap::S).align_y(Alignment::Center);
        if me {
            words = words.push(label(fl!("panel-you"), SMALL).style(style::muted));
        }
        let role = match member.role {
            MemberRole::Owner => Some(fl!("role-owner")),
            MemberRole::Admin => Some(fl!("role-admin")),
            MemberRole::Member | MemberRole::Custom => None,
        };
        let mut content = row![
            avatar(member.user_id.as_str(), name).size(FACE),
            container(words).width(Length::Fill).clip(true),
        ]
        .spacing(gap::S)
        .align_y(Alignment::Center)
        .height(size::BAR);
        if let Some(role) = role {
            content =
                content.push(container(label(role, SMALL)).padding([gap::XXS, gap::S]).style(style::pill));
        }
        if me {
            return list_row(content, name).padding([0.0, gap::XS]).into();
        }
        let (press, menu) = (member.user_id.clone(), member.user_id.clone());
        list_row(content.push(icon(Icon::More).size(18.0).color(|p| p.text_3)), name)
            .padding([0.0, gap::XS])
            .on_press_at(move |bounds| {
                let at = Point::new(bounds.x + gap::XL, bounds.y + bounds.height);
                ChatsMessage::Menu(About::Member(press.clone()), at)
            })
            .on_context(move |at| ChatsMessage::Menu(About::Member(menu.clone()), at))
            .into()
    }

    /// What can be done about a member.
    pub(in super::super) fn member_menu(&self, user: &UserId) -> Vec<Entry<ChatsMessage>> {
        let mut entries: Vec<Entry<_>> = vec![
            Item::new(fl!("write-message"), ChatsMessage::Write(user.clone())).icon(Icon::Chat).into(),
            Item::new(fl!("copy-id"), ChatsMessage::Copy(user.to_string())).icon(Icon::Copy).into(),
        ];
        let me = &self.context.me.user_id;
        let member =
            self.panel.as_ref().and_then(|panel| panel.members().iter().find(|m| m.user_id == *user));
        let may = |member: &&Member| self.rights().is_some_and(|rights| rights.may_remove(member, me));
        if member.filter(may).is_some() {
            entries.push(Entry::Separator);
            let ask = ChatsMessage::Ask(Confirm::Remove(user.clone()));
            entries.push(Item::new(fl!("remove-member"), ask).icon(Icon::Trash).danger().into());
        }
        entries
    }
}

impl Field {
    /// What it is called.
    fn title(self) -> String {
        match self {
            Self::Name => fl!("group-name"),
            Self::Introduction => fl!("group-introduction"),
            Self::Notice => fl!("group-notice"),
        }
    }
}
