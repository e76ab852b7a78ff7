//! Objects that come in parts: begun, put together or abandoned.

use std::io;

use bytes::Bytes;
use hyper::{StatusCode, header};
use rusty_s3::actions::{
    CompleteMultipartUpload, CompleteMultipartUploadResponse, CreateMultipartUpload, ListParts,
};

use super::wire::{Extra, Wire, good, other, text};

/// A part that is there.
pub(super) struct Part {
    /// From 1.
    pub number: u16,
    /// Bytes.
    pub size: u64,
    /// What S3 calls its content.
    pub tag: String,
}

impl Wire {
    /// Begins an object in parts and answers with the name of this attempt.
    pub async fn begin(&self, name: &str) -> io::Result<String> {
        let action = self.bucket.create_multipart_upload(Some(&self.credentials), name);
        let reply = self.ask(action, Extra::default()).await?;
        let begun = CreateMultipartUpload::parse_response(text(&reply)?).map_err(io::Error::other)?;
        Ok(begun.upload_id().to_owned())
    }

    /// Brings a part and answers with its tag.
    pub async fn put_part(&self, name: &str, upload: &str, number: u16, body: Bytes) -> io::Result<String> {
        let action = self.bucket.upload_part(Some(&self.credentials), name, number, upload);
        let reply = self.ask(action, Extra { body, ..Extra::default() }).await?;
        let tag = good(&reply)?.headers.get(header::ETAG).and_then(|tag| tag.to_str().ok());
        Ok(tag.ok_or_else(|| other("S3 gives a part no tag"))?.to_owned())
    }

    /// The parts that are there, by their numbers; none when S3 knows of no such attempt.
    pub async fn parts(&self, name: &str, upload: &str) -> io::Result<Option<Vec<Part>>> {
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let mut action = self.bucket.list_parts(Some(&self.credentials), name, upload);
            if let Some(after) = after {
                action.set_part_number_marker(after);
            }
            let reply = self.ask(action, Extra::default()).await?;
            if reply.status == StatusCode::NOT_FOUND {
                return Ok(None);
            }
            let page = ListParts::parse_response(text(&reply)?).map_err(io::Error::other)?;
            found.extend(page.parts.into_iter().map(|part| Part {
                number: part.number,
                size: part.size,
                tag: part.etag,
            }));
            match page.next_part_number_marker {
                // A service that does not go on would be asked for ever.
                Some(next) if after.is_none_or(|after| after < next) => after = Some(next),
                _ => return Ok(Some(found)),
            }
        }
    }

    /// Makes the object of its parts, in the order of their numbers and without a gap.
    pub async fn assemble(&self, name: &str, upload: &str, tags: &[String]) -> io::Result<()> {
        let credentials = Some(&self.credentials);
        let tags = || tags.iter().map(String::as_str);
        let body = CompleteMultipartUpload::new(&self.bucket, credentials, name, upload, tags()).body();
        let action = CompleteMultipartUpload::new(&self.bucket, credentials, name, upload, tags());
        let reply = self.ask(action, Extra { body: body.into(), ..Extra::default() }).await?;
        // S3 says 200 before it knows how it goes, and tells the truth in the body.
        let done = CompleteMultipartUploadResponse::parse(text(&reply)?);
        done.map(drop)
            .map_err(|error| io::Error::other(format!("S3 does not put an object together: {error}")))
    }

    /// Gives the parts up; fine when there are none any more.
    pub async fn abandon(&self, name: &str, upload: &str) -> io::Result<()> {
        let action = self.bucket.abort_multipart_upload(Some(&self.credentials), name, upload);
        let reply = self.ask(action, Extra::default()).await?;
        if reply.status == StatusCode::NOT_FOUND { Ok(()) } else { good(&reply).map(drop) }
    }
}
