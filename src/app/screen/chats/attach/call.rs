//! What choosing and sending ask of the desktop and of the account.

use std::path::PathBuf;
use std::sync::Arc;

use hallway_client::media::{self, Format};
use hallway_client::{Client, FileSource, MessageOptions, SendOptions};
use iced::Task;
use iced::widget::image::Handle;
use tokio::sync::Semaphore;

use super::{ALBUM, FIELD, Looked, Message, Parcel, Unsent, What, message};
use crate::fl;
use crate::screen::chats::Message as ChatsMessage;

/// Pixels of a picture in the dialog: twice what it is shown at.
const PREVIEW: u32 = 96;
/// Bytes that tell what a file is.
const HEAD: u64 = 16;

/// A hundred photographs that were chosen together are not in memory together.
static LOOKING: Semaphore = Semaphore::const_new(2);

/// A wish.
#[derive(Debug, Clone, PartialEq)]
pub enum Call {
    /// Ask the desktop for files; for pictures and films only, or for any.
    Pick(bool),
    /// Look at the clipboard.
    Paste,
    /// Look at something chosen.
    Look(u64, FileSource),
    /// Into the outbox, one after the other.
    Send(Parcel),
}

impl Call {
    /// Does it.
    pub fn run(self, client: &Client) -> Task<ChatsMessage> {
        let client = client.clone();
        Task::perform(
            async move {
                match self {
                    Self::Pick(media) => pick(media).await,
                    Self::Paste => paste().await,
                    Self::Look(number, source) => Message::Looked(number, Box::new(look(source).await)),
                    Self::Send(parcel) => Message::Sent(send(&client, parcel).await),
                }
            },
            message,
        )
    }
}

async fn pick(media: bool) -> Message {
    let mut asking = rfd::AsyncFileDialog::new();
    if media {
        let endings = ["jpg", "jpeg", "png", "gif", "webp", "bmp", "mp4", "mov", "m4v"];
        asking = asking.set_title(fl!("attach-media")).add_filter(fl!("attach-media"), &endings);
    } else {
        asking = asking.set_title(fl!("attach-file"));
    }
    let chosen = asking.pick_files().await.unwrap_or_default();
    Message::Chosen(chosen.iter().map(|file| FileSource::Path(file.path().to_owned())).collect(), !media)
}

/// Files first, because a file manager offers their names as words; words next, because programs that copy words often
/// offer a picture of them.
async fn paste() -> Message {
    let found = tokio::task::spawn_blocking(|| {
        let mut clipboard = arboard::Clipboard::new().ok()?;
        let files: Vec<PathBuf> = clipboard.get().file_list().unwrap_or_default();
        let files: Vec<FileSource> =
            files.into_iter().filter(|path| path.is_absolute()).map(Into::into).collect();
        if !files.is_empty() {
            return Some(Message::Chosen(files, false));
        }
        if let Ok(words) = clipboard.get_text()
            && !words.is_empty()
        {
            return Some(Message::Words(words));
        }
        let image = clipboard.get_image().ok()?;
        let (width, height) = (u32::try_from(image.width).ok()?, u32::try_from(image.height).ok()?);
        let png = media::to_png(width, height, image.bytes.into_owned())?;
        let name = format!("{}.png", fl!("clipboard-picture"));
        Some(Message::Chosen(vec![FileSource::Bytes { name, bytes: png.into() }], false))
    });
    found.await.ok().flatten().unwrap_or(Message::Words(String::new()))
}

/// What something is, by its content. A picture that is more than is ever decoded is sent as a file.
async fn look(source: FileSource) -> Looked {
    let plain = Looked { what: What::File, preview: None };
    let Ok(_turn) = LOOKING.acquire().await else { return plain };
    let looked = tokio::task::spawn_blocking(move || {
        use std::io::Read;
        let bytes: Arc<[u8]> = match source {
            FileSource::Bytes { bytes, .. } => bytes,
            FileSource::Path(path) => {
                let mut file = std::fs::File::open(path).ok()?;
                let mut head = Vec::new();
                file.by_ref().take(HEAD).read_to_end(&mut head).ok()?;
                if head.get(4..8) == Some(b"ftyp") && !is_still(&head) {
                    return Some(Err(What::Film));
                }
                Format::of(&head)?;
                file.take(media::SENT_BYTES).read_to_end(&mut head).ok()?;
                // What is larger than a picture that is sent as such is sent as a file.
                Some(head).filter(|bytes| (bytes.len() as u64) < media::SENT_BYTES)?.into()
            }
        };
        Format::of(&bytes).map(|_| Ok(bytes))
    });
    match looked.await.ok().flatten() {
        Some(Ok(bytes)) => match media::decode(bytes, PREVIEW).await {
            Ok(small) => {
                let preview = Handle::from_rgba(small.width, small.height, small.rgba);
                Looked { what: What::Photo, preview: Some(preview) }
            }
            Err(_) => plain,
        },
        Some(Err(what)) => Looked { what, preview: None },
        None => plain,
    }
}

/// HEIC and AVIF are kept in the same box as films.
fn is_still(head: &[u8]) -> bool {
    matches!(head.get(8..12), Some(b"heic" | b"heix" | b"mif1" | b"msf1" | b"avif" | b"avis"))
}

/// Puts everything into the outbox; what could not be.
async fn send(client: &Client, parcel: Parcel) -> Unsent {
    let Parcel { to, items, compress, caption, receiver_list } = parcel;
    let options = MessageOptions { receiver_list, ..MessageOptions::default() };
    let place = to.clone();
    let photos = items.iter().filter(|(_, what)| *what == What::Photo).count();
    let mut failed = Vec::new();
    // The id of its first picture is a word that no other album has.
    let (mut album, mut in_album) = (None::<String>, 0);
    for (source, what) in items {
        let again = source.clone();
        let options = options.clone();
        let made = match what {
            What::Photo => {
                let made = client.create_image_message(to.clone(), source, compress, options).await;
                made.map(|mut message| {
                    if in_album == ALBUM {
                        (album, in_album) = (None, 0);
                    }
                    in_album += 1;
                    let word = album.get_or_insert_with(|| message.id.to_string());
                    if photos > 1 {
                        message.cloud_custom_data = format!(r#"{{"{FIELD}":"{word}"}}"#);
                    }
                    message
                })
            }
            What::Film => match &source {
                FileSource::Path(path) => client.create_video_message(to.clone(), path, options).await,
                FileSource::Bytes { .. } => client.create_file_message(to.clone(), source, options).await,
            },
            What::File => client.create_file_message(to.clone(), source, options).await,
        };
        let sent = match made {
            Ok(message) => client.enqueue_message(message, SendOptions::default()).await,
            Err(error) => Err(error),
        };
        failed.extend(sent.err().map(|error| (again, error)));
    }
    let mut unsaid = None;
    if !caption.is_empty() {
        let sent = match client.create_text_message(to, &caption, options) {
            Ok(message) => client.enqueue_message(message, SendOptions::default()).await,
            Err(error) => Err(error),
        };
        unsaid = sent.err().map(|error| (caption, error));
    }
    Unsent { to: place, items: failed, caption: unsaid }
}
