//! What is written about the server's work: to standard error, as text or as one JSON object per line.
//!
//! The rule for every `tracing` call in this crate: numbers, codes, method names and addresses of machines,
//! never texts of messages, never names of conversations, never passwords, tokens or credentials.

use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt};

use crate::config::{Log, LogFormat};

/// Writes logs of this process as `config` says. For the binary; a program that carries the server inside
/// writes its logs as it likes. A level that cannot be read counts as `info` ([`crate::config::Config::check`]
/// refuses it before).
pub fn start(config: &Log) {
    let targets: Targets =
        config.level.parse().unwrap_or_else(|_| Targets::new().with_default(tracing::Level::INFO));
    let writer = std::io::stderr;
    let layer = match config.format {
        LogFormat::Json => fmt::layer().json().flatten_event(true).with_writer(writer).boxed(),
        LogFormat::Text => fmt::layer().with_ansi(false).with_writer(writer).boxed(),
    };
    // A second server in one process keeps the first one's logs.
    let _ = tracing_subscriber::registry().with(layer.with_filter(targets)).try_init();
}
