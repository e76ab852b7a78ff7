//! Invite links: `hallway://join/{host}:{port}?token=…&pin=…&name=…`.
//!
//! The link names a server, the SHA-256 of its certificate where that is its own, and a token that lets
//! one person make an account. Opening one never joins by itself: the app shows the server's name first.

use std::fmt;
use std::str::FromStr;

use crate::error::ErrorCode;

/// A parsed invite link.
#[derive(Clone, PartialEq, Eq)]
pub struct InviteLink {
    /// `host:port`, an IPv6 address in brackets.
    pub address: String,
    /// Lets one person make an account.
    pub token: String,
    /// SHA-256 of the server's certificate, 64 lower-case hex digits; none when a public authority vouches
    /// for it or the server speaks plain text on loopback.
    pub pin: Option<String>,
    /// Plain text, possible on loopback only.
    pub plain: bool,
    /// Name of the workspace, for the eye.
    pub name: String,
}

impl fmt::Debug for InviteLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InviteLink")
            .field("address", &self.address)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl InviteLink {
    /// How the links of this kind begin.
    pub const PREFIX: &str = "hallway://join/";
}

fn escape(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

fn unescape(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let high = char::from(rest.next()?).to_digit(16)?;
            let low = char::from(rest.next()?).to_digit(16)?;
            bytes.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

impl fmt::Display for InviteLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}?token={}", Self::PREFIX, self.address, escape(&self.token))?;
        if let Some(pin) = &self.pin {
            write!(f, "&pin={pin}")?;
        }
        if self.plain {
            f.write_str("&plain=1")?;
        }
        if !self.name.is_empty() {
            write!(f, "&name={}", escape(&self.name))?;
        }
        Ok(())
    }
}

impl FromStr for InviteLink {
    type Err = ErrorCode;

    /// Malformed links are 6017. Unknown fields are ignored.
    fn from_str(text: &str) -> Result<Self, ErrorCode> {
        let bad = ErrorCode::InvalidParameter;
        let rest = text.trim().strip_prefix(Self::PREFIX).ok_or(bad)?;
        let (address, query) = rest.split_once('?').ok_or(bad)?;
        let (host, port) = address.rsplit_once(':').ok_or(bad)?;
        let host_ok = !host.is_empty()
            && host.len() <= 253
            && host.chars().all(|c| c.is_ascii_alphanumeric() || "-._[]:".contains(c));
        if !host_ok || port.parse::<u16>().is_err() {
            return Err(bad);
        }
        let mut link = Self {
            address: address.into(),
            token: String::new(),
            pin: None,
            plain: false,
            name: String::new(),
        };
        for pair in query.split('&') {
            let (key, value) = pair.split_once('=').ok_or(bad)?;
            let value = unescape(value).ok_or(bad)?;
            match key {
                "token" => link.token = value,
                "pin" if value.len() == 64 && value.bytes().all(|b| b.is_ascii_hexdigit()) => {
                    link.pin = Some(value.to_ascii_lowercase());
                }
                "pin" => return Err(bad),
                "plain" => link.plain = value == "1",
                "name" => link.name = value.chars().filter(|c| !c.is_control()).take(100).collect(),
                _ => {}
            }
        }
        if link.token.is_empty() || link.token.len() > 200 { Err(bad) } else { Ok(link) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_round_trip_and_refuse_what_is_malformed() {
        let link = InviteLink {
            address: "chat.example.org:7290".into(),
            token: "a+b/c=".into(),
            pin: Some("ab".repeat(32)),
            plain: false,
            name: "Acme & Söhne 公司".into(),
        };
        assert_eq!(link.to_string().parse::<InviteLink>(), Ok(link));
        for bad in [
            "",
            "https://join/a:1?token=x",
            "hallway://join/a?token=x",
            "hallway://join/a:1",
            "hallway://join/a:1?token=",
            "hallway://join/a:99999?token=x",
            "hallway://join/a/b:1?token=x",
            "hallway://join/a:1?token=%zz",
            "hallway://join/a:1?token=x&pin=12",
        ] {
            assert!(bad.parse::<InviteLink>().is_err(), "{bad}");
        }
    }
}
