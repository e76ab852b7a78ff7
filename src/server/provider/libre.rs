//! Translation by LibreTranslate and what speaks like it: `POST /translate`.

use futures_util::future::BoxFuture;
use hallway_protocol::service::LANGUAGES;
use serde::Deserialize;
use serde_json::json;

use super::{Endpoint, ProviderError, Translator, listed};

pub(super) struct Libre {
    endpoint: Endpoint,
    languages: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    translated_text: Vec<String>,
}

impl Libre {
    pub fn new(endpoint: Endpoint, languages: Vec<String>) -> Self {
        Self { endpoint, languages: listed(languages, &LANGUAGES) }
    }
}

/// As LibreTranslate calls a language.
fn code(language: &str) -> &str {
    if language == "zh-TW" { "zt" } else { language }
}

impl Translator for Libre {
    fn languages(&self) -> Vec<String> {
        self.languages.clone()
    }

    fn translate(
        &self,
        texts: Vec<String>,
        from: String,
        to: String,
    ) -> BoxFuture<'static, Result<Vec<String>, ProviderError>> {
        let endpoint = self.endpoint.clone();
        Box::pin(async move {
            let mut body =
                json!({ "q": texts, "source": code(&from), "target": code(&to), "format": "text" });
            if let Some(fields) = body.as_object_mut().filter(|_| !endpoint.key.is_empty()) {
                fields.insert("api_key".to_owned(), endpoint.key.expose().into());
            }
            let answer: Answer = endpoint.post_json("/translate", &body, None).await?;
            Ok(answer.translated_text)
        })
    }
}
