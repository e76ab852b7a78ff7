//! Voice messages as text (MSG-71).

use std::sync::Arc;

use hallway_protocol::message::Payload;
use hallway_protocol::method::{ConvertVoiceToText, VoiceText};
use hallway_protocol::{ChatError, ErrorCode};

use super::core::{Caller, Core, stored};
use super::file::Files;
use super::message_change::unknown_message;
use crate::store::message::MessageKey;

/// The words of a voice message that the caller may read.
pub async fn to_text(
    core: &Arc<Core>,
    files: &Files,
    caller: &Arc<Caller>,
    call: ConvertVoiceToText,
) -> Result<VoiceText, ChatError> {
    let unknown = unknown_message(&call.conversation_id);
    let conv = core.find(caller, &call.conversation_id).await?.ok_or(unknown)?;
    let key = MessageKey { conv, seq: stored(call.sequence) };
    let is_sound = |payload: &Payload| match payload {
        Payload::Audio(audio) => audio.uuid.parse().ok(),
        _ => None,
    };
    let _sound = files.of_message(caller, key, is_sound).await?.ok_or(unknown)?;
    Err(ErrorCode::VoiceToTextFailed.into())
}
