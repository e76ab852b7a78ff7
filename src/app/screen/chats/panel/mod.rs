//! The side panel: who the other person is, or what the group is, who is in it, and what one may do there.

pub mod view;

use std::collections::HashSet;

use hallway_client::Conversation;
use hallway_protocol::group::{Group, GroupType, Member, MemberRole};
use hallway_protocol::{ChatError, ConversationId, GroupId, Limits, UserId};

use super::call::{Call, GroupChange};
use super::effect::Effect;

/// The id of the field that is being edited.
pub const FIELD: &str = "panel-field";
/// Members shown before "All 1,204".
pub const FIRST: usize = 20;

/// The panel beside a conversation.
#[derive(Debug)]
pub struct Panel {
    id: ConversationId,
    group: Option<Group>,
    members: Vec<Member>,
    loading: bool,
    error: Option<ChatError>,
    edit: Option<Edit>,
    filter: String,
    all: bool,
}

/// A field of the group's profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    /// GRP-2.
    Name,
    /// GRP-3.
    Introduction,
    /// GRP-4.
    Notice,
}

/// A field that is being changed.
#[derive(Debug, Clone)]
pub struct Edit {
    /// Which.
    pub field: Field,
    /// Its new text so far.
    pub text: String,
    /// On its way to the server.
    pub saving: bool,
    /// Why the last try failed.
    pub error: Option<ChatError>,
}

/// What happens in the panel.
#[derive(Debug, Clone)]
pub enum Message {
    /// A field is to be changed.
    Edit(Field),
    /// Its text changed.
    Text(String),
    /// The change is to be made.
    Save,
    /// The change is given up.
    Cancel,
    /// Members are searched.
    Filter(String),
    /// All members are wanted.
    All,
    /// Load again after a failure.
    Retry,
}

impl Panel {
    /// The panel of a conversation, and what it has to load.
    pub fn open(id: ConversationId, conversation: Option<&Conversation>) -> (Self, Vec<Effect>) {
        let group = conversation.and_then(|conversation| conversation.group_profile.as_deref().cloned());
        let mut panel = Self {
            id,
            group,
            members: Vec::new(),
            loading: false,
            error: None,
            edit: None,
            filter: String::new(),
            all: false,
        };
        let effects = panel.load();
        (panel, effects)
    }

    /// Which conversation.
    pub fn id(&self) -> &ConversationId {
        &self.id
    }

    /// The group, if it is one.
    pub fn group(&self) -> Option<&Group> {
        self.group.as_ref()
    }

    /// All members, owner first.
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// The members whose names contain what is searched.
    pub fn shown(&self) -> Vec<&Member> {
        let wanted = self.filter.trim().to_lowercase();
        let matches = |member: &&Member| {
            wanted.is_empty()
                || [member.name_card.as_str(), member.nick.as_str(), member.user_id.as_str()]
                    .into_iter()
                    .any(|name| name.to_lowercase().contains(&wanted))
        };
        let most = if self.all || !wanted.is_empty() { usize::MAX } else { FIRST };
        self.members.iter().filter(matches).take(most).collect()
    }

    /// Whether members are left out for brevity.
    pub fn is_cut(&self) -> bool {
        !self.all && self.filter.trim().is_empty() && self.members.len() > FIRST
    }

    /// What is searched among the members.
    pub fn filter(&self) -> &str {
        &self.filter
    }

    /// Members are being fetched for the first time.
    pub fn is_loading(&self) -> bool {
        self.loading && self.members.is_empty()
    }

    /// Why the members could not be loaded.
    pub fn error(&self) -> Option<&ChatError> {
        self.error.as_ref()
    }

    /// The field that is being changed.
    pub fn edit(&self) -> Option<&Edit> {
        self.edit.as_ref()
    }

    /// Fetches the group and its members again.
    pub fn load(&mut self) -> Vec<Effect> {
        let ConversationId::Group(group_id) = &self.id else { return Vec::new() };
        self.loading = true;
        self.error = None;
        vec![Effect::Call(Call::Group(group_id.clone()))]
    }

    /// Takes the group as it is now.
    pub fn loaded(&mut self, id: &GroupId, result: Result<(Group, Vec<Member>), ChatError>) {
        if self.id.to() != id.as_str() {
            return;
        }
        self.loading = false;
        match result {
            Ok((group, members)) => {
                self.group = Some(group);
                self.members = members;
                self.members.retain(|member| !member.gone);
            }
            Err(error) => self.error = Some(error),
        }
    }

    /// The list of conversations changed; it carries the group's name.
    pub fn conversation(&mut self, conversation: &Conversation) {
        if let Some(group) = conversation.group_profile.as_deref()
            && self.group.as_ref().is_none_or(|own| own.modification < group.modification)
        {
            self.group = Some(group.clone());
        }
    }

    /// A change was made, or refused.
    pub fn updated(&mut self, result: Result<(), ChatError>) -> Vec<Effect> {
        match (result, &mut self.edit) {
            (Ok(()), _) => {
                self.edit = None;
                self.load()
            }
            (Err(error), Some(edit)) => {
                edit.saving = false;
                edit.error = Some(error);
                Vec::new()
            }
            (Err(_), None) => Vec::new(),
        }
    }

    /// Closes what is open inside the panel. True if something was.
    pub fn close_innermost(&mut self) -> bool {
        self.edit.take().is_some()
    }

    /// Handles what happens in the panel.
    pub fn update(&mut self, message: Message, limits: &Limits) -> Vec<Effect> {
        match message {
            Message::Edit(field) => {
                let text = self.group.as_ref().map_or("", |group| field.of(group)).to_owned();
                self.edit = Some(Edit { field, text, saving: false, error: None });
                vec![Effect::Focus(FIELD)]
            }
            Message::Text(text) => {
                if let Some(edit) = &mut self.edit {
                    edit.text = text;
                    edit.error = None;
                }
                Vec::new()
            }
            Message::Save => self.save(limits),
            Message::Cancel => {
                self.edit = None;
                Vec::new()
            }
            Message::Filter(filter) => {
                self.filter = filter;
                Vec::new()
            }
            Message::All => {
                self.all = true;
                Vec::new()
            }
            Message::Retry => self.load(),
        }
    }

    fn save(&mut self, limits: &Limits) -> Vec<Effect> {
        let (ConversationId::Group(group_id), Some(edit)) = (&self.id, &mut self.edit) else {
            return Vec::new();
        };
        if edit.saving || !edit.is_valid(limits) {
            return Vec::new();
        }
        let text = edit.text.trim().to_owned();
        if self.group.as_ref().is_some_and(|group| edit.field.of(group) == text) {
            self.edit = None;
            return Vec::new();
        }
        edit.saving = true;
        let change = match edit.field {
            Field::Name => GroupChange::Name(text),
            Field::Introduction => GroupChange::Introduction(text),
            Field::Notice => GroupChange::Notice(text),
        };
        vec![Effect::Call(Call::UpdateGroup { group_id: group_id.clone(), change })]
    }
}

impl Field {
    /// Its text now.
    pub fn of(self, group: &Group) -> &str {
        match self {
            Self::Name => &group.name,
            Self::Introduction => &group.introduction,
            Self::Notice => &group.notification,
        }
    }

    /// The longest text it takes.
    pub fn limit(self, limits: &Limits) -> hallway_protocol::limits::TextLimit {
        match self {
            Self::Name => limits.group_name,
            Self::Introduction => limits.group_introduction,
            Self::Notice => limits.group_notification,
        }
    }
}

impl Edit {
    /// Whether the server would take it: a name is needed, nothing is too long.
    pub fn is_valid(&self, limits: &Limits) -> bool {
        let text = self.text.trim();
        self.field.limit(limits).fits(text) && (self.field != Field::Name || !text.is_empty())
    }
}

/// What the viewer may do in a group (GRP-41, GRP-46, GRP-52, GMB-63).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rights {
    /// Change name, introduction and notice.
    pub profile: bool,
    /// Add members.
    pub add: bool,
    /// Remove ordinary members.
    pub remove_members: bool,
    /// Remove administrators too.
    pub remove_admins: bool,
    /// Recall messages of others.
    pub recall: bool,
}

impl Rights {
    /// The rights of `me` in a group.
    pub fn of(group: &Group, me: &UserId, is_member: bool) -> Self {
        if !is_member {
            return Self::default();
        }
        let role = group.self_info.as_ref().map_or(MemberRole::Member, |member| member.role);
        let owner = role == MemberRole::Owner || group.owner_id.as_ref() == Some(me);
        let leads = owner || role == MemberRole::Admin;
        let work = group.group_type == GroupType::Work;
        Self {
            profile: work || leads,
            add: match group.group_type {
                GroupType::Work | GroupType::Community => true,
                GroupType::Public | GroupType::Meeting => leads,
                GroupType::AvRoom => false,
            },
            remove_members: owner || (leads && !work),
            remove_admins: owner,
            recall: leads,
        }
    }

    /// Whether this member may be removed.
    pub fn may_remove(&self, member: &Member, me: &UserId) -> bool {
        member.user_id != *me
            && match member.role {
                MemberRole::Owner => false,
                MemberRole::Admin => self.remove_admins,
                MemberRole::Member | MemberRole::Custom => self.remove_members,
            }
    }
}

/// Who is in a group, for pickers that leave them out.
pub fn ids(members: &[Member]) -> HashSet<UserId> {
    members.iter().map(|member| member.user_id.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::screen::chats::sample;

    fn panel() -> Panel {
        let (mut panel, effects) =
            Panel::open(sample::conversation("GROUPsales"), Some(&sample::row("GROUPsales")));
        assert!(matches!(effects.as_slice(), [Effect::Call(Call::Group(_))]));
        let members =
            vec![sample::member("anna", MemberRole::Owner), sample::member("ben", MemberRole::Member)];
        panel.loaded(&"sales".parse().unwrap(), Ok((sample::group("sales", "Sales"), members)));
        panel
    }

    /// GRP-41, GRP-52: in a `work` group every member changes the profile, only the owner removes.
    #[test]
    fn rights_in_a_work_group() {
        let (anna, ben) = (sample::user("anna"), sample::user("ben"));
        let mut group = sample::group("sales", "Sales");
        let member = sample::member("ben", MemberRole::Member);
        let owner = Rights::of(&group, &anna, true);
        assert!(owner.profile && owner.add && owner.may_remove(&member, &anna));
        assert!(!owner.may_remove(&sample::member("anna", MemberRole::Owner), &anna), "not oneself");
        group.self_info = Some(member.clone().into());
        let other = Rights::of(&group, &ben, true);
        assert!(other.profile && other.add && !other.remove_members && !other.recall);
        assert_eq!(Rights::of(&group, &ben, false), Rights::default());
    }

    /// GRP-2: a name is needed and has a limit; nothing is sent for an unchanged one.
    #[test]
    fn editing_the_name() {
        let (mut panel, limits) = (panel(), Limits::default());
        panel.update(Message::Edit(Field::Name), &limits);
        assert_eq!(panel.edit().unwrap().text, "Sales");
        for bad in ["  ", &"x".repeat(101)] {
            panel.update(Message::Text(bad.into()), &limits);
            assert!(panel.update(Message::Save, &limits).is_empty());
        }
        panel.update(Message::Text(" Sales and service ".into()), &limits);
        let effects = panel.update(Message::Save, &limits);
        let Some(Effect::Call(Call::UpdateGroup { change, .. })) = effects.first() else {
            panic!("{effects:?}")
        };
        assert_eq!(*change, GroupChange::Name("Sales and service".into()));
        assert!(panel.update(Message::Save, &limits).is_empty(), "once");
        panel.updated(Err(hallway_protocol::ErrorCode::InvalidParameter.into()));
        assert!(panel.edit().unwrap().error.is_some());
        panel.update(Message::Text("Sales".into()), &limits);
        assert!(panel.update(Message::Save, &limits).is_empty());
        assert!(panel.edit().is_none());
    }

    #[test]
    fn searching_members() {
        let mut panel = panel();
        panel.update(Message::Filter("BE".into()), &Limits::default());
        assert_eq!(panel.shown().len(), 1);
    }
}
