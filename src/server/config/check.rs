//! What a configuration must not say, and how it is told: file, line, column, key, reason.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use argon2::Params;
use toml::de::DeTable;

use hallway_protocol::service::LANGUAGES;

use super::types::{Secret, TlsMode, TranslationProvider, UploadWay, VoiceProvider};
use super::{Config, LimitsSection};
use crate::outbound::{Proxy, Url};

/// What is said of a service without an address.
const NO_URL: &str = "needs the address of the service here, like `https://translate.example.org`";

/// Why a configuration is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{file}: {error}", file = file.display())]
    Read {
        /// Which file.
        file: PathBuf,
        /// What the system says.
        error: String,
    },
    /// Something in the file is wrong.
    #[error("{file}:{line}:{column}: {message}", file = file.display())]
    File {
        /// Which file.
        file: PathBuf,
        /// From 1.
        line: usize,
        /// From 1, in characters.
        column: usize,
        /// What is wrong and what would be right.
        message: String,
    },
    /// A value that was not read from a file is wrong.
    #[error("{0}")]
    Value(Problem),
}

/// A key and what is wrong with its value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {message}")]
pub struct Problem {
    /// `section.key`.
    pub key: String,
    /// What is wrong and what would be right.
    pub message: String,
}

impl Problem {
    pub(super) fn new(key: &str, message: impl Into<String>) -> Self {
        Self { key: key.to_owned(), message: message.into() }
    }
}

impl Config {
    /// Checks what the types alone cannot say.
    pub fn check(&self) -> Result<(), Problem> {
        let bind: SocketAddr = self.server.bind.parse().map_err(|_| {
            Problem::new("server.bind", "not an address with a port, like `127.0.0.1:7290` or `[::]:7290`")
        })?;
        let public = &self.server.public_address;
        let public_ok = public.rsplit_once(':').is_some_and(|(host, port)| {
            !host.is_empty() && port.parse::<u16>().is_ok() && !host.contains(['/', '?', ' '])
        });
        ensure(public.is_empty() || public_ok, "server.public_address", "not of the form `host:port`")?;
        ensure(self.server.silence_seconds > 0, "server.silence_seconds", "must be at least 1")?;
        let url = self.database.url.expose();
        let url_ok = url.is_empty() || url.starts_with("postgres://") || url.starts_with("postgresql://");
        ensure(url_ok, "database.url", "must be empty or begin with `postgres://`")?;
        ensure(self.database.readers > 0, "database.readers", "must be at least 1")?;
        ensure(self.database.writers > 0, "database.writers", "must be at least 1")?;
        self.check_tls(bind)?;
        self.check_accounts()?;
        check_limits(&self.limits)?;
        ensure(self.files.keep_unsent_days > 0, "files.keep_unsent_days", "must be at least 1")?;
        self.check_services()?;
        self.check_moderation()?;
        self.check_s3()?;
        let level = self.log.level.parse::<tracing_subscriber::filter::Targets>();
        ensure(
            level.is_ok(),
            "log.level",
            "must be `error`, `warn`, `info`, `debug`, `trace`, or `part=level,…`",
        )
    }

    fn check_tls(&self, bind: SocketAddr) -> Result<(), Problem> {
        match self.tls.mode {
            TlsMode::Auto => Ok(()),
            TlsMode::Off => {
                ensure(bind.ip().is_loopback(), "tls.mode", "`off` is possible on loopback addresses only")
            }
            TlsMode::Files => {
                let certificate = !self.tls.certificate.as_os_str().is_empty();
                ensure(certificate, "tls.certificate", "`files` needs the path of a PEM file here")?;
                let key = !self.tls.key.as_os_str().is_empty();
                ensure(key, "tls.key", "`files` needs the path of a PEM file here")
            }
        }
    }

    fn check_services(&self) -> Result<(), Problem> {
        let proxy = &self.outbound.proxy;
        ensure(
            proxy.is_empty() || proxy.parse::<Proxy>().is_ok(),
            "outbound.proxy",
            "not of the form `host:port`",
        )?;
        let (text, voice) = (&self.translation, &self.voice_to_text);
        let is_http = |url: &str| Url::parse(url).is_ok();
        let needs_url =
            matches!(text.provider, TranslationProvider::Libretranslate | TranslationProvider::Openai);
        ensure(!needs_url || is_http(&text.url), "translation.url", NO_URL)?;
        let needs_model = text.provider == TranslationProvider::Openai;
        ensure(
            !needs_model || !text.model.is_empty(),
            "translation.model",
            "`openai` needs the name of a model here",
        )?;
        let unknown = text.languages.iter().find(|code| !LANGUAGES.contains(&code.as_str()));
        if let Some(code) = unknown {
            return Err(Problem::new("translation.languages", format!("there is no language `{code}`")));
        }
        ensure((1..=300).contains(&text.seconds), "translation.seconds", "must be from 1 to 300")?;
        let needs_url = voice.provider == VoiceProvider::Openai;
        ensure(!needs_url || is_http(&voice.url), "voice_to_text.url", NO_URL)?;
        ensure(
            !needs_url || !voice.model.is_empty(),
            "voice_to_text.model",
            "`openai` needs the name of a model here",
        )?;
        ensure((1..=300).contains(&voice.seconds), "voice_to_text.seconds", "must be from 1 to 300")
    }

    fn check_s3(&self) -> Result<(), Problem> {
        let s3 = &self.s3;
        let is_direct = self.files.upload == UploadWay::S3;
        if s3.endpoint.is_empty() {
            return ensure(!is_direct, "files.upload", "`s3` needs a bucket under `[s3]`");
        }
        let public = &s3.public_endpoint;
        let public_ok = public.is_empty() || Url::parse(public).is_ok();
        ensure(public_ok, "s3.public_endpoint", "not an address like `https://s3.example.org`")?;
        let limits = self.limits.effective()?;
        let largest =
            [limits.image_bytes, limits.audio_bytes, limits.video_bytes, limits.file_bytes].into_iter().max();
        let fits = largest.is_none_or(|largest| largest <= crate::blob::s3::LARGEST);
        ensure(!is_direct || fits, "files.upload", "`s3` takes files of at most 5 GiB; the limits say more")?;
        ensure(
            Url::parse(&s3.endpoint).is_ok(),
            "s3.endpoint",
            "not an address like `https://s3.example.org`",
        )?;
        ensure(!s3.bucket.is_empty(), "s3.bucket", "needs the name of a bucket")?;
        let has_keys = !s3.access_key.is_empty() && !s3.secret_key.is_empty();
        ensure(has_keys, "s3.access_key", "needs a key here and its secret in `secret_key`")?;
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/');
        let prefix_ok = s3.prefix.chars().all(is_plain) && !s3.prefix.starts_with('/');
        ensure(prefix_ok, "s3.prefix", "only letters, digits, `-`, `_` and `/`, which is not first")
    }

    fn check_moderation(&self) -> Result<(), Problem> {
        let section = &self.moderation;
        let hooks = std::iter::once(&section.hook).chain(section.profiles.values().map(|rules| &rules.hook));
        for hook in hooks.filter(|hook| !hook.is_empty()) {
            ensure(
                Url::parse(hook).is_ok(),
                "moderation.hook",
                "not an address like `https://hooks.example.org/check`",
            )?;
        }
        ensure((1..=30).contains(&section.hook_seconds), "moderation.hook_seconds", "must be from 1 to 30")
    }

    fn check_accounts(&self) -> Result<(), Problem> {
        let accounts = &self.accounts;
        ensure(accounts.app_id > 0, "accounts.app_id", "must be at least 1")?;
        let keys_ok = accounts.secret_keys.len() <= 2 && !accounts.secret_keys.iter().any(Secret::is_empty);
        ensure(keys_ok, "accounts.secret_keys", "at most two keys, none of them empty")?;
        let days_ok = (1..=30).contains(&accounts.invite_days);
        ensure(days_ok, "accounts.invite_days", "must be from 1 to 30")?;
        ensure(accounts.session_days > 0, "accounts.session_days", "must be at least 1")?;
        let cost = accounts.password_cost;
        let cost_ok = Params::new(cost.memory_kib, cost.passes, 1, None).is_ok();
        ensure(cost_ok, "accounts.password_cost", "out of the range of Argon2")
    }
}

fn check_limits(section: &LimitsSection) -> Result<(), Problem> {
    let limits = section.effective()?;
    let instances = [
        ("limits.desktop_instances", limits.desktop_instances),
        ("limits.web_instances", limits.web_instances),
        ("limits.mobile_instances", limits.mobile_instances),
    ];
    for (key, number) in instances {
        ensure((1..=10).contains(&number), key, "must be from 1 to 10 (SES-3)")?;
    }
    // A client that syncs has as many calls open.
    ensure(limits.queued_requests >= 20, "limits.queued_requests", "must be at least 20")?;
    ensure(limits.frame_bytes >= 4096, "limits.frame_bytes", "must be at least 4096")
}

fn ensure(good: bool, key: &str, message: &str) -> Result<(), Problem> {
    if good { Ok(()) } else { Err(Problem::new(key, message)) }
}

/// The place of what the TOML reader complains about.
pub(super) fn at(text: &str, file: &Path, error: &toml::de::Error) -> ConfigError {
    place(text, file, error.span().map_or(0, |span| span.start), error.message().to_owned())
}

/// The place of the key of `problem` in `text`, or of its section where the key itself is not written.
pub(super) fn in_file(text: &str, file: &Path, problem: Problem) -> ConfigError {
    let (section, key) = problem.key.split_once('.').unwrap_or((&problem.key, ""));
    let offset = DeTable::parse(text).ok().and_then(|table| {
        let (at, section) = table.get_ref().get_key_value(section)?;
        let inner = section.get_ref().as_table().and_then(|table| table.get_key_value(key));
        Some(inner.map_or(at.span().start, |(at, _)| at.span().start))
    });
    place(text, file, offset.unwrap_or(0), problem.to_string())
}

fn place(text: &str, file: &Path, offset: usize, message: String) -> ConfigError {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count().saturating_add(1);
    let column = before.rsplit('\n').next().map_or(0, |last| last.chars().count()).saturating_add(1);
    ConfigError::File { file: file.to_owned(), line, column, message }
}
