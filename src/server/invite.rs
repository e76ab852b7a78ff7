//! Invite links: what they say about this server, and the tokens in them.
//!
//! A token is 256 random bits; the database keeps its hash. One token makes one account.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hallway_protocol::link::InviteLink;

use crate::auth::{NoRandomness, random, sha256};
use crate::config::Config;
use crate::tls::Identity;

/// What every link of this server says.
#[derive(Clone, Debug)]
pub struct Inviter {
    address: String,
    pin: Option<String>,
    is_plain: bool,
    name: String,
}

/// A new token and what is stored of it.
#[derive(Debug)]
pub struct InviteToken {
    /// Goes into the link.
    pub text: String,
    /// Goes into the database.
    pub hash: [u8; 32],
}

impl InviteToken {
    /// A new random token.
    pub fn fresh() -> Result<Self, NoRandomness> {
        let text = URL_SAFE_NO_PAD.encode(random::<32>()?);
        Ok(Self { hash: Self::hash(&text), text })
    }

    /// What is stored of a token.
    pub fn hash(text: &str) -> [u8; 32] {
        sha256(text.as_bytes())
    }
}

impl Inviter {
    /// `listening`: where the server listens, for deployments that name no public address.
    pub fn new(config: &Config, identity: Option<&Identity>, listening: SocketAddr) -> Self {
        let public = &config.server.public_address;
        let address = if public.is_empty() { reachable(listening).to_string() } else { public.clone() };
        Self {
            address,
            pin: identity.filter(|identity| identity.is_own).map(|identity| identity.fingerprint.clone()),
            is_plain: identity.is_none(),
            name: config.server.name.clone(),
        }
    }

    /// The link with this token.
    pub fn link(&self, token: &str) -> InviteLink {
        InviteLink {
            address: self.address.clone(),
            token: token.to_owned(),
            pin: self.pin.clone(),
            plain: self.is_plain,
            name: self.name.clone(),
        }
    }
}

/// For a server that listens on every address: the one by which this computer reaches others.
fn reachable(listening: SocketAddr) -> SocketAddr {
    if !listening.ip().is_unspecified() {
        return listening;
    }
    // Connecting a datagram socket sends nothing; it only chooses the address it would send from.
    let chosen = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))
        .and_then(|socket| socket.connect(("192.0.2.1", 9)).and_then(|()| socket.local_addr()));
    let ip = chosen.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |address| address.ip());
    SocketAddr::new(ip, listening.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inviter(change: impl FnOnce(&mut Config), identity: Option<&Identity>) -> Inviter {
        let mut config = Config::default();
        change(&mut config);
        Inviter::new(&config, identity, "127.0.0.1:7291".parse().unwrap())
    }

    #[test]
    fn links_name_the_server_and_pin_an_own_certificate_only() {
        let dir = tempfile::tempdir().unwrap();
        let mut identity = crate::tls::identity(&Config::default().tls, dir.path(), &[]).unwrap().unwrap();
        let link = inviter(|_| {}, Some(&identity)).link("t");
        assert_eq!((link.address.as_str(), link.plain), ("127.0.0.1:7291", false));
        assert_eq!(link.pin.as_deref(), Some(identity.fingerprint.as_str()));
        assert_eq!(link.to_string().parse::<InviteLink>(), Ok(link));
        identity.is_own = false;
        let link =
            inviter(|config| config.server.public_address = "chat.example.org:443".into(), Some(&identity));
        assert_eq!((link.link("t").address.as_str(), link.link("t").pin), ("chat.example.org:443", None));
        assert!(inviter(|_| {}, None).link("t").plain);
    }

    #[test]
    fn tokens_are_long_and_only_their_hash_is_kept() {
        let (one, other) = (InviteToken::fresh().unwrap(), InviteToken::fresh().unwrap());
        assert_ne!(one.text, other.text);
        assert_eq!(one.text.len(), 43);
        assert_eq!(one.hash, InviteToken::hash(&one.text));
    }

    #[test]
    fn a_server_on_all_addresses_names_one() {
        assert!(!reachable("0.0.0.0:7290".parse().unwrap()).ip().is_unspecified());
        assert_eq!(reachable("0.0.0.0:7290".parse().unwrap()).port(), 7290);
    }
}
