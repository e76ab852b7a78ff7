//! The file in an account's folder that says where its key is.
//!
//! It holds a checksum, so that damage is told apart from a wrong passphrase. It is written beside and put in
//! place in one step, and creating it never replaces one that is there: that would make the local copy
//! unreadable for ever.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::KeyError;
use super::wrap::Wrapped;

/// Name of the file.
const NAME: &str = "key.json";

/// Version of its contents.
const VERSION: u32 = 1;

/// Who keeps the key.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Keeper {
    /// The system's keyring, under this name.
    Keyring { id: String },
    /// This file, protected by a passphrase.
    Passphrase(Wrapped),
}

/// The contents.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct KeyFile {
    version: u32,
    pub keeper: Keeper,
    checksum: String,
}

/// Where the file of an account is.
pub(super) fn path(dir: &Path) -> PathBuf {
    dir.join(NAME)
}

impl KeyFile {
    pub fn new(keeper: Keeper) -> Self {
        let checksum = checksum(&keeper);
        Self { version: VERSION, keeper, checksum }
    }

    /// The file of an account; `None` if there is none yet.
    pub fn read(dir: &Path) -> Result<Option<Self>, KeyError> {
        let file = path(dir);
        let text = match fs::read(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(KeyError::Io { file, error }),
        };
        let damaged = |reason| KeyError::Damaged { file: file.clone(), reason };
        let read: Self = serde_json::from_slice(&text).map_err(|_| damaged("cannot be read"))?;
        if read.version != VERSION {
            return Err(damaged("was written by another version of the program"));
        }
        if read.checksum != checksum(&read.keeper) {
            return Err(damaged("its checksum does not fit"));
        }
        Ok(Some(read))
    }

    /// Puts the file in place if there is none; false if there is.
    pub fn create(&self, dir: &Path) -> Result<bool, KeyError> {
        let (fresh, file) = (self.write_beside(dir)?, path(dir));
        // A link, other than a rename, does not replace.
        let result = match fs::hard_link(&fresh, &file) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
            // File systems without links: the gap between look and rename is as small as it gets.
            Err(_) if !file.exists() => fs::rename(&fresh, &file).map(|()| true),
            Err(_) => Ok(false),
        };
        let _ = fs::remove_file(&fresh);
        let created = result.map_err(|error| KeyError::Io { file, error })?;
        sync_dir(dir)?;
        Ok(created)
    }

    /// Puts the file in place of the one that is there.
    pub fn replace(&self, dir: &Path) -> Result<(), KeyError> {
        let (fresh, file) = (self.write_beside(dir)?, path(dir));
        fs::rename(&fresh, &file).map_err(|error| KeyError::Io { file, error })?;
        sync_dir(dir)
    }

    /// Removes the file of an account, if there is one.
    pub fn remove(dir: &Path) -> Result<(), KeyError> {
        let file = path(dir);
        match fs::remove_file(&file) {
            Ok(()) => sync_dir(dir),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(KeyError::Io { file, error }),
        }
    }

    fn write_beside(&self, dir: &Path) -> Result<PathBuf, KeyError> {
        let fresh = dir.join(format!("{NAME}.{:016x}", rand::random::<u64>()));
        let write = || -> io::Result<()> {
            let mut options = OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let mut out = options.open(&fresh)?;
            out.write_all(&serde_json::to_vec_pretty(self)?)?;
            out.sync_all()
        };
        match write() {
            Ok(()) => Ok(fresh),
            Err(error) => {
                let _ = fs::remove_file(&fresh);
                Err(KeyError::Io { file: fresh, error })
            }
        }
    }
}

/// Makes a change of names in a folder survive a power cut. Windows does that by itself.
fn sync_dir(dir: &Path) -> Result<(), KeyError> {
    if cfg!(unix) {
        File::open(dir)
            .and_then(|dir| dir.sync_all())
            .map_err(|error| KeyError::Io { file: dir.to_owned(), error })?;
    }
    Ok(())
}

fn checksum(keeper: &Keeper) -> String {
    let text = serde_json::to_vec(keeper).unwrap_or_default();
    let digest = ring::digest::digest(&ring::digest::SHA256, &text);
    digest.as_ref().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// Bytes as hex digits.
pub(super) mod hex {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = text.as_bytes();
        if !bytes.len().is_multiple_of(2) {
            return Err(D::Error::custom("odd number of hex digits"));
        }
        let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        bytes
            .chunks_exact(2)
            .map(|pair| Some(digit(*pair.first()?)? << 4 | digit(*pair.get(1)?)?))
            .collect::<Option<Vec<u8>>>()
            .ok_or_else(|| D::Error::custom("not a hex digit"))
    }
}
