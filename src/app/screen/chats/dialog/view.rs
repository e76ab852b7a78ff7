//! The dialogs as they are drawn.

use hallway_protocol::user::Profile;
use iced::widget::{column, container, row, space};
use iced::{Alignment, Length};

use super::{Dialog, Message, NAME, NewGroup};
use crate::fl;
use crate::problem;
use crate::screen::chats::people::{self, People, SEARCH};
use crate::screen::chats::timeline::links;
use crate::screen::chats::{Chats, Confirm, Message as ChatsMessage, words};
use crate::theme::tokens::{SMALL, size, space as gap};
use crate::theme::{font, style};
use crate::widget::Element;
use crate::widget::avatar::avatar;
use crate::widget::bits::{self, label};
use crate::widget::button::{Kind, button, custom};
use crate::widget::dialog::{self, dialog};
use crate::widget::field::{field, search};
use crate::widget::icon::{Icon, icon};
use crate::widget::layers::Layer;
use crate::widget::one_line::one_line;
use crate::widget::row::list_row;
use crate::widget::virtual_list::{Stick, VirtualList};

/// Height of the list of people.
const PEOPLE: f32 = 320.0;
/// Height of a person.
const PERSON: f32 = size::ROW_DENSE;
/// Avatar of a person.
const FACE: f32 = 32.0;

impl Chats {
    /// The open dialog.
    pub(in super::super) fn dialog_layer<'a>(&'a self, dialog: &'a Dialog) -> Layer<'a, ChatsMessage> {
        match dialog {
            Dialog::Confirm(confirm) => self.confirm(confirm),
            Dialog::NewChat(people) => modal(self.one_person(fl!("new-chat"), people), SEARCH),
            Dialog::Contact(_, people) => modal(self.one_person(fl!("new-contact"), people), SEARCH),
            Dialog::NewGroup(group) if group.naming => modal(self.name_dialog(group), NAME),
            Dialog::NewGroup(group) => modal(self.members_dialog(group), SEARCH),
            Dialog::Forward(forward) => modal(self.forward_dialog(forward), SEARCH),
            Dialog::Card(card) => modal(self.card_dialog(card), crate::screen::chats::card::FIRST),
            Dialog::Readers(readers) => Layer::modal(self.readers_dialog(readers)).on_close(close()),
            Dialog::Reactors(reactors) => Layer::modal(self.reactors_dialog(reactors)).on_close(close()),
            Dialog::Receivers(choosing) => modal(self.receivers_dialog(choosing), SEARCH),
            Dialog::ConversationGroup(naming) => {
                modal(self.naming_dialog(naming), crate::screen::chats::conversation_group::NAME)
            }
            Dialog::AddMembers(_, people, error) => {
                let problem = error.as_ref().map(problem::sentence);
                modal(self.add_dialog(people, problem), SEARCH)
            }
        }
    }

    fn one_person<'a>(&'a self, title: String, people: &'a People) -> Element<'a, ChatsMessage> {
        dialog(title, self.people(people)).close_button(fl!("close"), close()).into()
    }

    fn members_dialog<'a>(&'a self, group: &'a NewGroup) -> Element<'a, ChatsMessage> {
        dialog(fl!("new-group-people"), self.people(&group.people))
            .close_button(fl!("close"), close())
            .action(button(fl!("next")).kind(Kind::Primary).on_press(ChatsMessage::Dialog(Message::Next)))
            .into()
    }

    fn name_dialog<'a>(&'a self, group: &'a NewGroup) -> Element<'a, ChatsMessage> {
        let limit = self.context.limits.group_name;
        let too_long = !limit.fits(group.name.trim());
        let problem = if too_long { Some(fl!("group-name-long", most = limit.max)) } else { None };
        let problem = problem.or_else(|| group.error.as_ref().map(problem::sentence));
        let who: Vec<String> =
            group.people.chosen().iter().map(|person| person.display_name().to_owned()).collect();
        let members = if who.is_empty() {
            fl!("new-group-alone")
        } else {
            fl!("new-group-members", names = words::names(&who))
        };
        let mut content = column![
            field(fl!("group-name"), &group.name, |name| ChatsMessage::Dialog(Message::Name(name)))
                .id(NAME)
                .enabled(!group.making)
                .on_submit(ChatsMessage::Dialog(Message::Submit)),
            label(members, SMALL).style(style::muted),
        ]
        .spacing(gap::S);
        if let Some(problem) = problem {
            content = content.push(label(problem, SMALL).style(style::danger));
        }
        let ready = group.has_good_name(&self.context.limits) && !group.making;
        dialog(fl!("new-group"), content)
            .close_button(fl!("close"), close())
            .action(button(fl!("back")).on_press(ChatsMessage::Dialog(Message::Back)))
            .action(
                button(fl!("create-group"))
                    .kind(Kind::Primary)
                    .on_press_maybe(ready.then_some(ChatsMessage::Dialog(Message::Submit))),
            )
            .into()
    }

    fn add_dialog<'a>(&'a self, people: &'a People, problem: Option<String>) -> Element<'a, ChatsMessage> {
        let count = people.chosen().len();
        let mut content = column![self.people(people)].spacing(gap::S);
        if let Some(problem) = problem {
            content = content.push(label(problem, SMALL).style(style::danger));
        }
        dialog(fl!("add-members"), content)
            .close_button(fl!("close"), close())
            .action(
                button(fl!("add-count", count = count))
                    .kind(Kind::Primary)
                    .on_press_maybe((count > 0).then_some(ChatsMessage::Dialog(Message::Submit))),
            )
            .into()
    }

    /// Search, chips of those chosen, list.
    fn people<'a>(&'a self, people: &'a People) -> Element<'a, ChatsMessage> {
        let find = search(fl!("people-search"), people.query(), |query| people::Message::Query(query).into())
            .id(SEARCH);
        let mut content = column![find].spacing(gap::S);
        if people.many && !people.chosen().is_empty() {
            let chips = people.chosen().iter().map(chip);
            content = content.push(row(chips).spacing(gap::XS).wrap());
        }
        let list: Element<'a, ChatsMessage> = if let Some(error) = people.error() {
            bits::empty(
                Icon::Alert,
                fl!("people-failed"),
                problem::sentence(error),
                Some(button(fl!("retry")).on_press(people::Message::Retry.into()).into()),
            )
        } else if people.found().is_empty() && !people.is_searching() {
            let text =
                if people.query().trim().is_empty() { fl!("people-none-yet") } else { fl!("people-none") };
            bits::empty(Icon::User, fl!("people-none-title"), text, None)
        } else {
            let found = people.found();
            VirtualList::new(
                found.len(),
                |place| found[place].user_id.clone(),
                |id| found.iter().position(|person| person.user_id == *id),
                |place| person(people, &found[place]),
            )
            .id("people")
            .stick(Stick::Start)
            .on_viewport(|viewport| people::Message::Seen(viewport.last).into())
            .into()
        };
        content.push(container(list).height(PEOPLE)).into()
    }

    /// A question, named by what it destroys.
    fn confirm<'a>(&'a self, confirm: &Confirm) -> Layer<'a, ChatsMessage> {
        let (title, text, action) = match confirm {
            Confirm::Delete(id) => (
                fl!("ask-delete-title", name = self.name_of(id)),
                fl!("ask-delete-text"),
                fl!("delete-conversation"),
            ),
            Confirm::ClearHistory(id) => {
                (fl!("ask-clear-title", name = self.name_of(id)), fl!("ask-clear-text"), fl!("clear-history"))
            }
            Confirm::Leave(id) => {
                (fl!("ask-leave-title", name = self.name_of(id)), fl!("ask-leave-text"), fl!("leave-group"))
            }
            Confirm::Recall(_) => (fl!("ask-recall-title"), fl!("ask-recall-text"), fl!("recall-message")),
            Confirm::DeleteMessages(messages) => {
                let count = messages.len();
                (
                    fl!("ask-delete-message-title", count = count),
                    fl!("ask-delete-message-text"),
                    fl!("delete-messages", count = count),
                )
            }
            Confirm::Remove(user) => {
                let name = self.member_name(user);
                let name = name.as_str();
                (
                    fl!("ask-remove-title", name = name),
                    fl!("ask-remove-text"),
                    fl!("remove-name", name = name),
                )
            }
            Confirm::DeleteConversationGroup(name) => (
                fl!("ask-delete-folder-title", name = name.as_str()),
                fl!("ask-delete-folder-text"),
                fl!("folder-delete"),
            ),
            Confirm::AllRead => (fl!("ask-all-read-title"), fl!("ask-all-read-text"), fl!("mark-all-read")),
            Confirm::Browse(url) => {
                (fl!("ask-browse-title", host = links::host(url)), url.clone(), fl!("open-link"))
            }
            Confirm::NotifyAll(count) => {
                let count = *count;
                (fl!("ask-notify-title", count = count), fl!("ask-notify-text"), fl!("send"))
            }
            Confirm::DiscardVoice(length) => (
                fl!("ask-discard-voice-title", time = words::length(*length)),
                fl!("ask-discard-voice-text"),
                fl!("voice-discard"),
            ),
            Confirm::OpenProgram(path) => {
                let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
                let name = name.unwrap_or_default();
                (fl!("ask-program-title", name = name), fl!("ask-program-text"), fl!("open-anyway"))
            }
        };
        let danger = !matches!(confirm, Confirm::AllRead | Confirm::Browse(_) | Confirm::NotifyAll(_));
        dialog::confirm(dialog::Confirm {
            title,
            text,
            action,
            on_confirm: ChatsMessage::Dialog(Message::Confirmed),
            cancel: fl!("cancel"),
            on_cancel: close(),
            danger,
        })
    }

    /// What a member of the open group is called.
    pub(in super::super) fn member_name(&self, user: &hallway_protocol::UserId) -> String {
        let member =
            self.open.as_ref().and_then(|open| open.members.iter().find(|member| member.user_id == *user));
        member.map_or_else(
            || user.to_string(),
            |member| crate::screen::chats::composer::mention::member_name(member).to_owned(),
        )
    }
}

/// The dialog is given up.
pub(in super::super) fn close() -> ChatsMessage {
    ChatsMessage::Dialog(Message::Close)
}

fn modal<'a>(content: Element<'a, ChatsMessage>, first: &'static str) -> Layer<'a, ChatsMessage> {
    Layer::modal(content).initial(first).on_close(close())
}

fn chip<'a>(person: &'a Profile) -> Element<'a, ChatsMessage> {
    let face = row![label(person.display_name(), SMALL), icon(Icon::Close).size(size::ICON_SMALL)]
        .spacing(gap::XS)
        .align_y(Alignment::Center);
    let name = fl!("people-unchoose", name = person.display_name());
    custom(container(face).padding([gap::XS, gap::S]).style(style::pill), name)
        .small()
        .on_press(people::Message::Toggle(person.clone()).into())
        .into()
}

fn person<'a>(people: &'a People, person: &'a Profile) -> Element<'a, ChatsMessage> {
    let chosen = people.is_chosen(&person.user_id);
    let name = person.display_name();
    let tick: Element<'a, ChatsMessage> =
        if chosen { icon(Icon::Check).color(|p| p.link).into() } else { space().into() };
    let words = column![
        one_line(name).font(font::MEDIUM),
        one_line(person.user_id.as_str()).step(SMALL).color(|p| p.text_3),
    ];
    let content = row![
        avatar(person.user_id.as_str(), name).size(FACE),
        container(words).width(Length::Fill).clip(true),
        tick,
    ]
    .spacing(gap::M)
    .align_y(Alignment::Center)
    .height(PERSON);
    list_row(content, name).selected(chosen).on_press(people::Message::Toggle(person.clone()).into()).into()
}
