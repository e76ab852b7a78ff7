//! What pictures and files ask of the account, of the disk and of the desktop.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use hallway_client::media::{self, Frame, Picture, animate, decode, decode_soft};
use hallway_client::{ChatError, Client, ErrorCode, SaveTo, is_program, safe_file_name};
use hallway_protocol::file::FileId;
use hallway_protocol::{Message as ChatMessage, MessageId};
use iced::Task;
use iced::futures::{SinkExt as _, Stream};
use iced::stream;

use super::pictures::{ANIMATION, Detail, Drawn, Key, round, square};
use super::transfers::Stop;
use super::{File, Message};
use crate::fl;
use crate::screen::chats::Message as ChatsMessage;
use crate::theme::tokens::{radius, size};

/// Pixels of the longer side of a picture in the timeline: twice what it is shown at, for dense screens.
const FIT: u32 = 640;
/// Pixels of the longer side of a picture beside a quote.
const SMALL: u32 = 144;
/// Progress is told so often at most.
const TELL_EVERY: Duration = Duration::from_millis(100);

/// A wish.
#[derive(Debug, Clone, PartialEq)]
pub enum Call {
    /// Load and decode a picture of the timeline.
    Picture {
        /// Which.
        key: Key,
        /// Its message.
        message: Arc<ChatMessage>,
        /// Its address.
        url: String,
        /// It may be an animation.
        moves: bool,
    },
    /// How far an own upload is, and whether it is stopped.
    Upload(MessageId),
    /// Where the file of a message was saved before.
    Saved(MessageId, File),
    /// Stop an upload, or let it go on.
    Pause(MessageId, bool),
    /// Ask where to save the file of a message, which has this name.
    AskWhere(Arc<ChatMessage>, String),
    /// Bring a file here.
    Download {
        /// Its message.
        message: Arc<ChatMessage>,
        /// The file.
        file: File,
        /// Where to; without, into the folder for downloads.
        to: Option<PathBuf>,
        /// Ends it.
        stop: Stop,
    },
    /// What has arrived of a file is not wanted any more; where it was to be.
    Discard(FileId, Option<PathBuf>),
    /// Open a file that is here; programs only when the viewer is sure.
    Open(PathBuf, bool),
    /// Show a file in its folder.
    Folder(PathBuf),
}

impl Call {
    /// Does it.
    pub fn run(self, client: &Client) -> Task<ChatsMessage> {
        let client = client.clone();
        match self {
            Self::Download { message, file, to, stop } => {
                let stream = download(client, message, file, to, stop);
                Task::run(stream, ChatsMessage::Media)
            }
            call => {
                Task::future(call.answer(client)).and_then(|answer| Task::done(ChatsMessage::Media(answer)))
            }
        }
    }

    async fn answer(self, client: Client) -> Option<Message> {
        match self {
            Self::Picture { key, message, url, moves } => {
                let drawn = picture(&client, key.detail, &message, &url, moves).await;
                Some(Message::Loaded(key, drawn))
            }
            Self::Upload(id) => {
                let is_paused = client.is_upload_paused(&id).await.unwrap_or(false);
                Some(Message::Upload(id.clone(), client.upload_progress(&id), is_paused))
            }
            Self::Saved(id, file) => {
                let path = client.saved_file(file.id, file.size).await.ok().flatten()?;
                Some(Message::Downloaded(id, Ok(path)))
            }
            Self::Pause(id, is_paused) => {
                let done = match is_paused {
                    true => client.pause_upload(&id).await,
                    false => client.resume_upload(&id).await,
                };
                // It may have been sent in between: nothing to be told.
                done.is_ok().then_some(Message::Upload(id.clone(), client.upload_progress(&id), is_paused))
            }
            Self::Discard(file, to) => {
                let folder = to.map_or_else(folder, |to| Ok(SaveTo::Path(to).folder().to_owned()));
                if let Ok(folder) = folder {
                    client.discard_download(file, &folder).await;
                }
                None
            }
            Self::AskWhere(message, name) => {
                let asking = rfd::AsyncFileDialog::new()
                    .set_title(fl!("save-as"))
                    .set_file_name(safe_file_name(&name));
                let chosen = asking.save_file().await;
                Some(Message::Where(message, chosen.map(|chosen| chosen.path().to_owned())))
            }
            Self::Open(path, sure) => open(path, sure).await,
            Self::Folder(path) => {
                let shown = tokio::task::spawn_blocking(move || show_in_folder(&path)).await;
                let is_shown = shown.is_ok_and(|shown| shown.is_ok());
                (!is_shown).then_some(Message::NotOpened)
            }
            Self::Download { .. } => None,
        }
    }
}

async fn picture(
    client: &Client,
    detail: Detail,
    message: &ChatMessage,
    url: &str,
    moves: bool,
) -> Result<Drawn, ChatError> {
    let bytes = client.load_file(message, url).await?;
    match detail {
        Detail::Small => Ok(square(decode(bytes, SMALL).await?).into()),
        Detail::Soft => Ok(rounded(decode_soft(bytes).await?).into()),
        Detail::Shown => {
            let moves = moves && media::Head::read(&bytes).is_ok_and(|head| head.is_animated());
            // One that is too much for moving pictures is still worth looking at.
            if moves && let Ok(frames) = animate(Arc::clone(&bytes), FIT / 2, ANIMATION).await {
                let round = |frame: Frame| Frame { picture: rounded(frame.picture), ..frame };
                return Ok(Drawn::moving(frames.into_iter().map(round).collect()));
            }
            Ok(rounded(decode(bytes, FIT).await?).into())
        }
    }
}

/// With the corners of a card, at the size it is shown.
fn rounded(mut picture: Picture) -> Picture {
    let longer = picture.width.max(picture.height) as f32;
    round(&mut picture, radius::CARD * (longer / size::PICTURE).max(1.0));
    picture
}

/// The folder for downloads.
fn folder() -> Result<PathBuf, ChatError> {
    let folder = dirs::download_dir().or_else(dirs::home_dir).ok_or(ErrorCode::UnexpectedError)?;
    std::fs::create_dir_all(&folder).map_err(|error| {
        ChatError::new(ErrorCode::UnexpectedError).with_message(format!("{}: {error}", folder.display()))
    })?;
    Ok(folder)
}

fn download(
    client: Client,
    message: Arc<ChatMessage>,
    file: File,
    to: Option<PathBuf>,
    stop: Stop,
) -> impl Stream<Item = Message> {
    stream::channel(8, async move |mut out| {
        let id = message.id.clone();
        let to = match to {
            Some(path) => Ok(SaveTo::Path(path)),
            None => folder().map(|folder| SaveTo::Folder { folder, name: file.name }),
        };
        let to = match to {
            Ok(to) => to,
            Err(error) => {
                let _ = out.send(Message::Downloaded(id, Err(error))).await;
                return;
            }
        };
        let (mut progress, of, mut told) = (out.clone(), id.clone(), None::<Instant>);
        let heard = move |here, total| {
            if told.is_none_or(|told| told.elapsed() >= TELL_EVERY) {
                told = Some(Instant::now());
                // The next one tells as well.
                let _ = progress.try_send(Message::Arrived(of.clone(), here, total));
            }
        };
        let result = tokio::select! {
            done = client.download_file(&message, file.id, to, heard) => done,
            () = stop.told() => return,
        };
        let _ = out.send(Message::Downloaded(id, result)).await;
    })
}

/// Opens a file with the program of the desktop. A program is not opened before the viewer has been asked.
async fn open(path: PathBuf, sure: bool) -> Option<Message> {
    if !tokio::fs::try_exists(&path).await.unwrap_or(false) {
        return Some(Message::Lost(path));
    }
    let opened = tokio::task::spawn_blocking(move || {
        if !sure {
            use std::io::Read;
            let mut head = Vec::new();
            std::fs::File::open(&path)?.take(64).read_to_end(&mut head)?;
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            if is_program(&name, &head) {
                return Ok(Some(Message::IsProgram(path)));
            }
        }
        open::that_detached(&path).map(|()| None)
    });
    match opened.await {
        Ok(Ok(message)) => message,
        _ => Some(Message::NotOpened),
    }
}

fn show_in_folder(path: &Path) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(path);
    #[cfg(target_os = "windows")]
    {
        let mut select = std::ffi::OsString::from("/select,");
        select.push(path);
        std::process::Command::new("explorer").arg(select).spawn().map(drop)?;
        let _ = folder;
        Ok(())
    }
    #[cfg(target_os = "macos")]
    {
        let _ = folder;
        std::process::Command::new("open").arg("-R").arg(path).spawn().map(drop)
    }
    #[cfg(not(any(target_os = "windows", target_os = "macos")))]
    open::that_detached(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of a file that is a program nothing is started before the viewer was asked.
    #[tokio::test]
    async fn a_program_is_asked_about() {
        let path = std::env::temp_dir().join(format!("hallway-holiday-{}.jpg", std::process::id()));
        std::fs::write(&path, b"#!/bin/sh\nexit 1\n").unwrap();
        let answer = open(path.clone(), false).await;
        assert!(matches!(answer, Some(Message::IsProgram(found)) if found == path));
        std::fs::remove_file(path).unwrap();
    }
}
