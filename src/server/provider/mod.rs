//! Services that others run and this server only asks: translation and voice to text, over HTTP or by a program on this
//! computer. Rules, limits and rights are in `service`; here is one file per kind of service.
//!
//! * [`Translator`]: `libre` (LibreTranslate and what speaks like it), `openai` (OpenAI's chat interface and what speaks
//!   like it), `apertium` (on this computer).
//! * [`Transcriber`]: `openai`, `sphinx` (PocketSphinx, on this computer). [`sound`]: what the formats are.
//!
//! Why something failed is for the log; people get one code.

mod apertium;
mod libre;
mod openai;
pub mod sound;
mod sphinx;
#[cfg(test)]
mod tests;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use hyper::Method;
use hyper::header::{self, HeaderName, HeaderValue};
use serde::de::DeserializeOwned;

use crate::config::{Config, Secret, TranslationProvider, VoiceProvider};
use crate::outbound::{Ask, By, Outbound, OutboundError, Url};

/// Bytes of an answer of a service.
const ANSWER: usize = 1024 * 1024;

/// Why a service did not do its work.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// It does not know the language.
    #[error("not for these languages")]
    Language,
    /// It does not read the format.
    #[error("not this format")]
    Format,
    /// It cannot be reached or is too slow.
    #[error("{0}")]
    Outbound(#[from] OutboundError),
    /// A program on this computer failed.
    #[error("{0}")]
    Program(#[from] io::Error),
    /// It answers something else than it should.
    #[error("an answer that is none: {0}")]
    Answer(String),
}

/// Turns texts of one language into another.
pub trait Translator: Send + Sync + 'static {
    /// Languages it translates into, as codes of MSG-70.
    fn languages(&self) -> Vec<String>;

    /// Translates; the answer has as many texts, in the same order. `from` is a code or `auto`.
    fn translate(
        &self,
        texts: Vec<String>,
        from: String,
        to: String,
    ) -> BoxFuture<'static, Result<Vec<String>, ProviderError>>;
}

/// Turns speech into text.
pub trait Transcriber: Send + Sync + 'static {
    /// Languages it knows, as codes of MSG-71.
    fn languages(&self) -> Vec<String>;

    /// Bytes of the longest sound it takes.
    fn most_bytes(&self) -> u64;

    /// The words of a sound. `language` is one of [`Self::languages`], or empty: whatever it takes for a mix.
    fn transcribe(&self, sound: Bytes, language: String)
    -> BoxFuture<'static, Result<String, ProviderError>>;
}

/// The translator that the configuration names; none is the usual.
pub async fn translator(
    config: &Config,
    outbound: &Outbound,
) -> Result<Option<Arc<dyn Translator>>, ProviderError> {
    let section = &config.translation;
    let within = Duration::from_secs(u64::from(section.seconds));
    let endpoint = || Endpoint::new(outbound, &section.url, &section.key, within);
    Ok(match section.provider {
        TranslationProvider::None => None,
        TranslationProvider::Libretranslate => {
            Some(Arc::new(libre::Libre::new(endpoint()?, section.languages.clone())))
        }
        TranslationProvider::Openai => {
            Some(Arc::new(openai::Chat::new(endpoint()?, section.model.clone(), section.languages.clone())))
        }
        TranslationProvider::Apertium => {
            Some(Arc::new(apertium::Apertium::open(&section.program, &section.languages, within).await?))
        }
    })
}

/// The service for voice messages that the configuration names; none is the usual.
pub fn transcriber(
    config: &Config,
    outbound: &Outbound,
) -> Result<Option<Arc<dyn Transcriber>>, ProviderError> {
    let section = &config.voice_to_text;
    let within = Duration::from_secs(u64::from(section.seconds));
    let languages = section.languages.clone();
    Ok(match section.provider {
        VoiceProvider::None => None,
        VoiceProvider::Openai => {
            let endpoint = Endpoint::new(outbound, &section.url, &section.key, within)?;
            Some(Arc::new(openai::Speech::new(endpoint, section.model.clone(), languages)))
        }
        VoiceProvider::Pocketsphinx => {
            let ffmpeg = Some(section.ffmpeg.clone()).filter(|path| path != &PathBuf::new());
            Some(Arc::new(sphinx::Sphinx::new(&section.program, ffmpeg, languages, within)))
        }
    })
}

/// A service over HTTP.
#[derive(Clone)]
struct Endpoint {
    outbound: Outbound,
    /// Without a slash at the end.
    url: String,
    key: Secret,
    within: Duration,
}

impl Endpoint {
    fn new(outbound: &Outbound, url: &str, key: &Secret, within: Duration) -> Result<Self, ProviderError> {
        Url::parse(url).map_err(OutboundError::from)?;
        let url = url.trim_end_matches('/').to_owned();
        Ok(Self { outbound: outbound.clone(), url, key: key.clone(), within })
    }

    /// The key as a bearer token, where there is one.
    fn bearer(&self) -> Option<(HeaderName, HeaderValue)> {
        let mut value = HeaderValue::from_str(&format!("Bearer {}", self.key.expose())).ok()?;
        value.set_sensitive(true);
        (!self.key.is_empty()).then_some((header::AUTHORIZATION, value))
    }

    async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        media: &str,
        body: Bytes,
        bearer: Option<(HeaderName, HeaderValue)>,
    ) -> Result<T, ProviderError> {
        let media = HeaderValue::from_str(media).map_err(|error| ProviderError::Answer(error.to_string()))?;
        let mut headers = vec![(header::CONTENT_TYPE, media)];
        headers.extend(bearer);
        let ask = Ask {
            method: Method::POST,
            url: Url::parse(&format!("{}{path}", self.url)).map_err(OutboundError::from)?,
            by: By::Deployer,
            headers,
            body,
            most: ANSWER,
            cuts: false,
            media: &[],
            within: self.within,
        };
        let reply = self.outbound.ask(ask).await?;
        if !reply.status.is_success() {
            return Err(ProviderError::Answer(format!("status {}", reply.status)));
        }
        serde_json::from_slice(&reply.body).map_err(|error| ProviderError::Answer(error.to_string()))
    }

    async fn post_json<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &serde_json::Value,
        bearer: Option<(HeaderName, HeaderValue)>,
    ) -> Result<T, ProviderError> {
        self.post(path, "application/json", body.to_string().into(), bearer).await
    }
}

/// What the deployer lists, or all of `known` where nothing is listed.
fn listed(languages: Vec<String>, known: &[&str]) -> Vec<String> {
    if languages.is_empty() { known.iter().map(|code| (*code).to_owned()).collect() } else { languages }
}
