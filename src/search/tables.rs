//! The tables of the index, as either database holds them: the statements are the same, only who runs them differs.

/// A parameter of a statement.
#[derive(Clone, Debug)]
pub enum Arg {
    /// A `BIGINT`.
    Int(i64),
    /// A `BYTEA`.
    Bytes(Vec<u8>),
}

impl From<i64> for Arg {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<Vec<u8>> for Arg {
    fn from(value: Vec<u8>) -> Self {
        Self::Bytes(value)
    }
}

/// A row of an answer.
pub trait Columns<E> {
    /// The number in a column.
    fn int(&self, column: usize) -> Result<i64, E>;
    /// The bytes in a column.
    fn bytes(&self, column: usize) -> Result<&[u8], E>;
}

/// What [`Tables::each`] gives rows to.
pub type Read<'a, E> = &'a mut dyn FnMut(&dyn Columns<E>) -> Result<(), E>;

/// A transaction of a database that has the tables. Parameters are written `$1`, `$2`, …
pub trait Tables {
    /// Why it failed.
    type Error;
    /// Runs a statement; how many rows it touched.
    fn execute(&mut self, sql: &'static str, args: &[Arg]) -> Result<u64, Self::Error>;
    /// Gives each row of an answer to `read`.
    fn each(
        &mut self,
        sql: &'static str,
        args: &[Arg],
        read: Read<'_, Self::Error>,
    ) -> Result<(), Self::Error>;
}

/// The tables, for a migration. `search_state` has one row: `version` grows with each change of the index, so that what
/// was worked out beforehand is only written if nobody else was faster.
pub const SCHEMA: &str = "
CREATE TABLE search_state (
    id      BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    segment BIGINT NOT NULL,
    block   BIGINT NOT NULL
);
INSERT INTO search_state (id, version, segment, block) VALUES (1, 0, 0, 0);

-- A run of rows of search_page. target: the segment it is being merged into.
CREATE TABLE search_segment (
    segment BIGINT PRIMARY KEY,
    messages BIGINT NOT NULL,
    target  BIGINT
);

-- Lists of messages by term, see src/search/page.rs.
CREATE TABLE search_page (
    segment BIGINT NOT NULL,
    term    BIGINT NOT NULL,
    part    BIGINT NOT NULL,
    body    BYTEA NOT NULL
);
CREATE UNIQUE INDEX search_page_term ON search_page (segment, term, part);

-- Numbers for up to 256 messages of a conversation: those at the places high * 256 and up. members: which of them are
-- in the index; doubt: of which it may say something that is no longer so. The times are those of the first and the last.
CREATE TABLE search_block (
    block   BIGINT PRIMARY KEY,
    conv_id BIGINT NOT NULL,
    high    BIGINT NOT NULL,
    from_time BIGINT NOT NULL,
    to_time BIGINT NOT NULL,
    members BYTEA NOT NULL,
    doubt   BYTEA NOT NULL
);
CREATE UNIQUE INDEX search_block_place ON search_block (conv_id, high);
";
