//! A file on this computer as the body of a request: read in pieces while it is sent, so that its size does not matter.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::task::{JoinHandle, spawn_blocking};

/// Bytes that are read at a time.
const PIECE: u64 = 128 * 1024;

/// What a request carries.
pub(crate) enum Outgoing {
    /// Nothing.
    Nothing,
    /// A stretch of a file.
    Stretch(Stretch),
}

/// A stretch of a file.
pub(crate) struct Stretch {
    file: Arc<File>,
    at: u64,
    end: u64,
    reading: Option<JoinHandle<io::Result<Bytes>>>,
    sent: Box<dyn Fn(u64) + Send + Sync>,
}

/// Opens a file that must have this size.
pub(crate) async fn open(path: &Path, size: u64) -> io::Result<Arc<File>> {
    let path = path.to_owned();
    let opened = spawn_blocking(move || {
        let file = File::open(path)?;
        let is_same = file.metadata()?.len() == size;
        if is_same { Ok(Arc::new(file)) } else { Err(io::ErrorKind::NotFound.into()) }
    });
    opened.await.map_err(io::Error::other)?
}

impl Stretch {
    /// The bytes of `file` from `from` up to and without `end`; `sent` hears how far it has got in the file.
    pub fn new(file: Arc<File>, from: u64, end: u64, sent: impl Fn(u64) + Send + Sync + 'static) -> Self {
        Self { file, at: from, end, reading: None, sent: Box::new(sent) }
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        let most = self.end.saturating_sub(self.at).min(PIECE);
        if most == 0 {
            return Poll::Ready(None);
        }
        let reading = self.reading.get_or_insert_with(|| {
            let (file, at) = (Arc::clone(&self.file), self.at);
            spawn_blocking(move || {
                let mut bytes = Vec::with_capacity(usize::try_from(most).unwrap_or(0));
                let mut file = &*file;
                file.seek(SeekFrom::Start(at))?;
                file.take(most).read_to_end(&mut bytes)?;
                // Shorter than it was: the request breaks rather than to send something else.
                if bytes.len() as u64 == most {
                    Ok(bytes.into())
                } else {
                    Err(io::ErrorKind::UnexpectedEof.into())
                }
            })
        });
        let read = ready!(Pin::new(reading).poll(cx)).map_err(io::Error::other).and_then(|read| read);
        self.reading = None;
        match &read {
            Ok(bytes) => {
                self.at = self.at.saturating_add(bytes.len() as u64);
                (self.sent)(self.at);
            }
            Err(_) => self.end = self.at,
        }
        Poll::Ready(Some(read))
    }
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        match self.get_mut() {
            Self::Nothing => Poll::Ready(None),
            Self::Stretch(stretch) => stretch.poll(cx).map(|read| read.map(|read| read.map(Frame::data))),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Nothing => true,
            Self::Stretch(stretch) => stretch.at >= stretch.end,
        }
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(match self {
            Self::Nothing => 0,
            Self::Stretch(stretch) => stretch.end.saturating_sub(stretch.at),
        })
    }
}
