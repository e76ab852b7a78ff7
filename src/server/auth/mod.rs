//! Who somebody is: passwords, the `userSig` credential, and the tokens of signed-in instances.
//!
//! Pure functions and small guards; nothing here knows the network or the database. The sign-in itself
//! (which account, which instance has to go) is `service`'s, which calls these:
//!
//! * [`password`]: Argon2id, off the async threads, the same time whether the account exists or not.
//! * [`user_sig`]: making and checking the credential of RST-20 to RST-27.
//! * [`token`]: what a signed-in instance shows to come back without a password.
//! * [`pass`]: what shows over HTTP who somebody is.
//! * [`guard`]: what repeated failures cost.

pub mod guard;
pub mod pass;
pub mod password;
pub mod token;
pub mod user_sig;

use ring::rand::SecureRandom;

/// The system would not give random bytes. Nothing can be signed in until it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the operating system gave no random bytes")]
pub struct NoRandomness;

/// `N` bytes from the operating system's random generator.
pub fn random<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    ring::rand::SystemRandom::new().fill(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(bytes)
}

/// SHA-256 of `bytes`.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(ring::digest::digest(&ring::digest::SHA256, bytes).as_ref());
    out
}

/// Compares without telling by its time where the difference is.
pub fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |acc, (x, y)| acc | (x ^ y)) == 0
}

/// Lower-case hexadecimal digits of `bytes`.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        // Writing to a String cannot fail.
        let _ = write!(out, "{byte:02x}");
        out
    })
}
