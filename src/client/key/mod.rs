//! Where the key of an account's local copy is kept.
//!
//! Every copy has a random 256-bit key that never changes. It is kept either in the system's keyring or, where
//! there is none, in the account's folder, wrapped with a key made from a passphrase (Argon2id, then
//! ChaCha20-Poly1305), so that changing the passphrase wraps 32 bytes anew and leaves the copy alone. Which of
//! the two it is stands in one small file in the account's folder; without that file there is no key yet.
//!
//! * `file`: that file, written whole or not at all and never over another one by accident.
//! * `wrap`: passphrase in, key out.
//! * `keyring`: the system's keyring, and how to find out that it is not usable.
//!
//! Keys and passphrases are overwritten in memory when they are done with, and in no log, error or `Debug`.

mod file;
mod keyring;
#[cfg(test)]
mod tests;
mod wrap;

use std::io;
use std::path::{Path, PathBuf};

use hallway_protocol::{ChatError, ErrorCode};
use serde_json::json;
use zeroize::Zeroizing;

use crate::config::CacheKey;
use file::{Keeper, KeyFile};

/// The key of a local copy.
pub type DataKey = Zeroizing<[u8; 32]>;

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// There is no keyring to keep a new key in, or it is locked and nobody unlocked it. The app asks for a
    /// passphrase instead.
    #[error("there is no usable keyring: {0}")]
    NoKeyring(String),
    /// The key is in a keyring that cannot be reached now; it may be there again after the next login to the
    /// system. A passphrase does not help.
    #[error("the keyring with the key of the local copy is not available: {0}")]
    KeyringAway(String),
    /// The key was in the keyring and is not there any more: the local copy cannot be read again.
    #[error("the keyring has no key for the local copy any more")]
    Lost,
    /// The key is protected by a passphrase and none was given.
    #[error("the local copy is protected by a passphrase")]
    PassphraseNeeded,
    /// The passphrase is not the one the key is protected with.
    #[error("the passphrase is wrong")]
    WrongPassphrase,
    /// There is no passphrase to change: the key is in the keyring, or there is none.
    #[error("the local copy is not protected by a passphrase")]
    NoPassphrase,
    /// The file that says where the key is does not hold what it should.
    #[error("{} is damaged: {reason}", file.display())]
    Damaged {
        /// Which file.
        file: PathBuf,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A file cannot be read or written.
    #[error("{}: {error}", file.display())]
    Io {
        /// Which file.
        file: PathBuf,
        /// Why.
        error: io::Error,
    },
}

impl KeyError {
    /// A word for each kind, stable, for apps that only have the [`ChatError`]; see [`reason_of`].
    pub fn reason(&self) -> &'static str {
        match self {
            Self::NoKeyring(_) => reason::NO_KEYRING,
            Self::KeyringAway(_) => reason::KEYRING_AWAY,
            Self::Lost => reason::KEY_LOST,
            Self::PassphraseNeeded => reason::PASSPHRASE_NEEDED,
            Self::WrongPassphrase => reason::WRONG_PASSPHRASE,
            Self::NoPassphrase => reason::NO_PASSPHRASE,
            Self::Damaged { .. } => reason::KEY_FILE_DAMAGED,
            Self::Io { .. } => reason::KEY_FILE_UNREADABLE,
        }
    }
}

/// What `data.reason` of a [`ChatError`] made from a [`KeyError`] can be.
pub mod reason {
    /// [`super::KeyError::NoKeyring`].
    pub const NO_KEYRING: &str = "no_keyring";
    /// [`super::KeyError::KeyringAway`].
    pub const KEYRING_AWAY: &str = "keyring_away";
    /// [`super::KeyError::Lost`].
    pub const KEY_LOST: &str = "key_lost";
    /// [`super::KeyError::PassphraseNeeded`].
    pub const PASSPHRASE_NEEDED: &str = "passphrase_needed";
    /// [`super::KeyError::WrongPassphrase`].
    pub const WRONG_PASSPHRASE: &str = "wrong_passphrase";
    /// [`super::KeyError::NoPassphrase`].
    pub const NO_PASSPHRASE: &str = "no_passphrase";
    /// [`super::KeyError::Damaged`].
    pub const KEY_FILE_DAMAGED: &str = "key_file_damaged";
    /// [`super::KeyError::Io`].
    pub const KEY_FILE_UNREADABLE: &str = "key_file_unreadable";
}

impl From<KeyError> for ChatError {
    /// 2905, the call is not possible as things are; `data` is `{ "reason": … }` with a word of [`reason`].
    fn from(error: KeyError) -> Self {
        ChatError::new(ErrorCode::StateNotAllowed)
            .with_message(error.to_string())
            .with_data(json!({ "reason": error.reason() }))
    }
}

/// The word of [`reason`] in an error, if it has one.
pub fn reason_of(error: &ChatError) -> Option<&str> {
    error.data.as_ref()?.get("reason")?.as_str()
}

/// The key of the copy in `account_dir`, made and kept on the first call. The folder must exist.
///
/// A key that exists is never replaced: not by a keyring that lost it ([`KeyError::Lost`]), not by another
/// passphrase ([`KeyError::WrongPassphrase`]), not by another way of keeping it. May wait for a person who is
/// asked to unlock the keyring.
pub async fn obtain(key: &CacheKey, account_dir: &Path) -> Result<DataKey, KeyError> {
    let (key, dir) = (key.clone(), account_dir.to_owned());
    blocking(move || match key {
        CacheKey::Raw(key) => Ok(key),
        CacheKey::Keyring => from_keyring(&dir),
        CacheKey::Passphrase(passphrase) => from_passphrase(&dir, &passphrase),
    })
    .await
}

/// Destroys the key of the copy in `account_dir`, after which nobody can read the copy. No key: no effect.
///
/// # Errors
///
/// [`KeyError::KeyringAway`] when the keyring cannot be reached; the key is still there then.
pub async fn forget(account_dir: &Path) -> Result<(), KeyError> {
    let dir = account_dir.to_owned();
    blocking(move || match KeyFile::read(&dir) {
        Ok(None) => Ok(()),
        Ok(Some(file)) => {
            if let Keeper::Keyring { id } = &file.keeper {
                // A locked keyring looks the same as one without the key.
                if !keyring::delete(id).map_err(KeyError::KeyringAway)? {
                    keyring::probe().map_err(KeyError::KeyringAway)?;
                }
            }
            KeyFile::remove(&dir)
        }
        // What cannot be read keeps no key that could be used.
        Err(KeyError::Damaged { .. }) => KeyFile::remove(&dir),
        Err(error) => Err(error),
    })
    .await
}

/// Protects the key with another passphrase. The copy itself does not change and may be open.
pub async fn change_passphrase(
    account_dir: &Path,
    old: &Zeroizing<String>,
    new: &Zeroizing<String>,
) -> Result<(), KeyError> {
    let (dir, old, new) = (account_dir.to_owned(), old.clone(), new.clone());
    blocking(move || {
        let file = KeyFile::read(&dir)?.ok_or(KeyError::NoPassphrase)?;
        let Keeper::Passphrase(wrapped) = &file.keeper else { return Err(KeyError::NoPassphrase) };
        let key = wrapped.open(&old).map_err(|error| error.at(&dir))?;
        let wrapped = wrap::Wrapped::seal(&key, &new).map_err(|error| error.at(&dir))?;
        KeyFile::new(Keeper::Passphrase(wrapped)).replace(&dir)
    })
    .await
}

/// Whether the system has a keyring that can keep a key: stores, reads and deletes a trial one, since a locked
/// keyring answers a mere question as if it were empty. May wait for a person who is asked to unlock it.
pub async fn check_keyring() -> Result<(), KeyError> {
    blocking(|| keyring::probe().map_err(KeyError::NoKeyring)).await
}

fn from_keyring(dir: &Path) -> Result<DataKey, KeyError> {
    if let Some(file) = KeyFile::read(dir)? {
        return match &file.keeper {
            Keeper::Keyring { id } => read_keyring(id),
            Keeper::Passphrase(_) => Err(KeyError::PassphraseNeeded),
        };
    }
    keyring::probe().map_err(KeyError::NoKeyring)?;
    let (id, key) = (wrap::random_id(), wrap::random_key());
    keyring::store(&id, &key).map_err(KeyError::NoKeyring)?;
    // The key first: a file that names a key nobody kept would be a copy that cannot be opened.
    let created = KeyFile::new(Keeper::Keyring { id: id.clone() }).create(dir);
    if !matches!(created, Ok(true)) {
        // Not ours to keep; an entry left behind is harmless, nothing is encrypted with it.
        let _ = keyring::delete(&id);
    }
    match created {
        Ok(true) => Ok(key),
        // Another program of this account was faster.
        Ok(false) => from_keyring(dir),
        Err(error) => Err(error),
    }
}

fn read_keyring(id: &str) -> Result<DataKey, KeyError> {
    match keyring::read(id).map_err(KeyError::KeyringAway)? {
        Some(key) => Ok(key),
        // A locked keyring looks the same as one without the key.
        None => match keyring::probe() {
            Ok(()) => Err(KeyError::Lost),
            Err(reason) => Err(KeyError::KeyringAway(reason)),
        },
    }
}

fn from_passphrase(dir: &Path, passphrase: &Zeroizing<String>) -> Result<DataKey, KeyError> {
    if let Some(file) = KeyFile::read(dir)? {
        return match &file.keeper {
            Keeper::Passphrase(wrapped) => wrapped.open(passphrase).map_err(|error| error.at(dir)),
            // A passphrase was never set: the key is where it was put.
            Keeper::Keyring { id } => read_keyring(id),
        };
    }
    let key = wrap::random_key();
    let wrapped = wrap::Wrapped::seal(&key, passphrase).map_err(|error| error.at(dir))?;
    if KeyFile::new(Keeper::Passphrase(wrapped)).create(dir)? {
        Ok(key)
    } else {
        from_passphrase(dir, passphrase)
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, KeyError> + Send + 'static,
) -> Result<T, KeyError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}
