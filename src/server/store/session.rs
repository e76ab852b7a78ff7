//! Signed-in instances and invitations.

use hallway_protocol::session::{DeviceClass, InstanceInfo};

use super::error::StoreError;
use super::tx::Tx;
use super::value::Row;
use crate::args;
use crate::auth::token::{Hash, Stored};

/// An instance as stored.
#[derive(Clone, Debug)]
pub struct InstanceRecord {
    /// What signed in.
    pub info: InstanceInfo,
    /// Its tokens.
    pub tokens: Stored,
    /// Unix seconds at which its credential runs out, where it does.
    pub expires: Option<i64>,
    /// Unix seconds.
    pub login_time: i64,
    /// Unix seconds.
    pub last_seen: i64,
}

fn class_number(class: DeviceClass) -> i64 {
    match class {
        DeviceClass::Desktop => 0,
        DeviceClass::Web => 1,
        DeviceClass::Mobile => 2,
    }
}

fn hash(bytes: Vec<u8>) -> Result<Hash, StoreError> {
    bytes.try_into().map_err(|_| StoreError::Corrupt("a hash of the wrong length".into()))
}

fn hashes(bytes: Vec<u8>) -> Result<Vec<Hash>, StoreError> {
    bytes.chunks(size_of::<Hash>()).map(|one| hash(one.to_vec())).collect()
}

fn record(row: &Row<'_>) -> Result<InstanceRecord, StoreError> {
    let device_class = match row.get::<i64>(1)? {
        1 => DeviceClass::Web,
        2 => DeviceClass::Mobile,
        _ => DeviceClass::Desktop,
    };
    let info = InstanceInfo {
        instance_id: row.get(0)?,
        device_class,
        client_version: row.get(2)?,
        host_name: row.get(3)?,
    };
    let tokens = Stored {
        current: hashes(row.get(4)?)?,
        previous: row.get::<Option<Vec<u8>>>(5)?.map(hash).transpose()?,
    };
    Ok(InstanceRecord { info, tokens, expires: row.get(6)?, login_time: row.get(7)?, last_seen: row.get(8)? })
}

/// All instances of a user, the one that signed in first at the front.
pub fn instances(tx: &mut Tx<'_>, user: i64) -> Result<Vec<InstanceRecord>, StoreError> {
    tx.rows(
        "SELECT instance_id, device_class, client_version, host_name, token_current, token_previous, expires, \
         login_time, last_seen FROM instance WHERE user_id = $1 ORDER BY login_time, instance_id",
        args![user],
        record,
    )
}

/// One instance.
pub fn instance(tx: &mut Tx<'_>, user: i64, id: &str) -> Result<Option<InstanceRecord>, StoreError> {
    tx.one(
        "SELECT instance_id, device_class, client_version, host_name, token_current, token_previous, expires, login_time, last_seen FROM instance \
         WHERE user_id = $1 AND instance_id = $2",
        args![user, id],
        record,
    )
}

/// Stores an instance, new or known.
pub fn put_instance(tx: &mut Tx<'_>, user: i64, instance: &InstanceRecord) -> Result<(), StoreError> {
    let tokens = &instance.tokens;
    tx.execute(
        "INSERT INTO instance (user_id, instance_id, device_class, client_version, host_name, token_current, \
         token_previous, expires, login_time, last_seen) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
         ON CONFLICT (user_id, instance_id) DO UPDATE SET device_class = excluded.device_class, \
         client_version = excluded.client_version, host_name = excluded.host_name, \
         token_current = excluded.token_current, \
         token_previous = excluded.token_previous, expires = excluded.expires, \
         login_time = excluded.login_time, last_seen = excluded.last_seen",
        args![
            user,
            &instance.info.instance_id,
            class_number(instance.info.device_class),
            &instance.info.client_version,
            &instance.info.host_name,
            &tokens.current.concat()[..],
            tokens.previous.as_ref().map(|hash| &hash[..]),
            instance.expires,
            instance.login_time,
            instance.last_seen
        ],
    )
    .map(|_| ())
}

/// Forgets an instance; whether there was one.
pub fn remove_instance(tx: &mut Tx<'_>, user: i64, id: &str) -> Result<bool, StoreError> {
    tx.execute("DELETE FROM instance WHERE user_id = $1 AND instance_id = $2", args![user, id]).map(|n| n > 0)
}

/// Notes when an instance was connected last.
pub fn touch_instance(tx: &mut Tx<'_>, user: i64, id: &str, now: i64) -> Result<(), StoreError> {
    let sql = "UPDATE instance SET last_seen = $3 WHERE user_id = $1 AND instance_id = $2";
    tx.execute(sql, args![user, id, now]).map(|_| ())
}

/// Changes when an instance's credential runs out.
pub fn set_expires(tx: &mut Tx<'_>, user: i64, id: &str, expires: Option<i64>) -> Result<(), StoreError> {
    let sql = "UPDATE instance SET expires = $3 WHERE user_id = $1 AND instance_id = $2";
    tx.execute(sql, args![user, id, expires]).map(|_| ())
}

/// An invitation that can be used.
#[derive(Clone, Copy, Debug)]
pub struct InviteRecord {
    /// The account made by it is an administrator.
    pub is_admin: bool,
}

/// Stores an invitation by the hash of its token.
pub fn put_invite(
    tx: &mut Tx<'_>,
    token: &Hash,
    by: i64,
    is_admin: bool,
    now: i64,
    expires: i64,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO invite (token_hash, created_by, is_admin, created_at, expires, used_by) \
         VALUES ($1, $2, $3, $4, $5, NULL)",
        args![&token[..], by, is_admin, now, expires],
    )
    .map(|_| ())
}

/// The invitation with this token, if it is neither used nor out of date.
pub fn open_invite(tx: &mut Tx<'_>, token: &Hash, now: i64) -> Result<Option<InviteRecord>, StoreError> {
    tx.one(
        "SELECT is_admin FROM invite WHERE token_hash = $1 AND expires > $2 AND used_by IS NULL",
        args![&token[..], now],
        |row| Ok(InviteRecord { is_admin: row.get(0)? }),
    )
}

/// Uses an invitation up; false when somebody else was faster.
pub fn use_invite(tx: &mut Tx<'_>, token: &Hash, user: i64) -> Result<bool, StoreError> {
    let sql = "UPDATE invite SET used_by = $2 WHERE token_hash = $1 AND used_by IS NULL";
    tx.execute(sql, args![&token[..], user]).map(|n| n > 0)
}

/// The account made with an invitation.
pub fn used_by(tx: &mut Tx<'_>, token: &Hash) -> Result<Option<i64>, StoreError> {
    let sql = "SELECT used_by FROM invite WHERE token_hash = $1 AND used_by IS NOT NULL";
    tx.one(sql, args![&token[..]], |row| row.get(0))
}
