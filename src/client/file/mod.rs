//! Files behind messages: bringing them to the server before their message is sent, and fetching those of others.
//!
//! A message with a file is made from a path on this computer, or from bytes that are kept in the encrypted local copy
//! until they are sent, and goes into the outbox like any other. Its turn comes when those before it in its conversation are sent: then an [`UploadPlugin`] brings the file to the server, the
//! address in the message is replaced by the server's, and the message is sent. What the plugin needs to go on after
//! a restart is kept beside the outbox in the encrypted local copy.
//!
//! * [`UploadPlugin`], [`Upload`]: what a plugin is and what it is given (SES-19). `tus`, `s3`: those that are built in; `choice`:
//!   which one it is.
//! * `local`: the addresses of a payload, before and after. `source`: a file on this computer as it is sent.
//! * `download`: fetching, going on where it stopped, proving what came.
//! * [`safe_file_name`]: a name to save under, whatever its sender called it. `foreign`: what comes from others is marked
//!   as such, and programs are recognised.

mod choice;
mod download;
mod foreign;
#[cfg(test)]
mod fuzz;
pub(crate) mod local;
mod name;
mod s3;
mod source;
mod tus;

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use hallway_protocol::file::{FileId, FileKind};
use hallway_protocol::method::{GetUploadTicket, UploadTicket};
use hallway_protocol::{ErrorCode, MessageId};

use crate::Result;
use crate::cache::{Cache, attachment};
use crate::event::Event;
use crate::shared::Shared;
use crate::transport::{Connector, Http};

pub(crate) use choice::Plugins;
pub use download::SaveTo;
pub(crate) use download::{download, fetch, part_of};
pub use foreign::is_program;
pub(crate) use foreign::mark_foreign;
pub use name::safe_file_name;
pub use s3::S3Plugin;
pub(crate) use source::Outgoing;
pub use source::{Opened, Source};
pub use tus::TusPlugin;

/// Brings files to where the server finds them (SES-19). Built in are [`TusPlugin`], which speaks tus 1.0 to the own server, and
/// [`S3Plugin`], which brings them straight into the bucket of the deployment.
pub trait UploadPlugin: Send + Sync + 'static {
    /// What it is called; what it keeps is given back to a plugin of the same name only.
    fn name(&self) -> &str;

    /// Uploads a file, from the start or from where it stopped ([`Upload::state`]). The answer is the file's id at the
    /// server, given when the server has all of it. Dropping the future pauses the upload.
    ///
    /// # Errors
    ///
    /// Codes that are `retryable` are tried again for ever, with pauses; others make the message fail (MSG-41).
    fn upload(&self, upload: Upload) -> BoxFuture<'static, Result<FileId>>;

    /// Gives an upload up that is not complete: `state` is what it has kept. Best effort, tried once.
    fn discard(&self, server: UploadServer, state: String) -> BoxFuture<'static, Result<()>>;
}

/// A file to be uploaded, and what a plugin needs for it.
pub struct Upload {
    /// Its bytes.
    pub source: Source,
    /// Bytes. A file that has another size by now is an error of the plugin: 2401.
    pub size: u64,
    /// As what it is sent.
    pub kind: FileKind,
    /// What others will see.
    pub name: String,
    /// What this plugin kept the last time; none at the start.
    pub state: Option<String>,
    /// The server.
    pub server: UploadServer,
    /// For what the plugin has to say.
    pub report: UploadReport,
}

/// The way to the own server for a plugin: the same certificate check and proxy as the WebSocket.
#[derive(Clone)]
pub struct UploadServer {
    connector: Arc<Connector>,
    shared: Arc<Shared>,
}

impl UploadServer {
    pub(crate) fn new(connector: Arc<Connector>, shared: Arc<Shared>) -> Self {
        Self { connector, shared }
    }

    /// A ticket for uploads to the own server.
    ///
    /// # Errors
    ///
    /// 2805 without a connection.
    pub async fn ticket(&self) -> Result<UploadTicket> {
        let rpc = self.shared.rpc().ok_or(ErrorCode::NoNetwork)?;
        rpc.call(&GetUploadTicket {}).await
    }

    /// Whether a ticket runs out within a minute, by the server's clock.
    pub fn is_old(&self, ticket: &UploadTicket) -> bool {
        self.shared.server_time() / 1000 + 60 > ticket.expires
    }

    /// Calls a method of the own server.
    pub(crate) async fn call<M: hallway_protocol::method::Method>(&self, call: &M) -> Result<M::Answer> {
        self.shared.rpc().ok_or(ErrorCode::NoNetwork)?.call(call).await
    }

    /// The way to another server, which the own one names.
    pub(crate) fn elsewhere(&self, address: &str, plain: bool) -> Result<Connector> {
        Ok(self.connector.elsewhere(address, plain)?)
    }

    pub(crate) async fn http(&self) -> Result<Http> {
        Ok(self.connector.http().await?)
    }
}

/// How far an upload has got, and what must be kept for going on.
#[derive(Clone)]
pub struct UploadReport {
    pub(crate) cache: Cache,
    pub(crate) shared: Arc<Shared>,
    pub(crate) message_id: MessageId,
    pub(crate) part: u32,
    /// Bytes of the message's files before this one, and of all of them.
    pub(crate) before: u64,
    pub(crate) total: u64,
    pub(crate) last: Arc<std::sync::Mutex<Option<Instant>>>,
}

/// The app is told so often at most, and always of the first and the last byte.
const TELL_EVERY: Duration = Duration::from_millis(100);

impl UploadReport {
    /// So many bytes of the file are on their way or there (MSG-18, OBJ-48).
    pub fn progress(&self, sent: u64) {
        let sent = self.before.saturating_add(sent).min(self.total);
        let now = Instant::now();
        let mut last = crate::shared::lock(&self.last);
        let is_due = last.is_none_or(|last| now.duration_since(last) >= TELL_EVERY);
        if is_due || sent == 0 || sent == self.total {
            *last = Some(now);
            let (message_id, total) = (self.message_id.clone(), self.total);
            self.shared.set_upload(&message_id, Some((sent, total)));
            self.shared.emit(Event::UploadProgress { message_id, sent, total });
        }
    }

    /// Keeps what the plugin needs to go on, on disk when this returns.
    pub async fn keep(&self, state: &str) -> Result<()> {
        let (id, part, state) = (self.message_id.clone(), self.part, state.to_owned());
        Ok(self.cache.write_durably(move |db| attachment::keep(db, &id, part, &state)).await?)
    }
}

/// A transfer that moves nothing for so long is dead.
const STALLED: Duration = Duration::from_secs(30);

/// Waits for the answer to a request as long as the number of bytes that are on their way grows.
async fn moving<T>(asking: impl Future<Output = io::Result<T>>, moved: &AtomicU64) -> io::Result<T> {
    let mut asking = std::pin::pin!(asking);
    let mut before = moved.load(Ordering::Relaxed);
    loop {
        match tokio::time::timeout(STALLED, &mut asking).await {
            Ok(answer) => return answer,
            Err(_) => {
                let now = moved.load(Ordering::Relaxed);
                if now == before {
                    return Err(io::ErrorKind::TimedOut.into());
                }
                before = now;
            }
        }
    }
}

/// The code of an upload that did not work for a reason that passes (MSG-49).
pub fn upload_failed(kind: FileKind) -> ErrorCode {
    match kind {
        FileKind::Audio => ErrorCode::AudioUploadFailed,
        FileKind::Video => ErrorCode::VideoUploadFailed,
        FileKind::Image | FileKind::File => ErrorCode::FileUploadFailed,
    }
}
