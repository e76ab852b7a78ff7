//! Conversations (spec part 3).

use hallway_protocol::conversation::Draft;
use hallway_protocol::method::{ClearHistory, DeleteConversations, GetConversation, ReadScope};
use hallway_protocol::{ConversationId, ErrorCode};

use super::Client;
use crate::cache::conv;
use crate::engine::Command;
use crate::engine::apply::Step;
use crate::model::{Conversation, ConversationFilter};
use crate::{ChatError, Result};

impl Client {
    /// The list, sorted, from the local copy; the parts of the filter are joined by "and" (CONV-60).
    pub async fn get_conversation_list(&self, filter: ConversationFilter) -> Result<Vec<Conversation>> {
        self.account()?;
        let wanted = |it: &&Conversation| {
            filter.conversation_id_list.as_ref().is_none_or(|ids| ids.contains(&it.conversation_id))
                && filter.kind.is_none_or(|kind| it.kind() == kind)
                && (!filter.has_unread_count || it.unread_count > 0)
                && (!filter.has_group_at_info || !it.group_at_info_list.is_empty())
        };
        Ok(self.inner.shared.list().iter().filter(wanted).cloned().collect())
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
    /// can, also after a restart (R15). A position behind the present one has no effect.
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
        self.ask(|reply| Command::Read(conversation_id.clone(), sequence, reply)).await
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

    /// Sum of unread messages over conversations that are not muted (CONV-75, CONV-101).
    pub fn get_total_unread_message_count(&self) -> u64 {
        self.inner.shared.total()
    }
}

fn no_draft(conversation_id: ConversationId) -> Draft {
    Draft { conversation_id, draft_text: String::new(), reply_to: None, time_ms: crate::shared::now_ms() }
}
