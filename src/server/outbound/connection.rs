//! Connections: to the checked address, through the proxy, TLS, HTTP/1.1.
//!
//! Those to addresses of the configuration are kept for the next request; those to anywhere else are used once.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::client::conn::http1::{Builder, SendRequest};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use rustls_platform_verifier::BuilderVerifierExt;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::pki_types::ServerName;

use super::{By, Network, OutboundError, Proxy, Url, place};

/// Bytes that are kept of what arrives before they are taken: enough for any honest head.
const BUFFER: usize = 64 * 1024;
/// Lines of a head.
const HEADERS: usize = 100;
/// Longest answer of a proxy.
const PROXY_HEAD: usize = 8 * 1024;
/// Idle connections that are kept per place.
const IDLE: usize = 8;

type Sender = SendRequest<Full<Bytes>>;

/// Trust in what this computer trusts.
pub(super) fn system_trust() -> io::Result<Arc<ClientConfig>> {
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(BuilderVerifierExt::with_platform_verifier)
        .map_err(io::Error::other)?;
    Ok(Arc::new(config.with_no_client_auth()))
}

pub(super) struct Connections {
    network: Arc<dyn Network>,
    tls: TlsConnector,
    proxy: Option<Proxy>,
    idle: Mutex<HashMap<(bool, String), Vec<Sender>>>,
}

impl Connections {
    pub fn new(network: Arc<dyn Network>, tls: Arc<ClientConfig>, proxy: Option<Proxy>) -> Self {
        Self { network, tls: TlsConnector::from(tls), proxy, idle: Mutex::default() }
    }

    /// Sends a request and waits for the head of its answer.
    pub async fn send(
        &self,
        url: &Url,
        by: By,
        request: Request<Full<Bytes>>,
    ) -> Result<Response<Incoming>, OutboundError> {
        if by == By::Person {
            return Ok(self.connect(url, by).await?.send_request(request).await?);
        }
        let place = (url.is_secure(), url.authority());
        while let Some(mut idle) = self.take_idle(&place) {
            if idle.ready().await.is_err() {
                continue;
            }
            match idle.try_send_request(request.clone()).await {
                Ok(answer) => {
                    self.keep_idle(place, idle);
                    return Ok(answer);
                }
                Err(mut error) => {
                    // Closed a moment ago, the request has not left; else nobody knows what became of it.
                    if error.take_message().is_none() {
                        return Err(error.into_error().into());
                    }
                }
            }
        }
        let mut sender = self.connect(url, by).await?;
        let answer = sender.send_request(request).await?;
        self.keep_idle(place, sender);
        Ok(answer)
    }

    fn take_idle(&self, place: &(bool, String)) -> Option<Sender> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let senders = idle.get_mut(place)?;
        // One whose answer is still being read is of no use now.
        let free = senders.iter().position(Sender::is_ready)?;
        Some(senders.swap_remove(free))
    }

    fn keep_idle(&self, place: (bool, String), sender: Sender) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let senders = idle.entry(place).or_default();
        senders.retain(|sender| !sender.is_closed());
        if senders.len() < IDLE {
            senders.push(sender);
        }
    }

    async fn connect(&self, url: &Url, by: By) -> Result<Sender, OutboundError> {
        let tcp = self.reach(url, by).await?;
        tcp.set_nodelay(true)?;
        if !url.is_secure() {
            return Ok(handshake(tcp).await?);
        }
        let name = match url.ip() {
            Some(ip) => ServerName::IpAddress(ip.into()),
            None => ServerName::try_from(url.host().to_owned()).map_err(io::Error::other)?,
        };
        Ok(handshake(self.tls.connect(name, tcp).await?).await?)
    }

    /// A connection to the place, checked where a person named it.
    async fn reach(&self, url: &Url, by: By) -> Result<TcpStream, OutboundError> {
        if by == By::Person && !matches!(url.port(), 80 | 443) {
            return Err(OutboundError::Port);
        }
        let proxy = self.proxy.as_ref().filter(|_| by == By::Person || !is_near(url.host()));
        if let (Some(proxy), By::Deployer) = (proxy, by) {
            // The name may be one that only the proxy knows.
            return self.through(proxy, &host_and_port(url.host(), url.port())).await;
        }
        let mut addresses = match url.ip() {
            Some(address) => vec![address],
            None => self.network.resolve(url.host()).await?,
        };
        // One address that is not public is enough: an honest name does not have such a mixture.
        if by == By::Person && !addresses.iter().all(|address| place::is_public(*address)) {
            return Err(OutboundError::Forbidden);
        }
        // Where IPv6 is broken, nobody waits for it.
        addresses.sort_by_key(|address| address.is_ipv6());
        let mut last = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
        for address in addresses.into_iter().take(4) {
            let connected = match proxy {
                Some(proxy) => self.through(proxy, &host_and_port(&address.to_string(), url.port())).await,
                None => self.network.dial(SocketAddr::new(address, url.port())).await.map_err(Into::into),
            };
            match connected {
                Ok(tcp) => return Ok(tcp),
                Err(OutboundError::Io(error)) => last = error,
                Err(error) => return Err(error),
            }
        }
        Err(last.into())
    }

    async fn through(&self, proxy: &Proxy, target: &str) -> Result<TcpStream, OutboundError> {
        let address = match proxy.host.parse::<IpAddr>() {
            Ok(address) => address,
            Err(_) => {
                let mut found = self.network.resolve(&proxy.host).await?.into_iter();
                found
                    .next()
                    .ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "the proxy has no address"))?
            }
        };
        let mut tcp = self.network.dial(SocketAddr::new(address, proxy.port)).await?;
        tcp.write_all(format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n").as_bytes()).await?;
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            if head.len() >= PROXY_HEAD {
                return Err(io::Error::other("the proxy answers too much").into());
            }
            // Byte by byte: what follows the head belongs to the other side.
            head.push(tcp.read_u8().await?);
        }
        let status = head.split(|byte| *byte == b' ').nth(1).unwrap_or_default();
        if status.first() == Some(&b'2') {
            Ok(tcp)
        } else {
            Err(io::Error::other("the proxy does not let it through").into())
        }
    }
}

/// Hosts that no proxy stands before.
fn is_near(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn host_and_port(host: &str, port: u16) -> String {
    if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
}

async fn handshake<S>(stream: S) -> hyper::Result<Sender>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (sender, connection) =
        Builder::new().max_buf_size(BUFFER).max_headers(HEADERS).handshake(TokioIo::new(stream)).await?;
    tokio::spawn(async move {
        // Whoever asks over it hears of its end.
        let _ = connection.await;
    });
    Ok(sender)
}
