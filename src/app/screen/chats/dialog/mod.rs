//! What is asked in the middle of the window: new chat, new group, more members, "are you sure".

pub mod view;

use hallway_protocol::{ChatError, ConversationId, GroupId, Limits, UserId};

use super::Confirm;
use super::call::Call;
use super::card::NewCard;
use super::conversation_group::Naming;
use super::effect::Effect;
use super::forward::Forward;
use super::people::{self, People};
use super::reactors::Reactors;
use super::readers::Readers;
use super::receivers::Choosing;

/// The id of the field for the name of a new group.
pub const NAME: &str = "group-name";

/// A dialog.
#[derive(Debug)]
pub enum Dialog {
    /// Choose one person to write to.
    NewChat(People),
    /// Choose people, then name the group.
    NewGroup(NewGroup),
    /// Choose people for a group.
    AddMembers(GroupId, People, Option<ChatError>),
    /// Choose where messages are sent on.
    Forward(Box<Forward>),
    /// Choose somebody whose card is sent here.
    Contact(ConversationId, People),
    /// Make a poll, a list, a place.
    Card(Box<NewCard>),
    /// Who has read a message.
    Readers(Box<Readers>),
    /// Who gave a reaction.
    Reactors(Box<Reactors>),
    /// Choose who alone sees what is written.
    Receivers(Choosing),
    /// Name a conversation group.
    ConversationGroup(Naming),
    /// A question.
    Confirm(Confirm),
}

/// A group that is being made.
#[derive(Debug)]
pub struct NewGroup {
    /// Who is to be in it.
    pub people: People,
    /// The second step: its name.
    pub naming: bool,
    /// The name so far.
    pub name: String,
    /// On its way to the server.
    pub making: bool,
    /// Why the last try failed.
    pub error: Option<ChatError>,
    /// Chosen once, so that trying again cannot make a second group.
    request_id: String,
}

/// What happens in a dialog.
#[derive(Debug, Clone)]
pub enum Message {
    /// In the list of people.
    People(people::Message),
    /// From people to name.
    Next,
    /// From name back to people.
    Back,
    /// The name changed.
    Name(String),
    /// Make the group, add the members.
    Submit,
    /// Do what was asked about.
    Confirmed,
    /// Give it up.
    Close,
}

impl NewGroup {
    /// The first step. `request_id` tells this group from others the viewer makes.
    pub fn new(people: People, request_id: String) -> Self {
        Self { people, naming: false, name: String::new(), making: false, error: None, request_id }
    }

    /// Whether the server would take the name.
    pub fn has_good_name(&self, limits: &Limits) -> bool {
        let name = self.name.trim();
        !name.is_empty() && limits.group_name.fits(name)
    }

    fn submit(&mut self, limits: &Limits) -> Vec<Effect> {
        if self.making || !self.has_good_name(limits) {
            return Vec::new();
        }
        self.making = true;
        self.error = None;
        vec![Effect::Call(Call::CreateGroup {
            name: self.name.trim().to_owned(),
            members: ids(&self.people),
            request_id: self.request_id.clone(),
        })]
    }
}

impl Dialog {
    /// The list of people in it, if there is one.
    pub fn people(&mut self) -> Option<&mut People> {
        match self {
            Self::NewChat(people) | Self::Contact(_, people) | Self::AddMembers(_, people, _) => Some(people),
            Self::NewGroup(group) => Some(&mut group.people),
            Self::Forward(forward) => Some(&mut forward.people),
            Self::Card(_)
            | Self::Readers(_)
            | Self::Reactors(_)
            | Self::Receivers(_)
            | Self::ConversationGroup(_)
            | Self::Confirm(_) => None,
        }
    }

    /// Handles what stays inside the dialog.
    pub fn update(&mut self, message: Message, limits: &Limits) -> Vec<Effect> {
        match (self, message) {
            (dialog, Message::People(message)) => {
                dialog.people().map_or_else(Vec::new, |people| people.update(message))
            }
            (Self::NewGroup(group), Message::Next) => {
                group.naming = true;
                vec![Effect::Focus(NAME)]
            }
            (Self::NewGroup(group), Message::Back) => {
                group.naming = false;
                vec![Effect::Focus(people::SEARCH)]
            }
            (Self::NewGroup(group), Message::Name(name)) => {
                group.name = name;
                group.error = None;
                Vec::new()
            }
            (Self::NewGroup(group), Message::Submit) => group.submit(limits),
            (Self::ConversationGroup(naming), Message::Name(name)) => {
                naming.typed(name);
                Vec::new()
            }
            (Self::ConversationGroup(naming), Message::Submit) => naming.submit(),
            (Self::AddMembers(group, people, error), Message::Submit) if !people.chosen().is_empty() => {
                *error = None;
                vec![Effect::Call(Call::AddMembers(group.clone(), ids(people)))]
            }
            _ => Vec::new(),
        }
    }
}

fn ids(people: &People) -> Vec<UserId> {
    people.chosen().iter().map(|person| person.user_id.clone()).collect()
}
