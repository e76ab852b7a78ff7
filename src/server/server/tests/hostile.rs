//! Nonsense against a live server: it gets errors and closed connections, and others notice nothing.

use super::*;
use futures_util::SinkExt;
use std::time::Instant;
use tokio_tungstenite::tungstenite::Message;

/// A generator of arbitrary bytes: the same for the same seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }
}

const FRAMES: [&str; 6] = [
    r#"{"jsonrpc":"2.0","id":7,"method":"message.send","params":{"id":"1-2-3","conversation_id":"C2Cben","kind":"text","payload":{"text":"x"}}}"#,
    r#"{"jsonrpc":"2.0","id":8,"method":"group.create","params":{"name":"n","member_list":["ben"]}}"#,
    r#"{"jsonrpc":"2.0","id":9,"method":"sync.changes","params":{"conversation_id":"GROUPx","after_mod":18446744073709551615}}"#,
    r#"{"jsonrpc":"2.0","id":10,"method":"message.range","params":{"conversation_id":"C2Cben","from_seq":0,"to_seq":18446744073709551615}}"#,
    r#"{"jsonrpc":"2.0","id":11,"method":"sync.heads","params":{"since":-9223372036854775808,"cursor":"%00","limit":4294967295}}"#,
    r#"{"jsonrpc":"2.0","id":12,"method":"user.search","params":{"query":"%_!\\' OR 1=1 --"}}"#,
];

/// One of the frames with some bytes changed, left out, doubled or moved.
fn mutated(dice: &mut Dice) -> String {
    let mut bytes = FRAMES[dice.roll(FRAMES.len())].as_bytes().to_vec();
    for _ in 0..dice.roll(4) {
        let at = dice.roll(bytes.len());
        match dice.roll(4) {
            0 => bytes[at] = (32 + dice.roll(95)) as u8,
            1 => drop(bytes.remove(at)),
            2 => bytes.insert(at, b"{}[]\",:\\-0e"[dice.roll(11)]),
            _ => {
                let other = dice.roll(bytes.len());
                bytes.swap(at, other);
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// 5 000 mangled frames before and after sign-in: every connection gets errors or is closed, nothing panics,
/// and somebody else is answered all the time.
#[tokio::test]
async fn mangled_frames_hurt_nobody() {
    let live = Live::start_with(|config| {
        config.rates.requests = "off".parse().unwrap();
        config.rates.search = "off".parse().unwrap();
        config.rates.create_group = "off".parse().unwrap();
        config.rates.send = "off".parse().unwrap();
    })
    .await;
    for user in ["anna", "ben", "mallory"] {
        live.join(user).await;
    }
    let (mut anna, _) = live.signed_in("anna", "a").await;
    let mut dice = Dice(20_261_121);
    let mut slowest = Duration::ZERO;
    for round in 0..50 {
        let mut mallory =
            if round % 2 == 0 { live.raw().await } else { live.signed_in("mallory", "m").await.0 };
        for _ in 0..100 {
            // A closed connection takes no more; that is one of the right outcomes.
            if mallory.0.send(Message::text(mutated(&mut dice))).await.is_err() {
                break;
            }
        }
        let started = Instant::now();
        assert!(anna.call(round, "user.search", json!({"query": "ben"})).await["result"].is_object());
        slowest = slowest.max(started.elapsed());
    }
    assert!(slowest < Duration::from_secs(1), "somebody else had to wait {slowest:?}");
    let figures = live.handle.metrics().render();
    assert!(figures.contains("hallway_panics_total 0\n"), "{figures}");
}

/// Bytes that are no HTTP at all, half a request, an endless header: the listener goes on.
#[tokio::test]
async fn bytes_that_are_no_http_hurt_nobody() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;
    let live = Live::start().await;
    let mut dice = Dice(7);
    let mut halves = Vec::new();
    for _ in 0..100 {
        let mut stream = TcpStream::connect(live.handle.addr()).await.unwrap();
        let bytes: Vec<u8> = (0..dice.roll(300)).map(|_| dice.roll(256) as u8).collect();
        stream.write_all(&bytes).await.unwrap();
        halves.push(stream);
    }
    let mut endless = TcpStream::connect(live.handle.addr()).await.unwrap();
    let _ = endless.write_all(&b"GET /ws HTTP/1.1\r\nX: ".repeat(5000)).await;
    let mut answer = Vec::new();
    let _ = endless.read_to_end(&mut answer).await;
    assert!(answer.starts_with(b"HTTP/1.1 4"), "{}", String::from_utf8_lossy(&answer));
    live.join("anna").await;
    live.signed_in("anna", "a").await;
}

/// Back-pressure: who does not read fills only the own queue, is told `resync`, and delays nobody.
#[tokio::test]
async fn who_does_not_read_delays_nobody() {
    let live = Live::start_with(|config| config.rates.send = "off".parse().unwrap()).await;
    live.join("anna").await;
    live.join("ben").await;
    let (mut anna, signed) = live.signed_in("anna", "a").await;
    let (mut deaf, _) = live.signed_in("ben", "deaf").await;
    let (mut ben, _) = live.signed_in("ben", "b").await;
    let number = signed["user_number"].as_i64().unwrap();
    let text = "x".repeat(30_000);
    let mut random = 0;
    while !live.handle.metrics().render().contains("hallway_resyncs_total 1\n") {
        random += 1;
        assert!(random < 5000, "the queue never overflowed");
        let message = json!({
            "id": format!("{number}-1700000000-{random}"), "conversation_id": "C2Cben",
            "kind": "text", "payload": {"text": text},
        });
        assert!(anna.call(random, "message.send", message).await["result"].is_object());
        let frame = ben.next().await;
        assert_eq!(frame["params"]["name"], "conversation_frame", "{frame}");
    }
    let mut names = std::collections::BTreeSet::new();
    while !names.contains("resync") {
        names.insert(deaf.next().await["params"]["name"].as_str().unwrap().to_owned());
    }
    assert!(deaf.call(5, "session.ping", json!({})).await["result"].is_object());
}
