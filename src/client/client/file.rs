//! Messages with files: making them, stopping and going on with uploads, and fetching files (spec part 2).

use std::path::{Path, PathBuf};
use std::sync::Arc;

use hallway_protocol::file::{FILE_NAME_BYTES, FileId, FileKind};
use hallway_protocol::message::{
    AudioPayload, FilePayload, ImagePayload, ImageVariant, Payload, VideoPayload,
};
use hallway_protocol::method::GetFileLink;
use hallway_protocol::{ChatError, ConversationId, ErrorCode, Message, MessageId};

use super::{Client, MessageOptions};
use crate::Result;
use crate::engine::Command;
use crate::file::{UploadPlugin, download, local};

/// First bytes that tell what a file is.
const HEAD: usize = 16;

/// A picture in one of its sizes (OBJ-61), on this computer.
#[derive(Clone, Debug)]
pub struct ImageFile {
    /// 0 original, 1 thumbnail (198 px), 2 large (720 px).
    pub variant: u8,
    /// Where it is.
    pub path: PathBuf,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

/// The first picture of a film (OBJ-63), on this computer.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Where it is.
    pub path: PathBuf,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

impl Client {
    /// A file, not sent yet (MSG-27). It is uploaded when its turn in the outbox comes; it must stay where it is until
    /// then.
    ///
    /// # Errors
    ///
    /// 2401 when it is not there, 2108 when it is empty, 2402 when it is larger than [`hallway_protocol::Limits::file_bytes`];
    /// otherwise as [`Self::create_text_message`].
    pub fn create_file_message(
        &self,
        to: ConversationId,
        path: &Path,
        options: MessageOptions,
    ) -> Result<Message> {
        let file_size = self.size_of(path, FileKind::File)?;
        let name = path.file_name().and_then(|name| name.to_str()).ok_or(ErrorCode::FileMissing)?;
        let mut file_name = name.to_owned();
        while file_name.len() > FILE_NAME_BYTES {
            file_name.pop();
        }
        let file_url = local::address(path)?;
        self.create_message(
            to,
            Payload::File(FilePayload { uuid: String::new(), file_name, file_url, file_size }),
            options,
        )
    }

    /// One picture in up to three sizes, the original among them; not sent yet (MSG-22).
    ///
    /// # Errors
    ///
    /// 2251 without an original, 2252 when it is no picture of a known format, 2108 empty, 2253 too large.
    pub fn create_image_message(
        &self,
        to: ConversationId,
        images: &[ImageFile],
        options: MessageOptions,
    ) -> Result<Message> {
        let original = images.iter().find(|image| image.variant == 0).ok_or(ErrorCode::ImageMissing)?;
        let image_format = image_format(&head(&original.path)?).ok_or(ErrorCode::ImageFormatUnsupported)?;
        let mut variants = Vec::with_capacity(images.len());
        for image in images {
            variants.push(ImageVariant {
                variant: image.variant,
                width: image.width,
                height: image.height,
                size: self.size_of(&image.path, FileKind::Image)?,
                url: local::address(&image.path)?,
            });
        }
        self.create_message(
            to,
            Payload::Image(ImagePayload { uuid: String::new(), image_format, variants }),
            options,
        )
    }

    /// A sound, not sent yet (MSG-23). Its length is rounded up to seconds.
    ///
    /// # Errors
    ///
    /// 2301 when it is not there or too large, 2108 when it is empty.
    pub fn create_audio_message(
        &self,
        to: ConversationId,
        path: &Path,
        duration_ms: u64,
        options: MessageOptions,
    ) -> Result<Message> {
        let size = self.size_of(path, FileKind::Audio)?;
        let second = u32::try_from(duration_ms.div_ceil(1000)).unwrap_or(u32::MAX).max(1);
        let audio = AudioPayload { uuid: String::new(), url: local::address(path)?, size, second };
        self.create_message(to, Payload::Audio(audio), options)
    }

    /// A film with or without its first picture, not sent yet (MSG-24).
    ///
    /// # Errors
    ///
    /// 2352 when it is neither MP4 nor QuickTime, 2351 too large, 2108 empty, 2401 when it is not there.
    pub fn create_video_message(
        &self,
        to: ConversationId,
        path: &Path,
        duration_ms: u64,
        snapshot: Option<&Snapshot>,
        options: MessageOptions,
    ) -> Result<Message> {
        let video_size = self.size_of(path, FileKind::Video)?;
        let head = head(path)?;
        let video_format = match (head.get(4..8), head.get(8..12)) {
            (Some(b"ftyp"), Some(b"qt  ")) => "mov",
            (Some(b"ftyp"), Some(_)) => "mp4",
            _ => return Err(ErrorCode::VideoFormatUnsupported.into()),
        };
        if let Some(snapshot) = snapshot {
            self.size_of(&snapshot.path, FileKind::Image)?;
        }
        let video = VideoPayload {
            video_uuid: String::new(),
            video_url: local::address(path)?,
            video_format: video_format.to_owned(),
            video_size,
            video_second: u32::try_from(duration_ms.div_ceil(1000)).unwrap_or(u32::MAX),
            snapshot_url: snapshot.map_or(Ok(String::new()), |snapshot| local::address(&snapshot.path))?,
            snapshot_width: snapshot.map_or(0, |snapshot| snapshot.width),
            snapshot_height: snapshot.map_or(0, |snapshot| snapshot.height),
        };
        self.create_message(to, Payload::Video(video), options)
    }

    /// Bytes of a file that may be sent as this kind.
    fn size_of(&self, path: &Path, kind: FileKind) -> Result<u64> {
        let missing = match kind {
            FileKind::Image => ErrorCode::ImageMissing,
            FileKind::Audio => ErrorCode::AudioTooLarge,
            FileKind::Video | FileKind::File => ErrorCode::FileMissing,
        };
        let found = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file).ok_or(missing)?;
        kind.check_size(found.len(), &self.inner.shared.limits())?;
        Ok(found.len())
    }

    /// Stops the upload of a message where it is; it stays in the outbox, also over a restart. Messages after it are sent
    /// meanwhile. 2905 when there is nothing to be stopped.
    pub async fn pause_upload(&self, id: &MessageId) -> Result<()> {
        self.ask(|reply| Command::PauseUpload(id.clone(), true, reply)).await
    }

    /// Goes on with an upload that was stopped, where it stopped. 2905 when it was not.
    ///
    /// [`Self::cancel_message`] gives it up.
    pub async fn resume_upload(&self, id: &MessageId) -> Result<()> {
        self.ask(|reply| Command::PauseUpload(id.clone(), false, reply)).await
    }

    /// Bytes of a message's files that are sent, and of all of them (OBJ-48); none when none are on their way.
    pub fn upload_progress(&self, id: &MessageId) -> Option<(u64, u64)> {
        self.inner.shared.upload(id)
    }

    /// The plugin that brings files to the server from now on (SES-19); none makes messages with files fail with 2040.
    pub fn register_upload_plugin(&self, plugin: Option<Arc<dyn UploadPlugin>>) {
        self.inner.shared.set_upload_plugin(plugin);
    }

    /// Fetches a file of a message and puts it at `target`, replacing what is there, when it is whole and proved to be what
    /// was sent. `heard` is told bytes that are here and bytes in the end. Dropping the future stops it; asking again for
    /// the same target goes on where it stopped, also after a restart. To choose a name, see [`crate::safe_file_name`].
    ///
    /// # Errors
    ///
    /// 2805 and 2999 without a connection; 20022, in groups 10030, when the message or its file is gone; 2800 and 2801 when
    /// the connection broke (asking again goes on); 2903 when the disk refuses, or when what came is not the file.
    pub async fn download_file(
        &self,
        message: &Message,
        file: FileId,
        target: &Path,
        mut heard: impl FnMut(u64, u64) + Send,
    ) -> Result<()> {
        let account = self.account()?;
        let (conversation_id, sequence) = (message.conversation_id.clone(), message.sequence);
        let link = self.rpc()?.call(&GetFileLink { conversation_id, sequence, uuid: file }).await?;
        let http = account.connector.http().await.map_err(ChatError::from)?;
        let size = link.size;
        download(&http, &link, target, |here| heard(here, size)).await
    }
}

/// The first bytes of a file.
fn head(path: &Path) -> Result<Vec<u8>> {
    use std::io::Read;
    let mut head = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(HEAD as u64).read_to_end(&mut head));
    read.map_err(|_| ErrorCode::FileMissing)?;
    Ok(head)
}

/// OBJ-61: 1 jpg, 2 gif, 3 png, 4 bmp, 255 other; none for what is no picture.
fn image_format(head: &[u8]) -> Option<u8> {
    Some(match head {
        [0xff, 0xd8, 0xff, ..] => 1,
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => 2,
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => 3,
        [b'B', b'M', ..] => 4,
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => 255,
        _ => return None,
    })
}
