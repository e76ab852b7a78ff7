//! What can be done to messages and conversations, when it may be done, and what it asks for.

use std::sync::Arc;
use std::time::Duration;

use hallway_protocol::group::GroupType;
use hallway_protocol::message::{Payload, Quote};
use hallway_protocol::{ConversationId, Message as ChatMessage, MessageId, UserId};

use super::call::Call;
use super::dialog::Dialog;
use super::effect::Effect;
use super::panel::Rights;
use super::timeline::rows::MessageRow;
use super::{Action, Chats, forward, picking, readers, words};
use crate::fl;

/// Something done to one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Act {
    /// Answer it.
    Reply,
    /// Its words into the clipboard.
    Copy,
    /// Change its words.
    Edit,
    /// Choose a reaction.
    React,
    /// Send it on.
    Forward,
    /// Pin it in the group, or take the pin off.
    Pin,
    /// Show its translation, or hide it.
    Translate,
    /// Who has read it.
    ReadBy,
    /// Take the preview of its link off.
    RemovePreview,
    /// Begin to choose several.
    Select,
    /// Take it back for everybody.
    Recall,
    /// Delete it for the viewer.
    Delete,
    /// Its sound into words.
    ToText,
    /// Try to send it again.
    Resend,
    /// Give up sending it.
    Discard,
    /// Put the words of a recalled message back into the composer.
    EditAgain,
}

/// Larger groups get no receipts: each of them costs something, and nobody reads a list of thousands.
const RECEIPTS: u32 = 200;

/// Whether something is known about who has read a message.
pub fn has_readers(message: &ChatMessage) -> bool {
    message.read_receipt_info.is_some_and(|info| info.read_count.is_some())
}

/// Whether something can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allowed {
    /// Yes.
    Yes,
    /// No, and it is not shown.
    No,
    /// Not any more: shown in grey with this reason.
    TooLate,
}

/// Something that is asked about first, named by what it destroys.
#[derive(Debug, Clone, PartialEq)]
pub enum Confirm {
    /// Take a conversation off the list, with its history.
    Delete(ConversationId),
    /// Empty a conversation for the viewer.
    ClearHistory(ConversationId),
    /// Leave a group.
    Leave(ConversationId),
    /// Recall a message.
    Recall(Arc<ChatMessage>),
    /// Delete messages for the viewer.
    DeleteMessages(Vec<Arc<ChatMessage>>),
    /// Remove a member from the group of the panel.
    Remove(UserId),
    /// Delete a conversation group.
    DeleteConversationGroup(String),
    /// Mark everything everywhere as read.
    AllRead,
    /// Open a page of another site: the real host is shown.
    Browse(String),
    /// Send a message that notifies so many people.
    NotifyAll(u32),
    /// Throw a recording of this length away.
    DiscardVoice(Duration),
    /// Open a file that is a program.
    OpenProgram(std::path::PathBuf),
}

impl Chats {
    /// Whether something can be done to a message of the open conversation.
    pub fn allows(&self, act: Act, row: &MessageRow) -> Allowed {
        let message = &row.message;
        let if_true = |yes: bool| if yes { Allowed::Yes } else { Allowed::No };
        let writable = self.can_write();
        let text = matches!(message.payload, Payload::Text(_));
        let stored = !row.outgoing && message.sequence > 0;
        match act {
            Act::Reply => if_true(stored && writable),
            Act::Copy => if_true(text),
            Act::ToText => if_true(stored && self.voice.allows_text(message)),
            Act::Edit => if_true(stored && row.own && text && writable),
            Act::React => if_true(stored && writable && !message.is_revoked()),
            Act::Forward => if_true(stored && forward::can_forward(message)),
            Act::Pin => if_true(stored && writable && self.can_pin(message)),
            Act::Translate => if_true(self.can_translate(row)),
            Act::ReadBy => if_true(stored && row.own && has_readers(message)),
            Act::RemovePreview => if_true(stored && row.own && message.link_preview.is_some()),
            Act::Select => if_true(picking::can_pick(row)),
            Act::Recall => self.allows_recall(row, stored && writable),
            Act::Delete => if_true(stored),
            Act::Resend => if_true(row.failure.is_some()),
            Act::Discard => if_true(row.outgoing),
            Act::EditAgain => Allowed::No,
        }
    }

    /// MSG-61: the sender within the window, owner and administrators of the group at any time.
    fn allows_recall(&self, row: &MessageRow, possible: bool) -> Allowed {
        if !possible {
            return Allowed::No;
        }
        if self.rights().is_some_and(|rights| rights.recall) {
            return Allowed::Yes;
        }
        let window = i64::from(self.context.limits.revoke_window_seconds);
        match row.own && window > 0 {
            true if self.context.clock.now() - row.message.time <= window => Allowed::Yes,
            true => Allowed::TooLate,
            false => Allowed::No,
        }
    }

    /// MSG-68: messages of groups, but not of communities and broadcast rooms.
    fn can_pin(&self, message: &ChatMessage) -> bool {
        let group = self.current().and_then(|id| self.list.get(id)?.group_profile.as_deref());
        let kind = group.map(|group| group.group_type);
        kind.is_some_and(|kind| !matches!(kind, GroupType::Community | GroupType::AvRoom))
            && !message.is_revoked()
    }

    /// Whether the viewer wants to know who reads what is sent here: in groups that are small enough for it to tell
    /// something, and that have receipts at all (MSG-88).
    pub(super) fn wants_receipts(&self) -> bool {
        let group = self.current().and_then(|id| self.list.get(id)?.group_profile.as_deref());
        let most = RECEIPTS.min(self.context.limits.receipt_group_members);
        group.is_some_and(|group| {
            group.member_count <= most
                && !matches!(group.group_type, GroupType::Community | GroupType::AvRoom)
        })
    }

    /// The viewer's rights in the open group.
    pub(super) fn rights(&self) -> Option<Rights> {
        let conversation = self.list.get(self.current()?)?;
        let group = conversation.group_profile.as_deref()?;
        Some(Rights::of(group, &self.context.me.user_id, !conversation.is_readonly))
    }

    /// Whether the viewer may write in the open conversation.
    pub fn can_write(&self) -> bool {
        self.cannot_write().is_none()
    }

    /// Why the viewer may not write here.
    pub fn cannot_write(&self) -> Option<String> {
        let id = self.current()?;
        if *id == ConversationId::System {
            return Some(fl!("cannot-write-system"));
        }
        let conversation = self.list.get(id)?;
        if conversation.is_readonly {
            return Some(fl!("cannot-write-left"));
        }
        if conversation.user_profile.as_ref().is_some_and(|user| user.is_disabled) {
            return Some(fl!("cannot-write-disabled"));
        }
        let group = conversation.group_profile.as_deref()?;
        let leads = Rights::of(group, &self.context.me.user_id, true).recall;
        if group.mute_all_members && !leads {
            return Some(fl!("cannot-write-muted-all"));
        }
        let muted_until = group.self_info.as_ref().map_or(0, |member| member.mute_until);
        (muted_until > self.context.clock.now())
            .then(|| fl!("cannot-write-muted", time = self.context.clock.short(muted_until)))
    }

    /// Does something to a message of the open conversation.
    pub(super) fn act(&mut self, act: Act, id: &MessageId) -> Vec<Effect> {
        self.menu = None;
        let now = self.context.clock.now();
        let Some(open) = &mut self.open else { return Vec::new() };
        if act == Act::EditAgain {
            let Some(words) = open.timeline.edit_again(id, now).map(str::to_owned) else { return Vec::new() };
            return open.composer.put_back(&words);
        }
        let Some(row) = open.timeline.message(id).cloned() else { return Vec::new() };
        if self.allows(act, &row) != Allowed::Yes {
            return Vec::new();
        }
        let Some(open) = &mut self.open else { return Vec::new() };
        let message = row.message;
        match act {
            Act::Reply => open.composer.reply(quote(&message, &self.context.me.user_id)),
            Act::Copy => match &message.payload {
                Payload::Text(text) => vec![Effect::Copy(text.text.clone())],
                _ => Vec::new(),
            },
            Act::ToText => self.in_voice(super::voice::Message::ToText(message)),
            Act::Edit => open.composer.edit(message),
            Act::Recall => self.ask(Confirm::Recall(message)),
            Act::Delete => self.ask(Confirm::DeleteMessages(vec![message])),
            Act::React => self.choose_reaction(message.id.clone()),
            Act::Forward => self.forward(vec![message]),
            Act::Pin => match message.conversation_id.clone() {
                ConversationId::Group(group) => {
                    let is_pinned = message.pin.is_none();
                    vec![Effect::Call(Call::PinMessage(group, message, is_pinned))]
                }
                _ => Vec::new(),
            },
            Act::Translate => self.translate(&message),
            Act::ReadBy => self.in_readers(readers::Message::Open(message.id.clone())),
            Act::RemovePreview => vec![Effect::Call(Call::RemovePreview(message))],
            Act::Select => self.pick(&message),
            Act::Resend => vec![Effect::Call(Call::Resend(message.id.clone()))],
            Act::Discard => vec![Effect::Call(Call::Cancel(message.id.clone()))],
            Act::EditAgain => Vec::new(),
        }
    }

    /// Asks before something is done.
    pub(super) fn ask(&mut self, confirm: Confirm) -> Vec<Effect> {
        self.menu = None;
        self.dialog = Some(Dialog::Confirm(confirm));
        // It may take the place of a menu, which had the keyboard.
        vec![Effect::Focus(crate::widget::dialog::SAFE)]
    }

    /// What was asked about is to be done.
    pub(super) fn confirmed(&mut self, confirm: Confirm) -> Vec<Effect> {
        self.dialog = None;
        match confirm {
            Confirm::Delete(id) => {
                let mut effects = vec![Effect::Call(Call::DeleteConversation(id.clone()))];
                if self.current() == Some(&id) {
                    effects.extend(self.close());
                }
                effects
            }
            Confirm::ClearHistory(id) => vec![Effect::Call(Call::ClearHistory(id))],
            Confirm::Leave(ConversationId::Group(group)) => vec![Effect::Call(Call::Quit(group))],
            Confirm::Leave(_) => Vec::new(),
            Confirm::Recall(message) => vec![Effect::Call(Call::Recall(message))],
            Confirm::DeleteMessages(messages) => {
                let mut effects = vec![Effect::Call(Call::DeleteMessages(messages))];
                effects.extend(self.end_picking());
                effects
            }
            Confirm::Remove(user) => match self.panel.as_ref().map(|panel| panel.id()) {
                Some(ConversationId::Group(group)) => {
                    vec![Effect::Call(Call::RemoveMember(group.clone(), user))]
                }
                _ => Vec::new(),
            },
            Confirm::DeleteConversationGroup(name) => {
                vec![Effect::Call(Call::DeleteConversationGroup(name))]
            }
            Confirm::AllRead => vec![Effect::Call(Call::MarkAllRead)],
            Confirm::Browse(url) => vec![Effect::Action(Action::Browse(url))],
            Confirm::NotifyAll(_) => self.send(true),
            Confirm::DiscardVoice(_) => self.discard_recording(true),
            Confirm::OpenProgram(path) => {
                vec![Effect::Call(Call::Media(super::media::Call::Open(path, true)))]
            }
        }
    }
}

/// The quote of a message, for the one that answers it (PLUS-8).
pub fn quote(message: &ChatMessage, me: &UserId) -> Quote {
    Quote {
        id: message.id.clone(),
        sequence: message.sequence,
        from: message.from.clone(),
        nick: words::sender(message).to_owned(),
        summary: words::preview(message, me),
    }
}
