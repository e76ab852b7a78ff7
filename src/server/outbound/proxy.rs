//! The proxy through which a deployment lets its servers out, if it has one.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// `host:port` of an HTTP proxy that allows CONNECT to the ports 80 and 443.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Proxy {
    /// Its host.
    pub host: String,
    /// Its port.
    pub port: u16,
}

/// Not of the form `host:port`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a proxy: write `host:port`")]
pub struct BadProxy;

impl FromStr for Proxy {
    type Err = BadProxy;

    fn from_str(text: &str) -> Result<Self, BadProxy> {
        let (host, port) = text.strip_prefix("http://").unwrap_or(text).rsplit_once(':').ok_or(BadProxy)?;
        let host = host.trim_start_matches('[').trim_end_matches(']');
        if host.is_empty() || host.contains(['/', '@', ' ']) {
            return Err(BadProxy);
        }
        Ok(Self { host: host.to_owned(), port: port.trim_end_matches('/').parse().map_err(|_| BadProxy)? })
    }
}

impl TryFrom<String> for Proxy {
    type Error = BadProxy;

    fn try_from(text: String) -> Result<Self, BadProxy> {
        text.parse()
    }
}

impl From<Proxy> for String {
    fn from(proxy: Proxy) -> Self {
        proxy.to_string()
    }
}

impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port } = self;
        if host.contains(':') { write!(f, "[{host}]:{port}") } else { write!(f, "{host}:{port}") }
    }
}
