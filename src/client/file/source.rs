//! The bytes of a file as they are sent: read in pieces while they are, so that their size does not matter. They lie on
//! the disk, or are kept in the encrypted local copy.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use hyper::body::{Body, Frame, SizeHint};
use tokio::task::spawn_blocking;

use super::local::Address;
use crate::cache::{Cache, kept};

/// Bytes that are read at a time.
const PIECE: u64 = 128 * 1024;

/// Where the bytes of a file come from.
#[derive(Clone)]
pub struct Source(Place);

#[derive(Clone)]
enum Place {
    Path(PathBuf),
    Kept(Cache, String),
}

/// A file that is open for reading. Clones read the same file.
#[derive(Clone)]
pub struct Opened(Handle);

#[derive(Clone)]
enum Handle {
    File(Arc<File>),
    Kept(Cache, String),
}

impl Source {
    pub(crate) fn new(address: &Address, cache: &Cache) -> Self {
        Self(match address {
            Address::Path(path) => Place::Path(path.clone()),
            Address::Kept(id) => Place::Kept(cache.clone(), id.clone()),
        })
    }

    /// Opens it. `NotFound` when it is not there or has another size by now.
    pub async fn open(&self, size: u64) -> io::Result<Opened> {
        match &self.0 {
            Place::Path(path) => {
                let path = path.clone();
                let opened = spawn_blocking(move || {
                    let file = File::open(path)?;
                    let is_same = file.metadata()?.len() == size;
                    if is_same { Ok(file) } else { Err(io::Error::from(io::ErrorKind::NotFound)) }
                });
                let file = opened.await.map_err(io::Error::other)??;
                Ok(Opened(Handle::File(Arc::new(file))))
            }
            Place::Kept(cache, id) => {
                let wanted = id.clone();
                let found = cache.read(move |db| kept::size(db, &wanted)).await.map_err(io::Error::other)?;
                if found != size {
                    return Err(io::ErrorKind::NotFound.into());
                }
                Ok(Opened(Handle::Kept(cache.clone(), id.clone())))
            }
        }
    }
}

impl Opened {
    /// Up to `most` bytes from `at` on; fewer at the end of a piece, none at the end of the file.
    pub async fn read(self, at: u64, most: u64) -> io::Result<Bytes> {
        match self.0 {
            Handle::File(file) => {
                let read = spawn_blocking(move || {
                    let mut bytes = Vec::with_capacity(usize::try_from(most).unwrap_or(0));
                    let mut file = &*file;
                    file.seek(SeekFrom::Start(at))?;
                    file.take(most).read_to_end(&mut bytes)?;
                    Ok(bytes.into())
                });
                read.await.map_err(io::Error::other)?
            }
            Handle::Kept(cache, id) => {
                let read = cache.read(move |db| kept::read(db, &id, at, most)).await;
                read.map(Bytes::from).map_err(io::Error::other)
            }
        }
    }
}

/// What a request carries.
pub(crate) enum Outgoing {
    /// Nothing.
    Nothing,
    /// A stretch of a file.
    Stretch(Stretch),
}

/// A stretch of a file.
pub(crate) struct Stretch {
    file: Opened,
    at: u64,
    end: u64,
    reading: Option<BoxFuture<'static, io::Result<Bytes>>>,
    sent: Box<dyn Fn(u64) + Send + Sync>,
}

impl Stretch {
    /// The bytes of `file` from `from` up to and without `end`; `sent` hears how far it has got in the file.
    pub fn new(file: Opened, from: u64, end: u64, sent: impl Fn(u64) + Send + Sync + 'static) -> Self {
        Self { file, at: from, end, reading: None, sent: Box::new(sent) }
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        let most = self.end.saturating_sub(self.at).min(PIECE);
        if most == 0 {
            return Poll::Ready(None);
        }
        let reading = self.reading.get_or_insert_with(|| Box::pin(self.file.clone().read(self.at, most)));
        // Shorter than it was: the request breaks rather than to send something else.
        let read = ready!(Pin::new(reading).poll(cx)).and_then(|bytes| {
            if bytes.is_empty() { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(bytes) }
        });
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
