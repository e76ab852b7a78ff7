//! Requests about files behind messages (`README.md`, section 10).

use serde::{Deserialize, Serialize};

use crate::file::{FileId, FileKind};
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
    /// Begins an upload that goes straight into the bucket of the deployment; possible where
    /// [`crate::service::Services::upload_plugins`] has `s3`, else 2040. Empty 2108; too large 2253, 2301, 2351, 2402; too many
    /// or too much at a time 60018.
    BeginUpload {
        /// Bytes.
        size: u64,
        /// As what it will be sent.
        kind: FileKind,
        /// What others will see. A path in it is cut off.
        file_name: String,
    }
    /// An upload has begun.
    UploadBegun {
        /// The upload, and in the end the file.
        uuid: FileId,
    }
    /// What is missing of an upload into the bucket, with links for it; also after a restart. An unknown one is 2401.
    GetUploadParts {
        /// Which.
        uuid: FileId,
    }
    /// What is missing of an upload into the bucket.
    UploadParts {
        /// Bytes that are there.
        stored: u64,
        /// The first parts that are missing; ask again when they are there. None: `file.complete_upload`.
        parts: Vec<UploadPart>,
        /// It is a file already.
        #[serde(default, skip_serializing_if = "crate::method::is_false")]
        is_complete: bool,
    }
    /// A part to be brought into the bucket: PUT to `url`, with just these bytes of the file, `Content-Length` and no other
    /// encoding.
    UploadPart {
        /// Where the part begins in the file.
        offset: u64,
        /// Bytes.
        size: u64,
        /// Where to, for 15 minutes.
        url: String,
    }
    /// Makes a file of an upload into the bucket. The server reads all of it: where that takes longer, the answer says so and
    /// the call is made again. 2400 when parts are missing, and when the content is another one: the upload is gone then. 2252
    /// and 2352 when it is not what it is to be sent as.
    CompleteUpload {
        /// Which.
        uuid: FileId,
        /// SHA-256 of the content, 64 lower-case hex digits.
        sha256: String,
    }
    /// How far the server is with an upload into the bucket.
    UploadCompleted {
        /// It is a file now. False: it is being read.
        is_complete: bool,
    }
    /// Gives up an upload into the bucket that is not complete. An unknown one is 2401.
    CancelUpload {
        /// Which.
        uuid: FileId,
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
