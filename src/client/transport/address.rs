//! `host:port` taken apart, and whether the host is this computer.

use std::net::{IpAddr, Ipv6Addr};

/// Host and port of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct HostPort {
    /// A name or an address, IPv6 without brackets.
    pub host: String,
    /// 1 to 65535.
    pub port: u16,
}

impl HostPort {
    /// Reads `host:port`, an IPv6 address in brackets. `None` where it is anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let (host, port) = text.trim().rsplit_once(':')?;
        let port = port.parse().ok().filter(|port| *port != 0)?;
        let host = match host.strip_prefix('[') {
            Some(rest) => rest.strip_suffix(']').filter(|inner| inner.parse::<Ipv6Addr>().is_ok())?,
            None => host,
        };
        let is_name = |host: &str| host.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c));
        let host_ok = !host.is_empty() && host.len() <= 253;
        (host_ok && (is_name(host) || host.parse::<IpAddr>().is_ok()))
            .then(|| Self { host: host.to_owned(), port })
    }

    /// Whether the host is certainly this computer, so that plain text does not leave it.
    pub fn is_loopback(&self) -> bool {
        match self.host.parse::<IpAddr>() {
            Ok(address) => is_loopback(address),
            Err(_) => self.host.eq_ignore_ascii_case("localhost"),
        }
    }

    /// As it stands in an URL and in the `Host` header.
    pub fn authority(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }
}

/// Whether an address is this computer, also when it is IPv4 written as IPv6.
pub(super) fn is_loopback(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_apart_and_malformed_ones_refused() {
        for (text, host, authority) in [
            ("chat.example.org:7290", "chat.example.org", "chat.example.org:7290"),
            (" 10.0.0.7:7290 ", "10.0.0.7", "10.0.0.7:7290"),
            ("[fe80::1]:7290", "fe80::1", "[fe80::1]:7290"),
        ] {
            let parsed = HostPort::parse(text).unwrap();
            assert_eq!((parsed.host.as_str(), parsed.port), (host, 7290));
            assert_eq!(parsed.authority(), authority);
        }
        for bad in
            ["", "host", "host:", ":1", "host:0", "host:65536", "[::1:7290", "[host]:1", "a b:1", "a/b:1"]
        {
            assert_eq!(HostPort::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn only_this_computer_is_loopback() {
        for (text, expected) in [
            ("localhost:1", true),
            ("127.8.9.1:1", true),
            ("[::1]:1", true),
            ("[::ffff:127.0.0.1]:1", true),
            ("10.0.0.1:1", false),
            ("localhost.example.org:1", false),
            ("[::]:1", false),
        ] {
            assert_eq!(HostPort::parse(text).unwrap().is_loopback(), expected, "{text}");
        }
    }
}
