//! The network side: HTTP, the WebSocket, frames. Parsing and nothing else.
//!
//! ```text
//! listener ──▶ http (/ws, /healthz, /metrics) ──upgrade──▶ connection ──▶ Backend (service)
//!               │                                             ▲
//!               │              bus, storage writers ──▶ outbox ┘
//!               └──▶ tus (/files), download (/download/…), sticker (/stickers/…) ──▶ Files (service::file), Stickers
//! ```
//!
//! * [`listener`]: accepts, encrypts, hands to HTTP, stops.
//! * [`http`]: the few pages and the upgrade.
//! * [`connection`]: one WebSocket from its first frame to its last; `request`: one frame to one call.
//! * `tus`: uploads. `download`: links to files. `sticker`: pictures of stickers. `body`: what answers are made of.
//! * `allowance`: how much a stranger may send.
//! * [`outbox`]: what waits to be written to a connection; [`connections`]: all of them.
//! * [`gate`]: rate limits. [`Backend`]: all that this side wants from the rest of the server.

mod allowance;
mod body;
pub mod connection;
pub mod connections;
mod download;
pub mod gate;
pub mod http;
pub mod listener;
pub mod outbox;
mod patient;
mod request;
mod sticker;
mod tus;

#[cfg(test)]
pub(crate) mod tests;

use std::any::Any;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use hallway_protocol::method::{Call, RefreshCredential, SignIn};
use hallway_protocol::session::{ServerInfo, SignedIn};
use hallway_protocol::{ChatError, Limits};

use crate::config::{Config, Secret};
use crate::metrics::Metrics;
use crate::service::file::Files;
use crate::sticker::Stickers;
use connections::Connections;
use gate::Gate;
use outbox::{Frame, Outbox};

/// Where uploads are begun.
pub const UPLOADS: &str = "/files";
/// What links to files begin with.
pub const DOWNLOADS: &str = "/download/";
/// What addresses of stickers' pictures begin with.
pub const STICKERS: &str = "/stickers/";

/// What the network side wants from the rest of the server. `service` implements it; tests of this side have
/// their own.
pub trait Backend: Send + Sync + 'static {
    /// Who calls: a signed-in instance.
    type Caller: Send + Sync + 'static;

    /// The number of the caller's account, the key of rate limits.
    fn user_number(caller: &Self::Caller) -> i64;

    /// What anybody may know.
    fn server_info(&self) -> ServerInfo;

    /// Signs an instance in. Its events go to `outbox` from before the answer is made. `current` is who is
    /// signed in on this connection already.
    fn sign_in(
        &self,
        request: SignIn,
        peer: IpAddr,
        current: Option<&Self::Caller>,
        outbox: &Arc<Outbox>,
    ) -> impl Future<Output = Result<SignInDone<Self::Caller>, ChatError>> + Send;

    /// Ends the caller's session for good (SES-12).
    fn sign_out(&self, caller: &Self::Caller) -> impl Future<Output = Result<(), ChatError>> + Send;

    /// Replaces the caller's credential (SES-21); answers when the new one runs out, Unix seconds.
    fn refresh_credential(
        &self,
        caller: &Self::Caller,
        request: RefreshCredential,
    ) -> impl Future<Output = Result<Option<i64>, ChatError>> + Send;

    /// The caller's credential has run out (SES-47); the client is told by the connection.
    fn expired(&self, caller: &Self::Caller) -> impl Future<Output = ()> + Send;

    /// Every other method. `caller` is `None` before sign-in; `id` is the request's, for the answer. The frame
    /// is the whole answer.
    fn call(
        &self,
        caller: Option<Arc<Self::Caller>>,
        peer: IpAddr,
        id: u64,
        call: Call,
    ) -> impl Future<Output = Result<Frame, ChatError>> + Send;

    /// Files behind messages, where there are some.
    fn files(&self) -> Option<&Files>;

    /// Stickers, where there are some.
    fn stickers(&self) -> Option<&Stickers>;

    /// Adds figures of its own to the Prometheus text.
    fn write_figures(&self, out: &mut String);

    /// Whether the server can do its work; otherwise why not.
    fn health(&self) -> impl Future<Output = Result<(), String>> + Send;
}

/// A successful sign-in.
pub struct SignInDone<C> {
    /// For the client.
    pub answer: SignedIn,
    /// `None` when nothing changed because this instance was signed in here already (SES-11).
    pub entered: Option<Entered<C>>,
}

/// Somebody is signed in on a connection.
pub struct Entered<C> {
    /// Who.
    pub caller: Arc<C>,
    /// When the credential runs out, Unix seconds.
    pub credential_expires: Option<i64>,
    /// Takes the outbox off the bus when dropped.
    pub registration: Box<dyn Any + Send + Sync>,
}

/// What all connections of one server share.
pub struct Node<B> {
    /// The rest of the server.
    pub backend: B,
    /// Figures.
    pub metrics: Arc<Metrics>,
    /// Rate limits.
    pub gate: Gate,
    /// Who is connected.
    pub connections: Arc<Connections>,
    /// Numbers.
    pub settings: Settings,
}

/// What a deployer may set about connections.
#[derive(Clone, Debug)]
pub struct Settings {
    /// A connection that says nothing for so long is gone (SES-36).
    pub silence: Duration,
    /// Who is not signed in by then is disconnected.
    pub sign_in_within: Duration,
    /// Wasted frames until a connection is closed; 0: any number.
    pub bad_frames: u32,
    /// Bytes of one frame (SES-5).
    pub frame_bytes: usize,
    /// Size of a connection's outgoing queue.
    pub queue: outbox::Capacity,
    /// Connections at a time; 0: any number.
    pub max_connections: u32,
    /// How long a stopping server waits for its connections.
    pub stop_within: Duration,
    /// Who shows this may read the figures from anywhere.
    pub metrics_token: Secret,
}

impl Settings {
    /// From the configuration.
    pub fn new(config: &Config, limits: &Limits) -> Self {
        let seconds = |n: u32| Duration::from_secs(u64::from(n));
        Self {
            silence: seconds(config.server.silence_seconds),
            sign_in_within: seconds(config.server.silence_seconds),
            bad_frames: config.rates.bad_frames,
            frame_bytes: usize::try_from(limits.frame_bytes).unwrap_or(usize::MAX),
            queue: outbox::Capacity::default(),
            max_connections: config.server.max_connections,
            stop_within: seconds(config.server.stop_seconds),
            metrics_token: config.metrics.token.clone(),
        }
    }
}
