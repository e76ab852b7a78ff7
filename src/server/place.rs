//! The data directory: where it is, that it is private, and that one server at a time uses it.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use crate::config::Config;

/// Why the data directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    /// No directory is configured and none can be guessed.
    #[error("there is no home directory: set `data_dir` in the section [server]")]
    Nowhere,
    /// It cannot be made or written to.
    #[error("{dir}: {error}", dir = dir.display())]
    Io {
        /// Which directory or file.
        dir: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// Another server uses it.
    #[error("{dir}: another server is using this directory", dir = dir.display())]
    InUse {
        /// Which directory.
        dir: PathBuf,
    },
}

/// The data directory of a server.
#[derive(Debug, Clone)]
pub struct Place {
    dir: PathBuf,
}

/// Keeps other servers out of a [`Place`] until it is dropped, also by the death of the process.
#[derive(Debug)]
pub struct Lock(#[allow(dead_code, reason = "the lock lives as long as the open file")] File);

impl Place {
    /// The configured directory, else `$STATE_DIRECTORY` (systemd), else one in the user's data directory.
    /// Made if it is not there, readable by its owner only.
    pub fn open(config: &Config) -> Result<Self, PlaceError> {
        let configured = &config.server.data_dir;
        let dir = if configured.as_os_str().is_empty() {
            usual(|name| std::env::var_os(name)).ok_or(PlaceError::Nowhere)?
        } else {
            configured.clone()
        };
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&dir).map_err(|error| PlaceError::Io { dir: dir.clone(), error })?;
        Ok(Self { dir })
    }

    /// Keeps other servers out.
    pub fn lock(&self) -> Result<Lock, PlaceError> {
        let path = self.dir.join("server.lock");
        let io = |error| PlaceError::Io { dir: path.clone(), error };
        let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(io)?;
        match file.try_lock() {
            Ok(()) => Ok(Lock(file)),
            Err(TryLockError::WouldBlock) => Err(PlaceError::InUse { dir: self.dir.clone() }),
            Err(TryLockError::Error(error)) => Err(io(error)),
        }
    }

    /// The directory itself.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The SQLite file.
    pub fn database(&self) -> PathBuf {
        self.dir.join("hallway.db")
    }

    /// Files behind messages, where the configuration names no other folder.
    pub fn files(&self) -> PathBuf {
        self.dir.join("files")
    }

    /// Copies of the database made before a change of its schema.
    pub fn snapshots(&self) -> PathBuf {
        self.dir.join("snapshots")
    }
}

fn usual(var: impl Fn(&str) -> Option<std::ffi::OsString>) -> Option<PathBuf> {
    let path = |name: &str| var(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(given) = path("STATE_DIRECTORY") {
        return Some(given);
    }
    let data = if cfg!(windows) {
        path("LOCALAPPDATA")
    } else {
        path("XDG_DATA_HOME").or_else(|| path("HOME").map(|home| home.join(".local").join("share")))
    };
    data.map(|data| data.join("hallway-server"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(dir: &Path) -> Config {
        let mut config = Config::default();
        config.server.data_dir = dir.to_owned();
        config
    }

    #[test]
    fn a_place_is_private_and_for_one_server() {
        let dir = tempfile::tempdir().unwrap();
        let place = Place::open(&config(&dir.path().join("a/b"))).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(place.dir()).unwrap().permissions().mode() & 0o777, 0o700);
        }
        let lock = place.lock().unwrap();
        assert!(matches!(place.lock(), Err(PlaceError::InUse { .. })));
        drop(lock);
        assert!(place.lock().is_ok());
    }

    #[test]
    fn the_usual_place_follows_the_system() {
        let given = |pairs: &'static [(&str, &str)]| {
            usual(move |name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| value.into()))
        };
        assert_eq!(given(&[("STATE_DIRECTORY", "/s"), ("HOME", "/h")]), Some("/s".into()));
        assert_eq!(given(&[]), None);
        if cfg!(unix) {
            assert_eq!(given(&[("HOME", "/h")]), Some("/h/.local/share/hallway-server".into()));
            assert_eq!(given(&[("XDG_DATA_HOME", "/x"), ("HOME", "/h")]), Some("/x/hallway-server".into()));
        }
    }
}
