//! What a deployment offers on top of messages: translation, voice to text, previews of links (spec part 2b).

use hallway_protocol::method::{ConvertVoiceToText, RemoveLinkPreview, TranslateText};
use hallway_protocol::service::Services;
use hallway_protocol::{ErrorCode, Message};

use std::time::Duration;

use super::Client;
use crate::Result;
use crate::engine::apply::Step;

/// How long the server may work on what it is asked here: longer than it lets its own services work.
const WORKING: Duration = Duration::from_secs(330);

impl Client {
    /// What the deployment offers, as it said at the last sign-in. What is not offered is not shown.
    pub fn services(&self) -> Services {
        self.inner.shared.session().map_or_else(Services::default, |session| session.services.clone())
    }

    /// Translates texts; the answer is in the same order (MSG-70). Languages are codes of
    /// [`hallway_protocol::service::LANGUAGES`]; the source may be [`hallway_protocol::service::AUTO`].
    ///
    /// # Errors
    ///
    /// 2117 when it is not offered, not for these languages, or when it failed; 6017 for more than
    /// [`hallway_protocol::Limits::translate_texts`] or `translate_bytes`; 60018 too often.
    pub async fn translate_text(
        &self,
        source_text_list: Vec<String>,
        source_language: &str,
        target_language: &str,
    ) -> Result<Vec<String>> {
        let (source_language, target_language) = (source_language.to_owned(), target_language.to_owned());
        let call = TranslateText { source_text_list, source_language, target_language };
        Ok(self.rpc()?.call_within(&call, WORKING).await?.translated_text_list)
    }

    /// The words of a voice message; empty when nobody speaks (MSG-71). `language` is one of [`Services::voice_to_text`],
    /// or empty for a mix of Chinese, English and Cantonese, where the service knows such a thing.
    ///
    /// # Errors
    ///
    /// 2118 when it is not offered, the message is not sent, or when it failed; 2119 for a format that cannot be read;
    /// 20022 and 10030 when there is no such voice message any more; 60018 too often.
    pub async fn convert_voice_to_text(&self, message: &Message, language: &str) -> Result<String> {
        if message.sequence == 0 {
            return Err(ErrorCode::VoiceToTextFailed.into());
        }
        let (conversation_id, sequence) = (message.conversation_id.clone(), message.sequence);
        let call = ConvertVoiceToText { conversation_id, sequence, language: language.to_owned() };
        Ok(self.rpc()?.call_within(&call, WORKING).await?.result)
    }

    /// Takes the preview of a link off an own message, for everybody and for good. The answer is the message without it.
    ///
    /// # Errors
    ///
    /// 10007 for somebody else's message; 20022 and 10030 when it is gone.
    pub async fn remove_link_preview(&self, message: &Message) -> Result<Message> {
        let (conversation_id, sequence) = (message.conversation_id.clone(), message.sequence);
        let stored = self.rpc()?.call(&RemoveLinkPreview { conversation_id, sequence }).await?;
        let without = stored.message.clone();
        self.apply(vec![Step::Own(Box::new(stored))]).await?;
        Ok(without)
    }
}
