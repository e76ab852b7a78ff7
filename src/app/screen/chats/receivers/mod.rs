//! Messages for some members of a group only (MSG-17, OBJ-45): who they are is chosen in a dialog and stands above the text
//! until it is taken off. Whatever is sent meanwhile is for them alone.

pub mod view;

use hallway_protocol::group::Member;
use hallway_protocol::{ConversationId, UserId};

use super::composer::COMPOSER;
use super::composer::mention::member_name;
use super::dialog::Dialog;
use super::effect::Effect;
use super::people::SEARCH;
use super::{Chats, words};

/// The dialog.
#[derive(Debug, Clone, Default)]
pub struct Choosing {
    query: String,
    chosen: Vec<UserId>,
}

/// What happens.
#[derive(Debug, Clone)]
pub enum Message {
    /// Choose them.
    Open,
    /// The search field changed.
    Query(String),
    /// This one too, or no more.
    Toggle(UserId),
    /// These it is.
    Done,
    /// Everybody sees what is sent from here on.
    Clear,
}

impl Choosing {
    /// The members that the search finds, without the viewer.
    pub fn found<'a>(&self, members: &'a [Member], me: &UserId) -> Vec<&'a Member> {
        let wanted = self.query.trim().to_lowercase();
        let fits = |member: &&Member| {
            let names = [member_name(member), &member.nick, member.user_id.as_str()];
            names.iter().any(|name| name.to_lowercase().contains(&wanted))
        };
        members.iter().filter(|member| !member.gone && member.user_id != *me).filter(fits).collect()
    }

    /// Whether somebody is chosen.
    pub fn is_chosen(&self, user: &UserId) -> bool {
        self.chosen.contains(user)
    }

    fn toggle(&mut self, user: UserId, most: usize) {
        if self.is_chosen(&user) {
            self.chosen.retain(|chosen| *chosen != user);
        } else if self.chosen.len() < most {
            self.chosen.push(user);
        }
    }
}

impl Chats {
    pub(super) fn in_receivers(&mut self, message: Message) -> Vec<Effect> {
        let most = self.context.limits.receivers_per_message as usize;
        match (message, &mut self.dialog) {
            (Message::Open, _) => {
                self.menu = None;
                let Some(open) = self.open.as_ref().filter(|open| is_group(&open.id)) else {
                    return Vec::new();
                };
                let chosen = open.composer.receivers().to_vec();
                self.dialog = Some(Dialog::Receivers(Choosing { query: String::new(), chosen }));
                vec![Effect::Focus(SEARCH)]
            }
            (Message::Query(query), Some(Dialog::Receivers(choosing))) => {
                choosing.query = query;
                Vec::new()
            }
            (Message::Toggle(user), Some(Dialog::Receivers(choosing))) => {
                choosing.toggle(user, most);
                Vec::new()
            }
            (Message::Done, Some(Dialog::Receivers(choosing))) => {
                let chosen = std::mem::take(&mut choosing.chosen);
                self.dialog = None;
                self.write_only_to(chosen)
            }
            (Message::Clear, _) => self.write_only_to(Vec::new()),
            (Message::Query(_) | Message::Toggle(_) | Message::Done, _) => Vec::new(),
        }
    }

    fn write_only_to(&mut self, users: Vec<UserId>) -> Vec<Effect> {
        if let Some(open) = &mut self.open {
            open.composer.write_only_to(users);
        }
        vec![Effect::Focus(COMPOSER)]
    }

    /// Who alone sees what is sent to a conversation now; nobody: everybody does.
    pub(super) fn receivers_in(&self, to: &ConversationId) -> Vec<UserId> {
        let open = self.open.as_ref().filter(|open| open.id == *to);
        open.map_or_else(Vec::new, |open| open.composer.receivers().to_vec())
    }

    /// The names of those who alone see what is sent, if not everybody does.
    pub(super) fn only_to(&self) -> Option<String> {
        let users = self.open.as_ref()?.composer.receivers();
        let names: Vec<String> = users.iter().map(|user| self.member_name(user)).collect();
        (!names.is_empty()).then(|| words::names(&names))
    }
}

/// Whether something can be for some members only.
pub(super) fn is_group(id: &ConversationId) -> bool {
    matches!(id, ConversationId::Group(_))
}
