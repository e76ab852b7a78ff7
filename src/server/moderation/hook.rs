//! The question to the deployer's own service, which says what becomes of a message: `docs/services.md` has the format.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use hallway_protocol::ErrorCode;
use hallway_protocol::ids::ConversationId;
use hallway_protocol::message::Payload;
use hyper::Method;
use hyper::header::{self, HeaderValue};
use serde::{Deserialize, Serialize, Serializer};

use crate::config::Secret;
use crate::outbound::{Ask, By, Outbound, OutboundError, Url};

/// Bytes of an answer: a whole message fits.
const ANSWER: usize = 256 * 1024;

/// What the hook is told.
#[derive(Debug, Serialize)]
pub struct Question<'a> {
    /// `before` the delivery or `after` it.
    pub event: &'static str,
    /// The sender.
    pub from: &'a str,
    /// As its sender names it.
    pub conversation_id: &'a ConversationId,
    /// The set of rules (MSG-19).
    pub moderation_profile: &'a str,
    /// What it says.
    #[serde(flatten)]
    pub payload: &'a Payload,
    /// Its files, where they are to be looked at.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<Attached>,
}

/// A file of the message.
#[derive(Debug, Serialize)]
pub struct Attached {
    /// As in the payload.
    pub uuid: String,
    /// By its content.
    pub media_type: String,
    /// Bytes.
    pub size: u64,
    /// The content in base64; none for a file that is too large to be shown.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "base64")]
    pub content: Option<Bytes>,
}

fn base64<S: Serializer>(content: &Option<Bytes>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&content.as_ref().map_or_else(String::new, |bytes| STANDARD.encode(bytes)))
}

/// What the hook says.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum Answer {
    /// Nothing is wrong with it.
    Deliver,
    /// Not delivered.
    Refuse {
        /// 120001 to 130000, 80001, 80003, 80004, 20006 or 10016.
        #[serde(default)]
        code: Option<i32>,
        /// For developers.
        #[serde(default)]
        message: String,
    },
    /// Delivered with another content of the same kind.
    Replace {
        /// The content.
        #[serde(flatten)]
        payload: Payload,
    },
    /// Delivered, or left where it is, and marked as risky (OBJ-47).
    Flag,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum HookError {
    /// It did not answer in time.
    #[error("no answer in time")]
    Time,
    /// It cannot be reached.
    #[error("{0}")]
    Outbound(OutboundError),
    /// It answers something else than it should.
    #[error("an answer that is none: {0}")]
    Answer(String),
}

/// See the module.
pub struct Hook {
    outbound: Outbound,
    url: Url,
    key: Secret,
    within: Duration,
}

impl Hook {
    pub(super) fn new(
        outbound: &Outbound,
        url: &str,
        key: &Secret,
        seconds: u32,
    ) -> Result<Self, OutboundError> {
        let within = Duration::from_secs(u64::from(seconds));
        Ok(Self { outbound: outbound.clone(), url: Url::parse(url)?, key: key.clone(), within })
    }

    /// Asks. For what is delivered already there is ten times as long.
    pub async fn ask(&self, question: &Question<'_>) -> Result<Answer, HookError> {
        let body = serde_json::to_vec(question).map_err(|error| HookError::Answer(error.to_string()))?;
        let mut headers = vec![(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
        if !self.key.is_empty()
            && let Ok(mut bearer) = HeaderValue::from_str(&format!("Bearer {}", self.key.expose()))
        {
            bearer.set_sensitive(true);
            headers.push((header::AUTHORIZATION, bearer));
        }
        let patience = if question.event == "after" { 10 } else { 1 };
        let reply = self.outbound.ask(Ask {
            method: Method::POST,
            url: self.url.clone(),
            by: By::Deployer,
            headers,
            body: body.into(),
            most: ANSWER,
            cuts: false,
            media: &[],
            within: self.within.saturating_mul(patience),
        });
        let reply = reply.await.map_err(|error| match error {
            OutboundError::Time => HookError::Time,
            error => HookError::Outbound(error),
        })?;
        if !reply.status.is_success() {
            return Err(HookError::Answer(format!("status {}", reply.status)));
        }
        serde_json::from_slice(&reply.body).map_err(|error| HookError::Answer(error.to_string()))
    }
}

/// The code of a refusal: the hook's own, or the one for this kind of message.
pub(crate) fn refusal(code: Option<i32>, payload: &Payload) -> ErrorCode {
    match code.and_then(ErrorCode::from_code) {
        Some(
            code @ (ErrorCode::Hook(_)
            | ErrorCode::TextRefused
            | ErrorCode::ImageRefused
            | ErrorCode::ContentHookFailed
            | ErrorCode::MessageHookRefused
            | ErrorCode::GroupHookRefused),
        ) => code,
        Some(_) => ErrorCode::ContentHookFailed,
        None if matches!(payload, Payload::Image(_)) => ErrorCode::ImageRefused,
        None => ErrorCode::TextRefused,
    }
}
