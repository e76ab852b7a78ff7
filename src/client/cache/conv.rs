//! Conversations: one line each, held in memory by the engine and stored with every change.

use std::sync::Arc;

use hallway_protocol::conversation::{
    ConversationGroup, ConversationState, Draft, Mention, ReadState, RemindType,
};
use hallway_protocol::group::{Group, GroupType};
use hallway_protocol::ids::ConversationType;
use hallway_protocol::sync::{Counters, PeerProgress};
use hallway_protocol::user::Profile;
use hallway_protocol::{ConversationId, Message};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{CacheError, CacheResult, signed, unsigned};
use crate::model::Conversation;
use crate::sync::{Ranges, Stretch, unread};

/// All that is known of a conversation apart from its messages.
#[derive(Clone, Debug)]
pub struct Conv {
    /// Number in this database; 0 until stored.
    pub key: i64,
    /// Name.
    pub id: ConversationId,
    /// Everything up to this change is here.
    pub cursor: u64,
    /// As last heard.
    pub counters: Counters,
    /// Unix milliseconds.
    pub changed_at: i64,
    /// Messages up to this place were told to the app.
    pub announced: u64,
    /// Messages up to this place were reported as received.
    pub delivered: u64,
    /// Nothing below this place is for this user.
    pub floor: u64,
    /// The member list is complete since this change.
    pub members_as_of: Option<u64>,
    /// Countable messages recalled since `state.read.as_of`, above the read position.
    pub recalled: u64,
    /// The user's own side.
    pub state: ConversationState,
    /// Unread mentions.
    pub mentions: Vec<Mention>,
    /// What stands in the list.
    pub last_message: Option<Arc<Message>>,
    /// The peer.
    pub user_profile: Option<Profile>,
    /// The group.
    pub group_profile: Option<Arc<Group>>,
    /// How far the peer has got.
    pub peer: PeerProgress,
}

impl Conv {
    /// A conversation nothing is known of.
    pub fn new(id: ConversationId) -> Self {
        let state = ConversationState {
            conversation_id: id.clone(),
            read: ReadState::default(),
            min_seq: 0,
            max_seq: None,
            hidden_to: None,
            is_readonly: false,
            is_pinned: false,
            message_remind_type: RemindType::default(),
            mark_list: Vec::new(),
            custom_data: String::new(),
            conversation_groups: Vec::new(),
        };
        Self {
            key: 0,
            id,
            cursor: 0,
            counters: Counters::default(),
            changed_at: 0,
            announced: 0,
            delivered: 0,
            floor: 0,
            members_as_of: None,
            recalled: 0,
            state,
            mentions: Vec::new(),
            last_message: None,
            user_profile: None,
            group_profile: None,
            peer: PeerProgress::default(),
        }
    }

    /// Lowest place that is for this user.
    pub fn low(&self) -> u64 {
        (self.state.min_seq + 1).max(self.counters.min_seq).max(self.floor)
    }

    /// Highest place that is for this user.
    pub fn high(&self) -> u64 {
        self.state.max_seq.map_or(self.counters.seq, |max| max.min(self.counters.seq))
    }

    /// CONV-23: nothing is unread in meetings, broadcast rooms and refused conversations.
    pub fn unread(&self) -> u64 {
        let silent = self
            .group_profile
            .as_ref()
            .is_some_and(|group| matches!(group.group_type, GroupType::Meeting | GroupType::AvRoom));
        if silent || self.state.message_remind_type == RemindType::Discard {
            return 0;
        }
        unread::count(self.counters, &self.state.read, self.recalled)
    }

    /// Whether it counts in the total (CONV-101).
    pub fn counts_in_total(&self) -> bool {
        self.state.message_remind_type == RemindType::AcceptAndNotify
            && self.id.kind() != ConversationType::System
            && self.is_listed()
    }

    /// Whether it is in the list (CONV-57, CONV-62).
    pub fn is_listed(&self) -> bool {
        self.changed_at > 0 && self.is_wanted()
    }

    /// Whether the server has not yet said where it stands.
    pub fn is_unknown(&self) -> bool {
        self.counters.modification == 0
    }

    fn is_wanted(&self) -> bool {
        self.state.is_pinned || self.state.hidden_to.is_none_or(|hidden| self.counters.seq > hidden)
    }

    /// Counters only grow.
    pub fn raise(&mut self, counters: Counters, changed_at: i64) {
        self.counters = Counters {
            seq: self.counters.seq.max(counters.seq),
            modification: self.counters.modification.max(counters.modification),
            ord: self.counters.ord.max(counters.ord),
            min_seq: self.counters.min_seq.max(counters.min_seq),
            min_ord: self.counters.min_ord.max(counters.min_ord),
        };
        self.changed_at = self.changed_at.max(changed_at);
    }

    /// A message as the list has it: names are for groups, where the sender is one of many (CONV-42).
    pub fn as_last(&self, mut message: Message) -> Message {
        if matches!(self.id, ConversationId::C2c(_)) {
            message.nick.clear();
            message.name_card.clear();
        }
        message
    }

    /// As the app sees it, with what waits in the outbox and what has begun to be written.
    pub fn show(
        &self,
        outgoing: Option<&Arc<Message>>,
        draft: Option<&Draft>,
        groups: &[ConversationGroup],
    ) -> Conversation {
        let last = self.last_message.as_ref();
        let newest = match (outgoing, last) {
            (Some(out), Some(last)) if out.time < last.time => Some(Arc::clone(last)),
            (Some(out), _) => Some(Arc::new(self.as_last((**out).clone()))),
            (None, last) => last.cloned(),
        };
        let created = self.group_profile.as_ref().map_or(self.changed_at / 1000, |group| group.create_time);
        let groups = groups.iter().filter(|group| self.state.conversation_groups.contains(&group.number));
        Conversation {
            conversation_id: self.id.clone(),
            unread_count: self.unread(),
            last_message: newest.clone(),
            group_profile: self.group_profile.clone(),
            user_profile: self.user_profile.clone(),
            group_at_info_list: self.mentions.clone(),
            remark: String::new(),
            is_pinned: self.state.is_pinned,
            message_remind_type: self.state.message_remind_type,
            mark_list: self.state.mark_list.clone(),
            custom_data: self.state.custom_data.clone(),
            conversation_group_list: groups.map(|group| group.name.clone()).collect(),
            draft: draft.filter(|draft| !draft.draft_text.is_empty() || draft.reply_to.is_some()).cloned(),
            is_readonly: self.state.is_readonly,
            read_seq: self.state.read.read_seq,
            seq: self.counters.seq,
            peer: self.peer,
            active_time: newest.map_or(created, |message| message.time),
        }
    }

    /// Stores the line, for the first time or again.
    pub fn save(&mut self, db: &Connection) -> CacheResult<()> {
        if self.key == 0 {
            self.key = db
                .prepare_cached("SELECT coalesce(max(conv), 0) + 1 FROM conversation")?
                .query_row([], |row| row.get(0))?;
        }
        db.prepare_cached(
            "INSERT OR REPLACE INTO conversation (conv, conversation_id, cursor, seq, modification, ord, min_seq,
                changed_at, announced, delivered, floor, members_as_of, recalled, state, mentions, last_message,
                user_profile, group_profile, peer_delivered, peer_read, min_ord)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21)",
        )?
        .execute(params![
            self.key,
            self.id.to_string(),
            signed(self.cursor),
            signed(self.counters.seq),
            signed(self.counters.modification),
            signed(self.counters.ord),
            signed(self.counters.min_seq),
            self.changed_at,
            signed(self.announced),
            signed(self.delivered),
            signed(self.floor),
            self.members_as_of.map(signed),
            signed(self.recalled),
            serde_json::to_vec(&self.state)?,
            if self.mentions.is_empty() { None } else { Some(serde_json::to_vec(&self.mentions)?) },
            blob(self.last_message.as_deref())?,
            blob(self.user_profile.as_ref())?,
            blob(self.group_profile.as_deref())?,
            signed(self.peer.delivered_seq),
            signed(self.peer.read_seq),
            signed(self.counters.min_ord),
        ])?;
        Ok(())
    }

    fn load(row: &Row<'_>) -> CacheResult<Self> {
        let id: String = row.get(1)?;
        let id: ConversationId =
            id.parse().map_err(|code| CacheError::Refused(hallway_protocol::ChatError::new(code)))?;
        let number = |column| row.get::<_, i64>(column).map(unsigned);
        Ok(Self {
            key: row.get(0)?,
            id,
            cursor: number(2)?,
            counters: Counters {
                seq: number(3)?,
                modification: number(4)?,
                ord: number(5)?,
                min_seq: number(6)?,
                min_ord: number(20)?,
            },
            changed_at: row.get(7)?,
            announced: number(8)?,
            delivered: number(9)?,
            floor: number(10)?,
            members_as_of: row.get::<_, Option<i64>>(11)?.map(unsigned),
            recalled: number(12)?,
            state: serde_json::from_slice(row.get_ref(13)?.as_blob().map_err(rusqlite::Error::from)?)?,
            mentions: object(row, 14)?.unwrap_or_default(),
            last_message: object(row, 15)?.map(Arc::new),
            user_profile: object(row, 16)?,
            group_profile: object(row, 17)?.map(Arc::new),
            peer: PeerProgress { delivered_seq: number(18)?, read_seq: number(19)? },
        })
    }
}

const ALL: &str =
    "SELECT conv, conversation_id, cursor, seq, modification, ord, min_seq, changed_at, announced,
    delivered, floor, members_as_of, recalled, state, mentions, last_message, user_profile, group_profile,
    peer_delivered, peer_read, min_ord FROM conversation";

/// Every conversation.
pub fn all(db: &Connection) -> CacheResult<Vec<Conv>> {
    let mut statement = db.prepare(ALL)?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(Conv::load(row)?);
    }
    Ok(found)
}

/// Removes a conversation and all that hangs on it.
pub fn delete(db: &Connection, conv: &Conv) -> CacheResult<()> {
    let (from, to) = (super::place_key(conv.key, 0), super::place_key(conv.key + 1, 0));
    db.execute("DELETE FROM message WHERE place >= ?1 AND place < ?2", [from, to])?;
    db.execute("DELETE FROM hidden WHERE place >= ?1 AND place < ?2", [from, to])?;
    db.execute("DELETE FROM annotation WHERE place >= ?1 AND place < ?2", [from, to])?;
    db.execute("DELETE FROM combined WHERE place >= ?1 AND place < ?2", [from, to])?;
    db.execute("DELETE FROM wish WHERE conversation_id = ?1", [conv.id.to_string()])?;
    db.execute("DELETE FROM stretch WHERE conv = ?1", [conv.key])?;
    db.execute("DELETE FROM member WHERE conv = ?1", [conv.key])?;
    db.execute("DELETE FROM conversation WHERE conv = ?1", [conv.key])?;
    super::search::removed(db, conv.key, 0, super::PLACE_MAX)
}

/// The known stretches of a conversation.
pub fn ranges(db: &Connection, key: i64) -> CacheResult<Ranges> {
    let mut statement = db.prepare_cached("SELECT from_seq, to_seq, as_of FROM stretch WHERE conv = ?1")?;
    let stretches = statement.query_map([key], |row| {
        Ok(Stretch {
            from: unsigned(row.get(0)?),
            to: unsigned(row.get(1)?),
            as_of: row.get::<_, Option<i64>>(2)?.map(unsigned),
        })
    })?;
    Ok(Ranges::new(stretches.collect::<Result<_, _>>()?))
}

/// Stores the known stretches.
pub fn save_ranges(db: &Connection, key: i64, ranges: &Ranges) -> CacheResult<()> {
    db.prepare_cached("DELETE FROM stretch WHERE conv = ?1")?.execute([key])?;
    let mut insert =
        db.prepare_cached("INSERT INTO stretch (conv, from_seq, to_seq, as_of) VALUES (?1, ?2, ?3, ?4)")?;
    for stretch in ranges.iter() {
        insert.execute(params![key, signed(stretch.from), signed(stretch.to), stretch.as_of.map(signed)])?;
    }
    Ok(())
}

/// Its number, if it is known.
pub fn key_of(db: &Connection, id: &ConversationId) -> CacheResult<Option<i64>> {
    Ok(db
        .prepare_cached("SELECT conv FROM conversation WHERE conversation_id = ?1")?
        .query_row([id.to_string()], |row| row.get(0))
        .optional()?)
}

/// Place of its newest message; 0 if nothing is known of it.
pub fn newest_place(db: &Connection, id: &ConversationId) -> CacheResult<u64> {
    let seq: Option<i64> = db
        .prepare_cached("SELECT seq FROM conversation WHERE conversation_id = ?1")?
        .query_row([id.to_string()], |row| row.get(0))
        .optional()?;
    Ok(seq.map_or(0, unsigned))
}

/// Its number, its cursor, and whether the list of its members is complete.
pub fn members_state(db: &Connection, id: &ConversationId) -> CacheResult<Option<(i64, u64, bool)>> {
    Ok(db
        .prepare_cached(
            "SELECT conv, cursor, members_as_of IS NOT NULL FROM conversation WHERE conversation_id = ?1",
        )?
        .query_row([id.to_string()], |row| Ok((row.get(0)?, unsigned(row.get(1)?), row.get(2)?)))
        .optional()?)
}

pub(super) fn blob<T: Serialize>(value: Option<&T>) -> CacheResult<Option<Vec<u8>>> {
    Ok(value.map(serde_json::to_vec).transpose()?)
}

pub(super) fn object<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> CacheResult<Option<T>> {
    let bytes = row.get_ref(column)?.as_blob_or_null().map_err(rusqlite::Error::from)?;
    Ok(bytes.map(serde_json::from_slice).transpose()?)
}
