//! Groups and their members (spec part 8).

use hallway_protocol::group::{Group, Member};
use hallway_protocol::method::{
    AddGroupMembers, ChangeGroupOwner, CreateGroup, DeleteGroupMembers, GetGroup, GetGroupMembers,
    GroupCreated, MembersAdded, MembersDeleted, QuitGroup, UpdateGroup,
};
use hallway_protocol::{ConversationId, GroupId, UserId};

use super::Client;
use crate::Result;
use crate::cache::{conv, people};
use crate::engine::apply::Step;
use crate::engine::{group_of, groups};

impl Client {
    /// Makes a group (GRP-72). Its conversation is in the list when this returns.
    pub async fn create_group(&self, mut group: CreateGroup) -> Result<GroupCreated> {
        if group.request_id.is_empty() {
            group.request_id = format!("{:032x}", rand::random::<u128>());
        }
        let created = self.rpc()?.call(&group).await?;
        self.get_conversation_profile(&ConversationId::Group(created.group.group_id.clone())).await?;
        Ok(created)
    }

    /// The groups the user is in, from the local copy (GRP-70).
    pub async fn get_group_list(&self) -> Result<Vec<Group>> {
        self.account()?;
        Ok(groups(&self.inner.shared.list()))
    }

    /// A group's profile (GRP-71): from the server, without a network from the local copy.
    pub async fn get_group_profile(&self, group_id: &GroupId) -> Result<Group> {
        let known = || {
            let list = self.inner.shared.list();
            let id = ConversationId::Group(group_id.clone());
            group_of(list.iter().find(|it| it.conversation_id == id)?)
        };
        match self.rpc() {
            Ok(rpc) => {
                let group = rpc.call(&GetGroup { group_id: group_id.clone() }).await?;
                if known().is_some() {
                    self.apply(vec![Step::Group(Box::new(group.clone()))]).await?;
                }
                Ok(known().unwrap_or(group))
            }
            Err(error) => known().ok_or(error),
        }
    }

    /// Changes a group's profile; only given fields change (GRP-74).
    pub async fn update_group_profile(&self, update: UpdateGroup) -> Result<Group> {
        let group = self.rpc()?.call(&update).await?;
        self.apply(vec![Step::Group(Box::new(group.clone()))]).await?;
        Ok(group)
    }

    /// All members: owner, administrators, then by the time they came (GMB-40). From the local copy where it is complete,
    /// else from the server, page by page.
    pub async fn get_group_member_list(&self, group_id: &GroupId) -> Result<Vec<Member>> {
        let account = self.account()?;
        let id = ConversationId::Group(group_id.clone());
        let wanted = id.clone();
        let (cursor, known) = account
            .cache
            .read(move |db| {
                let Some((key, cursor, is_complete)) = conv::members_state(db, &wanted)? else {
                    return Ok((None, None));
                };
                Ok((Some(cursor), if is_complete { Some(people::members(db, key)?) } else { None }))
            })
            .await?;
        if let Some(members) = known {
            return Ok(members);
        }
        let rpc = self.rpc()?;
        let count = Some(self.inner.shared.limits().member_page);
        let (mut members, mut offset): (Vec<Member>, u64) = (Vec::new(), 0);
        loop {
            let params = GetGroupMembers { group_id: group_id.clone(), count, offset, role: None };
            let page = rpc.call(&params).await?;
            members.extend(page.member_list);
            offset = page.offset;
            if offset == 0 {
                break;
            }
        }
        if let Some(as_of) = cursor {
            self.apply(vec![Step::Members { id, as_of, members: members.clone() }]).await?;
        }
        Ok(members)
    }

    /// Adds people (GMB-42).
    pub async fn add_group_member(&self, group_id: &GroupId, users: Vec<UserId>) -> Result<MembersAdded> {
        let added =
            self.rpc()?.call(&AddGroupMembers { group_id: group_id.clone(), user_id_list: users }).await?;
        self.apply(vec![Step::Group(Box::new(added.group.clone()))]).await?;
        Ok(added)
    }

    /// Removes people (GMB-43).
    pub async fn delete_group_member(
        &self,
        group_id: &GroupId,
        users: Vec<UserId>,
        reason: &str,
    ) -> Result<MembersDeleted> {
        let params =
            DeleteGroupMembers { group_id: group_id.clone(), user_id_list: users, reason: reason.into() };
        let deleted = self.rpc()?.call(&params).await?;
        self.apply(vec![Step::Group(Box::new(deleted.group.clone()))]).await?;
        Ok(deleted)
    }

    /// Leaves a group (GRP-76). The conversation stays, readable (CONV-58).
    pub async fn quit_group(&self, group_id: &GroupId) -> Result<()> {
        self.rpc()?.call(&QuitGroup { group_id: group_id.clone() }).await.map(|_| ())
    }

    /// Hands a group over (GRP-80).
    pub async fn change_group_owner(&self, group_id: &GroupId, user_id: &UserId) -> Result<Group> {
        let params = ChangeGroupOwner { group_id: group_id.clone(), new_owner_id: user_id.clone() };
        let group = self.rpc()?.call(&params).await?;
        self.apply(vec![Step::Group(Box::new(group.clone()))]).await?;
        Ok(group)
    }
}
