//! What is said about the connection, and when: nothing for two seconds, then that it is being made, after
//! ten seconds that one can go on without it, and while catching up how much is to come.

use std::time::Duration;

use hallway_client::NetState;

/// Silence before "Connecting…".
const QUIET: Duration = Duration::from_secs(2);
/// From here on it is called offline.
const LONG: Duration = Duration::from_secs(10);
/// Fewer changes than this arrive before they could be read about.
const WORTH_SAYING: u64 = 50;

/// What the strip says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Shown {
    /// Nothing: there is a connection.
    #[default]
    Nothing,
    /// It is being made.
    Connecting,
    /// There has been none for a while.
    Offline,
    /// So many changes are to come, of so many.
    Syncing {
        /// Still to come.
        left: u64,
        /// At the beginning.
        of: u64,
    },
}

/// The state of the strip.
#[derive(Debug, Clone, Default)]
pub struct Banner {
    connected: bool,
    shown: Shown,
    /// Counts the losses, so that an old timer does nothing.
    losses: u64,
    sync_from: u64,
}

/// A time after which [`Banner::waited`] is to be called, and with what.
pub type Wait = (Duration, u64, Shown);

impl Banner {
    /// What to show.
    pub fn shown(&self) -> Shown {
        self.shown
    }

    /// Whether there is a connection.
    pub fn is_connected(&self) -> bool {
        self.connected
    }

    /// The connection changed. Answers the waits to begin.
    pub fn net(&mut self, state: NetState) -> Vec<Wait> {
        let connected = state == NetState::Connected;
        if connected {
            self.connected = true;
            if matches!(self.shown, Shown::Connecting | Shown::Offline) {
                self.shown = Shown::Nothing;
            }
            return Vec::new();
        }
        if !std::mem::take(&mut self.connected) && self.losses > 0 {
            return Vec::new();
        }
        self.losses += 1;
        self.shown = Shown::Nothing;
        vec![(QUIET, self.losses, Shown::Connecting), (LONG, self.losses, Shown::Offline)]
    }

    /// A wait is over.
    pub fn waited(&mut self, loss: u64, shown: Shown) {
        if !self.connected && self.losses == loss {
            self.shown = shown;
        }
    }

    /// So many changes are still to come.
    pub fn sync(&mut self, left: u64) {
        self.sync_from = if left == 0 { 0 } else { self.sync_from.max(left) };
        if self.sync_from >= WORTH_SAYING {
            self.shown = Shown::Syncing { left, of: self.sync_from };
        } else if matches!(self.shown, Shown::Syncing { .. }) {
            self.shown = Shown::Nothing;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_losses_are_not_mentioned() {
        let mut banner = Banner::default();
        let waits = banner.net(NetState::Connecting);
        assert_eq!(waits.len(), 2);
        assert_eq!(banner.net(NetState::Disconnected), [], "one clock per loss");
        banner.net(NetState::Connected);
        for (_, loss, shown) in waits {
            banner.waited(loss, shown);
        }
        assert_eq!(banner.shown(), Shown::Nothing);
    }

    #[test]
    fn long_losses_are_called_offline() {
        let mut banner = Banner::default();
        banner.net(NetState::Connected);
        let waits = banner.net(NetState::Disconnected);
        assert_eq!(banner.shown(), Shown::Nothing);
        banner.waited(waits[0].1, waits[0].2);
        assert_eq!(banner.shown(), Shown::Connecting);
        banner.waited(waits[1].1, waits[1].2);
        assert_eq!(banner.shown(), Shown::Offline);
        banner.net(NetState::Connected);
        assert_eq!(banner.shown(), Shown::Nothing);
    }

    #[test]
    fn catching_up_shows_how_much_is_left() {
        let mut banner = Banner::default();
        banner.net(NetState::Connected);
        banner.sync(12);
        assert_eq!(banner.shown(), Shown::Nothing);
        banner.sync(0);
        banner.sync(1204);
        banner.sync(700);
        assert_eq!(banner.shown(), Shown::Syncing { left: 700, of: 1204 });
        banner.sync(0);
        assert_eq!(banner.shown(), Shown::Nothing);
    }
}
