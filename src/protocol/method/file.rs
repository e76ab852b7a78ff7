//! Requests about files behind messages (`README.md`, section 10).

use serde::{Deserialize, Serialize};

use crate::file::FileId;
use crate::ids::ConversationId;

object! {
    /// A ticket for uploads, which go over HTTP (`README.md`, section 10).
    GetUploadTicket {}
    /// Shown as a bearer token with every request of an upload.
    UploadTicket {
        /// The ticket: good for this instance only, and no longer than its session.
        ticket: String,
        /// Unix seconds at which it runs out.
        expires: i64,
        /// Where uploads are begun, on this server.
        path: String,
    }
    /// A link to fetch a file with, for a reader of a message that refers to it. Where there is no such message for the
    /// caller, or it has no such file: 20022, in groups 10030.
    GetFileLink {
        /// Where the message stands.
        conversation_id: ConversationId,
        /// Its place.
        sequence: u64,
        /// One of its files.
        uuid: FileId,
    }
    /// A link to a file, and what the file is.
    FileLink {
        /// Where it is fetched, on this server.
        path: String,
        /// Unix seconds at which the link runs out; a transfer that has begun goes on.
        expires: i64,
        /// Bytes.
        size: u64,
        /// By its content: `image/png`, `video/mp4` …, `application/octet-stream` where that says nothing.
        media_type: String,
        /// As its sender named it. Foreign text: never a path.
        file_name: String,
        /// SHA-256 of its content, 64 lower-case hex digits; in quotes also its `ETag`.
        sha256: String,
    }
}
