//! The system's keyring: Secret Service (GNOME Keyring, KWallet) on Linux, the Credential Manager on Windows, the
//! Keychain on macOS.
//!
//! Everything here blocks, some of it until a person has unlocked the keyring. Failures are sentences for logs;
//! there is nothing a program could do about their kinds.

use std::sync::{Arc, Mutex, PoisonError};

use keyring_core::{CredentialStore, Entry, Error};
use zeroize::Zeroizing;

use super::DataKey;
use super::wrap::{random_id, random_key};

/// Under which name the keys stand in the keyring.
const SERVICE: &str = "hallway";

/// Keeps a new key.
pub(super) fn store(id: &str, key: &DataKey) -> Result<(), String> {
    with(|store| entry(store, id)?.set_secret(key.as_slice()))
}

/// The key; `None` if the keyring says that it has none, which a locked one says as well.
pub(super) fn read(id: &str) -> Result<Option<DataKey>, String> {
    with(|store| {
        let secret = match entry(store, id)?.get_secret() {
            Ok(secret) => Zeroizing::new(secret),
            Err(Error::NoEntry) => return Ok(None),
            Err(error) => return Err(error),
        };
        let mut key = DataKey::default();
        if secret.len() != key.len() {
            return Ok(None);
        }
        key.copy_from_slice(&secret);
        Ok(Some(key))
    })
}

/// Deletes a key; false if the keyring says that it has none, which a locked one says as well.
pub(super) fn delete(id: &str) -> Result<bool, String> {
    with(|store| match entry(store, id)?.delete_credential() {
        Ok(()) => Ok(true),
        Err(Error::NoEntry) => Ok(false),
        Err(error) => Err(error),
    })
}

/// Finds out whether keys can be kept: a locked keyring answers questions as if it were empty, so only storing
/// tells.
pub(super) fn probe() -> Result<(), String> {
    let (id, trial) = (format!("trial-{}", random_id()), random_key());
    store(&id, &trial)?;
    let read = read(&id);
    delete(&id)?;
    if read? == Some(trial) { Ok(()) } else { Err("it does not give back what it was given".to_owned()) }
}

fn entry(store: &Arc<CredentialStore>, id: &str) -> Result<Entry, Error> {
    store.build(SERVICE, id, None)
}

/// Does something with the connection to the keyring, which is kept. After a failure it is made anew, because the
/// keyring's service may have been restarted meanwhile.
fn with<T>(work: impl Fn(&Arc<CredentialStore>) -> Result<T, Error>) -> Result<T, String> {
    static STORE: Mutex<Option<Arc<CredentialStore>>> = Mutex::new(None);
    let mut kept = STORE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(store) = &*kept
        && let Ok(done) = work(store)
    {
        return Ok(done);
    }
    *kept = None;
    let store = connect().map_err(|error| tell(&error))?;
    let done = work(&store).map_err(|error| tell(&error))?;
    *kept = Some(store);
    Ok(done)
}

/// Some errors carry what was stored; their text must not.
fn tell(error: &Error) -> String {
    match error {
        Error::BadEncoding(_) | Error::BadDataFormat(..) => "it holds something else".to_owned(),
        error => error.to_string(),
    }
}

#[cfg(target_os = "linux")]
fn connect() -> Result<Arc<CredentialStore>, Error> {
    let store = zbus_secret_service_keyring_store::Store::new()?;
    Ok(store)
}

#[cfg(target_os = "windows")]
fn connect() -> Result<Arc<CredentialStore>, Error> {
    let store = windows_native_keyring_store::Store::new()?;
    Ok(store)
}

#[cfg(target_os = "macos")]
fn connect() -> Result<Arc<CredentialStore>, Error> {
    let store = apple_native_keyring_store::keychain::Store::new()?;
    Ok(store)
}

#[cfg(not(any(target_os = "linux", target_os = "windows", target_os = "macos")))]
fn connect() -> Result<Arc<CredentialStore>, Error> {
    Err(Error::NotSupportedByStore("this system has no keyring that Hallway knows".to_owned()))
}
