//! What the person who runs the server looks up, and how a server learns what another process ended.

use hallway_protocol::session::KickedOutType;

use super::error::StoreError;
use super::tx::Tx;
use crate::args;

/// An account in the list of all.
#[derive(Clone, Debug)]
pub struct AccountLine {
    /// Public id.
    pub user_id: String,
    /// Display name, may be empty.
    pub nick: String,
    /// Administrator of the workspace.
    pub is_admin: bool,
    /// Switched off.
    pub is_disabled: bool,
    /// Unix seconds.
    pub created_at: i64,
    /// How many instances are signed in.
    pub instances: i64,
    /// Unix seconds at which one of them was connected last.
    pub last_seen: Option<i64>,
}

/// All accounts by id, also those switched off.
pub fn accounts(tx: &mut Tx<'_>) -> Result<Vec<AccountLine>, StoreError> {
    tx.rows(
        "SELECT u.user_id, u.nick, u.is_admin, u.is_disabled, u.created_at, COUNT(i.instance_id), \
         MAX(i.last_seen) FROM app_user u LEFT JOIN instance i ON i.user_id = u.id \
         GROUP BY u.id, u.user_id, u.nick, u.is_admin, u.is_disabled, u.created_at ORDER BY u.user_id",
        &[],
        |row| {
            Ok(AccountLine {
                user_id: row.get(0)?,
                nick: row.get(1)?,
                is_admin: row.get(2)?,
                is_disabled: row.get(3)?,
                created_at: row.get(4)?,
                instances: row.get(5)?,
                last_seen: row.get(6)?,
            })
        },
    )
}

const REASONS: [(KickedOutType, i64); 4] = [
    (KickedOutType::MultipleAccount, 0),
    (KickedOutType::MultipleDevice, 1),
    (KickedOutType::UserSigExpired, 2),
    (KickedOutType::RestApiKick, 3),
];

fn reason(number: i64) -> KickedOutType {
    REASONS.iter().find(|(_, known)| *known == number).map_or(KickedOutType::RestApiKick, |(kind, _)| *kind)
}

/// Ends a session: forgets the instance and notes why, for the client that comes back and for the server it
/// is connected to. Whether there was one.
pub fn end_instance(
    tx: &mut Tx<'_>,
    user: i64,
    id: &str,
    kind: KickedOutType,
    now_ms: i64,
) -> Result<bool, StoreError> {
    let sql = "DELETE FROM instance WHERE user_id = $1 AND instance_id = $2";
    if tx.execute(sql, args![user, id])? == 0 {
        return Ok(false);
    }
    let number = REASONS.iter().find(|(known, _)| *known == kind).map_or(3, |(_, number)| *number);
    tx.execute(
        "INSERT INTO ended_instance (user_id, instance_id, reason, ended_ms) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (user_id, instance_id) DO UPDATE SET reason = excluded.reason, ended_ms = excluded.ended_ms",
        args![user, id, number, now_ms],
    )?;
    Ok(true)
}

/// Why the session of an instance was ended, if it was and has not signed in again.
pub fn why_ended(tx: &mut Tx<'_>, user: i64, id: &str) -> Result<Option<KickedOutType>, StoreError> {
    let sql = "SELECT reason FROM ended_instance WHERE user_id = $1 AND instance_id = $2";
    tx.one(sql, args![user, id], |row| row.get(0).map(reason))
}

/// The instance has signed in again.
pub fn forget_end(tx: &mut Tx<'_>, user: i64, id: &str) -> Result<(), StoreError> {
    let sql = "DELETE FROM ended_instance WHERE user_id = $1 AND instance_id = $2";
    tx.execute(sql, args![user, id]).map(|_| ())
}

/// A session that was ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Number of the account.
    pub user: i64,
    /// Which instance.
    pub instance_id: String,
    /// Why.
    pub kind: KickedOutType,
}

/// The sessions ended since a time, Unix milliseconds, by whatever process.
pub fn ended_since(tx: &mut Tx<'_>, since_ms: i64) -> Result<Vec<Ended>, StoreError> {
    let sql = "SELECT user_id, instance_id, reason FROM ended_instance WHERE ended_ms >= $1";
    tx.rows(sql, args![since_ms], |row| {
        Ok(Ended { user: row.get(0)?, instance_id: row.get(1)?, kind: reason(row.get(2)?) })
    })
}

/// Forgets ends before a time, Unix milliseconds.
pub fn drop_ended_before(tx: &mut Tx<'_>, before_ms: i64) -> Result<(), StoreError> {
    tx.execute("DELETE FROM ended_instance WHERE ended_ms < $1", args![before_ms]).map(|_| ())
}

#[cfg(test)]
mod tests {
    use hallway_protocol::session::InstanceInfo;

    use super::*;
    use crate::auth::token::Token;
    use crate::store::WriteKey;
    use crate::store::session::{self, InstanceRecord};
    use crate::store::test_engine::on_both_engines;
    use crate::store::user::{self, NewUser};

    fn new(id: &str) -> NewUser {
        NewUser { user_id: id.parse().unwrap(), nick: String::new(), password_hash: None, is_admin: false }
    }

    fn signed_in(id: &str, last_seen: i64) -> InstanceRecord {
        let info = InstanceInfo {
            instance_id: id.into(),
            device_class: Default::default(),
            client_version: String::new(),
            host_name: String::new(),
        };
        InstanceRecord {
            info,
            tokens: Token::fresh().unwrap().stored(),
            expires: None,
            login_time: 1,
            last_seen,
        }
    }

    on_both_engines! {
        /// SES-44, SES-46: an ended session is gone, and remembered with its reason until it signs in again.
        async fn an_ended_session_is_remembered_until_the_next_sign_in(db: Db) {
            db.write::<_, StoreError, _>(WriteKey::user(0), |tx| {
                let anna = user::create(tx, &new("anna"), 5)?.unwrap().number;
                user::create(tx, &new("ben"), 6)?;
                session::put_instance(tx, anna, &signed_in("a", 70))?;
                session::put_instance(tx, anna, &signed_in("b", 60))?;
                let lines = accounts(tx)?;
                let line = |n: usize| (lines[n].user_id.as_str(), lines[n].created_at, lines[n].instances, lines[n].last_seen);
                assert_eq!((line(0), line(1)), (("anna", 5, 2, Some(70)), ("ben", 6, 0, None)));

                let kind = KickedOutType::MultipleAccount;
                assert!(end_instance(tx, anna, "a", kind, 1000)?);
                assert!(!end_instance(tx, anna, "a", KickedOutType::RestApiKick, 2000)?, "it was ended before");
                assert!(!end_instance(tx, anna, "none", kind, 1000)?);
                assert_eq!(session::instances(tx, anna)?.len(), 1);
                assert_eq!((why_ended(tx, anna, "a")?, why_ended(tx, anna, "b")?), (Some(kind), None));
                assert_eq!(ended_since(tx, 1000)?, [Ended { user: anna, instance_id: "a".into(), kind }]);
                assert_eq!(ended_since(tx, 1001)?, []);
                drop_ended_before(tx, 1000)?;
                assert_eq!(ended_since(tx, 0)?.len(), 1);
                forget_end(tx, anna, "a")?;
                assert_eq!(why_ended(tx, anna, "a")?, None);
                end_instance(tx, anna, "b", KickedOutType::UserSigExpired, 3000)?;
                drop_ended_before(tx, 3001)?;
                assert_eq!(ended_since(tx, 0)?, []);
                Ok(())
            })
            .await
            .unwrap();
        }
    }
}
