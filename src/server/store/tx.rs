//! What a storage job works on: one transaction of either engine.

use super::engine::Conn;
use super::error::StoreError;
use super::value::{Row, Value};

/// Something to do after the commit, e.g. publishing a frame.
pub(super) type Effect = Box<dyn FnOnce() + Send>;

/// A transaction in progress.
///
/// Statements are string literals (`&'static str`): text that came from people can only be a parameter.
/// They are written with `$1`, `$2`, … and prepared once per connection.
pub struct Tx<'c> {
    conn: &'c mut Conn,
    effects: Vec<Effect>,
    wrote: bool,
    failure: Option<StoreError>,
}

impl<'c> Tx<'c> {
    pub(super) fn new(conn: &'c mut Conn) -> Self {
        Self { conn, effects: Vec::new(), wrote: false, failure: None }
    }

    /// Runs a statement and tells how many rows it touched.
    pub fn execute(&mut self, sql: &'static str, args: &[Value<'_>]) -> Result<u64, StoreError> {
        self.wrote = true;
        let result = self.conn.execute(sql, args);
        self.note(result)
    }

    /// Reads all rows.
    pub fn rows<T>(
        &mut self,
        sql: &'static str,
        args: &[Value<'_>],
        mut read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut all = Vec::new();
        self.each(sql, args, |row| {
            all.push(read(row)?);
            Ok(true)
        })?;
        Ok(all)
    }

    /// Reads the first row, if there is one. Also for statements with `RETURNING`.
    pub fn one<T>(
        &mut self,
        sql: &'static str,
        args: &[Value<'_>],
        mut read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let mut first = None;
        self.each(sql, args, |row| {
            first = Some(read(row)?);
            Ok(false)
        })?;
        Ok(first)
    }

    /// Gives each row to `read` until it answers `false`.
    pub fn each(
        &mut self,
        sql: &'static str,
        args: &[Value<'_>],
        mut read: impl FnMut(&Row<'_>) -> Result<bool, StoreError>,
    ) -> Result<(), StoreError> {
        if !sql.starts_with("SELECT") {
            self.wrote = true;
        }
        let result = self.conn.query(sql, args, &mut read);
        self.note(result)
    }

    /// Leaves something to be done once the transaction is on disk; dropped when it rolls back.
    ///
    /// Effects of jobs with the same write key run in the order of their commits, before the jobs are
    /// answered, on the writer's thread: they must be quick and must not wait.
    pub fn after_commit(&mut self, effect: impl FnOnce() + Send + 'static) {
        self.effects.push(Box::new(effect));
    }

    fn note<T>(&mut self, result: Result<T, StoreError>) -> Result<T, StoreError> {
        if let Err(error) = &result {
            self.failure = Some(error.clone());
        }
        result
    }

    /// Whether the transaction can go on with another job although this one failed.
    pub(super) fn untouched(&self) -> bool {
        !self.wrote && self.failure.is_none()
    }

    pub(super) fn into_parts(self) -> (Vec<Effect>, Option<StoreError>) {
        (self.effects, self.failure)
    }
}
