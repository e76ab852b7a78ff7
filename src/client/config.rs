//! What a client needs to know before it starts.

use std::path::PathBuf;
use std::time::Duration;

use hallway_protocol::link::InviteLink;
use hallway_protocol::session::DeviceClass;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// Where a server is, how to get there, and how to know that it is the right one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerAddress {
    /// `host:port`.
    pub address: String,
    /// SHA-256 of the certificate (64 hex digits) for servers with a certificate of their own; none to trust
    /// the public authorities.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin: Option<String>,
    /// Plain text; refused unless the host is loopback.
    #[serde(default)]
    pub plain: bool,
    /// The HTTP proxy on the way, `host:port` or `http://host:port` (SES-10); none to go directly. Servers on this
    /// computer are always reached directly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proxy_server: Option<String>,
}

impl From<InviteLink> for ServerAddress {
    fn from(link: InviteLink) -> Self {
        Self { address: link.address, pin: link.pin, plain: link.plain, proxy_server: None }
    }
}

/// Where the key of the local copy comes from.
#[derive(Clone)]
pub enum CacheKey {
    /// A random key kept in the system's keyring. No keyring: [`hallway_protocol::ErrorCode`] 2904-like typed
    /// error, so that the app can ask for a passphrase instead.
    Keyring,
    /// Derived from a passphrase with Argon2id and a stored salt.
    Passphrase(Zeroizing<String>),
    /// Given as it is, for programs that keep keys themselves.
    Raw(Zeroizing<[u8; 32]>),
}

/// Settings of a client.
#[derive(Clone)]
pub struct Config {
    /// App id of the deployment (SES-10).
    pub app_id: u32,
    /// The server.
    pub server: ServerAddress,
    /// Folder under which each account gets a folder of its own.
    pub data_dir: PathBuf,
    /// Key of the local copy.
    pub cache_key: CacheKey,
    /// SES-45.
    pub device_class: DeviceClass,
    /// Program and version.
    pub client_version: String,
    /// Fail a send after this long without a connection (MSG-36); none to keep it until it gets through.
    pub send_timeout: Option<Duration>,
}
