//! The configuration: one TOML file, all of it optional.
//!
//! Every key is a documented field of a section below with its default beside it; the `sections` macro
//! makes the types, their defaults and the example file (`hallway-server.example.toml`) from that one place.
//! [`Config::load`] reads and checks a file and names file, line and column of what is wrong.

mod check;
mod sections;
mod types;

use std::path::Path;

use hallway_protocol::Limits;
use hallway_protocol::limits::Preset;
use serde::Deserialize;

pub use check::ConfigError;
pub use types::{
    Invites, LimitsSection, LogFormat, RulesSection, Secret, TlsMode, TranslationProvider, UploadWay,
    VoiceProvider, WordsAction,
};

use crate::auth::password::Cost;
use crate::ratelimit::Rate;
use sections::sections;

sections! {
    /// Where the server listens and keeps its data.
    Server "server" {
        /// Address and port to listen on. `127.0.0.1` is this computer only, `0.0.0.0` is everybody who can
        /// reach it.
        bind: String = "127.0.0.1:7290".into(),
        /// `host:port` that people use, for invite links. Empty: the listening address.
        public_address: String = String::new(),
        /// Name of the workspace, shown to everybody.
        name: String = "Hallway".into(),
        /// The one directory that holds everything: database, files, certificate. Empty:
        /// `$STATE_DIRECTORY`, else `hallway-server` in the user's data directory.
        data_dir: std::path::PathBuf = std::path::PathBuf::new(),
        /// Connections at a time; 0 for as many as the system allows.
        max_connections: u32 = 0,
        /// Seconds after which a silent connection counts as gone (SES-36).
        silence_seconds: u32 = 60,
        /// Seconds that a stopping server waits for its connections to end.
        stop_seconds: u32 = 10,
    }
    /// Where the rows are.
    Database "database" {
        /// Empty: an SQLite file in the data directory. Otherwise `postgres://user:password@host/name`.
        url: Secret = Secret::default(),
        /// Reading connections.
        readers: u32 = 4,
        /// Writing connections; PostgreSQL only, SQLite always has one.
        writers: u32 = 4,
    }
    /// Encryption of connections.
    Tls "tls" {
        /// `auto`: an own certificate, made on the first start, whose fingerprint is part of invite links.
        /// `files`: the two files below. `off`: plain text, allowed on loopback addresses only.
        mode: TlsMode = TlsMode::Auto,
        /// PEM file with the certificate chain, for `files`.
        certificate: std::path::PathBuf = std::path::PathBuf::new(),
        /// PEM file with the private key, for `files`.
        key: std::path::PathBuf = std::path::PathBuf::new(),
    }
    /// Accounts and signing in.
    Accounts "accounts" {
        /// Number of this deployment, part of every credential (`userSig`).
        app_id: u32 = 1,
        /// Secret keys of the app for `userSig`, the one to sign with first; two during a change. Without any,
        /// people sign in by password only.
        secret_keys: Vec<Secret> = Vec::new(),
        /// Who may invite people: `admin`, `everybody` or `nobody`.
        invites: Invites = Invites::Admin,
        /// Days until an invite link runs out, at most 30.
        invite_days: u32 = 7,
        /// A sign-in on one class of device (desktop, web, mobile) ends those on the others (SES-45).
        one_terminal_at_a_time: bool = false,
        /// Days after which an instance that was not used has to sign in by password again.
        session_days: u32 = 180,
        /// What hashing one password costs (Argon2id).
        password_cost: Cost = Cost::default(),
    }
    /// Files behind messages. How large they may be is said under `[limits]`.
    Files "files" {
        /// Where they are kept. Empty: `files` in the data directory.
        folder: std::path::PathBuf = std::path::PathBuf::new(),
        /// Days after which an upload that nobody goes on with, and a file that no message has any more, is removed.
        keep_unsent_days: u32 = 7,
        /// Incomplete uploads of one user at a time; 0: any number.
        uploads_per_user: u32 = 20,
        /// Bytes that one user may upload within 24 hours; 0: any number.
        bytes_per_day: u64 = 10 * 1024 * 1024 * 1024,
        /// Which way they come in: `server`, through the server; or `s3`, straight into the bucket of `[s3]` by signed links,
        /// from clients that can do that. The server then reads each of them once.
        upload: UploadWay = UploadWay::Server,
    }
    /// A bucket of an S3-compatible service instead of the folder for files. Files pass through the server in both directions,
    /// unless `files.upload` says otherwise: nobody else needs to reach the bucket. Uploads through the server that are not complete
    /// stay in the folder.
    S3Section "s3" {
        /// Address of the service, `https://s3.eu-central-1.amazonaws.com`. Empty: files are in the folder.
        endpoint: String = String::new(),
        /// Address at which clients reach the service, for `files.upload`. Empty: the same.
        public_endpoint: String = String::new(),
        /// Name of the bucket, which must be there.
        bucket: String = String::new(),
        /// Region of the bucket.
        region: String = "us-east-1".into(),
        /// Key of an account that may list, read, write and remove in the bucket.
        access_key: String = String::new(),
        /// Secret of that account.
        secret_key: Secret = Secret::default(),
        /// The bucket stands in the path (`https://host/bucket`), not in the host (`https://bucket.host`).
        path_style: bool = true,
        /// What names of objects begin with.
        prefix: String = String::new(),
    }
    /// How this server reaches others. Nothing is asked anywhere unless one of the next sections says so.
    OutboundSection "outbound" {
        /// HTTP proxy to the internet, `host:port`; it must allow CONNECT to the ports 80 and 443. Empty: directly.
        proxy: String = String::new(),
    }
    /// Translation of messages. What is translated goes to this service, and to nobody as long as there is none.
    Translation "translation" {
        /// `none`; `libretranslate` or `openai`, also for other services that speak like these; or `apertium`, a program on
        /// this computer (Debian: `apertium` and a package for each pair of languages, like `apertium-eng-spa`).
        provider: TranslationProvider = TranslationProvider::None,
        /// Address of the service without its last part: `https://translate.example.org`, `https://api.openai.com/v1`.
        url: String = String::new(),
        /// Its key, if it wants one.
        key: Secret = Secret::default(),
        /// Name of the model, for `openai`.
        model: String = String::new(),
        /// Languages to translate into: zh, zh-TW, en, ja, ko, fr, es, it, de, tr, ru, pt, vi, id, th, ms, ar, hi. None: all of
        /// them, with `apertium` those that are installed.
        languages: Vec<String> = Vec::new(),
        /// The program, for `apertium`.
        program: std::path::PathBuf = "apertium".into(),
        /// Seconds that one translation may take, at most 300.
        seconds: u32 = 30,
    }
    /// Voice messages as text. They go to this service, and to nobody as long as there is none.
    VoiceToText "voice_to_text" {
        /// `none`; `openai`, also for other services that speak like it; or `pocketsphinx`, a program on this computer
        /// (Debian: `pocketsphinx` and `pocketsphinx-en-us`).
        provider: VoiceProvider = VoiceProvider::None,
        /// Address of the service without its last part, `https://api.openai.com/v1`.
        url: String = String::new(),
        /// Its key, if it wants one.
        key: Secret = Secret::default(),
        /// Name of the model, for `openai`.
        model: String = String::new(),
        /// Languages that it knows. None: `cmn-Hans-CN`, `en-US`, `yue-Hant-HK` and `ja-JP`, with `pocketsphinx` only `en-US`.
        languages: Vec<String> = Vec::new(),
        /// The program, for `pocketsphinx`.
        program: std::path::PathBuf = "pocketsphinx_continuous".into(),
        /// With `pocketsphinx`, the program `ffmpeg` that reads other formats than its own plain WAV. Empty: these are refused.
        ffmpeg: std::path::PathBuf = std::path::PathBuf::new(),
        /// Seconds that one message may take, at most 300.
        seconds: u32 = 120,
    }
    /// What may be said. Nothing is checked unless there is a list of words or a hook.
    Moderation "moderation" {
        /// File with a word or phrase per line, `#` for remarks. Words in letters are found where they stand alone, with `*`
        /// before or after them also as part of others.
        words: std::path::PathBuf = std::path::PathBuf::new(),
        /// What becomes of a text with such a word: `refuse`, or `replace` by stars. Names of files and the like, too.
        words_action: WordsAction = WordsAction::Refuse,
        /// Address that is asked about each message; the format is in docs/services.md. Pictures are shown to it before they are
        /// delivered, sounds and films after.
        hook: String = String::new(),
        /// Shown to the hook as a bearer token, if not empty.
        hook_key: Secret = Secret::default(),
        /// Seconds that it has for an answer before the delivery, at most 30.
        hook_seconds: u32 = 5,
        /// Bytes of the largest file that is shown to it.
        hook_file_bytes: u64 = 8 * 1024 * 1024,
        /// When the hook cannot be reached or fails, deliver; otherwise the message is refused (80003).
        delivers_on_failure: bool = false,
        /// More sets of rules, which a message can name: `strict = { words = "…", words_action = "refuse", hook = "…" }`.
        profiles: std::collections::BTreeMap<String, RulesSection> = std::collections::BTreeMap::new(),
    }
    /// Previews of links in messages.
    LinkPreviews "link_previews" {
        /// The server fetches the first link of each text, from the public internet only, and adds what the page says about
        /// itself. The page's owner learns that somebody here has sent the link.
        enabled: bool = false,
    }
    /// Stickers. There is a pack of our own in any case.
    Stickers "stickers" {
        /// Folder with more packs, a folder for each; see resources/stickers/README.md. They are read when the server starts.
        folder: std::path::PathBuf = std::path::PathBuf::new(),
    }
    /// How often. `off` switches one off.
    Rates "rates" {
        /// Wrong passwords per minute and account, then a pause that doubles each time up to an hour; 0: never.
        password_failures: u32 = 5,
        /// Wrong credentials (`userSig`) per minute and account, then a pause of a minute; 0: never.
        user_sig_failures: u32 = 10,
        /// Sign-ins per address.
        sign_in_per_address: Rate = Rate::per_minute(20),
        /// Messages per user.
        send: Rate = Rate::per_second(10, 30),
        /// New groups per user.
        create_group: Rate = Rate::per_hour(20),
        /// Searches per user.
        search: Rate = Rate::per_second(5, 10),
        /// Translations per user.
        translate: Rate = Rate::per_minute(60),
        /// Voice messages turned into text per user.
        voice_to_text: Rate = Rate::per_minute(10),
        /// Requests of any kind per user.
        requests: Rate = Rate::per_second(50, 500),
        /// Frames that a connection may waste before sign-in, or on nonsense, until it is closed; 0: any number.
        bad_frames: u32 = 5,
    }
    /// What is written about the server's work. Never texts of messages, never passwords.
    Log "log" {
        /// `error`, `warn`, `info`, `debug` or `trace`; or per part, as in `info,hallway_server::net=debug`.
        level: String = "info".into(),
        /// `text` or `json`.
        format: LogFormat = LogFormat::Text,
    }
    /// Figures for a monitoring system at `/metrics`.
    MetricsSection "metrics" {
        /// Who shows this as a bearer token may read them from anywhere. Empty: from this computer only.
        token: Secret = Secret::default(),
    }
}

/// The whole configuration. `Config::default()` is a server on this computer with an own certificate.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where the server listens and keeps its data.
    pub server: Server,
    /// Where the rows are.
    pub database: Database,
    /// Encryption of connections.
    pub tls: Tls,
    /// Accounts and signing in.
    pub accounts: Accounts,
    /// What people may do.
    pub limits: LimitsSection,
    /// Files behind messages.
    pub files: Files,
    /// A bucket for files.
    pub s3: S3Section,
    /// How this server reaches others.
    pub outbound: OutboundSection,
    /// Translation of messages.
    pub translation: Translation,
    /// Voice messages as text.
    pub voice_to_text: VoiceToText,
    /// What may be said.
    pub moderation: Moderation,
    /// Previews of links in messages.
    pub link_previews: LinkPreviews,
    /// Packs of stickers.
    pub stickers: Stickers,
    /// How often.
    pub rates: Rates,
    /// What is written about the server's work.
    pub log: Log,
    /// Figures for a monitoring system.
    pub metrics: MetricsSection,
}

impl Config {
    /// Reads and checks the file at `path`.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| ConfigError::Read { file: path.to_owned(), error: error.to_string() })?;
        Self::parse(&text, path)
    }

    /// Checks `text`; `path` is for messages only.
    pub fn parse(text: &str, path: &Path) -> Result<Self, ConfigError> {
        let config: Self = toml::from_str(text).map_err(|error| check::at(text, path, &error))?;
        config.check().map_err(|problem| check::in_file(text, path, problem))?;
        Ok(config)
    }

    /// The limits of this deployment: the preset with the overrides on top (PLUS-1).
    pub fn effective_limits(&self) -> Result<Limits, ConfigError> {
        self.limits.effective().map_err(ConfigError::Value)
    }

    /// The example file: every key with its text and its default, commented out.
    pub fn example() -> String {
        let mut out = String::from(
            "# Configuration of hallway-server. Every line is optional; what is commented out is the default.\n",
        );
        Server::describe(&mut out);
        Database::describe(&mut out);
        Tls::describe(&mut out);
        Accounts::describe(&mut out);
        sections::describe_limits(&mut out, &Limits::preset(Preset::Staff));
        Files::describe(&mut out);
        S3Section::describe(&mut out);
        OutboundSection::describe(&mut out);
        Translation::describe(&mut out);
        VoiceToText::describe(&mut out);
        Moderation::describe(&mut out);
        LinkPreviews::describe(&mut out);
        Stickers::describe(&mut out);
        Rates::describe(&mut out);
        Log::describe(&mut out);
        MetricsSection::describe(&mut out);
        out
    }
}

#[cfg(test)]
mod tests;
