//! The log file of a profile: what happened, never what people wrote.
//!
//! One file of at most a megabyte and the one before it. Views and SDK log codes, counts and ids only.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;
use std::sync::Mutex;

use tracing_subscriber::filter::LevelFilter;

const FILE: &str = "hallway.log";
/// Bytes at which the file is put aside at the next start.
const ROTATE_AT: u64 = 1024 * 1024;

/// Sends everything that is logged from here on to `hallway.log` in `dir`, panics included.
pub fn start(dir: &Path) -> io::Result<()> {
    let file = open(dir)?;
    let subscriber = tracing_subscriber::fmt()
        .with_writer(Mutex::new(file))
        .with_ansi(false)
        .with_max_level(LevelFilter::INFO)
        .finish();
    if tracing::subscriber::set_global_default(subscriber).is_err() {
        // A second start in one process (tests): the first log goes on.
        return Ok(());
    }
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        // The place only: the text of a panic may quote what somebody wrote.
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "panic");
        before(panic);
    }));
    Ok(())
}

fn open(dir: &Path) -> io::Result<File> {
    fs::create_dir_all(dir)?;
    let path = dir.join(FILE);
    if fs::metadata(&path).is_ok_and(|file| file.len() > ROTATE_AT) {
        fs::rename(&path, dir.join("hallway.log.1"))?;
    }
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_log_is_put_aside() {
        let dir = std::env::temp_dir().join(format!("hallway-log-{}", std::process::id()));
        let _ = fs::remove_dir_all(&dir);
        drop(open(&dir).unwrap());
        fs::write(dir.join(FILE), vec![b'x'; 1024 * 1024 + 1]).unwrap();
        assert_eq!(open(&dir).unwrap().metadata().unwrap().len(), 0);
        assert!(dir.join("hallway.log.1").exists());
    }
}
