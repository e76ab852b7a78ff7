//! Parameters that go into statements and columns that come out, the same for both engines.
//!
//! Only five types travel: 64-bit integers, booleans, text, bytes and nothing. Columns are declared `BIGINT`,
//! `BOOLEAN`, `TEXT` and `BYTEA`; SQLite takes these names as they are.

use super::error::StoreError;

/// A parameter. Borrows, so that binding copies nothing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// SQL NULL.
    Null,
    /// A `BIGINT`.
    Int(i64),
    /// A `BOOLEAN`.
    Bool(bool),
    /// A `TEXT`.
    Text(&'a str),
    /// A `BYTEA`.
    Bytes(&'a [u8]),
}

macro_rules! value_from {
    ($($from:ty => |$name:ident| $make:expr),* $(,)?) => {$(
        impl<'a> From<$from> for Value<'a> {
            fn from($name: $from) -> Self { $make }
        }
    )*};
}
value_from! {
    i64 => |v| Value::Int(v),
    u32 => |v| Value::Int(i64::from(v)),
    bool => |v| Value::Bool(v),
    &'a str => |v| Value::Text(v),
    &'a String => |v| Value::Text(v),
    &'a [u8] => |v| Value::Bytes(v),
    &'a Vec<u8> => |v| Value::Bytes(v),
}

impl<'a, T: Into<Value<'a>>> From<Option<T>> for Value<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Null, Into::into)
    }
}

/// Parameters of a statement: `args![id, name]`.
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => { &[$($crate::store::Value::from($value)),*] };
}

/// One row of an answer, valid while the closure that reads it runs.
pub enum Row<'r> {
    /// From SQLite.
    Sqlite(&'r rusqlite::Row<'r>),
    /// From PostgreSQL.
    Postgres(&'r postgres::Row),
}

impl<'r> Row<'r> {
    /// The column at `index` (from 0).
    pub fn get<T: Column<'r>>(&self, index: usize) -> Result<T, StoreError> {
        T::read(self, index)
    }
}

/// A type a column can be read as.
pub trait Column<'r>: Sized {
    /// Reads the column at `index`.
    fn read(row: &Row<'r>, index: usize) -> Result<Self, StoreError>;
}

pub(super) fn mismatch(index: usize, error: impl std::fmt::Display) -> StoreError {
    StoreError::Statement(format!("column {index}: {error}"))
}

impl<'r> Column<'r> for i64 {
    fn read(row: &Row<'r>, index: usize) -> Result<Self, StoreError> {
        match row {
            Row::Sqlite(row) => {
                row.get_ref(index).map_err(|e| mismatch(index, e))?.as_i64().map_err(|e| mismatch(index, e))
            }
            Row::Postgres(row) => super::engine::postgres_int(row, index),
        }
    }
}

impl<'r> Column<'r> for u32 {
    fn read(row: &Row<'r>, index: usize) -> Result<Self, StoreError> {
        u32::try_from(i64::read(row, index)?).map_err(|e| mismatch(index, e))
    }
}

impl<'r> Column<'r> for bool {
    fn read(row: &Row<'r>, index: usize) -> Result<Self, StoreError> {
        match row {
            Row::Sqlite(_) => Ok(i64::read(row, index)? != 0),
            Row::Postgres(row) => row.try_get(index).map_err(|e| mismatch(index, e)),
        }
    }
}

impl<'r> Column<'r> for &'r str {
    fn read(row: &Row<'r>, index: usize) -> Result<Self, StoreError> {
        match row {
            Row::Sqlite(row) => {
                row.get_ref(index).map_err(|e| mismatch(index, e))?.as_str().map_err(|e| mismatch(index, e))
            }
            Row::Postgres(row) => row.try_get(index).map_err(|e| mismatch(index, e)),
        }
    }
}

impl<'r> Column<'r> for String {
    fn read(row: &Row<'r>, index: usize) -> Result<Self, StoreError> {
        <&str>::read(row, index).map(str::to_owned)
    }
}

impl<'r> Column<'r> for &'r [u8] {
    fn read(row: &Row<'r>, index: usize) -> Result<Self, StoreError> {
        match row {
            Row::Sqlite(row) => {
                row.get_ref(index).map_err(|e| mismatch(index, e))?.as_blob().map_err(|e| mismatch(index, e))
            }
            Row::Postgres(row) => row.try_get(index).map_err(|e| mismatch(index, e)),
        }
    }
}

impl<'r> Column<'r> for Vec<u8> {
    fn read(row: &Row<'r>, index: usize) -> Result<Self, StoreError> {
        <&[u8]>::read(row, index).map(<[u8]>::to_vec)
    }
}

impl<'r, T: Column<'r>> Column<'r> for Option<T> {
    fn read(row: &Row<'r>, index: usize) -> Result<Self, StoreError> {
        let null = match row {
            Row::Sqlite(row) => {
                row.get_ref(index).map_err(|e| mismatch(index, e))? == rusqlite::types::ValueRef::Null
            }
            Row::Postgres(row) => super::engine::postgres_is_null(row, index)?,
        };
        if null { Ok(None) } else { T::read(row, index).map(Some) }
    }
}
