//! The token with which a signed-in instance comes back after losing its connection.
//!
//! 256 random bits behind the instance's own id. The server keeps SHA-256 hashes only. Each use gives a new
//! token. Because the answer that carries the new one may be lost, the one before it stays good until the new
//! one has been used once; a token older than that can only be a copy, and ends the session.
//!
//! Text form: base64url of `session id (16) | family (16) | secret (32)`. The *family* is random too and the
//! same for all tokens of a session: only who once held a real token can trigger the ending.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use super::{NoRandomness, random, same, sha256};

/// The public id of a signed-in instance, 16 random bytes; hexadecimal on the wire and in the database.
pub type SessionKey = [u8; 16];
/// SHA-256 of a family or of a token.
pub type Hash = [u8; 32];

const FAMILY: std::ops::Range<usize> = 16..32;
const SECRET: std::ops::Range<usize> = 32..64;

/// A token as the client holds it. Never logged, never stored by the server.
#[derive(Clone)]
pub struct Token(Zeroizing<[u8; 64]>);

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

/// What the server stores of a session's tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Hash of the family, fixed for the life of the session.
    pub family: Hash,
    /// Hash of the newest token given out.
    pub current: Hash,
    /// Hash of the token with which the newest was obtained; `None` once the newest was used.
    pub previous: Option<Hash>,
}

/// What a presented token is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Good. Give out a new token and store [`Stored::rotated`].
    Good,
    /// Was good once and has been used up: somebody has a copy. End the session.
    Reused,
    /// Not a token of this session.
    Unknown,
}

impl Token {
    /// The first token of a new session, with the new session's id inside.
    pub fn first() -> Result<Self, NoRandomness> {
        Ok(Self(Zeroizing::new(random()?)))
    }

    /// The next token of the same session.
    pub fn next(&self) -> Result<Self, NoRandomness> {
        let mut bytes = self.0.clone();
        let secret: Zeroizing<[u8; 32]> = Zeroizing::new(random()?);
        bytes.iter_mut().skip(SECRET.start).zip(secret.iter()).for_each(|(to, from)| *to = *from);
        Ok(Self(bytes))
    }

    /// Reads the text form; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = Zeroizing::new([0; 64]);
        let read = URL_SAFE_NO_PAD.decode_slice(text, bytes.as_mut_slice()).ok()?;
        (read == bytes.len()).then_some(Self(bytes))
    }

    /// The text form that goes to the client.
    pub fn text(&self) -> Zeroizing<String> {
        Zeroizing::new(URL_SAFE_NO_PAD.encode(self.0.as_slice()))
    }

    /// The session it belongs to.
    pub fn session(&self) -> SessionKey {
        self.0.first_chunk().copied().unwrap_or_default()
    }

    /// What to store when this is the first token of its session.
    pub fn stored(&self) -> Stored {
        Stored { family: self.family(), current: self.hash(), previous: None }
    }

    fn family(&self) -> Hash {
        sha256(self.0.get(FAMILY).unwrap_or_default())
    }

    fn hash(&self) -> Hash {
        sha256(self.0.as_slice())
    }
}

impl Stored {
    /// Judges `presented`, which names this session.
    pub fn judge(&self, presented: &Token) -> Verdict {
        let hash = presented.hash();
        if same(&hash, &self.current) || self.previous.is_some_and(|previous| same(&hash, &previous)) {
            Verdict::Good
        } else if same(&presented.family(), &self.family) {
            Verdict::Reused
        } else {
            Verdict::Unknown
        }
    }

    /// What to store after `presented` was good and `next` is about to be given out.
    #[must_use]
    pub fn rotated(&self, presented: &Token, next: &Token) -> Self {
        Self { family: self.family, current: next.hash(), previous: Some(presented.hash()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_form_round_trips_and_nothing_else_parses() {
        let token = Token::first().unwrap();
        let back = Token::parse(&token.text()).unwrap();
        assert_eq!(back.session(), token.session());
        assert_eq!(token.stored().judge(&back), Verdict::Good);
        for bad in ["", "abc", "!!!!", &"A".repeat(85), &"A".repeat(87), &"A".repeat(4096)] {
            assert!(Token::parse(bad).is_none(), "{bad}");
        }
        assert_eq!(format!("{token:?}"), "Token(…)");
    }

    #[test]
    fn the_previous_token_stays_good_until_the_new_one_was_used() {
        let first = Token::first().unwrap();
        let second = first.next().unwrap();
        let stored = first.stored().rotated(&first, &second);
        // The answer with `second` may have been lost: both open.
        assert_eq!(stored.judge(&first), Verdict::Good);
        assert_eq!(stored.judge(&second), Verdict::Good);
        // A repeat with `first` gives out a third one; `first` is still the previous.
        let again = first.next().unwrap();
        let repeated = stored.rotated(&first, &again);
        assert_eq!(repeated.judge(&first), Verdict::Good);
        assert_eq!(repeated.judge(&again), Verdict::Good);
        assert_eq!(repeated.judge(&second), Verdict::Reused, "it was replaced before it was used");
        // Once the new one was used, the first is used up.
        let third = second.next().unwrap();
        let stored = stored.rotated(&second, &third);
        assert_eq!(stored.judge(&first), Verdict::Reused);
        assert_eq!(stored.judge(&second), Verdict::Good);
    }

    #[test]
    fn a_made_up_token_with_a_known_session_id_ends_nothing() {
        let real = Token::first().unwrap();
        let mut forged = Token::first().unwrap();
        forged.0.iter_mut().take(16).zip(real.session()).for_each(|(to, from)| *to = from);
        assert_eq!(forged.session(), real.session());
        assert_eq!(real.stored().judge(&forged), Verdict::Unknown);
    }
}
