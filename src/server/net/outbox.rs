//! What waits to be written to one connection.
//!
//! Whoever has news for a connection pushes a [`Frame`] here: from any thread, without waiting, also from a
//! storage writer after its commit. The queue is bounded; when it overflows it is dropped as a whole and the
//! client is told `resync`, so a slow reader costs a bounded amount of memory and misses nothing that it
//! cannot ask for. [`Outbox::end`] tells the connection to finish.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use futures_util::task::AtomicWaker;
use hallway_protocol::event::ServerEvent;
use hallway_protocol::frame::EventFrame;
use hallway_protocol::session::KickedOutType;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use crate::metrics::Metrics;

/// One serialised text frame; cloning shares it.
pub type Frame = Utf8Bytes;

/// Serialises `event` once, for any number of connections.
pub fn event_frame(event: &ServerEvent) -> Frame {
    // Events are plain data with string keys; writing them to memory cannot fail.
    serde_json::to_string(&EventFrame::new(event)).unwrap_or_default().into()
}

/// How much may wait.
#[derive(Clone, Copy, Debug)]
pub struct Capacity {
    /// Frames.
    pub frames: usize,
    /// Their bytes together.
    pub bytes: usize,
}

impl Default for Capacity {
    fn default() -> Self {
        Self { frames: 1000, bytes: 4 * 1024 * 1024 }
    }
}

/// Why a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The instance is ended; the client is told and must not come back by itself (SES-42, SES-43).
    Kicked(KickedOutType),
    /// The same instance has connected again; this connection is forgotten without a word.
    Replaced,
    /// The server stops; the client is told and comes back later.
    Closing,
}

/// What [`Outbox::poll_take`] found.
#[derive(Debug, PartialEq, Eq)]
pub enum Taken {
    /// Frames were added to the caller's list.
    Frames,
    /// Nothing more comes after this.
    End(End),
}

/// The queue of one connection. Shared between the connection and those who have news for it.
#[derive(Debug)]
pub struct Outbox {
    capacity: Capacity,
    metrics: Arc<Metrics>,
    state: Mutex<State>,
    waker: AtomicWaker,
}

#[derive(Debug, Default)]
struct State {
    queue: VecDeque<Frame>,
    bytes: usize,
    overflowed: bool,
    end: Option<End>,
}

/// At most so many bytes are taken at a time, so that what waits is counted where it waits.
const TAKE_BYTES: usize = 64 * 1024;

impl Outbox {
    /// An empty queue.
    pub fn new(capacity: Capacity, metrics: Arc<Metrics>) -> Arc<Self> {
        Arc::new(Self { capacity, metrics, state: Mutex::default(), waker: AtomicWaker::new() })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts `frame` at the end. Never waits; when there is no room, the queue is dropped and `resync` takes
    /// its place.
    pub fn push(&self, frame: Frame) {
        let mut state = self.state();
        if state.overflowed || state.end.is_some() {
            return;
        }
        let bytes = state.bytes.saturating_add(frame.len());
        if state.queue.len() >= self.capacity.frames || bytes > self.capacity.bytes {
            state.queue = VecDeque::new();
            state.bytes = 0;
            state.overflowed = true;
            self.metrics.resyncs.add_one();
        } else {
            state.queue.push_back(frame);
            state.bytes = bytes;
            self.metrics.events_queued.add_one();
        }
        // Whoever made it non-empty has woken the connection already.
        let first = state.queue.len() <= 1;
        drop(state);
        if first {
            self.waker.wake();
        }
    }

    /// Ends the connection once what waits has been written. The first reason counts.
    pub fn end(&self, end: End) {
        self.state().end.get_or_insert(end);
        self.waker.wake();
    }

    /// Moves what waits into `into`, some of it if it is much. Only the connection itself may call this.
    pub fn poll_take(&self, cx: &mut Context<'_>, into: &mut Vec<Frame>) -> Poll<Taken> {
        let mut state = self.state();
        if state.overflowed {
            state.overflowed = false;
            into.push(event_frame(&ServerEvent::Resync {}));
            return Poll::Ready(Taken::Frames);
        }
        let mut taken = 0usize;
        while taken < TAKE_BYTES {
            let Some(frame) = state.queue.pop_front() else { break };
            taken = taken.saturating_add(frame.len());
            into.push(frame);
        }
        state.bytes = state.bytes.saturating_sub(taken);
        if taken > 0 {
            if state.queue.is_empty() {
                // An idle connection keeps no memory for the burst it had once.
                state.queue = VecDeque::new();
            }
            return Poll::Ready(Taken::Frames);
        }
        if let Some(end) = state.end {
            return Poll::Ready(Taken::End(end));
        }
        // Registered under the lock: a push after this wakes.
        self.waker.register(cx.waker());
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::task::Waker;

    fn outbox(frames: usize, bytes: usize) -> (Arc<Outbox>, Arc<Metrics>) {
        let metrics = Arc::new(Metrics::default());
        (Outbox::new(Capacity { frames, bytes }, Arc::clone(&metrics)), metrics)
    }

    fn take(outbox: &Outbox) -> (Poll<Taken>, Vec<String>) {
        let mut frames = Vec::new();
        let taken = outbox.poll_take(&mut Context::from_waker(Waker::noop()), &mut frames);
        (taken, frames.iter().map(ToString::to_string).collect())
    }

    fn resync() -> String {
        event_frame(&ServerEvent::Resync {}).to_string()
    }

    #[test]
    fn frames_come_out_in_order_up_to_the_limit() {
        let (outbox, metrics) = outbox(3, 100);
        for n in 0..3 {
            outbox.push(n.to_string().into());
        }
        assert_eq!(take(&outbox), (Poll::Ready(Taken::Frames), vec!["0".into(), "1".into(), "2".into()]));
        assert_eq!(take(&outbox), (Poll::Pending, vec![]));
        assert_eq!(metrics.resyncs.get(), 0);
    }

    #[test]
    fn one_frame_too_many_drops_the_queue_and_says_resync() {
        let (outbox, metrics) = outbox(3, 100);
        for n in 0..5 {
            outbox.push(n.to_string().into());
        }
        assert_eq!(take(&outbox), (Poll::Ready(Taken::Frames), vec![resync()]));
        assert_eq!(take(&outbox).0, Poll::Pending);
        assert_eq!(metrics.resyncs.get(), 1);
        outbox.push("after".into());
        assert_eq!(take(&outbox).1, ["after"]);
    }

    #[test]
    fn one_byte_too_many_drops_the_queue_too() {
        let (outbox, _) = outbox(100, 10);
        outbox.push("12345".into());
        outbox.push("67890".into());
        assert_eq!(take(&outbox).1.len(), 2);
        outbox.push("12345".into());
        outbox.push("67890x".into());
        assert_eq!(take(&outbox).1, [resync()]);
    }

    #[test]
    fn what_waits_is_written_before_the_end_and_nothing_after_it() {
        let (outbox, _) = outbox(10, 100);
        outbox.push("last".into());
        outbox.end(End::Closing);
        outbox.end(End::Replaced);
        outbox.push("too late".into());
        assert_eq!(take(&outbox).1, ["last"]);
        assert_eq!(take(&outbox), (Poll::Ready(Taken::End(End::Closing)), vec![]));
    }
}
