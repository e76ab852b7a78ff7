//! What answers are made of: a text that is there, or a stored file that is read while it is sent.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use hyper::body::{Frame, SizeHint};
use hyper::header::{self, HeaderValue};
use hyper::{Response, StatusCode};

use crate::blob::BlobReader;

/// Bytes that are read at a time: each download holds as much in memory, and no thread while it waits for a reader.
const PIECE: u64 = 256 * 1024;

/// An answer of this server.
pub(super) type Page = Response<Body>;

/// The body of an answer.
pub(super) enum Body {
    /// What is there; none once it was taken.
    Text(Option<Bytes>),
    /// A stretch of a stored file.
    File(Stretch),
}

/// A stretch of a stored file that is being sent.
pub(super) struct Stretch {
    reader: Arc<dyn BlobReader>,
    at: u64,
    end: u64,
    reading: Option<BoxFuture<'static, io::Result<Bytes>>>,
}

impl Body {
    /// Nothing.
    pub fn empty() -> Self {
        Self::Text(None)
    }

    /// The bytes of a file from `from` up to and without `end`.
    pub fn file(reader: Arc<dyn BlobReader>, from: u64, end: u64) -> Self {
        Self::File(Stretch { reader, at: from, end, reading: None })
    }
}

impl hyper::body::Body for Body {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        match self.get_mut() {
            Self::Text(text) => Poll::Ready(text.take().map(|text| Ok(Frame::data(text)))),
            Self::File(stretch) => stretch.poll(cx).map(|bytes| bytes.map(|bytes| bytes.map(Frame::data))),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Text(text) => text.is_none(),
            Self::File(stretch) => stretch.at >= stretch.end,
        }
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(match self {
            Self::Text(text) => text.as_ref().map_or(0, |text| text.len() as u64),
            Self::File(stretch) => stretch.end.saturating_sub(stretch.at),
        })
    }
}

impl Stretch {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        let left = self.end.saturating_sub(self.at);
        if left == 0 {
            return Poll::Ready(None);
        }
        let most = usize::try_from(left.min(PIECE)).unwrap_or(usize::MAX);
        let reading = self.reading.get_or_insert_with(|| Arc::clone(&self.reader).read_at(self.at, most));
        let read = ready!(reading.as_mut().poll(cx));
        self.reading = None;
        let read = read.and_then(|bytes| {
            // Shorter than announced: the connection breaks rather than to pretend that this was all.
            if bytes.is_empty() { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(bytes) }
        });
        match &read {
            Ok(bytes) => self.at = self.at.saturating_add(bytes.len() as u64),
            Err(error) => {
                tracing::error!(%error, "a stored file cannot be read");
                self.end = self.at;
            }
        }
        Poll::Ready(Some(read))
    }
}

/// A short text for people.
pub(super) fn page(status: StatusCode, text: impl Into<Bytes>) -> Page {
    let mut page = bare(status);
    *page.body_mut() = Body::Text(Some(text.into()));
    page.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    page
}

/// An answer without a body, never to be kept by anything on the way.
pub(super) fn bare(status: StatusCode) -> Page {
    let mut page = Response::new(Body::empty());
    *page.status_mut() = status;
    let headers = page.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    page
}
