//! Conversation groups (CONV-110 to CONV-115) and global do-not-disturb (CONV-73, CONV-74): what a person sets about
//! all of their conversations.
//!
//! Everything that changes is asked of the server. Readers and events follow when the own log brings it, a moment later,
//! here as on the other instances.

use hallway_protocol::conversation::{
    AllReceiveMessageOpt, CONVERSATION_GROUP_NAME_BYTES, CONVERSATION_GROUPS_MAX,
};
use hallway_protocol::method::{
    ConversationGroupChange, ConversationsUpdated, CreateConversationGroup, DeleteConversationGroup,
    RenameConversationGroup, SetAllReceiveMessageOpt, UpdateConversations,
};
use hallway_protocol::{ConversationId, ErrorCode};

use super::Client;
use crate::Result;
use crate::do_not_disturb::{Wish, from_wish};
use crate::shared::now_ms;

impl Client {
    /// The names of the user's conversation groups, in order of creation, from the local copy (CONV-110).
    pub fn get_conversation_group_list(&self) -> Result<Vec<String>> {
        self.account()?;
        Ok(self.inner.shared.conversation_groups().iter().map(|group| group.name.clone()).collect())
    }

    /// Makes a conversation group and puts up to 100 conversations into it (CONV-111).
    ///
    /// # Errors
    ///
    /// 51011 for an empty name or one over 32 bytes, 51010 for the 21st group, 6017 for a name that there is, 51006 for too many
    /// conversations; in the list of failures 51007 and 51008.
    pub async fn create_conversation_group(
        &self,
        group_name: &str,
        ids: &[ConversationId],
    ) -> Result<ConversationsUpdated> {
        check_name(group_name)?;
        if self.get_conversation_group_list()?.len() >= CONVERSATION_GROUPS_MAX {
            return Err(ErrorCode::TooManyConversationGroups.into());
        }
        let params =
            CreateConversationGroup { group_name: group_name.into(), conversation_id_list: ids.to_vec() };
        self.rpc()?.call(&params).await
    }

    /// Deletes a conversation group; its conversations stay (CONV-112).
    ///
    /// # Errors
    ///
    /// 51009 for an unknown one.
    pub async fn delete_conversation_group(&self, group_name: &str) -> Result<()> {
        let params = DeleteConversationGroup { group_name: group_name.into() };
        self.rpc()?.call(&params).await.map(|_| ())
    }

    /// Gives a conversation group another name (CONV-113).
    ///
    /// # Errors
    ///
    /// 51009 for an unknown one; for the new name as [`Self::create_conversation_group`].
    pub async fn rename_conversation_group(&self, old_name: &str, new_name: &str) -> Result<()> {
        check_name(new_name)?;
        let params = RenameConversationGroup { old_name: old_name.into(), new_name: new_name.into() };
        self.rpc()?.call(&params).await.map(|_| ())
    }

    /// Puts 1 to 100 conversations into a group (CONV-114).
    ///
    /// # Errors
    ///
    /// 51009 for an unknown group, 51006 for none or too many conversations; in the list of failures 51007 and 51008.
    pub async fn add_conversations_to_group(
        &self,
        group_name: &str,
        ids: &[ConversationId],
    ) -> Result<ConversationsUpdated> {
        self.change_group(group_name, ids, true).await
    }

    /// Takes 1 to 100 conversations out of a group (CONV-115). Errors: 51009 and 51006 as above.
    pub async fn delete_conversations_from_group(
        &self,
        group_name: &str,
        ids: &[ConversationId],
    ) -> Result<ConversationsUpdated> {
        self.change_group(group_name, ids, false).await
    }

    async fn change_group(
        &self,
        group_name: &str,
        ids: &[ConversationId],
        is_in: bool,
    ) -> Result<ConversationsUpdated> {
        let conversation_group = Some(ConversationGroupChange { group_name: group_name.into(), is_in });
        self.update_conversations(ids, UpdateConversations { conversation_group, ..Default::default() }).await
    }

    /// Sets global do-not-disturb for this user on all instances, or ends it (CONV-73).
    ///
    /// # Errors
    ///
    /// 72011 where the deployment has switched it off, 6017 for a clock time that there is not or for no duration.
    pub async fn set_all_receive_message_opt(&self, wish: Option<Wish>) -> Result<()> {
        self.do_not_disturb_allowed()?;
        let opt = match wish {
            Some(wish) => from_wish(wish, now_ms().div_euclid(1000))?,
            None => AllReceiveMessageOpt::default(),
        };
        self.rpc()?.call(&SetAllReceiveMessageOpt { opt }).await.map(|_| ())
    }

    /// Global do-not-disturb as it is set, from the local copy (CONV-74). Whether it holds at a moment says
    /// [`crate::do_not_disturb::is_silent`].
    ///
    /// # Errors
    ///
    /// 72011 where the deployment has switched it off.
    pub fn get_all_receive_message_opt(&self) -> Result<AllReceiveMessageOpt> {
        self.account()?;
        self.do_not_disturb_allowed()?;
        Ok(self.inner.shared.all_receive_message_opt())
    }

    fn do_not_disturb_allowed(&self) -> Result<()> {
        match self.inner.shared.limits().do_not_disturb {
            true => Ok(()),
            false => Err(ErrorCode::DoNotDisturbOff.into()),
        }
    }
}

fn check_name(name: &str) -> Result<()> {
    if name.trim().is_empty() || name.len() > CONVERSATION_GROUP_NAME_BYTES {
        return Err(ErrorCode::ConversationGroupNameTooLong.into());
    }
    Ok(())
}
