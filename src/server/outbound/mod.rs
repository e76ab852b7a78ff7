//! The only way by which the server fetches or asks anything elsewhere: bounded in time and bytes, and careful about
//! where it goes.
//!
//! Who named the address decides what is allowed ([`By`]). What the deployer wrote into the configuration may be
//! anywhere. What a person wrote into a message may be in the public internet only: the name is resolved here, every
//! address it has is checked (`place`), and the connection is made to the checked address and never to the name again,
//! so that a name which points elsewhere a moment later gains nothing. Each redirect goes through all of that anew.
//! There are no cookies, no credentials of this machine, no other protocols than HTTP.
//!
//! * [`Url`]: addresses. `place`: which are allowed. [`Network`]: resolving and dialling, another one in tests.
//! * `connection`: TCP, the proxy, TLS, HTTP/1.1. [`process`]: programs on this computer that do the same kind of work.

mod connection;
pub mod host;
mod place;
pub mod process;
mod proxy;
#[cfg(test)]
pub(crate) mod tests;
mod url;

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::future::BoxFuture;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};
use tokio::net::TcpStream;

use connection::Connections;
pub use proxy::{BadProxy, Proxy};
pub use url::{BadUrl, Url};

/// Redirects that are followed.
const REDIRECTS: usize = 3;
/// How this server calls itself.
const AGENT: &str = concat!("Hallway/", env!("CARGO_PKG_VERSION"));

/// Who named the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The configuration: any address and port. Redirects are not followed: they would carry keys elsewhere.
    Deployer,
    /// A person, in a message: public addresses, ports 80 and 443 only.
    Person,
}

/// What to ask, and how much of an answer to take.
#[derive(Clone, Debug)]
pub struct Ask {
    /// GET, POST …
    pub method: Method,
    /// Where.
    pub url: Url,
    /// Who says so.
    pub by: By,
    /// Head lines besides `host`.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// What is sent along.
    pub body: Bytes,
    /// Bytes of an answer.
    pub most: usize,
    /// A longer answer is cut there instead of being refused.
    pub cuts: bool,
    /// Media types of which the answer must have one, as `text/html` or `image/`; none: any.
    pub media: &'static [&'static str],
    /// For everything together, redirects included.
    pub within: Duration,
}

/// What came.
#[derive(Clone, Debug)]
pub struct Reply {
    /// How it went. Any status is a reply.
    pub status: StatusCode,
    /// Head lines.
    pub headers: HeaderMap,
    /// The body, or what was wanted of it.
    pub body: Bytes,
    /// Where it came from in the end.
    pub url: Url,
}

/// Why there is no reply. None of these texts is for people; addresses in them are foreign.
#[derive(Debug, thiserror::Error)]
pub enum OutboundError {
    /// The address is none, or not of a kind that is asked.
    #[error(transparent)]
    Url(#[from] BadUrl),
    /// A person may not send the server there.
    #[error("an address that is not in the public internet")]
    Forbidden,
    /// Other ports than 80 and 443.
    #[error("a port that is not asked")]
    Port,
    /// More than `REDIRECTS`, or one without an address.
    #[error("redirected too often or nowhere")]
    Redirects,
    /// Longer than wanted.
    #[error("a longer answer than is taken")]
    TooLong,
    /// Of another type than wanted.
    #[error("an answer of another type than is taken")]
    Media,
    /// Too slow.
    #[error("no answer in time")]
    Time,
    /// The network, TLS or HTTP failed.
    #[error("{0}")]
    Io(#[from] io::Error),
}

impl From<hyper::Error> for OutboundError {
    fn from(error: hyper::Error) -> Self {
        Self::Io(io::Error::other(error))
    }
}

/// Names and connections. The system's, or one that a test makes up.
pub trait Network: Send + Sync + 'static {
    /// The addresses of a name.
    fn resolve(&self, host: &str) -> BoxFuture<'static, io::Result<Vec<IpAddr>>>;

    /// A connection to an address.
    fn dial(&self, to: SocketAddr) -> BoxFuture<'static, io::Result<TcpStream>>;
}

/// What this computer has.
#[derive(Clone, Copy, Debug, Default)]
pub struct System;

impl Network for System {
    fn resolve(&self, host: &str) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        let host = host.to_owned();
        Box::pin(async move {
            Ok(tokio::net::lookup_host((host.as_str(), 0)).await?.map(|found| found.ip()).collect())
        })
    }

    fn dial(&self, to: SocketAddr) -> BoxFuture<'static, io::Result<TcpStream>> {
        Box::pin(TcpStream::connect(to))
    }
}

/// See the module. Cheap to clone.
#[derive(Clone)]
pub struct Outbound {
    connections: Arc<Connections>,
}

impl Outbound {
    /// Trusts the authorities that this computer trusts, a company's own included.
    pub fn new(proxy: Option<Proxy>) -> io::Result<Self> {
        Ok(Self::with(Arc::new(System), connection::system_trust()?, proxy))
    }

    /// With another network and trust.
    pub fn with(
        network: Arc<dyn Network>,
        tls: Arc<tokio_rustls::rustls::ClientConfig>,
        proxy: Option<Proxy>,
    ) -> Self {
        Self { connections: Arc::new(Connections::new(network, tls, proxy)) }
    }

    /// Asks, follows redirects where a person named the address, and takes the answer.
    pub async fn ask(&self, ask: Ask) -> Result<Reply, OutboundError> {
        match tokio::time::timeout(ask.within, self.follow(ask)).await {
            Ok(reply) => reply,
            Err(_) => Err(OutboundError::Time),
        }
    }

    async fn follow(&self, mut ask: Ask) -> Result<Reply, OutboundError> {
        for _ in 0..=REDIRECTS {
            let answer = self.connections.send(&ask.url, ask.by, request(&ask)?).await?;
            if ask.by == By::Deployer || !is_redirect(answer.status()) {
                return take(answer, ask).await;
            }
            let location = answer.headers().get(header::LOCATION);
            let location = location.and_then(|to| std::str::from_utf8(to.as_bytes()).ok());
            ask.url = ask.url.join(location.ok_or(OutboundError::Redirects)?)?;
        }
        Err(OutboundError::Redirects)
    }
}

fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

fn request(ask: &Ask) -> Result<Request<Full<Bytes>>, OutboundError> {
    let mut request = Request::builder()
        .method(ask.method.clone())
        .uri(ask.url.path_and_query())
        .header(header::HOST, ask.url.authority())
        .header(header::USER_AGENT, AGENT);
    for (name, value) in &ask.headers {
        request = request.header(name, value);
    }
    request.body(Full::new(ask.body.clone())).map_err(|error| OutboundError::Io(io::Error::other(error)))
}

/// Takes the body as far as it is wanted.
async fn take(answer: Response<Incoming>, ask: Ask) -> Result<Reply, OutboundError> {
    let (head, mut body) = answer.into_parts();
    let media = head.headers.get(header::CONTENT_TYPE).and_then(|media| media.to_str().ok()).unwrap_or("");
    let media = media.to_ascii_lowercase();
    if head.status.is_success() && !ask.media.is_empty() && !ask.media.iter().any(|it| media.starts_with(it))
    {
        return Err(OutboundError::Media);
    }
    let mut taken = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame?.into_data() else { continue };
        let room = ask.most.saturating_sub(taken.len());
        if data.len() > room {
            if !ask.cuts {
                return Err(OutboundError::TooLong);
            }
            taken.extend_from_slice(data.get(..room).unwrap_or_default());
            break;
        }
        taken.extend_from_slice(&data);
    }
    Ok(Reply { status: head.status, headers: head.headers, body: taken.freeze(), url: ask.url })
}
