//! Conversation groups, which people know as folders (CONV-110 to CONV-115): the chips above the list, the part of a
//! conversation's menu that puts it in and out, and the dialog that names one.

use std::sync::Arc;

use hallway_protocol::conversation::CONVERSATION_GROUP_NAME_BYTES;
use hallway_protocol::{ChatError, ConversationId};
use iced::Length;
use iced::widget::{column, container, row};

use super::call::Call;
use super::dialog::{self, Dialog};
use super::effect::Effect;
use super::{About, Chats, Confirm, Message as ChatsMessage};
use crate::theme::style;
use crate::theme::tokens::{SMALL, size, space as gap};
use crate::widget::Element;
use crate::widget::bits::{label, scroll};
use crate::widget::button::{Kind, button, icon_button};
use crate::widget::dialog::dialog;
use crate::widget::field::field;
use crate::widget::icon::Icon;
use crate::widget::menu::{Entry, Item};
use crate::{fl, problem};

/// The id of the field for a name.
pub const NAME: &str = "folder-name";
/// Chips higher than this scroll: three rows of them.
const CHIPS: f32 = 3.0 * size::TARGET + 2.0 * gap::XS;

/// What a name is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Purpose {
    /// A new group, with this conversation in it.
    New(Option<ConversationId>),
    /// Another name for this group.
    Rename(String),
}

/// A name that is being typed.
#[derive(Debug)]
pub struct Naming {
    purpose: Purpose,
    name: String,
    busy: bool,
    error: Option<ChatError>,
}

/// What happens to conversation groups.
#[derive(Debug, Clone)]
pub enum Message {
    /// Show only this one in the list; none for all conversations.
    Choose(Option<String>),
    /// Ask for a name.
    Name(Purpose),
}

impl Naming {
    /// A dialog that begins with the present name.
    pub fn new(purpose: Purpose) -> Self {
        let name = match &purpose {
            Purpose::New(_) => String::new(),
            Purpose::Rename(name) => name.clone(),
        };
        Self { purpose, name, busy: false, error: None }
    }

    /// Another name is typed.
    pub fn typed(&mut self, name: String) {
        self.name = name;
        self.error = None;
    }

    /// Asks the account, if the server would take the name.
    pub fn submit(&mut self) -> Vec<Effect> {
        if self.busy || !self.is_good() {
            return Vec::new();
        }
        self.busy = true;
        let name = self.name.trim().to_owned();
        vec![Effect::Call(match &self.purpose {
            Purpose::New(id) => Call::CreateConversationGroup(name, id.clone()),
            Purpose::Rename(old) => Call::RenameConversationGroup(old.clone(), name),
        })]
    }

    /// The account has refused.
    pub fn failed(&mut self, error: ChatError) {
        self.busy = false;
        self.error = Some(error);
    }

    fn is_good(&self) -> bool {
        let name = self.name.trim();
        !name.is_empty() && name.len() <= CONVERSATION_GROUP_NAME_BYTES
    }
}

impl Chats {
    pub(super) fn in_conversation_groups(&mut self, message: Message) -> Vec<Effect> {
        self.menu = None;
        match message {
            Message::Choose(group) => {
                self.list.choose(group);
                Vec::new()
            }
            Message::Name(purpose) => {
                self.dialog = Some(Dialog::ConversationGroup(Naming::new(purpose)));
                // It takes the place of a menu, which had the keyboard.
                vec![Effect::Focus(NAME)]
            }
        }
    }

    /// The groups are others. They keep their order, so a chosen one that has got another name stays chosen.
    pub(super) fn set_conversation_groups(&mut self, names: Arc<[String]>) {
        if let Some(chosen) = self.list.chosen().filter(|chosen| !names.iter().any(|name| name == chosen)) {
            let place = self.conversation_groups.iter().position(|name| name == chosen);
            let renamed = place.filter(|_| names.len() == self.conversation_groups.len());
            self.list.choose(renamed.and_then(|place| names.get(place)).cloned());
        }
        self.conversation_groups = names;
    }

    /// All conversations, then each group; nothing while there are no groups.
    pub(super) fn chips<'a>(&'a self) -> Option<Element<'a, ChatsMessage>> {
        if self.conversation_groups.is_empty() {
            return None;
        }
        let choose = |group: Option<String>| ChatsMessage::ConversationGroup(Message::Choose(group));
        let chosen = self.list.chosen();
        let all = button(fl!("folder-all")).small().selected(chosen.is_none()).on_press(choose(None));
        let groups = self.conversation_groups.iter().map(|name| {
            let about = name.clone();
            button(name.as_str())
                .small()
                .selected(chosen == Some(name.as_str()))
                .on_press(choose(Some(name.clone())))
                .on_context(move |at| ChatsMessage::Menu(About::ConversationGroup(about.clone()), at))
                .into()
        });
        let new = icon_button(Icon::Plus, fl!("folder-new")).small().on_press(name(Purpose::New(None)));
        let chips = row![all].extend(groups).push(new).spacing(gap::XS);
        let chips = scroll(container(chips.wrap().vertical_spacing(gap::XS)).padding([0.0, gap::M]));
        Some(container(chips).max_height(CHIPS + gap::S).padding(iced::Padding::ZERO.bottom(gap::S)).into())
    }

    /// What can be done to a group.
    pub(super) fn conversation_group_menu(&self, group: &str) -> Vec<Entry<ChatsMessage>> {
        let delete = ChatsMessage::Ask(Confirm::DeleteConversationGroup(group.to_owned()));
        vec![
            Item::new(fl!("folder-rename"), name(Purpose::Rename(group.to_owned()))).icon(Icon::Edit).into(),
            Entry::Separator,
            Item::new(fl!("folder-delete"), delete).icon(Icon::Trash).danger().into(),
        ]
    }

    /// The part of a conversation's menu that puts it into groups and takes it out.
    pub(super) fn groups_of_menu(&self, id: &ConversationId, inside: &[String]) -> Entry<ChatsMessage> {
        let toggle = |group: &String| {
            let is_in = inside.contains(group);
            let call = Call::InConversationGroup { id: id.clone(), group: group.clone(), is_in: !is_in };
            Item::new(group.as_str(), ChatsMessage::Set(call)).checked(is_in).into()
        };
        let mut entries: Vec<Entry<_>> = self.conversation_groups.iter().map(toggle).collect();
        if !entries.is_empty() {
            entries.push(Entry::Separator);
        }
        entries.push(
            Item::new(fl!("folder-new-more"), name(Purpose::New(Some(id.clone())))).icon(Icon::Plus).into(),
        );
        Item::submenu(fl!("folder-add"), entries).icon(Icon::Folder).into()
    }

    /// The dialog.
    pub(super) fn naming_dialog<'a>(&'a self, naming: &'a Naming) -> Element<'a, ChatsMessage> {
        let (title, action) = match naming.purpose {
            Purpose::New(_) => (fl!("folder-new"), fl!("folder-create")),
            Purpose::Rename(_) => (fl!("folder-rename"), fl!("folder-save")),
        };
        let too_long = naming.name.trim().len() > CONVERSATION_GROUP_NAME_BYTES;
        let problem =
            too_long.then(|| fl!("folder-name-long")).or(naming.error.as_ref().map(problem::sentence));
        let typed = |name| ChatsMessage::Dialog(dialog::Message::Name(name));
        let submit = ChatsMessage::Dialog(dialog::Message::Submit);
        let content = column![
            field(fl!("folder-name"), &naming.name, typed)
                .id(NAME)
                .enabled(!naming.busy)
                .on_submit(submit.clone())
        ]
        .push(problem.map(|problem| label(problem, SMALL).style(style::danger)))
        .spacing(gap::S)
        .width(Length::Fill);
        let ready = naming.is_good() && !naming.busy;
        dialog(title, content)
            .close_button(fl!("close"), ChatsMessage::Dialog(dialog::Message::Close))
            .action(button(action).kind(Kind::Primary).on_press_maybe(ready.then_some(submit)))
            .into()
    }
}

fn name(purpose: Purpose) -> ChatsMessage {
    ChatsMessage::ConversationGroup(Message::Name(purpose))
}

#[cfg(test)]
mod tests {
    use iced::keyboard::{Modifiers, key::Named};

    use super::*;
    use crate::harness::{named, role};
    use crate::screen::chats::sample;
    use crate::screen::chats::stage::{Drive, Screen, Stage, World};
    use crate::widget::access::Role;

    fn stage() -> Screen {
        let mut world = World::new();
        world.room("C2Cben", vec![sample::text("ben", 1, "lunch?")], 1);
        world.room("GROUPsales", vec![sample::text("ben", 1, "numbers")], 1);
        Stage::new(world, None, (1100.0, 760.0))
    }

    fn menu(screen: &mut Screen, id: &str) {
        let about = About::Conversation(sample::conversation(id));
        screen.message(ChatsMessage::Menu(about, iced::Point::new(100.0, 200.0)));
        screen.click(named("Add to folder"));
    }

    fn chip(name: &str) -> crate::harness::Named {
        role(Role::Button, name)
    }

    /// CONV-111, CONV-114, CONV-115: made from a chat's menu with the chat in it, filled and emptied there.
    #[test]
    fn the_menu_of_a_chat_puts_it_into_folders() {
        let mut screen = stage();
        assert!(screen.find(chip("All")).is_none(), "nothing to choose from");
        menu(&mut screen, "C2Cben");
        screen.click(named("New folder…"));
        screen.typewrite("Customers");
        screen.key(Named::Enter, Modifiers::empty());
        assert_eq!(screen.state.world.conversation_groups, ["Customers"]);
        assert_eq!(screen.state.world.rooms["C2Cben"].row.conversation_group_list, ["Customers"]);
        screen.click(chip("Customers"));
        assert!(screen.has_text("lunch?") && !screen.has_text("numbers"));
        screen.click(chip("All"));
        assert!(screen.has_text("lunch?") && screen.has_text("numbers"));

        menu(&mut screen, "GROUPsales");
        screen.click(role(Role::MenuItem, "Customers"));
        menu(&mut screen, "C2Cben");
        screen.click(role(Role::MenuItem, "Customers"));
        screen.click(chip("Customers"));
        assert!(screen.has_text("numbers") && !screen.has_text("lunch?"));
    }

    /// CONV-112, CONV-113: the menu of a chip renames it, which keeps it chosen, and deletes it after a question, which shows all chats
    /// again. By keys alone.
    #[test]
    fn the_menu_of_a_folder_renames_and_deletes_it() {
        let mut screen = stage();
        for name in ["Customers", "Later"] {
            screen.message(super::name(Purpose::New(None)));
            screen.typewrite(name);
            screen.key(Named::Enter, Modifiers::empty());
        }
        screen.click(chip("Later"));
        assert!(screen.has_text("Nothing in this folder"));
        screen.key(Named::F10, Modifiers::SHIFT);
        screen.key(Named::Enter, Modifiers::empty());
        screen.typewrite(" on");
        screen.key(Named::Enter, Modifiers::empty());
        assert_eq!(screen.state.world.conversation_groups, ["Customers", "Later on"]);
        assert_eq!(screen.state.chats.list.chosen(), Some("Later on"));

        screen.right_click(chip("Later on"));
        screen.click(named("Delete folder"));
        assert!(screen.has_text("Delete the folder “Later on”?"));
        screen.click(named("Delete folder"));
        assert_eq!(screen.state.world.conversation_groups, ["Customers"]);
        assert_eq!(screen.state.chats.list.chosen(), None);
        assert!(screen.has_text("lunch?") && screen.has_text("numbers"));
    }

    /// CONV-6: a name that is too long is not sent, one that is taken is refused in the dialog.
    #[test]
    fn names_that_cannot_be() {
        let mut screen = stage();
        screen.state.world.conversation_groups = vec!["Customers".into()];
        screen.message(super::name(Purpose::New(None)));
        screen.typewrite(&"x".repeat(33));
        screen.key(Named::Enter, Modifiers::empty());
        assert!(screen.has_text("The name is too long"));
        assert!(screen.last_call(|call| matches!(call, Call::CreateConversationGroup(..))).is_none());
        screen.message(super::name(Purpose::New(None)));
        screen.typewrite("Customers");
        screen.key(Named::Enter, Modifiers::empty());
        assert!(screen.has_text("One of the values is not valid."));
        screen.typewrite(" 2");
        screen.key(Named::Enter, Modifiers::empty());
        assert_eq!(screen.state.world.conversation_groups.len(), 2);
    }
}
