//! One WebSocket, from its first frame to its last.
//!
//! One task per connection does everything: it reads frames, runs their calls side by side, and writes
//! answers and events. It writes to the socket only when nothing more is ready, so that whatever comes
//! together goes out together. A panic in a handler ends this task and nothing else.

use std::io::ErrorKind;
use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures_util::future::{BoxFuture, poll_fn};
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, SinkExt, StreamExt};
use hallway_protocol::event::ServerEvent;
use hallway_protocol::method::{Call, Done, MethodName, Pong};
use hallway_protocol::session::KickedOutType;
use hallway_protocol::{ChatError, ErrorCode};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};
use tokio::time::{Instant, Sleep};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::Frame as RawFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{CloseCode, Data, OpCode};
use tokio_tungstenite::tungstenite::{Bytes, Error as WsError, Message};
use tracing::{debug, error};

use super::allowance::Allowance;
use super::outbox::{End, Frame, Outbox, Taken, event_frame};
use super::request::{Request, answer, refusal};
use super::{Backend, Entered, Node};
use crate::metrics::Metrics;

/// Calls of one connection that may run side by side; above it no more frames are read.
const IN_FLIGHT: usize = 64;
/// Longer frames are written in pieces of this size, so that the socket's buffer stays small afterwards.
const PIECE: usize = 32 * 1024;
/// How long a closing connection waits for the other side to have read the reason.
const CLOSE_WITHIN: Duration = Duration::from_secs(2);
/// Most bytes that are read and thrown away meanwhile.
const CLOSE_BYTES: usize = 8 * 1024 * 1024;

/// Serves the WebSocket until either side ends it.
pub(super) async fn run<B, S>(node: Arc<Node<B>>, peer: IpAddr, socket: WebSocketStream<Allowance<S>>)
where
    B: Backend,
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let outbox = Outbox::new(node.settings.queue, Arc::clone(&node.metrics));
    let _entry = node.connections.add(Arc::clone(&outbox));
    let _open = node.metrics.connections.hold();
    node.metrics.opened.add_one();
    let now = Instant::now();
    let connection = Connection {
        socket,
        peer,
        outbox,
        running: FuturesUnordered::new(),
        session: None,
        bad_frames: 0,
        opened: now,
        heard: now,
        timer: Box::pin(tokio::time::sleep(node.settings.sign_in_within)),
        unflushed: false,
        socket_first: false,
        node: Arc::clone(&node),
    };
    if AssertUnwindSafe(connection.serve()).catch_unwind().await.is_err() {
        node.metrics.panics.add_one();
        error!("a handler panicked; its connection was closed");
    }
}

struct Connection<B: Backend, S> {
    node: Arc<Node<B>>,
    peer: IpAddr,
    socket: WebSocketStream<Allowance<S>>,
    outbox: Arc<Outbox>,
    running: FuturesUnordered<BoxFuture<'static, Frame>>,
    session: Option<Session<B::Caller>>,
    bad_frames: u32,
    opened: Instant,
    /// When the other side last said anything.
    heard: Instant,
    timer: Pin<Box<Sleep>>,
    unflushed: bool,
    /// Whose turn it is when both the socket and the outbox have something.
    socket_first: bool,
}

/// Who is signed in on a connection, and one of those who are.
struct Session<C> {
    entered: Entered<C>,
    metrics: Arc<Metrics>,
}

impl<C> Session<C> {
    fn new(entered: Entered<C>, metrics: &Arc<Metrics>) -> Self {
        metrics.signed_in.add(1);
        Self { entered, metrics: Arc::clone(metrics) }
    }
}

impl<C> Drop for Session<C> {
    fn drop(&mut self) {
        self.metrics.signed_in.add(-1);
    }
}

/// What happened to a connection.
enum Happened {
    /// A call is done.
    Answer(Frame),
    /// Events were taken from the outbox.
    Events,
    /// The outbox says that it is over.
    End(End),
    /// The socket has a message, failed, or is closed.
    Socket(Option<Result<Message, WsError>>),
    /// A deadline may have passed.
    Timer,
}

/// How a connection ends.
enum Over {
    /// The socket is gone or of no use.
    Gone,
    /// The other side is told why, by a close code and this text.
    Close(CloseCode, &'static str),
}

impl<B, S> Connection<B, S>
where
    B: Backend,
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    async fn serve(mut self) {
        let mut events = Vec::new();
        loop {
            let happened = match poll_fn(|cx| Poll::Ready(self.poll(cx, &mut events))).await {
                Poll::Ready(happened) => happened,
                Poll::Pending => {
                    if self.unflushed && self.flush().await.is_err() {
                        return;
                    }
                    poll_fn(|cx| self.poll(cx, &mut events)).await
                }
            };
            let done = match happened {
                Happened::Answer(frame) => self.write(frame).await,
                Happened::Events => self.write_all(&mut events).await,
                Happened::Socket(message) => self.heard(message).await,
                Happened::Timer => self.time_passed().await,
                Happened::End(end) => Err(self.told_to_end(end).await),
            };
            match done {
                Ok(()) => {}
                Err(Over::Gone) => return,
                Err(Over::Close(code, reason)) => return self.close(code, reason).await,
            }
        }
    }

    /// What is there to do? Answers come first: each makes room for another call.
    fn poll(&mut self, cx: &mut Context<'_>, events: &mut Vec<Frame>) -> Poll<Happened> {
        if let Poll::Ready(Some(frame)) = self.running.poll_next_unpin(cx) {
            return Poll::Ready(Happened::Answer(frame));
        }
        self.socket_first = !self.socket_first;
        if self.socket_first
            && let Poll::Ready(happened) = self.poll_socket(cx)
        {
            return Poll::Ready(happened);
        }
        match self.outbox.poll_take(cx, events) {
            Poll::Ready(Taken::Frames) => return Poll::Ready(Happened::Events),
            Poll::Ready(Taken::End(end)) => return Poll::Ready(Happened::End(end)),
            Poll::Pending => {}
        }
        if !self.socket_first
            && let Poll::Ready(happened) = self.poll_socket(cx)
        {
            return Poll::Ready(happened);
        }
        self.timer.as_mut().poll(cx).map(|()| Happened::Timer)
    }

    fn poll_socket(&mut self, cx: &mut Context<'_>) -> Poll<Happened> {
        if self.running.len() >= IN_FLIGHT {
            return Poll::Pending;
        }
        self.socket.poll_next_unpin(cx).map(Happened::Socket)
    }

    // --- writing ---

    async fn write_all(&mut self, events: &mut Vec<Frame>) -> Result<(), Over> {
        for frame in events.drain(..) {
            self.write(frame).await?;
        }
        if events.capacity() > 16 {
            *events = Vec::new();
        }
        Ok(())
    }

    async fn write(&mut self, frame: Frame) -> Result<(), Over> {
        self.unflushed = true;
        if frame.len() <= PIECE {
            return self.feed(Message::Text(frame)).await;
        }
        let mut rest = Bytes::from(frame);
        let mut kind = Data::Text;
        while !rest.is_empty() {
            let piece = rest.split_to(rest.len().min(PIECE));
            let raw = RawFrame::message(piece, OpCode::Data(kind), rest.is_empty());
            self.feed(Message::Frame(raw)).await?;
            kind = Data::Continue;
        }
        Ok(())
    }

    async fn feed(&mut self, message: Message) -> Result<(), Over> {
        match tokio::time::timeout(self.node.settings.silence, self.socket.feed(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Over::Gone),
        }
    }

    async fn flush(&mut self) -> Result<(), Over> {
        self.unflushed = false;
        match tokio::time::timeout(self.node.settings.silence, self.socket.flush()).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Over::Gone),
        }
    }

    /// Closes so that the other side can read everything written before, and why.
    async fn close(mut self, code: CloseCode, reason: &'static str) {
        // Off the bus at once: the closing may take a moment.
        self.session = None;
        let frame = CloseFrame { code, reason: reason.into() };
        let polite = async {
            if self.socket.close(Some(frame)).await.is_err() {
                return;
            }
            // A socket closed with unread bytes would be reset, and the reason lost.
            self.socket.get_mut().lift();
            let mut buffer = [0; 1024];
            let mut left = CLOSE_BYTES;
            while let Ok(read @ 1..) = self.socket.get_mut().read(&mut buffer).await {
                left = left.saturating_sub(read);
                if left == 0 {
                    return;
                }
            }
        };
        let _ = tokio::time::timeout(CLOSE_WITHIN, polite).await;
    }

    // --- deadlines ---

    async fn time_passed(&mut self) -> Result<(), Over> {
        let now = Instant::now();
        let settings = &self.node.settings;
        if now >= after(self.heard, settings.silence) {
            self.node.metrics.silent.add_one();
            return Err(Over::Gone);
        }
        match &self.session {
            None if now >= after(self.opened, settings.sign_in_within) => {
                return Err(Over::Close(CloseCode::Policy, "sign in"));
            }
            Some(session) if session.entered.credential_expires.is_some_and(|end| end <= unix_now()) => {
                self.node.backend.expired(&session.entered.caller).await;
                return Err(self.told_to_end(End::Kicked(KickedOutType::UserSigExpired)).await);
            }
            _ => {}
        }
        self.set_timer();
        Ok(())
    }

    fn set_timer(&mut self) {
        let settings = &self.node.settings;
        let mut next = after(self.heard, settings.silence);
        match &self.session {
            None => next = next.min(after(self.opened, settings.sign_in_within)),
            Some(Session { entered: Entered { credential_expires: Some(end), .. }, .. }) => {
                let left = u64::try_from(end.saturating_sub(unix_now())).unwrap_or(0);
                next = next.min(after(Instant::now(), Duration::from_secs(left)));
            }
            Some(_) => {}
        }
        self.timer.as_mut().reset(next);
    }

    async fn told_to_end(&mut self, end: End) -> Over {
        let (event, code, reason) = match end {
            End::Kicked(kind) => (Some(ServerEvent::KickedOut { kind }), CloseCode::Policy, "kicked out"),
            End::Closing => (Some(ServerEvent::Closing {}), CloseCode::Away, "the server stops"),
            End::Replaced => (None, CloseCode::Normal, "connected again"),
        };
        if matches!(end, End::Closing) {
            // What was asked before the stop is still answered.
            while let Some(frame) = self.running.next().await {
                if self.write(frame).await.is_err() {
                    return Over::Gone;
                }
            }
        }
        if let Some(event) = event
            && self.write(event_frame(&event)).await.is_err()
        {
            return Over::Gone;
        }
        Over::Close(code, reason)
    }

    // --- reading ---

    async fn heard(&mut self, message: Option<Result<Message, WsError>>) -> Result<(), Over> {
        self.heard = Instant::now();
        match message {
            Some(Ok(Message::Text(text))) => self.text(&text).await,
            Some(Ok(Message::Binary(_))) => {
                let error = ChatError::new(ErrorCode::RequestNotJson).with_message("frames are text");
                self.wasted(None, error).await
            }
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => Ok(()),
            Some(Ok(Message::Close(_))) => Err(Over::Close(CloseCode::Normal, "")),
            None => Err(Over::Gone),
            Some(Err(WsError::Capacity(_))) => self.too_much().await,
            Some(Err(WsError::Io(error))) if error.kind() == ErrorKind::QuotaExceeded => {
                self.too_much().await
            }
            Some(Err(error @ (WsError::Utf8(_) | WsError::Protocol(_)))) => {
                self.node.metrics.bad_frames.add_one();
                let is_text = matches!(error, WsError::Utf8(_));
                let code = if is_text { CloseCode::Invalid } else { CloseCode::Protocol };
                Err(Over::Close(code, "not a WebSocket frame of text"))
            }
            Some(Err(_)) => Err(Over::Gone),
        }
    }

    /// A frame that is too big, or a stranger who sends too much.
    async fn too_much(&mut self) -> Result<(), Over> {
        self.node.metrics.bad_frames.add_one();
        self.write(refusal(None, &ErrorCode::PacketTooLarge.into())).await?;
        Err(Over::Close(CloseCode::Size, "the frame is too big"))
    }

    /// A frame that should not have come. Told once each, and after a few the connection is closed.
    async fn wasted(&mut self, id: Option<u64>, error: ChatError) -> Result<(), Over> {
        self.node.metrics.bad_frames.add_one();
        self.bad_frames = self.bad_frames.saturating_add(1);
        self.write(refusal(id, &error)).await?;
        let allowed = self.node.settings.bad_frames;
        if allowed > 0 && self.bad_frames >= allowed {
            return Err(Over::Close(CloseCode::Policy, "too many bad frames"));
        }
        Ok(())
    }

    async fn text(&mut self, text: &str) -> Result<(), Over> {
        let request = match Request::read(text) {
            Ok(request) => request,
            Err(unreadable) if unreadable.is_bad || self.session.is_none() => {
                return self.wasted(unreadable.id, unreadable.error).await;
            }
            Err(unreadable) => return self.write(refusal(unreadable.id, &unreadable.error)).await,
        };
        let (id, method) = (request.id, request.method);
        let is_open = matches!(
            method,
            MethodName::GetServerInfo | MethodName::Ping | MethodName::SignIn | MethodName::Join
        );
        if self.session.is_none() && !is_open {
            return self.wasted(Some(id), ErrorCode::NotLoggedIn.into()).await;
        }
        if let Err(error) = self.admit(method) {
            debug!(method = method.as_str(), code = %error.code, "refused by a rate limit");
            return self.write(refusal(Some(id), &error)).await;
        }
        match request.call() {
            Ok(call) => self.call(id, method, call).await,
            Err(error) => self.write(refusal(Some(id), &error)).await,
        }
    }

    fn admit(&self, method: MethodName) -> Result<(), ChatError> {
        let Node { gate, metrics, .. } = &*self.node;
        match (&self.session, method) {
            (_, MethodName::Join) => gate.sign_in(self.peer, metrics),
            (Some(session), _) => gate.call(B::user_number(&session.entered.caller), method, metrics),
            (None, _) => Ok(()),
        }
    }

    async fn call(&mut self, id: u64, method: MethodName, call: Call) -> Result<(), Over> {
        let started = Instant::now();
        match call {
            Call::Ping(_) => {
                let frame = answer(id, &Pong { server_time_ms: unix_now_ms() });
                self.counted(method, started, Ok(frame), id).await
            }
            Call::GetServerInfo(_) => {
                let frame = answer(id, &self.node.backend.server_info());
                self.counted(method, started, Ok(frame), id).await
            }
            Call::SignIn(_) | Call::SignOut(_) | Call::RefreshCredential(_) => {
                // Nothing else of this connection runs meanwhile: these change who it is.
                let result = Box::pin(self.session_call(id, call)).await;
                self.set_timer();
                self.counted(method, started, result, id).await
            }
            call => {
                let (node, peer) = (Arc::clone(&self.node), self.peer);
                let caller = self.session.as_ref().map(|session| Arc::clone(&session.entered.caller));
                self.running.push(Box::pin(async move {
                    let result = node.backend.call(caller, peer, id, call).await;
                    count(&node, method, started, result, id)
                }));
                Ok(())
            }
        }
    }

    async fn counted(
        &mut self,
        method: MethodName,
        started: Instant,
        result: Result<Frame, ChatError>,
        id: u64,
    ) -> Result<(), Over> {
        let frame = count(&self.node, method, started, result, id);
        self.write(frame).await
    }

    async fn session_call(&mut self, id: u64, call: Call) -> Result<Frame, ChatError> {
        let node = Arc::clone(&self.node);
        match call {
            Call::SignIn(request) => {
                if !matches!(request.credential, hallway_protocol::session::Credential::Token(_)) {
                    node.gate.sign_in(self.peer, &node.metrics)?;
                }
                let current = self.session.as_ref().map(|session| &*session.entered.caller);
                let done = node.backend.sign_in(*request, self.peer, current, &self.outbox).await?;
                self.socket.get_mut().lift();
                if let Some(entered) = done.entered
                    && let Some(before) = self.session.replace(Session::new(entered, &node.metrics))
                {
                    node.backend.sign_out(&before.entered.caller).await?;
                }
                Ok(answer(id, &done.answer))
            }
            Call::SignOut(_) => {
                let session = self.session.take().ok_or(ErrorCode::NotLoggedIn)?;
                node.backend.sign_out(&session.entered.caller).await?;
                self.opened = Instant::now();
                Ok(answer(id, &Done {}))
            }
            Call::RefreshCredential(request) => {
                let session = self.session.as_mut().ok_or(ErrorCode::NotLoggedIn)?;
                session.entered.credential_expires =
                    node.backend.refresh_credential(&session.entered.caller, *request).await?;
                Ok(answer(id, &Done {}))
            }
            _ => Err(ErrorCode::CommandUnknown.into()),
        }
    }
}

/// Counts an answer and makes its frame.
fn count<B>(
    node: &Node<B>,
    method: MethodName,
    started: Instant,
    result: Result<Frame, ChatError>,
    id: u64,
) -> Frame {
    let figures = node.metrics.method(method);
    if let Some(figures) = figures {
        figures.time.observe(started.elapsed());
    }
    result.unwrap_or_else(|error| {
        if let Some(figures) = figures {
            figures.refused.add_one();
        }
        debug!(method = method.as_str(), code = %error.code, "refused");
        refusal(Some(id), &error)
    })
}

fn after(instant: Instant, time: Duration) -> Instant {
    instant.checked_add(time).unwrap_or(instant)
}

fn unix_now() -> i64 {
    unix_now_ms().div_euclid(1000)
}

/// Unix milliseconds now.
pub(crate) fn unix_now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
