//! Accounts: rows of `app_user`, and the directory.

use hallway_protocol::UserId;
use hallway_protocol::user::Profile;

use super::error::StoreError;
use super::server;
use super::tx::Tx;
use super::value::Row;
use crate::args;

/// An account with its number.
#[derive(Clone, Debug, PartialEq)]
pub struct UserRecord {
    /// The number in message ids and in all tables.
    pub number: i64,
    /// What others see.
    pub profile: Profile,
}

/// What signing in needs to know of an account.
#[derive(Clone, Debug)]
pub struct SignInRecord {
    /// The account.
    pub user: UserRecord,
    /// PHC string; none for accounts that have no password.
    pub password_hash: Option<String>,
    /// Unix seconds; credentials made before are void (RST-35).
    pub kicked_at: i64,
}

/// A new account.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// Public id.
    pub user_id: UserId,
    /// Display name, may be empty.
    pub nick: String,
    /// PHC string.
    pub password_hash: Option<String>,
    /// Administrator of the workspace.
    pub is_admin: bool,
}

/// What the directory sorts and searches by: the display name, then the id, in lower case.
fn sort_name(nick: &str, user_id: &str) -> String {
    let name = if nick.is_empty() { user_id } else { nick };
    format!("{} {}", name.to_lowercase(), user_id.to_lowercase())
}

fn record(row: &Row<'_>) -> Result<UserRecord, StoreError> {
    let id: &str = row.get(1)?;
    let user_id = id.parse().map_err(|_| StoreError::Corrupt("a malformed user_id".into()))?;
    let profile = Profile {
        user_id,
        nick: row.get(2)?,
        avatar: row.get(3)?,
        is_admin: row.get(4)?,
        is_disabled: row.get(5)?,
        version: row.get(6)?,
    };
    Ok(UserRecord { number: row.get(0)?, profile })
}

/// The account with this number.
pub fn by_number(tx: &mut Tx<'_>, number: i64) -> Result<Option<UserRecord>, StoreError> {
    tx.one(
        "SELECT id, user_id, nick, avatar, is_admin, is_disabled, version FROM app_user WHERE id = $1",
        args![number],
        record,
    )
}

/// The account with this id.
pub fn by_id(tx: &mut Tx<'_>, user_id: &UserId) -> Result<Option<UserRecord>, StoreError> {
    tx.one(
        "SELECT id, user_id, nick, avatar, is_admin, is_disabled, version FROM app_user WHERE user_id = $1",
        args![user_id.as_str()],
        record,
    )
}

/// The account with this id and what proves who it is.
pub fn for_sign_in(tx: &mut Tx<'_>, user_id: &UserId) -> Result<Option<SignInRecord>, StoreError> {
    tx.one(
        "SELECT id, user_id, nick, avatar, is_admin, is_disabled, version, password_hash, kicked_at \
         FROM app_user WHERE user_id = $1",
        args![user_id.as_str()],
        |row| Ok(SignInRecord { user: record(row)?, password_hash: row.get(7)?, kicked_at: row.get(8)? }),
    )
}

/// How many accounts there are.
pub fn count(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    Ok(tx.one("SELECT COUNT(*) FROM app_user", &[], |row| row.get(0))?.unwrap_or(0))
}

/// Makes an account; none if the id is taken.
pub fn create(tx: &mut Tx<'_>, new: &NewUser, now: i64) -> Result<Option<UserRecord>, StoreError> {
    if by_id(tx, &new.user_id)?.is_some() {
        return Ok(None);
    }
    let number = server::next_number(tx, "app_user")?;
    let sort_name = sort_name(&new.nick, new.user_id.as_str());
    let inserted = tx.execute(
        "INSERT INTO app_user (id, user_id, nick, sort_name, avatar, is_admin, is_disabled, version, \
         password_hash, created_at, kicked_at) VALUES ($1, $2, $3, $4, '', $5, FALSE, 1, $6, $7, 0) \
         ON CONFLICT (user_id) DO NOTHING",
        args![
            number,
            new.user_id.as_str(),
            &new.nick,
            &sort_name,
            new.is_admin,
            new.password_hash.as_deref(),
            now
        ],
    )?;
    if inserted == 0 { Ok(None) } else { by_number(tx, number) }
}

/// Changes the name and answers with the new state.
pub fn set_nick(tx: &mut Tx<'_>, user: &UserRecord, nick: &str) -> Result<Option<UserRecord>, StoreError> {
    tx.execute(
        "UPDATE app_user SET nick = $2, sort_name = $3, version = version + 1 WHERE id = $1",
        args![user.number, nick, &sort_name(nick, user.profile.user_id.as_str())],
    )?;
    by_number(tx, user.number)
}

/// Changes the password.
pub fn set_password(tx: &mut Tx<'_>, number: i64, hash: &str) -> Result<(), StoreError> {
    tx.execute("UPDATE app_user SET password_hash = $2 WHERE id = $1", args![number, hash]).map(|_| ())
}

/// Switches an account off or on, or changes whether it is an administrator.
pub fn set_flags(
    tx: &mut Tx<'_>,
    number: i64,
    is_admin: bool,
    is_disabled: bool,
) -> Result<Option<UserRecord>, StoreError> {
    tx.execute(
        "UPDATE app_user SET is_admin = $2, is_disabled = $3, version = version + 1 WHERE id = $1",
        args![number, is_admin, is_disabled],
    )?;
    by_number(tx, number)
}

/// Makes credentials void that were made before `now`.
pub fn set_kicked(tx: &mut Tx<'_>, number: i64, now: i64) -> Result<(), StoreError> {
    tx.execute("UPDATE app_user SET kicked_at = $2 WHERE id = $1", args![number, now]).map(|_| ())
}

/// Where a page of the directory begins: after this name and number.
#[derive(Clone, Debug, Default)]
pub struct DirectoryPlace {
    /// `sort_name` of the last entry.
    pub sort_name: String,
    /// Its number.
    pub number: i64,
}

/// Everybody who is not switched off and whose name or id contains `words` (all of them, in lower case).
/// Answers the page and the place of its last entry.
pub fn directory(
    tx: &mut Tx<'_>,
    words: &[String],
    after: &DirectoryPlace,
    limit: usize,
) -> Result<(Vec<UserRecord>, DirectoryPlace), StoreError> {
    let (mut page, mut place) = (Vec::new(), after.clone());
    // The longest word is searched by the engine, the others here: how many words there are is the person's.
    let longest = words.iter().max_by_key(|word| word.len()).map_or(String::new(), |word| escape_like(word));
    let pattern = format!("%{longest}%");
    loop {
        let (from, mut rows) = (place.clone(), 0);
        tx.each(
            "SELECT id, user_id, nick, avatar, is_admin, is_disabled, version, sort_name FROM app_user \
             WHERE (sort_name > $1 OR (sort_name = $1 AND id > $2)) AND is_disabled = FALSE \
             AND sort_name LIKE $3 ESCAPE '!' ORDER BY sort_name, id LIMIT 200",
            args![&from.sort_name, from.number, &pattern],
            |row| {
                rows += 1;
                let name: &str = row.get(7)?;
                place = DirectoryPlace { sort_name: name.to_owned(), number: row.get(0)? };
                if words.iter().all(|word| name.contains(word.as_str())) {
                    page.push(record(row)?);
                }
                Ok(page.len() < limit)
            },
        )?;
        if page.len() >= limit || rows < 200 {
            return Ok((page, place));
        }
    }
}

/// Makes `%` and `_` stand for themselves.
fn escape_like(word: &str) -> String {
    word.chars().flat_map(|c| ['!', c].into_iter().skip(usize::from(!matches!(c, '%' | '_' | '!')))).collect()
}
