//! For tests: the same test on both engines, each in a database of its own.
//!
//! `on_both_engines! { async fn name(db: Db) { … } }` makes `name::sqlite` and `name::postgres`. The latter
//! needs a server, named by `HALLWAY_TEST_POSTGRES` (`host=/tmp/x user=postgres`); without it the test says on
//! the terminal that PostgreSQL was left out.

use std::io::Write;
use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};

use super::db::{Db, DbOptions, Location};

/// Names the PostgreSQL server for tests.
pub(crate) const POSTGRES: &str = "HALLWAY_TEST_POSTGRES";

/// A place for one test's data, removed at the end.
pub(crate) enum TestPlace {
    Sqlite(tempfile::TempDir),
    Postgres { url: String, schema: String },
}

impl TestPlace {
    pub(crate) fn sqlite() -> Self {
        Self::Sqlite(tempfile::tempdir().unwrap())
    }

    /// None where there is no server, after saying so.
    pub(crate) fn postgres() -> Option<Self> {
        static SAY: Once = Once::new();
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let Ok(url) = std::env::var(POSTGRES) else {
            // Not `eprintln!`, which the test harness would swallow.
            SAY.call_once(|| {
                let text = format!("\n*** {POSTGRES} is not set: storage was tested on SQLite ONLY ***\n");
                std::io::stderr().write_all(text.as_bytes()).unwrap();
            });
            return None;
        };
        let schema = format!("t{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        sql(&url, format!("CREATE SCHEMA {schema}"));
        Some(Self::Postgres { url, schema })
    }

    pub(crate) fn location(&self) -> Location {
        match self {
            Self::Sqlite(folder) => Location::Sqlite { file: folder.path().join("hallway.db") },
            Self::Postgres { url, schema } => {
                // A full synchronous commit per test write would only test the disk's patience.
                let options =
                    format!("-c search_path={schema} -c synchronous_commit=off -c deadlock_timeout=20ms");
                let url = if url.contains("://") {
                    format!("{url}?options={}", options.replace(' ', "%20").replace('=', "%3D"))
                } else {
                    format!("{url} options='{options}'")
                };
                Location::Postgres { url }
            }
        }
    }

    pub(crate) async fn open(&self) -> Db {
        Db::open(DbOptions::new(self.location())).await.unwrap()
    }
}

impl Drop for TestPlace {
    fn drop(&mut self) {
        if let Self::Postgres { url, schema } = self {
            sql(url, format!("DROP SCHEMA {schema} CASCADE"));
        }
    }
}

fn sql(url: &str, statement: String) {
    let url = url.to_owned();
    let run = move || {
        let mut client = postgres::Client::connect(&url, postgres::NoTls).unwrap();
        client.batch_execute(&statement).unwrap();
    };
    // The client blocks and may not do so on a thread of the runtime.
    std::thread::spawn(run).join().unwrap();
}

macro_rules! on_both_engines {
    ($($(#[$meta:meta])* async fn $name:ident($db:ident: Db) $body:block)*) => {$(
        $(#[$meta])*
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn run($db: $crate::store::Db) $body

            async fn at(place: $crate::store::test_engine::TestPlace) {
                let db = place.open().await;
                run(db.clone()).await;
                db.close().await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                at($crate::store::test_engine::TestPlace::sqlite()).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                if let Some(place) = $crate::store::test_engine::TestPlace::postgres() {
                    at(place).await;
                }
            }
        }
    )*};
}
pub(crate) use on_both_engines;
