//! Events on their way from the socket to whoever applies them.
//!
//! Reading must never wait for the application, because answers come over the same socket. So where events pile
//! up they are dropped and one `resync` takes their place: the logs on the server have them all. What must not
//! be lost with them, why this instance was ended, is kept.

use hallway_protocol::event::ServerEvent;
use tokio::sync::mpsc::{self, error::TrySendError};

/// The end that the socket feeds.
pub(super) struct Inbox {
    out: mpsc::Sender<ServerEvent>,
    /// After an overflow: what goes out as soon as there is room, `resync` first.
    held: Vec<ServerEvent>,
}

impl Inbox {
    /// An inbox for `queued` events and the end they are taken from.
    pub fn new(queued: usize) -> (Self, mpsc::Receiver<ServerEvent>) {
        let (out, events) = mpsc::channel(queued.max(1));
        (Self { out, held: Vec::new() }, events)
    }

    /// Hands an event over without ever waiting.
    pub fn push(&mut self, event: ServerEvent) {
        self.flush();
        if !self.held.is_empty() {
            if is_last_word(&event) && !self.held.contains(&event) {
                self.held.push(event);
            }
            return;
        }
        if let Err(TrySendError::Full(event)) = self.out.try_send(event) {
            crate::log::warn!("events come faster than they are applied; starting again from the cursors");
            self.held.push(ServerEvent::Resync {});
            if is_last_word(&event) {
                self.held.push(event);
            }
        }
    }

    /// Hands over what was held back, waiting for room. To be called when nothing more will come.
    pub async fn finish(mut self) {
        for event in self.held.drain(..) {
            if self.out.send(event).await.is_err() {
                return;
            }
        }
    }

    fn flush(&mut self) {
        // All or nothing: between the pieces there must be no other event.
        if self.held.is_empty() || self.out.capacity() < self.held.len() {
            return;
        }
        for event in self.held.drain(..) {
            let _ = self.out.try_send(event);
        }
    }
}

fn is_last_word(event: &ServerEvent) -> bool {
    matches!(event, ServerEvent::KickedOut { .. } | ServerEvent::Closing {})
}

#[cfg(test)]
mod tests {
    use hallway_protocol::session::KickedOutType;
    use hallway_protocol::sync::UserFrame;

    use super::*;

    fn frame(useq: u64) -> ServerEvent {
        ServerEvent::UserFrame(UserFrame { prev_useq: useq - 1, useq, entries: Vec::new() })
    }

    #[tokio::test]
    async fn overflow_becomes_one_resync_and_order_is_kept() {
        let (mut inbox, mut events) = Inbox::new(2);
        for useq in 1..=5 {
            inbox.push(frame(useq));
        }
        assert_eq!(events.recv().await, Some(frame(1)));
        assert_eq!(events.recv().await, Some(frame(2)));
        inbox.push(frame(6));
        assert_eq!(events.recv().await, Some(ServerEvent::Resync {}));
        assert_eq!(events.recv().await, Some(frame(6)));
    }

    #[tokio::test]
    async fn the_reason_for_being_ended_survives_an_overflow() {
        let (mut inbox, mut events) = Inbox::new(1);
        let kicked = ServerEvent::KickedOut { kind: KickedOutType::RestApiKick };
        inbox.push(frame(1));
        inbox.push(frame(2));
        inbox.push(kicked.clone());
        let finish = tokio::spawn(inbox.finish());
        assert_eq!(events.recv().await, Some(frame(1)));
        assert_eq!(events.recv().await, Some(ServerEvent::Resync {}));
        assert_eq!(events.recv().await, Some(kicked));
        assert_eq!(events.recv().await, None);
        finish.await.unwrap();
    }
}
