//! When a message counts as read: at least half of it in view for 300 ms while the window has the keyboard
//! (CONV-59, CONV-70).

use std::time::Duration;

/// How long a message has to be in view.
pub const DWELL: Duration = Duration::from_millis(300);

/// How far the viewer has got in the open conversation.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// Reported up to here.
    marked: u64,
    /// The newest place in view.
    visible: u64,
    /// A wait is under way: its number, and the place it is about.
    waiting: Option<(u64, u64)>,
    waits: u64,
}

impl Reading {
    /// Starts where the account has read up to.
    pub fn from(marked: u64) -> Self {
        Self { marked, ..Self::default() }
    }

    /// The position moved elsewhere (another instance).
    pub fn moved(&mut self, to: u64) {
        self.marked = self.marked.max(to);
    }

    /// The newest place in view changed, or the window got or lost the keyboard. Answers the number of a wait
    /// to begin: call [`Reading::waited`] with it after [`DWELL`].
    pub fn look(&mut self, visible: u64, attentive: bool) -> Option<u64> {
        self.visible = visible;
        if !attentive {
            self.waiting = None;
            return None;
        }
        if visible <= self.marked || self.waiting.is_some() {
            return None;
        }
        self.waits += 1;
        self.waiting = Some((self.waits, visible));
        Some(self.waits)
    }

    /// A wait is over. Answers the place up to which everything is read now, if it moved.
    pub fn waited(&mut self, wait: u64) -> Option<u64> {
        let (_, place) = self.waiting.take_if(|(number, _)| *number == wait)?;
        // What was scrolled out of view meanwhile was not read.
        let read = place.min(self.visible);
        if read <= self.marked {
            return None;
        }
        self.marked = read;
        Some(read)
    }

    /// Whether there is more in view than has been reported; then another [`Reading::look`] is due.
    pub fn visible(&self) -> u64 {
        self.visible
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stays_in_view_is_read() {
        let mut reading = Reading::from(10);
        assert_eq!(reading.look(10, true), None, "nothing new");
        let wait = reading.look(15, true).unwrap();
        assert_eq!(reading.look(12, true), None, "one wait at a time");
        assert_eq!(reading.waited(wait), Some(12), "scrolled back meanwhile");
        let wait = reading.look(15, true).unwrap();
        assert_eq!(reading.waited(wait + 1), None, "another wait");
        assert_eq!(reading.waited(wait), Some(15));
    }

    #[test]
    fn nothing_is_read_behind_ones_back() {
        let mut reading = Reading::from(0);
        assert_eq!(reading.look(5, false), None);
        let wait = reading.look(5, true).unwrap();
        assert_eq!(reading.look(5, false), None);
        assert_eq!(reading.waited(wait), None, "the window lost the keyboard");
        assert!(reading.look(5, true).is_some());
    }

    #[test]
    fn other_instances_count() {
        let mut reading = Reading::from(0);
        reading.moved(9);
        assert_eq!(reading.look(9, true), None);
    }
}
