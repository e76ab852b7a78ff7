//! "Start a workspace on this computer": the server inside the app.
//!
//! It is the same server as the `hallway-server` binary, with its data directory inside the profile. What it
//! listens on is chosen once and kept beside the data, because invite links and the other people's apps
//! remember it.

use std::fs;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use hallway_client::protocol::link::InviteLink;
use hallway_client::{ChatError, Client, ErrorCode, ServerAddress};
use hallway_server::config::{Config, Invites};
use hallway_server::server::{Server, ServerHandle, StartError};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Where a workspace listens, unless something else does.
const USUAL_PORT: u16 = 7290;
/// Names another port to listen at, for several workspaces on one computer.
const PORT: &str = "HALLWAY_WORKSPACE_PORT";
const FILE: &str = "workspace.json";

/// What was chosen when the workspace was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Chosen {
    name: String,
    /// Other computers may connect.
    network: bool,
    port: u16,
}

/// A running workspace. Dropping it stops the server; [`Workspace::stop`] does it in an orderly way.
pub struct Workspace {
    handle: ServerHandle,
}

impl std::fmt::Debug for Workspace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Workspace").field("address", &self.handle.addr()).finish()
    }
}

impl Workspace {
    /// Makes a workspace in `dir` and starts it. Where there is one already, that is started and keeps its
    /// name and place. Must be called on a Tokio runtime.
    pub async fn make(dir: &Path, name: String, network: bool) -> Result<Self, ChatError> {
        if dir.join(FILE).is_file() {
            return Self::open(dir).await;
        }
        let port = std::env::var(PORT).ok().and_then(|port| port.parse().ok()).unwrap_or(USUAL_PORT);
        let mut chosen = Chosen { name, network, port };
        let handle = match Server::start(config(dir, &chosen)).await {
            Err(StartError::Listen { .. }) => {
                chosen.port = 0;
                Server::start(config(dir, &chosen)).await
            }
            other => other,
        }
        .map_err(|error| failure(&error))?;
        chosen.port = handle.addr().port();
        keep(dir, &chosen).map_err(|error| io_failure(dir, &error))?;
        Ok(Self { handle })
    }

    /// Starts the workspace that was made in `dir`.
    pub async fn open(dir: &Path) -> Result<Self, ChatError> {
        let file = dir.join(FILE);
        let text = fs::read(&file).map_err(|error| io_failure(&file, &error))?;
        let chosen: Chosen =
            serde_json::from_slice(&text).map_err(|error| io_failure(&file, &error.into()))?;
        let handle = Server::start(config(dir, &chosen)).await.map_err(|error| failure(&error))?;
        Ok(Self { handle })
    }

    /// How this computer reaches it.
    pub fn server(&self) -> ServerAddress {
        let port = self.handle.addr().port();
        ServerAddress {
            address: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port).to_string(),
            pin: self.handle.fingerprint().map(str::to_owned),
            plain: self.handle.fingerprint().is_none(),
            ..ServerAddress::default()
        }
    }

    /// The token with which the first account is made; none when there is an account.
    pub async fn first_token(&self) -> Result<Option<String>, ChatError> {
        let link = self.handle.first_invite().await.map_err(|error| failure(&error))?;
        link.map(|link| link.parse::<InviteLink>().map(|link| link.token).map_err(ChatError::new)).transpose()
    }

    /// Who it says it is.
    pub async fn info(&self) -> Result<hallway_client::protocol::session::ServerInfo, ChatError> {
        Client::server_info(&self.server()).await
    }

    /// Answers what was asked, tells everybody, closes the database.
    pub async fn stop(self) {
        self.handle.stop().await;
    }
}

fn config(dir: &Path, chosen: &Chosen) -> Config {
    let mut config = Config::default();
    let ip = if chosen.network { Ipv4Addr::UNSPECIFIED } else { Ipv4Addr::LOCALHOST };
    config.server.bind = SocketAddr::new(IpAddr::V4(ip), chosen.port).to_string();
    config.server.name.clone_from(&chosen.name);
    config.server.data_dir = PathBuf::from(dir);
    config.accounts.invites = Invites::Admin;
    config
}

/// Writes what was chosen so that a crash leaves no half of it.
fn keep(dir: &Path, chosen: &Chosen) -> std::io::Result<()> {
    let file = dir.join(FILE);
    let new = file.with_extension("json.new");
    fs::write(&new, serde_json::to_vec_pretty(chosen)?)?;
    fs::rename(new, file)
}

fn failure(error: &StartError) -> ChatError {
    let reason = match error {
        StartError::Listen { .. } => "port_taken",
        _ => "workspace",
    };
    tracing::error!(%error, "the workspace does not start");
    ChatError::new(ErrorCode::UnexpectedError)
        .with_message(error.to_string())
        .with_data(json!({ "reason": reason }))
}

fn io_failure(path: &Path, error: &std::io::Error) -> ChatError {
    tracing::error!(%error, path = %path.display(), "the workspace's file");
    ChatError::new(ErrorCode::UnexpectedError)
        .with_message(format!("{}: {error}", path.display()))
        .with_data(json!({ "reason": "workspace" }))
}
