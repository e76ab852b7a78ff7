//! The addresses of a payload: places on this computer until its files are uploaded, the server's afterwards.
//!
//! `local:{path}` stands for a file on the disk, `kept:{id}` for bytes in the encrypted local copy. The server takes no such
//! address, so a path never leaves this computer; in the local copy it is encrypted like the rest.

use std::fmt;
use std::path::{Path, PathBuf};

use hallway_protocol::file::{FileId, FileKind};
use hallway_protocol::message::Payload;
use hallway_protocol::{ChatError, ErrorCode};

use crate::Result;

const PATH: &str = "local:";
const KEPT: &str = "kept:";

/// A place on this computer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// A file on the disk.
    Path(PathBuf),
    /// Bytes in the local copy, by their id.
    Kept(String),
}

impl Address {
    /// Of a file on the disk. Paths that are no Unicode cannot be kept: 2401.
    pub fn of_path(path: &Path) -> Result<Self> {
        path.to_str().ok_or_else(|| {
            ChatError::new(ErrorCode::FileMissing).with_message("the path of the file is no Unicode")
        })?;
        Ok(Self::Path(path.to_owned()))
    }

    /// The place of an address; none for the server's.
    pub fn parse(url: &str) -> Option<Self> {
        match (url.strip_prefix(PATH), url.strip_prefix(KEPT)) {
            (Some(path), _) => Some(Self::Path(path.into())),
            (None, Some(id)) => Some(Self::Kept(id.to_owned())),
            (None, None) => None,
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // Checked when it was made.
            Self::Path(path) => write!(f, "{PATH}{}", path.to_string_lossy()),
            Self::Kept(id) => write!(f, "{KEPT}{id}"),
        }
    }
}

/// An address of a payload that can be filled in.
pub struct Place<'a> {
    /// As what the file is sent.
    pub kind: FileKind,
    /// The address.
    pub url: &'a mut String,
    /// The id beside it, where there is one.
    pub uuid: Option<&'a mut String>,
    /// The size beside it, where there is one.
    pub size: Option<&'a mut u64>,
}

/// The addresses of a payload in their order.
pub fn places(payload: &mut Payload) -> Vec<Place<'_>> {
    match payload {
        Payload::Image(image) => {
            let mut uuid = Some(&mut image.uuid);
            image
                .variants
                .iter_mut()
                .map(|variant| Place {
                    kind: FileKind::Image,
                    url: &mut variant.url,
                    uuid: if variant.variant == 0 { uuid.take() } else { None },
                    size: Some(&mut variant.size),
                })
                .collect()
        }
        Payload::Audio(audio) => vec![Place {
            kind: FileKind::Audio,
            url: &mut audio.url,
            uuid: Some(&mut audio.uuid),
            size: Some(&mut audio.size),
        }],
        Payload::Video(video) => vec![
            Place {
                kind: FileKind::Video,
                url: &mut video.video_url,
                uuid: Some(&mut video.video_uuid),
                size: Some(&mut video.video_size),
            },
            Place { kind: FileKind::Image, url: &mut video.snapshot_url, uuid: None, size: None },
        ],
        Payload::File(file) => vec![Place {
            kind: FileKind::File,
            url: &mut file.file_url,
            uuid: Some(&mut file.uuid),
            size: Some(&mut file.file_size),
        }],
        _ => Vec::new(),
    }
}

/// Whether files of a payload are still on this computer only.
pub fn is_local(payload: &Payload) -> bool {
    let is_here = |url: &str| Address::parse(url).is_some();
    match payload {
        Payload::Image(image) => image.variants.iter().any(|variant| is_here(&variant.url)),
        Payload::Audio(audio) => is_here(&audio.url),
        Payload::Video(video) => is_here(&video.video_url) || is_here(&video.snapshot_url),
        Payload::File(file) => is_here(&file.file_url),
        _ => false,
    }
}

/// Puts the server's address in the place of a path.
pub fn settle(place: Place<'_>, file: FileId, size: u64) {
    *place.url = file.url();
    if let Some(uuid) = place.uuid {
        *uuid = file.to_string();
    }
    if let Some(said) = place.size {
        *said = size;
    }
}
