//! Serving, from the start of the process to its end.

use std::time::Duration;

use super::CliError;
use super::terminal::say;
use crate::config::Config;
use crate::server::{Server, ServerHandle};

pub(super) fn serve(config: Config) -> Result<(), CliError> {
    crate::log::start(&config.log);
    raise_file_limit();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| CliError::Other(format!("cannot start threads: {error}")))?;
    let result = runtime.block_on(async {
        let mut signals = StopSignals::listen()
            .map_err(|error| CliError::Other(format!("cannot listen for signals: {error}")))?;
        let server = Server::start(config).await?;
        greet(&server).await?;
        signals.next().await;
        // Who asks twice does not want to wait.
        tokio::select! {
            () = server.stop() => {}
            () = signals.next() => {}
        }
        Ok(())
    });
    runtime.shutdown_timeout(Duration::from_secs(1));
    result
}

async fn greet(server: &ServerHandle) -> Result<(), CliError> {
    say(format_args!("Hallway {} listens on {}", env!("CARGO_PKG_VERSION"), server.addr()));
    say(format_args!("Data: {}", server.data_dir().display()));
    if let Some(fingerprint) = server.fingerprint() {
        say(format_args!("Certificate (SHA-256): {fingerprint}"));
    }
    if let Some(link) = server.first_invite().await? {
        say(
            "\nNobody has an account yet. Open this link in Hallway to become the administrator; it works once:\n",
        );
        say(format_args!("    {link}\n"));
    }
    Ok(())
}

/// The ways in which this process is asked to stop. Heard from its making on, so that a stop which comes
/// during the start is orderly too.
#[cfg(unix)]
struct StopSignals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl StopSignals {
    fn listen() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// The ways in which this process is asked to stop.
#[cfg(windows)]
struct StopSignals {
    interrupt: tokio::signal::windows::CtrlC,
    shutdown: tokio::signal::windows::CtrlShutdown,
}

#[cfg(windows)]
impl StopSignals {
    fn listen() -> std::io::Result<Self> {
        use tokio::signal::windows::{ctrl_c, ctrl_shutdown};
        Ok(Self { interrupt: ctrl_c()?, shutdown: ctrl_shutdown()? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.shutdown.recv() => {}
        }
    }
}

/// Each connection is an open file; many systems allow a thousand unless asked for more.
fn raise_file_limit() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, getrlimit, setrlimit};
        let mut limit = getrlimit(Resource::Nofile);
        limit.current = limit.maximum;
        if let Err(error) = setrlimit(Resource::Nofile, limit) {
            tracing::warn!(%error, "cannot raise the number of open files");
        }
    }
}
