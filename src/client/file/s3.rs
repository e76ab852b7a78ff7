//! The upload plugin for deployments whose files go straight into their bucket: the server gives links for the parts that are missing,
//! each part is brought to its link, and the server looks at the whole in the end (`src/protocol/README.md`, section 10).

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::future::BoxFuture;
use hallway_protocol::file::FileId;
use hallway_protocol::method::{
    BeginUpload, CancelUpload, CompleteUpload, GetUploadParts, Method as Call, UploadPart,
};
use hallway_protocol::{ChatError, ErrorCode};
use hyper::{Method, StatusCode};
use ring::digest::{Context, SHA256};

use super::source::{Opened, Outgoing, Stretch};
use super::{Upload, UploadPlugin, UploadServer, moving, upload_failed};
use crate::Result;
use crate::transport::Connector;

/// Bytes that are read at a time to hash a file.
const PIECE: u64 = 1024 * 1024;

/// See the module. Keeps the id that the server gave the upload.
#[derive(Clone, Copy, Debug, Default)]
pub struct S3Plugin;

/// One upload at work.
struct Work {
    upload: Upload,
    /// The way to the bucket, once it is known.
    bucket: Option<(String, Connector)>,
}

impl UploadPlugin for S3Plugin {
    fn name(&self) -> &str {
        "s3"
    }

    fn upload(&self, upload: Upload) -> BoxFuture<'static, Result<FileId>> {
        Box::pin(async move { Work { upload, bucket: None }.run().await })
    }

    fn discard(&self, server: UploadServer, state: String) -> BoxFuture<'static, Result<()>> {
        Box::pin(async move {
            let uuid = state.parse().map_err(|_| ErrorCode::InvalidParameter)?;
            server.call(&CancelUpload { uuid }).await.map(drop)
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
        let known = self.upload.state.take().and_then(|state| state.parse::<FileId>().ok());
        let mut uuid = match known {
            Some(uuid) => uuid,
            None => self.begin().await?,
        };
        let (mut is_new, mut before) = (known.is_none(), None);
        loop {
            let parts = match self.call(&GetUploadParts { uuid }).await {
                // Given up by the server meanwhile.
                Err(error) if error.code == ErrorCode::FileMissing && !is_new => {
                    (uuid, is_new, before) = (self.begin().await?, true, None);
                    continue;
                }
                parts => parts?,
            };
            if parts.is_complete {
                self.upload.report.progress(size);
                return Ok(uuid);
            }
            if parts.parts.is_empty() {
                break;
            }
            if before.is_some_and(|before| parts.stored <= before) {
                return Err(self.failed("the bucket does not keep what it is brought"));
            }
            before = Some(parts.stored);
            self.upload.report.progress(parts.stored.min(size.saturating_sub(1)));
            let mut there = parts.stored;
            for part in &parts.parts {
                if !self.bring(&file, part, there).await? {
                    // The link is too old, or the bucket has forgotten the upload: the server knows.
                    break;
                }
                there = there.saturating_add(part.size);
            }
        }
        let sha256 = self.hash(&file).await?;
        loop {
            let asked = self.call(&CompleteUpload { uuid, sha256: sha256.clone() }).await;
            let asked = asked.map_err(|error| match error.code {
                // It was another content and is gone: from the start, with the next attempt.
                ErrorCode::FileMissing => self.failed("the server does not know the upload any more"),
                _ => error,
            });
            if asked?.is_complete {
                self.upload.report.progress(size);
                return Ok(uuid);
            }
        }
    }

    async fn begin(&self) -> Result<FileId> {
        let Upload { size, kind, name, .. } = &self.upload;
        let call = BeginUpload { size: *size, kind: *kind, file_name: name.clone() };
        let uuid = self.call(&call).await?.uuid;
        self.upload.report.keep(&uuid.to_string()).await?;
        Ok(uuid)
    }

    /// Asks the own server. What it does not say for good is this upload's failure.
    async fn call<C: Call>(&self, call: &C) -> Result<C::Answer> {
        self.upload.server.call(call).await.map_err(|error| match error.code {
            ErrorCode::FileUploadFailed => ChatError { code: upload_failed(self.upload.kind), ..error },
            _ => error,
        })
    }

    /// Brings a part to its link; false when the link is not good (any more).
    async fn bring(&mut self, file: &Opened, part: &UploadPart, there: u64) -> Result<bool> {
        let failed = |why: &str| ChatError::new(upload_failed(self.upload.kind)).with_message(why);
        let link = Link::read(&part.url).ok_or_else(|| failed("a link into the bucket is none"))?;
        let end = part.offset.checked_add(part.size).filter(|end| *end <= self.upload.size);
        let end = end.ok_or_else(|| failed("a part lies outside of the file"))?;
        if self.bucket.as_ref().is_none_or(|(host, _)| *host != link.host) {
            let connector = self.upload.server.elsewhere(&link.address, link.is_plain)?;
            self.bucket = Some((link.host.to_owned(), connector));
        }
        let Some((_, connector)) = &self.bucket else { return Err(failed("no way to the bucket")) };
        // A connection of its own: a bucket may close one at any time between two parts.
        let http = connector.http_as(link.host.to_owned()).await?;
        let moved = Arc::new(AtomicU64::new(part.offset));
        let (report, noted, size) = (self.upload.report.clone(), Arc::clone(&moved), self.upload.size);
        let begin = part.offset;
        let stretch = Stretch::new(file.clone(), begin, end, move |at| {
            noted.store(at, Ordering::Relaxed);
            // The last byte counts when the server has looked at all of them.
            let sent = there.saturating_add(at.saturating_sub(begin));
            report.progress(sent.min(size.saturating_sub(1)));
        });
        let answer = moving(http.ask(Method::PUT, link.path, &[], Outgoing::Stretch(stretch)), &moved).await;
        let answer = answer.map_err(|error| failed(&format!("the upload broke off: {error}")))?;
        match answer.status {
            status if status.is_success() => Ok(true),
            StatusCode::FORBIDDEN | StatusCode::NOT_FOUND => Ok(false),
            status => Err(failed(&format!("the bucket says {status}"))),
        }
    }

    /// SHA-256 of the whole file, as it is now.
    async fn hash(&self, file: &Opened) -> Result<String> {
        let (mut hash, mut at) = (Context::new(&SHA256), 0);
        while at < self.upload.size {
            let most = self.upload.size.saturating_sub(at).min(PIECE);
            let bytes = file.clone().read(at, most).await.map_err(|_| ErrorCode::FileMissing)?;
            if bytes.is_empty() {
                // Shorter than it was.
                return Err(ErrorCode::FileMissing.into());
            }
            at = at.saturating_add(bytes.len() as u64);
            hash.update(&bytes);
        }
        Ok(hash.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect())
    }

    fn failed(&self, why: &str) -> ChatError {
        ChatError::new(upload_failed(self.upload.kind)).with_message(why)
    }
}

/// A link into the bucket, taken apart.
#[derive(Debug, PartialEq, Eq)]
struct Link<'a> {
    is_plain: bool,
    /// As it stands in the link, and is signed.
    host: &'a str,
    /// With a port.
    address: String,
    /// With the query.
    path: &'a str,
}

impl<'a> Link<'a> {
    fn read(url: &'a str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        let (is_plain, port) = match scheme {
            "https" => (false, 443),
            "http" => (true, 80),
            _ => return None,
        };
        let (host, path) = rest.split_at_checked(rest.find('/')?)?;
        if host.is_empty() || host.contains('@') || !path.is_ascii() {
            return None;
        }
        // The last group of an IPv6 address is no port.
        let has_port = host.rsplit_once(':').is_some_and(|(_, port)| !port.ends_with(']'));
        let address = if has_port { host.to_owned() } else { format!("{host}:{port}") };
        Some(Self { is_plain, host, address, path })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_taken_apart_as_they_are_signed() {
        for (url, is_plain, host, address, path) in [
            ("https://s3.example.org/b/k?x=1", false, "s3.example.org", "s3.example.org:443", "/b/k?x=1"),
            ("http://127.0.0.1:9000/b/k", true, "127.0.0.1:9000", "127.0.0.1:9000", "/b/k"),
            ("https://[::1]/b", false, "[::1]", "[::1]:443", "/b"),
            ("https://[::1]:9/b", false, "[::1]:9", "[::1]:9", "/b"),
        ] {
            let link = Link { is_plain, host, address: address.to_owned(), path };
            assert_eq!(Link::read(url), Some(link));
        }
        for bad in
            ["", "s3.example.org/b", "ftp://x/b", "https://x", "https:///b", "https://a@x/b", "https://x/公"]
        {
            assert_eq!(Link::read(bad), None, "{bad}");
        }
    }
}
