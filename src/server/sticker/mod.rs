//! Packs of stickers: the own one, which is part of the program, and those that the deployer has in a folder.
//!
//! All of it is read, looked at and held in memory when the server starts (at most [`BYTES`]); nothing about it is in the
//! database, because a message has only number and key (OBJ-66). `own`: the own pack. Pictures are known by the hash of
//! their content; `net::sticker` serves them.

mod own;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use hallway_protocol::method::{GetStickerPacks, StickerPacks};
use hallway_protocol::sticker::{PICTURE_BYTES, SIDE, Sticker, StickerPack, is_key};
use serde::Deserialize;

use crate::auth::{hex, sha256};
use crate::net::STICKERS;
use crate::preview::picture::{Header, header};

/// Most packs, the own one included.
const PACKS: usize = 20;
/// Most stickers of a pack.
const STICKERS_PER_PACK: usize = 60;
/// Most bytes of all pictures together.
const BYTES: usize = 32 * 1024 * 1024;
/// Longest name, in characters.
const NAME_CHARS: usize = 40;
/// What a pack says about itself.
const MANIFEST: &str = "pack.toml";
/// Most bytes of that.
const MANIFEST_BYTES: u64 = 64 * 1024;

/// A picture.
#[derive(Clone, Debug)]
pub struct Picture {
    /// Its content.
    pub bytes: Bytes,
    /// By its content.
    pub media_type: &'static str,
}

/// All packs.
#[derive(Debug)]
pub struct Stickers {
    packs: Vec<StickerPack>,
    version: String,
    pictures: HashMap<String, Picture>,
}

/// A pack cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("stickers: {at}: {reason}", at = at.display())]
pub struct StickersError {
    /// Folder or file.
    at: PathBuf,
    /// What is wrong with it.
    reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    number: i32,
    names: BTreeMap<String, String>,
    stickers: Vec<Listed>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    key: String,
    names: BTreeMap<String, String>,
}

impl Stickers {
    /// The own pack and those in `folder`, one in each folder there, in the order of their numbers. An empty path stands
    /// for none.
    pub fn open(folder: &Path) -> Result<Self, StickersError> {
        let mut all = Self { packs: Vec::new(), version: String::new(), pictures: HashMap::new() };
        let own = |key: &str| own::PICTURES.iter().find(|(known, _)| *known == key);
        all.add(Path::new("own pack"), own::MANIFEST, |key| {
            own(key).map(|(_, bytes)| Bytes::from_static(bytes)).ok_or_else(|| io::ErrorKind::NotFound.into())
        })?;
        if !folder.as_os_str().is_empty() {
            for pack in folders(folder).map_err(|error| wrong(folder, error))? {
                let manifest = pack.join(MANIFEST);
                let text = read(&manifest, MANIFEST_BYTES).map_err(|error| wrong(&manifest, error))?;
                let text = String::from_utf8(text).map_err(|_| wrong(&manifest, "is not UTF-8"))?;
                all.add(&pack, &text, |key| picture_in(&pack, key))?;
            }
        }
        all.packs.sort_by_key(|pack| pack.number);
        let all_of_it = serde_json::to_vec(&all.packs).map_err(|error| wrong(folder, error))?;
        all.version = hex(&sha256(&all_of_it)).chars().take(16).collect();
        Ok(all)
    }

    fn add(
        &mut self,
        at: &Path,
        manifest: &str,
        picture: impl Fn(&str) -> io::Result<Bytes>,
    ) -> Result<(), StickersError> {
        let wrong = |reason: String| wrong(at, reason);
        let manifest: Manifest = toml::from_str(manifest).map_err(|error| wrong(error.to_string()))?;
        if self.packs.len() >= PACKS {
            return Err(wrong(format!("more than {PACKS} packs")));
        }
        if let Some(other) = self.packs.iter().find(|pack| pack.number == manifest.number) {
            return Err(wrong(format!("has number {}, as another pack has", other.number)));
        }
        if manifest.stickers.is_empty() || manifest.stickers.len() > STICKERS_PER_PACK {
            return Err(wrong(format!("a pack has from 1 to {STICKERS_PER_PACK} stickers")));
        }
        check_names(&manifest.names).map_err(|reason| wrong(reason.to_owned()))?;
        let (mut keys, mut stickers) = (HashSet::new(), Vec::new());
        for Listed { key, names } in manifest.stickers {
            let wrong = |reason: &str| wrong(format!("sticker `{key}`: {reason}"));
            if !is_key(&key) {
                return Err(wrong("a key has up to 64 of a–z, 0–9, _ and -"));
            }
            if !keys.insert(key.clone()) {
                return Err(wrong("is there twice"));
            }
            check_names(&names).map_err(&wrong)?;
            let bytes = picture(&key).map_err(|error| wrong(&error.to_string()))?;
            let size = u32::try_from(bytes.len()).ok().filter(|size| *size <= PICTURE_BYTES);
            let size = size.ok_or_else(|| wrong("its picture has more than 256 KiB"))?;
            let Header { media_type, width, height } = header(&bytes)
                .filter(|it| it.media_type != "image/jpeg" && it.width <= SIDE && it.height <= SIDE)
                .ok_or_else(|| wrong("is no PNG, WebP or GIF of at most 512 pixels"))?;
            let sha256 = hex(&sha256(&bytes));
            self.pictures.insert(sha256.clone(), Picture { bytes, media_type });
            stickers.push(Sticker { key, names, sha256, size, width, height });
        }
        if self.pictures.values().fold(0usize, |sum, it| sum.saturating_add(it.bytes.len())) > BYTES {
            return Err(wrong("all pictures together have more than 32 MiB".to_owned()));
        }
        self.packs.push(StickerPack { number: manifest.number, names: manifest.names, stickers });
        Ok(())
    }

    /// The packs, unless the caller has them.
    pub fn packs(&self, call: &GetStickerPacks) -> StickerPacks {
        let packs = (call.version != self.version).then(|| self.packs.clone());
        StickerPacks { version: self.version.clone(), path: STICKERS.to_owned(), packs }
    }

    /// The picture with this hash.
    pub fn picture(&self, sha256: &str) -> Option<&Picture> {
        self.pictures.get(sha256)
    }
}

fn wrong(at: &Path, reason: impl ToString) -> StickersError {
    StickersError { at: at.to_owned(), reason: reason.to_string() }
}

fn check_names(names: &BTreeMap<String, String>) -> Result<(), &'static str> {
    if !names.contains_key("en") {
        return Err("has no name in English (`en`)");
    }
    let is_name = |name: &String| (1..=NAME_CHARS).contains(&name.chars().count());
    if names.values().all(is_name) { Ok(()) } else { Err("a name has from 1 to 40 characters") }
}

/// The folders in a folder, by name; what begins with a dot is somebody else's.
fn folders(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let is_hidden = entry.file_name().to_string_lossy().starts_with('.');
        if entry.path().is_dir() && !is_hidden {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

/// The picture of a key, which has been checked: it is no path.
fn picture_in(pack: &Path, key: &str) -> io::Result<Bytes> {
    for ending in ["webp", "png", "gif"] {
        match read(&pack.join(format!("{key}.{ending}")), PICTURE_BYTES.into()) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            read => return read.map(Bytes::from),
        }
    }
    Err(io::Error::new(
        io::ErrorKind::NotFound,
        "has no picture: a file with its key and .webp, .png or .gif",
    ))
}

/// A small file; one byte more than `most` at most, so that what is too large is seen.
fn read(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    use io::Read;
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preview::picture::tests::png_of;

    fn pack(folder: &Path, name: &str, manifest: &str, pictures: &[(&str, &[u8])]) {
        let pack = folder.join(name);
        std::fs::create_dir_all(&pack).unwrap();
        std::fs::write(pack.join(MANIFEST), manifest).unwrap();
        for (name, bytes) in pictures {
            std::fs::write(pack.join(name), bytes).unwrap();
        }
    }

    fn manifest(number: i32, keys: &[&str]) -> String {
        let mut text = format!("number = {number}\nnames = {{ en = \"Cats\" }}\n");
        for key in keys {
            text += &format!("[[stickers]]\nkey = \"{key}\"\nnames = {{ en = \"Cat\", zh-CN = \"猫\" }}\n");
        }
        text
    }

    /// OBJ-66: the own pack is there without any configuration, with names in English and Chinese.
    #[test]
    fn the_own_pack_is_complete() {
        let stickers = Stickers::open(Path::new("")).unwrap();
        let answer = stickers.packs(&GetStickerPacks { version: String::new() });
        let packs = answer.packs.unwrap();
        assert_eq!(packs.len(), 1);
        assert_eq!(packs[0].stickers.len(), own::PICTURES.len(), "each picture is listed");
        for sticker in &packs[0].stickers {
            assert!(sticker.names.contains_key("zh-CN"), "{}", sticker.key);
            let picture = stickers.picture(&sticker.sha256).unwrap();
            assert_eq!((picture.media_type, picture.bytes.len()), ("image/webp", sticker.size as usize));
            assert_eq!((sticker.width, sticker.height), (256, 256));
        }
        let again = stickers.packs(&GetStickerPacks { version: answer.version.clone() });
        assert_eq!((again.version, again.packs), (answer.version, None), "who has them is not sent them");
    }

    #[test]
    fn packs_of_the_deployer_stand_beside_it() {
        let dir = tempfile::tempdir().unwrap();
        pack(
            dir.path(),
            "cats",
            &manifest(7, &["purr", "hiss"]),
            &[("purr.png", &png_of(512, 512)), ("hiss.gif", b"GIF89a\x40\x00\xf0\x00rest")],
        );
        let stickers = Stickers::open(dir.path()).unwrap();
        let without = Stickers::open(Path::new("")).unwrap();
        assert_ne!(stickers.version, without.version);
        let numbers: Vec<_> = stickers.packs.iter().map(|pack| pack.number).collect();
        assert_eq!(numbers, [1, 7]);
        assert_eq!(stickers.packs[1].stickers[1].width, 64);
    }

    /// Limits at and one past, and everything that a hand may get wrong, with the place it is at.
    #[test]
    fn what_is_wrong_with_a_pack_is_told() {
        let good = png_of(8, 8);
        let large = |bytes: usize| {
            let mut picture = good.clone();
            picture.resize(bytes, 0);
            picture
        };
        let tried = |manifest: &str, picture: &[u8]| {
            let dir = tempfile::tempdir().unwrap();
            pack(dir.path(), "cats", manifest, &[("purr.png", picture)]);
            Stickers::open(dir.path()).map_err(|error| error.to_string())
        };
        let most = PICTURE_BYTES as usize;
        assert!(tried(&manifest(2, &["purr"]), &large(most)).is_ok());
        for (manifest, picture, told) in [
            (manifest(2, &["purr"]), large(most + 1), "256 KiB"),
            (manifest(2, &["purr"]), png_of(513, 8), "512 pixels"),
            (
                manifest(2, &["purr"]),
                b"\xff\xd8\xff\xc0\0\x0b\x08\0\x08\0\x08rest".to_vec(),
                "PNG, WebP or GIF",
            ),
            (manifest(2, &["purr"]), b"<svg/>".to_vec(), "PNG, WebP or GIF"),
            (manifest(1, &["purr"]), good.clone(), "as another pack has"),
            (manifest(2, &[]), good.clone(), "missing field `stickers`"),
            (manifest(2, &["purr", "purr"]), good.clone(), "twice"),
            (manifest(2, &["hiss"]), good.clone(), "no picture"),
            (manifest(2, &["../purr"]), good.clone(), "a key has"),
            (manifest(2, &["purr"]).replace("en = \"Cat\"", "es = \"Gato\""), good.clone(), "English"),
            (manifest(2, &["purr"]).replace("\"Cat\"", "\"\""), good.clone(), "40 characters"),
            (
                manifest(2, &["purr"]).replace("\"Cat\"", &format!("\"{}\"", "x".repeat(41))),
                good.clone(),
                "40 characters",
            ),
            ("nonsense".to_owned(), good.clone(), "cats"),
        ] {
            let error = tried(&manifest, &picture).expect_err(told);
            assert!(error.contains(told) && error.contains("cats"), "{error}");
        }
    }

    #[test]
    fn packs_and_stickers_are_bounded() {
        let dir = tempfile::tempdir().unwrap();
        let keys: Vec<String> = (0..=STICKERS_PER_PACK).map(|number| number.to_string()).collect();
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        let picture = png_of(8, 8);
        let names: Vec<String> = keys.iter().map(|key| format!("{key}.png")).collect();
        let pictures: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &picture[..])).collect();
        pack(dir.path(), "full", &manifest(2, &keys[1..]), &pictures);
        assert!(Stickers::open(dir.path()).is_ok());
        pack(dir.path(), "full", &manifest(2, &keys), &pictures);
        assert!(Stickers::open(dir.path()).unwrap_err().to_string().contains("from 1 to 60"));

        let dir = tempfile::tempdir().unwrap();
        for number in 2..=PACKS as i32 {
            pack(dir.path(), &number.to_string(), &manifest(number, &["0"]), &pictures[..1]);
        }
        assert_eq!(Stickers::open(dir.path()).unwrap().packs.len(), PACKS);
        pack(dir.path(), "one more", &manifest(99, &["0"]), &pictures[..1]);
        assert!(Stickers::open(dir.path()).unwrap_err().to_string().contains("more than 20 packs"));
        assert!(Stickers::open(&dir.path().join("nowhere")).is_err(), "a folder that is named is there");
    }
}
