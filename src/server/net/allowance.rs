//! How much a stranger may send.
//!
//! A frame is kept in memory until it is complete, and frames may be long. Whoever has not signed in yet gets
//! an allowance for everything they send; otherwise a few thousand unfinished frames of strangers would fill
//! the memory of the server.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Bytes that may be read from a connection before somebody signs in on it. Signing in takes about one KiB.
pub(super) const STRANGER_BYTES: usize = 128 * 1024;

/// A socket that can be read up to an allowance; then reading fails with [`io::ErrorKind::QuotaExceeded`].
#[derive(Debug)]
pub(super) struct Allowance<S> {
    socket: S,
    /// `None`: without limit.
    left: Option<usize>,
}

impl<S> Allowance<S> {
    /// With the allowance of a stranger.
    pub fn stranger(socket: S) -> Self {
        Self { socket, left: Some(STRANGER_BYTES) }
    }

    /// No limit from now on.
    pub fn lift(&mut self) {
        self.left = None;
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Allowance<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.left == Some(0) {
            return Poll::Ready(Err(io::ErrorKind::QuotaExceeded.into()));
        }
        let before = buffer.filled().len();
        let result = Pin::new(&mut self.socket).poll_read(cx, buffer);
        if let Some(left) = &mut self.left {
            *left = left.saturating_sub(buffer.filled().len().saturating_sub(before));
        }
        result
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Allowance<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.socket).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}
