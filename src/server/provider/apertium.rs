//! Translation on this computer by Apertium, with the pairs of languages that are installed.
//!
//! Apertium does not find out what language a text is in. For `auto` each pair into the target is tried, and the one that
//! knows most of the words is taken: Apertium marks words it does not know with a star.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use futures_util::future::BoxFuture;
use hallway_protocol::service::AUTO;

use super::{ProviderError, Translator};
use crate::outbound::process::{self, Job};

/// Codes of Apertium and of MSG-70.
const CODES: [(&str, &str); 18] = [
    ("zho", "zh"),
    ("eng", "en"),
    ("jpn", "ja"),
    ("kor", "ko"),
    ("fra", "fr"),
    ("spa", "es"),
    ("ita", "it"),
    ("deu", "de"),
    ("tur", "tr"),
    ("rus", "ru"),
    ("por", "pt"),
    ("vie", "vi"),
    ("ind", "id"),
    ("tha", "th"),
    ("msa", "ms"),
    ("zlm", "ms"),
    ("ara", "ar"),
    ("hin", "hi"),
];
/// How much longer than its original a translation may be.
const GROWTH: usize = 8;
/// Bytes of the list of pairs.
const LIST: usize = 64 * 1024;

pub(super) struct Apertium {
    program: PathBuf,
    /// Source and target, and what Apertium calls the pair.
    pairs: BTreeMap<(String, String), String>,
    within: Duration,
}

impl Apertium {
    /// Looks which pairs are installed. `languages` leaves out other targets, where it is not empty.
    pub async fn open(program: &Path, languages: &[String], within: Duration) -> Result<Self, ProviderError> {
        let list = process::run(Job { program, arguments: &["-l"], input: b"", most: LIST, within }).await?;
        let mut pairs = pairs(&String::from_utf8_lossy(&list));
        pairs.retain(|(_, to), _| languages.is_empty() || languages.contains(to));
        if pairs.is_empty() {
            return Err(ProviderError::Answer("no pair of languages is installed".to_owned()));
        }
        Ok(Self { program: program.to_owned(), pairs, within })
    }
}

/// The usual pairs of a list: `eng-spa`, `en-es`, but not its variants, as `spa-eng_US`.
fn pairs(list: &str) -> BTreeMap<(String, String), String> {
    let code = |name: &str| {
        let found = CODES.iter().find(|(long, short)| name == *long || name == *short);
        found.map(|(_, short)| (*short).to_owned())
    };
    let pair = |mode: &str| {
        let (from, to) = mode.split_once('-')?;
        Some(((code(from)?, code(to)?), mode.to_owned()))
    };
    list.lines().filter_map(|line| pair(line.trim())).collect()
}

/// Translates by one pair; words that are not known are marked if `marks`.
async fn by(
    program: &Path,
    mode: &str,
    marks: bool,
    text: &str,
    within: Duration,
) -> Result<String, ProviderError> {
    let arguments = if marks { &[mode][..] } else { &["-u", mode][..] };
    let most = text.len().saturating_mul(GROWTH).saturating_add(1024);
    let output = process::run(Job { program, arguments, input: text.as_bytes(), most, within }).await?;
    let text = String::from_utf8(output).map_err(|error| ProviderError::Answer(error.to_string()))?;
    Ok(text.trim_end_matches('\n').to_owned())
}

impl Translator for Apertium {
    fn languages(&self) -> Vec<String> {
        let mut targets: Vec<String> = self.pairs.keys().map(|(_, to)| to.clone()).collect();
        targets.sort();
        targets.dedup();
        targets
    }

    fn translate(
        &self,
        texts: Vec<String>,
        from: String,
        to: String,
    ) -> BoxFuture<'static, Result<Vec<String>, ProviderError>> {
        let fits = |source: &str, target: &str| target == to && (from == AUTO || source == from);
        let modes: Vec<String> = self
            .pairs
            .iter()
            .filter(|((source, target), _)| fits(source, target))
            .map(|it| it.1.clone())
            .collect();
        let (program, within) = (self.program.clone(), self.within);
        Box::pin(async move {
            let all = async {
                let mut translated = Vec::with_capacity(texts.len());
                for text in texts {
                    let mode = choose(&program, &modes, &text, within).await?;
                    translated.push(by(&program, &mode, false, &text, within).await?);
                }
                Ok(translated)
            };
            let timeout = |_| ProviderError::Program(std::io::ErrorKind::TimedOut.into());
            tokio::time::timeout(within, all).await.map_err(timeout)?
        })
    }
}

/// The pair that knows most of the words.
async fn choose(
    program: &Path,
    modes: &[String],
    text: &str,
    within: Duration,
) -> Result<String, ProviderError> {
    if let [only] = modes {
        return Ok(only.clone());
    }
    let mut best: Option<(usize, &String)> = None;
    for mode in modes {
        let marked = by(program, mode, true, text, within).await?;
        let unknown = marked.split_whitespace().filter(|word| word.starts_with('*')).count();
        if best.is_none_or(|(fewest, _)| unknown < fewest) {
            best = Some((unknown, mode));
        }
    }
    best.map(|(_, mode)| mode.clone()).ok_or(ProviderError::Language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_known_by_short_codes_and_variants_left_out() {
        let found = pairs("  eng-spa\n  spa-eng\n  spa-eng_US\n  en-gl\n  fr-es\n nonsense\n");
        let pair = |from: &str, to: &str| found.get(&(from.to_owned(), to.to_owned())).map(String::as_str);
        assert_eq!(pair("en", "es"), Some("eng-spa"));
        assert_eq!(pair("es", "en"), Some("spa-eng"));
        assert_eq!(pair("fr", "es"), Some("fr-es"));
        assert_eq!(found.len(), 3);
    }
}
