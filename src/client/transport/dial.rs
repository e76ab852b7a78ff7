//! Reaching a server: name, socket, encryption, upgrade to a WebSocket.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hallway_protocol::{ChatError, ErrorCode};
use rustls::pki_types::ServerName;
use serde_json::json;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::tungstenite;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

use super::TransportConfig;
use super::address::{HostPort, is_loopback};
use super::http::Http;
use super::link::Link;
use super::meter::{Metered, Pulse};
use super::proxy;
use super::tls::{self, Trust};
use crate::config::ServerAddress;

/// Path of the WebSocket.
const PATH: &str = "/ws";

/// Head start of one address of a host before the next one is tried as well.
const HEAD_START: Duration = Duration::from_millis(250);

/// Large enough for nearly every frame in one read, small enough to have many clients in one process.
const BUFFER: usize = 8 * 1024;

/// Why no connection came about.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConnectError {
    /// The address or the pin is malformed.
    #[error("the server address is malformed")]
    Address,
    /// The proxy's address is malformed.
    #[error("the address of the proxy is malformed")]
    ProxyAddress,
    /// The proxy does not let this through.
    #[error("the proxy refuses: {0}")]
    Proxy(String),
    /// Plain text to another computer.
    #[error("unencrypted connections are possible on this computer only")]
    Plain,
    /// The host has no address, or there is no way to it.
    #[error("the server cannot be found: {0}")]
    NoNetwork(String),
    /// The server's computer refused or broke off.
    #[error("the server cannot be reached: {0}")]
    Unreachable(String),
    /// It took too long.
    #[error("the server did not answer in time")]
    Timeout,
    /// The server shows another certificate than the pinned one: it was replaced, or somebody is in between.
    #[error("the server's certificate is not the expected one (SHA-256 {shown})")]
    OtherCertificate {
        /// SHA-256 of the one it showed, 64 hex digits.
        shown: String,
    },
    /// Nobody this computer trusts vouches for the server's certificate.
    #[error("nobody vouches for the server's certificate (SHA-256 {shown}): {reason}")]
    Untrusted {
        /// SHA-256 of the certificate, 64 hex digits, for a person to compare and pin.
        shown: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Something answers there, but not a Hallway server.
    #[error("this is not a Hallway server: {0}")]
    NotHallway(String),
}

impl ConnectError {
    /// Whether the next attempt can go better without anybody doing anything.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::NoNetwork(_) | Self::Unreachable(_) | Self::Timeout)
    }

    /// The spec's code.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Address | Self::ProxyAddress | Self::Plain => ErrorCode::InvalidParameter,
            Self::NoNetwork(_) => ErrorCode::NoNetwork,
            Self::Timeout => ErrorCode::RequestTimeout,
            Self::Proxy(_)
            | Self::Unreachable(_)
            | Self::OtherCertificate { .. }
            | Self::Untrusted { .. }
            | Self::NotHallway(_) => ErrorCode::NetworkError,
        }
    }

    /// What the app can tell apart beyond the code; `data.reason` of the error.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::ProxyAddress => "proxy_address",
            Self::Proxy(_) => "proxy",
            Self::Plain => "plain",
            Self::NoNetwork(_) => "no_network",
            Self::Unreachable(_) => "unreachable",
            Self::Timeout => "timeout",
            Self::OtherCertificate { .. } => "other_certificate",
            Self::Untrusted { .. } => "untrusted",
            Self::NotHallway(_) => "not_hallway",
        }
    }
}

impl From<ConnectError> for ChatError {
    /// `data` is `{ "reason": …, "certificate": … }`, the latter being the fingerprint where there is one.
    fn from(error: ConnectError) -> Self {
        let mut data = json!({ "reason": error.reason() });
        if let ConnectError::OtherCertificate { shown } | ConnectError::Untrusted { shown, .. } = &error {
            data["certificate"] = json!(shown);
        }
        ChatError::new(error.code()).with_message(error.to_string()).with_data(data)
    }
}

/// Connects once. Whoever connects again and again keeps a [`Connector`].
pub async fn connect(server: &ServerAddress, config: &TransportConfig) -> Result<Link, ConnectError> {
    Connector::new(server, config.clone())?.connect().await
}

/// A server and how to trust it.
pub struct Connector {
    address: HostPort,
    proxy: Option<HostPort>,
    trust: Option<Trust>,
    is_pinned: bool,
    config: TransportConfig,
}

impl Connector {
    /// Checks the address. Plain text to anything but this computer is refused here, before a byte is sent.
    pub fn new(server: &ServerAddress, config: TransportConfig) -> Result<Self, ConnectError> {
        let address = HostPort::parse(&server.address).ok_or(ConnectError::Address)?;
        let pin = match &server.pin {
            Some(pin) => Some(tls::parse_pin(pin).ok_or(ConnectError::Address)?),
            None => None,
        };
        let trust = match (server.plain, address.is_loopback()) {
            (true, true) => None,
            (true, false) => return Err(ConnectError::Plain),
            (false, _) => Some(Trust::new(pin).map_err(|error| ConnectError::Untrusted {
                shown: String::new(),
                reason: error.to_string(),
            })?),
        };
        let proxy = match &server.proxy_server {
            Some(proxy) => Some(proxy::parse(proxy).ok_or(ConnectError::ProxyAddress)?),
            None => None,
        };
        Ok(Self { address, proxy, trust, is_pinned: pin.is_some(), config })
    }

    /// Another server, which the own one names: over the same proxy, trusted as this computer trusts, and in plain text only
    /// where the own one is spoken to in plain text, on this computer.
    pub(crate) fn elsewhere(&self, address: &str, plain: bool) -> Result<Self, ConnectError> {
        if plain && self.trust.is_some() {
            return Err(ConnectError::Plain);
        }
        let server = ServerAddress { address: address.to_owned(), plain, ..ServerAddress::default() };
        Ok(Self { proxy: self.proxy.clone(), ..Self::new(&server, self.config.clone())? })
    }

    /// Makes a link. It is not signed in.
    pub async fn connect(&self) -> Result<Link, ConnectError> {
        tokio::time::timeout(self.config.connect_timeout, self.dial())
            .await
            .unwrap_or(Err(ConnectError::Timeout))
    }

    /// Makes a connection for files.
    pub(crate) async fn http(&self) -> Result<Http, ConnectError> {
        self.http_as(self.address.authority()).await
    }

    /// The same to a server that wants to be called so.
    pub(crate) async fn http_as(&self, host: String) -> Result<Http, ConnectError> {
        let dial = async {
            let socket = self.socket().await?;
            match &self.trust {
                None => Http::start(socket, host).await,
                Some(trust) => Http::start(self.encrypt(trust, socket).await?, host).await,
            }
        };
        tokio::time::timeout(self.config.connect_timeout, dial).await.unwrap_or(Err(ConnectError::Timeout))
    }

    async fn dial(&self) -> Result<Link, ConnectError> {
        let socket = self.socket().await?;
        let pulse = Arc::new(Pulse::new());
        let stream = Metered::new(socket, Arc::clone(&pulse));
        match &self.trust {
            None => self.upgrade("ws", stream, pulse).await,
            Some(trust) => self.upgrade("wss", self.encrypt(trust, stream).await?, pulse).await,
        }
    }

    /// A socket whose other end is the server.
    async fn socket(&self) -> Result<TcpStream, ConnectError> {
        let proxy = self.proxy.as_ref().filter(|_| !self.address.is_loopback());
        let mut socket = self.reach(proxy.unwrap_or(&self.address)).await?;
        // Requests are small and somebody waits for each.
        socket.set_nodelay(true).map_err(unreachable)?;
        if proxy.is_some() {
            proxy::tunnel(&mut socket, &self.address).await?;
        }
        Ok(socket)
    }

    async fn encrypt<S>(&self, trust: &Trust, stream: S) -> Result<TlsStream<S>, ConnectError>
    where
        S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
    {
        let name = ServerName::try_from(self.address.host.clone()).map_err(|_| ConnectError::Address)?;
        let connector = TlsConnector::from(Arc::clone(&trust.config));
        connector.connect(name, stream).await.map_err(|error| self.distrust(trust, &error))
    }

    async fn upgrade<S>(&self, scheme: &str, stream: S, pulse: Arc<Pulse>) -> Result<Link, ConnectError>
    where
        S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
    {
        let limits = WebSocketConfig::default()
            .read_buffer_size(BUFFER)
            .write_buffer_size(BUFFER)
            .max_message_size(Some(self.config.answer_bytes))
            .max_frame_size(Some(self.config.answer_bytes));
        let url = format!("{scheme}://{}{PATH}", self.address.authority());
        let (socket, _) = tokio_tungstenite::client_async_with_config(url, stream, Some(limits))
            .await
            .map_err(|error| match error {
                tungstenite::Error::Io(error) => unreachable(error),
                // A proxy in front of a server that restarts, or the server itself when it is full.
                tungstenite::Error::Http(response) if response.status().is_server_error() => {
                    ConnectError::Unreachable(response.status().to_string())
                }
                tungstenite::Error::Http(response) => ConnectError::NotHallway(response.status().to_string()),
                error => ConnectError::NotHallway(error.to_string()),
            })?;
        Ok(Link::start(socket, pulse, &self.config))
    }

    /// Tries the addresses of a host, each a little after the one before, and takes the first that answers.
    async fn reach(&self, target: &HostPort) -> Result<TcpStream, ConnectError> {
        let host = (target.host.as_str(), target.port);
        let found: Vec<SocketAddr> = tokio::net::lookup_host(host)
            .await
            .map_err(|error| ConnectError::NoNetwork(error.to_string()))?
            // What a name stands for may change: plain text must stay here whatever it stands for.
            .filter(|address| self.trust.is_some() || is_loopback(address.ip()))
            .collect();
        let mut addresses = alternate(&found).into_iter();
        let mut attempts = JoinSet::new();
        let mut failure = None;
        loop {
            let next = addresses.next();
            let more = next.is_some();
            if let Some(address) = next {
                attempts.spawn(TcpStream::connect(address));
            }
            tokio::select! {
                Some(attempt) = attempts.join_next() => match attempt {
                    Ok(Ok(socket)) => return Ok(socket),
                    Ok(Err(error)) => failure = Some(error),
                    Err(error) => failure = Some(io::Error::other(error)),
                },
                () = tokio::time::sleep(HEAD_START), if more => {}
                else => break,
            }
        }
        Err(failure
            .map_or_else(|| ConnectError::NoNetwork("the host has no address".to_owned()), unreachable))
    }

    fn distrust(&self, trust: &Trust, error: &io::Error) -> ConnectError {
        let cause = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
        match (cause, trust.refused()) {
            (Some(rustls::Error::InvalidCertificate(reason)), Some(shown)) => {
                let shown = tls::hex(&shown);
                if self.is_pinned {
                    ConnectError::OtherCertificate { shown }
                } else {
                    ConnectError::Untrusted { shown, reason: format!("{reason:?}") }
                }
            }
            (Some(error), _) => ConnectError::NotHallway(error.to_string()),
            (None, _) => ConnectError::Unreachable(error.to_string()),
        }
    }
}

/// Both families in turn, beginning with the one the system prefers.
fn alternate(addresses: &[SocketAddr]) -> Vec<SocketAddr> {
    let first_is_v6 = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let mut first = addresses.iter().filter(|address| address.is_ipv6() == first_is_v6);
    let mut second = addresses.iter().filter(|address| address.is_ipv6() != first_is_v6);
    let mut order = Vec::with_capacity(addresses.len());
    loop {
        let pair = [first.next(), second.next()];
        if pair == [None, None] {
            return order;
        }
        order.extend(pair.into_iter().flatten());
    }
}

fn unreachable(error: io::Error) -> ConnectError {
    match error.kind() {
        io::ErrorKind::NetworkUnreachable | io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkDown => {
            ConnectError::NoNetwork(error.to_string())
        }
        _ => ConnectError::Unreachable(error.to_string()),
    }
}
