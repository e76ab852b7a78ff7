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
        let server = Server::start(config).await?;
        greet(&server).await?;
        stop_asked().await;
        // Who asks twice does not want to wait.
        tokio::select! {
            () = server.stop() => {}
            () = stop_asked() => {}
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

/// Waits until somebody asks this process to stop.
async fn stop_asked() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    // Without signals only the death of the process stops it.
    if interrupt.await.is_err() {
        std::future::pending::<()>().await;
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
