//! Requests about what a deployment offers on top of messages.

use serde::{Deserialize, Serialize};

use crate::ids::ConversationId;

object! {
    /// Translates texts (MSG-70). Nobody keeps them. 2117 when the deployment does not offer it, not for these languages, or
    /// when it failed; 6017 for more than `translate_texts` or `translate_bytes`.
    TranslateText {
        /// What.
        source_text_list: Vec<String>,
        /// Code of [`crate::service::LANGUAGES`], or `auto` to have it found out.
        source_language: String,
        /// Code of [`crate::service::LANGUAGES`].
        target_language: String,
    }
    /// Translated texts.
    TranslatedText {
        /// In the order asked for.
        translated_text_list: Vec<String>,
    }
    /// Turns the words of a voice message into text (MSG-71). 2118 when the deployment does not offer it or when it
    /// failed, 2119 for a format that cannot be read; where there is no such voice message for the caller: 20022, in
    /// groups 10030.
    ConvertVoiceToText {
        /// Where the message stands.
        conversation_id: ConversationId,
        /// Its place.
        sequence: u64,
        /// `cmn-Hans-CN`, `en-US`, `yue-Hant-HK`, `ja-JP`; none for a mix of Chinese, English and Cantonese.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        language: String,
    }
    /// The words of a voice message.
    VoiceText {
        /// Empty when nobody speaks.
        result: String,
    }
    /// Takes the preview off an own message, for everybody and for good.
    RemoveLinkPreview {
        /// Where the message stands.
        conversation_id: ConversationId,
        /// Its place.
        sequence: u64,
    }
}
