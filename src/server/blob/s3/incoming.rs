//! Uploads that clients bring into the bucket themselves: `{prefix}incoming/{upload}`, in parts, by links that are good for one
//! part of one object, of one length, for a quarter of an hour.
//!
//! The object is put together here, read once by the server, which trusts nobody about what is in it, and then copied to the place
//! of its hash inside of S3. Links write parts and nothing else: once an object is put together, none of them can change it.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use hallway_protocol::file::FileId;
use rusty_s3::S3Action;
use rusty_s3::actions::ListObjectsV2;

use super::multipart::Part;
use super::object::Object;
use super::wire::{Extra, text};
use super::{PART, S3};
use crate::blob::BlobReader;
use crate::store::file::Hash;

/// How long a link is good.
pub const LINK: Duration = Duration::from_secs(900);
/// Largest object that S3 copies in one piece.
pub const LARGEST: u64 = 5 * 1024 * 1024 * 1024;

/// See the module.
pub struct Incoming {
    s3: S3,
}

/// A part that is not there yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Missing {
    /// From 1.
    pub number: u16,
    /// Where it begins in the file.
    pub offset: u64,
    /// Bytes.
    pub size: u64,
}

/// What has come of an upload.
pub struct Arrived {
    /// Bytes of it.
    pub bytes: u64,
    /// Parts that are not there, or have another length than they should.
    pub missing: Vec<Missing>,
    tags: Vec<String>,
}

impl Incoming {
    pub(super) fn new(s3: S3) -> Self {
        Self { s3 }
    }

    fn name(&self, id: FileId) -> String {
        format!("{}{id}", self.folder())
    }

    fn folder(&self) -> String {
        format!("{}incoming/", self.s3.prefix)
    }

    /// Begins an attempt to bring the parts and answers with its name.
    pub async fn begin(&self, id: FileId) -> io::Result<String> {
        self.s3.wire.begin(&self.name(id)).await
    }

    /// What has come so far of a file of this size; none when S3 has forgotten the attempt.
    pub async fn arrived(&self, id: FileId, attempt: &str, size: u64) -> io::Result<Option<Arrived>> {
        let parts = self.s3.wire.parts(&self.name(id), attempt).await?;
        Ok(parts.map(|parts| compare(&parts, size)))
    }

    /// A link that takes just this part.
    pub fn link(&self, id: FileId, attempt: &str, part: Missing) -> String {
        let (wire, name) = (&self.s3.wire, self.name(id));
        let mut action = wire.public.upload_part(Some(&wire.credentials), &name, part.number, attempt);
        action.headers_mut().insert("content-length", part.size.to_string());
        action.sign(LINK).into()
    }

    /// Puts the object together. All parts have to be there.
    pub async fn assemble(&self, id: FileId, attempt: &str, arrived: &Arrived) -> io::Result<()> {
        self.s3.wire.assemble(&self.name(id), attempt, &arrived.tags).await
    }

    /// The object, when it is put together.
    pub async fn open(&self, id: FileId) -> io::Result<Option<Arc<dyn BlobReader>>> {
        let name = self.name(id);
        let size = self.s3.wire.size(&name).await?;
        let wire = Arc::clone(&self.s3.wire);
        Ok(size.map(|size| Arc::new(Object::new(wire, name, size)) as Arc<dyn BlobReader>))
    }

    /// Moves the object, whose content has this hash, to its place; false when it is not there (any more).
    pub async fn keep(&self, id: FileId, hash: Hash) -> io::Result<bool> {
        let (wire, from, to) = (&self.s3.wire, self.name(id), self.s3.name(&hash));
        let Some(size) = wire.size(&from).await? else { return Ok(false) };
        if wire.size(&to).await? != Some(size) {
            let source = format!("/{}/{from}", wire.bucket.name());
            wire.put(&to, Extra { signed: vec![("x-amz-copy-source", source)], ..Extra::default() }).await?;
            if wire.size(&to).await? != Some(size) {
                return Err(io::Error::other("S3 has copied something else"));
            }
        }
        wire.remove(&from).await?;
        Ok(true)
    }

    /// Removes what there is of an upload, with the parts of an attempt where there is one.
    pub async fn discard(&self, id: FileId, attempt: &str) -> io::Result<()> {
        let name = self.name(id);
        if !attempt.is_empty() {
            self.s3.wire.abandon(&name, attempt).await?;
        }
        self.s3.wire.remove(&name).await
    }

    /// Uploads whose objects are put together. What is not named like one is left alone.
    pub async fn all(&self) -> io::Result<Vec<FileId>> {
        let (wire, folder) = (&self.s3.wire, self.folder());
        let (mut found, mut after) = (Vec::new(), None::<String>);
        loop {
            let mut action = wire.bucket.list_objects_v2(Some(&wire.credentials));
            action.with_prefix(folder.as_str());
            if let Some(after) = &after {
                action.with_continuation_token(after.clone());
            }
            let reply = wire.ask(action, Extra::default()).await?;
            let page = ListObjectsV2::parse_response(text(&reply)?).map_err(io::Error::other)?;
            let names = page.contents.iter().filter_map(|object| object.key.strip_prefix(&folder));
            found.extend(names.filter_map(|name| name.parse::<FileId>().ok()));
            match page.next_continuation_token {
                Some(next) if after.as_ref() != Some(&next) => after = Some(next),
                _ => return Ok(found),
            }
        }
    }
}

/// What is there beside what there has to be.
fn compare(parts: &[Part], size: u64) -> Arrived {
    let mut arrived = Arrived { bytes: 0, missing: Vec::new(), tags: Vec::new() };
    let mut offset = 0u64;
    for number in 1u16.. {
        let wanted = size.saturating_sub(offset).min(PART);
        if wanted == 0 {
            break;
        }
        match parts.iter().find(|part| part.number == number && part.size == wanted) {
            Some(part) => {
                arrived.bytes = arrived.bytes.saturating_add(wanted);
                arrived.tags.push(part.tag.clone());
            }
            None => arrived.missing.push(Missing { number, offset, size: wanted }),
        }
        offset = offset.saturating_add(wanted);
    }
    arrived
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_another_length_is_as_good_as_none() {
        let part = |number, size| Part { number, size, tag: format!("tag {number}") };
        let size = PART * 2 + 5;
        let whole = compare(&[part(3, 5), part(1, PART), part(2, PART)], size);
        assert_eq!((whole.bytes, whole.missing.len()), (size, 0));
        assert_eq!(whole.tags, ["tag 1", "tag 2", "tag 3"]);
        let some = compare(&[part(1, PART - 1), part(2, PART), part(3, 6), part(4, 5)], size);
        let missing =
            [Missing { number: 1, offset: 0, size: PART }, Missing { number: 3, offset: PART * 2, size: 5 }];
        assert_eq!((some.bytes, some.missing.as_slice()), (PART, missing.as_slice()));
        assert_eq!(compare(&[], PART).missing, [Missing { number: 1, offset: 0, size: PART }]);
    }
}
