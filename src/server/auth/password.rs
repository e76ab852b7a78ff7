//! Passwords: Argon2id in PHC strings (the parameters travel with the hash, so they may be raised later).
//!
//! One hash takes tens of milliseconds and 19 MiB. [`Passwords`] therefore runs it on blocking threads, at
//! most a few at a time, and spends the same time on an account that does not exist: nobody learns from the
//! clock who has an account.

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

/// What one hash costs. The defaults are the least that is acceptable; a deployer may raise them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Cost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over that memory.
    pub passes: u32,
}

impl Default for Cost {
    fn default() -> Self {
        Self { memory_kib: 19 * 1024, passes: 2 }
    }
}

/// Why a password could not be hashed or checked.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// The stored hash is not a PHC string of Argon2, or the cost is out of range.
    #[error("password hash or its parameters: {0}")]
    Hash(String),
    /// Too many are waiting already; the caller may try again.
    #[error("too many passwords are waiting to be hashed")]
    Busy,
    /// The hashing threads are gone; the server is stopping.
    #[error("password hashing has stopped")]
    Stopped,
}

/// What checking a password found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The right password. `outdated`: made with a lower cost than today's; store a new hash.
    Right {
        /// Whether the caller should hash the password again and store that.
        outdated: bool,
    },
    /// The wrong password, or no such account.
    Wrong,
}

/// Hashes and checks passwords, a bounded number at a time.
#[derive(Clone)]
pub struct Passwords {
    cost: Params,
    /// What an unknown account's password is compared with.
    decoy: Arc<str>,
    places: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
}

/// Hashes that may wait for a place: some seconds of work. Whoever comes after them is refused at once.
const WAITING: usize = 100;

impl Passwords {
    /// `parallel`: how many hashes may run side by side (each takes `cost.memory_kib`).
    /// Takes the time of one hash. Fails only when `cost` is out of Argon2's range.
    pub fn new(cost: Cost, parallel: usize) -> Result<Self, PasswordError> {
        let cost = Params::new(cost.memory_kib, cost.passes, 1, None).map_err(hash_error)?;
        let decoy = hash_now(&cost, b"nobody has this password")?.into();
        Ok(Self {
            cost,
            decoy,
            places: Arc::new(Semaphore::new(parallel.max(1))),
            waiting: Arc::new(Semaphore::new(WAITING)),
        })
    }

    /// The PHC string to store for `password`.
    pub async fn hash(&self, password: Zeroizing<String>) -> Result<String, PasswordError> {
        let cost = self.cost.clone();
        self.run(move || hash_now(&cost, password.as_bytes())).await
    }

    /// Compares `password` with the `stored` PHC string; `None` when there is no such account (or it has no
    /// password), which takes the same time.
    pub async fn check(
        &self,
        stored: Option<String>,
        password: Zeroizing<String>,
    ) -> Result<Verdict, PasswordError> {
        let (cost, decoy) = (self.cost.clone(), Arc::clone(&self.decoy));
        self.run(move || check_now(&cost, stored.as_deref(), &decoy, password.as_bytes())).await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, PasswordError> + Send + 'static,
    ) -> Result<T, PasswordError> {
        let _waiting = self.waiting.try_acquire().map_err(|_| PasswordError::Busy)?;
        let place = Arc::clone(&self.places).acquire_owned().await.map_err(|_| PasswordError::Stopped)?;
        let job = tokio::task::spawn_blocking(move || {
            let result = work();
            drop(place);
            result
        });
        job.await.map_err(|_| PasswordError::Stopped)?
    }
}

fn argon2(cost: &Params) -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, cost.clone())
}

fn hash_error(error: impl std::fmt::Display) -> PasswordError {
    PasswordError::Hash(error.to_string())
}

fn hash_now(cost: &Params, password: &[u8]) -> Result<String, PasswordError> {
    let salt: [u8; 16] = super::random().map_err(hash_error)?;
    let hash: PasswordHash = argon2(cost).hash_password_with_salt(password, &salt).map_err(hash_error)?;
    Ok(hash.to_string())
}

fn check_now(
    cost: &Params,
    stored: Option<&str>,
    decoy: &str,
    password: &[u8],
) -> Result<Verdict, PasswordError> {
    let hash = PasswordHash::new(stored.unwrap_or(decoy)).map_err(hash_error)?;
    let matches = argon2(cost).verify_password(password, &hash).is_ok();
    if !matches || stored.is_none() {
        return Ok(Verdict::Wrong);
    }
    let used = Params::try_from(&hash).map_err(hash_error)?;
    let outdated = used.m_cost() < cost.m_cost() || used.t_cost() < cost.t_cost();
    Ok(Verdict::Right { outdated })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHEAP: Cost = Cost { memory_kib: 64, passes: 1 };

    fn text(s: &str) -> Zeroizing<String> {
        Zeroizing::new(s.to_owned())
    }

    #[tokio::test]
    async fn a_password_matches_only_its_own_hash() {
        let passwords = Passwords::new(CHEAP, 2).unwrap();
        let hash = passwords.hash(text("correct horse")).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{hash}");
        let right = passwords.check(Some(hash.clone()), text("correct horse")).await.unwrap();
        assert_eq!(right, Verdict::Right { outdated: false });
        assert_eq!(passwords.check(Some(hash), text("wrong")).await.unwrap(), Verdict::Wrong);
        assert_eq!(
            passwords.check(None, text("nobody has this password")).await.unwrap(),
            Verdict::Wrong,
            "the decoy's own password opens nothing"
        );
    }

    #[tokio::test]
    async fn a_hash_of_lower_cost_still_opens_and_says_so() {
        let old = Passwords::new(CHEAP, 1).unwrap().hash(text("pw")).await.unwrap();
        let now = Passwords::new(Cost { memory_kib: 128, passes: 1 }, 1).unwrap();
        assert_eq!(now.check(Some(old), text("pw")).await.unwrap(), Verdict::Right { outdated: true });
    }

    #[tokio::test]
    async fn a_damaged_hash_is_an_error_and_not_a_match() {
        let passwords = Passwords::new(CHEAP, 1).unwrap();
        assert!(passwords.check(Some("plain".into()), text("plain")).await.is_err());
    }

    #[tokio::test]
    async fn not_everybody_waits_for_a_hash() {
        let passwords = Passwords::new(CHEAP, 1).unwrap();
        let mut hashes: Vec<_> = (0..=WAITING).map(|_| Box::pin(passwords.hash(text("pw")))).collect();
        let last = hashes.pop().unwrap();
        // The one place is taken, so that none is done before all are asked for.
        let taken = passwords.places.acquire().await.unwrap();
        let first = futures_util::future::poll_fn(|cx| {
            hashes.iter_mut().for_each(|hash| assert!(hash.as_mut().poll(cx).is_pending()));
            std::task::Poll::Ready(())
        });
        first.await;
        assert!(matches!(last.await, Err(PasswordError::Busy)));
        drop(taken);
        for hash in hashes {
            hash.await.unwrap();
        }
    }

    /// The defaults are the floor that the security figures ask for.
    #[test]
    fn default_cost_is_at_least_19_mib_and_two_passes() {
        let cost = Cost::default();
        assert!(cost.memory_kib >= 19 * 1024 && cost.passes >= 2);
    }
}
