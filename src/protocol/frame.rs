//! The JSON-RPC 2.0 envelope. One text frame of the WebSocket is one of these objects; batches are not used.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::error::ChatError;
use crate::event::ServerEvent;

/// Deepest nesting of a frame; deeper ones are refused with 9522.
pub const MAX_DEPTH: usize = 32;

/// The constant `"2.0"`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Version;

impl Serialize for Version {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str("2.0")
    }
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = Version;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("\"2.0\"")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Version, E> {
                if text == "2.0" { Ok(Version) } else { Err(E::custom("jsonrpc must be \"2.0\"")) }
            }
        }
        d.deserialize_str(Visitor)
    }
}

/// A request as the server first reads it: the parameters stay text until the method is known.
#[derive(Debug, Deserialize)]
pub struct RequestFrame<'a> {
    /// `"2.0"`.
    pub jsonrpc: Version,
    /// Chosen by the client, repeated in the answer.
    pub id: u64,
    /// One of [`crate::method::MethodName`].
    #[serde(borrow)]
    pub method: std::borrow::Cow<'a, str>,
    /// The method's parameters; missing ones stand for `{}`.
    #[serde(borrow, default)]
    pub params: Option<&'a RawValue>,
}

/// A request as a client writes it.
#[derive(Debug, Serialize)]
pub struct Request<'a, P> {
    /// `"2.0"`.
    pub jsonrpc: Version,
    /// Repeated in the answer.
    pub id: u64,
    /// Name of the method.
    pub method: &'a str,
    /// Its parameters.
    pub params: &'a P,
}

/// A successful answer as the server writes it.
#[derive(Debug, Serialize)]
pub struct Answer<'a, R> {
    /// `"2.0"`.
    pub jsonrpc: Version,
    /// Of the request.
    pub id: u64,
    /// The method's result.
    pub result: &'a R,
}

/// A refusal as the server writes it. `id` is null where the request could not be read.
#[derive(Debug, Serialize)]
pub struct Refusal<'a> {
    /// `"2.0"`.
    pub jsonrpc: Version,
    /// Of the request.
    pub id: Option<u64>,
    /// Why.
    pub error: &'a ChatError,
}

/// A notification as the server writes it.
#[derive(Debug, Serialize)]
pub struct EventFrame<'a> {
    /// `"2.0"`.
    pub jsonrpc: Version,
    /// Always `event`.
    pub method: &'a str,
    /// Name and data.
    pub params: &'a ServerEvent,
}

impl<'a> EventFrame<'a> {
    /// The frame of `event`.
    pub fn new(event: &'a ServerEvent) -> Self {
        Self { jsonrpc: Version, method: "event", params: event }
    }
}

/// Whatever a server sends, as a client first reads it.
#[derive(Debug, Deserialize)]
pub struct ServerFrame<'a> {
    /// Of the request answered; none in notifications.
    #[serde(default)]
    pub id: Option<u64>,
    /// The answer.
    #[serde(borrow, default)]
    pub result: Option<&'a RawValue>,
    /// The refusal.
    #[serde(default)]
    pub error: Option<ChatError>,
    /// `event` in notifications.
    #[serde(borrow, default)]
    pub method: Option<std::borrow::Cow<'a, str>>,
    /// The notification's name and data.
    #[serde(borrow, default)]
    pub params: Option<&'a RawValue>,
}

/// Whether objects and lists in `text` nest at most [`MAX_DEPTH`] deep. Looks at brackets outside strings
/// only, so it costs one pass and no memory.
pub fn depth_ok(text: &str) -> bool {
    let (mut depth, mut in_string, mut escaped) = (0usize, false, false);
    for byte in text.bytes() {
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
        } else {
            match byte {
                b'"' => in_string = true,
                b'{' | b'[' => {
                    depth = depth.saturating_add(1);
                    if depth > MAX_DEPTH {
                        return false;
                    }
                }
                b'}' | b']' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_is_counted_outside_strings_at_the_limit_and_past_it() {
        let nested = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
        assert!(depth_ok(&nested(MAX_DEPTH)));
        assert!(!depth_ok(&nested(MAX_DEPTH + 1)));
        assert!(depth_ok(&format!("\"{}\\\"{}\"", "[".repeat(100), "{".repeat(100))));
    }

    #[test]
    fn a_request_is_read_without_its_parameters_being_parsed() {
        let frame: RequestFrame =
            serde_json::from_str(r#"{"jsonrpc":"2.0","id":7,"method":"message.send","params":{"a":[1]}}"#)
                .unwrap();
        assert_eq!((frame.id, &*frame.method), (7, "message.send"));
        assert_eq!(frame.params.unwrap().get(), r#"{"a":[1]}"#);
        assert!(serde_json::from_str::<RequestFrame>(r#"{"jsonrpc":"1.0","id":7,"method":"x"}"#).is_err());
    }
}
