//! Contents in a bucket of any S3-compatible service: `{prefix}ab/{hash}`.
//!
//! Six requests of S3 are all that is needed; they are signed here (`sign`) and go out as everything else does (`outbound`).
//! The libraries for S3 bring an HTTP client of their own or some forty crates for reading addresses.
//! Uploads are gathered on the server's disk as for a folder and go to the bucket when they are complete, looked at and
//! named by their hash; so a broken upload never costs anything in the bucket, and what was moved there twice after a
//! crash is the same object. Downloads pass through the server: who may have a file is asked for each request as ever, and
//! the bucket needs to be reachable by the servers only.

mod sign;

use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::{Method, StatusCode};

use self::sign::{Keys, encoded};
use super::{BlobReader, BlobStore, blocking};
use crate::auth::hex;
use crate::config::S3Section;
use crate::outbound::{Ask, By, Outbound, OutboundError, Reply, Url};
use crate::store::file::Hash;

/// Bytes of one request into the bucket; more are several parts. S3 takes 10 000 of them.
const PART: u64 = 16 * 1024 * 1024;
/// Bytes that are fetched together.
const AHEAD: usize = 1024 * 1024;
/// How long one request may take.
const WITHIN: Duration = Duration::from_secs(300);
/// Bytes of an answer that is no content.
const ANSWER: usize = 64 * 1024;

/// See the module. Cheap to clone.
#[derive(Clone)]
pub struct S3 {
    inner: Arc<Inner>,
}

struct Inner {
    outbound: Outbound,
    keys: Keys,
    /// Address of the bucket, without a slash at the end.
    bucket: String,
    prefix: String,
}

impl S3 {
    /// The bucket of the configuration.
    pub fn new(section: &S3Section, outbound: Outbound) -> io::Result<Self> {
        let endpoint = section.endpoint.trim_end_matches('/');
        let bucket = match endpoint.split_once("://") {
            Some((scheme, host)) if !section.path_style => format!("{scheme}://{}.{host}", section.bucket),
            _ => format!("{endpoint}/{}", section.bucket),
        };
        Url::parse(&bucket).map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        let (access, secret) = (section.access_key.clone(), section.secret_key.clone());
        let keys = Keys { access, secret, region: section.region.clone() };
        Ok(Self { inner: Arc::new(Inner { outbound, keys, bucket, prefix: section.prefix.clone() }) })
    }

    /// Whether the bucket is there and lets us in.
    pub async fn check(&self) -> io::Result<()> {
        good(&self.ask(Method::HEAD, "", "", Bytes::new()).await?).map(|_| ())
    }

    fn name(&self, hash: &Hash) -> String {
        let name = hex(hash);
        format!("/{}{}/{name}", self.inner.prefix, name.get(..2).unwrap_or_default())
    }

    /// A request about an object, or the bucket itself where `name` is empty; `query` is encoded and in order.
    async fn ask(&self, method: Method, name: &str, query: &str, body: Bytes) -> io::Result<Reply> {
        self.ask_with(method, name, query, body, None).await
    }

    async fn ask_with(
        &self,
        method: Method,
        name: &str,
        query: &str,
        body: Bytes,
        range: Option<(u64, u64)>,
    ) -> io::Result<Reply> {
        let Inner { outbound, keys, bucket, .. } = &*self.inner;
        let question = if query.is_empty() { "" } else { "?" };
        let url = Url::parse(&format!("{bucket}{name}{question}{query}")).map_err(io::Error::other)?;
        let now =
            SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_err(io::Error::other)?.as_secs();
        let signed = keys.sign(&method, &url, &body, now);
        let mut headers: Vec<(HeaderName, HeaderValue)> = Vec::with_capacity(4);
        for (name, value) in signed {
            headers.push((
                HeaderName::from_static(name),
                HeaderValue::from_str(&value).map_err(io::Error::other)?,
            ));
        }
        if let Some((from, last)) = range {
            let value = format!("bytes={from}-{last}");
            headers.push((header::RANGE, HeaderValue::from_str(&value).map_err(io::Error::other)?));
        }
        let most = if range.is_some() { AHEAD } else { ANSWER };
        let ask = Ask {
            method,
            url,
            by: By::Deployer,
            headers,
            body,
            most,
            cuts: false,
            media: &[],
            within: WITHIN,
        };
        outbound.ask(ask).await.map_err(|error| match error {
            OutboundError::Io(error) => error,
            OutboundError::Time => io::ErrorKind::TimedOut.into(),
            error => io::Error::other(error),
        })
    }

    /// Bytes of an object; none when it is not there.
    async fn size(&self, name: &str) -> io::Result<Option<u64>> {
        let reply = self.ask(Method::HEAD, name, "", Bytes::new()).await?;
        if reply.status == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        let length = good(&reply)?.headers.get(header::CONTENT_LENGTH);
        let length = length.and_then(|length| length.to_str().ok()?.parse().ok());
        length.map(Some).ok_or_else(|| io::Error::other("S3 does not say how long an object is"))
    }

    async fn move_in(&self, path: PathBuf, hash: Hash) -> io::Result<()> {
        let (name, opened) = (self.name(&hash), path.clone());
        let (file, size) = blocking(move || {
            let file = File::open(opened)?;
            let size = file.metadata()?.len();
            Ok((file, size))
        })
        .await?;
        // An earlier attempt may have come as far, and equal contents are stored once.
        if self.size(&name).await? != Some(size) {
            if size <= PART {
                self.put(&name, file, size).await?;
            } else {
                self.put_parts(&name, file, size).await?;
            }
            if self.size(&name).await? != Some(size) {
                return Err(io::Error::other("S3 has kept something else"));
            }
        }
        blocking(move || std::fs::remove_file(path)).await
    }

    async fn put(&self, name: &str, file: File, size: u64) -> io::Result<()> {
        let (_, body) = part(file, size).await?;
        let reply = self.ask(Method::PUT, name, "", body).await?;
        good(&reply).map(|_| ())
    }

    async fn put_parts(&self, name: &str, file: File, size: u64) -> io::Result<()> {
        let reply = self.ask(Method::POST, name, "uploads=", Bytes::new()).await?;
        let text = String::from_utf8_lossy(&good(&reply)?.body).into_owned();
        let id = between(&text, "<UploadId>", "</UploadId>").ok_or_else(|| other("S3 begins no upload"))?;
        let upload = format!("uploadId={}", encoded(id));
        let sent = self.send_parts(name, &upload, file, size).await;
        if sent.is_err() {
            // Parts that nobody puts together cost money; what stays after this is for the bucket's own rules.
            let _ = self.ask(Method::DELETE, name, &upload, Bytes::new()).await;
        }
        sent
    }

    async fn send_parts(&self, name: &str, upload: &str, mut file: File, size: u64) -> io::Result<()> {
        let (mut list, mut left) = (String::from("<CompleteMultipartUpload>"), size);
        for number in 1u16.. {
            let length = left.min(PART);
            let (rest, body) = part(file, length).await?;
            file = rest;
            let reply = self.ask(Method::PUT, name, &format!("partNumber={number}&{upload}"), body).await?;
            let tag = good(&reply)?.headers.get(header::ETAG).and_then(|tag| tag.to_str().ok());
            let tag =
                tag.filter(|tag| !tag.contains(['<', '&'])).ok_or_else(|| other("S3 gives a part no tag"))?;
            list.push_str(&format!("<Part><PartNumber>{number}</PartNumber><ETag>{tag}</ETag></Part>"));
            left = left.saturating_sub(length);
            if left == 0 {
                break;
            }
        }
        list.push_str("</CompleteMultipartUpload>");
        let reply = self.ask(Method::POST, name, upload, list.into()).await?;
        good(&reply).map(|_| ())
    }
}

fn other(what: &str) -> io::Error {
    io::Error::other(what.to_owned())
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    text.split_once(before)?.1.split_once(after).map(|(inside, _)| inside)
}

/// The next bytes of a file.
async fn part(mut file: File, length: u64) -> io::Result<(File, Bytes)> {
    blocking(move || {
        let mut bytes = vec![0; usize::try_from(length).map_err(io::Error::other)?];
        file.read_exact(&mut bytes)?;
        Ok((file, bytes.into()))
    })
    .await
}

fn good(reply: &Reply) -> io::Result<&Reply> {
    if reply.status.is_success() {
        return Ok(reply);
    }
    // The answer names the bucket and the reason, never a key.
    let said: String = String::from_utf8_lossy(&reply.body).chars().take(300).collect();
    Err(io::Error::other(format!("S3 answers {}: {said}", reply.status)))
}

impl BlobStore for S3 {
    fn keep(&self, path: PathBuf, hash: Hash) -> BoxFuture<'_, io::Result<()>> {
        Box::pin(self.move_in(path, hash))
    }

    fn open(&self, hash: Hash) -> BoxFuture<'_, io::Result<Arc<dyn BlobReader>>> {
        Box::pin(async move {
            let name = self.name(&hash);
            let size = self.size(&name).await?.ok_or(io::ErrorKind::NotFound)?;
            Ok(Arc::new(Object { store: self.clone(), name, size, ahead: Mutex::default() })
                as Arc<dyn BlobReader>)
        })
    }

    fn remove(&self, hash: Hash) -> BoxFuture<'_, io::Result<()>> {
        Box::pin(async move {
            let reply = self.ask(Method::DELETE, &self.name(&hash), "", Bytes::new()).await?;
            if reply.status == StatusCode::NOT_FOUND { Ok(()) } else { good(&reply).map(|_| ()) }
        })
    }
}

/// An object that is read in order, mostly: what was fetched and not taken yet is kept.
struct Object {
    store: S3,
    name: String,
    size: u64,
    ahead: Mutex<(u64, Bytes)>,
}

impl Object {
    /// What is here of the bytes from `offset` on.
    fn here(&self, offset: u64, most: usize) -> Option<Bytes> {
        let ahead = self.ahead.lock().unwrap_or_else(PoisonError::into_inner);
        let from = usize::try_from(offset.checked_sub(ahead.0)?).ok()?;
        let end = from.checked_add(most)?.min(ahead.1.len());
        (from < end).then(|| ahead.1.slice(from..end))
    }
}

impl BlobReader for Object {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(self: Arc<Self>, offset: u64, most: usize) -> BoxFuture<'static, io::Result<Bytes>> {
        Box::pin(async move {
            if offset >= self.size || most == 0 {
                return Ok(Bytes::new());
            }
            if let Some(bytes) = self.here(offset, most) {
                return Ok(bytes);
            }
            let last = offset.saturating_add(AHEAD as u64).min(self.size).saturating_sub(1);
            let range = Some((offset, last));
            let reply = self.store.ask_with(Method::GET, &self.name, "", Bytes::new(), range).await?;
            let wanted = last.saturating_sub(offset).saturating_add(1);
            if good(&reply)?.body.len() as u64 != wanted {
                return Err(io::Error::other("S3 answers with other bytes than it was asked for"));
            }
            *self.ahead.lock().unwrap_or_else(PoisonError::into_inner) = (offset, reply.body);
            Ok(self.here(offset, most).unwrap_or_default())
        })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::net::TcpListener;
    use std::process::{Child, Command, Stdio};

    use super::*;
    use crate::auth::sha256;

    /// Somebody else's S3 server. It ends with this.
    pub(crate) struct Moto {
        child: Child,
        pub section: S3Section,
    }

    impl Drop for Moto {
        fn drop(&mut self) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }

    impl Moto {
        /// None where it is not installed; says loudly so.
        pub async fn start() -> Option<Self> {
            let Some(program) = std::env::var_os("HALLWAY_MOTO") else {
                eprintln!("SKIPPED: HALLWAY_MOTO is not set (./dev test sets it)");
                return None;
            };
            let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            let child = Command::new(program)
                .args(["-H", "127.0.0.1", "-p", &port.to_string()])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            let section = S3Section {
                endpoint: format!("http://127.0.0.1:{port}"),
                bucket: "hallway".into(),
                access_key: "testing".into(),
                secret_key: "testing".into(),
                prefix: "files/".into(),
                ..S3Section::default()
            };
            let moto = Self { child, section };
            let store = moto.store();
            let deadline = std::time::Instant::now() + Duration::from_secs(60);
            while store.ask(Method::PUT, "", "", Bytes::new()).await.is_err() {
                assert!(std::time::Instant::now() < deadline, "the S3 server does not start");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            Some(moto)
        }

        pub fn store(&self) -> S3 {
            S3::new(&self.section, Outbound::new(None).unwrap()).unwrap()
        }
    }

    /// Contents of one and of several parts come back as they were, in pieces of any size, until they are removed.
    #[tokio::test]
    async fn what_is_kept_in_a_bucket_can_be_read_again_until_it_is_removed() {
        let Some(moto) = Moto::start().await else { return };
        let store = moto.store();
        store.check().await.unwrap();
        let other = S3Section { bucket: "elsewhere".into(), ..moto.section.clone() };
        assert!(S3::new(&other, Outbound::new(None).unwrap()).unwrap().check().await.is_err());
        let dir = tempfile::tempdir().unwrap();
        let large: Vec<u8> = (0..PART as usize * 2 + 5).map(|n| (n % 251) as u8).collect();
        for content in [&b"hello"[..], &large] {
            let hash = sha256(content);
            assert_eq!(store.open(hash).await.map(|_| ()).unwrap_err().kind(), io::ErrorKind::NotFound);
            for _ in 0..2 {
                let path = dir.path().join("new");
                std::fs::write(&path, content).unwrap();
                store.keep(path.clone(), hash).await.unwrap();
                assert!(!path.exists());
            }
            let open = store.open(hash).await.unwrap();
            assert_eq!(open.size(), content.len() as u64);
            for (offset, most) in [(0, 9), (1, 3), (AHEAD - 1, 7), (0, AHEAD * 3), (content.len() - 1, 5)] {
                let read = Arc::clone(&open).read_at(offset as u64, most).await.unwrap();
                let wanted = content.get(offset..).unwrap_or_default();
                assert!(
                    wanted.starts_with(&read) && (read.is_empty() == wanted.is_empty()),
                    "{offset} {most}"
                );
            }
            let mut all = Vec::new();
            loop {
                let read = Arc::clone(&open).read_at(all.len() as u64, 256 * 1024).await.unwrap();
                if read.is_empty() {
                    break;
                }
                all.extend_from_slice(&read);
            }
            assert!(all == content);
            store.remove(hash).await.unwrap();
            store.remove(hash).await.unwrap();
            assert!(store.open(hash).await.is_err());
        }
    }
}
