//! One connection from its first frame to its end.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use hallway_protocol::event::ServerEvent;
use hallway_protocol::frame::ServerFrame;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::{self, Message};

use super::TransportConfig;
use super::heartbeat::{Heartbeat, Step, slept};
use super::inbox::Inbox;
use super::meter::Pulse;
use super::rpc::{Outgoing, Rpc, Shared};

/// How long saying goodbye may take.
const GOODBYE: Duration = Duration::from_secs(1);

/// How often the two clocks are compared to notice that the machine slept.
const CLOCKS: Duration = Duration::from_secs(5);

/// The server has given up a client that was silent this long (SES-36), so asking is pointless.
const GIVEN_UP: Duration = Duration::from_secs(60);

/// Why a link ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkEnd {
    /// The server closed it; the reason it gave, if any.
    Closed(String),
    /// The other side showed no life in time.
    Dead,
    /// The machine slept for so long that the server has given the connection up.
    Slept,
    /// Reading or writing failed, or the server broke the protocol.
    Failed(String),
    /// This side closed it.
    Local,
}

/// A connection to a server. Dropping it ends it at once; [`Link::close`] ends it politely.
pub struct Link {
    rpc: Rpc,
    shared: Arc<Shared>,
    events: mpsc::Receiver<ServerEvent>,
    ending: oneshot::Receiver<LinkEnd>,
    end: Option<LinkEnd>,
    task: tokio::task::JoinHandle<()>,
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Link").field("rpc", &self.rpc).field("end", &self.end).finish_non_exhaustive()
    }
}

impl Link {
    /// Runs a link over an upgraded stream. Must be called inside a Tokio runtime.
    pub(super) fn start<S>(socket: WebSocketStream<S>, pulse: Arc<Pulse>, config: &TransportConfig) -> Self
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (out, outgoing) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared::new(config, Arc::clone(&pulse), Some(out)));
        let (mut inbox, events) = Inbox::new(config.queued_events);
        let (tell_end, ending) = oneshot::channel();
        let heartbeat = Heartbeat::new(config.heartbeat.clone());
        let task = tokio::spawn({
            let shared = CloseOnDrop(Arc::clone(&shared));
            async move {
                let (sink, stream) = socket.split();
                let end = tokio::select! {
                    end = read(stream, &shared.0, &mut inbox) => end,
                    end = write(sink, outgoing, &pulse) => end,
                    end = watch(heartbeat, &shared.0) => end,
                };
                crate::log::debug!(?end, "link ended");
                // In this order: whoever sees the events end finds the reason and a handle that is closed.
                let _ = tell_end.send(end);
                drop(shared);
                inbox.finish().await;
            }
        });
        Self { rpc: Rpc::new(Arc::clone(&shared)), shared, events, ending, end: None, task }
    }

    /// The handle to call with. Clones of it may outlive the link; then their calls fail with 2805.
    pub fn rpc(&self) -> &Rpc {
        &self.rpc
    }

    /// The next event, in the order of the server; `None` once the link has ended and everything was taken.
    /// Names this version does not know are left out. Nothing is lost when the future is dropped.
    pub async fn next_event(&mut self) -> Option<ServerEvent> {
        self.events.recv().await
    }

    /// Why the link ended; `None` while it lives.
    pub fn end(&mut self) -> Option<&LinkEnd> {
        if self.end.is_none() {
            self.end = match self.ending.try_recv() {
                Ok(end) => Some(end),
                Err(oneshot::error::TryRecvError::Empty) => None,
                Err(oneshot::error::TryRecvError::Closed) => Some(LinkEnd::Local),
            };
        }
        self.end.as_ref()
    }

    /// Tells the server goodbye, waits for it to be sent, at most a second, and ends the link.
    pub async fn close(mut self) {
        self.shared.say_goodbye();
        let _ = tokio::time::timeout(GOODBYE, &mut self.ending).await;
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Lets go of everybody who waits, however the task ends.
struct CloseOnDrop(Arc<Shared>);

impl Drop for CloseOnDrop {
    fn drop(&mut self) {
        self.0.close();
    }
}

async fn read<S>(mut stream: SplitStream<WebSocketStream<S>>, shared: &Shared, inbox: &mut Inbox) -> LinkEnd
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    loop {
        match stream.next().await {
            Some(Ok(Message::Text(text))) => take(&text, shared, inbox),
            Some(Ok(Message::Close(frame))) => {
                return LinkEnd::Closed(frame.map(|frame| frame.reason.to_string()).unwrap_or_default());
            }
            Some(Ok(Message::Binary(bytes))) => {
                crate::log::warn!(bytes = bytes.len(), "skipped a binary frame");
            }
            Some(Ok(_)) => {}
            Some(Err(tungstenite::Error::ConnectionClosed)) | None => return LinkEnd::Closed(String::new()),
            Some(Err(error)) => return LinkEnd::Failed(error.to_string()),
        }
    }
}

/// Sorts one frame of the server.
fn take(text: &str, shared: &Shared, inbox: &mut Inbox) {
    let frame: ServerFrame = match serde_json::from_str(text) {
        Ok(frame) => frame,
        Err(error) => {
            // Its text may quote the frame; place and length are enough to find it in a capture.
            crate::log::warn!(
                bytes = text.len(),
                column = error.column(),
                "skipped a frame that cannot be read"
            );
            return;
        }
    };
    match frame {
        ServerFrame { id: Some(id), result: Some(result), error: None, .. } => {
            shared.answer(id, Ok(result.to_owned()));
        }
        ServerFrame { id: Some(id), error: Some(error), .. } => shared.answer(id, Err(error)),
        ServerFrame { id: None, error: Some(error), .. } => {
            crate::log::warn!(code = %error.code, "the server could not read a request");
        }
        ServerFrame { method: Some(method), params: Some(params), .. } if method == "event" => {
            match serde_json::from_str(params.get()) {
                Ok(ServerEvent::Unknown(_)) => {
                    crate::log::debug!(bytes = text.len(), "skipped an event of an unknown kind");
                }
                Ok(event) => inbox.push(event),
                Err(error) => {
                    crate::log::warn!(column = error.column(), "skipped an event that cannot be read");
                }
            }
        }
        _ => crate::log::warn!(bytes = text.len(), "skipped a frame that is neither answer nor event"),
    }
}

async fn write<S>(
    mut sink: SplitSink<WebSocketStream<S>, Message>,
    mut outgoing: mpsc::UnboundedReceiver<Outgoing>,
    pulse: &Pulse,
) -> LinkEnd
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    while let Some(first) = outgoing.recv().await {
        let mut next = Some(first);
        // Whatever waits goes out together.
        while let Some(message) = next {
            match message {
                Outgoing::Text(text) => {
                    pulse.sent();
                    if let Err(error) = sink.feed(Message::Text(text)).await {
                        return LinkEnd::Failed(error.to_string());
                    }
                }
                Outgoing::Close => {
                    let _ = tokio::time::timeout(GOODBYE, sink.close()).await;
                    return LinkEnd::Local;
                }
            }
            next = outgoing.try_recv().ok();
        }
        if let Err(error) = sink.flush().await {
            return LinkEnd::Failed(error.to_string());
        }
    }
    LinkEnd::Local
}

/// Asks for signs of life and ends the link when there are none.
async fn watch(mut heartbeat: Heartbeat, shared: &Shared) -> LinkEnd {
    let mut clocks = (Instant::now(), SystemTime::now());
    loop {
        if let ControlFlow::Break(end) = compare(&mut clocks, &shared.pulse) {
            return end;
        }
        let until = match heartbeat.step(shared.pulse.sight()) {
            Step::Wait(until) => until,
            Step::Ask => {
                shared.ping();
                continue;
            }
            Step::Dead => return LinkEnd::Dead,
        };
        let until = until.min(clocks.0 + CLOCKS);
        tokio::select! {
            () = tokio::time::sleep_until(until) => {}
            () = shared.pulse.changed() => {}
        }
    }
}

/// Notices sleep: a short one wakes the heartbeat, a long one ends the link (SES-37).
fn compare(clocks: &mut (Instant, SystemTime), pulse: &Pulse) -> ControlFlow<LinkEnd> {
    let now = (Instant::now(), SystemTime::now());
    let on_the_wall = now.1.duration_since(clocks.1).unwrap_or_default();
    let slept = slept(now.0 - clocks.0, on_the_wall);
    *clocks = now;
    match slept {
        Some(time) if time >= GIVEN_UP => ControlFlow::Break(LinkEnd::Slept),
        Some(_) => {
            pulse.wake();
            ControlFlow::Continue(())
        }
        None => ControlFlow::Continue(()),
    }
}
