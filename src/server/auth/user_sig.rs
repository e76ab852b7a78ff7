//! The `userSig` credential: a signed, packed statement "this is user U of app A, from now for so long"
//! (RST-20 to RST-27). The deployer's own back end makes it with any published library, or `hallway-server
//! usersig` does; [`UserSigs`] makes and checks it with up to two keys, so that a key can be changed without
//! locking anybody out (RST-26).

use std::io::{Read, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use serde::{Deserialize, Serialize};

/// Longest text and longest unpacked form, in bytes (RST-112).
pub const MAX_BYTES: usize = 4096;
/// Life when none is asked for: 180 days, in seconds (SES-2, RST-112).
pub const DEFAULT_LIFE: i64 = 180 * 24 * 3600;
/// How far ahead the maker's clock may be, in seconds (RST-25).
const CLOCK_LEEWAY: i64 = 5 * 60;

/// Why a credential is refused. [`UserSigError::code`] is the code of the spec.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UserSigError {
    /// Its life is over: 70001.
    #[error("the credential has expired")]
    Expired,
    /// The text is empty: 70002.
    #[error("the credential is empty")]
    Empty,
    /// It cannot be unpacked, is of another version, or comes from the future: 70003.
    #[error("the credential is malformed")]
    Malformed,
    /// No valid key made its signature: 70009.
    #[error("the credential was signed with another key")]
    WrongKey,
    /// It is of another user: 70013.
    #[error("the credential belongs to another user")]
    OtherUser,
    /// It is of another app: 70014.
    #[error("the credential belongs to another app")]
    OtherApp,
}

impl UserSigError {
    /// The code of the spec (RST-25).
    pub const fn code(self) -> i32 {
        match self {
            Self::Expired => 70001,
            Self::Empty => 70002,
            Self::Malformed => 70003,
            Self::WrongKey => 70009,
            Self::OtherUser => 70013,
            Self::OtherApp => 70014,
        }
    }
}

/// What a good credential says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// When it was made, Unix seconds. A kick after this moment makes it void (RST-35, 70052).
    pub made_at: i64,
    /// When it ends, Unix seconds (SES-47).
    pub expires_at: i64,
    /// What the maker put in besides, if anything.
    pub userbuf: Option<Vec<u8>>,
}

/// Makes and checks the credentials of one app.
#[derive(Clone, Debug)]
pub struct UserSigs {
    app_id: u32,
    /// The first signs; all check.
    keys: Vec<hmac::Key>,
}

#[derive(Serialize, Deserialize)]
struct Body {
    #[serde(rename = "TLS.ver")]
    version: String,
    #[serde(rename = "TLS.identifier")]
    user: String,
    #[serde(rename = "TLS.sdkappid")]
    app_id: i64,
    #[serde(rename = "TLS.expire")]
    life: i64,
    #[serde(rename = "TLS.time")]
    made_at: i64,
    #[serde(rename = "TLS.userbuf", default, skip_serializing_if = "Option::is_none")]
    userbuf: Option<String>,
    #[serde(rename = "TLS.sig")]
    signature: String,
}

impl Body {
    /// The text that is signed (RST-21).
    fn signed_text(&self) -> String {
        let Self { user, app_id, made_at, life, .. } = self;
        let mut text =
            format!("TLS.identifier:{user}\nTLS.sdkappid:{app_id}\nTLS.time:{made_at}\nTLS.expire:{life}\n");
        if let Some(userbuf) = &self.userbuf {
            text.push_str("TLS.userbuf:");
            text.push_str(userbuf);
            text.push('\n');
        }
        text
    }
}

impl UserSigs {
    /// `keys`: the secret key texts of the app, the one to sign with first. Without any, nothing is accepted.
    pub fn new<'a>(app_id: u32, keys: impl IntoIterator<Item = &'a str>) -> Self {
        let keys = keys.into_iter().map(|key| hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes())).collect();
        Self { app_id, keys }
    }

    /// The app these credentials are for.
    pub const fn app_id(&self) -> u32 {
        self.app_id
    }

    /// A credential for `user`, good for `life` seconds from `now` (Unix seconds).
    /// `None` when no key is configured.
    pub fn make(&self, user: &str, life: i64, now: i64, userbuf: Option<&[u8]>) -> Option<String> {
        let key = self.keys.first()?;
        let mut body = Body {
            version: "2.0".to_owned(),
            user: user.to_owned(),
            app_id: i64::from(self.app_id),
            life,
            made_at: now,
            userbuf: userbuf.map(|bytes| STANDARD.encode(bytes)),
            signature: String::new(),
        };
        body.signature = STANDARD.encode(hmac::sign(key, body.signed_text().as_bytes()));
        pack(&serde_json::to_vec(&body).ok()?)
    }

    /// Checks `text` as the credential of `user` at `now` (Unix seconds), in the order of RST-25.
    pub fn check(&self, text: &str, user: &str, now: i64) -> Result<Accepted, UserSigError> {
        let body = unpack(text)?;
        if body.version != "2.0" {
            return Err(UserSigError::Malformed);
        }
        if body.app_id != i64::from(self.app_id) {
            return Err(UserSigError::OtherApp);
        }
        if body.user != user {
            return Err(UserSigError::OtherUser);
        }
        let signature = STANDARD.decode(&body.signature).map_err(|_| UserSigError::WrongKey)?;
        let signed = body.signed_text();
        // `hmac::verify` compares in constant time; every key is tried whatever the first one says.
        let good = self
            .keys
            .iter()
            .fold(false, |good, key| hmac::verify(key, signed.as_bytes(), &signature).is_ok() | good);
        if !good {
            return Err(UserSigError::WrongKey);
        }
        let expires_at = body.made_at.checked_add(body.life).ok_or(UserSigError::Malformed)?;
        if expires_at <= now {
            return Err(UserSigError::Expired);
        }
        if body.made_at > now.saturating_add(CLOCK_LEEWAY) {
            return Err(UserSigError::Malformed);
        }
        let userbuf = body.userbuf.map(|text| STANDARD.decode(text)).transpose();
        let userbuf = userbuf.map_err(|_| UserSigError::Malformed)?;
        Ok(Accepted { made_at: body.made_at, expires_at, userbuf })
    }
}

/// zlib, then base64 with three characters exchanged so that it fits into a URL (RST-24).
fn pack(json: &[u8]) -> Option<String> {
    let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    zlib.write_all(json).ok()?;
    let text = STANDARD.encode(zlib.finish().ok()?);
    Some(
        text.chars()
            .map(|c| EXCHANGED.iter().find(|(from, _)| *from == c).map_or(c, |(_, to)| *to))
            .collect(),
    )
}

const EXCHANGED: [(char, char); 3] = [('+', '*'), ('/', '-'), ('=', '_')];

fn unpack(text: &str) -> Result<Body, UserSigError> {
    if text.is_empty() {
        return Err(UserSigError::Empty);
    }
    if text.len() > MAX_BYTES {
        return Err(UserSigError::Malformed);
    }
    let plain: Option<String> = text
        .chars()
        .map(|c| match EXCHANGED.iter().find(|(from, to)| *from == c || *to == c) {
            Some((from, to)) => (*to == c).then_some(*from),
            None => Some(c),
        })
        .collect();
    let packed =
        STANDARD.decode(plain.ok_or(UserSigError::Malformed)?).map_err(|_| UserSigError::Malformed)?;
    let mut json = Vec::new();
    let limit = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    let unpacked = flate2::read::ZlibDecoder::new(packed.as_slice()).take(limit).read_to_end(&mut json);
    if unpacked.is_err() || json.len() > MAX_BYTES {
        return Err(UserSigError::Malformed);
    }
    serde_json::from_slice(&json).map_err(|_| UserSigError::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    const APP: u32 = 1_400_000_000;
    const KEY: &str = "example-key-0123456789abcdef";
    const MADE: i64 = 1_700_000_000;
    const LIFE: i64 = 604_800;
    const PACKED: &str = "eJyrVgrxCdYrSy1SslIy0jNQ0gHzM1NS80oy0zLBwok5mcmpUInilOzEgoLMFCUrQxMDKIDIpFYUZBalKlmZGZhYwMRKMnOBIobmqCqLM9OBpjq7ZXsWVlgau7hUBRfk6uemRAWaG2UYl7taBKVk5hQZ*Zt7eHqXFhpUFhjYKtUCALhqMIs_";

    fn sigs() -> UserSigs {
        UserSigs::new(APP, [KEY])
    }

    /// RST-20 to RST-24: the test vector of the spec, both ways.
    #[test]
    fn the_published_vector_is_made_and_accepted() {
        let made = sigs().make("alice", LIFE, MADE, None).unwrap();
        assert_eq!(unpack(&made).unwrap().signature, "CFkIqx93DDzSpm/mdZQ72h3wE8Rdilr2O7HIKuq0yp0=");
        let expected = Accepted { made_at: MADE, expires_at: MADE + LIFE, userbuf: None };
        assert_eq!(sigs().check(&made, "alice", MADE + 1).unwrap(), expected);
        assert_eq!(sigs().check(PACKED, "alice", MADE + LIFE - 1).unwrap(), expected);
    }

    /// RST-25: each check has its own code.
    #[test]
    fn every_refusal_has_its_code() {
        let code = |sigs: &UserSigs, text: &str, user, now| sigs.check(text, user, now).unwrap_err().code();
        let alice = sigs().make("alice", LIFE, MADE, None).unwrap();
        assert_eq!(code(&sigs(), &alice, "alice", MADE + LIFE), 70001);
        assert_eq!(code(&sigs(), "", "alice", MADE), 70002);
        assert_eq!(code(&sigs(), &alice, "bob", MADE), 70013);
        assert_eq!(code(&UserSigs::new(APP + 1, [KEY]), &alice, "alice", MADE), 70014);
        assert_eq!(code(&UserSigs::new(APP, ["another"]), &alice, "alice", MADE), 70009);
        assert_eq!(code(&UserSigs::new(APP, []), &alice, "alice", MADE), 70009);
        assert_eq!(code(&sigs(), &alice, "alice", MADE - 301), 70003);
        assert!(sigs().check(&alice, "alice", MADE - 300).is_ok());
        let forged = unpack(&alice).map(|body| Body { life: LIFE * 2, ..body }).unwrap();
        let forged = pack(&serde_json::to_vec(&forged).unwrap()).unwrap();
        assert_eq!(code(&sigs(), &forged, "alice", MADE), 70009);
        let old = unpack(&alice).map(|body| Body { version: "1.0".into(), ..body }).unwrap();
        let old = pack(&serde_json::to_vec(&old).unwrap()).unwrap();
        assert_eq!(code(&sigs(), &old, "alice", MADE), 70003);
        for bad in ["x", "eJyr", "+++=", "\u{1f600}", &PACKED[..80], &PACKED.replace('_', "=")] {
            assert_eq!(code(&sigs(), bad, "alice", MADE), 70003, "{bad}");
        }
    }

    /// RST-26: during a change both keys are good, and the first one signs.
    #[test]
    fn two_keys_are_valid_during_a_change() {
        let both = UserSigs::new(APP, ["new key", KEY]);
        assert!(both.check(PACKED, "alice", MADE).is_ok());
        let made = both.make("alice", LIFE, MADE, None).unwrap();
        assert!(UserSigs::new(APP, ["new key"]).check(&made, "alice", MADE).is_ok());
        assert_eq!(sigs().check(&made, "alice", MADE), Err(UserSigError::WrongKey));
    }

    /// RST-20, RST-21: userbuf is signed and comes back.
    #[test]
    fn userbuf_is_signed() {
        let made = sigs().make("alice", LIFE, MADE, Some(b"\0room 7")).unwrap();
        let accepted = sigs().check(&made, "alice", MADE).unwrap();
        assert_eq!(accepted.userbuf.as_deref(), Some(&b"\0room 7"[..]));
        let without = unpack(&made).map(|body| Body { userbuf: None, ..body }).unwrap();
        let without = pack(&serde_json::to_vec(&without).unwrap()).unwrap();
        assert_eq!(sigs().check(&without, "alice", MADE), Err(UserSigError::WrongKey));
    }

    /// RST-112: 4096 bytes of text and 4096 unpacked are the most; a bomb is not unpacked.
    #[test]
    fn sizes_are_bounded() {
        let bomb = pack(&vec![b' '; 1 << 20]).unwrap();
        assert!(bomb.len() <= MAX_BYTES, "small when packed");
        assert_eq!(sigs().check(&bomb, "alice", MADE), Err(UserSigError::Malformed));
        let padded = |spaces: usize| {
            let mut json = serde_json::to_vec(&unpack(PACKED).unwrap()).unwrap();
            json.resize(spaces, b' ');
            pack(&json).unwrap()
        };
        assert!(sigs().check(&padded(MAX_BYTES), "alice", MADE).is_ok());
        assert_eq!(sigs().check(&padded(MAX_BYTES + 1), "alice", MADE), Err(UserSigError::Malformed));
        assert_eq!(sigs().check(&"A".repeat(MAX_BYTES + 4), "alice", MADE), Err(UserSigError::Malformed));
    }
}
