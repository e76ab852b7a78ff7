//! The log file of a profile: what happened, never what people wrote.
//!
//! One file of at most a megabyte and the one before it. Views and SDK log codes, counts and ids only; of the
//! libraries below them nothing finer than key information is taken, since nobody knows what else they write.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;
use std::sync::{Mutex, OnceLock};

use hallway_client::{Client, LogLevel};
use tracing::Subscriber;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::{Registry, fmt, reload};

const FILE: &str = "hallway.log";
/// Bytes at which the file is put aside at the next start.
const ROTATE_AT: u64 = 1024 * 1024;
/// What the targets of our own lines begin with.
const OURS: &str = "hallway";

type Filter = reload::Handle<Targets, Registry>;

static FILTER: OnceLock<Filter> = OnceLock::new();

/// Sends everything that is logged from here on to `hallway.log` in `dir`, panics included.
pub fn start(dir: &Path) -> io::Result<()> {
    let file = open(dir)?;
    let (subscriber, filter) = subscriber(file);
    if tracing::subscriber::set_global_default(subscriber).is_err() {
        // A second start in one process (tests): the first log goes on.
        return Ok(());
    }
    let _ = FILTER.set(filter);
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        // The place only: the text of a panic may quote what somebody wrote.
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "panic");
        before(panic);
    }));
    Ok(())
}

/// From here on only lines of this importance are written.
pub fn set_level(level: LogLevel) {
    Client::set_log_level(level);
    if let Some(filter) = FILTER.get() {
        apply(filter, level);
    }
}

fn apply(filter: &Filter, level: LogLevel) {
    // Fails only once the log itself is gone.
    let _ = filter.reload(targets(level));
}

fn targets(level: LogLevel) -> Targets {
    let finest = match level {
        LogLevel::Everything => LevelFilter::DEBUG,
        LogLevel::Key => LevelFilter::INFO,
        LogLevel::Warnings => LevelFilter::WARN,
        LogLevel::Errors => LevelFilter::ERROR,
        LogLevel::Silent => LevelFilter::OFF,
    };
    Targets::new().with_default(finest.min(LevelFilter::INFO)).with_target(OURS, finest)
}

fn subscriber(file: File) -> (impl Subscriber + Send + Sync, Filter) {
    let (filter, handle) = reload::Layer::new(targets(LogLevel::default()));
    let lines = fmt::layer().with_writer(Mutex::new(file)).with_ansi(false);
    (Registry::default().with(filter).with(lines), handle)
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
    fn the_level_counts_at_once_and_libraries_tell_no_details() {
        let dir = std::env::temp_dir().join(format!("hallway-log-level-{}", std::process::id()));
        let (subscriber, filter) = subscriber(open(&dir).unwrap());
        tracing::subscriber::with_default(subscriber, || {
            let write = |level: LogLevel| {
                apply(&filter, level);
                tracing::debug!("{level:?} debug");
                tracing::debug!(target: "zbus::connection", "{level:?} foreign");
                tracing::info!("{level:?} info");
                tracing::error!("{level:?} error");
            };
            LogLevel::ALL.into_iter().for_each(write);
        });
        let text = fs::read_to_string(dir.join(FILE)).unwrap();
        let lines = text.lines().map(|line| {
            let words: Vec<&str> = line.split(' ').collect();
            words[words.len() - 2..].join(" ")
        });
        let expected = [
            "Everything debug",
            "Everything info",
            "Everything error",
            "Key info",
            "Key error",
            "Warnings error",
            "Errors error",
        ];
        assert_eq!(lines.collect::<Vec<_>>(), expected);
        fs::remove_dir_all(dir).unwrap();
    }

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
