//! Writing steps down in one transaction, and telling the app afterwards.

use std::collections::{BTreeSet, HashMap};

use hallway_protocol::{ChatError, ConversationId};

use super::Engine;
use super::apply::{self, Batch, Outcome, Step};
use super::book::Book;
use crate::cache::{CacheError, conv};
use crate::event::{Event, EventName};
use crate::sync::Tracker;
use crate::{ErrorCode, Result};

impl Engine {
    /// Writes steps down and tells the app. On failure the memory is brought back to what is stored, and the
    /// connection is given up, since cursors may have run ahead of the rows.
    pub(super) async fn commit(&mut self, steps: Vec<Step>) -> Result<()> {
        self.commit_with(steps, false).await
    }

    /// The same, with the cursors of the own log and the heads.
    pub(super) async fn commit_with(&mut self, steps: Vec<Step>, cursors: bool) -> Result<()> {
        if steps.is_empty() && !cursors {
            return Ok(());
        }
        self.cursors.useq = self.useq.cursor();
        let mut convs = HashMap::new();
        for id in steps.iter().filter_map(Step::conversation) {
            if !convs.contains_key(&id) {
                convs.insert(id.clone(), self.book.take(&id));
            }
        }
        let touched: Vec<ConversationId> = convs.keys().cloned().collect();
        let batch =
            Batch { me: self.me.clone(), convs, steps, cursors: cursors.then(|| self.cursors.clone()) };
        match self.cache.write(move |db| apply::run(db, batch)).await {
            Ok((convs, outcome)) => {
                convs.into_values().for_each(|conv| self.book.put(conv));
                for id in &touched {
                    self.book.watch(id);
                }
                self.tell(outcome, !touched.is_empty());
                Ok(())
            }
            Err(error) => Err(self.damaged(error).await),
        }
    }

    fn tell(&mut self, outcome: Outcome, list: bool) {
        for id in &outcome.gone {
            self.book.remove(id);
        }
        for (id, seq) in outcome.reads {
            self.reads.want(id, seq);
        }
        if let Some(session) = outcome.session {
            let profile = session.user.clone();
            self.remember(&session);
            self.shared.set_session(Some(session));
            self.shared.emit(Event::ProfileUpdated(profile));
        }
        // Before the list is made: what is stored no longer waits.
        let waiters: Vec<_> = outcome.sent.iter().map(|message| self.stored(&message.id)).collect();
        let regrouped = outcome.conversation_groups.is_some_and(|it| self.shared.set_conversation_groups(it));
        if list || regrouped || outcome.groups || !outcome.drafts.is_empty() {
            // Whoever looks the list up because of what is told below finds it up to date.
            self.publish_list();
            self.list_changed(outcome.groups);
        }
        // Nobody is to hear of a conversation, or of other groups, before the list that has them.
        let ids: BTreeSet<_> = outcome.received.iter().map(|message| &message.conversation_id).collect();
        if regrouped || ids.into_iter().any(|id| !self.list.has_told(id)) {
            self.announce_list();
        }
        for (message, waiters) in outcome.sent.iter().zip(waiters) {
            for reply in waiters {
                let _ = reply.send(Ok(message.clone()));
            }
        }
        self.tell_groups(regrouped, &outcome.regrouped);
        if let Some(opt) = outcome.all_receive_message_opt
            && self.shared.set_all_receive_message_opt(opt.clone())
        {
            self.shared.emit(Event::AllReceiveMessageOptUpdated(opt));
        }
        if !outcome.heard.is_empty() {
            self.shared.emit(Event::MessagesHeard(outcome.heard.into()));
        }
        for (group, members) in outcome.members {
            self.shared.emit(Event::GroupMemberUpdated(group, members.into()));
        }
        for id in outcome.drafts.iter().map(|draft| &draft.conversation_id) {
            self.shared.emit(Event::DraftUpdated(id.clone()));
        }
        let told = [
            (EventName::MessageReceived, outcome.received),
            (EventName::MessageModified, outcome.modified),
            (EventName::MessageRevoked, outcome.revoked),
            (EventName::MessageReadByPeer, outcome.read_by_peer),
        ];
        for (name, messages) in told.into_iter().filter(|(_, messages)| !messages.is_empty()) {
            let messages = messages.into();
            self.shared.emit(match name {
                EventName::MessageReceived => Event::MessageReceived(messages),
                EventName::MessageModified => Event::MessageModified(messages),
                EventName::MessageRevoked => Event::MessageRevoked(messages),
                _ => Event::MessageReadByPeer(messages),
            });
        }
        for (of, list) in outcome.reactions {
            self.shared.emit(Event::MessageReactionsUpdated(of, list.into()));
        }
        for (of, list) in outcome.extensions_updated {
            self.shared.emit(Event::MessageExtensionsUpdated(of, list.into()));
        }
        for (of, list) in outcome.extensions_deleted {
            self.shared.emit(Event::MessageExtensionsDeleted(of, list.into()));
        }
        if !outcome.receipts.is_empty() {
            self.shared.emit(Event::MessageReadReceiptReceived(outcome.receipts.into()));
        }
        for change in outcome.pins {
            self.shared.emit(Event::PinnedGroupMessageUpdated(change));
        }
        for id in outcome.timelines {
            self.note_receipt(&id);
            self.shared.emit(Event::TimelineUpdated(id));
        }
    }

    /// Tells of the conversation groups if they are others, and of those whose conversations are others (CONV-122, CONV-123).
    fn tell_groups(&self, is_other: bool, regrouped: &BTreeSet<u64>) {
        let groups = self.shared.conversation_groups();
        if is_other {
            let names = groups.iter().map(|group| group.name.clone()).collect();
            self.shared.emit(Event::ConversationGroupListUpdated(names));
        }
        let list = self.shared.list();
        for group in groups.iter().filter(|group| regrouped.contains(&group.number)) {
            let inside = list.iter().filter(|it| it.conversation_group_list.contains(&group.name)).cloned();
            self.shared.emit(Event::ConversationInGroupUpdated(group.name.clone(), inside.collect()));
        }
    }

    /// What a call of the handle brought, or a change made here: readers see it when this returns.
    pub(super) async fn apply_own(&mut self, steps: Vec<Step>) -> Result<()> {
        let steps = self.follow(steps);
        self.commit(steps).await
    }

    async fn damaged(&mut self, error: CacheError) -> ChatError {
        crate::log::error!(%error, "the local copy could not be written");
        let error = ChatError::from(error);
        match self.cache.read(|db| Ok((conv::all(db)?, crate::cache::meta::cursors(db)?))).await {
            Ok((convs, cursors)) => {
                self.book = Book::new(convs);
                self.useq = Tracker::new(cursors.useq);
                self.cursors = cursors;
            }
            Err(error) => crate::log::error!(%error, "the local copy could not be read"),
        }
        self.shared.emit(Event::Error(ErrorCode::UnexpectedError, error.message.clone()));
        if self.link.is_some() {
            self.drop_link();
            self.backoff.next_patient_delay();
            self.schedule_connect();
        }
        error
    }
}
