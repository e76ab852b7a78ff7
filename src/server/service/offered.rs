//! Services of others that this deployment offers: who they are, how many ask them at a time, and translation, which needs
//! nothing else (MSG-13, MSG-70).

use std::sync::Arc;

use hallway_protocol::method::{TranslateText, TranslatedText};
use hallway_protocol::service::{AUTO, LANGUAGES, Services};
use hallway_protocol::{ChatError, ErrorCode, Limits};
use tokio::sync::Semaphore;
use tracing::warn;

use crate::config::{Config, UploadWay};
use crate::outbound::Outbound;
use crate::provider::{self, ProviderError, Transcriber, Translator};

/// Translations at work at a time.
const TRANSLATIONS: usize = 8;
/// Voice messages at work at a time: each is held in memory, and a program on this computer takes a core.
const VOICES: usize = 2;

/// A service does not start as configured.
#[derive(Debug, thiserror::Error)]
#[error("{section}: {error}")]
pub struct NotOffered {
    section: &'static str,
    error: ProviderError,
}

/// See the module.
pub struct Offered {
    translator: Option<Arc<dyn Translator>>,
    pub(super) transcriber: Option<Arc<dyn Transcriber>>,
    translations: Semaphore,
    pub(super) voices: Semaphore,
    services: Services,
}

impl Offered {
    /// What the configuration names.
    pub async fn open(config: &Config, outbound: &Outbound) -> Result<Self, NotOffered> {
        let of = |section| move |error| NotOffered { section, error };
        let translator = provider::translator(config, outbound).await.map_err(of("translation"))?;
        let transcriber = provider::transcriber(config, outbound).map_err(of("voice_to_text"))?;
        let services = Services {
            translate_to: translator.as_ref().map_or_else(Vec::new, |it| it.languages()),
            voice_to_text: transcriber.as_ref().map_or_else(Vec::new, |it| it.languages()),
            link_previews: config.link_previews.enabled,
            upload_plugins: match config.files.upload {
                UploadWay::Server => vec!["tus".to_owned()],
                UploadWay::S3 => vec!["s3".to_owned(), "tus".to_owned()],
            },
        };
        let (translations, voices) = (Semaphore::new(TRANSLATIONS), Semaphore::new(VOICES));
        Ok(Self { translator, transcriber, translations, voices, services })
    }

    /// For the answer to a sign-in.
    pub fn services(&self) -> &Services {
        &self.services
    }

    /// Translates texts for whoever asks.
    pub async fn translate(&self, limits: &Limits, call: TranslateText) -> Result<TranslatedText, ChatError> {
        let TranslateText { source_text_list: texts, source_language: from, target_language: to } = call;
        check(limits, &texts, &from, &to)?;
        let failed = || ChatError::from(ErrorCode::TranslationFailed);
        let translator = self.translator.as_ref().ok_or_else(failed)?;
        if !self.services.translate_to.contains(&to) {
            return Err(failed().with_message("no translation into this language is offered"));
        }
        // What has nothing to translate goes nowhere.
        let is_said = |text: &String| text.chars().any(char::is_alphabetic);
        let said: Vec<String> = texts.iter().filter(|text| is_said(text)).cloned().collect();
        let wanted = said.len();
        let mut translated = Vec::new();
        if from != to && wanted > 0 {
            let _place = self.translations.acquire().await.map_err(|_| failed())?;
            translated = translator.translate(said, from, to).await.map_err(|error| {
                warn!(%error, "texts could not be translated");
                failed()
            })?;
            if translated.len() != wanted {
                warn!(
                    wanted,
                    got = translated.len(),
                    "the translation service answers other texts than it was asked for"
                );
                return Err(failed());
            }
        }
        let mut translated = translated.into_iter();
        let in_order = |text: String| if is_said(&text) { translated.next().unwrap_or(text) } else { text };
        Ok(TranslatedText { translated_text_list: texts.into_iter().map(in_order).collect() })
    }
}

fn check(limits: &Limits, texts: &[String], from: &str, to: &str) -> Result<(), ChatError> {
    let invalid = |why: &str| Err(ChatError::new(ErrorCode::InvalidParameter).with_message(why));
    let most = |limit: u32| usize::try_from(limit).unwrap_or(usize::MAX);
    if texts.is_empty() || texts.len() > most(limits.translate_texts) {
        return invalid("no texts, or too many");
    }
    let bytes = texts.iter().fold(0usize, |sum, text| sum.saturating_add(text.len()));
    if bytes > most(limits.translate_bytes) {
        return invalid("too long texts");
    }
    let is_known = |code: &str| LANGUAGES.contains(&code);
    if is_known(to) && (is_known(from) || from == AUTO) { Ok(()) } else { invalid("no such language") }
}
