//! Opening the database and bringing its tables up to date.
//!
//! Migrations are numbered by their place in [`MIGRATIONS`] and only ever added. All that are missing run in
//! one transaction, so a program killed in the middle leaves the old tables.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};
use zeroize::Zeroizing;

use super::{CacheError, CacheResult};

const MIGRATIONS: &[&str] = &[
    // 1: the first tables.
    "
    -- Single values: cursors, session, profile, limits.
    CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;

    -- One line per conversation with all that the list shows.
    CREATE TABLE conversation (
        conv INTEGER PRIMARY KEY,
        conversation_id TEXT NOT NULL UNIQUE,
        cursor INTEGER NOT NULL,          -- everything up to this change is here
        seq INTEGER NOT NULL, modification INTEGER NOT NULL, ord INTEGER NOT NULL, min_seq INTEGER NOT NULL,
        changed_at INTEGER NOT NULL,
        announced INTEGER NOT NULL,       -- messages up to this place were told to the app
        delivered INTEGER NOT NULL,       -- and up to this one to the server as received
        floor INTEGER NOT NULL,           -- nothing below this place is for this user
        members_as_of INTEGER,            -- the list of members is complete since this change
        recalled INTEGER NOT NULL,        -- countable messages recalled since state.read.as_of, above state.read.read_seq
        state BLOB NOT NULL, mentions BLOB, last_message BLOB, user_profile BLOB, group_profile BLOB,
        peer_delivered INTEGER NOT NULL, peer_read INTEGER NOT NULL
    );

    -- place: conversation << 40 | sequence.
    CREATE TABLE message (
        place INTEGER PRIMARY KEY,
        modification INTEGER NOT NULL,
        id TEXT NOT NULL,
        revoked INTEGER,                  -- change number of the recall, of countable messages
        body BLOB NOT NULL
    );
    CREATE INDEX message_id ON message (id);
    CREATE INDEX message_revoked ON message (place, revoked) WHERE revoked IS NOT NULL;

    -- Known stretches; as_of is null while they follow the cursor.
    CREATE TABLE stretch (
        conv INTEGER NOT NULL, from_seq INTEGER NOT NULL, to_seq INTEGER NOT NULL, as_of INTEGER,
        PRIMARY KEY (conv, from_seq)
    ) WITHOUT ROWID;

    -- Messages the user deleted for themselves.
    CREATE TABLE hidden (place INTEGER PRIMARY KEY);

    -- What waits to be sent, in the order of position; failed ones stay until somebody decides.
    CREATE TABLE outbox (
        position INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        conversation_id TEXT NOT NULL,
        created_ms INTEGER NOT NULL,
        body BLOB NOT NULL,               -- the message as it is shown
        options BLOB NOT NULL,
        failure BLOB                      -- the error it ended with
    );
    CREATE INDEX outbox_conversation ON outbox (conversation_id, position);

    -- is_dirty: the server does not have it yet.
    CREATE TABLE draft (conversation_id TEXT PRIMARY KEY, body BLOB NOT NULL, is_dirty INTEGER NOT NULL) WITHOUT ROWID;

    -- Read positions the server does not have yet.
    CREATE TABLE pending_read (conversation_id TEXT PRIMARY KEY, read_seq INTEGER NOT NULL) WITHOUT ROWID;

    CREATE TABLE member (
        conv INTEGER NOT NULL, user_id TEXT NOT NULL, modification INTEGER NOT NULL, gone INTEGER NOT NULL,
        body BLOB NOT NULL,
        PRIMARY KEY (conv, user_id)
    ) WITHOUT ROWID;
    CREATE TABLE profile (user_id TEXT PRIMARY KEY, version INTEGER NOT NULL, body BLOB NOT NULL) WITHOUT ROWID;
    ",
    // 2: countable messages below min_seq.
    "ALTER TABLE conversation ADD COLUMN min_ord INTEGER NOT NULL DEFAULT 0;",
    // 3: files of messages that wait to be sent.
    "
    ALTER TABLE outbox ADD COLUMN is_paused INTEGER NOT NULL DEFAULT 0;

    -- id: of the message. part: which address of its payload.
    CREATE TABLE attachment (
        id TEXT NOT NULL, part INTEGER NOT NULL,
        path TEXT NOT NULL, size INTEGER NOT NULL,
        modified INTEGER NOT NULL,        -- Unix milliseconds when somebody began with it
        plugin TEXT NOT NULL, state TEXT, -- who has begun with it, and what is needed to go on
        file TEXT,                        -- the server's id, when the server has all of it
        PRIMARY KEY (id, part)
    ) WITHOUT ROWID;
    ",
    // 4: bytes of waiting messages that have no file of their own; what has been shown; where files were saved.
    "
    ALTER TABLE attachment RENAME COLUMN path TO address;
    UPDATE attachment SET address = 'local:' || address;

    CREATE TABLE kept (id TEXT NOT NULL, piece INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (id, piece));

    -- used: Unix milliseconds when it was shown last. The bytes stand last, so that sums do not read them.
    CREATE TABLE media (file TEXT PRIMARY KEY, used INTEGER NOT NULL, size INTEGER NOT NULL, bytes BLOB NOT NULL);
    CREATE INDEX media_used ON media (used, size);

    CREATE TABLE saved (file TEXT PRIMARY KEY, path TEXT NOT NULL) WITHOUT ROWID;
    ",
    // 5: voice messages that were listened to, by their ids.
    "CREATE TABLE heard (id TEXT PRIMARY KEY) WITHOUT ROWID;",
    // 6: what words are in which messages.
    hallway_search::tables::SCHEMA,
    // 7: messages of which that is not written down yet: all there are.
    "
    CREATE TABLE search_fresh (place INTEGER PRIMARY KEY);
    INSERT INTO search_fresh (place) SELECT place FROM message;
    ",
    // 8: what was put on messages, reactions on their way, and what is inside of large combined messages.
    "
    CREATE TABLE annotation (
        place INTEGER NOT NULL,           -- of the message
        kind INTEGER NOT NULL, name TEXT NOT NULL,
        modification INTEGER NOT NULL, gone INTEGER NOT NULL,
        body BLOB NOT NULL,
        PRIMARY KEY (place, kind, name)
    ) WITHOUT ROWID;
    CREATE INDEX annotation_pin ON annotation (place) WHERE kind = 5;
    CREATE TABLE reaction_wish (
        position INTEGER PRIMARY KEY AUTOINCREMENT,
        conversation_id TEXT NOT NULL, sequence INTEGER NOT NULL, id TEXT NOT NULL,
        reaction_id TEXT NOT NULL, is_given INTEGER NOT NULL
    );
    CREATE TABLE combined (download_key TEXT PRIMARY KEY, place INTEGER NOT NULL, body BLOB NOT NULL) WITHOUT ROWID;
    CREATE INDEX combined_place ON combined (place);
    ",
    // 9: whatever is on its way to a message, not reactions only. `what` is JSON, see cache/wish.rs.
    "
    CREATE TABLE wish (
        position INTEGER PRIMARY KEY AUTOINCREMENT,
        conversation_id TEXT NOT NULL, sequence INTEGER NOT NULL, id TEXT NOT NULL,
        what TEXT NOT NULL
    );
    INSERT INTO wish (position, conversation_id, sequence, id, what)
        SELECT position, conversation_id, sequence, id,
            json_object('react', json_object('reaction_id', reaction_id,
                'is_given', json(CASE is_given WHEN 0 THEN 'false' ELSE 'true' END)))
        FROM reaction_wish;
    DROP TABLE reaction_wish;
    ",
];

/// Opens a connection with the key. Every connection of a copy goes through here.
pub(super) fn open(path: &Path, key: &Zeroizing<[u8; 32]>) -> CacheResult<Connection> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.execute_batch(&key_statement(key))?;
    // The first access to the file is what tells whether the key is right.
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(())).map_err(
        |error| match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::NotADatabase) => CacheError::WrongKey,
            _ => error.into(),
        },
    )?;
    connection.busy_timeout(Duration::from_secs(10))?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL;
         PRAGMA synchronous = NORMAL;
         PRAGMA temp_store = MEMORY;
         PRAGMA cache_size = -2048;
         PRAGMA journal_size_limit = 8388608;",
    )?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// A key cannot be a bound parameter. It is 64 hex digits made right here.
fn key_statement(key: &Zeroizing<[u8; 32]>) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(96));
    text.push_str("PRAGMA key = \"x'");
    for byte in key.iter() {
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from_digit(digit.into(), 16).unwrap_or('0'));
        }
    }
    text.push_str("'\"");
    text
}

/// Runs the migrations that are missing.
pub(super) fn migrate(connection: &mut Connection) -> CacheResult<()> {
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let done = usize::try_from(version).unwrap_or(usize::MAX);
    let missing = MIGRATIONS.get(done..).ok_or(CacheError::Newer(version))?;
    if missing.is_empty() {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    for statements in missing {
        transaction.execute_batch(statements)?;
    }
    transaction.pragma_update(None, "user_version", i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX))?;
    transaction.commit()?;
    Ok(())
}
