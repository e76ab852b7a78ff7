//! Contents in a bucket of any S3-compatible service: `{prefix}ab/{hash}`.
//!
//! * [`S3`]: the store. What comes in through the server is gathered on its disk as for a folder and goes to the bucket when it is
//!   complete, looked at and named by its hash; so a broken upload never costs anything in the bucket, and what was moved there
//!   twice after a crash is the same object.
//! * [`Incoming`]: uploads that clients bring into the bucket themselves, part by part, by signed links.
//! * `wire`: requests and links, made by `rusty-s3`; `multipart`: objects in parts; `object`: reading one.
//!
//! Downloads pass through the server: who may have a file is asked for each request as ever.

mod incoming;
mod multipart;
mod object;
#[cfg(test)]
pub(crate) mod tests;
mod wire;

use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::BoxFuture;

pub use self::incoming::{Arrived, Incoming, LARGEST, LINK, Missing};
use self::object::Object;
use self::wire::{Extra, Wire};
use super::{BlobReader, BlobStore, blocking};
use crate::auth::hex;
use crate::config::S3Section;
use crate::outbound::Outbound;
use crate::store::file::Hash;

/// Bytes of one request into the bucket; more are several parts. S3 takes 10 000 of them.
const PART: u64 = 16 * 1024 * 1024;

/// See the module. Cheap to clone.
#[derive(Clone)]
pub struct S3 {
    wire: Arc<Wire>,
    prefix: Arc<str>,
}

impl S3 {
    /// The bucket of the configuration.
    pub fn new(section: &S3Section, outbound: Outbound) -> io::Result<Self> {
        let wire = Wire::new(section, outbound)?;
        Ok(Self { wire: Arc::new(wire), prefix: section.prefix.as_str().into() })
    }

    /// Whether the bucket is there and lets us in.
    pub async fn check(&self) -> io::Result<()> {
        self.wire.head_bucket().await
    }

    /// What clients bring into this bucket themselves.
    pub fn incoming(&self) -> Incoming {
        Incoming::new(self.clone())
    }

    fn name(&self, hash: &Hash) -> String {
        let name = hex(hash);
        format!("{}{}/{name}", self.prefix, name.get(..2).unwrap_or_default())
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
        if self.wire.size(&name).await? != Some(size) {
            if size <= PART {
                let (_, body) = part(file, size).await?;
                self.wire.put(&name, Extra { body, ..Extra::default() }).await?;
            } else {
                self.put_parts(&name, file, size).await?;
            }
            if self.wire.size(&name).await? != Some(size) {
                return Err(io::Error::other("S3 has kept something else"));
            }
        }
        blocking(move || std::fs::remove_file(path)).await
    }

    async fn put_parts(&self, name: &str, file: File, size: u64) -> io::Result<()> {
        let upload = self.wire.begin(name).await?;
        let sent = self.send_parts(name, &upload, file, size).await;
        if sent.is_err() {
            // Parts that nobody puts together cost money; what stays after this is for the bucket's own rules.
            let _ = self.wire.abandon(name, &upload).await;
        }
        sent
    }

    async fn send_parts(&self, name: &str, upload: &str, mut file: File, size: u64) -> io::Result<()> {
        let (mut tags, mut left) = (Vec::new(), size);
        for number in 1u16.. {
            let (rest, body) = part(file, left.min(PART)).await?;
            file = rest;
            tags.push(self.wire.put_part(name, upload, number, body).await?);
            left = left.saturating_sub(PART);
            if left == 0 {
                break;
            }
        }
        self.wire.assemble(name, upload, &tags).await
    }
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

impl BlobStore for S3 {
    fn keep(&self, path: PathBuf, hash: Hash) -> BoxFuture<'_, io::Result<()>> {
        Box::pin(self.move_in(path, hash))
    }

    fn open(&self, hash: Hash) -> BoxFuture<'_, io::Result<Arc<dyn BlobReader>>> {
        Box::pin(async move {
            let name = self.name(&hash);
            let size = self.wire.size(&name).await?.ok_or(io::ErrorKind::NotFound)?;
            Ok(Arc::new(Object::new(Arc::clone(&self.wire), name, size)) as Arc<dyn BlobReader>)
        })
    }

    fn remove(&self, hash: Hash) -> BoxFuture<'_, io::Result<()>> {
        Box::pin(async move { self.wire.remove(&self.name(&hash)).await })
    }
}
