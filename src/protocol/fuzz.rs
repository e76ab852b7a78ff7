//! Throws broken frames at everything that reads what strangers send.
//!
//! Starts from the checked-in samples and damages them: bytes, tokens, whole members. Nothing may panic, and
//! whatever is accepted must mean the same after being written and read again. Deterministic: the same seed
//! gives the same frames. `HALLWAY_FUZZ=1000000` sets how many (fewer by default in a debug build),
//! `HALLWAY_FUZZ_SEED` another start.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::event::ServerEvent;
use crate::frame::{MAX_DEPTH, RequestFrame, ServerFrame, depth_ok};
use crate::link::InviteLink;
use crate::message::Message;
use crate::method::MethodName;
use crate::{ConversationId, GroupId, MessageId, UserId};

/// SplitMix64: small, and good enough to choose what to break.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Below `end`; 0 when that is 0.
    fn below(&mut self, end: usize) -> usize {
        self.next().checked_rem(end as u64).unwrap_or(0) as usize
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

/// Pieces that parsers like to trip over.
const TOKENS: &[&str] = &[
    "null",
    "true",
    "-1",
    "0",
    "-0.0",
    "1e400",
    "18446744073709551615",
    "18446744073709551616",
    "-9223372036854775809",
    "3.5",
    "\"\"",
    "\"\\u0000\"",
    "\"\\ud800\"",
    "\"C2C\"",
    "\"@TIM#SYSTEM\"",
    "\"\u{feff}\"",
    "\"你好\"",
    "{}",
    "[]",
    "[[[[",
    "}}}}",
    "{\"kind\":",
    "\"kind\":\"merger\",",
    ",,",
    ":",
    "\\",
    "\"",
    "\n",
    "\u{0}",
    "\u{2028}",
    "\u{1f35c}",
    "\"jsonrpc\":\"2.0\",",
    "\"id\":1,",
    "\"params\":{",
];

/// Values put in place of others.
fn value(random: &mut Random) -> Value {
    match random.below(12) {
        0 => Value::Null,
        1 => json!(random.next()),
        2 => json!(-(random.below(1000) as i64)),
        3 => json!(f64::from(random.below(1000) as u32) / 8.0),
        4 => json!(""),
        5 => json!("x".repeat(random.below(300))),
        6 => json!([]),
        7 => json!({}),
        8 => json!(u64::MAX),
        9 => json!(random.below(2) == 1),
        10 => json!({ "kind": "text", "payload": { "text": 5 } }),
        _ => (0..random.below(MAX_DEPTH * 2)).fold(json!(1), |inner, _| json!([inner])),
    }
}

/// Replaces, removes, adds or swaps one member somewhere inside.
fn bend(at: &mut Value, random: &mut Random) {
    match at {
        Value::Object(members) if !members.is_empty() => {
            let name = members.keys().nth(random.below(members.len())).unwrap().clone();
            match random.below(8) {
                0 => *members.get_mut(&name).unwrap() = value(random),
                1 => drop(members.remove(&name)),
                2 => drop(members.insert(random.pick(TOKENS).trim_matches('"').to_owned(), value(random))),
                3 => {
                    let moved = members.remove(&name).unwrap();
                    members.insert(format!("{name}_"), moved);
                }
                _ => bend(members.get_mut(&name).unwrap(), random),
            }
        }
        Value::Array(items) if !items.is_empty() => {
            let place = random.below(items.len());
            match random.below(4) {
                0 => items[place] = value(random),
                1 => items.push(items[place].clone()),
                _ => bend(&mut items[place], random),
            }
        }
        other => *other = value(random),
    }
}

/// Damages the text itself, which then need not be JSON or even UTF-8 any more.
fn tear(text: &mut Vec<u8>, others: &[String], random: &mut Random) {
    let place = random.below(text.len() + 1);
    let end = (place + random.below(40)).min(text.len());
    match random.below(7) {
        0 => {
            if let Some(byte) = text.get_mut(place) {
                *byte ^= 1 << random.below(8);
            }
        }
        1 => drop(text.drain(place..end)),
        2 => {
            let copy = text[place..end].to_vec();
            text.splice(place..place, copy);
        }
        3 => drop(text.splice(place..end, random.pick(TOKENS).bytes())),
        4 => {
            let other = random.pick(others).as_bytes();
            let from = random.below(other.len());
            text.truncate(place);
            text.extend_from_slice(&other[from..]);
        }
        5 => text.truncate(place),
        _ => {
            let bracket = *random.pick(b"[{\"");
            let many = random.below(3 * MAX_DEPTH);
            text.splice(place..place, std::iter::repeat_n(bracket, many));
        }
    }
}

/// All samples as whole frames: requests, answers and events.
fn frames() -> Vec<String> {
    let mut found = Vec::new();
    for folder in ["methods", "events", "messages", "payloads"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots").join(folder);
        let mut files: Vec<_> = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        for file in files {
            let sample: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
            let name = file.file_stem().unwrap().to_str().unwrap();
            let send = |mut payload: Value| {
                payload["id"] = json!("1-1700000000-1");
                payload["conversation_id"] = json!("C2Cben");
                json!({ "jsonrpc": "2.0", "id": 2, "method": "message.send", "params": payload })
            };
            match folder {
                "methods" => {
                    found.push(
                        json!({ "jsonrpc": "2.0", "id": 1, "method": name, "params": sample["params"] }),
                    );
                    found.push(json!({ "jsonrpc": "2.0", "id": 1, "result": sample["result"] }));
                }
                "payloads" => found.push(send(sample)),
                _ => found.push(sample),
            }
        }
    }
    // Combined messages inside combined messages, as deep as a frame may be.
    let mut nested = json!({ "kind": "text", "payload": { "text": "the innermost" } });
    while depth_ok(&json!([[[[[[nested]]]]]]).to_string()) {
        nested = json!({ "kind": "merger", "payload": { "message_list": [
            { "id": "1-1-1", "from": "anna", "time": 1, "message_body": [nested] } ] } });
    }
    found.push(json!({ "jsonrpc": "2.0", "id": 3, "method": "message.send", "params": nested }));
    found.iter().map(Value::to_string).collect()
}

/// How deep a value nests, counted on the value instead of on the text.
fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

/// Reads `text` in every way the two sides read frames.
fn throw(text: &str) {
    let shallow = depth_ok(text);
    if let Ok(value) = serde_json::from_str::<Value>(text) {
        assert_eq!(shallow, depth(&value) <= MAX_DEPTH);
        if shallow {
            // Once more without doubled members, of which either may count.
            throw_back(&value.to_string());
        }
    }
    // As the server does: nothing that nests too deep is parsed at all.
    if !shallow {
        return;
    }
    if let Ok(frame) = serde_json::from_str::<RequestFrame>(text)
        && let Some(name) = MethodName::parse(&frame.method)
    {
        let _ = crate::method::Call::parse(name, frame.params.map_or("{}", |params| params.get()));
    }
    if let Ok(frame) = serde_json::from_str::<ServerFrame>(text) {
        let _ = frame.params.map(|params| serde_json::from_str::<ServerEvent>(params.get()));
    }
    if let Ok(message) = serde_json::from_str::<Message>(text) {
        let _ = (message.body_bytes(), message.payload.kind().len(), message.is_counted());
    }
    for word in text.split('"') {
        if let Ok(id) = word.parse::<ConversationId>() {
            assert_eq!(id.to_string(), word);
        }
        if let Ok(id) = word.parse::<MessageId>() {
            assert!(id.as_str() == word && id.sender_number() >= 0);
        }
        let _ = (word.parse::<UserId>(), word.parse::<GroupId>(), word.parse::<InviteLink>());
    }
}

/// What is accepted means the same after being written and read again.
fn throw_back(text: &str) {
    if let Ok(frame) = serde_json::from_str::<RequestFrame>(text)
        && let Some(name) = MethodName::parse(&frame.method)
    {
        let params = frame.params.map_or("{}", |params| params.get());
        if let Ok(call) = crate::method::Call::parse(name, params) {
            assert_eq!(call.name(), name);
            let once = crate::method::rewrite_params(name, params).unwrap();
            let twice = crate::method::rewrite_params(name, &once.to_string()).unwrap();
            assert_eq!(once, twice);
        }
    }
    if let Ok(frame) = serde_json::from_str::<ServerFrame>(text) {
        if let Some(Ok(event)) = frame.params.map(|params| serde_json::from_str::<ServerEvent>(params.get()))
        {
            let written = serde_json::to_string(&event).unwrap();
            assert_eq!(serde_json::from_str::<ServerEvent>(&written).unwrap(), event);
        }
        if let Some(error) = frame.error {
            assert_eq!(crate::ErrorCode::from(error.code.code()), error.code);
            let _ = (error.to_string(), error.retry_after());
        }
    }
    if let Ok(message) = serde_json::from_str::<Message>(text) {
        let written = serde_json::to_string(&message).unwrap();
        assert_eq!(serde_json::from_str::<Message>(&written).unwrap(), message);
    }
}

/// Prints the frame that broke something.
struct Witness<'a> {
    number: u64,
    text: &'a str,
}

impl Drop for Witness<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("frame {} broke it: {}", self.number, self.text);
        }
    }
}

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().map_or(default, |text| text.parse().unwrap())
}

#[test]
fn no_broken_frame_breaks_a_reader() {
    let frames = frames();
    assert!(frames.len() > 90);
    frames.iter().for_each(|frame| throw(frame));

    let count = setting("HALLWAY_FUZZ", if cfg!(debug_assertions) { 20_000 } else { 1_000_000 });
    let mut random = Random(setting("HALLWAY_FUZZ_SEED", 0x6861_6c6c));
    let mut valid = 0u64;
    for number in 0..count {
        let mut text = random.pick(&frames).clone().into_bytes();
        for _ in 0..=random.below(3) {
            match (random.below(2), serde_json::from_slice::<Value>(&text)) {
                (0, Ok(mut value)) => {
                    bend(&mut value, &mut random);
                    text = value.to_string().into_bytes();
                }
                _ => tear(&mut text, &frames, &mut random),
            }
        }
        // A WebSocket text frame is UTF-8 before anybody reads it.
        let text = String::from_utf8_lossy(&text);
        let witness = Witness { number, text: &text };
        throw(&text);
        drop(witness);
        valid += u64::from(serde_json::from_str::<RequestFrame>(&text).is_ok());
    }
    // Neither all broken nor all whole, or the rules behind the envelope would go untested.
    assert!(valid > count / 20 && valid < count, "{valid} of {count} frames were requests");
}
