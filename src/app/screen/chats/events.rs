//! What the account tells: events, and the answers to calls.

use std::sync::Arc;

use hallway_client::{Event, RefusedChange};
use hallway_protocol::message::Payload;
use hallway_protocol::method::MembersAdded;
use hallway_protocol::{ChatError, ConversationId};

use super::call::{Answer, Call, Doing};
use super::dialog::Dialog;
use super::effect::Effect;
use super::update::failure;
use super::{Chats, Message, sticker};
use crate::fl;

impl Chats {
    /// Handles one event of the account.
    pub fn event(&mut self, event: &Event) -> Vec<Effect> {
        let mut effects = self.media_event(event);
        effects.extend(self.told(event));
        effects
    }

    fn told(&mut self, event: &Event) -> Vec<Effect> {
        match event {
            Event::ConversationListUpdated(list) => {
                let mut effects: Vec<_> = self.list.set(list.clone()).into_iter().collect();
                effects.extend(self.list_changed());
                effects
            }
            Event::ConversationGroupListUpdated(names) => {
                self.set_conversation_groups(names.clone());
                Vec::new()
            }
            Event::AllReceiveMessageOptUpdated(opt) => self.set_quiet(opt.clone()),
            Event::TimelineUpdated(id) => self.changed(id),
            Event::DraftUpdated(id) => {
                if self.current() == Some(id) {
                    self.take_draft();
                }
                Vec::new()
            }
            Event::NetStateChanged(state) => {
                let was = self.banner.is_connected();
                let waits = self.banner.net(*state);
                let waits = waits
                    .into_iter()
                    .map(|(wait, loss, shown)| Effect::after(wait, Message::Banner(loss, shown)));
                let mut effects: Vec<_> = waits.collect();
                if !was && self.banner.is_connected() {
                    effects.extend(self.in_open(|open, scene| open.timeline.reconnected(scene)));
                }
                effects
            }
            // What the deployment offers may have changed.
            Event::SdkReady => {
                vec![Effect::Call(Call::VoiceFacts), Effect::Call(Call::Sticker(sticker::Call::Packs))]
            }
            Event::SyncProgress(left) => {
                self.banner.sync(*left);
                Vec::new()
            }
            Event::MessageReceived(messages) => self.hear(messages),
            Event::MessagesHeard(messages) => {
                self.voice.heard_elsewhere(messages);
                Vec::new()
            }
            Event::MessageChangeRefused(refused) => self.change_refused(refused),
            Event::PinnedGroupMessageUpdated(change) => self.pins_changed(&change.group_id),
            Event::GroupMemberUpdated(group, _) => self.members_changed(group.as_str()),
            Event::ProfileUpdated(profile) => {
                self.context.me = profile.clone();
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    /// What was changed without a connection stays as it was: the words come back, where nothing else is being written.
    fn change_refused(&mut self, refused: &RefusedChange) -> Vec<Effect> {
        let words = match &refused.payload {
            Some(Payload::Text(text)) => Some(text.text.as_str()),
            _ => None,
        };
        let what = if words.is_some() { fl!("failed-edit") } else { fl!("failed-recall") };
        let mut effects = self.toast(failure(what, &refused.error));
        let message = &refused.message;
        if let Some(open) = self.open.as_mut().filter(|open| open.id == message.conversation_id)
            && let Some(words) = words.filter(|_| open.composer.editor().is_blank())
        {
            effects.extend(open.composer.edit_failed(Arc::new(message.clone()), words));
        }
        effects
    }

    /// What was begun in the open conversation, here before or on another instance.
    fn take_draft(&mut self) {
        if let Some(open) = &mut self.open {
            let scene = Self::scene(&self.context, &self.list, &open.id);
            open.composer.draft_elsewhere(scene.conversation.and_then(|line| line.draft.as_ref()));
        }
    }

    /// Events were lost: everything that is shown is read again.
    pub fn reload(&mut self) -> Vec<Effect> {
        let stickers = Call::Sticker(sticker::Call::Packs);
        let calls =
            [Call::Conversations, Call::ConversationGroups, Call::DoNotDisturb, Call::VoiceFacts, stickers];
        let mut effects: Vec<_> = calls.into_iter().map(Effect::Call).collect();
        if let Some(id) = self.current().cloned() {
            effects.extend(self.changed(&id));
        }
        effects
    }

    pub(super) fn answer(&mut self, answer: Answer) -> Vec<Effect> {
        match answer {
            Answer::Conversations(Ok(list)) => {
                let mut effects: Vec<_> = self.list.set(list).into_iter().collect();
                effects.extend(self.list_changed());
                // At the start the conversation is open before its line is known.
                self.take_draft();
                effects
            }
            Answer::Conversations(Err(error)) => self.toast(failure(fl!("failed-list"), &error)),
            Answer::ConversationGroups(names) => {
                self.set_conversation_groups(names);
                Vec::new()
            }
            Answer::DoNotDisturb(opt) => self.set_quiet(opt),
            Answer::Named(result) => {
                match (&mut self.dialog, result) {
                    (Some(Dialog::ConversationGroup(naming)), Err(error)) => naming.failed(error),
                    (Some(Dialog::ConversationGroup(_)), Ok(())) => self.dialog = None,
                    _ => {}
                }
                Vec::new()
            }
            Answer::Conversation(id, Ok(())) => self.open(id),
            Answer::Conversation(_, Err(error)) => self.toast(failure(fl!("failed-open"), &error)),
            Answer::Read(id, number, result) => {
                self.in_conversation(&id, |open, scene| open.timeline.read(number, result, scene))
            }
            Answer::Quoted(message) => self.quote_found(message),
            Answer::Found(number, asked, result) => self.found(number, &asked, result.map(|found| *found)),
            Answer::Filled(id, from_seq, result) => {
                self.in_conversation(&id, |open, scene| open.timeline.filled(from_seq, result, scene))
            }
            Answer::Sent(outgoing, result) => self.sent(*outgoing, result),
            Answer::Edited(message, words, result) => match result {
                Ok(()) => Vec::new(),
                Err(error) => {
                    let mut effects = self.toast(failure(fl!("failed-edit"), &error));
                    if let Some(open) = self.open.as_mut().filter(|open| open.id == message.conversation_id) {
                        effects.extend(open.composer.edit_failed(message, &words));
                    }
                    effects
                }
            },
            Answer::VoiceFacts(facts) => self.set_facts(facts),
            Answer::VoiceSent(sent, result) => self.voice_sent(&sent, result),
            Answer::Sound(id, result) => self.sound_here(&id, result),
            Answer::Text(id, result) => self.text_here(id, result),
            Answer::Pins(group, list) => {
                let id = ConversationId::Group(group);
                if let Some(open) = self.open.as_mut().filter(|open| open.id == id) {
                    open.pins.set(list);
                }
                Vec::new()
            }
            Answer::Translated(id, result) => self.translated(&id, result),
            Answer::Recalled(message, Ok(())) => {
                let now = self.context.clock.now();
                if let Some(open) = self.open.as_mut().filter(|open| open.id == message.conversation_id) {
                    open.timeline.keep_recalled(&message, now);
                }
                Vec::new()
            }
            Answer::Recalled(_, Err(error)) => self.toast(failure(fl!("failed-recall"), &error)),
            Answer::Group(group, result) => {
                if let (Some(open), Ok((_, members))) = (&mut self.open, &result)
                    && open.id.to() == group.as_str()
                {
                    open.members = members.iter().filter(|member| !member.gone).cloned().collect();
                }
                if let Some(panel) = &mut self.panel {
                    panel.loaded(&group, result);
                }
                Vec::new()
            }
            Answer::People(number, page) => {
                if let Some(people) = self.dialog.as_mut().and_then(Dialog::people) {
                    people.page(number, page);
                }
                Vec::new()
            }
            Answer::Created(Ok(group)) => {
                self.dialog = None;
                self.open(ConversationId::Group(group))
            }
            Answer::Created(Err(error)) => {
                if let Some(Dialog::NewGroup(group)) = &mut self.dialog {
                    group.making = false;
                    group.error = Some(error);
                }
                Vec::new()
            }
            Answer::Updated(group, result) => match &mut self.panel {
                Some(panel) if panel.id().to() == group.as_str() => panel.updated(result),
                _ => Vec::new(),
            },
            Answer::Added(group, result) => self.added(group.as_str(), result),
            Answer::Done(_, Ok(())) => Vec::new(),
            Answer::Done(doing, Err(error)) => self.not_done(doing, &error),
        }
    }

    fn not_done(&mut self, doing: Doing, error: &ChatError) -> Vec<Effect> {
        let what = match doing {
            // Repeated by the account when it can; nothing a person could do.
            Doing::Read | Doing::Draft => return Vec::new(),
            Doing::Pin => fl!("failed-pin"),
            Doing::RemovePreview => fl!("failed-remove-preview"),
            Doing::React => fl!("failed-react"),
            Doing::Setting => fl!("failed-setting"),
            Doing::Resend => fl!("failed-resend"),
            Doing::Cancel | Doing::DeleteMessage => fl!("failed-delete-message"),
            Doing::DeleteConversation => fl!("failed-delete-conversation"),
            Doing::ClearHistory => fl!("failed-clear-history"),
            Doing::RemoveMember => fl!("failed-remove-member"),
            Doing::Quit => fl!("failed-leave"),
        };
        self.toast(failure(what, error))
    }

    fn added(&mut self, group: &str, result: Result<Box<MembersAdded>, ChatError>) -> Vec<Effect> {
        match result {
            Ok(added) => {
                self.dialog = None;
                let mut effects = self.members_changed(group);
                let left_out = added.failure_user_id_list.len() + added.over_limit_user_id_list.len();
                if left_out > 0 {
                    effects.extend(self.toast(fl!("members-left-out", count = left_out)));
                } else if !added.pending_user_id_list.is_empty() {
                    effects
                        .extend(self.toast(fl!("members-pending", count = added.pending_user_id_list.len())));
                }
                effects
            }
            Err(error) => {
                if let Some(Dialog::AddMembers(_, _, slot)) = &mut self.dialog {
                    *slot = Some(error);
                }
                Vec::new()
            }
        }
    }
}
