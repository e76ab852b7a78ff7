//! Throws broken frames at everything that reads what strangers send.
//!
//! Starts from the checked-in samples and damages them (see [`damage`]). Nothing may panic, and
//! whatever is accepted must mean the same after being written and read again. Deterministic: the same seed
//! gives the same frames. `HALLWAY_FUZZ=1000000` sets how many (fewer by default in a debug build),
//! `HALLWAY_FUZZ_SEED` another start.

use std::path::Path;

use serde_json::Value;

use crate::event::ServerEvent;
use crate::frame::{MAX_DEPTH, RequestFrame, ServerFrame, depth_ok};
use crate::link::InviteLink;
use crate::message::Message;
use crate::method::MethodName;
use crate::{ConversationId, GroupId, MessageId, UserId};

mod damage;

use damage::{Random, damaged, frames};

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
    let frames = frames(&Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots"));
    assert!(frames.len() > 90);
    for frame in &frames {
        assert!(depth_ok(frame));
        throw(frame);
    }

    let count = setting("HALLWAY_FUZZ", if cfg!(debug_assertions) { 20_000 } else { 1_000_000 });
    let mut random = Random(setting("HALLWAY_FUZZ_SEED", 0x6861_6c6c));
    let mut valid = 0u64;
    for number in 0..count {
        let text = damaged(&frames, &mut random);
        let witness = Witness { number, text: &text };
        throw(&text);
        drop(witness);
        valid += u64::from(serde_json::from_str::<RequestFrame>(&text).is_ok());
    }
    // Neither all broken nor all whole, or the rules behind the envelope would go untested.
    assert!(valid > count / 20 && valid < count, "{valid} of {count} frames were requests");
}
