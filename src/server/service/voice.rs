//! Voice messages as text (MSG-71).

use std::sync::Arc;

use hallway_protocol::message::Payload;
use hallway_protocol::method::{ConvertVoiceToText, VoiceText};
use hallway_protocol::{ChatError, ErrorCode};
use tracing::warn;

use super::core::{Caller, Core, stored};
use super::file::Files;
use super::message_change::unknown_message;
use super::offered::Offered;
use crate::provider::ProviderError;
use crate::store::message::MessageKey;

/// The words of a voice message that the caller may read.
pub async fn to_text(
    core: &Arc<Core>,
    files: &Files,
    offered: &Offered,
    caller: &Arc<Caller>,
    call: ConvertVoiceToText,
) -> Result<VoiceText, ChatError> {
    let unknown = unknown_message(&call.conversation_id);
    let conv = core.find(caller, &call.conversation_id).await?.ok_or(unknown)?;
    let key = MessageKey { conv, seq: stored(call.sequence) };
    let sound_of = |payload: &Payload| match payload {
        Payload::Audio(audio) => audio.uuid.parse().ok(),
        _ => None,
    };
    let sound = files.of_message(caller, key, sound_of).await?.ok_or(unknown)?;

    let failed = || ChatError::from(ErrorCode::VoiceToTextFailed);
    let transcriber = offered.transcriber.as_ref().ok_or_else(failed)?;
    let language = language(&call.language).ok_or_else(|| {
        ChatError::new(ErrorCode::InvalidParameter).with_message("no such language of voice messages")
    })?;
    let knows = transcriber.languages();
    if !language.is_empty() && !knows.iter().any(|known| known == language) {
        return Err(failed().with_message("this language is not offered"));
    }
    if sound.reader.size() > transcriber.most_bytes() {
        return Err(failed().with_message("the voice message is too long"));
    }
    let _place = offered.voices.acquire().await.map_err(|_| failed())?;
    let bytes = sound.bytes().await.map_err(|error| {
        warn!(%error, "a voice message could not be read");
        failed()
    })?;
    let result = transcriber.transcribe(bytes, language.to_owned()).await.map_err(|error| match error {
        ProviderError::Format => ChatError::from(ErrorCode::VoiceFormatUnsupported),
        error => {
            warn!(%error, "a voice message could not be turned into text");
            failed()
        }
    })?;
    Ok(VoiceText { result: result.trim().to_owned() })
}

/// The code of a language of MSG-71, which has two names for one of them; empty for a mix.
fn language(name: &str) -> Option<&'static str> {
    Some(match name {
        "" => "",
        "zh" | "cmn-Hans-CN" => "cmn-Hans-CN",
        "en-US" => "en-US",
        "yue-Hant-HK" => "yue-Hant-HK",
        "ja-JP" => "ja-JP",
        _ => return None,
    })
}
