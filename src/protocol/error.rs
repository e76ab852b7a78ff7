//! Errors as they travel: every code of the spec and the error object that carries one.
//!
//! * [`ErrorCode`]: the codes, made from one table in `error/table.rs`.
//! * [`Retry`]: what a caller may do about a code.
//! * [`ChatError`]: `{ code, message, data }`, at once the JSON-RPC error object and the error of every
//!   asynchronous call.
//!
//! Codes are part of the contract, texts are not (SERR-2): the text here is for developers and logs, the app
//! shows its own sentence by code from `i18n/*/errors.ftl` (SERR-96).

use std::{fmt, time::Duration};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

mod table;
#[cfg(test)]
mod tests;

pub use table::ErrorCode;

/// Member of [`ChatError::data`] that says how long to wait, in milliseconds (SES-80).
const RETRY_AFTER: &str = "retry_after_ms";

/// What a caller may do about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Retry {
    /// The same request may succeed later without anybody doing anything. The outbox keeps the message and
    /// tries again, after [`ChatError::retry_after`] where the server named a time.
    Retryable,
    /// The same request will not succeed as it is; it ends here.
    Permanent,
    /// The request may be fine, but the session is not: somebody must sign in, renew the credential, or have
    /// the account unlocked. The outbox keeps the message until then.
    NeedsUser,
}

impl ErrorCode {
    /// Whether the client repeats a *reading* call on its own after this code, at most twice with a pause of 1
    /// and 3 seconds (SERR-95). Never true for writing calls: those are the caller's decision.
    pub const fn repeat_read(self) -> bool {
        matches!(
            self,
            ErrorCode::GroupInternalError
                | ErrorCode::ContactInternalError
                | ErrorCode::ContactTimeout
                | ErrorCode::ProfileInternalError
                | ErrorCode::AccountTimeout
                | ErrorCode::AccountInternalError
        )
    }
}

impl From<i32> for ErrorCode {
    fn from(code: i32) -> Self {
        ErrorCode::from_code(code).unwrap_or(ErrorCode::Other(code))
    }
}

impl From<ErrorCode> for i32 {
    fn from(code: ErrorCode) -> Self {
        code.code()
    }
}

impl Serialize for ErrorCode {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i32(self.code())
    }
}

impl<'de> Deserialize<'de> for ErrorCode {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        i32::deserialize(deserializer).map(ErrorCode::from)
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code())
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for ErrorCode {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ErrorCode".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "integer",
            "format": "int32",
            "description": "A code of the spec, 120001 to 130000 from a hook, or one of a newer server."
        })
    }
}

/// The error of a call: the spec's code, a text for developers, and data where the code has some.
///
/// Serialises as the JSON-RPC error object. `Display` gives text and code; it never holds message bodies or
/// credentials, as long as `message` does not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChatError {
    /// The code, part of the contract.
    pub code: ErrorCode,
    /// What went wrong, in English, for developers. Not part of the contract.
    #[serde(default)]
    pub message: String,
    /// What belongs to the code: the latest message of a conflict (MSG-63), the failed message of a send
    /// (MSG-41), the time to wait (SES-80).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<Value>,
}

/// What every asynchronous call returns.
pub type ChatResult<T> = Result<T, ChatError>;

impl ChatError {
    /// An error with the code's own text.
    pub fn new(code: ErrorCode) -> Self {
        Self { code, message: code.text().to_owned(), data: None }
    }

    /// Replaces the text, e.g. by one that names the parameter.
    #[must_use]
    pub fn with_message(mut self, message: impl Into<String>) -> Self {
        self.message = message.into();
        self
    }

    /// Sets the data.
    #[must_use]
    pub fn with_data(mut self, data: impl Into<Value>) -> Self {
        self.data = Some(data.into());
        self
    }

    /// Says how long the caller should wait before trying again (SES-80); rounded up to a millisecond so that
    /// nobody comes back too early. Data that is an object keeps its other members; other data is replaced.
    #[must_use]
    pub fn with_retry_after(mut self, wait: Duration) -> Self {
        let millis = u64::try_from(wait.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX);
        let mut members = match self.data.take() {
            Some(Value::Object(members)) => members,
            _ => Map::new(),
        };
        members.insert(RETRY_AFTER.to_owned(), millis.into());
        self.data = Some(Value::Object(members));
        self
    }

    /// How long the server asked to wait before trying again, if it did (SES-80).
    pub fn retry_after(&self) -> Option<Duration> {
        self.data.as_ref()?.get(RETRY_AFTER)?.as_u64().map(Duration::from_millis)
    }

    /// Whether repeating the same request can help.
    pub fn retry(&self) -> Retry {
        self.code.retry()
    }
}

impl From<ErrorCode> for ChatError {
    fn from(code: ErrorCode) -> Self {
        Self::new(code)
    }
}

impl fmt::Display for ChatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = if self.message.is_empty() { self.code.text() } else { &self.message };
        write!(f, "{text} ({})", self.code)
    }
}

impl std::error::Error for ChatError {}
