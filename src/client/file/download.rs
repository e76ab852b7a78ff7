//! Fetching a file: in pieces to the disk, on from where it stopped, and only under its name when it is whole and right.
//!
//! What has arrived lies in the folder of the target under the file's id. It needs no notes: the link tells hash and size, `If-Range` tells the server which content the first bytes are of, and in the end everything is hashed.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use hallway_protocol::method::FileLink;
use hallway_protocol::{ChatError, ErrorCode, FileId};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::{Method, StatusCode};
use ring::digest::{Context, SHA256};
use tokio::task::spawn_blocking;

use super::Outgoing;
use super::name::numbered;
use crate::Result;
use crate::transport::Http;

/// Bytes that are written together.
const BATCH: usize = 512 * 1024;
/// A transfer that brings nothing for so long is dead.
const STALLED: Duration = Duration::from_secs(30);

/// Where a file is put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SaveTo {
    /// Exactly here, replacing what is there.
    Path(PathBuf),
    /// Into a folder, under a name like that of its sender; where that is taken, with a number. Nothing is replaced.
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What its sender calls it; may be anything.
        name: String,
    },
}

impl SaveTo {
    /// The folder it will be in.
    pub fn folder(&self) -> &Path {
        match self {
            Self::Path(path) => path.parent().unwrap_or(Path::new("")),
            Self::Folder { folder, .. } => folder,
        }
    }

    /// Moves a whole file there; where it is then.
    fn take(&self, part: &Path) -> io::Result<PathBuf> {
        let (folder, name) = match self {
            Self::Path(path) => {
                fs::rename(part, path)?;
                return Ok(path.clone());
            }
            Self::Folder { folder, name } => (folder, name),
        };
        for name in numbered(name) {
            let path = folder.join(name);
            // The name is taken by making an empty file, so that nobody else has it.
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(_) => {
                    fs::rename(part, &path)?;
                    return Ok(path);
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }
}

/// What has arrived of a file.
struct Part {
    path: PathBuf,
    file: File,
    length: u64,
    hash: Context,
}

/// Fetches what `link` leads to and puts it where it is wanted; where it is then. `heard` is told how many bytes are here.
/// Dropping the future keeps what has arrived for the next time.
pub(crate) async fn download(
    http: &Http,
    link: &FileLink,
    file: FileId,
    to: SaveTo,
    mut heard: impl FnMut(u64) + Send,
) -> Result<PathBuf> {
    let path = part_of(to.folder(), file);
    let size = link.size;
    let mut part = on_disk(to.folder(), move || Part::open(path, size)).await?;
    heard(part.length);
    if part.length < link.size {
        part = go_on(http, link, part, to.folder(), &mut heard).await?;
    }
    let wanted = link.sha256.clone();
    let folder = to.folder().to_owned();
    on_disk(&folder, move || part.finish(&to, size, &wanted)).await?.ok_or_else(another)
}

/// Fetches a small file into memory. The caller has looked at its size.
pub(crate) async fn fetch(
    http: &Http,
    link: &FileLink,
    headers: &[(&'static str, String)],
) -> Result<Vec<u8>> {
    let answer = http.open(Method::GET, &link.path, headers, Outgoing::Nothing);
    let answer = tokio::time::timeout(STALLED, answer).await.map_err(|_| ErrorCode::RequestTimeout)?;
    let answer = answer.map_err(|error| broken(&error))?;
    match answer.status() {
        StatusCode::OK => {}
        StatusCode::UNAUTHORIZED | StatusCode::NOT_FOUND => return Err(ErrorCode::FileMissing.into()),
        status => return Err(broken(&io::Error::other(format!("the server says {status}")))),
    }
    let (mut body, mut bytes) = (answer.into_body(), Vec::new());
    loop {
        let frame =
            tokio::time::timeout(STALLED, body.frame()).await.map_err(|_| ErrorCode::RequestTimeout)?;
        let Some(frame) = frame else { break };
        if let Ok(data) = frame.map_err(|error| broken(&io::Error::other(error)))?.into_data() {
            bytes.extend_from_slice(&data);
        }
        if bytes.len() as u64 > link.size {
            return Err(broken(&io::Error::other("more than was announced")));
        }
    }
    let mut hash = Context::new(&SHA256);
    hash.update(&bytes);
    if bytes.len() as u64 == link.size && hex(hash) == link.sha256 { Ok(bytes) } else { Err(another()) }
}

/// Where what has arrived of a file lies while it is on its way to a folder.
pub(crate) fn part_of(folder: &Path, file: FileId) -> PathBuf {
    folder.join(format!(".{file}.part"))
}

fn another() -> ChatError {
    ChatError::new(ErrorCode::UnexpectedError).with_message("what arrived is not the file that was sent")
}

fn hex(hash: Context) -> String {
    hash.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn go_on(
    http: &Http,
    link: &FileLink,
    mut part: Part,
    folder: &Path,
    heard: &mut (impl FnMut(u64) + Send),
) -> Result<Part> {
    let headers =
        [("range", format!("bytes={}-", part.length)), ("if-range", format!("\"{}\"", link.sha256))];
    let headers: &[_] = if part.length > 0 { &headers } else { &[] };
    let answer = http.open(Method::GET, &link.path, headers, Outgoing::Nothing);
    let answer = tokio::time::timeout(STALLED, answer).await.map_err(|_| ErrorCode::RequestTimeout)?;
    let answer = answer.map_err(|error| broken(&error))?;
    match answer.status() {
        StatusCode::PARTIAL_CONTENT => {}
        StatusCode::OK if part.length > 0 => part = on_disk(folder, move || part.restart()).await?,
        StatusCode::OK => {}
        StatusCode::UNAUTHORIZED | StatusCode::NOT_FOUND => return Err(ErrorCode::FileMissing.into()),
        status => return Err(broken(&io::Error::other(format!("the server says {status}")))),
    }
    receive(answer.into_body(), part, link.size, folder, heard).await
}

async fn receive(
    mut body: Incoming,
    mut part: Part,
    size: u64,
    folder: &Path,
    heard: &mut (impl FnMut(u64) + Send),
) -> Result<Part> {
    let (mut batch, mut batched) = (Vec::new(), 0usize);
    loop {
        let next = tokio::time::timeout(STALLED, body.frame()).await;
        let end = match next {
            Ok(Some(Ok(frame))) => {
                if let Ok(bytes) = frame.into_data() {
                    batched += bytes.len();
                    batch.push(bytes);
                }
                None
            }
            Ok(None) => Some(Ok(())),
            Ok(Some(Err(error))) => Some(Err(broken(&io::Error::other(error)))),
            Err(_) => Some(Err(ErrorCode::RequestTimeout.into())),
        };
        if part.length.saturating_add(batched as u64) > size {
            return Err(broken(&io::Error::other("more than was announced")));
        }
        if batched >= BATCH || end.is_some() {
            let full = std::mem::take(&mut batch);
            batched = 0;
            part = on_disk(folder, move || part.write(&full)).await?;
            heard(part.length);
        }
        match end {
            None => {}
            Some(Ok(())) if part.length == size => return Ok(part),
            Some(Ok(())) => return Err(broken(&io::ErrorKind::UnexpectedEof.into())),
            Some(Err(error)) => return Err(error),
        }
    }
}

impl Part {
    fn open(path: PathBuf, size: u64) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        // What people sent each other is for the owner of this account.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&path)?;
        let mut length = file.metadata()?.len();
        if length > size {
            file.set_len(0)?;
            length = 0;
        }
        let mut hash = Context::new(&SHA256);
        let mut buffer = vec![0; BATCH];
        file.seek(SeekFrom::Start(0))?;
        loop {
            let read = file.read(&mut buffer)?;
            if read == 0 {
                break;
            }
            hash.update(&buffer[..read]);
        }
        Ok(Self { path, file, length, hash })
    }

    fn restart(mut self) -> io::Result<Self> {
        self.file.set_len(0)?;
        self.file.seek(SeekFrom::Start(0))?;
        Ok(Self { length: 0, hash: Context::new(&SHA256), ..self })
    }

    fn write(mut self, batch: &[Bytes]) -> io::Result<Self> {
        for bytes in batch {
            self.file.write_all(bytes)?;
            self.hash.update(bytes);
            self.length += bytes.len() as u64;
        }
        Ok(self)
    }

    /// Gives the whole file its name. None, and everything is thrown away, when it is not the right one.
    fn finish(self, to: &SaveTo, size: u64, wanted: &str) -> io::Result<Option<PathBuf>> {
        let Self { path, file, length, hash } = self;
        if length != size || hex(hash) != wanted {
            drop(file);
            fs::remove_file(path)?;
            return Ok(None);
        }
        file.sync_all()?;
        drop(file);
        to.take(&path).map(Some)
    }
}

/// Runs what blocks; what the disk says is 2903 with the path.
async fn on_disk<T: Send + 'static>(
    folder: &Path,
    job: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T> {
    let done = spawn_blocking(job).await.map_err(io::Error::other).and_then(|done| done);
    done.map_err(|error| {
        ChatError::new(ErrorCode::UnexpectedError).with_message(format!("{}: {error}", folder.display()))
    })
}

fn broken(error: &io::Error) -> ChatError {
    ChatError::new(ErrorCode::NetworkError).with_message(format!("the download broke off: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_taken_gets_a_number() {
        let dir = tempfile::tempdir().unwrap();
        let save = |name: &str| {
            let part = part_of(dir.path(), FileId::new([1; 16]));
            fs::write(&part, name).unwrap();
            let to = SaveTo::Folder { folder: dir.path().to_owned(), name: name.to_owned() };
            to.take(&part).unwrap()
        };
        for name in ["plan.pdf", "plan (1).pdf", "plan (2).pdf"] {
            assert_eq!(save("../plan.pdf"), dir.path().join(name));
        }
        assert_eq!(save("README"), dir.path().join("README"));
        assert_eq!(fs::read_to_string(dir.path().join("README")).unwrap(), "README");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 4, "nothing is left of the parts");
    }
}
