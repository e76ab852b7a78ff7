//! Voice to text on this computer by PocketSphinx, which reads 16 000 samples of 16 bits a second.
//!
//! Other sounds go through ffmpeg where the deployer has named one: it reads its input and nothing else, and is told the
//! format that was found, so that no file can make it open another one.

use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;

use super::sound::{Format, plain_samples};
use super::{ProviderError, Transcriber, listed};
use crate::outbound::process::{self, Job};

/// Bytes of a sound: more than an hour of plain samples would take longer than anybody waits.
const SOUND: u64 = 25 * 1024 * 1024;
/// Bytes of a sound after decoding: a quarter of an hour.
const SAMPLES: usize = 15 * 60 * 16_000 * 2;
/// Bytes of the words.
const WORDS: usize = 64 * 1024;

pub(super) struct Sphinx {
    program: PathBuf,
    ffmpeg: Option<PathBuf>,
    languages: Vec<String>,
    within: Duration,
}

impl Sphinx {
    pub fn new(program: &Path, ffmpeg: Option<PathBuf>, languages: Vec<String>, within: Duration) -> Self {
        let languages = listed(languages, &["en-US"]);
        Self { program: program.to_owned(), ffmpeg, languages, within }
    }
}

impl Transcriber for Sphinx {
    fn languages(&self) -> Vec<String> {
        self.languages.clone()
    }

    fn most_bytes(&self) -> u64 {
        SOUND
    }

    fn transcribe(&self, sound: Bytes, _: String) -> BoxFuture<'static, Result<String, ProviderError>> {
        let (program, ffmpeg, within) = (self.program.clone(), self.ffmpeg.clone(), self.within);
        Box::pin(async move {
            let decoded;
            let samples = match plain_samples(&sound) {
                Some(samples) => samples,
                None => {
                    decoded = decode(ffmpeg, &sound, within).await?;
                    &decoded
                }
            };
            let samples = samples.get(..SAMPLES).unwrap_or(samples);
            let arguments = ["-infile", "/dev/stdin", "-logfn", "/dev/null"];
            let job = Job { program: &program, arguments: &arguments, input: samples, most: WORDS, within };
            let words = process::run(job).await?;
            // One line for each stretch between pauses.
            let words = String::from_utf8_lossy(&words);
            Ok(words.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n"))
        })
    }
}

/// Samples of a sound in another format.
async fn decode(ffmpeg: Option<PathBuf>, sound: &[u8], within: Duration) -> Result<Vec<u8>, ProviderError> {
    let demuxer = Format::of(sound).and_then(Format::demuxer).ok_or(ProviderError::Format)?;
    let program = ffmpeg.ok_or(ProviderError::Format)?;
    let arguments = [
        "-nostdin",
        "-hide_banner",
        "-loglevel",
        "error",
        "-protocol_whitelist",
        "pipe",
        "-f",
        demuxer,
        "-i",
        "pipe:0",
        "-vn",
        "-map",
        "0:a:0",
        "-ac",
        "1",
        "-ar",
        "16000",
        "-t",
        "900",
        "-f",
        "s16le",
        "pipe:1",
    ];
    let job = Job { program: &program, arguments: &arguments, input: sound, most: SAMPLES, within };
    match process::run(job).await {
        Ok(samples) => Ok(samples),
        Err(error) if error.kind() == std::io::ErrorKind::TimedOut => Err(error.into()),
        Err(error) => {
            tracing::debug!(%error, "a sound could not be decoded");
            Err(ProviderError::Format)
        }
    }
}
