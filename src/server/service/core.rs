//! What all services share: the database, the bus, the caches, the clock, the limits, and who is calling.

use std::sync::Arc;

use hallway_protocol::group::MemberRole;
use hallway_protocol::ids::{ConversationId, UserId};
use hallway_protocol::method::MethodName;
use hallway_protocol::sync::Counters;
use hallway_protocol::{ChatError, ErrorCode, Limits};

use super::cache::{Conversations, Members, Users};
use super::clock::Clock;
use crate::authz::{self, Account, Standing, Target};
use crate::bus::Bus;
use crate::store::conversation::{self, ConvKind, ConvRow, OwnSide};
use crate::store::group::{self, GroupRow, MemberRow};
use crate::store::user::UserRecord;
use crate::store::{Db, StoreError, Tx};

/// A signed-in instance that calls.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Number of the account.
    pub number: i64,
    /// Its id.
    pub user_id: UserId,
    /// Installation.
    pub instance_id: String,
    /// Its connection on the bus, which does not get the events of its own sends.
    pub connection: u64,
}

/// Shared by all services of one server.
pub struct Core {
    /// Storage.
    pub db: Db,
    /// Who is online.
    pub bus: Bus,
    /// People.
    pub users: Users,
    /// Numbers of conversations.
    pub conversations: Conversations,
    /// Members of groups.
    pub members: Members,
    /// Time.
    pub clock: Clock,
    /// What this deployment allows.
    pub limits: Limits,
    /// Changes when cursors become void.
    pub epoch: String,
    /// The deployment has previews of links.
    pub link_previews: bool,
    /// Something is owed to a message.
    pub chores: tokio::sync::Notify,
}

/// A conversation as its caller may use it, loaded inside of a transaction.
#[derive(Clone, Debug)]
pub struct Access {
    /// The conversation.
    pub conv: ConvRow,
    /// The caller's side; the default one where there is none yet.
    pub side: OwnSide,
    /// As the caller names it.
    pub name: ConversationId,
    /// Of a group: the group and what the caller is in it.
    pub group: Option<GroupAccess>,
}

/// The group part of an [`Access`].
#[derive(Clone, Debug)]
pub struct GroupAccess {
    /// The group.
    pub row: GroupRow,
    /// What the caller is in it.
    pub standing: Standing,
    /// The caller's membership, if a member now.
    pub member: Option<MemberRow>,
}

/// What a membership and a side of a conversation make of somebody.
pub fn standing(member: Option<&MemberRow>, has_side: bool) -> Standing {
    match member {
        Some(member) if !member.gone => match member.role {
            MemberRole::Owner => Standing::Owner,
            MemberRole::Admin => Standing::Admin,
            MemberRole::Member | MemberRole::Custom => Standing::Member,
        },
        _ if has_side => Standing::Former,
        _ => Standing::Stranger,
    }
}

/// A list of conversations names each once.
pub fn counters(conv: &ConvRow) -> Counters {
    Counters {
        seq: conv.seq.cast_unsigned(),
        modification: conv.modification.cast_unsigned(),
        ord: conv.ord.cast_unsigned(),
        min_seq: conv.min_seq.cast_unsigned(),
        min_ord: conv.min_ord.cast_unsigned(),
    }
}

/// A number from outside as the database has it; beyond its range nothing exists anyway.
pub fn stored(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

impl Core {
    /// The account with this id, or `unknown`.
    pub async fn user(&self, user_id: &UserId, unknown: ErrorCode) -> Result<Arc<UserRecord>, ChatError> {
        self.users.by_id(&self.db, user_id).await?.ok_or_else(|| unknown.into())
    }

    /// The caller's own account.
    pub async fn caller(&self, caller: &Caller) -> Result<Arc<UserRecord>, ChatError> {
        self.user(&caller.user_id, ErrorCode::AccountUnknown).await
    }

    /// The number of an existing conversation, as `caller` names it. One-to-one conversations that do not exist
    /// yet are `None`; unknown people 2501, unknown groups 10010, the system conversation 2503: few methods are about it, and
    /// they ask [`Core::find_any`].
    pub async fn find(&self, caller: &Caller, id: &ConversationId) -> Result<Option<i64>, ChatError> {
        match id {
            ConversationId::C2c(peer) => {
                let peer = self.peer(caller, peer, ErrorCode::ConversationTargetNotFound).await?;
                Ok(self.conversations.pair(&self.db, caller.number, peer.number).await?)
            }
            ConversationId::Group(group) => {
                let found = self.conversations.group(&self.db, group).await?;
                found.map(Some).ok_or_else(|| ErrorCode::GroupGone.into())
            }
            ConversationId::System => Err(ErrorCode::ConversationIdMalformed.into()),
        }
    }

    /// Like [`Core::find`], the system conversation too: `None` until there was a notice.
    pub async fn find_any(&self, caller: &Caller, id: &ConversationId) -> Result<Option<i64>, ChatError> {
        match id {
            ConversationId::System => {
                Ok(self.conversations.pair(&self.db, caller.number, caller.number).await?)
            }
            ConversationId::C2c(_) | ConversationId::Group(_) => self.find(caller, id).await,
        }
    }

    /// The other side of a one-to-one conversation; unknown people and the caller are refused with `unknown`.
    pub async fn peer(
        &self,
        caller: &Caller,
        peer: &UserId,
        unknown: ErrorCode,
    ) -> Result<Arc<UserRecord>, ChatError> {
        let peer = self.user(peer, unknown).await?;
        if peer.number == caller.number { Err(unknown.into()) } else { Ok(peer) }
    }

    /// Loads a conversation and asks the table whether `caller` may call `method` about it.
    pub fn access(
        &self,
        tx: &mut Tx<'_>,
        method: MethodName,
        caller: &Caller,
        conv: i64,
    ) -> Result<Access, ChatError> {
        let conv = conversation::load(tx, conv)?.ok_or(ErrorCode::ConversationNotFound)?;
        let side = conversation::own_side(tx, caller.number, &conv)?;
        let (target, group, name) = match conv.kind {
            ConvKind::Pair { low, high } => {
                if caller.number != low && caller.number != high {
                    return Err(ErrorCode::NoPermission.into());
                }
                (Target::Pair, None, self.name(tx, caller.number, &conv)?)
            }
            ConvKind::System { user } => {
                if caller.number != user {
                    return Err(ErrorCode::NoPermission.into());
                }
                (Target::System, None, ConversationId::System)
            }
            ConvKind::Group => {
                let row = load_group(tx, conv.id)?;
                let member = group::member(tx, conv.id, caller.number)?;
                let standing = standing(member.as_ref(), side.is_some());
                let name = ConversationId::Group(row.group_id.clone());
                let member = member.filter(|member| !member.gone);
                (Target::Group(row.group_type, standing), Some(GroupAccess { row, standing, member }), name)
            }
        };
        authz::may(method, Account::User, target)?;
        Ok(Access { conv, side: side.unwrap_or_default(), name, group })
    }

    /// A conversation as `viewer` names it.
    pub fn name(&self, tx: &mut Tx<'_>, viewer: i64, conv: &ConvRow) -> Result<ConversationId, StoreError> {
        match conv.kind.peer_of(viewer) {
            Some(peer) => Ok(ConversationId::C2c(self.users.in_tx(tx, peer)?.profile.user_id.clone())),
            None if conv.kind == ConvKind::Group => {
                load_group(tx, conv.id).map(|group| ConversationId::Group(group.group_id))
            }
            None => Ok(ConversationId::System),
        }
    }
}

/// The group of a conversation that is known to be one.
pub fn load_group(tx: &mut Tx<'_>, conv: i64) -> Result<GroupRow, StoreError> {
    group::load(tx, conv)?.ok_or_else(|| StoreError::Corrupt(format!("conversation {conv} lost its group")))
}

impl Access {
    /// The newest place this caller may see.
    pub fn last_seq(&self) -> i64 {
        self.side.max_seq.map_or(self.conv.seq, |max| max.min(self.conv.seq))
    }

    /// The oldest place this caller may see.
    pub fn first_seq(&self) -> i64 {
        self.side.min_seq.saturating_add(1).max(self.conv.min_seq).max(1)
    }

    /// The group; 10010 where it is no more, and for conversations that are none.
    pub fn living_group(&self) -> Result<&GroupAccess, ChatError> {
        match &self.group {
            Some(group) if !group.row.dismissed => Ok(group),
            _ => Err(ErrorCode::GroupGone.into()),
        }
    }
}
