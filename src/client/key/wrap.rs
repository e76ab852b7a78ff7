//! A key wrapped with a passphrase.
//!
//! The passphrase is stretched by Argon2id with a random salt; the result encrypts the key with
//! ChaCha20-Poly1305. The tag of the cipher is the verifier: with a wrong passphrase it does not fit, and nothing
//! else happens. Parameters travel with the result, so that they can be raised for new files.

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{DataKey, KeyError};

/// Memory of the stretching in KiB: 19 MiB.
const MEMORY_KIB: u32 = 19 * 1024;
/// Passes over that memory.
const PASSES: u32 = 2;

/// More than this in a file is nonsense or an attempt to exhaust the machine.
const MAX_MEMORY_KIB: u32 = 1024 * 1024;
const MAX_PASSES: u32 = 32;

/// What stands in the key file. Lengths are checked by the types of the fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Wrapped {
    memory_kib: u32,
    passes: u32,
    #[serde(with = "super::file::hex")]
    salt: Vec<u8>,
    #[serde(with = "super::file::hex")]
    nonce: Vec<u8>,
    /// The encrypted key and its tag.
    #[serde(with = "super::file::hex")]
    key: Vec<u8>,
}

/// Why a key cannot be wrapped or unwrapped.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum WrapError {
    WrongPassphrase,
    Damaged(&'static str),
}

impl WrapError {
    pub fn at(self, dir: &std::path::Path) -> KeyError {
        match self {
            Self::WrongPassphrase => KeyError::WrongPassphrase,
            Self::Damaged(reason) => KeyError::Damaged { file: super::file::path(dir), reason },
        }
    }
}

impl Wrapped {
    /// Wraps `key`, with fresh salt and nonce.
    pub fn seal(key: &DataKey, passphrase: &Zeroizing<String>) -> Result<Self, WrapError> {
        let (salt, nonce): ([u8; 16], [u8; 12]) = (rand::random(), rand::random());
        let mut sealed = Self {
            memory_kib: MEMORY_KIB,
            passes: PASSES,
            salt: salt.into(),
            nonce: nonce.into(),
            key: Vec::new(),
        };
        let cipher = sealed.cipher(passphrase)?;
        let payload = Payload { msg: key.as_slice(), aad: &sealed.header() };
        sealed.key = cipher
            .encrypt(&Nonce::from(nonce), payload)
            .map_err(|_| WrapError::Damaged("cannot be encrypted"))?;
        Ok(sealed)
    }

    /// Unwraps the key.
    pub fn open(&self, passphrase: &Zeroizing<String>) -> Result<DataKey, WrapError> {
        let nonce: [u8; 12] =
            self.nonce.as_slice().try_into().map_err(|_| WrapError::Damaged("nonce of wrong length"))?;
        let cipher = self.cipher(passphrase)?;
        let payload = Payload { msg: &self.key, aad: &self.header() };
        let plain = cipher.decrypt(&Nonce::from(nonce), payload).map_err(|_| WrapError::WrongPassphrase)?;
        let plain = Zeroizing::new(plain);
        let mut key = DataKey::default();
        if plain.len() != key.len() {
            return Err(WrapError::Damaged("key of wrong length"));
        }
        key.copy_from_slice(&plain);
        Ok(key)
    }

    fn cipher(&self, passphrase: &Zeroizing<String>) -> Result<ChaCha20Poly1305, WrapError> {
        if self.memory_kib > MAX_MEMORY_KIB || self.passes > MAX_PASSES {
            return Err(WrapError::Damaged("parameters out of bounds"));
        }
        let params = Params::new(self.memory_kib, self.passes, 1, Some(32))
            .map_err(|_| WrapError::Damaged("parameters out of bounds"))?;
        let mut stretched = Zeroizing::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase.as_bytes(), &self.salt, stretched.as_mut_slice())
            .map_err(|_| WrapError::Damaged("salt of wrong length"))?;
        Ok(ChaCha20Poly1305::new(&Key::from(*stretched)))
    }

    /// What the tag protects besides the key.
    fn header(&self) -> Vec<u8> {
        let mut header = b"hallway key 1".to_vec();
        header.extend(self.memory_kib.to_le_bytes());
        header.extend(self.passes.to_le_bytes());
        header.extend(&self.salt);
        header
    }
}

/// A new key.
pub(super) fn random_key() -> DataKey {
    let mut key = DataKey::default();
    rand::fill(key.as_mut_slice());
    key
}

/// A name for a key in the keyring that says nothing about the account.
pub(super) fn random_id() -> String {
    let id: [u8; 16] = rand::random();
    id.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passphrase(text: &str) -> Zeroizing<String> {
        Zeroizing::new(text.to_owned())
    }

    #[test]
    fn only_the_passphrase_opens_and_every_field_is_protected() {
        let key = random_key();
        let right = passphrase("纸 and ink");
        let wrapped = Wrapped::seal(&key, &right).unwrap();
        assert_eq!(wrapped.open(&right).unwrap(), key);
        assert_eq!(wrapped.open(&passphrase("纸 and ink ")), Err(WrapError::WrongPassphrase));
        assert_eq!((wrapped.memory_kib, wrapped.passes), (19 * 1024, 2));

        type Harm = fn(&mut Wrapped);
        let harms: [Harm; 4] = [|w| w.salt[3] ^= 1, |w| w.nonce[3] ^= 1, |w| w.key[3] ^= 1, |w| w.passes = 3];
        for harm in harms {
            let mut harmed = wrapped.clone();
            harm(&mut harmed);
            assert_eq!(harmed.open(&right), Err(WrapError::WrongPassphrase));
        }
        let nonsense: [Harm; 4] = [
            |w| w.memory_kib = u32::MAX,
            |w| w.passes = u32::MAX,
            |w| w.nonce.truncate(4),
            |w| w.salt.truncate(2),
        ];
        for harm in nonsense {
            let mut harmed = wrapped.clone();
            harm(&mut harmed);
            assert!(matches!(harmed.open(&right), Err(WrapError::Damaged(_))));
        }
    }

    #[test]
    fn the_same_key_and_passphrase_never_look_the_same() {
        let (key, right) = (random_key(), passphrase("again"));
        let (one, two) = (Wrapped::seal(&key, &right).unwrap(), Wrapped::seal(&key, &right).unwrap());
        assert_ne!(one.key, two.key);
        assert_ne!(one.salt, two.salt);
    }
}
