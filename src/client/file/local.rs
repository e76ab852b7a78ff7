//! The addresses of a payload: paths on this computer until its files are uploaded, the server's afterwards.
//!
//! A path stands as `local:{path}` where the address will be. The server takes no such address, so a path never leaves
//! this computer; in the local copy it is encrypted like the rest.

use std::path::Path;

use hallway_protocol::file::{FileId, FileKind};
use hallway_protocol::message::Payload;
use hallway_protocol::{ChatError, ErrorCode};

use crate::Result;

/// What the address of a file on this computer begins with.
pub const PREFIX: &str = "local:";

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

/// The address of a file on this computer. Paths that are no Unicode cannot be kept: 2401.
pub fn address(path: &Path) -> Result<String> {
    let text = path.to_str().ok_or_else(|| {
        ChatError::new(ErrorCode::FileMissing).with_message("the path of the file is no Unicode")
    })?;
    Ok(format!("{PREFIX}{text}"))
}

/// The path of an address; none for the server's.
pub fn path_of(url: &str) -> Option<&Path> {
    url.strip_prefix(PREFIX).map(Path::new)
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
    match payload {
        Payload::Image(image) => image.variants.iter().any(|variant| path_of(&variant.url).is_some()),
        Payload::Audio(audio) => path_of(&audio.url).is_some(),
        Payload::Video(video) => {
            path_of(&video.video_url).is_some() || path_of(&video.snapshot_url).is_some()
        }
        Payload::File(file) => path_of(&file.file_url).is_some(),
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
