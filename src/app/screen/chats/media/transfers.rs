//! Files on their way: how far, how fast, and what became of them.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hallway_client::ChatError;
use hallway_protocol::MessageId;
use tokio::sync::Notify;

/// Ends a download when it is told to.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<Notify>);

impl PartialEq for Stop {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Stop {
    /// Tells it to end, also when it has not begun yet.
    pub fn stop(&self) {
        self.0.notify_one();
    }

    /// Resolves when it is to end.
    pub async fn told(&self) {
        self.0.notified().await;
    }
}

/// How far and how fast something goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pace {
    /// Bytes that are there.
    pub here: u64,
    /// Bytes in the end.
    pub total: u64,
    /// Bytes in a second, once that is known.
    pub speed: Option<u64>,
    /// When the speed was measured last (Unix seconds), and how far it was then.
    measured: Option<(i64, u64)>,
}

impl Pace {
    /// It has got so far at this moment.
    fn moved(&mut self, here: u64, total: u64, now: i64) {
        match self.measured {
            Some((since, from)) if now > since && here >= from => {
                let speed = (here - from) / u64::try_from(now - since).unwrap_or(1).max(1);
                // Half of what was before, so that it does not jump about.
                self.speed = Some(self.speed.map_or(speed, |before| before.midpoint(speed)));
                self.measured = Some((now, here));
            }
            Some((_, from)) if here >= from => {}
            _ => (self.speed, self.measured) = (None, Some((now, here))),
        }
        (self.here, self.total) = (here, total);
    }

    /// The share that is there, 0 to 1.
    pub fn share(&self) -> f32 {
        if self.total == 0 { 0.0 } else { self.here as f32 / self.total as f32 }
    }

    /// Seconds that are left, once that is known.
    pub fn left(&self) -> Option<u64> {
        let speed = self.speed.filter(|speed| *speed > 0)?;
        Some(self.total.saturating_sub(self.here) / speed)
    }
}

/// A download.
#[derive(Debug, Clone)]
pub enum Download {
    /// On its way.
    UnderWay(Pace, Stop),
    /// Stopped by the viewer.
    Paused(Pace),
    /// It broke off; asking again goes on.
    Failed(ChatError),
    /// It is here.
    Done(PathBuf),
}

/// What a download is for. It is the same when it goes on after a pause or a broken connection.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wish {
    /// Where to; without, into the folder for downloads.
    pub to: Option<PathBuf>,
    /// Open it when it is here.
    pub then_open: bool,
}

/// All of them, by their messages.
#[derive(Debug, Default)]
pub struct Transfers {
    uploads: HashMap<MessageId, Pace>,
    paused: HashSet<MessageId>,
    downloads: HashMap<MessageId, Download>,
    wishes: HashMap<MessageId, Wish>,
    /// Messages that were asked about already.
    known: HashSet<MessageId>,
}

impl Transfers {
    /// A message with a file is in view. True when it has to be asked what became of it before.
    pub fn want(&mut self, id: &MessageId) -> bool {
        self.known.insert(id.clone())
    }

    /// An upload has got so far.
    pub fn uploaded(&mut self, id: &MessageId, here: u64, total: u64, now: i64) {
        self.uploads.entry(id.clone()).or_default().moved(here, total, now);
    }

    /// An upload was stopped, or goes on.
    pub fn pause(&mut self, id: &MessageId, is_paused: bool) {
        if is_paused {
            self.paused.insert(id.clone());
        } else {
            self.paused.remove(id);
        }
        if let Some(pace) = self.uploads.get_mut(id) {
            (pace.speed, pace.measured) = (None, None);
        }
    }

    /// How far an upload is, once it has begun.
    pub fn upload(&self, id: &MessageId) -> Option<&Pace> {
        self.uploads.get(id)
    }

    /// Whether an upload is stopped.
    pub fn is_paused(&self, id: &MessageId) -> bool {
        self.paused.contains(id)
    }

    /// What a download is for that was begun before.
    pub fn wish(&self, id: &MessageId) -> Wish {
        self.wishes.get(id).cloned().unwrap_or_default()
    }

    /// A download begins, or goes on.
    pub fn begin(&mut self, id: &MessageId, total: u64, wish: Wish) -> Stop {
        self.wishes.insert(id.clone(), wish);
        let stop = Stop::default();
        let pace = match self.downloads.get(id) {
            Some(Download::Paused(pace)) => Pace { speed: None, measured: None, ..*pace },
            _ => Pace { total, ..Pace::default() },
        };
        self.downloads.insert(id.clone(), Download::UnderWay(pace, stop.clone()));
        stop
    }

    /// A download has got so far.
    pub fn downloaded(&mut self, id: &MessageId, here: u64, total: u64, now: i64) {
        if let Some(Download::UnderWay(pace, _)) = self.downloads.get_mut(id) {
            pace.moved(here, total, now);
        }
    }

    /// Stops a download; it goes on from there when it is asked for again.
    pub fn stop(&mut self, id: &MessageId) {
        if let Some(Download::UnderWay(pace, stop)) = self.downloads.get(id) {
            stop.stop();
            self.downloads.insert(id.clone(), Download::Paused(*pace));
        }
    }

    /// Forgets a download that is not done.
    pub fn forget(&mut self, id: &MessageId) {
        self.stop(id);
        self.downloads.remove(id);
        self.wishes.remove(id);
    }

    /// A file that was here is gone: it can be fetched again.
    pub fn lost(&mut self, path: &Path) {
        self.downloads.retain(|_, it| !matches!(it, Download::Done(done) if done == path));
    }

    /// What came of a download; it may have been stopped at the last moment.
    pub fn ended(&mut self, id: &MessageId, result: Result<PathBuf, ChatError>) {
        match (result, self.downloads.get(id)) {
            (Ok(path), _) => drop(self.downloads.insert(id.clone(), Download::Done(path))),
            (Err(error), Some(Download::UnderWay(..))) => {
                self.downloads.insert(id.clone(), Download::Failed(error));
            }
            (Err(_), _) => {}
        }
    }

    /// A download.
    pub fn download(&self, id: &MessageId) -> Option<&Download> {
        self.downloads.get(id)
    }

    /// Downloads that broke off for a reason that is gone now.
    pub fn broken(&self) -> Vec<MessageId> {
        let is_broken = |download: &Download| {
            matches!(download, Download::Failed(error)
                if error.retry() != hallway_protocol::error::Retry::Permanent)
        };
        self.downloads.iter().filter(|(_, it)| is_broken(it)).map(|(id, _)| id.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speed_and_time_left_are_smooth() {
        let mut pace = Pace::default();
        pace.moved(0, 1000, 10);
        assert_eq!((pace.speed, pace.left()), (None, None));
        pace.moved(50, 1000, 10);
        pace.moved(100, 1000, 11);
        assert_eq!((pace.speed, pace.left()), (Some(100), Some(9)));
        pace.moved(400, 1000, 12);
        assert_eq!((pace.speed, pace.left()), (Some(200), Some(3)));
        // From the start again: the speed is not known any more.
        pace.moved(0, 1000, 13);
        assert_eq!(pace.speed, None);
        assert!((pace.share() - 0.0).abs() < f32::EPSILON);
    }
}
