//! Conversations (spec part 3).

use hallway_protocol::conversation::{Draft, MARK_UNREAD, RemindType, is_mark};
use hallway_protocol::method::{
    ClearHistory, ConversationsUpdated, DeleteConversations, GetConversation, MarkChange, ReadScope,
    UpdateConversations,
};
use hallway_protocol::{ConversationId, ErrorCode};

use super::Client;
use crate::cache::conv;
use crate::engine::Command;
use crate::engine::apply::Step;
use crate::model::{Conversation, ConversationFilter, ConversationList};
use crate::{ChatError, Result};

impl Client {
    /// The list, sorted, from the local copy; the parts of the filter are joined by "and" (CONV-60).
    ///
    /// # Errors
    ///
    /// 6017 for a number that is no mark.
    pub async fn get_conversation_list(&self, filter: ConversationFilter) -> Result<ConversationList> {
        self.account()?;
        if filter.mark_type.is_some_and(|mark| mark != 0 && !is_mark(mark)) {
            return Err(ErrorCode::InvalidParameter.into());
        }
        let wanted = |it: &&Conversation| {
            filter.conversation_id_list.as_ref().is_none_or(|ids| ids.contains(&it.conversation_id))
                && filter.kind.is_none_or(|kind| it.kind() == kind)
                && filter.mark_type.is_none_or(|mark| match mark {
                    0 => it.mark_list.is_empty(),
                    mark => it.mark_list.contains(&mark),
                })
                && filter.group_name.as_ref().is_none_or(|name| match name.as_str() {
                    "" => it.conversation_group_list.is_empty(),
                    _ => it.conversation_group_list.contains(name),
                })
                && (!filter.has_unread_count || it.unread_count > 0)
                && (!filter.has_group_at_info || !it.group_at_info_list.is_empty())
        };
        let conversation_list = self.inner.shared.list().iter().filter(wanted).cloned().collect();
        Ok(ConversationList { conversation_list, is_sync_completed: self.is_ready() })
    }

    /// One conversation, made if it does not exist yet (CONV-61). Without a network one that is in the list.
    ///
    /// # Errors
    ///
    /// 2500 and the server's own for unknown users and groups.
    pub async fn get_conversation_profile(&self, conversation_id: &ConversationId) -> Result<Conversation> {
        match self.rpc() {
            Ok(rpc) => {
                let head = rpc.call(&GetConversation { conversation_id: conversation_id.clone() }).await?;
                self.apply(vec![Step::Head { head: Box::new(head), first: false }]).await?;
                self.listed(conversation_id).ok_or_else(|| ErrorCode::ConversationNotFound.into())
            }
            Err(error) => self.listed(conversation_id).ok_or(error),
        }
    }

    fn listed(&self, id: &ConversationId) -> Option<Conversation> {
        self.inner.shared.list().iter().find(|it| it.conversation_id == *id).cloned()
    }

    /// Tells which conversation is in front, so that it is synced first and its newest messages are here. While one is, a
    /// dead connection is noticed sooner.
    pub fn set_active_conversation(&self, conversation_id: Option<ConversationId>) {
        if let Ok(account) = self.account() {
            let _ = account.commands.send(Command::Active(conversation_id));
        }
    }

    /// Read up to a place, or all there is (CONV-70). Here at once; the server and the other instances follow when they
    /// can, also after a restart (R15). A position behind the present one has no effect. With a network, the mark "unread"
    /// goes too (CONV-81).
    pub async fn set_message_read(
        &self,
        conversation_id: &ConversationId,
        sequence: Option<u64>,
    ) -> Result<()> {
        // Its messages are here a moment before the list that is made from them.
        let wanted = conversation_id.clone();
        if self.listed(conversation_id).is_none()
            && self.account()?.cache.read(move |db| conv::key_of(db, &wanted)).await?.is_none()
        {
            return Err(ErrorCode::ConversationNotFound.into());
        }
        self.ask(|reply| Command::Read(conversation_id.clone(), sequence, reply)).await?;
        let is_marked = self.listed(conversation_id).is_some_and(|it| it.mark_list.contains(&MARK_UNREAD));
        if is_marked && self.rpc().is_ok() {
            self.mark_conversation(std::slice::from_ref(conversation_id), MARK_UNREAD, false).await?;
        }
        Ok(())
    }

    /// Marks everything read (CONV-71), as [`Self::set_message_read`].
    pub async fn set_all_message_read(&self, scope: ReadScope) -> Result<()> {
        self.ask(|reply| Command::ReadAll(scope, reply)).await
    }

    /// Takes conversations off the list, by default emptying them for this user (CONV-62, PLUS-5).
    ///
    /// # Errors
    ///
    /// 51006 for none or too many.
    pub async fn delete_conversation(
        &self,
        ids: &[ConversationId],
        clear_history_message: bool,
    ) -> Result<()> {
        if ids.is_empty() || ids.len() > self.inner.shared.limits().conversations_per_call as usize {
            return Err(ErrorCode::ConversationCountInvalid.into());
        }
        let mut steps = Vec::new();
        for id in ids {
            if clear_history_message {
                steps.push(Step::Cleared { id: id.clone(), up_to: self.newest_place(id).await? });
            }
            steps.push(Step::Delisted(id.clone()));
        }
        let params = DeleteConversations { conversation_id_list: ids.to_vec(), clear_history_message };
        let done = self.rpc()?.call(&params).await?.conversation_id_list;
        steps.retain(|step| step.conversation().is_some_and(|id| done.contains(&id)));
        self.apply(steps).await?;
        for id in done {
            self.set_conversation_draft(no_draft(id)).await?;
        }
        Ok(())
    }

    /// Empties a conversation for this user (CONV-64, PLUS-5).
    ///
    /// # Errors
    ///
    /// 2503 for the system conversation.
    pub async fn clear_history_message(&self, conversation_id: &ConversationId) -> Result<()> {
        if *conversation_id == ConversationId::System {
            return Err(ErrorCode::ConversationIdMalformed.into());
        }
        let up_to = self.newest_place(conversation_id).await?;
        self.rpc()?.call(&ClearHistory { conversation_id: conversation_id.clone() }).await?;
        self.apply(vec![Step::Cleared { id: conversation_id.clone(), up_to }]).await
    }

    /// What the server empties is at least what is here now; what comes meanwhile is not for this client to drop.
    async fn newest_place(&self, id: &ConversationId) -> Result<u64> {
        let id = id.clone();
        Ok(self.account()?.cache.read(move |db| conv::newest_place(db, &id)).await?)
    }

    /// Keeps what the user has begun to write; an empty text removes it (CONV-63, PLUS-4). In the list at once, on disk
    /// within 300 ms, then on the own other instances. May be called with each key.
    ///
    /// # Errors
    ///
    /// 6017 for one that is too long.
    pub async fn set_conversation_draft(&self, draft: Draft) -> Result<()> {
        let account = self.account()?;
        if draft.draft_text.len() > self.inner.shared.limits().draft_bytes as usize {
            return Err(ChatError::from(ErrorCode::InvalidParameter));
        }
        account.commands.send(Command::Draft(draft)).map_err(|_| ErrorCode::NotLoggedIn)?;
        Ok(())
    }

    /// Pins a conversation to the top, or no more; one with somebody new is made (CONV-65).
    ///
    /// # Errors
    ///
    /// 51012 for one too many; 2501 for unknown users and groups.
    pub async fn pin_conversation(&self, id: &ConversationId, is_pinned: bool) -> Result<()> {
        let wanted = UpdateConversations { is_pinned: Some(is_pinned), ..UpdateConversations::default() };
        let done = self.update_conversations(std::slice::from_ref(id), wanted).await?;
        let failure = done.failure_conversation_id_list.into_iter().next();
        failure.map_or(Ok(()), |failure| Err(ChatError::new(failure.code).with_message(failure.message)))
    }

    /// Sets or takes off a mark: one of [`hallway_protocol::conversation::is_mark`] (CONV-66).
    ///
    /// # Errors
    ///
    /// 51006 for none or too many conversations, 6017 for another number; in the list of failures 51007 and 51008.
    pub async fn mark_conversation(
        &self,
        ids: &[ConversationId],
        mark_type: u64,
        enable_mark: bool,
    ) -> Result<ConversationsUpdated> {
        let mark = Some(MarkChange { mark_type, enable_mark });
        self.update_conversations(ids, UpdateConversations { mark, ..UpdateConversations::default() }).await
    }

    /// Keeps up to 256 bytes of the app's own with conversations; an empty text removes them (CONV-67). Errors as
    /// [`Self::mark_conversation`].
    pub async fn set_conversation_custom_data(
        &self,
        ids: &[ConversationId],
        custom_data: &str,
    ) -> Result<ConversationsUpdated> {
        let custom_data = Some(custom_data.to_owned());
        self.update_conversations(ids, UpdateConversations { custom_data, ..UpdateConversations::default() })
            .await
    }

    /// Says how conversations make themselves noticed (CONV-72, CONV-90 to CONV-94).
    ///
    /// # Errors
    ///
    /// 51006 for none, 6017 for more than 30 conversations; in the list of failures 10007 for a group that one is not in, and 6017 for a
    /// type that this kind of conversation does not know.
    pub async fn set_message_remind_type(
        &self,
        ids: &[ConversationId],
        message_remind_type: RemindType,
    ) -> Result<ConversationsUpdated> {
        let message_remind_type = Some(message_remind_type);
        let wanted = UpdateConversations { message_remind_type, ..UpdateConversations::default() };
        self.update_conversations(ids, wanted).await
    }

    /// The list shows it when the own log brings it, a moment later, here as on the other instances: what the answer of a call
    /// says may be older than what was told meanwhile.
    pub(super) async fn update_conversations(
        &self,
        ids: &[ConversationId],
        wanted: UpdateConversations,
    ) -> Result<ConversationsUpdated> {
        self.rpc()?.call(&UpdateConversations { conversation_id_list: ids.to_vec(), ..wanted }).await
    }

    /// Sum of unread messages over conversations that are not muted (CONV-75, CONV-101).
    pub fn get_total_unread_message_count(&self) -> u64 {
        self.inner.shared.total()
    }
}

fn no_draft(conversation_id: ConversationId) -> Draft {
    Draft { conversation_id, draft_text: String::new(), reply_to: None, time_ms: crate::shared::now_ms() }
}
