//! The schema's history: numbered files, applied in order, each database once.
//!
//! All missing files are applied in one transaction, so that an interrupted start leaves the old schema. An
//! existing SQLite database is copied first. A database of a newer program is refused, never touched.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use tracing::info;

use super::engine::Conn;
use super::error::StoreError;
use super::value::Value;

/// Every schema file in order; the position, from 1, is the version.
const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_base.sql"),
    include_str!("migrations/0002_conv_setting.sql"),
    include_str!("migrations/0003_conv_group.sql"),
    include_str!("migrations/0004_retention.sql"),
    include_str!("migrations/0005_file.sql"),
    include_str!("migrations/0006_chore.sql"),
    include_str!("migrations/0007_search.sql"),
    // 8
    hallway_search::tables::SCHEMA,
    include_str!("migrations/0009_annotation.sql"),
    include_str!("migrations/0010_combined.sql"),
    include_str!("migrations/0011_upload_attempt.sql"),
    include_str!("migrations/0012_annotation_pin.sql"),
];

/// Brings the schema up to date. `snapshots` is the folder for the copy of an existing database.
pub(super) fn run(conn: &mut Conn, snapshots: Option<&Path>) -> Result<(), StoreError> {
    run_list(conn, snapshots, MIGRATIONS)
}

fn run_list(conn: &mut Conn, snapshots: Option<&Path>, list: &[&str]) -> Result<(), StoreError> {
    let known = list.len() as i64;
    let found = version(conn)?;
    if found > known {
        return Err(StoreError::NewerSchema { found, known });
    }
    if found == known {
        return Ok(());
    }
    if found > 0
        && let Some(folder) = snapshots
    {
        let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs());
        let file = folder.join(format!("before-schema-{known}-{seconds}.db"));
        std::fs::create_dir_all(folder).map_err(|e| StoreError::Full(e.to_string()))?;
        if conn.snapshot(&file)? {
            info!(file = %file.display(), "copied the database before changing its schema");
        }
    }
    conn.begin()?;
    match apply(conn, list) {
        Ok(()) => conn.commit(),
        Err(error) => {
            conn.rollback()?;
            Err(error)
        }
    }
}

fn apply(conn: &mut Conn, list: &[&str]) -> Result<(), StoreError> {
    conn.lock_schema()?;
    if !conn.has_table("schema_version")? {
        conn.run_script("CREATE TABLE schema_version (version BIGINT NOT NULL)")?;
    }
    // Read again under the lock: another server may have been faster.
    let found = version(conn)?;
    for (number, script) in (1_i64..).zip(list) {
        if number > found {
            conn.run_script(script)?;
            conn.execute("INSERT INTO schema_version (version) VALUES ($1)", &[Value::Int(number)])?;
            info!(version = number, "schema changed");
        }
    }
    Ok(())
}

/// Version of the schema in the database, 0 for an empty one.
fn version(conn: &mut Conn) -> Result<i64, StoreError> {
    if !conn.has_table("schema_version")? {
        return Ok(0);
    }
    let mut version = 0;
    conn.query("SELECT COALESCE(MAX(version), 0) FROM schema_version", &[], &mut |row| {
        version = row.get(0)?;
        Ok(false)
    })?;
    Ok(version)
}

#[cfg(test)]
mod tests {
    use super::super::engine::{Conn, Purpose};
    use super::super::test_engine::TestPlace;
    use super::*;

    const ONE: &str = "CREATE TABLE a (x BIGINT PRIMARY KEY) {clustered}; INSERT INTO a (x) VALUES (1);";
    const TWO: &str = "CREATE TABLE b (x BIGINT); INSERT INTO b (x) SELECT x FROM a;";
    const BROKEN: &str = "CREATE TABLE c (x BIGINT); SELECT nothing FROM nowhere;";

    /// Runs `test` on each engine; the clients block, so not inside of the runtime.
    fn each(test: impl Fn(&TestPlace)) {
        for place in [Some(TestPlace::sqlite()), TestPlace::postgres()].into_iter().flatten() {
            test(&place);
        }
    }

    fn open(place: &TestPlace) -> Conn {
        Conn::open(&place.location(), Purpose::Write).unwrap()
    }

    #[test]
    fn files_are_applied_in_order_and_once() {
        each(|place| {
            let mut conn = open(place);
            run_list(&mut conn, None, &[ONE]).unwrap();
            run_list(&mut conn, None, &[ONE]).unwrap();
            assert_eq!(version(&mut conn).unwrap(), 1);
            run_list(&mut conn, None, &[ONE, TWO]).unwrap();
            assert_eq!(version(&mut conn).unwrap(), 2);
            let mut copied = 0;
            conn.query("SELECT x FROM b", &[], &mut |row| {
                copied = row.get::<i64>(0)?;
                Ok(true)
            })
            .unwrap();
            assert_eq!(copied, 1);
        });
    }

    #[test]
    fn a_failing_file_leaves_the_old_schema() {
        each(|place| {
            let mut conn = open(place);
            run_list(&mut conn, None, &[ONE]).unwrap();
            assert!(run_list(&mut conn, None, &[ONE, TWO, BROKEN]).is_err());
            assert_eq!(version(&mut conn).unwrap(), 1);
            assert!(!conn.has_table("b").unwrap() && !conn.has_table("c").unwrap());
            run_list(&mut conn, None, &[ONE, TWO]).unwrap();
        });
    }

    #[test]
    fn a_newer_schema_is_refused_and_not_touched() {
        each(|place| {
            let mut conn = open(place);
            run_list(&mut conn, None, &[ONE, TWO]).unwrap();
            let refused = run_list(&mut conn, None, &[ONE]).unwrap_err();
            assert!(matches!(refused, StoreError::NewerSchema { found: 2, known: 1 }), "{refused}");
            assert_eq!(version(&mut conn).unwrap(), 2);
        });
    }

    #[test]
    fn an_existing_sqlite_database_is_copied_first() {
        let place = TestPlace::sqlite();
        let folder = tempfile::tempdir().unwrap();
        let snapshots = folder.path().join("snapshots");
        let mut conn = open(&place);
        run_list(&mut conn, Some(&snapshots), &[ONE]).unwrap();
        assert!(!snapshots.exists(), "a new database needs no copy");
        run_list(&mut conn, Some(&snapshots), &[ONE, TWO]).unwrap();
        let copies: Vec<_> =
            std::fs::read_dir(&snapshots).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert_eq!(copies.len(), 1, "{copies:?}");
        let copy = copies.first().unwrap().clone();
        let mut copy = Conn::open(&crate::store::Location::Sqlite { file: copy }, Purpose::Write).unwrap();
        assert_eq!(version(&mut copy).unwrap(), 1);
        assert!(copy.has_table("a").unwrap() && !copy.has_table("b").unwrap());
    }
}
