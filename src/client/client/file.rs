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
use crate::cache::{kept, media as shown, outbox};
use crate::engine::Command;
use crate::file::local::Address;
use crate::file::{SaveTo, UploadPlugin, download, fetch, mark_foreign, part_of};
use crate::media::{self, Film};

/// What a message is made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileSource {
    /// A file on this computer. Pictures are copied when the message is made; others are read when they are sent and must stay where they
    /// are until then.
    Path(PathBuf),
    /// Bytes without a file (a picture from the clipboard, a recording), and what to call them. They are kept in the
    /// encrypted local copy until they are sent, also over a restart.
    Bytes {
        /// What others will see.
        name: String,
        /// The content.
        bytes: Arc<[u8]>,
    },
}

impl From<&Path> for FileSource {
    fn from(path: &Path) -> Self {
        Self::Path(path.to_owned())
    }
}

impl From<PathBuf> for FileSource {
    fn from(path: PathBuf) -> Self {
        Self::Path(path)
    }
}

impl FileSource {
    /// What it is called.
    pub fn name(&self) -> &str {
        match self {
            Self::Path(path) => path.file_name().and_then(|name| name.to_str()).unwrap_or_default(),
            Self::Bytes { name, .. } => name,
        }
    }

    /// Bytes; none when there is no such file, or no file but something else.
    pub fn size(&self) -> Option<u64> {
        match self {
            Self::Path(path) => {
                std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file).map(|found| found.len())
            }
            Self::Bytes { bytes, .. } => Some(bytes.len() as u64),
        }
    }
}

impl Client {
    /// A file, not sent yet (MSG-27). It is uploaded when its turn in the outbox comes.
    ///
    /// # Errors
    ///
    /// 2401 when it is not there, 2108 when it is empty, 2402 when it is larger than [`hallway_protocol::Limits::file_bytes`];
    /// otherwise as [`Self::create_text_message`].
    pub async fn create_file_message(
        &self,
        to: ConversationId,
        source: impl Into<FileSource>,
        options: MessageOptions,
    ) -> Result<Message> {
        let source = source.into();
        let file_size = self.size_of(&source, FileKind::File)?;
        let mut file_name = source.name().to_owned();
        if file_name.is_empty() {
            return Err(ErrorCode::FileMissing.into());
        }
        while file_name.len() > FILE_NAME_BYTES {
            file_name.pop();
        }
        let file_url = self.place(source).await?;
        self.create_message(
            to,
            Payload::File(FilePayload { uuid: String::new(), file_name, file_url, file_size }),
            options,
        )
    }

    /// One picture, not sent yet (MSG-22), in all sizes of OBJ-61: turned the right way up, and without what it tells about where
    /// and with what it was taken. `compress` sends no more than 1920 px instead of the original.
    ///
    /// # Errors
    ///
    /// 2251 when it is not there, 2252 when it is no picture of a known format or is damaged, 2108 empty, 2253 too large:
    /// more than [`hallway_protocol::Limits::image_bytes`], [`media::SENT_BYTES`], or [`media::LIMITS`].
    pub async fn create_image_message(
        &self,
        to: ConversationId,
        source: impl Into<FileSource>,
        compress: bool,
        options: MessageOptions,
    ) -> Result<Message> {
        let source = source.into();
        self.size_of(&source, FileKind::Image)?;
        let prepared = media::prepared(read(source, FileKind::Image).await?, compress).await?;
        let mut variants: Vec<ImageVariant> = Vec::with_capacity(prepared.sizes.len());
        for sized in prepared.sizes {
            let (size, url) = match (sized.bytes, variants.first()) {
                (Some(bytes), _) => (bytes.len() as u64, self.keep(bytes.into()).await?),
                (None, Some(original)) => (original.size, original.url.clone()),
                (None, None) => continue,
            };
            let (variant, width, height) = (sized.variant, sized.width, sized.height);
            variants.push(ImageVariant { variant, width, height, size, url });
        }
        let image_format = prepared.format.number();
        let image = ImagePayload { uuid: String::new(), image_format, variants };
        self.create_message(to, Payload::Image(image), options)
    }

    /// A sound, not sent yet (MSG-23). Its length is rounded up to seconds.
    ///
    /// # Errors
    ///
    /// 2301 when it is not there or too large, 2108 when it is empty.
    pub async fn create_audio_message(
        &self,
        to: ConversationId,
        source: impl Into<FileSource>,
        duration_ms: u64,
        options: MessageOptions,
    ) -> Result<Message> {
        let source = source.into();
        let size = self.size_of(&source, FileKind::Audio)?;
        let second = u32::try_from(duration_ms.div_ceil(1000)).unwrap_or(u32::MAX).max(1);
        let audio = AudioPayload { uuid: String::new(), url: self.place(source).await?, size, second };
        self.create_message(to, Payload::Audio(audio), options)
    }

    /// A film, not sent yet (MSG-24), with its length and shape from its index. The picture in its place is a neutral one
    /// (OBJ-63).
    ///
    /// # Errors
    ///
    /// 2352 when it is neither MP4 nor QuickTime, 2351 too large, 2108 empty, 2401 when it is not there.
    pub async fn create_video_message(
        &self,
        to: ConversationId,
        path: &Path,
        options: MessageOptions,
    ) -> Result<Message> {
        let video_size = self.size_of(&path.into(), FileKind::Video)?;
        let (opened, wanted) = (path.to_owned(), ErrorCode::FileMissing);
        let looked = tokio::task::spawn_blocking(move || {
            let film = Film::read(&mut std::fs::File::open(opened)?)?;
            Ok::<_, std::io::Error>(film.and_then(|film| Some((media::neutral(&film)?, film))))
        });
        let looked = looked.await.map_err(|_| wanted)?.map_err(|_| wanted)?;
        let ((snapshot_width, snapshot_height, snapshot), film) =
            looked.ok_or(ErrorCode::VideoFormatUnsupported)?;
        let video = VideoPayload {
            video_uuid: String::new(),
            video_url: Address::of_path(path)?.to_string(),
            video_format: film.format.to_owned(),
            video_size,
            video_second: u32::try_from(film.duration_ms.div_ceil(1000)).unwrap_or(u32::MAX),
            snapshot_url: self.keep(snapshot.into()).await?,
            snapshot_width,
            snapshot_height,
        };
        self.create_message(to, Payload::Video(video), options)
    }

    /// Bytes of a file that may be sent as this kind.
    fn size_of(&self, source: &FileSource, kind: FileKind) -> Result<u64> {
        let missing = match kind {
            FileKind::Image => ErrorCode::ImageMissing,
            FileKind::Audio => ErrorCode::AudioTooLarge,
            FileKind::Video | FileKind::File => ErrorCode::FileMissing,
        };
        let size = source.size().ok_or(missing)?;
        kind.check_size(size, &self.inner.shared.limits())?;
        Ok(size)
    }

    /// The address of a source; bytes are kept first.
    async fn place(&self, source: FileSource) -> Result<String> {
        match source {
            FileSource::Path(path) => Ok(Address::of_path(&path)?.to_string()),
            FileSource::Bytes { bytes, .. } => self.keep(bytes).await,
        }
    }

    /// Keeps bytes until their message is sent, and gives their address.
    async fn keep(&self, bytes: Arc<[u8]>) -> Result<String> {
        let id = format!("{:032x}", rand::random::<u128>());
        let address = Address::Kept(id.clone()).to_string();
        self.account()?.cache.write(move |db| kept::add(db, &id, &bytes)).await?;
        Ok(address)
    }

    /// The bytes of a picture, a sound or another small file of a message: `url` is its address in the payload, at this
    /// computer or at the server. What was fetched is kept in the encrypted local copy.
    ///
    /// # Errors
    ///
    /// 2401 when it is not on this computer any more; 2402 for more than 20 MB; otherwise as [`Self::download_file`].
    pub async fn load_file(&self, message: &Message, url: &str) -> Result<Arc<[u8]>> {
        let account = self.account()?;
        let file = match (Address::parse(url), FileId::of_url(url)) {
            (Some(Address::Path(path)), _) => return read(path.into(), FileKind::File).await,
            (Some(Address::Kept(id)), _) => {
                let bytes = account.cache.read(move |db| kept::all(db, &id)).await?;
                return if bytes.is_empty() { Err(ErrorCode::FileMissing.into()) } else { Ok(bytes.into()) };
            }
            (None, Some(file)) => file,
            (None, None) => return Err(ErrorCode::FileMissing.into()),
        };
        if let Some(bytes) = account.cache.read(move |db| shown::get(db, file)).await? {
            account.cache.write(move |db| shown::touch(db, file)).await?;
            return Ok(bytes.into());
        }
        let _turn = self.inner.fetches.acquire().await;
        let link = self.link(message, file).await?;
        if link.size > SHOWN {
            return Err(ErrorCode::FileTooLarge.into());
        }
        let http = account.connector.http().await.map_err(ChatError::from)?;
        let bytes: Arc<[u8]> = fetch(&http, &link, &[]).await?.into();
        let kept = Arc::clone(&bytes);
        account.cache.write(move |db| shown::put(db, file, &kept, shown::MOST)).await?;
        Ok(bytes)
    }

    async fn link(&self, message: &Message, uuid: FileId) -> Result<hallway_protocol::method::FileLink> {
        let (conversation_id, sequence) = (message.conversation_id.clone(), message.sequence);
        self.rpc()?.call(&GetFileLink { conversation_id, sequence, uuid }).await
    }

    /// Where a file was saved last on this computer by [`Self::download_file`], if it is still there with its size.
    pub async fn saved_file(&self, file: FileId, size: u64) -> Result<Option<PathBuf>> {
        let path = self.account()?.cache.read(move |db| shown::saved_at(db, file)).await?;
        Ok(path.filter(|path| FileSource::Path(path.clone()).size() == Some(size)))
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

    /// Whether the upload of a message was stopped, maybe before a restart.
    pub async fn is_upload_paused(&self, id: &MessageId) -> Result<bool> {
        let id = id.clone();
        Ok(self.account()?.cache.read(move |db| outbox::is_paused(db, &id)).await?)
    }

    /// Bytes of a message's files that are sent, and of all of them (OBJ-48); none when none are on their way.
    pub fn upload_progress(&self, id: &MessageId) -> Option<(u64, u64)> {
        self.inner.shared.upload(id)
    }

    /// The plugin that brings files from now on, instead of the built-in one that the server wishes for (SES-19); none makes
    /// messages with files fail with 2040.
    pub fn register_upload_plugin(&self, plugin: Option<Arc<dyn UploadPlugin>>) {
        self.inner.shared.set_upload_plugin(plugin);
    }

    /// Fetches a file of a message and puts it where it is wanted when it is whole and proved to be what was sent; where it is
    /// then. `heard` is told bytes that are here and bytes in the end. Dropping the future stops it; asking again for the
    /// same folder goes on where it stopped, also after a restart.
    ///
    /// # Errors
    ///
    /// 2805 and 2999 without a connection; 20022, in groups 10030, when the message or its file is gone; 2800 and 2801 when
    /// the connection broke (asking again goes on); 2903 when the disk refuses, or when what came is not the file.
    pub async fn download_file(
        &self,
        message: &Message,
        file: FileId,
        to: SaveTo,
        mut heard: impl FnMut(u64, u64) + Send,
    ) -> Result<PathBuf> {
        let account = self.account()?;
        let link = self.link(message, file).await?;
        let http = account.connector.http().await.map_err(ChatError::from)?;
        let size = link.size;
        let path = download(&http, &link, file, to, |here| heard(here, size)).await?;
        let (marked, saved) = (path.clone(), path.clone());
        // A file system that cannot say so is no reason to lose the file.
        let _ = tokio::task::spawn_blocking(move || mark_foreign(&marked)).await;
        account.cache.write(move |db| shown::saved(db, file, &saved)).await?;
        Ok(path)
    }

    /// Removes what [`Self::download_file`] has left in a folder of a file that is not wanted any more.
    pub async fn discard_download(&self, file: FileId, folder: &Path) {
        let part = part_of(folder, file);
        // There may be nothing.
        let _ = tokio::task::spawn_blocking(move || std::fs::remove_file(part)).await;
    }
}

/// Most bytes of a file that is loaded into memory.
const SHOWN: u64 = 20_000_000;

/// The content of a source.
async fn read(source: FileSource, kind: FileKind) -> Result<Arc<[u8]>> {
    let missing = if kind == FileKind::Image { ErrorCode::ImageMissing } else { ErrorCode::FileMissing };
    let most = if kind == FileKind::Image { media::SENT_BYTES } else { SHOWN };
    match source {
        FileSource::Bytes { bytes, .. } => Ok(bytes),
        FileSource::Path(path) => {
            let read = tokio::task::spawn_blocking(move || {
                use std::io::Read;
                let mut bytes = Vec::new();
                // It may have grown since it was measured.
                std::fs::File::open(path)?.take(most + 1).read_to_end(&mut bytes)?;
                Ok::<_, std::io::Error>(bytes)
            });
            let bytes = read.await.map_err(|_| missing)?.map_err(|_| missing)?;
            match bytes.len() as u64 {
                0 => Err(ErrorCode::FileEmpty.into()),
                length if length <= most => Ok(bytes.into()),
                _ if kind == FileKind::Image => Err(ErrorCode::ImageTooLarge.into()),
                _ => Err(ErrorCode::FileTooLarge.into()),
            }
        }
    }
}
