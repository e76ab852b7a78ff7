//! One text frame: checked, read, turned into a call; answers turned into frames.

use hallway_protocol::frame::{Answer, Refusal, RequestFrame, Version, depth_ok};
use hallway_protocol::ids::malformed_id;
use hallway_protocol::method::{Call, MethodName};
use hallway_protocol::{ChatError, ErrorCode};
use serde::Serialize;

use super::outbox::Frame;

/// A frame that could be read. The parameters are still text.
pub(super) struct Request<'a> {
    pub id: u64,
    pub method: MethodName,
    params: &'a str,
}

/// A frame that could not.
pub(super) struct Unreadable {
    /// Of the request, where at least that could be read.
    pub id: Option<u64>,
    pub error: ChatError,
    /// It was not even a request; a program that does this often is not a client.
    pub is_bad: bool,
}

impl<'a> Request<'a> {
    /// Reads the envelope of `text`.
    pub fn read(text: &'a str) -> Result<Self, Unreadable> {
        let bad = |code: ErrorCode, message: &str| Unreadable {
            id: None,
            error: ChatError::new(code).with_message(message),
            is_bad: true,
        };
        if !depth_ok(text) {
            return Err(bad(ErrorCode::PacketTooLarge, "the frame is nested too deep"));
        }
        let frame: RequestFrame<'a> = serde_json::from_str(text)
            .map_err(|_| bad(ErrorCode::RequestNotJson, "the frame is not a JSON-RPC 2.0 request"))?;
        let Some(method) = MethodName::parse(&frame.method) else {
            let error = ChatError::new(ErrorCode::CommandUnknown);
            return Err(Unreadable { id: Some(frame.id), error, is_bad: false });
        };
        let params = frame.params.map_or("{}", |params| params.get());
        Ok(Self { id: frame.id, method, params })
    }

    /// Reads the parameters: wrong ones are 6017, a malformed id in them has its own code.
    pub fn call(&self) -> Result<Call, ChatError> {
        Call::parse(self.method, self.params).map_err(|error| {
            ChatError::new(malformed_id(&error).unwrap_or(ErrorCode::InvalidParameter))
                .with_message(format!("parameters of {}: {error}", self.method.as_str()))
        })
    }
}

/// The frame of a successful answer.
pub fn answer(id: u64, result: &impl Serialize) -> Frame {
    // Answers are plain data with string keys; writing them to memory cannot fail.
    serde_json::to_string(&Answer { jsonrpc: Version, id, result }).unwrap_or_default().into()
}

/// The frame of a refusal.
pub fn refusal(id: Option<u64>, error: &ChatError) -> Frame {
    serde_json::to_string(&Refusal { jsonrpc: Version, id, error }).unwrap_or_default().into()
}
