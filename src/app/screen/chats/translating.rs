//! Translations of messages, where the deployment offers them (MSG-70): the viewer's own, kept while the conversation is open.

use std::sync::Arc;

use hallway_client::Client;
use hallway_protocol::message::Payload;
use hallway_protocol::service::AUTO;
use hallway_protocol::{ChatError, Message as ChatMessage, MessageId};

use super::Chats;
use super::call::Call;
use super::effect::Effect;
use super::timeline::rows::MessageRow;
use super::update::failure;
use crate::fl;
use crate::i18n::{self, Language};

/// A translation of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Translation {
    /// On its way.
    Asked,
    /// Here.
    Done(String),
}

impl Chats {
    /// The language of the viewer, if texts can be translated into it.
    fn own_language(&self) -> Option<&'static str> {
        let wanted = match i18n::current() {
            Language::English => "en",
            Language::Chinese => "zh",
        };
        self.context.services.translate_to.iter().any(|code| code == wanted).then_some(wanted)
    }

    /// Whether a message can be translated for the viewer.
    pub(super) fn can_translate(&self, row: &MessageRow) -> bool {
        !row.own && row.message.sequence > 0 && row.words.is_some() && self.own_language().is_some()
    }

    /// Shows the translation of a message, or hides it.
    pub(super) fn translate(&mut self, message: &Arc<ChatMessage>) -> Vec<Effect> {
        let Some(language) = self.own_language() else { return Vec::new() };
        let Some(open) = &mut self.open else { return Vec::new() };
        if open.translations.remove(&message.id).is_some() {
            return Vec::new();
        }
        open.translations.insert(message.id.clone(), Translation::Asked);
        vec![Effect::Call(Call::Translate(message.clone(), language))]
    }

    /// A translation came, or did not.
    pub(super) fn translated(&mut self, id: &MessageId, result: Result<String, ChatError>) -> Vec<Effect> {
        let Some(waiting) = self.open.as_mut().and_then(|open| open.translations.get_mut(id)) else {
            return Vec::new();
        };
        match result {
            Ok(words) => {
                *waiting = Translation::Done(words);
                Vec::new()
            }
            Err(error) => {
                if let Some(open) = &mut self.open {
                    open.translations.remove(id);
                }
                self.toast(failure(fl!("failed-translate"), &error))
            }
        }
    }
}

/// Asks for a translation.
pub async fn translate(client: &Client, message: &ChatMessage, language: &str) -> Result<String, ChatError> {
    let Payload::Text(text) = &message.payload else { return Ok(String::new()) };
    let mut texts = client.translate_text(vec![text.text.clone()], AUTO, language).await?;
    Ok(texts.pop().unwrap_or_default())
}
