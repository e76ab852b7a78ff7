//! The only file in which SQLite and PostgreSQL differ.
//!
//! A `Conn` is one connection of either engine with its prepared statements. Everything above it sees the
//! same calls, the same parameters and the same [`StoreError`]s.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::Duration;

use postgres::error::SqlState;
use postgres::types::{IsNull, ToSql, Type, private::BytesMut};

use super::error::StoreError;
use super::value::{Row, Value, mismatch};

/// Pages of the write-ahead log after which the checkpoint thread is woken (4 KiB each). A busy page is in the
/// log many times and is moved once: the longer the log, the less is moved.
pub(super) const CHECKPOINT_PAGES: i32 = 8_000;
/// Pages after which the writer itself checkpoints, so that the log cannot grow without end.
pub(super) const CHECKPOINT_PAGES_FORCED: i32 = 32_000;

/// Where the data lies.
#[derive(Clone, Debug)]
pub enum Location {
    /// One file of SQLite; created when missing.
    Sqlite {
        /// The file.
        file: PathBuf,
    },
    /// A PostgreSQL database.
    Postgres {
        /// `postgres://user:password@host/database` or `host=... user=...`.
        url: String,
    },
}

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    Write,
    Read,
    Checkpoint,
}

/// One connection.
pub(super) enum Conn {
    Sqlite(SqliteConn),
    Postgres(Box<PostgresConn>),
}

pub(super) struct SqliteConn {
    db: rusqlite::Connection,
    /// Statement text as written, by its address, and as SQLite wants it.
    texts: HashMap<(usize, usize), String>,
    /// Length of the write-ahead log after the last commit, from SQLite's hook.
    log_pages: Arc<AtomicI32>,
    purpose: Purpose,
}

pub(super) struct PostgresConn {
    client: postgres::Client,
    statements: HashMap<(usize, usize), postgres::Statement>,
    config: postgres::Config,
    purpose: Purpose,
}

impl Conn {
    /// Opens a connection.
    pub(super) fn open(location: &Location, purpose: Purpose) -> Result<Self, StoreError> {
        match location {
            Location::Sqlite { file } => open_sqlite(file, purpose).map(Self::Sqlite),
            Location::Postgres { url } => {
                let mut config: postgres::Config = url.parse().map_err(postgres_error)?;
                if config.get_application_name().is_none() {
                    config.application_name("hallway-server");
                }
                config.connect_timeout(Duration::from_secs(10));
                let client = config.connect(postgres::NoTls).map_err(postgres_error)?;
                let statements = HashMap::new();
                Ok(Self::Postgres(Box::new(PostgresConn { client, statements, config, purpose })))
            }
        }
    }

    /// Makes a lost connection anew.
    pub(super) fn revive(&mut self) -> Result<(), StoreError> {
        if let Self::Postgres(conn) = self
            && conn.client.is_closed()
        {
            conn.client = conn.config.connect(postgres::NoTls).map_err(postgres_error)?;
            conn.statements.clear();
        }
        Ok(())
    }

    /// Starts a transaction: one that may write, or a snapshot for reading.
    pub(super) fn begin(&mut self) -> Result<(), StoreError> {
        let read = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
        match self {
            Self::Sqlite(conn) if conn.purpose == Purpose::Read => conn.command("BEGIN"),
            Self::Sqlite(conn) => conn.command("BEGIN IMMEDIATE"),
            Self::Postgres(conn) if conn.purpose == Purpose::Read => conn.command(read),
            Self::Postgres(conn) => conn.command("BEGIN"),
        }
    }

    /// Makes the transaction durable.
    pub(super) fn commit(&mut self) -> Result<(), StoreError> {
        self.command("COMMIT")
    }

    /// Gives the transaction up. Does nothing where the engine already did.
    pub(super) fn rollback(&mut self) -> Result<(), StoreError> {
        match self {
            // Errors such as a full disk end the transaction by themselves.
            Self::Sqlite(conn) if conn.db.is_autocommit() => Ok(()),
            Self::Postgres(conn) if conn.client.is_closed() => Ok(()),
            _ => self.command("ROLLBACK"),
        }
    }

    /// Whether the engine already gave the transaction up by itself.
    pub(super) fn is_aborted(&self) -> bool {
        match self {
            Self::Sqlite(conn) => conn.db.is_autocommit(),
            Self::Postgres(conn) => conn.client.is_closed(),
        }
    }

    /// Runs a statement without parameters and without an answer.
    pub(super) fn command(&mut self, sql: &'static str) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(conn) => conn.command(sql),
            Self::Postgres(conn) => conn.command(sql),
        }
    }

    pub(super) fn execute(&mut self, sql: &'static str, args: &[Value<'_>]) -> Result<u64, StoreError> {
        match self {
            Self::Sqlite(conn) => {
                let mut statement = conn.statement(sql)?;
                let rows = statement.execute(rusqlite::params_from_iter(args)).map_err(sqlite_error)?;
                Ok(rows as u64)
            }
            Self::Postgres(conn) => {
                let statement = conn.statement(sql)?;
                let args: Vec<&(dyn ToSql + Sync)> = args.iter().map(|v| v as _).collect();
                conn.client.execute(&statement, &args).map_err(postgres_error)
            }
        }
    }

    /// Gives rows to `read` until it answers `false`.
    pub(super) fn query(
        &mut self,
        sql: &'static str,
        args: &[Value<'_>],
        read: &mut dyn FnMut(&Row<'_>) -> Result<bool, StoreError>,
    ) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(conn) => {
                let mut statement = conn.statement(sql)?;
                let mut rows = statement.query(rusqlite::params_from_iter(args)).map_err(sqlite_error)?;
                while let Some(row) = rows.next().map_err(sqlite_error)? {
                    if !read(&Row::Sqlite(row))? {
                        break;
                    }
                }
                Ok(())
            }
            Self::Postgres(conn) => {
                let statement = conn.statement(sql)?;
                let args: Vec<&(dyn ToSql + Sync)> = args.iter().map(|v| v as _).collect();
                for row in &conn.client.query(&statement, &args).map_err(postgres_error)? {
                    if !read(&Row::Postgres(row))? {
                        break;
                    }
                }
                Ok(())
            }
        }
    }

    /// Runs a migration file: several statements, in the transaction that is open.
    ///
    /// `{clustered}` after a table's last parenthesis asks for rows stored in the order of the primary key.
    pub(super) fn run_script(&mut self, script: &str) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(conn) => {
                conn.db.execute_batch(&script.replace("{clustered}", "WITHOUT ROWID")).map_err(sqlite_error)
            }
            Self::Postgres(conn) => {
                conn.client.batch_execute(&script.replace("{clustered}", "")).map_err(postgres_error)
            }
        }
    }

    /// Keeps two servers from migrating one database at the same time; held until the transaction ends.
    /// SQLite needs nothing: its write transaction is the lock.
    pub(super) fn lock_schema(&mut self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(conn) => conn.command("SELECT pg_advisory_xact_lock(4927315001)"),
        }
    }

    /// Whether a table of this name exists in the current schema.
    pub(super) fn has_table(&mut self, name: &str) -> Result<bool, StoreError> {
        let sql = match self {
            Self::Sqlite(_) => "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = $1",
            Self::Postgres(_) => {
                "SELECT 1 FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = $1"
            }
        };
        let mut found = false;
        self.query(sql, &[Value::Text(name)], &mut |_| {
            found = true;
            Ok(false)
        })?;
        Ok(found)
    }

    /// Writes a copy of the whole database to `file` (SQLite). Answers `false` where the engine has tools of
    /// its own for that (PostgreSQL), whose schema changes are transactions anyway.
    pub(super) fn snapshot(&mut self, file: &Path) -> Result<bool, StoreError> {
        let Self::Sqlite(conn) = self else { return Ok(false) };
        let unfinished = file.with_extension("part");
        let io = |error: std::io::Error| StoreError::Full(error.to_string());
        if unfinished.exists() {
            std::fs::remove_file(&unfinished).map_err(io)?;
        }
        let name = unfinished.to_string_lossy();
        conn.db.execute("VACUUM INTO ?1", [&*name]).map_err(sqlite_error)?;
        std::fs::File::open(&unfinished).and_then(|f| f.sync_all()).map_err(io)?;
        std::fs::rename(&unfinished, file).map_err(io)?;
        Ok(true)
    }

    /// Pages in the write-ahead log after the last commit on this connection; 0 for PostgreSQL.
    pub(super) fn log_pages(&self) -> i32 {
        match self {
            Self::Sqlite(conn) => conn.log_pages.load(Ordering::Relaxed),
            Self::Postgres(_) => 0,
        }
    }

    /// Moves pages from the log into the database without stopping anybody.
    pub(super) fn checkpoint(&mut self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(conn) => {
                conn.db.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())).map_err(sqlite_error)
            }
            Self::Postgres(_) => Ok(()),
        }
    }

    /// Whether one writer takes everything (SQLite) or several may write at once.
    pub(super) fn single_writer(location: &Location) -> bool {
        matches!(location, Location::Sqlite { .. })
    }
}

// --- SQLite ------------------------------------------------------------------------------------------------

fn open_sqlite(file: &Path, purpose: Purpose) -> Result<SqliteConn, StoreError> {
    let mut db = rusqlite::Connection::open(file).map_err(sqlite_error)?;
    db.busy_timeout(Duration::from_secs(10)).map_err(sqlite_error)?;
    db.set_prepared_statement_cache_capacity(256);
    // WAL: readers never wait for the writer. FULL: a commit is on disk before it is answered. The caches
    // stay small: the operating system keeps the file's pages, and an idle server must stay lean.
    db.execute_batch(
        "PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA temp_store = MEMORY;
         PRAGMA mmap_size = 0;
         PRAGMA journal_size_limit = 67108864;",
    )
    .map_err(sqlite_error)?;
    let log_pages = Arc::new(AtomicI32::new(0));
    match purpose {
        Purpose::Write => {
            db.execute_batch("PRAGMA cache_size = -8000;").map_err(sqlite_error)?;
            // Takes the place of SQLite's own checkpoints, which would make one commit in a thousand wait.
            let pages = Arc::clone(&log_pages);
            db.wal_hook(Some(move |_: &mut rusqlite::hooks::Wal, count: i32| {
                pages.store(count, Ordering::Relaxed);
                Ok(())
            }))
            .map_err(sqlite_error)?;
        }
        Purpose::Read => {
            db.execute_batch("PRAGMA cache_size = -1000; PRAGMA query_only = ON;").map_err(sqlite_error)?
        }
        Purpose::Checkpoint => db.execute_batch("PRAGMA cache_size = -200;").map_err(sqlite_error)?,
    }
    Ok(SqliteConn { db, texts: HashMap::new(), log_pages, purpose })
}

impl SqliteConn {
    fn command(&mut self, sql: &'static str) -> Result<(), StoreError> {
        let mut statement = self.db.prepare_cached(sql).map_err(sqlite_error)?;
        statement.execute([]).map(|_| ()).map_err(sqlite_error)
    }

    fn statement(&mut self, sql: &'static str) -> Result<rusqlite::CachedStatement<'_>, StoreError> {
        let text = self.texts.entry(address(sql)).or_insert_with(|| sqlite_text(sql));
        self.db.prepare_cached(text).map_err(sqlite_error)
    }
}

/// Turns `$1` into `?1`: SQLite takes `$1` for a name and would number it by first appearance.
fn sqlite_text(sql: &str) -> String {
    let mut text = String::with_capacity(sql.len());
    let mut quoted = false;
    let mut rest = sql.chars().peekable();
    while let Some(c) = rest.next() {
        quoted ^= c == '\'';
        let parameter = c == '$' && !quoted && rest.peek().is_some_and(char::is_ascii_digit);
        text.push(if parameter { '?' } else { c });
    }
    text
}

impl rusqlite::ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
        use rusqlite::types::{ToSqlOutput, ValueRef};
        Ok(ToSqlOutput::Borrowed(match *self {
            Value::Null => ValueRef::Null,
            Value::Int(value) => ValueRef::Integer(value),
            Value::Bool(value) => ValueRef::Integer(i64::from(value)),
            Value::Text(value) => ValueRef::Text(value.as_bytes()),
            Value::Bytes(value) => ValueRef::Blob(value),
        }))
    }
}

fn sqlite_error(error: rusqlite::Error) -> StoreError {
    use rusqlite::ErrorCode as Code;
    let text = error.to_string();
    match error.sqlite_error_code() {
        Some(Code::DatabaseBusy | Code::DatabaseLocked) => StoreError::Busy(text),
        Some(Code::DiskFull | Code::ReadOnly) => StoreError::Full(text),
        Some(Code::SystemIoFailure | Code::CannotOpen | Code::PermissionDenied | Code::OutOfMemory) => {
            StoreError::Unavailable(text)
        }
        Some(Code::DatabaseCorrupt | Code::NotADatabase) => StoreError::Corrupt(text),
        Some(Code::ConstraintViolation) => StoreError::Constraint(text),
        _ => StoreError::Statement(text),
    }
}

// --- PostgreSQL --------------------------------------------------------------------------------------------

impl PostgresConn {
    fn command(&mut self, sql: &'static str) -> Result<(), StoreError> {
        self.client.batch_execute(sql).map_err(postgres_error)
    }

    fn statement(&mut self, sql: &'static str) -> Result<postgres::Statement, StoreError> {
        if let Some(statement) = self.statements.get(&address(sql)) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(sql).map_err(postgres_error)?;
        self.statements.insert(address(sql), statement.clone());
        Ok(statement)
    }
}

impl ToSql for Value<'_> {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match *self {
            Value::Null => Ok(IsNull::Yes),
            Value::Int(value) if *ty == Type::INT8 => value.to_sql(ty, out),
            Value::Int(value) if *ty == Type::INT4 => i32::try_from(value)?.to_sql(ty, out),
            Value::Bool(value) if *ty == Type::BOOL => value.to_sql(ty, out),
            Value::Text(value) if <&str as ToSql>::accepts(ty) => value.to_sql(ty, out),
            Value::Bytes(value) if *ty == Type::BYTEA => value.to_sql(ty, out),
            // The value itself must not get into a log.
            _ => Err(format!("a parameter does not fit its column of type {ty}").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    postgres::types::to_sql_checked!();
}

/// Integers of any width as i64: literals and counts are narrower than columns.
pub(super) fn postgres_int(row: &postgres::Row, index: usize) -> Result<i64, StoreError> {
    let column = row.columns().get(index).ok_or_else(|| mismatch(index, "no such column"))?;
    if *column.type_() == Type::INT4 {
        return row.try_get::<_, i32>(index).map(i64::from).map_err(|e| mismatch(index, e));
    }
    row.try_get(index).map_err(|e| mismatch(index, e))
}

/// Whether a column holds nothing, whatever its type.
pub(super) fn postgres_is_null(row: &postgres::Row, index: usize) -> Result<bool, StoreError> {
    struct Presence(bool);
    impl<'a> postgres::types::FromSql<'a> for Presence {
        fn from_sql(_: &Type, _: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
            Ok(Self(true))
        }
        fn from_sql_null(_: &Type) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
            Ok(Self(false))
        }
        fn accepts(_: &Type) -> bool {
            true
        }
    }
    row.try_get::<_, Presence>(index).map(|presence| !presence.0).map_err(|e| mismatch(index, e))
}

fn postgres_error(error: postgres::Error) -> StoreError {
    let text = match error.as_db_error() {
        Some(db) => format!("{}: {}", db.code().code(), db.message()),
        None => error.to_string(),
    };
    let Some(code) = error.code() else { return StoreError::Unavailable(text) };
    if [SqlState::T_R_DEADLOCK_DETECTED, SqlState::T_R_SERIALIZATION_FAILURE, SqlState::LOCK_NOT_AVAILABLE]
        .contains(code)
    {
        return StoreError::Busy(text);
    }
    match code.code().get(..2) {
        Some("08" | "57" | "58") => StoreError::Unavailable(text),
        Some("53") => StoreError::Full(text),
        Some("23") => StoreError::Constraint(text),
        Some("XX") => StoreError::Corrupt(text),
        _ => StoreError::Statement(text),
    }
}

/// Statements are literals, so the address names the text.
fn address(sql: &'static str) -> (usize, usize) {
    (sql.as_ptr().addr(), sql.len())
}

#[cfg(test)]
mod tests {
    use super::sqlite_text;

    #[test]
    fn parameters_are_renumbered_only_outside_of_quotes() {
        assert_eq!(
            sqlite_text("SELECT $2, '$1', $1 || '$' WHERE a = $10"),
            "SELECT ?2, '$1', ?1 || '$' WHERE a = ?10"
        );
    }
}
