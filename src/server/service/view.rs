//! How rows look to one viewer: places, counts, names.

use std::sync::Arc;

use hallway_protocol::conversation::{AtType, ConversationState, Mention, ReadState, mark_list};
use hallway_protocol::event::ServerEvent;
use hallway_protocol::group::{Group, Member, SelfInfo};
use hallway_protocol::ids::ConversationId;
use hallway_protocol::message::Message;
use hallway_protocol::sync::{
    ConversationFrame, Counters, Head, PeerProgress, UserEntry, UserFrame, UserItem,
};

use super::core::{Access, Core, counters, standing};
use crate::authz::Standing;
use crate::bus::{Publication, Recipients};
use crate::store::conversation::{self, ConvKind, ConvRow, OwnSide};
use crate::store::group::{self, GroupRow, MemberRow};
use crate::store::message::{self, MessageRow};
use crate::store::setting;
use crate::store::user_log::{self, LogKey};
use crate::store::{StoreError, Tx};

/// Most mentions in a head (CONV-27).
const MENTIONS: usize = 100;
/// Rows looked at together for the last message; nearly always the first of them is it.
const LOOK_BACK: u32 = 8;

/// A stored number as it travels; none of them is ever negative.
pub fn wire(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}

/// A count as it travels.
pub fn wire_count(number: i64) -> u32 {
    u32::try_from(number).unwrap_or(if number < 0 { 0 } else { u32::MAX })
}

impl Core {
    /// Rows as messages of the conversation named `name`.
    pub fn messages(
        &self,
        tx: &mut Tx<'_>,
        name: &ConversationId,
        rows: Vec<MessageRow>,
    ) -> Result<Vec<Message>, StoreError> {
        rows.into_iter().map(|row| self.message(tx, name, row)).collect()
    }

    /// A row as a message of the conversation named `name`.
    pub fn message(
        &self,
        tx: &mut Tx<'_>,
        name: &ConversationId,
        row: MessageRow,
    ) -> Result<Message, StoreError> {
        let from = self.users.in_tx(tx, row.sender)?.profile.user_id.clone();
        Ok(row.to_wire(name.clone(), from))
    }

    /// A member with the profile's name and picture.
    pub fn member(&self, tx: &mut Tx<'_>, row: MemberRow) -> Result<Member, StoreError> {
        let profile = &self.users.in_tx(tx, row.user)?.profile;
        Ok(Member {
            user_id: profile.user_id.clone(),
            nick: profile.nick.clone(),
            avatar: profile.avatar.clone(),
            role: row.role,
            join_time: row.join_time,
            name_card: row.name_card,
            mute_until: row.mute_until,
            member_custom_field: Vec::new(),
            modification: wire(row.modification),
            gone: row.gone,
        })
    }

    /// A group; `self_info` only for one viewer.
    pub fn group(
        &self,
        tx: &mut Tx<'_>,
        row: &GroupRow,
        self_info: Option<MemberRow>,
    ) -> Result<Group, StoreError> {
        let owner_id = match row.owner {
            Some(owner) => Some(self.users.in_tx(tx, owner)?.profile.user_id.clone()),
            None => None,
        };
        let self_info = match self_info {
            Some(own) => {
                let read_sequence = wire(conversation::read_seq(tx, own.user, row.conv)?);
                let message_remind_type = setting::remind_type_of(tx, own.user, row.conv)?;
                Some(SelfInfo { member: self.member(tx, own)?, message_remind_type, read_sequence })
            }
            None => None,
        };
        Ok(Group {
            group_id: row.group_id.clone(),
            group_type: row.group_type,
            name: row.name.clone(),
            introduction: row.introduction.clone(),
            notification: row.notification.clone(),
            avatar: row.avatar.clone(),
            owner_id,
            create_time: row.created_at,
            last_info_time: row.info_time,
            info_sequence: wire(row.info_seq),
            modification: wire(row.modification),
            member_count: wire_count(row.member_count),
            max_member_count: wire_count(row.max_members),
            mute_all_members: row.mute_all,
            join_option: row.join_option,
            invite_option: row.invite_option,
            group_custom_field: Vec::new(),
            is_support_topic: false,
            next_message_seq: 0,
            last_message: None,
            self_info,
        })
    }

    /// A read position and what it means now.
    pub fn read_state(
        &self,
        tx: &mut Tx<'_>,
        conv: &ConvRow,
        side: &OwnSide,
    ) -> Result<ReadState, StoreError> {
        let last = side.max_seq.map_or(conv.seq, |max| max.min(conv.seq));
        let revoked =
            if side.read_seq < last { message::recalled(tx, conv.id, side.read_seq, last)? } else { 0 };
        Ok(ReadState {
            read_seq: wire(side.read_seq),
            read_ord: wire(side.read_ord),
            revoked_unread: wire(revoked),
            as_of: wire(conv.modification),
        })
    }

    /// A user's side of a conversation.
    pub fn state(
        &self,
        tx: &mut Tx<'_>,
        user: i64,
        name: ConversationId,
        conv: &ConvRow,
        side: &OwnSide,
    ) -> Result<ConversationState, StoreError> {
        let setting = setting::load(tx, user, conv.id)?;
        Ok(ConversationState {
            conversation_id: name,
            read: self.read_state(tx, conv, side)?,
            min_seq: wire(side.min_seq),
            max_seq: side.max_seq.map(wire),
            hidden_to: side.hidden_to.map(wire),
            is_readonly: side.max_seq.is_some(),
            is_pinned: setting.is_pinned,
            message_remind_type: setting.remind_type,
            mark_list: mark_list(setting.marks),
            custom_data: setting.custom_data,
            conversation_groups: setting.groups.into_iter().map(wire).collect(),
        })
    }

    /// Where a conversation stands for a viewer, from inside of a snapshot.
    pub fn head(
        &self,
        tx: &mut Tx<'_>,
        viewer: i64,
        conv: &ConvRow,
        side: &OwnSide,
    ) -> Result<Head, StoreError> {
        let head_counters = counters_seen(tx, conv, side)?;
        let last = side.max_seq.map_or(conv.seq, |max| max.min(conv.seq));
        let (name, user_profile, peer, mut group_profile) = match conv.kind.peer_of(viewer) {
            Some(peer) => {
                let profile = self.users.in_snapshot(tx, peer)?.profile.clone();
                let theirs = conversation::own_side(tx, peer, conv)?.unwrap_or_default();
                let progress = peer_progress(&theirs);
                (ConversationId::C2c(profile.user_id.clone()), Some(profile), Some(progress), None)
            }
            None if conv.kind == ConvKind::Group => {
                let row = super::core::load_group(tx, conv.id)?;
                let group = self.group(tx, &row, None)?;
                (ConversationId::Group(row.group_id), None, None, Some(Box::new(group)))
            }
            None => (ConversationId::System, None, None, None),
        };
        let state = self.state(tx, viewer, name.clone(), conv, side)?;
        if let Some(group) = &mut group_profile
            && let Some(member) = group::member(tx, conv.id, viewer)?.filter(|member| !member.gone)
        {
            group.self_info = Some(SelfInfo {
                member: self.member(tx, member)?,
                message_remind_type: state.message_remind_type,
                read_sequence: state.read.read_seq,
            });
        }
        let unread_count = unread(head_counters, &state.read);
        let group_at_info_list = if conv.kind == ConvKind::Group && side.read_seq < last {
            self.mentions(tx, viewer, conv.id, side.read_seq, last)?
        } else {
            Vec::new()
        };
        let last_message = self.last_message(tx, viewer, conv, side, last)?;
        let mut annotations = Vec::new();
        let last_message = match last_message {
            Some(row) => {
                annotations = self.annotations_on(tx, viewer, row.key)?;
                Some(Box::new(self.message(tx, &name, row)?))
            }
            None => None,
        };
        Ok(Head {
            conversation_id: name,
            counters: head_counters,
            changed_at: conv.changed_ms,
            state,
            unread_count,
            group_at_info_list,
            last_message,
            annotations,
            user_profile,
            peer,
            group_profile,
        })
    }

    fn mentions(
        &self,
        tx: &mut Tx<'_>,
        viewer: i64,
        conv: i64,
        from: i64,
        to: i64,
    ) -> Result<Vec<Mention>, StoreError> {
        let rows = message::mentions(tx, viewer, conv, from, to, MENTIONS)?;
        let mut mentions = Vec::with_capacity(rows.len());
        for row in rows {
            mentions.push(Mention {
                from: self.users.in_tx(tx, row.sender)?.profile.user_id.clone(),
                message_sequence: wire(row.seq),
                at_types: match (row.by_name, row.all) {
                    (true, true) => AtType::AllAndMe,
                    (true, false) => AtType::Me,
                    (false, _) => AtType::All,
                },
            });
        }
        Ok(mentions)
    }

    /// The newest message that counts as the conversation's last one for this viewer.
    fn last_message(
        &self,
        tx: &mut Tx<'_>,
        viewer: i64,
        conv: &ConvRow,
        side: &OwnSide,
        last: i64,
    ) -> Result<Option<MessageRow>, StoreError> {
        let first = side.min_seq.saturating_add(1).max(conv.min_seq);
        if last < first {
            return Ok(None);
        }
        let user_id = self.users.in_tx(tx, viewer)?.profile.user_id.clone();
        let begins = self.history_begins();
        let mut below = last;
        loop {
            let rows = message::newest(tx, conv.id, first, below, LOOK_BACK)?;
            let Some(oldest) = rows.last().map(|row| row.key.seq) else { return Ok(None) };
            let hidden = message::hidden(tx, viewer, conv.id, oldest, below)?;
            let fits = |row: &MessageRow| {
                begins.is_none_or(|begins| row.time >= begins)
                    && !row.is(message::NOT_LAST)
                    && row.is_for(viewer, &user_id)
                    && hidden.binary_search(&row.key.seq).is_err()
            };
            if let Some(found) = rows.into_iter().find(fits) {
                return Ok(Some(found));
            }
            below = oldest.saturating_sub(1);
        }
    }

    /// Notes that private objects of a user changed, and tells the user's instances after the commit.
    pub fn tell_user(
        self: &Arc<Self>,
        tx: &mut Tx<'_>,
        user: i64,
        entries: Vec<(LogKey, bool, UserItem)>,
    ) -> Result<(), StoreError> {
        let keys: Vec<_> = entries.iter().map(|(key, gone, _)| (*key, *gone)).collect();
        let useq = user_log::note(tx, user, &keys)?;
        let entries: Vec<_> =
            entries.into_iter().map(|(_, gone, item)| UserEntry { useq: wire(useq), gone, item }).collect();
        let frame = UserFrame { prev_useq: wire(useq.saturating_sub(1)), useq: wire(useq), entries };
        let core = Arc::clone(self);
        tx.after_commit(move || {
            let event = ServerEvent::UserFrame(frame);
            core.bus.publish(Publication {
                conversation: None,
                to: Recipients::User(user),
                except: None,
                event,
            });
        });
        Ok(())
    }

    /// The same for one conversation's state.
    pub fn tell_state(
        self: &Arc<Self>,
        tx: &mut Tx<'_>,
        user: i64,
        name: ConversationId,
        conv: &ConvRow,
        side: &OwnSide,
    ) -> Result<(), StoreError> {
        let state = self.state(tx, user, name, conv, side)?;
        self.tell_user(tx, user, vec![(LogKey::Conversation(conv.id), false, UserItem::Conversation(state))])
    }
}

/// What counts as unread.
fn unread(counters: Counters, read: &ReadState) -> u64 {
    let read_ord = read.read_ord.max(counters.min_ord);
    counters.ord.saturating_sub(read_ord).saturating_sub(read.revoked_unread)
}

/// A frame of a conversation with nothing in it yet.
pub fn frame(name: ConversationId, conv: &ConvRow) -> ConversationFrame {
    ConversationFrame {
        conversation_id: name,
        prev_mod: wire(conv.modification.saturating_sub(1)),
        counters: counters(conv),
        changed_at: conv.changed_ms,
        messages: Vec::new(),
        annotations: Vec::new(),
        members: Vec::new(),
        group_profile: None,
    }
}

/// The counters as one user may know them: who left sees the conversation as it was then.
pub fn counters_seen(tx: &mut Tx<'_>, conv: &ConvRow, side: &OwnSide) -> Result<Counters, StoreError> {
    let mut seen = counters(conv);
    if let Some(max) = side.max_seq.filter(|max| *max < conv.seq) {
        seen.seq = wire(max);
        seen.ord = wire(message::ord_at(tx, conv.id, max)?.unwrap_or(side.read_ord));
    }
    Ok(seen)
}

/// How far a side has got, as the other side sees it. What is read has arrived.
pub fn peer_progress(side: &OwnSide) -> PeerProgress {
    PeerProgress { delivered_seq: wire(side.delivered_seq.max(side.read_seq)), read_seq: wire(side.read_seq) }
}

impl Access {
    /// What the caller is in the group; a stranger in conversations that are none.
    pub fn standing(&self) -> Standing {
        self.group.as_ref().map_or(Standing::Stranger, |group| group.standing)
    }
}

/// What somebody else is in a group.
pub fn standing_of(member: &MemberRow) -> Standing {
    standing(Some(member), true)
}
