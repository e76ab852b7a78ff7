//! The types of single keys.

use std::fmt;

use hallway_protocol::Limits;
use hallway_protocol::limits::Preset;
use serde::{Deserialize, Serialize, Serializer};

use super::check::Problem;

/// A text that must not be seen: it is not in `Debug` output, nor in anything serialised.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The text itself, for the one place that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_empty() { "Secret(none)" } else { "Secret(…)" })
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str("")
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.0);
    }
}

/// How connections are encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TlsMode {
    /// With an own certificate, made on the first start.
    Auto,
    /// With the deployer's certificate.
    Files,
    /// Not at all; on loopback only.
    Off,
}

/// Who may invite people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Invites {
    /// Administrators.
    Admin,
    /// Everybody with an account.
    Everybody,
    /// Nobody; accounts are made on the command line.
    Nobody,
}

/// Which way files come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UploadWay {
    /// Through the server.
    Server,
    /// Straight into the bucket, by signed links.
    S3,
}

/// Who translates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TranslationProvider {
    /// Nobody.
    None,
    /// LibreTranslate and what speaks like it.
    Libretranslate,
    /// OpenAI's chat interface and what speaks like it.
    Openai,
    /// Apertium on this computer.
    Apertium,
}

/// What becomes of a text with a word that is not said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WordsAction {
    /// It is refused.
    #[default]
    Refuse,
    /// Stars stand for the word.
    Replace,
}

/// A set of moderation rules with a name (MSG-19).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RulesSection {
    /// File with a list of words.
    pub words: std::path::PathBuf,
    /// What becomes of a text with one of them.
    pub words_action: WordsAction,
    /// Whom to ask.
    pub hook: String,
}

/// Who turns voice messages into text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VoiceProvider {
    /// Nobody.
    None,
    /// OpenAI's transcriptions and what speaks like them.
    Openai,
    /// PocketSphinx on this computer.
    Pocketsphinx,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One object per line.
    Json,
}

/// What people may do: a preset, and single numbers that differ from it (PLUS-1).
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct LimitsSection {
    /// Where the numbers come from.
    pub preset: Preset,
    /// Name of a limit and its number; names are those of [`Limits`].
    #[serde(flatten)]
    pub overrides: toml::Table,
}

impl LimitsSection {
    /// The preset with the overrides on top.
    pub(super) fn effective(&self) -> Result<Limits, Problem> {
        let mut limits = Limits::preset(self.preset);
        for (name, value) in &self.overrides {
            let problem = |message: String| Problem::new(&format!("limits.{name}"), message);
            if !Limits::NAMES.contains(&name.as_str()) {
                return Err(problem(format!("there is no limit called `{name}`")));
            }
            let mut table = toml::Table::try_from(&limits).map_err(|error| problem(error.to_string()))?;
            table.insert(name.clone(), value.clone());
            limits =
                table.try_into().map_err(|error: toml::de::Error| problem(error.message().to_owned()))?;
        }
        Ok(limits)
    }
}
