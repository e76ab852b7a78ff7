//! Files behind messages: what they are called, which ones a message refers to, and how they are got at.
//!
//! A message carries names, never bytes. A [`FileId`] is made by the server for each upload; it is no secret and
//! gives no right: who may fetch a file follows from the messages that refer to it. In payloads a file stands as
//! `file/{id}` in every field that holds an address, and its id once more in `uuid` (OBJ-61 to OBJ-64). How files
//! travel is told in `README.md`, section 10.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::ErrorCode;
use crate::limits::Limits;
use crate::message::{ImagePayload, MergerPayload, Payload};

/// What an address of a file begins with.
const PREFIX: &str = "file/";
/// Longest name of a file, in bytes.
pub const FILE_NAME_BYTES: usize = 255;

/// A stored file: 32 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId([u8; 16]);

impl FileId {
    /// From random bytes.
    pub const fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub const fn bytes(self) -> [u8; 16] {
        self.0
    }

    /// As it stands in the address fields of a payload: `file/{id}`.
    pub fn url(self) -> String {
        format!("{PREFIX}{self}")
    }

    /// The file of an address; none for an address of anything else.
    pub fn of_url(url: &str) -> Option<Self> {
        url.strip_prefix(PREFIX)?.parse().ok()
    }
}

impl fmt::Display for FileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for FileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Not 32 lower-case hex digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("FileId is malformed")]
pub struct NotAFileId;

impl FromStr for FileId {
    type Err = NotAFileId;

    fn from_str(text: &str) -> Result<Self, NotAFileId> {
        let digit = |byte: u8| match byte {
            b'0'..=b'9' => Ok(byte.wrapping_sub(b'0')),
            b'a'..=b'f' => Ok(byte.wrapping_sub(b'a').wrapping_add(10)),
            _ => Err(NotAFileId),
        };
        let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return Err(NotAFileId) };
        let mut id = [0; 16];
        if pairs.len() != id.len() {
            return Err(NotAFileId);
        }
        for (byte, [high, low]) in id.iter_mut().zip(pairs) {
            *byte = digit(*high)? << 4 | digit(*low)?;
        }
        Ok(Self(id))
    }
}

impl Serialize for FileId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for FileId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for FileId {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "FileId".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^[0-9a-f]{32}$" })
    }
}

/// What a file is sent as: decides how large it may be and what it must contain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    /// A picture (OBJ-6).
    Image,
    /// A sound (OBJ-7).
    Audio,
    /// A film (OBJ-8).
    Video,
    /// Anything (OBJ-9).
    #[default]
    File,
}

impl FileKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Image, Self::Audio, Self::Video, Self::File];

    /// As it stands in the metadata of an upload.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Audio => "audio",
            Self::Video => "video",
            Self::File => "file",
        }
    }

    /// The kind with that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// Most bytes of a file of this kind.
    pub const fn limit(self, limits: &Limits) -> u64 {
        match self {
            Self::Image => limits.image_bytes,
            Self::Audio => limits.audio_bytes,
            Self::Video => limits.video_bytes,
            Self::File => limits.file_bytes,
        }
    }

    /// May a file have this size? Empty is 2108, too large 2253, 2301, 2351 or 2402.
    pub const fn check_size(self, size: u64, limits: &Limits) -> Result<(), ErrorCode> {
        if size == 0 {
            return Err(ErrorCode::FileEmpty);
        }
        if size <= self.limit(limits) {
            return Ok(());
        }
        Err(match self {
            Self::Image => ErrorCode::ImageTooLarge,
            Self::Audio => ErrorCode::AudioTooLarge,
            Self::Video => ErrorCode::VideoTooLarge,
            Self::File => ErrorCode::FileTooLarge,
        })
    }
}

/// A file that a message refers to, and what the message says about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileRef {
    /// Which.
    pub id: FileId,
    /// As what.
    pub kind: FileKind,
    /// Bytes, where the payload says so.
    pub size: Option<u64>,
}

/// What is wrong with how a payload names its files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadReference(&'static str);

/// The files that a payload refers to, those inside of combined messages included, each once per mention.
///
/// Addresses of anything but stored files are wrong here: a message must not make its readers' programs fetch
/// something from elsewhere.
pub fn files_of(payload: &Payload) -> Result<Vec<FileRef>, BadReference> {
    let mut found = Vec::new();
    // Level by level instead of by recursion: the depth is the sender's.
    let mut level = vec![payload];
    while let Some(payload) = level.pop() {
        match payload {
            Payload::Merger(MergerPayload { message_list, .. }) => {
                level.extend(message_list.iter().flat_map(|message| &message.message_body));
            }
            payload => own_files(payload, &mut found)?,
        }
    }
    Ok(found)
}

fn own_files(payload: &Payload, found: &mut Vec<FileRef>) -> Result<(), BadReference> {
    let mut one = |uuid: Option<&str>, url: &str, kind, size| {
        let id = FileId::of_url(url).ok_or(BadReference("an address is not of the form file/{id}"))?;
        if uuid.is_some_and(|uuid| uuid.parse() != Ok(id)) {
            return Err(BadReference("uuid and address name different files"));
        }
        found.push(FileRef { id, kind, size });
        Ok(())
    };
    match payload {
        Payload::Image(image) => {
            check_variants(image)?;
            image.variants.iter().try_for_each(|variant| {
                let uuid = (variant.variant == 0).then_some(image.uuid.as_str());
                one(uuid, &variant.url, FileKind::Image, Some(variant.size))
            })
        }
        Payload::Audio(audio) if audio.second == 0 => Err(BadReference("a sound lasts at least a second")),
        Payload::Audio(audio) => one(Some(&audio.uuid), &audio.url, FileKind::Audio, Some(audio.size)),
        Payload::Video(video) => {
            one(Some(&video.video_uuid), &video.video_url, FileKind::Video, Some(video.video_size))?;
            match video.snapshot_url.as_str() {
                "" => Ok(()),
                snapshot => one(None, snapshot, FileKind::Image, None),
            }
        }
        Payload::File(file) if file.file_name.is_empty() || file.file_name.len() > FILE_NAME_BYTES => {
            Err(BadReference("the name of a file has 1 to 255 bytes"))
        }
        Payload::File(file) => one(Some(&file.uuid), &file.file_url, FileKind::File, Some(file.file_size)),
        _ => Ok(()),
    }
}

/// Each size once, the original among them (OBJ-61).
fn check_variants(image: &ImagePayload) -> Result<(), BadReference> {
    let mut kinds: Vec<u8> = image.variants.iter().map(|variant| variant.variant).collect();
    kinds.sort_unstable();
    match kinds.as_slice() {
        [0] | [0, 1] | [0, 2] | [0, 1, 2] => Ok(()),
        _ => Err(BadReference("an image has its original and at most one of each other size")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const A: &str = "000102030405060708090a0b0c0d0e0f";
    const B: &str = "ffeeddccbbaa99887766554433221100";

    fn files(payload: serde_json::Value) -> Result<Vec<FileRef>, BadReference> {
        let payload: Payload = serde_json::from_value(payload).unwrap();
        assert!(!matches!(payload, Payload::Unknown(_)), "{payload:?}");
        files_of(&payload)
    }

    fn image(uuid: &str, variants: &[(u8, &str)]) -> serde_json::Value {
        let variants: Vec<_> = variants
            .iter()
            .map(|(kind, url)| json!({"type": kind, "width": 1, "height": 1, "size": 7, "url": url}))
            .collect();
        json!({"kind": "image", "payload": {"uuid": uuid, "image_format": 3, "variants": variants}})
    }

    fn file(uuid: &str, url: &str, name: &str) -> serde_json::Value {
        json!({"kind": "file", "payload": {"uuid": uuid, "file_name": name, "file_url": url, "file_size": 7}})
    }

    #[test]
    fn an_id_is_read_as_it_is_written_and_nothing_else_is_one() {
        let id: FileId = A.parse().unwrap();
        assert_eq!((id.to_string(), id.url()), (A.to_owned(), format!("file/{A}")));
        assert_eq!(FileId::of_url(&id.url()), Some(id));
        for bad in
            ["", "0", &A[1..], &format!("{A}0"), &A.to_uppercase(), &"g".repeat(32), "公公公公公公公公公公aa"]
        {
            assert_eq!(bad.parse::<FileId>(), Err(NotAFileId), "{bad}");
        }
        for bad in [A, "file/", "file/..", &format!("File/{A}"), &format!("https://x/file/{A}")] {
            assert_eq!(FileId::of_url(bad), None, "{bad}");
        }
    }

    /// OBJ-61, OBJ-62, OBJ-63, OBJ-64: where the files of each kind stand.
    #[test]
    fn every_kind_names_its_files() {
        let (a, b) = (format!("file/{A}"), format!("file/{B}"));
        let found = |kind, size| FileRef { id: A.parse().unwrap(), kind, size };
        let second = FileRef { id: B.parse().unwrap(), kind: FileKind::Image, size: Some(7) };
        assert_eq!(files(image(A, &[(0, &a), (1, &b)])), Ok(vec![found(FileKind::Image, Some(7)), second]));
        let audio =
            |second| json!({"kind": "audio", "payload": {"uuid": A, "url": a, "size": 7, "second": second}});
        assert_eq!(files(audio(1)), Ok(vec![found(FileKind::Audio, Some(7))]));
        let video = |snapshot: &str| {
            json!({"kind": "video", "payload": {"video_uuid": A, "video_url": a, "video_format": "mp4",
                "video_size": 7, "video_second": 1, "snapshot_url": snapshot, "snapshot_width": 1, "snapshot_height": 1}})
        };
        let picture = FileRef { size: None, ..second };
        assert_eq!(files(video(&b)), Ok(vec![found(FileKind::Video, Some(7)), picture]));
        assert_eq!(files(video("")), Ok(vec![found(FileKind::Video, Some(7))]));
        assert_eq!(files(file(A, &a, "a.txt")), Ok(vec![found(FileKind::File, Some(7))]));
        let part = json!({"id": "1-1-1", "from": "anna", "time": 1, "message_body": [file(A, &a, "a.txt")]});
        let inner = json!({"kind": "merger", "payload": {"compatible_text": "x", "message_list": [part]}});
        let part = json!({"id": "1-1-1", "from": "anna", "time": 1, "message_body": [inner]});
        let outer = json!({"kind": "merger", "payload": {"compatible_text": "x", "message_list": [part]}});
        assert_eq!(files(outer), Ok(vec![found(FileKind::File, Some(7))]));
        assert!(files(audio(0)).is_err());
        assert_eq!(files(json!({"kind": "text", "payload": {"text": a}})), Ok(vec![]));
    }

    #[test]
    fn what_is_not_one_of_our_files_is_refused() {
        let a = format!("file/{A}");
        for bad in [
            file(A, "https://elsewhere.example/x", "x"),
            file(A, "file/../../etc/passwd", "x"),
            file(B, &a, "x"),
            file("", &a, "x"),
            file(A, &a, ""),
            file(A, &a, &"x".repeat(256)),
            image(A, &[]),
            image(A, &[(1, &a)]),
            image(A, &[(0, &a), (0, &a)]),
            image(A, &[(0, &a), (3, &a)]),
            image(B, &[(0, &a)]),
        ] {
            assert!(files(bad.clone()).is_err(), "{bad}");
        }
        assert!(files(file(A, &a, &"x".repeat(255))).is_ok());
    }

    /// OBJ-6, OBJ-7, OBJ-8, OBJ-9: each kind has its limit and its code; at the limit is allowed.
    #[test]
    fn sizes_have_limits_and_codes() {
        let limits =
            Limits { image_bytes: 1, audio_bytes: 2, video_bytes: 3, file_bytes: 4, ..Limits::default() };
        for (kind, limit, code) in [
            (FileKind::Image, 1, 2253),
            (FileKind::Audio, 2, 2301),
            (FileKind::Video, 3, 2351),
            (FileKind::File, 4, 2402),
        ] {
            assert_eq!(kind.check_size(0, &limits).unwrap_err().code(), 2108);
            assert_eq!(kind.check_size(limit, &limits), Ok(()));
            assert_eq!(kind.check_size(limit + 1, &limits).unwrap_err().code(), code);
            assert_eq!(FileKind::parse(kind.as_str()), Some(kind));
        }
        assert_eq!(FileKind::parse("Image"), None);
    }
}
