//! The way through an HTTP proxy (SES-10): `CONNECT`, and after it everything as without one.
//!
//! The proxy sees the name of the server and encrypted bytes. It is asked without a password: the index of accounts,
//! in which its address stands, holds no secrets.

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::address::HostPort;
use super::dial::ConnectError;

/// Bytes of an answer at most, head lines included.
const ANSWER_BYTES: u64 = 8 * 1024;

/// Reads `host:port` or `http://host:port`. `None` where it is anything else.
pub(super) fn parse(text: &str) -> Option<HostPort> {
    let text = text.trim();
    HostPort::parse(text.strip_prefix("http://").unwrap_or(text).trim_end_matches('/'))
}

/// Asks a proxy for a tunnel to `server`. What comes after its answer is the server's.
pub(super) async fn tunnel<S>(stream: &mut S, server: &HostPort) -> Result<(), ConnectError>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let to = server.authority();
    let request = format!("CONNECT {to} HTTP/1.1\r\nHost: {to}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.map_err(broken)?;
    let mut head = Vec::new();
    // Byte by byte: the next one after the head may be the server's already. It is one short answer per connection.
    let mut answer = stream.take(ANSWER_BYTES);
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        if answer.read(&mut byte).await.map_err(broken)? == 0 {
            return Err(ConnectError::Proxy("it broke off".to_owned()));
        }
        head.extend(byte);
    }
    let head = String::from_utf8_lossy(&head);
    let line = head.lines().next().unwrap_or_default();
    let status = line.strip_prefix("HTTP/1.").and_then(|rest| rest.split_once(' ')).map(|(_, status)| status);
    match status {
        Some(status) if status.starts_with('2') => Ok(()),
        // It could not reach the server either.
        Some(status) if status.starts_with('5') => Err(ConnectError::Unreachable(format!("proxy: {status}"))),
        Some(status) => Err(ConnectError::Proxy(status.to_owned())),
        None => Err(ConnectError::Proxy("it does not speak HTTP".to_owned())),
    }
}

fn broken(error: std::io::Error) -> ConnectError {
    ConnectError::Unreachable(format!("proxy: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_proxies() {
        for good in
            ["proxy.example.org:3128", "http://proxy.example.org:3128", " http://proxy.example.org:3128/ "]
        {
            assert_eq!(parse(good).unwrap().authority(), "proxy.example.org:3128", "{good}");
        }
        for bad in ["", "proxy", "https://proxy:1", "socks5://proxy:1", "http://me:secret@proxy:1", "http://"]
        {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }

    async fn answered(answer: &[u8]) -> (Result<(), ConnectError>, String, Vec<u8>) {
        let (mut near, mut far) = tokio::io::duplex(64 * 1024);
        far.write_all(answer).await.unwrap();
        let server = HostPort::parse("[2001:db8::1]:7290").unwrap();
        let result = tunnel(&mut near, &server).await;
        let mut request = vec![0; 1024];
        let length = far.read(&mut request).await.unwrap();
        drop(far);
        let mut rest = Vec::new();
        near.read_to_end(&mut rest).await.unwrap();
        (result, String::from_utf8_lossy(&request[..length]).into_owned(), rest)
    }

    #[tokio::test]
    async fn what_follows_the_answer_is_the_servers() {
        let (result, request, rest) = answered(b"HTTP/1.1 200 OK\r\nVia: x\r\n\r\nhello").await;
        assert_eq!(result, Ok(()));
        assert_eq!(request, "CONNECT [2001:db8::1]:7290 HTTP/1.1\r\nHost: [2001:db8::1]:7290\r\n\r\n");
        assert_eq!(rest, b"hello");
    }

    #[tokio::test]
    async fn refusals_are_told_apart() {
        let refused = answered(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n").await.0.unwrap_err();
        assert_eq!(refused, ConnectError::Proxy("407 Proxy Authentication Required".into()));
        assert!(!refused.is_passing());
        assert!(answered(b"HTTP/1.0 502 Bad Gateway\r\n\r\n").await.0.unwrap_err().is_passing());
        assert!(matches!(answered(b"SSH-2.0-x\r\n\r\n").await.0, Err(ConnectError::Proxy(_))));
        let endless = [b"HTTP/1.1 200 OK\r\n".as_slice(), &b"x".repeat(9000)].concat();
        assert_eq!(answered(&endless).await.0, Err(ConnectError::Proxy("it broke off".into())));
    }
}
