//! Calling the server: requests out, answers matched.

use std::collections::HashMap;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hallway_protocol::frame::{Request, Version};
use hallway_protocol::method::{Method, Ping};
use hallway_protocol::{ChatError, ErrorCode, Limits};
use serde_json::value::RawValue;
use tokio::sync::{mpsc, oneshot};
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::TransportConfig;
use super::meter::Pulse;
use crate::Result;

/// What an answer carries, still as text: the caller parses it, not the task that reads the socket.
type Reply = std::result::Result<Box<RawValue>, ChatError>;

/// Calls methods over one link. Cheap to clone. Once its link has ended every call fails with 2805.
#[derive(Clone)]
pub struct Rpc {
    shared: Arc<Shared>,
}

/// What the handle and the task of a link share.
pub(super) struct Shared {
    calls: Mutex<Calls>,
    pub pulse: Arc<Pulse>,
    request_timeout: Duration,
    request_bytes: AtomicUsize,
    queued_requests: AtomicUsize,
}

struct Calls {
    next_id: u64,
    waiting: HashMap<u64, oneshot::Sender<Reply>>,
    /// None once the link has ended.
    out: Option<mpsc::UnboundedSender<Outgoing>>,
}

/// What the link's task is asked to write.
pub(super) enum Outgoing {
    /// A request.
    Text(Utf8Bytes),
    /// Say goodbye and end.
    Close,
}

impl std::fmt::Debug for Rpc {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rpc").field("is_open", &self.is_open()).finish_non_exhaustive()
    }
}

impl Rpc {
    /// A handle without a link, for the time before the first one: every call fails with 2805.
    pub fn disconnected() -> Self {
        Self { shared: Arc::new(Shared::new(&TransportConfig::default(), Arc::new(Pulse::new()), None)) }
    }

    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    /// Calls a method and waits for its answer. Dropping the future gives the answer up, not the request.
    ///
    /// # Errors
    ///
    /// The server's own; 2805 when there is no link, 2800 when it ended before the answer, 2801 when none came
    /// in time (SES-7), 9507 when too many calls wait already (SES-6), 9522 when the request is too large
    /// (SES-5), 2903 when the answer cannot be read. After 2800 and 2801 nobody knows whether the server has
    /// acted.
    pub async fn call<M: Method>(&self, params: &M) -> Result<M::Answer> {
        self.call_within(params, self.shared.request_timeout).await
    }

    /// The same for what takes the server a time of its own.
    pub async fn call_within<M: Method>(&self, params: &M, timeout: Duration) -> Result<M::Answer> {
        let name = M::NAME.as_str();
        let (guard, reply) = self.send(name, params)?;
        let reply = match tokio::time::timeout(timeout, reply).await {
            Ok(Ok(reply)) => reply,
            Ok(Err(_)) => Err(ErrorCode::NetworkError.into()),
            Err(_) => Err(ErrorCode::RequestTimeout.into()),
        };
        drop(guard);
        let answer = reply?;
        serde_json::from_str(answer.get()).map_err(|error| {
            // The text of the error may quote the answer.
            crate::log::error!(method = name, column = error.column(), "an answer cannot be read");
            ErrorCode::UnexpectedError.into()
        })
    }

    /// Whether the link is there. It may end at any moment after that.
    pub fn is_open(&self) -> bool {
        self.shared.calls().out.is_some()
    }

    /// The machine woke or its network changed: asks at once whether the link still lives, and gives it up within
    /// four seconds if it does not (SES-37).
    pub fn wake(&self) {
        self.shared.pulse.wake();
    }

    /// Whether a person is looking, so that a dead link has to be noticed within ten seconds. Off for each new
    /// link.
    pub fn set_in_use(&self, in_use: bool) {
        self.shared.pulse.in_use(in_use);
    }

    /// What the server allows from now on, instead of what was assumed before it said so (SES-5, SES-6).
    pub(crate) fn set_limits(&self, limits: &Limits) {
        self.shared.request_bytes.store(limits.frame_bytes as usize, Relaxed);
        self.shared.queued_requests.store(limits.queued_requests as usize, Relaxed);
    }

    fn send<M: Method>(&self, name: &str, params: &M) -> Result<(Waiting<'_>, oneshot::Receiver<Reply>)> {
        let shared = &*self.shared;
        let id = {
            let mut calls = shared.calls();
            if calls.out.is_none() {
                return Err(ErrorCode::NoNetwork.into());
            }
            if calls.waiting.len() >= shared.queued_requests.load(Relaxed) {
                return Err(ErrorCode::OfflineQueueFull.into());
            }
            calls.take_id()
        };
        let text = encode(id, name, params)?;
        if text.len() > shared.request_bytes.load(Relaxed) {
            return Err(ErrorCode::PacketTooLarge.into());
        }
        let (answer, reply) = oneshot::channel();
        let mut calls = shared.calls();
        if calls.waiting.len() >= shared.queued_requests.load(Relaxed) {
            return Err(ErrorCode::OfflineQueueFull.into());
        }
        let Some(out) = &calls.out else { return Err(ErrorCode::NoNetwork.into()) };
        if out.send(Outgoing::Text(text.into())).is_err() {
            return Err(ErrorCode::NoNetwork.into());
        }
        calls.waiting.insert(id, answer);
        if calls.waiting.len() == 1 {
            shared.pulse.waiting(true);
        }
        Ok((Waiting { shared, id }, reply))
    }
}

/// Forgets a call that nobody waits for any more.
struct Waiting<'a> {
    shared: &'a Shared,
    id: u64,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.shared.take(self.id);
    }
}

impl Shared {
    pub fn new(
        config: &TransportConfig,
        pulse: Arc<Pulse>,
        out: Option<mpsc::UnboundedSender<Outgoing>>,
    ) -> Self {
        Self {
            calls: Mutex::new(Calls { next_id: 1, waiting: HashMap::new(), out }),
            pulse,
            request_timeout: config.request_timeout,
            request_bytes: config.request_bytes.into(),
            queued_requests: config.queued_requests.into(),
        }
    }

    fn calls(&self) -> MutexGuard<'_, Calls> {
        // Nothing between lock and unlock can leave the calls half changed.
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends a heartbeat. Nobody waits for its answer: any byte that comes is one.
    pub fn ping(&self) {
        let mut calls = self.calls();
        let id = calls.take_id();
        if let (Some(out), Ok(text)) = (&calls.out, encode(id, Ping::NAME.as_str(), &Ping {})) {
            let _ = out.send(Outgoing::Text(text.into()));
        }
    }

    /// Asks the task to close the link properly.
    pub fn say_goodbye(&self) {
        if let Some(out) = &self.calls().out {
            let _ = out.send(Outgoing::Close);
        }
    }

    /// Hands an answer to whoever waits for it, if somebody still does.
    pub fn answer(&self, id: u64, reply: Reply) {
        if let Some(waiting) = self.take(id) {
            let _ = waiting.send(reply);
        }
    }

    /// The link has ended: calls that wait fail with 2800, later ones with 2805.
    pub fn close(&self) {
        let mut calls = self.calls();
        calls.out = None;
        calls.waiting = HashMap::new();
        self.pulse.waiting(false);
    }

    fn take(&self, id: u64) -> Option<oneshot::Sender<Reply>> {
        let mut calls = self.calls();
        let taken = calls.waiting.remove(&id);
        if taken.is_some() && calls.waiting.is_empty() {
            self.pulse.waiting(false);
        }
        taken
    }
}

impl Calls {
    fn take_id(&mut self) -> u64 {
        let id = self.next_id;
        self.next_id = self.next_id.wrapping_add(1);
        id
    }
}

fn encode<M: Method>(id: u64, name: &str, params: &M) -> Result<String> {
    serde_json::to_string(&Request { jsonrpc: Version, id, method: name, params }).map_err(|_| {
        crate::log::error!(method = name, "a request cannot be written");
        ErrorCode::UnexpectedError.into()
    })
}
