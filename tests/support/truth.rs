//! What the server says of a user, asked call by call without the SDK: the measure for every device.

use std::collections::BTreeMap;

use hallway_client::transport::{Link, Rpc};
use hallway_protocol::message::{Message, Payload};
use hallway_protocol::method::{GetGroupMembers, GetRange, SyncHeads};
use hallway_protocol::sync::{Head, PeerProgress};
use hallway_protocol::{ConversationId, GroupId, UserId};

use super::TestServer;
use crate::failure::{Outcome, While};

/// One message as far as two views of it must agree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Place.
    pub sequence: u64,
    /// Name.
    pub id: String,
    /// Sender.
    pub from: UserId,
    /// What it says; empty when recalled, the kind where it has no words.
    pub text: String,
    /// Whom it mentions.
    pub mentions: Vec<String>,
    /// Recalled.
    pub revoked: bool,
    /// How often it was changed.
    pub version: u32,
    /// Raises unread counts.
    pub counted: bool,
}

impl From<&Message> for Line {
    fn from(message: &Message) -> Self {
        let text = match &message.payload {
            Payload::Text(text) if !message.is_revoked() => text.text.clone(),
            _ if message.is_revoked() => String::new(),
            other => format!("{other:?}").split(['(', ' ']).next().unwrap_or_default().to_owned(),
        };
        Self {
            sequence: message.sequence,
            id: message.id.to_string(),
            from: message.from.clone(),
            text,
            mentions: if message.is_revoked() { Vec::new() } else { message.at_user_list.clone() },
            revoked: message.is_revoked(),
            version: message.version,
            counted: message.is_counted(),
        }
    }
}

/// A conversation as a view has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Truth {
    /// All messages, oldest first.
    pub lines: Vec<Line>,
    /// Unread messages.
    pub unread: u64,
    /// Places of unread mentions.
    pub mentions: Vec<u64>,
    /// One to one: how far the peer has got.
    pub peer: PeerProgress,
    /// Own read position.
    pub read_seq: u64,
}

impl Truth {
    /// Everything `user` can see, by conversation. Conversations without a message are left out.
    pub async fn of(server: &TestServer, user: &UserId) -> Outcome<BTreeMap<ConversationId, Self>> {
        let link: Link = server.sign_in(user).await?;
        let rpc = link.rpc();
        let mut all = BTreeMap::new();
        for head in heads(rpc).await? {
            let lines = history(rpc, &head.conversation_id).await?;
            if lines.is_empty() {
                continue;
            }
            let mentions = head.group_at_info_list.iter().map(|mention| mention.message_sequence).collect();
            let truth = Self {
                lines,
                unread: head.unread_count,
                mentions,
                peer: head.peer.unwrap_or_default(),
                read_seq: head.state.read.read_seq,
            };
            all.insert(head.conversation_id, truth);
        }
        link.close().await;
        Ok(all)
    }
}

/// The members of a group by id, as `user` is told.
pub async fn members_of(server: &TestServer, user: &UserId, group_id: &GroupId) -> Outcome<Vec<UserId>> {
    let link = server.sign_in(user).await?;
    let ask = GetGroupMembers { group_id: group_id.clone(), count: Some(100), offset: 0, role: None };
    let page = link.rpc().call(&ask).await.doing("asking for the members")?;
    link.close().await;
    let mut members: Vec<UserId> = page.member_list.into_iter().map(|member| member.user_id).collect();
    members.sort();
    Ok(members)
}

async fn heads(rpc: &Rpc) -> Outcome<Vec<Head>> {
    let (mut all, mut cursor) = (Vec::new(), None);
    loop {
        let page =
            rpc.call(&SyncHeads { since: 0, cursor, limit: None }).await.doing("asking for the heads")?;
        all.extend(page.heads);
        cursor = page.cursor;
        if cursor.is_none() {
            return Ok(all);
        }
    }
}

/// All messages of a conversation that the signed-in user can see, oldest first.
async fn history(rpc: &Rpc, conversation_id: &ConversationId) -> Outcome<Vec<Line>> {
    let (mut all, mut to_seq) = (Vec::new(), u64::MAX);
    loop {
        let ask =
            GetRange { conversation_id: conversation_id.clone(), from_seq: 1, to_seq, changed_after: 0 };
        let page = rpc.call(&ask).await.doing("asking for the history")?;
        all.extend(page.messages.iter().rev().map(Line::from));
        if page.is_completed || page.from_seq <= 1 || page.to_seq < page.from_seq {
            all.reverse();
            return Ok(all);
        }
        to_seq = page.from_seq - 1;
    }
}
