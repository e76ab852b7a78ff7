//! HTTP beside the WebSocket, for files: the same host, proxy and trust, a connection of its own.

use std::io;

use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::HeaderMap;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::Mutex;
use tokio::task::JoinHandle;

use super::dial::ConnectError;
use crate::file::Outgoing;

/// Bytes of an answer that is no file.
const ANSWER_BYTES: usize = 64 * 1024;
/// Bytes that are kept of what arrives before they are taken.
const BUFFER: usize = 128 * 1024;

/// A connection for one request after the other.
pub struct Http {
    sender: Mutex<SendRequest<Outgoing>>,
    authority: String,
    task: JoinHandle<()>,
}

/// A short answer.
pub(crate) struct Answer {
    /// How it went.
    pub status: StatusCode,
    /// Head lines.
    pub headers: HeaderMap,
    /// The body, at most 64 KiB of it.
    pub body: Bytes,
}

impl Http {
    pub(super) async fn start<S>(stream: S, authority: String) -> Result<Self, ConnectError>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let mut builder = http1::Builder::new();
        builder.max_buf_size(BUFFER);
        let (sender, connection) = builder
            .handshake(TokioIo::new(stream))
            .await
            .map_err(|error| ConnectError::Unreachable(error.to_string()))?;
        let task = tokio::spawn(async move {
            // Whoever asks over it hears of its end.
            let _ = connection.await;
        });
        Ok(Self { sender: Mutex::new(sender), authority, task })
    }

    /// Asks, and leaves the body of the answer to the caller.
    pub(crate) async fn open(
        &self,
        method: Method,
        path: &str,
        headers: &[(&'static str, String)],
        body: Outgoing,
    ) -> io::Result<Response<Incoming>> {
        let mut request = Request::builder().method(method).uri(path).header("host", &self.authority);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let request = request.body(body).map_err(io::Error::other)?;
        let mut sender = self.sender.lock().await;
        sender.ready().await.map_err(io::Error::other)?;
        let answer = sender.send_request(request);
        drop(sender);
        answer.await.map_err(io::Error::other)
    }

    /// Asks for a short answer.
    pub(crate) async fn ask(
        &self,
        method: Method,
        path: &str,
        headers: &[(&'static str, String)],
        body: Outgoing,
    ) -> io::Result<Answer> {
        let (head, body) = self.open(method, path, headers, body).await?.into_parts();
        let body = Limited::new(body, ANSWER_BYTES).collect().await.map_err(io::Error::other)?.to_bytes();
        Ok(Answer { status: head.status, headers: head.headers, body })
    }
}

impl Drop for Http {
    fn drop(&mut self) {
        // What is on its way is given up with it.
        self.task.abort();
    }
}
