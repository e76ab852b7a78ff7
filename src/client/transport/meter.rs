//! What is known about the life of a link, and a stream that notes every byte heard.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::Notify;
use tokio::time::Instant;

use super::heartbeat::Sight;

/// No answer is owed.
const NOBODY: u64 = u64::MAX;

/// Shared by the stream, the calls and the watcher of one link. Times are milliseconds since it was made, so
/// that each fits an atomic.
#[derive(Debug)]
pub(super) struct Pulse {
    start: Instant,
    heard: AtomicU64,
    signs: AtomicU64,
    sent: AtomicU64,
    waiting: AtomicU64,
    in_use: AtomicBool,
    woken: AtomicBool,
    changed: Notify,
}

impl Pulse {
    pub fn new() -> Self {
        Self {
            start: Instant::now(),
            heard: AtomicU64::new(0),
            signs: AtomicU64::new(0),
            sent: AtomicU64::new(0),
            waiting: AtomicU64::new(NOBODY),
            in_use: AtomicBool::new(false),
            woken: AtomicBool::new(false),
            changed: Notify::new(),
        }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_millis()).unwrap_or(NOBODY - 1)
    }

    /// The other side showed life.
    pub fn heard(&self) {
        self.heard.store(self.now(), Ordering::Relaxed);
        self.signs.fetch_add(1, Ordering::Relaxed);
    }

    /// A frame was sent.
    pub fn sent(&self) {
        self.sent.store(self.now(), Ordering::Relaxed);
    }

    /// Whether any answer is owed from now on.
    pub fn waiting(&self, any: bool) {
        self.waiting.store(if any { self.now() } else { NOBODY }, Ordering::Relaxed);
        if any {
            self.changed.notify_one();
        }
    }

    /// Whether a person is looking.
    pub fn in_use(&self, in_use: bool) {
        if self.in_use.swap(in_use, Ordering::Relaxed) != in_use {
            self.changed.notify_one();
        }
    }

    /// The machine woke or its network changed.
    pub fn wake(&self) {
        self.woken.store(true, Ordering::Relaxed);
        self.changed.notify_one();
    }

    /// Waits for something the watcher should know at once; may return without a reason.
    pub async fn changed(&self) {
        self.changed.notified().await;
    }

    /// What is seen now. Waking is told once.
    pub fn sight(&self) -> Sight {
        let at = |millis: u64| self.start + Duration::from_millis(millis);
        let waiting = self.waiting.load(Ordering::Relaxed);
        Sight {
            now: Instant::now(),
            heard: at(self.heard.load(Ordering::Relaxed)),
            signs: self.signs.load(Ordering::Relaxed),
            sent: at(self.sent.load(Ordering::Relaxed)),
            waiting: (waiting != NOBODY).then(|| at(waiting)),
            in_use: self.in_use.load(Ordering::Relaxed),
            woken: self.woken.swap(false, Ordering::Relaxed),
        }
    }
}

/// A stream under the encryption that tells a [`Pulse`] about signs of life: bytes that came, and room in a full
/// send buffer, which only opens when the other side has acknowledged what was in it.
pub(super) struct Metered<S> {
    stream: S,
    pulse: Arc<Pulse>,
    was_full: bool,
}

impl<S> Metered<S> {
    pub fn new(stream: S, pulse: Arc<Pulse>) -> Self {
        Self { stream, pulse, was_full: false }
    }

    fn written(&mut self, result: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        match &result {
            Poll::Pending => self.was_full = true,
            Poll::Ready(Ok(written)) if *written > 0 && self.was_full => {
                self.was_full = false;
                self.pulse.heard();
            }
            Poll::Ready(_) => {}
        }
        result
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Metered<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buf.filled().len();
        let result = ready!(Pin::new(&mut this.stream).poll_read(cx, buf));
        if buf.filled().len() > before {
            this.pulse.heard();
        }
        Poll::Ready(result)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Metered<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let result = Pin::new(&mut this.stream).poll_write(cx, buf);
        this.written(result)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let result = Pin::new(&mut this.stream).poll_write_vectored(cx, bufs);
        this.written(result)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}
