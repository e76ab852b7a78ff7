//! Single values: the session, the cursors of the own log and of the heads, what is set about all conversations, and
//! what has its own small table (drafts, read positions on their way).

use hallway_protocol::conversation::{AllReceiveMessageOpt, ConversationGroup, Draft};
use hallway_protocol::method::StickerPacks;
use hallway_protocol::service::Services;
use hallway_protocol::user::Profile;
use hallway_protocol::{ConversationId, Limits};
use rusqlite::{Connection, OptionalExtension, params};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use super::{CacheResult, signed, unsigned};

/// Who is signed in here and what that allows.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Session {
    /// Own profile.
    pub user: Profile,
    /// Own number (OBJ-11).
    pub user_number: i64,
    /// Name of the workspace.
    pub workspace: String,
    /// What it offers on top of messages.
    #[serde(default)]
    pub services: Services,
    /// Life of the server's data at the last sign-in.
    pub epoch: String,
    /// Unix seconds at which the credential runs out.
    pub credential_expires: Option<i64>,
    /// What the server's clock is ahead of this one, in milliseconds.
    pub clock_offset_ms: i64,
}

/// The token for the next sign-in. Not printed, and overwritten when dropped.
#[derive(Clone, Serialize, Deserialize)]
pub struct Token(pub String);

impl Drop for Token {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// How far the logs have been followed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursors {
    /// Life of the server's data that the cursors belong to; empty at first.
    pub epoch: String,
    /// Own log.
    pub useq: u64,
    /// Greatest `changed_at` of a completed round of heads; 0 before the first.
    pub heads_since: i64,
}

const SESSION: &str = "session";
const TOKEN: &str = "token";
const LIMITS: &str = "limits";
const CURSORS: &str = "cursors";
const CONVERSATION_GROUPS: &str = "conversation_groups";
const ALL_RECEIVE_MESSAGE_OPT: &str = "all_receive_message_opt";
const STICKERS: &str = "stickers";

fn get<T: DeserializeOwned>(db: &Connection, name: &str) -> CacheResult<Option<T>> {
    let value: Option<Vec<u8>> = db
        .prepare_cached("SELECT value FROM meta WHERE name = ?1")?
        .query_row([name], |row| row.get(0))
        .optional()?;
    Ok(value.map(|value| serde_json::from_slice(&value)).transpose()?)
}

fn put<T: Serialize>(db: &Connection, name: &str, value: &T) -> CacheResult<()> {
    db.prepare_cached("INSERT OR REPLACE INTO meta (name, value) VALUES (?1, ?2)")?
        .execute(params![name, serde_json::to_vec(value)?])?;
    Ok(())
}

/// The session, if somebody has ever signed in here.
pub fn session(db: &Connection) -> CacheResult<Option<Session>> {
    get(db, SESSION)
}

/// Keeps the session.
pub fn put_session(db: &Connection, session: &Session) -> CacheResult<()> {
    put(db, SESSION, session)
}

/// The token for the next sign-in; none after the session has ended.
pub fn token(db: &Connection) -> CacheResult<Option<Token>> {
    get(db, TOKEN)
}

/// Keeps or forgets the token.
pub fn put_token(db: &Connection, token: Option<&Token>) -> CacheResult<()> {
    match token {
        Some(token) => put(db, TOKEN, token),
        None => {
            db.execute("DELETE FROM meta WHERE name = ?1", [TOKEN])?;
            Ok(())
        }
    }
}

/// What the deployment allows. Numbers of another version of this program are replaced by the defaults until
/// the next sign-in brings them.
pub fn limits(db: &Connection) -> CacheResult<Limits> {
    match get(db, LIMITS) {
        Ok(limits) => Ok(limits.unwrap_or_default()),
        Err(super::CacheError::Object(_)) => Ok(Limits::default()),
        Err(error) => Err(error),
    }
}

/// Keeps the limits.
pub fn put_limits(db: &Connection, limits: &Limits) -> CacheResult<()> {
    put(db, LIMITS, limits)
}

/// The cursors.
pub fn cursors(db: &Connection) -> CacheResult<Cursors> {
    Ok(get(db, CURSORS)?.unwrap_or_default())
}

/// Moves the cursors.
pub fn put_cursors(db: &Connection, cursors: &Cursors) -> CacheResult<()> {
    put(db, CURSORS, cursors)
}

/// The conversation groups, in order of creation.
pub fn conversation_groups(db: &Connection) -> CacheResult<Vec<ConversationGroup>> {
    Ok(get(db, CONVERSATION_GROUPS)?.unwrap_or_default())
}

/// Keeps them.
pub fn put_conversation_groups(db: &Connection, groups: &[ConversationGroup]) -> CacheResult<()> {
    put(db, CONVERSATION_GROUPS, &groups)
}

/// Global do-not-disturb.
pub fn all_receive_message_opt(db: &Connection) -> CacheResult<AllReceiveMessageOpt> {
    Ok(get(db, ALL_RECEIVE_MESSAGE_OPT)?.unwrap_or_default())
}

/// Keeps it.
pub fn put_all_receive_message_opt(db: &Connection, opt: &AllReceiveMessageOpt) -> CacheResult<()> {
    put(db, ALL_RECEIVE_MESSAGE_OPT, opt)
}

/// The packs of stickers, if they were ever seen. Those of another version of this program are asked for again.
pub fn stickers(db: &Connection) -> CacheResult<Option<StickerPacks>> {
    match get(db, STICKERS) {
        Err(super::CacheError::Object(_)) => Ok(None),
        known => known,
    }
}

/// Keeps them.
pub fn put_stickers(db: &Connection, stickers: &StickerPacks) -> CacheResult<()> {
    put(db, STICKERS, stickers)
}

/// All drafts, and whether the server still has to get them.
pub fn drafts(db: &Connection) -> CacheResult<Vec<(Draft, bool)>> {
    let mut statement = db.prepare("SELECT body, is_dirty FROM draft")?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let draft = serde_json::from_slice(row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?)?;
        found.push((draft, row.get(1)?));
    }
    Ok(found)
}

/// Keeps a draft. An empty one is kept too while the server has to hear of it.
pub fn put_draft(db: &Connection, draft: &Draft, is_dirty: bool) -> CacheResult<()> {
    let id = draft.conversation_id.to_string();
    if !is_dirty && draft.draft_text.is_empty() && draft.reply_to.is_none() {
        db.prepare_cached("DELETE FROM draft WHERE conversation_id = ?1")?.execute([id])?;
    } else {
        db.prepare_cached(
            "INSERT OR REPLACE INTO draft (conversation_id, body, is_dirty) VALUES (?1, ?2, ?3)",
        )?
        .execute(params![id, serde_json::to_vec(draft)?, is_dirty])?;
    }
    Ok(())
}

/// Read positions the server does not have yet.
pub fn pending_reads(db: &Connection) -> CacheResult<Vec<(ConversationId, u64)>> {
    let mut statement = db.prepare("SELECT conversation_id, read_seq FROM pending_read")?;
    let rows = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, unsigned(row.get(1)?))))?;
    let mut found = Vec::new();
    for row in rows {
        let (id, seq) = row?;
        found.extend(id.parse().ok().map(|id| (id, seq)));
    }
    Ok(found)
}

/// Remembers that the server has to hear of a read position; the further one stays.
pub fn put_pending_read(db: &Connection, id: &ConversationId, seq: u64) -> CacheResult<()> {
    db.prepare_cached(
        "INSERT INTO pending_read (conversation_id, read_seq) VALUES (?1, ?2)
         ON CONFLICT (conversation_id) DO UPDATE SET read_seq = max(read_seq, excluded.read_seq)",
    )?
    .execute(params![id.to_string(), signed(seq)])?;
    Ok(())
}

/// The server has heard of positions up to `seq`.
pub fn settle_read(db: &Connection, id: &ConversationId, seq: u64) -> CacheResult<()> {
    db.prepare_cached("DELETE FROM pending_read WHERE conversation_id = ?1 AND read_seq <= ?2")?
        .execute(params![id.to_string(), signed(seq)])?;
    Ok(())
}

/// Forgets drafts the server knows and messages the user deleted: it is about to name them all again.
pub fn forget_private(db: &Connection) -> CacheResult<()> {
    db.execute("DELETE FROM draft WHERE is_dirty = 0", [])?;
    db.execute("DELETE FROM hidden", [])?;
    Ok(())
}
