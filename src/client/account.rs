//! The accounts of a data folder: which there are, and where their local copies lie.
//!
//! `accounts.json` names servers and users so that an app can offer to resume them. It holds no secret and no
//! word of anybody's messages. Each account has a folder of its own beside it, with the encrypted copy, and a lock
//! that keeps two programs from running the same account at once.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use hallway_protocol::{ChatError, ErrorCode, UserId};
use ring::digest;
use serde::{Deserialize, Serialize};

use crate::config::ServerAddress;
use crate::shared::lock;
use crate::{Result, key};

const INDEX: &str = "accounts.json";
const DATABASE: &str = "cache.db";
const LOCK: &str = "lock";

/// An account that has signed in from this data folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredAccount {
    /// App id of the deployment.
    pub app_id: u32,
    /// The server.
    pub server: ServerAddress,
    /// Who.
    pub user_id: UserId,
    /// What to call them.
    #[serde(default)]
    pub nick: String,
    /// Name of the workspace.
    #[serde(default)]
    pub workspace: String,
    /// Whether [`crate::Client::resume`] needs no credential: false after a logout or when the session was ended.
    #[serde(default)]
    pub can_resume: bool,
    /// This installation's name for the account (SES-46).
    #[serde(default)]
    pub(crate) instance_id: String,
}

impl StoredAccount {
    fn is_same(&self, other: &Self) -> bool {
        self.app_id == other.app_id
            && self.server.address == other.server.address
            && self.user_id == other.user_id
    }
}

/// Guards the index against two handles in one program.
static INDEX_GUARD: Mutex<()> = Mutex::new(());

/// The accounts in the index, in the order they first signed in. No index: none.
pub(crate) fn list(data_dir: &Path) -> Result<Vec<StoredAccount>> {
    match fs::read(data_dir.join(INDEX)) {
        Ok(text) => serde_json::from_slice(&text).map_err(|_| damaged(data_dir)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(broken(&data_dir.join(INDEX), &error)),
    }
}

/// The account, if the index has it.
pub(crate) fn find(
    data_dir: &Path,
    app_id: u32,
    server: &ServerAddress,
    user: &UserId,
) -> Result<Option<StoredAccount>> {
    let found = list(data_dir)?.into_iter().find(|account| {
        account.app_id == app_id && account.server.address == server.address && account.user_id == *user
    });
    Ok(found)
}

/// Adds or replaces an account.
pub(crate) fn remember(data_dir: &Path, account: &StoredAccount) -> Result<()> {
    let _guard = lock(&INDEX_GUARD);
    let mut accounts = list(data_dir)?;
    match accounts.iter_mut().find(|known| known.is_same(account)) {
        Some(known) if known == account => return Ok(()),
        Some(known) => *known = account.clone(),
        None => accounts.push(account.clone()),
    }
    write(data_dir, &accounts)
}

/// Removes an account for good: the key first, so that whatever is left of the copy can never be read again.
pub(crate) async fn forget(data_dir: &Path, account: &StoredAccount) -> Result<()> {
    let folder = folder(data_dir, account.app_id, &account.server, &account.user_id);
    if folder.exists() {
        let held = Lock::take(&folder)?;
        key::forget(&folder).await?;
        drop(held);
        fs::remove_dir_all(&folder).map_err(|error| broken(&folder, &error))?;
    }
    let _guard = lock(&INDEX_GUARD);
    let mut accounts = list(data_dir)?;
    accounts.retain(|known| !known.is_same(account));
    write(data_dir, &accounts)
}

/// Folder of an account. Its name tells neither server nor user.
pub(crate) fn folder(data_dir: &Path, app_id: u32, server: &ServerAddress, user: &UserId) -> PathBuf {
    let mut hash = digest::Context::new(&digest::SHA256);
    hash.update(server.address.to_ascii_lowercase().as_bytes());
    hash.update(b"\n");
    hash.update(user.as_str().as_bytes());
    let hash: String = hash.finish().as_ref().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    data_dir.join(format!("{app_id}-{hash}"))
}

/// The database in an account's folder.
pub(crate) fn database(folder: &Path) -> PathBuf {
    folder.join(DATABASE)
}

/// Makes the folder of an account, for its owner's eyes only.
pub(crate) fn make_folder(folder: &Path) -> Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|error| broken(folder, &error))
}

/// Held while an account is open.
pub(crate) struct Lock(#[expect(dead_code, reason = "the open file is the lock")] File);

impl Lock {
    /// 2905 with the reason `in_use` when another program has the account open.
    pub fn take(folder: &Path) -> Result<Self> {
        let path = folder.join(LOCK);
        let file = File::create(&path).map_err(|error| broken(&path, &error))?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(ChatError::new(ErrorCode::StateNotAllowed)
                .with_message("another program has this account open")
                .with_data(serde_json::json!({ "reason": "in_use" }))),
            Err(TryLockError::Error(error)) => Err(broken(&path, &error)),
        }
    }
}

/// Whole or not at all.
fn write(data_dir: &Path, accounts: &[StoredAccount]) -> Result<()> {
    let path = data_dir.join(INDEX);
    let put = || -> io::Result<()> {
        make_folder(data_dir).map_err(io::Error::other)?;
        let new = data_dir.join(format!("{INDEX}.new"));
        let mut file = File::create(&new)?;
        file.write_all(&serde_json::to_vec_pretty(accounts)?)?;
        file.sync_all()?;
        fs::rename(&new, &path)
    };
    put().map_err(|error| broken(&path, &error))
}

fn broken(path: &Path, error: &io::Error) -> ChatError {
    ChatError::new(ErrorCode::UnexpectedError).with_message(format!("{}: {error}", path.display()))
}

fn damaged(data_dir: &Path) -> ChatError {
    let path = data_dir.join(INDEX);
    ChatError::new(ErrorCode::UnexpectedError).with_message(format!("{} cannot be read", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(user: &str) -> StoredAccount {
        StoredAccount {
            app_id: 1,
            server: ServerAddress { address: "Chat.example:7290".into(), ..ServerAddress::default() },
            user_id: user.parse().unwrap(),
            nick: String::new(),
            workspace: "Acme".into(),
            can_resume: true,
            instance_id: "i".into(),
        }
    }

    /// SES-10, R25: accounts never meet: each has its own folder, whose name tells nothing.
    #[tokio::test]
    async fn accounts_are_kept_apart_and_forgotten_whole() {
        let dir = tempfile::tempdir().unwrap();
        let (ann, ben) = (account("ann"), account("ben"));
        let folders: Vec<_> =
            [&ann, &ben].map(|it| folder(dir.path(), 1, &it.server, &it.user_id)).into_iter().collect();
        assert_ne!(folders[0], folders[1]);
        assert!(!folders[0].to_string_lossy().contains("ann"));
        for (account, folder) in [&ann, &ben].into_iter().zip(&folders) {
            make_folder(folder).unwrap();
            fs::write(database(folder), "x").unwrap();
            remember(dir.path(), account).unwrap();
        }
        remember(dir.path(), &StoredAccount { nick: "Ann".into(), ..ann.clone() }).unwrap();
        assert_eq!(
            list(dir.path()).unwrap().iter().map(|it| it.nick.as_str()).collect::<Vec<_>>(),
            ["Ann", ""]
        );
        forget(dir.path(), &ann).await.unwrap();
        assert!(!folders[0].exists() && folders[1].exists());
        assert_eq!(list(dir.path()).unwrap(), [ben]);
    }

    /// Two programs must not send the same outbox: the second is told why it cannot open the account.
    #[test]
    fn an_open_account_is_locked() {
        let dir = tempfile::tempdir().unwrap();
        let held = Lock::take(dir.path()).unwrap();
        let refused = Lock::take(dir.path()).err().unwrap();
        assert_eq!(refused.code, ErrorCode::StateNotAllowed);
        assert_eq!(key::reason_of(&refused), Some("in_use"));
        drop(held);
        Lock::take(dir.path()).unwrap();
    }
}
