//! The token with which a signed-in instance comes back without a password.
//!
//! 256 random bits; the server keeps SHA-256 hashes only. Each use gives a new token. Because the answer that
//! carries the new one may be lost, the one before it stays good until a new one has been used. Used again, it gives
//! another new one beside the first: over a bad network two sign-ins with the same token may be under way, and which
//! of their answers arrives does not depend on which was stored last. The first new one to be used voids the others.
//! Any other token for the same instance is one that has been used up (or a forgery by somebody who knows the
//! instance's random id): there is a copy somewhere, and the session ends.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use super::{NoRandomness, random, same, sha256};

/// SHA-256 of a token.
pub type Hash = [u8; 32];

/// A token as the client holds it. Never logged, never stored by the server.
#[derive(Clone)]
pub struct Token(Zeroizing<[u8; 32]>);

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

/// Tokens given out for the same one and kept in mind; the oldest is forgotten for one more.
const CURRENT_MAX: usize = 8;

/// What the server stores of an instance's tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Hashes of the tokens given out that were not used yet, the newest last.
    pub current: Vec<Hash>,
    /// Hash of the token with which they were obtained; `None` for the first one.
    pub previous: Option<Hash>,
}

/// What a presented token is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Good. Give out a new token and store [`Stored::rotated`].
    Good,
    /// Used up, or never given out: end the session.
    Used,
}

impl Token {
    /// A new token.
    pub fn fresh() -> Result<Self, NoRandomness> {
        Ok(Self(Zeroizing::new(random()?)))
    }

    /// Reads the text form; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = Zeroizing::new([0; 32]);
        let read = URL_SAFE_NO_PAD.decode_slice(text, bytes.as_mut_slice()).ok()?;
        (read == bytes.len()).then_some(Self(bytes))
    }

    /// The text form that goes to the client: 43 characters of base64url.
    pub fn text(&self) -> Zeroizing<String> {
        Zeroizing::new(URL_SAFE_NO_PAD.encode(self.0.as_slice()))
    }

    /// What is stored instead of it.
    pub fn hash(&self) -> Hash {
        sha256(self.0.as_slice())
    }

    /// What to store when this is the first token of its session.
    pub fn stored(&self) -> Stored {
        Stored { current: vec![self.hash()], previous: None }
    }
}

impl Stored {
    /// Judges `presented`, which came with this instance's id.
    pub fn judge(&self, presented: &Token) -> Verdict {
        let hash = presented.hash();
        if self.current.iter().chain(&self.previous).any(|known| same(&hash, known)) {
            Verdict::Good
        } else {
            Verdict::Used
        }
    }

    /// What to store when `presented` was good and `next` is about to be given out.
    #[must_use]
    pub fn rotated(mut self, presented: &Token, next: &Token) -> Self {
        let hash = presented.hash();
        if !self.previous.is_some_and(|previous| same(&hash, &previous)) {
            return Self { current: vec![next.hash()], previous: Some(hash) };
        }
        if self.current.len() >= CURRENT_MAX {
            self.current.remove(0);
        }
        self.current.push(next.hash());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_form_round_trips_and_nothing_else_parses() {
        let token = Token::fresh().unwrap();
        let back = Token::parse(&token.text()).unwrap();
        assert_eq!(token.stored().judge(&back), Verdict::Good);
        assert_eq!(token.stored().judge(&Token::fresh().unwrap()), Verdict::Used);
        for bad in ["", "abc", "!!!!", &"A".repeat(42), &"A".repeat(44), &"A".repeat(4096)] {
            assert!(Token::parse(bad).is_none(), "{bad}");
        }
        assert_eq!(format!("{token:?}"), "Token(…)");
    }

    #[test]
    fn the_previous_token_stays_good_until_a_new_one_was_used() {
        let [first, second, again, third] = std::array::from_fn(|_| Token::fresh().unwrap());
        let stored = first.stored().rotated(&first, &second);
        // The answer with `second` may have been lost: both open.
        assert_eq!(stored.judge(&first), Verdict::Good);
        assert_eq!(stored.judge(&second), Verdict::Good);
        // A repeat with `first` gives out another one; either answer may be the one that arrives.
        let repeated = stored.rotated(&first, &again);
        for token in [&first, &second, &again] {
            assert_eq!(repeated.judge(token), Verdict::Good);
        }
        // Once a new one was used, all others are used up.
        let stored = repeated.rotated(&second, &third);
        assert_eq!(stored.judge(&first), Verdict::Used);
        assert_eq!(stored.judge(&again), Verdict::Used);
        assert_eq!(stored.judge(&second), Verdict::Good);
        assert_eq!(stored.judge(&third), Verdict::Good);
    }

    #[test]
    fn repeats_do_not_pile_up() {
        let first = Token::fresh().unwrap();
        let given: Vec<_> = (0..=CURRENT_MAX).map(|_| Token::fresh().unwrap()).collect();
        let stored = given.iter().fold(first.stored().rotated(&first, &given[0]), |stored, next| {
            if *next.0 == *given[0].0 { stored } else { stored.rotated(&first, next) }
        });
        assert_eq!(stored.current.len(), CURRENT_MAX);
        assert_eq!(stored.judge(&given[0]), Verdict::Used, "the oldest of too many");
        assert_eq!(stored.judge(&given[1]), Verdict::Good);
        assert_eq!(stored.judge(&given[CURRENT_MAX]), Verdict::Good);
    }
}
