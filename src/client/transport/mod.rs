//! The connection to a server: one WebSocket that carries requests, answers and events.
//!
//! A [`Connector`] knows a server and how to trust it and makes [`Link`]s, one after the other. A link is one
//! connection and never comes back: when it ends, its calls fail and whoever owns it makes another one after
//! the time [`Backoff`] names. That way a request made for one connection can never slip into the next one,
//! which has not signed in yet.
//!
//! * `address`, `proxy`, `tls`, `dial`: from `host:port` and a certificate pin to an encrypted stream.
//! * `http`: a connection beside the link, for files.
//! * `rpc`: [`Rpc`], the handle that calls methods and matches answers.
//! * `link`: the task behind a link; `inbox` hands its events over in order, `meter` hears every byte.
//! * `heartbeat`: when to ask whether the other side is still there, and when to give up; no clock of its own.
//! * `reconnect`: how long to wait before the next attempt.
//!
//! Nothing here logs parameters, answers or events, only names, sizes and codes.

mod address;
mod dial;
mod heartbeat;
mod http;
mod inbox;
mod link;
mod meter;
mod proxy;
mod reconnect;
mod rpc;
#[cfg(test)]
mod tests;
mod tls;
#[cfg(test)]
mod tls_tests;

use std::time::Duration;

pub use dial::{ConnectError, Connector, connect};
pub use heartbeat::Timings;
pub(crate) use http::Answer;
pub(crate) use http::Http;
pub use link::{Link, LinkEnd};
pub use reconnect::{Backoff, reconnect_delay};
pub use rpc::Rpc;

/// Times and sizes of a connection. The defaults are the contract; tests and servers at the end of very slow
/// lines may want others.
#[derive(Clone, Debug)]
pub struct TransportConfig {
    /// How long name lookup, connecting, encryption and upgrade may take together, else 2801.
    pub connect_timeout: Duration,
    /// How long a call waits for its answer, else 2801 (SES-7).
    pub request_timeout: Duration,
    /// How many calls may wait for their answers at a time; one more is 9507 (SES-6).
    pub queued_requests: usize,
    /// Bytes of a request; a longer one is 9522 and is not sent (SES-5).
    pub request_bytes: usize,
    /// Bytes of one frame of the server; a longer one ends the link.
    pub answer_bytes: usize,
    /// Events that may wait to be taken; more are dropped and replaced by one `resync`.
    pub queued_events: usize,
    /// When a silent link is asked, and when it is given up.
    pub heartbeat: Timings,
}

impl Default for TransportConfig {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            request_timeout: Duration::from_secs(30),
            queued_requests: 1000,
            request_bytes: 1024 * 1024,
            answer_bytes: 16 * 1024 * 1024,
            queued_events: 1000,
            heartbeat: Timings::default(),
        }
    }
}
