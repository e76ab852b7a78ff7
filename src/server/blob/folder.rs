//! Contents in a directory: `ab/cd/{hash}`, two levels so that no directory gets too long.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::BoxFuture;

use super::{BlobReader, BlobStore, blocking};
use crate::auth::hex;
use crate::store::file::Hash;

/// See the module.
#[derive(Clone, Debug)]
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// A store in `root`, which is made if it is not there.
    pub fn open(root: PathBuf) -> io::Result<Self> {
        make(&root)?;
        Ok(Self { root })
    }

    fn path(&self, hash: &Hash) -> PathBuf {
        let name = hex(hash);
        let level = |from: usize| name.get(from..from.saturating_add(2)).unwrap_or_default();
        self.root.join(level(0)).join(level(2)).join(&name)
    }
}

/// Makes a directory that only its owner can look into.
pub(super) fn make(dir: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)
}

/// Makes the names in a directory outlive a power cut, where the system can do that.
pub(super) fn sync_names(dir: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(dir)?.sync_all() } else { Ok(()) }
}

fn keep(path: &Path, target: &Path, root: &Path) -> io::Result<()> {
    let dirs: Vec<&Path> = target.ancestors().skip(1).take_while(|dir| dir.starts_with(root)).collect();
    if let Some(dir) = dirs.first() {
        make(dir)?;
    }
    fs::rename(path, target)?;
    dirs.into_iter().try_for_each(sync_names)
}

impl BlobStore for Folder {
    fn keep(&self, path: PathBuf, hash: Hash) -> BoxFuture<'_, io::Result<()>> {
        let (target, root) = (self.path(&hash), self.root.clone());
        Box::pin(blocking(move || keep(&path, &target, &root)))
    }

    fn open(&self, hash: Hash) -> BoxFuture<'_, io::Result<Arc<dyn BlobReader>>> {
        let path = self.path(&hash);
        Box::pin(blocking(move || {
            let file = File::open(path)?;
            let size = file.metadata()?.len();
            Ok(Arc::new(OpenFile { file: Arc::new(file), size }) as Arc<dyn BlobReader>)
        }))
    }

    fn remove(&self, hash: Hash) -> BoxFuture<'_, io::Result<()>> {
        let path = self.path(&hash);
        Box::pin(blocking(move || match fs::remove_file(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            result => result,
        }))
    }
}

struct OpenFile {
    file: Arc<File>,
    size: u64,
}

impl BlobReader for OpenFile {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(self: Arc<Self>, offset: u64, most: usize) -> BoxFuture<'static, io::Result<Bytes>> {
        let file = Arc::clone(&self.file);
        Box::pin(blocking(move || {
            let mut bytes = vec![0; most];
            let read = read_at(&file, &mut bytes, offset)?;
            bytes.truncate(read);
            Ok(Bytes::from(bytes))
        }))
    }
}

#[cfg(unix)]
fn read_at(file: &File, bytes: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, bytes, offset)
}

#[cfg(windows)]
fn read_at(file: &File, bytes: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, bytes, offset)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::sha256;

    #[tokio::test]
    async fn what_is_kept_can_be_read_again_in_pieces_until_it_is_removed() {
        let dir = tempfile::tempdir().unwrap();
        let store = Folder::open(dir.path().join("blobs")).unwrap();
        let hash = sha256(b"hello");
        assert_eq!(store.open(hash).await.map(|_| ()).unwrap_err().kind(), io::ErrorKind::NotFound);
        for _ in 0..2 {
            let path = dir.path().join("new");
            fs::write(&path, b"hello").unwrap();
            store.keep(path.clone(), hash).await.unwrap();
            assert!(!path.exists());
        }
        let open = store.open(hash).await.unwrap();
        assert_eq!(open.size(), 5);
        for (offset, most, expected) in [(0, 9, "hello"), (1, 3, "ell"), (5, 3, ""), (99, 1, "")] {
            assert_eq!(Arc::clone(&open).read_at(offset, most).await.unwrap(), expected);
        }
        store.remove(hash).await.unwrap();
        store.remove(hash).await.unwrap();
        assert!(store.open(hash).await.is_err());
    }
}
