//! The order of sending, as a function of what happens.

use hallway_protocol::ErrorCode;
use hallway_protocol::message::Payload;

use super::*;
use crate::cache::outbox::Wish;

fn outgoing(position: i64, to: &str) -> Outgoing {
    let message: Message = serde_json::from_value(serde_json::json!({
        "id": format!("1-1700000000-{position}"), "conversation_id": format!("C2C{to}"), "from": "me",
        "time": 1_700_000_000, "status": "un_send", "kind": "text", "payload": { "text": "hi" },
    }))
    .unwrap();
    assert_eq!(message.payload, Payload::text("hi"));
    Outgoing {
        position,
        message: Arc::new(message),
        wish: Wish::default(),
        created_ms: 0,
        failure: None,
        is_paused: false,
    }
}

fn positions(out: Vec<Outgoing>) -> Vec<i64> {
    out.into_iter().map(|out| out.position).collect()
}

/// PLUS-3: one at a time per conversation, in order; conversations do not wait for each other.
#[test]
fn conversations_go_side_by_side_and_each_in_order() {
    let now = Instant::now();
    let mut queue = Queue::new(vec![outgoing(1, "ann"), outgoing(2, "ben"), outgoing(3, "ann")]);
    let first = queue.next(now);
    assert_eq!(positions(first.clone()), [1, 2]);
    assert!(queue.next(now).is_empty(), "both are on their way");
    let ann = first[0].message.conversation_id.clone();
    queue.remove(&first[0].message.id);
    queue.answered(&ann);
    assert_eq!(positions(queue.next(now)), [3]);
}

/// PLUS-3: what passes is tried again for ever, later and later, and at once when the connection returns.
#[test]
fn passing_failures_are_repeated_with_growing_pauses() {
    let start = Instant::now();
    let mut queue = Queue::new(vec![outgoing(1, "ann"), outgoing(2, "ann")]);
    let ann: ConversationId = "C2Cann".parse().unwrap();
    let mut now = start;
    let mut waits = Vec::new();
    for _ in 0..8 {
        assert_eq!(positions(queue.next(now)), [1], "the first is never overtaken");
        queue.pause(&ann, now, None, 0.0);
        let until = queue.deadline().unwrap();
        assert!(queue.next(until - Duration::from_millis(1)).is_empty());
        waits.push((until - now).as_secs());
        now = until;
    }
    assert_eq!(waits, [1, 2, 4, 8, 16, 30, 30, 30]);
    queue.next(now);
    queue.pause(&ann, now, Some(Duration::from_secs(5)), 1.0);
    assert_eq!(queue.deadline(), Some(now + Duration::from_secs(6)), "as the server asked, with jitter");
    queue.wake();
    assert_eq!(positions(queue.next(now)), [1]);
}

/// PLUS-3: a refusal ends that message only; it stays for somebody to decide.
#[test]
fn a_failed_message_lets_the_next_one_pass() {
    let now = Instant::now();
    let mut queue = Queue::new(vec![outgoing(1, "ann"), outgoing(2, "ann")]);
    let first = queue.next(now).remove(0);
    queue.fail(Arc::clone(&first.message), ChatError::new(ErrorCode::MessageTooLargeLocal));
    queue.answered(&first.message.conversation_id);
    assert_eq!(positions(queue.next(now)), [2]);
    assert!(queue.get(&first.message.id).unwrap().failure.is_some());
    assert_eq!(queue.iter().count(), 2);
}
