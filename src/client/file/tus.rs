//! The upload plugin for every deployment: tus 1.0 to the own server (`src/protocol/README.md`, section 10).

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::future::BoxFuture;
use hallway_protocol::file::FileId;
use hallway_protocol::method::UploadTicket;
use hallway_protocol::{ChatError, ErrorCode};
use hyper::header::{self, HeaderMap};
use hyper::{Method, StatusCode};

use super::source::{Outgoing, Stretch};
use super::{Upload, UploadPlugin, UploadServer, moving, upload_failed};
use crate::Result;
use crate::transport::{Answer, Http};

/// Bytes of one request: after each, the server has them on disk for certain.
const CHUNK: u64 = 64 * 1024 * 1024;

/// See the module. Keeps the id that the server gave the upload.
#[derive(Clone, Copy, Debug, Default)]
pub struct TusPlugin;

/// One upload at work.
struct Work {
    upload: Upload,
    http: Http,
    ticket: UploadTicket,
}

impl UploadPlugin for TusPlugin {
    fn name(&self) -> &str {
        "tus"
    }

    fn upload(&self, upload: Upload) -> BoxFuture<'static, Result<FileId>> {
        Box::pin(async move {
            let ticket = upload.server.ticket().await?;
            let http = upload.server.http().await?;
            Work { upload, http, ticket }.run().await
        })
    }

    fn discard(&self, server: UploadServer, state: String) -> BoxFuture<'static, Result<()>> {
        Box::pin(async move {
            let ticket = server.ticket().await?;
            let http = server.http().await?;
            let path = format!("{}/{state}", ticket.path);
            let headers = [("authorization", bearer(&ticket)), ("tus-resumable", "1.0.0".to_owned())];
            http.ask(Method::DELETE, &path, &headers, Outgoing::Nothing).await.map(drop).map_err(broken)
        })
    }
}

impl Work {
    async fn run(mut self) -> Result<FileId> {
        let (size, kind) = (self.upload.size, self.upload.kind);
        let file = self.upload.source.open(size).await.map_err(|error| match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied => ErrorCode::FileMissing,
            _ => upload_failed(kind),
        })?;
        let (id, mut offset) = match self.upload.state.take().and_then(|state| state.parse().ok()) {
            Some(id) => match self.look(id).await? {
                Some(offset) => (id, offset),
                // Given up by the server meanwhile.
                None => (self.begin().await?, 0),
            },
            None => (self.begin().await?, 0),
        };
        self.upload.report.progress(offset);
        while offset < size {
            let end = offset.saturating_add(CHUNK).min(size);
            let moved = Arc::new(AtomicU64::new(offset));
            let (report, noted) = (self.upload.report.clone(), Arc::clone(&moved));
            let stretch = Stretch::new(file.clone(), offset, end, move |at| {
                noted.store(at, Ordering::Relaxed);
                // The last byte counts when the server has it.
                report.progress(at.min(size.saturating_sub(1)));
            });
            let headers = [
                ("upload-offset", offset.to_string()),
                ("content-type", "application/offset+octet-stream".to_owned()),
            ];
            let answer =
                self.ask(Method::PATCH, Some(id), &headers, Outgoing::Stretch(stretch), &moved).await?;
            offset = match answer.status {
                StatusCode::NO_CONTENT => number(&answer.headers, "upload-offset").unwrap_or(end),
                StatusCode::CONFLICT => self.look(id).await?.ok_or(upload_failed(kind))?,
                _ => return Err(self.refused(answer)),
            };
        }
        self.upload.report.progress(size);
        Ok(id)
    }

    async fn begin(&mut self) -> Result<FileId> {
        let (name, kind) = (STANDARD.encode(&self.upload.name), STANDARD.encode(self.upload.kind.as_str()));
        let headers = [
            ("upload-length", self.upload.size.to_string()),
            ("upload-metadata", format!("filename {name},kind {kind}")),
        ];
        let still = AtomicU64::new(0);
        let answer = self.ask(Method::POST, None, &headers, Outgoing::Nothing, &still).await?;
        if answer.status != StatusCode::CREATED {
            return Err(self.refused(answer));
        }
        let location = answer.headers.get(header::LOCATION).and_then(|location| location.to_str().ok());
        let id = location.and_then(|location| location.rsplit('/').next()).and_then(|id| id.parse().ok());
        let id: FileId = id.ok_or(ErrorCode::UploadAddressMissing)?;
        self.upload.report.keep(&id.to_string()).await?;
        Ok(id)
    }

    /// How far the server has got; none when it knows of no such upload.
    async fn look(&mut self, id: FileId) -> Result<Option<u64>> {
        let still = AtomicU64::new(0);
        let answer = self.ask(Method::HEAD, Some(id), &[], Outgoing::Nothing, &still).await?;
        match answer.status {
            StatusCode::OK if number(&answer.headers, "upload-length") == Some(self.upload.size) => {
                Ok(number(&answer.headers, "upload-offset"))
            }
            StatusCode::OK | StatusCode::NOT_FOUND | StatusCode::GONE => Ok(None),
            _ => Err(self.refused(answer)),
        }
    }

    /// Asks with a ticket that is good: an old one is replaced before a long transfer is begun with it.
    async fn ask(
        &mut self,
        method: Method,
        id: Option<FileId>,
        headers: &[(&'static str, String)],
        body: Outgoing,
        moved: &AtomicU64,
    ) -> Result<Answer> {
        if self.upload.server.is_old(&self.ticket) {
            self.ticket = self.upload.server.ticket().await?;
        }
        let path = id.map_or_else(|| self.ticket.path.clone(), |id| format!("{}/{id}", self.ticket.path));
        let mut all = vec![("authorization", bearer(&self.ticket)), ("tus-resumable", "1.0.0".to_owned())];
        all.extend(headers.iter().cloned());
        let failed = |error: io::Error| {
            ChatError::new(upload_failed(self.upload.kind))
                .with_message(format!("the upload broke off: {error}"))
        };
        moving(self.http.ask(method, &path, &all, body), moved).await.map_err(failed)
    }

    /// What the server says, else that it did not work.
    fn refused(&self, answer: Answer) -> ChatError {
        let said = serde_json::from_slice::<ChatError>(&answer.body).ok();
        said.unwrap_or_else(|| {
            ChatError::new(upload_failed(self.upload.kind))
                .with_message(format!("the server says {}", answer.status))
        })
    }
}

fn bearer(ticket: &UploadTicket) -> String {
    format!("Bearer {}", ticket.ticket)
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.parse().ok()
}

fn broken(error: io::Error) -> ChatError {
    ChatError::new(ErrorCode::NetworkError).with_message(error.to_string())
}
