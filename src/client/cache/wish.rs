//! What was done here to stored messages and the server has yet to hear of: reactions, new words, recalls, pins, listening. A row is here
//! before the app sees the change, and goes away in the transaction that stores the server's answer: a program killed in between
//! loses nothing (R2).

use hallway_protocol::annotation::Pin;
use hallway_protocol::message::{MessageStatus, Payload, Reaction, Revocation};
use hallway_protocol::{ConversationId, Message, MessageId};
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};

use super::{CacheResult, place_key, place_of, signed, unsigned};

/// Something to be done to a message.
#[derive(Clone, Debug, PartialEq)]
pub struct Wish {
    /// Where the message stands.
    pub conversation_id: ConversationId,
    /// Its place.
    pub sequence: u64,
    /// Its id.
    pub id: MessageId,
    /// What is to be done.
    pub what: What,
}

/// What is to be done to a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// Give a reaction, or take it back.
    React {
        /// Which.
        reaction_id: String,
        /// False takes it back.
        is_given: bool,
    },
    /// New content (MSG-63).
    Modify {
        /// What it says from then on.
        payload: Payload,
        /// Who is mentioned in it.
        at_user_list: Vec<String>,
        /// The version that is changed.
        version: u32,
    },
    /// Recall it for everybody (MSG-61), as it will be shown.
    Revoke(Revocation),
    /// Pin it, or take the pin off (MSG-68).
    Pin(Option<Pin>),
    /// Note that it was listened to.
    Heard,
}

impl Wish {
    /// Whether an earlier wish that the server cannot have heard of is void once this one is made.
    pub fn replaces(&self, earlier: &Self) -> bool {
        self.id == earlier.id
            && match (&self.what, &earlier.what) {
                (What::React { reaction_id, .. }, What::React { reaction_id: other, .. }) => {
                    reaction_id == other
                }
                (What::Modify { .. }, What::Modify { .. })
                | (What::Pin(_), What::Pin(_))
                | (What::Revoke(_), _) => true,
                _ => false,
            }
    }

    /// Whether nothing is left to be done once both are made.
    pub fn undoes(&self, earlier: &Self) -> bool {
        matches!((&self.what, &earlier.what),
            (What::React { is_given, .. }, What::React { is_given: before, .. }) if is_given != before)
            && self.replaces(earlier)
    }
}

/// All of them with their numbers, in order.
pub fn all(db: &Connection) -> CacheResult<Vec<(i64, Wish)>> {
    let mut statement =
        db.prepare("SELECT position, conversation_id, sequence, id, what FROM wish ORDER BY position")?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let (conversation_id, id, what): (String, String, String) = (row.get(1)?, row.get(3)?, row.get(4)?);
        // Written by this program: all can be read.
        let (Ok(conversation_id), Ok(id), Ok(what)) =
            (conversation_id.parse(), id.parse(), serde_json::from_str(&what))
        else {
            continue;
        };
        found.push((row.get(0)?, Wish { conversation_id, sequence: unsigned(row.get(2)?), id, what }));
    }
    Ok(found)
}

/// Notes a wish. Returns its number.
pub fn add(db: &Connection, wish: &Wish) -> CacheResult<i64> {
    db.execute(
        "INSERT INTO wish (conversation_id, sequence, id, what) VALUES (?1, ?2, ?3, ?4)",
        params![
            wish.conversation_id.to_string(),
            signed(wish.sequence),
            wish.id.as_str(),
            serde_json::to_string(&wish.what)?
        ],
    )?;
    Ok(db.last_insert_rowid())
}

/// The message has another version by now, which is the one a waiting change is made to.
pub fn rebase(db: &Connection, id: &MessageId, version: u32) -> CacheResult<()> {
    db.execute(
        "UPDATE wish SET what = json_set(what, '$.modify.version', ?2) \
         WHERE id = ?1 AND json_type(what, '$.modify') IS NOT NULL",
        params![id.as_str(), version],
    )?;
    Ok(())
}

/// A wish is done, refused, or taken back.
pub fn remove(db: &Connection, position: i64) -> CacheResult<()> {
    db.prepare_cached("DELETE FROM wish WHERE position = ?1")?.execute([position])?;
    Ok(())
}

/// Shows messages of a conversation as they will be once the server has heard of everything. Those that say something else until
/// then have the status `unsend`.
pub(super) fn show(
    db: &Connection,
    conv: i64,
    (first, last): (u64, u64),
    rows: &mut [(u64, Message)],
) -> CacheResult<()> {
    let mut statement = db.prepare_cached(
        "SELECT w.sequence, w.what FROM wish w JOIN conversation c ON c.conversation_id = w.conversation_id
         WHERE c.conv = ?1 AND w.sequence BETWEEN ?2 AND ?3 ORDER BY w.position",
    )?;
    let mut found = statement.query([conv, signed(first), signed(last)])?;
    while let Some(row) = found.next()? {
        let place = place_of(place_key(0, unsigned(row.get(0)?)));
        let what: String = row.get(1)?;
        if let Some((_, message)) = rows.iter_mut().find(|row| row.0 == place && !row.1.is_revoked()) {
            apply(message, serde_json::from_str(&what)?);
        }
    }
    Ok(())
}

fn apply(message: &mut Message, what: What) {
    match what {
        What::React { reaction_id, is_given } => react(&mut message.reactions, reaction_id, is_given),
        What::Modify { payload, at_user_list, .. } => {
            message.modified_time.get_or_insert(message.time);
            message.payload = payload;
            message.at_user_list = at_user_list;
            message.link_preview = None;
            message.status = MessageStatus::UnSend;
        }
        What::Revoke(revocation) => {
            message.payload = Payload::Revoked {};
            message.revoked = Some(revocation);
            message.at_user_list.clear();
            message.reply_to = None;
            message.link_preview = None;
            message.reactions.clear();
            message.extensions.clear();
            message.pin = None;
            message.status = MessageStatus::UnSend;
        }
        What::Pin(pin) => message.pin = pin,
        What::Heard => {}
    }
}

fn react(reactions: &mut Vec<Reaction>, reaction_id: String, is_given: bool) {
    match reactions.iter_mut().find(|it| it.reaction_id == reaction_id) {
        Some(reaction) if reaction.reacted_by_myself != is_given => {
            reaction.reacted_by_myself = is_given;
            let count = reaction.total_user_count;
            reaction.total_user_count =
                if is_given { count.saturating_add(1) } else { count.saturating_sub(1) };
        }
        None if is_given => reactions.push(Reaction {
            reaction_id,
            reacted_by_myself: true,
            total_user_count: 1,
            partial_user_list: Vec::new(),
        }),
        _ => {}
    }
    reactions.retain(|reaction| reaction.total_user_count > 0);
}
