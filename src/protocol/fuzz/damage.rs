//! Damages frames: bytes, tokens, whole members. Used on the readers of this crate and, by the end-to-end
//! tests, on a running server.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

/// Deeper than a frame may be.
const DEEP: usize = 64;

/// SplitMix64: small, and good enough to choose what to break.
pub struct Random(pub u64);

impl Random {
    /// Any number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Below `end`; 0 when that is 0.
    pub fn below(&mut self, end: usize) -> usize {
        self.next().checked_rem(end as u64).unwrap_or(0) as usize
    }

    /// One of them.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
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
        _ => (0..random.below(DEEP)).fold(json!(1), |inner, _| json!([inner])),
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
            let many = random.below(DEEP * 2);
            text.splice(place..place, std::iter::repeat_n(bracket, many));
        }
    }
}

/// A request that sends `payload`.
fn send(mut payload: Value) -> Value {
    payload["id"] = json!("1-1700000000-1");
    payload["conversation_id"] = json!("C2Cben");
    json!({ "jsonrpc": "2.0", "id": 2, "method": "message.send", "params": payload })
}

/// All samples of `src/protocol/snapshots` as whole frames: requests, answers and events.
pub fn frames(samples: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for folder in ["methods", "events", "messages", "payloads"] {
        let path = samples.join(folder);
        let mut files: Vec<_> = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        for file in files {
            let sample: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
            let name = file.file_stem().unwrap().to_str().unwrap();
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
    for _ in 0..5 {
        nested = json!({ "kind": "merger", "payload": { "message_list": [
            { "id": "1-1-1", "from": "anna", "time": 1, "message_body": [nested] } ] } });
    }
    found.push(send(nested));
    found.iter().map(Value::to_string).collect()
}

/// The next damaged frame. A WebSocket text frame is UTF-8 before anybody reads it.
pub fn damaged(frames: &[String], random: &mut Random) -> String {
    let mut text = random.pick(frames).clone().into_bytes();
    for _ in 0..=random.below(3) {
        match (random.below(2), serde_json::from_slice::<Value>(&text)) {
            (0, Ok(mut value)) => {
                bend(&mut value, random);
                text = value.to_string().into_bytes();
            }
            _ => tear(&mut text, frames, random),
        }
    }
    String::from_utf8_lossy(&text).into_owned()
}
