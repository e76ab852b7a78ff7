//! Addresses as the server asks them: `http` and `https`, a host, a port, a path.
//!
//! Stricter than a browser on purpose. Numbers that only some programs take for an address (`2130706433`, `0x7f.1`,
//! `010.0.0.1`) and user names before the host are refused, so that what is checked is what is asked.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::host::to_ascii;

/// Longest address.
const LONGEST: usize = 2048;

/// An address of something on the web.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url {
    is_secure: bool,
    /// Lower case; an IPv6 address without brackets.
    host: String,
    port: u16,
    /// Begins with `/`, percent-encoded where need be.
    path: String,
}

/// Not an address that is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadUrl(&'static str);

impl Url {
    /// Reads an absolute address. A fragment is left out.
    pub fn parse(text: &str) -> Result<Self, BadUrl> {
        if text.len() > LONGEST {
            return Err(BadUrl("too long an address"));
        }
        let (scheme, rest) = text.split_once("://").ok_or(BadUrl("not an absolute address"))?;
        let is_secure = match scheme.to_ascii_lowercase().as_str() {
            "http" => false,
            "https" => true,
            _ => return Err(BadUrl("neither http nor https")),
        };
        let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
        let (authority, tail) = rest.split_at_checked(end).ok_or(BadUrl("not an address"))?;
        if authority.contains('@') {
            return Err(BadUrl("a user name before the host"));
        }
        let (host, port) = split_port(authority)?;
        let default = if is_secure { 443 } else { 80 };
        Ok(Self { is_secure, host: check_host(host)?, port: port.unwrap_or(default), path: path_of(tail)? })
    }

    /// Where `location` leads from here.
    pub fn join(&self, location: &str) -> Result<Self, BadUrl> {
        let location = location.trim();
        let here = format!("{}://{}", self.scheme(), self.authority());
        let path = self.path.split('?').next().unwrap_or("/");
        let absolute = match location {
            "" => return Err(BadUrl("no address")),
            to if to.starts_with("//") => format!("{}:{to}", self.scheme()),
            to if to.starts_with('/') => format!("{here}{to}"),
            to if to.starts_with('?') => format!("{here}{path}{to}"),
            to if to.starts_with('#') => format!("{here}{}", self.path),
            to if has_scheme(to) => to.to_owned(),
            to => {
                let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
                format!("{here}{folder}/{to}")
            }
        };
        Self::parse(&absolute)
    }

    /// The host, without brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The host, when it is an address already.
    pub fn ip(&self) -> Option<IpAddr> {
        self.host.parse().ok()
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Over TLS.
    pub fn is_secure(&self) -> bool {
        self.is_secure
    }

    /// What is asked of the host.
    pub fn path_and_query(&self) -> &str {
        &self.path
    }

    fn scheme(&self) -> &'static str {
        if self.is_secure { "https" } else { "http" }
    }

    /// Host, and port where it is not the usual one, as it stands in an address.
    pub fn authority(&self) -> String {
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        match (self.is_secure, self.port) {
            (true, 443) | (false, 80) => host,
            (_, port) => format!("{host}:{port}"),
        }
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.scheme(), self.authority(), self.path)
    }
}

/// Whether it begins like `mailto:` or `https:`, which no path does before its first slash.
fn has_scheme(text: &str) -> bool {
    let first = text.split(['/', '?', '#']).next().unwrap_or_default();
    first.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
    })
}

fn split_port(authority: &str) -> Result<(&str, Option<u16>), BadUrl> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (host, rest) = rest.split_once(']').ok_or(BadUrl("an open bracket"))?;
            host.parse::<Ipv6Addr>().map_err(|_| BadUrl("not an IPv6 address in the brackets"))?;
            match rest.strip_prefix(':') {
                Some(port) => (host, port),
                None if rest.is_empty() => (host, ""),
                None => return Err(BadUrl("something after the brackets")),
            }
        }
        None => authority.split_once(':').unwrap_or((authority, "")),
    };
    if port.is_empty() {
        return Ok((host, None));
    }
    let digits = port.bytes().all(|byte| byte.is_ascii_digit());
    let port = port.parse().ok().filter(|port| digits && *port > 0).ok_or(BadUrl("not a port"))?;
    Ok((host, Some(port)))
}

fn check_host(host: &str) -> Result<String, BadUrl> {
    let host = to_ascii(host).ok_or(BadUrl("not the name of a host"))?;
    let host = host.strip_suffix('.').unwrap_or(&host).to_ascii_lowercase();
    if host.parse::<Ipv6Addr>().is_ok() || host.parse::<Ipv4Addr>().is_ok() {
        return Ok(host);
    }
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    if host.len() > 253 || !host.split('.').all(is_label) {
        return Err(BadUrl("not the name of a host"));
    }
    // No name of a host ends in a number; whoever takes such a thing for an address may take it for another one.
    let last = host.rsplit('.').next().unwrap_or_default();
    if last.bytes().all(|byte| byte.is_ascii_digit()) || last.starts_with("0x") {
        return Err(BadUrl("a number that is no plain address"));
    }
    Ok(host)
}

/// The path and the query without a fragment; what may not stand in them is percent-encoded.
fn path_of(tail: &str) -> Result<String, BadUrl> {
    let tail = tail.split('#').next().unwrap_or_default();
    let mut path = String::with_capacity(tail.len().saturating_add(1));
    if !tail.starts_with('/') {
        path.push('/');
    }
    for byte in tail.bytes() {
        match byte {
            b'\\' => return Err(BadUrl("a backslash in an address")),
            0..=0x1f | 0x7f => return Err(BadUrl("a control character in an address")),
            b' ' | b'"' | b'<' | b'>' | b'^' | b'`' | b'{' | b'|' | b'}' | 0x80.. => {
                path.push('%');
                path.push_str(&crate::auth::hex(&[byte]).to_ascii_uppercase());
            }
            byte => path.push(char::from(byte)),
        }
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_written() {
        for (text, written) in [
            ("http://example.org", "http://example.org/"),
            ("HTTPS://Example.ORG.:443/a?b#c", "https://example.org/a?b"),
            ("https://example.org:8443", "https://example.org:8443/"),
            ("http://[2606:4700::1111]:80/x", "http://[2606:4700::1111]/x"),
            ("https://例子.测试/x", "https://xn--fsqu00a.xn--0zwm56d/x"),
            ("http://93.184.216.34?x", "http://93.184.216.34/?x"),
            ("https://zh.wikipedia.org/wiki/你好", "https://zh.wikipedia.org/wiki/%E4%BD%A0%E5%A5%BD"),
        ] {
            assert_eq!(Url::parse(text).map(|url| url.to_string()), Ok(written.to_owned()), "{text}");
        }
    }

    #[test]
    fn a_location_leads_on_from_where_it_was_given() {
        let here = Url::parse("https://a.example/b/c?d").unwrap();
        for (location, there) in [
            ("https://x.example/y", "https://x.example/y"),
            ("//x.example/y", "https://x.example/y"),
            ("/y", "https://a.example/y"),
            ("y", "https://a.example/b/y"),
            ("?y", "https://a.example/b/c?y"),
            ("y:1/2", ""),
            ("mailto:a@b", ""),
            ("", ""),
        ] {
            let joined = here.join(location).map(|url| url.to_string()).unwrap_or_default();
            assert_eq!(joined, there, "{location}");
        }
    }
}
