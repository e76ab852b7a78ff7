//! What the engine promises to the layers above, on both engines.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use super::db::{Db, WriteKey};
use super::error::StoreError;
use super::test_engine::{TestPlace, on_both_engines};
use super::tx::Tx;
use crate::args;

/// Takes the next number of a conversation's counter row, as services do.
fn next(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    tx.one("UPDATE counter SET value = value + 1 WHERE name = 'conversation' RETURNING value", &[], |row| {
        row.get(0)
    })?
    .ok_or(StoreError::Panicked)
}

fn add_user(tx: &mut Tx<'_>, id: i64, name: &str) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO app_user (id, user_id, nick, sort_name, avatar, is_admin, is_disabled, version, password_hash, \
         created_at, kicked_at) VALUES ($1, $2, '', $2, '', $3, $4, 1, $5, 0, 0)",
        args![id, name, true, false, None::<&str>],
    )
    .map(|_| ())
}

async fn names(db: &Db) -> Vec<String> {
    db.read(|tx| tx.rows("SELECT user_id FROM app_user ORDER BY id", &[], |row| row.get(0)))
        .await
        .map_err(|e: StoreError| e)
        .unwrap()
}

on_both_engines! {
    /// All five types go in and come out, NULL included.
    async fn values_round_trip(db: Db) {
        let (text, int, yes, no, hash): (String, i64, bool, bool, Option<String>) = db
            .write(WriteKey::user(1), |tx| {
                add_user(tx, i64::MAX, "it's 你好 $1")?;
                tx.one(
                    "SELECT user_id, id, is_admin, is_disabled, password_hash FROM app_user WHERE id = $1",
                    args![i64::MAX],
                    |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?)),
                )?
                .ok_or(StoreError::Panicked)
            })
            .await
            .unwrap();
        assert_eq!((text.as_str(), int, yes, no, hash), ("it's 你好 $1", i64::MAX, true, false, None));
        let bytes: Vec<u8> = db
            .write(WriteKey::user(1), |tx| {
                tx.execute(
                    "INSERT INTO invite (token_hash, created_by, is_admin, created_at, expires) \
                     VALUES ($1, 1, FALSE, 0, $2)",
                    args![&[0_u8, 255, 7][..], 9_i64],
                )?;
                tx.one("SELECT token_hash FROM invite WHERE expires = $1", args![9_i64], |row| row.get(0))?
                    .ok_or(StoreError::Panicked)
            })
            .await
            .unwrap();
        assert_eq!(bytes, [0, 255, 7]);
        let wrong = db.read(|tx| tx.one("SELECT user_id FROM app_user", &[], |row| row.get::<i64>(0))).await;
        assert!(matches!(wrong, Err(StoreError::Statement(_))), "{wrong:?}");
    }

    /// A job that fails after it wrote takes nothing of its neighbours along, and leaves nothing itself.
    async fn a_failing_job_rolls_back_only_itself(db: Db) {
        let held = hold_the_writer(&db).await;
        let mut jobs = Vec::new();
        for id in 1..=40_i64 {
            let db = db.clone();
            jobs.push(queue(async move {
                db.write(WriteKey::conversation(7), move |tx| {
                    add_user(tx, id, &format!("u{id}"))?;
                    match id % 4 {
                        1 => Err(StoreError::Closed),
                        2 => add_user(tx, id, "twice"),
                        3 => panic!("a mistake in a job"),
                        _ => Ok(()),
                    }
                })
                .await
            }));
        }
        held.release();
        let mut kept = 0;
        for (id, job) in (1..).zip(jobs) {
            match (id % 4, job.await.unwrap()) {
                (0, Ok(())) => kept += 1,
                (1, Err(StoreError::Closed)) | (2, Err(StoreError::Constraint(_))) => {}
                (3, Err(StoreError::Panicked)) => {}
                (_, other) => panic!("job {id}: {other:?}"),
            }
        }
        assert_eq!(names(&db).await.len(), kept);
        assert_eq!(kept, 10);
    }

    /// Effects run after the commit, in order, once per job, and not for jobs that failed.
    async fn effects_run_in_commit_order(db: Db) {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let held = hold_the_writer(&db).await;
        let mut jobs = Vec::new();
        for index in 0..60 {
            let (db, seen) = (db.clone(), Arc::clone(&seen));
            jobs.push(queue(async move {
                db.write(WriteKey::conversation(7), move |tx| {
                    let number = next(tx)?;
                    let seen = Arc::clone(&seen);
                    tx.after_commit(move || seen.lock().unwrap().push(number));
                    if index % 7 == 3 { Err(StoreError::Closed) } else { Ok(number) }
                })
                .await
            }));
        }
        held.release();
        let mut answered = Vec::new();
        for job in jobs {
            answered.extend(job.await.unwrap().ok());
        }
        answered.sort_unstable();
        let seen = seen.lock().unwrap().clone();
        assert_eq!(seen, answered, "numbers in commit order, each published once");
        assert_eq!(seen, (1..=seen.len() as i64).collect::<Vec<_>>(), "refused jobs leave no hole");
    }

    /// Jobs that wait share a commit; a job alone is committed at once.
    async fn waiting_jobs_share_a_commit(db: Db) {
        let before = db.stats().commits.load(Ordering::Relaxed);
        let held = hold_the_writer(&db).await;
        let jobs: Vec<_> = (0..100)
            .map(|_| {
                let db = db.clone();
                queue(async move { db.write(WriteKey::conversation(7), next).await.unwrap() })
            })
            .collect();
        held.release();
        for job in jobs {
            job.await.unwrap();
        }
        let commits = db.stats().commits.load(Ordering::Relaxed) - before;
        assert!(commits <= 3, "100 waiting jobs took {commits} commits");
        db.write(WriteKey::conversation(7), next).await.unwrap();
        assert_eq!(db.stats().commits.load(Ordering::Relaxed) - before, commits + 1);
    }

    /// A read sees one state from its first statement on, whatever is committed meanwhile.
    async fn reads_are_snapshots(db: Db) {
        let (started, wait_start) = tokio::sync::oneshot::channel();
        let (go_on, wait) = std::sync::mpsc::channel::<()>();
        let reader = {
            let db = db.clone();
            tokio::spawn(async move {
                db.read(move |tx| {
                    let sql = "SELECT COUNT(*) FROM app_user";
                    let before: i64 = tx.one(sql, &[], |row| row.get(0))?.unwrap();
                    started.send(()).unwrap();
                    wait.recv().unwrap();
                    let after: i64 = tx.one(sql, &[], |row| row.get(0))?.unwrap();
                    Ok::<_, StoreError>((before, after))
                })
                .await
                .unwrap()
            })
        };
        wait_start.await.unwrap();
        db.write(WriteKey::user(1), |tx| add_user(tx, 1, "anna")).await.unwrap();
        go_on.send(()).unwrap();
        assert_eq!(reader.await.unwrap(), (0, 0));
        assert_eq!(names(&db).await, ["anna"]);
    }

    /// A read cannot write.
    async fn reads_cannot_write(db: Db) {
        let refused = db.read(|tx| add_user(tx, 1, "anna")).await;
        assert!(refused.is_err(), "{refused:?}");
        assert!(names(&db).await.is_empty());
    }

    /// What is queued at the time of closing is still done; what comes later is refused.
    async fn closing_finishes_the_queue(db: Db) {
        let held = hold_the_writer(&db).await;
        let jobs: Vec<_> = (0..20)
            .map(|_| {
                let db = db.clone();
                queue(async move { db.write(WriteKey::conversation(7), next).await })
            })
            .collect();
        held.release();
        db.close().await;
        for job in jobs {
            assert!(job.await.unwrap().is_ok());
        }
        assert!(matches!(db.write(WriteKey::conversation(7), next).await, Err(StoreError::Closed)));
        let read = db.read(|tx| tx.one("SELECT 1", &[], |row| row.get::<i64>(0))).await;
        assert!(matches!(read, Err(StoreError::Closed)));
    }

    /// Writers that lock the same rows in opposite order do not lose anything and do not count twice.
    async fn conflicting_writers_are_repeated(db: Db) {
        db.write(WriteKey::user(1), |tx| {
            for id in 1..=2_i64 {
                tx.execute("INSERT INTO user_sync (user_id, useq) VALUES ($1, 0)", args![id])?;
            }
            Ok::<_, StoreError>(())
        })
        .await
        .unwrap();
        let jobs: Vec<_> = (0..30_i64)
            .map(|index| {
                let db = db.clone();
                tokio::spawn(async move {
                    db.write(WriteKey::user(index), move |tx| {
                        for id in if index % 2 == 0 { [1_i64, 2] } else { [2, 1] } {
                            tx.execute("UPDATE user_sync SET useq = useq + 1 WHERE user_id = $1", args![id])?;
                        }
                        Ok::<_, StoreError>(())
                    })
                    .await
                })
            })
            .collect();
        let mut done = 0;
        for job in jobs {
            done += i64::from(job.await.unwrap().is_ok());
        }
        let sum: Vec<i64> = db
            .read(|tx| tx.rows("SELECT useq FROM user_sync ORDER BY user_id", &[], |row| row.get(0)))
            .await
            .map_err(|e: StoreError| e)
            .unwrap();
        assert_eq!(sum, [done, done]);
        assert_eq!(done, 30);
    }
}

/// Keeps the writer of conversation 7 busy, so that what is sent meanwhile waits in its queue.
struct Held {
    go: Arc<AtomicBool>,
}

impl Held {
    fn release(self) {
        self.go.store(true, Ordering::Release);
    }
}

/// Polls a write once, which queues it, and leaves the waiting to a task.
fn queue<F>(write: F) -> tokio::task::JoinHandle<F::Output>
where
    F: Future<Output: Send> + Send + 'static,
{
    let mut write = Box::pin(write);
    let polled = write.as_mut().poll(&mut std::task::Context::from_waker(std::task::Waker::noop()));
    assert!(polled.is_pending(), "the writer is held");
    tokio::spawn(write)
}

async fn hold_the_writer(db: &Db) -> Held {
    let held = Held { go: Arc::default() };
    let (started, running) = tokio::sync::oneshot::channel();
    let (go, db) = (Arc::clone(&held.go), db.clone());
    let mut started = Some(started);
    tokio::spawn(async move {
        db.write(WriteKey::conversation(7), move |_| {
            if let Some(started) = started.take() {
                started.send(()).unwrap();
            }
            while !go.load(Ordering::Acquire) {
                std::thread::yield_now();
            }
            Ok::<_, StoreError>(())
        })
        .await
        .unwrap();
    });
    running.await.unwrap();
    held
}

/// What was acknowledged is there after the database is opened again.
#[tokio::test]
async fn a_database_opens_again_with_its_rows() {
    for place in [Some(TestPlace::sqlite()), TestPlace::postgres()].into_iter().flatten() {
        let db = place.open().await;
        db.write(WriteKey::user(1), |tx| add_user(tx, 1, "anna")).await.unwrap();
        db.close().await;
        let db = place.open().await;
        assert_eq!(names(&db).await, ["anna"]);
        db.close().await;
    }
}
