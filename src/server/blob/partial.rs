//! Uploads that are not complete, a file each, named by the upload.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;

use hallway_protocol::file::FileId;
use ring::digest::{Context, SHA256};

use super::folder::{make, sync_names};

/// The directory of incomplete uploads. Everything here blocks.
#[derive(Clone, Debug)]
pub struct Partials {
    dir: PathBuf,
    /// Bytes until the disk is full, for tests.
    #[cfg(test)]
    pub(crate) room: std::sync::Arc<std::sync::atomic::AtomicU64>,
}

/// An incomplete upload, open at its end.
pub struct Partial {
    file: File,
    length: u64,
    #[cfg(test)]
    room: std::sync::Arc<std::sync::atomic::AtomicU64>,
}

impl Partials {
    /// In `dir`, which is made if it is not there.
    pub fn open(dir: PathBuf) -> io::Result<Self> {
        make(&dir)?;
        Ok(Self {
            dir,
            #[cfg(test)]
            room: std::sync::Arc::new(u64::MAX.into()),
        })
    }

    /// Where an upload lies.
    pub fn path(&self, id: FileId) -> PathBuf {
        self.dir.join(id.to_string())
    }

    /// Opens an upload at `length`. What lies behind was never acknowledged and goes away. An upload that is shorter
    /// has lost what was acknowledged: that is [`io::ErrorKind::UnexpectedEof`].
    pub fn at(&self, id: FileId, length: u64) -> io::Result<Partial> {
        let path = self.path(id);
        let is_new = !path.exists();
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).read(true).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path)?;
        if is_new {
            sync_names(&self.dir)?;
        }
        if file.metadata()?.len() < length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        file.set_len(length)?;
        file.seek(SeekFrom::Start(length))?;
        Ok(Partial {
            file,
            length,
            #[cfg(test)]
            room: std::sync::Arc::clone(&self.room),
        })
    }

    /// Removes an upload; fine when it is not there.
    pub fn remove(&self, id: FileId) -> io::Result<()> {
        match fs::remove_file(self.path(id)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            result => result,
        }
    }

    /// All that lie here. What is not named like an upload is left alone.
    pub fn all(&self) -> io::Result<Vec<FileId>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.dir)? {
            found.extend(entry?.file_name().to_str().and_then(|name| name.parse::<FileId>().ok()));
        }
        Ok(found)
    }
}

impl Partial {
    /// Appends bytes.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        #[cfg(test)]
        if self.room.load(std::sync::atomic::Ordering::Relaxed) < self.length + bytes.len() as u64 {
            self.file.write_all(&bytes[..bytes.len() / 2])?;
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.file.write_all(bytes)?;
        self.length = self.length.saturating_add(bytes.len() as u64);
        Ok(())
    }

    /// Waits until all that was written is on disk.
    pub fn sync(&self) -> io::Result<()> {
        self.file.sync_data()
    }

    /// The hash of what is there, ready to go on.
    pub fn hash(&mut self) -> io::Result<Context> {
        let mut hash = Context::new(&SHA256);
        self.file.seek(SeekFrom::Start(0))?;
        let mut buffer = vec![0; 256 * 1024];
        let mut left = self.length;
        while left > 0 {
            let most = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
            let read = self.file.read(buffer.get_mut(..most).unwrap_or_default())?;
            if read == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            hash.update(buffer.get(..read).unwrap_or_default());
            left = left.saturating_sub(read as u64);
        }
        Ok(hash)
    }

    /// The first bytes, `most` at most.
    pub fn head(&mut self, most: usize) -> io::Result<Vec<u8>> {
        self.file.seek(SeekFrom::Start(0))?;
        let mut head = Vec::new();
        (&mut self.file).take(most as u64).read_to_end(&mut head)?;
        self.file.seek(SeekFrom::Start(self.length))?;
        Ok(head)
    }

    /// Bytes.
    pub fn length(&self) -> u64 {
        self.length
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::sha256;

    #[test]
    fn what_was_never_acknowledged_goes_away_and_what_was_must_be_there() {
        let dir = tempfile::tempdir().unwrap();
        let partials = Partials::open(dir.path().join("partial")).unwrap();
        let id = FileId::new([7; 16]);
        let mut partial = partials.at(id, 0).unwrap();
        partial.write(b"hello world").unwrap();
        drop(partial);
        let mut partial = partials.at(id, 5).unwrap();
        assert_eq!(partial.length(), 5);
        assert_eq!(partial.hash().unwrap().finish().as_ref(), sha256(b"hello"));
        partial.write(b"!").unwrap();
        partial.sync().unwrap();
        assert_eq!(partial.head(4).unwrap(), b"hell");
        partial.write(b"?").unwrap();
        assert_eq!(fs::read(partials.path(id)).unwrap(), b"hello!?");
        assert_eq!(partials.at(id, 8).map(|_| ()).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
        fs::write(dir.path().join("partial").join("notes.txt"), b"").unwrap();
        assert_eq!(partials.all().unwrap(), [id]);
        partials.remove(id).unwrap();
        partials.remove(id).unwrap();
        assert_eq!(partials.all().unwrap(), []);
    }
}
