//! Requests to a bucket and links into it: made, signed and read by `rusty-s3`, sent as everything else goes out
//! (`outbound`).

use std::io;
use std::time::Duration;

use bytes::Bytes;
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::{Method, StatusCode};
use rusty_s3::{Bucket, Credentials, S3Action, UrlStyle};

use crate::config::S3Section;
use crate::outbound::{Ask, By, Outbound, OutboundError, Reply, Url};

/// How long one request may take, and for how long its signature is good.
const WITHIN: Duration = Duration::from_secs(300);
/// Bytes of an answer that is no content: a list of 1 000 parts or objects, and some more.
const ANSWER: usize = 1024 * 1024;

/// A bucket and who may use it.
pub(super) struct Wire {
    outbound: Outbound,
    /// As this server reaches it.
    pub(super) bucket: Bucket,
    /// As clients reach it.
    pub(super) public: Bucket,
    pub(super) credentials: Credentials,
}

/// What goes along with a request besides what is signed.
#[derive(Default)]
pub(super) struct Extra {
    pub body: Bytes,
    /// Head lines that are signed.
    pub signed: Vec<(&'static str, String)>,
    /// First and last byte that are wanted.
    pub range: Option<(u64, u64)>,
}

impl Wire {
    pub fn new(section: &S3Section, outbound: Outbound) -> io::Result<Self> {
        let bucket = |endpoint: &str| {
            // The same reading as everywhere else here is asked first: it is the stricter one.
            Url::parse(endpoint).map_err(wrong)?;
            let endpoint = endpoint.parse().map_err(wrong)?;
            let style = if section.path_style { UrlStyle::Path } else { UrlStyle::VirtualHost };
            Bucket::new(endpoint, style, section.bucket.clone(), section.region.clone()).map_err(wrong)
        };
        let public =
            if section.public_endpoint.is_empty() { &section.endpoint } else { &section.public_endpoint };
        Ok(Self {
            outbound,
            bucket: bucket(&section.endpoint)?,
            public: bucket(public)?,
            credentials: Credentials::new(section.access_key.clone(), section.secret_key.expose()),
        })
    }

    /// Signs a request, sends it and takes the answer, whatever its status.
    pub async fn ask<'a, A: S3Action<'a>>(&self, mut action: A, extra: Extra) -> io::Result<Reply> {
        let mut headers = Vec::with_capacity(extra.signed.len().saturating_add(1));
        for (name, value) in extra.signed {
            headers.push((HeaderName::from_static(name), HeaderValue::from_str(&value).map_err(wrong)?));
            action.headers_mut().insert(name, value);
        }
        if let Some((from, last)) = extra.range {
            let value = HeaderValue::from_str(&format!("bytes={from}-{last}")).map_err(wrong)?;
            headers.push((header::RANGE, value));
        }
        let wanted =
            |(from, last): (u64, u64)| usize::try_from(last.saturating_sub(from)).unwrap_or(usize::MAX);
        let ask = Ask {
            method: Method::from_bytes(A::METHOD.to_str().as_bytes()).map_err(wrong)?,
            url: Url::parse(action.sign(WITHIN).as_str()).map_err(wrong)?,
            by: By::Deployer,
            headers,
            body: extra.body,
            most: extra.range.map_or(ANSWER, |range| wanted(range).saturating_add(1)),
            cuts: false,
            media: &[],
            within: WITHIN,
        };
        self.outbound.ask(ask).await.map_err(|error| match error {
            OutboundError::Io(error) => error,
            OutboundError::Time => io::ErrorKind::TimedOut.into(),
            error => io::Error::other(error),
        })
    }

    pub async fn head_bucket(&self) -> io::Result<()> {
        let reply = self.ask(self.bucket.head_bucket(Some(&self.credentials)), Extra::default()).await?;
        good(&reply).map(drop)
    }

    /// Bytes of an object; none when it is not there.
    pub async fn size(&self, name: &str) -> io::Result<Option<u64>> {
        let reply =
            self.ask(self.bucket.head_object(Some(&self.credentials), name), Extra::default()).await?;
        if reply.status == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        let length = good(&reply)?.headers.get(header::CONTENT_LENGTH);
        let length = length.and_then(|length| length.to_str().ok()?.parse().ok());
        length.map(Some).ok_or_else(|| other("S3 does not say how long an object is"))
    }

    /// Makes an object, in one piece or from another one.
    pub async fn put(&self, name: &str, extra: Extra) -> io::Result<()> {
        let reply = self.ask(self.bucket.put_object(Some(&self.credentials), name), extra).await?;
        good(&reply).map(drop)
    }

    /// Bytes of an object, the first and the last one included.
    pub async fn get(&self, name: &str, from: u64, last: u64) -> io::Result<Bytes> {
        let extra = Extra { range: Some((from, last)), ..Extra::default() };
        let reply = self.ask(self.bucket.get_object(Some(&self.credentials), name), extra).await?;
        if good(&reply)?.body.len() as u64 != last.saturating_sub(from).saturating_add(1) {
            return Err(other("S3 answers with other bytes than it was asked for"));
        }
        Ok(reply.body)
    }

    /// Removes an object; fine when it is not there.
    pub async fn remove(&self, name: &str) -> io::Result<()> {
        let reply =
            self.ask(self.bucket.delete_object(Some(&self.credentials), name), Extra::default()).await?;
        if reply.status == StatusCode::NOT_FOUND { Ok(()) } else { good(&reply).map(drop) }
    }
}

/// The answer, if it is one of success.
pub(super) fn good(reply: &Reply) -> io::Result<&Reply> {
    if reply.status.is_success() {
        return Ok(reply);
    }
    // The answer names the bucket and the reason, never a key.
    let said: String = String::from_utf8_lossy(&reply.body).chars().take(300).collect();
    Err(io::Error::other(format!("S3 answers {}: {said}", reply.status)))
}

/// The text of a good answer.
pub(super) fn text(reply: &Reply) -> io::Result<&str> {
    std::str::from_utf8(&good(reply)?.body).map_err(io::Error::other)
}

pub(super) fn other(what: &str) -> io::Error {
    io::Error::other(what.to_owned())
}

fn wrong(error: impl std::error::Error + Send + Sync + 'static) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, error)
}
