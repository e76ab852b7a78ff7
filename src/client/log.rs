//! What the SDK writes about its own work (SES-8, SES-20): codes, counts and ids, never what people wrote and never what
//! proves who they are.
//!
//! Lines go to whatever the program has set up for [`tracing`], and to a handler of [`Client::on_log`] for programs that
//! have nothing of that kind. The level is the program's, not a handle's, since that is what logs are.

use std::fmt::Write;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use hallway_protocol::ErrorCode;
use serde::{Deserialize, Serialize};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Dispatch, Event, Level, Metadata, Subscriber};

use crate::Client;

/// From which importance on lines are written (SES-8).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum LogLevel {
    /// Everything, while integrating.
    Everything = 0,
    /// Key information: what production wants.
    #[default]
    Key = 1,
    /// Warnings and errors.
    Warnings = 2,
    /// Errors.
    Errors = 3,
    /// Nothing.
    Silent = 4,
}

impl LogLevel {
    /// All of them, from the one that writes most.
    pub const ALL: [Self; 5] = [Self::Everything, Self::Key, Self::Warnings, Self::Errors, Self::Silent];
}

impl TryFrom<u8> for LogLevel {
    type Error = ErrorCode;

    /// 6017 above 4.
    fn try_from(number: u8) -> Result<Self, ErrorCode> {
        Self::ALL.into_iter().find(|level| *level as u8 == number).ok_or(ErrorCode::InvalidParameter)
    }
}

impl From<&Level> for LogLevel {
    fn from(level: &Level) -> Self {
        match *level {
            Level::ERROR => Self::Errors,
            Level::WARN => Self::Warnings,
            Level::INFO => Self::Key,
            _ => Self::Everything,
        }
    }
}

static WRITTEN_FROM: AtomicU8 = AtomicU8::new(LogLevel::Key as u8);
static HANDLER: RwLock<Option<Dispatch>> = RwLock::new(None);

impl Client {
    /// Lines below `level` are not written from now on, by any client of this program (SES-20).
    pub fn set_log_level(level: LogLevel) {
        WRITTEN_FROM.store(level as u8, Ordering::Relaxed);
    }

    /// Calls `handler` with each line that is written from now on, and its importance; a new handler replaces the one
    /// before. It is called where the line is written and must return quickly.
    pub fn on_log(handler: impl Fn(LogLevel, &str) + Send + Sync + 'static) {
        let handler = Dispatch::new(Lines { handler: Arc::new(handler) });
        *HANDLER.write().unwrap_or_else(PoisonError::into_inner) = Some(handler);
    }
}

/// Writes a line of this importance. `line` is a call of a macro of [`tracing`].
pub(crate) fn write(level: Level, line: impl Fn()) {
    if (LogLevel::from(&level) as u8) < WRITTEN_FROM.load(Ordering::Relaxed) {
        return;
    }
    let handler = HANDLER.read().unwrap_or_else(PoisonError::into_inner).clone();
    if let Some(handler) = handler {
        // First: a line that nobody wants the first time it is written is never asked about again.
        tracing::dispatcher::with_default(&handler, &line);
    }
    line();
}

macro_rules! error_ {
    ($($line:tt)*) => { $crate::log::write(::tracing::Level::ERROR, || ::tracing::error!($($line)*)) };
}
macro_rules! warn_ {
    ($($line:tt)*) => { $crate::log::write(::tracing::Level::WARN, || ::tracing::warn!($($line)*)) };
}
macro_rules! info_ {
    ($($line:tt)*) => { $crate::log::write(::tracing::Level::INFO, || ::tracing::info!($($line)*)) };
}
macro_rules! debug_ {
    ($($line:tt)*) => { $crate::log::write(::tracing::Level::DEBUG, || ::tracing::debug!($($line)*)) };
}
pub(crate) use {debug_ as debug, error_ as error, info_ as info, warn_ as warn};

type Handler = Arc<dyn Fn(LogLevel, &str) + Send + Sync>;

/// Makes text of the lines for a handler.
struct Lines {
    handler: Handler,
}

impl Subscriber for Lines {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn event(&self, event: &Event<'_>) {
        let mut text = Text::default();
        event.record(&mut text);
        (self.handler)(LogLevel::from(event.metadata().level()), &format!("{}{}", text.words, text.fields));
    }

    // The SDK has no spans.
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[derive(Default)]
struct Text {
    words: String,
    fields: String,
}

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        // Writing to a string cannot fail.
        let _ = match field.name() {
            "message" => write!(self.words, "{value:?}"),
            name => write!(self.fields, " {name}={value:?}"),
        };
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// SES-8, SES-20: five levels, of which each leaves out what is below it; 1 to begin with; others are refused.
    #[test]
    fn lines_below_the_level_are_not_written() {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let lines = Arc::clone(&heard);
        // Other tests of this program may log as well.
        let ours = move |level: LogLevel, text: &str| {
            if text.starts_with("line ") {
                lines.lock().unwrap().push((level, text.to_owned()));
            }
        };
        Client::on_log(ours);
        let written = |number: Option<u8>| {
            if let Some(number) = number {
                Client::set_log_level(LogLevel::try_from(number).unwrap());
            }
            crate::log::debug!(count = 1, "line");
            crate::log::info!(code = %6017, name = "x", "line");
            crate::log::warn!("line ");
            crate::log::error!(?number, "line");
            std::mem::take(&mut *heard.lock().unwrap())
        };
        let all = written(Some(0));
        assert_eq!(all[0], (LogLevel::Everything, "line count=1".into()));
        assert_eq!(all[1], (LogLevel::Key, "line code=6017 name=\"x\"".into()));
        assert_eq!(all[2], (LogLevel::Warnings, "line ".into()));
        assert_eq!(all[3], (LogLevel::Errors, "line number=Some(0)".into()));
        for (number, left) in [(1, 3), (2, 2), (3, 1), (4, 0)] {
            let lines = written(Some(number));
            assert_eq!(lines.len(), left, "{lines:?}");
            assert!(lines.iter().all(|(level, _)| *level as u8 >= number));
        }
        assert_eq!(LogLevel::try_from(5), Err(ErrorCode::InvalidParameter));
        Client::set_log_level(LogLevel::default());
        assert_eq!(written(None).len(), 3);
    }
}
